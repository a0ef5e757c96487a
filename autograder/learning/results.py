"""One submission, one try, one transaction: grade it and record what follows from the grade."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, Engine, insert, select, update

from autograder.database.schema import attempt, grade, item_response, person, question_grade, release, submission
from autograder.errors import SubmissionError
from autograder.gradebook.book import record_grade
from autograder.grading.engine import CodeRunner, grade_archive
from autograder.model import Grade, SubmissionState
from autograder.records.completions import find_best_submission, refresh_completions

log = logging.getLogger("hocvuso.grading")


def make_grader(engine: Engine, run_code: CodeRunner) -> Callable[[str, bool], None]:
    """Return the function that the queue's worker calls for each submission.

    Parameters
    ----------
    engine : Engine
        The installation's database.
    run_code : CodeRunner
        Runs learners' code in a box.

    Returns
    -------
    callable (submission id, is last try) → None
        Raises on a fault of the machine, so that the queue tries again; after the last try the submission is
        ``failed_to_grade`` with its reason, never 0.

    Raises
    ------
    nothing
    """

    def grade_one(submission_id: str, is_last_try: bool) -> None:
        try:
            grade_submission(engine, submission_id, run_code)
        except SubmissionError as error:
            # Trying again cannot mend the bytes.
            mark_failed(engine, submission_id, f"{error.code}: {error}")
        except Exception as error:
            log.exception("action=grade_failed submission=%s last_try=%s", submission_id, is_last_try)
            if not is_last_try:
                raise
            mark_failed(engine, submission_id, f"{type(error).__name__}: {error}")

    return grade_one


def grade_submission(engine: Engine, submission_id: str, run_code: CodeRunner) -> None:
    """Grade a queued submission and record grade, gradebook rows and completion in one transaction.

    A submission that has its grade is left as it is, so a job that runs twice changes nothing.

    Raises
    ------
    SubmissionError
        The stored bytes cannot be graded.
    BoxError
        The box failed; the fault is the machine's.
    """
    with engine.begin() as conn:
        row = _read_work(conn, submission_id)
    if row is None or row.state == SubmissionState.GRADED:
        return
    started = datetime.now(UTC)
    result = grade_archive(submission_id, row.payload, row.variant, bytes(row.archive), run_code, now=started)
    with engine.begin() as conn:
        if not _claim(conn, submission_id):
            return
        _store_grade(conn, result)
        _record(conn, row, result)
    log.info(
        "action=graded submission=%s points=%s of=%s ms=%d",
        submission_id,
        result.points,
        result.max_points,
        (datetime.now(UTC) - started).total_seconds() * 1000,
    )


def mark_failed(engine: Engine, submission_id: str, reason: str) -> None:
    """Record that a submission could not be graded; its attempt and its bytes stay.

    Raises
    ------
    nothing
    """
    with engine.begin() as conn:
        row = _read_work(conn, submission_id)
        if row is None or row.state == SubmissionState.GRADED:
            return
        conn.execute(
            update(submission)
            .where(submission.c.id == submission_id)
            .values(state=SubmissionState.FAILED_TO_GRADE, reason=reason[:500])
        )
        refresh_completions(conn, row.person_id, row.module_uuid)
    log.error("action=failed_to_grade submission=%s reason=%s", submission_id, reason)


def _read_work(conn: Connection, submission_id: str) -> Any:
    return conn.execute(
        select(
            submission.c.archive,
            submission.c.state,
            submission.c.received_at,
            attempt.c.person_id,
            attempt.c.module_uuid,
            attempt.c.variant,
            person.c.name.label("person_name"),
            release.c.slug,
            release.c.payload,
        )
        .join(attempt, attempt.c.id == submission.c.attempt_id)
        .join(person, person.c.id == attempt.c.person_id)
        .join(release, release.c.content_hash == attempt.c.content_hash)
        .where(submission.c.id == submission_id)
    ).one_or_none()


def _claim(conn: Connection, submission_id: str) -> bool:
    """Make this transaction the one that records the grade; another one that is under way is waited for."""
    claimed = conn.execute(
        update(submission)
        .where(submission.c.id == submission_id, submission.c.state != SubmissionState.GRADED)
        .values(state=SubmissionState.GRADED, reason="")
    )
    return claimed.rowcount == 1


def _store_grade(conn: Connection, result: Grade) -> None:
    conn.execute(
        insert(grade).values(
            submission_id=result.submission_id,
            points=result.points,
            max_points=result.max_points,
            has_open_cap=result.has_open_cap,
            grader_version=result.grader_version,
            findings=list(result.findings),
            graded_at=result.graded_at,
        )
    )
    if result.questions:
        conn.execute(
            insert(question_grade).values(
                [
                    {
                        "submission_id": result.submission_id,
                        "question": question.question,
                        "notebook": question.notebook,
                        "position": position,
                        "required": question.required,
                        "points": question.points,
                        "max_points": question.max_points,
                        "capped": question.capped,
                        "reason": question.reason,
                        "notes": [asdict(note) for note in question.notes],
                        "codes": list(question.codes),
                        "answered": any(item.answered for item in question.items),
                    }
                    for position, question in enumerate(result.questions)
                ]
            )
        )
    responses = [
        {"submission_id": result.submission_id, "question": question.question, **asdict(item)}
        for question in result.questions
        for item in question.items
    ]
    if responses:
        conn.execute(insert(item_response), responses)


def _record(conn: Connection, row: Any, result: Grade) -> None:
    """Bring gradebook and completion up to date.  The gradebook holds the attempt that counts, the best one."""
    if find_best_submission(conn, row.person_id, row.module_uuid) == result.submission_id:
        record_grade(conn, row.slug, row.person_id, row.person_name, row.received_at, result)
    refresh_completions(conn, row.person_id, row.module_uuid)
