"""The Python side of the widgets: saving, checking, handing in, and the words for it."""

from __future__ import annotations

import asyncio
import json
import threading
from pathlib import Path
from typing import Any

import pytest

from autograder.errors import OperatorError, SubmissionError
from autograder.lesson.answer_store import AnswerStore
from autograder.lesson.session import LessonSession
from autograder.lesson.texts import list_widget_texts
from autograder.lesson.widget import (
    QuestionWidget,
    SubmitPanel,
    describe_check,
    describe_progress,
    describe_receipt,
    join_sentences,
    read_page_script,
    read_page_style,
    show_number,
)
from autograder.questions.spec import parse_question


class FakePortal:
    """Answers like the portal, or fails like it."""

    def __init__(self, error: Exception | None = None) -> None:
        self.error = error
        self.heard: list[tuple[Any, ...]] = []
        self.threads: set[str] = set()

    def check_answer(self, attempt: str, question: str, answer: Any) -> dict[str, Any]:
        self._hear("check", attempt, question, answer)
        notes = [
            {"code": "MC-SUBDOMAIN", "item": "t01", "text": "Tên miền thật."},
            {"code": "MC-SUBDOMAIN", "item": "t02", "text": "Tên miền thật."},
            {"code": "MC-X", "item": None, "text": "Đọc lại."},
        ]
        return {"points": 12.5, "max_points": 25, "capped": True, "remaining": 3, "notes": notes}

    def submit(self, attempt: str, folder: Path) -> dict[str, Any]:
        self._hear("submit", attempt, folder)
        return {"id": "s-1", "digest": "ab" * 32, "received_at": "2026-11-23T08:00:00+00:00", "receipt_url": "/r/1"}

    def _hear(self, *words: Any) -> None:
        self.heard.append(words)
        self.threads.add(threading.current_thread().name)
        if self.error:
            raise self.error


class Page:
    """Stands for the page: keeps what a widget sends."""

    def __init__(self, widget: Any, monkeypatch: pytest.MonkeyPatch) -> None:
        self.told: list[dict[str, Any]] = []
        self.widget = widget
        monkeypatch.setattr(widget, "send", self.told.append)

    def say(self, **message: Any) -> list[dict[str, Any]]:
        """Send a message as the page does, and return the replies to it."""
        self.told.clear()
        self.widget._handle_custom_msg(message, [])
        return list(self.told)


def make_session(folder: Path, portal: FakePortal | None = None) -> LessonSession:
    """Return a session whose portal is the fake one."""
    fake: Any = portal or FakePortal()
    return LessonSession(folder, connect=lambda: fake)


def make_widget(session: LessonSession, block: str) -> QuestionWidget:
    """Return the widget of a block."""
    return QuestionWidget(session, parse_question(block, where=""))


def test_change_is_confirmed_after_it_is_on_the_disk(
    folder: Path, blocks: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The reply "saved" carries the change's number, and the file is there when it comes."""
    widget = make_widget(make_session(folder), blocks["hop-thu"])
    page = Page(widget, monkeypatch)
    assert page.say(type="save", n=4, answer={"t01": {"label": "xoa", "evidence": []}}) == [
        {"type": "saved", "n": 4, "told": {}}
    ]
    kept = AnswerStore(folder).read_answer("hop-thu")
    assert kept is not None
    assert (kept.answer, kept.variant) == ({"t01": {"label": "xoa", "evidence": []}}, "9f3c0a1b2c3d4e5f")
    assert widget.saved == kept.answer


def test_saved_answer_is_shown_again(folder: Path, blocks: dict[str, str]) -> None:
    """Opening the lesson again starts from the file."""
    AnswerStore(folder).save_answer("ty-le", "v", {"t01": "x", "t02": "50"})
    widget = make_widget(make_session(folder), blocks["ty-le"])
    assert widget.saved == {"t01": "x", "t02": "50"}
    assert widget.view["told"] == {"unread": ["t01"]}


def test_failed_save_is_told_and_keeps_the_old_answer(
    folder: Path, blocks: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A full disk or an impossible answer gives "not_saved" with words, never an exception."""
    session = make_session(folder)
    widget = make_widget(session, blocks["hop-thu"])
    page = Page(widget, monkeypatch)
    page.say(type="save", n=1, answer={"t01": "xoa"})
    [reply] = page.say(type="save", n=2, answer="x" * 300_000)
    assert (reply["type"], reply["n"]) == ("not_saved", 2)
    assert reply["text"]

    def refuse(*_args: Any) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(session.store, "save_answer", refuse)
    [reply] = page.say(type="save", n=3, answer={"t01": "an_toan"})
    assert reply["type"] == "not_saved"
    assert widget.saved == {"t01": "xoa"}
    told = page.say(type="check", n=4, answer={"t01": "an_toan"})
    assert [one["type"] for one in told] == ["not_saved", "checked"]
    assert told[1]["state"] == "error"


@pytest.mark.parametrize("message", [{}, {"type": "x"}, {"type": "save"}, {"type": None}, {"n": 1}])
def test_strange_messages_do_not_break_the_session(
    message: dict[str, Any], folder: Path, blocks: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """What the page would never send is answered or ignored."""
    page = Page(make_widget(make_session(folder), blocks["hop-thu"]), monkeypatch)
    page.say(**message)
    page.widget._handle_custom_msg("text", [])


def test_check_saves_first_and_asks_the_portal(
    folder: Path, blocks: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """ "Kiểm tra" gives points, what remains, and each sentence once with its items."""
    portal = FakePortal()
    page = Page(make_widget(make_session(folder, portal), blocks["hop-thu"]), monkeypatch)
    saved, checked = page.say(type="check", n=7, answer={"t01": {"label": "xoa", "evidence": []}})
    assert saved["type"] == "saved"
    assert portal.heard == [("check", "l-7", "hop-thu", {"t01": {"label": "xoa", "evidence": []}})]
    assert (checked["type"], checked["n"], checked["state"]) == ("checked", 7, "partial")
    assert "12,5" in checked["title"]
    assert "3" in checked["remaining"]
    assert checked["cap"]
    assert checked["notes"] == [
        {"text": "Tên miền thật.", "items": ["t01", "t02"]},
        {"text": "Đọc lại.", "items": []},
    ]


@pytest.mark.parametrize(
    "error",
    [
        SubmissionError("check-limit", "Đã hết lượt", hint="Nộp bài"),
        OperatorError("portal-unreachable", "Đã hết lượt", hint="Nộp bài"),
    ],
)
def test_refused_check_shows_message_and_hint(
    error: Exception, folder: Path, blocks: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The portal's own words reach the page as two sentences."""
    page = Page(make_widget(make_session(folder, FakePortal(error)), blocks["hop-thu"]), monkeypatch)
    checked = page.say(type="check", n=1, answer={})[-1]
    assert (checked["state"], checked["title"], checked["notes"]) == ("error", "Đã hết lượt. Nộp bài.", [])


def test_preview_tells_kindly_that_nothing_is_sent(
    folder: Path, blocks: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without attempt the answer is saved, and check and hand-in say why they do nothing."""
    (folder / "attempt.json").unlink()
    portal = FakePortal()
    session = make_session(folder, portal)
    saved, checked = Page(make_widget(session, blocks["hop-thu"]), monkeypatch).say(type="check", n=1, answer={})
    assert (saved["type"], checked["state"]) == ("saved", "error")
    assert checked["title"]
    [refused] = Page(SubmitPanel(session, {}), monkeypatch).say(type="submit")
    assert refused["type"] == "refused"
    assert portal.heard == []
    assert session.variant == "xem-thu"


def test_saves_do_not_wait_for_the_portal(
    folder: Path, blocks: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """In a running session the portal is asked in another thread, and the reply comes afterwards."""
    portal = FakePortal()
    page = Page(make_widget(make_session(folder, portal), blocks["hop-thu"]), monkeypatch)

    async def work() -> None:
        assert [one["type"] for one in page.say(type="check", n=1, answer={})] == ["saved"]
        assert [one["type"] for one in page.say(type="save", n=2, answer={})] == ["saved"]
        while len(page.told) < 2:
            await asyncio.sleep(0.01)

    asyncio.run(asyncio.wait_for(work(), 10))
    assert [one["type"] for one in page.told] == ["saved", "checked"]
    assert threading.current_thread().name not in portal.threads


def test_panel_follows_every_saved_answer(
    folder: Path, blocks: dict[str, str], full_answers: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Progress counts questions that are answered completely, and lists the others."""
    session = make_session(folder)
    widgets = {name: make_widget(session, block) for name, block in blocks.items()}
    panel = SubmitPanel(session, widgets)
    assert (panel.progress["done"], panel.progress["all"]) == (0, 6)
    for done, (name, widget) in enumerate(widgets.items(), start=1):
        Page(widget, monkeypatch).say(type="save", n=1, answer=full_answers[name])
        assert panel.progress["done"] == done
        assert name not in [row["id"] for row in panel.progress["open"]]
    Page(widgets["ty-le"], monkeypatch).say(type="save", n=2, answer={"t01": "55"})
    assert [row["id"] for row in panel.progress["open"]] == ["ty-le"]
    assert panel.view["attempt"] == 2


def test_progress_comes_from_the_files(folder: Path, blocks: dict[str, str], full_answers: dict[str, Any]) -> None:
    """A session that has just started knows what was answered before."""
    for name in ("hop-thu", "cuoc-goi"):
        AnswerStore(folder).save_answer(name, "v", full_answers[name])
    session = make_session(folder)
    for block in blocks.values():
        make_widget(session, block)
    assert describe_progress(session)["done"] == 2


def test_panel_of_the_python_track_counts_the_lessons_questions(
    folder: Path, blocks: dict[str, str], full_answers: dict[str, Any]
) -> None:
    """A page without questions says how far the lesson is, which is handed in too; there is nothing to jump to."""
    cells = [{"cell_type": "code", "source": ["%%question\n", block]} for block in blocks.values()]
    broken = {"cell_type": "code", "source": "%%question\nid: ["}
    (folder / "lesson.ipynb").write_text(json.dumps({"cells": [*cells, broken]}))
    AnswerStore(folder).save_answer("hop-thu", "v", full_answers["hop-thu"])
    session = make_session(folder)
    session.take_lesson()
    progress = SubmitPanel(session, {}).progress
    assert (progress["done"], progress["all"], progress["open"]) == (1, 6, [])
    assert "5" in progress["confirm"]
    (folder / "lesson.ipynb").write_text("nothing")
    assert SubmitPanel(make_session(folder), {}).progress["all"] == 0


def test_handing_in_gives_the_receipt_and_locks_situations(
    folder: Path, blocks: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The panel shows time, number and link, and the questions learn that the attempt was handed in."""
    portal = FakePortal()
    session = make_session(folder, portal)
    widget = make_widget(session, blocks["cuoc-goi"])
    [told] = Page(SubmitPanel(session, {"cuoc-goi": widget}), monkeypatch).say(type="submit")
    assert (told["type"], told["url"]) == ("submitted", "/r/1")
    assert any("23/11/2026 15:00:00" in line for line in told["lines"])
    assert portal.heard == [("submit", "l-7", folder)]
    assert widget.submitted is True


def test_refused_hand_in_locks_nothing(folder: Path, blocks: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    """A portal that cannot take it leaves everything as it was."""
    session = make_session(folder, FakePortal(OperatorError("portal-unreachable", "Chưa kết nối", hint="Thử lại")))
    widget = make_widget(session, blocks["cuoc-goi"])
    [told] = Page(SubmitPanel(session, {"cuoc-goi": widget}), monkeypatch).say(type="submit")
    assert told == {"type": "refused", "title": "Chưa kết nối", "text": "Thử lại"}
    assert widget.submitted is False


@pytest.mark.parametrize(
    ("points", "state"),
    [(25, "right"), (12.5, "partial"), (0, "wrong"), (None, "wrong"), ("25", "wrong"), (True, "wrong")],
)
def test_verdict_follows_the_points(points: Any, state: str) -> None:
    """Full, some, none; a reply without numbers is never "Đúng"."""
    assert describe_check({"points": points, "max_points": 25})["state"] == state


def test_reply_of_a_strange_shape_is_shown_without_notes() -> None:
    """Nothing in the portal's reply can break the page."""
    for reply in ({}, {"notes": "x"}, {"notes": [1, {"text": 3}, {"text": "a", "item": 5}]}, {"remaining": "x"}):
        told = describe_check(reply)
        assert told["state"] == "wrong"
        assert all(isinstance(note["text"], str) for note in told["notes"])


@pytest.mark.parametrize(
    ("url", "kept"),
    [
        ("/r/1", "/r/1"),
        ("https://a.example/r", "https://a.example/r"),
        ("javascript:alert(1)", ""),
        ("//evil.example", ""),
        (None, ""),
        (3, ""),
    ],
)
def test_receipt_links_only_to_pages(url: Any, kept: str) -> None:
    """A link of another scheme is left out."""
    assert describe_receipt({"receipt_url": url})["url"] == kept


def test_numbers_and_sentences_read_well() -> None:
    """Decimal comma, no trailing zeros, one full stop per sentence."""
    assert [show_number(value) for value in (12.5, 25.0, 0, 8.333, None)] == ["12,5", "25", "0", "8,33", "–"]
    assert join_sentences("chưa lưu được", "", "thử lại.") == "Chưa lưu được. Thử lại."


def test_every_text_of_the_page_exists() -> None:
    """The page asks for no text that Python does not give, and Python gives none in vain."""
    source = read_page_script()
    import re

    asked = set(re.findall(r"\btexts\.(\w+)", source))
    assert asked == set(list_widget_texts())


def test_page_loads_nothing_and_sets_no_html() -> None:
    """No outside address, no innerHTML, no eval in the widget's files."""
    source = read_page_script() + read_page_style()
    for word in (
        "http://",
        "https://",
        "innerHTML",
        "insertAdjacentHTML",
        "eval(",
        "import ",
        "@import",
        "url(",
        "window.confirm",
        "alert(",
    ):
        assert word not in source, word
