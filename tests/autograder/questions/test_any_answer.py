"""Facts that hold for every kind and every JSON value as an answer."""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from kind_cases import read_cases

from autograder.questions.kinds import KINDS
from autograder.questions.outcome import CAP_FRACTION
from autograder.questions.scoring import count_answered, score_answer
from autograder.questions.spec import Question, parse_question, public_part
from autograder.questions.variants import draw_items

CASES = read_cases()
QUESTIONS: dict[str, Question] = {
    name: parse_question(block, where=name) for case in CASES.values() for name, block in case.BLOCKS.items()
}

SOME_IDS = st.sampled_from([f"t{n:02d}" for n in range(30)] + ["lạ", "", "label", "evidence"])
SCALARS = (
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8)
    | st.sampled_from(["xanh", "do", "vang", "p1", "p2", "s0", "s1", "a", "b", "1,5", "51"]) | SOME_IDS
)  # fmt: skip
JSON_VALUES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=5) | st.dictionaries(SOME_IDS | st.text(max_size=4), inner, max_size=5),
    max_leaves=25,
)
VARIANTS = st.text(alphabet="0123456789abcdef", min_size=1, max_size=16)


def answer_fully(question: Question) -> Any:
    """Return the answer over the whole pool that the key itself gives."""
    return CASES[question.kind].answer_fully(question)


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
    values = CASES[question.kind].near_answers(question, variant)
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


@by_question
@given(variant=VARIANTS)
def test_answers_without_knowledge_earn_nothing(name: str, variant: str) -> None:
    """One answer for everything, or everything at once, earns 0 under every variant."""
    question = QUESTIONS[name]
    for answer in CASES[question.kind].constant_answers(question, variant):
        assert score_answer(question, answer, variant).points == 0, answer


@by_question
@given(variant=VARIANTS)
def test_a_better_answer_never_earns_less(name: str, variant: str) -> None:
    """One more thing right, from all wrong to all right: points only rise, and end higher than they began."""
    question = QUESTIONS[name]
    steps = list(CASES[question.kind].improve(question, variant))
    points = [[score_answer(question, answer, variant).points for answer in step] for step in steps]
    assert all(worse <= better for worse, better in points)
    assert points[0][0] < points[-1][1] == 10


@by_question
@given(answer=JSON_VALUES, variant=VARIANTS)
def test_page_is_told_of_any_answer_without_an_exception(name: str, answer: Any, variant: str) -> None:
    """What the page learns of a saved answer is plain JSON, and the same from the copy without a key."""
    question = QUESTIONS[name]
    copy = parse_question(public_part(question), where=name)
    kind, drawn = KINDS[question.kind], draw_items(question, variant)
    told = kind.respond(question, answer, drawn)
    json.dumps([told, kind.describe(question), kind.texts()], allow_nan=False)
    assert told == kind.respond(copy, answer, drawn)
    assert kind.count_bits(copy, drawn) > 0


def nest(value: Any, depth: int = 500) -> Any:
    """Return a value inside so many lists and dicts."""
    for number in range(depth):
        value = [value] if number % 2 else {"t00": value}
    return value


LONG = "ế" * 5_000_000
HOSTILE: dict[str, Callable[[], Any]] = {
    "NaN": lambda: float("nan"),
    "infinity": lambda: float("-inf"),
    "huge integer": lambda: 10**4000,
    "ten megabytes of text": lambda: LONG,
    "nested deeply": lambda: nest("x"),
    "many entries": lambda: {f"t{n:02d}": n for n in range(100_000)},
    "half a surrogate pair": lambda: "\ud800",
    "text with NUL": lambda: "a\x00b",
    "decomposed Vietnamese": lambda: unicodedata.normalize("NFD", "Đạt yêu cầu"),
    "right-to-left override": lambda: "\u202e12345",
}


@by_question
@pytest.mark.parametrize("name_of_value", HOSTILE)
def test_hostile_values_are_scored_or_ignored_anywhere(name: str, name_of_value: str) -> None:
    """Alone, in place of an item's answer, inside of it and as its name: always a number within bounds."""
    question = QUESTIONS[name]
    value = HOSTILE[name_of_value]()
    drawn = draw_items(question, "9f3c")
    full = answer_fully(question)
    places: list[Any] = [value, [value], {drawn[0]: value}, {drawn[0]: [value]}, {drawn[0]: {"label": value}}]
    if isinstance(value, str):
        places.append({value: full})
    if isinstance(full, dict):
        places += [full | {drawn[0]: value}, {i: [value, one] for i, one in full.items()}]
        places += [{i: replace_leaves(one, value) for i, one in full.items()}]
    else:
        places += [[*full, value], [value] * len(full)]
    for answer in places:
        score = score_answer(question, answer, "9f3c")
        assert 0 <= score.points <= 10
        json.dumps([score.as_dict(), KINDS[question.kind].respond(question, answer, drawn)], allow_nan=False)
        assert all(len(text) <= 200 for item in score.items for text in (*item.chosen, *item.wrong))
        assert all(len(item.chosen) <= 50 for item in score.items)


def replace_leaves(answer: Any, value: Any) -> Any:
    """Return an answer of the same shape with another value in every place."""
    if isinstance(answer, dict):
        return {name: replace_leaves(inner, value) for name, inner in answer.items()}
    return [replace_leaves(inner, value) for inner in answer] if isinstance(answer, list) else value


@by_question
def test_answers_to_another_variant_earn_nothing_here(name: str) -> None:
    """A full answer to the items of another draw is no answer to this one, where the two share no item."""
    question = QUESTIONS[name]
    if question.draw is None:
        return
    drawn = set(draw_items(question, "9f3c"))
    others = (set(draw_items(question, f"{n:x}")) for n in range(2000))
    other = next((one for one in others if not one & drawn), None)
    full = answer_fully(question)
    if other is None or not isinstance(full, dict):
        return
    score = score_answer(question, {i: full[i] for i in other}, "9f3c")
    assert (score.points, score.capped, score.notes) == (0, False, ())
