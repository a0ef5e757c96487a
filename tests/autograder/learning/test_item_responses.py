"""Grading keeps each item of an answer beside the grade, in the same transaction."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import Engine, func, select

from autograder.curriculum.source import Curriculum, Sample
from autograder.database.schema import item_response, person, question_grade, release, submission
from autograder.grading.code import AskValue, Claim
from autograder.learning.attempts import build_attempt_archive, open_attempt
from autograder.learning.handin import accept_submission
from autograder.learning.results import grade_submission
from autograder.learning.views import read_submission
from autograder.questions.spec import parse_question
from autograder.questions.variants import draw_items

SECRET = b"a secret of the tests"
NOW = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
PERSON = "hv001"


@pytest.fixture
def hand_in(demo_engine: Engine, curriculum: Curriculum, make_work: Callable[..., Any]) -> Callable[..., str]:
    """Return a function that hands in a sample and gives the submission's id."""

    def hand_in_sample(sample_name: str, slug: str = "an-toan-tai-khoan") -> str:
        module = curriculum.find_module(slug)
        assert module is not None
        sample: Sample = next(s for s in module.samples if s.name == sample_name)
        with demo_engine.begin() as conn:
            opened = open_attempt(conn, PERSON, slug, secret=SECRET, now=NOW)
            work = make_work(build_attempt_archive(conn, opened), module, sample, opened.variant)
            receipt, _is_new = accept_submission(conn, opened.id, PERSON, work.archive, now=NOW)
        return receipt.id

    return hand_in_sample


def no_code(_steps: Sequence[Any], _files: Any) -> list[Claim]:
    """Stand where a box would be; modules without code never call it."""
    raise AssertionError("a lesson without code asked for a box")


def test_every_shown_item_of_every_question_is_kept(demo_engine: Engine, hand_in: Callable[..., str]) -> None:
    """The drawn items at the places where the learner saw them, all right, all answered."""
    name = hand_in("day-du")
    grade_submission(demo_engine, name, no_code)
    with demo_engine.begin() as conn:
        view = read_submission(conn, name)
        assert view is not None
        payload = conn.scalar(select(release.c.payload).where(release.c.content_hash == view.attempt.content_hash))
        rows = conn.execute(select(item_response).where(item_response.c.submission_id == name)).all()
    assert payload is not None
    shown = {
        (entry["id"], item, place)
        for book in payload["notebooks"]
        for entry in book["items"]
        for place, item in enumerate(draw_items(parse_question(entry["block"], where="x"), view.attempt.variant), 1)
    }
    assert {(row.question, row.item, row.position) for row in rows} == shown
    assert all(row.fraction == 1 and row.answered and not row.wrong and not row.code for row in rows)
    assert any(row.answer is not None for row in rows)


def test_an_untouched_lesson_keeps_untouched_items(demo_engine: Engine, hand_in: Callable[..., str]) -> None:
    """Not answered is told apart from wrong, for calibration as for the lecturer's page."""
    name = hand_in("bo-trong")
    grade_submission(demo_engine, name, no_code)
    with demo_engine.begin() as conn:
        rows = conn.execute(select(item_response)).all()
    assert rows
    assert not any(row.answered or row.chosen or row.fraction or row.answer for row in rows)


def test_misconceptions_stand_beside_the_points(demo_engine: Engine, hand_in: Callable[..., str]) -> None:
    """Each code of a question's remarks once; nothing that is no misconception."""
    name = hand_in("day-du")
    wrong = hand_in("bo-trong")
    for one in (name, wrong):
        grade_submission(demo_engine, one, no_code)
    with demo_engine.begin() as conn:
        for row in conn.execute(select(question_grade.c.notes, question_grade.c.codes)):
            told = [note["code"] for note in row.notes if note["code"].startswith("MC-")]
            assert row.codes == list(dict.fromkeys(told))


def test_cases_of_a_check_are_kept_as_items(demo_engine: Engine, hand_in: Callable[..., str]) -> None:
    """Hidden cases only, with what went wrong; a check that nobody ran keeps none."""
    slug = "thong-ke-bieu-do"

    def all_too_slow(steps: Sequence[Any], _files: Any) -> list[Claim]:
        return [Claim(fault="time-limit") for step in steps if isinstance(step, AskValue)]

    done, left = hand_in("day-du", slug), hand_in("bo-trong", slug)
    grade_submission(demo_engine, done, all_too_slow)
    grade_submission(demo_engine, left, no_code)
    with demo_engine.begin() as conn:
        payload = conn.scalar(select(release.c.payload).where(release.c.slug == slug))
        assert payload is not None
        checks = [item for book in payload["notebooks"] for item in book["items"] if item["type"] == "check"]
        hidden = {
            (check["id"], f"c{number:02d}")
            for check in checks
            for number, case in enumerate(check["block"]["cases"], 1)
            if not case["visible"]
        }
        of_checks = item_response.c.question.in_([check["id"] for check in checks])
        rows = conn.execute(select(item_response).where(of_checks)).all()
    assert {(row.question, row.item) for row in rows} == hidden
    assert {row.submission_id for row in rows} == {done}
    assert {(row.code, row.fraction, row.answered) for row in rows} == {("time-limit", 0.0, True)}


def test_grading_twice_keeps_answers_once(demo_engine: Engine, hand_in: Callable[..., str]) -> None:
    """A job that runs again finds its grade and leaves it."""
    name = hand_in("day-du")
    grade_submission(demo_engine, name, no_code)
    with demo_engine.begin() as conn:
        before = conn.scalar(select(func.count()).select_from(item_response))
    grade_submission(demo_engine, name, no_code)
    with demo_engine.begin() as conn:
        assert conn.scalar(select(func.count()).select_from(item_response)) == before


def test_a_grade_that_cannot_be_recorded_keeps_no_items(
    demo_engine: Engine, hand_in: Callable[..., str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Grade and items stand or fall together."""
    import autograder.learning.results as results

    def fail(*_more: Any) -> None:
        raise RuntimeError("the gradebook is away")

    name = hand_in("day-du")
    monkeypatch.setattr(results, "_record", fail)
    with pytest.raises(RuntimeError):
        grade_submission(demo_engine, name, no_code)
    with demo_engine.begin() as conn:
        assert conn.scalar(select(func.count()).select_from(item_response)) == 0
        assert conn.scalar(select(submission.c.state)) == "queued"


def test_no_name_is_kept(demo_engine: Engine, hand_in: Callable[..., str]) -> None:
    """Neither the learner's name nor id stands in what is kept."""
    name = hand_in("day-du")
    grade_submission(demo_engine, name, no_code)
    with demo_engine.begin() as conn:
        owner = conn.scalar(select(person.c.name).where(person.c.id == PERSON))
        kept = json.dumps(
            [[r.question, r.item, r.code, r.chosen, r.wrong, r.answer] for r in conn.execute(select(item_response))],
            ensure_ascii=False,
        )
    assert owner
    assert owner not in kept
    assert PERSON not in kept
