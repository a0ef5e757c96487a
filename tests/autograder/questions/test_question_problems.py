"""What ``find_problems`` sees between the parts of a question, one broken thing at a time."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import pytest

from autograder.questions.spec import find_problems, parse_question


def make_good(kind: str) -> dict[str, Any]:
    """Return a block without any finding."""
    parts = [{"id": f"p{n}", "text": str(n)} for n in range(1, 5)]
    common: dict[str, Any] = {"id": "cau", "kind": kind, "points": 10, "prompt": "?", "feedback": {"MC-A": "Vì."}}
    ids = [f"t{n:02d}" for n in range(6)]
    states: dict[str, Any] = {
        "s0": {"text": "?", "choices": [{"id": "a", "text": "a", "to": "s1"}, {"id": "b", "text": "b", "to": "s9"}]},
        "s1": {"text": "?", "choices": [{"id": "a", "text": "a", "to": "s9"}]},
        "s9": {"text": "hết", "end": True},
    }
    own: dict[str, dict[str, Any]] = {
        "classify": {
            "labels": {"x": "X", "y": "Y", "z": "Z"},
            "evidence": "Đánh dấu",
            "items": [{"id": i, "parts": parts} for i in ids],
            "key": {i: {"label": "xyz"[n % 3], "evidence": ["p1"], "wrong": "MC-A"} for n, i in enumerate(ids)},
            "score": {
                "by": "cost",
                "matrix": {"x": {"y": 1, "z": 1}, "y": {"x": 1, "z": 2}, "z": {"x": 1, "y": 1}},
                "evidence": {"weight": 0.3, "only": ["x"]},
            },
        },
        "marks": {
            "items": [{"id": i, "parts": parts} for i in ids],
            "key": {i: {"marks": ["p1"], "wrong": {"p2": "MC-A"}, "missed": {"p1": "MC-A"}} for i in ids},
        },
        "order": {
            "items": [{"id": i, "text": i} for i in ids],
            "key": {"order": list(ids), "must_precede": [[ids[0], ids[3], "MC-A"]]},
        },
        "number": {
            "items": [{"id": i, "text": i} for i in ids],
            "key": {i: {"value": 5, "within": 0.1, "wrong": [{"value": 7, "code": "MC-A"}]} for i in ids},
        },
        "path": {
            "items": [{"id": "t00", "start": "s0", "states": states}],
            "key": {"t00": {"required": ["s0.a"], "forbidden": {"s0.b": "MC-A"}, "wrong": {}}},
        },
    }
    return copy.deepcopy(common | own[kind])


def find_codes(block: dict[str, Any]) -> list[str]:
    """Return the codes of a block's findings."""
    return [problem.code for problem in find_problems(parse_question(block, where=""))]


@pytest.mark.parametrize("kind", ["classify", "marks", "order", "number", "path"])
def test_good_question_has_no_finding(kind: str) -> None:
    """The starting point of this file is clean."""
    assert find_codes(make_good(kind)) == []


def first_key(block: dict[str, Any]) -> Any:
    """Return the key of the first item."""
    return block["key"]["t00"]


def set_state(block: dict[str, Any], name: str, state: dict[str, Any]) -> None:
    """Replace or add a state of the flow."""
    block["items"][0]["states"][name] = state


BROKEN: list[tuple[str, str, Callable[[dict[str, Any]], Any]]] = [
    ("classify", "key-missing", lambda b: b.pop("key")),
    ("classify", "key-item-missing", lambda b: b["key"].pop("t05")),
    ("classify", "key-item-unknown", lambda b: b["key"].update(t77="x")),
    ("classify", "label-unknown", lambda b: first_key(b).update(label="w")),
    ("classify", "label-unknown", lambda b: first_key(b).update(cap=["w"])),
    ("classify", "label-unknown", lambda b: first_key(b).update(wrong={"w": "MC-A", "*": "MC-A"})),
    ("classify", "label-unknown", lambda b: b["score"]["matrix"].update(w={"x": 1})),
    ("classify", "label-unknown", lambda b: b["score"]["evidence"].update(only=["x", "w"])),
    ("classify", "label-right-and-wrong", lambda b: first_key(b).update(wrong={"x": "MC-A", "*": "MC-A"})),
    ("classify", "label-right-and-wrong", lambda b: first_key(b).update(cap=["x"])),
    ("classify", "wrong-choice-without-feedback", lambda b: first_key(b).update(wrong={"y": "MC-A"})),
    ("classify", "feedback-missing", lambda b: first_key(b).update(wrong="MC-B")),
    ("classify", "evidence-unknown", lambda b: first_key(b).update(evidence=["p9"])),
    ("classify", "evidence-missing", lambda b: first_key(b).update(evidence=[])),
    ("classify", "evidence-not-asked", lambda b: b.pop("evidence")),
    ("classify", "cost-of-right-answer", lambda b: b["score"]["matrix"]["x"].update(x=1)),
    ("classify", "cost-row-empty", lambda b: b["score"]["matrix"].update(x={})),
    ("classify", "pool-too-small", lambda b: b.update(draw=3)),
    ("classify", "image-without-alt", lambda b: b["items"][0].update(image="data/a.svg")),
    ("classify", "image-type", lambda b: b["items"][0].update(image="data/a.tiff", alt="a")),
    ("classify", "item-empty", lambda b: (b["items"][0].pop("parts"), first_key(b).update(label="y", evidence=[]))),
    ("classify", "table-ragged", lambda b: b["items"][0].update(table={"columns": ["a", "b"], "rows": [[1]]})),
    ("marks", "key-item-missing", lambda b: b["key"].pop("t05")),
    ("marks", "part-unknown", lambda b: first_key(b).update(marks=["p1", "p9"])),
    ("marks", "part-unknown", lambda b: first_key(b).update(wrong={"p9": "MC-A"})),
    ("marks", "part-right-and-wrong", lambda b: first_key(b).update(wrong={"p1": "MC-A"})),
    ("marks", "part-right-and-wrong", lambda b: first_key(b).update(missed={"p2": "MC-A"})),
    ("marks", "feedback-missing", lambda b: first_key(b).update(wrong={"p2": "MC-B"})),
    ("marks", "item-without-parts", lambda b: (b["items"].append({"id": "t06", "text": "x"}), b["key"].update(t06=[]))),
    ("marks", "nothing-to-mark", lambda b: b["key"].update({i: [] for i in b["key"]})),
    ("order", "key-item-missing", lambda b: b["key"]["order"].pop()),
    ("order", "key-item-unknown", lambda b: b["key"]["order"].append("t77")),
    ("order", "order-repeats", lambda b: b["key"]["order"].append("t00")),
    ("order", "rule-unknown-item", lambda b: b["key"]["must_precede"].append(["t00", "t77"])),
    ("order", "rule-against-order", lambda b: b["key"]["must_precede"].append(["t03", "t00", "MC-A"])),
    ("order", "feedback-missing", lambda b: b["key"]["must_precede"].append(["t00", "t01", "MC-B"])),
    ("order", "order-too-short", lambda b: b.update(draw=2)),
    ("number", "key-item-missing", lambda b: b["key"].pop("t05")),
    ("number", "wrong-value-is-right", lambda b: first_key(b).update(wrong=[{"value": 5.1, "code": "MC-A"}])),
    ("number", "feedback-missing", lambda b: first_key(b).update(wrong=[{"value": 8, "code": "MC-B"}])),
    ("path", "state-unknown", lambda b: b["items"][0].update(start="s7")),
    ("path", "state-unknown", lambda b: b["items"][0]["states"]["s0"]["choices"][1].update(to="s7")),
    ("path", "state-unreachable", lambda b: set_state(b, "s5", {"text": "x", "end": True})),
    (
        "path",
        "end-unreachable",
        lambda b: set_state(b, "s1", {"text": "x", "choices": [{"id": "a", "text": "a", "to": "s1"}]}),
    ),
    ("path", "dead-end", lambda b: set_state(b, "s9", {"text": "x"})),
    ("path", "end-with-choices", lambda b: b["items"][0]["states"]["s1"].update(end=True)),
    ("path", "step-unknown", lambda b: first_key(b).update(required=["s0.a", "s0.z"])),
    ("path", "step-unknown", lambda b: first_key(b).update(forbidden={"s7.a": "MC-A"})),
    ("path", "nothing-required", lambda b: first_key(b).update(required=[])),
    ("path", "step-right-and-wrong", lambda b: first_key(b).update(wrong={"s0.a": "MC-A"})),
    ("path", "required-behind-forbidden", lambda b: first_key(b).update(required=["s1.a"], forbidden={"s0.a": "MC-A"})),
    ("path", "feedback-missing", lambda b: first_key(b).update(forbidden={"s0.b": "MC-B"})),
]


@pytest.mark.parametrize(("kind", "code", "damage"), BROKEN)
def test_broken_part_is_found(kind: str, code: str, damage: Callable[[dict[str, Any]], Any]) -> None:
    """One broken thing gives its finding, with place, remedy and, where it means something, the value."""
    block = make_good(kind)
    damage(block)
    problems = find_problems(parse_question(block, where=""), where="lesson.ipynb")
    assert code in [problem.code for problem in problems]
    for problem in problems:
        assert problem.where.startswith("lesson.ipynb › cau")
        assert problem.message
        assert problem.hint
        assert problem.expected is not None


def test_every_item_of_one_class_is_found() -> None:
    """A question whose right label is always the same asks nothing."""
    block = make_good("classify")
    block["score"] = {"by": "balanced"}
    block["key"] = dict.fromkeys(block["key"], "x")
    assert "single-class" in find_codes(block)
