"""classify: one label per item: balanced, by cost, by groups; with evidence, with reasons, with a tree of labels."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from hypothesis import strategies as st
from kind_cases import make_block

from autograder.questions.variants import draw_items

LABELS = ["xanh", "do", "vang"]
PARTS = [{"id": f"p{n}", "text": str(n)} for n in range(1, 9)]
REASONS = {f"r{n}": f"Vì {n}" for n in range(1, 6)}
# Three of forty labels are groups; a chain of four folders shows how deep it may go.
FOLDERS: dict[str, Any] = {
    "phong": {"text": "Phòng", "group": True},
    "nam": {"text": "2026", "under": "phong", "group": True},
    "quy": {"text": "Quý I", "under": "nam", "group": True},
    "xanh": {"text": "Xanh", "under": "quy"},
    "do": {"text": {"vi": "Đỏ", "en": "Red"}, "under": "xanh"},
    "vang": "Vàng",
} | {f"k{n:02d}": {"text": f"Khác {n}", "under": "phong"} for n in range(34)}


def make_classify(score: dict[str, Any], draw: int | None, **fields: Any) -> dict[str, Any]:
    """Thirty items, ten of each class, in three strata that mix the classes."""
    items = [{"id": f"t{n:02d}", "parts": PARTS, "stratum": "abc"[(n // 3) % 3]} for n in range(30)]
    truth = {item["id"]: LABELS[n % 3] for n, item in enumerate(items)}
    key = {i: {"label": label, "wrong": "MC-A", "evidence": ["p1", "p2"]} for i, label in truth.items()}
    for number, verdict in enumerate(key.values()):
        if number % 3 == 0:
            verdict["cap"] = ["do"]
        if "reasons" in fields:
            right = [["r1"], ["r2", "r3"], ["r1", "r4"]][number % 3]
            verdict |= {"reasons": right, "wrong_reasons": {"r5": "MC-B"}}
    extra = {} if draw is None else {"draw": draw}
    labels = fields.pop("labels", {label: label for label in LABELS})
    return make_block("classify", items, labels=labels, evidence="Đánh dấu", key=key, score=score) | fields | extra


COSTS = {a: {b: 1 + abs(i - j) for j, b in enumerate(LABELS) if a != b} for i, a in enumerate(LABELS)}
EVIDENCE = {"weight": 0.3, "only": ["xanh"]}

BLOCKS = {
    "classify-balanced": make_classify({"by": "balanced"}, 9),
    "classify-cost": make_classify({"by": "cost", "matrix": COSTS}, 9, look="inbox"),
    "classify-evidence": make_classify({"by": "cost", "matrix": COSTS, "evidence": EVIDENCE}, None),
    "classify-reasons": make_classify(
        {"by": "balanced", "evidence": EVIDENCE, "reasons": {"weight": 0.4}},
        9,
        reasons=REASONS,
        reasons_prompt="Vì sao?",
    ),
    "classify-reasons-only": make_classify(
        {"by": "cost", "matrix": COSTS, "reasons": {"weight": 0.5, "only": ["vang", "do"]}}, 9, reasons=REASONS
    ),
    "classify-clusters": make_classify({"by": "clusters"}, 9),
    "classify-folders": make_classify({"by": "balanced"}, None, labels=FOLDERS, look="folders"),
}


def answer_fully(question: Any) -> Any:
    """Every item with its label, its evidence and its reasons."""
    return {
        i: {"label": v.label, "evidence": list(v.evidence), "reasons": list(v.reasons)} for i, v in question.key.items()
    }


def near_answers(question: Any, _variant: str) -> st.SearchStrategy[Any]:
    """Labels, marks and reasons, some of them unknown."""
    ids = st.sampled_from([item.id for item in question.items])
    marks = st.lists(st.sampled_from(["p1", "p2", "p3"]))
    reasons = st.lists(st.sampled_from([*REASONS, "r9"]))
    labels = st.sampled_from([*LABELS, *question.labels, "x"])
    return st.dictionaries(ids, st.fixed_dictionaries({"label": labels, "evidence": marks, "reasons": reasons}))


def constant_answers(question: Any, variant: str) -> Iterator[Any]:
    """One label for everything, with one reason, with all or with none, where the draw has several classes."""
    drawn = draw_items(question, variant)
    if len({question.key[one].label for one in drawn}) > 1:
        for label in question.labels:
            for reasons in ([], ["r1"], list(REASONS)):
                yield {item.id: {"label": label, "reasons": reasons} for item in question.items}


def improve(question: Any, variant: str) -> Iterator[tuple[Any, Any]]:
    """One more item right, beginning with a wrong label for each; where groups are scored, with none at all."""
    full = answer_fully(question)
    wrong = {label: LABELS[(LABELS.index(label) + 1) % 3] for label in LABELS}
    answer = {i: {"label": wrong[entry["label"]], "evidence": [], "reasons": []} for i, entry in full.items()}
    if question.score.by == "clusters":
        answer = {}
    for one in draw_items(question, variant):
        better = answer | {one: full[one]}
        yield answer, better
        answer = better
