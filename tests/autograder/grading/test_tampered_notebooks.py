"""Deleted, copied, moved and altered cells: honest damage costs nothing else, and nothing is earned by it."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import select

from autograder.curriculum.source import Curriculum
from autograder.database.schema import release
from autograder.database.server import connect
from autograder.grading.archive import zip_files
from autograder.grading.code import BoxRunner
from autograder.grading.engine import grade_archive
from autograder.model import Grade
from hub_config.settings import Settings

pytestmark = pytest.mark.slow
NOW = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)
SLUG = "thong-ke-bieu-do"
FIRST_CHECK, FIRST_SOLUTION = "trung-binh-co-trong-so", "giai-trung-binh"

Notebook = dict[str, Any]


@pytest.fixture(scope="module")
def grade_changed(
    released_installation: Settings, curriculum: Curriculum, make_work: Callable[..., Any]
) -> Callable[..., Grade]:
    """Return a function that grades the full-marks sample of M11 after a change of its python notebook."""
    engine = connect(released_installation.database_url)
    with engine.begin() as conn:
        row = conn.execute(select(release.c.archive, release.c.payload).where(release.c.slug == SLUG)).one()
    engine.dispose()
    module = curriculum.find_module(SLUG)
    assert module is not None
    sample = next(sample for sample in module.samples if sample.name == "day-du")
    work = make_work(row.archive, module, sample, sample.variant)

    def grade(change: Callable[[Notebook], None]) -> Grade:
        notebook = json.loads(work.files["python.ipynb"])
        change(notebook)
        sent = {n: c for n, c in work.files.items() if n.startswith("answers/") or n == "lesson.ipynb"}
        archive = zip_files({**sent, "python.ipynb": json.dumps(notebook).encode()})
        return grade_archive("s", row.payload, sample.variant, archive, BoxRunner(), now=NOW)

    return grade


def points_of(grade: Grade) -> dict[str, float]:
    """Return the points by question."""
    return {question.question: question.points for question in grade.questions}


def find_cell(notebook: Notebook, grade_id: str) -> dict[str, Any]:
    """Return the cell of that id."""
    return next(cell for cell in notebook["cells"] if cell["metadata"].get("nbgrader", {}).get("grade_id") == grade_id)


def test_reordered_and_deleted_graded_cells_cost_nothing(grade_changed: Callable[..., Grade]) -> None:
    """Order and graded cells are the server's own."""
    whole = points_of(grade_changed(lambda _notebook: None))

    def damage(notebook: Notebook) -> None:
        notebook["cells"] = [
            cell for cell in reversed(notebook["cells"]) if not cell["metadata"].get("nbgrader", {}).get("grade")
        ]
        notebook["metadata"] = {"kernelspec": {"name": "no-such", "display_name": "?", "language": "cobol"}}

    assert points_of(grade_changed(damage)) == whole
    assert whole[FIRST_CHECK] > 0


def test_a_deleted_solution_earns_nothing_and_harms_nothing_else(grade_changed: Callable[..., Grade]) -> None:
    """The check that needs it is 0, staff are told why, and every other check keeps its points."""
    whole = points_of(grade_changed(lambda _notebook: None))

    def damage(notebook: Notebook) -> None:
        notebook["cells"].remove(find_cell(notebook, FIRST_SOLUTION))

    graded = grade_changed(damage)
    assert points_of(graded) == {**whole, FIRST_CHECK: 0.0}
    assert graded.findings == (f"missing-solution-cell:python.ipynb:{FIRST_SOLUTION}",)


def test_of_two_copies_the_first_counts_and_staff_are_told(grade_changed: Callable[..., Grade]) -> None:
    """A copied solution cell is no choice between two answers."""
    whole = points_of(grade_changed(lambda _notebook: None))

    def damage(notebook: Notebook) -> None:
        second = copy.deepcopy(find_cell(notebook, FIRST_SOLUTION))
        second["source"] = "raise SystemExit"
        notebook["cells"].append(second)

    graded = grade_changed(damage)
    assert points_of(graded) == whole
    assert any("duplicate-solution-cell" in finding for finding in graded.findings)


def test_altered_checks_points_and_ids_earn_nothing(grade_changed: Callable[..., Grade]) -> None:
    """What the learner's file says of points and checks is not read."""

    def cheat(notebook: Notebook) -> None:
        for cell in notebook["cells"]:
            metadata = cell["metadata"].get("nbgrader", {})
            if metadata.get("solution"):
                cell["source"] = "def __getattr__(name): return 1"
            if metadata.get("grade"):
                metadata["points"] = 10**6
                cell["source"] = "1000000"
                cell["outputs"] = [{"output_type": "execute_result", "data": {"text/plain": "1000000"}}]

    graded = grade_changed(cheat)
    assert sum(q.points for q in graded.questions if not q.required) == 0.0
    assert graded.max_points == 100.0


@pytest.mark.parametrize(
    "broken",
    [
        {"cells": [None, 1, "x", {}, {"metadata": None}, {"metadata": {"nbgrader": 5}}]},
        {"cells": [{"metadata": {"nbgrader": {"solution": True, "grade_id": 7}}, "source": {"a": 1}}]},
        {"cells": [{"metadata": {"nbgrader": {"solution": True, "grade_id": FIRST_SOLUTION}}, "source": [1, 2]}]},
        {"cells": []},
    ],
)
def test_cells_of_any_shape_are_read_or_passed_over(grade_changed: Callable[..., Grade], broken: Notebook) -> None:
    """Nothing in a notebook breaks the grading of the answers beside it."""
    graded = grade_changed(lambda notebook: notebook.update(broken))
    assert graded.points == 100.0
    assert sum(q.points for q in graded.questions if not q.required) == 0.0
