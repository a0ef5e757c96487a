"""A question while it is put together: its cells, read with a finding for each that says nothing."""

from __future__ import annotations

import difflib
import re
from dataclasses import dataclass, field
from typing import Any

from autograder.curriculum.spreadsheet.form import CODES, SEPARATOR
from autograder.curriculum.spreadsheet.table import SheetRow
from autograder.errors import ContentError
from autograder.locale import _
from autograder.questions.numbers import parse_vietnamese_number

ITEM_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")
# "an option = MC-CODE", "0,55 = MC-CODE 80%"
CODED = re.compile(r"(?P<what>.*?)\s*=\s*(?P<code>MC-[A-Z0-9-]+)(?:\s+(?P<credit>[0-9]+(?:,[0-9]+)?)\s?%)?", re.DOTALL)


@dataclass
class Reporter:
    """Collects what is wrong, with its place."""

    problems: list[ContentError]

    def __call__(self, code: str, message: str, where: str, *, found: Any, expected: str, hint: str) -> None:
        """Add a finding about any place.

        Raises
        ------
        nothing
        """
        shown = str(found)
        shown = shown if len(shown) <= 120 else f"{shown[:119]}…"
        self.problems.append(ContentError(code, message, where=where, found=shown, expected=expected, hint=hint))

    def cell(
        self, code: str, message: str, row: SheetRow, column: str, *, found: Any, expected: str, hint: str
    ) -> None:
        """Add a finding about one cell.

        Raises
        ------
        nothing
        """
        self(code, message, row.place(column), found=found, expected=expected, hint=hint)

    def read_text(self, row: SheetRow, column: str) -> str:
        """Return a cell as text, numbers as they are written in Vietnam; "" for an empty one.

        Raises
        ------
        nothing
        """
        cell = row.cells.get(column)
        if cell is None:
            return ""
        return cell.value if isinstance(cell.value, str) else write_number(cell.value)

    def require_text(self, row: SheetRow, column: str) -> str | None:
        """Return a cell as text, or report that it is empty and return None.

        Raises
        ------
        nothing
        """
        text = self.read_text(row, column)
        if text:
            return text
        # A missing column has its own finding, and a cell that could not be read too.
        known = any(problem.where == row.place(column) for problem in self.problems)
        if column in row.letters and not known:
            self.cell(
                "cell-empty",
                _("The cell is empty"),
                row,
                column,
                found=_("nothing"),
                expected=_("a value"),
                hint=_("fill the cell in, or delete the whole row"),
            )
        return None


@dataclass
class QuestionDraft:
    """A question while it is put together."""

    row: SheetRow
    items: list[SheetRow]
    # misconception → sentence, of the whole table
    feedback: dict[str, Any]
    by: str | None
    block: dict[str, Any] = field(default_factory=dict)
    answer: Any = None
    # ids of the items, in the order of their rows
    ids: list[str] = field(default_factory=list)
    # misconceptions that the key names
    codes: list[str] = field(default_factory=list)

    def name_items(self, report: Reporter) -> None:
        """Give every item its id: the one that its row states, else t01, t02, …

        Raises
        ------
        nothing
        """
        width = max(2, len(str(len(self.items))))
        for number, row in enumerate(self.items, start=1):
            identity = report.read_text(row, "item") or f"t{number:0{width}d}"
            if not ITEM_ID.fullmatch(identity):
                report.cell(
                    "item-form",
                    _("The id has the wrong form"),
                    row,
                    "item",
                    found=identity,
                    expected=_("letters without accents, digits, - and _, for example {example}").format(example="t01"),
                    hint=_("correct the id, or leave the cell empty"),
                )
            elif identity in self.ids:
                report.cell(
                    "item-repeated",
                    _("The id {id} is used twice").format(id=identity),
                    row,
                    "item",
                    found=identity,
                    expected=_("each id once"),
                    hint=_("give one of the two another id"),
                )
            self.ids.append(identity)

    def make_item(self, number: int, report: Reporter) -> dict[str, Any]:
        """Return an item with its id, title and group.

        Raises
        ------
        nothing
        """
        row = self.items[number]
        item: dict[str, Any] = {"id": self.ids[number]}
        if report.read_text(row, "stratum"):
            item["stratum"] = report.read_text(row, "stratum")
        if report.read_text(row, "title"):
            item["title"] = report.read_text(row, "title")
        return item

    def make_text_item(self, number: int, report: Reporter) -> dict[str, Any]:
        """Return an item that is one text.

        Raises
        ------
        nothing
        """
        row = self.items[number]
        text = report.require_text(row, "text")
        return self.make_item(number, report) | {"text": make_text(text or "–", report.read_text(row, "text_en"))}

    def add_reasons(self, number: int, entry: dict[str, Any], report: Reporter) -> dict[str, Any]:
        """Return a key's entry with why and source.

        Raises
        ------
        nothing
        """
        for name in ("why", "source"):
            if report.read_text(self.items[number], name):
                entry[name] = report.read_text(self.items[number], name)
        return entry

    def read_code(self, number: int, column: str, code: str, report: Reporter) -> str | None:
        """Return a misconception's code, or report that it has no sentence.

        Raises
        ------
        nothing
        """
        if code in self.feedback:
            self.codes.append(code)
            return code
        near = difflib.get_close_matches(code, self.feedback, n=1)
        report.cell(
            "feedback-missing",
            _("A misconception code has no feedback sentence"),
            self.items[number],
            column,
            found=code,
            expected=", ".join(self.feedback)[:200] or "–",
            hint=_("did you mean {name}?").format(name=near[0])
            if near
            else _("add the code with its sentence to the sheet “{sheet}”").format(sheet=CODES.vi),
        )
        return None

    def read_coded(self, number: int, column: str, report: Reporter) -> list[tuple[str, str, float | None]]:
        """Return the entries "what = MC-CODE 30%" of a cell as (what, code, share).

        Raises
        ------
        nothing
        """
        found = []
        for piece in split_cell(report.read_text(self.items[number], column)):
            match = CODED.fullmatch(piece)
            if match is None:
                report.cell(
                    "misconception-form",
                    _("This is not a choice with its misconception"),
                    self.items[number],
                    column,
                    found=piece,
                    expected=_("… = MC-CODE, with | between several"),
                    hint=_("write what is chosen, then = and the code"),
                )
                continue
            code = self.read_code(number, column, match["code"], report)
            credit = match["credit"]
            if code is not None:
                found.append((match["what"], code, float(credit.replace(",", ".")) / 100 if credit else None))
        return found


def make_text(vietnamese: str, english: str) -> str | dict[str, str]:
    """Return a text, in two languages where there is English.

    Raises
    ------
    nothing
    """
    return {"vi": vietnamese, "en": english} if english else vietnamese


def split_cell(text: str) -> list[str]:
    r"""Return the entries of a cell; ``\|`` is the sign itself.

    Raises
    ------
    nothing
    """
    pieces = re.split(rf"(?<!\\){re.escape(SEPARATOR)}", text)
    return [piece.replace("\\|", "|").strip() for piece in pieces if piece.strip()]


def write_number(value: int | float) -> str:
    """Return a number as it is written in Vietnam, without grouping: 12,5.

    Raises
    ------
    nothing
    """
    return f"{value:.12g}".replace(".", ",") if isinstance(value, float) else str(value)


def to_number(value: str | int | float) -> int | float | None:
    """Return a typed number (``7,5``, ``55 %``) or a number of the sheet; None for what is none.

    Raises
    ------
    nothing
    """
    if not isinstance(value, str):
        return value
    number = parse_vietnamese_number(value)
    if number is None or abs(number) > 10**15:
        return None
    return int(number) if number == number.to_integral_value() else float(number)


def read_number(row: SheetRow, column: str, report: Reporter) -> int | float | None:
    """Return the number in a cell; None, and a finding, where there is none.

    Raises
    ------
    nothing
    """
    if report.require_text(row, column) is None:
        return None
    value = row.cells[column].value
    number = to_number(value)
    if number is None:
        report.cell(
            "cell-number",
            _("The cell holds no number"),
            row,
            column,
            found=value,
            expected=_("a number"),
            hint=_("write the number alone, such as 12 or 7,5"),
        )
    return number
