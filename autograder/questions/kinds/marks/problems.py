"""Content rules: what an author can get wrong, and answers that know nothing."""

from __future__ import annotations

from collections.abc import Iterator

from autograder.errors import ContentError
from autograder.locale import _
from autograder.questions.kinds.kind import Guess
from autograder.questions.kinds.marks.block import MarksItem, MarksKey, MarksQuestion
from autograder.questions.model import find_key_gaps, find_unknown_codes

MAX_CELLS = 600


def find_problems(question: MarksQuestion) -> Iterator[ContentError]:
    """Yield what is wrong between items, key and feedback.

    Raises
    ------
    nothing
    """
    key = question.key or {}
    yield from find_key_gaps(question, key)
    items = {item.id: item for item in question.items}
    codes: dict[str, str] = {}
    for identity, entry in key.items():
        used = [*entry.wrong.values(), *entry.missed.values(), *entry.mistyped.values()]
        codes.update(dict.fromkeys(used, identity))
        yield from _find_part_problems(identity, entry, items.get(identity))
        yield from _find_type_problems(question, identity, entry)
    yield from find_unknown_codes(question, codes)
    for item in question.items:
        yield from _find_item_problems(question, item)
    if key and not any(entry.marks for entry in key.values()):
        yield ContentError(
            "nothing-to-mark",
            _("The key marks nothing at all"),
            where="key",
            expected=_("at least one part"),
            hint=_("name the parts that are to be marked"),
        )


def _find_part_problems(identity: str, entry: MarksKey, item: MarksItem | None) -> Iterator[ContentError]:
    parts, known = (item.part_ids, item.part_set) if item else ((), frozenset())
    names = ", ".join(parts) if len(parts) <= 20 else f"{parts[0]} … {parts[-1]}"
    for field in ("marks", "weights", "wrong", "missed", "mistyped", "cap"):
        for part in getattr(entry, field):
            if part not in known:
                yield ContentError(
                    "part-unknown",
                    _("The key uses a part that the item does not have ({field})").format(field=field),
                    where=identity,
                    found=part,
                    expected=_("one of: {names}").format(names=names or "–"),
                    hint=_("correct the id of the part"),
                )
    misplaced = [p for p in (*entry.wrong, *entry.cap) if p in entry.marks]
    misplaced += [p for p in (*entry.missed, *entry.mistyped, *entry.weights) if p in known and p not in entry.marks]
    for part in misplaced:
        yield ContentError(
            "part-right-and-wrong",
            _("The key contradicts itself about a part"),
            where=identity,
            found=part,
            expected=_("wrong, cap: parts outside marks; missed, mistyped, weights: parts of marks"),
            hint=_("correct marks, or the list that names the part"),
        )


def _find_type_problems(question: MarksQuestion, identity: str, entry: MarksKey) -> Iterator[ContentError]:
    types = question.types or {}
    if not types and (isinstance(entry.marks, dict) or entry.mistyped):
        yield ContentError(
            "types-missing",
            _("The key speaks of kinds of error, and the question has none"),
            where=identity,
            found="mistyped" if entry.mistyped else "marks: {…: …}",
            expected=_("types: {{a: …, b: …}}").format(),
            hint=_("add types to the question, or write marks as a list"),
        )
        return
    if types and entry.marks and not isinstance(entry.marks, dict):
        yield ContentError(
            "type-missing",
            _("The question asks for kinds of error, and the key gives none"),
            where=identity,
            found=", ".join(entry.marks[:5]),
            expected=_("marks: {{{part}: {kind}}}").format(part=entry.marks[0], kind=next(iter(types))),
            hint=_("write the kind behind every part, or remove types"),
        )
    for part in entry.marks:
        kind = entry.find_type(part)
        if kind is not None and kind not in types:
            yield ContentError(
                "type-unknown",
                _("The key names a kind of error that the question does not have"),
                where=f"{identity}.{part}",
                found=kind,
                expected=_("one of: {names}").format(names=", ".join(types)),
                hint=_("correct the kind, or add it to types"),
            )


def _find_item_problems(question: MarksQuestion, item: MarksItem) -> Iterator[ContentError]:
    if not item.part_ids and not item.mark_cells:
        yield ContentError(
            "item-without-parts",
            _("An item has nothing to mark"),
            where=item.id,
            expected=_("parts: [{{id: p01, text: …}}, …]").format(),
            hint=_("write the item's text as parts"),
        )
    ways = {
        "mark_cells": item.mark_cells,
        "flow: text": item.flow == "text",
        "at": any(part.at for part in item.parts),
        "look: letter": question.look == "letter",
    }
    chosen = [name for name, used in ways.items() if used] + (["parts"] if item.mark_cells and item.parts else [])
    if len(chosen) > 1:
        yield ContentError(
            "marks-in-two-ways",
            _("An item is shown for marking in two ways at once"),
            where=item.id,
            found=", ".join(chosen),
            expected=_("one of them"),
            hint=_("keep one, or make two items of it"),
        )
    if item.mark_cells:
        yield from _find_cell_problems(item)
    yield from _find_region_problems(item)
    yield from _find_letter_problems(question, item)


def _find_cell_problems(item: MarksItem) -> Iterator[ContentError]:
    if item.table is None or not 0 < len(item.part_ids) <= MAX_CELLS:
        yield ContentError(
            "cells-to-mark",
            _("mark_cells needs a table of a size that can be looked through"),
            where=item.id,
            found=_("no table") if item.table is None else len(item.part_ids),
            expected=_("1 to {n} cells").format(n=MAX_CELLS),
            hint=_("add the table, or show fewer rows"),
        )


def _find_region_problems(item: MarksItem) -> Iterator[ContentError]:
    for part in item.parts:
        if part.at is None:
            continue
        if item.image is None:
            yield ContentError(
                "region-without-picture",
                _("A part has a place in a picture that the item does not have"),
                where=f"{item.id}.{part.id}",
                found="at",
                expected="image: data/…",
                hint=_("add the picture, or remove at"),
            )
        if not _is_inside(part.at):
            yield ContentError(
                "region-outside",
                _("A region does not lie within its picture"),
                where=f"{item.id}.{part.id}",
                found=list(part.at),
                expected=_("[left, top, width, height] in percent, left + width and top + height up to 100"),
                hint=_("correct the four numbers"),
            )


def _is_inside(region: tuple[float, ...]) -> bool:
    if len(region) != 4:
        return False
    left, top, width, height = region
    return width > 0 and height > 0 and left + width <= 100 and top + height <= 100


def _find_letter_problems(question: MarksQuestion, item: MarksItem) -> Iterator[ContentError]:
    is_letter = question.look == "letter"
    for part in item.parts:
        if is_letter and part.place is None:
            yield ContentError(
                "place-missing",
                _("A part of a letter has no place on the page"),
                where=f"{item.id}.{part.id}",
                expected="place: noi-dung",
                hint=_("say which component of the letter the part is"),
            )
    unread = [f"{part.id}.{field}" for part in item.parts for field in ("place", "style") if getattr(part, field)]
    unread += ["page"] if item.page else []
    if unread and not is_letter:
        yield ContentError(
            "place-without-letter",
            _("An item is laid out as a letter, and the question is not shown as one"),
            where=item.id,
            found=", ".join(unread[:5]),
            expected="look: letter",
            hint=_("add look: letter to the question, or remove these fields"),
        )


def list_guesses(question: MarksQuestion) -> Iterator[Guess]:
    """Yield everything marked, with kinds of error as each of them.

    Raises
    ------
    nothing
    """
    name = _("everything marked")
    yield Guess(name, {item.id: list(item.part_ids) for item in question.items}, may_earn=True)
    for kind in question.types or ():
        yield Guess(name, {item.id: dict.fromkeys(item.part_ids, kind) for item in question.items}, may_earn=True)
