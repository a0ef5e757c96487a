"""file: a workbook, a CSV file and a PDF file."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from documents_made import HEADER, give, make_plain_pdf, make_xlsx
from hypothesis import strategies as st
from kind_cases import make_block

from autograder.questions.variants import draw_items

TYPES = {"x": "xlsx", "c": "csv", "p": "pdf"}
IDS = [f"{letter}{n}" for letter in TYPES for n in range(3)]
ROWS = [["M1", "Trần Thị A", 7.5], ["M2", "Lê Văn B", 8], ["M3", "Phạm C", 9]]
TABLE_RULES = [
    {"code": "MC-A", "header": HEADER, "weight": 2.0},
    {"code": "MC-B", "rows": [3, 3]},
    {"code": "MC-A", "column": "Mã", "unique": True},
]
RULES: dict[str, list[dict[str, Any]]] = {
    "x": [*TABLE_RULES, {"code": "MC-B", "lacks_text": ["nháp"]}, {"code": "MC-B", "cell": "C2", "equals": 7.5}],
    "c": [*TABLE_RULES, {"code": "MC-B", "sum": {"column": "Điểm", "equals": 24.5}}],
    "p": [{"code": "MC-A", "has_text": ["Ty le dat: 55,0%"]}, {"code": "MC-B", "pages": [2, 2]}],
}

BLOCKS = {
    "file": make_block(
        "file",
        [{"id": i, "text": i, "accept": [TYPES[i[0]]], "max_kb": 100, "stratum": i[0]} for i in IDS],
        draw=3,
        key={i: {"rules": RULES[i[0]]} for i in IDS},
        score={"by": "inspection"},
    ),
}


def make_csv(rows: list[list[Any]]) -> bytes:
    """Return a CSV file as Vietnamese Excel writes it."""
    lines = [";".join(str(value).replace(".", ",") for value in row) for row in rows]
    return "\r\n".join(lines).encode("utf-8-sig")


TABLES: list[list[list[Any]]] = [[[]], [HEADER], [HEADER, *ROWS[:2]], [HEADER, *ROWS]]
PAGES = [("",), ("Ty le dat: 55,0%",), ("Ty le dat: 55,0%", "het")]
# Files of each type from empty to right, each meeting one rule more.
VERSIONS = {
    "x": [give(make_xlsx(rows), "bang.xlsx") for rows in TABLES],
    "c": [give(make_csv(rows) or b"\r\n", "bang.csv") for rows in TABLES],
    "p": [give(make_plain_pdf(*texts), "bao-cao.pdf") for texts in PAGES],
}


def answer_fully(question: Any) -> Any:
    """The right file for every item."""
    return {item.id: VERSIONS[item.id[0]][-1] for item in question.items}


def near_answers(_question: Any, _variant: str) -> st.SearchStrategy[Any]:
    """Right and half-right files, of the right and of other types, and what looks like files."""
    right = st.sampled_from([version for letter in TYPES for version in VERSIONS[letter]])
    broken = st.fixed_dictionaries({"name": st.text(max_size=6), "content": st.text(max_size=30) | st.none()})
    cut = st.builds(lambda one, end: one | {"content": one["content"][: 4 * end]}, right, st.integers(0, 3000))
    return st.dictionaries(st.sampled_from(IDS), right | broken | cut, max_size=5)


def constant_answers(_question: Any, _variant: str) -> Iterator[Any]:
    """An empty document, the same one everywhere or one of each type."""
    for letter in TYPES:
        yield dict.fromkeys(IDS, VERSIONS[letter][0])
    yield {i: VERSIONS[i[0]][0] for i in IDS}


def improve(question: Any, variant: str) -> Iterator[tuple[Any, Any]]:
    """A file that meets one rule more."""
    answer: dict[str, Any] = {}
    for one in draw_items(question, variant):
        for version in VERSIONS[one[0]]:
            better = answer | {one: version}
            yield answer, better
            answer = better
