"""sheet: hidden data, filled slots, known wrong formulas, what the page is told, content rules and bad input."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import pytest

from autograder.locale import set_language
from autograder.questions.kinds import KINDS
from autograder.questions.scoring import Score, count_answered, score_answer
from autograder.questions.spec import find_problems, inspect_question, parse_question, public_part, resolved

ROWS = [
    ["Khoa", "Giờ", "Khoa", "Tổng", "Tỷ lệ"],
    ["A", 10, "B", None, None],
    ["B", 20.5, "A", None, None],
    ["A", 30, "Cộng", "=SUM(D2:D3)", None],
    ["B", "5", None, None, None],
]
SLOTS: dict[str, Any] = {
    "D2": {"label": "Tổng giờ", "fill": "D2:D3"},
    "E2": {"label": "Tỷ lệ", "fill": "E2:E3"},
    "A7": {"label": {"vi": "Số dòng từ 10 giờ", "en": "Rows of 10 hours or more"}},
}
RIGHT = {"D2": "=SUMIFS(B$2:B$5;A$2:A$5;C2)", "E2": "=D2/D$4", "A7": '=COUNTIF(B2:B5;">=10")'}
KEY: dict[str, Any] = {
    "slots": {
        "D2": {
            "formula": RIGHT["D2"],
            "wrong": [
                {"formula": "=SUMIFS(B2:B5;A2:A5;C2)", "code": "MC-ABSREF", "credit": 0.3},
                {"formula": "=SUM(B$2:B$5)", "code": "MC-ALL"},
            ],
        },
        "E2": {"formula": RIGHT["E2"], "within": 0.001},
        "A7": {"formula": RIGHT["A7"], "shown_only": {"code": "MC-TYPED", "credit": 0.2}},
    },
    "hidden": [{"B2": 5, "B3": 1}, {"A2": "B", "B4": 100, "B5": 50}],
}
FEEDBACK = {"MC-ABSREF": "Dùng $.", "MC-ALL": "Chỉ một khoa.", "MC-TYPED": "Số gõ tay không đổi."}
BLOCK: dict[str, Any] = {
    "id": "q",
    "kind": "sheet",
    "points": 10,
    "prompt": "?",
    "items": [{"id": "t", "title": "Sổ", "sheet": {"rows": ROWS}, "slots": SLOTS}],
    "key": {"t": KEY},
    "score": {"by": "formulas"},
    "feedback": FEEDBACK,
}


def score(entries: Any, block: dict[str, Any] = BLOCK) -> Score:
    """Score what is written into the slots."""
    return score_answer(parse_question(block, where=""), {"t": entries}, "9f3c")


def respond(entries: Any) -> Any:
    """Return what the page of the learner's copy is told."""
    question: Any = parse_question(public_part(parse_question(BLOCK, where="")), where="")
    return KINDS["sheet"].respond(question, {"t": entries}, ("t",))["sheets"]["t"]


@pytest.mark.parametrize(
    ("entries", "fraction", "codes"),
    [
        (RIGHT, 1.0, []),
        # other formulas with the same results
        ({"D2": "=SUMIF($A$2:$A$5, C2, $B$2:$B$5)", "E2": "=d2/sum(d$2:d$3)", "A7": '=COUNTIF(B:B;">9,99")'}, 1.0, []),
        # one slot of three
        ({"A7": RIGHT["A7"]}, 1 / 3, []),
        # without $ the range slips when filled: credit 0.3
        ({"D2": "=SUMIF(A2:A5;C2;B2:B5)"}, 0.3 / 3, ["MC-ABSREF"]),
        ({"D2": "=SUM($B$2:$B$5)"}, 0.0, ["MC-ALL"]),
        # typed numbers are right on the data shown only
        ({"A7": "3"}, 0.2 / 3, ["MC-TYPED"]),
        ({"A7": "=3"}, 0.2 / 3, ["MC-TYPED"]),
        ({"D2": "20,5"}, 0.0, []),
        # the slots before are taken as right: one mistake is counted once
        ({"D2": "=1", "E2": "=D2/(D$2+D$3)"}, 1 / 3, []),
        # mistakes, emptiness, unknown slots
        ({"D2": "=SUM(", "E2": "=1/0", "A7": "  "}, 0.0, []),
        ({"D4": "=1", "Z9": "=1"}, 0.0, []),
    ],
)
def test_formula_is_right_when_it_gives_the_same_on_all_data(entries: Any, fraction: float, codes: list[str]) -> None:
    """Mean over the slots; the first known wrong formula with the same results tells the misconception."""
    result = score(entries)
    assert result.fraction == pytest.approx(fraction)
    assert [note.code for note in result.notes] == codes


def test_tolerance_is_the_slots_own() -> None:
    """Within 0.001 in E2; in D2 up to rounding."""
    assert score({"E2": "=ROUND(D2/D$4;3)"}).fraction == pytest.approx(1 / 3)
    assert score({"E2": "=ROUND(D2/D$4;1)"}).fraction == 0
    assert score({"D2": RIGHT["D2"] + "+0,001"}).fraction == 0
    assert score({"D2": RIGHT["D2"] + "*3/3"}).fraction == pytest.approx(1 / 3)


def test_text_results_are_compared_composed_and_exactly() -> None:
    """NFD equals NFC, capital letters count."""
    block = copy.deepcopy(BLOCK)
    block["key"]["t"]["slots"]["A7"] = {"formula": '=IF(B2>6;"Đạt";"Chưa đạt")'}
    assert score({"A7": '=IF(B2>6;"\u0110a\u0323t";"Chưa đạt")'}, block).fraction == pytest.approx(1 / 3)
    assert score({"A7": '=IF(B2>6;"ĐẠT";"Chưa đạt")'}, block).fraction == 0
    assert score({"A7": "=B2>6"}, block).fraction == 0


def test_statistics_get_what_was_written() -> None:
    """Slot and text, cut at 200 characters; wrong ones again."""
    [item] = score({"D2": RIGHT["D2"], "A7": "=" + "1+" * 140 + "1"}).items
    assert item.chosen == (f"D2: {RIGHT['D2']}", f"A7: ={'1+' * 140}"[:200])
    assert item.wrong == item.chosen[1:]


def test_page_is_told_results_formulas_and_mistakes() -> None:
    """Of the shown data only, in every filled cell, with the formula as it stands there; given formulas too."""
    told = respond({"D2": "=SUMIFS(B$2:B$5;A$2:A$5;C2)", "E2": "=D2/C2"})
    assert told["cells"]["D2"] == {"text": "20,5", "type": "number", "formula": "=SUMIFS(B$2:B$5;A$2:A$5;C2)"}
    assert told["cells"]["D3"] == {"text": "40", "type": "number", "formula": "=SUMIFS(B$2:B$5;A$2:A$5;C3)"}
    assert told["cells"]["D4"] == {"text": "60,5", "type": "number", "formula": "=SUM(D2:D3)"}
    assert told["cells"]["E3"] == {"text": "#VALUE!", "type": "error", "formula": "=D3/C3"}
    assert "A7" not in told["cells"]
    assert told["problems"]["D2"] == ""
    assert told["problems"]["E2"].startswith("#VALUE! ")
    assert respond(None)["cells"] == {"D4": {"text": "0", "type": "number", "formula": "=SUM(D2:D3)"}}


def test_mistake_in_a_filled_cell_names_the_cell() -> None:
    """The first cell is fine, the next one divides by an empty cell."""
    told = respond({"E2": "=1/(B2-B$3)"})
    assert told["cells"]["E2"]["type"] == "number"
    assert "E3" in told["problems"]["E2"]
    assert "#DIV/0!" in told["problems"]["E2"]


MISTAKES = [
    *("=SUMM(1)", "=TỔNG(1)", "=khoa", "=SUM", "=SUM(1", "=SUM(1))", '="a', "=1+", "=", "=1 2", "=A1:", "=A1!B2"),
    *("=ROUND(1)", "=ABS(1;2)", "=COUNTIFS(A1:A2;1;A1:A2)", "=" + "(" * 31, "=1/0", "=A2+1", "=A2:A3"),
    *("=SUMIFS(B2:B5;A2:A4;1)", '=MATCH("x";A2:A3;0)', "=10^400", "=A7", "=VLOOKUP(1;A1:B2;3)", "SUM(B2:B3)"),
    f'=SUBSTITUTE("{"a" * 99}";"a";"{"b" * 99}")',
]


@pytest.mark.parametrize("entry", MISTAKES)
def test_every_mistake_has_its_sentence(entry: str) -> None:
    """What is wrong and what to do, in whole sentences of both languages."""
    try:
        for language in ("vi", "en"):
            set_language(language)
            sentence = respond({"A7": entry})["problems"]["A7"]
            assert sentence.endswith(".")
            assert "{" not in sentence
            assert len(sentence) > 15
    finally:
        set_language(None)


def test_numbers_on_the_page_follow_the_reader_and_scores_do_not() -> None:
    """A decimal point for readers of English; joined text keeps its comma, so points are the same."""
    entries = {"D2": RIGHT["D2"], "A7": '=""&B3'}
    try:
        set_language("en")
        assert respond(entries)["cells"]["D2"]["text"] == "20.5"
        assert respond(entries)["cells"]["A7"]["text"] == "20,5"
    finally:
        set_language(None)


DEEP: Any = {}
for _level in range(300):
    DEEP = {"D2": DEEP}


@pytest.mark.parametrize(
    "entries",
    [None, 5, [], "=1", DEEP, {"D2": 5}, {"D2": None}, {"D2": ["=1"]}, {"D2": float("nan")}, {"D2": "x" * 301},
     {"D2": "=" + "1+" * 5_000_000}, {5: "=1"}, {"d2": "=1"}],
)  # fmt: skip
def test_bad_entries_count_as_no_answer(entries: Any) -> None:
    """Wrong shapes and too long texts: 0 points, nothing answered, nothing told but the sheet itself."""
    question = parse_question(BLOCK, where="")
    assert score_answer(question, {"t": entries}, "9f3c").points == 0
    assert count_answered(question, {"t": entries}, "9f3c") == (0, 1)
    assert list(respond(entries)["cells"]) == ["D4"]


def test_sheet_is_answered_when_every_slot_is() -> None:
    """Two of three slots are not a whole answer."""
    question = parse_question(BLOCK, where="")
    assert count_answered(question, {"t": {"D2": "=1", "E2": "=1"}}, "9f3c") == (0, 1)
    assert count_answered(question, {"t": dict.fromkeys(SLOTS, "=1")}, "9f3c") == (1, 1)


def test_page_gets_the_sheet_as_texts() -> None:
    """Dates and numbers in the reader's notation, slots with the cells they fill, nothing of the key."""
    block = copy.deepcopy(BLOCK)
    block["items"][0]["sheet"]["cells"] = {"A6": "2026-04-03", "B6": True}
    question: Any = parse_question(block, where="")
    shown = KINDS["sheet"].describe_item(question.items[0])
    assert shown["columns"] == list("ABCDE")
    assert shown["cells"][2][1] == {"text": "20,5", "type": "number"}
    assert shown["cells"][5][:2] == [{"text": "03/04/2026", "type": "number"}, {"text": "TRUE", "type": "text"}]
    assert shown["cells"][3][3] == {"text": "", "type": ""}
    assert len(shown["cells"]) == 7
    assert shown["slots"][0] == {"cell": "D2", "label": "Tổng giờ", "fill": "D2:D3", "cells": ["D2", "D3"]}
    assert shown["slots"][2]["fill"] == ""
    assert "SUMIFS" not in str(shown)


def change_slot(name: str, **fields: Any) -> Callable[[dict[str, Any]], None]:
    """Return a change of a slot."""
    return lambda block: block["items"][0]["slots"][name].update(fields)


def change_key(name: str, **fields: Any) -> Callable[[dict[str, Any]], None]:
    """Return a change of a slot's key."""
    return lambda block: block["key"]["t"]["slots"][name].update(fields)


def change_cell(**cells: Any) -> Callable[[dict[str, Any]], None]:
    """Return a change of the sheet."""
    return lambda block: block["items"][0]["sheet"].update(cells=cells)


def change_hidden(*data: Any) -> Callable[[dict[str, Any]], None]:
    """Return other hidden data."""
    return lambda block: block["key"]["t"].update(hidden=list(data))


BROKEN: list[tuple[str, Callable[[dict[str, Any]], Any]]] = [
    ("key-item-missing", lambda b: b["key"].update(t9=b["key"].pop("t"))),
    ("feedback-missing", lambda b: b["feedback"].pop("MC-ABSREF")),
    ("feedback-missing", lambda b: b["feedback"].pop("MC-TYPED")),
    ("sheet-size", change_cell(AB1=1)),
    ("sheet-size", change_cell(A201=1)),
    ("slot-taken", change_cell(D3=1)),
    ("slot-taken", change_slot("D2", fill="D2:E2")),
    ("slot-fill", change_slot("D2", fill="D3:D4")),
    ("slot-fill", change_slot("A7", fill="A7:A99")),
    ("formula-wrong", change_cell(F1="=SUM(")),
    ("formula-wrong", change_key("D2", formula="=SUM(")),
    ("formula-wrong", change_key("D2", formula="=A2+1")),
    ("formula-wrong", change_key("A7", formula="B2")),
    ("formula-wrong", change_key("D2", wrong=[{"formula": "=SUMM(1)", "code": "MC-ALL"}])),
    ("slot-key", lambda b: b["key"]["t"]["slots"].pop("A7")),
    ("slot-key", lambda b: b["items"][0]["slots"].pop("A7")),
    ("hidden-cell", change_hidden({"B2": 5, "B3": 1, "D2": 1}, {"B4": 100})),
    ("hidden-cell", change_hidden({"B2": 5, "B3": 1, "C9": 1}, {"B4": 100})),
    ("hidden-same", change_hidden({"B2": 11}, {"B4": 100})),
    ("wrong-formula-is-right", change_key("D2", wrong=[{"formula": "=SUMIF(A$2:A$5;C2;B$2:B$5)", "code": "MC-ALL"}])),
]


@pytest.mark.parametrize(("code", "change"), BROKEN)
def test_content_rule_finds_what_is_broken(code: str, change: Callable[[dict[str, Any]], Any]) -> None:
    """Each rule for the content once; the finding names the place and the remedy."""
    block = copy.deepcopy(BLOCK)
    assert find_problems(parse_question(block, where="")) == []
    change(block)
    found = [problem for problem in find_problems(parse_question(block, where="")) if problem.code == code]
    assert found
    assert all(problem.where and problem.message and problem.hint for problem in found)


@pytest.mark.parametrize(
    "change",
    [change_hidden({"B2": 1}), change_key("D2", formula="="), change_slot("D2", fill="d2:d3"), change_cell(a1=1)],
)
def test_wrong_shapes_of_a_block_are_told_with_their_place(change: Callable[[dict[str, Any]], Any]) -> None:
    """One hidden data set, an empty formula, small letters in an address."""
    block = copy.deepcopy(BLOCK)
    change(block)
    question, errors = inspect_question(block, where="lesson.ipynb")
    assert question is None
    assert all(error.where.startswith("lesson.ipynb › q › ") for error in errors)


def test_block_is_read_back_as_it_was_written() -> None:
    """Resolved and read again it scores the same; a learner's copy holds no formula of the key."""
    question = parse_question(BLOCK, where="")
    again = parse_question(resolved(question), where="")
    answer = {"t": {"D2": "=SUMIF(A2:A5;C2;B2:B5)", "A7": "3"}}
    assert score_answer(again, answer, "9f3c") == score_answer(question, answer, "9f3c")
    assert "SUMIFS" not in str(public_part(question))
