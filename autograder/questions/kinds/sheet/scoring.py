"""Typed formulas read, and what they earn (G5)."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from typing import Any

from autograder.questions.formulas import MAX_CHARACTERS, FormulaError, Value, place_entry
from autograder.questions.kinds.sheet.block import SheetItem
from autograder.questions.kinds.sheet.question import SheetQuestion
from autograder.questions.kinds.sheet.trial import read_filled
from autograder.questions.outcome import ItemResult, Outcome

MAX_SHOWN = 200

BITS_PER_SLOT = 20.0


def read_entries(item: SheetItem, answer: Any) -> dict[str, str]:
    """Return what an answer writes into the slots of one item; what is no text of up to 300 characters is left out.

    Raises
    ------
    nothing
    """
    value = answer.get(item.id) if isinstance(answer, dict) else None
    if not isinstance(value, dict):
        return {}
    typed = {name: value.get(name) for name in item.slots}
    return {
        name: text.strip()
        for name, text in typed.items()
        if isinstance(text, str) and len(text) <= MAX_CHARACTERS and text.strip()
    }


def equal_values(found: Value, expected: Value, within: float) -> bool:
    """Tell whether two values are the same; numbers may lie apart by ``within`` and by rounding.

    Raises
    ------
    nothing
    """
    if isinstance(expected, float) and isinstance(found, float):
        return abs(found - expected) <= within + 1e-12 * abs(expected)
    if isinstance(expected, str) and isinstance(found, str):
        return unicodedata.normalize("NFC", found) == unicodedata.normalize("NFC", expected)
    if isinstance(expected, FormulaError) and isinstance(found, FormulaError):
        return found.code == expected.code
    return type(found) is type(expected) and found == expected


def score_sheet(question: SheetQuestion, answer: Any, drawn: tuple[str, ...]) -> Outcome:
    """Score the formulas of the drawn spreadsheets.

    Parameters
    ----------
    question : SheetQuestion
        With key.
    answer : Any
        ``{item: {slot: text}}``; any other JSON value counts as no answer.
    drawn : tuple of str

    Returns
    -------
    Outcome
        Fraction: mean over all slots of 1 (right on all data), the credit of the first wrong formula that gives the
        same, the credit of being right on the data shown only, or 0.

    Raises
    ------
    nothing

    Source
    ------
    Syllabus §3.0, R8 and G5; M10-E4.
    """
    key = question.key or {}
    results: list[ItemResult] = []
    codes: list[tuple[str, str | None]] = []
    earned: list[float] = []
    for item in question.pick_items(drawn):
        if item.id not in key:
            continue
        entries = read_entries(item, answer)
        shares = {}
        named: list[str] = []
        for name in question.trials[item.id].right:
            share, code = _judge_slot(question, item.id, name, entries.get(name, ""))
            shares[name] = share
            named += [code] if code else []
        named = list(dict.fromkeys(named))
        earned += shares.values()
        chosen = tuple(f"{name}: {entries[name]}"[:MAX_SHOWN] for name in shares if name in entries)
        wrong = tuple(f"{name}: {entries[name]}"[:MAX_SHOWN] for name, s in shares.items() if name in entries and s < 1)
        fraction = sum(shares.values()) / len(shares) if shares else 0.0
        results.append(ItemResult(item.id, fraction, next(iter(named), None), chosen, wrong))
        codes += [(code, item.id) for code in named]
    return Outcome(sum(earned) / len(earned) if earned else 0.0, tuple(results), tuple(codes))


def _judge_slot(question: SheetQuestion, item: str, name: str, text: str) -> tuple[float, str | None]:
    """Return the share of one slot and its misconception."""
    trial, shown, key = question.trials[item], question.grids[item], (question.key or {})[item].slots[name]
    if not text:
        return 0.0, None
    if text == key.formula:
        return 1.0, None
    # Other slots hold the reference: one mistake is counted once.
    entries = trial.references | shown.fill(name, place_entry(text))
    found: list[tuple[Value, ...]] = []

    def is_same(expected: Sequence[tuple[Value, ...]], count: int) -> bool:
        for place in range(count):
            if place == len(found):
                found.append(read_filled(shown, trial.data[place], name, entries))
            pairs = zip(found[place], expected[place], strict=True)
            if not all(equal_values(a, b, key.within) for a, b in pairs):
                return False
        return True

    right, count = trial.right[name], len(trial.data)
    if is_same(right, count) and not any(isinstance(value, FormulaError) for values in found for value in values):
        return 1.0, None
    for known, expected in zip(key.wrong, trial.wrong[name], strict=True):
        if is_same(expected, count):
            return known.credit, known.code
    if key.shown_only and is_same(right, 1):
        return key.shown_only.credit, key.shown_only.code
    return 0.0, None


def count_answered(question: SheetQuestion, answer: Any, drawn: tuple[str, ...]) -> int:
    """Return in how many drawn spreadsheets every slot is filled in.

    Raises
    ------
    nothing
    """
    return sum(1 for item in question.pick_items(drawn) if len(read_entries(item, answer)) == len(item.slots))


def count_bits(question: SheetQuestion, drawn: tuple[str, ...]) -> float:
    """Return how many bits an answer has.

    Raises
    ------
    nothing
    """
    return BITS_PER_SLOT * sum(len(item.slots) for item in question.pick_items(drawn))
