"""order with ``pick``: which items belong, then their order; what is taken without belonging costs a share."""

from __future__ import annotations

import copy
import itertools
import statistics
from typing import Any

import pytest

from autograder.lesson.view import describe_question
from autograder.questions.scoring import count_answered, is_fair_variant, score_answer
from autograder.questions.spec import find_problems, inspect_question, parse_question

# a to d belong, x to z stay out; taking x is safety-critical.
PICK: dict[str, Any] = {
    "id": "cau",
    "kind": "order",
    "points": 10,
    "prompt": "?",
    "pick": True,
    "ends": ["Trước", "Sau"],
    "items": [{"id": i, "text": i} for i in "abcdxyz"],
    "key": {"order": list("abcd"), "leave_out": {"x": "MC-A", "y": "MC-B", "z": None}, "cap": ["x"]},
    "feedback": {"MC-A": "Vì A.", "MC-B": "Vì B.", "MC-C": "Vì C."},
}
RULED = copy.deepcopy(PICK)
RULED["key"]["must_precede"] = [["a", "d", "MC-C"], ["b", "c"]]


def score(block: dict[str, Any], answer: Any) -> Any:
    """Score an answer to a block of ten points."""
    return score_answer(parse_question(block, where=""), answer, "v")


@pytest.mark.parametrize(
    ("answer", "fraction", "codes"),
    [
        ("abcd", 1.0, []),
        # one of six pairs turned: (5 - 1) / 6
        ("abdc", 4 / 6, []),
        # without d only three of six pairs are there
        ("abc", 3 / 6, []),
        # a and d alone: one pair
        ("ad", 1 / 6, []),
        ("da", 0.0, []),
        ("a", 0.0, []),
        # one of four shares for y; for y and z two
        ("abcdy", 1 - 1 / 4, ["MC-B"]),
        ("yabcdz", 1 - 2 / 4, ["MC-B"]),
        # everything in the right order still loses three of four shares, and the cap stands
        ("abcdxyz", 1 - 3 / 4, ["MC-A", "MC-B"]),
        # 3/6 - 1/4
        ("abcz", 3 / 6 - 1 / 4, []),
        ("yz", 0.0, ["MC-B"]),
        ("dcba", 0.0, []),
        # an item twice is no order
        ("abcda", 0.0, []),
        ("", 0.0, []),
    ],
)
def test_pairs_count_only_where_both_are_chosen(answer: str, fraction: float, codes: list[str]) -> None:
    """G4 over the items that belong, less one share for each that does not."""
    result = score(PICK, list(answer))
    assert result.fraction == pytest.approx(fraction)
    assert [note.code for note in result.notes] == codes


@pytest.mark.parametrize(
    ("answer", "fraction", "codes"),
    [
        ("abcd", 1.0, []),
        # all pairs but that of d: 3/6; rule a-d is not met, one of two: 2 * 1/2 - 1 = 0
        ("abc", (3 / 6) / 2, []),
        # d a b c: three of six pairs turned: 0; one rule of two: 0; the broken one is named
        ("dabc", 0.0, ["MC-C"]),
        # rules all met, 1 - 1/4
        ("abcdz", 0.75, []),
    ],
)
def test_rule_with_an_item_left_out_is_not_met(answer: str, fraction: float, codes: list[str]) -> None:
    """Half pairs, half rules, as without ``pick``; leaving an item out meets no rule, and breaks none by name."""
    result = score(RULED, list(answer))
    assert result.fraction == pytest.approx(fraction)
    assert [note.code for note in result.notes] == codes


def test_taking_a_dangerous_item_caps_even_alone() -> None:
    """The act was chosen, whatever else is right."""
    for answer in ("x", "abcdx", "xabcd"):
        assert score(PICK, list(answer)).capped is True
    assert score(PICK, list("abcdx")).fraction == 0.4
    assert score(PICK, list("abcdyz")).capped is False


def test_taking_everything_in_a_random_order_is_worth_almost_nothing() -> None:
    """Over all orders of four, with the three that do not belong in front: held at 0 but for the best ones."""
    points = [score(PICK, ["x", "y", "z", *order]).fraction for order in itertools.permutations("abcd")]
    assert statistics.mean(points) < 0.02


def test_item_results_name_places_and_what_was_taken() -> None:
    """Item statistics: the place given to each item, wrong where it is another or none should be given."""
    results = {result.item: result for result in score(PICK, list("bay")).items}
    assert (results["a"].chosen, results["a"].wrong, results["a"].fraction) == (("2",), ("2",), 0.0)
    assert (results["c"].chosen, results["c"].fraction) == ((), 0.0)
    assert (results["y"].chosen, results["y"].wrong, results["y"].code) == (("3",), ("3",), "MC-B")
    assert (results["z"].chosen, results["z"].fraction) == ((), 1.0)


def test_one_chosen_item_answers_the_whole_question() -> None:
    """What stays out is an answer too; nothing chosen is none."""
    question = parse_question(PICK, where="")
    assert count_answered(question, ["a"], "v") == (7, 7)
    assert count_answered(question, [], "v") == (0, 7)
    assert count_answered(question, ["a", "a"], "v") == (0, 7)


def test_without_pick_nothing_may_be_missing() -> None:
    """Half an order is still no answer where nothing is to be chosen."""
    block = {k: v for k, v in PICK.items() if k != "pick"} | {"items": PICK["items"][:4], "key": list("abcd")}
    assert score(block, list("abc")).points == 0
    assert score(block, list("abcd")).points == 10


HUGE: list[Any] = [
    ["x" * 10_000_000],
    ["a"] * 100_000,
    [["a"], {"a": 1}, None, float("nan")],
    {"a": 1},
    "abcd",
    [[[[]]]],
]


@pytest.mark.parametrize("number", range(len(HUGE)))
def test_answers_that_nobody_could_give_earn_nothing(number: int) -> None:
    """Huge, deep or strange values are no order."""
    assert score(PICK, HUGE[number]).points == 0


def test_draw_is_fair_with_two_that_belong_and_one_that_does_not() -> None:
    """A draw of items that all belong, or hardly any, is not issued."""
    items = [{"id": f"t{n}", "text": str(n)} for n in range(9)]
    key = {"order": [f"t{n}" for n in range(6)], "leave_out": ["t6", "t7", "t8"]}
    question = parse_question(PICK | {"items": items, "draw": 3, "key": key}, where="")
    assert {is_fair_variant([question], f"{n:016x}") for n in range(40)} == {True, False}


def test_good_blocks_have_no_finding() -> None:
    """What the following test breaks is whole before; leave_out may be a list."""
    plain = PICK | {"key": {"order": list("abcd"), "leave_out": list("xyz")}}
    for block in (PICK, RULED, plain):
        assert [str(problem) for problem in find_problems(parse_question(block, where=""))] == []


@pytest.mark.parametrize(
    ("code", "changes"),
    [
        ("leave-out-without-pick", {"pick": False}),
        ("pick-without-leave-out", {"items": PICK["items"][:4], "key": {"order": list("abcd")}}),
        ("ordered-and-left-out", {"key": {"order": list("abcdx"), "leave_out": list("xyz")}}),
        ("cap-unknown", {"key": PICK["key"] | {"cap": ["a"]}}),
        ("key-item-missing", {"key": PICK["key"] | {"leave_out": ["x", "y"], "cap": []}}),
        ("key-item-unknown", {"key": PICK["key"] | {"leave_out": list("wxyz")}}),
        ("feedback-missing", {"key": PICK["key"] | {"leave_out": {"x": "MC-X", "y": None, "z": None}}}),
        ("rule-unknown-item", {"key": PICK["key"] | {"must_precede": [["a", "x"]]}}),
        ("order-too-short", {"key": {"order": list("ab"), "leave_out": list("cdxyz")}}),
    ],
)
def test_one_broken_thing_is_one_finding(code: str, changes: dict[str, Any]) -> None:
    """Each content rule, broken alone, is told by its own code."""
    assert {problem.code for problem in find_problems(parse_question(PICK | changes, where=""))} == {code}


@pytest.mark.parametrize("leave_out", [3, "x", [["x"]], {"x": 5}, {"x": "sai"}])
def test_leave_out_of_another_shape_is_refused(leave_out: Any) -> None:
    """A list of items, or items with codes."""
    question, errors = inspect_question(PICK | {"key": PICK["key"] | {"leave_out": leave_out}}, where="bai.ipynb")
    assert question is None
    assert "leave_out" in errors[0].where


def test_page_learns_that_items_are_chosen(tmp_path: Any) -> None:
    """Nothing of which ones: only that some are."""
    view = describe_question(parse_question(PICK, where=""), variant="v", number=1, root=tmp_path)
    assert (view["pick"], view["ends"]) == (True, ["Trước", "Sau"])
    assert "leave_out" not in str(view)
