"""choose (R2): tick any of an item's options.  Scored as a set (G2) or by rules that a selection has to meet (G7)."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterable, Iterator, Sequence
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, StrictBool
from pydantic_core import PydanticCustomError

from autograder.errors import ContentError
from autograder.locale import _
from autograder.questions.kinds.kind import Guess, Kind
from autograder.questions.kinds.marks import score_marks
from autograder.questions.model import (
    MAX_ITEMS,
    BaseQuestion,
    Code,
    Item,
    LocalId,
    Number,
    Strict,
    Text,
    find_key_gaps,
    find_unknown_codes,
    read_text,
)
from autograder.questions.outcome import ItemResult, Outcome

MAX_OPTIONS = 100
# More entries of an answer than this are not read: nobody ticks so many.
MAX_TICKS = 500
MAX_CHOSEN = 50
# Up to so many options the content check tries every selection.
MAX_TRIED_OPTIONS = 16
# Sums of costs such as 0.1 + 0.2 are not exact.
ROUNDING = 1e-9

Cost = Annotated[Number, Field(ge=0, le=1e9)]
Count = Annotated[int, Field(strict=True, ge=0, le=MAX_OPTIONS)]
Weight = Annotated[float, Field(strict=True, gt=0, le=100)]


def _expand_option(value: Any) -> Any:
    return value if isinstance(value, dict) and "text" in value else {"text": value}


def _expand_options(value: Any) -> Any:
    """Turn a list of options with their ids into a mapping."""
    if not isinstance(value, list) or not all(isinstance(entry, dict) and "id" in entry for entry in value):
        return value
    options: dict[Any, Any] = {}
    for entry in value:
        if entry["id"] in options:
            raise PydanticCustomError("repeated_id", "the id {id} is used twice", {"id": str(entry["id"])})
        options[entry["id"]] = {name: inner for name, inner in entry.items() if name != "id"}
    return options


def _expand_key(value: Any) -> Any:
    return {"options": value} if isinstance(value, list) else value


def _expand_group(value: Any) -> Any:
    return (value,) if isinstance(value, str) else value


class Option(Strict):
    """One thing to tick."""

    text: Text
    # what it takes of the budget
    cost: Cost | None = None


Options = Annotated[
    dict[LocalId, Annotated[Option, BeforeValidator(_expand_option, json_schema_input_type=Text | Option)]],
    BeforeValidator(_expand_options, json_schema_input_type=list[dict[str, Any]] | dict[LocalId, Text | Option]),
    Field(max_length=MAX_OPTIONS),
]


Group = Annotated[
    tuple[LocalId, ...], BeforeValidator(_expand_group, json_schema_input_type=LocalId | tuple[LocalId, ...])
]


class Rule(Strict):
    """One demand on a selection; it is met when all its bounds are."""

    # what is counted: options, or groups of options of which any counts once
    of: tuple[Group, ...] = ()
    at_least: Count | None = None
    at_most: Count | None = None
    exactly: Count | None = None
    # the selection costs no more than the question's budget
    budget: StrictBool = False
    # misconception of whoever does not meet it
    code: Code | None = None
    weight: Weight = 1.0

    @property
    def bounds(self) -> tuple[int, int]:
        """Return how many of ``of`` may be ticked, from and to.

        Raises
        ------
        nothing
        """
        if self.exactly is not None:
            return self.exactly, self.exactly
        return self.at_least or 0, len(self.of) if self.at_most is None else self.at_most


class ChooseKey(Strict):
    """What is right for one item: the options to tick, or the rules to meet."""

    options: tuple[LocalId, ...] = ()
    # option ticked without need → misconception
    wrong: dict[LocalId, Code] = Field(default_factory=dict)
    # option overlooked → misconception
    missed: dict[LocalId, Code] = Field(default_factory=dict)
    rules: Annotated[tuple[Rule, ...], Field(max_length=50)] = ()
    # options that are a safety-critical act
    cap: tuple[LocalId, ...] = ()
    why: Text | None = None
    source: str | None = None


ShortKey = Annotated[ChooseKey, BeforeValidator(_expand_key, json_schema_input_type=list[LocalId] | ChooseKey)]


class SetScore(Strict):
    """G2."""

    by: Literal["set"]


class RulesScore(Strict):
    """G7: constraints."""

    by: Literal["rules"]


class ChooseItem(Item):
    """One item, with options of its own or with those of the question."""

    options: Options = Field(default_factory=dict)


class ChooseQuestion(BaseQuestion):
    """Any number of options per item."""

    kind: Literal["choose"]
    items: Annotated[tuple[ChooseItem, ...], Field(min_length=1, max_length=MAX_ITEMS)]
    # for every item that has none of its own
    options: Options = Field(default_factory=dict)
    # what the options of one item may cost together
    budget: Cost | None = None
    cost_unit: Text | None = None
    # how many options of one item may be ticked
    limit: Annotated[int, Field(strict=True, ge=1, le=MAX_OPTIONS)] | None = None
    key: dict[LocalId, ShortKey] | None = None
    score: Annotated[SetScore | RulesScore, Field(discriminator="by")] | None = None

    def list_options(self, item: ChooseItem) -> dict[str, Option]:
        """Return what can be ticked in an item.

        Raises
        ------
        nothing
        """
        return item.options or self.options

    @property
    def has_rules(self) -> bool:
        """Tell whether selections are scored by rules.

        Raises
        ------
        nothing
        """
        if self.score is not None:
            return isinstance(self.score, RulesScore)
        return any(entry.rules for entry in (self.key or {}).values())


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


def _list_constant_choices(question: ChooseQuestion, item: ChooseItem) -> list[frozenset[str]]:
    """Return the selections that know nothing: nothing, and everything where the limit allows it."""
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
    everything = {item.id: _list_constant_choices(question, item)[-1] for item in items}
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
        chance = max(weigh_rules(question, item, entry.rules, one) for one in _list_constant_choices(question, item))
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


def find_problems(question: ChooseQuestion) -> Iterator[ContentError]:
    """Yield what is wrong between items, options, key and feedback.

    Raises
    ------
    nothing
    """
    key = question.key or {}
    yield from find_key_gaps(question, key)
    codes: dict[str, str] = {}
    for identity, entry in key.items():
        used = [*entry.wrong.values(), *entry.missed.values(), *(rule.code for rule in entry.rules)]
        codes.update(dict.fromkeys([code for code in used if code], identity))
    yield from find_unknown_codes(question, codes)
    if question.budget is not None and not any(
        option.cost for item in question.items for option in question.list_options(item).values()
    ):
        yield ContentError(
            "budget-without-costs",
            _("There is a budget, but no option costs anything"),
            where="budget",
            found=question.budget,
            expected=_("options: {{a: {{text: …, cost: 3}}}}").format(),
            hint=_("give the options a cost, or remove the budget"),
        )
    for item in question.items:
        yield from _find_item_problems(question, item, key.get(item.id))


def _find_item_problems(question: ChooseQuestion, item: ChooseItem, entry: ChooseKey | None) -> Iterator[ContentError]:
    options = question.list_options(item)
    if len(options) < 2:
        yield ContentError(
            "item-without-options",
            _("An item has nothing to choose from"),
            where=item.id,
            found=_("{n} options").format(n=len(options)),
            expected=_("at least two options, in the question or in the item"),
            hint=_("add options: {{a: …, b: …}}").format(),
        )
    if entry is None:
        return
    unknown = list(_find_unknown_options(item.id, entry, options))
    yield from unknown
    if unknown or len(options) < 2:
        return
    if question.has_rules:
        yield from _find_rule_problems(question, item, entry)
    else:
        yield from _find_set_problems(question, item, entry)


def _find_unknown_options(identity: str, entry: ChooseKey, options: dict[str, Option]) -> Iterator[ContentError]:
    named: dict[str, Iterable[str]] = {name: getattr(entry, name) for name in ("options", "wrong", "missed", "cap")}
    named["rules"] = [option for rule in entry.rules for group in rule.of for option in group]
    for field, used in named.items():
        for option in dict.fromkeys(used):
            if option not in options:
                yield ContentError(
                    "option-unknown",
                    _("The key uses an option that the item does not have ({field})").format(field=field),
                    where=identity,
                    found=option,
                    expected=_("one of: {names}").format(names=", ".join(options) or "–"),
                    hint=_("correct the id of the option"),
                )


def _find_set_problems(question: ChooseQuestion, item: ChooseItem, entry: ChooseKey) -> Iterator[ContentError]:
    options, right = question.list_options(item), frozenset(entry.options)
    if entry.rules:
        yield _misplace_field(item.id, "rules", "set")
    misplaced = [option for option in (*entry.wrong, *entry.cap) if option in right]
    misplaced += [option for option in entry.missed if option not in right]
    for option in misplaced:
        yield ContentError(
            "option-right-and-wrong",
            _("The key contradicts itself about an option"),
            where=item.id,
            found=option,
            expected=_("wrong, cap: options that are not right; missed: right options"),
            hint=_("correct options, wrong, missed or cap"),
        )
    if not right or len(right) == len(options):
        yield ContentError(
            "options-all-or-none",
            _("Every option of an item is right, or none is"),
            where=item.id,
            found=_("{n} right options of {all}").format(n=len(right), all=len(options)),
            expected=_("at least one right and one wrong option"),
            hint=_("add an option; “none of these” can be one"),
        )
    if question.limit is not None and len(right) > question.limit:
        yield ContentError(
            "limit-too-small",
            _("More options are right than may be ticked"),
            where=item.id,
            found=_("{n} right options").format(n=len(right)),
            expected=_("at most {n} (limit)").format(n=question.limit),
            hint=_("raise the limit, or correct the key"),
        )
    spent = add_costs(options, right)
    if question.budget is not None and spent > question.budget + ROUNDING:
        yield ContentError(
            "budget-too-small",
            _("The right options cost more than the budget"),
            where=item.id,
            found=f"{spent:g}",
            expected=f"≤ {question.budget:g}",
            hint=_("raise the budget, or correct the costs"),
        )


def _misplace_field(identity: str, field: str, by: str) -> ContentError:
    return ContentError(
        "key-form",
        _("The key has a field that this way of scoring does not read"),
        where=identity,
        found=field,
        expected=_("options with by: set, rules with by: rules"),
        hint=_("remove {field}, or change score: by: {by}").format(field=field, by=by),
    )


def _find_rule_problems(question: ChooseQuestion, item: ChooseItem, entry: ChooseKey) -> Iterator[ContentError]:
    for field in ("options", "wrong", "missed"):
        if getattr(entry, field):
            yield _misplace_field(item.id, field, "rules")
    broken = False
    for number, rule in enumerate(entry.rules, start=1):
        for problem in _find_bound_problems(question, f"{item.id}.rules.{number}", rule):
            broken = True
            yield problem
    if broken:
        return
    if not entry.rules:
        yield ContentError(
            "rules-missing",
            _("An item has no rule to be scored by"),
            where=item.id,
            found=_("nothing"),
            expected=_("rules: [{{at_least: 1, of: [a, b]}}, …]").format(),
            hint=_("add rules, or score by: set"),
        )
        return
    chance = max(weigh_rules(question, item, entry.rules, one) for one in _list_constant_choices(question, item))
    if chance >= 1:
        yield ContentError(
            "rules-constant",
            _("Ticking nothing, or everything, already meets all rules"),
            where=item.id,
            found=_("nothing or everything ticked"),
            expected=_("rules that ask for some options and against others"),
            hint=_("add a rule with at_most, or with at_least"),
        )
    elif find_selection(question, item) is None:
        yield ContentError(
            "rules-unreachable",
            _("No selection was found that meets all rules"),
            where=item.id,
            found=_("{n} rules").format(n=len(entry.rules)),
            expected=_("at least one selection that meets them all"),
            hint=_("loosen a rule, raise the budget or the limit"),
        )


def _find_bound_problems(question: ChooseQuestion, where: str, rule: Rule) -> Iterator[ContentError]:
    has_bound = any(bound is not None for bound in (rule.at_least, rule.at_most, rule.exactly))
    if not (has_bound or rule.budget) or has_bound != bool(rule.of):
        yield ContentError(
            "rule-form",
            _("A rule does not say what it asks for"),
            where=where,
            found=", ".join(sorted(rule.model_fields_set)),
            expected=_("at_least, at_most or exactly together with of; or budget: true"),
            hint=_("write for example {{at_least: 1, of: [a, b]}}").format(),
        )
        return
    if rule.budget and question.budget is None:
        yield ContentError(
            "rule-without-budget",
            _("A rule speaks of the budget, but the question has none"),
            where=where,
            found="budget: true",
            expected=_("budget: … in the question"),
            hint=_("add budget: 20 to the question, or remove the rule"),
        )
    least, most = rule.bounds
    if has_bound and (least > most or least > len(rule.of) or (least == 0 and most >= len(rule.of))):
        yield ContentError(
            "rule-void",
            _("A rule is always met, or never"),
            where=where,
            found=_("from {least} to {most} of {n}").format(least=least, most=most, n=len(rule.of)),
            expected=_("bounds that some selections meet and others do not"),
            hint=_("correct the numbers of the rule"),
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


def _describe_options(options: dict[str, Option]) -> list[dict[str, Any]]:
    return [
        {"id": identity, "text": read_text(option.text)} | ({} if option.cost is None else {"cost": option.cost})
        for identity, option in options.items()
    ]


def describe(question: ChooseQuestion) -> dict[str, Any]:
    """Return what the page shows: the shared options, budget, unit and limit.

    Raises
    ------
    nothing
    """
    return {
        "options": _describe_options(question.options),
        "budget": question.budget,
        "cost_unit": read_text(question.cost_unit),
        "limit": question.limit,
    }


def describe_item(item: ChooseItem) -> dict[str, Any]:
    """Return what the page shows of one item: its own options.

    Raises
    ------
    nothing
    """
    return {"options": _describe_options(item.options)} if item.options else {}


def get_texts() -> dict[str, str]:
    """Return the texts that the page writes itself.

    Raises
    ------
    nothing
    """
    return {
        "choose_none": _("Nothing chosen"),
        "choose_count": _("Chosen: {n}"),
        "choose_limit": _("Chosen: {n} of at most {all}"),
        "choose_full": _("At most {all} can be chosen. Take one away first."),
        "choose_spent": _("Used {n} of {all}"),
        "choose_over": _("{n} over the budget"),
    }


def list_guesses(question: ChooseQuestion) -> Iterator[Guess]:
    """Yield everything ticked, and nothing ticked.

    Raises
    ------
    nothing
    """
    ticked = {item.id: list(question.list_options(item)) for item in question.items}
    yield Guess(_("everything ticked"), ticked, may_earn=True)
    yield Guess(_("nothing ticked"), {item.id: [] for item in question.items})


KIND = Kind(
    ChooseQuestion,
    score_choose,
    find_problems,
    count_answered,
    count_bits,
    describe=describe,
    describe_item=describe_item,
    texts=get_texts,
    list_guesses=list_guesses,
)
