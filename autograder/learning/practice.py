"""Kiểm tra: the check of one question before handing in.  Counted, limited, and never with the key."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, select
from sqlalchemy.dialects.postgresql import insert

from autograder.database.schema import practice_check, release
from autograder.errors import SubmissionError
from autograder.grading.engine import find_question
from autograder.learning.attempts import find_attempt
from autograder.locale import _
from autograder.questions.hints import Hint, count_checks, make_hint


@dataclass(frozen=True, slots=True)
class CheckResult:
    """What one check tells, and how many checks of this question are left in this attempt."""

    hint: Hint
    remaining: int


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
        See ``autograder.questions.hints``; everything else is shown after handing in.

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
    parsed = find_question(payload, question)
    limit = count_checks(parsed, found.variant)
    used = conn.scalar(
        insert(practice_check)
        .values(attempt_id=attempt_id, question=question, count=1)
        .on_conflict_do_update(
            index_elements=["attempt_id", "question"],
            set_={"count": practice_check.c.count + 1},
            where=practice_check.c.count < limit,
        )
        .returning(practice_check.c.count)
    )
    if used is None:
        raise SubmissionError(
            "checks-used-up",
            _("the checks of this question are used up"),
            where=question,
            found=limit,
            expected=_("at most {limit} in one attempt").format(limit=limit),
            hint=_("read the section again, then hand in; you may try again as often as you like"),
            status=429,
        )
    return CheckResult(make_hint(parsed, answer, found.variant, used), limit - used)
