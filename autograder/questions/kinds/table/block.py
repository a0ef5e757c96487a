"""The written form of the key: what the table should become."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field

from autograder.questions.model import Cell, Code, LocalId, Share, Strict, Text
from autograder.questions.tables.edit import MAX_ANSWER_ROWS
from autograder.questions.tables.rules import Rule

Width = Annotated[float, Field(strict=True, ge=0)]


def _expand_cell(value: Any) -> Any:
    if isinstance(value, list):
        return {"accept": value}
    if not isinstance(value, dict):
        return {"accept": [value]}
    if "value" in value and "accept" not in value:
        return {"accept": [value["value"]]} | {name: inner for name, inner in value.items() if name != "value"}
    return value


class CellKey(Strict):
    """What is right in one cell: one of these values."""

    accept: Annotated[tuple[Cell, ...], Field(min_length=1, max_length=50)]
    within: Width = 0.0


class WrittenCell(Strict):
    """One right value as an author may write it, with how far from it is still right."""

    value: Cell
    within: Width = 0.0


ShortCell = Annotated[
    CellKey, BeforeValidator(_expand_cell, json_schema_input_type=Cell | list[Cell] | WrittenCell | CellKey)
]
KeyCells = dict[LocalId, ShortCell]


class KnownCell(Strict):
    """A mistake that tells a misconception: in a row and a column (left out: in any), with a value (left out: any).

    Without a column it is about the row as a whole: removed without need, or not removed.
    """

    row: LocalId | None = None
    column: LocalId | None = None
    value: Cell = None
    code: Code

    @property
    def has_value(self) -> bool:
        """Tell whether only one value is meant.

        Raises
        ------
        nothing
        """
        return "value" in self.model_fields_set


class TableKey(Strict):
    """What the table should become."""

    # row → column → what is right there
    cells: dict[LocalId, KeyCells] = Field(default_factory=dict)
    # column → what is right in every row of it, where cells says nothing else
    columns: KeyCells = Field(default_factory=dict)
    # rows to remove
    removed: tuple[LocalId, ...] = ()
    # rows to add
    added: Annotated[tuple[KeyCells, ...], Field(max_length=50)] = ()
    # columns in which cells may change freely: only rules judge them
    free: tuple[LocalId, ...] = ()
    # so many added rows are judged by rules only
    free_rows: Annotated[int, Field(strict=True, ge=0, le=MAX_ANSWER_ROWS)] = 0
    wrong: tuple[KnownCell, ...] = ()
    rules: Annotated[tuple[Rule, ...], Field(max_length=30)] = ()
    why: Text | None = None
    source: str | None = None


class TableScore(Strict):
    """G6."""

    by: Literal["table"]
    # how much the rules count, where there are any
    rules: Share = 0.5
