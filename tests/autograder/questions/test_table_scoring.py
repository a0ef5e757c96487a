"""table: key cells, rows, rules for the whole table, codes, content rules and bad input."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import pytest

from autograder.questions.kinds import KINDS
from autograder.questions.scoring import Score, count_answered, score_answer
from autograder.questions.spec import find_problems, inspect_question, parse_question, public_part, resolved
from autograder.questions.tables.shape import read_meaning

COLUMNS = [
    {"id": "ten", "title": "Đơn vị"},
    {"id": "ngay", "title": "Ngày", "type": "date"},
    {"id": "so", "title": "Số", "type": "number"},
    {"id": "loai", "title": "Loại", "type": "choice", "options": {"k": "Khoa", "p": "Phòng"}},
    {"id": "ma", "title": "Mã", "fixed": True},
]
ROWS = [
    {"id": "r1", "ten": "A", "ngay": "03/04/2026", "so": 10, "loai": "k", "ma": "x1"},
    {"id": "r2", "ten": "B", "ngay": "04/13/2026", "so": "1,5", "loai": "k", "ma": "x2"},
    {"id": "r3", "ten": "C", "ngay": "05/04/2026", "so": 30, "loai": "k", "ma": "x3"},
    {"id": "r4", "ten": "C", "ngay": "05/04/2026", "so": 30, "loai": "k", "ma": "x4"},
]
KEY: dict[str, Any] = {
    "cells": {
        "r2": {"ngay": "2026-04-13", "so": {"value": 1500, "within": 0.5}},
        "r3": {"loai": "p"},
    },
    "removed": ["r4"],
    "wrong": [
        {"row": "r2", "column": "so", "value": 1.5, "code": "MC-A"},
        {"column": "ngay", "code": "MC-B"},
        {"row": "r4", "code": "MC-C"},
    ],
}
FEEDBACK = {"MC-A": "Vì A.", "MC-B": "Vì B.", "MC-C": "Vì C."}


def make_block(key: dict[str, Any] | None = None, **fields: Any) -> dict[str, Any]:
    """Return a block of ten points with one table."""
    item = {"id": "t", "title": "Bảng", "columns": COLUMNS, "rows": ROWS, "allow": ["add", "remove"]}
    item |= {name: fields.pop(name) for name in ("columns", "rows", "allow") if name in fields}
    common = {"id": "q", "kind": "table", "points": 10, "prompt": "?", "items": [item], "feedback": FEEDBACK}
    return copy.deepcopy(common | {"key": {"t": KEY if key is None else key}} | fields)


def score(block: dict[str, Any], table: Any) -> Score:
    """Score one table."""
    return score_answer(parse_question(block, where=""), {"t": table}, "9f3c")


def edit(*changes: tuple[str, str, Any], removed: tuple[str, ...] = (), added: Any = (), rows: Any = None) -> Any:
    """Return the first table with changes."""
    kept = {row["id"]: dict(row) for row in (rows or ROWS) if row["id"] not in removed}
    for row, column, value in changes:
        kept[row][column] = value
    return [*kept.values(), *added]


DATE, NUMBER, TYPE = ("r2", "ngay", "13/4/2026"), ("r2", "so", "1.500"), ("r3", "loai", "p")


@pytest.mark.parametrize(
    ("table", "fraction", "codes"),
    [
        # 3 cells and 1 row to remove: TP 4
        (edit(DATE, NUMBER, TYPE, removed=("r4",)), 1.0, []),
        # written otherwise, meant the same: 2026-04-13, 1500.4 lies within 0.5
        (edit(("r2", "ngay", "2026-04-13"), ("r2", "so", "1500,4"), TYPE, removed=("r4",)), 1.0, []),
        # TP 1, FN 3: 2 / (2 + 3)
        (edit(TYPE), 2 / 5, ["MC-A", "MC-B", "MC-C"]),
        # TP 4, FP 1 (a cell that was right): 8 / 9
        (edit(DATE, NUMBER, TYPE, ("r1", "so", "11"), removed=("r4",)), 8 / 9, []),
        # the same value written otherwise is no change
        (edit(DATE, NUMBER, TYPE, ("r1", "so", "10,0"), ("r1", "ngay", "3-4-2026"), removed=("r4",)), 1.0, []),
        # a fixed column cannot be changed
        (edit(DATE, NUMBER, TYPE, ("r1", "ma", "y"), removed=("r4",)), 1.0, []),
        # removing r2 leaves its two cells open and is itself wrong: TP 2, FN 2, FP 1: 4 / 7
        (edit(TYPE, removed=("r2", "r4")), 4 / 7, []),
        # MC-B for any cell of the column that is wrong; TP 3, FN 1, FP 1: 6 / 8
        (edit(NUMBER, TYPE, ("r1", "ngay", "04/03/2026"), removed=("r4",)), 6 / 8, ["MC-B"]),
        # an added row nobody asked for: TP 4, FP 1; an empty one is none
        (edit(DATE, NUMBER, TYPE, removed=("r4",), added=[{"ten": "D"}]), 8 / 9, []),
        (edit(DATE, NUMBER, TYPE, removed=("r4",), added=[{"ten": " ", "so": ""}]), 1.0, []),
        # a row named twice counts once, an unknown id not at all
        ([*edit(DATE, NUMBER, TYPE, removed=("r4",)), {"id": "r2", "so": "7"}, {"id": "r9", "so": "7"}], 1.0, []),
        # untouched: 0, without a word
        (edit(), 0.0, []),
        # columns left out are unchanged
        ([{"id": "r1"}, {"id": "r2"}, {"id": "r3", "loai": "p"}, {"id": "r4"}], 2 / 5, ["MC-A", "MC-B", "MC-C"]),
    ],
)
def test_cells_and_rows_count_by_f1(table: Any, fraction: float, codes: list[str]) -> None:
    """F1 = 2 TP / (2 TP + FP + FN) over the cells and rows of the key."""
    result = score(make_block(), table)
    assert result.fraction == pytest.approx(fraction)
    assert sorted(note.code for note in result.notes) == codes


def test_statistics_get_what_stands_in_the_cells() -> None:
    """What was chosen, wrong ones first; the untouched table chose nothing."""
    [item] = score(make_block(), edit(DATE, ("r3", "so", "11"), removed=("r1", "r4"))).items
    assert item.chosen == ("r2.so=1,5", "r3.loai=k", "r3.so=11", "-r1", "r2.ngay=13/4/2026", "-r4")
    assert item.wrong == ("r2.so=1,5", "r3.loai=k", "r3.so=11", "-r1")
    assert score(make_block(), edit()).items[0].chosen == ()


def test_added_rows_are_matched_whole() -> None:
    """TP 1 where every stated cell is right, in whatever row; the other expected one is missing, one is too many."""
    key = {"added": [{"ten": "D", "so": 5}, {"ten": "E"}]}
    block = make_block(key)
    assert score(block, edit(added=[{"ten": "E", "so": "1"}, {"ten": "D ", "so": "5,0", "ma": "z"}])).fraction == 1
    # TP 1, FN 1, FP 1: 2 / 4
    assert score(block, edit(added=[{"ten": "D", "so": "6"}, {"ten": "E"}])).fraction == pytest.approx(0.5)


def test_whole_columns_and_free_columns() -> None:
    """A column of the key stands for all rows that stay; in free columns any change is left to the rules."""
    key = {"columns": {"ten": ["", "*"]}, "cells": {"r3": {"ten": "C1"}}, "removed": ["r4"], "free": ["ngay"]}
    masked = edit(("r1", "ten", "*"), ("r2", "ten", ""), ("r3", "ten", "C1"), ("r1", "ngay", "2026"), removed=("r4",))
    assert score(make_block(key), masked).fraction == 1


def rate_rules(rules: list[Any], table: Any, columns: Any = COLUMNS, rows: Any = ROWS) -> float:
    """Return what rules alone give."""
    free = [column["id"] for column in columns if not column.get("fixed")]
    key = {"rules": rules, "free": free, "free_rows": 9}
    return score(make_block(key, columns=columns, rows=rows), table).fraction


SUM = {"sum": {"column": "so", "equals": 1540}}
RULES: list[tuple[Any, Any, bool]] = [
    ({"row_count": 3}, edit(removed=("r4",)), True),
    ({"row_count": 3}, edit(removed=("r3", "r4")), False),
    ({"row_count": 5}, edit(added=[{"ten": "D"}]), True),
    (SUM, edit(NUMBER, removed=("r4",)), True),
    # blank and masked cells add nothing, a word breaks the rule
    (SUM, edit(NUMBER, ("r4", "so", "*")), True),
    (SUM, edit(NUMBER, ("r4", "so", "không")), False),
    (SUM | {"without": ["r4"]}, edit(NUMBER), True),
    ({"unique": ["ten"]}, edit(("r4", "ten", "D")), True),
    ({"unique": ["ten", "ngay"]}, edit(("r1", "ten", "D")), False),
    # 10 + 1.5 + 30 = 41.5
    ({"total": {"row": "r4", "column": "so"}}, edit(("r4", "so", "41,5")), True),
    ({"total": {"row": "r4", "column": "so"}}, edit(("r4", "so", "41,6")), False),
    ({"total": {"row": "r4", "column": "so", "within": 0.2}}, edit(("r4", "so", "41,6")), True),
    ({"total": {"row": "r4", "column": "so"}}, edit(removed=("r4",)), False),
    ({"k_anonymous": {"columns": ["ten"], "k": 2}}, edit(("r1", "ten", "*"), ("r2", "ten", "*")), True),
    ({"k_anonymous": {"columns": ["ten"], "k": 2}}, edit(("r1", "ten", "*")), False),
    ({"k_anonymous": {"columns": ["ten", "loai"], "k": 2}}, edit(removed=("r1", "r2")), True),
    ({"between": {"column": "so", "low": 5, "high": 20}}, edit(*((f"r{n}", "so", "9") for n in range(1, 5))), True),
    ({"between": {"column": "so", "low": 5}}, edit(("r2", "so", "")), False),
    ({"between": {"column": "ngay", "low": "2026-04-01", "high": "30/04/2026"}}, edit(DATE), True),
]


@pytest.mark.parametrize(("rule", "table", "is_met"), RULES)
def test_rule_is_met_or_not(rule: Any, table: Any, is_met: bool) -> None:
    """Each rule alone: 1 where it is met, 0 where it is not."""
    assert rate_rules([rule], table) == float(is_met)


TIMES = [
    {"id": "ngay", "title": "Ngày"},
    {"id": "tu", "title": "Từ", "type": "time"},
    {"id": "den", "title": "Đến", "type": "time"},
]
WEEK = [
    {"id": "r1", "ngay": "T2", "tu": "08:00", "den": "09:30"},
    {"id": "r2", "ngay": "T2", "tu": "09:00", "den": "10:00"},
    {"id": "r3", "ngay": "T3", "tu": "08:00", "den": "09:00"},
]


@pytest.mark.parametrize(
    ("rule", "changes", "is_met"),
    [
        ({}, [("r2", "tu", "9:30")], True),
        ({"gap": 15}, [("r2", "tu", "9h30")], False),
        ({"gap": 15}, [("r2", "tu", "9h45")], True),
        ({"by": ["ngay"]}, [("r2", "ngay", "T3"), ("r2", "den", "11g")], True),
        ({}, [("r2", "ngay", "T4")], False),
        ({"by": ["ngay"]}, [("r2", "tu", ""), ("r2", "den", "")], True),
        ({"by": ["ngay"]}, [("r2", "tu", ""), ("r2", "den", "10:00")], False),
        ({"by": ["ngay"]}, [("r2", "tu", "11:00"), ("r2", "den", "10:00")], False),
        ({"by": ["ngay"]}, [("r2", "tu", "sáng"), ("r2", "den", "trưa")], False),
    ],
)
def test_times_must_not_overlap(rule: Any, changes: Any, is_met: bool) -> None:
    """Per day where ``by`` says so; a row without times is left out, one that ends before it begins is refused."""
    own = rule if "by" in rule else rule | {"by": []}
    if not own["by"]:
        changes = [*changes, ("r3", "tu", "14:00"), ("r3", "den", "15:00")]
    whole = {"no_overlap": {"start": "tu", "end": "den"} | own}
    assert rate_rules([whole], edit(*changes, rows=WEEK), columns=TIMES, rows=WEEK) == float(is_met)


PEOPLE = [
    {"id": "ten", "title": "Họ tên"},
    {"id": "nam", "title": "Năm sinh", "type": "number"},
    {"id": "sinh", "title": "Ngày sinh", "type": "date"},
    {"id": "don_vi", "title": "Đơn vị"},
]
PERSONS = [
    {
        "id": f"r{n}",
        "ten": f"Người {n}",
        "nam": 1980 + n,
        "sinh": f"0{n}/05/1985",
        "don_vi": "Tổ 1" if n < 3 else "Tổ 2",
    }
    for n in range(1, 5)
]
GOALS = [
    {"k_anonymous": {"columns": ["nam"], "k": 2}},
    {"keep": {"column": "nam", "at_least": 0.5}},
    {"truthful": {"columns": ["nam", "sinh", "don_vi"], "groups": {"Khối A": ["Tổ 1", "Tổ 2"]}}},
]


@pytest.mark.parametrize(
    ("values", "fraction"),
    [
        # three rules of weight 1, two of which the first table meets: (met - 2) / 1
        (["1980-1989"] * 4, 1.0),
        (["198*"] * 4, 1.0),
        (["1981–1982", "1981–1982", "1983-1984", "1983-1984"], 1.0),
        (["*", "*", "198*", "198*"], 1.0),
        # more than half masked: keep is lost again
        (["*", "*", "*", "198*"], 0.0),
        (["*"] * 4, 0.0),
        # anonymous, but untrue
        (["1990-1999"] * 4, 0.0),
        (["1975"] * 4, 0.0),
    ],
)
def test_generalizing_must_stay_true_and_keep_something(values: list[str], fraction: float) -> None:
    """De-identification: k-anonymity is what is to be won, usefulness and truth what can be lost."""
    changes = [(f"r{n}", "nam", value) for n, value in enumerate(values, start=1)]
    assert rate_rules(GOALS, edit(*changes, rows=PERSONS), columns=PEOPLE, rows=PERSONS) == fraction


@pytest.mark.parametrize(
    ("changes", "is_met"),
    [
        ([("r1", "don_vi", "Khối A"), ("r1", "sinh", "1985"), ("r2", "sinh", "5/1985")], True),
        ([("r1", "don_vi", "Khối B")], False),
        ([("r1", "sinh", "06/1985")], False),
        ([("r1", "sinh", "1980-1990")], True),
        ([("r1", "sinh", "02/05/1985")], False),
    ],
)
def test_groups_years_and_months_are_true_where_they_hold_the_value(changes: Any, is_met: bool) -> None:
    """A group's name, the year or month of a date, and a range of years."""
    anonymous = [(f"r{n}", "nam", "198*") for n in range(1, 5)]
    table = edit(*anonymous, *changes, rows=PERSONS)
    assert rate_rules(GOALS, table, columns=PEOPLE, rows=PERSONS) == float(is_met)


def test_rules_weigh_what_score_says() -> None:
    """0.6 F1 + 0.4 rules; the rules' share is (met - first) / (all - first) by weight."""
    rules = [
        {"row_count": 3, "weight": 2, "code": "MC-C"},
        {"unique": ["ten"]},
        {"keep": {"column": "so", "at_least": 1}},
    ]
    block = make_block(KEY | {"rules": rules, "wrong": []}, score={"by": "table", "rules": 0.4})
    del block["feedback"]["MC-A"], block["feedback"]["MC-B"]
    # TP 1, FN 3, FP 1 (the name): F1 2 / 6; unique met, row_count not: (1 + 1 - 1) / (4 - 1)
    result = score(block, edit(TYPE, ("r4", "ten", "D")))
    assert result.fraction == pytest.approx(0.6 * 2 / 6 + 0.4 / 3)
    assert [note.code for note in result.notes] == ["MC-C"]
    # one more FP, and keep is lost: (1 + 0 - 1) / 3
    assert score(block, edit(TYPE, ("r4", "ten", "D"), ("r1", "so", ""))).fraction == pytest.approx(0.6 * 2 / 7)


def test_emptied_table_earns_nothing() -> None:
    """Key: the names masked.  F1 of everything masked would be 8 / 20, of two names masked it is 4 / 6."""
    block = make_block({"columns": {"ten": "*"}}, columns=PEOPLE, rows=PERSONS)
    for text in ("", "*", "***"):
        assert (
            score(block, [{"id": row["id"]} | dict.fromkeys(row.keys() - {"id"}, text) for row in PERSONS]).points == 0
        )
    assert score(block, []).points == 0
    assert score(block, edit(*((f"r{n}", "ten", "*") for n in range(1, 5)), rows=PERSONS)).fraction == 1
    # where nothing can be written, rows that stay are something
    fixed = [column | {"fixed": True} for column in PEOPLE]
    assert (
        score(
            make_block({"removed": ["r4"]}, columns=fixed, rows=PERSONS), edit(removed=("r4",), rows=PERSONS)
        ).fraction
        == 1
    )
    half = edit(("r1", "ten", "*"), ("r2", "ten", "*"), rows=PERSONS)
    assert score(block, half).fraction == pytest.approx(4 / 6)


DEEP: Any = []
for _level in range(200):
    DEEP = [DEEP]


@pytest.mark.parametrize(
    "table",
    [
        None, 5, "x", {}, [None], [5], [[]], DEEP, [{"id": ["r1"]}] * 600, [{"id": "r1", "so": {"x": 1}}],
        [{"id": "r1", "so": True}], [{"id": "r1", "so": float("nan")}], [{"id": "r1", "so": float("inf")}],
        [{"id": "r1", "so": 10**5000}], [{"id": "r1", "ten": "x" * 201}], [{"id": "r1", "ten": "x" * 10_000_000}],
        [{"id": DEEP, "so": 1}],
    ],
)  # fmt: skip
def test_bad_tables_count_as_no_answer(table: Any) -> None:
    """Wrong shapes, numbers that are none, too much: 0 points, and the page is told nothing."""
    question = parse_question(make_block(allow=[]), where="")
    assert score_answer(question, {"t": table}, "9f3c").points == 0
    assert count_answered(question, {"t": table}, "9f3c") == (0, 1)
    assert KINDS["table"].respond(question, {"t": table}, ("t",)) == {"unread": {}}


def test_rows_that_may_not_be_removed_or_added_stay() -> None:
    """An answer from elsewhere cannot do what the page does not offer."""
    block = make_block({"cells": {"r3": {"loai": "p"}}}, allow=[])
    assert score(block, [{"id": "r3", "loai": "p"}, {"ten": "D"}]).fraction == 1


def test_page_is_told_of_changed_cells_that_cannot_be_read() -> None:
    """The row by its place in the answer; masks, blanks and what was unreadable at first are passed over."""
    question: Any = parse_question(make_block(), where="")
    table = [{"so": "năm"}, *edit(("r1", "so", "x"), ("r3", "so", "*"), ("r4", "ngay", "30/02/2026"))]
    assert KINDS["table"].respond(question, {"t": table}, ("t",)) == {
        "unread": {"t": [[0, "so"], [1, "so"], [4, "ngay"]]}
    }


@pytest.mark.parametrize(
    ("sort", "same"),
    [
        ("date", ["3/4/2026", "03/04/2026", "2026-04-03", " 03-04-2026 ", "3.4.2026"]),
        ("number", ["1234,5", "1.234,5", "1 234,50", "1234.5"]),
        ("time", ["8:05", "08:05", "8h05", "8g05", "08.05"]),
        ("text", ["Đạt", "\u0110a\u0323t", " Đạt "]),
    ],
)
def test_values_are_compared_by_what_they_mean(sort: str, same: list[str]) -> None:
    """Several ways of writing one date, number, time or text."""
    assert len({read_meaning(sort, text) for text in same}) == 1
    assert read_meaning(sort, same[0])[0] == sort


@pytest.mark.parametrize("text", ["30/02/2026", "2026-13-01", "1/1/26", "25:00", "12:60", "1,2,3", "x" * 200])
def test_what_is_no_value_stays_text(text: str) -> None:
    """A date that does not exist, an hour beyond the day, a number in pieces."""
    assert {read_meaning(sort, text)[0] for sort in ("date", "number", "time")} == {"text"}


def set_key(**fields: Any) -> Callable[[dict[str, Any]], None]:
    """Return a change of the key."""
    return lambda block: block["key"]["t"].update(fields)


def set_column(number: int, **fields: Any) -> Callable[[dict[str, Any]], None]:
    """Return a change of a column."""
    return lambda block: block["items"][0]["columns"][number].update(fields)


BROKEN: list[tuple[str, Callable[[dict[str, Any]], Any]]] = [
    ("key-item-missing", lambda b: b["key"].update(t9=b["key"].pop("t"))),
    ("feedback-missing", lambda b: b["feedback"].pop("MC-A")),
    ("feedback-missing", set_key(rules=[{"row_count": 3, "code": "MC-Z"}])),
    ("table-id-repeated", set_column(0, id="id")),
    ("table-id-repeated", lambda b: b["items"][0]["rows"].append({"id": "r1"})),
    ("table-place-unknown", lambda b: b["items"][0]["rows"][0].update(la="x")),
    ("column-options", set_column(3, options=[])),
    ("column-options", set_column(0, options=["x"])),
    ("table-place-unknown", set_key(cells={"r9": {"so": 1}})),
    ("table-place-unknown", set_key(cells={"r1": {"la": 1}})),
    ("table-place-unknown", set_key(removed=["r4", "r9"])),
    ("table-place-unknown", set_key(free=["la"])),
    ("table-place-unknown", set_key(columns={"la": ""})),
    ("table-place-unknown", set_key(added=[{"la": 1}])),
    ("table-place-unknown", set_key(wrong=[{"row": "r9", "code": "MC-A"}])),
    ("table-place-unknown", set_key(rules=[{"unique": ["la"]}, {"row_count": 3}])),
    ("table-place-unknown", set_key(rules=[{"total": {"row": "r9", "column": "so"}}])),
    ("rule-form", set_key(rules=[{"row_count": 3}, {"weight": 2.0}])),
    ("rule-form", set_key(rules=[{"row_count": 3, "unique": ["ten"]}])),
    ("cell-not-editable", set_key(cells={"r1": {"ma": "y"}})),
    ("cell-not-editable", set_key(cells={"r4": {"so": 1}})),
    ("cell-already-right", set_key(cells={"r1": {"so": "10,0"}})),
    ("cell-value", set_key(cells={"r1": {"loai": "z"}})),
    ("cell-value", set_key(cells={"r1": {"so": "năm"}})),
    ("wrong-value-is-right", set_key(wrong=[{"row": "r3", "column": "loai", "value": "p", "code": "MC-A"}])),
    ("rows-not-allowed", lambda b: b["items"][0].update(allow=["add"])),
    ("rows-not-allowed", lambda b: (b["items"][0].update(allow=["remove"]), b["key"]["t"].update(free_rows=1))),
    ("nothing-to-do", set_key(cells={}, removed=[], wrong=[])),
    ("rules-already-met", set_key(rules=[{"row_count": 4}])),
    ("table-guess", set_key(cells={}, removed=["r1", "r2", "r3"], wrong=[])),
]


@pytest.mark.parametrize(("code", "change"), BROKEN)
def test_content_rule_finds_what_is_broken(code: str, change: Callable[[dict[str, Any]], Any]) -> None:
    """Each rule for the content once; the finding names the place."""
    block = make_block()
    assert find_problems(parse_question(block, where="")) == []
    change(block)
    found = [problem for problem in find_problems(parse_question(block, where="")) if problem.code == code]
    assert found
    assert all(problem.where and problem.message and problem.hint for problem in found)


def test_wrong_shapes_of_a_block_are_told_with_their_place() -> None:
    """A column of an unknown type, a value that is no cell, an unknown rule: nothing is read silently."""
    for change in (set_column(0, type="tiền"), set_key(rules=[{"tong": 1}]), set_key(cells={"r1": {"so": [[1]]}})):
        block = make_block()
        change(block)
        question, errors = inspect_question(block, where="lesson.ipynb")
        assert question is None
        assert all(error.where.startswith("lesson.ipynb › q › ") for error in errors)


def test_block_is_read_back_as_it_was_written() -> None:
    """Resolved and read again it scores the same; the learner's copy has no key and shows the same table."""
    question: Any = parse_question(make_block(), where="")
    again = parse_question(resolved(question), where="")
    answer = {"t": edit(DATE, TYPE)}
    assert score_answer(again, answer, "9f3c") == score_answer(question, answer, "9f3c")
    copied: Any = parse_question(public_part(question), where="")
    assert not copied.has_key
    kind = KINDS["table"]
    assert kind.describe_item(copied.items[0]) == kind.describe_item(question.items[0])
    assert kind.describe_item(copied.items[0])["rows"][1]["cells"]["so"] == "1,5"
