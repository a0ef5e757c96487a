"""Questions of a table into a module: all of them or none."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from autograder.curriculum.reader import survey_module
from autograder.curriculum.samples import FULL_SAMPLE, SAMPLES_FOLDER, read_sample
from autograder.curriculum.scaffold import FIRST_VARIANT, add_questions, write_sample
from autograder.curriculum.spreadsheet.questions import SheetQuestion, read_questions
from autograder.errors import ContentError
from autograder.questions.yaml_text import dump_block

FULL_SAYS = "Làm đúng tất cả."


@dataclass(frozen=True)
class ImportedQuestions:
    """What an import did, or would do."""

    questions: tuple[SheetQuestion, ...]
    # everything that is wrong; nothing was written where there is anything
    problems: tuple[ContentError, ...]
    is_written: bool

    def as_dict(self) -> dict[str, Any]:
        """Return the import as JSON-ready data.

        Raises
        ------
        nothing
        """
        return {
            "questions": [{"id": q.id, "kind": q.block["kind"], "points": q.points} for q in self.questions],
            "findings": [problem.as_dict() for problem in self.problems],
            "written": self.is_written,
        }


def import_questions(path: Path, module: Path, *, dry_run: bool = False) -> ImportedQuestions:
    """Add the questions of a table to a module's lesson, and their right answers to the sample ``day-du``.

    Parameters
    ----------
    path : Path
        The .xlsx file.
    module : Path
        ``curriculum/source/<slug>``.
    dry_run : bool
        Only look.

    Returns
    -------
    ImportedQuestions

    Raises
    ------
    ContentError
        The file, the lesson or the sample cannot be read.  Nothing is then written.
    """
    draft = survey_module(module)
    taken = [cell.grade_id for notebook in draft.notebooks for cell in notebook.cells if cell.grade_id]
    reading = read_questions(path, taken=taken)
    if reading.problems or dry_run:
        return ImportedQuestions(reading.questions, reading.problems, False)
    sample = module / SAMPLES_FOLDER / f"{FULL_SAMPLE}.yaml"
    known = read_sample(sample) if sample.exists() else None
    lesson = module / "lesson.ipynb"
    before = lesson.read_bytes() if lesson.exists() else b""
    add_questions(module, [dump_block(question.block) for question in reading.questions])
    new = [q for q in reading.questions if known is None or q.id not in known.answers]
    try:
        if new:
            write_sample(
                module,
                FULL_SAMPLE,
                says="" if known else FULL_SAYS,
                answers={question.id: question.answer for question in new},
                expect={question.id: question.points for question in new},
                variant=known.variant if known else FIRST_VARIANT,
            )
    except (ContentError, OSError):
        # Questions without their sample would be half an import.
        beside = lesson.with_name(f".{lesson.name}.new")
        beside.write_bytes(before)
        os.replace(beside, lesson)
        raise
    return ImportedQuestions(reading.questions, (), True)
