"""Item statistics in words, and as files: CSV and JSON by item, XLSX with sheets for items, questions and mistakes."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, BinaryIO

from autograder.locale import _
from autograder.questions.model import read_text
from autograder.questions.rich_text import read_runs
from autograder.records.item_names import QuestionNames, Text
from autograder.records.item_statistics import (
    MIN_PEOPLE,
    Count,
    Flag,
    ItemStatistics,
    ModuleStatistics,
    QuestionStatistics,
)
from autograder.reports.tables import write_rows

ITEM_COLUMNS = (
    "question",
    "question_title",
    "item",
    "item_label",
    "required",
    "answers",
    "difficulty",
    "discrimination",
    "untouched",
    "wrong_option",
    "wrong_label",
    "wrong_count",
    "wrong_share",
    "code",
    "code_sentence",
    "code_count",
    "flags",
)
QUESTION_COLUMNS = (
    "question",
    "question_title",
    "required",
    "answers",
    "max_points",
    "mean",
    "quartile_1",
    "median",
    "quartile_3",
    "capped",
    "untouched",
)
MISTAKE_COLUMNS = ("question", "question_title", "code", "code_sentence", "code_count", "code_share")
MAX_LABEL = 120
MAX_LISTED = 10
# XML has no place for these, so neither has a sheet.
_UNWRITABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


@dataclass(frozen=True, slots=True)
class CountLine:
    """An option or a mistake in words.  ``is_typed``: the learner's own writing, not an option's words."""

    name: str
    words: str
    count: int
    share: float
    is_typed: bool = False


@dataclass(frozen=True, slots=True)
class ItemLine:
    """One item in words; ``place`` is its number in question and item, such as 2.5."""

    place: str
    words: str
    statistics: ItemStatistics
    wrong: tuple[CountLine, ...] = ()
    mistakes: tuple[CountLine, ...] = ()


@dataclass(frozen=True, slots=True)
class QuestionLine:
    """One question in words."""

    number: int
    words: str
    statistics: QuestionStatistics
    mistakes: tuple[CountLine, ...]
    items: tuple[ItemLine, ...]


@dataclass(frozen=True, slots=True)
class ItemReport:
    """The statistics of a module in the words of the current language."""

    statistics: ModuleStatistics
    questions: tuple[QuestionLine, ...]
    mistakes: tuple[CountLine, ...]

    @property
    def items(self) -> tuple[ItemLine, ...]:
        """The items of all questions."""
        return tuple(item for question in self.questions for item in question.items)


def put_into_words(statistics: ModuleStatistics, names: Mapping[str, QuestionNames]) -> ItemReport:
    """Return the statistics of a module with words for its ids.

    Parameters
    ----------
    statistics : ModuleStatistics
    names : mapping
        Question id → its words; what is missing is named by its id.

    Returns
    -------
    ItemReport
        Questions in the order of ``statistics``, items in that of their question.

    Raises
    ------
    nothing
    """
    feedback: dict[str, Text] = {}
    for known in names.values():
        for code, text in known.feedback.items():
            feedback.setdefault(code, text)
    questions = tuple(
        _describe_question(number, question, names.get(question.question) or QuestionNames("", question.question))
        for number, question in enumerate(statistics.questions, start=1)
    )
    return ItemReport(statistics, questions, _describe_mistakes(statistics.codes, feedback))


def describe_flag(flag: Flag) -> str:
    """Return the sentence that says what an author should look at.

    Raises
    ------
    nothing
    """
    return {
        Flag.CHECK_KEY: _("Check the key: a wrong choice is made more often than the right one."),
        Flag.TOO_HARD: _("Too hard: less than 20% right."),
        Flag.TOO_EASY: _("Too easy: more than 95% right."),
        Flag.WEAK: _("Does not tell strong learners from weak ones."),
    }[flag]


def write_items(report: ItemReport, stream: BinaryIO, format: str) -> int:
    """Write one line per item and return how many.

    Parameters
    ----------
    report : ItemReport
    stream : binary file
    format : str
        ``csv``, ``json`` or ``xlsx``; XLSX has a sheet for questions and one for mistakes beside it.

    Returns
    -------
    int
        Items written.

    Raises
    ------
    StaffError
        ``format-unknown``.
    """
    if format == "xlsx":
        return _write_workbook(report, stream)
    return write_rows(ITEM_COLUMNS, iter_item_values(report), stream, format)


def iter_item_values(report: ItemReport) -> Iterator[dict[str, Any]]:
    """Yield the values of `ITEM_COLUMNS` for every item.  Where too few people stand behind it, only its names.

    Raises
    ------
    nothing
    """
    for question in report.questions:
        for item in question.items:
            found = item.statistics
            wrong = item.wrong[0] if item.wrong else None
            mistake = item.mistakes[0] if item.mistakes else None
            yield {
                "question": found.question,
                "question_title": question.words,
                "item": found.item,
                "item_label": item.words,
                "required": question.statistics.required,
                "answers": found.answers if found.is_shown else None,
                "difficulty": _round(found.difficulty),
                "discrimination": _round(found.discrimination),
                "untouched": _round(found.untouched),
                "wrong_option": wrong.name if wrong else None,
                "wrong_label": wrong.words if wrong else None,
                "wrong_count": wrong.count if wrong else None,
                "wrong_share": _round(wrong.share) if wrong else None,
                "code": mistake.name if mistake else None,
                "code_sentence": mistake.words if mistake else None,
                "code_count": mistake.count if mistake else None,
                "flags": " ".join(found.flags),
            }


def shorten(text: str, limit: int = MAX_LABEL) -> str:
    """Return the first line of a text without Markdown signs, cut between words.

    Raises
    ------
    nothing
    """
    first = next((line for line in text.splitlines() if line.strip()), "")
    plain = "".join(run["text"] for run in read_runs(first)).strip()
    return plain if len(plain) <= limit else plain[: limit - 1].rsplit(" ", 1)[0] + "…"


def _describe_question(number: int, found: QuestionStatistics, names: QuestionNames) -> QuestionLine:
    order = {item: place for place, item in enumerate(names.items, start=1)}
    listed = sorted(found.items, key=lambda one: (order.get(one.item, len(order) + 1), one.item))
    return QuestionLine(
        number=number,
        words=shorten(read_text(names.title)) or found.question,
        statistics=found,
        mistakes=_describe_mistakes(found.codes, names.feedback),
        items=tuple(_describe_item(f"{number}.{place}", item, names) for place, item in enumerate(listed, start=1)),
    )


def _describe_item(place: str, found: ItemStatistics, names: QuestionNames) -> ItemLine:
    words = read_text(names.items.get(found.item))
    return ItemLine(
        place=place,
        words=shorten(words) or found.item,
        statistics=found,
        wrong=tuple(_list_options(found, names))[:MAX_LISTED],
        mistakes=_describe_mistakes(found.codes, names.feedback),
    )


def _list_options(found: ItemStatistics, names: QuestionNames) -> Iterator[CountLine]:
    for count in found.wrong:
        line = _describe_option(found.item, count, names)
        # What one person wrote in words could tell who it was; numbers cannot.
        if not line.is_typed or line.count >= MIN_PEOPLE or not any(map(str.isalpha, line.words)):
            yield line


def _describe_option(item: str, count: Count, names: QuestionNames) -> CountLine:
    if names.kind == "order":
        return CountLine(count.name, _("place {number}").format(number=count.name), count.count, count.share)
    words = names.find_option(item, count.name)
    text = shorten(read_text(words)) if words is not None else ""
    return CountLine(count.name, text or count.name, count.count, count.share, is_typed=not text)


def _describe_mistakes(counts: Sequence[Count], feedback: Mapping[str, Text]) -> tuple[CountLine, ...]:
    return tuple(
        CountLine(count.name, _describe_code(count.name, feedback), count.count, count.share) for count in counts
    )


def _describe_code(code: str, feedback: Mapping[str, Text]) -> str:
    if code in feedback:
        return read_text(feedback[code])
    # What a check says of learners' code.
    words = {
        "value": _("This gave another value than the one asked for."),
        "time-limit": _("This took too long and was stopped."),
        "ended": _("This ended before it gave a value."),
        "error": _("This stopped with an error message."),
        "not-defined": _("The name that the task asks for is not there."),
        "type": _("This gave another kind of value than the one asked for."),
    }
    return words.get(code, code)


def _iter_question_values(report: ItemReport) -> Iterator[dict[str, Any]]:
    for question in report.questions:
        found = question.statistics
        first, median, third = found.quartiles or (None, None, None)
        yield {
            "question": found.question,
            "question_title": question.words,
            "required": found.required,
            "answers": found.answers if found.is_shown else None,
            "max_points": found.max_points,
            "mean": _round(found.mean),
            "quartile_1": _round(first),
            "median": _round(median),
            "quartile_3": _round(third),
            "capped": _round(found.capped),
            "untouched": _round(found.untouched),
        }


def _iter_mistake_values(report: ItemReport) -> Iterator[dict[str, Any]]:
    blocks: list[tuple[str, str, Iterable[CountLine]]] = [("", _("Whole module"), report.mistakes)]
    blocks += [(line.statistics.question, line.words, line.mistakes) for line in report.questions]
    for question, title, mistakes in blocks:
        for mistake in mistakes:
            yield {
                "question": question,
                "question_title": title,
                "code": mistake.name,
                "code_sentence": mistake.words,
                "code_count": mistake.count,
                "code_share": _round(mistake.share),
            }


def _write_workbook(report: ItemReport, stream: BinaryIO) -> int:
    from openpyxl import Workbook

    book = Workbook(write_only=True)
    number = _write_sheet(book, _("Items"), ITEM_COLUMNS, iter_item_values(report))
    _write_sheet(book, _("Questions"), QUESTION_COLUMNS, _iter_question_values(report))
    _write_sheet(book, _("Misconceptions"), MISTAKE_COLUMNS, _iter_mistake_values(report))
    book.save(stream)
    return number


def _write_sheet(book: Any, title: str, columns: tuple[str, ...], rows: Iterator[dict[str, Any]]) -> int:
    from openpyxl.cell import WriteOnlyCell

    sheet = book.create_sheet(title)
    sheet.freeze_panes = "A2"
    sheet.append(list(columns))
    number = 0
    for row in rows:
        cells = []
        for column in columns:
            value = row[column]
            cell = WriteOnlyCell(sheet, _UNWRITABLE.sub("", value) if isinstance(value, str) else value)
            if isinstance(value, str):
                # Text stays text, also where it begins as a formula does.
                cell.data_type = "s"
            cells.append(cell)
        sheet.append(cells)
        number += 1
    return number


def _round(value: float | None) -> float | None:
    return None if value is None else round(value, 4)
