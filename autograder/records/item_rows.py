"""The graded answers behind item statistics, read from the database for a choice of people, days and version."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any, Literal

from sqlalchemy import (
    ColumnElement,
    Connection,
    Date,
    Float,
    Select,
    Text,
    and_,
    any_,
    case,
    cast,
    exists,
    func,
    literal,
    or_,
    select,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB, JSONPATH, distinct_on

from autograder.database.schema import (
    attempt,
    grade,
    item_response,
    membership,
    question_grade,
    release,
    submission,
)
from autograder.records.completions import ZONE
from autograder.records.item_statistics import (
    MIN_PEOPLE,
    ItemRow,
    ModuleStatistics,
    QuestionRow,
    compute_statistics,
)

Attempts = Literal["first", "all"]


@dataclass(frozen=True, slots=True)
class Choice:
    """Whose answers count: those handed in by members of the units, on these days, to this version."""

    module_uuid: str
    unit_ids: tuple[str, ...]
    since: date | None = None
    until: date | None = None
    # a release's content hash; None for all versions
    version: str | None = None
    # the first graded attempt of each person, or every one
    attempts: Attempts = "first"


@dataclass(frozen=True, slots=True)
class Version:
    """A release with the number of people whose answers to it count."""

    content_hash: str
    released_at: datetime
    is_current: bool
    people: int


@dataclass(frozen=True, slots=True)
class ModuleLine:
    """A module in the list of statistics.  ``mean`` (0..1) is None where too few people stand behind it."""

    slug: str
    code: str
    title: dict[str, str]
    people: int
    mean: float | None


def read_statistics(conn: Connection, choice: Choice) -> ModuleStatistics:
    """Return the statistics of a module for a choice.

    Raises
    ------
    nothing
    """
    picked = {row.id: row.person_id for row in conn.execute(_pick(choice))}
    questions = _read_question_rows(conn, picked)
    if len(set(picked.values())) < MIN_PEOPLE:
        return compute_statistics(questions, ())
    people = _count_people(conn, picked) if choice.attempts == "all" else None
    return compute_statistics(questions, _read_item_rows(conn, picked), people)


def list_versions(conn: Connection, choice: Choice) -> list[Version]:
    """Return the releases of a module, newest first, whatever version the choice names.

    Raises
    ------
    nothing
    """
    picked = _pick(replace(choice, version=None)).subquery("picked")
    query = (
        select(
            release.c.content_hash,
            release.c.released_at,
            release.c.is_current,
            func.count(picked.c.person_id.distinct()).label("people"),
        )
        .outerjoin(picked, picked.c.content_hash == release.c.content_hash)
        .where(release.c.module_uuid == choice.module_uuid)
        .group_by(release.c.content_hash)
        .order_by(release.c.released_at.desc(), release.c.content_hash)
    )
    return [Version(row.content_hash, row.released_at, row.is_current, row.people) for row in conn.execute(query)]


def choose_version(versions: Sequence[Version]) -> str | None:
    """Return the newest version that enough people answered, or None: all versions together.

    Raises
    ------
    nothing
    """
    return next((version.content_hash for version in versions if version.people >= MIN_PEOPLE), None)


def list_module_lines(conn: Connection, unit_ids: Sequence[str]) -> list[ModuleLine]:
    """Return the released modules in the curriculum's order, with how many people's first attempts are graded.

    Raises
    ------
    nothing
    """
    first = (
        select(
            attempt.c.module_uuid,
            attempt.c.person_id,
            submission.c.received_at,
            (grade.c.points / func.nullif(grade.c.max_points, 0.0)).label("score"),
        )
        .ext(distinct_on(attempt.c.module_uuid, attempt.c.person_id))
        .join(submission, submission.c.attempt_id == attempt.c.id)
        .join(grade, grade.c.submission_id == submission.c.id)
        .order_by(attempt.c.module_uuid, attempt.c.person_id, attempt.c.number)
        .subquery("first")
    )
    counted = (
        select(first.c.module_uuid, func.count().label("people"), func.avg(first.c.score).label("mean"))
        .where(_belongs(first.c.person_id, first.c.received_at, unit_ids))
        .group_by(first.c.module_uuid)
        .subquery("counted")
    )
    query = (
        select(release.c.slug, release.c.code, release.c.title, counted.c.people, counted.c.mean)
        .outerjoin(counted, counted.c.module_uuid == release.c.module_uuid)
        .where(release.c.is_current)
        .order_by(release.c.position, release.c.code)
    )
    return [
        ModuleLine(
            slug=row.slug,
            code=row.code,
            title=row.title,
            people=row.people or 0,
            mean=row.mean if (row.people or 0) >= MIN_PEOPLE else None,
        )
        for row in conn.execute(query)
    ]


def find_module(conn: Connection, slug: str) -> tuple[str, str, dict[str, str]] | None:
    """Return (uuid, code, title) of a released module, or None.

    Raises
    ------
    nothing
    """
    row = conn.execute(
        select(release.c.module_uuid, release.c.code, release.c.title).where(
            release.c.slug == slug, release.c.is_current
        )
    ).first()
    return None if row is None else (row.module_uuid, row.code, row.title)


def read_blocks(conn: Connection, module_uuid: str, version: str | None) -> list[dict[str, Any]]:
    """Return the questions and checks of a version as the server keeps them; without one, of all, newest first.

    Raises
    ------
    nothing
    """
    path = cast("$.notebooks[*].items[*]", JSONPATH)
    query = select(func.jsonb_path_query_array(release.c.payload, path, type_=JSONB))
    query = query.where(release.c.module_uuid == module_uuid).order_by(release.c.released_at.desc())
    if version is not None:
        query = query.where(release.c.content_hash == version)
    return [item for items in conn.scalars(query) for item in items]


def _belongs(person_id: ColumnElement[Any], moment: ColumnElement[Any], unit_ids: Sequence[str]) -> ColumnElement[bool]:
    """Return the condition that a person was a member of one of the units on the day of ``moment``."""
    day = cast(func.timezone(ZONE.key, moment), Date)
    return exists().where(
        membership.c.person_id == person_id,
        membership.c.unit_id.in_(unit_ids),
        membership.c.since <= day,
        or_(membership.c.until.is_(None), membership.c.until >= day),
    )


def _pick(choice: Choice) -> Select[Any]:
    """Select the submissions that count.  Who tried twice has one first attempt, whatever days and version say."""
    graded: Select[Any] = (
        select(submission.c.id, submission.c.received_at, attempt.c.person_id, attempt.c.content_hash)
        .join(attempt, attempt.c.id == submission.c.attempt_id)
        .join(grade, grade.c.submission_id == submission.c.id)
        .where(attempt.c.module_uuid == choice.module_uuid)
    )
    if choice.attempts == "first":
        graded = graded.ext(distinct_on(attempt.c.person_id)).order_by(attempt.c.person_id, attempt.c.number)
    found = graded.subquery("graded")
    day = cast(func.timezone(ZONE.key, found.c.received_at), Date)
    wanted = [_belongs(found.c.person_id, found.c.received_at, choice.unit_ids)]
    wanted += [] if choice.since is None else [day >= choice.since]
    wanted += [] if choice.until is None else [day <= choice.until]
    wanted += [] if choice.version is None else [found.c.content_hash == choice.version]
    return select(found.c.id, found.c.person_id, found.c.content_hash).where(*wanted)


def _is_picked(column: ColumnElement[Any], picked: Mapping[str, str]) -> ColumnElement[bool]:
    # As a list the planner knows how many they are; as a subquery it thinks of a handful, and sorts instead of hashing.
    return column == any_(literal(list(picked), ARRAY(Text)))


def _read_question_rows(conn: Connection, picked: Mapping[str, str]) -> list[QuestionRow]:
    query = (
        select(
            question_grade.c.submission_id,
            question_grade.c.question,
            question_grade.c.notebook,
            question_grade.c.required,
            question_grade.c.points,
            question_grade.c.max_points,
            question_grade.c.capped,
            question_grade.c.codes,
            question_grade.c.answered,
        )
        .where(_is_picked(question_grade.c.submission_id, picked))
        .order_by(question_grade.c.position)
    )
    return [
        QuestionRow(
            submission=submission_id,
            person=picked[submission_id],
            question=question,
            notebook=notebook,
            required=required,
            points=round(points * 100),
            max_points=round(max_points * 100),
            capped=capped,
            # Grades from before answers were kept by item: whoever earned points answered.
            answered=points > 0 if answered is None else answered,
            codes=tuple(codes),
        )
        for (
            submission_id,
            question,
            notebook,
            required,
            points,
            max_points,
            capped,
            codes,
            answered,
        ) in conn.execute(query)
    ]


def _read_item_rows(conn: Connection, picked: Mapping[str, str]) -> list[ItemRow]:
    # Hundredths as floats: whole numbers far below 2**53, whose sums are exact and quicker than numeric ones.
    points = cast(func.round(question_grade.c.points * 100), Float)
    earned = case((question_grade.c.required, points), else_=0.0)
    totals = (
        select(
            question_grade.c.submission_id,
            question_grade.c.question,
            question_grade.c.required,
            (func.sum(earned).over(partition_by=question_grade.c.submission_id) - earned).label("rest"),
        )
        .where(_is_picked(question_grade.c.submission_id, picked))
        .cte("totals")
    )
    alike = (
        item_response.c.question,
        item_response.c.item,
        item_response.c.fraction,
        item_response.c.answered,
        item_response.c.code,
        item_response.c.chosen,
        item_response.c.wrong,
    )
    query = (
        select(*alike, func.sum(totals.c.rest), func.sum(totals.c.rest * totals.c.rest), func.count())
        .select_from(totals)
        .join(
            item_response,
            and_(
                item_response.c.submission_id == totals.c.submission_id,
                item_response.c.question == totals.c.question,
            ),
        )
        .where(_counts(totals.c.required))
        .group_by(*alike)
    )
    return [
        ItemRow(question, item, fraction, answered, code, tuple(chosen), tuple(wrong), int(rest), int(squares), count)
        for question, item, fraction, answered, code, chosen, wrong, rest, squares, count in conn.execute(query)
    ]


def _count_people(conn: Connection, picked: Mapping[str, str]) -> dict[tuple[str, str], int]:
    # Each person once, then counted: quicker than count(DISTINCT …), which sorts.
    met = (
        select(item_response.c.question, item_response.c.item)
        .join(question_grade, _is_same_question())
        .join(submission, submission.c.id == question_grade.c.submission_id)
        .join(attempt, attempt.c.id == submission.c.attempt_id)
        .where(_is_picked(question_grade.c.submission_id, picked), _counts(question_grade.c.required))
        .group_by(item_response.c.question, item_response.c.item, attempt.c.person_id)
        .subquery("met")
    )
    query = select(met.c.question, met.c.item, func.count()).group_by(met.c.question, met.c.item)
    return {(question, item): number for question, item, number in conn.execute(query)}


def _is_same_question() -> ColumnElement[bool]:
    return and_(
        item_response.c.submission_id == question_grade.c.submission_id,
        item_response.c.question == question_grade.c.question,
    )


def _counts(required: ColumnElement[bool]) -> ColumnElement[bool]:
    # Nobody has to do the elective part: an item left there says nothing about the item.
    return or_(required, item_response.c.answered)
