"""The written form of text."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, StrictBool, StringConstraints

from autograder.questions.model import MAX_ITEMS, BaseQuestion, Code, Item, LocalId, Strict, Text
from autograder.questions.typed_text import MAX_CHARACTERS

Weight = Annotated[float, Field(strict=True, gt=0, le=100)]
Phrase = Annotated[str, StringConstraints(strict=True, min_length=1, max_length=MAX_CHARACTERS)]
Pattern = Annotated[str, StringConstraints(strict=True, min_length=1, max_length=MAX_CHARACTERS)]
Lines = Literal[1, 3]
Words = Annotated[int, Field(strict=True, ge=1, le=100)]


def _expand_words(value: Any) -> Any:
    return dict(zip(("min", "max"), value, strict=False)) if isinstance(value, list) and len(value) <= 2 else value


class TextRule(Strict):
    """Something that stands in a text: any of some phrases, as whole words, or a pattern."""

    any: Annotated[tuple[Phrase, ...], Field(max_length=50)] = ()
    # in the syntax of RE2, searched in the text with single spaces
    pattern: Pattern | None = None
    # capital and small letters differ; accents always do
    exact: StrictBool = False
    code: Code | None = None
    weight: Weight = 1.0


class Forbidden(TextRule):
    """Something that must not stand in a text."""

    # a safety-critical act
    cap: StrictBool = False


class WordBounds(Strict):
    """How many words a text should have."""

    min: Words = 1
    max: Words | None = None
    code: Code | None = None


ShortBounds = Annotated[WordBounds, BeforeValidator(_expand_words, json_schema_input_type=list[Words] | WordBounds)]


class TextKey(Strict):
    """What makes one text right."""

    must: Annotated[tuple[TextRule, ...], Field(max_length=30)]
    must_not: Annotated[tuple[Forbidden, ...], Field(max_length=30)] = ()
    words: ShortBounds | None = None
    # a text that earns everything; the content check tries it
    example: Annotated[str, StringConstraints(strict=True, max_length=MAX_CHARACTERS)] | None = None
    why: Text | None = None
    source: str | None = None


class PatternScore(Strict):
    """G8."""

    by: Literal["patterns"]


class TextItem(Item):
    """One text to write."""

    # height of the field
    lines: Lines | None = None
    # shown with a counter
    max_words: Words | None = None


class TextQuestion(BaseQuestion):
    """One short text per item."""

    kind: Literal["text"]
    items: Annotated[tuple[TextItem, ...], Field(min_length=1, max_length=MAX_ITEMS)]
    # for every item that does not say otherwise
    lines: Lines = 1
    max_words: Words | None = None
    key: dict[LocalId, TextKey] | None = None
    score: PatternScore | None = None
