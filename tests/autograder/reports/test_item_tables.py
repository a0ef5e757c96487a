"""Item statistics in words and as files."""

from __future__ import annotations

import csv
import io
import json
from typing import Any

import pytest
from openpyxl import load_workbook

from autograder.errors import StaffError
from autograder.records.item_names import read_names
from autograder.records.item_statistics import (
    Count,
    Flag,
    ItemStatistics,
    ModuleStatistics,
    QuestionStatistics,
)
from autograder.reports.item_tables import (
    ITEM_COLUMNS,
    MAX_LABEL,
    MISTAKE_COLUMNS,
    QUESTION_COLUMNS,
    ItemReport,
    describe_flag,
    put_into_words,
    shorten,
    write_items,
)

BLOCK = {
    "kind": "classify",
    "labels": {"x": "Xóa", "y": "Giữ"},
    "items": [{"id": "t2", "text": "=Thư hai"}, {"id": "t1", "text": "**Thư** một"}],
    "feedback": {"MC-A": "Vì thư đòi mật khẩu."},
}


def make_report(kind: str = "classify", wrong: tuple[Count, ...] = (Count("x", 6, 0.3),)) -> ItemReport:
    """Return the report of one question with two items, of which few people met the second."""
    codes = (Count("MC-A", 5, 0.25),)
    first = ItemStatistics("q1", "t1", True, 20, 0.7, -0.05, 0.05, wrong, codes, (Flag.WEAK,))
    second = ItemStatistics("q1", "t2", is_shown=False)
    question = QuestionStatistics(
        "q1", "lesson", True, True, 10.0, 20, 6.5, (5.0, 6.5, 8.0), 0.1, 0.05, codes, (first, second)
    )
    found = ModuleStatistics(20, 20, True, 0.65, 0.65, (0,) * 10, codes, (question,))
    block = {**BLOCK, "kind": kind}
    return put_into_words(
        found, read_names([{"id": "q1", "type": "question", "title": {"vi": "Hộp thư"}, "block": block}])
    )


def test_ids_become_words_in_the_questions_own_order() -> None:
    """Items as the author ordered them, options and mistakes in sentences."""
    report = make_report()
    assert [(item.place, item.words) for item in report.items] == [("1.1", "=Thư hai"), ("1.2", "Thư một")]
    item = report.items[1]
    assert (item.wrong[0].words, item.mistakes[0].words) == ("Xóa", "Vì thư đòi mật khẩu.")
    assert (report.questions[0].words, report.mistakes[0].words) == ("Hộp thư", "Vì thư đòi mật khẩu.")


def test_what_has_no_words_is_named_by_its_id() -> None:
    """A question that the release no longer has."""
    report = put_into_words(make_report().statistics, {})
    assert report.questions[0].words == "q1"
    assert {item.words for item in report.items} == {"t1", "t2"}
    assert report.items[0].mistakes[0].words == "MC-A"


def test_places_of_an_order_are_said_to_be_places() -> None:
    """In an order what was chosen is a place."""
    from autograder.locale import set_language

    set_language("en")
    try:
        assert make_report("order", (Count("3", 6, 0.3),)).items[1].wrong[0].words == "place 3"
    finally:
        set_language(None)


@pytest.mark.parametrize(
    ("typed", "count", "shown"), [("12,5", 1, True), ("của tôi", 4, False), ("của tôi", 5, True), ("x", 1, True)]
)
def test_words_that_few_people_typed_are_not_listed(typed: str, count: int, shown: bool) -> None:
    """What one person wrote could tell who it was; numbers and options cannot."""
    lines = make_report("text", (Count(typed, count, count / 20),)).items[1].wrong
    assert [line.name for line in lines] == ([typed] if shown else [])


def test_long_lists_are_cut() -> None:
    """Ten wrong options say enough."""
    wrong = tuple(Count(str(n), 1, 0.05) for n in range(40))
    assert len(make_report("number", wrong).items[1].wrong) == 10


def test_every_flag_has_its_sentence() -> None:
    """No flag is shown as its code."""
    sentences = {describe_flag(flag) for flag in Flag}
    assert len(sentences) == len(Flag)
    assert all(sentence.endswith(".") for sentence in sentences)


def test_labels_are_one_short_line() -> None:
    """Markdown signs go, words stay whole; a name with an underscore inside is a name."""
    assert shorten("\n**Xếp** từng `thư`\n\nDòng hai") == "Xếp từng thư"
    assert shorten("bao_cao_v01.xlsx") == "bao_cao_v01.xlsx"
    assert len(shorten("từ " * 100)) <= MAX_LABEL
    assert shorten("") == ""


def test_csv_has_a_line_for_every_item() -> None:
    """With BOM; what few people met has empty fields, not zeros; nothing is taken for a formula."""
    stream = io.BytesIO()
    assert write_items(make_report(), stream, "csv") == 2
    content = stream.getvalue()
    assert content.startswith(b"\xef\xbb\xbf")
    few, item = csv.DictReader(io.StringIO(content.decode("utf-8-sig")))
    assert tuple(item) == ITEM_COLUMNS
    assert few["item_label"] == "'=Thư hai"
    assert {few[name] for name in ("answers", "difficulty", "discrimination", "wrong_option", "code", "flags")} == {""}
    assert (item["difficulty"], item["discrimination"], item["flags"]) == ("0.7", "-0.05", "no-discrimination")
    assert (item["wrong_label"], item["wrong_count"], item["code_sentence"]) == ("Xóa", "6", "Vì thư đòi mật khẩu.")


def test_json_has_the_same_lines() -> None:
    """For programs."""
    stream = io.BytesIO()
    write_items(make_report(), stream, "json")
    few, item = json.loads(stream.getvalue())
    assert tuple(item) == ITEM_COLUMNS
    assert (few["difficulty"], item["difficulty"]) == (None, 0.7)


def test_a_workbook_has_a_sheet_for_items_questions_and_mistakes() -> None:
    """Numbers are numbers; text is text, also where it looks like a formula."""
    stream = io.BytesIO()
    assert write_items(make_report(), stream, "xlsx") == 2
    book = load_workbook(io.BytesIO(stream.getvalue()))
    rows: list[list[Any]] = [[list(row) for row in sheet.iter_rows()] for sheet in book.worksheets]
    assert [tuple(cell.value for cell in sheet[0]) for sheet in rows] == [
        ITEM_COLUMNS,
        QUESTION_COLUMNS,
        MISTAKE_COLUMNS,
    ]
    label = rows[0][1][ITEM_COLUMNS.index("item_label")]
    assert (label.value, label.data_type) == ("=Thư hai", "s")
    assert rows[0][2][ITEM_COLUMNS.index("difficulty")].value == 0.7
    assert rows[1][1][QUESTION_COLUMNS.index("median")].value == 6.5
    assert [row[MISTAKE_COLUMNS.index("code")].value for row in rows[2][1:]] == ["MC-A", "MC-A"]


def test_signs_that_a_sheet_cannot_hold_are_left_out() -> None:
    """A control sign in what somebody typed spoils no download."""
    stream = io.BytesIO()
    report = make_report("number", (Count("1\x01\x0b2", 3, 0.15),))
    write_items(report, stream, "xlsx")
    sheet = load_workbook(io.BytesIO(stream.getvalue())).worksheets[0]
    assert sheet.cell(3, ITEM_COLUMNS.index("wrong_option") + 1).value == "12"


def test_another_format_is_refused() -> None:
    """With what there is."""
    with pytest.raises(StaffError) as caught:
        write_items(make_report(), io.BytesIO(), "ods")
    assert caught.value.code == "format-unknown"
