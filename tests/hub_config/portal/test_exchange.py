"""nbgrader's list, fetch_assignment and submit talk to the portal."""

from __future__ import annotations

import hashlib
import json
import logging
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from nbgrader.auth import Authenticator
from nbgrader.coursedir import CourseDirectory
from nbgrader.exchange import ExchangeError, ExchangeFactory
from traitlets.config import Config

from hub_config import exchange

LEARNER, SLUG = "999001", "an-toan-tai-khoan"
KINDS = {
    "list": exchange.ExchangeList,
    "fetch_assignment": exchange.ExchangeFetchAssignment,
    "submit": exchange.ExchangeSubmit,
    "collect": exchange.ExchangeCollect,
    "release_assignment": exchange.ExchangeReleaseAssignment,
    "release_feedback": exchange.ExchangeReleaseFeedback,
    "fetch_feedback": exchange.ExchangeFetchFeedback,
}


@pytest.fixture
def home(tmp_path: Path, live_portal: str, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A learner's home on a server that knows the portal."""
    monkeypatch.setenv("HOCVUSO_PORTAL_URL", f"{live_portal}/services/portal")
    monkeypatch.setenv("JUPYTERHUB_API_TOKEN", LEARNER)
    folder = tmp_path / "home"
    folder.mkdir()
    monkeypatch.chdir(folder)
    return folder


@pytest.fixture
def start(caplog: pytest.LogCaptureFixture) -> Callable[..., Any]:
    """Return a function that runs one class of the exchange as nbgrader's commands do."""
    caplog.set_level(logging.INFO)
    logger = logging.getLogger("test-exchange")

    def run(kind: str, assignment: str = "", **traits: Any) -> Any:
        config = Config({"ExchangeFactory": dict(KINDS)})
        factory = ExchangeFactory(config=config)
        course = CourseDirectory(assignment_id=assignment)
        made = getattr(factory, "".join(part.title() for part in kind.split("_")))
        return made(coursedir=course, authenticator=Authenticator(), log=logger, **traits).start()

    return run


def test_a_module_is_listed_fetched_and_handed_in(academy: Any, home: Path, start: Any, caplog: Any) -> None:
    """The three steps of a learner, ending in a receipt whose digest is of the bytes that arrived."""
    assert [(m["assignment_id"], m["status"]) for m in start("list")] == [(SLUG, "released")]
    start("fetch_assignment", SLUG)
    assert (home / SLUG / "lesson.ipynb").is_file()
    attempt = json.loads((home / SLUG / "attempt.json").read_text())
    assert [(m["assignment_id"], m["status"]) for m in start("list")] == [(SLUG, "fetched")]
    (home / SLUG / "answers").mkdir()
    (home / SLUG / "answers" / "hop-thu.json").write_text("{}")
    start("submit", SLUG)
    made = academy.ask(LEARNER, "GET", "/submissions").json()
    assert [s["attempt"] for s in made] == [attempt["attempt"]]
    assert made[0]["digest"] in caplog.text
    assert made[0]["receipt_url"] in caplog.text
    listed = start("list", cached=True)
    assert [s["digest"] for group in listed for s in group["submissions"]] == [made[0]["digest"]]
    with academy.engine.begin() as conn:
        from sqlalchemy import text

        stored = bytes(conn.scalar(text("SELECT archive FROM hocvuso.submission")))
    assert hashlib.sha256(stored).hexdigest() == made[0]["digest"]


def test_fetching_again_keeps_answers(home: Path, start: Any) -> None:
    """A second fetch is refused; with --replace only missing files come back."""
    start("fetch_assignment", SLUG)
    (home / SLUG / "answers").mkdir()
    (home / SLUG / "answers" / "hop-thu.json").write_text("mine")
    with pytest.raises(ExchangeError, match="--replace"):
        start("fetch_assignment", SLUG)
    (home / SLUG / "lesson.ipynb").unlink()
    start("fetch_assignment", SLUG, replace_missing_files=True)
    assert (home / SLUG / "lesson.ipynb").is_file()
    assert (home / SLUG / "answers" / "hop-thu.json").read_text() == "mine"


@pytest.mark.parametrize(
    ("kind", "assignment", "expected"),
    [
        ("fetch_assignment", "no-such-module", "no-such-module"),
        ("fetch_assignment", "../elsewhere", "nbgrader list"),
        ("submit", "empty", "nbgrader fetch_assignment empty"),
        ("collect", SLUG, "hocvuso grade"),
        ("release_assignment", SLUG, "hocvuso release"),
        ("release_feedback", SLUG, ""),
        ("fetch_feedback", SLUG, "nbgrader list --cached"),
    ],
)
def test_what_cannot_be_done_says_what_to_do(home: Path, start: Any, kind: str, assignment: str, expected: str) -> None:
    """Every refusal is nbgrader's own kind of error with our words."""
    (home / "empty").mkdir()
    with pytest.raises(ExchangeError) as refused:
        start(kind, assignment)
    assert str(refused.value)
    assert expected in str(refused.value) or expected == assignment


def test_outside_a_learners_server_the_reason_is_said(
    start: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without the portal's address there is a message and not a KeyError."""
    monkeypatch.delenv("HOCVUSO_PORTAL_URL", raising=False)
    monkeypatch.chdir(tmp_path)
    with pytest.raises(ExchangeError):
        start("list")


@pytest.mark.slow
def test_the_commands_themselves_work(academy: Any, home: Path) -> None:
    """``nbgrader list``, ``fetch_assignment`` and ``submit`` as a learner types them."""
    config = Path(exchange.__file__).with_name("nbgrader_config.py")
    (home / "nbgrader_config.py").write_text(config.read_text())

    def nbgrader(*arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "nbgrader", *arguments], cwd=home, capture_output=True, text=True, timeout=60
        )

    listed = nbgrader("list")
    assert (listed.returncode, SLUG in listed.stderr) == (0, True), listed.stderr
    fetched = nbgrader("fetch_assignment", SLUG)
    assert fetched.returncode == 0, fetched.stderr
    handed_in = nbgrader("submit", SLUG)
    assert handed_in.returncode == 0, handed_in.stderr
    digest = academy.ask(LEARNER, "GET", "/submissions").json()[0]["digest"]
    assert digest in handed_in.stderr
    assert nbgrader("fetch_assignment", "no-such-module").returncode == 1
