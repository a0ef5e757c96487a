"""marks (R3): mark the right parts of each item, with or without a kind of error.  Scored as a set (G2).

Parts are lines, spans of a running text, regions of a picture, components of an official letter, or the cells of a
table.
"""

from __future__ import annotations

import math
from collections.abc import Hashable, Iterator, Mapping
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Discriminator, Field, PrivateAttr, StrictBool, Tag, model_validator

from autograder.errors import ContentError
from autograder.locale import _
from autograder.questions.kinds.kind import Guess, Kind
from autograder.questions.letter import (
    PageSetup,
    PartStyle,
    Place,
    describe_page,
    describe_setting,
    find_area,
    set_type,
)
from autograder.questions.model import (
    MAX_ITEMS,
    BaseQuestion,
    Code,
    Item,
    LocalId,
    Part,
    Strict,
    Text,
    find_key_gaps,
    find_unknown_codes,
    read_text,
)
from autograder.questions.outcome import ItemResult, Outcome

MAX_CELLS = 600
MAX_CHOSEN = 50

Percent = Annotated[float, Field(strict=True, ge=0, le=100)]
Weight = Annotated[float, Field(strict=True, gt=0, le=100)]
Given = Mapping[str, Mapping[str, str | None]]


def _expand_marks(value: Any) -> Any:
    return {"marks": value} if isinstance(value, list) else value


def _name_form(value: Any) -> str:
    return "typed" if isinstance(value, dict) else "plain"


class MarkablePart(Part):
    """One piece that can be marked, and where it is shown."""

    # where it lies in the item's picture: left, top, width, height in percent of the picture
    at: tuple[Percent, ...] | None = None
    # which component of a letter it is
    place: Place | None = None
    style: PartStyle | None = None


class MarksItem(Item):
    """One thing whose parts are marked."""

    parts: Annotated[tuple[MarkablePart, ...], Field(max_length=200)] = ()
    # the cells of the table are the parts: r01c01 is the first cell of the first row
    mark_cells: StrictBool = False
    # lines: one part under the other; text: one running text
    flow: Literal["lines", "text"] = "lines"
    # the sheet of a letter
    page: PageSetup | None = None

    _part_ids: tuple[str, ...] = PrivateAttr(default=())
    _part_set: frozenset[str] = PrivateAttr(default=frozenset())

    @model_validator(mode="after")
    def _list_parts(self) -> MarksItem:
        ids = tuple(part.id for part in self.parts)
        if self.mark_cells and self.table is not None:
            rows, columns = range(1, len(self.table.rows) + 1), range(1, len(self.table.columns) + 1)
            ids += tuple(name_cell(row, column) for row in rows for column in columns)
        self._part_ids = ids
        self._part_set = frozenset(ids)
        return self

    @property
    def part_ids(self) -> tuple[str, ...]:
        """Return the ids of what can be marked: the parts, or the table's cells.

        Raises
        ------
        nothing
        """
        return self._part_ids

    @property
    def part_set(self) -> frozenset[str]:
        """Return the same ids for looking up.

        Raises
        ------
        nothing
        """
        return self._part_set


class MarksKey(Strict):
    """What is to be marked in one item."""

    # parts; with kinds of error: part → kind
    marks: Annotated[
        Annotated[tuple[LocalId, ...], Tag("plain")] | Annotated[dict[LocalId, LocalId], Tag("typed")],
        Discriminator(_name_form),
    ]
    # what a part counts; 1 where nothing is said
    weights: dict[LocalId, Weight] = Field(default_factory=dict)
    # part marked without need → misconception
    wrong: dict[LocalId, Code] = Field(default_factory=dict)
    # part overlooked → misconception
    missed: dict[LocalId, Code] = Field(default_factory=dict)
    # part marked with another kind of error → misconception
    mistyped: dict[LocalId, Code] = Field(default_factory=dict)
    # parts whose marking is a safety-critical act
    cap: tuple[LocalId, ...] = ()
    why: Text | None = None
    source: str | None = None

    def find_type(self, part: str) -> str | None:
        """Return the kind of error of a part, or None where the key names none.

        Raises
        ------
        nothing
        """
        return self.marks.get(part) if isinstance(self.marks, dict) else None


ShortMarks = Annotated[MarksKey, BeforeValidator(_expand_marks, json_schema_input_type=list[LocalId] | MarksKey)]


class SetScore(Strict):
    """G2."""

    by: Literal["set"]


class MarksQuestion(BaseQuestion):
    """Some parts per item."""

    kind: Literal["marks"]
    items: Annotated[tuple[MarksItem, ...], Field(min_length=1, max_length=MAX_ITEMS)]
    # how the items are shown; plain where nothing is said
    look: Literal["letter"] | None = None
    # kinds of error: the learner gives each marked part one of them
    types: Annotated[dict[LocalId, Text], Field(min_length=2, max_length=20)] | None = None
    key: dict[LocalId, ShortMarks] | None = None
    score: SetScore | None = None


def name_cell(row: int, column: int) -> str:
    """Return the id of a table's cell: rows and columns are counted from 1, the header not.

    Raises
    ------
    nothing
    """
    return f"r{row:02d}c{column:02d}"


def score_marks(
    wanted: Mapping[str, frozenset[Hashable]],
    marked: Mapping[str, frozenset[Hashable]],
    weights: Mapping[str, Mapping[Hashable, float]] | None = None,
) -> float:
    """Return the pooled set score.

    Parameters
    ----------
    wanted : Mapping
        Item → parts that should be marked; a part is anything hashable, such as an id or (id, kind of error).
    marked : Mapping
        Item → parts that were marked; items that are missing were not answered.
    weights : Mapping, optional
        Item → wanted part → what it counts; 1 where it is missing.

    Returns
    -------
    float
        ``max(0, (TP - FP/2) / P)``.  TP and P are sums of weights, each FP counts the mean weight of what is wanted.
        Where nothing is wanted, 1 for an answer without any mark, else 0.

    Raises
    ------
    nothing

    Source
    ------
    Syllabus §3.0, G2.
    """
    nothing: frozenset[Hashable] = frozenset()
    extra = sum(len(marked.get(item, nothing) - parts) for item, parts in wanted.items())
    number = sum(len(parts) for parts in wanted.values())
    if number == 0:
        return 1.0 if marked and extra == 0 else 0.0
    found = {item: parts & marked.get(item, nothing) for item, parts in wanted.items()}
    if weights is None:
        positives, hits = float(number), float(sum(len(parts) for parts in found.values()))
    else:
        positives, hits = _weigh(wanted, weights), _weigh(found, weights)
    return max(0.0, (hits - extra / 2 * (positives / number)) / positives)


def _weigh(parts: Mapping[str, frozenset[Hashable]], weights: Mapping[str, Mapping[Hashable, float]]) -> float:
    return sum(weights.get(item, {}).get(part, 1.0) for item, found in parts.items() for part in found)


def read_marks(question: MarksQuestion, answer: Any, drawn: tuple[str, ...]) -> dict[str, dict[str, str | None]]:
    """Return the marks on drawn items: part → kind of error, None without one.

    Parameters
    ----------
    question : MarksQuestion
    answer : Any
        ``{item: [part]}`` or ``{item: {part: kind}}``; what is neither counts as not answered.
    drawn : tuple of str

    Raises
    ------
    nothing
    """
    if not isinstance(answer, dict):
        return {}
    types = question.types or {}
    marked: dict[str, dict[str, str | None]] = {}
    for item in question.pick_items(drawn):
        value, known = answer.get(item.id), item.part_set
        if isinstance(value, list):
            marked[item.id] = {part: None for part in value if isinstance(part, str) and part in known}
        elif isinstance(value, dict):
            marked[item.id] = {
                part: given if isinstance(given, str) and given in types else None
                for part, given in value.items()
                if isinstance(part, str) and part in known
            }
    return marked


def score_question(question: MarksQuestion, answer: Any, drawn: tuple[str, ...]) -> Outcome:
    """Score the marks on the drawn items.

    Parameters
    ----------
    question : MarksQuestion
        With key.
    answer : Any
        ``{item: [part]}``, with kinds of error ``{item: {part: kind}}``; any other JSON value counts as no answer.
    drawn : tuple of str

    Returns
    -------
    Outcome
        With kinds of error the set is one of pairs: a right part of the wrong kind is one mark without need and one
        that is missed.  A right part without any kind is only missed.

    Raises
    ------
    nothing
    """
    key = question.key or {}
    drawn = tuple(identity for identity in drawn if identity in key)
    marked = read_marks(question, answer, drawn)
    wanted = {one: frozenset((part, key[one].find_type(part)) for part in key[one].marks) for one in drawn}
    given = {one: _pair(question, key[one], parts) for one, parts in marked.items()}
    weights: dict[str, dict[Hashable, float]] = {
        one: {(part, key[one].find_type(part)): weight for part, weight in key[one].weights.items()} for one in drawn
    }
    results: list[ItemResult] = []
    codes: list[tuple[str, str | None]] = []
    for item in question.pick_items(drawn):
        one = item.id
        parts = marked.get(one, {})
        found = _list_codes(key[one], parts) if one in marked else []
        fraction = score_marks({one: wanted[one]}, {one: given[one]} if one in given else {}, {one: weights[one]})
        results.append(ItemResult(one, fraction, next(iter(found), None), *_list_choices(item, key[one], parts)))
        codes += [(code, one) for code in found]
    capped = any(part in parts for one, parts in marked.items() for part in key[one].cap)
    fraction = score_marks(wanted, given, weights) if any(marked.values()) else 0.0
    return Outcome(fraction, tuple(results), tuple(codes), capped)


def _pair(question: MarksQuestion, key: MarksKey, parts: Mapping[str, str | None]) -> frozenset[Hashable]:
    if question.types is None:
        return frozenset((part, None) for part in parts)
    return frozenset((part, kind) for part, kind in parts.items() if kind is not None or part not in key.marks)


def _list_choices(item: MarksItem, key: MarksKey, parts: Mapping[str, str | None]) -> tuple[tuple[str, ...], ...]:
    """Return what was marked and what of it was not right, as ``part`` or ``part:kind``, in the parts' order."""
    chosen: list[str] = []
    wrong: list[str] = []
    for part in item.part_ids if parts else ():
        if part not in parts:
            continue
        if len(chosen) == MAX_CHOSEN:
            break
        kind = parts[part]
        name = part if kind is None else f"{part}:{kind}"
        chosen.append(name)
        if part not in key.marks or kind not in (None, key.find_type(part)):
            wrong.append(name)
    return tuple(chosen), tuple(wrong)


def _list_codes(key: MarksKey, marked: Mapping[str, str | None]) -> list[str]:
    wrong = [code for part, code in key.wrong.items() if part in marked and part not in key.marks]
    missed = [code for part, code in key.missed.items() if part in key.marks and part not in marked]
    other = [code for part, code in key.mistyped.items() if marked.get(part) not in (None, key.find_type(part))]
    return list(dict.fromkeys(wrong + missed + other))


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


def count_answered(question: MarksQuestion, answer: Any, drawn: tuple[str, ...]) -> int:
    """Return how many drawn items have a mark.

    Raises
    ------
    nothing
    """
    return sum(1 for parts in read_marks(question, answer, drawn).values() if parts)


def count_bits(question: MarksQuestion, drawn: tuple[str, ...]) -> float:
    """Return how many bits an answer has: for every part, marked or not and as what.

    Raises
    ------
    nothing
    """
    each = math.log2(1 + len(question.types or "1"))
    return each * sum(len(item.part_ids) for item in question.pick_items(drawn))


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


KIND = Kind(
    MarksQuestion,
    score_question,
    find_problems,
    count_answered,
    count_bits,
    describe=describe,
    describe_item=describe_item,
    texts=get_texts,
    list_guesses=list_guesses,
)
