"""Every sample of every module earns what its author stated, by our engine and by stock nbgrader alike."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select
from traitlets.config import Config

from autograder.curriculum.source import Curriculum, ModuleSource
from autograder.database.schema import release
from autograder.database.server import connect
from autograder.gradebook import COURSE
from autograder.grading.code import BoxRunner
from autograder.grading.engine import grade_archive
from autograder.model import Release
from autograder.release.build import build_release
from hub_config.settings import Settings

pytestmark = pytest.mark.slow
NOW = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)


@dataclass(frozen=True)
class Course:
    """nbgrader's course folder with a gradebook of its own, and the releases made into it."""

    root: Path
    database: str
    releases: dict[str, Release]


@pytest.fixture(scope="module")
def course(curriculum: Curriculum, tmp_path_factory: pytest.TempPathFactory) -> Course:
    """All modules released into an nbgrader course."""
    root = tmp_path_factory.mktemp("course")
    database = f"sqlite:///{root}/gradebook.db"
    made = {
        module.slug: build_release(module, root, database, BoxRunner(), source_digest="test", now=NOW)
        for module in curriculum.modules
    }
    return Course(root, database, made)


def expected_points(module: ModuleSource, expect: Any) -> dict[str, float]:
    """Return the stated points of every question and check, 0 where the sample names none."""
    parts = [part.id for book in module.notebooks for part in (*book.questions, *book.checks)]
    return {part: float(expect.get(part, 0.0)) for part in parts}


def test_our_engine_gives_every_sample_its_stated_points(
    curriculum: Curriculum, course: Course, make_work: Callable[..., Any]
) -> None:
    """Keyed scoring and the box give, question by question, what the author wrote down."""
    wrong = []
    number = 0
    for module in curriculum.modules:
        made = course.releases[module.slug]
        for sample in module.samples:
            number += 1
            work = make_work(made.archive, module, sample, sample.variant)
            graded = grade_archive("s", made.payload, sample.variant, work.archive, BoxRunner(), now=NOW)
            found = {question.question: question.points for question in graded.questions}
            if found != expected_points(module, sample.expect):
                wrong.append((module.slug, sample.name, found, sample.expect))
    assert wrong == []
    assert number >= 3 * len(curriculum.modules)


def test_stock_nbgrader_gives_every_sample_the_same_points(
    curriculum: Curriculum, course: Course, make_work: Callable[..., Any]
) -> None:
    """Plain `nbgrader autograde` on the same submissions writes the same points into its gradebook."""
    from nbgrader.api import Gradebook
    from nbgrader.apps import NbGraderAPI

    config = Config()
    config.CourseDirectory.root = str(course.root)
    config.CourseDirectory.course_id = COURSE
    config.CourseDirectory.db_url = course.database
    config.Application.log_level = 50
    api = NbGraderAPI(config=config)
    wrong = []
    for module in curriculum.modules:
        made = course.releases[module.slug]
        for sample in module.samples:
            folder = course.root / "submitted" / sample.name / module.slug
            for name, content in make_work(made.archive, module, sample, sample.variant).files.items():
                (folder / name).parent.mkdir(parents=True, exist_ok=True)
                (folder / name).write_bytes(content)
            result = api.autograde(module.slug, sample.name, force=True, create=True)
            assert result["success"], f"{module.slug} {sample.name}: {result.get('log', '')[-2000:]}"
            with Gradebook(course.database, COURSE) as book:
                submission = book.find_submission(module.slug, sample.name)
                found = {grade.name: grade.auto_score for notebook in submission.notebooks for grade in notebook.grades}
            if found != expected_points(module, sample.expect):
                wrong.append((module.slug, sample.name, found, sample.expect))
    assert wrong == []


def test_a_release_is_stored_as_it_was_made(released_installation: Settings, curriculum: Curriculum) -> None:
    """The database holds one current release for each module, in the curriculum's order."""
    engine = connect(released_installation.database_url)
    with engine.begin() as conn:
        stored = conn.scalars(select(release.c.slug).where(release.c.is_current).order_by(release.c.position)).all()
    engine.dispose()
    assert stored == [module.slug for module in curriculum.modules]
