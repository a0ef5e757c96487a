"""A lecturer's table of questions: from an Excel file to ``%%question`` cells.

``read_questions``
    the file → questions with their right answers, or everything that is wrong with it, cell by cell
``import_questions``
    the same, written into a module's lesson: all questions or none
``write_template``
    the file to start from, ``docs/mau-cau-hoi.xlsx``
"""

from __future__ import annotations

from autograder.curriculum.spreadsheet.importing import ImportedQuestions, import_questions
from autograder.curriculum.spreadsheet.questions import SheetQuestion, SheetReading, read_questions
from autograder.curriculum.spreadsheet.template import write_tables, write_template

__all__ = [
    "ImportedQuestions",
    "SheetQuestion",
    "SheetReading",
    "import_questions",
    "read_questions",
    "write_tables",
    "write_template",
]
