"""A sheet's values: each cell once, when it is asked for, with a limit on the work."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeAlias

from autograder.questions.formulas.nodes import Node
from autograder.questions.formulas.syntax import MAX_CHARACTERS, Formula, is_formula, read_formula, shift_references
from autograder.questions.formulas.values import (
    CIRCULAR,
    RANGE_AS_VALUE,
    TOO_MUCH,
    Address,
    Failure,
    FormulaError,
    Grid,
    Value,
    read_number,
)

# Work in one evaluation, in steps of about 0.2 µs: a cell read is one, an operation on a cell of a range is ten.
MAX_STEPS = 20_000
# Each cell over which a formula is filled may do so much more: SUMPRODUCT of two conditions over 60 rows needs 1,200.
MAX_STEPS_PER_ENTRY = 1_300
# Ranges of a sheet that are kept for later evaluations.
MAX_KEPT_RANGES = 200
# Formulas that read formulas that read formulas …
MAX_CHAIN = 40


@dataclass(frozen=True)
class Placed:
    """A formula in a cell, perhaps filled from another."""

    formula: Formula
    columns: int = 0
    rows: int = 0

    @property
    def node(self) -> Node:
        """Return the formula's tree.

        Raises
        ------
        nothing
        """
        return self.formula.node


Content: TypeAlias = Value | Placed


def place_entry(text: str) -> Content:
    """Return what a person types into a cell: a formula, a number, a date, or a text.

    Raises
    ------
    nothing
    """
    if len(text) > MAX_CHARACTERS:
        return FormulaError("#ERROR!", "too-long", str(MAX_CHARACTERS))
    if is_formula(text):
        found = read_formula(text)
        return Placed(found) if isinstance(found, Formula) else found
    number = read_number(text)
    return text.strip() or None if number is None else number


def fill_entry(content: Content, columns: int, rows: int) -> Content:
    """Return what stands in a cell that is filled from another one.

    Raises
    ------
    nothing
    """
    return Placed(content.formula, columns, rows) if isinstance(content, Placed) else content


def shift_formula(text: str, columns: int, rows: int) -> str:
    """Return the text of a formula after filling.

    Raises
    ------
    nothing
    """
    return shift_references(text, columns, rows) if is_formula(text) else text


class SheetData:
    """What stands in a sheet, for many evaluations of it.

    Parameters
    ----------
    contents : Mapping
        Address → what stands there.
    slots : frozenset of Address
        Cells that an evaluation may replace.
    """

    def __init__(self, contents: Mapping[Address, Content], slots: frozenset[Address] = frozenset()) -> None:
        self.contents = {address: content for address, content in contents.items() if content is not None}
        self.slots = slots
        places = [*self.contents, *slots]
        self.width = 1 + max((column for column, _row in places), default=-1)
        self.height = 1 + max((row for _column, row in places), default=-1)
        self._ranges: dict[tuple[int, int, int, int], Grid] = {}

    def read_range(self, left: int, top: int, right: int, bottom: int) -> Grid | None:
        """Return a range that holds neither formulas nor slots, or None where it does.

        Raises
        ------
        nothing
        """
        place = (left, top, right, bottom)
        if place in self._ranges:
            return self._ranges[place]
        rows: list[list[Value]] = []
        for row in range(top, min(bottom + 1, self.height)):
            cells: list[Value] = []
            for column in range(left, min(right + 1, self.width)):
                content = self.contents.get((column, row))
                if isinstance(content, Placed) or (column, row) in self.slots:
                    return None
                cells.append(content)
            rows.append(cells)
        grid = Grid(rows, bottom - top + 1, right - left + 1)
        if len(self._ranges) < MAX_KEPT_RANGES:
            self._ranges[place] = grid
        return grid


class Evaluation:
    """The values of one sheet.

    Parameters
    ----------
    data : SheetData
    entries : Mapping
        What stands in slots.
    """

    def __init__(self, data: SheetData, entries: Mapping[Address, Content]) -> None:
        self.data, self.entries = data, entries
        self.columns = self.rows = 0
        self._values: dict[Address, Value] = {}
        self._ranges: dict[tuple[int, int, int, int], Grid] = {}
        self._waiting: set[Address] = set()
        self._left = MAX_STEPS + MAX_STEPS_PER_ENTRY * len(entries)

    def value(self, address: Address) -> Value:
        """Return the value of a cell.

        Raises
        ------
        nothing
        """
        try:
            return self.read_cell(*address)
        except Failure as failure:
            return failure.error

    def spend(self, steps: int) -> None:
        """Count work.

        Raises
        ------
        Failure
            It is too much.
        """
        self._left -= steps
        if self._left < 0:
            raise Failure(TOO_MUCH)

    def read_cell(self, column: int, row: int) -> Value:
        """Return the value of a cell, calculated when it is asked for first.

        Raises
        ------
        Failure
            It is too much work.
        """
        address = (column, row)
        content = self.entries.get(address) if address in self.entries else self.data.contents.get(address)
        if not isinstance(content, Placed):
            return content
        if address not in self._values:
            self._values[address] = self._calculate(address, content)
        return self._values[address]

    def _calculate(self, address: Address, placed: Placed) -> Value:
        if address in self._waiting:
            return CIRCULAR
        if len(self._waiting) >= MAX_CHAIN:
            return TOO_MUCH
        self._waiting.add(address)
        before = self.columns, self.rows
        self.columns, self.rows = placed.columns, placed.rows
        try:
            self.spend(1)
            result = placed.node.evaluate(self)
        except Failure as failure:
            result = failure.error
        except RecursionError:
            result = TOO_MUCH
        finally:
            self.columns, self.rows = before
            self._waiting.discard(address)
        if isinstance(result, Grid):
            result = result.single if result.is_single else RANGE_AS_VALUE
        # A formula that reads one blank cell gives 0.
        return 0.0 if result is None else result

    def read_range(self, left: int, top: int, right: int, bottom: int) -> Grid:
        """Return the values of a range as far as the sheet has content.

        Raises
        ------
        Failure
            It is too much work.
        """
        place = (left, top, right, bottom)
        if place not in self._ranges:
            columns = range(left, min(right + 1, self.data.width))
            rows = range(top, min(bottom + 1, self.data.height))
            self.spend(1 + len(columns) * len(rows))
            grid = self.data.read_range(left, top, right, bottom)
            if grid is None:
                cells = [[self.read_cell(column, row) for column in columns] for row in rows]
                grid = Grid(cells, bottom - top + 1, right - left + 1)
            self._ranges[place] = grid
        return self._ranges[place]
