"""sheet (R8 with G5): write formulas into a small spreadsheet.

A formula is right when it gives what the reference gives, on the data shown and on data that the learner never sees,
in every cell over which it is filled.
"""

from __future__ import annotations

from autograder.questions.kinds.kind import Kind
from autograder.questions.kinds.sheet.page import describe, describe_item, get_texts, respond
from autograder.questions.kinds.sheet.problems import find_problems, list_guesses
from autograder.questions.kinds.sheet.question import SheetQuestion
from autograder.questions.kinds.sheet.scoring import count_answered, count_bits, score_sheet

KIND = Kind(
    SheetQuestion,
    score_sheet,
    find_problems,
    count_answered,
    count_bits,
    describe=describe,
    describe_item=describe_item,
    respond=respond,
    texts=get_texts,
    list_guesses=list_guesses,
)
