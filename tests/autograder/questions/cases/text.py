"""text: short texts with words that must and must not stand in them, and names of files by rule."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from hypothesis import strategies as st
from kind_cases import make_block

from autograder.questions.variants import draw_items

ABSTRACT = {
    "must": [
        {"any": ["về việc", "v/v"], "code": "MC-A"},
        {"any": ["tổ chức", "mở", "triển khai"], "weight": 2},
        {"any": ["lớp bồi dưỡng", "khóa học"]},
    ],
    "must_not": [{"any": ["gấp", "khẩn"], "code": "MC-B"}],
    "words": {"min": 4, "max": 15, "code": "MC-A"},
    "example": "V/v tổ chức lớp bồi dưỡng kỹ năng số",
}
FILE_NAME = {
    "must": [
        {"pattern": r"^\d{4}-(0[1-9]|1[0-2])-([0-2]\d|3[01])_", "code": "MC-A"},
        {"pattern": r"^[^_]+_KhoaABC_", "exact": True},
        {"pattern": r"_v\d\d$"},
    ],
    "must_not": [{"pattern": "final|moi.?nhat", "code": "MC-B", "cap": True}, {"pattern": "[^a-z0-9_-]"}],
    "example": "2026-11-23_KhoaABC_BaoCao_TenNgan_v01",
}

BLOCKS = {
    "text": make_block(
        "text",
        [{"id": f"t{n:02d}", "text": str(n)} for n in range(9)],
        draw=3,
        max_words=15,
        lines=3,
        key={f"t{n:02d}": ABSTRACT for n in range(9)},
        score={"by": "patterns"},
    ),
    "text-names": make_block(
        "text",
        [{"id": f"t{n:02d}", "text": str(n)} for n in range(4)],
        key={f"t{n:02d}": FILE_NAME for n in range(4)},
    ),
}

WORDS = ["v/v", "tổ chức", "lớp bồi dưỡng", "gấp", "2026-11-23_KhoaABC_", "_v01", "final", "hoá"]


def answer_fully(question: Any) -> Any:
    """The examples of the key."""
    return {i: entry.example for i, entry in question.key.items()}


def near_answers(question: Any, _variant: str) -> st.SearchStrategy[Any]:
    """Any of the words that rules look for, with any separator."""
    ids = st.sampled_from([item.id for item in question.items])
    texts = st.lists(st.sampled_from(WORDS), max_size=8)
    return st.dictionaries(ids, st.builds(str.join, st.sampled_from([" ", "", "\n"]), texts))


def constant_answers(question: Any, _variant: str) -> Iterator[Any]:
    """Next to nothing; a salad of words; more than may be typed."""
    phrases = "về việc v/v tổ chức mở triển khai lớp bồi dưỡng khóa học kỹ năng số cho cán bộ, gấp và khẩn: "
    for text in (".", "x", "_", (phrases * 3)[:200], phrases * 99, "gấp"):
        yield {item.id: text for item in question.items}


def improve(question: Any, variant: str) -> Iterator[tuple[Any, Any]]:
    """One more item right."""
    full = answer_fully(question)
    answer: dict[str, str] = {}
    for one in draw_items(question, variant):
        better = answer | {one: full[one]}
        yield answer, better
        answer = better
