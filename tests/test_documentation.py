"""The pages say what the code does: examples are read, and every command, setting and column is named."""

from __future__ import annotations

import re
from dataclasses import fields
from pathlib import Path

import pytest
import typer

from autograder.cli import app
from autograder.curriculum.samples import read_sample
from autograder.curriculum.tables import FactsTable, ModuleTable, find_table_problems
from autograder.database.schema import metadata
from autograder.model import CompletionState, Role
from autograder.questions.check_spec import parse_check
from autograder.questions.kinds import KINDS
from autograder.questions.spec import inspect_question
from autograder.records.item_statistics import Flag
from autograder.records.roster import COLUMNS
from autograder.reports.item_tables import ITEM_COLUMNS, MISTAKE_COLUMNS, QUESTION_COLUMNS
from autograder.reports.tables import COMPLETION_COLUMNS, UNIT_COLUMNS
from hub_config.settings import ENVIRONMENT, ServerLimits, Settings

DOCS = Path(__file__).parents[1] / "docs"
LECTURER = ("giang-vien.md", "lecturer.md")
INSTRUCTOR = ("giang-vien-phu-trach.md", "instructor.md")
ADMINISTRATOR = ("quan-tri.md", "administrator.md")
DEVELOPER = ("nha-phat-trien.md", "developer.md")


def read_page(name: str) -> str:
    """Return a page."""
    return (DOCS / name).read_text(encoding="utf-8")


def read_blocks(name: str, language: str) -> list[str]:
    """Return the fenced examples of one language in a page."""
    return re.findall(rf"^```{language}\n(.*?)^```$", read_page(name), re.MULTILINE | re.DOTALL)


@pytest.mark.parametrize("name", LECTURER)
def test_every_kind_has_an_example_without_fault(name: str) -> None:
    """The question examples can be copied: each is read, and nothing in it contradicts itself."""
    examples = [block for block in read_blocks(name, "yaml") if "\nkind: " in block]
    kinds = []
    for example in examples:
        question, errors = inspect_question(example, where=name)
        assert [str(error) for error in errors] == []
        assert question is not None
        kinds.append(question.kind)
    assert kinds == list(KINDS)


@pytest.mark.parametrize("name", LECTURER)
def test_check_and_sample_examples_are_read(name: str, tmp_path: Path) -> None:
    """The example of a check and that of a sample can be copied."""
    (check,) = (block for block in read_blocks(name, "yaml") if "\ncases:" in block)
    assert parse_check(check, where=name).visible == 1
    (sample,) = (block for block in read_blocks(name, "yaml") if block.startswith("says:"))
    (tmp_path / "mau.yaml").write_text(sample, encoding="utf-8")
    assert read_sample(tmp_path / "mau.yaml").expect == {"hop-thu": 0.0}


@pytest.mark.parametrize("name", LECTURER)
def test_table_examples_are_valid(name: str, tmp_path: Path) -> None:
    """module.toml and legal-facts.toml can be copied."""
    module, facts = read_blocks(name, "toml")
    for text, model in ((module, ModuleTable), (facts, FactsTable)):
        path = tmp_path / "example.toml"
        path.write_text(text, encoding="utf-8")
        assert [str(problem) for problem in find_table_problems(path, model)] == []


@pytest.mark.parametrize("name", ADMINISTRATOR)
def test_every_command_is_named(name: str) -> None:
    """A command that is not documented does not exist for those who need it."""
    group = typer.main.get_command(app)
    commands = list(group.commands)  # type: ignore[attr-defined]
    assert commands
    assert [command for command in commands if f"`hocvuso {command}`" not in read_page(name)] == []


@pytest.mark.parametrize("name", ADMINISTRATOR)
def test_every_setting_is_named_with_its_default(name: str) -> None:
    """Settings, limits with their defaults, and environment variables."""
    page = read_page(name)
    settings = [spec.name for spec in fields(Settings) if spec.name not in ("home", "limits")]
    assert [key for key in [*settings, *ENVIRONMENT] if f"`{key}`" not in page] == []
    limits = ServerLimits()
    named = {spec.name: f"`{spec.name}` ({getattr(limits, spec.name)}" for spec in fields(ServerLimits)}
    assert [key for key, text in named.items() if text not in page] == []


@pytest.mark.parametrize("name", ADMINISTRATOR)
def test_roster_files_columns_and_roles_are_named(name: str) -> None:
    """What an import wants to read."""
    page = read_page(name)
    wanted = [*COLUMNS, *(column for columns in COLUMNS.values() for column in columns), *Role]
    assert [word for word in wanted if f"`{word}`" not in page] == []


@pytest.mark.parametrize("name", INSTRUCTOR)
def test_every_column_and_state_of_the_downloads_is_explained(name: str) -> None:
    """Whoever opens a download finds each column on the page."""
    page = read_page(name)
    of_items = (*ITEM_COLUMNS, *QUESTION_COLUMNS, *MISTAKE_COLUMNS, *Flag)
    wanted = [*COMPLETION_COLUMNS, *UNIT_COLUMNS, *CompletionState, *of_items]
    assert [word for word in wanted if f"`{word}`" not in page] == []


@pytest.mark.parametrize("name", DEVELOPER)
def test_every_table_is_named(name: str) -> None:
    """The developer's page lists the tables of schema hocvuso."""
    page = read_page(name)
    assert [table.name for table in metadata.sorted_tables if f"`{table.name}`" not in page] == []


@pytest.mark.parametrize("name", ["nguoi-hoc.md", "learner.md"])
def test_learners_page_names_no_part_of_the_machine(name: str) -> None:
    """Learners never meet kernel, cell, notebook or traceback."""
    assert re.findall(r"\b(?:kernel|cell|notebook|traceback)s?\b", read_page(name), re.IGNORECASE) == []


def test_every_page_is_there_in_both_languages() -> None:
    """The index lists the pages; each Vietnamese one has its English one, with as many headings."""
    rows = re.findall(r"\[([a-z-]+\.md)\]\([^)]*\) \| \[([a-z-]+\.md)\]", read_page("README.md"))
    listed = {page for row in rows for page in row}
    assert listed == {path.name for path in DOCS.glob("*.md")} - {"README.md"}
    outlines = [[re.findall(r"^#+", read_page(page), re.MULTILINE) for page in row] for row in rows]
    assert [row for row, outline in zip(rows, outlines, strict=True) if outline[0] != outline[1]] == []


def test_vietnamese_pages_write_tones_and_sentences_as_the_project_does() -> None:
    """hóa, xóa, thủy, ủy; no exclamation marks outside code; NFC."""
    import unicodedata

    for path in DOCS.glob("*.md"):
        prose = re.sub(r"```.*?```|`[^`\n]*`|^ {4}.*$", "", path.read_text("utf-8"), flags=re.DOTALL | re.MULTILINE)
        assert unicodedata.is_normalized("NFC", prose), path.name
        assert "!" not in prose, path.name
        assert re.findall(r"\b\w*(?:o[áàảãạ]|(?<![qQ])u[ýỳỷỹỵ])\b", prose) == [], path.name
