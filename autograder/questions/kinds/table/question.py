"""The whole question, with what is read only once."""

from __future__ import annotations

import functools
from typing import Annotated, Literal

from pydantic import Field

from autograder.questions.kinds.table.block import TableKey, TableScore
from autograder.questions.kinds.table.goal import Goal
from autograder.questions.model import MAX_ITEMS, BaseQuestion, LocalId
from autograder.questions.tables.shape import FirstTable, TableItem


class TableQuestion(BaseQuestion):
    """One or more tables to put right."""

    kind: Literal["table"]
    items: Annotated[tuple[TableItem, ...], Field(min_length=1, max_length=MAX_ITEMS)]
    key: dict[LocalId, TableKey] | None = None
    score: TableScore | None = None

    @functools.cached_property
    def tables(self) -> dict[str, FirstTable]:
        """Return each item's table as it stands at first.

        Raises
        ------
        nothing
        """
        return {item.id: FirstTable.read(item) for item in self.items}

    @functools.cached_property
    def goals(self) -> dict[str, Goal]:
        """Return the key, ready for comparison, by item.

        Raises
        ------
        nothing
        """
        weight = 0.5 if self.score is None else self.score.rules
        key = self.key or {}
        return {item.id: Goal.read(self.tables[item.id], key[item.id], weight) for item in self.items if item.id in key}
