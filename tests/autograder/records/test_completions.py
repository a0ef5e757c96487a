"""Heads are counted, not averaged; a person counts once; what was granted stays."""

from __future__ import annotations

import uuid
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Connection, Engine, insert

from autograder.database.schema import (
    attempt,
    completion,
    enrolment,
    membership,
    person,
    release,
    role,
    unit,
    unit_edge,
)
from autograder.model import CompletionState
from autograder.records.completions import Evidence, count_units, decide_state, end_of_day, list_completions

MODULE = "a-module"
# Passed / eligible of the eight units of the syllabus' worked example M11-E1: 396 of 720, mean of the rates 69.2 %.
UNITS = {"A": (20, 25), "B": (45, 50), "C": (12, 60), "D": (200, 400), "E": (9, 10), "F": (30, 40), "G": (66, 120)}
UNITS["H"] = (14, 15)
MONDAY = date(2026, 3, 2)


def at(day: date, hour: int = 3) -> datetime:
    """Return a moment of that day, aware."""
    return datetime(day.year, day.month, day.day, hour, tzinfo=UTC)


def add_unit(conn: Connection, unit_id: str, parent: str | None = None) -> None:
    """Add a unit, below another one."""
    conn.execute(insert(unit).values(id=unit_id, name=f"Đơn vị {unit_id}", kind="unit"))
    if parent:
        conn.execute(insert(unit_edge).values(child_id=unit_id, parent_id=parent, kind="administrative"))


def add_learner(conn: Connection, person_id: str, *units: str, since: date = date(2026, 1, 1)) -> None:
    """Add a learner who belongs to units."""
    conn.execute(insert(person).values(id=person_id, name=f"Người {person_id}"))
    for unit_id in units:
        conn.execute(insert(membership).values(person_id=person_id, unit_id=unit_id, since=since))
        conn.execute(insert(role).values(person_id=person_id, role="learner", unit_id=unit_id))


def add_module(conn: Connection, unit_id: str) -> None:
    """Add a released module in which a unit and all below it are enrolled."""
    conn.execute(
        insert(release).values(
            content_hash="h",
            module_uuid=MODULE,
            slug="chuyen-de",
            code="M00",
            title={"vi": "Chuyên đề", "en": "Module"},
            minutes=50,
            pass_mark=0.7,
            max_points=100,
            payload={"notebooks": [{"name": "lesson", "required": True}]},
            archive=b"",
            is_current=True,
            released_at=at(MONDAY),
        )
    )
    conn.execute(insert(enrolment).values(unit_id=unit_id, module_uuid=MODULE))


def add_completion(conn: Connection, person_id: str, state: CompletionState, day: date, points: float = 80) -> None:
    """Record an attempt and what it led to."""
    conn.execute(
        insert(attempt).values(
            id=uuid.uuid4().hex,
            person_id=person_id,
            module_uuid=MODULE,
            content_hash="h",
            number=1,
            variant="v",
            opened_at=at(day),
        )
    )
    conn.execute(
        insert(completion).values(
            person_id=person_id,
            module_uuid=MODULE,
            slug="chuyen-de",
            state=state,
            points=points,
            max_points=100,
            rule="best-attempt",
            rule_version=1,
            content_hash="h",
            submission_digest="d",
            grader_version="g",
            decided_at=at(day),
        )
    )


def test_a_rate_counts_heads_and_is_no_mean_of_rates(engine: Engine) -> None:
    """396 of 720 is 55.0 %, whatever the 69.2 % of the units' own rates say."""
    with engine.begin() as conn:
        add_unit(conn, "top")
        add_module(conn, "top")
        for name, (passed, eligible) in UNITS.items():
            add_unit(conn, name, "top")
            for number in range(eligible):
                add_learner(conn, f"{name}{number}", name)
                if number < passed:
                    add_completion(conn, f"{name}{number}", CompletionState.PASSED, MONDAY)
        records = {record.unit_id: record for record in count_units(conn, ["top", *UNITS], MONDAY)}
    top = records["top"]
    assert (top.passed, top.eligible) == (396, 720)
    assert top.rate == pytest.approx(0.55)
    rates = [records[name].rate or 0.0 for name in UNITS]
    assert sum(rates) / len(rates) == pytest.approx(0.692, abs=0.0005)


def test_a_person_in_two_sub_units_counts_once_above_them(engine: Engine) -> None:
    """The sum of two units' heads may be more than the heads of the unit above."""
    with engine.begin() as conn:
        add_unit(conn, "top")
        add_unit(conn, "left", "top")
        add_unit(conn, "right", "top")
        add_module(conn, "top")
        add_learner(conn, "both", "left", "right")
        add_completion(conn, "both", CompletionState.PASSED, MONDAY)
        heads = {r.unit_id: (r.eligible, r.passed) for r in count_units(conn, ["top", "left", "right"], MONDAY)}
        rows = list_completions(conn, "top", MONDAY)
    assert heads == {"top": (1, 1), "left": (1, 1), "right": (1, 1)}
    assert [row.person_id for row in rows] == ["both"]


def test_a_transfer_does_not_rewrite_the_earlier_day(engine: Engine) -> None:
    """A person counts where they belonged on the day that is asked for."""
    with engine.begin() as conn:
        add_unit(conn, "top")
        add_unit(conn, "old", "top")
        add_unit(conn, "new", "top")
        add_module(conn, "top")
        add_learner(conn, "p", "old")
        conn.execute(membership.update().values(until=MONDAY))
        conn.execute(insert(membership).values(person_id="p", unit_id="new", since=MONDAY + timedelta(days=1)))

        def heads(day: date) -> dict[str, int]:
            return {r.unit_id: r.eligible for r in count_units(conn, ["top", "old", "new"], day)}

        assert heads(MONDAY) == {"top": 1, "old": 1}
        assert heads(MONDAY + timedelta(days=1)) == {"top": 1, "new": 1}


def test_what_happened_later_is_not_in_an_earlier_table(engine: Engine) -> None:
    """A pass of Tuesday does not stand in Monday's table."""
    with engine.begin() as conn:
        add_unit(conn, "top")
        add_module(conn, "top")
        add_learner(conn, "p", "top")
        add_completion(conn, "p", CompletionState.PASSED, MONDAY + timedelta(days=1))
        before = list_completions(conn, "top", MONDAY)[0]
        after = list_completions(conn, "top", MONDAY + timedelta(days=1))[0]
        counted = count_units(conn, ["top"], MONDAY)[0]
    assert (before.state, before.points) == (CompletionState.NOT_STARTED, None)
    assert (after.state, after.points) == (CompletionState.PASSED, 80)
    assert (counted.started, counted.passed) == (0, 0)


def test_the_day_ends_at_midnight_in_viet_nam() -> None:
    """23:59:59 in Hà Nội belongs to the day, 00:00 to the next one."""
    assert end_of_day(date(2026, 3, 2)) == datetime(2026, 3, 2, 16, 59, 59, 999999, tzinfo=UTC)


EVIDENCE = Evidence(
    points=80.0,
    max_points=100.0,
    pass_mark=0.7,
    has_open_cap=False,
    needs_review=False,
    is_queued=False,
    has_failed=False,
    was_passed=False,
)


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, CompletionState.PASSED),
        ({"points": 70.0}, CompletionState.PASSED),
        ({"points": 69.99}, CompletionState.NOT_PASSED),
        ({"points": 0.0}, CompletionState.NOT_PASSED),
        ({"has_open_cap": True}, CompletionState.NOT_PASSED),
        ({"has_open_cap": True, "was_passed": True}, CompletionState.PASSED),
        ({"needs_review": True}, CompletionState.NEEDS_REVIEW),
        ({"points": None}, CompletionState.IN_PROGRESS),
        ({"points": None, "is_queued": True}, CompletionState.SUBMITTED),
        ({"points": None, "has_failed": True}, CompletionState.FAILED_TO_GRADE),
        ({"points": 10.0, "is_queued": True}, CompletionState.SUBMITTED),
        ({"max_points": 0.0, "points": 0.0}, CompletionState.NOT_PASSED),
    ],
)
def test_the_completion_rule(changes: dict[str, object], expected: CompletionState) -> None:
    """Absent is not zero, a critical mistake stands in the way, a granted pass stays."""
    from dataclasses import replace

    assert decide_state(replace(EVIDENCE, **changes)) is expected  # type: ignore[arg-type]


@given(st.floats(0, 100), st.floats(0, 100), st.floats(0.01, 1))
def test_more_points_never_lose_a_pass(low: float, more: float, pass_mark: float) -> None:
    """The rule is monotone in the points."""
    from dataclasses import replace

    high = min(100.0, low + more)
    first = decide_state(replace(EVIDENCE, points=low, pass_mark=pass_mark))
    second = decide_state(replace(EVIDENCE, points=high, pass_mark=pass_mark))
    assert not (first is CompletionState.PASSED and second is not CompletionState.PASSED)
