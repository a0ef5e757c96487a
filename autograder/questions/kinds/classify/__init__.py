"""classify (R1, with R2 reasons and R3 evidence): give every item one label.

Scored by class-balanced accuracy (G1), by cost (G3) or by the groups that the labels make (G6), optionally mixed
with the evidence marked and the reasons ticked (G2).  Labels can be the folders of a tree.
"""

from __future__ import annotations

from autograder.questions.kinds.classify.block import ClassifyQuestion
from autograder.questions.kinds.classify.page import describe, describe_item, get_texts
from autograder.questions.kinds.classify.problems import find_problems, list_guesses
from autograder.questions.kinds.classify.scoring import count_answered, count_bits, is_fair_draw, score_classify
from autograder.questions.kinds.kind import Kind

KIND = Kind(
    ClassifyQuestion,
    score_classify,
    find_problems,
    count_answered,
    count_bits,
    is_fair_draw=is_fair_draw,
    describe=describe,
    describe_item=describe_item,
    texts=get_texts,
    list_guesses=list_guesses,
)
