"""Reading and writing scores in nbgrader's gradebook with a constant number of statements.

The tables are nbgrader's own (nbgrader 0.9.6, ``nbgrader/api.py``), reached through its table objects, in the
PostgreSQL schema ``gradebook`` of the same database. So a grade, its gradebook rows and the completion that
follows from them are one transaction.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

from nbgrader import api
from sqlalchemy import Connection, case, func, select
from sqlalchemy.dialects.postgresql import insert

from autograder.database.server import schema_url
from autograder.errors import OperatorError
from autograder.gradebook import COURSE, ensure_alembic_is_found
from autograder.locale import _
from autograder.model import Grade, QuestionGrade

SCHEMA = "gradebook"

assignment = api.Assignment.__table__
notebook = api.Notebook.__table__
base_cell = api.BaseCell.__table__
grade_cell = api.GradeCell.__table__
student = api.Student.__table__
submitted_assignment = api.SubmittedAssignment.__table__
submitted_notebook = api.SubmittedNotebook.__table__
grade_row = api.Grade.__table__
comment = api.Comment.__table__


@dataclass(frozen=True, slots=True)
class NotebookScore:
    """What the gradebook says of one learner's notebook: ``points`` of ``max_points``, manual scores included."""

    person_id: str
    slug: str
    notebook: str
    points: float
    max_points: float
    needs_review: bool


def ensure_gradebook(url: str) -> None:
    """Make nbgrader's tables and the course's row.  Safe to call twice.

    Raises
    ------
    nothing
    """
    ensure_alembic_is_found()
    book = api.Gradebook(schema_url(url, SCHEMA), course_id=COURSE)
    try:
        book.check_course(COURSE)
        # The joins of a grade to its notebook have no index upstream; every list and every write needs them.
        book.db.execute(api.text("CREATE INDEX IF NOT EXISTS grade_by_notebook ON grade (notebook_id)"))
        book.db.execute(
            api.text("CREATE INDEX IF NOT EXISTS notebook_by_assignment ON submitted_notebook (assignment_id)")
        )
        book.db.commit()
    finally:
        book.close()


def record_grade(conn: Connection, slug: str, person_id: str, name: str, submitted_at: datetime, result: Grade) -> None:
    """Write one graded submission: every question's points, and its remarks as comments.

    Parameters
    ----------
    conn : Connection
        In the caller's transaction.
    slug, person_id, name : str
        The module (nbgrader: assignment), the learner (student), and the name to show.
    submitted_at : datetime
        Aware; nbgrader keeps it in UTC without zone.
    result : Grade
        Points of every question of every notebook.

    Raises
    ------
    OperatorError
        The gradebook does not know the module or one of its questions: the release did not end well.
    """
    conn = _in_gradebook(conn)
    conn.execute(insert(student).values(id=person_id, last_name=name, lms_user_id="").on_conflict_do_nothing())
    cells = conn.execute(
        select(
            assignment.c.id.label("assignment_id"),
            notebook.c.id.label("notebook_id"),
            notebook.c.name.label("notebook"),
            base_cell.c.id.label("cell_id"),
            base_cell.c.name.label("question"),
        )
        .join(notebook, notebook.c.assignment_id == assignment.c.id)
        .join(base_cell, base_cell.c.notebook_id == notebook.c.id)
        .join(grade_cell, grade_cell.c.id == base_cell.c.id)
        .where(assignment.c.name == slug, assignment.c.course_id == COURSE)
    ).all()
    known = {(row.notebook, row.question): row for row in cells}
    missing = [q.question for q in result.questions if (q.notebook, q.question) not in known]
    if not cells or missing:
        raise OperatorError(
            "gradebook-out-of-step",
            _("the gradebook does not know this module's questions"),
            where=slug,
            found=", ".join(missing) or _("no question"),
            expected=_("every question of the release"),
            hint=_("release the module again: hocvuso release {slug}").format(slug=slug),
        )
    assignment_id = cells[0].assignment_id
    statement = insert(submitted_assignment).values(
        id=_new_id(),
        assignment_id=assignment_id,
        student_id=person_id,
        timestamp=submitted_at.astimezone(UTC).replace(tzinfo=None),
    )
    submitted_id = conn.scalar(
        statement.on_conflict_do_update(
            index_elements=["assignment_id", "student_id"], set_={"timestamp": statement.excluded.timestamp}
        ).returning(submitted_assignment.c.id)
    )
    notebooks = _ensure_notebooks(conn, submitted_id, {row.notebook_id for row in cells})
    places = []
    for question in result.questions:
        cell = known[question.notebook, question.question]
        places.append(({"cell_id": cell.cell_id, "notebook_id": notebooks[cell.notebook_id]}, question))
    _write_scores(conn, places)
    _write_comments(conn, places)


def read_scores(
    conn: Connection, people: Iterable[str] | None = None, slugs: Iterable[str] | None = None
) -> list[NotebookScore]:
    """Return every learner's score of every notebook, in one statement.

    Parameters
    ----------
    conn : Connection
        In the caller's transaction.
    people, slugs : iterables of str, optional
        Only these learners, only these modules.

    Returns
    -------
    list[NotebookScore], one per learner and notebook, ordered by both

    Raises
    ------
    nothing
    """
    # nbgrader/api.py, Grade.score: a manual score takes precedence, extra credit is added to either.
    scored = func.coalesce(grade_row.c.manual_score, grade_row.c.auto_score)
    score = case((scored.isnot(None), scored + func.coalesce(grade_row.c.extra_credit, 0.0)), else_=0.0)
    query = (
        select(
            submitted_assignment.c.student_id,
            assignment.c.name,
            notebook.c.name,
            func.sum(score),
            func.sum(grade_cell.c.max_score),
            func.bool_or(grade_row.c.needs_manual_grade),
        )
        .select_from(submitted_assignment)
        .join(assignment, assignment.c.id == submitted_assignment.c.assignment_id)
        .join(submitted_notebook, submitted_notebook.c.assignment_id == submitted_assignment.c.id)
        .join(notebook, notebook.c.id == submitted_notebook.c.notebook_id)
        .join(grade_row, grade_row.c.notebook_id == submitted_notebook.c.id)
        .join(grade_cell, grade_cell.c.id == grade_row.c.cell_id)
        .where(assignment.c.course_id == COURSE)
        .group_by(submitted_assignment.c.student_id, assignment.c.name, notebook.c.name)
        .order_by(submitted_assignment.c.student_id, assignment.c.name, notebook.c.name)
    )
    if people is not None:
        query = query.where(submitted_assignment.c.student_id.in_(list(people)))
    if slugs is not None:
        query = query.where(assignment.c.name.in_(list(slugs)))
    return [NotebookScore(*row) for row in _in_gradebook(conn).execute(query)]


def _in_gradebook(conn: Connection) -> Connection:
    return conn.execution_options(schema_translate_map={None: SCHEMA, "hocvuso": "hocvuso"})


def _new_id() -> str:
    return uuid.uuid4().hex


def _ensure_notebooks(conn: Connection, submitted_id: str, notebook_ids: set[str]) -> dict[str, str]:
    """Return the id of the submitted notebook for each notebook."""
    statement = insert(submitted_notebook).values(
        [
            {"id": _new_id(), "assignment_id": submitted_id, "notebook_id": notebook_id, "flagged": False}
            for notebook_id in sorted(notebook_ids)
        ]
    )
    rows = conn.execute(
        statement.on_conflict_do_update(
            index_elements=["notebook_id", "assignment_id"], set_={"flagged": submitted_notebook.c.flagged}
        ).returning(submitted_notebook.c.notebook_id, submitted_notebook.c.id)
    )
    return {key: value for key, value in rows}


def _write_scores(conn: Connection, cells: list[tuple[dict[str, str], QuestionGrade]]) -> None:
    statement = insert(grade_row).values(
        [
            {"id": _new_id(), **place, "auto_score": question.points, "needs_manual_grade": False}
            for place, question in cells
        ]
    )
    conn.execute(
        statement.on_conflict_do_update(
            index_elements=["cell_id", "notebook_id"],
            set_={
                "auto_score": statement.excluded.auto_score,
                # As nbgrader/preprocessors/saveautogrades.py: a score given by hand asks to be looked at again.
                "needs_manual_grade": grade_row.c.manual_score.isnot(None),
            },
        )
    )


def _write_comments(conn: Connection, cells: list[tuple[dict[str, str], QuestionGrade]]) -> None:
    statement = insert(comment).values(
        [
            {"id": _new_id(), **place, "auto_comment": "\n".join(note.text for note in question.notes) or None}
            for place, question in cells
        ]
    )
    conn.execute(
        statement.on_conflict_do_update(
            index_elements=["cell_id", "notebook_id"], set_={"auto_comment": statement.excluded.auto_comment}
        )
    )
