"""Attempts: one fetch of a module by a learner, with a variant seed issued and kept here."""

from __future__ import annotations

import io
import json
import uuid
import zipfile
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, func, insert, select, text

from autograder.database.schema import attempt, release
from autograder.errors import SubmissionError
from autograder.grading.archive import zip_files
from autograder.locale import _
from autograder.model import Attempt, require_aware
from autograder.questions.scoring import is_fair_variant
from autograder.questions.spec import parse_question
from autograder.questions.variants import issue_variant
from autograder.records.people import find_due_date
from autograder.release.copies import draw_copy

ATTEMPT_SCHEMA = 1
MAX_REDRAWS = 200


def open_attempt(conn: Connection, person_id: str, slug: str, *, secret: bytes, now: datetime) -> Attempt:
    """Return the learner's open attempt at a module, or issue the next one.

    Parameters
    ----------
    conn : Connection
        In a transaction of the caller's.
    person_id, slug : str
        Who, and which module.
    secret : bytes
        The installation's secret from which variants are made.
    now : datetime
        Aware.

    Returns
    -------
    Attempt

    Raises
    ------
    SubmissionError
        404 ``module-unknown``; 403 ``not-enrolled``.
    """
    current = conn.execute(
        select(release.c.module_uuid, release.c.content_hash).where(release.c.slug == slug, release.c.is_current)
    ).one_or_none()
    if current is None:
        raise SubmissionError(
            "module-unknown",
            _("there is no such module"),
            where=slug,
            hint=_("choose a module from “My modules”"),
            status=404,
        )
    is_enrolled, _due = find_due_date(conn, person_id, current.module_uuid)
    if not is_enrolled:
        raise SubmissionError(
            "not-enrolled",
            _("you are not enrolled in this module"),
            where=slug,
            found=person_id,
            expected=_("a learner of a unit that has this module"),
            hint=_("ask the person responsible in your unit to enrol you"),
            status=403,
        )
    # One learner's two windows must not both issue an attempt.
    conn.execute(
        text("SELECT pg_advisory_xact_lock(hashtext(:key))"), {"key": f"attempt:{person_id}:{current.module_uuid}"}
    )
    opened = _read_attempt(
        conn, attempt.c.person_id == person_id, attempt.c.module_uuid == current.module_uuid, attempt.c.is_open
    )
    if opened is not None:
        return opened
    number = 1 + (
        conn.scalar(
            select(func.max(attempt.c.number)).where(
                attempt.c.person_id == person_id, attempt.c.module_uuid == current.module_uuid
            )
        )
        or 0
    )
    attempt_id = str(uuid.uuid4())
    conn.execute(
        insert(attempt).values(
            id=attempt_id,
            person_id=person_id,
            module_uuid=current.module_uuid,
            content_hash=current.content_hash,
            number=number,
            variant=_issue_fair_variant(conn, current.content_hash, secret, person_id, current.module_uuid, number),
            opened_at=require_aware(now),
        )
    )
    made = _read_attempt(conn, attempt.c.id == attempt_id)
    assert made is not None
    return made


def find_attempt(conn: Connection, attempt_id: str, person_id: str) -> Attempt:
    """Return an attempt of this learner's.

    Raises
    ------
    SubmissionError
        404 ``attempt-unknown``, also when the attempt is another person's.
    """
    found = _read_attempt(conn, attempt.c.id == attempt_id, attempt.c.person_id == person_id)
    if found is None:
        raise SubmissionError(
            "attempt-unknown",
            _("there is no such attempt of yours"),
            where=attempt_id,
            hint=_("open the module again from “My modules”"),
            status=404,
        )
    return found


def build_attempt_archive(conn: Connection, opened: Attempt) -> bytes:
    """Return what the learner works on: the attempt's copy of the release and ``attempt.json``, as a zip file.

    Raises
    ------
    nothing
    """
    archive = conn.scalar(select(release.c.archive).where(release.c.content_hash == opened.content_hash))
    assert archive is not None, "an attempt always has its release"
    with zipfile.ZipFile(io.BytesIO(archive)) as released:
        files = draw_copy({name: released.read(name) for name in released.namelist()}, opened.variant)
    files["attempt.json"] = dump_attempt(opened)
    return zip_files(files)


def dump_attempt(opened: Attempt) -> bytes:
    """Return ``attempt.json``: what the learner's own copy knows of the attempt.  No name in it.

    Raises
    ------
    nothing
    """
    content = {
        "schema": ATTEMPT_SCHEMA,
        "attempt": opened.id,
        "module": opened.module_uuid,
        "slug": opened.slug,
        "number": opened.number,
        "variant": opened.variant,
        "release": opened.content_hash,
        "due": opened.due_at.isoformat() if opened.due_at else None,
    }
    return json.dumps(content, ensure_ascii=False, indent=1).encode()


def attempt_from_row(row: Row[Any], due_at: datetime | None = None) -> Attempt:
    """Return the attempt of a row with the columns of table ``attempt`` and ``slug``.

    Raises
    ------
    nothing
    """
    return Attempt(
        id=row.id,
        person_id=row.person_id,
        module_uuid=row.module_uuid,
        slug=row.slug,
        content_hash=row.content_hash,
        number=row.number,
        variant=row.variant,
        is_open=row.is_open,
        opened_at=row.opened_at,
        due_at=due_at,
    )


def _issue_fair_variant(
    conn: Connection, content_hash: str, secret: bytes, person_id: str, module_uuid: str, number: int
) -> str:
    """Return the first variant of an attempt under which no constant answer is right.

    Which draws those are depends on the keys, so the learner's copy could not choose among them itself.
    """
    payload = conn.scalar(select(release.c.payload).where(release.c.content_hash == content_hash))
    assert payload is not None
    questions = [
        parse_question(item["block"], where=item["id"])
        for book in payload["notebooks"]
        for item in book["items"]
        if item["type"] == "question"
    ]
    variants = (issue_variant(secret, person_id, module_uuid, number, redraw) for redraw in range(MAX_REDRAWS))
    first = issue_variant(secret, person_id, module_uuid, number)
    return next((variant for variant in variants if is_fair_variant(questions, variant)), first)


def _read_attempt(conn: Connection, *conditions: Any) -> Attempt | None:
    row = conn.execute(
        select(attempt, release.c.slug)
        .join(release, release.c.content_hash == attempt.c.content_hash)
        .where(*conditions)
        .order_by(attempt.c.number.desc())
        .limit(1)
    ).one_or_none()
    if row is None:
        return None
    return attempt_from_row(row, find_due_date(conn, row.person_id, row.module_uuid)[1])
