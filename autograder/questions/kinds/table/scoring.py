"""Edited tables read, and what they earn (G6)."""

from __future__ import annotations

import math
from typing import Any

from autograder.questions.kinds.table.goal import Comparison, Goal
from autograder.questions.kinds.table.question import TableQuestion
from autograder.questions.outcome import ItemResult, Outcome
from autograder.questions.tables.edit import MAX_CHARACTERS, EditedTable, is_emptied, is_touched, read_table
from autograder.questions.tables.rules import Rule
from autograder.questions.tables.shape import Column, read_meaning, show_cell

MAX_CHOSEN = 50
BITS_PER_CELL = 8.0


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
