"""What a kind of question has to bring."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from autograder.errors import ContentError
from autograder.questions.model import BaseQuestion
from autograder.questions.outcome import Outcome


@dataclass(frozen=True)
class Kind:
    """One kind: its written form, its scorer, its own content rules."""

    # the record that the block becomes
    model: type[BaseQuestion]
    # (question with key, any JSON value, drawn item ids) → outcome; never raises
    score: Callable[[Any, Any, tuple[str, ...]], Outcome]
    # (question with key) → findings whose ``where`` is the item
    find_problems: Callable[[Any], Iterator[ContentError]]
    # (question, any JSON value, drawn item ids) → how many of the drawn items are answered
    count_answered: Callable[[Any, Any, tuple[str, ...]], int]
    # (question with key, drawn item ids) → whether the draw can be given to a learner
    is_fair_draw: Callable[[Any, tuple[str, ...]], bool] = lambda _question, _drawn: True
