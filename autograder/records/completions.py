"""Completion records: what each learner has reached in each module, and the heads counted by unit."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import (
    ColumnElement,
    Connection,
    FromClause,
    Integer,
    Select,
    and_,
    case,
    cast,
    desc,
    func,
    literal,
    or_,
    select,
)
from sqlalchemy.dialects.postgresql import JSONB, JSONPATH, distinct_on, insert

from autograder.database.schema import (
    attempt,
    completion,
    enrolment,
    grade,
    membership,
    person,
    release,
    role,
    submission,
    unit,
)
from autograder.gradebook.book import NotebookScore, read_scores
from autograder.model import Completion, CompletionState, Role, SubmissionState, UnitRecord
from autograder.records.collation import vietnamese_name_key, vietnamese_sort_key
from autograder.records.people import is_member_on, select_units_below

RULE = "best-attempt"
RULE_VERSION = 1
ZONE = ZoneInfo("Asia/Ho_Chi_Minh")


@dataclass(frozen=True, slots=True)
class Evidence:
    """What a completion is decided on: the gradebook's score and the learner's attempts at one module."""

    points: float | None
    max_points: float
    pass_mark: float
    has_open_cap: bool
    needs_review: bool
    is_queued: bool
    has_failed: bool
    was_passed: bool


def decide_state(evidence: Evidence) -> CompletionState:
    """Apply the completion rule ``best-attempt`` version 1.

    Passed: the best attempt reaches the pass mark of the required notebooks and has no open critical mistake.
    A granted completion is never withdrawn by a later attempt or an edit of the module.

    Raises
    ------
    nothing
    """
    if evidence.was_passed:
        return CompletionState.PASSED
    if evidence.points is None:
        if evidence.is_queued:
            return CompletionState.SUBMITTED
        return CompletionState.FAILED_TO_GRADE if evidence.has_failed else CompletionState.IN_PROGRESS
    if evidence.needs_review:
        return CompletionState.NEEDS_REVIEW
    reached = evidence.max_points > 0 and evidence.points + 1e-9 >= evidence.pass_mark * evidence.max_points
    if reached and not evidence.has_open_cap:
        return CompletionState.PASSED
    return CompletionState.SUBMITTED if evidence.is_queued else CompletionState.NOT_PASSED


def find_best_submission(conn: Connection, person_id: str, module_uuid: str) -> str | None:
    """Return the graded submission that counts: passing before not passing, then by share of points, then the first.

    Raises
    ------
    nothing
    """
    return conn.scalar(_best_submissions(person_id, module_uuid).with_only_columns(submission.c.id))


def refresh_completions(
    conn: Connection, person_id: str | None = None, module_uuid: str | None = None
) -> list[Completion]:
    """Derive completion records from the gradebook and the attempts, and store them.

    A constant number of statements, whatever the number of learners.

    Parameters
    ----------
    conn : Connection
        In the caller's transaction.
    person_id, module_uuid : str, optional
        Only this learner, only this module.

    Returns
    -------
    list[Completion], one per learner and module with at least one attempt

    Raises
    ------
    nothing
    """
    rows = conn.execute(_select_standing(person_id, module_uuid)).all()
    slugs = {row.slug for row in rows}
    scores = _sum_required(
        read_scores(conn, [person_id] if person_id else None, slugs if module_uuid else None),
        {row.slug: frozenset(row.required) for row in rows},
    )
    completions = []
    for row in rows:
        score = scores.get((row.person_id, row.slug)) if row.best_id else None
        evidence = Evidence(
            points=score.points if score else None,
            max_points=score.max_points if score else row.max_points,
            pass_mark=row.pass_mark,
            has_open_cap=bool(row.has_open_cap),
            needs_review=bool(score and score.needs_review),
            is_queued=row.newest_state == SubmissionState.QUEUED,
            has_failed=row.newest_state == SubmissionState.FAILED_TO_GRADE,
            was_passed=row.earlier_state == CompletionState.PASSED,
        )
        completions.append(
            Completion(
                person_id=row.person_id,
                module_uuid=row.module_uuid,
                slug=row.slug,
                state=decide_state(evidence),
                points=evidence.points,
                max_points=evidence.max_points,
                rule=RULE,
                rule_version=RULE_VERSION,
                content_hash=row.best_hash or row.newest_hash,
                submission_digest=row.best_digest or "",
                grader_version=row.grader_version or "",
                decided_at=row.graded_at,
            )
        )
    if completions:
        statement = insert(completion).values([asdict(record) for record in completions])
        # What a granted completion rests on stays as it was granted; only a better attempt may replace it.
        keeps = and_(
            completion.c.state == CompletionState.PASSED,
            or_(
                statement.excluded.points.is_(None),
                statement.excluded.points * completion.c.max_points
                <= completion.c.points * statement.excluded.max_points,
            ),
        )
        changes = {
            column.name: statement.excluded[column.name]
            for column in completion.columns
            if column.name not in ("person_id", "module_uuid")
        }
        conn.execute(
            statement.on_conflict_do_update(index_elements=["person_id", "module_uuid"], set_=changes, where=~keeps)
        )
    return completions


@dataclass(frozen=True, slots=True)
class CompletionRow:
    """One line of a unit's completion table: a person's standing in a module they are enrolled in."""

    person_id: str
    person_name: str
    unit_id: str
    unit_name: str
    module_code: str
    module_slug: str
    module_title: dict[str, str]
    state: CompletionState
    points: float | None
    max_points: float
    attempts: int
    submission_id: str | None
    submitted_at: datetime | None
    decided_at: datetime | None
    submission_digest: str
    rule: str
    rule_version: int
    content_hash: str
    grader_version: str


def list_completions(conn: Connection, unit_id: str, as_of: date) -> list[CompletionRow]:
    """Return people of the unit and those below it, with each module they are enrolled in.

    A person in two of the units appears once, under the first by name. What happened after ``as_of`` is left out.

    Raises
    ------
    nothing
    """
    until = end_of_day(as_of)
    eligible = _select_eligible([unit_id], as_of).subquery()
    tried = (
        select(
            attempt.c.person_id,
            attempt.c.module_uuid,
            func.count().label("attempts"),
            func.max(submission.c.received_at).label("submitted_at"),
        )
        .outerjoin(submission, and_(submission.c.attempt_id == attempt.c.id, submission.c.received_at <= until))
        .where(attempt.c.opened_at <= until)
        .group_by(attempt.c.person_id, attempt.c.module_uuid)
        .subquery()
    )
    newest = (
        select(attempt.c.person_id, attempt.c.module_uuid, submission.c.id)
        .ext(distinct_on(attempt.c.person_id, attempt.c.module_uuid))
        .join(submission, submission.c.attempt_id == attempt.c.id)
        .where(submission.c.received_at <= until)
        .order_by(attempt.c.person_id, attempt.c.module_uuid, desc(submission.c.received_at))
        .subquery()
    )
    query = (
        select(
            eligible.c.person_id,
            person.c.name.label("person_name"),
            eligible.c.unit_id,
            unit.c.name.label("unit_name"),
            release.c.code.label("module_code"),
            release.c.slug.label("module_slug"),
            release.c.title.label("module_title"),
            release.c.position,
            release.c.max_points.label("full_points"),
            tried.c.attempts,
            tried.c.submitted_at,
            newest.c.id.label("submission_id"),
            completion,
        )
        .select_from(eligible)
        .join(person, person.c.id == eligible.c.person_id)
        .join(unit, unit.c.id == eligible.c.unit_id)
        .join(release, and_(release.c.module_uuid == eligible.c.module_uuid, release.c.is_current))
        .outerjoin(tried, _same_standing(tried, eligible))
        .outerjoin(newest, _same_standing(newest, eligible))
        .outerjoin(completion, _same_standing(completion, eligible))
    )
    rows: dict[tuple[str, str], CompletionRow] = {}
    found = sorted(
        conn.execute(query),
        key=lambda r: (vietnamese_sort_key(r.unit_name), vietnamese_name_key(r.person_name), r.person_id, r.position),
    )
    for row in found:
        decided = row.decided_at is not None and row.decided_at <= until
        rows.setdefault(
            (row.person_id, row.module_slug),
            CompletionRow(
                person_id=row.person_id,
                person_name=row.person_name,
                unit_id=row.unit_id,
                unit_name=row.unit_name,
                module_code=row.module_code,
                module_slug=row.module_slug,
                module_title=row.module_title,
                state=_state_as_of(row, decided),
                points=row.points if decided else None,
                max_points=row.max_points if decided else row.full_points,
                attempts=row.attempts or 0,
                submission_id=row.submission_id,
                submitted_at=row.submitted_at,
                decided_at=row.decided_at if decided else None,
                submission_digest=row.submission_digest if decided else "",
                rule=row.rule or RULE,
                rule_version=row.rule_version or RULE_VERSION,
                content_hash=row.content_hash if decided else "",
                grader_version=row.grader_version if decided else "",
            ),
        )
    return list(rows.values())


def count_units(conn: Connection, unit_ids: Iterable[str], as_of: date) -> list[UnitRecord]:
    """Return the head-count record of each unit and module, units below included.

    A person counts once in a unit, however many of its sub-units they belong to; the rate is passed / eligible.

    Raises
    ------
    nothing
    """
    until = end_of_day(as_of)
    eligible = _select_eligible(list(unit_ids), as_of).subquery()
    heads = select(eligible.c.top_id, eligible.c.person_id, eligible.c.module_uuid).distinct().subquery()
    started = (
        select(attempt.c.person_id, attempt.c.module_uuid).where(attempt.c.opened_at <= until).distinct().subquery()
    )
    submitted = (
        select(attempt.c.person_id, attempt.c.module_uuid)
        .join(submission, submission.c.attempt_id == attempt.c.id)
        .where(submission.c.received_at <= until)
        .distinct()
        .subquery()
    )
    passed = and_(completion.c.state == CompletionState.PASSED, completion.c.decided_at <= until)
    query = (
        select(
            heads.c.top_id,
            unit.c.name,
            release.c.slug,
            release.c.position,
            func.count(),
            func.count(started.c.person_id),
            func.count(submitted.c.person_id),
            func.coalesce(func.sum(cast(case((passed, 1), else_=0), Integer)), 0),
        )
        .select_from(heads)
        .join(unit, unit.c.id == heads.c.top_id)
        .join(release, and_(release.c.module_uuid == heads.c.module_uuid, release.c.is_current))
        .outerjoin(started, _same_standing(started, heads))
        .outerjoin(submitted, _same_standing(submitted, heads))
        .outerjoin(completion, _same_standing(completion, heads))
        .group_by(heads.c.top_id, unit.c.name, release.c.slug, release.c.position)
    )
    order = {unit_id: place for place, unit_id in enumerate(unit_ids)}
    rows = sorted(conn.execute(query), key=lambda r: (order[r[0]], r[3], r[2]))
    return [
        UnitRecord(top_id, name, slug, as_of, eligible_, started_, submitted_, passed_, passed_ / eligible_)
        for top_id, name, slug, _position, eligible_, started_, submitted_, passed_ in rows
    ]


def select_notebooks(path: str = "$.notebooks[*].name") -> ColumnElement[list[str]]:
    """Return the expression for notebook names of a release, without reading its whole payload.

    Raises
    ------
    nothing
    """
    return func.jsonb_path_query_array(release.c.payload, cast(path, JSONPATH), type_=JSONB)


def end_of_day(day: date) -> datetime:
    """Return the last moment of a day in Viet Nam, in UTC.

    Raises
    ------
    nothing
    """
    return (datetime.combine(day + timedelta(days=1), time(), ZONE) - timedelta(microseconds=1)).astimezone(UTC)


def _state_as_of(row: Any, decided: bool) -> CompletionState:
    if decided:
        return CompletionState(row.state)
    if not row.attempts:
        return CompletionState.NOT_STARTED
    if row.submitted_at is None:
        return CompletionState.IN_PROGRESS
    if row.state == CompletionState.FAILED_TO_GRADE:
        return CompletionState.FAILED_TO_GRADE
    return CompletionState.SUBMITTED


def _same_standing(left: FromClause, right: FromClause) -> ColumnElement[bool]:
    return and_(left.c.person_id == right.c.person_id, left.c.module_uuid == right.c.module_uuid)


def _select_eligible(unit_ids: list[str], as_of: date) -> Select[Any]:
    """Select (top unit, unit, person, module) of the learners who count in a unit: "số người thuộc diện"."""
    below = select_units_below(select(unit.c.id).where(unit.c.id.in_(unit_ids))).subquery("below")
    enrolled_tops = select(enrolment.c.unit_id).distinct()
    reach = select_units_below(enrolled_tops).subquery("reach")
    return (
        select(below.c.top_id, membership.c.unit_id, membership.c.person_id, enrolment.c.module_uuid)
        .distinct()
        .select_from(below)
        .join(membership, and_(membership.c.unit_id == below.c.unit_id, is_member_on(as_of)))
        .join(person, and_(person.c.id == membership.c.person_id, person.c.active))
        .join(role, and_(role.c.person_id == membership.c.person_id, role.c.role == literal(Role.LEARNER)))
        .join(reach, reach.c.unit_id == membership.c.unit_id)
        .join(enrolment, enrolment.c.unit_id == reach.c.top_id)
    )


def _is_passing() -> ColumnElement[bool]:
    return and_(~grade.c.has_open_cap, grade.c.points + 1e-9 >= release.c.pass_mark * grade.c.max_points)


def _best_submissions(person_id: str | None = None, module_uuid: str | None = None) -> Select[Any]:
    query = (
        select(
            attempt.c.person_id,
            attempt.c.module_uuid,
            submission.c.id.label("best_id"),
            submission.c.digest.label("best_digest"),
            attempt.c.content_hash.label("best_hash"),
            grade.c.has_open_cap,
            grade.c.grader_version,
            grade.c.graded_at,
        )
        .ext(distinct_on(attempt.c.person_id, attempt.c.module_uuid))
        .join(submission, submission.c.attempt_id == attempt.c.id)
        .join(grade, grade.c.submission_id == submission.c.id)
        .join(release, release.c.content_hash == attempt.c.content_hash)
        .order_by(
            attempt.c.person_id,
            attempt.c.module_uuid,
            desc(_is_passing()),
            desc(grade.c.points / func.nullif(grade.c.max_points, 0.0)),
            submission.c.received_at,
        )
    )
    if person_id is not None:
        query = query.where(attempt.c.person_id == person_id)
    if module_uuid is not None:
        query = query.where(attempt.c.module_uuid == module_uuid)
    return query


def _select_standing(person_id: str | None, module_uuid: str | None) -> Select[Any]:
    """Select one row per learner and module with an attempt: the newest, the best, and what was recorded before."""
    best = _best_submissions(person_id, module_uuid).subquery("best")
    newest = (
        select(
            attempt.c.person_id,
            attempt.c.module_uuid,
            attempt.c.content_hash,
            submission.c.state.label("newest_state"),
        )
        .ext(distinct_on(attempt.c.person_id, attempt.c.module_uuid))
        .outerjoin(submission, submission.c.attempt_id == attempt.c.id)
        # An open attempt after a handed-in one does not hide that one's state.
        .order_by(attempt.c.person_id, attempt.c.module_uuid, submission.c.id.is_(None), desc(attempt.c.number))
    )
    if person_id is not None:
        newest = newest.where(attempt.c.person_id == person_id)
    if module_uuid is not None:
        newest = newest.where(attempt.c.module_uuid == module_uuid)
    tried = newest.subquery("newest")
    required = select_notebooks("$.notebooks[*] ? (@.required == true).name")
    return (
        select(
            tried.c.person_id,
            tried.c.module_uuid,
            tried.c.newest_state,
            tried.c.content_hash.label("newest_hash"),
            best.c.best_id,
            best.c.best_digest,
            best.c.best_hash,
            best.c.has_open_cap,
            best.c.grader_version,
            best.c.graded_at,
            release.c.slug,
            release.c.pass_mark,
            release.c.max_points,
            required.label("required"),
            completion.c.state.label("earlier_state"),
        )
        .select_from(tried)
        .outerjoin(best, _same_standing(best, tried))
        .join(release, release.c.content_hash == func.coalesce(best.c.best_hash, tried.c.content_hash))
        .outerjoin(completion, _same_standing(completion, tried))
        .order_by(tried.c.person_id, tried.c.module_uuid)
    )


def _sum_required(
    scores: Iterable[NotebookScore], required: dict[str, frozenset[str]]
) -> dict[tuple[str, str], NotebookScore]:
    """Add up the required notebooks of each learner and module."""
    sums: dict[tuple[str, str], NotebookScore] = {}
    for score in scores:
        if score.notebook not in required.get(score.slug, frozenset()):
            continue
        key = (score.person_id, score.slug)
        before = sums.get(key)
        sums[key] = NotebookScore(
            score.person_id,
            score.slug,
            "",
            round(score.points + (before.points if before else 0.0), 2),
            score.max_points + (before.max_points if before else 0.0),
            score.needs_review or bool(before and before.needs_review),
        )
    return sums
