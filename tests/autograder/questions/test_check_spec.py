"""The ``%%check`` block: reading, drawing, resolving, publishing, scoring."""

from __future__ import annotations

import json
import math
from typing import Any

import pytest

from autograder.errors import ContentError
from autograder.questions.check_spec import (
    Failed,
    draw_cases,
    dump_block,
    is_resolved,
    parse_check,
    parse_resolved_check,
    public_part,
    resolve_check,
    resolved,
    score_check,
)

BLOCK = """%%check
id: trung-binh
points: 3
cases:
  - {call: "trung_binh([7, 9], [1, 3])", equals: 8.5, within: 1e-9, hint: "Nhân từng điểm với trọng số."}
  - call: "trung_binh(xs, ws)"
    random: {xs: {list: {float: [0, 10, 1]}, length: [3, 8]}, ws: {list: {int: [1, 9]}, length_of: xs}}
    times: 5
    within: 1.0e-9
    hint: "Chia cho tổng trọng số."
  - {call: "trung_binh(xs, [1])", with: {xs: [4]}}
reference: .author/reference.py
visible: 1
"""


def mean(xs: list[float], ws: list[float]) -> float:
    """Return the weighted mean: the reference of this file."""
    return sum(x * w for x, w in zip(xs, ws, strict=True)) / sum(ws)


def run(cases: list[dict[str, Any]], function: Any = mean) -> list[Any]:
    """Run cases as a caller's ``evaluate`` would."""
    return [eval(case["call"], {"trung_binh": function, **case.get("with", {})}) for case in cases]


def resolve(block: str = BLOCK) -> Any:
    """Read and resolve a block with the reference above."""
    return resolve_check(parse_check(block, where="python.ipynb"), run)


def test_random_cases_become_literal() -> None:
    """Five drawn cases, each with lists of equal length within the bounds."""
    cases = draw_cases(parse_check(BLOCK, where=""), "hat-giong")
    assert len(cases) == 7
    assert [case["visible"] for case in cases] == [True] + [False] * 6
    for case in cases[1:6]:
        xs, ws = case["with"]["xs"], case["with"]["ws"]
        assert 3 <= len(xs) == len(ws) <= 8
        assert all(0 <= x <= 10 and round(x, 1) == x for x in xs)
        assert all(type(w) is int and 1 <= w <= 9 for w in ws)


def test_same_seed_draws_the_same_cases() -> None:
    """Two runs agree; another seed gives other cases."""
    check = parse_check(BLOCK, where="")
    assert draw_cases(check, "1") == draw_cases(check, "1") != draw_cases(check, "2")


def test_resolved_check_is_self_contained() -> None:
    """Every case has its value, and the block reads back equal from JSON and from YAML."""
    check = resolve()
    data = resolved(check)
    json.dumps(data, allow_nan=False)
    assert "reference" not in json.dumps(data)
    assert is_resolved(data)
    assert not is_resolved(BLOCK)
    assert parse_resolved_check(data, where="") == check
    assert parse_resolved_check("%%check\n" + dump_block(data), where="") == check
    assert check.cases[-1].equals == 4


def test_public_part_shows_the_visible_cases_only() -> None:
    """The learner's copy is the same before and after resolving, without hidden cases and reference."""
    check = parse_check(BLOCK, where="")
    public = public_part(check)
    assert public == public_part(resolve_check(check, run))
    assert [case["call"] for case in public["cases"]] == ["trung_binh([7, 9], [1, 3])"]
    assert not any(word in dump_block(public) for word in ("reference", "random", "Chia cho"))
    copy = parse_resolved_check(public, where="")
    assert (len(copy.practice), len(copy.hidden)) == (1, 0)


def test_right_function_earns_all() -> None:
    """The reference's own values earn every point, silently."""
    check = resolve()
    score = score_check(check, run(resolved(check)["cases"]))
    assert (score.points, score.notes) == (3, ())
    assert [item.item for item in score.items] == ["c02", "c03", "c04", "c05", "c06", "c07"]


def test_points_are_the_share_of_hidden_cases() -> None:
    """Three of six hidden cases right is half; the visible case earns nothing; each hint comes once."""
    check = resolve()
    values = run(resolved(check)["cases"])
    half = [None, *values[1:4], Failed("error"), None, Failed("timeout")]
    score = score_check(check, half)
    assert score.points == 1.5
    assert [item.code for item in score.items] == [None, None, None, "error", "value", "timeout"]
    assert [(note.code, note.text) for note in score.notes] == [("HINT", "Chia cho tổng trọng số.")]


@pytest.mark.parametrize(
    "values",
    [
        [],
        [None] * 7,
        [math.nan] * 7,
        [math.inf] * 7,
        [True] * 7,
        ["8.5"] * 7,
        [[8.5]] * 7,
        [Failed("crash")] * 7,
        [object()] * 7,
        [0] * 99,
    ],
)
def test_wrong_values_earn_nothing(values: list[Any]) -> None:
    """Missing, NaN, bool, text, list, object: no value but the right one earns."""
    assert score_check(resolve(), values).points == 0


def test_simple_mean_does_not_pass() -> None:
    """The misconception that this check is about loses points."""
    check = resolve()
    values = run(resolved(check)["cases"], lambda xs, _ws: sum(xs) / len(xs))
    assert score_check(check, values).points < 3


def test_score_tells_nothing_of_hidden_calls() -> None:
    """No call, value or reference leaks into what a learner reads."""
    text = json.dumps(score_check(resolve(), []).as_dict(), ensure_ascii=False)
    assert "trung_binh" not in text


def test_contradicting_reference_is_told() -> None:
    """An ``equals`` that the reference does not give is the author's slip."""
    with pytest.raises(ContentError) as caught:
        resolve(BLOCK.replace("equals: 8.5", "equals: 8.0"))
    assert caught.value.code == "reference-differs"
    assert "trung_binh([7, 9], [1, 3])" in caught.value.where


@pytest.mark.parametrize("value", [math.nan, math.inf, [1, math.nan], object(), Failed("error"), {1: 2}])
def test_reference_without_plain_value_is_told(value: Any) -> None:
    """A reference that gives NaN, an object or nothing cannot be an expected value."""
    with pytest.raises(ContentError) as caught:
        resolve_check(parse_check(BLOCK, where=""), lambda cases: [value] * len(cases))
    assert caught.value.code == "reference-value"


def test_check_without_reference_is_resolved_without_running_anything() -> None:
    """Literal cases with values need no reference; null and empty values are values."""
    block = """
id: nho
points: 1
cases: [{call: f(), equals: null}, {call: g(), equals: {}}, {call: h(), equals: []}]
"""
    check = resolve_check(parse_check(block, where=""), lambda _cases: pytest.fail("nothing to run"))
    assert [case.equals for case in check.cases] == [None, {}, []]
    assert score_check(check, [None, {}, []]).points == 1
    assert parse_resolved_check(dump_block(resolved(check)), where="") == check


SLIPS = [
    ("cases:", "case:", "field-unknown"),
    ("length: [3, 8]", "lenght: [3, 8]", "field-unknown"),
    ("visible: 1", "visible: 2", "value-range"),
    ("visible: 1", "visible: 3", "value-range"),
    ("visible: 1", "visible: -1", "value-range"),
    ("length_of: xs", "length_of: zs", "value-range"),
    ("length_of: xs", "length: 3, length_of: xs", "value-range"),
    (", length: [3, 8]", "", "value-range"),
    ("float: [0, 10, 1]", "flaot: [0, 10, 1]", "value-range"),
    ("float: [0, 10, 1]", "float: [0, 10]", "field-missing"),
    ("times: 5", "times: 500", "value-range"),
    ("with: {xs: [4]}", "with: {xs: [4]}, times: 2", "value-range"),
    ("times: 5", "times: 5\n    equals: 1", "value-range"),
    ("reference: .author/reference.py\n", "", "value-range"),
    ("points: 3", "points: 3\npoints: 4", "yaml-duplicate-key"),
    ("id: trung-binh", "id: Trung bình", "value-form"),
    ("with: {xs: [4]}", "with: {1xs: [4]}", "value-form"),
    ("within: 1e-9", "within: -1", "value-range"),
    ("within: 1e-9", "within: nan", "value-type"),
]


@pytest.mark.parametrize(("old", "new", "code"), SLIPS)
def test_slip_is_told_with_remedy(old: str, new: str, code: str) -> None:
    """Typical slips of a check are told like those of a question."""
    assert old in BLOCK
    with pytest.raises(ContentError) as caught:
        parse_check(BLOCK.replace(old, new, 1), where="python.ipynb, ô 4")
    assert caught.value.code == code
    assert caught.value.where.startswith("python.ipynb, ô 4")
    assert caught.value.hint


@pytest.mark.parametrize("block", ["", "%%check\n", "- 1", "%%check\ntext"])
def test_check_without_fields_is_told(block: str) -> None:
    """An empty cell is no check."""
    with pytest.raises(ContentError) as caught:
        parse_check(block, where="python.ipynb")
    assert caught.value.code == "check-empty"
