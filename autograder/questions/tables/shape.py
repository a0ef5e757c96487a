"""A table as it stands at first, and what its cells mean."""

from __future__ import annotations

import functools
import re
import unicodedata
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Annotated, Any, Literal, TypeAlias

from pydantic import BeforeValidator, ConfigDict, Field, StrictBool

from autograder.questions.model import Cell, Item, LocalId, Strict, Text
from autograder.questions.numbers import parse_vietnamese_number

MAX_COLUMNS = 20
MAX_ROWS = 200

# What a cell means: sort of value and the value itself; ("", "") is blank.
Meaning: TypeAlias = tuple[str, Any]
BLANK: Meaning = ("", "")


def _expand_options(value: Any) -> Any:
    if isinstance(value, list) and all(isinstance(option, str) for option in value):
        return {option: option for option in value}
    return value


class Column(Strict):
    """One column: how its cells are written and compared."""

    id: LocalId
    title: Text
    type: Literal["text", "number", "date", "time", "choice"] = "text"
    # what can be chosen: a list of texts, or id → text
    options: Annotated[
        dict[str, Text],
        BeforeValidator(_expand_options, json_schema_input_type=list[str] | dict[str, Text]),
        Field(max_length=60),
    ] = Field(default_factory=dict)
    # not to be changed
    fixed: StrictBool = False


class Row(Strict):
    """One row as it stands at first: its id, and column id → value."""

    model_config = ConfigDict(extra="allow")
    __pydantic_extra__: dict[str, Cell] = Field(init=False)

    id: LocalId

    @property
    def cells(self) -> dict[str, Cell]:
        """Return the values by column.

        Raises
        ------
        nothing
        """
        return self.__pydantic_extra__ or {}


class TableItem(Item):
    """One table to edit."""

    columns: Annotated[tuple[Column, ...], Field(min_length=1, max_length=MAX_COLUMNS)]
    rows: Annotated[tuple[Row, ...], Field(max_length=MAX_ROWS)]
    # what the learner can do with rows
    allow: tuple[Literal["add", "remove"], ...] = ()


_DATE = re.compile(r"([0-9]{1,2})[/.-]([0-9]{1,2})[/.-]([0-9]{4})")
_ISO_DATE = re.compile(r"([0-9]{4})-([0-9]{1,2})-([0-9]{1,2})")
_TIME = re.compile(r"([0-9]{1,2})(?:[:.hg]([0-9]{2})|[hg])")


@functools.lru_cache(maxsize=8192)
def read_meaning(sort: str, text: str) -> Meaning:
    """Return what a text means in a column of a sort; a text that is no number, date or time stays a text.

    Raises
    ------
    nothing
    """
    plain = unicodedata.normalize("NFC", text).strip()
    if not plain:
        return BLANK
    if sort == "number":
        number = parse_vietnamese_number(plain)
        if number is not None:
            return "number", number
    elif sort == "date":
        day = _read_date(plain)
        if day is not None:
            return "date", day
    elif sort == "time":
        found = _TIME.fullmatch(plain)
        if found and int(found[1]) <= 24 and int(found[2] or 0) < 60:
            return "time", 60 * int(found[1]) + int(found[2] or 0)
    return "text", plain


def _read_date(text: str) -> int | None:
    if len(text) > 10:
        return None
    found = _DATE.fullmatch(text)
    parts = (found[3], found[2], found[1]) if found else ()
    if not found:
        found = _ISO_DATE.fullmatch(text)
        parts = (found[1], found[2], found[3]) if found else ()
    try:
        return date(*(int(part) for part in parts)).toordinal() if parts else None
    except ValueError:
        return None


def show_cell(value: Cell) -> str:
    """Return a value as it stands in the field: numbers with a decimal comma, nothing where there is nothing.

    Raises
    ------
    nothing
    """
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        number = Decimal(repr(value))
        return f"{number.normalize():f}".replace(".", ",")
    return str(value)


def is_masked(meaning: Meaning) -> bool:
    """Tell whether a cell shows nothing: blank, or stars only.

    Raises
    ------
    nothing
    """
    return meaning == BLANK or (meaning[0] == "text" and not meaning[1].strip("*• "))


@dataclass(frozen=True)
class FirstTable:
    """A table as it stands at first."""

    # column → its sort
    sorts: dict[str, str]
    # row → column → text in the field
    texts: dict[str, dict[str, str]]
    # row → column → meaning
    rows: dict[str, dict[str, Meaning]]
    fixed: frozenset[str]
    allow: frozenset[str]

    @staticmethod
    def read(item: TableItem) -> FirstTable:
        """Read the public part of an item.

        Raises
        ------
        nothing
        """
        sorts: dict[str, str] = {column.id: column.type for column in item.columns}
        texts = {row.id: {c: show_cell(row.cells.get(c)) for c in sorts} for row in item.rows}
        rows = {r: {c: read_meaning(sorts[c], text) for c, text in cells.items()} for r, cells in texts.items()}
        fixed = frozenset(column.id for column in item.columns if column.fixed)
        return FirstTable(sorts, texts, rows, fixed, frozenset(item.allow))
