"""The parts that every kind of question has: texts, items, the block's public fields."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Annotated, Any, ClassVar

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PrivateAttr,
    StrictBool,
    StrictFloat,
    StrictInt,
    StringConstraints,
    model_validator,
)
from pydantic_core import PydanticCustomError

from autograder.errors import ContentError
from autograder.locale import _, localized

MAX_ITEMS = 500
MAX_TEXT = 20_000

Language = Annotated[str, StringConstraints(pattern="^(vi|en)$")]


def _check_text(value: Any) -> Any:
    """Refuse what is neither text nor texts by language, before pydantic tries both and reports twice."""
    if isinstance(value, str):
        return value
    if isinstance(value, dict):
        unknown = [key for key in value if key not in ("vi", "en")]
        if unknown:
            raise PydanticCustomError("text_language", "unknown language {key}", {"key": str(unknown[0])})
        if value and all(isinstance(text, str) for text in value.values()):
            return value
    raise PydanticCustomError("text_type", "not a text")


Text = Annotated[str | dict[Language, str], BeforeValidator(_check_text)]
QuestionId = Annotated[str, StringConstraints(strict=True, pattern=r"^[a-z0-9][a-z0-9-]{0,63}$")]
LocalId = Annotated[str, StringConstraints(strict=True, pattern=r"^[A-Za-z0-9_-]{1,64}$")]
Code = Annotated[str, StringConstraints(strict=True, pattern=r"^MC-[A-Z0-9]+(-[A-Z0-9]+)*$")]
Number = StrictInt | StrictFloat
Points = Annotated[float, Field(strict=True, gt=0, le=100)]
Share = Annotated[float, Field(strict=True, ge=0, le=1)]
DataPath = Annotated[str, StringConstraints(strict=True, pattern=r"^data(/[A-Za-z0-9_-][A-Za-z0-9_.-]*)+$")]
Cell = StrictBool | StrictInt | StrictFloat | str | None


class Strict(BaseModel):
    """A frozen record that refuses unknown fields, NaN and infinity."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False, populate_by_name=True)


class Part(Strict):
    """One piece of an item, shown on its own line; the unit of marking."""

    id: LocalId
    label: Text | None = None
    text: Text
    # the address behind the text; shown as text, never clickable
    link: str | None = None


class Table(Strict):
    """A small table of data."""

    columns: Annotated[tuple[Text, ...], Field(min_length=1, max_length=50)]
    rows: Annotated[tuple[tuple[Cell, ...], ...], Field(max_length=500)]
    caption: Text | None = None


class Item(Strict):
    """One thing that the learner judges."""

    id: LocalId
    title: Text | None = None
    text: Text | None = None
    parts: Annotated[tuple[Part, ...], Field(max_length=200)] = ()
    # path in data/, .svg .png .jpg or .webp
    image: DataPath | None = None
    alt: Text | None = None
    table: Table | None = None
    # opaque group; the draw takes evenly from each
    stratum: LocalId | None = None

    @model_validator(mode="after")
    def _check_parts(self) -> Item:
        refuse_repeated(part.id for part in self.parts)
        return self

    @property
    def part_ids(self) -> tuple[str, ...]:
        """Return the ids of the parts, in their order.

        Raises
        ------
        nothing
        """
        return tuple(part.id for part in self.parts)


class BaseQuestion(Strict):
    """The public fields that all kinds share; each kind adds its own, and its key, score and feedback."""

    PRIVATE_FIELDS: ClassVar[tuple[str, ...]] = ("key", "score", "feedback")
    # The author's order would give the answer away, even where nothing is drawn.
    IS_SHUFFLED: ClassVar[bool] = False

    id: QuestionId
    kind: str
    points: Points
    prompt: Text
    items: Annotated[tuple[Item, ...], Field(min_length=1, max_length=MAX_ITEMS)]
    draw: Annotated[int, Field(strict=True, ge=1)] | None = None
    # an attempt's copy: ``items`` are the drawn ones, in the order in which they are shown
    is_drawn: StrictBool = False
    # private from here on
    key: Any = None
    score: Any = None
    feedback: dict[Code, Text] = Field(default_factory=dict)

    # field → the file that the block named for it
    _references: dict[str, str] = PrivateAttr(default_factory=dict)

    @model_validator(mode="after")
    def _check_items(self) -> BaseQuestion:
        refuse_repeated(item.id for item in self.items)
        return self

    @property
    def has_key(self) -> bool:
        """Tell whether this is the source, not the learner's copy.

        Raises
        ------
        nothing
        """
        return self.key is not None

    @property
    def items_from(self) -> str | None:
        """Return the path in data/ that the block named for its items, or None.

        Raises
        ------
        nothing
        """
        return self._references.get("items")

    @property
    def key_from(self) -> str | None:
        """Return the path in .author/ that the block named for its key, or None.

        Raises
        ------
        nothing
        """
        return self._references.get("key")

    @property
    def references(self) -> dict[str, str]:
        """Return field → path, for every field that the block named a file for.

        Raises
        ------
        nothing
        """
        return dict(self._references)

    def pick_items(self, ids: tuple[str, ...]) -> tuple[Any, ...]:
        """Return the items of ``ids``, in that order.

        Raises
        ------
        nothing
        """
        by_id = {item.id: item for item in self.items}
        return tuple(by_id[identity] for identity in ids if identity in by_id)


def read_text(text: str | dict[str, str] | None) -> str:
    """Return a text in the current language; "" where there is none.

    Raises
    ------
    nothing
    """
    return localized(dict(text) if isinstance(text, dict) else text)


def refuse_repeated(ids: Iterator[str]) -> None:
    """Raise for the first id that comes twice.

    Raises
    ------
    PydanticCustomError
        ``repeated_id``, turned into a ContentError by ``spec``.
    """
    seen: set[str] = set()
    for identity in ids:
        if identity in seen:
            raise PydanticCustomError("repeated_id", "the id {id} is used twice", {"id": identity})
        seen.add(identity)


def find_key_gaps(question: BaseQuestion, keyed: Mapping[str, Any]) -> Iterator[ContentError]:
    """Yield a finding for every item without a key and every key without an item.

    Parameters
    ----------
    question : BaseQuestion
    keyed : Mapping
        Item id → anything.

    Yields
    ------
    ContentError
        ``key-item-missing`` or ``key-item-unknown``.

    Raises
    ------
    nothing
    """
    ids = {item.id for item in question.items}
    for identity in ids - set(keyed):
        yield ContentError(
            "key-item-missing",
            _("An item has no key"),
            where=identity,
            found=_("no entry in the key"),
            expected=_("one entry per item"),
            hint=_("add {item}: … to the key").format(item=identity),
        )
    for identity in set(keyed) - ids:
        yield ContentError(
            "key-item-unknown",
            _("The key speaks of an item that does not exist"),
            where=identity,
            found=identity,
            expected=_("an id of the items"),
            hint=_("correct the id or remove the entry"),
        )


def find_unknown_codes(question: BaseQuestion, codes: Mapping[str, str]) -> Iterator[ContentError]:
    """Yield a finding for every misconception code without a feedback sentence.

    Parameters
    ----------
    question : BaseQuestion
    codes : Mapping
        Code → the place where it is used.

    Yields
    ------
    ContentError
        ``feedback-missing``.

    Raises
    ------
    nothing
    """
    for code in sorted(set(codes) - set(question.feedback)):
        yield ContentError(
            "feedback-missing",
            _("A misconception code has no feedback sentence"),
            where=codes[code],
            found=code,
            expected=_("one of: {names}").format(names=", ".join(sorted(question.feedback)) or "–"),
            hint=_("add {code}: … to feedback, or correct the code").format(code=code),
        )
