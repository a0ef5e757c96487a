"""choose: any of an item's options, scored as a set and by rules."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from hypothesis import strategies as st
from kind_cases import make_block

from autograder.questions.kinds.choose.selection import find_selection
from autograder.questions.variants import draw_items

SHARED = {letter: letter.upper() for letter in "abcdef"}
COSTS = {
    "o1": {"text": "Ổ cứng 1", "cost": 3},
    "o2": {"text": "Ổ cứng 2", "cost": 3},
    "dam": {"text": "Đám mây", "cost": 5.5},
    "bang": {"text": "Băng từ", "cost": 8},
    "gom": {"text": "Giữ cùng máy", "cost": 0},
}
RULES = [
    {"at_least": 2, "of": ["o1", "o2", "dam", "bang"], "code": "MC-A"},
    {"at_least": 2, "of": [["o1", "o2"], "dam", "bang"]},
    {"at_most": 0, "of": ["gom"], "code": "MC-B", "weight": 2},
    {"budget": True},
]

BLOCKS = {
    "choose": make_block(
        "choose",
        [{"id": f"t{n:02d}", "text": str(n)} for n in range(9)],
        draw=3,
        options=SHARED,
        limit=4,
        key={f"t{n:02d}": {"options": ["a", "c"], "wrong": {"b": "MC-A"}, "missed": {"a": "MC-B"}} for n in range(9)},
        score={"by": "set"},
    ),
    "choose-own": make_block(
        "choose",
        [
            {"id": f"t{n:02d}", "text": str(n), "options": {"a": "A", "b": "B", "c": {"text": "C", "cost": 1}}}
            for n in range(3)
        ],
        key={f"t{n:02d}": ["a", "c"] for n in range(3)},
        score={"by": "set"},
    ),
    "choose-rules": make_block(
        "choose",
        [{"id": "t00", "text": "Máy chủ"}, {"id": "t01", "text": "Máy trạm"}],
        options=COSTS,
        budget=12,
        cost_unit="triệu đồng",
        key={f"t{n:02d}": {"rules": RULES, "cap": ["gom"]} for n in range(2)},
        score={"by": "rules"},
    ),
}


def answer_fully(question: Any) -> Any:
    """The options of the key, or the first selection that meets all rules."""
    return {item.id: list(find_selection(question, item)) for item in question.items}


def near_answers(question: Any, _variant: str) -> st.SearchStrategy[Any]:
    """Any options of any items."""
    ids = st.sampled_from([item.id for item in question.items])
    options = {option for item in question.items for option in question.list_options(item)}
    return st.dictionaries(ids, st.lists(st.sampled_from(sorted(options))))


def constant_answers(question: Any, _variant: str) -> Iterator[Any]:
    """Everything; nothing; everything of one item; one unknown option."""
    yield {item.id: list(question.list_options(item)) for item in question.items}
    yield {item.id: [] for item in question.items}
    yield {question.items[0].id: list(question.list_options(question.items[0]))}
    yield {item.id: ["zz"] for item in question.items}


def improve(question: Any, variant: str) -> Iterator[tuple[Any, Any]]:
    """One more item right."""
    full = answer_fully(question)
    answer: dict[str, list[str]] = {}
    for one in draw_items(question, variant):
        better = answer | {one: full[one]}
        yield answer, better
        answer = better
