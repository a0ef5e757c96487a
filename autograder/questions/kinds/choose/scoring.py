"""How selections are read and scored: as a set (G2) or by the rules they meet (G7)."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from autograder.questions.kinds.choose.block import ChooseItem, ChooseQuestion, Option, Rule
from autograder.questions.kinds.marks.scoring import score_marks
from autograder.questions.outcome import ItemResult, Outcome

# More entries of an answer than this are not read: nobody ticks so many.
MAX_TICKS = 500
MAX_CHOSEN = 50
# Sums of costs such as 0.1 + 0.2 are not exact.
ROUNDING = 1e-9


def read_choices(question: ChooseQuestion, answer: Any, drawn: tuple[str, ...]) -> dict[str, frozenset[str]]:
    """Return what is ticked in drawn items.

    Parameters
    ----------
    question : ChooseQuestion
    answer : Any
        ``{item: [option]}``; what has another shape, and more ticks than the limit, count as not answered.
    drawn : tuple of str

    Returns
    -------
    dict
        Items in which something is ticked.

    Raises
    ------
    nothing
    """
    ticked: dict[str, frozenset[str]] = {}
    if not isinstance(answer, dict):
        return ticked
    for item in question.pick_items(drawn):
        value = answer.get(item.id)
        options = question.list_options(item)
        known = value[:MAX_TICKS] if isinstance(value, list) else []
        chosen = frozenset(option for option in known if isinstance(option, str) and option in options)
        if chosen and (question.limit is None or len(chosen) <= question.limit):
            ticked[item.id] = chosen
    return ticked


def add_costs(options: dict[str, Option], chosen: Iterable[str]) -> float:
    """Return what a selection costs.

    Raises
    ------
    nothing
    """
    return math.fsum(options[option].cost or 0 for option in chosen if option in options)


def correct_chance(fraction: float, chance: float) -> float:
    """Take off what an answer earns that knows nothing.

    Parameters
    ----------
    fraction : float
    chance : float
        What the best answer earns that is the same whatever the question asks.

    Returns
    -------
    float
        ``max(0, (fraction - chance) / (1 - chance))``; 0 where knowing nothing earns everything.

    Raises
    ------
    nothing
    """
    return max(0.0, (fraction - chance) / (1 - chance)) if chance < 1 else 0.0


def is_met(rule: Rule, chosen: frozenset[str], spent: float, budget: float | None) -> bool:
    """Tell whether a selection meets a rule.

    Raises
    ------
    nothing
    """
    if rule.budget and (budget is None or spent > budget + ROUNDING):
        return False
    least, most = rule.bounds
    return least <= sum(not chosen.isdisjoint(group) for group in rule.of) <= most


def weigh_rules(question: ChooseQuestion, item: ChooseItem, rules: Sequence[Rule], chosen: frozenset[str]) -> float:
    """Return the weight of the rules that a selection meets, of all weight.

    Raises
    ------
    nothing
    """
    spent = add_costs(question.list_options(item), chosen)
    weight = sum(rule.weight for rule in rules)
    return sum(rule.weight for rule in rules if is_met(rule, chosen, spent, question.budget)) / weight if rules else 0.0


def list_constant_choices(question: ChooseQuestion, item: ChooseItem) -> list[frozenset[str]]:
    """Return the selections that know nothing: nothing, and everything where the limit allows it.

    Raises
    ------
    nothing
    """
    everything = frozenset(question.list_options(item))
    allowed = question.limit is None or len(everything) <= question.limit
    return [frozenset(), everything] if allowed else [frozenset()]


def score_choose(question: ChooseQuestion, answer: Any, drawn: tuple[str, ...]) -> Outcome:
    """Score what is ticked in the drawn items.

    Parameters
    ----------
    question : ChooseQuestion
        With key.
    answer : Any
        ``{item: [option]}``; any other JSON value counts as no answer.
    drawn : tuple of str

    Returns
    -------
    Outcome
        By set: ``max(0, (TP - FP/2) / P)`` over all drawn items together.  By rules: mean over the items of the weight
        of the rules met.  Both less what ticking everything (or, by rules, nothing) earns.

    Raises
    ------
    nothing

    Source
    ------
    Syllabus §3.0, G2, G7, CAP.
    """
    key = question.key or {}
    drawn = tuple(identity for identity in drawn if identity in key)
    ticked = read_choices(question, answer, drawn)
    capped = any(not ticked[identity].isdisjoint(key[identity].cap) for identity in ticked)
    if question.has_rules:
        results, codes = _judge_rules(question, ticked, drawn)
        fraction = sum(result.fraction for result in results) / len(results) if results else 0.0
    else:
        results, codes = _judge_set(question, ticked, drawn)
        fraction = _score_set(question, ticked, drawn)
    return Outcome(fraction, tuple(results), tuple(codes), capped)


Judged = tuple[list[ItemResult], list[tuple[str, str | None]]]


def _score_set(question: ChooseQuestion, ticked: dict[str, frozenset[str]], drawn: tuple[str, ...]) -> float:
    key = question.key or {}
    wanted = {identity: frozenset(key[identity].options) for identity in drawn}
    items = question.pick_items(drawn)
    everything = {item.id: list_constant_choices(question, item)[-1] for item in items}
    chance = score_marks(wanted, everything)
    return correct_chance(score_marks(wanted, ticked), chance) if ticked else 0.0


def _judge_set(question: ChooseQuestion, ticked: dict[str, frozenset[str]], drawn: tuple[str, ...]) -> Judged:
    key = question.key or {}
    results: list[ItemResult] = []
    codes: list[tuple[str, str | None]] = []
    for item in question.pick_items(drawn):
        entry, chosen = key[item.id], ticked.get(item.id, frozenset())
        right = frozenset(entry.options)
        fraction = _score_set(question, {item.id: chosen} if chosen else {}, (item.id,))
        found = [code for option, code in entry.wrong.items() if option in chosen - right]
        if chosen:
            found += [code for option, code in entry.missed.items() if option in right - chosen]
        found = list(dict.fromkeys(found))
        results.append(_tell_item(question, item, fraction, found, chosen, chosen - right))
        codes += [(code, item.id) for code in found]
    return results, codes


def _judge_rules(question: ChooseQuestion, ticked: dict[str, frozenset[str]], drawn: tuple[str, ...]) -> Judged:
    key = question.key or {}
    results: list[ItemResult] = []
    codes: list[tuple[str, str | None]] = []
    for item in question.pick_items(drawn):
        entry, chosen = key[item.id], ticked.get(item.id, frozenset())
        if not chosen:
            results.append(ItemResult(item.id, 0.0))
            continue
        spent = add_costs(question.list_options(item), chosen)
        unmet = [rule for rule in entry.rules if not is_met(rule, chosen, spent, question.budget)]
        chance = max(weigh_rules(question, item, entry.rules, one) for one in list_constant_choices(question, item))
        fraction = correct_chance(weigh_rules(question, item, entry.rules, chosen), chance)
        found = list(dict.fromkeys(rule.code for rule in unmet if rule.code))
        wrong = chosen & {*entry.cap, *_list_surplus(unmet, chosen)}
        results.append(_tell_item(question, item, fraction, found, chosen, wrong))
        codes += [(code, item.id) for code in found]
    return results, codes


def _list_surplus(unmet: Iterable[Rule], chosen: frozenset[str]) -> Iterator[str]:
    """Yield the options of rules of which too many are ticked."""
    for rule in unmet:
        if sum(not chosen.isdisjoint(group) for group in rule.of) > rule.bounds[1]:
            yield from (option for group in rule.of for option in group)


def _tell_item(
    question: ChooseQuestion,
    item: ChooseItem,
    fraction: float,
    codes: list[str],
    chosen: frozenset[str],
    wrong: frozenset[str],
) -> ItemResult:
    named = [option for option in question.list_options(item) if option in chosen][:MAX_CHOSEN]
    return ItemResult(
        item.id, fraction, next(iter(codes), None), tuple(named), tuple(option for option in named if option in wrong)
    )


def count_answered(question: ChooseQuestion, answer: Any, drawn: tuple[str, ...]) -> int:
    """Return in how many drawn items something is ticked.

    Raises
    ------
    nothing
    """
    return len(read_choices(question, answer, drawn))


def count_bits(question: ChooseQuestion, drawn: tuple[str, ...]) -> float:
    """Return how many bits an answer has: every selection that the limit allows.

    Raises
    ------
    nothing
    """
    bits = 0.0
    for item in question.pick_items(drawn):
        number = len(question.list_options(item))
        most = number if question.limit is None else min(question.limit, number)
        bits += math.log2(sum(math.comb(number, k) for k in range(most + 1)))
    return bits
