"""What is kept of each item of a graded answer."""

from __future__ import annotations

import json
import math
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from kind_cases import read_cases

from autograder.grading.engine import grade_archive
from autograder.grading.responses import MAX_CHOSEN, MAX_TEXT, keep_answer, keep_cases, keep_items
from autograder.questions.check_spec import Failed, parse_resolved_check, score_check
from autograder.questions.outcome import ItemResult
from autograder.questions.scoring import score_answer
from autograder.questions.spec import parse_question
from autograder.questions.variants import draw_items

CASES = {
    (kind, name): (parse_question(block, where=name), case)
    for kind, case in read_cases().items()
    for name, block in case.BLOCKS.items()
}
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=10,
)


@pytest.mark.parametrize("case", CASES.values(), ids=map("/".join, CASES))
@settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_every_kind_keeps_each_drawn_item_once(case: Any, data: st.DataObject) -> None:
    """Ids are unique, at their places; shares, texts and their number stay within bounds; all of it is JSON."""
    question, kind = case
    answer = data.draw(kind.near_answers(question, "v1") | JSON)
    drawn = draw_items(question, "v1")
    kept = keep_items(question.kind, score_answer(question, answer, "v1").items, answer, drawn)
    assert len({item.item for item in kept}) == len(kept)
    assert [item.item for item in kept] == [one for one in drawn if one in {item.item for item in kept}]
    for item in kept:
        assert item.position == drawn.index(item.item) + 1
        assert 0 <= item.fraction <= 1
        assert len(item.chosen) <= MAX_CHOSEN
        assert set(item.wrong) <= set(item.chosen)
        assert all(len(text) <= MAX_TEXT for text in item.chosen)
        json.dumps(item.answer, allow_nan=False)


@pytest.mark.parametrize("case", CASES.values(), ids=map("/".join, CASES))
def test_a_full_answer_is_answered_and_an_untouched_one_is_not(case: Any) -> None:
    """Untouched is another thing than wrong."""
    question, kind = case
    full = kind.answer_fully(question)
    drawn = draw_items(question, "v1")
    score = score_answer(question, None, "v1")
    assert not any(item.answered for item in keep_items(question.kind, score.items, None, drawn))
    whole = parse_question({**question.model_dump(mode="json", by_alias=True), "draw": None}, where="x")
    kept = keep_items(whole.kind, score_answer(whole, full, "v1").items, full, draw_items(whole, "v1"))
    assert any(item.answered for item in kept)
    assert all(item.answered for item in kept if item.fraction > 0)


def test_a_small_answer_is_kept_as_it_is() -> None:
    """The item's own part of the answer, at the place where it was shown."""
    answer = {"t02": {"label": "a", "evidence": ["p1"]}, "t01": "b"}
    results = [ItemResult("t01", 1.0, None, ("b",)), ItemResult("t02", 0.5, "MC-A", ("a",), ("a",))]
    first, second = keep_items("classify", results, answer, ("t02", "t01"))
    assert (first.item, first.position, first.code, first.wrong) == ("t02", 1, "MC-A", ("a",))
    assert (first.answer, second.answer) == ({"label": "a", "evidence": ["p1"]}, "b")


@pytest.mark.parametrize(
    "answer",
    [
        "x" * (MAX_TEXT + 1),
        {"deep": [{"text": "x" * 300}]},
        {"x" * 300: 1},
        ["ngắn"] * 400,
        math.nan,
        "half a pair \ud800",
        "nul \x00",
    ],
    ids=["long", "long-inside", "long-name", "many", "nan", "surrogate", "nul"],
)
def test_a_large_or_unwritable_answer_is_not_kept(answer: Any) -> None:
    """Long texts and everything over 2 KiB are the submission's alone; the rest of the item stays."""
    assert keep_answer(answer) is None


def test_a_deep_answer_is_not_kept() -> None:
    """However deep somebody nests, nothing breaks."""
    deep: Any = []
    for _level in range(100_000):
        deep = [deep]
    assert keep_answer(deep) is None


def test_nothing_of_an_uploaded_file_is_kept() -> None:
    """Not even a small file, nor its name."""
    answer = {"f1": {"name": "bao-cao.csv", "content": "YTtiCg=="}}
    (kept,) = keep_items("file", [ItemResult("f1", 1.0, None, ("csv",))], answer, ("f1",))
    assert kept.answer is None
    assert kept.answered


@pytest.mark.parametrize(("fraction", "kept"), [(1.0000001, 1.0), (-0.5, 0.0), (math.nan, 0.0), (math.inf, 0.0)])
def test_a_fraction_stays_within_bounds(fraction: float, kept: float) -> None:
    """A scorer's rounding never stops a grade from being stored."""
    assert keep_items("number", [ItemResult("a", fraction)], {}, ("a",))[0].fraction == kept


def test_texts_that_the_database_refuses_are_cleaned() -> None:
    """NUL and half surrogates go, what is too long is cut, what comes twice comes once."""
    (kept,) = keep_items("text", [ItemResult("a", 0.0, None, ("x\x00y", "xy", "\udfff", "z" * 300))], {}, ("a",))
    assert kept.chosen == ("xy", "", "z" * MAX_TEXT)


def test_a_check_gives_its_hidden_cases_as_items() -> None:
    """c01 is the check's first case; the visible one is practice and no item; the code says what went wrong."""
    cases = [
        {"call": "f(1)", "equals": 1, "visible": True},
        {"call": "f(2)", "equals": 2, "visible": False},
        {"call": "f(3)", "equals": 3, "visible": False},
        {"call": "f(4)", "equals": 4, "visible": False},
    ]
    check = parse_resolved_check({"id": "ham", "points": 3, "cases": cases}, where="x")
    kept = keep_cases(score_check(check, [1, 2, 30, Failed("time-limit")]).items)
    assert [(i.item, i.position, i.fraction, i.answered, i.code) for i in kept] == [
        ("c02", 1, 1.0, True, ""),
        ("c03", 2, 0.0, True, "value"),
        ("c04", 3, 0.0, True, "time-limit"),
    ]


def test_a_graded_archive_carries_its_items() -> None:
    """From the answer file to the grade: what was chosen, in the order shown."""
    from datetime import UTC, datetime

    from autograder.grading.archive import zip_files
    from autograder.questions.answers import AnswerFile, dump_answer

    now = datetime(2026, 11, 23, tzinfo=UTC)
    block = {
        "id": "thu",
        "kind": "classify",
        "points": 10,
        "prompt": "Xếp.",
        "labels": {"a": "A", "b": "B"},
        "items": [{"id": "t1", "text": "1"}, {"id": "t2", "text": "2"}],
        "key": {"t1": "a", "t2": {"label": "b", "wrong": {"a": "MC-A"}}},
        "score": {"by": "balanced"},
        "feedback": {"MC-A": "Câu."},
    }
    book = {
        "name": "lesson",
        "required": True,
        "cells": [],
        "items": [{"id": "thu", "type": "question", "block": block}],
    }
    saved = AnswerFile("thu", "v1", {"t1": "a", "t2": "a"}, "test", now)
    notebook = json.dumps({"cells": [], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}).encode()
    archive = zip_files({"lesson.ipynb": notebook, "answers/thu.json": dump_answer(saved)})
    grade = grade_archive("s1", {"notebooks": [book]}, "v1", archive, lambda _steps, _files: [], now=now)
    (question,) = grade.questions
    found = {item.item: (item.fraction, item.code, item.chosen, item.wrong, item.answer) for item in question.items}
    assert found == {"t1": (1.0, "", ("a",), (), "a"), "t2": (0.0, "MC-A", ("a",), ("a",), "a")}
    assert [item.position for item in question.items] == [1, 2]
    assert question.codes == ("MC-A",)
