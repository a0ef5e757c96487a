"""A walk replayed, and what it earns (G7)."""

from __future__ import annotations

import math
from typing import Any

from autograder.questions.kinds.path.block import PathItem, PathQuestion
from autograder.questions.outcome import ItemResult, Outcome

# A trace longer than this is cut: nobody walks so far, and replay must stay cheap.
MAX_STEPS = 500
MAX_CHOSEN = 50


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
