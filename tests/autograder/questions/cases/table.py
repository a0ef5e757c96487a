"""table: three dirty tables of five rows; four cells and one row to put right, and rules for the whole."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from hypothesis import strategies as st
from kind_cases import make_block

from autograder.questions.variants import draw_items

COLUMNS = [
    {"id": "ten", "title": "Đơn vị", "fixed": True},
    {"id": "ngay", "title": "Ngày gửi", "type": "date"},
    {"id": "so", "title": "Số người", "type": "number"},
    {"id": "loai", "title": "Loại", "type": "choice", "options": ["Khoa", "Phòng"]},
]
ROWS = [
    {"id": "r01", "ten": "A", "ngay": "2026-04-03", "so": 10, "loai": "Khoa"},
    {"id": "r02", "ten": "B", "ngay": "04/13/2026", "so": 20, "loai": "Khoa"},
    {"id": "r03", "ten": "C", "ngay": "05/04/2026", "so": "1,000", "loai": "phòng"},
    {"id": "r04", "ten": "C", "ngay": "05/04/2026", "so": 1000, "loai": "Phòng"},
    {"id": "r05", "ten": "Cộng", "ngay": None, "so": 2030, "loai": None},
]
KEY = {
    "cells": {
        "r02": {"ngay": "2026-04-13"},
        "r03": {"so": [1000, "1 000"], "loai": "Phòng"},
        "r05": {"so": {"value": 1030, "within": 0.5}},
    },
    "removed": ["r04"],
    "wrong": [
        {"row": "r02", "column": "ngay", "code": "MC-A"},
        {"column": "so", "value": "1,000", "code": "MC-B"},
    ],
    "rules": [
        {"row_count": 4},
        {"total": {"row": "r05", "column": "so"}},
        {"unique": ["ten"]},
        {"keep": {"column": "so", "at_least": 0.8}},
    ],
}
FIXES = [("r02", "ngay", "13/4/2026"), ("r03", "so", "1.000"), ("r03", "loai", "Phòng"), ("r05", "so", "1030")]

BLOCKS = {
    "table": make_block(
        "table",
        [
            {"id": f"t{n:02d}", "title": f"Bảng {n}", "columns": COLUMNS, "rows": ROWS, "allow": ["remove"]}
            for n in range(9)
        ],
        draw=3,
        key={f"t{n:02d}": KEY for n in range(9)},
        score={"by": "table", "rules": 0.4},
    ),
}


def edit(*fixes: tuple[str, str, str], removed: str = "") -> list[dict[str, Any]]:
    """Return the table with some cells changed and one row removed."""
    rows = {row["id"]: dict(row) for row in ROWS if row["id"] != removed}
    for row, column, text in fixes:
        rows[row][column] = text
    return list(rows.values())


def answer_fully(question: Any) -> Any:
    """Every cell and row of the key."""
    return {i: edit(*FIXES, removed="r04") for i in question.key}


def near_answers(question: Any, _variant: str) -> st.SearchStrategy[Any]:
    """Any cells of any rows, some rows without id."""
    ids = st.sampled_from([item.id for item in question.items])
    cell = st.sampled_from(["", "*", "1.000", "1030", "13/4/2026", "Phòng"]) | st.integers() | st.none() | st.text()
    row = st.dictionaries(st.sampled_from(["ten", "ngay", "so", "loai", "lạ"]), cell, max_size=4)
    named = st.builds(lambda cells, one: cells | {"id": one}, row, st.sampled_from(["r01", "r03", "r05", "r99"]))
    return st.dictionaries(ids, st.lists(row | named, max_size=6))


def constant_answers(question: Any, _variant: str) -> Iterator[Any]:
    """The untouched table; every cell blank or masked; no row at all."""
    yield {item.id: edit() for item in question.items}
    for text in ("", "*"):
        blank = [{"id": row["id"]} | dict.fromkeys(("ngay", "so", "loai"), text) for row in ROWS]
        yield {item.id: blank for item in question.items}
    yield {item.id: [] for item in question.items}


def improve(question: Any, variant: str) -> Iterator[tuple[Any, Any]]:
    """One more thing right, table after table; the total goes last, because it follows from the others."""
    answer: dict[str, Any] = {}
    for one in draw_items(question, variant):
        for table in (
            *(edit(*FIXES[:n]) for n in (1, 2, 3)),
            edit(*FIXES[:3], removed="r04"),
            answer_fully(question)[one],
        ):
            better = answer | {one: table}
            yield answer, better
            answer = better
