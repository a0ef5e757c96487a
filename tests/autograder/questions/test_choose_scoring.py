"""choose: sets, rules, costs and limits, worked out by hand; every content rule broken once."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import pytest

from autograder.questions.kinds.choose.scoring import correct_chance, count_bits
from autograder.questions.kinds.choose.selection import find_selection
from autograder.questions.scoring import count_answered, score_answer
from autograder.questions.spec import find_problems, parse_question, public_part, resolved

SET: dict[str, Any] = {
    "id": "cau",
    "kind": "choose",
    "points": 10,
    "prompt": "?",
    "options": {"a": "A", "b": "B", "c": {"text": {"vi": "C", "en": "C"}}, "d": "D"},
    "items": [{"id": "t1", "text": "1"}, {"id": "t2", "text": "2"}],
    "key": {
        "t1": {"options": ["a"], "wrong": {"b": "MC-A"}, "why": "Vì a.", "source": "Đ.1"},
        "t2": {"options": ["b", "c"], "missed": {"c": "MC-B"}, "cap": ["d"]},
    },
    "score": {"by": "set"},
    "feedback": {"MC-A": "Vì A.", "MC-B": "Vì B."},
}

# Two media of three, at least three copies, one of them elsewhere, within 12.
RULES: dict[str, Any] = {
    "id": "cau",
    "kind": "choose",
    "points": 10,
    "prompt": "?",
    "budget": 12,
    "options": [
        {"id": "o1", "text": "Ổ 1", "cost": 2.5},
        {"id": "o2", "text": "Ổ 2", "cost": 2.5},
        {"id": "m", "text": "Mây", "cost": 4},
        {"id": "b", "text": "Băng", "cost": 9},
        {"id": "x", "text": "Cùng máy", "cost": 0},
    ],
    "items": [{"id": "t1", "text": "1"}],
    "key": {
        "t1": {
            "rules": [
                {"at_least": 3, "of": ["o1", "o2", "m", "b"], "code": "MC-A"},
                {"at_least": 2, "of": [["o1", "o2"], "m", "b"]},
                {"exactly": 0, "of": ["x"], "code": "MC-B", "weight": 2},
                {"budget": True, "weight": 2},
            ],
            "cap": ["x"],
        }
    },
    "score": {"by": "rules"},
    "feedback": {"MC-A": "Vì A.", "MC-B": "Vì B."},
}


def read(block: dict[str, Any]) -> Any:
    """Return the block's question."""
    return parse_question(block, where="")


@pytest.mark.parametrize(
    ("answer", "points", "codes"),
    [
        # P = 3 of 8 options.  Everything ticked: (3 - 5/2)/3 = 1/6, which is taken off: (f - 1/6)/(5/6)
        ({"t1": ["a"], "t2": ["b", "c"]}, 10.0, []),
        # TP 2, FP 0: f = 2/3 → (4/6 - 1/6)/(5/6) = 0.6
        ({"t1": ["a"], "t2": ["b"]}, 6.0, ["MC-B"]),
        # TP 1, FP 1: f = (1 - 0.5)/3 = 1/6 → 0
        ({"t1": ["b"], "t2": ["c"]}, 0.0, ["MC-A"]),
        # TP 3, FP 1: f = 2.5/3 → (5/6 - 1/6)/(5/6) = 0.8
        ({"t1": ["a", "b"], "t2": ["b", "c"]}, 8.0, ["MC-A"]),
        # everything but one: TP 3, FP 4: f = 1/3 → (2/6 - 1/6)/(5/6) = 0.2
        ({"t1": ["a", "b", "c", "d"], "t2": ["a", "b", "c"]}, 2.0, ["MC-A"]),
        ({"t1": ["a", "b", "c", "d"], "t2": ["a", "b", "c", "d"]}, 0.0, ["MC-A"]),
        # twice the same, unknown ones and other shapes change nothing
        ({"t1": ["a", "a", "zz", None, 3, ["a"]], "t2": ["b", "c"], "t9": ["a"]}, 10.0, []),
        ({"t1": "a", "t2": {"b": True}}, 0.0, []),
        (["a"], 0.0, []),
        ({"t1": ["zz"] * 10_000}, 0.0, []),
    ],
)
def test_set_is_pooled_and_corrected_by_ticking_everything(answer: Any, points: float, codes: list[str]) -> None:
    """(TP - FP/2)/P over all items together, less what ticking everything earns."""
    score = score_answer(read(SET), answer, "v")
    assert score.points == points
    assert [note.code for note in score.notes if note.code.startswith("MC-")] == codes


def test_item_results_name_what_was_chosen_and_what_was_wrong() -> None:
    """Item statistics read ids; a critical option caps the question; the author's reason comes with its source."""
    score = score_answer(read(SET), {"t1": ["b", "a"], "t2": ["d"]}, "v")
    first, second = score.items
    assert (first.chosen, first.wrong, first.code) == (("a", "b"), ("b",), "MC-A")
    assert (second.chosen, second.wrong, second.code, second.fraction) == (("d",), ("d",), "MC-B", 0)
    assert score.capped
    assert [note.text for note in score.notes if note.code == "WHY"] == ["Vì a. (Đ.1)"]


@pytest.mark.parametrize(
    ("chosen", "points", "codes"),
    [
        # Weights 1, 1, 2, 2.  Nothing ticked meets "exactly 0" and the budget: 4/6 is what knowing nothing earns.
        (["o1", "o2", "m"], 10.0, []),
        # copies 2: lost 1 → (5/6 - 4/6)/(2/6) = 0.5
        (["o1", "m"], 5.0, ["MC-A"]),
        # two media, three copies, but 13.5 > 12: 4/6 → 0
        (["o1", "b", "o2"], 0.0, []),
        # one medium, two copies: 4/6 → 0
        (["o1", "o2"], 0.0, ["MC-A"]),
        # all but "x" costs 18
        (["o1", "o2", "m", "b"], 0.0, []),
    ],
)
def test_rules_are_weighed_and_corrected_by_constant_answers(
    chosen: list[str], points: float, codes: list[str]
) -> None:
    """Weight of the rules met of all weight, less what ticking nothing or everything meets."""
    score = score_answer(read(RULES), {"t1": chosen}, "v")
    assert (score.points, [note.code for note in score.notes]) == (points, codes)


def test_unneeded_option_of_a_rule_is_wrong_and_may_cap() -> None:
    """The forbidden copy breaks its rule, is named as wrong, and is a critical act here."""
    score = score_answer(read(RULES), {"t1": ["o1", "o2", "m", "x"]}, "v")
    # 4/6 met, nothing left after the correction
    assert (score.points, score.capped, score.items[0].wrong) == (0, True, ("x",))


def test_sums_of_costs_are_decimal() -> None:
    """0.1 + 0.2 is within 0.3."""
    block = copy.deepcopy(RULES) | {"budget": 0.3}
    block["options"] = {"a": {"text": "A", "cost": 0.1}, "b": {"text": "B", "cost": 0.2}, "c": {"text": "C", "cost": 1}}
    block["key"] = {"t1": {"rules": [{"at_least": 2, "of": ["a", "b"]}, {"budget": True}]}}
    assert score_answer(read(block), {"t1": ["a", "b"]}, "v").points == 10


def test_more_ticks_than_the_limit_are_no_answer() -> None:
    """The page does not allow them, so only a forged answer has them."""
    question = read(SET | {"limit": 2})
    assert score_answer(question, {"t1": ["a", "b", "c"], "t2": ["b", "c"]}, "v").items[0].fraction == 0
    assert count_answered(question, {"t1": ["a", "b", "c"], "t2": ["b", "c"]}, "v") == (1, 2)
    # at most two of four: 1 + 4 + 6 = 11 selections for each of two items
    assert count_bits(question, ("t1", "t2")) == pytest.approx(2 * 3.459, abs=0.01)


def test_item_has_its_own_options_or_those_of_the_question() -> None:
    """A shorthand key, a list of options with ids; the learner's copy says the same."""
    block = SET | {
        "items": [
            {"id": "t1", "text": "1", "options": [{"id": "x", "text": "X"}, {"id": "y", "text": "Y", "cost": 1}]}
        ],
        "key": {"t1": ["y"]},
    }
    question = read(block)
    assert score_answer(question, {"t1": ["y", "a"]}, "v").points == 10
    assert resolved(parse_question(resolved(question), where="")) == resolved(question)
    assert "key" not in public_part(question)


def test_chance_takes_off_what_knowing_nothing_earns() -> None:
    """(f - c)/(1 - c), never below 0; nothing where knowing nothing earns everything."""
    assert correct_chance(0.75, 0.5) == pytest.approx(0.5)
    assert correct_chance(0.25, 0.5) == 0
    assert correct_chance(1.0, 1.0) == 0


def test_selection_is_found_for_every_key() -> None:
    """The key's own options; a selection by trying; step by step where there are too many to try."""
    assert find_selection(read(SET), read(SET).items[1]) == ("b", "c")
    assert find_selection(read(RULES), read(RULES).items[0]) == ("o1", "o2", "m")
    options = {f"o{n}": str(n) for n in range(40)}
    rules = [{"exactly": 2, "of": [f"o{n}" for n in range(k, 40, 4)]} for k in range(4)]
    block = SET | {"options": options, "items": [{"id": "t1", "text": "1"}], "score": {"by": "rules"}}
    question = read(block | {"key": {"t1": {"rules": rules}}})
    assert len(find_selection(question, question.items[0]) or ()) == 8
    assert find_problems(question) == []


def test_good_questions_have_no_finding() -> None:
    """The starting points of the next test are clean."""
    assert find_problems(read(SET)) == []
    assert find_problems(read(RULES)) == []


def first_rules(block: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the rules of the first item."""
    rules: list[dict[str, Any]] = block["key"]["t1"]["rules"]
    return rules


BROKEN: list[tuple[dict[str, Any], str, Callable[[dict[str, Any]], Any]]] = [
    (SET, "key-item-missing", lambda b: b["key"].pop("t2")),
    (SET, "key-item-unknown", lambda b: b["key"].update(t9=["a"])),
    (SET, "feedback-missing", lambda b: b["feedback"].pop("MC-B")),
    (SET, "option-unknown", lambda b: b["key"]["t1"]["wrong"].update(zz="MC-A")),
    (SET, "option-unknown", lambda b: b["key"]["t1"].update(cap=["zz"])),
    (SET, "option-right-and-wrong", lambda b: b["key"]["t1"]["wrong"].update(a="MC-A")),
    (SET, "option-right-and-wrong", lambda b: b["key"]["t2"]["missed"].update(a="MC-A")),
    (SET, "options-all-or-none", lambda b: b["key"].update(t2=[])),
    (SET, "options-all-or-none", lambda b: b["key"].update(t2=list("abcd"))),
    (SET, "item-without-options", lambda b: b.update(options={"a": "A"}, key={"t1": ["a"], "t2": ["a"]})),
    (SET, "limit-too-small", lambda b: b.update(limit=1)),
    (SET, "budget-without-costs", lambda b: b.update(budget=3)),
    (SET, "budget-too-small", lambda b: (b.update(budget=3), b["options"].update(b={"text": "B", "cost": 4}))),
    (SET, "key-form", lambda b: b["key"]["t1"].update(rules=[{"at_least": 1, "of": ["a", "b"]}])),
    (RULES, "key-form", lambda b: b["key"]["t1"].update(options=["o1"])),
    (RULES, "option-unknown", lambda b: first_rules(b)[0]["of"].append("zz")),
    (RULES, "feedback-missing", lambda b: b["feedback"].pop("MC-A")),
    (RULES, "rules-missing", lambda b: b["key"].update(t1={"rules": []})),
    (RULES, "rule-form", lambda b: first_rules(b).append({"of": ["o1"]})),
    (RULES, "rule-form", lambda b: first_rules(b).append({"at_least": 1})),
    (RULES, "rule-form", lambda b: first_rules(b).append({"budget": True, "of": ["o1"]})),
    (RULES, "rule-without-budget", lambda b: b.pop("budget")),
    (RULES, "rule-void", lambda b: first_rules(b).append({"at_most": 2, "of": ["o1", "o2"]})),
    (RULES, "rule-void", lambda b: first_rules(b).append({"at_least": 3, "of": ["o1", "o2"]})),
    (RULES, "rule-void", lambda b: first_rules(b).append({"at_least": 2, "at_most": 1, "of": ["o1", "o2"]})),
    (RULES, "rules-constant", lambda b: b["key"]["t1"].update(rules=[{"at_most": 1, "of": ["o1", "o2"]}])),
    (RULES, "rules-constant", lambda b: b["key"]["t1"].update(rules=[{"at_least": 1, "of": ["o1", "o2"]}])),
    (RULES, "rules-unreachable", lambda b: b.update(budget=5)),
    (RULES, "rules-unreachable", lambda b: b.update(limit=2)),
]


@pytest.mark.parametrize(("block", "code", "break_it"), BROKEN)
def test_each_fault_is_found(block: dict[str, Any], code: str, break_it: Callable[[dict[str, Any]], Any]) -> None:
    """One thing broken gives its finding, with a place and something to do."""
    broken = copy.deepcopy(block)
    break_it(broken)
    found = find_problems(read(broken))
    assert code in [problem.code for problem in found]
    assert all(problem.where and problem.hint for problem in found)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("limit", 0),
        ("limit", True),
        ("budget", -1),
        ("options", {"a": {"text": "A", "cost": "3"}}),
        ("options", [{"id": "a", "text": "A"}, {"id": "a", "text": "B"}]),
        ("options", [{"text": "A"}]),
        ("options", {"a": {"text": "A", "price": 3}}),
        ("score", {"by": "cost"}),
    ],
)
def test_bad_public_fields_are_refused(field: str, value: Any) -> None:
    """What cannot be shown is not read."""
    from autograder.errors import ContentError

    with pytest.raises(ContentError) as caught:
        read(SET | {field: value})
    assert field in caught.value.where
