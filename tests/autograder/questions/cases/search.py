"""search: queries for a collection of made-up pages."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from hypothesis import strategies as st
from kind_cases import make_block

from autograder.questions.variants import draw_items

TOPICS = ["học phí", "lịch thi", "học bổng", "ký túc xá", "thư viện", "bảo hiểm", "tuyển sinh", "đoàn phí", "thể thao"]
PAGES = [
    {
        "id": f"p{n:02d}",
        "title": {"vi": f"Thông báo {n} về {topic}", "en": f"Notice {n} on topic{n // 4}"},
        "site": "truong.example" if n % 2 else "tin.example",
        "date": f"{2020 + n % 4}-05-{n % 27 + 1:02d}",
        "text": f"Nội dung chi tiết về {topic} của năm học này.",
    }
    for n, topic in enumerate(topic for topic in TOPICS for _ in range(4))
]

BLOCKS = {
    "search": make_block(
        "search",
        [{"id": f"t{n:02d}", "text": f"Tìm thông báo về {topic}"} for n, topic in enumerate(TOPICS)],
        draw=3,
        pages=PAGES,
        key={
            f"t{n:02d}": {"relevant": [f"p{4 * n + m:02d}" for m in range(4)], "example": f'"{topic}"'}
            for n, topic in enumerate(TOPICS)
        },
        score={"by": "retrieval", "codes": {"sentence": "MC-A", "too_broad": "MC-B", "nothing": "MC-A"}},
    ),
}

PIECES = [
    "học",
    "phí",
    '"lịch thi"',
    "OR",
    "-năm",
    "site:truong.example",
    "after:2022",
    "before:2021-06",
    '"',
    "-",
    "thi",
]


def answer_fully(question: Any) -> Any:
    """The examples of the key."""
    return {i: entry.example for i, entry in question.key.items()}


def near_answers(question: Any, _variant: str) -> st.SearchStrategy[Any]:
    """Any pieces of the query language."""
    ids = st.sampled_from([item.id for item in question.items])
    return st.dictionaries(ids, st.builds(" ".join, st.lists(st.sampled_from(PIECES), max_size=8)))


def constant_answers(question: Any, _variant: str) -> Iterator[Any]:
    """What finds everything or nothing, and a sentence."""
    for text in ("thông báo", "-xyz", "after:1900", "xyz", "OR", '"', "tôi muốn tìm mọi thông báo của nhà trường"):
        yield {item.id: text for item in question.items}


def improve(question: Any, variant: str) -> Iterator[tuple[Any, Any]]:
    """One more item right."""
    full = answer_fully(question)
    answer: dict[str, str] = {}
    for one in draw_items(question, variant):
        better = answer | {one: full[one]}
        yield answer, better
        answer = better
