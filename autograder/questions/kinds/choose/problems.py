"""What can be wrong in a choose question, and the answers that know nothing."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from autograder.errors import ContentError
from autograder.locale import _
from autograder.questions.kinds.choose.block import ChooseItem, ChooseKey, ChooseQuestion, Option, Rule
from autograder.questions.kinds.choose.scoring import ROUNDING, add_costs, list_constant_choices, weigh_rules
from autograder.questions.kinds.choose.selection import find_selection
from autograder.questions.kinds.kind import Guess
from autograder.questions.model import find_key_gaps, find_unknown_codes


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
    chance = max(weigh_rules(question, item, entry.rules, one) for one in list_constant_choices(question, item))
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


def list_guesses(question: ChooseQuestion) -> Iterator[Guess]:
    """Yield everything ticked, and nothing ticked.

    Raises
    ------
    nothing
    """
    ticked = {item.id: list(question.list_options(item)) for item in question.items}
    yield Guess(_("everything ticked"), ticked, may_earn=True)
    yield Guess(_("nothing ticked"), {item.id: [] for item in question.items})
