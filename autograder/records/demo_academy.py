"""The demo academy: fictional units and people, enrolled in every released module."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import Connection, select
from sqlalchemy.dialects.postgresql import insert

from autograder.database.schema import credential, enrolment, person, release
from autograder.records.credentials import hash_password
from autograder.records.roster import load_roster

FOLDER = Path(__file__).parent / "demo"
TOP_UNIT = "hvm"
# Who signs in without choosing a password first; everybody else has to, as in a real academy.
SAMPLE_SIGN_INS = ("hv001", "hv002", "hv004", "gv001", "gv002", "qd001", "qt001")
DAYS_TO_DUE = 30


def fill_demo_academy(conn: Connection, password: str) -> None:
    """Fill an installation with the demo academy.  Twice is harmless: passwords and results stay.

    Parameters
    ----------
    conn : Connection
        In the caller's transaction, after the modules were released.
    password : str
        The first password of every sample sign-in.

    Raises
    ------
    nothing
    """
    load_roster(conn, FOLDER)
    hashed = hash_password(password)
    people = conn.scalars(select(person.c.id)).all()
    accounts = [
        {"person_id": person_id, "password_hash": hashed, "must_change": person_id not in SAMPLE_SIGN_INS}
        for person_id in people
    ]
    conn.execute(insert(credential).values(accounts).on_conflict_do_nothing())
    due_at = (datetime.now(UTC) + timedelta(days=DAYS_TO_DUE)).replace(hour=9, minute=59, second=0, microsecond=0)
    modules = conn.scalars(select(release.c.module_uuid).where(release.c.is_current)).all()
    if modules:
        conn.execute(
            insert(enrolment)
            .values([{"unit_id": TOP_UNIT, "module_uuid": uuid, "due_at": due_at} for uuid in modules])
            .on_conflict_do_nothing()
        )
