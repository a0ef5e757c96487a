"""table (R6): put a table right.  Scored by the cells of the key and by rules for the whole table (G6)."""

from __future__ import annotations

import functools
import math
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field

from autograder.errors import ContentError
from autograder.locale import _
from autograder.questions.kinds.kind import Guess, Kind
from autograder.questions.model import (
    MAX_ITEMS,
    BaseQuestion,
    Cell,
    Code,
    LocalId,
    Share,
    Strict,
    Text,
    find_key_gaps,
    find_unknown_codes,
    read_text,
)
from autograder.questions.outcome import ItemResult, Outcome
from autograder.questions.tables.edit import (
    MAX_ANSWER_ROWS,
    MAX_CHARACTERS,
    EditedTable,
    is_emptied,
    is_touched,
    read_cell_text,
    read_table,
)
from autograder.questions.tables.rules import RULES, Rule
from autograder.questions.tables.shape import (
    MAX_ROWS,
    Column,
    FirstTable,
    Meaning,
    TableItem,
    is_masked,
    read_meaning,
    show_cell,
)

MAX_CHOSEN = 50
# What cells and rules may say of a table that was emptied: those who leave a little of it get nearly as much.
MAX_GUESS = 0.5
BITS_PER_CELL = 8.0

Width = Annotated[float, Field(strict=True, ge=0)]


def _expand_cell(value: Any) -> Any:
    if isinstance(value, list):
        return {"accept": value}
    if not isinstance(value, dict):
        return {"accept": [value]}
    if "value" in value and "accept" not in value:
        return {"accept": [value["value"]]} | {name: inner for name, inner in value.items() if name != "value"}
    return value


class CellKey(Strict):
    """What is right in one cell: one of these values."""

    accept: Annotated[tuple[Cell, ...], Field(min_length=1, max_length=50)]
    within: Width = 0.0


class WrittenCell(Strict):
    """One right value as an author may write it, with how far from it is still right."""

    value: Cell
    within: Width = 0.0


ShortCell = Annotated[
    CellKey, BeforeValidator(_expand_cell, json_schema_input_type=Cell | list[Cell] | WrittenCell | CellKey)
]
KeyCells = dict[LocalId, ShortCell]


class KnownCell(Strict):
    """A mistake that tells a misconception: in a row and a column (left out: in any), with a value (left out: any).

    Without a column it is about the row as a whole: removed without need, or not removed.
    """

    row: LocalId | None = None
    column: LocalId | None = None
    value: Cell = None
    code: Code

    @property
    def has_value(self) -> bool:
        """Tell whether only one value is meant.

        Raises
        ------
        nothing
        """
        return "value" in self.model_fields_set


class TableKey(Strict):
    """What the table should become."""

    # row → column → what is right there
    cells: dict[LocalId, KeyCells] = Field(default_factory=dict)
    # column → what is right in every row of it, where cells says nothing else
    columns: KeyCells = Field(default_factory=dict)
    # rows to remove
    removed: tuple[LocalId, ...] = ()
    # rows to add
    added: Annotated[tuple[KeyCells, ...], Field(max_length=50)] = ()
    # columns in which cells may change freely: only rules judge them
    free: tuple[LocalId, ...] = ()
    # so many added rows are judged by rules only
    free_rows: Annotated[int, Field(strict=True, ge=0, le=MAX_ANSWER_ROWS)] = 0
    wrong: tuple[KnownCell, ...] = ()
    rules: Annotated[tuple[Rule, ...], Field(max_length=30)] = ()
    why: Text | None = None
    source: str | None = None


class TableScore(Strict):
    """G6."""

    by: Literal["table"]
    # how much the rules count, where there are any
    rules: Share = 0.5


class TableQuestion(BaseQuestion):
    """One or more tables to put right."""

    kind: Literal["table"]
    items: Annotated[tuple[TableItem, ...], Field(min_length=1, max_length=MAX_ITEMS)]
    key: dict[LocalId, TableKey] | None = None
    score: TableScore | None = None

    @functools.cached_property
    def tables(self) -> dict[str, FirstTable]:
        """Return each item's table as it stands at first.

        Raises
        ------
        nothing
        """
        return {item.id: FirstTable.read(item) for item in self.items}

    @functools.cached_property
    def goals(self) -> dict[str, Goal]:
        """Return the key, ready for comparison, by item.

        Raises
        ------
        nothing
        """
        weight = 0.5 if self.score is None else self.score.rules
        key = self.key or {}
        return {item.id: Goal.read(self.tables[item.id], key[item.id], weight) for item in self.items if item.id in key}


# ------------------------------------------------------------------ score


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


def score_table(question: TableQuestion, answer: Any, drawn: tuple[str, ...]) -> Outcome:
    """Score the drawn tables.

    Parameters
    ----------
    question : TableQuestion
        With key.
    answer : Any
        ``{item: [{"id": row, column: value, …}, …]}``, each table whole; any other JSON value counts as no answer.
    drawn : tuple of str

    Returns
    -------
    Outcome
        Fraction: mean over the drawn tables of ``(1 - w) F1 + w rules``.  The untouched table earns 0, and so does
        one in which nothing is left.

    Raises
    ------
    nothing

    Source
    ------
    Syllabus §3.0, G6.
    """
    results: list[ItemResult] = []
    codes: list[tuple[str, str | None]] = []
    for item in question.pick_items(drawn):
        if item.id not in question.goals:
            continue
        goal = question.goals[item.id]
        edited = read_table(goal.first, answer.get(item.id)) if isinstance(answer, dict) else None
        if edited is None or not is_touched(goal.first, edited):
            results.append(ItemResult(item.id, 0.0))
            continue
        share, compared, broken = goal.rate(edited)
        fraction = 0.0 if is_emptied(goal.first, edited) else share
        named = _list_codes(goal, edited, compared, broken)
        chosen, wrong = _list_chosen(goal, edited, compared)
        results.append(ItemResult(item.id, fraction, next(iter(named), None), chosen, wrong))
        codes += [(code, item.id) for code in named]
    whole = sum(result.fraction for result in results) / len(results) if results else 0.0
    return Outcome(whole, tuple(results), tuple(codes))


def _list_codes(goal: Goal, edited: EditedTable, compared: Comparison, broken: list[Rule]) -> list[str]:
    found: list[str] = []
    for known in goal.key.wrong:
        if known.column is None:
            rows = (*compared.lost, *compared.kept)
            is_met = any(known.row in (None, row) for row in rows)
        else:
            wanted = None
            if known.has_value and known.column in goal.first.sorts:
                wanted = read_meaning(goal.first.sorts[known.column], show_cell(known.value))
            is_met = any(
                known.row in (None, row) and known.column == column and wanted in (None, edited.rows[row][column])
                for row, column in (*compared.open_cells, *compared.spoilt)
            )
        found += [known.code] if is_met else []
    return list(dict.fromkeys([*found, *(rule.code for rule in broken if rule.code)]))


def _list_chosen(goal: Goal, edited: EditedTable, compared: Comparison) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return what stands in the key's cells and in changed ones, wrong ones first, and the wrong ones."""

    def show(row: str, column: str) -> str:
        text = edited.texts.get((row, column), goal.first.texts[row][column])
        return f"{row}.{column}={text}"[:MAX_CHARACTERS]

    wrong = [show(*place) for place in (*compared.open_cells, *compared.spoilt)]
    wrong += [f"-{row}" for row in compared.lost] + [f"={row}" for row in compared.kept]
    faulty = {*compared.open_cells, *compared.spoilt}
    places = dict.fromkeys([*goal.cells, *edited.texts])
    right = [show(*place) for place in places if place not in faulty and place[0] in edited.rows]
    right += [f"-{row}" for row in goal.key.removed if row in goal.first.rows and row not in edited.rows]
    return tuple([*wrong, *right][:MAX_CHOSEN]), tuple(wrong[:MAX_CHOSEN])


# ------------------------------------------------------------------ content rules


def find_problems(question: TableQuestion) -> Iterator[ContentError]:
    """Yield what is wrong in the tables, the key and the feedback.

    Raises
    ------
    nothing
    """
    key = question.key or {}
    yield from find_key_gaps(question, key)
    codes: dict[str, str] = {}
    for item in question.items:
        shape = list(find_shape_problems(item))
        yield from shape
        if item.id in key:
            entry = key[item.id]
            codes.update({known.code: item.id for known in entry.wrong})
            codes.update({rule.code: item.id for rule in entry.rules if rule.code})
            if not shape:
                yield from _find_key_problems(item, entry, question.goals[item.id])
    yield from find_unknown_codes(question, codes)


def find_shape_problems(item: TableItem) -> Iterator[ContentError]:
    """Yield what is wrong in the table itself: this needs no key.

    Raises
    ------
    nothing
    """
    columns = [column.id for column in item.columns]
    for name, ids in (("columns", ["id", *columns]), ("rows", [row.id for row in item.rows])):
        for identity in [i for i, times in Counter(ids).items() if times > 1]:
            yield ContentError(
                "table-id-repeated",
                _("Two columns or two rows have the same id"),
                where=f"{item.id}.{name}",
                found=identity,
                expected=_("each id once; no column is called id"),
                hint=_("give one of the two another id"),
            )
    for row in item.rows:
        for column in row.cells:
            if column not in columns:
                yield _refuse_place(f"{item.id}.rows.{row.id}", column, columns)
    for shown in item.columns:
        if (shown.type == "choice") != bool(shown.options):
            yield ContentError(
                "column-options",
                _("A column to choose in has no options, or another column has some"),
                where=f"{item.id}.columns.{shown.id}",
                found=shown.type,
                expected=_("type: choice with options: […]"),
                hint=_("add options, or change the type"),
            )


def _refuse_place(where: str, found: str, names: Sequence[str]) -> ContentError:
    return ContentError(
        "table-place-unknown",
        _("A row or column is named that the table does not have"),
        where=where,
        found=found,
        expected=_("one of: {names}").format(names=", ".join(names[:MAX_CHOSEN]) or "–"),
        hint=_("correct the id"),
    )


def _find_key_problems(item: TableItem, key: TableKey, goal: Goal) -> Iterator[ContentError]:
    first = goal.first
    rows, columns = list(first.rows), list(first.sorts)
    places: list[tuple[str, str | None, str | None]] = [(f"cells.{row}", row, None) for row in key.cells]
    places += [("removed", row, None) for row in key.removed]
    places += [(f"cells.{row}", None, column) for row, cells in key.cells.items() for column in cells]
    places += [("added", None, column) for cells in key.added for column in cells]
    places += [("columns", None, column) for column in key.columns] + [("free", None, column) for column in key.free]
    places += [("wrong", known.row, known.column) for known in key.wrong]
    for number, rule in enumerate(key.rules, start=1):
        where = f"rules.{number}"
        places += [(where, None, column) for column in rule.named_columns]
        places += [(where, row, None) for row in (*rule.without, *([rule.total.row] if rule.total else []))]
        if len(rule.names) != 1:
            yield ContentError(
                "rule-form",
                _("A rule says nothing, or two things at once"),
                where=f"{item.id}.{where}",
                found=", ".join(rule.names) or _("nothing"),
                expected=_("one of: {names}").format(names=", ".join(RULES)),
                hint=_("write one rule per entry"),
            )
    for where, row, column in places:
        if row is not None and row not in rows:
            yield _refuse_place(f"{item.id}.{where}", row, rows)
        if column is not None and column not in columns:
            yield _refuse_place(f"{item.id}.{where}", column, columns)
    yield from _find_cell_problems(item, key, goal)
    yield from _find_goal_problems(item, key, goal)


def _find_cell_problems(item: TableItem, key: TableKey, goal: Goal) -> Iterator[ContentError]:
    kinds = {column.id: column for column in item.columns}
    for (row, name), wanted in goal.cells.items():
        column, where = kinds[name], f"{item.id}.cells.{row}.{name}"
        before = goal.first.rows[row][name]
        shown = goal.first.texts[row][name]
        if column.fixed or row in key.removed:
            yield ContentError(
                "cell-not-editable",
                _("The key wants a change in a cell that cannot be changed, or whose row is to be removed"),
                where=where,
                found=shown,
                expected=_("a cell of a row that stays and of a column without fixed"),
                hint=_("remove the cell from the key, or open the column"),
            )
        elif wanted.takes(before):
            yield ContentError(
                "cell-already-right",
                _("A cell of the key is right before anybody changes it"),
                where=where,
                found=shown,
                expected=_("another value in the table's first state"),
                hint=_("list in the key only what must change"),
            )
        for sort, value in wanted.meanings:
            foreign = column.type == "choice" and value not in column.options
            unread = column.type in ("number", "date", "time") and sort == "text" and not is_masked((sort, value))
            if foreign or unread:
                yield ContentError(
                    "cell-value",
                    _("The key holds a value that cannot stand in this column"),
                    where=where,
                    found=value,
                    expected=_("a value of the column's type ({type}) or one of its options").format(type=column.type),
                    hint=_("correct the value, or the column's type"),
                )
    for known in key.wrong:
        if known.has_value and known.row is not None and known.column is not None:
            right = goal.cells.get((known.row, known.column))
            value = show_cell(known.value)
            if right is not None and right.takes(read_meaning(goal.first.sorts[known.column], value)):
                yield ContentError(
                    "wrong-value-is-right",
                    _("A known wrong value is also a right one"),
                    where=f"{item.id}.wrong",
                    found=value,
                    expected=_("a value that the key does not accept"),
                    hint=_("remove the value from wrong or from the key"),
                )


def _find_goal_problems(item: TableItem, key: TableKey, goal: Goal) -> Iterator[ContentError]:
    for name, rows, missing in (
        ("removed", key.removed, "remove" not in item.allow),
        ("added", (*key.added, *range(key.free_rows)), "add" not in item.allow),
    ):
        if rows and missing:
            yield ContentError(
                "rows-not-allowed",
                _("The key wants rows added or removed, and the page does not allow it"),
                where=f"{item.id}.{name}",
                found=", ".join(item.allow) or _("nothing"),
                expected="allow: [add, remove]",
                hint=_("write what is allowed into the item's allow"),
            )
    targets = bool(goal.cells or key.removed or key.added)
    if not targets and not key.rules:
        yield ContentError(
            "nothing-to-do",
            _("The key asks for no change at all"),
            where=item.id,
            expected=_("cells, columns, removed, added or rules"),
            hint=_("say what the table should become"),
        )
    elif key.rules and goal.met_all <= goal.met_first:
        yield ContentError(
            "rules-already-met",
            _("The table meets all rules before anybody changes it"),
            where=f"{item.id}.rules",
            found=_("{n} rules").format(n=len(key.rules)),
            expected=_("at least one rule that the first table breaks"),
            hint=_("remove the rules, or add what has to become right"),
        )
    if goal.guess > MAX_GUESS:
        yield ContentError(
            "table-guess",
            _("Emptying, masking or removing everything earns too much"),
            where=item.id,
            found=_("{share} % of the points").format(share=f"{100 * goal.guess:.0f}"),
            expected=_("at most {share} %").format(share=f"{100 * MAX_GUESS:.0f}"),
            hint=_("add rules that are broken by it, such as keep"),
        )


# ------------------------------------------------------------------ page


def read_answers(question: TableQuestion, answer: Any, drawn: tuple[str, ...]) -> dict[str, EditedTable]:
    """Return the drawn tables in which something was changed.

    Raises
    ------
    nothing
    """
    tables = {}
    for identity in drawn if isinstance(answer, dict) else ():
        first = question.tables.get(identity)
        edited = read_table(first, answer.get(identity)) if first else None
        if first and edited and is_touched(first, edited):
            tables[identity] = edited
    return tables


def count_answered(question: TableQuestion, answer: Any, drawn: tuple[str, ...]) -> int:
    """Return in how many drawn tables something was changed.

    Raises
    ------
    nothing
    """
    return len(read_answers(question, answer, drawn))


def _count_cell_bits(column: Column) -> float:
    return math.log2(len(column.options)) if column.options else BITS_PER_CELL


def count_bits(question: TableQuestion, drawn: tuple[str, ...]) -> float:
    """Return how many bits an answer has: some for every cell that can be changed.

    Raises
    ------
    nothing
    """
    bits = 1.0
    for item in question.pick_items(drawn):
        bits += len(item.rows) * sum(_count_cell_bits(column) for column in item.columns if not column.fixed)
    return bits


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


def list_guesses(question: TableQuestion) -> Iterator[Guess]:
    """Yield every cell blank, and every cell masked.

    Raises
    ------
    nothing
    """
    for name, text in ((_("every cell blank"), ""), (_("every cell masked"), "*")):
        tables = {
            item.id: [{"id": row.id} | {column.id: text for column in item.columns} for row in item.rows]
            for item in question.items
        }
        yield Guess(name, tables)


KIND = Kind(
    TableQuestion,
    score_table,
    find_problems,
    count_answered,
    count_bits,
    describe_item=describe_item,
    respond=respond,
    texts=get_texts,
    list_guesses=list_guesses,
)
