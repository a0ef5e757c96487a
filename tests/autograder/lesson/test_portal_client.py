"""The portal's client against a real HTTP server."""

from __future__ import annotations

import io
import json
import threading
import zipfile
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from autograder.errors import OperatorError, SubmissionError
from autograder.lesson import portal_client
from autograder.lesson.answer_store import AnswerStore
from autograder.lesson.portal_client import PortalClient, connect_portal, pack_folder


class Portal:
    """A portal that says what it is told to, and remembers what it heard."""

    def __init__(self) -> None:
        self.requests: list[tuple[str, dict[str, str], bytes]] = []
        self.status = 200
        self.reply: bytes = b"{}"
        self.headers: dict[str, str] = {}
        portal = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                portal.requests.append((self.path, dict(self.headers), body))
                self.send_response(portal.status)
                for name, value in portal.headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(portal.reply)))
                self.end_headers()
                self.wfile.write(portal.reply)

            do_GET = do_POST

            def log_message(self, *_args: Any) -> None:
                """Stay silent."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.thread = threading.Thread(target=self.server.serve_forever, args=(0.01,), daemon=True)
        self.thread.start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server.server_address[1]}/services/portal"

    def stop(self) -> None:
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()


@pytest.fixture
def portal() -> Iterator[Portal]:
    """A running portal on a free port."""
    running = Portal()
    yield running
    running.stop()


def test_check_is_a_post_with_token_and_answer(portal: Portal) -> None:
    """The client sends what the API describes and returns what the portal says."""
    portal.reply = b'{"points": 12.5, "max_points": 25, "capped": false, "remaining": 3, "notes": []}'
    told = PortalClient(portal.url + "/", "bi-mat").check_answer("l/7", "hop-thu", {"t01": "bao_cao"})
    assert told["points"] == 12.5
    [(path, headers, body)] = portal.requests
    assert path == "/services/portal/api/v1/attempts/l%2F7/checks"
    assert headers["Authorization"] == "token bi-mat"
    assert headers["Content-Type"] == "application/json"
    assert json.loads(body) == {"question": "hop-thu", "answer": {"t01": "bao_cao"}}


def test_submission_is_a_zip_of_lessons_and_answers(portal: Portal, folder: Path) -> None:
    """Only lesson files and answers travel; links, hidden and other files stay."""
    AnswerStore(folder).save_answer("hop-thu", "v", {"t01": "xoa"})
    (folder / "python.ipynb").write_text("{}")
    (folder / "data").mkdir()
    (folder / "data" / "a.yaml").write_text("a")
    (folder / "answers" / "ghi-chu.txt").write_text("x")
    (folder / "answers" / ".an.json").write_text("x")
    (folder / "answers" / "link.json").symlink_to(folder / "attempt.json")
    (folder / "link.ipynb").symlink_to("/etc/hostname")
    portal.reply = b'{"id": "s-1", "digest": "ab", "received_at": "2026-11-23T08:00:00Z", "receipt_url": "/r/1"}'
    assert PortalClient(portal.url, "t").submit("l-7", folder)["id"] == "s-1"
    [(path, headers, body)] = portal.requests
    assert path == "/services/portal/api/v1/attempts/l-7/submissions"
    assert headers["Content-Type"] == "application/zip"
    names = zipfile.ZipFile(io.BytesIO(body)).namelist()
    assert names == ["lesson.ipynb", "python.ipynb", "answers/hop-thu.json"]


def test_same_folder_gives_the_same_bytes(folder: Path) -> None:
    """File times do not change what is handed in."""
    first = pack_folder(folder)
    (folder / "lesson.ipynb").touch()
    assert pack_folder(folder) == first


def test_oversized_folder_is_refused_before_sending(
    portal: Portal, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """More than the limit is told here, with what to do; nothing is sent."""
    monkeypatch.setattr(portal_client, "MAX_UPLOAD_BYTES", 100)
    (folder / "lesson.ipynb").write_text("x" * 60)
    (folder / "python.ipynb").write_text("x" * 60)
    with pytest.raises(SubmissionError) as caught:
        PortalClient(portal.url, "t").submit("l-7", folder)
    assert (caught.value.code, caught.value.status) == ("submission-size", 413)
    (folder / "python.ipynb").write_text("x" * 200)
    with pytest.raises(SubmissionError) as caught:
        PortalClient(portal.url, "t").submit("l-7", folder)
    assert caught.value.code == "submission-read"
    assert portal.requests == []


@pytest.mark.parametrize("status", [400, 403, 404, 409, 413, 422, 429])
def test_refusal_carries_the_portals_own_words(portal: Portal, status: int) -> None:
    """Code, message and hint of a 4xx reach the learner as they are."""
    portal.status = status
    portal.reply = json.dumps(
        {"error": {"code": "check-limit", "message": "Đã hết lượt.", "hint": "Nộp bài."}}
    ).encode()
    with pytest.raises(SubmissionError) as caught:
        PortalClient(portal.url, "t").check_answer("l-7", "hop-thu", 1)
    error = caught.value
    assert (error.code, error.message, error.hint, error.status) == ("check-limit", "Đã hết lượt.", "Nộp bài.", status)


@pytest.mark.parametrize("status", [400, 500, 502, 503])
@pytest.mark.parametrize(
    "reply", [b"", b"<html>nginx</html>", b"[]", b'{"error": "text"}', b'{"detail": "Not found"}', b"\xff"]
)
def test_failure_without_words_gets_ours(portal: Portal, status: int, reply: bytes) -> None:
    """A proxy's page is not shown; the message says that the answers are kept."""
    portal.status, portal.reply = status, reply
    with pytest.raises((SubmissionError, OperatorError)) as caught:
        PortalClient(portal.url, "t").check_answer("l-7", "hop-thu", 1)
    assert isinstance(caught.value, SubmissionError) is (status < 500)
    assert caught.value.status == status
    assert caught.value.hint
    assert "nginx" not in str(caught.value)


@pytest.mark.parametrize("reply", [b"", b"[1]", b"not json", b"[" * 100_000])
def test_success_that_is_no_object_is_a_failure(portal: Portal, reply: bytes) -> None:
    """A 200 without the promised JSON is never taken for a result."""
    portal.reply = reply
    with pytest.raises(OperatorError) as caught:
        PortalClient(portal.url, "t").check_answer("l-7", "hop-thu", 1)
    assert caught.value.code == "portal-unreachable"


def test_redirect_is_not_followed(portal: Portal) -> None:
    """The token goes to the portal and nowhere else."""
    portal.status, portal.headers = 302, {"Location": portal.url + "/elsewhere"}
    with pytest.raises(OperatorError):
        PortalClient(portal.url, "t").check_answer("l-7", "hop-thu", 1)
    assert len(portal.requests) == 1


def test_proxy_of_the_environment_is_not_used(portal: Portal, monkeypatch: pytest.MonkeyPatch) -> None:
    """A proxy set for downloads does not see the token."""
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:1")
    assert PortalClient(portal.url, "t").check_answer("l-7", "hop-thu", 1) == {}


def test_absent_portal_is_told_kindly(portal: Portal) -> None:
    """A refused connection is an operator's matter, and the answer stays saved."""
    portal.stop()
    with pytest.raises(OperatorError) as caught:
        PortalClient(portal.url, "t").check_answer("l-7", "hop-thu", 1)
    assert (caught.value.code, caught.value.status) == ("portal-unreachable", 503)
    assert caught.value.hint
    portal.server.socket.close()


def test_slow_portal_is_given_up(portal: Portal, monkeypatch: pytest.MonkeyPatch) -> None:
    """A portal that does not answer in time does not hold the lesson up."""
    monkeypatch.setattr(portal_client, "CHECK_TIMEOUT_S", 0.2)
    gate = threading.Event()
    monkeypatch.setattr(portal.server, "finish_request", lambda *_args: gate.wait(5))
    with pytest.raises(OperatorError):
        PortalClient(portal.url, "t").check_answer("l-7", "hop-thu", 1)
    gate.set()


@pytest.mark.parametrize(
    "environment",
    [
        {},
        {"HOCVUSO_PORTAL_URL": "http://a.example"},
        {"JUPYTERHUB_API_TOKEN": "t"},
        {"HOCVUSO_PORTAL_URL": "file:///etc", "JUPYTERHUB_API_TOKEN": "t"},
    ],
)
def test_session_without_portal_is_told(environment: dict[str, str]) -> None:
    """Outside the platform nothing is sent anywhere."""
    with pytest.raises(OperatorError) as caught:
        connect_portal(environment)
    assert caught.value.code == "portal-not-set"


def test_session_of_the_platform_connects() -> None:
    """Address and token come from the environment that the hub gives."""
    client = connect_portal(
        {"HOCVUSO_PORTAL_URL": "http://127.0.0.1:8000/services/portal/", "JUPYTERHUB_API_TOKEN": "t"}
    )
    assert client.url == "http://127.0.0.1:8000/services/portal"
