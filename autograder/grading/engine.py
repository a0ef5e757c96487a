"""From a release's payload and a submission's bytes to a grade.

Questions are scored from data alone. Code runs in a box whose process only makes claims about values; the verdicts
are reached here (design.md §5).
"""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from autograder import __version__
from autograder.errors import SubmissionError
from autograder.grading.archive import SubmittedWork, read_archive
from autograder.grading.code import AskValue, Claim, RunCell, Step
from autograder.grading.responses import keep_cases, keep_items
from autograder.locale import _
from autograder.model import FeedbackNote, Grade, ItemGrade, QuestionGrade, require_aware
from autograder.questions.answers import parse_answer
from autograder.questions.check_spec import Failed, ResolvedCheck, parse_resolved_check, score_check
from autograder.questions.model import BaseQuestion
from autograder.questions.outcome import Score
from autograder.questions.scoring import score_answer
from autograder.questions.spec import parse_question
from autograder.questions.variants import draw_items

GRADER_VERSION = f"hocvuso {__version__}"

CodeRunner = Callable[[Sequence[Step], Mapping[str, bytes]], list[Claim]]


def grade_archive(
    submission_id: str,
    payload: Mapping[str, Any],
    variant: str,
    archive: bytes,
    run_code: CodeRunner,
    *,
    now: datetime,
) -> Grade:
    """Grade what a learner handed in.

    Parameters
    ----------
    submission_id : str
        Carried into the grade.
    payload : mapping
        ``Release.payload``: the server's own copy of every question, check and cell.
    variant : str
        The seed issued for the attempt, not the one that the learner's file states.
    archive : bytes
        The submission.
    run_code : CodeRunner
        (steps, data files) → one claim for each `AskValue`; called once for each notebook that has checks.
    now : datetime
        Aware.

    Returns
    -------
    Grade
        One entry for every question and check of the release, in its order.

    Raises
    ------
    SubmissionError
        The archive cannot be read.
    BoxError
        The box did not work; nothing is graded.
    """
    notebooks = payload["notebooks"]
    work = read_archive(archive, [n["name"] for n in notebooks], [n["name"] for n in notebooks if n["required"]])
    findings = list(work.findings)
    grades: list[QuestionGrade] = []
    for book in notebooks:
        findings += _find_missing_solutions(book, work)
        claims = _run_checks(book, payload, work, run_code)
        for item in book["items"]:
            if item["type"] == "question":
                grades.append(_grade_question(book, item, work, variant, findings))
            else:
                grades.append(_grade_check(book, item, claims.get(item["id"])))
    return Grade(submission_id, tuple(grades), GRADER_VERSION, require_aware(now), tuple(findings))


def find_question(payload: Mapping[str, Any], question: str) -> BaseQuestion:
    """Return a question of a release, with its key.

    Raises
    ------
    SubmissionError
        404 ``question-unknown``.
    """
    for book in payload["notebooks"]:
        for item in book["items"]:
            if item["id"] == question and item["type"] == "question":
                return parse_question(item["block"], where=question)
    raise SubmissionError(
        "question-unknown",
        _("this module has no such question"),
        where=question,
        hint=_("open the module again from “My modules”"),
        status=404,
    )


def iter_steps(book: Mapping[str, Any], solutions: Mapping[str, str]) -> Iterator[Step]:
    """Yield what the box has to do for a notebook: its own cells with the learner's solutions, and the questions.

    The order, the cells and everything but the solutions' sources are the server's. A solution that was not handed
    in is the released stub.

    Raises
    ------
    nothing
    """
    checks = {item["id"]: _read_check(item) for item in book["items"] if item["type"] == "check"}
    for cell in book["cells"]:
        if "check" in cell:
            # Practice cases earn nothing, but what they leave behind is what the learner's own run left behind.
            for case in checks[cell["check"]].cases:
                yield AskValue(cell["check"], case.call, case.with_)
        else:
            yield RunCell(solutions.get(cell.get("grade_id", ""), cell["source"]))


def _find_missing_solutions(book: Mapping[str, Any], work: SubmittedWork) -> list[str]:
    """Return a remark for staff on every solution cell that a handed-in notebook lacks; its released stub stands in."""
    solutions = work.solutions.get(book["name"])
    if solutions is None:
        return []
    wanted = [cell["grade_id"] for cell in book["cells"] if "grade_id" in cell]
    return [f"missing-solution-cell:{book['name']}.ipynb:{name}" for name in wanted if name not in solutions]


def _run_checks(
    book: Mapping[str, Any], payload: Mapping[str, Any], work: SubmittedWork, run_code: CodeRunner
) -> dict[str, list[Claim]]:
    """Return the claims by check.  A notebook that was not handed in, or left as released, needs no box."""
    solutions = work.solutions.get(book["name"])
    if solutions is None or not any("check" in cell for cell in book["cells"]):
        return {}
    untouched = {cell["grade_id"]: cell["source"] for cell in book["cells"] if "grade_id" in cell}
    if all(solutions.get(grade_id, source) == source for grade_id, source in untouched.items()):
        return {}
    steps = list(iter_steps(book, solutions))
    files = {name: base64.b64decode(content) for name, content in payload.get("data", {}).items()}
    asked = [step for step in steps if isinstance(step, AskValue)]
    claims: dict[str, list[Claim]] = {}
    for step, claim in zip(asked, run_code(steps, files), strict=True):
        claims.setdefault(step.check, []).append(claim)
    return claims


def _grade_question(
    book: Mapping[str, Any], item: Mapping[str, Any], work: SubmittedWork, variant: str, findings: list[str]
) -> QuestionGrade:
    answer = None
    reason = ""
    content = work.answers.get(item["id"])
    if content is not None:
        where = f"answers/{item['id']}.json"
        try:
            answer = parse_answer(content, where=where).answer
        except SubmissionError as error:
            reason = error.code
            findings.append(f"{error.code}:{where}")
    question = parse_question(item["block"], where=item["id"])
    score = score_answer(question, answer, variant)
    kept = keep_items(question.kind, score.items, answer, draw_items(question, variant))
    return _as_grade(book, item, score, reason, kept)


def _grade_check(book: Mapping[str, Any], item: Mapping[str, Any], claims: list[Claim] | None) -> QuestionGrade:
    if claims is None:
        return QuestionGrade(
            item["id"], book["name"], book["required"], 0.0, float(item["points"]), reason="not-attempted"
        )
    score = score_check(_read_check(item), [Failed(claim.fault) if claim.fault else claim.value for claim in claims])
    fault = next((claim.fault for claim in claims if claim.fault), "")
    return _as_grade(book, item, score, fault, keep_cases(score.items))


def _read_check(item: Mapping[str, Any]) -> ResolvedCheck:
    return parse_resolved_check(item["block"], where=item["id"])


def _as_grade(
    book: Mapping[str, Any], item: Mapping[str, Any], score: Score, reason: str, items: tuple[ItemGrade, ...]
) -> QuestionGrade:
    notes = tuple(FeedbackNote(note.code, note.item or "", note.text) for note in score.notes)
    return QuestionGrade(
        question=item["id"],
        notebook=book["name"],
        required=book["required"],
        points=score.points,
        max_points=score.max_points,
        capped=score.capped,
        reason=reason,
        notes=notes,
        items=items,
    )
