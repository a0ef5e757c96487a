"""Whose answers count: first attempts, units, days, versions; and what the database gives back of them."""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, func, insert, select, text

from autograder.database import schema
from autograder.records.item_names import read_names
from autograder.records.item_rows import (
    Choice,
    choose_version,
    find_module,
    list_module_lines,
    list_versions,
    read_blocks,
    read_statistics,
)

DOCS = Path(__file__).parents[3] / "docs"
UUID = "0d1c2a52-5c0f-4e9c-9f0a-111111111111"
START = datetime(2026, 11, 1, 2, 0, tzinfo=UTC)
OLD, NEW = "release-1", "release-2"
_numbers = itertools.count(1)

Answer = Callable[..., str]


def add_release(engine: Engine, content_hash: str, day: int, is_current: bool, items: list[Any]) -> None:
    """Write a release of the module."""
    with engine.begin() as conn:
        conn.execute(
            insert(schema.release).values(
                content_hash=content_hash,
                module_uuid=UUID,
                slug="chuyen-de",
                code="M01",
                title={"vi": "Chuyên đề", "en": "Module"},
                minutes=10,
                pass_mark=0.7,
                max_points=20.0,
                payload={"notebooks": [{"name": "lesson", "required": True, "cells": [], "items": items}]},
                archive=b"",
                position=0,
                is_current=is_current,
                released_at=START + timedelta(days=day),
            )
        )


@pytest.fixture
def answer(engine: Engine) -> Answer:
    """Return a function that writes one graded attempt: 20 points in two questions, one item each.

    Units hv > khoa-a, khoa-b; people p0…p29 in khoa-a (even) and khoa-b (odd).
    """
    with engine.begin() as conn:
        conn.execute(insert(schema.unit), [{"id": one, "name": one} for one in ("hv", "khoa-a", "khoa-b")])
        conn.execute(
            insert(schema.unit_edge),
            [{"child_id": one, "parent_id": "hv", "kind": "administrative"} for one in ("khoa-a", "khoa-b")],
        )
        people = [f"p{n}" for n in range(30)]
        conn.execute(insert(schema.person), [{"id": one, "name": one} for one in people])
        conn.execute(
            insert(schema.membership),
            [
                {"person_id": one, "unit_id": "khoa-b" if n % 2 else "khoa-a", "since": date(2026, 1, 1)}
                for n, one in enumerate(people)
            ],
        )
    for content_hash, day, is_current in ((OLD, 0, False), (NEW, 10, True)):
        block = {"kind": "classify", "labels": {"x": f"X {content_hash}"}, "items": [{"id": "a", "text": content_hash}]}
        add_release(engine, content_hash, day, is_current, [{"id": "q1", "type": "question", "block": block}])

    def write(
        person: int,
        first: float,
        second: float,
        *,
        number: int = 1,
        day: int = 1,
        version: str = OLD,
        chosen: str = "x",
        codes: tuple[str, ...] = (),
        moment: datetime | None = None,
    ) -> str:
        name = f"s{next(_numbers)}"
        received = moment or START + timedelta(days=day)
        points = {"q1": first, "q2": second}
        with engine.begin() as conn:
            conn.execute(
                insert(schema.attempt).values(
                    id=f"a-{name}",
                    person_id=f"p{person}",
                    module_uuid=UUID,
                    content_hash=version,
                    number=number,
                    variant="v",
                    is_open=False,
                    opened_at=received,
                )
            )
            conn.execute(
                insert(schema.submission).values(
                    id=name,
                    attempt_id=f"a-{name}",
                    digest="d",
                    archive=b"",
                    size_bytes=0,
                    state="graded",
                    received_at=received,
                )
            )
            conn.execute(
                insert(schema.grade).values(
                    submission_id=name,
                    points=first + second,
                    max_points=20.0,
                    has_open_cap=False,
                    grader_version="t",
                    findings=[],
                    graded_at=received,
                )
            )
            common = {"submission_id": name, "notebook": "lesson", "required": True, "max_points": 10.0, "notes": []}
            conn.execute(
                insert(schema.question_grade),
                [
                    {**common, "question": q, "position": n, "points": p, "capped": False, "codes": list(codes)}
                    for n, (q, p) in enumerate(points.items())
                ],
            )
            conn.execute(
                insert(schema.item_response),
                [
                    {
                        "submission_id": name,
                        "question": q,
                        "item": "a",
                        "position": 1,
                        "fraction": p / 10,
                        "answered": True,
                        "code": "" if p >= 10 else "MC-A",
                        "chosen": [chosen],
                        "wrong": [] if p >= 10 else [chosen],
                        "answer": chosen,
                    }
                    for q, p in points.items()
                ],
            )
        return name

    return write


def choose(**more: Any) -> Choice:
    """Return the choice of everything in the academy, changed as told."""
    return Choice(**({"module_uuid": UUID, "unit_ids": ("hv", "khoa-a", "khoa-b")} | more))


def test_rows_of_the_database_give_the_numbers_of_the_hand(engine: Engine, answer: Answer) -> None:
    """Twelve people: q1 is right for the first six, q2 gives n/2 points; each is the rest of the other.

    Mean of q1 5 of 10; of q2 33/12 = 2.75, its quartiles 1.375, 2.75 and 4.125; of the module (60 + 33)/240.
    """
    import statistics

    for n in range(12):
        answer(n, 10.0 if n < 6 else 0.0, n / 2, codes=("MC-A",) if n >= 6 else ())
    with engine.begin() as conn:
        found = read_statistics(conn, choose())
    first, second = found.items
    xs, ys = [1.0] * 6 + [0.0] * 6, [n / 2 for n in range(12)]
    assert first.discrimination == pytest.approx(statistics.correlation(xs, ys))
    assert second.discrimination == pytest.approx(statistics.correlation([y / 10 for y in ys], [10 * x for x in xs]))
    assert (first.difficulty, second.difficulty) == (0.5, pytest.approx(sum(ys) / 120))
    assert [(count.name, count.count) for count in first.wrong] == [("x", 6)]
    assert [(count.name, count.count, count.share) for count in found.codes] == [("MC-A", 6, 0.5)]
    assert found.questions[1].quartiles == pytest.approx((1.375, 2.75, 4.125))
    assert found.mean == pytest.approx((60 + sum(ys)) / 240)


def test_only_the_first_graded_attempt_of_a_person_counts(engine: Engine, answer: Answer) -> None:
    """Retries distort; all attempts count where that is asked for, and people are still people."""
    for n in range(6):
        answer(n, 0.0, 5.0)
        answer(n, 10.0, 10.0, number=2, day=3)
    with engine.begin() as conn:
        first = read_statistics(conn, choose())
        both = read_statistics(conn, choose(attempts="all"))
    assert (first.people, first.attempts, first.items[0].difficulty) == (6, 6, 0.0)
    assert (both.people, both.attempts, both.items[0].difficulty) == (6, 12, 0.5)
    assert both.items[0].answers == 12


def test_many_attempts_of_few_people_are_not_broken_down(engine: Engine, answer: Answer) -> None:
    """Four people with three attempts each are four people."""
    for n, number in itertools.product(range(4), range(1, 4)):
        answer(n, 5.0, 5.0, number=number)
    with engine.begin() as conn:
        found = read_statistics(conn, choose(attempts="all"))
    assert (found.people, found.attempts, found.is_shown) == (4, 12, False)


def test_a_second_attempt_is_nobodys_first_in_another_version(engine: Engine, answer: Answer) -> None:
    """Whoever saw the old version first is not counted as new to the new one."""
    for n in range(6):
        answer(n, 0.0, 0.0)
        answer(n, 10.0, 10.0, number=2, day=12, version=NEW)
    for n in range(6, 11):
        answer(n, 10.0, 5.0, day=13, version=NEW)
    with engine.begin() as conn:
        new = read_statistics(conn, choose(version=NEW))
        every = read_statistics(conn, choose())
        versions = list_versions(conn, choose(version=OLD))
    assert (new.people, new.items[0].difficulty) == (5, 1.0)
    assert every.people == 11
    assert [(v.content_hash, v.is_current, v.people) for v in versions] == [(NEW, True, 5), (OLD, False, 6)]
    assert choose_version(versions) == NEW
    assert choose_version(versions[1:]) == OLD
    assert choose_version([]) is None


def test_an_attempt_that_is_not_graded_is_no_first_attempt(engine: Engine, answer: Answer) -> None:
    """The first graded one is the first that says anything."""
    for n in range(5):
        name = answer(n, 0.0, 0.0)
        answer(n, 10.0, 10.0, number=2)
        with engine.begin() as conn:
            conn.execute(schema.question_grade.delete().where(schema.question_grade.c.submission_id == name))
            conn.execute(schema.grade.delete().where(schema.grade.c.submission_id == name))
    with engine.begin() as conn:
        assert read_statistics(conn, choose()).items[0].difficulty == 1.0


def test_units_limit_whose_answers_count(engine: Engine, answer: Answer) -> None:
    """Only members of the units that are asked for."""
    for n in range(14):
        answer(n, 10.0 if n % 2 else 0.0, 5.0)
    with engine.begin() as conn:
        in_a = read_statistics(conn, choose(unit_ids=("khoa-a",)))
        in_b = read_statistics(conn, choose(unit_ids=("khoa-b",)))
        nowhere = read_statistics(conn, choose(unit_ids=("khoa-c",)))
    assert (in_a.people, in_a.items[0].difficulty) == (7, 0.0)
    assert (in_b.people, in_b.items[0].difficulty) == (7, 1.0)
    assert nowhere.people == 0


def test_a_person_in_two_units_counts_once(engine: Engine, answer: Answer) -> None:
    """Two memberships are one person."""
    with engine.begin() as conn:
        conn.execute(
            insert(schema.membership),
            [{"person_id": f"p{n}", "unit_id": "khoa-b", "since": date(2026, 1, 1)} for n in range(0, 10, 2)],
        )
    for n in range(0, 10, 2):
        answer(n, 10.0, 5.0)
    with engine.begin() as conn:
        found = read_statistics(conn, choose())
    assert (found.people, found.items[0].answers) == (5, 5)


def test_a_transfer_takes_no_answer_along(engine: Engine, answer: Answer) -> None:
    """Answers belong to the unit of the day when they were handed in, in Viet Nam's time."""
    with engine.begin() as conn:
        conn.execute(schema.membership.update().values(until=date(2026, 11, 5)))
        conn.execute(
            insert(schema.membership),
            [{"person_id": f"p{n}", "unit_id": "khoa-b", "since": date(2026, 11, 6)} for n in range(0, 12, 2)],
        )
    for n in range(0, 12, 2):
        # 16:59 UTC is the last minute of the day in Viet Nam.
        answer(n, 0.0, 5.0, moment=datetime(2026, 11, 5, 16, 59, tzinfo=UTC))
        answer(n, 10.0, 5.0, number=2, moment=datetime(2026, 11, 5, 17, 1, tzinfo=UTC))
    with engine.begin() as conn:
        before = read_statistics(conn, choose(unit_ids=("khoa-a",), attempts="all"))
        after = read_statistics(conn, choose(unit_ids=("khoa-b",), attempts="all"))
    assert (before.attempts, before.items[0].difficulty) == (6, 0.0)
    assert (after.attempts, after.items[0].difficulty) == (6, 1.0)


def test_days_are_those_of_viet_nam(engine: Engine, answer: Answer) -> None:
    """From and to, both included."""
    for n in range(6):
        answer(n, 0.0, 5.0, moment=datetime(2026, 11, 5, 16, 59, tzinfo=UTC))
    for n in range(6, 12):
        answer(n, 10.0, 5.0, moment=datetime(2026, 11, 5, 17, 1, tzinfo=UTC))
    with engine.begin() as conn:
        early = read_statistics(conn, choose(until=date(2026, 11, 5)))
        late = read_statistics(conn, choose(since=date(2026, 11, 6), until=date(2026, 11, 6)))
        none = read_statistics(conn, choose(since=date(2026, 11, 7)))
    assert (early.items[0].difficulty, late.items[0].difficulty, none.people) == (0.0, 1.0, 0)


def test_grades_from_before_answers_were_kept_still_count(engine: Engine, answer: Answer) -> None:
    """Their questions have figures; their items have none."""
    for n in range(6):
        answer(n, 5.0, 0.0)
    with engine.begin() as conn:
        conn.execute(schema.item_response.delete())
        found = read_statistics(conn, choose())
    assert [question.mean for question in found.questions] == [5.0, 0.0]
    assert [question.untouched for question in found.questions] == [0.0, 1.0]
    assert found.items == ()


def test_modules_are_listed_with_their_people(engine: Engine, answer: Answer) -> None:
    """First attempts only; a mean of fewer than five people is not told."""
    for n in range(6):
        answer(n, 5.0, 0.0)
        answer(n, 10.0, 10.0, number=2)
    with engine.begin() as conn:
        (all_units,) = list_module_lines(conn, ["hv", "khoa-a", "khoa-b"])
        (one_unit,) = list_module_lines(conn, ["khoa-a"])
        (no_unit,) = list_module_lines(conn, [])
    assert (all_units.slug, all_units.people, all_units.mean) == ("chuyen-de", 6, 0.25)
    assert (one_unit.people, one_unit.mean) == (3, None)
    assert (no_unit.people, no_unit.mean) == (0, None)


@pytest.mark.usefixtures("answer")
def test_a_version_is_read_with_its_own_words(engine: Engine) -> None:
    """All versions together: the newest words come first."""
    with engine.begin() as conn:
        assert find_module(conn, "chuyen-de") == (UUID, "M01", {"vi": "Chuyên đề", "en": "Module"})
        assert find_module(conn, "no-such") is None
        old = read_names(read_blocks(conn, UUID, OLD))
        every = read_names(read_blocks(conn, UUID, None))
    assert (old["q1"].items["a"], old["q1"].find_option("a", "x")) == (OLD, f"X {OLD}")
    assert (every["q1"].items["a"], every["q1"].find_option("a", "x")) == (NEW, f"X {NEW}")


def test_whoever_removes_a_grade_removes_what_was_kept_of_it(engine: Engine, answer: Answer) -> None:
    """Nothing of an answer outlives its submission."""
    name = answer(1, 5.0, 5.0)
    answer(2, 5.0, 5.0)
    with engine.begin() as conn:
        for table in (schema.question_grade, schema.grade):
            conn.execute(table.delete().where(table.c.submission_id == name))
        conn.execute(schema.submission.delete().where(schema.submission.c.id == name))
        assert conn.scalar(select(func.count()).select_from(schema.item_response)) == 2


@pytest.mark.parametrize("fraction", [-0.01, 1.01])
def test_a_fraction_beyond_its_bounds_is_refused_by_the_database(
    engine: Engine, answer: Answer, fraction: float
) -> None:
    """What is wrong is never stored."""
    from sqlalchemy.exc import IntegrityError

    answer(1, 5.0, 5.0)
    with engine.begin() as conn, pytest.raises(IntegrityError, match="item_fraction_is_within_bounds"):
        conn.execute(schema.item_response.update().values(fraction=fraction))


def test_an_older_database_gets_its_misconceptions_from_its_notes(make_database: Callable[..., str]) -> None:
    """The migration reads the codes of grades that were there before it, each once, and goes back again."""
    from alembic import command
    from alembic.config import Config

    from autograder.database.server import _MIGRATIONS, connect, ensure_schemas

    url = make_database()
    ensure_schemas(url)
    engine = connect(url)
    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS))
    with engine.begin() as conn:
        config.attributes["connection"] = conn
        command.downgrade(config, "0001")
        assert conn.scalar(text("SELECT to_regclass('hocvuso.item_response')")) is None
        conn.execute(text("ALTER TABLE hocvuso.question_grade DROP CONSTRAINT question_grade_submission_id_fkey"))
        notes = '[{"code": "MC-B"}, {"code": "WHY"}, {"code": "MC-A"}, {"code": "MC-B"}]'
        conn.execute(
            text(
                "INSERT INTO hocvuso.question_grade (submission_id, question, notebook, position, required, points, "
                "max_points, capped, notes) VALUES ('s', 'q', 'lesson', 0, true, 1, 2, false, CAST(:notes AS jsonb))"
            ),
            {"notes": notes},
        )
        command.upgrade(config, "head")
        assert conn.scalar(select(schema.question_grade.c.codes)) == ["MC-A", "MC-B"]
    engine.dispose()


@pytest.mark.parametrize("page", ["developer.md", "nha-phat-trien.md"])
def test_the_documented_query_gives_first_answers_without_names(engine: Engine, answer: Answer, page: str) -> None:
    """The developer's page can be copied: one line per person and item, people as numbers."""
    for n in range(3):
        answer(n, 0.0, 5.0)
        answer(n, 10.0, 10.0, number=2)
    (query,) = re.findall(r"```sql\n(.*?)```", (DOCS / page).read_text(encoding="utf-8"), re.DOTALL)
    with engine.begin() as conn:
        rows = conn.execute(text(query)).all()
    assert [(row.person, row.question, row.fraction) for row in rows] == [
        (person, question, fraction) for person in (1, 2, 3) for question, fraction in (("q1", 0.0), ("q2", 0.5))
    ]
