"""A spreadsheet (.xlsx) as values and formulas; nothing is calculated, what Excel stored last is what counts."""

from __future__ import annotations

import math
import re
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from dataclasses import dataclass

from autograder.questions.documents.package import Package, local_name
from autograder.questions.documents.refusal import RefusedDocument

MAX_CELLS = 150_000
MAX_SHEETS = 100
MAX_ROW, MAX_COLUMN = 1_048_576, 16_384
# Functions that fetch from elsewhere or call other programs.
_REACHING_OUT = re.compile(r"\b(?:WEBSERVICE|RTD|CALL|REGISTER(?:\.ID)?|EXEC|DDE|SQL\.REQUEST)\s{0,5}\(", re.IGNORECASE)
_REFERENCE = re.compile(r"([A-Z]{1,3})([0-9]{1,7})")
_STRING = re.compile(r'"[^"]*"')
_FUNCTION = re.compile(r"(?:_xlfn\.|_xlws\.)*([A-Z][A-Z0-9.]{0,40})\(")

Value = bool | float | str | None
Place = tuple[int, int]


@dataclass(frozen=True)
class Cell:
    """What stands in one cell."""

    value: Value
    # without "=", or None where the value was typed
    formula: str | None = None

    @property
    def functions(self) -> frozenset[str]:
        """Return the functions that the formula uses, in capitals.

        Raises
        ------
        nothing
        """
        bare = _STRING.sub('""', self.formula or "").upper().replace("_XLFN.", "").replace("_XLWS.", "")
        return frozenset(_FUNCTION.findall(bare))


Rows = dict[int, dict[int, Cell]]


@dataclass(frozen=True)
class Sheet:
    """One sheet: its name, and row → column → what stands there, both from 1; empty cells are left out."""

    name: str
    rows: Rows

    def find_cell(self, place: Place) -> Cell | None:
        """Return what stands at (row, column), or None.

        Raises
        ------
        nothing
        """
        return self.rows.get(place[0], {}).get(place[1])


@dataclass(frozen=True)
class Workbook:
    """All sheets, in their order; ``from_1904`` says from which day dates are counted."""

    sheets: tuple[Sheet, ...]
    from_1904: bool = False

    def find_sheet(self, name: str | None) -> Sheet | None:
        """Return the sheet of a name, whatever its case; the first one for None.

        Raises
        ------
        nothing
        """
        if name is None:
            return self.sheets[0] if self.sheets else None
        wanted = name.strip().casefold()
        return next((sheet for sheet in self.sheets if sheet.name.strip().casefold() == wanted), None)


def read_workbook(package: Package, main: str) -> Workbook:
    """Read every sheet of a package.

    Parameters
    ----------
    package : Package
    main : str
        The name of its workbook part.

    Returns
    -------
    Workbook

    Raises
    ------
    RefusedDocument
        It is damaged, too large, or a formula reaches out of the file.
    KeyError
        A part is missing.
    """
    root = package.parse(main)
    relations = package.list_relations(main)
    shared_part = package.find_part(main, "sharedstrings")
    shared = _read_shared(package.parse(shared_part)) if shared_part else []
    left = [MAX_CELLS]
    sheets: list[Sheet] = []
    for node in root.iter():
        if local_name(node) != "sheet":
            continue
        relation = next((relations[v] for k, v in node.attrib.items() if k.endswith("}id") and v in relations), None)
        if relation is None or relation.kind != "worksheet":
            continue  # a sheet that is one large chart holds no cells
        if len(sheets) == MAX_SHEETS:
            raise RefusedDocument("file-unpacked", f"> {MAX_SHEETS}")
        sheets.append(Sheet(node.get("name", ""), _read_rows(package.parse(relation.target), shared, left)))
    properties = next((node for node in root if local_name(node) == "workbookPr"), None)
    from_1904 = properties is not None and properties.get("date1904", "") in ("1", "true")
    return Workbook(tuple(sheets), from_1904)


def read_column(letters: str) -> int:
    """Return the number of a column, from 1: C → 3.

    Raises
    ------
    nothing
    """
    number = 0
    for letter in letters:
        number = 26 * number + ord(letter) - ord("A") + 1
    return number


def read_place(reference: str) -> Place | None:
    """Return row and column of a cell's address such as B2; None for what is none.

    Raises
    ------
    nothing
    """
    match = _REFERENCE.fullmatch(reference)
    if match is None:
        return None
    place = int(match[2]), read_column(match[1])
    return place if 1 <= place[0] <= MAX_ROW and place[1] <= MAX_COLUMN else None


def _read_shared(root: ET.Element) -> list[str]:
    return [_read_string(node) for node in root if local_name(node) == "si"]


def _read_string(node: ET.Element) -> str:
    """Return the text of a string; readings of Chinese characters (rPh) are no part of it."""
    parts = []
    for child in node:
        if local_name(child) == "t":
            parts.append(child.text or "")
        elif local_name(child) == "r":
            parts += [inner.text or "" for inner in child if local_name(inner) == "t"]
    return "".join(parts)


def _read_rows(root: ET.Element, shared: list[str], left: list[int]) -> Rows:
    rows: Rows = {}
    masters: dict[str, str] = {}
    for (row, column), node in _iter_cells(root):
        left[0] -= 1
        if left[0] < 0:
            raise RefusedDocument("file-unpacked", f"> {MAX_CELLS}")
        value, formula = _read_cell(node, shared, masters)
        if value is not None or formula is not None:
            rows.setdefault(row, {})[column] = Cell(value, formula)
    return {row: rows[row] for row in sorted(rows)}


def _iter_cells(root: ET.Element) -> Iterator[tuple[Place, ET.Element]]:
    data = next((node for node in root if local_name(node) == "sheetData"), None)
    row = 0
    for line in data if data is not None else ():
        row = _read_number(line.get("r", ""), row + 1)
        column = 0
        for node in line:
            place = read_place(node.get("r", "")) or (row, column + 1)
            column = place[1]
            yield place, node


def _read_number(text: str, otherwise: int) -> int:
    number = int(text) if text.isascii() and text.isdigit() and len(text) <= 7 else otherwise
    return min(max(number, 1), MAX_ROW)


def _read_cell(node: ET.Element, shared: list[str], masters: dict[str, str]) -> tuple[Value, str | None]:
    stored = formula = None
    inline = ""
    for child in node:
        name = local_name(child)
        if name == "v":
            stored = child.text
        elif name == "f":
            formula = _read_formula(child, masters)
        elif name == "is":
            inline = _read_string(child)
    return _read_value(node.get("t", "n"), stored, inline, shared), formula


def _read_formula(node: ET.Element, masters: dict[str, str]) -> str:
    """Return a formula; in a filled-down range only the first cell writes it out."""
    text = (node.text or "").strip()[:8192]
    if _REACHING_OUT.search(text):
        raise RefusedDocument("file-linked", text[:60])
    shared = node.get("si") if node.get("t") == "shared" else None
    if shared is not None:
        text = text or masters.get(shared, "")
        masters.setdefault(shared, text)
    return text


def _read_value(kind: str, stored: str | None, inline: str, shared: list[str]) -> Value:
    if kind == "inlineStr":
        return inline or None
    if stored is None or stored == "":
        return None
    if kind == "s":
        known = stored.isascii() and stored.isdigit() and len(stored) < 9 and int(stored) < len(shared)
        return (shared[int(stored)] or None) if known else None
    if kind == "b":
        return stored.strip() == "1"
    if kind in ("str", "e", "d"):
        return stored
    try:
        number = float(stored)
    except ValueError:
        return None
    return number if math.isfinite(number) else None
