"""From the bytes of an Excel file to rows of plain cells, with a finding for every cell that cannot be taken."""

from __future__ import annotations

import difflib
import io
import re
import unicodedata
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

from autograder.curriculum.spreadsheet.form import SHEETS, Column, SheetForm, fold
from autograder.errors import ContentError
from autograder.locale import _
from autograder.questions.documents import Package, RefusedDocument, explain_refusal, read_document
from autograder.questions.documents.package import OLE

ZIP = b"PK\x03\x04"
# No Office program declares types or entities.
DECLARATIONS = ("<!DOCTYPE", "<!ENTITY")
MAX_BYTES = 5_000_000
MAX_ROWS = 20_000
MAX_COLUMNS = 60


@dataclass(frozen=True)
class SheetCell:
    """What stands in one cell."""

    # such as B5
    address: str
    # text in NFC without spaces at its ends, or a number; never empty
    value: str | int | float


@dataclass(frozen=True)
class SheetRow:
    """One row of a sheet: column name → cell; empty cells are left out."""

    sheet: str
    number: int
    cells: dict[str, SheetCell]
    # column name → letter, also of columns that are empty in this row
    letters: dict[str, str] = field(default_factory=dict)

    def place(self, column: str = "") -> str:
        """Return where a cell of the row is, in the reader's language; the row where the column is not there.

        Raises
        ------
        nothing
        """
        letter = self.letters.get(column)
        if letter:
            return _("sheet “{sheet}”, cell {cell}").format(sheet=self.sheet, cell=f"{letter}{self.number}")
        return _("sheet “{sheet}”, row {row}").format(sheet=self.sheet, row=self.number)


@dataclass(frozen=True)
class Tables:
    """The rows of all sheets."""

    # by the sheet's Vietnamese name
    rows: dict[str, tuple[SheetRow, ...]]
    problems: tuple[ContentError, ...]


def read_tables(path: Path) -> Tables:
    """Read an Excel file.

    Parameters
    ----------
    path : Path

    Returns
    -------
    Tables
        With everything that is wrong with its sheets, columns and cells.

    Raises
    ------
    ContentError
        ``workbook-…``: the file cannot be read at all, or holds what is not read here.
    """
    content = _read_bytes(path)
    _refuse_dangers(content, path)
    import openpyxl  # takes a while, and most commands do without it

    try:
        book = openpyxl.load_workbook(io.BytesIO(content), data_only=False, keep_links=False)
    except Exception as error:  # a made-up file can break the library anywhere
        raise _refuse("workbook-damaged", _("The file is damaged"), path, type(error).__name__) from None
    rows: dict[str, tuple[SheetRow, ...]] = {}
    problems: list[ContentError] = []
    named = {fold(sheet.title): sheet for sheet in book.worksheets}
    for form in SHEETS:
        sheet = named.pop(fold(form.vi), None) or named.pop(fold(form.en), None)
        if sheet is None:
            problems.append(_report_missing_sheet(form, [s.title for s in book.worksheets]))
            continue
        try:
            found, rows[form.vi] = _read_sheet(sheet, form)
        except Exception as error:
            raise _refuse("workbook-damaged", _("The file is damaged"), path, type(error).__name__) from None
        problems += found
    return Tables({form.vi: rows.get(form.vi, ()) for form in SHEETS}, tuple(problems))


def _read_bytes(path: Path) -> bytes:
    try:
        size = path.stat().st_size
        if size > MAX_BYTES:
            raise _refuse("workbook-size", _("The file is too large"), path, _("{n} bytes").format(n=size))
        return path.read_bytes()
    except OSError as error:
        raise _refuse("workbook-missing", _("The file cannot be read"), path, error.strerror or "") from None


def _refuse_dangers(content: bytes, path: Path) -> None:
    """Let the guards of uploaded documents look first: they know bombs, macros, links and passwords."""
    if path.suffix.lower() in (".xlsm", ".xls", ".csv", ".ods") and content[:8] != OLE:
        raise _refuse("workbook-type", _("The file has another type"), path, path.suffix)
    try:
        if content[:4] != ZIP:
            read_document(content, ("xlsx",))  # refuses it, and says what it is instead
        _guard_package(content)
    except RefusedDocument as refusal:
        code = refusal.code.replace("file-", "workbook-")
        raise _refuse(code, explain_refusal(refusal, ("xlsx",)), path, refusal.found) from None
    except Exception as error:  # whatever a made-up file does to a reader, it is the file's fault
        raise _refuse("workbook-damaged", _("The file is damaged"), path, type(error).__name__) from None


def _guard_package(content: bytes) -> None:
    package = Package(content)
    if package.find_main("spreadsheetml.sheet") is None:
        raise RefusedDocument("file-type")
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        names = [name for name in archive.namelist() if name.casefold().endswith((".xml", ".rels", ".vml"))]
    for name in names:
        part = package.read(name)
        if any(
            word.encode(encoding) in part for word in DECLARATIONS for encoding in ("utf-8", "utf-16-le", "utf-16-be")
        ):
            raise RefusedDocument("file-damaged")


def _refuse(code: str, message: str, path: Path, found: str) -> ContentError:
    return ContentError(
        code,
        message,
        where=path.name,
        found=found or path.name,
        expected=_("an Excel workbook (.xlsx) of at most {n} MB").format(n=MAX_BYTES // 1_000_000),
        hint=_("start from docs/mau-cau-hoi.xlsx and save as .xlsx"),
    )


def _report_missing_sheet(form: SheetForm, titles: list[str]) -> ContentError:
    near = difflib.get_close_matches(fold(form.vi), [fold(title) for title in titles], n=1)
    shown = next((title for title in titles if near and fold(title) == near[0]), None)
    hint = _("add the sheet; docs/mau-cau-hoi.xlsx has it")
    return ContentError(
        "sheet-missing",
        _("The sheet “{sheet}” is missing").format(sheet=form.vi),
        where=_("the workbook"),
        found=", ".join(titles)[:200] or _("nothing"),
        expected=f"{form.vi} ({form.en})",
        hint=_("rename the sheet “{name}”").format(name=shown) if shown else hint,
    )


def _read_sheet(sheet: Any, form: SheetForm) -> tuple[list[ContentError], tuple[SheetRow, ...]]:
    name = str(sheet.title)
    if sheet.max_row > MAX_ROWS:
        return [
            ContentError(
                "sheet-rows",
                _("The sheet has too many rows"),
                where=_("sheet “{sheet}”").format(sheet=name),
                found=sheet.max_row,
                expected=_("at most {n}").format(n=MAX_ROWS),
                hint=_("delete the rows below the table, formats and all, or split the table"),
            )
        ], ()
    head = _find_head(sheet)
    if head is None:
        return [_report_missing_column(form.columns[0], name)], ()
    problems, columns = _read_head(sheet, form, head)
    problems += _find_merged(sheet)
    rows = []
    for number in range(head + 1, sheet.max_row + 1):
        row, found = _read_row(sheet, number, columns)
        if number == head + 1 and _is_second_head(row, form):
            continue
        problems += found
        if row.cells:
            if sheet.row_dimensions[number].hidden:
                problems.append(_report_hidden(name, _("row {n}").format(n=number)))
            rows.append(row)
    return problems, tuple(rows)


def _find_head(sheet: Any) -> int | None:
    """Return the first row that holds anything."""
    width = min(sheet.max_column, MAX_COLUMNS)
    for cells in sheet.iter_rows(max_col=width, max_row=min(sheet.max_row, 100)):
        if any(cell.value not in (None, "") for cell in cells):
            return int(cells[0].row)
    return None


def _read_head(sheet: Any, form: SheetForm, head: int) -> tuple[list[ContentError], dict[int, Column]]:
    problems: list[ContentError] = []
    columns: dict[int, Column] = {}
    for cell in next(sheet.iter_rows(min_row=head, max_row=head, max_col=min(sheet.max_column, MAX_COLUMNS))):
        if cell.value is None or not str(cell.value).strip():
            continue
        place = _("sheet “{sheet}”, cell {cell}").format(sheet=sheet.title, cell=cell.coordinate)
        column = form.find_column(str(cell.value))
        if column is None:
            problems.append(_report_unknown_column(form, str(cell.value), place))
        elif column in columns.values():
            problems.append(
                ContentError(
                    "column-repeated",
                    _("The column “{name}” is there twice").format(name=column.vi),
                    where=place,
                    found=str(cell.value)[:80],
                    expected=_("each column once"),
                    hint=_("delete one of the two"),
                )
            )
        else:
            columns[cell.column] = column
            if sheet.column_dimensions[cell.column_letter].hidden:
                problems.append(_report_hidden(sheet.title, _("column {letter}").format(letter=cell.column_letter)))
    missing = [column for column in form.columns if column.is_required and column not in columns.values()]
    problems += [_report_missing_column(column, sheet.title) for column in missing]
    return problems, columns


def _report_unknown_column(form: SheetForm, title: str, place: str) -> ContentError:
    names = {fold(name): column.vi for column in form.columns for name in (column.vi, column.en)}
    near = difflib.get_close_matches(fold(title), names, n=1)
    return ContentError(
        "column-unknown",
        _("This column is not known"),
        where=place,
        found=title[:80],
        expected=", ".join(column.vi for column in form.columns),
        hint=_("did you mean {name}?").format(name=names[near[0]]) if near else _("delete the column"),
    )


def _report_missing_column(column: Column, sheet: str) -> ContentError:
    return ContentError(
        "column-missing",
        _("The column “{name}” is missing").format(name=column.vi),
        where=_("sheet “{sheet}”").format(sheet=sheet),
        found=_("nothing"),
        expected=f"{column.vi} ({column.en})",
        hint=_("write the heading into the first row, as docs/mau-cau-hoi.xlsx has it"),
    )


def _report_hidden(sheet: str, place: str) -> ContentError:
    return ContentError(
        "cell-hidden",
        _("Something is hidden here"),
        where=_("sheet “{sheet}”, {place}").format(sheet=sheet, place=place),
        found=_("hidden"),
        expected=_("only what can be seen"),
        hint=_("unhide it and look at it, or delete it"),
    )


def _find_merged(sheet: Any) -> Iterator[ContentError]:
    for area in sheet.merged_cells.ranges:
        yield ContentError(
            "cell-merged",
            _("Cells are merged"),
            where=_("sheet “{sheet}”, cells {cells}").format(sheet=sheet.title, cells=area.coord),
            found=area.coord,
            expected=_("one value per cell"),
            hint=_("unmerge the cells and write the value into every row that it belongs to"),
        )


def _is_second_head(row: SheetRow, form: SheetForm) -> bool:
    """Tell whether a row repeats the headings in the other language."""
    same = [name for name, cell in row.cells.items() if _is_title(form, name, str(cell.value))]
    return bool(same) and 2 * len(same) >= len(row.cells)


def _is_title(form: SheetForm, name: str, text: str) -> bool:
    column = form.find_column(text)
    return column is not None and column.name == name


def _read_row(sheet: Any, number: int, columns: dict[int, Column]) -> tuple[SheetRow, list[ContentError]]:
    cells: dict[str, SheetCell] = {}
    letters: dict[str, str] = {}
    problems: list[ContentError] = []
    width = max(columns, default=1)
    for cell in next(sheet.iter_rows(min_row=number, max_row=number, max_col=width)):
        column = columns.get(getattr(cell, "column", 0))
        if column is None or not hasattr(cell, "column_letter"):
            continue
        letters[column.name] = cell.column_letter
        value, problem = _read_value(cell)
        if problem is not None:
            problems.append(problem)
        elif value is not None:
            cells[column.name] = SheetCell(cell.coordinate, value)
    return SheetRow(str(sheet.title), number, cells, letters), problems


def _read_value(cell: Any) -> tuple[str | int | float | None, ContentError | None]:
    value = cell.value
    if cell.data_type == "f":
        hint = _("copy the cell and paste it as a value")
        formula = getattr(value, "text", value)
        return None, _report_cell("cell-formula", _("The cell holds a formula"), cell, formula, hint)
    if cell.data_type == "e":
        return None, _report_cell("cell-error", _("Excel shows an error here"), cell, value, _("type the value itself"))
    if isinstance(value, bool):
        message, hint = _("Excel turned what was typed into TRUE or FALSE"), _("format the cell as text, type it again")
        return None, _report_cell("cell-type", message, cell, str(value).upper(), hint)
    if isinstance(value, date | datetime | time | timedelta):
        message = _("Excel turned what was typed into a date or a time")
        hint = _("format the cell as text, then type the value again")
        return None, _report_cell("cell-date", message, cell, value, hint)
    if isinstance(value, int | float):
        if "%" in (cell.number_format or ""):
            value = round(value * 100, 9)  # the sheet shows 55%, and 55 is what was meant
        return (int(value) if float(value).is_integer() and abs(value) < 1e15 else value), None
    text = clean_text(str(value)) if value is not None else ""
    return text or None, None


def _report_cell(code: str, message: str, cell: Any, found: Any, hint: str) -> ContentError:
    place = _("sheet “{sheet}”, cell {cell}").format(sheet=cell.parent.title, cell=cell.coordinate)
    expected = _("a text or a number")
    return ContentError(code, message, where=place, found=str(found)[:80], expected=expected, hint=hint)


def clean_text(text: str) -> str:
    """Return a text as it is stored: NFC, plain line breaks, plain spaces, none of them at an end.

    Raises
    ------
    nothing
    """
    text = unicodedata.normalize("NFC", text).replace("_x000D_", "").replace("\r\n", "\n").replace("\r", "\n")
    return re.sub(r"[\u00a0\u2007\u202f]", " ", text).replace("\ufeff", "").replace("\u200b", "").strip()
