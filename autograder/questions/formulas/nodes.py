"""The tree of a formula.  Every node gives a value or a grid; mistakes are values."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol, TypeAlias

from autograder.questions.formulas.values import (
    DIVIDED_BY_ZERO,
    MAX_COLUMNS,
    MAX_NUMBER,
    MAX_ROWS,
    MAX_TEXT,
    NUMBER_RANGE,
    OUTSIDE,
    RANGE_AS_VALUE,
    SHAPES_DIFFER,
    TOO_MUCH,
    Date,
    Failure,
    FormulaError,
    Grid,
    Value,
    compare_values,
    to_number,
    to_text,
)

Result: TypeAlias = Value | Grid


class Context(Protocol):
    """What nodes ask of the sheet in which they are evaluated."""

    # how far the formula was filled from where it is written
    columns: int
    rows: int

    def read_cell(self, column: int, row: int) -> Value:
        """Return a cell's value."""

    def read_range(self, left: int, top: int, right: int, bottom: int) -> Grid:
        """Return a range's values."""

    def spend(self, steps: int) -> None:
        """Count work; raise Failure when it is too much."""


class Node(Protocol):
    """A part of a formula."""

    def evaluate(self, context: Context) -> Result:
        """Return the value; no exception but Failure."""


@dataclass(frozen=True)
class Function:
    """A function that formulas can call."""

    # number of arguments
    least: int
    most: int
    # (context, nodes of the arguments) → value; may raise Failure
    call: Callable[[Context, Sequence[Node]], Result]


@dataclass(frozen=True)
class Constant:
    """A number, text or truth value that is written in the formula."""

    value: Value

    def evaluate(self, _context: Context) -> Result:
        return self.value


@dataclass(frozen=True)
class Reference:
    """One cell; a part marked with $ stays when the formula is filled."""

    column: int
    row: int
    is_column_fixed: bool
    is_row_fixed: bool

    def locate(self, context: Context) -> tuple[int, int]:
        """Return column and row after filling.

        Raises
        ------
        Failure
        """
        column = self.column + (0 if self.is_column_fixed else context.columns)
        row = self.row + (0 if self.is_row_fixed else context.rows)
        if not (0 <= column < MAX_COLUMNS and 0 <= row < MAX_ROWS):
            raise Failure(OUTSIDE)
        return column, row

    def evaluate(self, context: Context) -> Result:
        try:
            return context.read_cell(*self.locate(context))
        except Failure as failure:
            return failure.error

    def evaluate_range(self, context: Context) -> Grid:
        column, row = self.locate(context)
        return context.read_range(column, row, column, row)


@dataclass(frozen=True)
class Range:
    """A block of cells."""

    first: Reference
    last: Reference

    def evaluate(self, context: Context) -> Result:
        try:
            return self.evaluate_range(context)
        except Failure as failure:
            return failure.error

    def evaluate_range(self, context: Context) -> Grid:
        (c1, r1), (c2, r2) = self.first.locate(context), self.last.locate(context)
        return context.read_range(min(c1, c2), min(r1, r2), max(c1, c2), max(r1, r2))


@dataclass(frozen=True)
class Sign:
    """Plus or minus before a value."""

    node: Node
    is_negative: bool

    def evaluate(self, context: Context) -> Result:
        if not self.is_negative:
            return self.node.evaluate(context)
        return map_values(context, lambda values: -to_number(values[0]), [self.node.evaluate(context)])


@dataclass(frozen=True)
class Percent:
    """A value with % behind it."""

    node: Node

    def evaluate(self, context: Context) -> Result:
        return map_values(context, lambda values: to_number(values[0]) / 100, [self.node.evaluate(context)])


@dataclass(frozen=True)
class Binary:
    """Two values and the sign between them."""

    sign: str
    left: Node
    right: Node

    def evaluate(self, context: Context) -> Result:
        operation = _OPERATIONS[self.sign]
        values = [self.left.evaluate(context), self.right.evaluate(context)]
        return map_values(context, lambda pair: operation(pair[0], pair[1]), values)


@dataclass(frozen=True)
class Call:
    """A function with its arguments."""

    function: Function
    arguments: tuple[Node, ...]

    def evaluate(self, context: Context) -> Result:
        try:
            return check_value(self.function.call(context, self.arguments))
        except Failure as failure:
            return failure.error
        except (OverflowError, ValueError, ZeroDivisionError):
            return NUMBER_RANGE


def read_argument(context: Context, node: Node) -> Result:
    """Return an argument; a single cell comes as a grid, because functions read cells unlike written values.

    Raises
    ------
    Failure
    """
    if isinstance(node, Reference):
        return node.evaluate_range(context)
    return node.evaluate(context)


def read_scalar(context: Context, node: Node) -> Value:
    """Return an argument that has to be one value.

    Raises
    ------
    Failure
        It is a range of several cells, or a mistake.
    """
    value = node.evaluate(context)
    if isinstance(value, Grid):
        if not value.is_single:
            raise Failure(RANGE_AS_VALUE)
        value = value.single
    if isinstance(value, FormulaError):
        raise Failure(value)
    return value


def check_value(value: Result) -> Result:
    """Return a value, or a mistake where it is too large.

    Raises
    ------
    nothing
    """
    if isinstance(value, float) and not -MAX_NUMBER <= value <= MAX_NUMBER:
        return NUMBER_RANGE
    if isinstance(value, str) and len(value) > MAX_TEXT:
        return TOO_MUCH
    return value


def map_values(context: Context, operation: Callable[[Sequence[Value]], Value], values: Sequence[Result]) -> Result:
    """Apply an operation to values, and cell by cell to ranges of one shape.

    Raises
    ------
    nothing
    """
    try:
        grids = [value for value in values if isinstance(value, Grid) and not value.is_single]
        plain: list[Result] = [v.single if isinstance(v, Grid) and v.is_single else v for v in values]
        if not grids:
            return _apply(operation, plain)  # type: ignore[arg-type]
        if any(grid.shape != grids[0].shape for grid in grids):
            return SHAPES_DIFFER
        height = max(len(grid.rows) for grid in grids)
        width = max((len(grid.rows[0]) for grid in grids if grid.rows), default=0)
        context.spend(10 * height * width)
        rows = [[_apply(operation, [_pick(v, r, c) for v in plain]) for c in range(width)] for r in range(height)]
        return Grid(rows, grids[0].height, grids[0].width)
    except Failure as failure:
        return failure.error


def _pick(value: Result, row: int, column: int) -> Value:
    if not isinstance(value, Grid):
        return value
    return value.rows[row][column] if row < len(value.rows) and column < len(value.rows[row]) else None


def _apply(operation: Callable[[Sequence[Value]], Value], values: Sequence[Value]) -> Value:
    for value in values:
        if isinstance(value, FormulaError):
            return value
    try:
        return check_value(operation(values))  # type: ignore[return-value]
    except Failure as failure:
        return failure.error
    except (OverflowError, ValueError):
        return NUMBER_RANGE
    except ZeroDivisionError:
        return DIVIDED_BY_ZERO


def iter_shown(values: Sequence[Result]) -> Iterator[Value]:
    """Yield all values of arguments, cells and written values alike.

    Raises
    ------
    nothing
    """
    for value in values:
        if isinstance(value, Grid):
            yield from value.cells
        else:
            yield value


def _add(left: Value, right: Value) -> Value:
    total = to_number(left) + to_number(right)
    return Date(total) if isinstance(left, Date) != isinstance(right, Date) else total


def _subtract(left: Value, right: Value) -> Value:
    rest = to_number(left) - to_number(right)
    return Date(rest) if isinstance(left, Date) and not isinstance(right, Date) else rest


def _divide(left: Value, right: Value) -> Value:
    return to_number(left) / to_number(right)


def _raise(left: Value, right: Value) -> Value:
    base, exponent = to_number(left), to_number(right)
    if base == 0 and exponent == 0:
        return NUMBER_RANGE
    power = math.pow(base, exponent) if base != 0 or exponent > 0 else base / 0
    return power


def _join(left: Value, right: Value) -> Value:
    return to_text(left) + to_text(right)


_OPERATIONS: dict[str, Callable[[Value, Value], Value]] = {
    "+": _add,
    "-": _subtract,
    "*": lambda left, right: to_number(left) * to_number(right),
    "/": _divide,
    "^": _raise,
    "&": _join,
    "=": lambda left, right: compare_values(left, right) == 0,
    "<>": lambda left, right: compare_values(left, right) != 0,
    "<": lambda left, right: compare_values(left, right) < 0,
    "<=": lambda left, right: compare_values(left, right) <= 0,
    ">": lambda left, right: compare_values(left, right) > 0,
    ">=": lambda left, right: compare_values(left, right) >= 0,
}
