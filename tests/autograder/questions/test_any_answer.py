"""Facts that hold for every kind and every JSON value as an answer."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograder.questions.kinds import KINDS
from autograder.questions.outcome import CAP_FRACTION
from autograder.questions.scoring import count_answered, score_answer
from autograder.questions.spec import Question, parse_question
from autograder.questions.variants import draw_items

LABELS = ["xanh", "do", "vang"]
PARTS = [{"id": f"p{n}", "text": str(n)} for n in range(1, 9)]
STATES = {
    "s0": {"text": "bắt đầu", "choices": [{"id": "a", "text": "a", "to": "s1"}, {"id": "b", "text": "b", "to": "s0"}]},
    "s1": {"text": "giữa", "choices": [{"id": "a", "text": "a", "to": "s9"}, {"id": "b", "text": "b", "to": "s9"}]},
    "s9": {"text": "hết", "end": True},
}


def make_block(kind: str, items: list[dict[str, Any]], **fields: Any) -> dict[str, Any]:
    """Return a block of ten points with the feedback that the keys below use."""
    common = {"id": "cau-hoi", "kind": kind, "points": 10, "prompt": "Hãy trả lời.", "items": items}
    return common | {"feedback": {"MC-A": "Vì sao A.", "MC-B": "Vì sao B."}} | fields


def make_classify(score: dict[str, Any], draw: int | None) -> dict[str, Any]:
    """Thirty items, ten of each class, in three strata that mix the classes."""
    items = [{"id": f"t{n:02d}", "parts": PARTS, "stratum": "abc"[(n // 3) % 3]} for n in range(30)]
    truth = {item["id"]: LABELS[n % 3] for n, item in enumerate(items)}
    key = {i: {"label": label, "wrong": "MC-A", "evidence": ["p1", "p2"]} for i, label in truth.items()}
    for number, verdict in enumerate(key.values()):
        if number % 3 == 0:
            verdict["cap"] = ["do"]
    extra = {} if draw is None else {"draw": draw}
    return (
        make_block(
            "classify", items, labels={label: label for label in LABELS}, evidence="Đánh dấu", key=key, score=score
        )
        | extra
    )


COSTS = {a: {b: 1 + abs(i - j) for j, b in enumerate(LABELS) if a != b} for i, a in enumerate(LABELS)}
EVIDENCE = {"weight": 0.3, "only": ["xanh"]}

BLOCKS = {
    "classify-balanced": make_classify({"by": "balanced"}, 9),
    "classify-cost": make_classify({"by": "cost", "matrix": COSTS}, 9),
    "classify-evidence": make_classify({"by": "cost", "matrix": COSTS, "evidence": EVIDENCE}, None),
    "marks": make_block(
        "marks",
        [{"id": f"t{n:02d}", "parts": PARTS} for n in range(9)],
        draw=3,
        key={f"t{n:02d}": {"marks": ["p2", "p5"], "wrong": {"p1": "MC-A"}, "missed": {"p2": "MC-B"}} for n in range(9)},
    ),
    "order": make_block(
        "order",
        [{"id": f"t{n:02d}", "text": str(n)} for n in range(12)],
        draw=4,
        key={
            "order": [f"t{n:02d}" for n in range(12)],
            "must_precede": [["t00", f"t{n:02d}", "MC-A"] for n in range(1, 12)],
        },
    ),
    "number": make_block(
        "number",
        [{"id": f"t{n:02d}", "text": str(n)} for n in range(9)],
        draw=3,
        unit="%",
        key={
            f"t{n:02d}": {"value": n + 0.5, "within": 0.05, "wrong": [{"value": n + 50, "code": "MC-A", "credit": 0.3}]}
            for n in range(9)
        },
    ),
    "path": make_block(
        "path",
        [{"id": f"t{n:02d}", "start": "s0", "states": STATES} for n in range(6)],
        draw=2,
        key={
            f"t{n:02d}": {"required": ["s0.a", "s1.a"], "forbidden": {"s1.b": "MC-A"}, "wrong": {"s0.b": "MC-B"}}
            for n in range(6)
        },
    ),
}
QUESTIONS: dict[str, Question] = {name: parse_question(block, where=name) for name, block in BLOCKS.items()}

SOME_IDS = st.sampled_from([f"t{n:02d}" for n in range(30)] + ["lạ", "", "label", "evidence"])
SCALARS = (
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8)
    | st.sampled_from([*LABELS, "p1", "p2", "s0", "s1", "a", "b", "1,5", "51"]) | SOME_IDS
)  # fmt: skip
JSON_VALUES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=5) | st.dictionaries(SOME_IDS | st.text(max_size=4), inner, max_size=5),
    max_leaves=25,
)
VARIANTS = st.text(alphabet="0123456789abcdef", min_size=1, max_size=16)


def answer_fully(question: Question) -> Any:
    """Return the answer over the whole pool that the key itself gives."""
    key: Any = question.key
    if question.kind == "classify":
        return {i: {"label": v.label, "evidence": list(v.evidence)} for i, v in key.items()}
    if question.kind == "marks":
        return {i: list(entry.marks) for i, entry in key.items()}
    if question.kind == "order":
        return list(key.order)
    if question.kind == "number":
        return {i: str(entry.value).replace(".", ",") for i, entry in key.items()}
    return {i: [step.split(".") for step in entry.required] for i, entry in key.items()}


by_question = pytest.mark.parametrize("name", sorted(QUESTIONS))


def test_every_kind_is_tried() -> None:
    """No kind of the registry is left out of this file."""
    assert {question.kind for question in QUESTIONS.values()} == set(KINDS)


@by_question
@given(variant=VARIANTS)
def test_full_answer_earns_all_points(name: str, variant: str) -> None:
    """The answer built from the key earns the maximum under every variant, silently."""
    question = QUESTIONS[name]
    score = score_answer(question, answer_fully(question), variant)
    assert (score.points, score.capped, score.notes) == (10, False, ())
    assert count_answered(question, answer_fully(question), variant)[0] == len(draw_items(question, variant))


@by_question
@pytest.mark.parametrize("answer", [None, {}, [], "", 0, False])
def test_untouched_question_earns_nothing(name: str, answer: Any) -> None:
    """No answer is 0 points, without any cap."""
    score = score_answer(QUESTIONS[name], answer, "9f3c")
    assert (score.points, score.capped) == (0, False)
    assert count_answered(QUESTIONS[name], answer, "9f3c")[0] == 0


@by_question
@given(answer=JSON_VALUES, variant=VARIANTS)
def test_any_json_value_is_scored_within_bounds(name: str, answer: Any, variant: str) -> None:
    """Whatever the answer is, the score is a number in 0..max and can be written as JSON."""
    question = QUESTIONS[name]
    score = score_answer(question, answer, variant)
    assert 0 <= score.points <= score.max_points == 10
    assert 0 <= score.fraction <= 1
    assert score.points == round(score.max_points * score.fraction, 2)
    assert not score.capped or score.fraction <= CAP_FRACTION
    assert all(0 <= item.fraction <= 1 for item in score.items)
    json.dumps(score.as_dict(), allow_nan=False)
    answered, shown = count_answered(question, answer, variant)
    assert 0 <= answered <= shown == len(draw_items(question, variant))


@by_question
@given(data=st.data(), variant=VARIANTS)
def test_answer_of_the_right_shape_is_scored_within_bounds(name: str, data: st.DataObject, variant: str) -> None:
    """The same holds close to right answers, where scorers really work."""
    question = QUESTIONS[name]
    ids = st.sampled_from([item.id for item in question.items])
    values: Any = {
        "classify": st.dictionaries(
            ids,
            st.fixed_dictionaries(
                {"label": st.sampled_from([*LABELS, "x"]), "evidence": st.lists(st.sampled_from(["p1", "p2", "p3"]))}
            ),
        ),
        "marks": st.dictionaries(ids, st.lists(st.sampled_from([part["id"] for part in PARTS]))),
        "order": st.permutations(list(draw_items(question, variant))),
        "number": st.dictionaries(ids, st.sampled_from(["0,5", "1,5 %", "50", "51", "x"])),
        "path": st.dictionaries(
            ids, st.lists(st.lists(st.sampled_from(["s0", "s1", "a", "b"]), min_size=2, max_size=2))
        ),
    }[question.kind]
    score = score_answer(question, data.draw(values), variant)
    assert 0 <= score.points <= 10
    assert {note.item for note in score.notes} <= set(draw_items(question, variant))


@by_question
@given(answer=JSON_VALUES, variant=VARIANTS)
def test_ids_outside_the_draw_change_nothing(name: str, answer: Any, variant: str) -> None:
    """Answers to items that the variant does not show, and to unknown ids, are ignored."""
    question = QUESTIONS[name]
    drawn = set(draw_items(question, variant))
    full = answer_fully(question)
    if isinstance(full, list):
        shown: Any = [one for one in full if one in drawn]
        noisy: Any = ["lạ", *full, {"x": 1}, None]
    else:
        shown = {one: value for one, value in full.items() if one in drawn}
        noise = {one: answer for one in [*full, "lạ"] if one not in drawn}
        noisy = noise | shown
    assert score_answer(question, noisy, variant) == score_answer(question, shown, variant)


@by_question
@given(answer=JSON_VALUES, variant=VARIANTS)
def test_scoring_twice_gives_the_same(name: str, answer: Any, variant: str) -> None:
    """A score depends on nothing but question, answer and variant."""
    assert score_answer(QUESTIONS[name], answer, variant) == score_answer(QUESTIONS[name], answer, variant)


@pytest.mark.parametrize("name", ["classify-balanced", "classify-cost", "classify-evidence"])
@pytest.mark.parametrize("label", LABELS)
@given(variant=VARIANTS)
def test_constant_label_earns_nothing(name: str, label: str, variant: str) -> None:
    """One label for everything earns 0 under every variant that has several classes."""
    question = QUESTIONS[name]
    drawn = draw_items(question, variant)
    score = score_answer(question, dict.fromkeys((item.id for item in question.items), label), variant)
    key: Any = question.key
    if len({key[one].label for one in drawn}) > 1:
        assert score.points == 0


@given(variant=VARIANTS)
def test_marking_everything_earns_nothing(variant: str) -> None:
    """With eight parts of which two are right, marking all is (2 - 3) / 2, held at 0."""
    question = QUESTIONS["marks"]
    everything = {item.id: list(item.part_ids) for item in question.items}
    assert score_answer(question, everything, variant).points == 0
