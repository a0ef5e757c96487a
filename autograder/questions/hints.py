"""Kiểm tra: what a learner may be told about an answer before handing in.

The rule: who knows nothing and uses every check gains on average less than half of what guessing leaves open. So a
check tells points in quarters only, first the kind of mistake and later one item to look at again, and a question
whose answer has fewer possibilities can be checked fewer times. ``tests/autograder/questions/test_brute_force.py``
plays against it.
"""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import dataclass
from typing import Any

from autograder.locale import _
from autograder.questions.kinds import KINDS
from autograder.questions.model import BaseQuestion
from autograder.questions.outcome import Note, Score
from autograder.questions.scoring import WHY, score_answer
from autograder.questions.variants import draw_items, make_generator

# Points are told in steps of this share, rounded down.
STEPS = 4
# An answer of at least so many bits can be checked so many times.
CHECKS_BY_BITS = ((20.0, 5), (12.0, 3), (8.0, 2), (0.0, 1))
MAX_REMARKS = 2
# The code of a note that points at an item.
ITEM = "ITEM"


@dataclass(frozen=True)
class Hint:
    """What one check tells."""

    # 0..max_points, rounded down to a quarter of max_points
    points: float
    max_points: float
    # a safety-critical act was chosen
    capped: bool
    # misconceptions without their items, the most frequent first; from the second check on one item
    notes: tuple[Note, ...]


def count_checks(question: BaseQuestion, variant: str) -> int:
    """Return how many times a question can be checked in one attempt.

    Parameters
    ----------
    question : BaseQuestion
        The learner's copy is enough.
    variant : str

    Returns
    -------
    int
        1 to 5, by how many answers there are.

    Raises
    ------
    nothing
    """
    bits = KINDS[question.kind].count_bits(question, draw_items(question, variant))
    return next((checks for least, checks in CHECKS_BY_BITS if bits >= least), 1)


def make_hint(question: BaseQuestion, answer: Any, variant: str, number: int) -> Hint:
    """Return what the ``number``-th check of an answer tells.

    Parameters
    ----------
    question : BaseQuestion
        With key.
    answer : Any
        Any JSON value.
    variant : str
        The variant issued for the attempt.
    number : int
        1 for the first check of this question in this attempt.

    Returns
    -------
    Hint

    Raises
    ------
    ContentError
        ``key-missing``: the question is a learner's copy.
    """
    score = score_answer(question, answer, variant)
    # The small addition mends fractions such as 0.7499999999999999.
    points = math.floor(score.fraction * STEPS + 1e-9) / STEPS * question.points
    remarks = Counter(note.code for note in score.notes if note.code != WHY)
    texts = {note.code: note.text for note in score.notes}
    notes = [Note(code, None, texts[code]) for code, _times in remarks.most_common(MAX_REMARKS)]
    if number > 1:
        notes += _point_at_item(question, score, variant, number)
    return Hint(points, question.points, score.capped, tuple(notes))


def _point_at_item(question: BaseQuestion, score: Score, variant: str, number: int) -> list[Note]:
    """Name one item that is not right yet; which one does not depend on what is known of the others."""
    open_items = [result.item for result in score.items if result.fraction < 1]
    # Where there is one item only, there is nothing to point at.
    if not open_items or len(score.items) < 2:
        return []
    item = make_generator(f"{variant}:{number}", question.id).choice(open_items)
    return [Note(ITEM, item, _("Look at this once more."))]
