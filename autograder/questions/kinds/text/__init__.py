"""text (R8): one short text per item.  Scored by what must and what must not stand in it (G8); no language model."""

from __future__ import annotations

from autograder.questions.kinds.kind import Kind
from autograder.questions.kinds.text.block import TextQuestion
from autograder.questions.kinds.text.page import describe, describe_item, get_texts
from autograder.questions.kinds.text.problems import find_problems, list_guesses
from autograder.questions.kinds.text.scoring import count_answered, count_bits, score_text

KIND = Kind(
    TextQuestion,
    score_text,
    find_problems,
    count_answered,
    count_bits,
    describe=describe,
    describe_item=describe_item,
    texts=get_texts,
    list_guesses=list_guesses,
)
