"""People, units and roles from files shaped like OneRoster's CSV: orgs, users, memberships, roles."""

from __future__ import annotations

import csv
import unicodedata
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Table
from sqlalchemy.dialects.postgresql import insert

from autograder.database.schema import membership, person, role, unit, unit_edge
from autograder.errors import StaffError
from autograder.locale import _

COLUMNS = {
    "orgs.csv": ("sourcedId", "name", "type", "parentSourcedId"),
    "users.csv": ("sourcedId", "name", "email"),
    "memberships.csv": ("userSourcedId", "orgSourcedId", "beginDate", "endDate"),
    "roles.csv": ("userSourcedId", "role", "orgSourcedId"),
}


def load_roster(conn: Connection, folder: Path) -> dict[str, int]:
    """Bring units, people, memberships and roles to what the files say.  The same files twice change nothing.

    Parameters
    ----------
    conn : Connection
        In the caller's transaction, so that a wrong file leaves nothing half done.
    folder : Path
        Holds the four files of `COLUMNS`, UTF-8 with or without byte order mark.

    Returns
    -------
    dict of str to int
        Rows read by file name.

    Raises
    ------
    StaffError
        A file or column is missing, or a date cannot be read; names file, line and value.
    """
    orgs = list(_read_rows(folder / "orgs.csv"))
    users = list(_read_rows(folder / "users.csv"))
    memberships = list(_read_rows(folder / "memberships.csv"))
    roles = list(_read_rows(folder / "roles.csv"))
    _upsert(conn, unit, [{"id": r["sourcedId"], "name": r["name"], "kind": r["type"]} for r in orgs], ["id"])
    edges = [
        {"child_id": r["sourcedId"], "parent_id": r["parentSourcedId"], "kind": "administrative"}
        for r in orgs
        if r["parentSourcedId"]
    ]
    _upsert(conn, unit_edge, edges, ["child_id", "parent_id", "kind"])
    people = [{"id": r["sourcedId"], "name": r["name"], "email": r["email"] or None} for r in users]
    _upsert(conn, person, people, ["id"])
    held = [
        {
            "person_id": r["userSourcedId"],
            "unit_id": r["orgSourcedId"],
            "since": _read_date(r, "beginDate"),
            "until": _read_date(r, "endDate") if r["endDate"] else None,
        }
        for r in memberships
    ]
    _upsert(conn, membership, held, ["person_id", "unit_id", "since"])
    granted = [{"person_id": r["userSourcedId"], "role": r["role"], "unit_id": r["orgSourcedId"]} for r in roles]
    _upsert(conn, role, granted, ["person_id", "role", "unit_id"])
    return {"orgs": len(orgs), "users": len(users), "memberships": len(memberships), "roles": len(roles)}


def _read_rows(path: Path) -> Iterator[dict[str, str]]:
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise StaffError(
            "roster-unreadable",
            _("a roster file cannot be read"),
            where=str(path),
            found=str(error),
            expected="CSV, UTF-8",
            hint=_("save the sheet as “CSV UTF-8” under this name"),
        ) from error
    reader = csv.DictReader(text.splitlines())
    missing = [name for name in COLUMNS[path.name] if name not in (reader.fieldnames or ())]
    if missing:
        raise StaffError(
            "roster-columns",
            _("a roster file lacks columns"),
            where=str(path),
            found=", ".join(reader.fieldnames or ()),
            expected=", ".join(COLUMNS[path.name]),
            hint=_("add the column {names}").format(names=", ".join(missing)),
        )
    for row in reader:
        yield {name: unicodedata.normalize("NFC", (row[name] or "").strip()) for name in COLUMNS[path.name]} | {
            "": f"{path}:{reader.line_num}"
        }


def _read_date(row: dict[str, str], column: str) -> date:
    try:
        return date.fromisoformat(row[column])
    except ValueError as error:
        raise StaffError(
            "roster-date",
            _("a roster file has a date that cannot be read"),
            where=f"{row['']} {column}",
            found=row[column],
            expected="2026-01-31",
            hint=_("write year-month-day"),
        ) from error


def _upsert(conn: Connection, table: Table, rows: list[dict[str, Any]], key: list[str]) -> None:
    if not rows:
        return
    statement = insert(table).values(rows)
    changes = {name: statement.excluded[name] for name in rows[0] if name not in key}
    if changes:
        conn.execute(statement.on_conflict_do_update(index_elements=key, set_=changes))
    else:
        conn.execute(statement.on_conflict_do_nothing(index_elements=key))
