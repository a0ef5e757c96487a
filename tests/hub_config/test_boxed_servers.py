"""What a learner's server can reach on this machine, and how long it lives."""

from __future__ import annotations

import json
import os
import re
import signal
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import nbformat
import psutil
import pytest
from sqlalchemy import make_url

import autograder
from hub_config.learner_homes import ensure_home

pytestmark = pytest.mark.slow

PROJECT = Path(autograder.__file__).resolve().parents[1]


def run_in_lesson(hub: Any, name: str, source: str) -> Any:
    """Run Python in a learner's own kernel, as a cell of a lesson, and return the JSON that it printed."""
    hub.start_server(name)
    home = ensure_home(hub.settings.learners_folder, name)
    folder = home / "tham-do"
    folder.mkdir(exist_ok=True)
    notebook = nbformat.v4.new_notebook(
        cells=[nbformat.v4.new_code_cell("import json, os\n" + source)],
        metadata={"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}},
    )
    nbformat.write(notebook, folder / "lesson.ipynb")
    owner = home.stat()
    for path in (folder, folder / "lesson.ipynb"):
        os.chown(path, owner.st_uid, owner.st_gid)
    page = hub.sign_in(name).get(f"/user/{name}/voila/render/tham-do/lesson.ipynb").text
    found = re.search(r"<pre>\s*(.*?)\s*</pre>", page, re.DOTALL)
    assert found, page
    return json.loads(found[1].replace("&quot;", '"').replace("&#34;", '"').replace("&#39;", "'").replace("&amp;", "&"))


def secret_places(hub: Any) -> list[Path]:
    """Return paths outside, all there, that no learner may read."""
    home = hub.settings.home
    socket_folder = Path(str(make_url(hub.settings.database_url).query["host"]))
    ensure_home(hub.settings.learners_folder, "hv02")
    (hub.settings.learners_folder / "hv02" / "rieng.txt").write_text("của người khác")
    (home / "gradebook.db").write_text("x")
    places = [
        home / "secrets" / "portal-token",
        home / "secrets" / "hub-cookie",
        home / "hub.log",
        home / "gradebook.db",
        home / "run" / "servers",
        hub.settings.learners_folder / "hv02" / "rieng.txt",
        socket_folder,
        PROJECT / "curriculum",
        PROJECT / "tests",
        PROJECT / "pyproject.toml",
        Path("/etc/shadow"),
        Path("/sys"),
    ]
    missing = [str(path) for path in places if not path.exists()]
    assert not missing, "a path that is not there proves nothing"
    return places


def test_server_reads_nothing_of_course_database_hub_or_others(running_hub: Any) -> None:
    """Sources, keys, gradebook, database socket, secrets and other learners' homes are not there for a learner."""
    running_hub.start_server("hv02")
    places = [str(path) for path in secret_places(running_hub)]
    source = f"""
seen = []
for path in {places!r}:
    try:
        os.listdir(path) if os.path.isdir(path) else open(path).read()
        seen.append(path)
    except OSError:
        pass
print(json.dumps(seen))
"""
    assert run_in_lesson(running_hub, "hv01", source) == []


def test_server_sees_no_process_and_no_environment_of_others(running_hub: Any) -> None:
    """Only the learner's own processes are there; no environment holds anything of the hub's."""
    running_hub.start_server("hv02")
    source = """
processes, environments = [], []
for name in filter(str.isdigit, os.listdir("/proc")):
    processes.append(open(f"/proc/{name}/cmdline").read().replace("\\0", " "))
    try:
        environments.append(open(f"/proc/{name}/environ").read())
    except OSError:
        pass
print(json.dumps({"processes": processes, "environments": " ".join(environments)}))
"""
    seen = run_in_lesson(running_hub, "hv01", source)
    own = ("bwrap", "hub_config.learner_main", "hub_config.learner_kernel")
    assert all(any(name in process for name in own) for process in seen["processes"]), seen["processes"]
    token = (running_hub.settings.secrets_folder / "portal-token").read_text().strip()
    for secret in (token, "DATABASE_URL", str(running_hub.settings.home), "hv02"):
        assert secret not in seen["environments"]


def test_server_has_no_rights_and_limits_hold(running_hub: Any) -> None:
    """Not root, no capability, no new rights, seccomp on, limits set."""
    source = """
import resource
status = dict(line.split(":\\t", 1) for line in open("/proc/self/status").read().splitlines() if ":\\t" in line)
print(json.dumps({
    "uid": os.getuid(), "capabilities": status["CapEff"], "new": status["NoNewPrivs"].strip(),
    "filter": status["Seccomp"].strip(), "processes": resource.getrlimit(resource.RLIMIT_NPROC),
    "memory": resource.getrlimit(resource.RLIMIT_DATA), "cwd": os.getcwd(), "home": os.path.expanduser("~"),
}))
"""
    seen = run_in_lesson(running_hub, "hv01", source)
    limits = running_hub.settings.limits
    assert seen["uid"] > 0
    assert seen["capabilities"] == "0" * 16
    assert (seen["new"], seen["filter"]) == ("1", "2")
    assert seen["processes"] == [limits.processes] * 2
    assert seen["memory"] == [limits.memory_mb * 2**20] * 2
    assert seen["cwd"] == "/home/nguoi-hoc/tham-do"
    assert seen["home"] == "/home/nguoi-hoc"


def test_token_of_a_server_opens_nothing_of_others(running_hub: Any) -> None:
    """With its own token a server cannot ask for people, start servers, or open another learner's server."""
    running_hub.start_server("hv02")
    source = """
import urllib.request, urllib.error
def ask(url, method="GET", token=os.environ["JUPYTERHUB_API_TOKEN"]):
    request = urllib.request.Request(url, method=method, headers={"Authorization": f"token {token}"})
    try:
        return urllib.request.urlopen(request, timeout=10).status
    except urllib.error.HTTPError as error:
        return error.code
api = os.environ["JUPYTERHUB_API_URL"]
print(json.dumps({
    "self": ask(api + "/user"), "people": ask(api + "/users"), "other": ask(api + "/users/hv02"),
    "start": ask(api + "/users/hv02/server", "DELETE"), "proxy": ask(api + "/proxy"),
    "routes": ask("PROXY/api/routes"), "server": ask("PUBLIC/user/hv02/api/contents"),
}))
"""
    settings = running_hub.settings
    source = source.replace("PROXY", f"http://127.0.0.1:{settings.proxy_api_port}").replace("PUBLIC", running_hub.url)
    answers = run_in_lesson(running_hub, "hv01", source)
    assert answers.pop("self") == 200
    assert all(status in (403, 404) for status in answers.values()), answers
    assert running_hub.ask_hub("GET", "users/hv02").json()["server"], "and hv02's server still runs"


def test_kernels_listen_on_no_port_of_the_machine(running_hub: Any) -> None:
    """The only port of a learner's box is the server's own, which asks for a sign-in."""
    source = """
import glob
own = {os.readlink(path) for path in glob.glob("/proc/[0-9]*/fd/*") if os.path.lexists(path)}
rows = [line.split() for name in ("tcp", "tcp6") for line in open(f"/proc/net/{name}").readlines()[1:]]
print(json.dumps([row[1] for row in rows if row[3] == "0A" and f"socket:[{row[9]}]" in own]))
"""
    assert len(run_in_lesson(running_hub, "hv01", source)) == 1


def is_open_to(hub: Any, name: str) -> bool:
    """Return whether a learner who signs in now reaches their server."""
    client = hub.sign_in(name)
    client.get(f"/user/{name}/")  # a page: the sign-in at the server itself happens on the way
    return bool(client.get(f"/user/{name}/api/status").status_code == 200)


def listening_ports() -> set[int]:
    """Return the ports of this machine that something listens on."""
    return {found.laddr.port for found in psutil.net_connections("tcp") if found.status == psutil.CONN_LISTEN}


def boxed_processes(hub: Any) -> set[int]:
    """Return every process of this hub's learners' servers: those whose output goes to one of their logs."""
    logs = str(hub.settings.run_folder / "servers")
    found = set()
    for pid in psutil.pids():
        try:
            if os.readlink(f"/proc/{pid}/fd/1").startswith(logs):
                found.add(pid)
        except OSError:
            continue
    return found


def is_running_somewhere(word: str) -> bool:
    """Return whether a process of this machine has been started with that word."""
    return any(word in (process.info["cmdline"] or []) for process in psutil.process_iter(["cmdline"]))


@pytest.fixture
def other_hub(
    tmp_path: Path, make_database: Callable[..., str], empty_installation: Any, request: pytest.FixtureRequest
) -> Iterator[Any]:
    """A second hub beside the first, for tests that kill it."""
    conftest = request.config.pluginmanager
    make_hub = next(p.make_hub for p in conftest.get_plugins() if hasattr(p, "make_hub"))
    hub = make_hub(tmp_path, make_database(empty_installation.database_url))
    hub.start()
    yield hub
    if hub.process.poll() is None:
        hub.stop()
    hub.portal.shutdown()
    hub.portal.server_close()


def test_server_and_answers_outlive_a_killed_hub(other_hub: Any) -> None:
    """A hub that is killed and started again finds the running server, its learner and what is open there."""
    other_hub.start_server("hv01")
    own = boxed_processes(other_hub)
    assert len(own) >= 3, "bubblewrap outside and inside, and the server"
    home = ensure_home(other_hub.settings.learners_folder, "hv01")
    run_in_lesson(other_hub, "hv01", "open('/home/nguoi-hoc/cau-tra-loi', 'w').write('1'); print(1)")
    culler = next(
        child for child in psutil.Process(other_hub.process.pid).children() if "culler" in str(child.cmdline())
    )
    other_hub.kill()
    assert own <= boxed_processes(other_hub)
    wait_until(lambda: not culler.is_running())
    other_hub.start()
    assert other_hub.ask_hub("GET", "users/hv01").json()["server"] == "/user/hv01/"
    assert is_open_to(other_hub, "hv01")
    assert (home / "cau-tra-loi").read_text() == "1"
    other_hub.ask_hub("DELETE", "users/hv01/server")
    wait_until(lambda: not boxed_processes(other_hub))


def test_stopping_the_hub_leaves_no_process(other_hub: Any) -> None:
    """What Ctrl-C stops is gone as a whole: hub, proxy, servers and all that ran in their boxes."""
    other_hub.start_server("hv01")
    other_hub.start_server("hv02")
    mark = f"300.{other_hub.settings.port}"  # a duration that no other sleep on this machine has
    run_in_lesson(other_hub, "hv01", f"import subprocess; subprocess.Popen(['sleep', '{mark}']); print(1)")
    assert len(boxed_processes(other_hub)) >= 6
    assert is_running_somewhere(mark)
    other_hub.stop()
    wait_until(lambda: not boxed_processes(other_hub) and not is_running_somewhere(mark))
    ports = {other_hub.settings.port, other_hub.settings.proxy_api_port, other_hub.settings.hub_port}
    assert not ports & listening_ports()


def test_server_killed_from_inside_is_noticed(other_hub: Any) -> None:
    """When the box ends by itself the hub knows it and can start it again."""
    other_hub.start_server("hv01")
    for pid in boxed_processes(other_hub):
        try:
            os.kill(pid, signal.SIGKILL)
        except ProcessLookupError:
            continue  # it went down with one killed before it
    wait_until(lambda: not other_hub.ask_hub("GET", "users/hv01").json().get("server"), 60)
    other_hub.start_server("hv01")
    assert is_open_to(other_hub, "hv01")


def wait_until(is_true: Callable[[], bool], seconds: float = 20) -> None:
    """Wait until something is true, else fail."""
    end = time.monotonic() + seconds
    while not is_true():
        assert time.monotonic() < end
        time.sleep(0.2)
