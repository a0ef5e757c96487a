"""classify: one label per item, balanced, by cost, with evidence."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from hypothesis import strategies as st
from kind_cases import make_block

from autograder.questions.variants import draw_items

LABELS = ["xanh", "do", "vang"]
PARTS = [{"id": f"p{n}", "text": str(n)} for n in range(1, 9)]


def make_classify(score: dict[str, Any], draw: int | None) -> dict[str, Any]:
    """Thirty items, ten of each class, in three strata that mix the classes."""
    items = [{"id": f"t{n:02d}", "parts": PARTS, "stratum": "abc"[(n // 3) % 3]} for n in range(30)]
    truth = {item["id"]: LABELS[n % 3] for n, item in enumerate(items)}
    key = {i: {"label": label, "wrong": "MC-A", "evidence": ["p1", "p2"]} for i, label in truth.items()}
    for number, verdict in enumerate(key.values()):
        if number % 3 == 0:
            verdict["cap"] = ["do"]
    extra = {} if draw is None else {"draw": draw}
    labels = {label: label for label in LABELS}
    return make_block("classify", items, labels=labels, evidence="Đánh dấu", key=key, score=score) | extra


COSTS = {a: {b: 1 + abs(i - j) for j, b in enumerate(LABELS) if a != b} for i, a in enumerate(LABELS)}
EVIDENCE = {"weight": 0.3, "only": ["xanh"]}

BLOCKS = {
    "classify-balanced": make_classify({"by": "balanced"}, 9),
    "classify-cost": make_classify({"by": "cost", "matrix": COSTS}, 9),
    "classify-evidence": make_classify({"by": "cost", "matrix": COSTS, "evidence": EVIDENCE}, None),
}


def answer_fully(question: Any) -> Any:
    """Every item with its label and its evidence."""
    return {i: {"label": v.label, "evidence": list(v.evidence)} for i, v in question.key.items()}


def near_answers(question: Any, _variant: str) -> st.SearchStrategy[Any]:
    """Labels and marks, some of them unknown."""
    ids = st.sampled_from([item.id for item in question.items])
    marks = st.lists(st.sampled_from(["p1", "p2", "p3"]))
    labels = st.sampled_from([*question.labels, "x"])
    return st.dictionaries(ids, st.fixed_dictionaries({"label": labels, "evidence": marks}))


def constant_answers(question: Any, variant: str) -> Iterator[Any]:
    """One label for everything, where the draw has several classes."""
    drawn = draw_items(question, variant)
    if len({question.key[one].label for one in drawn}) > 1:
        yield from (dict.fromkeys((item.id for item in question.items), label) for label in question.labels)


def improve(question: Any, variant: str) -> Iterator[tuple[Any, Any]]:
    """One more item right, beginning with a wrong label for each."""
    full = answer_fully(question)
    wrong = {label: LABELS[(LABELS.index(label) + 1) % 3] for label in LABELS}
    answer = {i: {"label": wrong[entry["label"]], "evidence": []} for i, entry in full.items()}
    for one in draw_items(question, variant):
        better = answer | {one: full[one]}
        yield answer, better
        answer = better
