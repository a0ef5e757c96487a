"""Rules for a whole table: how they are written, and whether an edited table meets them."""

from __future__ import annotations

import itertools
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Annotated, Any, TypeAlias

from pydantic import Field

from autograder.questions.model import Cell, Code, LocalId, Number, Share, Strict
from autograder.questions.numbers import parse_vietnamese_number
from autograder.questions.tables.edit import EditedTable
from autograder.questions.tables.shape import BLANK, FirstTable, Meaning, is_masked, read_meaning, show_cell

Width = Annotated[float, Field(strict=True, ge=0)]
Columns = Annotated[tuple[LocalId, ...], Field(min_length=1)]
Rows: TypeAlias = list[Mapping[str, Meaning]]

_RANGE = re.compile(r"\s*([0-9.,]+)\s*[-\u2013\u2014]\s*([0-9.,]+)\s*")


@dataclass(frozen=True)
class Scene:
    """What a rule looks at."""

    first: FirstTable
    edited: EditedTable
    # rows that the rule leaves out
    without: frozenset[str]

    @property
    def rows(self) -> Rows:
        """Return the rows of the edited table, added ones last.

        Raises
        ------
        nothing
        """
        return [cells for row, cells in self.edited.rows.items() if row not in self.without] + list(self.edited.added)


class PartOfRule(Strict):
    """What one rule says."""

    @property
    def named_columns(self) -> tuple[str, ...]:
        """Return the columns that the rule speaks of.

        Raises
        ------
        nothing
        """
        raise NotImplementedError

    def is_met(self, scene: Scene) -> bool:
        """Tell whether a table meets the rule.

        Raises
        ------
        nothing
        """
        raise NotImplementedError


class OfColumn(PartOfRule):
    """A rule about one column."""

    column: LocalId

    @property
    def named_columns(self) -> tuple[str, ...]:
        """Return the column.

        Raises
        ------
        nothing
        """
        return (self.column,)


class OfColumns(PartOfRule):
    """A rule about several columns."""

    columns: Columns

    @property
    def named_columns(self) -> tuple[str, ...]:
        """Return the columns.

        Raises
        ------
        nothing
        """
        return self.columns


class SumRule(OfColumn):
    """A column adds up to a number."""

    equals: Number
    within: Width = 0.0

    def is_met(self, scene: Scene) -> bool:
        """Tell whether the sum is right; a cell that is no number breaks the rule.

        Raises
        ------
        nothing
        """
        total = add_up(scene.rows, self.column)
        return total is not None and lie_near(total, self.equals, self.within)


class TotalRule(OfColumn):
    """A row holds the sum of the others."""

    row: LocalId
    within: Width = 0.0

    def is_met(self, scene: Scene) -> bool:
        """Tell whether the row is there and its sum right.

        Raises
        ------
        nothing
        """
        own = scene.edited.rows.get(self.row)
        if own is None:
            return False
        others = Scene(scene.first, scene.edited, scene.without | {self.row})
        sort, value = own[self.column]
        total = add_up(others.rows, self.column)
        return sort == "number" and total is not None and lie_near(total, value, self.within)


class AnonymousRule(OfColumns):
    """Every combination of these columns occurs at least k times."""

    k: Annotated[int, Field(strict=True, ge=2, le=100)]

    def is_met(self, scene: Scene) -> bool:
        """Tell whether nobody stands out; a masked cell counts as a value of its own.

        Raises
        ------
        nothing
        """
        counts = Counter(tuple(cells[column] for column in self.columns) for cells in scene.rows)
        return bool(counts) and min(counts.values()) >= self.k


class KeepRule(OfColumn):
    """A share of a column's values is still there: neither blank nor masked with *."""

    at_least: Share

    def is_met(self, scene: Scene) -> bool:
        """Tell whether enough is left; removed rows are lost.

        Raises
        ------
        nothing
        """
        rows, first = scene.edited.rows, scene.first.rows
        before = [r for r, cells in first.items() if r not in scene.without and not is_masked(cells[self.column])]
        kept = sum(1 for row in before if row in rows and not is_masked(rows[row][self.column]))
        return bool(before) and kept >= self.at_least * len(before)


class TruthRule(OfColumns):
    """Values may be made coarser, but stay true.

    The value itself, a mask, a range that holds it (1980-1989), its beginning (198*), the year or month of a date,
    or the name of a group that it belongs to.
    """

    groups: dict[str, tuple[Cell, ...]] = Field(default_factory=dict)

    def is_met(self, scene: Scene) -> bool:
        """Tell whether no cell says anything false about its first value.

        Raises
        ------
        nothing
        """
        rows = {row: cells for row, cells in scene.edited.rows.items() if row not in scene.without}
        pairs = [(column, scene.first.rows[row], cells) for row, cells in rows.items() for column in self.columns]
        return bool(pairs) and all(
            old[column] == new[column] or self._stays_true(scene.first.sorts[column], old[column], new[column])
            for column, old, new in pairs
        )

    def _stays_true(self, sort: str, old: Meaning, new: Meaning) -> bool:
        if is_masked(new):
            return True
        if new[0] != "text":
            return False
        text = str(new[1])
        if any(read_meaning(sort, show_cell(member)) == old for member in self.groups.get(text, ())):
            return True
        shown, number = _describe_first(old)
        start = text.rstrip("*")
        if text in shown or (start and start != text and shown[0].startswith(start)):
            return True
        ends = _RANGE.fullmatch(text)
        low, high = (parse_vietnamese_number(ends[place]) if ends else None for place in (1, 2))
        return number is not None and low is not None and high is not None and low <= number <= high


def _describe_first(value: Meaning) -> tuple[tuple[str, ...], Decimal | None]:
    """Return texts that are true of a value, the finest first, and the number that a range has to hold."""
    if value[0] == "number":
        return (f"{value[1]:f}",), value[1]
    if value[0] == "date":
        day = date.fromordinal(value[1])
        return (str(day.year), f"{day.month}/{day.year}", f"{day.month:02d}/{day.year}"), Decimal(day.year)
    return (str(value[1]),), None


class OverlapRule(PartOfRule):
    """Rows do not overlap in time, within each combination of ``by``; ``gap`` minutes lie between them."""

    start: LocalId
    end: LocalId
    by: tuple[LocalId, ...] = ()
    gap: Annotated[int, Field(strict=True, ge=0, le=1440)] = 0

    @property
    def named_columns(self) -> tuple[str, ...]:
        """Return the columns of both ends and of the groups.

        Raises
        ------
        nothing
        """
        return self.start, self.end, *self.by

    def is_met(self, scene: Scene) -> bool:
        """Tell whether the rows follow each other; rows without both times are left out.

        Raises
        ------
        nothing
        """
        spans: dict[tuple[Meaning, ...], list[tuple[Any, Any]]] = {}
        for cells in scene.rows:
            start, end = cells[self.start], cells[self.end]
            if start == end == BLANK:
                continue
            if start[0] != end[0] or start[0] in ("", "text") or end[1] <= start[1]:
                return False
            group = (*(cells[column] for column in self.by), (start[0], ""))
            spans.setdefault(group, []).append((start[1], end[1]))
        pairs = [pair for together in spans.values() for pair in itertools.pairwise(sorted(together))]
        return bool(spans) and all(after[0] >= before[1] + self.gap for before, after in pairs)


class BetweenRule(OfColumn):
    """Every cell of a column lies between two values."""

    low: Cell = None
    high: Cell = None

    def is_met(self, scene: Scene) -> bool:
        """Tell whether all cells are readable and inside.

        Raises
        ------
        nothing
        """
        sort = scene.first.sorts[self.column]
        low, high = (None if v is None else read_meaning(sort, show_cell(v)) for v in (self.low, self.high))
        cells = [row[self.column] for row in scene.rows]
        return bool(cells) and all(
            cell[0] == sort and (low is None or low <= cell) and (high is None or cell <= high) for cell in cells
        )


class Rule(Strict):
    """One rule for the whole table: exactly one of the fields behind ``without``."""

    weight: Annotated[float, Field(strict=True, gt=0, le=100)] = 1.0
    code: Code | None = None
    # rows that the rule leaves out, such as a row of totals
    without: tuple[LocalId, ...] = ()
    row_count: Annotated[int, Field(strict=True, ge=0)] | None = None
    unique: Columns | None = None
    sum: SumRule | None = None
    total: TotalRule | None = None
    k_anonymous: AnonymousRule | None = None
    keep: KeepRule | None = None
    truthful: TruthRule | None = None
    no_overlap: OverlapRule | None = None
    between: BetweenRule | None = None

    @property
    def names(self) -> list[str]:
        """Return which rules are written: one, if the author made no mistake.

        Raises
        ------
        nothing
        """
        return [name for name in RULES if getattr(self, name) is not None]

    @property
    def named_columns(self) -> tuple[str, ...]:
        """Return the columns that the rule speaks of.

        Raises
        ------
        nothing
        """
        return (*(self.unique or ()), *(column for part in self._parts for column in part.named_columns))

    @property
    def _parts(self) -> list[PartOfRule]:
        parts = (self.sum, self.total, self.k_anonymous, self.keep, self.truthful, self.no_overlap, self.between)
        return [part for part in parts if part is not None]

    def is_met(self, first: FirstTable, edited: EditedTable) -> bool:
        """Tell whether an edited table meets the rule.

        Raises
        ------
        nothing
        """
        scene = Scene(first, edited, frozenset(self.without))
        if self.row_count is not None and len(scene.rows) != self.row_count:
            return False
        if self.unique is not None:
            found = {tuple(cells[column] for column in self.unique) for cells in scene.rows}
            if not found or len(found) != len(scene.rows):
                return False
        return all(part.is_met(scene) for part in self._parts)


RULES = tuple(name for name in Rule.model_fields if name not in ("weight", "code", "without"))


def add_up(rows: Sequence[Mapping[str, Meaning]], column: str) -> Decimal | None:
    """Return the sum of a column; blank and masked cells add nothing, and other text makes it None.

    Raises
    ------
    nothing
    """
    total = Decimal(0)
    for cells in rows:
        sort, value = cells[column]
        if sort == "number":
            total += value
        elif not is_masked((sort, value)):
            return None
    return total


def lie_near(number: Decimal, value: Number | Decimal, within: float) -> bool:
    """Tell whether two numbers lie at most ``within`` apart.

    Raises
    ------
    nothing
    """
    return abs(number - Decimal(str(value))) <= Decimal(str(within))
