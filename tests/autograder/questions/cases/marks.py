"""marks: the right parts of each item, with and without kinds of error, and the cells of a table."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from hypothesis import strategies as st
from kind_cases import make_block

from autograder.questions.variants import draw_items

PARTS = [{"id": f"p{n}", "text": str(n)} for n in range(1, 9)]
KINDS = {"a": "Loại A", "b": "Loại B", "c": "Loại C"}
TABLE = {"columns": ["A", "B", "C", "D"], "rows": [[1, 2, 3, 4]] * 3}
CODES = {"wrong": {"p1": "MC-A"}, "missed": {"p2": "MC-B"}}

BLOCKS = {
    "marks": make_block(
        "marks",
        [{"id": f"t{n:02d}", "parts": PARTS} for n in range(9)],
        draw=3,
        key={f"t{n:02d}": {"marks": ["p2", "p5"]} | CODES for n in range(9)},
    ),
    "marks-of-a-kind": make_block(
        "marks",
        [{"id": f"t{n:02d}", "flow": "text", "parts": PARTS} for n in range(9)],
        draw=3,
        types=KINDS,
        key={
            f"t{n:02d}": {"marks": {"p2": "a", "p5": "b"}, "weights": {"p2": 3}, "mistyped": {"p5": "MC-B"}} | CODES
            for n in range(9)
        },
    ),
    "marks-in-a-table": make_block(
        "marks",
        [{"id": f"t{n:02d}", "mark_cells": True, "table": TABLE} for n in range(6)],
        draw=2,
        types=KINDS,
        key={
            f"t{n:02d}": {"marks": {"r01c02": "a", "r03c04": "c"}, "wrong": {"r02c01": "MC-A"}, "cap": ["r02c02"]}
            for n in range(6)
        },
    ),
}


def answer_fully(question: Any) -> Any:
    """The marks of the key."""
    return {i: dict(entry.marks) if question.types else list(entry.marks) for i, entry in question.key.items()}


def near_answers(question: Any, _variant: str) -> st.SearchStrategy[Any]:
    """Any parts of any items, with kinds or without."""
    ids = st.sampled_from([item.id for item in question.items])
    parts = st.sampled_from([*question.items[0].part_ids, "lạ"])
    kinds = st.sampled_from([*KINDS, "", "lạ"]) | st.none()
    return st.dictionaries(ids, st.lists(parts) | st.dictionaries(parts, kinds))


def constant_answers(question: Any, _variant: str) -> Iterator[Any]:
    """With eight parts of which two are right, marking all is (2 - 6/2) / 2, held at 0; and so with any one kind."""
    yield {item.id: list(item.part_ids) for item in question.items}
    for kind in question.types or ():
        yield {item.id: dict.fromkeys(item.part_ids, kind) for item in question.items}


def improve(question: Any, variant: str) -> Iterator[tuple[Any, Any]]:
    """One more right mark."""
    answer: dict[str, dict[str, Any]] = {}
    for one in draw_items(question, variant):
        for part in question.key[one].marks:
            better = answer | {one: answer.get(one, {}) | {part: question.key[one].find_type(part)}}
            yield _write(question, answer), _write(question, better)
            answer = better


def _write(question: Any, answer: dict[str, dict[str, Any]]) -> Any:
    return answer if question.types else {one: list(parts) for one, parts in answer.items()}
