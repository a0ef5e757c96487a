"""The oldest JupyterHub that is allowed still runs with our configuration: 5.5, as the Kubernetes chart ships it."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

pytestmark = pytest.mark.slow

VERSION = "5.5"
PASSWORD = "bốn từ không liên quan"


@pytest.fixture(scope="module")
def older_hub_packages() -> Path:
    """A folder with JupyterHub 5.5 in it, kept in the user's cache; its dependencies are those of the locked one."""
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "hocvuso"
    folder = cache / f"jupyterhub-{VERSION}-py{sys.version_info.major}{sys.version_info.minor}"
    if not (folder / "jupyterhub").is_dir():
        fresh = folder.with_name(f"{folder.name}.{os.getpid()}")
        fresh.parent.mkdir(parents=True, exist_ok=True)
        command = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--target", str(fresh)]
        subprocess.run([*command, f"jupyterhub=={VERSION}.*"], check=True)
        fresh.rename(folder)
    return folder


@pytest.fixture(scope="module")
def older_hub(
    older_hub_packages: Path,
    make_database: Callable[..., str],
    empty_installation: Any,
    tmp_path_factory: pytest.TempPathFactory,
    request: pytest.FixtureRequest,
) -> Iterator[Any]:
    """A hub of that version with our configuration."""
    plugins = request.config.pluginmanager.get_plugins()
    make_hub = next(plugin.make_hub for plugin in plugins if hasattr(plugin, "make_hub"))
    hub = make_hub(tmp_path_factory.mktemp("older"), make_database(empty_installation.database_url))
    hub.environment["PYTHONPATH"] = str(older_hub_packages)
    hub.start()
    yield hub
    hub.stop()
    hub.portal.shutdown()
    hub.portal.server_close()


def test_it_is_the_older_version(older_hub: Any) -> None:
    """The hub that answers is 5.5, so that what follows proves something."""
    assert httpx.get(f"{older_hub.settings.hub_api_url}/").json()["version"].startswith(VERSION)


def test_sign_in_page_and_refusal_are_ours(older_hub: Any) -> None:
    """Templates and the handler of the sign-in page fit this version too."""
    with httpx.Client(base_url=older_hub.url) as client:
        page = client.get("/hub/login").text
        assert "<title>Đăng nhập — Học Vụ Số</title>" in page
        xsrf = re.search(r'name="_xsrf" value="([^"]+)"', page)
        assert xsrf
        data = {"_xsrf": xsrf[1], "username": "hv01", "password": "sai"}
        answer = client.post("/hub/login", data=data)
        assert answer.status_code == 403
        assert "chưa đúng" in answer.text


def test_lesson_opens_in_a_box(older_hub: Any) -> None:
    """Sign-in, the start of a boxed server and the lesson view work from end to end."""
    client = older_hub.sign_in("hv01")
    older_hub.start_server("hv01")
    lesson = client.get("/user/hv01/hocvuso/open/bai-thu")
    assert lesson.status_code == 200
    assert "<title>Bài thử về an toàn — Học Vụ Số</title>" in lesson.text


def test_given_password_leads_to_the_page_for_a_new_one(older_hub: Any) -> None:
    """The forced change works, and afterwards the new password signs in."""
    client = older_hub.sign_in("moi", "mật khẩu được cấp 01")
    page = client.get("/hub/change-password").text
    xsrf = re.search(r'name="_xsrf" value="([^"]+)"', page)
    assert xsrf, page
    new = "đèn sông áo mực"
    done = client.post("/hub/change-password", data={"_xsrf": xsrf[1], "new": new, "again": new})
    assert done.url.path == "/services/portal/"
    assert older_hub.sign_in("moi", new).get("/hub/change-password").history == []
