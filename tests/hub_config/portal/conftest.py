"""A small academy with one released module, and a portal on it with a sign-in that believes what it is told.

Học viện mẫu (hv)            instructor 999900 is responsible for khoa-a; 999901 for the whole
 ├─ Khoa A (khoa-a)          999001, 999002
 └─ Khoa B (khoa-b)          999003
"""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import pytest
import uvicorn
from fastapi.testclient import TestClient
from sqlalchemy import Engine, insert, update
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from autograder.database import schema
from autograder.database.server import connect
from autograder.errors import StaffError
from autograder.grading.archive import zip_files
from autograder.model import FeedbackNote, Grade, QuestionGrade, SubmissionState
from hub_config.portal.app import create_app
from hub_config.portal.rooms import RoomState
from hub_config.portal.settings import PortalSettings
from hub_config.portal.signin import HubUser

PREFIX = "/services/portal"
API = f"{PREFIX}/api/v1"
SLUG = "an-toan-tai-khoan"
MODULE_UUID = "0d1c2a52-5c0f-4e9c-9f0a-111111111111"
LEARNER, COLLEAGUE, OUTSIDER = "999001", "999002", "999003"
INSTRUCTOR, HEAD, STRANGER = "999900", "999901", "999999"

NOTEBOOK = json.dumps({"cells": [], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}).encode()
BLOCK = {
    "id": "hop-thu",
    "kind": "classify",
    "points": 100,
    "prompt": "Xếp từng thư vào một nhóm.",
    "labels": {"an_toan": "An toàn", "bao_cao": "Báo cáo"},
    "items": [{"id": "t01", "text": "Thư mời họp."}, {"id": "t02", "text": "Thư đòi mật khẩu."}],
    "key": {"t01": "an_toan", "t02": {"label": "bao_cao", "wrong": {"an_toan": "MC-PHISH"}}},
    "score": {"by": "balanced"},
    "feedback": {"MC-PHISH": "Thư đòi mật khẩu là thư đáng ngờ; đọc lại phần 2."},
}
PAYLOAD = {
    "module": {"slug": SLUG},
    "data": {},
    "notebooks": [
        {
            "name": "lesson",
            "required": True,
            "cells": [],
            "items": [
                {
                    "id": "hop-thu",
                    "type": "question",
                    "title": {"vi": "Xếp thư vào nhóm", "en": "Sort the letters"},
                    "points": 100,
                    "block": BLOCK,
                }
            ],
        },
        {"name": "python", "required": False, "cells": [], "items": []},
    ],
}
MODULE_TITLE = {"vi": "An toàn tài khoản", "en": "Safe accounts"}


class FakeSignIn:
    """Believes ``Authorization: token <id>`` and the cookie ``who``."""

    async def identify(self, request: Request) -> HubUser | None:
        header = request.headers.get("authorization")
        if header is not None:
            name = header.removeprefix("token ")
            if not name.isdigit():
                raise StaffError("token-refused", "no", status=401)
            return HubUser(name, by_token=True)
        name = request.cookies.get("who")
        return HubUser(name, by_token=False) if name else None

    async def begin(self, request: Request) -> Response:
        del request
        return RedirectResponse("/hub/login", status_code=302)

    async def finish(self, request: Request) -> Response:
        return RedirectResponse(request.url.path, status_code=302)

    def end(self, request: Request) -> Response:
        del request
        return RedirectResponse("/hub/logout", status_code=303)


@dataclass
class FakeRooms:
    """Learners' servers in a dictionary."""

    states: dict[str, RoomState] = field(default_factory=dict)
    started: list[str] = field(default_factory=list)

    def read_state(self, person_id: str) -> RoomState:
        return self.states.get(person_id, RoomState.STOPPED)

    def start(self, person_id: str) -> None:
        self.started.append(person_id)
        self.states[person_id] = RoomState.PENDING


@dataclass
class Academy:
    """The portal under test and what stands behind it."""

    engine: Engine
    rooms: FakeRooms
    client: TestClient

    def ask(self, person: str | None, method: str, path: str, **more: Any) -> Any:
        """Ask the API as a program of that person's."""
        headers = {**({"Authorization": f"token {person}"} if person else {}), **more.pop("headers", {})}
        return self.client.request(method, f"{API}{path}", headers=headers, **more)

    def visit(self, person: str | None, path: str, method: str = "GET", **more: Any) -> Any:
        """Open a page in that person's browser."""
        headers = {**({"Cookie": f"who={person}"} if person else {}), **more.pop("headers", {})}
        return self.client.request(method, f"{PREFIX}{path}", headers=headers, follow_redirects=False, **more)

    def begin(self, person: str = LEARNER) -> dict[str, Any]:
        """Begin or continue an attempt."""
        answer = self.ask(person, "POST", f"/modules/{SLUG}/attempts")
        assert answer.status_code == 200, answer.text
        return dict(answer.json())

    def hand_in(self, person: str = LEARNER) -> dict[str, Any]:
        """Hand in an attempt with one answer."""
        attempt = self.begin(person)
        answer = self.ask(
            person,
            "POST",
            f"/attempts/{attempt['attempt']}/submissions",
            content=pack(attempt),
            headers={"Content-Type": "application/zip"},
        )
        assert answer.status_code == 201, answer.text
        return dict(answer.json())

    def record_grade(self, submission_id: str, points: float, *, capped: bool = False) -> None:
        """Write a grade as the grader does, without its queue."""
        note = FeedbackNote("MC-PHISH", "t02", "Thư đòi mật khẩu là thư đáng ngờ; đọc lại phần 2.")
        question = QuestionGrade("hop-thu", "lesson", True, points, 100.0, capped, "", (note,) if points < 100 else ())
        grade = Grade(submission_id, (question,), "test", datetime.now(UTC))
        with self.engine.begin() as conn:
            conn.execute(
                update(schema.submission)
                .where(schema.submission.c.id == submission_id)
                .values(state=SubmissionState.GRADED)
            )
            conn.execute(
                insert(schema.grade).values(
                    submission_id=submission_id,
                    points=grade.points,
                    max_points=grade.max_points,
                    has_open_cap=grade.has_open_cap,
                    grader_version="test",
                    findings=[],
                    graded_at=grade.graded_at,
                )
            )
            conn.execute(
                insert(schema.question_grade).values(
                    submission_id=submission_id,
                    question="hop-thu",
                    notebook="lesson",
                    position=0,
                    required=True,
                    points=points,
                    max_points=100.0,
                    capped=capped,
                    notes=[{"code": n.code, "item": n.item, "text": n.text} for n in question.notes],
                )
            )


def pack(attempt: dict[str, Any]) -> bytes:
    """Return what a learner's server hands in for an attempt."""
    answer = {
        "schema": 1,
        "question": "hop-thu",
        "variant": attempt["variant"],
        "answer": {"t01": "an_toan"},
        "widget_version": "1",
        "saved_at": "2026-11-30T01:02:03+00:00",
    }
    return zip_files({"lesson.ipynb": NOTEBOOK, "answers/hop-thu.json": json.dumps(answer).encode()})


def fill_academy(engine: Engine) -> None:
    """Write units, people, roles, one release and its enrolment."""
    people = {
        LEARNER: "Nguyễn Thị An",
        COLLEAGUE: "Trần Văn Bình",
        OUTSIDER: "Đỗ Thị Chi",
        INSTRUCTOR: "Lê Văn Dũng",
        HEAD: "Phạm Thị Giang",
    }
    home = {LEARNER: "khoa-a", COLLEAGUE: "khoa-a", OUTSIDER: "khoa-b", INSTRUCTOR: "khoa-a", HEAD: "hv"}
    roles = [(person, "learner", home[person]) for person in (LEARNER, COLLEAGUE, OUTSIDER)]
    roles += [(INSTRUCTOR, "instructor", "khoa-a"), (HEAD, "system_admin", "hv")]
    with engine.begin() as conn:
        names = {"hv": "Học viện mẫu", "khoa-a": "Khoa A", "khoa-b": "Khoa B"}
        conn.execute(insert(schema.unit), [{"id": key, "name": name} for key, name in names.items()])
        conn.execute(
            insert(schema.unit_edge),
            [{"child_id": child, "parent_id": "hv", "kind": "administrative"} for child in ("khoa-a", "khoa-b")],
        )
        conn.execute(insert(schema.person), [{"id": key, "name": name} for key, name in people.items()])
        conn.execute(
            insert(schema.membership),
            [{"person_id": key, "unit_id": unit, "since": date(2026, 1, 1)} for key, unit in home.items()],
        )
        conn.execute(
            insert(schema.role), [{"person_id": who, "role": role, "unit_id": unit} for who, role, unit in roles]
        )
        conn.execute(
            insert(schema.release).values(
                content_hash="hash-1",
                module_uuid=MODULE_UUID,
                slug=SLUG,
                code="M04",
                title=MODULE_TITLE,
                minutes=50,
                pass_mark=0.7,
                max_points=100.0,
                payload=PAYLOAD,
                archive=zip_files({"lesson.ipynb": NOTEBOOK, "python.ipynb": NOTEBOOK}),
                position=0,
                is_current=True,
                released_at=datetime(2026, 11, 1, tzinfo=UTC),
            )
        )
        conn.execute(
            insert(schema.enrolment).values(
                unit_id="hv", module_uuid=MODULE_UUID, due_at=datetime(2099, 12, 31, 16, tzinfo=UTC)
            )
        )


@pytest.fixture
def portal_settings(database_url: str, tmp_path: Path) -> PortalSettings:
    """Settings of a portal whose hub does not exist."""
    secret = tmp_path / "variant-key"
    secret.write_text("0123456789abcdef0123456789abcdef")
    return PortalSettings(database_url, secret, hub_api_token="hub-token", hub_api_url="http://127.0.0.1:1/hub/api")


@pytest.fixture
def academy(database_url: str, portal_settings: PortalSettings) -> Iterator[Academy]:
    """The small academy behind a portal."""
    engine = connect(database_url)
    fill_academy(engine)
    rooms = FakeRooms()
    app = create_app(portal_settings, sign_in=FakeSignIn(), rooms=rooms, engine=engine)
    with TestClient(app, raise_server_exceptions=False) as client:
        yield Academy(engine, rooms, client)
    engine.dispose()


@dataclass
class FakeHub:
    """A web server that answers as the hub's API does, from dictionaries."""

    url: str = ""
    tokens: dict[str, dict[str, Any]] = field(default_factory=dict)
    codes: dict[str, str] = field(default_factory=dict)
    servers: dict[str, dict[str, Any]] = field(default_factory=dict)
    start_status: int = 202
    start_delay_s: float = 0.0
    asked: list[tuple[str, str, dict[str, str]]] = field(default_factory=list)

    def answer(self, method: str, path: str, token: str, form: dict[str, str]) -> tuple[int, Any]:
        """Return status and body."""
        self.asked.append((method, path, form))
        if path == "/hub/api/user":
            return (200, self.tokens[token]) if token in self.tokens else (403, {"message": "no"})
        if path == "/hub/api/oauth2/token":
            known = self.codes.pop(form.get("code", ""), None)
            return (200, {"access_token": known}) if known else (400, {"error": "invalid_grant"})
        if token != "hub-token":
            return 403, {"message": "no"}
        if method == "POST" and path.endswith("/server"):
            time.sleep(self.start_delay_s)
            return self.start_status, {}
        name = path.removeprefix("/hub/api/users/")
        return 200, {"name": name, "servers": {"": self.servers[name]} if name in self.servers else {}}


@pytest.fixture
def fake_hub() -> Iterator[FakeHub]:
    """A hub that answers; change its dictionaries to change what it says."""
    hub = FakeHub()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._answer("GET", {})

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
            self._answer("POST", {key: values[0] for key, values in parse_qs(body).items()})

        def _answer(self, method: str, form: dict[str, str]) -> None:
            token = self.headers.get("Authorization", "").removeprefix("token ")
            status, body = hub.answer(method, self.path, token, form)
            content = json.dumps(body).encode()
            try:
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)
            except BrokenPipeError:
                pass

        def log_message(self, format: str, *args: Any) -> None:
            del format, args

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    hub.url = f"http://127.0.0.1:{server.server_port}/hub/api"
    yield hub
    server.shutdown()
    server.server_close()
    thread.join(5)


@pytest.fixture
def live_portal(academy: Academy) -> Iterator[str]:
    """Address of the same portal behind a real web server, for browsers."""
    config = uvicorn.Config(academy.client.app, host="127.0.0.1", port=0, log_level="warning", access_log=False)
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        assert thread.is_alive(), "the web server did not start"
        time.sleep(0.02)
    port = server.servers[0].sockets[0].getsockname()[1]
    yield f"http://127.0.0.1:{port}"
    server.should_exit = True
    thread.join(10)
