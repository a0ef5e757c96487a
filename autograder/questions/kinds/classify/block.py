"""The written form of classify."""

from __future__ import annotations

from functools import cached_property
from typing import Annotated, Any, ClassVar, Literal

from pydantic import BeforeValidator, Field

from autograder.questions.kinds.classify.labels import Label, is_group, list_tree
from autograder.questions.model import MAX_ITEMS, BaseQuestion, Code, Item, LocalId, Part, Share, Strict, Text

# In a verdict's ``wrong``: every label that is not named.
ANY_LABEL = "*"

Cost = Annotated[float, Field(strict=True, ge=0, le=1000)]


def _expand_wrong(value: Any) -> Any:
    return {ANY_LABEL: value} if isinstance(value, str) else value


def _expand_verdict(value: Any) -> Any:
    return {"label": value} if isinstance(value, str) else value


class ClassifyPart(Part):
    """One piece of an item, and what it is of a mail or of a signature panel."""

    role: Literal["from", "to", "sent", "subject", "body", "attachment", "link", "signature"] | None = None
    # what the check of a signed file found
    sign: Literal["ok", "warn", "bad", "none"] | None = None


class ClassifyItem(Item):
    """One thing that gets a label."""

    parts: Annotated[tuple[ClassifyPart, ...], Field(max_length=200)] = ()


WrongLabels = Annotated[dict[str, Code], BeforeValidator(_expand_wrong, json_schema_input_type=Code | dict[str, Code])]


class Verdict(Strict):
    """What is right for one item."""

    label: LocalId
    # parts that show it
    evidence: tuple[LocalId, ...] = ()
    # reasons that hold
    reasons: tuple[LocalId, ...] = ()
    # reason ticked without need → misconception
    wrong_reasons: dict[LocalId, Code] = Field(default_factory=dict)
    # given label → misconception; written as one code, it stands for every wrong label
    wrong: WrongLabels = Field(default_factory=dict)
    # given labels that are a safety-critical act
    cap: tuple[LocalId, ...] = ()
    why: Text | None = None
    source: str | None = None


ShortVerdict = Annotated[Verdict, BeforeValidator(_expand_verdict, json_schema_input_type=LocalId | Verdict)]


class SideScore(Strict):
    """How much evidence or reasons count, and for which true labels (all, where none is named)."""

    weight: Share
    only: tuple[LocalId, ...] = ()


class _SideScores(Strict):
    evidence: SideScore | None = None
    reasons: SideScore | None = None


class BalancedScore(_SideScores):
    """G1."""

    by: Literal["balanced"]


class CostScore(_SideScores):
    """G3."""

    by: Literal["cost"]
    # true label → given label → cost; what is missing costs 0
    matrix: dict[LocalId, dict[LocalId, Cost]]


class ClusterScore(_SideScores):
    """G6 of groups: which items are put together."""

    by: Literal["clusters"]


class ClassifyQuestion(BaseQuestion):
    """One label per item."""

    IS_SHUFFLED: ClassVar[bool] = True

    kind: Literal["classify"]
    items: Annotated[tuple[ClassifyItem, ...], Field(min_length=1, max_length=MAX_ITEMS)]
    labels: Annotated[dict[LocalId, Label], Field(min_length=2, max_length=40)]
    # how the items are shown; a plain list where nothing is said
    look: Literal["inbox", "signature", "folders"] | None = None
    # the request to mark parts; its presence makes parts markable
    evidence: Text | None = None
    # what can be ticked for every item, any number of them
    reasons: Annotated[dict[LocalId, Text], Field(min_length=2, max_length=20)] | None = None
    reasons_prompt: Text | None = None
    key: dict[LocalId, ShortVerdict] | None = None
    score: Annotated[BalancedScore | CostScore | ClusterScore, Field(discriminator="by")] | None = None

    @cached_property
    def choices(self) -> dict[str, int]:
        """Return the labels that can be given, in the order of the tree, each with its place.

        Raises
        ------
        nothing
        """
        found = (name for name in list_tree(self.labels) if not is_group(self.labels[name]))
        return {name: place for place, name in enumerate(found)}

    @cached_property
    def item_parts(self) -> dict[str, frozenset[str]]:
        """Return every item's part ids.

        Raises
        ------
        nothing
        """
        return {item.id: frozenset(item.part_ids) for item in self.items}
