"""marks: the right parts of each item."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from hypothesis import strategies as st
from kind_cases import make_block

from autograder.questions.variants import draw_items

PARTS = [{"id": f"p{n}", "text": str(n)} for n in range(1, 9)]

BLOCKS = {
    "marks": make_block(
        "marks",
        [{"id": f"t{n:02d}", "parts": PARTS} for n in range(9)],
        draw=3,
        key={f"t{n:02d}": {"marks": ["p2", "p5"], "wrong": {"p1": "MC-A"}, "missed": {"p2": "MC-B"}} for n in range(9)},
    ),
}


def answer_fully(question: Any) -> Any:
    """The marks of the key."""
    return {i: list(entry.marks) for i, entry in question.key.items()}


def near_answers(question: Any, _variant: str) -> st.SearchStrategy[Any]:
    """Any parts of any items."""
    ids = st.sampled_from([item.id for item in question.items])
    return st.dictionaries(ids, st.lists(st.sampled_from([part["id"] for part in PARTS])))


def constant_answers(question: Any, _variant: str) -> Iterator[Any]:
    """With eight parts of which two are right, marking all is (2 - 6/2) / 2, held at 0."""
    yield {item.id: list(item.part_ids) for item in question.items}


def improve(question: Any, variant: str) -> Iterator[tuple[Any, Any]]:
    """One more right mark."""
    answer: dict[str, list[str]] = {}
    for one in draw_items(question, variant):
        for part in question.key[one].marks:
            better = answer | {one: [*answer.get(one, []), part]}
            yield answer, better
            answer = better
