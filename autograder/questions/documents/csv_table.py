"""A table as text (.csv): rows of cells, all of them text; what looks like a formula is text too."""

from __future__ import annotations

import csv
import re
from dataclasses import dataclass

from autograder.questions.documents.refusal import RefusedDocument
from autograder.questions.documents.workbook import Cell, Rows

MAX_CELLS = 150_000
DELIMITERS = (";", ",", "\t", "|")
_CONTROLS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")


@dataclass(frozen=True)
class CsvTable:
    """Row → column → the text there, both from 1; empty cells are left out."""

    rows: Rows


def is_text(content: bytes) -> bool:
    """Tell whether bytes could be a text in some encoding.

    Raises
    ------
    nothing
    """
    if content[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return True
    return not _CONTROLS.search(content[:4096].decode("latin-1"))


def read_csv(content: bytes) -> CsvTable:
    """Read a table, whatever of comma, semicolon, tab or bar parts its cells.

    Parameters
    ----------
    content : bytes
        UTF-8, with or without a byte order mark.

    Returns
    -------
    CsvTable

    Raises
    ------
    RefusedDocument
        ``file-encoding``, ``file-damaged`` or ``file-unpacked``.
    """
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise RefusedDocument("file-encoding") from None
    if _CONTROLS.search(text):
        raise RefusedDocument("file-damaged")
    lines = text.splitlines(keepends=True)
    rows: Rows = {}
    left = MAX_CELLS
    try:
        for number, row in enumerate(csv.reader(lines, delimiter=_find_delimiter(text)), start=1):
            left -= len(row)
            if left < 0:
                raise RefusedDocument("file-unpacked", f"> {MAX_CELLS}")
            cells = {column: Cell(text) for column, text in enumerate(row, start=1) if text.strip()}
            if cells:
                rows[number] = cells
    except csv.Error:
        raise RefusedDocument("file-damaged") from None
    return CsvTable(rows)


def _find_delimiter(text: str) -> str:
    """Return the sign that parts the first line most often, outside quotes."""
    head = re.sub(r'"[^"]*"', "", text[:10_000]).lstrip("\r\n").partition("\n")[0]
    return max(DELIMITERS, key=head.count)
