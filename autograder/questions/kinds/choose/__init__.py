"""choose (R2): tick any of an item's options.  Scored as a set (G2) or by rules that a selection has to meet (G7)."""

from __future__ import annotations

from autograder.questions.kinds.choose.block import ChooseQuestion
from autograder.questions.kinds.choose.page import describe, describe_item, get_texts
from autograder.questions.kinds.choose.problems import find_problems, list_guesses
from autograder.questions.kinds.choose.scoring import count_answered, count_bits, score_choose
from autograder.questions.kinds.kind import Kind

KIND = Kind(
    ChooseQuestion,
    score_choose,
    find_problems,
    count_answered,
    count_bits,
    describe=describe,
    describe_item=describe_item,
    texts=get_texts,
    list_guesses=list_guesses,
)
