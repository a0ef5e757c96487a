"""What marks earn (G2), and how many there can be."""

from __future__ import annotations

import math
from collections.abc import Hashable, Mapping
from typing import Any

from autograder.questions.kinds.marks.block import MarksItem, MarksKey, MarksQuestion
from autograder.questions.outcome import ItemResult, Outcome

MAX_CHOSEN = 50


def score_marks(
    wanted: Mapping[str, frozenset[Hashable]],
    marked: Mapping[str, frozenset[Hashable]],
    weights: Mapping[str, Mapping[Hashable, float]] | None = None,
) -> float:
    """Return the pooled set score.

    Parameters
    ----------
    wanted : Mapping
        Item → parts that should be marked; a part is anything hashable, such as an id or (id, kind of error).
    marked : Mapping
        Item → parts that were marked; items that are missing were not answered.
    weights : Mapping, optional
        Item → wanted part → what it counts; 1 where it is missing.

    Returns
    -------
    float
        ``max(0, (TP - FP/2) / P)``.  TP and P are sums of weights, each FP counts the mean weight of what is wanted.
        Where nothing is wanted, 1 for an answer without any mark, else 0.

    Raises
    ------
    nothing

    Source
    ------
    Syllabus §3.0, G2.
    """
    nothing: frozenset[Hashable] = frozenset()
    extra = sum(len(marked.get(item, nothing) - parts) for item, parts in wanted.items())
    number = sum(len(parts) for parts in wanted.values())
    if number == 0:
        return 1.0 if marked and extra == 0 else 0.0
    found = {item: parts & marked.get(item, nothing) for item, parts in wanted.items()}
    if weights is None:
        positives, hits = float(number), float(sum(len(parts) for parts in found.values()))
    else:
        positives, hits = _weigh(wanted, weights), _weigh(found, weights)
    return max(0.0, (hits - extra / 2 * (positives / number)) / positives)


def _weigh(parts: Mapping[str, frozenset[Hashable]], weights: Mapping[str, Mapping[Hashable, float]]) -> float:
    return sum(weights.get(item, {}).get(part, 1.0) for item, found in parts.items() for part in found)


def read_marks(question: MarksQuestion, answer: Any, drawn: tuple[str, ...]) -> dict[str, dict[str, str | None]]:
    """Return the marks on drawn items: part → kind of error, None without one.

    Parameters
    ----------
    question : MarksQuestion
    answer : Any
        ``{item: [part]}`` or ``{item: {part: kind}}``; what is neither counts as not answered.
    drawn : tuple of str

    Raises
    ------
    nothing
    """
    if not isinstance(answer, dict):
        return {}
    types = question.types or {}
    marked: dict[str, dict[str, str | None]] = {}
    for item in question.pick_items(drawn):
        value, known = answer.get(item.id), item.part_set
        if isinstance(value, list):
            marked[item.id] = {part: None for part in value if isinstance(part, str) and part in known}
        elif isinstance(value, dict):
            marked[item.id] = {
                part: given if isinstance(given, str) and given in types else None
                for part, given in value.items()
                if isinstance(part, str) and part in known
            }
    return marked


def score_question(question: MarksQuestion, answer: Any, drawn: tuple[str, ...]) -> Outcome:
    """Score the marks on the drawn items.

    Parameters
    ----------
    question : MarksQuestion
        With key.
    answer : Any
        ``{item: [part]}``, with kinds of error ``{item: {part: kind}}``; any other JSON value counts as no answer.
    drawn : tuple of str

    Returns
    -------
    Outcome
        With kinds of error the set is one of pairs: a right part of the wrong kind is one mark without need and one
        that is missed.  A right part without any kind is only missed.

    Raises
    ------
    nothing
    """
    key = question.key or {}
    drawn = tuple(identity for identity in drawn if identity in key)
    marked = read_marks(question, answer, drawn)
    wanted = {one: frozenset((part, key[one].find_type(part)) for part in key[one].marks) for one in drawn}
    given = {one: _pair(question, key[one], parts) for one, parts in marked.items()}
    weights: dict[str, dict[Hashable, float]] = {
        one: {(part, key[one].find_type(part)): weight for part, weight in key[one].weights.items()} for one in drawn
    }
    results: list[ItemResult] = []
    codes: list[tuple[str, str | None]] = []
    for item in question.pick_items(drawn):
        one = item.id
        parts = marked.get(one, {})
        found = _list_codes(key[one], parts) if one in marked else []
        fraction = score_marks({one: wanted[one]}, {one: given[one]} if one in given else {}, {one: weights[one]})
        results.append(ItemResult(one, fraction, next(iter(found), None), *_list_choices(item, key[one], parts)))
        codes += [(code, one) for code in found]
    capped = any(part in parts for one, parts in marked.items() for part in key[one].cap)
    fraction = score_marks(wanted, given, weights) if any(marked.values()) else 0.0
    return Outcome(fraction, tuple(results), tuple(codes), capped)


def _pair(question: MarksQuestion, key: MarksKey, parts: Mapping[str, str | None]) -> frozenset[Hashable]:
    if question.types is None:
        return frozenset((part, None) for part in parts)
    return frozenset((part, kind) for part, kind in parts.items() if kind is not None or part not in key.marks)


def _list_choices(item: MarksItem, key: MarksKey, parts: Mapping[str, str | None]) -> tuple[tuple[str, ...], ...]:
    """Return what was marked and what of it was not right, as ``part`` or ``part:kind``, in the parts' order."""
    chosen: list[str] = []
    wrong: list[str] = []
    for part in item.part_ids if parts else ():
        if part not in parts:
            continue
        if len(chosen) == MAX_CHOSEN:
            break
        kind = parts[part]
        name = part if kind is None else f"{part}:{kind}"
        chosen.append(name)
        if part not in key.marks or kind not in (None, key.find_type(part)):
            wrong.append(name)
    return tuple(chosen), tuple(wrong)


def _list_codes(key: MarksKey, marked: Mapping[str, str | None]) -> list[str]:
    wrong = [code for part, code in key.wrong.items() if part in marked and part not in key.marks]
    missed = [code for part, code in key.missed.items() if part in key.marks and part not in marked]
    other = [code for part, code in key.mistyped.items() if marked.get(part) not in (None, key.find_type(part))]
    return list(dict.fromkeys(wrong + missed + other))


def count_answered(question: MarksQuestion, answer: Any, drawn: tuple[str, ...]) -> int:
    """Return how many drawn items have a mark.

    Raises
    ------
    nothing
    """
    return sum(1 for parts in read_marks(question, answer, drawn).values() if parts)


def count_bits(question: MarksQuestion, drawn: tuple[str, ...]) -> float:
    """Return how many bits an answer has: for every part, marked or not and as what.

    Raises
    ------
    nothing
    """
    each = math.log2(1 + len(question.types or "1"))
    return each * sum(len(item.part_ids) for item in question.pick_items(drawn))
