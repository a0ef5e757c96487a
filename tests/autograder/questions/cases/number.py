"""number: one number per item."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from hypothesis import strategies as st
from kind_cases import make_block

from autograder.questions.variants import draw_items

BLOCKS = {
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
}


def answer_fully(question: Any) -> Any:
    """Every value, as it is typed in Vietnam."""
    return {i: str(entry.value).replace(".", ",") for i, entry in question.key.items()}


def near_answers(question: Any, _variant: str) -> st.SearchStrategy[Any]:
    """Numbers and what looks like them."""
    ids = st.sampled_from([item.id for item in question.items])
    return st.dictionaries(ids, st.sampled_from(["0,5", "1,5 %", "50", "51", "x"]))


def constant_answers(question: Any, _variant: str) -> Iterator[Any]:
    """The same number everywhere."""
    yield {item.id: "100" for item in question.items}


def improve(question: Any, variant: str) -> Iterator[tuple[Any, Any]]:
    """One more number right, beginning with known wrong ones."""
    full = answer_fully(question)
    answer = {i: str(int(entry.wrong[0].value)) for i, entry in question.key.items()}
    for one in draw_items(question, variant):
        better = answer | {one: full[one]}
        yield answer, better
        answer = better
