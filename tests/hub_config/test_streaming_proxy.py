"""The proxy hands on what comes when it comes."""

from __future__ import annotations

import asyncio
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

import httpx
import pytest
import tornado.httpserver
import tornado.iostream
import tornado.web
import tornado.websocket


@dataclass
class Backend:
    """A server behind the proxy whose answers the test lets go piece by piece."""

    go_on: threading.Event = field(default_factory=threading.Event)
    gone: threading.Event = field(default_factory=threading.Event)


class Slow(tornado.web.RequestHandler):
    """Sends one line, waits, then the other; the second never comes to ``/forever``."""

    async def get(self) -> None:
        backend: Backend = self.settings["backend"]
        self.set_header("X-Twice", "a")
        self.add_header("Set-Cookie", "one=1")
        self.add_header("Set-Cookie", "two=2")
        self.write("first\n")
        await self.flush()
        try:
            while not backend.go_on.is_set():
                await asyncio.sleep(0.02)
                if self.request.path == "/forever":
                    self.write(".")
                    await self.flush()
        except tornado.iostream.StreamClosedError:
            backend.gone.set()
            return
        self.write("second\n")


class Answers(tornado.web.RequestHandler):
    """Answers with the wanted status, and says back what it was sent."""

    def get(self, status: str) -> None:
        self.set_status(int(status))
        if int(status) not in (204, 304):
            self.write("body")

    def post(self, _status: str) -> None:
        self.write(self.request.body)


class Heard(tornado.web.RequestHandler):
    """Says which way a request seems to have taken."""

    def get(self) -> None:
        names = ("X-Forwarded-Proto", "X-Forwarded-For", "X-Forwarded-Host")
        self.write({name: self.request.headers.get_list(name) for name in names})


class Echo(tornado.websocket.WebSocketHandler):
    """Sends back each message as what it was, text or binary."""

    def select_subprotocol(self, subprotocols: list[str]) -> str | None:
        return subprotocols[0] if subprotocols else None

    def on_message(self, message: str | bytes) -> None:
        if message == "leave":
            self.close()
            return
        self.write_message(message, binary=isinstance(message, bytes))


def run_aside(work: Coroutine[Any, Any, Any]) -> Any:
    """Run a coroutine in a thread of its own: the browser of other tests keeps a loop in this one."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, work).result()


@pytest.fixture
def proxied() -> Iterator[tuple[str, Backend]]:
    """A backend behind a running proxy: the proxy's address, and the backend's strings."""
    backend = Backend()
    listening, loops = socket.create_server(("127.0.0.1", 0)), []
    listening.setblocking(False)
    started = threading.Event()

    async def serve() -> None:
        pages = [(r"/slow|/forever", Slow), (r"/status/(\d+)", Answers), (r"/heard", Heard), (r"/echo", Echo)]
        server = tornado.httpserver.HTTPServer(tornado.web.Application(pages, backend=backend))
        server.add_sockets([listening])
        stop = asyncio.Event()
        loops.append((asyncio.get_running_loop(), stop))
        started.set()
        await stop.wait()
        server.stop()

    thread = threading.Thread(target=asyncio.run, args=(serve(),))
    thread.start()
    started.wait()
    with socket.create_server(("127.0.0.1", 0)) as one, socket.create_server(("127.0.0.1", 0)) as two:
        port, api_port = one.getsockname()[1], two.getsockname()[1]
    target = f"http://127.0.0.1:{listening.getsockname()[1]}"
    options = ["--ip=127.0.0.1", f"--port={port}", "--api-ip=127.0.0.1", f"--api-port={api_port}"]
    command = [sys.executable, "-m", "hub_config.proxy", *options, f"--default-target={target}", "--log-level=ERROR"]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    url = f"http://127.0.0.1:{port}"
    for _try in range(200):
        try:
            httpx.get(f"{url}/status/200")
            break
        except httpx.TransportError:
            time.sleep(0.05)
    yield url, backend
    process.terminate()
    process.wait()
    loop, stop = loops[0]
    loop.call_soon_threadsafe(stop.set)
    thread.join()


def test_first_piece_arrives_before_the_last_is_sent(proxied: tuple[str, Backend]) -> None:
    """A page that opens step by step shows its beginning at once; all headers come through, also repeated ones."""
    url, backend = proxied
    with httpx.stream("GET", f"{url}/slow", timeout=10) as answer:
        lines = answer.iter_lines()
        assert next(lines) == "first"
        backend.go_on.set()
        assert next(lines) == "second"
        assert answer.headers["x-twice"] == "a"
        assert answer.headers.get_list("set-cookie") == ["one=1", "two=2"]


def test_request_behind_ends_when_the_browser_leaves(proxied: tuple[str, Backend]) -> None:
    """Nothing goes on being sent to a browser that has gone."""
    url, backend = proxied
    with httpx.stream("GET", f"{url}/forever", timeout=10) as answer:
        next(answer.iter_raw())
    assert backend.gone.wait(10)


@pytest.mark.parametrize("status", [200, 204, 304, 403, 404, 500])
def test_status_and_body_come_through(proxied: tuple[str, Backend], status: int) -> None:
    """Errors of the server behind are handed on as they are."""
    answer = httpx.get(f"{proxied[0]}/status/{status}")
    assert answer.status_code == status
    assert answer.text == ("" if status in (204, 304) else "body")


def test_large_body_goes_both_ways(proxied: tuple[str, Backend]) -> None:
    """A submission of 20 MB passes unchanged."""
    body = bytes(range(256)) * (20 * 2**20 // 256)
    headers = {"Content-Type": "application/zip"}
    assert httpx.post(f"{proxied[0]}/status/200", content=body, headers=headers, timeout=60).content == body


def test_more_than_ten_requests_are_under_way_at_once(proxied: tuple[str, Backend]) -> None:
    """A class that opens its lessons at the same time does not queue behind ten of them."""
    url, backend = proxied
    with httpx.Client(timeout=10, limits=httpx.Limits(max_connections=60)) as client:
        waiting = [client.send(client.build_request("GET", f"{url}/slow"), stream=True) for _ in range(40)]
        assert client.get(f"{url}/status/200").status_code == 200
        backend.go_on.set()
        for answer in waiting:
            assert answer.read().endswith(b"second\n")


def test_binary_and_text_messages_stay_what_they_are(proxied: tuple[str, Backend]) -> None:
    """Jupyter's kernel protocol is binary and named at the handshake; both come through, an uploaded file too."""

    async def talk() -> list[str | bytes | None]:
        address = proxied[0].replace("http", "ws") + "/echo"
        connection = await tornado.websocket.websocket_connect(address, subprotocols=["v1.kernel"])
        said: list[str | bytes | None] = [connection.selected_subprotocol]
        for message in ("chữ", b"\x00\xff", b"QUJD" * 600_000):
            await connection.write_message(message, binary=isinstance(message, bytes))
            said.append(await connection.read_message())
        connection.close()
        return said

    assert run_aside(talk()) == ["v1.kernel", "chữ", b"\x00\xff", b"QUJD" * 600_000]


def test_browser_is_hung_up_on_when_the_server_behind_leaves(proxied: tuple[str, Backend]) -> None:
    """A page learns at once that nobody takes its answers any more."""

    async def talk() -> str | bytes | None:
        connection = await tornado.websocket.websocket_connect(proxied[0].replace("http", "ws") + "/echo")
        await connection.write_message("leave")
        return await asyncio.wait_for(connection.read_message(), 5)

    assert run_aside(talk()) is None


def test_https_in_front_is_told_to_the_server_behind(proxied: tuple[str, Backend]) -> None:
    """The scheme that a web server in front names arrives alone; without one it is the proxy's own."""
    url, _backend = proxied
    heard = httpx.get(f"{url}/heard", headers={"X-Forwarded-Proto": "https", "X-Forwarded-For": "192.0.2.7"}).json()
    assert heard["X-Forwarded-Proto"] == ["https"]
    assert heard["X-Forwarded-For"] == ["192.0.2.7, 127.0.0.1"]
    plain = httpx.get(f"{url}/heard").json()
    assert plain["X-Forwarded-Proto"] == ["http"]
    assert plain["X-Forwarded-For"] == ["127.0.0.1"]
    assert plain["X-Forwarded-Host"] == [url.removeprefix("http://")]
