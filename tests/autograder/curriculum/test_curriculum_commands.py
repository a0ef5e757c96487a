"""``hocvuso import``, ``hocvuso schema`` and ``hocvuso check`` as a lecturer calls them."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from typer.testing import CliRunner

from autograder.cli import app
from autograder.curriculum.reader import read_module
from autograder.questions.spec import make_question_schema

TEMPLATE = Path(__file__).parents[3] / "docs" / "mau-cau-hoi.xlsx"


@pytest.fixture
def course(build_course: Callable[..., Path], monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the good course, on which the commands work."""
    folder = build_course()
    monkeypatch.setenv("HOCVUSO_CURRICULUM", str(folder))
    monkeypatch.setenv("HOCVUSO_LANG", "en")
    return folder


def run(*words: object) -> Any:
    """Run the command."""
    return CliRunner().invoke(app, [str(word) for word in words])


def test_dry_run_names_the_questions_and_writes_nothing(course: Path) -> None:
    """Exit 0, and the lesson is what it was."""
    lesson = course / "source" / "mau-so" / "lesson.ipynb"
    before = lesson.read_bytes()
    done = run("import", TEMPLATE, "--into", "mau-so", "--dry-run")
    assert done.exit_code == 0, done.output
    assert done.output.strip() == "Would be added to mau-so: vi-du-thu, vi-du-ty-le"
    assert lesson.read_bytes() == before


def test_import_adds_the_questions_and_says_which(course: Path) -> None:
    """JSON tells ids, kinds and points; the module can be read afterwards."""
    done = run("import", TEMPLATE, "--into", "mau-so", "--json")
    assert done.exit_code == 0, done.output
    told = json.loads(done.output)
    assert told["written"] is True
    assert [question["id"] for question in told["questions"]] == ["vi-du-thu", "vi-du-ty-le"]
    questions = read_module(course / "source" / "mau-so").notebooks[0].questions
    assert [question.id for question in questions] == ["ty-le", "goi", "vi-du-thu", "vi-du-ty-le"]


def test_fault_ends_with_one_and_names_the_cell(course: Path, tmp_path: Path) -> None:
    """Every finding on a line of its own; with --json as data."""
    book = openpyxl.load_workbook(TEMPLATE)
    book["Mục"]["D3"] = "=A1"
    book["Câu hỏi"]["B4"] = "số"
    book["Câu hỏi"]["C4"] = "bảy"
    book.save(tmp_path / "bang.xlsx")
    done = run("import", tmp_path / "bang.xlsx", "--into", "mau-so")
    assert done.exit_code == 1
    lines = done.output.strip().splitlines()
    assert lines[-1] == "2 findings; nothing was written"
    assert any("cell D3" in line and "paste it as a value" in line for line in lines)
    told = json.loads(run("import", tmp_path / "bang.xlsx", "--into", "mau-so", "--json").output)
    assert {finding["code"] for finding in told["findings"]} == {"cell-formula", "cell-number"}
    assert course.is_dir()


def test_schema_is_printed_as_json() -> None:
    """What docs/question.schema.json holds."""
    assert json.loads(run("schema").output) == make_question_schema()


def test_check_runs_the_rules_of_the_release_too(course: Path) -> None:
    """A forgotten file of data/ is a finding; without it the guarantees are printed."""
    clean = run("check")
    assert clean.exit_code == 0, clean.output
    assert "No key, feedback, hidden case or solution stands in any byte that ships." in clean.output
    (course / "source" / "mau-thu" / "data" / "quen.txt").write_text("x", encoding="utf-8")
    found = run("check", "--json")
    assert found.exit_code == 1
    assert [finding["code"] for finding in json.loads(found.output)["findings"]] == ["release-files"]
