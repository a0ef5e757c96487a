"""The flow as a graph: where its choices lead, and where they do not."""

from __future__ import annotations

from collections.abc import Iterator

from autograder.errors import ContentError
from autograder.locale import _
from autograder.questions.kinds.path.block import PathItem, PathKey


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


def _reach(edges: dict[str, set[str]], start: set[str]) -> set[str]:
    reached, waiting = set(start), list(start)
    while waiting:
        for target in edges.get(waiting.pop(), set()) - reached:
            reached.add(target)
            waiting.append(target)
    return reached
