"""Completion and unit tables as CSV (UTF-8 with BOM, every field quoted, no formulas) and JSON."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any, BinaryIO

from autograder.errors import StaffError
from autograder.locale import _
from autograder.model import UnitRecord
from autograder.records.completions import ZONE, CompletionRow

FORMATS = ("csv", "json")
# A spreadsheet program takes text that begins with one of these for a formula
# (OWASP, "CSV Injection": = + - @, tab and carriage return).
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")

COMPLETION_COLUMNS = (
    "person_id",
    "person_name",
    "unit_id",
    "unit_name",
    "module_code",
    "module_slug",
    "module_title",
    "state",
    "points",
    "max_points",
    "attempts",
    "submitted_at",
    "decided_at",
    "submission_digest",
    "rule",
    "rule_version",
    "content_hash",
    "grader_version",
)
UNIT_COLUMNS = (
    "unit_id",
    "unit_name",
    "module_slug",
    "as_of",
    "eligible",
    "started",
    "submitted",
    "passed",
    "rate_percent",
)


def write_completions(rows: Iterable[CompletionRow], stream: BinaryIO, format: str) -> int:
    """Write completion rows and return how many.

    Parameters
    ----------
    rows : iterable of CompletionRow
        One per person and module.
    stream : binary file
        Gets UTF-8; CSV begins with a byte order mark so that spreadsheet programs read Vietnamese letters.
    format : str
        ``csv`` or ``json``.

    Returns
    -------
    int
        Rows written. ``points`` is empty (null) where nothing is graded: absent is never zero.

    Raises
    ------
    StaffError
        The format is unknown.
    """
    return write_rows(COMPLETION_COLUMNS, (_completion_values(row) for row in rows), stream, format)


def write_units(records: Iterable[UnitRecord], stream: BinaryIO, format: str) -> int:
    """Write unit records and return how many.  ``rate_percent`` is passed / eligible × 100, one decimal.

    Raises
    ------
    StaffError
        The format is unknown.
    """
    return write_rows(UNIT_COLUMNS, (_unit_values(record) for record in records), stream, format)


def escape_formula(text: str) -> str:
    """Return text that no spreadsheet program takes for a formula; an apostrophe marks what was escaped.

    Raises
    ------
    nothing
    """
    return f"'{text}" if text.startswith(_FORMULA_STARTS) else text


def write_rows(columns: tuple[str, ...], rows: Iterator[dict[str, Any]], stream: BinaryIO, format: str) -> int:
    """Write rows of named values as CSV or JSON and return how many.

    Raises
    ------
    StaffError
        ``format-unknown``.
    """
    writers: dict[str, Callable[[tuple[str, ...], Iterator[dict[str, Any]], BinaryIO], int]] = {
        "csv": _write_csv,
        "json": _write_json,
    }
    if format not in writers:
        raise StaffError(
            "format-unknown",
            _("there is no such file format"),
            where="--format",
            found=format,
            expected=", ".join(FORMATS),
            hint=_("choose one of these"),
        )
    return writers[format](columns, rows, stream)


def _write_csv(columns: tuple[str, ...], rows: Iterator[dict[str, Any]], stream: BinaryIO) -> int:
    text = io.TextIOWrapper(stream, encoding="utf-8-sig", newline="", write_through=True)
    writer = csv.writer(text, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    writer.writerow(columns)
    number = 0
    for row in rows:
        writer.writerow([_as_text(row[column]) for column in columns])
        number += 1
    text.flush()
    text.detach()
    return number


def _write_json(columns: tuple[str, ...], rows: Iterator[dict[str, Any]], stream: BinaryIO) -> int:
    number = 0
    stream.write(b"[")
    for row in rows:
        stream.write(b",\n" if number else b"\n")
        stream.write(json.dumps({column: row[column] for column in columns}, ensure_ascii=False).encode())
        number += 1
    stream.write(b"\n]\n" if number else b"]\n")
    return number


def _as_text(value: Any) -> str:
    if value is None:
        return ""
    return escape_formula(value) if isinstance(value, str) else str(value)


def _local_time(moment: datetime | None) -> str | None:
    return None if moment is None else moment.astimezone(ZONE).isoformat(timespec="seconds")


def _completion_values(row: CompletionRow) -> dict[str, Any]:
    return {
        "person_id": row.person_id,
        "person_name": row.person_name,
        "unit_id": row.unit_id,
        "unit_name": row.unit_name,
        "module_code": row.module_code,
        "module_slug": row.module_slug,
        "module_title": row.module_title.get("vi", ""),
        "state": row.state.value,
        "points": row.points,
        "max_points": row.max_points,
        "attempts": row.attempts,
        "submitted_at": _local_time(row.submitted_at),
        "decided_at": _local_time(row.decided_at),
        "submission_digest": row.submission_digest,
        "rule": row.rule,
        "rule_version": row.rule_version,
        "content_hash": row.content_hash,
        "grader_version": row.grader_version,
    }


def _unit_values(record: UnitRecord) -> dict[str, Any]:
    return {
        "unit_id": record.unit_id,
        "unit_name": record.unit_name,
        "module_slug": record.module_slug,
        "as_of": record.as_of.isoformat(),
        "eligible": record.eligible,
        "started": record.started,
        "submitted": record.submitted,
        "passed": record.passed,
        "rate_percent": None if record.rate is None else round(record.rate * 100, 1),
    }


def write_file(path: Path, write: Callable[[BinaryIO], int]) -> int:
    """Write a file whole or not at all, and return what ``write`` returned.

    Raises
    ------
    StaffError
        The folder is not there or cannot be written.
    """
    partial = path.with_name(f".{path.name}.partial")
    try:
        with partial.open("wb") as stream:
            number = write(stream)
        partial.replace(path)
    except OSError as error:
        raise StaffError(
            "file-not-written",
            _("the file cannot be written"),
            where=str(path),
            found=error.strerror,
            expected=_("a folder that is there and can be written"),
            hint=_("make the folder, or name another one"),
        ) from error
    return number
