"""The written form of choose."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, StrictBool
from pydantic_core import PydanticCustomError

from autograder.questions.model import MAX_ITEMS, BaseQuestion, Code, Item, LocalId, Number, Strict, Text

MAX_OPTIONS = 100
Cost = Annotated[Number, Field(ge=0, le=1e9)]
Count = Annotated[int, Field(strict=True, ge=0, le=MAX_OPTIONS)]
Weight = Annotated[float, Field(strict=True, gt=0, le=100)]


def _expand_option(value: Any) -> Any:
    return value if isinstance(value, dict) and "text" in value else {"text": value}


def _expand_options(value: Any) -> Any:
    """Turn a list of options with their ids into a mapping."""
    if not isinstance(value, list) or not all(isinstance(entry, dict) and "id" in entry for entry in value):
        return value
    options: dict[Any, Any] = {}
    for entry in value:
        if entry["id"] in options:
            raise PydanticCustomError("repeated_id", "the id {id} is used twice", {"id": str(entry["id"])})
        options[entry["id"]] = {name: inner for name, inner in entry.items() if name != "id"}
    return options


def _expand_key(value: Any) -> Any:
    return {"options": value} if isinstance(value, list) else value


def _expand_group(value: Any) -> Any:
    return (value,) if isinstance(value, str) else value


class Option(Strict):
    """One thing to tick."""

    text: Text
    # what it takes of the budget
    cost: Cost | None = None


Options = Annotated[
    dict[LocalId, Annotated[Option, BeforeValidator(_expand_option, json_schema_input_type=Text | Option)]],
    BeforeValidator(_expand_options, json_schema_input_type=list[dict[str, Any]] | dict[LocalId, Text | Option]),
    Field(max_length=MAX_OPTIONS),
]
Group = Annotated[
    tuple[LocalId, ...], BeforeValidator(_expand_group, json_schema_input_type=LocalId | tuple[LocalId, ...])
]


class Rule(Strict):
    """One demand on a selection; it is met when all its bounds are."""

    # what is counted: options, or groups of options of which any counts once
    of: tuple[Group, ...] = ()
    at_least: Count | None = None
    at_most: Count | None = None
    exactly: Count | None = None
    # the selection costs no more than the question's budget
    budget: StrictBool = False
    # misconception of whoever does not meet it
    code: Code | None = None
    weight: Weight = 1.0

    @property
    def bounds(self) -> tuple[int, int]:
        """Return how many of ``of`` may be ticked, from and to.

        Raises
        ------
        nothing
        """
        if self.exactly is not None:
            return self.exactly, self.exactly
        return self.at_least or 0, len(self.of) if self.at_most is None else self.at_most


class ChooseKey(Strict):
    """What is right for one item: the options to tick, or the rules to meet."""

    options: tuple[LocalId, ...] = ()
    # option ticked without need → misconception
    wrong: dict[LocalId, Code] = Field(default_factory=dict)
    # option overlooked → misconception
    missed: dict[LocalId, Code] = Field(default_factory=dict)
    rules: Annotated[tuple[Rule, ...], Field(max_length=50)] = ()
    # options that are a safety-critical act
    cap: tuple[LocalId, ...] = ()
    why: Text | None = None
    source: str | None = None


ShortKey = Annotated[ChooseKey, BeforeValidator(_expand_key, json_schema_input_type=list[LocalId] | ChooseKey)]


class SetScore(Strict):
    """G2."""

    by: Literal["set"]


class RulesScore(Strict):
    """G7: constraints."""

    by: Literal["rules"]


class ChooseItem(Item):
    """One item, with options of its own or with those of the question."""

    options: Options = Field(default_factory=dict)


class ChooseQuestion(BaseQuestion):
    """Any number of options per item."""

    kind: Literal["choose"]
    items: Annotated[tuple[ChooseItem, ...], Field(min_length=1, max_length=MAX_ITEMS)]
    # for every item that has none of its own
    options: Options = Field(default_factory=dict)
    # what the options of one item may cost together
    budget: Cost | None = None
    cost_unit: Text | None = None
    # how many options of one item may be ticked
    limit: Annotated[int, Field(strict=True, ge=1, le=MAX_OPTIONS)] | None = None
    key: dict[LocalId, ShortKey] | None = None
    score: Annotated[SetScore | RulesScore, Field(discriminator="by")] | None = None

    def list_options(self, item: ChooseItem) -> dict[str, Option]:
        """Return what can be ticked in an item.

        Raises
        ------
        nothing
        """
        return item.options or self.options

    @property
    def has_rules(self) -> bool:
        """Tell whether selections are scored by rules.

        Raises
        ------
        nothing
        """
        if self.score is not None:
            return isinstance(self.score, RulesScore)
        return any(entry.rules for entry in (self.key or {}).values())
