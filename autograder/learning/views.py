"""What pages show: a learner's modules, and one submission with its result."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select

from autograder.database.schema import attempt, completion, grade, question_grade, release, submission
from autograder.learning.attempts import attempt_from_row
from autograder.learning.handin import read_receipt
from autograder.model import (
    Attempt,
    CompletionState,
    FeedbackNote,
    Grade,
    Person,
    QuestionGrade,
    Submission,
    SubmissionState,
)
from autograder.questions.spec import parse_question
from autograder.questions.variants import draw_items
from autograder.records.completions import select_notebooks
from autograder.records.people import find_due_date, find_person


@dataclass(frozen=True, slots=True)
class ModuleView:
    """One module as a learner sees it on “My modules”."""

    slug: str
    code: str
    uuid: str
    title: Mapping[str, str]
    minutes: int
    notebooks: tuple[str, ...]
    state: CompletionState
    best_points: float | None
    max_points: float
    pass_points: float
    due_at: datetime | None
    has_open_attempt: bool
    attempts: int
    last_submission: Submission | None


@dataclass(frozen=True, slots=True)
class SubmissionView:
    """One submission with its receipt and, once there, its grade."""

    submission: Submission
    attempt: Attempt
    person: Person
    module_title: Mapping[str, str]
    pass_points: float
    grade: Grade | None
    prompts: Mapping[str, Mapping[str, str]]
    # question → item → its number on the learner's page, for questions that show more than one item
    places: Mapping[str, Mapping[str, int]]
    passed: bool | None


def list_modules(conn: Connection, person_id: str) -> list[ModuleView]:
    """Return the modules in which a learner is enrolled, in the curriculum's order.

    Raises
    ------
    nothing
    """
    views = []
    current = select(
        release.c.slug,
        release.c.code,
        release.c.module_uuid,
        release.c.title,
        release.c.minutes,
        release.c.pass_mark,
        release.c.max_points,
        select_notebooks().label("notebooks"),
    ).where(release.c.is_current)
    for row in conn.execute(current.order_by(release.c.position, release.c.slug)):
        is_enrolled, due_at = find_due_date(conn, person_id, row.module_uuid)
        if not is_enrolled:
            continue
        attempts = conn.execute(
            select(attempt.c.id, attempt.c.is_open)
            .where(attempt.c.person_id == person_id, attempt.c.module_uuid == row.module_uuid)
            .order_by(attempt.c.number.desc())
        ).all()
        receipts = (read_receipt(conn, a.id) for a in attempts if not a.is_open)
        last = next((receipt for receipt in receipts if receipt), None)
        record = conn.execute(
            select(completion.c.state, completion.c.points, completion.c.max_points).where(
                completion.c.person_id == person_id, completion.c.module_uuid == row.module_uuid
            )
        ).one_or_none()
        views.append(
            ModuleView(
                slug=row.slug,
                code=row.code,
                uuid=row.module_uuid,
                title=row.title,
                minutes=row.minutes,
                notebooks=tuple(row.notebooks),
                state=_learner_state(record.state if record else None, bool(attempts), last),
                best_points=record.points if record else None,
                max_points=record.max_points if record else row.max_points,
                pass_points=round(row.pass_mark * row.max_points, 2),
                due_at=due_at,
                has_open_attempt=any(a.is_open for a in attempts),
                attempts=len(attempts),
                last_submission=last,
            )
        )
    return views


def read_submission(conn: Connection, submission_id: str) -> SubmissionView | None:
    """Return a submission with its grade, or None where there is none of that id.

    Raises
    ------
    nothing
    """
    row = conn.execute(
        select(attempt, release.c.slug, release.c.title, release.c.pass_mark, release.c.max_points, release.c.payload)
        .join(submission, submission.c.attempt_id == attempt.c.id)
        .join(release, release.c.content_hash == attempt.c.content_hash)
        .where(submission.c.id == submission_id)
    ).one_or_none()
    if row is None:
        return None
    receipt = read_receipt(conn, row.id)
    assert receipt is not None
    owner = find_person(conn, row.person_id) or Person(row.person_id, row.person_id)
    result = read_grade(conn, submission_id)
    pass_points = round(row.pass_mark * row.max_points, 2)
    return SubmissionView(
        submission=receipt,
        attempt=attempt_from_row(row, find_due_date(conn, row.person_id, row.module_uuid)[1]),
        person=owner,
        module_title=row.title,
        pass_points=pass_points,
        grade=result,
        prompts={item["id"]: item["title"] for book in row.payload["notebooks"] for item in book["items"]},
        places=_number_items(row.payload, row.variant),
        passed=None if result is None else result.points + 1e-9 >= pass_points and not result.has_open_cap,
    )


def read_grade(conn: Connection, submission_id: str) -> Grade | None:
    """Return the grade of a submission with every question, or None while there is none.

    Raises
    ------
    nothing
    """
    head = conn.execute(select(grade).where(grade.c.submission_id == submission_id)).one_or_none()
    if head is None:
        return None
    questions = conn.execute(
        select(question_grade)
        .where(question_grade.c.submission_id == submission_id)
        .order_by(question_grade.c.position)
    )
    return Grade(
        submission_id=submission_id,
        questions=tuple(
            QuestionGrade(
                question=row.question,
                notebook=row.notebook,
                required=row.required,
                points=row.points,
                max_points=row.max_points,
                capped=row.capped,
                reason=row.reason,
                notes=tuple(FeedbackNote(**note) for note in row.notes),
            )
            for row in questions
        ),
        grader_version=head.grader_version,
        graded_at=head.graded_at,
        findings=tuple(head.findings),
    )


def _number_items(payload: Mapping[str, Any], variant: str) -> dict[str, dict[str, int]]:
    places = {}
    for book in payload["notebooks"]:
        for item in book["items"]:
            if item["type"] == "question":
                drawn = draw_items(parse_question(item["block"], where=item["id"]), variant)
                if len(drawn) > 1:
                    places[item["id"]] = {drawn_id: place for place, drawn_id in enumerate(drawn, start=1)}
    return places


def _learner_state(recorded: str | None, has_attempt: bool, last: Submission | None) -> CompletionState:
    if recorded == CompletionState.PASSED:
        return CompletionState.PASSED
    if last is not None and last.state is SubmissionState.QUEUED:
        return CompletionState.SUBMITTED
    if recorded is not None:
        return CompletionState(recorded)
    return CompletionState.IN_PROGRESS if has_attempt else CompletionState.NOT_STARTED
