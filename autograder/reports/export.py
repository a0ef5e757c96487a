"""From the gradebook to a file: derive the completion records, store them, write a table."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from pathlib import Path

from sqlalchemy import Connection, text

from autograder.errors import OperatorError, StaffError
from autograder.locale import _
from autograder.records.completions import count_units, list_completions, refresh_completions
from autograder.records.people import list_top_units, list_units_below, today
from autograder.reports.tables import write_completions, write_file, write_units

TABLES = ("completions", "units")


def export_table(
    conn: Connection,
    what: str,
    target: Path,
    *,
    format: str | None = None,
    unit: str | None = None,
    as_of: date | None = None,
    slugs: Collection[str] = (),
    people: Collection[str] = (),
) -> int:
    """Bring the completion records up to date with the gradebook and write one table.

    Parameters
    ----------
    conn : Connection
        In the caller's transaction, on the installation's database.
    what : str
        ``completions`` or ``units``.
    target : Path
        Written whole or not at all.
    format : str, optional
        ``csv`` or ``json``; by default what the name of ``target`` ends with, else CSV.
    unit : str, optional
        Only this unit and those below it.
    as_of : date, optional
        Standing at the end of that day in Viet Nam; today by default.
    slugs, people : collections of str
        Only these modules, only these learners; all where they are empty.

    Returns
    -------
    int
        Rows written.

    Raises
    ------
    StaffError
        The table, unit or format is unknown, or the file cannot be written.
    """
    if what not in TABLES:
        raise StaffError(
            "table-unknown",
            _("there is no such table"),
            found=what,
            expected=", ".join(TABLES),
            hint=_("choose completions or units"),
        )
    written_as = format or ("json" if target.suffix == ".json" else "csv")
    day = as_of or today()
    refresh_completions(conn)
    tops = [unit] if unit else list_top_units(conn)
    below = list_units_below(conn, tops)
    if what == "units":
        records = [r for r in count_units(conn, below, day) if not slugs or r.module_slug in slugs]
        return write_file(target, lambda stream: write_units(records, stream, written_as))
    rows = [
        row
        for top in tops
        for row in list_completions(conn, top, day)
        if (not slugs or row.module_slug in slugs) and (not people or row.person_id in people)
    ]
    return write_file(target, lambda stream: write_completions(rows, stream, written_as))


def require_records(conn: Connection) -> None:
    """Refuse a database without completion records, such as a gradebook in a file.

    Raises
    ------
    OperatorError
        ``records-missing``.
    """
    is_there = conn.dialect.name == "postgresql" and conn.scalar(text("SELECT to_regclass('hocvuso.completion')"))
    if not is_there:
        raise OperatorError(
            "records-missing",
            _("this gradebook has no completion records beside it"),
            where=str(conn.engine.url.render_as_string(hide_password=True)),
            expected=_("the installation's PostgreSQL database"),
            hint=_("set CourseDirectory.db_url to the installation's database, schema gradebook"),
        )
