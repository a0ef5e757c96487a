"""The key, ready for comparison with an edited table."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from autograder.questions.kinds.table.block import CellKey, TableKey
from autograder.questions.tables.edit import EditedTable, read_table
from autograder.questions.tables.rules import Rule
from autograder.questions.tables.shape import FirstTable, Meaning, read_meaning, show_cell


@dataclass(frozen=True)
class Wanted:
    """What is right in one cell."""

    meanings: tuple[Meaning, ...]
    within: Decimal

    @staticmethod
    def read(sort: str, key: CellKey) -> Wanted:
        """Read a cell of the key.

        Raises
        ------
        nothing
        """
        meanings = tuple(read_meaning(sort, show_cell(value)) for value in key.accept)
        return Wanted(meanings, Decimal(str(key.within)))

    def takes(self, found: Meaning) -> bool:
        """Tell whether a value is right.

        Raises
        ------
        nothing
        """
        if found in self.meanings:
            return True
        near = self.within and found[0] == "number"
        return bool(near) and any(s == "number" and abs(found[1] - v) <= self.within for s, v in self.meanings)


@dataclass(frozen=True)
class Comparison:
    """How an edited table compares with the key."""

    # key cells and rows that are right, in number
    right: int
    # key cells that are not right, in rows that are still there
    open_cells: tuple[tuple[str, str], ...]
    # cells that were changed without need
    spoilt: tuple[tuple[str, str], ...]
    # rows removed without need, and rows that should have been removed
    lost: tuple[str, ...]
    kept: tuple[str, ...]
    # not right and without need, in number
    missing: int
    extra: int

    @property
    def f1(self) -> float:
        """Return the balance of precision and recall.

        Raises
        ------
        nothing
        """
        whole = 2 * self.right + self.missing + self.extra
        return 2 * self.right / whole if whole else 0.0


@dataclass(frozen=True)
class Goal:
    """A key, ready for comparison."""

    first: FirstTable
    key: TableKey
    cells: dict[tuple[str, str], Wanted]
    added: tuple[dict[str, Wanted], ...]
    # how much the rules count here
    weight: float
    # the rules' weight that the first table meets, and all of it
    met_first: float
    met_all: float
    # what emptying, masking or removing everything would earn
    guess: float = 0.0

    @staticmethod
    def read(first: FirstTable, key: TableKey, weight: float) -> Goal:
        """Read a key.  Places that do not exist are left out; ``find_problems`` reports them.

        Raises
        ------
        nothing
        """
        cells = _read_wanted(first, key)
        added = tuple(
            {c: Wanted.read(first.sorts[c], cell) for c, cell in row.items() if c in first.sorts} for row in key.added
        )
        known = frozenset(first.sorts)
        rules = [rule for rule in key.rules if len(rule.names) == 1 and known.issuperset(rule.named_columns)]
        whole = sum(rule.weight for rule in rules)
        met = sum(rule.weight for rule in rules if rule.is_met(first, EditedTable(first.rows)))
        has_targets = bool(cells or added or key.removed)
        weight = 1.0 if not has_targets else weight if whole > met else 0.0
        plain = Goal(first, key.model_copy(update={"rules": tuple(rules)}), cells, added, weight, met, whole)
        return replace(plain, guess=max((plain.rate(table)[0] for table in _iter_guesses(first)), default=0.0))

    def rate(self, edited: EditedTable) -> tuple[float, Comparison, list[Rule]]:
        """Return the share that cells and rules earn, and what is wrong.

        Raises
        ------
        nothing
        """
        compared = self.compare(edited)
        broken = [rule for rule in self.key.rules if not rule.is_met(self.first, edited)]
        met = self.met_all - sum(rule.weight for rule in broken)
        gain = self.met_all - self.met_first
        rules = max(0.0, (met - self.met_first) / gain) if gain > 0 else 0.0
        return (1 - self.weight) * compared.f1 + self.weight * rules, compared, broken

    def compare(self, edited: EditedTable) -> Comparison:
        """Compare a table with the key, cell by cell.

        Raises
        ------
        nothing
        """
        rows, first = edited.rows, self.first.rows
        open_cells = tuple(
            place
            for place, wanted in self.cells.items()
            if place[0] in rows and not wanted.takes(rows[place[0]][place[1]])
        )
        gone_cells = sum(1 for row, _column in self.cells if row not in rows)
        spoilt = tuple(
            (row, column)
            for row, column in edited.texts
            if (row, column) not in self.cells
            and column not in self.key.free
            and rows[row][column] != first[row][column]
        )
        removed = frozenset(row for row in self.key.removed if row in first)
        lost = tuple(row for row in first if row not in rows and row not in removed)
        kept = tuple(row for row in removed if row in rows)
        matched = self._match_added(edited.added)
        needless = max(0, len(edited.added) - matched - self.key.free_rows)
        right = len(self.cells) - len(open_cells) - gone_cells + len(removed) - len(kept) + matched
        missing = len(open_cells) + gone_cells + len(kept) + len(self.added) - matched
        return Comparison(right, open_cells, spoilt, lost, kept, missing, len(spoilt) + len(lost) + needless)

    def _match_added(self, added: Sequence[Mapping[str, Meaning]]) -> int:
        left = list(added)
        for wanted in self.added:
            place = next((n for n, row in enumerate(left) if all(w.takes(row[c]) for c, w in wanted.items())), None)
            if place is not None:
                left.pop(place)
        return len(added) - len(left)


def _read_wanted(first: FirstTable, key: TableKey) -> dict[tuple[str, str], Wanted]:
    cells = {
        (row, column): Wanted.read(first.sorts[column], cell)
        for row, columns in key.cells.items()
        for column, cell in columns.items()
        if row in first.rows and column in first.sorts
    }
    for column, cell in key.columns.items():
        wanted = Wanted.read(first.sorts.get(column, ""), cell)
        for row, meanings in first.rows.items():
            if column in meanings and row not in key.removed and not wanted.takes(meanings[column]):
                cells.setdefault((row, column), wanted)
    return cells


def _iter_guesses(first: FirstTable) -> Iterator[EditedTable]:
    """Yield tables of somebody who knows nothing: every cell blank, every cell masked, no row left."""
    for text in ("", "*"):
        answer = [{"id": row} | dict.fromkeys(first.sorts, text) for row in first.rows]
        edited = read_table(first, answer)
        if edited is not None:
            yield edited
    if "remove" in first.allow:
        yield EditedTable({})
