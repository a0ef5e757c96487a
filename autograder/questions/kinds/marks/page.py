"""What the page shows, and the texts that it writes itself."""

from __future__ import annotations

from typing import Any

from autograder.locale import _
from autograder.questions.kinds.marks.block import MarkablePart, MarksItem, MarksQuestion
from autograder.questions.letter import PageSetup, describe_page, describe_setting, find_area, set_type
from autograder.questions.model import read_text


def describe(question: MarksQuestion) -> dict[str, Any]:
    """Return what the page shows of the question: its look, the kinds of error.

    Raises
    ------
    nothing
    """
    shown: dict[str, Any] = {"look": question.look} if question.look else {}
    if question.types:
        shown["types"] = [{"id": identity, "text": read_text(text)} for identity, text in question.types.items()]
    return shown


def describe_item(item: MarksItem) -> dict[str, Any]:
    """Return what the page shows of an item beside what all items show: how its parts are laid out.

    Raises
    ------
    nothing
    """
    shown: dict[str, Any] = {}
    if item.mark_cells:
        shown["cells"] = item.part_ids
    if item.flow != "lines":
        shown["flow"] = item.flow
    if any(part.at or part.place for part in item.parts):
        has_type = any(part.place == "ten-loai" for part in item.parts)
        shown["parts"] = [_describe_part(part, has_type=has_type) for part in item.parts]
    if item.page or any(part.place for part in item.parts):
        shown["page"] = describe_page(item.page or PageSetup())
    return shown


def _describe_part(part: MarkablePart, *, has_type: bool) -> dict[str, Any]:
    fields: dict[str, Any] = {
        "id": part.id,
        "label": read_text(part.label),
        "text": read_text(part.text),
        "link": part.link,
        "at": list(part.at or ()),
        "place": part.place,
    }
    if part.place:
        setting = set_type(part.place, part.style, has_type=has_type)
        fields["area"] = find_area(part.place, has_type=has_type)
        fields["setting"] = setting
        fields["told"] = "" if part.place.startswith("le-") else describe_setting(setting)
    return {name: value for name, value in fields.items() if value}


def get_texts() -> dict[str, str]:
    """Return the texts that the page writes itself.

    Raises
    ------
    nothing
    """
    return {
        "mark_none": _("Nothing marked"),
        "marked": _("Marked: {n}"),
        "mark_untyped": _("without a kind yet: {n}"),
        "mark_list": _("What you have marked"),
        "mark_cells": _("Table to mark in. Arrow keys move, Space or Enter marks."),
        "mark_removed": _("No longer marked: {part}"),
        "mark_remove": _("Remove the mark: {part}"),
        "mark_kind": _("Kind"),
        "mark_kind_of": _("Kind of: {part}"),
        "mark_kind_open": _("Choose a kind"),
        "cell_row": _("Row"),
        "cell_name": _("{text}, {column}, row {n}"),
        "cell_place": _("Row {n}, {column}: {text}"),
        "cell_empty": _("empty"),
        "region": _("Region {n}: {text}"),
        "letter_page": _("Page of the letter"),
        "letter_setting": _("Set in: {setting}"),
        "letter_hint": _("Point at a part to see how it is set."),
    }
