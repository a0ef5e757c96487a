"""The kinds of question.  A new kind is one module or package here and one line in ``KINDS``."""

from __future__ import annotations

from autograder.questions.kinds import choose, classify, file, marks, number, order, path, search, sheet, table, text
from autograder.questions.kinds.kind import Kind

KINDS: dict[str, Kind] = {
    "classify": classify.KIND,
    "marks": marks.KIND,
    "order": order.KIND,
    "number": number.KIND,
    "path": path.KIND,
    "choose": choose.KIND,
    "text": text.KIND,
    "search": search.KIND,
    "file": file.KIND,
    "table": table.KIND,
    "sheet": sheet.KIND,
}
