"""marks (R3): mark the right parts of each item, with or without a kind of error.  Scored as a set (G2).

Parts are lines, spans of a running text, regions of a picture, components of an official letter, or the cells of a
table.
"""

from __future__ import annotations

from autograder.questions.kinds.kind import Kind
from autograder.questions.kinds.marks.block import MarksQuestion
from autograder.questions.kinds.marks.page import describe, describe_item, get_texts
from autograder.questions.kinds.marks.problems import find_problems, list_guesses
from autograder.questions.kinds.marks.scoring import count_answered, count_bits, score_question

KIND = Kind(
    MarksQuestion,
    score_question,
    find_problems,
    count_answered,
    count_bits,
    describe=describe,
    describe_item=describe_item,
    texts=get_texts,
    list_guesses=list_guesses,
)
