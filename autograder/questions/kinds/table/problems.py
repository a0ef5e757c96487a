"""Content rules: what an author can get wrong, and answers that know nothing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from autograder.errors import ContentError
from autograder.locale import _
from autograder.questions.kinds.kind import Guess
from autograder.questions.kinds.table.block import TableKey
from autograder.questions.kinds.table.goal import Goal
from autograder.questions.kinds.table.question import TableQuestion
from autograder.questions.kinds.table.scoring import MAX_CHOSEN
from autograder.questions.model import find_key_gaps, find_unknown_codes
from autograder.questions.tables.rules import RULES
from autograder.questions.tables.shape import TableItem, is_masked, read_meaning, show_cell

# What cells and rules may say of a table that was emptied: those who leave a little of it get nearly as much.
MAX_GUESS = 0.5


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
