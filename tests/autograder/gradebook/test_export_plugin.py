"""`nbgrader export` with our plug-in: constant in statements, right in every field."""

from __future__ import annotations

import csv
import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, event, select

from autograder.database.schema import person, release
from autograder.database.server import schema_url
from autograder.gradebook.book import record_grade
from autograder.learning.attempts import open_attempt
from autograder.model import Grade, QuestionGrade
from autograder.records.completions import refresh_completions
from hub_config.settings import Settings

NOW = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
SLUG = "an-toan-tai-khoan"


@contextmanager
def counted_statements(engine: Engine) -> Iterator[list[str]]:
    """Collect the SQL statements of a block."""
    seen: list[str] = []

    def note(_conn: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        seen.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(engine, "before_cursor_execute", note)


def grade_everybody(engine: Engine, number: int) -> None:
    """Put full marks of that many learners straight into the gradebook."""
    with engine.begin() as conn:
        payload = conn.scalar(select(release.c.payload).where(release.c.slug == SLUG, release.c.is_current))
        assert payload is not None
        questions = tuple(
            QuestionGrade(item["id"], book["name"], True, item["points"], item["points"])
            for book in payload["notebooks"]
            for item in book["items"]
        )
        for person_id, name in conn.execute(
            select(person.c.id, person.c.name).where(person.c.id.like("hv%")).order_by(person.c.id).limit(number)
        ).all():
            open_attempt(conn, person_id, SLUG, secret=b"x" * 16, now=NOW)
            record_grade(conn, SLUG, person_id, name, NOW, Grade("s", questions, "test", NOW))


@pytest.mark.parametrize("number", [1, 30])
def test_the_number_of_statements_does_not_grow_with_the_learners(demo_engine: Engine, number: int) -> None:
    """Deriving and storing completions takes the same few statements for one learner and for thirty."""
    grade_everybody(demo_engine, number)
    with counted_statements(demo_engine) as statements, demo_engine.begin() as conn:
        assert len(refresh_completions(conn)) == number
    assert len(statements) == 3


@pytest.mark.slow
def test_nbgrader_export_writes_completions_and_units(
    demo_engine: Engine, demo_settings: Settings, tmp_path: Path
) -> None:
    """The plug-in runs under nbgrader's own command on the installation's gradebook."""
    grade_everybody(demo_engine, 3)

    def export(*options: str) -> None:
        command = [
            sys.executable,
            "-m",
            "nbgrader",
            "export",
            "--exporter=autograder.gradebook.export.CompletionExporter",
            f"--CourseDirectory.db_url={schema_url(demo_settings.database_url, 'gradebook')}",
            "--CourseDirectory.course_id=hocvuso",
            f"--CourseDirectory.root={tmp_path}",
            *options,
        ]
        done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr

    export("--to=completions.csv")
    rows = list(csv.DictReader((tmp_path / "completions.csv").read_text(encoding="utf-8-sig").splitlines()))
    assert len(rows) == 36 * 3
    assert {row["state"] for row in rows} >= {"not_started", "in_progress"}
    export("--to=units.json", "--CompletionExporter.what=units")
    units = json.loads((tmp_path / "units.json").read_text(encoding="utf-8"))
    top = next(row for row in units if row["unit_id"] == "hvm" and row["module_slug"] == SLUG)
    assert (top["eligible"], top["started"]) == (36, 3)


@pytest.mark.slow
def test_a_gradebook_without_records_is_refused_clearly(tmp_path: Path) -> None:
    """On a gradebook in a file the plug-in says what it needs, and writes nothing."""
    command = [
        sys.executable,
        "-m",
        "nbgrader",
        "export",
        "--exporter=autograder.gradebook.export.CompletionExporter",
        f"--CourseDirectory.db_url=sqlite:///{tmp_path}/gradebook.db",
        f"--CourseDirectory.root={tmp_path}",
    ]
    import os

    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    done = subprocess.run(
        command, cwd=tmp_path, capture_output=True, text=True, check=False, env={**os.environ, "PATH": path}
    )
    assert done.returncode != 0
    assert "PostgreSQL" in done.stderr
    assert not (tmp_path / "completions.csv").exists()


def test_the_gradebook_refuses_questions_that_it_does_not_know(demo_engine: Engine) -> None:
    """A grade for a question of no release is an error with a remedy, and nothing is written."""
    from autograder.errors import OperatorError
    from autograder.gradebook.book import read_scores

    strange = Grade("s", (QuestionGrade("no-such", "lesson", True, 1.0, 1.0),), "test", NOW)
    with pytest.raises(OperatorError) as refused, demo_engine.begin() as conn:
        record_grade(conn, SLUG, "hv001", "x", NOW, strange)
    assert refused.value.code == "gradebook-out-of-step"
    with demo_engine.begin() as conn:
        assert read_scores(conn) == []
