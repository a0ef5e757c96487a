"""Content rules: what an author can get wrong, and answers that know nothing."""

from __future__ import annotations

from collections.abc import Iterator

from autograder.errors import ContentError
from autograder.locale import _
from autograder.questions.formulas import (
    Address,
    FormulaError,
    Value,
    format_address,
    is_formula,
    place_entry,
    show_value,
)
from autograder.questions.kinds.kind import Guess
from autograder.questions.kinds.sheet.block import MAX_ROWS, SheetItem, SheetKey, Slot, SlotKey
from autograder.questions.kinds.sheet.explanation import explain_error
from autograder.questions.kinds.sheet.question import SheetQuestion
from autograder.questions.kinds.sheet.scoring import equal_values
from autograder.questions.kinds.sheet.trial import MAX_FILLED, ShownSheet, list_cells, locate_cell, read_content
from autograder.questions.model import find_key_gaps, find_unknown_codes

MAX_COLUMNS = 26


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
        content = read_content(value)
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
            if locate_cell(name) in slots or locate_cell(name) not in shown.data.contents:
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


def list_guesses(question: SheetQuestion) -> Iterator[Guess]:
    """Yield the same number in every slot.

    Raises
    ------
    nothing
    """
    for number in ("0", "1"):
        yield Guess(number, {item.id: dict.fromkeys(item.slots, number) for item in question.items}, may_earn=True)
