"""Handing in: what is taken, what is refused, and that nothing taken is ever lost."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import Engine, func, select, text

from autograder.database.schema import attempt, submission
from autograder.errors import SubmissionError
from autograder.grading.archive import MAX_ARCHIVE_BYTES, zip_files
from autograder.learning.attempts import build_attempt_archive, open_attempt
from autograder.learning.handin import accept_submission
from autograder.model import Attempt

SLUG = "an-toan-tai-khoan"
SECRET = b"a secret of the tests"
NOW = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)


@pytest.fixture
def opened(demo_engine: Engine) -> Attempt:
    """The first attempt of hv001 at the module on accounts."""
    with demo_engine.begin() as conn:
        return open_attempt(conn, "hv001", SLUG, secret=SECRET, now=NOW)


@pytest.fixture
def handed_in(demo_engine: Engine, opened: Attempt) -> bytes:
    """What hv001 would send without having answered anything."""
    with demo_engine.begin() as conn, zipfile.ZipFile(io.BytesIO(build_attempt_archive(conn, opened))) as archive:
        return zip_files({"lesson.ipynb": archive.read("lesson.ipynb")})


def count_jobs(engine: Engine) -> int:
    """Return how many grading jobs are queued."""
    with engine.begin() as conn:
        return (
            conn.scalar(text("SELECT count(*) FROM queue.procrastinate_jobs WHERE task_name = 'grade_submission'")) or 0
        )


def count_submissions(engine: Engine) -> int:
    """Return how many submissions are kept."""
    with engine.begin() as conn:
        return conn.scalar(select(func.count()).select_from(submission)) or 0


def test_opening_twice_continues_the_same_attempt(demo_engine: Engine, opened: Attempt) -> None:
    """A learner who comes back finds the attempt that they began."""
    with demo_engine.begin() as conn:
        again = open_attempt(conn, "hv001", SLUG, secret=SECRET, now=NOW)
    assert again == opened
    assert opened.number == 1


def test_two_learners_get_different_variants(demo_engine: Engine, opened: Attempt) -> None:
    """The variant depends on the learner, so answers cannot be copied item by item."""
    with demo_engine.begin() as conn:
        other = open_attempt(conn, "hv002", SLUG, secret=SECRET, now=NOW)
    assert other.variant != opened.variant


def test_a_submission_and_its_job_are_one_transaction(demo_engine: Engine, opened: Attempt, handed_in: bytes) -> None:
    """Rolled back, neither is there; committed, both are."""
    with demo_engine.connect() as conn:
        accept_submission(conn, opened.id, "hv001", handed_in, now=NOW)
        conn.rollback()
    assert (count_submissions(demo_engine), count_jobs(demo_engine)) == (0, 0)
    with demo_engine.begin() as conn:
        accept_submission(conn, opened.id, "hv001", handed_in, now=NOW)
    assert (count_submissions(demo_engine), count_jobs(demo_engine)) == (1, 1)


def test_the_same_bytes_again_get_the_same_receipt(demo_engine: Engine, opened: Attempt, handed_in: bytes) -> None:
    """A double click is one submission."""
    with demo_engine.begin() as conn:
        first, is_new = accept_submission(conn, opened.id, "hv001", handed_in, now=NOW)
    with demo_engine.begin() as conn:
        second, is_new_again = accept_submission(conn, opened.id, "hv001", handed_in, now=NOW)
    assert (is_new, is_new_again) == (True, False)
    assert second == first
    assert count_submissions(demo_engine) == 1


def test_other_bytes_for_a_handed_in_attempt_are_refused(
    demo_engine: Engine, opened: Attempt, handed_in: bytes
) -> None:
    """The first submission of an attempt stands; the learner is told how to go on."""
    with demo_engine.begin() as conn:
        accept_submission(conn, opened.id, "hv001", handed_in, now=NOW)
    changed = zip_files({"lesson.ipynb": b'{"nbformat": 4, "cells": []}', "answers/su-co.json": b"{}"})
    with demo_engine.begin() as conn, pytest.raises(SubmissionError) as refused:
        accept_submission(conn, opened.id, "hv001", changed, now=NOW)
    assert (refused.value.code, refused.value.status) == ("attempt-closed", 409)
    assert refused.value.hint


def test_another_persons_attempt_is_unknown(demo_engine: Engine, opened: Attempt, handed_in: bytes) -> None:
    """Whose attempt it is is not even confirmed."""
    with demo_engine.begin() as conn, pytest.raises(SubmissionError) as refused:
        accept_submission(conn, opened.id, "hv002", handed_in, now=NOW)
    assert refused.value.status == 404


def test_somebody_not_enrolled_is_refused(demo_engine: Engine) -> None:
    """Staff without the role of a learner have no attempt."""
    with demo_engine.begin() as conn, pytest.raises(SubmissionError) as refused:
        open_attempt(conn, "gv001", SLUG, secret=SECRET, now=NOW)
    assert (refused.value.code, refused.value.status) == ("not-enrolled", 403)


def _lesson(handed_in: bytes) -> bytes:
    with zipfile.ZipFile(io.BytesIO(handed_in)) as archive:
        return archive.read("lesson.ipynb")


BAD_ARCHIVES: dict[str, tuple[Callable[[bytes], bytes], str, int]] = {
    "no zip file": (lambda _good: b"not a zip file", "archive-unreadable", 422),
    "nothing": (lambda _good: b"", "archive-unreadable", 422),
    "a truncated zip file": (lambda good: good[: len(good) // 2], "archive-unreadable", 422),
    "an empty zip file": (lambda _good: zip_files({}), "notebook-missing", 422),
    "a picture for a lesson": (lambda _good: zip_files({"lesson.ipynb": b"\x89PNG\r\n"}), "file-unreadable", 422),
    "a truncated lesson": (
        lambda good: zip_files({"lesson.ipynb": _lesson(good)[:500]}),
        "file-unreadable",
        422,
    ),
    "a list for a lesson": (lambda _good: zip_files({"lesson.ipynb": b"[]"}), "not-a-notebook", 422),
    "another format": (lambda _good: zip_files({"lesson.ipynb": b'{"nbformat": 3}'}), "not-a-notebook", 422),
    "NaN in JSON": (
        lambda _good: zip_files({"lesson.ipynb": b'{"nbformat": 4, "cells": [NaN]}'}),
        "file-unreadable",
        422,
    ),
    "deep nesting": (lambda _good: zip_files({"lesson.ipynb": b"[" * 10**5}), "file-unreadable", 422),
    "too many bytes": (lambda _good: b"x" * (MAX_ARCHIVE_BYTES + 1), "submission-too-large", 413),
    "a zip bomb": (
        lambda good: zip_files({"lesson.ipynb": _lesson(good), "answers/a.json": b" " * (MAX_ARCHIVE_BYTES + 1)}),
        "submission-too-large",
        413,
    ),
    "too many cells": (
        lambda _good: zip_files({"lesson.ipynb": json.dumps({"nbformat": 4, "cells": [{}] * 5001}).encode()}),
        "archive-unreadable",
        422,
    ),
}


@pytest.mark.parametrize("name", BAD_ARCHIVES)
def test_bad_bytes_are_refused_and_the_attempt_stays_open(
    demo_engine: Engine, opened: Attempt, handed_in: bytes, name: str
) -> None:
    """Each refusal says what is wrong and what to do, and the learner can hand in again."""
    make, code, status = BAD_ARCHIVES[name]
    with demo_engine.begin() as conn, pytest.raises(SubmissionError) as refused:
        accept_submission(conn, opened.id, "hv001", make(handed_in), now=NOW)
    assert (refused.value.code, refused.value.status) == (code, status)
    assert refused.value.hint
    with demo_engine.begin() as conn:
        assert conn.scalar(select(attempt.c.is_open).where(attempt.c.id == opened.id)) is True
        accept_submission(conn, opened.id, "hv001", handed_in, now=NOW)
    assert count_submissions(demo_engine) == 1


@pytest.mark.parametrize("name", ["../secrets", "/etc/passwd", "answers/../../x.json", "a/b/c/lesson.ipynb"])
def test_paths_that_lead_out_are_passed_over(demo_engine: Engine, opened: Attempt, handed_in: bytes, name: str) -> None:
    """A member with a strange path is not read and does no harm."""
    changed = zip_files({"lesson.ipynb": _lesson(handed_in), name: b"{}"})
    with demo_engine.begin() as conn:
        receipt, _is_new = accept_submission(conn, opened.id, "hv001", changed, now=NOW)
    assert receipt.size_bytes == len(changed)


def test_no_name_stands_in_what_the_learner_gets(demo_engine: Engine, opened: Attempt) -> None:
    """attempt.json carries ids and the variant only."""
    with demo_engine.begin() as conn, zipfile.ZipFile(io.BytesIO(build_attempt_archive(conn, opened))) as archive:
        content: dict[str, Any] = json.loads(archive.read("attempt.json"))
        everything = b"".join(archive.read(name) for name in archive.namelist())
    assert set(content) == {"schema", "attempt", "module", "slug", "number", "variant", "release", "due"}
    assert b"hv001" not in everything
