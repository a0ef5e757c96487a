"""The whole question, with what is read and tried out only once."""

from __future__ import annotations

import functools
from typing import Annotated, Literal

from pydantic import Field

from autograder.questions.kinds.sheet.block import FormulasScore, SheetItem, SheetKey
from autograder.questions.kinds.sheet.trial import ShownSheet, Trial
from autograder.questions.model import MAX_ITEMS, BaseQuestion, LocalId


class SheetQuestion(BaseQuestion):
    """One or more spreadsheets."""

    kind: Literal["sheet"]
    items: Annotated[tuple[SheetItem, ...], Field(min_length=1, max_length=MAX_ITEMS)]
    key: dict[LocalId, SheetKey] | None = None
    score: FormulasScore | None = None

    @functools.cached_property
    def grids(self) -> dict[str, ShownSheet]:
        """Return each item's sheet, ready for evaluation.

        Raises
        ------
        nothing
        """
        return {item.id: ShownSheet.read(item) for item in self.items}

    @functools.cached_property
    def trials(self) -> dict[str, Trial]:
        """Return what the key's formulas give, by item.

        Raises
        ------
        nothing
        """
        key = self.key or {}
        return {item.id: Trial.run(self.grids[item.id], key[item.id]) for item in self.items if item.id in key}
