"""The tables of schema ``hocvuso``.  Constraints are named by what they promise."""

from __future__ import annotations

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    Date,
    DateTime,
    Float,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    UniqueConstraint,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

SCHEMA = "hocvuso"
metadata = MetaData(schema=SCHEMA)


def _moment(name: str, nullable: bool = False) -> Column[object]:
    return Column(name, DateTime(timezone=True), nullable=nullable)


unit = Table(
    "unit",
    metadata,
    Column("id", Text, primary_key=True),
    Column("name", Text, nullable=False),
    Column("kind", Text, nullable=False, server_default="unit"),
)

unit_edge = Table(
    "unit_edge",
    metadata,
    Column("child_id", ForeignKey("hocvuso.unit.id"), primary_key=True),
    Column("parent_id", ForeignKey("hocvuso.unit.id"), primary_key=True),
    Column("kind", Text, primary_key=True),
    CheckConstraint("kind IN ('administrative', 'party', 'guidance')", name="edge_kind_is_known"),
    CheckConstraint("child_id <> parent_id", name="unit_is_not_its_own_parent"),
)

person = Table(
    "person",
    metadata,
    Column("id", Text, primary_key=True),
    Column("name", Text, nullable=False),
    Column("email", Text),
    Column("active", Boolean, nullable=False, server_default="true"),
)

credential = Table(
    "credential",
    metadata,
    Column("person_id", ForeignKey("hocvuso.person.id", ondelete="CASCADE"), primary_key=True),
    Column("password_hash", Text, nullable=False),
    Column("must_change", Boolean, nullable=False, server_default="true"),
    Column("failed", Integer, nullable=False, server_default="0"),
    _moment("locked_until", nullable=True),
)

membership = Table(
    "membership",
    metadata,
    Column("person_id", ForeignKey("hocvuso.person.id"), primary_key=True),
    Column("unit_id", ForeignKey("hocvuso.unit.id"), primary_key=True),
    Column("since", Date, primary_key=True),
    Column("until", Date),
    CheckConstraint("until IS NULL OR until >= since", name="membership_ends_after_it_begins"),
)

role = Table(
    "role",
    metadata,
    Column("person_id", ForeignKey("hocvuso.person.id"), primary_key=True),
    Column("role", Text, primary_key=True),
    Column("unit_id", ForeignKey("hocvuso.unit.id"), primary_key=True),
)

release = Table(
    "release",
    metadata,
    Column("content_hash", Text, primary_key=True),
    Column("module_uuid", Text, nullable=False, index=True),
    Column("slug", Text, nullable=False),
    Column("code", Text, nullable=False),
    Column("title", JSONB, nullable=False),
    Column("minutes", Integer, nullable=False),
    Column("pass_mark", Float, nullable=False),
    Column("max_points", Float, nullable=False),
    Column("payload", JSONB, nullable=False),
    Column("archive", LargeBinary, nullable=False),
    Column("position", Integer, nullable=False, server_default="0"),
    Column("is_current", Boolean, nullable=False),
    _moment("released_at"),
    Index("one_current_release_by_module", "module_uuid", unique=True, postgresql_where="is_current"),
)

enrolment = Table(
    "enrolment",
    metadata,
    Column("unit_id", ForeignKey("hocvuso.unit.id"), primary_key=True),
    Column("module_uuid", Text, primary_key=True),
    _moment("due_at", nullable=True),
)

attempt = Table(
    "attempt",
    metadata,
    Column("id", Text, primary_key=True),
    Column("person_id", ForeignKey("hocvuso.person.id"), nullable=False),
    Column("module_uuid", Text, nullable=False),
    Column("content_hash", ForeignKey("hocvuso.release.content_hash"), nullable=False),
    Column("number", Integer, nullable=False),
    Column("variant", Text, nullable=False),
    Column("is_open", Boolean, nullable=False, server_default="true"),
    _moment("opened_at"),
    UniqueConstraint("person_id", "module_uuid", "number", name="attempt_numbers_are_unique_by_learner_and_module"),
    Index("attempts_by_module", "module_uuid"),
    Index(
        "one_open_attempt_by_learner_and_module",
        "person_id",
        "module_uuid",
        unique=True,
        postgresql_where="is_open",
    ),
)

submission = Table(
    "submission",
    metadata,
    Column("id", Text, primary_key=True),
    Column("attempt_id", ForeignKey("hocvuso.attempt.id"), nullable=False, unique=True),
    Column("digest", Text, nullable=False),
    Column("archive", LargeBinary, nullable=False),
    Column("size_bytes", Integer, nullable=False),
    Column("state", Text, nullable=False),
    Column("reason", Text, nullable=False, server_default=""),
    _moment("received_at"),
    CheckConstraint("state IN ('queued', 'graded', 'failed_to_grade')", name="submission_state_is_known"),
)

grade = Table(
    "grade",
    metadata,
    Column("submission_id", ForeignKey("hocvuso.submission.id"), primary_key=True),
    Column("points", Float, nullable=False),
    Column("max_points", Float, nullable=False),
    Column("has_open_cap", Boolean, nullable=False),
    Column("grader_version", Text, nullable=False),
    Column("findings", JSONB, nullable=False),
    _moment("graded_at"),
    CheckConstraint("points >= 0 AND points <= max_points", name="points_are_within_bounds"),
)

question_grade = Table(
    "question_grade",
    metadata,
    Column("submission_id", ForeignKey("hocvuso.grade.submission_id"), primary_key=True),
    Column("question", Text, primary_key=True),
    Column("notebook", Text, nullable=False),
    Column("position", Integer, nullable=False),
    Column("required", Boolean, nullable=False),
    Column("points", Float, nullable=False),
    Column("max_points", Float, nullable=False),
    Column("capped", Boolean, nullable=False),
    Column("reason", Text, nullable=False, server_default=""),
    Column("notes", JSONB, nullable=False),
    # misconceptions in the notes, each once
    Column("codes", ARRAY(Text), nullable=False, server_default="{}"),
    # whether any item was answered; NULL where that was not kept yet
    Column("answered", Boolean),
    CheckConstraint("points >= 0 AND points <= max_points", name="question_points_are_within_bounds"),
)

item_response = Table(
    "item_response",
    metadata,
    Column("submission_id", Text, primary_key=True),
    Column("question", Text, primary_key=True),
    Column("item", Text, primary_key=True),
    Column("position", Integer, nullable=False),
    Column("fraction", Float, nullable=False),
    Column("answered", Boolean, nullable=False),
    Column("code", Text, nullable=False, server_default=""),
    Column("chosen", ARRAY(Text), nullable=False),
    Column("wrong", ARRAY(Text), nullable=False),
    Column("answer", JSONB(none_as_null=True)),
    # Who removes a question's grade removes what was kept of its items.
    ForeignKeyConstraint(
        ["submission_id", "question"],
        ["hocvuso.question_grade.submission_id", "hocvuso.question_grade.question"],
        name="item_response_belongs_to_a_graded_question",
        ondelete="CASCADE",
    ),
    CheckConstraint("fraction >= 0 AND fraction <= 1", name="item_fraction_is_within_bounds"),
)

practice_check = Table(
    "practice_check",
    metadata,
    Column("attempt_id", ForeignKey("hocvuso.attempt.id"), primary_key=True),
    Column("question", Text, primary_key=True),
    Column("count", Integer, nullable=False),
)

completion = Table(
    "completion",
    metadata,
    Column("person_id", ForeignKey("hocvuso.person.id"), primary_key=True),
    Column("module_uuid", Text, primary_key=True),
    Column("slug", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("points", Float),
    Column("max_points", Float, nullable=False),
    Column("rule", Text, nullable=False),
    Column("rule_version", Integer, nullable=False),
    Column("content_hash", Text, nullable=False),
    Column("submission_digest", Text, nullable=False),
    Column("grader_version", Text, nullable=False),
    _moment("decided_at", nullable=True),
)
