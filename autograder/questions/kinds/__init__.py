"""The kinds of question.  A new kind is one module here and one line in ``KINDS``."""

from __future__ import annotations

from autograder.questions.kinds import classify, marks, number, order, path
from autograder.questions.kinds.kind import Kind

KINDS: dict[str, Kind] = {
    "classify": classify.KIND,
    "marks": marks.KIND,
    "order": order.KIND,
    "number": number.KIND,
    "path": path.KIND,
}
