"""The frozen records, one per arrow of the flow.

    curriculum source → Release → Attempt → Submission → Grade → Completion → UnitRecord

Times are aware and in UTC; a naive time is refused where it enters.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from enum import StrEnum
from typing import Any


class Role(StrEnum):
    """What a person may do; every role but ``learner`` is held for a unit and those below it."""

    LEARNER = "learner"
    INSTRUCTOR = "instructor"
    UNIT_ADMIN = "unit_admin"
    SYSTEM_ADMIN = "system_admin"


class SubmissionState(StrEnum):
    """Where a submission stands."""

    QUEUED = "queued"
    GRADED = "graded"
    FAILED_TO_GRADE = "failed_to_grade"


class CompletionState(StrEnum):
    """What a learner has reached in a module (design.md §6)."""

    NOT_STARTED = "not_started"
    IN_PROGRESS = "in_progress"
    SUBMITTED = "submitted"
    NEEDS_REVIEW = "needs_review"
    PASSED = "passed"
    NOT_PASSED = "not_passed"
    WAIVED = "waived"
    REVOKED = "revoked"
    FAILED_TO_GRADE = "failed_to_grade"


def require_aware(moment: datetime) -> datetime:
    """Return ``moment`` in UTC.

    Raises
    ------
    ValueError
        The time carries no zone, so nobody can say when it was.
    """
    if moment.tzinfo is None:
        raise ValueError(f"a time needs a zone, found {moment.isoformat()}")
    return moment.astimezone(UTC)


@dataclass(frozen=True, slots=True)
class Release:
    """A module as it was released: what learners get and what graders score with.

    ``payload`` is JSON-ready: ``{"module": …, "notebooks": [{"name", "required", "items": […], "cells": […]}]}``
    where ``items`` are the resolved questions and checks in their order.
    """

    module_uuid: str
    slug: str
    code: str
    title: Mapping[str, str]
    minutes: int
    pass_mark: float
    max_points: float
    content_hash: str
    payload: Mapping[str, Any]
    archive: bytes
    released_at: datetime


@dataclass(frozen=True, slots=True)
class Attempt:
    """One fetch of a module by a learner, with the variant seed issued for it."""

    id: str
    person_id: str
    module_uuid: str
    slug: str
    content_hash: str
    number: int
    variant: str
    is_open: bool
    opened_at: datetime
    due_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Submission:
    """The immutable bytes of one handed-in attempt, seen from outside."""

    id: str
    attempt_id: str
    person_id: str
    slug: str
    digest: str
    size_bytes: int
    received_at: datetime
    state: SubmissionState
    reason: str = ""


@dataclass(frozen=True, slots=True)
class FeedbackNote:
    """One remark on an answer: misconception code, the item it speaks of, and one sentence."""

    code: str
    item: str
    text: str


@dataclass(frozen=True, slots=True)
class ItemGrade:
    """How one item went, kept for item statistics; learners never see it.

    ``chosen`` are the options' ids or the short text typed, ``wrong`` those of them that are not right, ``answer`` the
    item's own part of the answer where it is small.
    """

    item: str
    position: int
    fraction: float
    answered: bool
    code: str = ""
    chosen: tuple[str, ...] = ()
    wrong: tuple[str, ...] = ()
    answer: Any = None


@dataclass(frozen=True, slots=True)
class QuestionGrade:
    """What one question or check earned.  ``reason`` is a code when a fault of the learner's made it 0."""

    question: str
    notebook: str
    required: bool
    points: float
    max_points: float
    capped: bool = False
    reason: str = ""
    notes: tuple[FeedbackNote, ...] = ()
    items: tuple[ItemGrade, ...] = ()

    @property
    def codes(self) -> tuple[str, ...]:
        """The misconceptions that the notes name, each once."""
        return tuple(dict.fromkeys(note.code for note in self.notes if note.code.startswith("MC-")))


@dataclass(frozen=True, slots=True)
class Grade:
    """The score of one submission.  ``points`` and ``max_points`` count the required notebooks only."""

    submission_id: str
    questions: tuple[QuestionGrade, ...]
    grader_version: str
    graded_at: datetime
    findings: tuple[str, ...] = ()

    @property
    def points(self) -> float:
        return round(sum(q.points for q in self.questions if q.required), 2)

    @property
    def max_points(self) -> float:
        return round(sum(q.max_points for q in self.questions if q.required), 2)

    @property
    def has_open_cap(self) -> bool:
        return any(q.capped for q in self.questions)


@dataclass(frozen=True, slots=True)
class Completion:
    """What a learner has reached in a module, and what that statement rests on."""

    person_id: str
    module_uuid: str
    slug: str
    state: CompletionState
    points: float | None
    max_points: float
    rule: str
    rule_version: int
    content_hash: str
    submission_digest: str
    grader_version: str
    decided_at: datetime | None


@dataclass(frozen=True, slots=True)
class UnitRecord:
    """A unit's head-count record for one module.  ``rate`` is passed / eligible, None where nobody is eligible."""

    unit_id: str
    unit_name: str
    module_slug: str
    as_of: date
    eligible: int
    started: int
    submitted: int
    passed: int
    rate: float | None


@dataclass(frozen=True, slots=True)
class Person:
    """A person with the roles they hold: ``roles`` maps a role to the units for which it is held."""

    id: str
    name: str
    roles: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def has_role(self, *roles: Role) -> bool:
        return any(role in self.roles for role in roles)
