"""order: items in order, with rules of precedence."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from hypothesis import strategies as st
from kind_cases import make_block

from autograder.questions.variants import draw_items

BLOCKS = {
    "order": make_block(
        "order",
        [{"id": f"t{n:02d}", "text": str(n)} for n in range(12)],
        draw=4,
        key={
            "order": [f"t{n:02d}" for n in range(12)],
            "must_precede": [["t00", f"t{n:02d}", "MC-A"] for n in range(1, 12)],
        },
    ),
}


def answer_fully(question: Any) -> Any:
    """The key's own order."""
    return list(question.key.order)


def near_answers(question: Any, variant: str) -> st.SearchStrategy[Any]:
    """The drawn items in any order."""
    return st.permutations(list(draw_items(question, variant)))


def constant_answers(question: Any, _variant: str) -> Iterator[Any]:
    """The order turned round."""
    yield list(reversed(question.key.order))


def improve(question: Any, variant: str) -> Iterator[tuple[Any, Any]]:
    """From the wrong way round to right, one exchange of neighbours at a time."""
    drawn = set(draw_items(question, variant))
    right = [one for one in question.key.order if one in drawn]
    answer = list(reversed(right))
    for end in range(len(right) - 1, 0, -1):
        for position in range(end):
            if right.index(answer[position]) > right.index(answer[position + 1]):
                better = [*answer]
                better[position], better[position + 1] = answer[position + 1], answer[position]
                yield answer, better
                answer = better
