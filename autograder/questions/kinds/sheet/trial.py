"""A spreadsheet as data, and what the key's formulas give on it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from autograder.questions.formulas import (
    Address,
    Content,
    Evaluation,
    SheetData,
    Value,
    fill_entry,
    is_formula,
    parse_address,
    place_entry,
    read_constant,
)
from autograder.questions.kinds.sheet.block import Sheet, SheetItem, SheetKey

MAX_FILLED = 40


@dataclass(frozen=True)
class ShownSheet:
    """A sheet as data."""

    data: SheetData
    # slot → the cells of its fill, its own first
    filled: dict[str, tuple[Address, ...]]

    @staticmethod
    def read(item: SheetItem) -> ShownSheet:
        """Read the public part of an item.

        Raises
        ------
        nothing
        """
        contents = {a: read_content(value) for a, value in list_cells(item.sheet).items()}
        filled = {name: list_filled(name, slot.fill) for name, slot in item.slots.items()}
        return ShownSheet(SheetData(contents, frozenset(a for cells in filled.values() for a in cells)), filled)

    def fill(self, slot: str, entry: Content) -> dict[Address, Content]:
        """Return the cells of a slot with an entry filled over them.

        Raises
        ------
        nothing
        """
        cells = self.filled[slot]
        column, row = cells[0]
        return {a: fill_entry(entry, a[0] - column, a[1] - row) for a in cells}


@dataclass(frozen=True)
class Trial:
    """A key tried out: the data sets, and what reference formulas and wrong ones give."""

    # shown first, then hidden ones
    data: tuple[SheetData, ...]
    # what the reference formulas put into the slots
    references: dict[Address, Content]
    # slot → for every data set the values of its cells
    right: dict[str, tuple[tuple[Value, ...], ...]]
    # slot → the same for each wrong formula
    wrong: dict[str, tuple[tuple[tuple[Value, ...], ...], ...]]

    @staticmethod
    def run(shown: ShownSheet, key: SheetKey) -> Trial:
        """Try a key.

        Raises
        ------
        nothing
        """
        references: dict[Address, Content] = {}
        for name, slot in key.slots.items():
            if name in shown.filled:
                references |= shown.fill(name, place_entry(slot.formula))
        changes = [{locate_cell(name): read_content(value) for name, value in one.items()} for one in key.hidden]
        slots = shown.data.slots
        data = (shown.data, *(SheetData(shown.data.contents | change, slots) for change in changes))
        names = [name for name in shown.filled if name in key.slots]
        right = {name: tuple(read_filled(shown, one, name, references) for one in data) for name in names}
        wrong = {
            name: tuple(
                tuple(
                    read_filled(shown, one, name, references | shown.fill(name, place_entry(known.formula)))
                    for one in data
                )
                for known in key.slots[name].wrong
            )
            for name in names
        }
        return Trial(data, references, right, wrong)


def read_content(value: Any) -> Content:
    """Return what an author's cell holds: a formula or a constant.

    Raises
    ------
    nothing
    """
    if isinstance(value, str) and is_formula(value):
        return place_entry(value)
    return read_constant(value)


def locate_cell(name: str) -> Address:
    """Return the address of a cell's name, that of A1 where it cannot be read.

    Raises
    ------
    nothing
    """
    return parse_address(name) or (0, 0)


def list_cells(sheet: Sheet) -> dict[Address, Any]:
    """Return what an author wrote, by address.

    Raises
    ------
    nothing
    """
    cells = {(column, row): value for row, line in enumerate(sheet.rows) for column, value in enumerate(line)}
    return cells | {locate_cell(name): value for name, value in sheet.cells.items()}


def list_filled(name: str, fill: str | None) -> tuple[Address, ...]:
    """Return the cells over which a slot is filled, its own first; the slot alone where the range does not fit.

    Raises
    ------
    nothing
    """
    first = locate_cell(name)
    if fill is None:
        return (first,)
    start, end = (locate_cell(part) for part in fill.split(":"))
    columns, rows = range(start[0], end[0] + 1), range(start[1], end[1] + 1)
    if start != first or not 1 <= len(columns) * len(rows) <= MAX_FILLED:
        return (first,)
    return tuple((column, row) for row in rows for column in columns)


def read_filled(shown: ShownSheet, data: SheetData, slot: str, entries: Mapping[Address, Content]) -> tuple[Value, ...]:
    """Return the values of a slot's cells, with entries in the slots.

    Raises
    ------
    nothing
    """
    evaluation = Evaluation(data, entries)
    return tuple(evaluation.value(address) for address in shown.filled[slot])
