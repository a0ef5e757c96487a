"""What the page shows of choose."""

from __future__ import annotations

from typing import Any

from autograder.locale import _
from autograder.questions.kinds.choose.block import ChooseItem, ChooseQuestion, Option
from autograder.questions.model import read_text


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
