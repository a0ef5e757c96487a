"""sheet (R8 with G5): write formulas into a small spreadsheet.

A formula is right when it gives what the reference gives, on the data shown and on data that the learner never sees,
in every cell over which it is filled.
"""

from __future__ import annotations

import functools
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Literal

from pydantic import Field, StringConstraints

from autograder.errors import ContentError
from autograder.locale import _, current_language
from autograder.questions.formulas import (
    FUNCTIONS,
    MAX_CHARACTERS,
    Address,
    Content,
    Evaluation,
    FormulaError,
    Placed,
    SheetData,
    Value,
    fill_entry,
    format_address,
    is_formula,
    parse_address,
    place_entry,
    read_constant,
    shift_formula,
    show_value,
)
from autograder.questions.kinds.kind import Guess, Kind
from autograder.questions.model import (
    MAX_ITEMS,
    BaseQuestion,
    Cell,
    Code,
    Item,
    LocalId,
    Share,
    Strict,
    Text,
    find_key_gaps,
    find_unknown_codes,
    read_text,
)
from autograder.questions.outcome import ItemResult, Outcome

MAX_COLUMNS = 26
MAX_ROWS = 200
MAX_FILLED = 40
MAX_SHOWN = 200

CellName = Annotated[str, StringConstraints(strict=True, pattern=r"^[A-Z]{1,2}[1-9][0-9]{0,2}$")]
RangeName = Annotated[
    str, StringConstraints(strict=True, pattern=r"^[A-Z]{1,2}[1-9][0-9]{0,2}:[A-Z]{1,2}[1-9][0-9]{0,2}$")
]
FormulaText = Annotated[str, StringConstraints(strict=True, min_length=2, max_length=MAX_CHARACTERS)]
Width = Annotated[float, Field(strict=True, ge=0)]

BITS_PER_SLOT = 20.0


class Sheet(Strict):
    """What the spreadsheet holds before the learner writes into it."""

    # from A1 on; a text that begins with = is a formula, and 2026-04-03 is a date
    rows: Annotated[tuple[tuple[Cell, ...], ...], Field(max_length=MAX_ROWS)] = ()
    # single cells, beside or instead of rows
    cells: dict[CellName, Cell] = Field(default_factory=dict)
    # how many rows at the top are headings
    head: Annotated[int, Field(strict=True, ge=0, le=5)] = 1


class Slot(Strict):
    """A cell for the learner's formula."""

    label: Text
    # the cells over which the formula is filled, its own first
    fill: RangeName | None = None


class SheetItem(Item):
    """One spreadsheet."""

    sheet: Sheet
    slots: Annotated[dict[CellName, Slot], Field(min_length=1, max_length=20)]


class KnownFormula(Strict):
    """A wrong formula that tells which misconception led to it."""

    formula: FormulaText
    code: Code
    credit: Share = 0.0


class ShownOnly(Strict):
    """What is right by chance: on the data shown only, as a typed number is."""

    code: Code
    credit: Share = 0.0


class SlotKey(Strict):
    """The right formula of one slot."""

    formula: FormulaText
    within: Width = 1e-9
    wrong: tuple[KnownFormula, ...] = ()
    shown_only: ShownOnly | None = None


class SheetKey(Strict):
    """The right formulas of one spreadsheet."""

    slots: dict[CellName, SlotKey]
    # other data, each as the cells that differ from those shown
    hidden: Annotated[tuple[dict[CellName, Cell], ...], Field(min_length=2, max_length=10)]
    why: Text | None = None
    source: str | None = None


class FormulasScore(Strict):
    """G5, by what formulas give."""

    by: Literal["formulas"]


class SheetQuestion(BaseQuestion):
    """One or more spreadsheets."""

    kind: Literal["sheet"]
    items: Annotated[tuple[SheetItem, ...], Field(min_length=1, max_length=MAX_ITEMS)]
    key: dict[LocalId, SheetKey] | None = None
    score: FormulasScore | None = None

    @functools.cached_property
    def grids(self) -> dict[str, ShownSheet]:
        """Return each item's sheet, ready for evaluation.

        Raises
        ------
        nothing
        """
        return {item.id: ShownSheet.read(item) for item in self.items}

    @functools.cached_property
    def trials(self) -> dict[str, Trial]:
        """Return what the key's formulas give, by item.

        Raises
        ------
        nothing
        """
        key = self.key or {}
        return {item.id: Trial.run(self.grids[item.id], key[item.id]) for item in self.items if item.id in key}


@dataclass(frozen=True)
class ShownSheet:
    """A sheet as data."""

    data: SheetData
    # slot → the cells of its fill, its own first
    filled: dict[str, tuple[Address, ...]]

    @staticmethod
    def read(item: SheetItem) -> ShownSheet:
        """Read the public part of an item.

        Raises
        ------
        nothing
        """
        contents = {a: _read_cell(value) for a, value in list_cells(item.sheet).items()}
        filled = {name: list_filled(name, slot.fill) for name, slot in item.slots.items()}
        return ShownSheet(SheetData(contents, frozenset(a for cells in filled.values() for a in cells)), filled)

    def fill(self, slot: str, entry: Content) -> dict[Address, Content]:
        """Return the cells of a slot with an entry filled over them.

        Raises
        ------
        nothing
        """
        cells = self.filled[slot]
        column, row = cells[0]
        return {a: fill_entry(entry, a[0] - column, a[1] - row) for a in cells}


@dataclass(frozen=True)
class Trial:
    """A key tried out: the data sets, and what reference formulas and wrong ones give."""

    # shown first, then hidden ones
    data: tuple[SheetData, ...]
    # what the reference formulas put into the slots
    references: dict[Address, Content]
    # slot → for every data set the values of its cells
    right: dict[str, tuple[tuple[Value, ...], ...]]
    # slot → the same for each wrong formula
    wrong: dict[str, tuple[tuple[tuple[Value, ...], ...], ...]]

    @staticmethod
    def run(shown: ShownSheet, key: SheetKey) -> Trial:
        """Try a key.

        Raises
        ------
        nothing
        """
        references: dict[Address, Content] = {}
        for name, slot in key.slots.items():
            if name in shown.filled:
                references |= shown.fill(name, place_entry(slot.formula))
        changes = [{_locate(name): _read_cell(value) for name, value in one.items()} for one in key.hidden]
        slots = shown.data.slots
        data = (shown.data, *(SheetData(shown.data.contents | change, slots) for change in changes))
        names = [name for name in shown.filled if name in key.slots]
        right = {name: tuple(read_filled(shown, one, name, references) for one in data) for name in names}
        wrong = {
            name: tuple(
                tuple(
                    read_filled(shown, one, name, references | shown.fill(name, place_entry(known.formula)))
                    for one in data
                )
                for known in key.slots[name].wrong
            )
            for name in names
        }
        return Trial(data, references, right, wrong)


def _read_cell(value: Any) -> Content:
    if isinstance(value, str) and is_formula(value):
        return place_entry(value)
    return read_constant(value)


def _locate(name: str) -> Address:
    return parse_address(name) or (0, 0)


def list_cells(sheet: Sheet) -> dict[Address, Any]:
    """Return what an author wrote, by address.

    Raises
    ------
    nothing
    """
    cells = {(column, row): value for row, line in enumerate(sheet.rows) for column, value in enumerate(line)}
    return cells | {_locate(name): value for name, value in sheet.cells.items()}


def list_filled(name: str, fill: str | None) -> tuple[Address, ...]:
    """Return the cells over which a slot is filled, its own first; the slot alone where the range does not fit.

    Raises
    ------
    nothing
    """
    first = _locate(name)
    if fill is None:
        return (first,)
    start, end = (_locate(part) for part in fill.split(":"))
    columns, rows = range(start[0], end[0] + 1), range(start[1], end[1] + 1)
    if start != first or not 1 <= len(columns) * len(rows) <= MAX_FILLED:
        return (first,)
    return tuple((column, row) for row in rows for column in columns)


def read_filled(shown: ShownSheet, data: SheetData, slot: str, entries: Mapping[Address, Content]) -> tuple[Value, ...]:
    """Return the values of a slot's cells, with entries in the slots.

    Raises
    ------
    nothing
    """
    evaluation = Evaluation(data, entries)
    return tuple(evaluation.value(address) for address in shown.filled[slot])


def read_entries(item: SheetItem, answer: Any) -> dict[str, str]:
    """Return what an answer writes into the slots of one item; what is no text of up to 300 characters is left out.

    Raises
    ------
    nothing
    """
    value = answer.get(item.id) if isinstance(answer, dict) else None
    if not isinstance(value, dict):
        return {}
    typed = {name: value.get(name) for name in item.slots}
    return {
        name: text.strip()
        for name, text in typed.items()
        if isinstance(text, str) and len(text) <= MAX_CHARACTERS and text.strip()
    }


def equal_values(found: Value, expected: Value, within: float) -> bool:
    """Tell whether two values are the same; numbers may lie apart by ``within`` and by rounding.

    Raises
    ------
    nothing
    """
    if isinstance(expected, float) and isinstance(found, float):
        return abs(found - expected) <= within + 1e-12 * abs(expected)
    if isinstance(expected, str) and isinstance(found, str):
        return unicodedata.normalize("NFC", found) == unicodedata.normalize("NFC", expected)
    if isinstance(expected, FormulaError) and isinstance(found, FormulaError):
        return found.code == expected.code
    return type(found) is type(expected) and found == expected


def score_sheet(question: SheetQuestion, answer: Any, drawn: tuple[str, ...]) -> Outcome:
    """Score the formulas of the drawn spreadsheets.

    Parameters
    ----------
    question : SheetQuestion
        With key.
    answer : Any
        ``{item: {slot: text}}``; any other JSON value counts as no answer.
    drawn : tuple of str

    Returns
    -------
    Outcome
        Fraction: mean over all slots of 1 (right on all data), the credit of the first wrong formula that gives the
        same, the credit of being right on the data shown only, or 0.

    Raises
    ------
    nothing

    Source
    ------
    Syllabus §3.0, R8 and G5; M10-E4.
    """
    key = question.key or {}
    results: list[ItemResult] = []
    codes: list[tuple[str, str | None]] = []
    earned: list[float] = []
    for item in question.pick_items(drawn):
        if item.id not in key:
            continue
        entries = read_entries(item, answer)
        shares = {}
        named: list[str] = []
        for name in question.trials[item.id].right:
            share, code = _judge_slot(question, item.id, name, entries.get(name, ""))
            shares[name] = share
            named += [code] if code else []
        named = list(dict.fromkeys(named))
        earned += shares.values()
        chosen = tuple(f"{name}: {entries[name]}"[:MAX_SHOWN] for name in shares if name in entries)
        wrong = tuple(f"{name}: {entries[name]}"[:MAX_SHOWN] for name, s in shares.items() if name in entries and s < 1)
        fraction = sum(shares.values()) / len(shares) if shares else 0.0
        results.append(ItemResult(item.id, fraction, next(iter(named), None), chosen, wrong))
        codes += [(code, item.id) for code in named]
    return Outcome(sum(earned) / len(earned) if earned else 0.0, tuple(results), tuple(codes))


def _judge_slot(question: SheetQuestion, item: str, name: str, text: str) -> tuple[float, str | None]:
    """Return the share of one slot and its misconception."""
    trial, shown, key = question.trials[item], question.grids[item], (question.key or {})[item].slots[name]
    if not text:
        return 0.0, None
    if text == key.formula:
        return 1.0, None
    # Other slots hold the reference: one mistake is counted once.
    entries = trial.references | shown.fill(name, place_entry(text))
    found: list[tuple[Value, ...]] = []

    def is_same(expected: Sequence[tuple[Value, ...]], count: int) -> bool:
        for place in range(count):
            if place == len(found):
                found.append(read_filled(shown, trial.data[place], name, entries))
            pairs = zip(found[place], expected[place], strict=True)
            if not all(equal_values(a, b, key.within) for a, b in pairs):
                return False
        return True

    right, count = trial.right[name], len(trial.data)
    if is_same(right, count) and not any(isinstance(value, FormulaError) for values in found for value in values):
        return 1.0, None
    for known, expected in zip(key.wrong, trial.wrong[name], strict=True):
        if is_same(expected, count):
            return known.credit, known.code
    if key.shown_only and is_same(right, 1):
        return key.shown_only.credit, key.shown_only.code
    return 0.0, None


def find_problems(question: SheetQuestion) -> Iterator[ContentError]:
    """Yield what is wrong in the sheets, the key and the feedback.

    Raises
    ------
    nothing
    """
    key = question.key or {}
    yield from find_key_gaps(question, key)
    codes: dict[str, str] = {}
    for item in question.items:
        yield from find_sheet_problems(item)
        if item.id in key:
            for name, slot in key[item.id].slots.items():
                codes.update({known.code: f"{item.id}.{name}" for known in slot.wrong})
                if slot.shown_only:
                    codes[slot.shown_only.code] = f"{item.id}.{name}"
            yield from _find_key_problems(question, item, key[item.id])
    yield from find_unknown_codes(question, codes)


def find_sheet_problems(item: SheetItem) -> Iterator[ContentError]:
    """Yield what is wrong in the sheet itself: this needs no key.

    Raises
    ------
    nothing
    """
    cells = list_cells(item.sheet)
    shown = ShownSheet.read(item)
    for address in [*cells, *(a for filled in shown.filled.values() for a in filled)]:
        if address[0] >= MAX_COLUMNS or address[1] >= MAX_ROWS:
            yield ContentError(
                "sheet-size",
                _("A cell lies outside the sheet"),
                where=item.id,
                found=format_address(address),
                expected=_("columns A to Z, rows 1 to {n}").format(n=MAX_ROWS),
                hint=_("use a smaller sheet"),
            )
    owners: dict[Address, str] = {}
    for name, slot in item.slots.items():
        yield from _find_slot_problems(item, name, slot, shown.filled[name])
        for address in shown.filled[name]:
            taken = owners.setdefault(address, name) != name or cells.get(address) not in (None, "")
            if taken:
                yield ContentError(
                    "slot-taken",
                    _("A slot covers a cell that already holds something"),
                    where=f"{item.id}.slots.{name}",
                    found=format_address(address),
                    expected=_("an empty cell that belongs to one slot"),
                    hint=_("empty the cell in the sheet, or fill over fewer cells"),
                )
                break
    for address, value in cells.items():
        content = _read_cell(value)
        if isinstance(value, str) and is_formula(value) and isinstance(content, FormulaError):
            yield _refuse_formula(f"{item.id}.sheet.{format_address(address)}", value, content)


def _find_slot_problems(item: SheetItem, name: str, slot: Slot, filled: tuple[Address, ...]) -> Iterator[ContentError]:
    if slot.fill is not None and len(filled) == 1 and slot.fill != f"{name}:{name}":
        yield ContentError(
            "slot-fill",
            _("A slot is filled over a range that does not begin with it, or that is too large"),
            where=f"{item.id}.slots.{name}",
            found=slot.fill,
            expected=_("{cell}:… and at most {n} cells").format(cell=name, n=MAX_FILLED),
            hint=_("let the range begin with the slot's own cell"),
        )


def _refuse_formula(where: str, formula: str, error: FormulaError) -> ContentError:
    return ContentError(
        "formula-wrong",
        _("A formula cannot be calculated: {reason}").format(reason=explain_error(error)),
        where=where,
        found=formula,
        expected=_("a formula, for example {formula}").format(formula='=SUMIFS(C2:C9;A2:A9;"Khoa A")'),
        hint=_("correct the formula; arguments are separated by ;"),
    )


def _find_key_problems(question: SheetQuestion, item: SheetItem, key: SheetKey) -> Iterator[ContentError]:
    for name in sorted(set(item.slots) ^ set(key.slots)):
        yield ContentError(
            "slot-key",
            _("Slots and key do not agree"),
            where=f"{item.id}.{name}",
            found=_("only in the key") if name in key.slots else _("only in the sheet"),
            expected=_("every slot in both"),
            hint=_("add the slot to the other part, or remove it"),
        )
    shown, trial = question.grids[item.id], question.trials[item.id]
    slots = {address for filled in shown.filled.values() for address in filled}
    for number, change in enumerate(key.hidden, start=1):
        for name in change:
            if _locate(name) in slots or _locate(name) not in shown.data.contents:
                yield ContentError(
                    "hidden-cell",
                    _("Hidden data change a cell that holds nothing, or a slot"),
                    where=f"{item.id}.hidden.{number}",
                    found=name,
                    expected=_("a cell of the sheet that holds data"),
                    hint=_("correct the address"),
                )
    for name, values in trial.right.items():
        yield from _find_formula_problems(item.id, name, key.slots[name], values, trial.wrong[name])


def _find_formula_problems(
    item: str,
    name: str,
    key: SlotKey,
    right: tuple[tuple[Value, ...], ...],
    wrong: tuple[tuple[tuple[Value, ...], ...], ...],
) -> Iterator[ContentError]:
    where = f"{item}.{name}"
    errors = [value for values in right for value in values if isinstance(value, FormulaError)]
    if errors:
        yield _refuse_formula(where, key.formula, errors[0])
        return
    if not is_formula(key.formula):
        yield _refuse_formula(where, key.formula, FormulaError("#ERROR!", "no-equals"))
        return

    def is_same(left: tuple[Value, ...], other: tuple[Value, ...]) -> bool:
        return all(equal_values(a, b, key.within) for a, b in zip(left, other, strict=True))

    if all(is_same(values, right[0]) for values in right[1:]):
        yield ContentError(
            "hidden-same",
            _("With the hidden data a slot has the same result as with the data shown"),
            where=where,
            found=show_value(right[0][0]),
            expected=_("another result, so that a typed number is not taken for a formula"),
            hint=_("change a cell in hidden that this formula reads"),
        )
    for known, values in zip(key.wrong, wrong, strict=True):
        entry = place_entry(known.formula)
        if isinstance(entry, FormulaError):
            yield _refuse_formula(where, known.formula, entry)
        elif all(is_same(a, b) for a, b in zip(values, right, strict=True)):
            yield ContentError(
                "wrong-formula-is-right",
                _("A wrong formula gives the same as the right one, on all data"),
                where=where,
                found=known.formula,
                expected=_("another result on some data"),
                hint=_("add hidden data that tell the two apart, or remove the wrong formula"),
            )


def count_answered(question: SheetQuestion, answer: Any, drawn: tuple[str, ...]) -> int:
    """Return in how many drawn spreadsheets every slot is filled in.

    Raises
    ------
    nothing
    """
    return sum(1 for item in question.pick_items(drawn) if len(read_entries(item, answer)) == len(item.slots))


def count_bits(question: SheetQuestion, drawn: tuple[str, ...]) -> float:
    """Return how many bits an answer has.

    Raises
    ------
    nothing
    """
    return BITS_PER_SLOT * sum(len(item.slots) for item in question.pick_items(drawn))


def describe(_question: SheetQuestion) -> dict[str, Any]:
    """Return what the page shows: the functions that can be used.

    Raises
    ------
    nothing
    """
    return {"functions": sorted(FUNCTIONS)}


def describe_item(item: SheetItem) -> dict[str, Any]:
    """Return the sheet as texts, and its slots.

    Raises
    ------
    nothing
    """
    shown = ShownSheet.read(item)
    places = [*shown.data.contents, *(a for filled in shown.filled.values() for a in filled)]
    width, height = 1 + max(a[0] for a in places), 1 + max(a[1] for a in places)
    contents = {a: c for a, c in shown.data.contents.items() if not isinstance(c, Placed)}
    return {
        "head": item.sheet.head,
        "columns": [format_address((column, 0))[:-1] for column in range(width)],
        "cells": [[_describe_value(contents.get((column, row))) for column in range(width)] for row in range(height)],
        "slots": [
            {
                "cell": name,
                "label": read_text(slot.label),
                "fill": f"{name}:{format_address(shown.filled[name][-1])}" if len(shown.filled[name]) > 1 else "",
                "cells": [format_address(a) for a in shown.filled[name]],
            }
            for name, slot in item.slots.items()
        ],
    }


def _describe_value(value: Content) -> dict[str, str]:
    if value is None or isinstance(value, Placed):
        return {"text": "", "type": ""}
    mark = "," if current_language() == "vi" else "."
    kind = "error" if isinstance(value, FormulaError) else "number" if isinstance(value, float) else "text"
    return {"text": show_value(value, mark), "type": kind}


def respond(question: SheetQuestion, answer: Any, drawn: tuple[str, ...]) -> dict[str, Any]:
    """Return what the page learns of a saved answer: what the formulas give on the data shown, and what is wrong.

    Raises
    ------
    nothing
    """
    return {"sheets": {item.id: _respond_item(question, item, answer) for item in question.pick_items(drawn)}}


def _respond_item(question: SheetQuestion, item: SheetItem, answer: Any) -> dict[str, Any]:
    shown, entries = question.grids[item.id], read_entries(item, answer)
    texts = {a: c.formula.text for a, c in shown.data.contents.items() if isinstance(c, Placed)}
    placed: dict[Address, Content] = {}
    for name, text in entries.items():
        placed |= shown.fill(name, place_entry(text))
        column, row = shown.filled[name][0]
        texts |= {a: shift_formula(text, a[0] - column, a[1] - row) for a in shown.filled[name]}
    evaluation = Evaluation(shown.data, placed)
    values = {address: evaluation.value(address) for address in texts}
    return {
        "cells": {format_address(a): _describe_value(v) | {"formula": texts[a]} for a, v in values.items()},
        "problems": {name: _explain_slot(text, shown.filled[name], values) for name, text in entries.items()},
    }


def _explain_slot(text: str, cells: tuple[Address, ...], values: Mapping[Address, Value]) -> str:
    """Return the sentence for the first mistake in a slot's cells, or ""."""
    if not is_formula(text) and "(" in text and isinstance(values[cells[0]], str):
        return explain_error(FormulaError("", "no-equals"))
    for address in cells:
        value = values[address]
        if isinstance(value, FormulaError):
            sentence = f"{value.code} {explain_error(value)}"
            if address == cells[0]:
                return sentence
            return _("Cell {cell}: {sentence}").format(cell=format_address(address), sentence=sentence)
    return ""


def explain_error(error: FormulaError) -> str:
    """Return one sentence that says what is wrong with a formula and what to do.

    Raises
    ------
    nothing
    """
    sentences = {
        "too-long": _("The formula is longer than {detail} characters."),
        "too-deep": _("More than {detail} brackets stand inside each other."),
        "too-much": _("The formula reads too many cells or gives too long a text; please use smaller ranges."),
        "empty": _("Nothing stands behind the equals sign."),
        "no-equals": _("A formula begins with the sign =."),
        "quote": _("A text is not closed: quotation marks stand before and after it."),
        "sign": _("The sign {detail} cannot stand here."),
        "unexpected": _("{detail} cannot stand in this place; perhaps a sign or a semicolon is missing before it."),
        "unfinished": _("The formula is not finished: something is missing at its end."),
        "bracket-open": _("A closing bracket is missing."),
        "bracket-closed": _("There is one closing bracket too many."),
        "range": _("A range names its first and its last cell, for example A2:A9."),
        "name": _("The word {detail} is not known; text stands in quotation marks."),
        "function": _("The function {detail} is not known here."),
        "function-near": _("This function is not known; perhaps {detail} is meant."),
        "function-without-bracket": _("An opening bracket follows the function {detail}."),
        "few-arguments": _("{detail} needs more arguments; they are separated by semicolons."),
        "many-arguments": _("{detail} has too many arguments."),
        "pairs": _("Every range of conditions needs its condition."),
        "wrong-type": _("A text stands where a number is needed."),
        "range-as-value": _("A range stands where one cell is needed."),
        "shapes-differ": _("The ranges have different sizes."),
        "divided-by-zero": _("A number is divided by 0 or by an empty cell."),
        "not-found": _("The value looked for was not found."),
        "number-range": _("A number is out of range."),
        "outside": _("The formula points outside the sheet."),
        "circular": _("The formula refers to its own cell, directly or through others."),
    }
    return sentences[error.problem].format(detail=error.detail)


def get_texts() -> dict[str, str]:
    """Return the texts that the page writes itself.

    Raises
    ------
    nothing
    """
    return {
        "sheet_grid": _("Spreadsheet"),
        "sheet_bar": _("Formula"),
        "sheet_empty": _("(empty)"),
        "sheet_help": _(
            "Write the formulas into the fields below; the sheet shows what they give. In the sheet, the arrow keys "
            "move between cells and Enter leads to the formula's field."
        ),
        "sheet_slot": _("Cell {cell}"),
        "sheet_fill": _("Filled over {range}"),
        "sheet_result": _("Result: {value}"),
        "sheet_open": _("No formula yet"),
        "sheet_functions": _("Functions that can be used"),
        "sheet_notation": _("A formula begins with =; arguments are separated by ; and numbers have a decimal comma."),
    }


def list_guesses(question: SheetQuestion) -> Iterator[Guess]:
    """Yield the same number in every slot.

    Raises
    ------
    nothing
    """
    for number in ("0", "1"):
        yield Guess(number, {item.id: dict.fromkeys(item.slots, number) for item in question.items}, may_earn=True)


KIND = Kind(
    SheetQuestion,
    score_sheet,
    find_problems,
    count_answered,
    count_bits,
    describe=describe,
    describe_item=describe_item,
    respond=respond,
    texts=get_texts,
    list_guesses=list_guesses,
)
