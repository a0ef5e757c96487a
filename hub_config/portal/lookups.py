"""Small questions to the records that only the portal asks."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection, cast, func, select
from sqlalchemy.dialects.postgresql import JSONPATH

from autograder.database.schema import attempt, release, submission
from autograder.model import Submission, SubmissionState


@dataclass(frozen=True, slots=True)
class ModuleName:
    """A module as it is named in lists and filters."""

    slug: str
    code: str
    title: dict[str, str]


def list_module_names(conn: Connection) -> list[ModuleName]:
    """Return the released modules in the order of the curriculum.

    Raises
    ------
    nothing
    """
    rows = conn.execute(
        select(release.c.slug, release.c.code, release.c.title)
        .where(release.c.is_current)
        .order_by(release.c.position, release.c.code)
    )
    return [ModuleName(row.slug, row.code, row.title) for row in rows]


def list_notebooks(conn: Connection, content_hash: str) -> list[str]:
    """Return the names of the notebooks of a release, in its order.

    Raises
    ------
    nothing
    """
    names = conn.scalar(
        select(func.jsonb_path_query_array(release.c.payload, cast("$.notebooks[*].name", JSONPATH))).where(
            release.c.content_hash == content_hash
        )
    )
    return list(names or [])


def list_submissions(conn: Connection, person_id: str) -> list[Submission]:
    """Return what a learner has handed in, newest first.

    Raises
    ------
    nothing
    """
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
        .where(attempt.c.person_id == person_id)
        .order_by(submission.c.received_at.desc(), submission.c.id)
    )
    return [Submission(**{**row._asdict(), "state": SubmissionState(row.state)}) for row in rows]
