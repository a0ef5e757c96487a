"""Variants: which items of a question one attempt shows, and in which order.

The portal issues a variant per attempt and keeps it; everyone who knows the variant and the public part of a
question draws the same items.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import random
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from autograder.questions.model import BaseQuestion


# What is shown where no attempt was issued: a lecturer looks at the lesson.
PREVIEW_VARIANT = "xem-thu"


def issue_variant(secret: bytes, learner: str, module_uuid: str, attempt_number: int, redraw: int = 0) -> str:
    """Return the variant of one attempt.

    Parameters
    ----------
    secret : bytes
        The server's own; without it nobody can foretell a variant.
    learner : str
        The learner's identifier.
    module_uuid : str
        The module's immutable uuid.
    attempt_number : int
        1 for the first attempt.
    redraw : int
        How many variants of this attempt were refused before, because a draw of theirs was not fair.

    Returns
    -------
    str
        16 hexadecimal digits.

    Raises
    ------
    nothing
    """
    # A JSON list keeps ("a", "bc") and ("ab", "c") apart.
    message = json.dumps([learner, module_uuid, attempt_number, redraw], ensure_ascii=True).encode()
    return hmac.new(secret, message, hashlib.sha256).hexdigest()[:16]


def make_generator(variant: str, name: str) -> random.Random:
    """Return the random generator of one question (or check) under one variant.

    Raises
    ------
    nothing
    """
    seed = hashlib.sha256(f"{variant}:{name}".encode("utf-8", "surrogatepass")).digest()
    return random.Random(int.from_bytes(seed, "big"))


def draw_items(question: BaseQuestion, variant: str) -> tuple[str, ...]:
    """Return the ids of the items that a variant shows, in the order in which it shows them.

    Parameters
    ----------
    question : BaseQuestion
        Only public fields are looked at, so that the learner's copy draws the same as the grader.
    variant : str

    Returns
    -------
    tuple of str
        ``question.draw`` ids, taken evenly over the items' strata; all ids where nothing is drawn, and as they stand
        in an attempt's copy.

    Raises
    ------
    nothing
    """
    ids = [item.id for item in question.items]
    if question.is_drawn:
        return tuple(ids)
    generator = make_generator(variant, question.id)
    if question.draw is not None and question.draw < len(ids):
        drawn = set(_draw_evenly(question, question.draw, generator))
        ids = [identity for identity in ids if identity in drawn]
    elif not question.IS_SHUFFLED:
        return tuple(ids)
    generator.shuffle(ids)
    return tuple(ids)


def _draw_evenly(question: BaseQuestion, number: int, generator: random.Random) -> list[str]:
    strata: dict[str, list[str]] = {}
    for item in question.items:
        strata.setdefault(item.stratum or "", []).append(item.id)
    queues = [generator.sample(ids, len(ids)) for ids in strata.values()]
    # Which stratum gives one more, when the number does not divide evenly, is left to the variant.
    generator.shuffle(queues)
    drawn: list[str] = []
    while len(drawn) < number:
        for queue in queues:
            if queue and len(drawn) < number:
                drawn.append(queue.pop())
    return drawn
