"""The search for a selection that meets all rules of an item."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence

from autograder.questions.kinds.choose.block import ChooseItem, ChooseQuestion, Rule
from autograder.questions.kinds.choose.scoring import ROUNDING, add_costs, is_met

# Up to so many options the content check tries every selection.
MAX_TRIED_OPTIONS = 16


def find_selection(question: ChooseQuestion, item: ChooseItem) -> tuple[str, ...] | None:
    """Return a selection that earns everything in one item.

    Parameters
    ----------
    question : ChooseQuestion
        With key.
    item : ChooseItem

    Returns
    -------
    tuple of str or None
        Option ids in their order.  None where there is none; with more than 16 options in the rules also where simple
        improvement, step by step, finds none.

    Raises
    ------
    nothing
    """
    entry = (question.key or {}).get(item.id)
    if entry is None:
        return None
    if not question.has_rules:
        return entry.options
    options = question.list_options(item)
    named = {option for rule in entry.rules for group in rule.of for option in group}
    counted = [option for option in options if option in named]
    tried = _improve(question, item, entry.rules, counted)
    if len(counted) <= MAX_TRIED_OPTIONS:
        tried = itertools.chain(tried, _try_all(counted))
    for chosen in tried:
        fits = question.limit is None or len(chosen) <= question.limit
        if chosen and fits and _meets_all(question, item, entry.rules, chosen):
            return tuple(option for option in options if option in chosen)
    return None


def _meets_all(question: ChooseQuestion, item: ChooseItem, rules: Sequence[Rule], chosen: frozenset[str]) -> bool:
    spent = add_costs(question.list_options(item), chosen)
    return all(is_met(rule, chosen, spent, question.budget) for rule in rules)


def _try_all(options: list[str]) -> Iterator[frozenset[str]]:
    for mask in range(1, 1 << len(options)):
        yield frozenset(option for place, option in enumerate(options) if mask >> place & 1)


def _improve(
    question: ChooseQuestion, item: ChooseItem, rules: Sequence[Rule], options: list[str]
) -> Iterator[frozenset[str]]:
    """Yield what is reached from nothing and from everything by the best single tick, again and again."""
    for start in (frozenset[str](), frozenset(options)):
        chosen, missing = start, _measure_gap(question, item, rules, start)
        while missing and options:
            steps = [chosen ^ {option} for option in options]
            gaps = [_measure_gap(question, item, rules, step) for step in steps]
            best = min(range(len(steps)), key=gaps.__getitem__)
            if gaps[best] >= missing:
                break
            chosen, missing = steps[best], gaps[best]
        yield chosen


def _measure_gap(question: ChooseQuestion, item: ChooseItem, rules: Sequence[Rule], chosen: frozenset[str]) -> float:
    """Return how far a selection is from meeting all rules: ticks too few or too many, and the share overspent."""
    gap = 0.0 if question.limit is None else float(max(0, len(chosen) - question.limit))
    for rule in rules:
        least, most = rule.bounds
        count = sum(not chosen.isdisjoint(group) for group in rule.of)
        gap += max(0, least - count, count - most)
        if rule.budget and question.budget is not None:
            spent = add_costs(question.list_options(item), chosen)
            over = spent - question.budget
            gap += over / max(spent, 1) if over > ROUNDING else 0.0
    return gap
