"""Spreadsheet formulas as they are written in Vietnam, for the kind ``sheet``: read, evaluated, shown.

Nothing is executed: a formula becomes a tree of a closed set of operators and functions.  Length, depth and the number
of cells read are bounded, and every mistake is a value (``#NAME?``, ``#DIV/0!``, …), never an exception.
"""

from __future__ import annotations

from autograder.questions.formulas.evaluation import (
    Content,
    Evaluation,
    Placed,
    SheetData,
    fill_entry,
    place_entry,
    shift_formula,
)
from autograder.questions.formulas.functions import FUNCTIONS
from autograder.questions.formulas.syntax import MAX_CHARACTERS, Formula, is_formula, read_formula
from autograder.questions.formulas.values import (
    Address,
    Date,
    FormulaError,
    Value,
    format_address,
    parse_address,
    read_constant,
    show_value,
)

__all__ = [
    "FUNCTIONS",
    "MAX_CHARACTERS",
    "Address",
    "Content",
    "Date",
    "Evaluation",
    "Formula",
    "FormulaError",
    "Placed",
    "SheetData",
    "Value",
    "fill_entry",
    "format_address",
    "is_formula",
    "parse_address",
    "place_entry",
    "read_constant",
    "read_formula",
    "shift_formula",
    "show_value",
]
