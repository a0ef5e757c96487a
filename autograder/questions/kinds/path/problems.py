"""Content rules: what an author can get wrong, and walks that know nothing."""

from __future__ import annotations

from collections.abc import Iterator

from autograder.errors import ContentError
from autograder.locale import _
from autograder.questions.kinds.kind import Guess
from autograder.questions.kinds.path.block import PathItem, PathKey, PathQuestion
from autograder.questions.kinds.path.flow import find_flow_problems, find_safe_steps
from autograder.questions.model import find_key_gaps, find_unknown_codes

# What only a page of an online service shows.
SERVICE_FIELDS = ("address", "title", "step", "form", "notice")


def find_problems(question: PathQuestion) -> Iterator[ContentError]:
    """Yield what is wrong in the flows, the key and the feedback.

    Raises
    ------
    nothing
    """
    key = question.key or {}
    yield from find_key_gaps(question, key)
    codes: dict[str, str] = {}
    for item in question.items:
        yield from find_flow_problems(item)
        yield from _find_look_problems(question, item)
        if item.id in key:
            entry = key[item.id]
            used = [*entry.forbidden.values(), *entry.wrong.values(), *entry.missed.values()]
            codes.update(dict.fromkeys(used, item.id))
            yield from _find_step_problems(item, entry)
    if question.steps and question.look != "service":
        yield _report_unread("steps", "steps", "look: service")
    yield from find_unknown_codes(question, codes)


def _report_unread(where: str, found: str, look: str) -> ContentError:
    return ContentError(
        "look-missing",
        _("The flow describes a screen that the question does not show"),
        where=where,
        found=found,
        expected=look,
        hint=_("add {look} to the question, or remove the field").format(look=look),
    )


def _find_look_problems(question: PathQuestion, item: PathItem) -> Iterator[ContentError]:
    if item.contact and question.look not in ("phone", "chat"):
        yield _report_unread(f"{item.id}.contact", "contact", "look: phone")
    for name, state in item.states.items():
        used = [field for field in SERVICE_FIELDS if getattr(state, field)]
        if used and question.look != "service":
            yield _report_unread(f"{item.id}.{name}", ", ".join(used), "look: service")
        elif state.step is not None and state.step > len(question.steps or ()):
            yield ContentError(
                "step-number-unknown",
                _("A state stands at a step that the question does not name"),
                where=f"{item.id}.{name}.step",
                found=state.step,
                expected=_("1 to {n}").format(n=len(question.steps)) if question.steps else "steps: […]",
                hint=_("correct the number, or add the step to steps"),
            )


def _find_step_problems(item: PathItem, entry: PathKey) -> Iterator[ContentError]:
    possible = {f"{name}.{choice.id}" for name, state in item.states.items() for choice in state.choices}
    for field in ("required", "forbidden", "wrong", "missed"):
        for step in getattr(entry, field):
            if step not in possible:
                yield ContentError(
                    "step-unknown",
                    _("The key names a step that the flow does not have ({field})").format(field=field),
                    where=item.id,
                    found=step,
                    expected=_("state.choice, for example {step}").format(step=min(possible, default="s0.a")),
                    hint=_("correct the step"),
                )
    if not entry.required:
        yield ContentError(
            "nothing-required",
            _("The key requires no step, so the flow cannot earn points"),
            where=item.id,
            expected=_('required: ["s0.a", …]'),
            hint=_("name the steps that a right walk takes"),
        )
    for step in sorted(set(entry.required) & (set(entry.forbidden) | set(entry.wrong))):
        yield ContentError(
            "step-right-and-wrong",
            _("A step is both required and wrong"),
            where=item.id,
            found=step,
            expected=_("one of the two"),
            hint=_("remove it from required, or from forbidden and wrong"),
        )
    for step in sorted(set(entry.missed) - set(entry.required)):
        yield ContentError(
            "missed-not-required",
            _("A step that can be missed is not required"),
            where=item.id,
            found=step,
            expected=_("one of: {names}").format(names=", ".join(entry.required)),
            hint=_("add it to required, or remove it from missed"),
        )
    if set(entry.required) - set(find_safe_steps(item, entry)):
        yield ContentError(
            "required-behind-forbidden",
            _("A required step can only be reached through a forbidden one"),
            where=item.id,
            found=", ".join(sorted(set(entry.required) - set(find_safe_steps(item, entry)))),
            expected=_("a way without forbidden steps"),
            hint=_("correct the flow or the key"),
        )


# From so many decisions on, always taking the choice in the same place should not be right.
MIN_DECISIONS = 4


def list_guesses(question: PathQuestion) -> Iterator[Guess]:
    """Yield always the first choice, and always the last; with few decisions one of the two is right by chance.

    Raises
    ------
    nothing
    """
    if sum(1 for item in question.items for state in item.states.values() if state.choices) < MIN_DECISIONS:
        return
    for name, position in ((_("always the first choice"), 0), (_("always the last choice"), -1)):
        yield Guess(name, {item.id: _walk_blindly(item, position) for item in question.items}, may_earn=True)


def _walk_blindly(item: PathItem, position: int) -> list[list[str]]:
    trace: list[list[str]] = []
    seen: set[str] = set()
    state = item.start
    while state not in seen and state in item.states and item.states[state].choices:
        seen.add(state)
        choice = item.states[state].choices[position]
        trace.append([state, choice.id])
        state = choice.to
    return trace
