"""Handing in: check the bytes, keep them, and order their grading, all in one transaction."""

from __future__ import annotations

import hashlib
import uuid
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, insert, select, update

from autograder.database.schema import attempt, release, submission
from autograder.errors import SubmissionError
from autograder.grading.archive import MAX_ARCHIVE_BYTES, read_archive, too_large
from autograder.learning.attempts import find_attempt
from autograder.learning.jobs import enqueue_grading
from autograder.locale import _
from autograder.model import Submission, SubmissionState, require_aware


def accept_submission(
    conn: Connection, attempt_id: str, person_id: str, archive: bytes, *, now: datetime
) -> tuple[Submission, bool]:
    """Take what a learner hands in: the row and its grading job stand or fall together.

    Parameters
    ----------
    conn : Connection
        In a transaction of the caller's; nothing is taken until it commits.
    attempt_id, person_id : str
        Which attempt of whom.
    archive : bytes
        Zip file of notebooks and answers, at most 20 MB packed and unpacked.
    now : datetime
        Aware; the time on the receipt.

    Returns
    -------
    tuple of (Submission, bool)
        The receipt, and whether it is new: the same bytes handed in again get the receipt they have.

    Raises
    ------
    SubmissionError
        404 ``attempt-unknown``; 409 ``attempt-closed``; 413 ``submission-too-large``; 422 for unreadable content.
    """
    if len(archive) > MAX_ARCHIVE_BYTES:
        raise too_large(len(archive))
    digest = hashlib.sha256(archive).hexdigest()
    found = find_attempt(conn, attempt_id, person_id)
    # The lock makes a double click one submission.
    conn.execute(select(attempt.c.id).where(attempt.c.id == attempt_id).with_for_update())
    earlier = read_receipt(conn, attempt_id)
    if earlier is not None:
        if earlier.digest == digest:
            return earlier, False
        raise SubmissionError(
            "attempt-closed",
            _("this attempt has already been handed in"),
            where=found.slug,
            found=earlier.received_at.isoformat(timespec="seconds"),
            expected=_("an open attempt"),
            hint=_("open the module again from “My modules” to begin a new attempt; the best attempt counts"),
            status=409,
        )
    notebooks = conn.scalar(select(release.c.payload["notebooks"]).where(release.c.content_hash == found.content_hash))
    assert notebooks is not None
    read_archive(archive, [n["name"] for n in notebooks], [n["name"] for n in notebooks if n["required"]])
    submission_id = str(uuid.uuid4())
    conn.execute(
        insert(submission).values(
            id=submission_id,
            attempt_id=attempt_id,
            digest=digest,
            archive=archive,
            size_bytes=len(archive),
            state=SubmissionState.QUEUED,
            received_at=require_aware(now),
        )
    )
    conn.execute(update(attempt).where(attempt.c.id == attempt_id).values(is_open=False))
    enqueue_grading(conn, submission_id)
    receipt = read_receipt(conn, attempt_id)
    assert receipt is not None
    return receipt, True


def read_receipt(conn: Connection, attempt_id: str) -> Submission | None:
    """Return the submission of an attempt, or None while it is open.

    Raises
    ------
    nothing
    """
    return next(iter(_read_submissions(conn, submission.c.attempt_id == attempt_id)), None)


def list_submissions(conn: Connection, person_id: str) -> list[Submission]:
    """Return what a learner has handed in, newest first.

    Raises
    ------
    nothing
    """
    return _read_submissions(conn, attempt.c.person_id == person_id)


def _read_submissions(conn: Connection, condition: ColumnElement[bool]) -> list[Submission]:
    rows = conn.execute(
        select(
            submission.c.id,
            submission.c.attempt_id,
            attempt.c.person_id,
            release.c.slug,
            submission.c.digest,
            submission.c.size_bytes,
            submission.c.received_at,
            submission.c.state,
            submission.c.reason,
        )
        .join(attempt, attempt.c.id == submission.c.attempt_id)
        .join(release, release.c.content_hash == attempt.c.content_hash)
        .where(condition)
        .order_by(submission.c.received_at.desc(), submission.c.id)
    )
    return [Submission(**{**row._asdict(), "state": SubmissionState(row.state)}) for row in rows]
