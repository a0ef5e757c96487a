"""The written form: what can be marked, and what is to be marked."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Discriminator, Field, PrivateAttr, StrictBool, Tag, model_validator

from autograder.questions.letter import PageSetup, PartStyle, Place
from autograder.questions.model import MAX_ITEMS, BaseQuestion, Code, Item, LocalId, Part, Strict, Text

Percent = Annotated[float, Field(strict=True, ge=0, le=100)]
Weight = Annotated[float, Field(strict=True, gt=0, le=100)]


def _expand_marks(value: Any) -> Any:
    return {"marks": value} if isinstance(value, list) else value


def _name_form(value: Any) -> str:
    return "typed" if isinstance(value, dict) else "plain"


class MarkablePart(Part):
    """One piece that can be marked, and where it is shown."""

    # where it lies in the item's picture: left, top, width, height in percent of the picture
    at: tuple[Percent, ...] | None = None
    # which component of a letter it is
    place: Place | None = None
    style: PartStyle | None = None


class MarksItem(Item):
    """One thing whose parts are marked."""

    parts: Annotated[tuple[MarkablePart, ...], Field(max_length=200)] = ()
    # the cells of the table are the parts: r01c01 is the first cell of the first row
    mark_cells: StrictBool = False
    # lines: one part under the other; text: one running text
    flow: Literal["lines", "text"] = "lines"
    # the sheet of a letter
    page: PageSetup | None = None

    _part_ids: tuple[str, ...] = PrivateAttr(default=())
    _part_set: frozenset[str] = PrivateAttr(default=frozenset())

    @model_validator(mode="after")
    def _list_parts(self) -> MarksItem:
        ids = tuple(part.id for part in self.parts)
        if self.mark_cells and self.table is not None:
            rows, columns = range(1, len(self.table.rows) + 1), range(1, len(self.table.columns) + 1)
            ids += tuple(name_cell(row, column) for row in rows for column in columns)
        self._part_ids = ids
        self._part_set = frozenset(ids)
        return self

    @property
    def part_ids(self) -> tuple[str, ...]:
        """Return the ids of what can be marked: the parts, or the table's cells.

        Raises
        ------
        nothing
        """
        return self._part_ids

    @property
    def part_set(self) -> frozenset[str]:
        """Return the same ids for looking up.

        Raises
        ------
        nothing
        """
        return self._part_set


class MarksKey(Strict):
    """What is to be marked in one item."""

    # parts; with kinds of error: part → kind
    marks: Annotated[
        Annotated[tuple[LocalId, ...], Tag("plain")] | Annotated[dict[LocalId, LocalId], Tag("typed")],
        Discriminator(_name_form),
    ]
    # what a part counts; 1 where nothing is said
    weights: dict[LocalId, Weight] = Field(default_factory=dict)
    # part marked without need → misconception
    wrong: dict[LocalId, Code] = Field(default_factory=dict)
    # part overlooked → misconception
    missed: dict[LocalId, Code] = Field(default_factory=dict)
    # part marked with another kind of error → misconception
    mistyped: dict[LocalId, Code] = Field(default_factory=dict)
    # parts whose marking is a safety-critical act
    cap: tuple[LocalId, ...] = ()
    why: Text | None = None
    source: str | None = None

    def find_type(self, part: str) -> str | None:
        """Return the kind of error of a part, or None where the key names none.

        Raises
        ------
        nothing
        """
        return self.marks.get(part) if isinstance(self.marks, dict) else None


ShortMarks = Annotated[MarksKey, BeforeValidator(_expand_marks, json_schema_input_type=list[LocalId] | MarksKey)]


class SetScore(Strict):
    """G2."""

    by: Literal["set"]


class MarksQuestion(BaseQuestion):
    """Some parts per item."""

    kind: Literal["marks"]
    items: Annotated[tuple[MarksItem, ...], Field(min_length=1, max_length=MAX_ITEMS)]
    # how the items are shown; plain where nothing is said
    look: Literal["letter"] | None = None
    # kinds of error: the learner gives each marked part one of them
    types: Annotated[dict[LocalId, Text], Field(min_length=2, max_length=20)] | None = None
    key: dict[LocalId, ShortMarks] | None = None
    score: SetScore | None = None


def name_cell(row: int, column: int) -> str:
    """Return the id of a table's cell: rows and columns are counted from 1, the header not.

    Raises
    ------
    nothing
    """
    return f"r{row:02d}c{column:02d}"
