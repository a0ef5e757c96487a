"""The written form: a spreadsheet, its slots, the right formulas."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from autograder.questions.formulas import MAX_CHARACTERS
from autograder.questions.model import Cell, Code, Item, Share, Strict, Text

MAX_ROWS = 200

CellName = Annotated[str, StringConstraints(strict=True, pattern=r"^[A-Z]{1,2}[1-9][0-9]{0,2}$")]
RangeName = Annotated[
    str, StringConstraints(strict=True, pattern=r"^[A-Z]{1,2}[1-9][0-9]{0,2}:[A-Z]{1,2}[1-9][0-9]{0,2}$")
]
FormulaText = Annotated[str, StringConstraints(strict=True, min_length=2, max_length=MAX_CHARACTERS)]
Width = Annotated[float, Field(strict=True, ge=0)]


class Sheet(Strict):
    """What the spreadsheet holds before the learner writes into it."""

    # from A1 on; a text that begins with = is a formula, and 2026-04-03 is a date
    rows: Annotated[tuple[tuple[Cell, ...], ...], Field(max_length=MAX_ROWS)] = ()
    # single cells, beside or instead of rows
    cells: dict[CellName, Cell] = Field(default_factory=dict)
    # how many rows at the top are headings
    head: Annotated[int, Field(strict=True, ge=0, le=5)] = 1


class Slot(Strict):
    """A cell for the learner's formula."""

    label: Text
    # the cells over which the formula is filled, its own first
    fill: RangeName | None = None


class SheetItem(Item):
    """One spreadsheet."""

    sheet: Sheet
    slots: Annotated[dict[CellName, Slot], Field(min_length=1, max_length=20)]


class KnownFormula(Strict):
    """A wrong formula that tells which misconception led to it."""

    formula: FormulaText
    code: Code
    credit: Share = 0.0


class ShownOnly(Strict):
    """What is right by chance: on the data shown only, as a typed number is."""

    code: Code
    credit: Share = 0.0


class SlotKey(Strict):
    """The right formula of one slot."""

    formula: FormulaText
    within: Width = 1e-9
    wrong: tuple[KnownFormula, ...] = ()
    shown_only: ShownOnly | None = None


class SheetKey(Strict):
    """The right formulas of one spreadsheet."""

    slots: dict[CellName, SlotKey]
    # other data, each as the cells that differ from those shown
    hidden: Annotated[tuple[dict[CellName, Cell], ...], Field(min_length=2, max_length=10)]
    why: Text | None = None
    source: str | None = None


class FormulasScore(Strict):
    """G5, by what formulas give."""

    by: Literal["formulas"]
