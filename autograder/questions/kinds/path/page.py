"""What the page shows, and the texts that it writes itself."""

from __future__ import annotations

from typing import Any

from autograder.locale import _
from autograder.questions.kinds.path.block import PathItem, PathQuestion, State
from autograder.questions.model import read_text
from autograder.questions.rich_text import read_blocks


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
