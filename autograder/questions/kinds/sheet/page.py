"""What the page shows, what it learns of saved formulas, and the texts that it writes itself."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from autograder.locale import _, current_language
from autograder.questions.formulas import (
    FUNCTIONS,
    Address,
    Content,
    Evaluation,
    FormulaError,
    Placed,
    Value,
    format_address,
    is_formula,
    place_entry,
    shift_formula,
    show_value,
)
from autograder.questions.kinds.sheet.block import SheetItem
from autograder.questions.kinds.sheet.explanation import explain_error
from autograder.questions.kinds.sheet.question import SheetQuestion
from autograder.questions.kinds.sheet.scoring import read_entries
from autograder.questions.kinds.sheet.trial import ShownSheet
from autograder.questions.model import read_text


def describe(_question: SheetQuestion) -> dict[str, Any]:
    """Return what the page shows: the functions that can be used.

    Raises
    ------
    nothing
    """
    return {"functions": sorted(FUNCTIONS)}


def describe_item(item: SheetItem) -> dict[str, Any]:
    """Return the sheet as texts, and its slots.

    Raises
    ------
    nothing
    """
    shown = ShownSheet.read(item)
    places = [*shown.data.contents, *(a for filled in shown.filled.values() for a in filled)]
    width, height = 1 + max(a[0] for a in places), 1 + max(a[1] for a in places)
    contents = {a: c for a, c in shown.data.contents.items() if not isinstance(c, Placed)}
    return {
        "head": item.sheet.head,
        "columns": [format_address((column, 0))[:-1] for column in range(width)],
        "cells": [[_describe_value(contents.get((column, row))) for column in range(width)] for row in range(height)],
        "slots": [
            {
                "cell": name,
                "label": read_text(slot.label),
                "fill": f"{name}:{format_address(shown.filled[name][-1])}" if len(shown.filled[name]) > 1 else "",
                "cells": [format_address(a) for a in shown.filled[name]],
            }
            for name, slot in item.slots.items()
        ],
    }


def _describe_value(value: Content) -> dict[str, str]:
    if value is None or isinstance(value, Placed):
        return {"text": "", "type": ""}
    mark = "," if current_language() == "vi" else "."
    kind = "error" if isinstance(value, FormulaError) else "number" if isinstance(value, float) else "text"
    return {"text": show_value(value, mark), "type": kind}


def respond(question: SheetQuestion, answer: Any, drawn: tuple[str, ...]) -> dict[str, Any]:
    """Return what the page learns of a saved answer: what the formulas give on the data shown, and what is wrong.

    Raises
    ------
    nothing
    """
    return {"sheets": {item.id: _respond_item(question, item, answer) for item in question.pick_items(drawn)}}


def _respond_item(question: SheetQuestion, item: SheetItem, answer: Any) -> dict[str, Any]:
    shown, entries = question.grids[item.id], read_entries(item, answer)
    texts = {a: c.formula.text for a, c in shown.data.contents.items() if isinstance(c, Placed)}
    placed: dict[Address, Content] = {}
    for name, text in entries.items():
        placed |= shown.fill(name, place_entry(text))
        column, row = shown.filled[name][0]
        texts |= {a: shift_formula(text, a[0] - column, a[1] - row) for a in shown.filled[name]}
    evaluation = Evaluation(shown.data, placed)
    values = {address: evaluation.value(address) for address in texts}
    return {
        "cells": {format_address(a): _describe_value(v) | {"formula": texts[a]} for a, v in values.items()},
        "problems": {name: _explain_slot(text, shown.filled[name], values) for name, text in entries.items()},
    }


def _explain_slot(text: str, cells: tuple[Address, ...], values: Mapping[Address, Value]) -> str:
    """Return the sentence for the first mistake in a slot's cells, or ""."""
    if not is_formula(text) and "(" in text and isinstance(values[cells[0]], str):
        return explain_error(FormulaError("", "no-equals"))
    for address in cells:
        value = values[address]
        if isinstance(value, FormulaError):
            sentence = f"{value.code} {explain_error(value)}"
            if address == cells[0]:
                return sentence
            return _("Cell {cell}: {sentence}").format(cell=format_address(address), sentence=sentence)
    return ""


def get_texts() -> dict[str, str]:
    """Return the texts that the page writes itself.

    Raises
    ------
    nothing
    """
    return {
        "sheet_grid": _("Spreadsheet"),
        "sheet_bar": _("Formula"),
        "sheet_empty": _("(empty)"),
        "sheet_help": _(
            "Write the formulas into the fields below; the sheet shows what they give. In the sheet, the arrow keys "
            "move between cells and Enter leads to the formula's field."
        ),
        "sheet_slot": _("Cell {cell}"),
        "sheet_fill": _("Filled over {range}"),
        "sheet_result": _("Result: {value}"),
        "sheet_open": _("No formula yet"),
        "sheet_functions": _("Functions that can be used"),
        "sheet_notation": _("A formula begins with =; arguments are separated by ; and numbers have a decimal comma."),
    }
