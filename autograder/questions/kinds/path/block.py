"""The written form: states and choices of a flow, and which steps are required or forbidden."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, StrictBool, StringConstraints, model_validator

from autograder.questions.model import MAX_ITEMS, BaseQuestion, Code, Item, LocalId, Strict, Text, refuse_repeated

Step = Annotated[str, StringConstraints(strict=True, pattern=r"^[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+$")]


class Choice(Strict):
    """What the learner can do in a state."""

    id: LocalId
    text: Text
    to: LocalId


class FormRow(Strict):
    """One filled-in line of a form; it is only read."""

    label: Text
    value: Text


class State(Strict):
    """One moment of the flow."""

    # who speaks
    says: Text | None = None
    text: Text
    # a page of an online service: address, heading, place among the question's steps, a form's lines, a notice
    address: Annotated[str, StringConstraints(strict=True, min_length=1, max_length=300)] | None = None
    title: Text | None = None
    step: Annotated[int, Field(strict=True, ge=1)] | None = None
    form: Annotated[tuple[FormRow, ...], Field(max_length=40)] = ()
    notice: Text | None = None
    choices: tuple[Choice, ...] = ()
    end: StrictBool = False

    @model_validator(mode="after")
    def _check_choices(self) -> State:
        refuse_repeated(choice.id for choice in self.choices)
        return self


class Contact(Strict):
    """Who is on the telephone or in the chat, as the screen shows it."""

    name: Text
    number: Annotated[str, StringConstraints(strict=True, min_length=1, max_length=40)] | None = None


class PathItem(Item):
    """One flow."""

    contact: Contact | None = None

    start: LocalId
    states: Annotated[dict[LocalId, State], Field(min_length=2, max_length=200)]


class PathKey(Strict):
    """What must, must not and should not happen; steps are written ``state.choice``."""

    required: tuple[Step, ...]
    # step → misconception; a safety-critical act
    forbidden: dict[Step, Code] = Field(default_factory=dict)
    # step → misconception, without loss
    wrong: dict[Step, Code] = Field(default_factory=dict)
    # required step that a finished walk has left out → misconception
    missed: dict[Step, Code] = Field(default_factory=dict)
    why: Text | None = None
    source: str | None = None


class PathScore(Strict):
    """G7."""

    by: Literal["path"]


class PathQuestion(BaseQuestion):
    """One or more flows."""

    kind: Literal["path"]
    # the frame around the flow; a plain dialogue where nothing is said
    look: Literal["phone", "service", "chat"] | None = None
    # names of an online service's steps, in their order
    steps: Annotated[tuple[Text, ...], Field(min_length=2, max_length=20)] | None = None
    items: Annotated[tuple[PathItem, ...], Field(min_length=1, max_length=MAX_ITEMS)]
    key: dict[LocalId, PathKey] | None = None
    score: PathScore | None = None
