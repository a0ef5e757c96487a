"""Rules about questions and checks: their blocks, their keys, and what nbgrader knows of them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from pydantic import BaseModel

from autograder.curriculum.checks.finding import Finding, report, report_error
from autograder.curriculum.checks.survey import Survey
from autograder.curriculum.notebooks import name_cell
from autograder.curriculum.reader import ModuleDraft, NotebookDraft, QuestionDraft
from autograder.curriculum.source import CellRole, CellSource
from autograder.locale import _
from autograder.questions.model import BaseQuestion

LESSON_POINTS = 100.0
CODE = re.compile(r"MC-[A-Z0-9]+(-[A-Z0-9]+)*")
POOL_CODES = ("pool-too-small", "draw-has-one-class")
FEEDBACK_CODES = ("feedback-missing", "wrong-choice-without-feedback")
PICTURE_CODES = ("image-without-alt", "image-type")


def iter_troubles(survey: Survey, part: str, codes: tuple[str, ...] = ()) -> Iterator[Finding]:
    """Yield what reading met in one part of the modules, restricted to some of the readers' codes.

    Raises
    ------
    nothing
    """
    for module in survey.modules:
        for trouble in module.troubles:
            if trouble.part == part and (not codes or trouble.error.code in codes):
                yield report_error(survey.relative(trouble.path), trouble.error)


def _iter_drafts(survey: Survey) -> Iterator[tuple[ModuleDraft, NotebookDraft, QuestionDraft, str, str]]:
    """Yield every question and check cell with its module, its notebook, its path and its place."""
    for module in survey.modules:
        for notebook in module.notebooks:
            path = survey.relative(notebook.path)
            for draft in notebook.drafts:
                yield module, notebook, draft, path, name_cell(draft.cell.number, draft.cell.grade_id)


def check_blocks(survey: Survey) -> Iterator[Finding]:
    """Yield what keeps a ``%%question`` or ``%%check`` block from being read.

    Raises
    ------
    nothing
    """
    for module in survey.modules:
        for trouble in module.troubles:
            # A file that is not the module's own is the business of the rule for references.
            if trouble.part == "block" and not trouble.error.code.startswith("reference-"):
                yield report_error(survey.relative(trouble.path), trouble.error)


def check_keys(survey: Survey) -> Iterator[Finding]:
    """Yield what does not fit together inside a question: items, key, labels, costs, steps.

    Raises
    ------
    nothing
    """
    elsewhere = (*POOL_CODES, *FEEDBACK_CODES, *PICTURE_CODES)
    for module in survey.modules:
        for trouble in module.troubles:
            if trouble.part == "question" and trouble.error.code not in elsewhere:
                yield report_error(survey.relative(trouble.path), trouble.error)


def check_pools(survey: Survey) -> Iterator[Finding]:
    """Yield a finding where trying again would show mostly the same items, or draws have one class only.

    Raises
    ------
    nothing
    """
    yield from iter_troubles(survey, "question", POOL_CODES)


def check_feedback(survey: Survey) -> Iterator[Finding]:
    """Yield a finding for every wrong choice that would leave the learner without a sentence.

    Raises
    ------
    nothing
    """
    yield from iter_troubles(survey, "question", FEEDBACK_CODES)
    for _module, _notebook, draft, path, where in _iter_drafts(survey):
        for item in _find_silent_items(draft.question):
            yield report(
                path,
                f"{where} › {item}",
                _("A wrong answer to the item says nothing to the learner"),
                found=_("neither wrong nor why"),
                expected=_("wrong: MC-… or why: …"),
                hint=_("say in the key why the right answer is right, or name the misconception"),
            )


def _find_silent_items(question: BaseQuestion | None) -> list[str]:
    """Return the parts of a key of which a wrong answer would lead to no sentence at all."""
    if question is None or question.key is None:
        return []
    entries = question.key if isinstance(question.key, dict) else {"key": question.key}
    return [item for item, entry in entries.items() if not entry.why and not _list_codes(entry)]


def find_codes(question: BaseQuestion) -> set[str]:
    """Return the misconception codes that a question's key and score use, whatever its kind.

    Raises
    ------
    nothing
    """
    return _list_codes(question.key) | _list_codes(question.score)


def _list_codes(value: Any) -> set[str]:
    """Return every code in a part of a question; sentences are no codes, and nothing else looks like one."""
    if isinstance(value, str):
        return {value} if CODE.fullmatch(value) else set()
    if isinstance(value, BaseModel):
        return {code for name in value.model_fields_set for code in _list_codes(getattr(value, name))}
    if isinstance(value, Mapping):
        return {code for inner in value.values() for code in _list_codes(inner)}
    if isinstance(value, list | tuple):
        return {code for inner in value for code in _list_codes(inner)}
    return set()


def check_codes(survey: Survey) -> Iterator[Finding]:
    """Yield a finding for every feedback sentence that no wrong answer leads to.

    Raises
    ------
    nothing
    """
    for _module, _notebook, draft, path, where in _iter_drafts(survey):
        if draft.question is not None and draft.question.has_key:
            used = find_codes(draft.question)
            for code in sorted(set(draft.question.feedback) - used):
                yield report(
                    path,
                    f"{where} › feedback.{code}",
                    _("No wrong answer leads to this sentence"),
                    found=code,
                    expected=", ".join(sorted(used)) or _("a code of the key"),
                    hint=_("use the code in the key, or remove the sentence"),
                )


def check_ids(survey: Survey) -> Iterator[Finding]:
    """Yield a finding for every id that two cells of a module share.

    Raises
    ------
    nothing
    """
    for module in survey.modules:
        owners: dict[str, str] = {}
        for notebook in module.notebooks:
            path = survey.relative(notebook.path)
            for cell in notebook.cells:
                if not cell.grade_id:
                    continue
                place = f"{notebook.name}.ipynb, {name_cell(cell.number)}"
                if cell.grade_id in owners:
                    yield report(
                        path,
                        name_cell(cell.number, cell.grade_id),
                        _("The id already belongs to {place}").format(place=owners[cell.grade_id]),
                        found=cell.grade_id,
                        expected=_("an id of its own in the whole module"),
                        hint=_("give the newer cell another id, in the block and in its metadata"),
                    )
                owners.setdefault(cell.grade_id, place)


# What nbgrader's metadata says in a graded cell, and in the cell where the learner writes code.
GRADED = {"grade": True, "locked": True, "solution": False, "task": False}
SOLUTION = {"grade": False, "locked": False, "solution": True, "task": False}


def check_metadata(survey: Survey) -> Iterator[Finding]:
    """Yield a finding wherever a cell's nbgrader metadata and its block tell different things.

    Raises
    ------
    nothing
    """
    for _module, _notebook, draft, path, where in _iter_drafts(survey):
        block = draft.question or draft.check
        wanted: dict[str, object] = dict(GRADED)
        if block is not None:
            wanted |= {"grade_id": block.id, "points": block.points}
        yield from _compare_metadata(draft.cell, wanted, path, where)
    for module in survey.modules:
        for notebook in module.notebooks:
            path = survey.relative(notebook.path)
            for cell in notebook.cells:
                where = name_cell(cell.number, cell.grade_id)
                if cell.role is CellRole.SOLUTION:
                    yield from _compare_metadata(cell, dict(SOLUTION), path, where)
                elif cell.role not in (CellRole.QUESTION, CellRole.CHECK) and _is_graded(cell):
                    yield report(
                        path,
                        where,
                        _("nbgrader would grade a cell that is neither question nor check"),
                        found=f"grade: {cell.grader_metadata.get('grade')}",
                        expected=_("no nbgrader metadata"),
                        hint=_("remove the cell's nbgrader metadata"),
                    )


def _is_graded(cell: CellSource) -> bool:
    return any(cell.grader_metadata.get(name) for name in ("grade", "task", "solution"))


def _compare_metadata(cell: CellSource, wanted: dict[str, object], path: str, where: str) -> Iterator[Finding]:
    wanted = wanted | {"cell_type": "code", "schema_version": 3}
    for name, value in wanted.items():
        found = cell.grader_metadata.get(name)
        # True == 1 in Python, but not in nbgrader's schema.
        if found != value or isinstance(found, bool) != isinstance(value, bool):
            yield report(
                path,
                f"{where} › metadata.nbgrader.{name}",
                _("The cell's metadata does not say what its block says"),
                found="–" if found is None else found,
                expected=value,
                hint=_("write {name} = {value} into the cell's nbgrader metadata").format(name=name, value=value),
            )
    if not cell.grade_id and "grade_id" not in wanted:
        yield report(
            path,
            f"{where} › metadata.nbgrader.grade_id",
            _("The cell has no id"),
            found="–",
            expected=_("an id of its own in the whole module"),
            hint=_("write grade_id into the cell's nbgrader metadata"),
        )


def check_points(survey: Survey) -> Iterator[Finding]:
    """Yield a finding where the required notebooks of a module do not add up to 100 points.

    Raises
    ------
    nothing
    """
    for module in survey.modules:
        if module.table is None or any(trouble.part in ("notebook", "block") for trouble in module.troubles):
            continue
        required = [n for n in module.notebooks if module.table.notebooks[n.name].required]  # type: ignore[index]
        points = [question.points for n in required for question in n.questions]
        points += [check.points for n in required for check in n.checks]
        total = round(sum(points), 2)
        if total != LESSON_POINTS:
            yield report(
                survey.relative(module.path / "lesson.ipynb"),
                "",
                _("The points do not add up to 100"),
                found=f"{' + '.join(f'{value:g}' for value in points) or '0'} = {total:g}",
                expected=f"{LESSON_POINTS:g}",
                hint=_("share the points out anew, in the blocks and in the metadata"),
            )
