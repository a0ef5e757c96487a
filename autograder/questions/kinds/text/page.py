"""What the page shows of text."""

from __future__ import annotations

from typing import Any

from autograder.locale import _
from autograder.questions.kinds.text.block import TextItem, TextQuestion
from autograder.questions.typed_text import MAX_CHARACTERS


def describe(question: TextQuestion) -> dict[str, Any]:
    """Return what the page shows: height of the fields, words and characters allowed.

    Raises
    ------
    nothing
    """
    return {"lines": question.lines, "max_words": question.max_words, "max_characters": MAX_CHARACTERS}


def describe_item(item: TextItem) -> dict[str, Any]:
    """Return where one item differs.

    Raises
    ------
    nothing
    """
    own = {"lines": item.lines, "max_words": item.max_words}
    return {name: value for name, value in own.items() if value is not None}


def get_texts() -> dict[str, str]:
    """Return the texts that the page writes itself.

    Raises
    ------
    nothing
    """
    return {
        "text_words": _("Words: {n} of at most {all}"),
        "text_words_over": _("Words: {n}, {over} more than allowed ({all})"),
        "text_left": _("Characters left: {n}"),
        "text_too_long": _("This text is longer than {all} characters and does not count. Please shorten it."),
    }
