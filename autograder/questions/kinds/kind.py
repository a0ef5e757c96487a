"""What a kind of question has to bring."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from autograder.errors import ContentError
from autograder.questions.model import BaseQuestion
from autograder.questions.outcome import Outcome


@dataclass(frozen=True)
class Guess:
    """An answer that knows nothing; a content check tries what it earns."""

    # what somebody does who answers so, in the current language
    name: str
    answer: Any
    # it may earn something, as long as nobody passes with it
    may_earn: bool = False


@dataclass(frozen=True)
class Kind:
    """One kind: its written form, its scorer, its own content rules, what its page shows."""

    # the record that the block becomes
    model: type[BaseQuestion]
    # (question with key, any JSON value, drawn item ids) → outcome; never raises
    score: Callable[[Any, Any, tuple[str, ...]], Outcome]
    # (question with key) → findings whose ``where`` is the item
    find_problems: Callable[[Any], Iterator[ContentError]]
    # (question, any JSON value, drawn item ids) → how many of the drawn items are answered
    count_answered: Callable[[Any, Any, tuple[str, ...]], int]
    # (question, drawn item ids) → bits, the logarithm of how many answers can be given: the less, the fewer checks
    count_bits: Callable[[Any, tuple[str, ...]], float]
    # (question with key, drawn item ids) → whether the draw can be given to a learner
    is_fair_draw: Callable[[Any, tuple[str, ...]], bool] = lambda _question, _drawn: True
    # (question) → what the page shows of the kind's own public fields, in one language, JSON-ready
    describe: Callable[[Any], dict[str, Any]] = lambda _question: {}
    # (item) → the same for the kind's own fields of an item
    describe_item: Callable[[Any], dict[str, Any]] = lambda _item: {}
    # (question, any JSON value, drawn item ids) → what the page learns of a saved answer, from public fields only:
    # what could not be read, what a formula gives.  Never anything of the key.
    respond: Callable[[Any, Any, tuple[str, ...]], dict[str, Any]] = lambda _question, _answer, _drawn: {}
    # the texts that the kind's page writes itself: stable name → text of the current language
    texts: Callable[[], dict[str, str]] = dict
    # (any JSON value) → what the page gets of a saved answer, where the whole of it is too large to travel each time
    shorten: Callable[[Any], Any] = lambda answer: answer
    # (the page's answer, the answer saved before) → the whole answer again
    complete: Callable[[Any, Any], Any] | None = None
    # whether an item's own answer may be kept beside its points; what learners upload is theirs, and is not copied
    keeps_answers: bool = True
    # (question with key) → answers that know nothing, over the whole pool
    list_guesses: Callable[[Any], Iterable[Guess]] = lambda _question: ()
