"""sheet: nine small sheets with a filled slot and a single one."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from hypothesis import strategies as st
from kind_cases import make_block

from autograder.questions.variants import draw_items

ROWS = [
    ["Khoa", "Lớp", "Giờ", None, "Khoa", "Tổng"],
    ["A", "a1", 10, None, "B", None],
    ["B", "b1", 20, None, "A", None],
    ["A", "a2", 5.5, None, "Cộng", None],
    ["B", "b2", 7, None, None, None],
]
SLOTS = {
    "F2": {"label": "Tổng giờ của từng khoa", "fill": "F2:F3"},
    "F4": {"label": "Tổng giờ của toàn trường"},
}
RIGHT = {"F2": "=SUMIFS($C$2:$C$5;$A$2:$A$5;E2)", "F4": "=SUM(C2:C5)"}
KEY = {
    "slots": {
        "F2": {
            "formula": RIGHT["F2"],
            "wrong": [{"formula": "=SUMIFS(C2:C5;A2:A5;E2)", "code": "MC-A", "credit": 0.5}],
        },
        "F4": {"formula": RIGHT["F4"], "shown_only": {"code": "MC-B", "credit": 0.3}},
    },
    "hidden": [{"C2": 1, "C5": 2}, {"A4": "B", "C3": 100, "C2": 6}],
}

BLOCKS = {
    "sheet": make_block(
        "sheet",
        [{"id": f"t{n:02d}", "title": f"Sổ {n}", "sheet": {"rows": ROWS}, "slots": SLOTS} for n in range(9)],
        draw=3,
        key={f"t{n:02d}": KEY for n in range(9)},
        score={"by": "formulas"},
    ),
}


def answer_fully(question: Any) -> Any:
    """Formulas that are written unlike the reference, and give the same."""
    return {i: {"F2": "=sumif(A$2:A$5, E2, C$2:C$5)", "F4": "=C2+C3+C4+C5"} for i in question.key}


def near_answers(question: Any, _variant: str) -> st.SearchStrategy[Any]:
    """Pieces of formulas in any order."""
    ids = st.sampled_from([item.id for item in question.items])
    pieces = [
        "=",
        "SUM(",
        "IF(",
        ")",
        ";",
        ",",
        "C2",
        "C2:C5",
        "$A$2",
        ":",
        "F4",
        "1",
        '"A"',
        "*",
        "-",
        ">=",
        "%",
        "  ",
    ]
    formula = st.lists(st.sampled_from(pieces), max_size=12).map(lambda some: "=" + "".join(some))
    entry = formula | st.text(max_size=20) | st.sampled_from(["42,5", "15,5", RIGHT["F2"], RIGHT["F4"]])
    return st.dictionaries(ids, st.dictionaries(st.sampled_from(["F2", "F4", "Z9"]), entry))


def constant_answers(question: Any, _variant: str) -> Iterator[Any]:
    """The same number, the same cell or the same mistake everywhere."""
    for text in ("0", "1", "=C2", "=1/0", "=", "SUM", "=F2", "x"):
        yield {item.id: {"F2": text, "F4": text} for item in question.items}


def improve(question: Any, variant: str) -> Iterator[tuple[Any, Any]]:
    """A wrong formula, a typed number, then the right formula, slot after slot."""
    answer: dict[str, dict[str, str]] = {}
    for one in draw_items(question, variant):
        steps = [("F2", "=SUMIFS(C2:C5;A2:A5;E2)"), ("F2", RIGHT["F2"]), ("F4", "42,5"), ("F4", RIGHT["F4"])]
        for slot, text in steps:
            better = answer | {one: answer.get(one, {}) | {slot: text}}
            yield answer, better
            answer = better
