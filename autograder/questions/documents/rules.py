"""What an author can ask of a document, one rule at a time."""

from __future__ import annotations

import functools
import re
import unicodedata
from collections.abc import Callable, Iterator
from datetime import date
from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import Field, StrictBool, StringConstraints

from autograder.questions.documents import Document, type_of
from autograder.questions.documents.csv_table import CsvTable
from autograder.questions.documents.pdf import PdfDocument
from autograder.questions.documents.word import PageShape, Paragraph, WordDocument
from autograder.questions.documents.workbook import Cell, Rows, Sheet, Workbook, read_column, read_place
from autograder.questions.model import Cell as Content
from autograder.questions.model import Code, Number, Strict
from autograder.questions.numbers import parse_vietnamese_number

# Of the letters, so many must be set in the font that is asked for: symbols and code may keep their own.
FONT_SHARE = 0.95
# Printers and programs round page measures.
PAGE_TOLERANCE_MM = 1.0
MARGIN_TOLERANCE_MM = 0.2
SIZES_MM = {"A3": (297.0, 420.0), "A4": (210.0, 297.0), "A5": (148.0, 210.0)}

Phrase = Annotated[str, StringConstraints(strict=True, strip_whitespace=True, min_length=1, max_length=200)]
CellName = Annotated[str, StringConstraints(strict=True, pattern=r"^[A-Z]{1,3}[1-9][0-9]{0,6}$")]
FunctionName = Annotated[str, StringConstraints(strict=True, pattern=r"^[A-Z][A-Z0-9.]{0,40}$")]
RowNumber = Annotated[int, Field(strict=True, ge=1, le=1000)]
Count = Annotated[int, Field(strict=True, ge=0, le=1_000_000)]
Width = Annotated[float, Field(strict=True, ge=0)]
Millimetres = Annotated[float, Field(strict=True, ge=0, le=500)]
Phrases = Annotated[tuple[Phrase, ...], Field(min_length=1, max_length=40)]
Range = tuple[Count, Count]


class ColumnSum(Strict):
    """What the numbers of a column add up to."""

    # a heading, or a letter such as C
    column: Phrase
    equals: Number
    within: Width = 1e-9


class PageRule(Strict):
    """How the pages are set up."""

    size: Literal["A3", "A4", "A5"] | None = None
    # side → least and most
    margins_mm: dict[Literal["left", "right", "top", "bottom"], tuple[Millimetres, Millimetres]] = Field(
        default_factory=dict
    )


class Rule(Strict):
    """One thing that is asked of a document.  Exactly one of the fields that ``TESTS`` names says what."""

    code: Code
    weight: Annotated[float, Field(strict=True, gt=0, le=100)] = 1.0
    # met already by the file with which the learner begins: it can be lost, not earned
    given: StrictBool = False
    # where, in a workbook: the first sheet, where no name is given; alone it asks that the sheet is there
    sheet: Phrase | None = None
    # the row of the headings
    row: RowNumber = 1
    cell: CellName | None = None
    equals: Content = None
    within: Width = 1e-9
    formula: CellName | None = None
    uses: tuple[FunctionName, ...] = ()
    header: Annotated[tuple[Phrase, ...], Field(min_length=1, max_length=60)] | None = None
    rows: Range | None = None
    sum: ColumnSum | None = None
    column: Phrase | None = None
    unique: StrictBool = False
    has_text: Phrases | None = None
    lacks_text: Phrases | None = None
    heading: Phrase | None = None
    level: Annotated[int, Field(strict=True, ge=1, le=9)] | None = None
    table: StrictBool = False
    alt_texts: StrictBool = False
    page: PageRule | None = None
    font: Phrase | None = None
    pages: Range | None = None
    tagged: StrictBool = False

    @property
    def tests(self) -> tuple[str, ...]:
        """Return which of ``TESTS`` the rule makes; ``sheet`` only where it stands alone.

        Raises
        ------
        nothing
        """
        named = tuple(name for name in TESTS if name != "sheet" and getattr(self, name) not in (None, False))
        return named or (("sheet",) if self.sheet is not None else ())


class Inspection:
    """A document under inspection: its text is put together once, however many rules ask for it.

    Parameters
    ----------
    document : Document
    """

    def __init__(self, document: Document) -> None:
        self.document = document

    @functools.cached_property
    def text(self) -> str:
        """Return all text without spaces and case: where a page draws letters, it draws no spaces.

        Raises
        ------
        nothing
        """
        return _squeeze(_read_all(self.document))

    def meets(self, rule: Rule) -> bool:
        """Tell whether the document meets a rule; one that its type does not know is not met.

        Raises
        ------
        nothing
        """
        kind = type_of(self.document)
        tests = [name for name in rule.tests if kind in TESTS[name]]
        return bool(tests) and all(
            _TEXT_CHECKS[name](rule, self.text) if name in _TEXT_CHECKS else _CHECKS[name](rule, self.document)
            for name in tests
        )


def is_met_by_blank(rule: Rule, kind: str) -> bool:
    """Tell whether a document of a type without any content, as its program makes it, meets a rule.

    Raises
    ------
    nothing
    """
    return any(Inspection(blank).meets(rule) for blank in BLANKS[kind])


# Which types of document know which test.
TESTS: dict[str, tuple[str, ...]] = {
    "sheet": ("xlsx",),
    "cell": ("xlsx",),
    "formula": ("xlsx",),
    "header": ("xlsx", "csv"),
    "rows": ("xlsx", "csv"),
    "sum": ("xlsx", "csv"),
    "column": ("xlsx", "csv"),
    "has_text": ("xlsx", "docx", "pdf", "csv"),
    "lacks_text": ("xlsx", "docx", "pdf", "csv"),
    "heading": ("docx",),
    "table": ("docx",),
    "alt_texts": ("docx",),
    "page": ("docx",),
    "font": ("docx",),
    "pages": ("pdf",),
    "tagged": ("pdf",),
}

_NORMAL_MARGINS = dict.fromkeys(("left", "right", "top", "bottom"), 25.4)
_NARROW_MARGINS = dict.fromkeys(("left", "right", "top", "bottom"), 20.0)
# A new document of the usual programs, in the forms in which they make it.
BLANKS: dict[str, tuple[Document, ...]] = {
    "xlsx": tuple(Workbook((Sheet(name, {}),)) for name in ("Sheet1", "Sheet", "Trang tính1")),
    "docx": tuple(
        WordDocument((Paragraph(""),), 0, (), PageShape(*SIZES_MM["A4"], margins), {})
        for margins in (_NORMAL_MARGINS, _NARROW_MARGINS)
    ),
    "pdf": (PdfDocument(1, "", True), PdfDocument(1, "", False)),
    "csv": (CsvTable({}),),
}


def _fold(text: str) -> str:
    """Return a text as it is compared: composed letters, no case, single spaces."""
    return " ".join(unicodedata.normalize("NFC", text).casefold().split())


def _squeeze(text: str) -> str:
    """Return a text without any space."""
    return "".join(_fold(text).split())


def _find_rows(rule: Rule, document: Any) -> Rows:
    if isinstance(document, CsvTable):
        return document.rows
    sheet = document.find_sheet(rule.sheet)
    return {} if sheet is None else sheet.rows


def _iter_body(rule: Rule, document: Any) -> Iterator[dict[int, Cell]]:
    """Yield the rows below the headings that hold something."""
    for number, cells in _find_rows(rule, document).items():
        if number > rule.row and any(_show(cell) for cell in cells.values()):
            yield cells


def _show(cell: Cell | None) -> str:
    if cell is None or cell.value is None:
        return ""
    return f"{cell.value:.15g}" if isinstance(cell.value, float) else str(cell.value).strip()


def _find_column(name: str, rule: Rule, document: Any) -> int | None:
    """Return the number of the column with a heading; else the one that the name means as a letter."""
    header = _find_rows(rule, document).get(rule.row, {})
    wanted = _fold(name)
    for number, cell in header.items():
        if _fold(_show(cell)) == wanted:
            return number
    return read_column(name) if re.fullmatch("[A-Z]{1,3}", name) else None


def _check_sheet(rule: Rule, document: Any) -> bool:
    return document.find_sheet(rule.sheet) is not None


def _find_cell(rule: Rule, document: Any, name: str | None) -> Cell | None:
    sheet, place = document.find_sheet(rule.sheet), read_place(name or "")
    return None if sheet is None or place is None else sheet.find_cell(place)


def _check_cell(rule: Rule, document: Any) -> bool:
    cell = _find_cell(rule, document, rule.cell)
    if cell is None or cell.value is None:
        return False
    # Without a value to equal, it is enough that something stands there.
    return rule.equals is None or _equals(cell.value, rule.equals, rule.within, from_1904=document.from_1904)


def _equals(found: Any, wanted: Any, within: float, *, from_1904: bool) -> bool:
    if isinstance(wanted, bool) or isinstance(found, bool):
        return found is wanted
    if isinstance(found, float):
        number = _count_days(wanted, from_1904) if isinstance(wanted, str) else wanted
        return number is not None and abs(found - float(number)) <= within
    return isinstance(found, str) and isinstance(wanted, str) and _fold(found) == _fold(wanted)


def _count_days(text: str, from_1904: bool) -> int | None:
    """Return a day (2026-11-23) as a workbook stores it: counted from its first day."""
    try:
        return (date.fromisoformat(text) - (date(1904, 1, 1) if from_1904 else date(1899, 12, 30))).days
    except ValueError:
        return None


def _check_formula(rule: Rule, document: Any) -> bool:
    cell = _find_cell(rule, document, rule.formula)
    return cell is not None and cell.formula is not None and set(rule.uses) <= cell.functions


def _check_header(rule: Rule, document: Any) -> bool:
    cells = _find_rows(rule, document).get(rule.row, {})
    shown = {number: _fold(_show(cell)) for number, cell in cells.items() if _show(cell)}
    return shown == {number: _fold(name) for number, name in enumerate(rule.header or (), start=1)}


def _check_rows(rule: Rule, document: Any) -> bool:
    least, most = rule.rows or (0, 0)
    return least <= sum(1 for _row in _iter_body(rule, document)) <= most


def _check_sum(rule: Rule, document: Any) -> bool:
    assert rule.sum is not None
    column = _find_column(rule.sum.column, rule, document)
    if column is None:
        return False
    cells = [row[column] for row in _iter_body(rule, document) if column in row]
    numbers = [_read_number(cell, is_text=isinstance(document, CsvTable)) for cell in cells]
    total = sum((number for number in numbers if number is not None), Decimal(0))
    has_numbers = any(number is not None for number in numbers)
    return has_numbers and abs(total - Decimal(str(rule.sum.equals))) <= Decimal(str(rule.sum.within))


_TOTALS = frozenset({"SUM", "SUBTOTAL", "AGGREGATE"})


def _read_number(cell: Cell, *, is_text: bool) -> Decimal | None:
    """Return a cell's number; a total that the sheet itself forms would count everything twice."""
    # In a workbook a number typed as text is none; in a CSV file everything is text.
    if is_text and isinstance(cell.value, str):
        return parse_vietnamese_number(cell.value)
    if isinstance(cell.value, float) and not (cell.formula and cell.functions & _TOTALS):
        return Decimal(str(cell.value))
    return None


def _check_column(rule: Rule, document: Any) -> bool:
    column = _find_column(rule.column or "", rule, document)
    if column is None:
        return False
    values = [_fold(_show(row.get(column))) for row in _iter_body(rule, document)]
    return not rule.unique or (bool(values) and all(values) and len(set(values)) == len(values))


def _read_all(document: Document) -> str:
    if isinstance(document, PdfDocument):
        return document.text
    if isinstance(document, WordDocument):
        return "\n".join(paragraph.text for paragraph in document.paragraphs)
    tables = [sheet.rows for sheet in document.sheets] if isinstance(document, Workbook) else [document.rows]
    return "\n".join(_show(cell) for rows in tables for cells in rows.values() for cell in cells.values())


def _check_has_text(rule: Rule, text: str) -> bool:
    return all(_squeeze(phrase) in text for phrase in rule.has_text or ())


def _check_lacks_text(rule: Rule, text: str) -> bool:
    return not any(_squeeze(phrase) in text for phrase in rule.lacks_text or ())


def _check_heading(rule: Rule, document: Any) -> bool:
    wanted = _fold(rule.heading or "")
    return any(
        paragraph.level and _fold(paragraph.text) == wanted and rule.level in (None, paragraph.level)
        for paragraph in document.paragraphs
    )


def _check_table(_rule: Rule, document: Any) -> bool:
    return bool(document.tables)


def _check_alt_texts(_rule: Rule, document: Any) -> bool:
    return bool(document.pictures) and all(picture != "" for picture in document.pictures)


def _check_page(rule: Rule, document: Any) -> bool:
    assert rule.page is not None
    found = document.page
    if found is None:
        return False
    if rule.page.size is not None:
        pairs = zip(sorted((found.width, found.height)), SIZES_MM[rule.page.size], strict=True)
        if any(abs(one - other) > PAGE_TOLERANCE_MM for one, other in pairs):
            return False
    return all(
        least - MARGIN_TOLERANCE_MM <= found.margins.get(side, -1.0) <= most + MARGIN_TOLERANCE_MM
        for side, (least, most) in rule.page.margins_mm.items()
    )


def _check_font(rule: Rule, document: Any) -> bool:
    wanted = _fold(rule.font or "")
    letters = sum(document.fonts.values())
    right = sum(number for font, number in document.fonts.items() if _fold(font) == wanted)
    return letters > 0 and right >= FONT_SHARE * letters


def _check_pages(rule: Rule, document: Any) -> bool:
    least, most = rule.pages or (0, 0)
    return bool(least <= document.pages <= most)


def _check_tagged(_rule: Rule, document: Any) -> bool:
    return bool(document.is_tagged)


_CHECKS: dict[str, Callable[[Rule, Any], bool]] = {
    "sheet": _check_sheet,
    "cell": _check_cell,
    "formula": _check_formula,
    "header": _check_header,
    "rows": _check_rows,
    "sum": _check_sum,
    "column": _check_column,
    "heading": _check_heading,
    "table": _check_table,
    "alt_texts": _check_alt_texts,
    "page": _check_page,
    "font": _check_font,
    "pages": _check_pages,
    "tagged": _check_tagged,
}
_TEXT_CHECKS: dict[str, Callable[[Rule, str], bool]] = {"has_text": _check_has_text, "lacks_text": _check_lacks_text}
