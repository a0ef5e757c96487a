"""path (R7): walk through a simulated flow.  Scored by required steps; a forbidden one caps the question (G7)."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Annotated, Any, Literal

from pydantic import Field, StrictBool, StringConstraints, model_validator

from autograder.errors import ContentError
from autograder.locale import _
from autograder.questions.kinds.kind import Guess, Kind
from autograder.questions.model import (
    MAX_ITEMS,
    BaseQuestion,
    Code,
    Item,
    LocalId,
    Strict,
    Text,
    find_key_gaps,
    find_unknown_codes,
    read_text,
    refuse_repeated,
)
from autograder.questions.outcome import ItemResult, Outcome
from autograder.questions.rich_text import read_blocks

# A trace longer than this is cut: nobody walks so far, and replay must stay cheap.
MAX_STEPS = 500
MAX_CHOSEN = 50

Step = Annotated[str, StringConstraints(strict=True, pattern=r"^[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+$")]


class Choice(Strict):
    """What the learner can do in a state."""

    id: LocalId
    text: Text
    to: LocalId


class FormRow(Strict):
    """One filled-in line of a form; it is only read."""

    label: Text
    value: Text


class State(Strict):
    """One moment of the flow."""

    # who speaks
    says: Text | None = None
    text: Text
    # a page of an online service: address, heading, place among the question's steps, a form's lines, a notice
    address: Annotated[str, StringConstraints(strict=True, min_length=1, max_length=300)] | None = None
    title: Text | None = None
    step: Annotated[int, Field(strict=True, ge=1)] | None = None
    form: Annotated[tuple[FormRow, ...], Field(max_length=40)] = ()
    notice: Text | None = None
    choices: tuple[Choice, ...] = ()
    end: StrictBool = False

    @model_validator(mode="after")
    def _check_choices(self) -> State:
        refuse_repeated(choice.id for choice in self.choices)
        return self


# What only a page of an online service shows.
SERVICE_FIELDS = ("address", "title", "step", "form", "notice")


class Contact(Strict):
    """Who is on the telephone or in the chat, as the screen shows it."""

    name: Text
    number: Annotated[str, StringConstraints(strict=True, min_length=1, max_length=40)] | None = None


class PathItem(Item):
    """One flow."""

    contact: Contact | None = None

    start: LocalId
    states: Annotated[dict[LocalId, State], Field(min_length=2, max_length=200)]


class PathKey(Strict):
    """What must, must not and should not happen; steps are written ``state.choice``."""

    required: tuple[Step, ...]
    # step → misconception; a safety-critical act
    forbidden: dict[Step, Code] = Field(default_factory=dict)
    # step → misconception, without loss
    wrong: dict[Step, Code] = Field(default_factory=dict)
    # required step that a finished walk has left out → misconception
    missed: dict[Step, Code] = Field(default_factory=dict)
    why: Text | None = None
    source: str | None = None


class PathScore(Strict):
    """G7."""

    by: Literal["path"]


class PathQuestion(BaseQuestion):
    """One or more flows."""

    kind: Literal["path"]
    # the frame around the flow; a plain dialogue where nothing is said
    look: Literal["phone", "service", "chat"] | None = None
    # names of an online service's steps, in their order
    steps: Annotated[tuple[Text, ...], Field(min_length=2, max_length=20)] | None = None
    items: Annotated[tuple[PathItem, ...], Field(min_length=1, max_length=MAX_ITEMS)]
    key: dict[LocalId, PathKey] | None = None
    score: PathScore | None = None


def replay_trace(item: PathItem, trace: Any) -> tuple[tuple[str, ...], str]:
    """Walk a trace on the flow, up to its first impossible step.

    Parameters
    ----------
    item : PathItem
    trace : Any
        ``[[state, choice], …]``; anything else is an empty walk.

    Returns
    -------
    steps : tuple of str
        ``state.choice`` of every step that was possible.
    state : str
        Where the walk stands.

    Raises
    ------
    nothing
    """
    state, steps = item.start, []
    for entry in trace[:MAX_STEPS] if isinstance(trace, list) else []:
        if not (isinstance(entry, list) and len(entry) == 2 and entry[0] == state and state in item.states):
            break
        choice = next((c for c in item.states[state].choices if c.id == entry[1]), None)
        if choice is None:
            break
        steps.append(f"{state}.{choice.id}")
        state = choice.to
    return tuple(steps), state


def score_path(question: PathQuestion, answer: Any, drawn: tuple[str, ...]) -> Outcome:
    """Score the walks through the drawn flows.

    Parameters
    ----------
    question : PathQuestion
        With key.
    answer : Any
        ``{item: [[state, choice], …]}``; any other JSON value counts as no answer.
    drawn : tuple of str

    Returns
    -------
    Outcome
        Fraction: mean over the drawn flows of required steps met / required steps.  Detours are free.

    Raises
    ------
    nothing

    Source
    ------
    Syllabus §3.0, G7, CAP.
    """
    key = question.key or {}
    results: list[ItemResult] = []
    codes: list[tuple[str, str | None]] = []
    capped = False
    for item in question.pick_items(drawn):
        if item.id not in key:
            continue
        steps, state = replay_trace(item, answer.get(item.id) if isinstance(answer, dict) else None)
        entry = key[item.id]
        required = frozenset(entry.required)
        found = [entry.forbidden.get(s) or entry.wrong.get(s) for s in steps]
        # On a walk that goes on, what is not done yet is nothing forgotten.
        if state in item.states and item.states[state].end:
            found += [code for step, code in entry.missed.items() if step in required and step not in steps]
        named = list(dict.fromkeys(code for code in found if code))
        capped = capped or any(step in entry.forbidden for step in steps)
        met = len(required & frozenset(steps)) / len(required) if required else 0.0
        bad = tuple(dict.fromkeys(step for step in steps if step in entry.forbidden or step in entry.wrong))
        chosen = tuple(dict.fromkeys(steps))[:MAX_CHOSEN]
        results.append(ItemResult(item.id, met, next(iter(named), None), chosen, bad))
        codes += [(code, item.id) for code in named]
    fraction = sum(result.fraction for result in results) / len(results) if results else 0.0
    return Outcome(fraction, tuple(results), tuple(codes), capped)


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


def find_flow_problems(item: PathItem) -> Iterator[ContentError]:
    """Yield what is wrong in the flow itself: this needs no key.

    Raises
    ------
    nothing
    """
    names = ", ".join(item.states)
    if item.start not in item.states:
        yield ContentError(
            "state-unknown",
            _("The flow starts in a state that does not exist"),
            where=item.id,
            found=item.start,
            expected=_("one of: {names}").format(names=names),
            hint=_("correct start, or add the state"),
        )
        return
    for name, state in item.states.items():
        where = f"{item.id}.{name}"
        for choice in state.choices:
            if choice.to not in item.states:
                yield ContentError(
                    "state-unknown",
                    _("A choice leads to a state that does not exist"),
                    where=f"{where}.{choice.id}",
                    found=choice.to,
                    expected=_("one of: {names}").format(names=names),
                    hint=_("correct to, or add the state"),
                )
        if state.end and state.choices:
            yield ContentError(
                "end-with-choices",
                _("An end has choices"),
                where=where,
                found=len(state.choices),
                expected=_("either end: true or choices"),
                hint=_("remove one of the two"),
            )
        if not state.end and not state.choices:
            yield ContentError(
                "dead-end",
                _("The flow stops in a state that is not an end"),
                where=where,
                expected=_("choices, or end: true"),
                hint=_("add choices, or write end: true"),
            )
    forward = {name: {c.to for c in state.choices} for name, state in item.states.items()}
    reached = _reach(forward, {item.start})
    backward: dict[str, set[str]] = {}
    for name, targets in forward.items():
        for target in targets:
            backward.setdefault(target, set()).add(name)
    finishing = _reach(backward, {name for name, state in item.states.items() if state.end})
    for name in item.states:
        if name not in reached:
            yield ContentError(
                "state-unreachable",
                _("No choice leads to a state"),
                where=f"{item.id}.{name}",
                expected=_("reachable from {start}").format(start=item.start),
                hint=_("let a choice lead there, or remove the state"),
            )
        elif name not in finishing:
            yield ContentError(
                "end-unreachable",
                _("From a state no end can be reached"),
                where=f"{item.id}.{name}",
                expected=_("a way to a state with end: true"),
                hint=_("let a choice lead to an end"),
            )


def _reach(edges: dict[str, set[str]], start: set[str]) -> set[str]:
    reached, waiting = set(start), list(start)
    while waiting:
        for target in edges.get(waiting.pop(), set()) - reached:
            reached.add(target)
            waiting.append(target)
    return reached


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


def find_safe_steps(item: PathItem, entry: PathKey) -> tuple[str, ...]:
    """Return the steps that can be taken without ever taking a forbidden one.

    Raises
    ------
    nothing
    """
    edges = {
        name: {c.to for c in state.choices if f"{name}.{c.id}" not in entry.forbidden}
        for name, state in item.states.items()
    }
    reached = _reach(edges, {item.start})
    return tuple(
        f"{name}.{c.id}"
        for name, state in item.states.items()
        if name in reached
        for c in state.choices
        if f"{name}.{c.id}" not in entry.forbidden
    )


def count_answered(question: PathQuestion, answer: Any, drawn: tuple[str, ...]) -> int:
    """Return how many drawn flows were walked to an end.

    Raises
    ------
    nothing
    """
    if not isinstance(answer, dict):
        return 0
    ended = 0
    for item in question.pick_items(drawn):
        _steps, state = replay_trace(item, answer.get(item.id))
        ended += state in item.states and item.states[state].end
    return ended


def count_bits(question: PathQuestion, drawn: tuple[str, ...]) -> float:
    """Return how many bits a walk has: one choice in every state.

    Raises
    ------
    nothing
    """
    states = [state for item in question.pick_items(drawn) for state in item.states.values()]
    return sum(math.log2(len(state.choices)) for state in states if state.choices)


def describe(question: PathQuestion) -> dict[str, Any]:
    """Return what the page shows of the question: the frame and the names of its steps.

    Raises
    ------
    nothing
    """
    shown: dict[str, Any] = {"look": question.look} if question.look else {}
    return shown | ({"steps": [read_text(step) for step in question.steps]} if question.steps else {})


def describe_item(item: PathItem) -> dict[str, Any]:
    """Return what the page shows of a flow: its states, and who is at the other end.

    Raises
    ------
    nothing
    """
    shown: dict[str, Any] = {"start": item.start}
    shown["states"] = {name: _describe_state(state) for name, state in item.states.items()}
    if item.contact:
        shown["contact"] = {"name": read_text(item.contact.name), "number": item.contact.number or ""}
    return shown


def _describe_state(state: State) -> dict[str, Any]:
    shown = {
        "says": read_text(state.says),
        "text": read_blocks(read_text(state.text)),
        "address": state.address,
        "title": read_text(state.title),
        "step": state.step,
        "form": [{"label": read_text(row.label), "value": read_text(row.value)} for row in state.form],
        "notice": read_text(state.notice),
        "end": state.end,
        "choices": [{"id": c.id, "text": read_text(c.text), "to": c.to} for c in state.choices],
    }
    return {name: value for name, value in shown.items() if value}


def get_texts() -> dict[str, str]:
    """Return the texts that the page writes itself.

    Raises
    ------
    nothing
    """
    return {
        "you": _("You"),
        "choices": _("What do you do?"),
        "ended": _("This situation ends here."),
        "restart": _("Start over from the beginning"),
        "restarted": _("The situation starts over."),
        "restart_locked": _("Handed in: to walk through it again, start a new attempt."),
        "phone_call": _("Telephone call"),
        "phone_number": _("Number"),
        "chat": _("Chat"),
        "service_page": _("Page of the online service"),
        "service_address": _("Address"),
        "service_step": _("Step {n} of {all}: {name}"),
        "service_form": _("Filled in"),
        "service_notice": _("Notice"),
        "service_done": _("What you have done: {n}"),
    }


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


KIND = Kind(
    PathQuestion,
    score_path,
    find_problems,
    count_answered,
    count_bits,
    describe=describe,
    describe_item=describe_item,
    texts=get_texts,
    list_guesses=list_guesses,
)
