"""order (R4): put the items in order.  Scored by pairs and by rules of precedence (G4)."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator
from itertools import combinations
from typing import Annotated, Any, ClassVar, Literal

from pydantic import BeforeValidator, Field
from pydantic_core import PydanticCustomError

from autograder.errors import ContentError
from autograder.locale import _
from autograder.questions.kinds.kind import Kind
from autograder.questions.model import (
    BaseQuestion,
    Code,
    LocalId,
    Strict,
    Text,
    find_key_gaps,
    find_unknown_codes,
    read_text,
)
from autograder.questions.outcome import ItemResult, Outcome


def _expand_order(value: Any) -> Any:
    return {"order": value} if isinstance(value, list) else value


def _expand_rule(value: Any) -> Any:
    if isinstance(value, list) and len(value) in (2, 3):
        return dict(zip(("first", "then", "code"), value, strict=False))
    if isinstance(value, list):
        raise PydanticCustomError("rule_shape", "not a rule of two items")
    return value


class Precedence(Strict):
    """One item must come before another; written ``[first, then, MC-CODE]``."""

    first: LocalId
    then: LocalId
    code: Code | None = None


class OrderKey(Strict):
    """The right order."""

    order: tuple[LocalId, ...]
    must_precede: tuple[Annotated[Precedence, BeforeValidator(_expand_rule)], ...] = ()
    why: Text | None = None
    source: str | None = None


class OrderScore(Strict):
    """G4."""

    by: Literal["order"]


class OrderQuestion(BaseQuestion):
    """All drawn items in order."""

    IS_SHUFFLED: ClassVar[bool] = True

    kind: Literal["order"]
    key: Annotated[OrderKey, BeforeValidator(_expand_order)] | None = None
    score: OrderScore | None = None
    # what the two ends of the list mean, for example "Làm trước" and "Làm sau"
    ends: Annotated[tuple[Text, Text], Field()] | None = None


def read_order(answer: Any, drawn: tuple[str, ...]) -> tuple[str, ...] | None:
    """Return the drawn items in the answer's order, or None unless each comes exactly once.

    Raises
    ------
    nothing
    """
    if not isinstance(answer, list):
        return None
    wanted = frozenset(drawn)
    given = tuple(value for value in answer if isinstance(value, str) and value in wanted)
    return given if len(given) == len(drawn) == len(frozenset(given)) else None


def score_order(question: OrderQuestion, answer: Any, drawn: tuple[str, ...]) -> Outcome:
    """Score an order by concordant pairs and met rules.

    Parameters
    ----------
    question : OrderQuestion
        With key.
    answer : Any
        ``[item]``, every drawn item once; anything else earns 0.
    drawn : tuple of str

    Returns
    -------
    Outcome
        Fraction ``max(0, (C - D)/N)``; with rules among the drawn items, half of that and half of
        ``max(0, 2 met/rules - 1)``.

    Raises
    ------
    nothing

    Source
    ------
    Syllabus §3.0, G4.
    """
    key = question.key or OrderKey(order=())
    drawn = tuple(identity for identity in drawn if identity in key.order)
    given = read_order(answer, drawn)
    if given is None or len(given) < 2:
        return Outcome(0.0, tuple(ItemResult(identity, 0.0) for identity in sorted(drawn, key=key.order.index)))
    place = {identity: position for position, identity in enumerate(given)}
    right = [identity for identity in key.order if identity in place]
    pairs = list(combinations(right, 2))
    concordant = [(a, b) for a, b in pairs if place[a] < place[b]]
    fraction = max(0.0, (2 * len(concordant) - len(pairs)) / len(pairs))
    rules = [rule for rule in key.must_precede if rule.first in place and rule.then in place]
    broken = [rule for rule in rules if place[rule.first] > place[rule.then]]
    if rules:
        met = len(rules) - len(broken)
        fraction = fraction / 2 + max(0.0, 2 * met / len(rules) - 1) / 2
    hits = Counter(identity for pair in concordant for identity in pair)
    blamed = {rule.first: rule.code for rule in reversed(broken)}
    results = tuple(
        ItemResult(
            identity,
            hits[identity] / (len(right) - 1),
            blamed.get(identity),
            (str(place[identity] + 1),),
            () if place[identity] == position else (str(place[identity] + 1),),
        )
        for position, identity in enumerate(right)
    )
    codes = tuple(dict.fromkeys((rule.code, rule.first) for rule in broken if rule.code))
    return Outcome(fraction, results, codes)


def find_problems(question: OrderQuestion) -> Iterator[ContentError]:
    """Yield what is wrong between items, key and feedback.

    Raises
    ------
    nothing
    """
    if question.key is None:
        return
    order = question.key.order
    yield from find_key_gaps(question, dict.fromkeys(order))
    for identity, times in Counter(order).items():
        if times > 1:
            yield ContentError(
                "order-repeats",
                _("The key's order names an item twice"),
                where=identity,
                found=times,
                expected=1,
                hint=_("name every item exactly once"),
            )
    place = {identity: position for position, identity in enumerate(order)}
    for rule in question.key.must_precede:
        if rule.first not in place or rule.then not in place:
            yield ContentError(
                "rule-unknown-item",
                _("A rule of precedence names an item that does not exist"),
                where="key.must_precede",
                found=f"[{rule.first}, {rule.then}]",
                expected=_("ids of the items"),
                hint=_("correct the id"),
            )
        elif place[rule.first] >= place[rule.then]:
            yield ContentError(
                "rule-against-order",
                _("A rule of precedence contradicts the key's own order"),
                where="key.must_precede",
                found=f"[{rule.first}, {rule.then}]",
                expected=_("{first} before {then} in key.order").format(first=rule.first, then=rule.then),
                hint=_("turn the rule round, or correct the order"),
            )
    codes = {rule.code: "key.must_precede" for rule in question.key.must_precede if rule.code}
    yield from find_unknown_codes(question, codes)
    if len(question.items) < 3 or (question.draw or 3) < 3:
        yield ContentError(
            "order-too-short",
            _("An order of two items is guessed half of the time"),
            where="items",
            found=min(len(question.items), question.draw or len(question.items)),
            expected=_("at least 3 items shown"),
            hint=_("add items, or ask with kind: classify"),
        )


def count_answered(_question: OrderQuestion, answer: Any, drawn: tuple[str, ...]) -> int:
    """Return how many drawn items are placed: all or none.

    Raises
    ------
    nothing
    """
    return len(read_order(answer, drawn) or ())


def count_bits(_question: OrderQuestion, drawn: tuple[str, ...]) -> float:
    """Return how many bits an answer has: any order of the items.

    Raises
    ------
    nothing
    """
    return math.lgamma(len(drawn) + 1) / math.log(2)


def describe(question: OrderQuestion) -> dict[str, Any]:
    """Return what the page shows: what the two ends mean.

    Raises
    ------
    nothing
    """
    return {"ends": [read_text(text) for text in question.ends]} if question.ends else {}


def get_texts() -> dict[str, str]:
    """Return the texts that the page writes itself.

    Raises
    ------
    nothing
    """
    return {
        "position": _("Position of “{item}”"),
        "move_up": _("Move up: {item}"),
        "move_down": _("Move down: {item}"),
        "moved": _("“{item}” is now number {n} of {all}"),
        "keep_order": _("Keep this order"),
        "order_open": _("Not answered yet: arrange the items, or keep this order if you find it right."),
        "order_kept": _("Your order is recorded."),
    }


KIND = Kind(OrderQuestion, score_order, find_problems, count_answered, count_bits, describe=describe, texts=get_texts)
