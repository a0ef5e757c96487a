"""From an answer to points: ``score_answer``."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from autograder.errors import ContentError
from autograder.locale import _
from autograder.questions.kinds import KINDS
from autograder.questions.model import BaseQuestion, read_text
from autograder.questions.outcome import ItemResult, Note, Outcome, Score, make_score
from autograder.questions.variants import draw_items

__all__ = ["ItemResult", "Note", "Outcome", "Score", "count_answered", "is_fair_variant", "score_answer"]

# The code of a note that carries the author's own explanation of an item.  It tells the answer: pages show it
# after handing in, never to "Kiểm tra".
WHY = "WHY"


def score_answer(question: BaseQuestion, answer: Any, variant: str) -> Score:
    """Score one answer.

    Parameters
    ----------
    question : BaseQuestion
        With key.
    answer : Any
        Any JSON value; None, ``{}`` and ``[]`` are an untouched question and earn 0, and so does everything that has
        another shape than the kind asks for.
    variant : str
        The variant issued for the attempt.

    Returns
    -------
    Score
        ``points`` 0..question.points, two decimals.

    Raises
    ------
    ContentError
        ``key-missing``: the question is a learner's copy.  No answer raises anything.
    """
    if not question.has_key:
        raise ContentError(
            "key-missing",
            _("A question without key cannot be scored"),
            where=question.id,
            expected=_("the question's source"),
            hint=_("score with the curriculum's source, not with the released copy"),
        )
    drawn = draw_items(question, variant)
    outcome = KINDS[question.kind].score(question, answer, drawn)
    return make_score(question.points, outcome, tuple(_write_notes(question, outcome)))


def count_answered(question: BaseQuestion, answer: Any, variant: str) -> tuple[int, int]:
    """Return how many of a question's shown items are answered.

    Parameters
    ----------
    question : BaseQuestion
        The learner's copy is enough.
    answer : Any
        Any JSON value.
    variant : str

    Returns
    -------
    answered, shown : int

    Raises
    ------
    nothing
    """
    drawn = draw_items(question, variant)
    return KINDS[question.kind].count_answered(question, answer, drawn), len(drawn)


def _write_notes(question: BaseQuestion, outcome: Outcome) -> Iterator[Note]:
    for code, item in outcome.codes:
        text = read_text(question.feedback.get(code))
        if text:
            yield Note(code, item, text)
    entries = question.key if isinstance(question.key, dict) else {}
    for result in outcome.items:
        entry = entries.get(result.item)
        if entry is not None and result.fraction < 1 and entry.why:
            yield Note(WHY, result.item, _explain(entry))
    if not isinstance(question.key, dict) and outcome.fraction < 1 and question.key.why:
        yield Note(WHY, None, _explain(question.key))


def _explain(entry: Any) -> str:
    text = read_text(entry.why)
    return f"{text} ({entry.source})" if entry.source else text


def is_fair_variant(questions: Iterable[BaseQuestion], variant: str) -> bool:
    """Tell whether every question's draw under a variant can be given to a learner.

    Parameters
    ----------
    questions : iterable of BaseQuestion
        With keys; only the server can ask this.
    variant : str

    Raises
    ------
    nothing
    """
    return all(KINDS[question.kind].is_fair_draw(question, draw_items(question, variant)) for question in questions)
