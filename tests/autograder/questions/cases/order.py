"""order: items in order, with rules of precedence, with and without choosing them first."""

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
    # each draw of six has three items that belong and three that do not
    "order-pick": make_block(
        "order",
        [{"id": f"t{n:02d}", "text": str(n), "stratum": "ab"[n % 2]} for n in range(20)],
        draw=6,
        pick=True,
        key={
            "order": [f"t{n:02d}" for n in range(0, 20, 2)],
            "leave_out": {f"t{n:02d}": "MC-B" for n in range(1, 20, 2)},
            "cap": ["t01"],
        },
    ),
}


def answer_fully(question: Any) -> Any:
    """The key's own order."""
    return list(question.key.order)


def near_answers(question: Any, variant: str) -> st.SearchStrategy[Any]:
    """The drawn items in any order, with ``pick`` any of them."""
    drawn = list(draw_items(question, variant))
    return st.lists(st.sampled_from(drawn), unique=True) if question.pick else st.permutations(drawn)


def constant_answers(question: Any, _variant: str) -> Iterator[Any]:
    """The order turned round, or only what does not belong; everything taken gives nothing in either order."""
    yield list(reversed(question.key.order))
    if question.pick:
        yield list(question.key.leave_out)
        yield [*question.key.order, *question.key.leave_out]
        yield [*question.key.leave_out, *reversed(question.key.order)]


def improve(question: Any, variant: str) -> Iterator[tuple[Any, Any]]:
    """From the wrong way round to right, one exchange of neighbours at a time.

    With ``pick``: from everything in the right order, one item less that does not belong.
    """
    drawn = set(draw_items(question, variant))
    right = [one for one in question.key.order if one in drawn]
    if question.pick:
        extra = [one for one in question.key.leave_out if one in drawn]
        for number in range(len(extra), 0, -1):
            yield [*extra[:number], *right], [*extra[: number - 1], *right]
        return
    answer = list(reversed(right))
    for end in range(len(right) - 1, 0, -1):
        for position in range(end):
            if right.index(answer[position]) > right.index(answer[position + 1]):
                better = [*answer]
                better[position], better[position + 1] = answer[position + 1], answer[position]
                yield answer, better
                answer = better
