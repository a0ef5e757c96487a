"""order (R4): put the items in order, or those that belong.  Scored by pairs and by rules of precedence (G4)."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator
from itertools import combinations
from typing import Annotated, Any, ClassVar, Literal

from pydantic import BeforeValidator, Field, StrictBool
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


def _expand_leave_out(value: Any) -> Any:
    is_list = isinstance(value, list) and all(isinstance(identity, str) for identity in value)
    return dict.fromkeys(value) if is_list else value


class Precedence(Strict):
    """One item must come before another; written ``[first, then, MC-CODE]``."""

    first: LocalId
    then: LocalId
    code: Code | None = None


ShortPrecedence = Annotated[Precedence, BeforeValidator(_expand_rule, json_schema_input_type=list[str] | Precedence)]
LeftOut = Annotated[
    dict[LocalId, Code | None],
    BeforeValidator(_expand_leave_out, json_schema_input_type=list[LocalId] | dict[LocalId, Code | None]),
]


class OrderKey(Strict):
    """The right order."""

    order: tuple[LocalId, ...]
    must_precede: tuple[ShortPrecedence, ...] = ()
    # items that do not belong → misconception of those who take them; also written as a list
    leave_out: LeftOut = Field(default_factory=dict)
    # those of them that are safety-critical to take
    cap: tuple[LocalId, ...] = ()
    why: Text | None = None
    source: str | None = None


ShortOrder = Annotated[OrderKey, BeforeValidator(_expand_order, json_schema_input_type=list[LocalId] | OrderKey)]


class OrderScore(Strict):
    """G4."""

    by: Literal["order"]


class OrderQuestion(BaseQuestion):
    """All drawn items in order, or with ``pick`` those of them that belong."""

    IS_SHUFFLED: ClassVar[bool] = True

    kind: Literal["order"]
    key: ShortOrder | None = None
    score: OrderScore | None = None
    # what the two ends of the list mean, for example "Làm trước" and "Làm sau"
    ends: Annotated[tuple[Text, Text], Field()] | None = None
    # the learner first chooses which items belong
    pick: StrictBool = False


def read_order(question: OrderQuestion, answer: Any, drawn: tuple[str, ...]) -> tuple[str, ...] | None:
    """Return the drawn items in the answer's order, or None where it is no order of them.

    Each must come exactly once; with ``pick`` any of them, none twice.

    Raises
    ------
    nothing
    """
    if not isinstance(answer, list):
        return None
    wanted = frozenset(drawn)
    given = tuple(value for value in answer if isinstance(value, str) and value in wanted)
    if len(given) != len(frozenset(given)) or not given:
        return None
    return given if question.pick or len(given) == len(drawn) else None


def score_order(question: OrderQuestion, answer: Any, drawn: tuple[str, ...]) -> Outcome:
    """Score an order by concordant pairs and met rules.

    Parameters
    ----------
    question : OrderQuestion
        With key.
    answer : Any
        ``[item]``, every drawn item once, with ``pick`` those that belong; anything else earns 0.
    drawn : tuple of str

    Returns
    -------
    Outcome
        Fraction ``max(0, (C - D)/N)`` over the N pairs of items that belong; with rules among the drawn items, half
        of that and half of ``max(0, 2 met/rules - 1)``.  A pair or rule with an item that was not chosen counts for
        nothing; each item that was chosen without belonging takes away one of as many shares as items belong.

    Raises
    ------
    nothing

    Source
    ------
    Syllabus §3.0, G4, CAP.
    """
    key = question.key or OrderKey(order=())
    drawn = tuple(identity for identity in drawn if identity in key.order or identity in key.leave_out)
    belonging = frozenset(drawn) - frozenset(key.leave_out)
    right = [identity for identity in key.order if identity in belonging]
    given = read_order(question, answer, drawn)
    if given is None or (len(given) < 2 and not question.pick):
        blank = [*right, *(identity for identity in drawn if identity not in belonging)]
        return Outcome(0.0, tuple(ItemResult(identity, 0.0) for identity in blank))
    place = {identity: position for position, identity in enumerate(given)}
    pairs = [pair for pair in combinations(right, 2) if pair[0] in place and pair[1] in place]
    concordant = [(a, b) for a, b in pairs if place[a] < place[b]]
    number = len(right) * (len(right) - 1) // 2
    fraction = max(0.0, (2 * len(concordant) - len(pairs)) / number) if number else float(right[:1] == [*given][:1])
    rules = [rule for rule in key.must_precede if rule.first in belonging and rule.then in belonging]
    chosen = [rule for rule in rules if rule.first in place and rule.then in place]
    broken = [rule for rule in chosen if place[rule.first] > place[rule.then]]
    if rules:
        met = len(chosen) - len(broken)
        fraction = fraction / 2 + max(0.0, 2 * met / len(rules) - 1) / 2
    taken = [identity for identity in given if identity not in belonging]
    fraction = max(0.0, fraction - len(taken) / len(right)) if right else 0.0
    hits = Counter(identity for pair in concordant for identity in pair)
    blamed = {rule.first: rule.code for rule in reversed(broken)}
    results = [
        ItemResult(
            identity,
            hits[identity] / (len(right) - 1) if len(right) > 1 else float(identity in place),
            blamed.get(identity),
            _name_place(place, identity),
            () if place.get(identity) == position else _name_place(place, identity),
        )
        for position, identity in enumerate(right)
    ]
    for identity in sorted(frozenset(drawn) - belonging, key=drawn.index):
        found = _name_place(place, identity)
        code = key.leave_out[identity] if found else None
        results.append(ItemResult(identity, 0.0 if found else 1.0, code, found, found))
    codes = [(rule.code, rule.first) for rule in broken if rule.code]
    codes += [(code, identity) for identity in taken if (code := key.leave_out[identity])]
    return Outcome(fraction, tuple(results), tuple(dict.fromkeys(codes)), any(one in key.cap for one in taken))


def _name_place(place: dict[str, int], identity: str) -> tuple[str, ...]:
    return (str(place[identity] + 1),) if identity in place else ()


def is_fair_draw(question: OrderQuestion, drawn: tuple[str, ...]) -> bool:
    """Tell whether a draw leaves something to order: with ``pick``, two items that belong and one that does not.

    Raises
    ------
    nothing
    """
    if not question.pick or question.key is None:
        return True
    left_out = sum(identity in question.key.leave_out for identity in drawn)
    return len(drawn) - left_out >= 2 and left_out >= 1


def find_problems(question: OrderQuestion) -> Iterator[ContentError]:
    """Yield what is wrong between items, key and feedback.

    Raises
    ------
    nothing
    """
    if question.key is None:
        return
    order, leave_out = question.key.order, question.key.leave_out
    yield from find_key_gaps(question, dict.fromkeys([*order, *leave_out]))
    yield from _find_pick_problems(question, question.key)
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
    codes = {code: f"key.leave_out.{identity}" for identity, code in leave_out.items() if code}
    codes |= {rule.code: "key.must_precede" for rule in question.key.must_precede if rule.code}
    yield from find_unknown_codes(question, codes)
    if len(order) < 3 or (question.draw or 3) < 3:
        yield ContentError(
            "order-too-short",
            _("An order of two items is guessed half of the time"),
            where="items",
            found=min(len(order), question.draw or len(order)),
            expected=_("at least 3 items shown"),
            hint=_("add items, or ask with kind: classify"),
        )


def _find_pick_problems(question: OrderQuestion, key: OrderKey) -> Iterator[ContentError]:
    if (key.leave_out or key.cap) and not question.pick:
        yield ContentError(
            "leave-out-without-pick",
            _("The key leaves items out, and the learner cannot"),
            where="key.leave_out",
            found=", ".join(key.leave_out or key.cap),
            expected="pick: true",
            hint=_("add pick: true to the question, or put the items into the order"),
        )
    elif question.pick and not key.leave_out:
        yield ContentError(
            "pick-without-leave-out",
            _("The learner chooses items, and all of them belong"),
            where="key",
            expected="leave_out: {t05: MC-…}",
            hint=_("name the items that do not belong, or remove pick"),
        )
    for identity in sorted(set(key.order) & set(key.leave_out)):
        yield ContentError(
            "ordered-and-left-out",
            _("An item is in the order and left out of it"),
            where=identity,
            found=identity,
            expected=_("one of the two"),
            hint=_("remove it from order or from leave_out"),
        )
    for identity in key.cap:
        if identity not in key.leave_out:
            yield ContentError(
                "cap-unknown",
                _("cap names an item that is not left out"),
                where="key.cap",
                found=identity,
                expected=_("one of: {names}").format(names=", ".join(key.leave_out) or "–"),
                hint=_("add it to leave_out, or correct the id"),
            )


def count_answered(question: OrderQuestion, answer: Any, drawn: tuple[str, ...]) -> int:
    """Return how many drawn items are placed: all or none.  With ``pick`` what stays out is answered too.

    Raises
    ------
    nothing
    """
    return len(drawn) if read_order(question, answer, drawn) else 0


def count_bits(question: OrderQuestion, drawn: tuple[str, ...]) -> float:
    """Return how many bits an answer has: any order of the items, with ``pick`` of any of them.

    Raises
    ------
    nothing
    """
    # The number of orders of any choice among n things is the whole number nearest to e · n!
    return (math.lgamma(len(drawn) + 1) + (1 if question.pick else 0)) / math.log(2)


def describe(question: OrderQuestion) -> dict[str, Any]:
    """Return what the page shows: what the two ends mean, whether items are chosen first.

    Raises
    ------
    nothing
    """
    shown: dict[str, Any] = {"ends": [read_text(text) for text in question.ends]} if question.ends else {}
    return shown | ({"pick": True} if question.pick else {})


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
        "pick_open": _("Not chosen"),
        "pick_chosen": _("Chosen, in this order"),
        "pick_none": _("Nothing is chosen yet."),
        "pick_all": _("Everything is chosen."),
        "pick_add": _("Add"),
        "pick_add_item": _("Add: {item}"),
        "pick_remove": _("Take out"),
        "pick_remove_item": _("Take out: {item}"),
        "pick_added": _("“{item}” is added as number {n} of {all}"),
        "pick_removed": _("“{item}” is taken out; {all} are chosen"),
    }


KIND = Kind(
    OrderQuestion,
    score_order,
    find_problems,
    count_answered,
    count_bits,
    is_fair_draw=is_fair_draw,
    describe=describe,
    texts=get_texts,
)
