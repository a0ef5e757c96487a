"""Facts of single scorers that the worked examples do not reach."""

from __future__ import annotations

from typing import Any

import pytest

from autograder.questions.kinds.classify.measures import score_by_balance, score_by_cost
from autograder.questions.kinds.classify.scoring import has_several_classes
from autograder.questions.kinds.marks.scoring import score_marks
from autograder.questions.kinds.number import list_unread
from autograder.questions.scoring import is_fair_variant, score_answer
from autograder.questions.spec import parse_question


def score(block: dict[str, Any], answer: Any) -> Any:
    """Score an answer to a block of ten points."""
    common = {"id": "cau", "points": 10, "prompt": "?", "feedback": {"MC-A": "Vì A.", "MC-B": "Vì B."}}
    return score_answer(parse_question(common | block, where=""), answer, "v")


def test_balance_weighs_classes_not_items() -> None:
    """9 items of one class and 1 of another: the nine right ones are half of the accuracy, so nothing."""
    truth = {f"t{n}": "a" for n in range(9)} | {"t9": "b"}
    assert score_by_balance(truth, dict.fromkeys(truth, "a"), 2) == 0
    # (5/9 + 1)/2 = 7/9, corrected by chance 1/2
    assert score_by_balance(truth, {f"t{n}": "a" for n in range(5)} | {"t9": "b"}, 2) == pytest.approx(5 / 9)


def test_label_that_is_never_right_does_not_pay_for_constant_answers() -> None:
    """Two of three labels occur: one label for everything reaches 1/2, which is the chance taken off."""
    assert score_by_balance({"a": "x", "b": "y"}, {"a": "x", "b": "x"}, 3) == 0


def test_unanswered_item_costs_the_dearest_of_its_row() -> None:
    """One of four unanswered at 3, best constant answer costs 4 → 1 - 3/4."""
    truth = {"a": "x", "b": "x", "c": "y", "d": "y"}
    matrix = {"x": {"y": 3.0}, "y": {"x": 2.0}}
    assert score_by_cost(truth, {"b": "x", "c": "y", "d": "y"}, matrix, ("x", "y")) == pytest.approx(1 - 3 / 4)
    assert score_by_cost(truth, {}, matrix, ("x", "y")) == 0


def test_costless_matrix_pays_only_complete_answers() -> None:
    """Without any cost there is nothing to measure by: complete is 1, anything else 0."""
    assert score_by_cost({"a": "x", "b": "y"}, {"a": "x", "b": "y"}, {}, ("x", "y")) == 1
    assert score_by_cost({"a": "x", "b": "y"}, {"a": "x"}, {}, ("x", "y")) == 0


def test_safety_critical_label_caps_the_question() -> None:
    """Everything else right, but the capped act chosen: at most 0.4 of the points, and reported."""
    labels = {"gui": "Gửi", "hoi": "Hỏi lại", "khong": "Không gửi"}
    items = [{"id": f"t{n}", "text": str(n)} for n in range(9)]
    key: dict[str, Any] = {item["id"]: list(labels)[n % 3] for n, item in enumerate(items)}
    key["t2"] = {"label": "khong", "cap": ["gui"], "wrong": "MC-A"}
    block = {"kind": "classify", "labels": labels, "items": items, "key": key}
    right = {item["id"]: list(labels)[n % 3] for n, item in enumerate(items)}
    assert (score(block, right).points, score(block, right).capped) == (10, False)
    slipped = score(block, right | {"t2": "gui"})
    assert (slipped.points, slipped.capped, slipped.fraction) == (4, True, 0.4)
    assert [note.code for note in slipped.notes] == ["MC-A"]


def test_set_score_is_pooled_over_items() -> None:
    """TP 3, FP 2, P 4 over two items: (3 - 1)/4."""
    wanted = {"a": frozenset("xy"), "b": frozenset("zw")}
    assert score_marks(wanted, {"a": frozenset("xy"), "b": frozenset("zpq")}) == pytest.approx(0.5)
    assert score_marks({"a": frozenset()}, {"a": frozenset()}) == 1
    assert score_marks({"a": frozenset()}, {}) == 0


def test_marks_name_what_was_added_and_what_was_missed() -> None:
    """Codes come for parts marked without need and for parts overlooked, never for untouched items."""
    parts = [{"id": p, "text": p} for p in ("p1", "p2", "p3", "p4")]
    key = {
        "t1": {"marks": ["p1", "p2"], "wrong": {"p3": "MC-A"}, "missed": {"p2": "MC-B"}},
        "t2": {"marks": ["p1"], "missed": {"p1": "MC-B"}},
    }
    block = {"kind": "marks", "items": [{"id": "t1", "parts": parts}, {"id": "t2", "parts": parts}], "key": key}
    result = score(block, {"t1": ["p1", "p3", "p3"]})
    assert result.fraction == pytest.approx((1 - 0.5) / 3)
    assert [(note.code, note.item) for note in result.notes] == [("MC-A", "t1"), ("MC-B", "t1")]


ORDER = {
    "kind": "order",
    "items": [{"id": i, "text": i} for i in "abcd"],
    "key": {"order": list("abcd"), "must_precede": [["a", "d", "MC-A"], ["b", "d", "MC-B"]]},
}


@pytest.mark.parametrize(
    ("answer", "fraction", "codes"),
    [
        (list("abcd"), 1.0, []),
        # one of six pairs turned: 4/6; both rules met: 1
        (list("bacd"), (4 / 6) / 2 + 0.5, []),
        # b c d a: 3 pairs turned: 0; one rule of two met: 2 * 1/2 - 1 = 0
        (list("bcda"), 0.0, ["MC-A"]),
        (list("dcba"), 0.0, ["MC-A", "MC-B"]),
        # a b d c: 4/6, both rules met
        (list("abdc"), (4 / 6) / 2 + 0.5, []),
        (list("abc"), 0.0, []),
        (list("abcdd"), 0.0, []),
        ({"a": 1}, 0.0, []),
        ("abcd", 0.0, []),
    ],
)
def test_order_counts_pairs_and_rules(answer: Any, fraction: float, codes: list[str]) -> None:
    """Half concordant pairs, half rules; an incomplete or repeating order is no answer."""
    result = score(ORDER, answer)
    assert result.fraction == pytest.approx(fraction)
    assert [note.code for note in result.notes] == codes


def test_order_without_rules_is_pairs_alone() -> None:
    """One of six pairs turned: (5 - 1)/6."""
    block = ORDER | {"key": list("abcd")}
    assert score(block, list("abdc")).fraction == pytest.approx(4 / 6)


def test_numbers_may_come_as_json_numbers() -> None:
    """An answer written by a program is read like a typed one; true is no number."""
    block = {"kind": "number", "items": [{"id": "t", "text": "?"}], "key": {"t": {"value": 1, "within": 0.5}}}
    assert score(block, {"t": 1}).points == 10
    assert score(block, {"t": 1.5}).points == 10
    assert score(block, {"t": True}).points == 0
    assert score(block, {"t": 10**200}).points == 0
    assert score(block, {"t": "1 %"}).points == 0


def test_tolerance_is_decimal() -> None:
    """55.05 lies exactly 0.05 from 55.0, whatever binary fractions say."""
    block = {"kind": "number", "items": [{"id": "t", "text": "?"}], "key": {"t": {"value": 55.0, "within": 0.05}}}
    assert score(block, {"t": "55,05"}).points == 10
    assert score(block, {"t": "55,0501"}).points == 0


def test_unread_numbers_are_named() -> None:
    """The page is told in which fields something is typed that is no number; empty ones are not."""
    items = [{"id": i, "text": i} for i in "abcd"]
    question: Any = parse_question({"id": "n", "kind": "number", "points": 1, "prompt": "?", "items": items}, where="")
    assert list_unread(question, {"a": "x", "b": " ", "c": "1,5"}, ("a", "b", "c", "d")) == ("a",)
    assert list_unread(question, ["a"], ("a",)) == ()


FLOW = {
    "kind": "path",
    "items": [
        {
            "id": "t",
            "start": "s0",
            "states": {
                "s0": {
                    "text": "?",
                    "choices": [{"id": "a", "text": "a", "to": "s1"}, {"id": "b", "text": "b", "to": "s0"}],
                },
                "s1": {
                    "text": "?",
                    "choices": [{"id": "a", "text": "a", "to": "s9"}, {"id": "otp", "text": "b", "to": "s9"}],
                },
                "s9": {"text": "hết", "end": True},
            },
        }
    ],
    "key": {"t": {"required": ["s0.a", "s1.a"], "forbidden": {"s1.otp": "MC-A"}, "wrong": {"s0.b": "MC-B"}}},
}


@pytest.mark.parametrize(
    ("trace", "fraction", "capped", "codes"),
    [
        ([["s0", "a"], ["s1", "a"]], 1.0, False, []),
        ([["s0", "b"], ["s0", "b"], ["s0", "a"], ["s1", "a"]], 1.0, False, ["MC-B"]),
        ([["s0", "a"]], 0.5, False, []),
        ([["s0", "a"], ["s1", "otp"]], 0.4, True, ["MC-A"]),
        # stops at the first impossible step
        ([["s1", "a"], ["s0", "a"]], 0.0, False, []),
        ([["s0", "a"], ["s0", "a"], ["s1", "a"]], 0.5, False, []),
        ([["s0", "a"], ["s1", "a"], ["s9", "a"]], 1.0, False, []),
        ([["s0", "z"]], 0.0, False, []),
        ([["s0", "a", "x"]], 0.0, False, []),
        ([["s0", "b"]] * 5000 + [["s0", "a"]], 0.0, False, ["MC-B"]),
        ("s0a", 0.0, False, []),
    ],
)
def test_path_is_replayed_on_the_flow(trace: Any, fraction: float, capped: bool, codes: list[str]) -> None:
    """Required steps count, detours are free, a forbidden step caps, impossible steps end the walk."""
    result = score(FLOW, {"t": trace})
    assert result.fraction == pytest.approx(fraction)
    assert result.capped is capped
    assert [note.code for note in result.notes] == codes


def test_variant_is_fair_when_every_draw_has_several_classes() -> None:
    """A draw of one class would pay a constant answer, so the portal does not issue it."""
    items = [{"id": f"t{n}", "text": str(n)} for n in range(6)]
    key = {item["id"]: "x" if n < 3 else "y" for n, item in enumerate(items)}
    block = {
        "id": "q",
        "kind": "classify",
        "points": 1,
        "prompt": "?",
        "labels": {"x": "X", "y": "Y"},
        "items": items,
        "key": key,
        "draw": 2,
    }
    question: Any = parse_question(block, where="")
    assert has_several_classes(question, ("t0", "t5"))
    assert not has_several_classes(question, ("t0", "t1"))
    verdicts = {is_fair_variant([question], f"{n:016x}") for n in range(60)}
    assert verdicts == {True, False}
