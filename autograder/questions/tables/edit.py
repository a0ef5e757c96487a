"""What an answer makes of a table."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from autograder.questions.tables.shape import BLANK, FirstTable, Meaning, is_masked, read_meaning, show_cell

MAX_ANSWER_ROWS = 500
MAX_CHARACTERS = 200


@dataclass(frozen=True)
class EditedTable:
    """A table as an answer leaves it."""

    # rows of the first table that are still there: row → column → meaning
    rows: Mapping[str, Mapping[str, Meaning]]
    # rows that were not in the first table
    added: Sequence[Mapping[str, Meaning]] = ()
    # what is written in cells that were changed
    texts: Mapping[tuple[str, str], str] = field(default_factory=dict)


def read_table(first: FirstTable, value: Any) -> EditedTable | None:
    """Return the table of an answer, or None where it is none.

    Parameters
    ----------
    first : FirstTable
    value : Any
        ``[{"id": row, column: value, …}, …]``; rows without id were added.  Rows and columns that do not exist are
        ignored, a column that is left out is unchanged, and what cannot be changed stays.

    Raises
    ------
    nothing
    """
    if not isinstance(value, list) or len(value) > MAX_ANSWER_ROWS:
        return None
    rows: dict[str, Mapping[str, Meaning]] = {}
    added: list[Mapping[str, Meaning]] = []
    texts: dict[tuple[str, str], str] = {}
    for row in value:
        if not isinstance(row, dict):
            return None
        identity = row.get("id")
        if identity is None and "add" in first.allow:
            cells = _read_row(first, row, None)
            if cells is None:
                return None
            meanings = {c: read_meaning(first.sorts[c], text) for c, text in cells.items()}
            if any(meaning != BLANK for meaning in meanings.values()):
                added.append({c: meanings.get(c, BLANK) for c in first.sorts})
        elif isinstance(identity, str) and identity in first.rows and identity not in rows:
            changed = _read_row(first, row, identity)
            if changed is None:
                return None
            rows[identity] = first.rows[identity]
            if changed:
                meanings = {c: read_meaning(first.sorts[c], text) for c, text in changed.items()}
                rows[identity] = {**first.rows[identity], **meanings}
                texts |= {(identity, c): text for c, text in changed.items()}
    if "remove" not in first.allow:
        rows = {identity: rows.get(identity, cells) for identity, cells in first.rows.items()}
    return EditedTable(rows, added, texts)


def _read_row(first: FirstTable, row: Mapping[str, Any], identity: str | None) -> dict[str, str] | None:
    """Return the texts that differ from the first ones (of an added row: all); None where one is no cell."""
    before = first.texts[identity] if identity is not None else {}
    texts = {}
    for column in first.sorts:
        if column not in row:
            continue
        value, old = row[column], before.get(column)
        if value == old and isinstance(value, str):
            continue
        text = read_cell_text(value)
        if text is None:
            return None
        if text != old and not (identity is not None and column in first.fixed):
            texts[column] = text
    return texts


def read_cell_text(value: Any) -> str | None:
    if value is None:
        return ""
    if isinstance(value, str):
        return value if len(value) <= MAX_CHARACTERS else None
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    if isinstance(value, float) and not math.isfinite(value):
        return None
    if isinstance(value, int) and value.bit_length() > 256:
        return None
    text = show_cell(value)
    return text if len(text) <= MAX_CHARACTERS else None


def is_touched(first: FirstTable, edited: EditedTable) -> bool:
    """Tell whether anything is written, removed or added.

    Raises
    ------
    nothing
    """
    return bool(edited.texts or edited.added) or len(edited.rows) < len(first.rows)


def is_emptied(first: FirstTable, edited: EditedTable) -> bool:
    """Tell whether nothing is left of a table: no row, or only blank and masked cells where something can be written.

    Raises
    ------
    nothing
    """
    open_columns = [column for column in first.sorts if column not in first.fixed]
    rows = [*edited.rows.values(), *edited.added]
    if not rows or not open_columns:
        return not rows
    return all(is_masked(cells[column]) for cells in rows for column in open_columns)
