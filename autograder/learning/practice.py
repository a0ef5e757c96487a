"""Kiểm tra: the check of one question before handing in.  Counted, limited, and never with the key."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, select
from sqlalchemy.dialects.postgresql import insert

from autograder.database.schema import practice_check, release
from autograder.errors import SubmissionError
from autograder.grading.engine import score_one
from autograder.learning.attempts import find_attempt
from autograder.locale import _
from autograder.model import FeedbackNote

CHECKS_PER_QUESTION = 5


@dataclass(frozen=True, slots=True)
class CheckResult:
    """What one check says: points so far and remarks by misconception; ``remaining`` checks of this question."""

    points: float
    max_points: float
    capped: bool
    remaining: int
    notes: tuple[FeedbackNote, ...]


def check_answer(conn: Connection, attempt_id: str, person_id: str, question: str, answer: Any) -> CheckResult:
    """Score one answer of an open attempt without recording a grade.

    Parameters
    ----------
    conn : Connection
        In a transaction of the caller's; the count stands when it commits.
    attempt_id, person_id, question : str
        Whose attempt, which question.
    answer : JSON value
        The answer as the widget holds it.

    Returns
    -------
    CheckResult
        Remarks name the misconception, not the item: which items are wrong is shown after handing in.

    Raises
    ------
    SubmissionError
        404 ``attempt-unknown`` or ``question-unknown``; 409 ``attempt-closed``; 429 ``checks-used-up``.
    """
    found = find_attempt(conn, attempt_id, person_id)
    if not found.is_open:
        raise SubmissionError(
            "attempt-closed",
            _("this attempt has already been handed in"),
            where=found.slug,
            hint=_("open the module again from “My modules” to begin a new attempt; the best attempt counts"),
            status=409,
        )
    payload = conn.scalar(select(release.c.payload).where(release.c.content_hash == found.content_hash))
    assert payload is not None
    grade = score_one(payload, question, answer, found.variant)
    used = conn.scalar(
        insert(practice_check)
        .values(attempt_id=attempt_id, question=question, count=1)
        .on_conflict_do_update(
            index_elements=["attempt_id", "question"],
            set_={"count": practice_check.c.count + 1},
            where=practice_check.c.count < CHECKS_PER_QUESTION,
        )
        .returning(practice_check.c.count)
    )
    if used is None:
        raise SubmissionError(
            "checks-used-up",
            _("the checks of this question are used up"),
            where=question,
            found=CHECKS_PER_QUESTION,
            expected=_("at most {limit} in one attempt").format(limit=CHECKS_PER_QUESTION),
            hint=_("read the section again, then hand in; you may try again as often as you like"),
            status=429,
        )
    hints = {note.code: note for note in grade.notes if note.code.startswith("MC-")}
    return CheckResult(
        grade.points,
        grade.max_points,
        grade.capped,
        CHECKS_PER_QUESTION - used,
        tuple(FeedbackNote(note.code, "", note.text) for note in hints.values()),
    )
