"""What the page shows, what it learns of a saved table, and the texts that it writes itself."""

from __future__ import annotations

from typing import Any

from autograder.locale import _
from autograder.questions.kinds.table.question import TableQuestion
from autograder.questions.kinds.table.scoring import read_answers
from autograder.questions.model import read_text
from autograder.questions.tables.edit import read_cell_text
from autograder.questions.tables.shape import MAX_ROWS, FirstTable, TableItem, is_masked, read_meaning


def describe_item(item: TableItem) -> dict[str, Any]:
    """Return the table as the page shows it.

    Raises
    ------
    nothing
    """
    first = FirstTable.read(item)
    return {
        "columns": [
            {
                "id": column.id,
                "title": read_text(column.title),
                "type": column.type,
                "fixed": column.fixed,
                "options": [{"id": name, "text": read_text(text)} for name, text in column.options.items()],
            }
            for column in item.columns
        ],
        "rows": [{"id": row, "cells": texts} for row, texts in first.texts.items()],
        "allow": list(item.allow),
    }


def respond(question: TableQuestion, answer: Any, drawn: tuple[str, ...]) -> dict[str, Any]:
    """Return what the page learns of a saved answer: the changed cells that hold no number, date or time.

    Raises
    ------
    nothing
    """
    return {
        "unread": {item: list_unread(question, item, answer[item]) for item in read_answers(question, answer, drawn)}
    }


def list_unread(question: TableQuestion, item: str, rows: list[Any]) -> list[list[int | str]]:
    """Return place of the row in the answer, and column, of every changed cell that cannot be read.

    Raises
    ------
    nothing
    """
    first = question.tables[item]
    unread: list[list[int | str]] = []
    for number, row in enumerate(rows):
        identity = row.get("id")
        before = first.texts.get(identity, {}) if isinstance(identity, str) else {}
        for column, sort in first.sorts.items():
            text = read_cell_text(row.get(column))
            if sort in ("number", "date", "time") and text and text != before.get(column):
                meaning = read_meaning(sort, text)
                if meaning[0] == "text" and not is_masked(meaning):
                    unread.append([number, column])
    return unread[:MAX_ROWS]


def get_texts() -> dict[str, str]:
    """Return the texts that the page writes itself.

    Raises
    ------
    nothing
    """
    return {
        "table_help": _(
            "The arrow keys move between cells, typing replaces what stands there, F2 changes it, Enter goes down, "
            "Esc takes back what was typed."
        ),
        "table_name": _("Table to edit"),
        "table_cell": _("{column}, row {row}"),
        "table_remove": _("Remove row"),
        "table_remove_named": _("Remove row {row}"),
        "table_removed": _("Row {row} was removed"),
        "table_add": _("Add row"),
        "table_added": _("A row was added at the end"),
        "table_undo": _("Undo"),
        "table_undone": _("The last change was undone"),
        "table_reset": _("Restore the first table"),
        "table_was_reset": _("The first table is back"),
        "table_changed": _("Changed: {n} cells"),
        "table_untouched": _("Nothing changed yet"),
        "table_before": _("Before: {value}"),
        "table_blank": _("(empty)"),
        "table_number_unread": _("This is not a number yet. Write it for example as 1.234,5"),
        "table_date_unread": _("This is not a date yet. Write it for example as 23/11/2026"),
        "table_time_unread": _("This is not a time yet. Write it for example as 08:30"),
    }
