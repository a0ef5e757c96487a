"""The API's answers as typed models: what OpenAPI describes and what clients may rely on."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from autograder.learning.practice import CheckResult
from autograder.learning.views import ModuleView
from autograder.model import (
    Attempt,
    CompletionState,
    FeedbackNote,
    Grade,
    Person,
    Submission,
    SubmissionState,
    UnitRecord,
)
from autograder.records.completions import CompletionRow
from autograder.records.item_statistics import Flag
from autograder.records.people import UnitNode
from autograder.reports.item_tables import CountLine, ItemLine, QuestionLine
from hub_config.portal.item_reports import ModuleReport
from hub_config.portal.rooms import RoomState


class ErrorBody(BaseModel):
    """What is wrong, where, what was found and expected, and what to do."""

    code: str = Field(description="Stable, kebab-case", examples=["attempt-closed"])
    message: str
    where: str
    found: str | None
    expected: str | None
    hint: str


class ErrorAnswer(BaseModel):
    """Every error of the API."""

    error: ErrorBody


class Health(BaseModel):
    """Whether the portal can work."""

    status: Literal["ok"]
    version: str


class Me(BaseModel):
    """Who the token belongs to."""

    id: str
    name: str
    roles: dict[str, list[str]] = Field(description="Role → units for which it is held")

    @classmethod
    def of(cls, person: Person) -> Me:
        return cls(id=person.id, name=person.name, roles={role: list(ids) for role, ids in person.roles.items()})


class ReceiptOut(BaseModel):
    """The receipt of a submission."""

    id: str
    digest: str = Field(description="SHA-256 of the bytes handed in, lower-case hexadecimal")
    received_at: datetime
    state: SubmissionState
    receipt_url: str = Field(description="Path of the receipt's page")

    @classmethod
    def of(cls, submission: Submission, prefix: str) -> ReceiptOut:
        return cls(
            id=submission.id,
            digest=submission.digest,
            received_at=submission.received_at,
            state=submission.state,
            receipt_url=f"{prefix}submissions/{submission.id}",
        )


class ModuleOut(BaseModel):
    """A module that the learner is enrolled in, and how they stand in it."""

    slug: str
    code: str
    uuid: str
    title: dict[str, str]
    minutes: int
    notebooks: list[str]
    state: CompletionState
    best_points: float | None
    max_points: float
    pass_points: float
    due: datetime | None
    attempts: int
    has_open_attempt: bool
    last_submission: ReceiptOut | None

    @classmethod
    def of(cls, view: ModuleView, prefix: str) -> ModuleOut:
        last = view.last_submission
        return cls(
            slug=view.slug,
            code=view.code,
            uuid=view.uuid,
            title=dict(view.title),
            minutes=view.minutes,
            notebooks=list(view.notebooks),
            state=view.state,
            best_points=view.best_points,
            max_points=view.max_points,
            pass_points=view.pass_points,
            due=view.due_at,
            attempts=view.attempts,
            has_open_attempt=view.has_open_attempt,
            last_submission=ReceiptOut.of(last, prefix) if last else None,
        )


class AttemptOut(BaseModel):
    """An attempt, as in the learner's ``attempt.json``, with the notebooks of its release."""

    attempt: str
    module: str = Field(description="uuid of the module")
    slug: str
    number: int = Field(ge=1)
    variant: str
    release: str = Field(description="Content hash of the release")
    due: datetime | None
    is_open: bool
    notebooks: list[str]

    @classmethod
    def of(cls, attempt: Attempt, notebooks: list[str]) -> AttemptOut:
        return cls(
            attempt=attempt.id,
            module=attempt.module_uuid,
            slug=attempt.slug,
            number=attempt.number,
            variant=attempt.variant,
            release=attempt.content_hash,
            due=attempt.due_at,
            is_open=attempt.is_open,
            notebooks=notebooks,
        )


class NoteOut(BaseModel):
    """One remark on an answer."""

    code: str = Field(description="Misconception code, or empty")
    item: str = Field(description="Id of the item it speaks of, or empty")
    text: str

    @classmethod
    def of(cls, note: FeedbackNote) -> NoteOut:
        return cls(code=note.code, item=note.item, text=note.text)


class QuestionOut(BaseModel):
    """What one question earned."""

    question: str
    notebook: str
    required: bool
    points: float
    max_points: float
    capped: bool = Field(description="A critical mistake limits this question to 40% of its points")
    reason: str
    notes: list[NoteOut]


class GradeOut(BaseModel):
    """The score of a submission; points count the required notebooks only."""

    points: float
    max_points: float
    passed: bool | None
    has_open_cap: bool
    grader_version: str
    graded_at: datetime
    questions: list[QuestionOut]

    @classmethod
    def of(cls, grade: Grade, passed: bool | None) -> GradeOut:
        return cls(
            points=grade.points,
            max_points=grade.max_points,
            passed=passed,
            has_open_cap=grade.has_open_cap,
            grader_version=grade.grader_version,
            graded_at=grade.graded_at,
            questions=[
                QuestionOut(
                    question=q.question,
                    notebook=q.notebook,
                    required=q.required,
                    points=q.points,
                    max_points=q.max_points,
                    capped=q.capped,
                    reason=q.reason,
                    notes=[NoteOut.of(note) for note in q.notes],
                )
                for q in grade.questions
            ],
        )


class SubmissionOut(ReceiptOut):
    """A submission with what became of it."""

    attempt: str
    slug: str
    size_bytes: int
    reason: str = Field(description="Code of what stood in the way of grading, or empty")


class GradedSubmissionOut(SubmissionOut):
    """A submission with its grade, null until it is graded."""

    number: int
    person: str
    pass_points: float
    grade: GradeOut | None


class CheckIn(BaseModel):
    """One answer to check before handing in."""

    model_config = ConfigDict(extra="forbid")

    question: str = Field(pattern=r"^[a-z0-9-]{1,80}$")
    answer: Any = Field(description="The answer as JSON, in the form of the question's kind")


class CheckOut(BaseModel):
    """What the check says: points so far and remarks, never the key."""

    points: float = Field(description="Rounded down to a quarter of max_points")
    max_points: float
    capped: bool
    remaining: int = Field(description="Checks of this question that are left in this attempt")
    notes: list[NoteOut]

    @classmethod
    def of(cls, result: CheckResult) -> CheckOut:
        return cls(
            points=result.hint.points,
            max_points=result.hint.max_points,
            capped=result.hint.capped,
            remaining=result.remaining,
            notes=[NoteOut(code=note.code, item=note.item or "", text=note.text) for note in result.hint.notes],
        )


class RoomOut(BaseModel):
    """Where the learner's own server stands."""

    state: RoomState
    text: str = Field(description="The same in words")


class UnitRecordOut(BaseModel):
    """Heads counted in a unit and those below it, for one module."""

    unit: str
    unit_name: str
    module: str
    as_of: date
    eligible: int
    started: int
    submitted: int
    passed: int
    rate: float | None = Field(description="passed / eligible, 0 to 1")

    @classmethod
    def of(cls, record: UnitRecord) -> UnitRecordOut:
        return cls(
            unit=record.unit_id,
            unit_name=record.unit_name,
            module=record.module_slug,
            as_of=record.as_of,
            eligible=record.eligible,
            started=record.started,
            submitted=record.submitted,
            passed=record.passed,
            rate=record.rate,
        )


class UnitOut(BaseModel):
    """A unit that the viewer is responsible for, at its place in the tree."""

    id: str
    name: str
    parent: str | None
    depth: int
    records: list[UnitRecordOut]

    @classmethod
    def of(cls, node: UnitNode, records: list[UnitRecord]) -> UnitOut:
        return cls(
            id=node.id,
            name=node.name,
            parent=node.parent_id,
            depth=node.depth,
            records=[UnitRecordOut.of(record) for record in records if record.unit_id == node.id],
        )


class CompletionOut(BaseModel):
    """A person's standing in a module, and what that statement rests on."""

    person: str
    person_name: str
    unit: str
    unit_name: str
    module: str
    module_code: str
    state: CompletionState
    points: float | None
    max_points: float
    attempts: int
    submission: str | None
    submitted_at: datetime | None
    decided_at: datetime | None
    submission_digest: str
    rule: str
    rule_version: int
    content_hash: str
    grader_version: str

    @classmethod
    def of(cls, row: CompletionRow) -> CompletionOut:
        return cls(
            person=row.person_id,
            person_name=row.person_name,
            unit=row.unit_id,
            unit_name=row.unit_name,
            module=row.module_slug,
            module_code=row.module_code,
            state=row.state,
            points=row.points,
            max_points=row.max_points,
            attempts=row.attempts,
            submission=row.submission_id,
            submitted_at=row.submitted_at,
            decided_at=row.decided_at,
            submission_digest=row.submission_digest,
            rule=row.rule,
            rule_version=row.rule_version,
            content_hash=row.content_hash,
            grader_version=row.grader_version,
        )


class CountOut(BaseModel):
    """How often a wrong choice was made or a misconception met."""

    name: str = Field(description="Id of the option, what was typed, or misconception code")
    text: str = Field(description="The same in words")
    count: int
    share: float = Field(description="Of the answers, 0 to 1")

    @classmethod
    def of(cls, line: CountLine) -> CountOut:
        return cls(name=line.name, text=line.words, count=line.count, share=line.share)


class ItemStatisticsOut(BaseModel):
    """One item.  Where fewer than 5 people met it, the figures are null and the lists empty."""

    item: str
    text: str
    answers: int | None
    difficulty: float | None = Field(description="Mean of what was earned, 0 to 1")
    discrimination: float | None = Field(
        description="Correlation with the points of the module's other required questions; null below 10 answers"
    )
    untouched: float | None
    wrong: list[CountOut] = Field(description="Most chosen wrong options first, at most 10")
    misconceptions: list[CountOut]
    flags: list[Flag]

    @classmethod
    def of(cls, line: ItemLine) -> ItemStatisticsOut:
        found = line.statistics
        return cls(
            item=found.item,
            text=line.words,
            answers=found.answers if found.is_shown else None,
            difficulty=found.difficulty,
            discrimination=found.discrimination,
            untouched=found.untouched,
            wrong=[CountOut.of(one) for one in line.wrong],
            misconceptions=[CountOut.of(one) for one in line.mistakes],
            flags=list(found.flags),
        )


class QuestionStatisticsOut(BaseModel):
    """One question.  Where fewer than 5 people answered it, the figures are null and the lists empty."""

    question: str
    text: str
    notebook: str
    required: bool
    answers: int | None
    max_points: float
    mean: float | None
    quartiles: list[float] | None
    capped: float | None
    untouched: float | None
    misconceptions: list[CountOut]
    items: list[ItemStatisticsOut]

    @classmethod
    def of(cls, line: QuestionLine) -> QuestionStatisticsOut:
        found = line.statistics
        return cls(
            question=found.question,
            text=line.words,
            notebook=found.notebook,
            required=found.required,
            answers=found.answers if found.is_shown else None,
            max_points=found.max_points,
            mean=found.mean,
            quartiles=list(found.quartiles) if found.quartiles else None,
            capped=found.capped,
            untouched=found.untouched,
            misconceptions=[CountOut.of(one) for one in line.mistakes],
            items=[ItemStatisticsOut.of(item) for item in line.items],
        )


class StatisticsOut(BaseModel):
    """Item statistics of a module.  Where fewer than 5 people stand behind it, nothing is broken down."""

    module: str
    code: str
    title: dict[str, str]
    version: str | None = Field(description="Content hash of the release; null for all versions together")
    people: int
    attempts: int
    mean: float | None = Field(description="Mean score, 0 to 1")
    median: float | None
    scores: list[int] = Field(description="Attempts by score in tenths, the last with full marks")
    misconceptions: list[CountOut] = Field(description="Attempts in which each misconception was met")
    questions: list[QuestionStatisticsOut]

    @classmethod
    def of(cls, report: ModuleReport) -> StatisticsOut:
        found = report.words.statistics
        return cls(
            module=report.slug,
            code=report.code,
            title=report.title,
            version=report.version,
            people=found.people,
            attempts=found.attempts,
            mean=found.mean,
            median=found.median,
            scores=list(found.bars),
            misconceptions=[CountOut.of(one) for one in report.words.mistakes],
            questions=[QuestionStatisticsOut.of(line) for line in report.words.questions],
        )
