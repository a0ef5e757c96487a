"""table (R6): put a table right.  Scored by the cells of the key and by rules for the whole table (G6)."""

from __future__ import annotations

from autograder.questions.kinds.kind import Kind
from autograder.questions.kinds.table.page import describe_item, get_texts, respond
from autograder.questions.kinds.table.problems import find_problems, list_guesses
from autograder.questions.kinds.table.question import TableQuestion
from autograder.questions.kinds.table.scoring import count_answered, count_bits, score_table

KIND = Kind(
    TableQuestion,
    score_table,
    find_problems,
    count_answered,
    count_bits,
    describe_item=describe_item,
    respond=respond,
    texts=get_texts,
    list_guesses=list_guesses,
)
