"""Tables for offices and machines."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograder.errors import StaffError
from autograder.model import CompletionState, UnitRecord
from autograder.records.completions import CompletionRow
from autograder.reports.tables import write_completions, write_file, write_units

ROW = CompletionRow(
    person_id="hv001",
    person_name="Đỗ Mẫu Ước",
    unit_id="u",
    unit_name="Khoa “Lý luận”, cơ sở",
    module_code="M04",
    module_slug="an-toan-tai-khoan",
    module_title={"vi": "An toàn", "en": "Safety"},
    state=CompletionState.PASSED,
    points=87.5,
    max_points=100.0,
    attempts=2,
    submission_id="s",
    submitted_at=datetime(2026, 3, 2, 20, 0, tzinfo=UTC),
    decided_at=datetime(2026, 3, 2, 20, 0, 1, tzinfo=UTC),
    submission_digest="ab" * 32,
    rule="best-attempt",
    rule_version=1,
    content_hash="cd" * 32,
    grader_version="hocvuso 0.1.0",
)


def read_csv(rows: list[CompletionRow]) -> list[dict[str, str]]:
    """Write rows as CSV and read them back as a spreadsheet program would."""
    stream = io.BytesIO()
    write_completions(rows, stream, "csv")
    content = stream.getvalue()
    assert content.startswith(b"\xef\xbb\xbf")
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline="")))


def test_csv_keeps_letters_quotes_and_local_time() -> None:
    """Vietnamese letters, commas and quotation marks come back; times are those of Viet Nam."""
    row = read_csv([ROW])[0]
    assert row["person_name"] == "Đỗ Mẫu Ước"
    assert row["unit_name"] == "Khoa “Lý luận”, cơ sở"
    assert row["submitted_at"] == "2026-03-03T03:00:00+07:00"
    assert (row["state"], row["points"]) == ("passed", "87.5")


def test_absent_points_are_empty_and_not_zero() -> None:
    """Not graded is another thing than 0."""
    rows = read_csv([replace(ROW, points=None, submitted_at=None), replace(ROW, points=0.0)])
    assert [row["points"] for row in rows] == ["", "0.0"]


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r"])
def test_no_field_is_a_formula(start: str) -> None:
    """What a spreadsheet program would compute is marked as text."""
    row = read_csv([replace(ROW, person_name=f"{start}HYPERLINK(1)")])[0]
    assert row["person_name"].startswith("'")


@given(st.text(max_size=40))
def test_any_name_comes_back_whole(name: str) -> None:
    """Line breaks, quotation marks and NULs in a name break no row."""
    row = read_csv([replace(ROW, person_name=name), ROW])[0]
    assert row["person_name"].removeprefix("'") == name.removeprefix("'")


def test_json_has_numbers_and_nulls() -> None:
    """Machines get types, not texts."""
    stream = io.BytesIO()
    assert write_completions([ROW, replace(ROW, points=None)], stream, "json") == 2
    rows = json.loads(stream.getvalue())
    assert [row["points"] for row in rows] == [87.5, None]


def test_a_unit_without_heads_has_no_rate() -> None:
    """Nobody eligible is no rate, not 0 %."""
    stream = io.BytesIO()
    empty = UnitRecord("u", "Đơn vị", "m", date(2026, 3, 2), 0, 0, 0, 0, None)
    write_units([empty, replace(empty, eligible=720, passed=396, rate=396 / 720)], stream, "json")
    assert [row["rate_percent"] for row in json.loads(stream.getvalue())] == [None, 55.0]


def test_a_file_is_written_whole_or_not_at_all(tmp_path: Path) -> None:
    """A writer that fails half-way leaves the earlier file as it was."""
    target = tmp_path / "table.csv"
    target.write_bytes(b"earlier")

    def fail(stream: object) -> int:
        stream.write(b"half")  # type: ignore[attr-defined]
        raise OSError(28, "No space left on device")

    with pytest.raises(StaffError) as refused:
        write_file(target, fail)
    assert refused.value.code == "file-not-written"
    assert target.read_bytes() == b"earlier"


def test_an_unknown_format_is_refused() -> None:
    """The error names the formats that there are."""
    with pytest.raises(StaffError) as refused:
        write_completions([ROW], io.BytesIO(), "ods")
    assert "csv" in str(refused.value.expected)
