"""An uploaded file of the largest size on its way: page, disk, check, archive, grade."""

from __future__ import annotations

import io
import json
import random
import zipfile
from pathlib import Path
from typing import Any

import pytest
from documents_made import HEADER, alter_zip, give, make_xlsx

from autograder.grading.archive import read_archive
from autograder.lesson.answer_store import AnswerStore
from autograder.lesson.portal_client import pack_folder
from autograder.lesson.session import LessonSession
from autograder.lesson.widget import QuestionWidget
from autograder.questions.answers import parse_answer
from autograder.questions.scoring import score_answer
from autograder.questions.spec import parse_question

BLOCK: dict[str, Any] = {
    "id": "nop-tep",
    "kind": "file",
    "points": 10,
    "prompt": "Nộp bảng.",
    "items": [{"id": "bang", "title": "Bảng", "accept": ["xlsx"], "max_kb": 1500}],
    "key": {"bang": {"rules": [{"code": "MC-HEADER", "header": HEADER}]}},
    "score": {"by": "inspection"},
    "feedback": {"MC-HEADER": "Xem lại tên cột."},
}
# A picture cannot be packed further, so that the file has the size that is allowed.
LARGE = alter_zip(make_xlsx([HEADER]), {"xl/media/image1.png": random.Random(1).randbytes(1500 * 1024 - 6000)})


class Portal:
    """Keeps what is checked."""

    def __init__(self) -> None:
        self.answers: list[Any] = []

    def check_answer(self, _attempt: str, _question: str, answer: Any) -> dict[str, Any]:
        self.answers.append(answer)
        return {"points": 10, "max_points": 10, "remaining": 1, "notes": []}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The folder of a module with an attempt."""
    attempt = {"attempt": "l-7", "slug": "thu", "number": 1, "variant": "9f3c"}
    (tmp_path / "attempt.json").write_text(json.dumps(attempt))
    (tmp_path / "lesson.ipynb").write_text('{"cells": [], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}')
    return tmp_path


def open_widget(folder: Path, portal: Any, told: list[dict[str, Any]]) -> QuestionWidget:
    """Return the question as a session that has just started shows it."""
    widget = QuestionWidget(LessonSession(folder, connect=lambda: portal), parse_question(BLOCK, where=""))
    widget.send = told.append  # type: ignore[method-assign]
    return widget


def test_largest_file_reaches_the_grade(folder: Path) -> None:
    """Saved by the page, packed, handed in, read from the archive, scored: all points."""
    assert 1490 * 1024 < len(LARGE) <= 1500 * 1024
    told: list[dict[str, Any]] = []
    widget = open_widget(folder, Portal(), told)
    widget.receive({"type": "save", "n": 1, "answer": {"bang": give(LARGE, "bảng.xlsx")}})
    assert (told[-1]["type"], told[-1]["told"]["files"]["bang"]["problem"]) == ("saved", "")
    work = read_archive(pack_folder(folder), ["lesson"], ["lesson"])
    answer = parse_answer(work.answers["nop-tep"]).answer
    assert score_answer(parse_question(BLOCK, where=""), answer, "9f3c").points == 10
    with zipfile.ZipFile(io.BytesIO(pack_folder(folder))) as packed:
        assert packed.getinfo("answers/nop-tep.json").file_size < 2_100_000


def test_file_does_not_travel_back_to_the_page(folder: Path) -> None:
    """The page gets a mark, sends the mark, and the check still carries the whole file."""
    told: list[dict[str, Any]] = []
    portal = Portal()
    whole = {"bang": give(LARGE, "bảng.xlsx")}
    open_widget(folder, portal, told).receive({"type": "save", "n": 1, "answer": whole})
    widget = open_widget(folder, portal, told)
    assert len(json.dumps([widget.saved, widget.view, told])) < 2000
    widget.receive({"type": "check", "n": 2, "answer": widget.saved})
    assert portal.answers == [whole]
    kept = AnswerStore(folder).read_answer("nop-tep")
    assert kept is not None
    assert kept.answer == whole


def test_mark_of_a_file_that_is_not_there_is_no_file(folder: Path) -> None:
    """A page that was open while the answer was deleted learns that nothing is uploaded."""
    told: list[dict[str, Any]] = []
    widget = open_widget(folder, Portal(), told)
    widget.receive({"type": "save", "n": 1, "answer": {"bang": {"name": "a.xlsx", "mark": "8-1"}}})
    assert told[-1]["told"] == {"files": {}}
    assert widget.saved == {}
