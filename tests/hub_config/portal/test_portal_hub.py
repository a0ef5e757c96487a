"""Sign-in and rooms with a real JupyterHub and its proxy: no fake in between."""

from __future__ import annotations

import os
import re
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

pytestmark = pytest.mark.slow

LEARNER, SLUG = "999001", "an-toan-tai-khoan"
CONFIG = """
import os, sys
c = get_config()
ports = [int(port) for port in os.environ["TEST_PORTS"].split()]
c.JupyterHub.bind_url = f"http://127.0.0.1:{ports[0]}/"
c.JupyterHub.hub_bind_url = f"http://127.0.0.1:{ports[1]}"
c.ConfigurableHTTPProxy.command = [os.path.join(os.path.dirname(sys.executable), "configurable-http-proxy")]
c.ConfigurableHTTPProxy.api_url = f"http://127.0.0.1:{ports[2]}"
c.JupyterHub.authenticator_class = "dummy"
c.DummyAuthenticator.password = "correct horse"
c.Authenticator.allow_all = True
c.JupyterHub.spawner_class = "simple"
c.Spawner.args = ["--allow-root"]
c.JupyterHub.services = [
    {"name": "portal", "url": f"http://127.0.0.1:{ports[3]}", "api_token": "token-of-the-portal",
     "oauth_client_id": "service-portal", "oauth_no_confirm": True},
]
access = "access:services!service=portal"
c.JupyterHub.load_roles = [
    {"name": "user", "scopes": ["self", access]},
    {"name": "portal", "scopes": ["list:users", "read:users", "read:servers", "servers"], "services": ["portal"]},
]
"""


def find_ports(number: int) -> list[int]:
    """Return ports that are free now."""
    held = [socket.create_server(("127.0.0.1", 0)) for _ in range(number)]
    ports = [one.getsockname()[1] for one in held]
    for one in held:
        one.close()
    return ports


def wait_for(address: str, process: subprocess.Popen[bytes], log: Path) -> None:
    """Return when an address answers 200."""
    end = time.monotonic() + 60
    while time.monotonic() < end:
        assert process.poll() is None, log.read_text()[-3000:]
        try:
            if httpx.get(address, timeout=2, trust_env=False).status_code == 200:
                return
        except httpx.HTTPError:
            pass
        time.sleep(0.2)
    raise AssertionError(log.read_text()[-3000:])


@pytest.fixture
def platform(academy: Any, portal_settings: Any, tmp_path: Path) -> Iterator[str]:
    """Address of a hub with the portal as its service, run as an installation runs them."""
    del academy  # its rows are in the database
    ports = find_ports(4)
    (tmp_path / "jupyterhub_config.py").write_text(CONFIG)
    common = {key: value for key, value in os.environ.items() if not key.startswith(("JUPYTER", "HOCVUSO"))}
    common |= {"TEST_PORTS": " ".join(map(str, ports)), "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"}
    portal = common | {
        "HOCVUSO_DATABASE_URL": portal_settings.database_url,
        "HOCVUSO_VARIANT_SECRET_FILE": str(portal_settings.variant_secret_file),
        "JUPYTERHUB_API_TOKEN": "token-of-the-portal",
        "JUPYTERHUB_API_URL": f"http://127.0.0.1:{ports[1]}/hub/api",
        "JUPYTERHUB_CLIENT_ID": "service-portal",
        "JUPYTERHUB_SERVICE_PREFIX": "/services/portal/",
        "HOCVUSO_PORTAL_PORT": str(ports[3]),
    }
    processes = []
    try:
        # The hub takes its services into the proxy once they answer, so the portal comes first.
        for name, command, environ, address in (
            ("portal", ["hub_config.portal"], portal, f"{ports[3]}/services/portal/api/v1/health"),
            ("hub", ["jupyterhub", "-f", "jupyterhub_config.py"], common, f"{ports[0]}/services/portal/api/v1/health"),
        ):
            log = tmp_path / f"{name}.log"
            with log.open("wb") as output:
                process = subprocess.Popen(
                    [sys.executable, "-m", *command], cwd=tmp_path, env=environ, stdout=output, stderr=output
                )
            processes.append(process)
            wait_for(f"http://127.0.0.1:{address}", process, log)
        yield f"http://127.0.0.1:{ports[0]}"
    finally:
        for process in reversed(processes):
            process.terminate()
        for process in processes:
            process.wait(30)


def test_a_learner_signs_in_at_the_hub_and_enters_their_room(platform: str) -> None:
    """Portal → hub's login → portal → start of the server → address of the lesson; then out again."""
    with httpx.Client(base_url=platform, follow_redirects=True, timeout=30, trust_env=False) as browser:
        login = browser.get("/services/portal/")
        assert login.url.path == "/hub/login"
        xsrf = re.search(r'name="_xsrf" value="([^"]+)"', login.text)
        assert xsrf is not None
        home = browser.post(
            str(login.url), data={"username": LEARNER, "password": "correct horse", "_xsrf": xsrf.group(1)}
        )
        assert (home.status_code, home.url.path) == (200, "/services/portal/")
        assert "An toàn tài khoản" in home.text

        waiting = browser.post(f"/services/portal/modules/{SLUG}/open", data={"notebook": "lesson"})
        assert waiting.status_code in (200, 404)
        state, end = "pending", time.monotonic() + 60
        while state == "pending" and time.monotonic() < end:
            time.sleep(0.5)
            state = browser.get("/services/portal/api/v1/server").json()["state"]
        assert state == "running"
        there = browser.get(f"/services/portal/modules/{SLUG}/open", follow_redirects=False)
        assert there.headers["location"] == f"/user/{LEARNER}/hocvuso/open/{SLUG}?notebook=lesson"

        token = browser.post(
            f"/hub/api/users/{LEARNER}/tokens",
            params={"_xsrf": browser.cookies.get("_xsrf", path="/hub/")},
            json={"note": "test"},
        ).json()["token"]
        me = httpx.get(
            f"{platform}/services/portal/api/v1/me", headers={"Authorization": f"token {token}"}, trust_env=False
        )
        assert me.json()["name"] == "Nguyễn Thị An"

        browser.delete(f"/hub/api/users/{LEARNER}/server", params={"_xsrf": browser.cookies.get("_xsrf", path="/hub/")})
        left = browser.get("/services/portal/sign-out")
        assert left.url.path == "/hub/login"
        assert browser.get("/services/portal/").url.path == "/hub/login"
