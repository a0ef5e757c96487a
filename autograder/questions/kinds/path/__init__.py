"""path (R7): walk through a simulated flow.  Scored by required steps; a forbidden one caps the question (G7)."""

from __future__ import annotations

from autograder.questions.kinds.kind import Kind
from autograder.questions.kinds.path.block import PathQuestion
from autograder.questions.kinds.path.page import describe, describe_item, get_texts
from autograder.questions.kinds.path.problems import find_problems, list_guesses
from autograder.questions.kinds.path.scoring import count_answered, count_bits, score_path

KIND = Kind(
    PathQuestion,
    score_path,
    find_problems,
    count_answered,
    count_bits,
    describe=describe,
    describe_item=describe_item,
    texts=get_texts,
    list_guesses=list_guesses,
)
