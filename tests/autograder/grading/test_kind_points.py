"""Every kind of question earns the same from our engine and from stock nbgrader, answer by answer."""

from __future__ import annotations

import io
import json
import shutil
import zipfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from kind_cases import read_cases
from traitlets.config import Config

from autograder.curriculum.reader import read_module
from autograder.curriculum.scaffold import add_questions
from autograder.gradebook import COURSE
from autograder.grading.archive import zip_files
from autograder.grading.code import BoxRunner
from autograder.grading.engine import grade_archive
from autograder.questions.answers import AnswerFile, dump_answer
from autograder.questions.spec import Question, dump_block, parse_question
from autograder.release.build import build_release

pytestmark = pytest.mark.slow
NOW = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)
VARIANT = "9f3c0a1b2c3d4e5f"
GOOD = Path(__file__).parents[2] / "courses" / "good" / "source" / "mau-so"
CASES = read_cases()
QUESTIONS: dict[str, Question] = {
    name: parse_question(block | {"id": name}, where=name)
    for case in CASES.values()
    for name, block in case.BLOCKS.items()
}
ROUNDS = 6


def choose_answers(question: Question) -> list[Any]:
    """Return answers from nothing to everything: untouched, without knowledge, half-way, full, and nonsense."""
    case = CASES[question.kind]
    steps = [better for _worse, better in case.improve(question, VARIANT)]
    return [
        None,
        next(iter(case.constant_answers(question, VARIANT)), None),
        steps[len(steps) // 3],
        steps[2 * len(steps) // 3],
        case.answer_fully(question),
        {"lạ": [1, {"x": None}], question.items[0].id: [[["sâu"]]]},
    ]


def make_module(folder: Path) -> Path:
    """Write a module with every block of every kind into a course's source folder."""
    module = folder / "mau-so"
    shutil.copytree(GOOD, module)
    (module / "python.ipynb").unlink()
    facts = (module / "module.toml").read_text(encoding="utf-8")
    kept = [line for line in facts.splitlines() if not line.startswith("python")]
    (module / "module.toml").write_text("\n".join(kept), encoding="utf-8")
    book = json.loads((module / "lesson.ipynb").read_text(encoding="utf-8"))
    book["cells"] = [c for c in book["cells"] if not c["metadata"].get("nbgrader")]
    (module / "lesson.ipynb").write_text(json.dumps(book), encoding="utf-8")
    blocks = [block | {"id": name} for case in CASES.values() for name, block in case.BLOCKS.items()]
    add_questions(module, [dump_block(block) for block in blocks])
    return module


def test_stock_nbgrader_and_our_engine_give_every_kind_the_same_points(tmp_path: Path) -> None:
    """Six answers to every question, graded by both: the same number for each, from nothing to everything."""
    from nbgrader.api import Gradebook
    from nbgrader.apps import NbGraderAPI

    module = read_module(make_module(tmp_path / "curriculum"))
    root, database = tmp_path / "course", f"sqlite:///{tmp_path}/gradebook.db"
    made = build_release(module, root, database, None, source_digest="test", now=NOW)
    with zipfile.ZipFile(io.BytesIO(made.archive)) as archive:
        released = {name: archive.read(name) for name in archive.namelist()}
    config = Config()
    config.CourseDirectory.root = str(root)
    config.CourseDirectory.course_id = COURSE
    config.CourseDirectory.db_url = database
    config.Application.log_level = 50
    api = NbGraderAPI(config=config)
    seen: dict[str, set[float]] = {name: set() for name in QUESTIONS}
    for number in range(ROUNDS):
        learner = f"lan-{number}"
        files = dict(released)
        for name, question in QUESTIONS.items():
            answer = choose_answers(question)[number]
            if answer is not None:
                files[f"answers/{name}.json"] = dump_answer(AnswerFile(name, VARIANT, answer, "test", NOW))
        attempt = {"schema": 1, "attempt": "t", "module": module.uuid, "slug": module.slug, "number": 1}
        files["attempt.json"] = json.dumps({**attempt, "variant": VARIANT, "release": "t", "due": None}).encode()
        ours = grade_archive("s", made.payload, VARIANT, zip_files(files), BoxRunner(), now=NOW)
        for name, content in files.items():
            target = root / "submitted" / learner / module.slug / name
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(content)
        result = api.autograde(module.slug, learner, force=True, create=True)
        assert result["success"], result.get("log", "")[-2000:]
        with Gradebook(database, COURSE) as book:
            submission = book.find_submission(module.slug, learner)
            stock = {grade.name: grade.auto_score for one in submission.notebooks for grade in one.grades}
        assert {question.question: question.points for question in ours.questions} == stock
        for name, points in stock.items():
            seen[name].add(points)
    assert all({0.0, 10.0} <= points for points in seen.values()), seen
