"""path: a walk through a flow, with a forbidden step."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from hypothesis import strategies as st
from kind_cases import make_block

from autograder.questions.variants import draw_items

STATES = {
    "s0": {"text": "bắt đầu", "choices": [{"id": "a", "text": "a", "to": "s1"}, {"id": "b", "text": "b", "to": "s0"}]},
    "s1": {"text": "giữa", "choices": [{"id": "a", "text": "a", "to": "s9"}, {"id": "b", "text": "b", "to": "s9"}]},
    "s9": {"text": "hết", "end": True},
}

BLOCKS = {
    "path": make_block(
        "path",
        [{"id": f"t{n:02d}", "start": "s0", "states": STATES} for n in range(6)],
        draw=2,
        key={
            f"t{n:02d}": {"required": ["s0.a", "s1.a"], "forbidden": {"s1.b": "MC-A"}, "wrong": {"s0.b": "MC-B"}}
            for n in range(6)
        },
    ),
    "path-service": make_block(
        "path",
        [
            {
                "id": f"t{n:02d}",
                "start": "s0",
                "states": {
                    "s0": STATES["s0"] | {"address": "https://dichvucong.example", "title": "Trang chủ", "step": 1},
                    "s1": STATES["s1"] | {"step": 2, "form": [{"label": "Mã", "value": "000"}], "notice": "Lưu mã."},
                    "s9": STATES["s9"],
                },
            }
            for n in range(6)
        ],
        draw=2,
        look="service",
        steps=["Đăng nhập", "Nộp"],
        key={
            f"t{n:02d}": {"required": ["s0.a", "s1.a"], "missed": {"s1.a": "MC-A"}, "wrong": {"s0.b": "MC-B"}}
            for n in range(6)
        },
    ),
}


def answer_fully(question: Any) -> Any:
    """The required steps, which here are a whole walk."""
    return {i: [step.split(".") for step in entry.required] for i, entry in question.key.items()}


def near_answers(question: Any, _variant: str) -> st.SearchStrategy[Any]:
    """Steps, possible or not."""
    ids = st.sampled_from([item.id for item in question.items])
    step = st.lists(st.sampled_from(["s0", "s1", "a", "b"]), min_size=2, max_size=2)
    return st.dictionaries(ids, st.lists(step))


def constant_answers(question: Any, _variant: str) -> Iterator[Any]:
    """Always the same choice, the one that leads round in circles."""
    yield {item.id: [["s0", "b"]] * 4 for item in question.items}


def improve(question: Any, variant: str) -> Iterator[tuple[Any, Any]]:
    """One required step further."""
    answer: dict[str, list[list[str]]] = {}
    for one in draw_items(question, variant):
        for step in question.key[one].required:
            better = answer | {one: [*answer.get(one, []), step.split(".")]}
            yield answer, better
            answer = better
