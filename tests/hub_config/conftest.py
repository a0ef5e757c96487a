"""A real hub, proxy and boxes on free ports, with a small stand-in for the portal and a probe lesson."""

from __future__ import annotations

import io
import json
import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import httpx
import nbformat
import pytest
from sqlalchemy import insert

import hub_config
from autograder.database.schema import person
from autograder.database.server import connect, normalise_url
from autograder.records.credentials import set_password
from hub_config.settings import Settings, ensure_secret, fill_ports

CONFIG = Path(hub_config.__file__).parent / "jupyterhub_config.py"
SLUG = "bai-thu"
PEOPLE = {"hv01": "Nguyễn Thị Thử", "hv02": "Trần Văn Mẫu", "hv03": "Lê Thị Giả", "moi": "Phạm Văn Mới"}
PASSWORD = "bốn từ không liên quan"
FIRST_PASSWORD = "mật khẩu được cấp 01"
PROBE_WIDGET = '''
import json, pathlib, anywidget, traitlets
class Choice(anywidget.AnyWidget):
    _esm = """
    export default { render({ model, el }) {
      const group = document.createElement("fieldset");
      group.innerHTML = "<legend>Thư này có an toàn không?</legend>";
      for (const [value, text] of [["co", "Có"], ["khong", "Không"]]) {
        const label = document.createElement("label");
        const input = document.createElement("input");
        input.type = "radio"; input.name = "thu"; input.value = value;
        input.checked = model.get("value") === value;
        input.addEventListener("change", () => { model.set("value", value); model.save_changes(); });
        label.append(input, text);
        group.append(label);
      }
      const saved = document.createElement("output");
      const show = () => { saved.textContent = model.get("saved") ? "Đã lưu" : ""; };
      model.on("change:saved", show); show();
      el.append(group, saved);
    } }
    """
    value = traitlets.Unicode("").tag(sync=True)
    saved = traitlets.Bool(False).tag(sync=True)
answer = pathlib.Path("answers/thu.json")
choice = Choice(value=json.loads(answer.read_text())["answer"] if answer.exists() else "")
def save(change):
    answer.parent.mkdir(exist_ok=True)
    answer.write_text(json.dumps({"answer": change.new}))
    choice.saved = True
choice.observe(save, "value")
choice
'''


def free_port() -> int:
    """Return a port of 127.0.0.1 that is free at this moment."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])


def probe_files(attempt: dict[str, Any], *, broken: bool = False) -> bytes:
    """Return a small attempt as the portal sends it."""
    table = (
        "| Cột rất dài thứ nhất | Cột rất dài thứ hai | Cột rất dài thứ ba | Cột rất dài thứ tư |\n|---|---|---|---|\n"
    )
    notebook = nbformat.v4.new_notebook(
        cells=[
            nbformat.v4.new_markdown_cell("# Bài thử về an toàn\n\nĐoạn mở đầu.\n\n![Sơ đồ](data/so-do.svg)"),
            nbformat.v4.new_markdown_cell(f"## Bảng\n\n{table}| một | hai | ba | bốn |"),
            nbformat.v4.new_code_cell("raise RuntimeError('bí mật')" if broken else PROBE_WIDGET),
            nbformat.v4.new_markdown_cell("## Phần cuối\n\nHết."),
        ],
        metadata={"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}},
    )
    python = nbformat.v4.new_notebook(
        cells=[nbformat.v4.new_markdown_cell("# Dữ liệu"), nbformat.v4.new_code_cell("1 + 1")],
        metadata=notebook.metadata,
    )
    picture = '<svg xmlns="http://www.w3.org/2000/svg" width="120" height="60"><rect width="120" height="60"/></svg>'
    files = {
        "lesson.ipynb": nbformat.writes(notebook),
        "python.ipynb": nbformat.writes(python),
        "data/so-do.svg": picture,
        "attempt.json": json.dumps(attempt),
    }
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as bundle:
        for name, content in files.items():
            bundle.writestr(name, content)
    return packed.getvalue()


class StandIn(BaseHTTPRequestHandler):
    """The few answers of the portal's that a learner's server asks for."""

    server: PortalStandIn

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""

    def reply(self, status: int, body: bytes, kind: str = "application/json") -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def caller(self) -> dict[str, Any]:
        """Return what the hub says of the caller's token, as the portal would ask it."""
        headers = {"Authorization": self.headers.get("Authorization", "")}
        return dict(httpx.get(f"{self.server.hub_api}/user", headers=headers).json())

    def do_GET(self) -> None:
        if found := re.search(r"/api/v1/attempts/([^/]+)/files$", self.path):
            attempt = self.server.attempts[found[1]]
            self.reply(200, probe_files(attempt, broken=self.server.broken), "application/zip")
        else:
            page = '<!DOCTYPE html><html lang="vi"><title>Chuyên đề của tôi</title><h1>Chuyên đề của tôi</h1>'
            self.reply(200, page.encode(), "text/html; charset=utf-8")

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        caller = self.caller()
        self.server.callers.append(caller)
        if found := re.search(r"/api/v1/modules/([^/]+)/attempts$", self.path):
            if found[1] != SLUG:
                error = {"code": "not-enrolled", "message": "Anh/Chị chưa được ghi danh", "hint": "hỏi đơn vị"}
                self.reply(403, json.dumps({"error": error}).encode())
                return
            attempt = {
                "schema": 1,
                "attempt": f"{caller['name']}-{self.server.number}",
                "slug": SLUG,
                "number": self.server.number,
                "variant": "ab12",
                "release": "x",
            }
            self.server.attempts[str(attempt["attempt"])] = attempt
            self.reply(200, json.dumps(attempt).encode())
        else:
            self.reply(404, b"{}")


class PortalStandIn(ThreadingHTTPServer):
    """The stand-in, with what the tests may turn."""

    def __init__(self, port: int, hub_api: str) -> None:
        super().__init__(("127.0.0.1", port), StandIn)
        self.hub_api = hub_api
        self.attempts: dict[str, dict[str, Any]] = {}
        self.callers: list[dict[str, Any]] = []
        self.number = 1
        self.broken = False


@dataclass
class RunningHub:
    """A hub that runs, and what a test does with it."""

    settings: Settings
    portal: PortalStandIn
    python: str = sys.executable
    environment: dict[str, str] = field(default_factory=dict)
    process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.settings.port}"

    @property
    def log_path(self) -> Path:
        return self.settings.home / "hub.log"

    def start(self) -> None:
        """Start the hub and wait until it answers through the proxy."""
        environment = {
            **os.environ,
            **self.environment,
            "HOCVUSO_HOME": str(self.settings.home),
            "HOCVUSO_PORT": str(self.settings.port),
            "HOCVUSO_HUB_PORT": str(self.settings.hub_port),
            "HOCVUSO_PROXY_API_PORT": str(self.settings.proxy_api_port),
            "HOCVUSO_PORTAL_PORT": str(self.settings.portal_port),
            "DATABASE_URL": self.settings.database_url,
        }
        with self.log_path.open("ab") as log:
            command = [self.python, "-m", "jupyterhub", "-f", str(CONFIG)]
            self.process = subprocess.Popen(
                command, cwd=self.settings.home, env=environment, stdout=log, stderr=subprocess.STDOUT
            )
        wait_for(lambda: httpx.get(f"{self.url}/hub/health", timeout=2).status_code == 200, 60, self.read_log)

    def stop(self) -> None:
        """Stop the hub as Ctrl-C does: with its proxy and all servers."""
        assert self.process is not None
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(timeout=30)

    def kill(self) -> None:
        """Kill the hub alone, as a crash would."""
        assert self.process is not None
        self.process.kill()
        self.process.wait(timeout=10)

    def read_log(self) -> str:
        return self.log_path.read_text(errors="replace")[-4000:]

    def sign_in(self, name: str, password: str = PASSWORD) -> httpx.Client:
        """Return a browser-like client after the sign-in form was sent."""
        client = httpx.Client(base_url=self.url, follow_redirects=True, timeout=60)
        page = client.get("/hub/login")
        xsrf = re.search(r'name="_xsrf" value="([^"]+)"', page.text)
        assert xsrf, page.text
        client.post("/hub/login", data={"_xsrf": xsrf[1], "username": name, "password": password})
        return client

    def ask_hub(self, method: str, path: str) -> httpx.Response:
        """Ask the hub's API with the portal's token."""
        headers = {"Authorization": f"token {ensure_secret(self.settings, 'portal-token')}"}
        return httpx.request(method, f"{self.settings.hub_api_url}/{path}", headers=headers, timeout=60)

    def start_server(self, name: str) -> None:
        """Start a learner's server as the portal does, and wait until it is ready; the hub must know the learner."""
        if self.ask_hub("GET", f"users/{name}").status_code == 404:
            self.sign_in(name)
        self.ask_hub("POST", f"users/{name}/server")
        wait_for(lambda: bool(self.ask_hub("GET", f"users/{name}").json().get("server")), 60, self.read_log)

    def server_log(self, name: str) -> str:
        return (self.settings.run_folder / "servers" / f"{name}.log").read_text(errors="replace")


def wait_for(is_true: Callable[[], bool], seconds: float, explain: Callable[[], str]) -> None:
    """Wait until something is true, else fail with an explanation."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        try:
            if is_true():
                return
        except httpx.HTTPError:
            pass
        time.sleep(0.1)
    raise AssertionError(f"not true after {seconds} s\n{explain()}")


def enrol_people(database_url: str) -> None:
    """Put the fictional people and their passwords into the database."""
    engine = connect(normalise_url(database_url))
    with engine.begin() as conn:
        for name, full_name in PEOPLE.items():
            conn.execute(insert(person).values(id=name, name=full_name))
            set_password(conn, name, FIRST_PASSWORD if name == "moi" else PASSWORD, must_change=name == "moi")
    engine.dispose()


def make_hub(home: Path, database_url: str) -> RunningHub:
    """Return a hub that is not yet started, on free ports."""
    settings = replace(
        Settings(home=home),
        port=free_port(),
        hub_port=free_port(),
        proxy_api_port=free_port(),
        portal_port=free_port(),
        database_url=database_url,
    )
    enrol_people(database_url)
    portal = PortalStandIn(settings.portal_port, settings.hub_api_url)
    threading.Thread(target=portal.serve_forever, args=(0.01,), daemon=True).start()
    return RunningHub(fill_ports(settings), portal)


@pytest.fixture(scope="session")
def running_hub(
    tmp_path_factory: pytest.TempPathFactory, make_database: Callable[..., str], empty_installation: Settings
) -> Iterator[RunningHub]:
    """A hub that runs as long as the tests."""
    home = tmp_path_factory.mktemp("hub")
    hub = make_hub(home, make_database(empty_installation.database_url))
    hub.start()
    yield hub
    if hub.process is not None and hub.process.poll() is None:
        hub.stop()
    hub.portal.shutdown()
    hub.portal.server_close()
