"""What learners get: the allow-list, and no key in any byte of it."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import nbformat
import pytest
import yaml
from sqlalchemy import select

from autograder.curriculum.source import Curriculum, ModuleSource
from autograder.database.schema import release
from autograder.database.server import connect
from autograder.errors import ContentError
from autograder.release.blocks import publish_block, read_fields, split_block
from autograder.release.build import allowed_files, build_release, verify_allow_list, verify_nothing_leaks
from hub_config.settings import Settings

NOW = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)


@pytest.fixture(scope="module")
def released(released_installation: Settings) -> dict[str, tuple[dict[str, bytes], dict[str, Any]]]:
    """Every current release: its files and the server's own copy."""
    engine = connect(released_installation.database_url)
    with engine.begin() as conn:
        rows = conn.execute(select(release.c.slug, release.c.archive, release.c.payload)).all()
    engine.dispose()
    found = {}
    for slug, archive, payload in rows:
        with zipfile.ZipFile(io.BytesIO(archive)) as zipped:
            found[slug] = ({name: zipped.read(name) for name in zipped.namelist()}, payload)
    return found


def iter_blocks(files: dict[str, bytes]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield (magic, fields) of every question and check that a learner gets."""
    for name, content in files.items():
        if name.endswith(".ipynb"):
            for cell in nbformat.reads(content.decode(), as_version=4).cells:
                magic, block = split_block(cell.source)
                if magic:
                    yield magic, yaml.safe_load(block)


def test_only_notebooks_and_data_ship(curriculum: Curriculum, released: dict[str, Any]) -> None:
    """The release is an allow-list: nothing of .author, nothing else that lies about."""
    for module in curriculum.modules:
        files, _payload = released[module.slug]
        assert sorted(files) == allowed_files(module)
        assert {name.split("/")[0] for name in files} <= {"lesson.ipynb", "python.ipynb", "data"}


def test_no_block_has_a_private_field(released: dict[str, Any]) -> None:
    """Key, score, feedback and reference are gone; hidden cases too."""
    number = 0
    for files, _payload in released.values():
        for _magic, block in iter_blocks(files):
            number += 1
            assert not {"key", "score", "feedback", "reference"} & set(block)
            assert all(case["visible"] for case in block.get("cases", []))
    assert number >= 15


def test_no_secret_text_is_in_any_byte(curriculum: Curriculum, released: dict[str, Any]) -> None:
    """No feedback sentence, no reason of a key, no reference solution, no solution marker, in any form of writing."""
    for module in curriculum.modules:
        files, payload = released[module.slug]
        secrets = {"### BEGIN SOLUTION", "### END SOLUTION", ".author/", "### BEGIN HIDDEN TESTS"}
        for book in payload["notebooks"]:
            for item in book["items"]:
                secrets |= {text for text in iter_texts(item["block"].get("feedback", {})) if len(text) > 20}
                secrets |= {text for text in iter_texts(item["block"].get("key", {})) if len(text) > 30}
        for path in module.path.glob(".author/*.py"):
            secrets |= {line.strip() for line in path.read_text(encoding="utf-8").splitlines() if "return" in line}
        for secret in secrets:
            forms = (secret.encode(), json.dumps(secret)[1:-1].encode())
            leaks = [name for name, content in files.items() if any(form in content for form in forms)]
            assert leaks == [], (module.slug, secret)


def iter_texts(value: Any) -> Iterator[str]:
    """Yield every text in a nested value."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for inner in value.values():
            yield from iter_texts(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from iter_texts(inner)


def test_the_servers_copy_has_every_key(curriculum: Curriculum, released: dict[str, Any]) -> None:
    """What graders score with is whole: a key for each question, an expected value for each case."""
    for module in curriculum.modules:
        _files, payload = released[module.slug]
        for book in payload["notebooks"]:
            for item in book["items"]:
                if item["type"] == "question":
                    assert item["block"]["key"]
                else:
                    assert all("equals" in case for case in item["block"]["cases"])
                    assert any(not case["visible"] for case in item["block"]["cases"])


def test_the_learners_cells_are_nbgraders(released: dict[str, Any]) -> None:
    """Each question is an ordinary locked nbgrader cell with its points and a checksum."""
    for files, payload in released.values():
        points = {item["id"]: item["points"] for book in payload["notebooks"] for item in book["items"]}
        for name, content in files.items():
            if not name.endswith(".ipynb"):
                continue
            for cell in nbformat.reads(content.decode(), as_version=4).cells:
                if split_block(cell.source)[0]:
                    metadata = cell.metadata["nbgrader"]
                    assert metadata["grade"]
                    assert metadata["locked"]
                    assert metadata["points"] == points[metadata["grade_id"]]
                    assert metadata["checksum"]


def test_publishing_leaves_other_cells_alone() -> None:
    """A cell without our magics comes out as it went in."""
    for source in ("", "x = 1", "%load_ext autograder.lesson", "# %%question\nid: a"):
        assert publish_block(source) == source
        assert read_fields(source) == set()


def test_an_extra_file_stops_the_release(curriculum: Curriculum, tmp_path: Path) -> None:
    """What is not on the list does not ship, whoever put it there."""
    module = curriculum.modules[0]
    for name in allowed_files(module):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(b"")
    verify_allow_list(module, tmp_path)
    (tmp_path / "dap-an.txt").write_text("…")
    with pytest.raises(ContentError) as refused:
        verify_allow_list(module, tmp_path)
    assert refused.value.code == "release-not-as-allowed"
    assert "dap-an.txt" in str(refused.value.found)


def test_a_feedback_sentence_in_the_data_stops_the_release(curriculum: Curriculum, released: dict[str, Any]) -> None:
    """The verification reads bytes, so a key that slipped into a data file is found."""
    module = curriculum.modules[0]
    files, payload = released[module.slug]
    items = {book["name"]: book["items"] for book in payload["notebooks"]}
    verify_nothing_leaks(module, items, files)
    sentence = next(text for text in iter_texts(items["lesson"][0]["block"]["feedback"]) if len(text) > 24)
    with pytest.raises(ContentError) as refused:
        verify_nothing_leaks(module, items, {**files, "data/notes.yaml": f"a: {sentence}".encode()})
    assert refused.value.code == "release-leaks"
    assert "data/notes.yaml" in refused.value.where


def test_a_reference_that_fails_names_the_call(curriculum: Curriculum, tmp_path: Path) -> None:
    """A reference solution without an answer stops the release and says where."""
    from autograder.grading.code import AskValue, Claim

    module = next(m for m in curriculum.modules if any(book.checks for book in m.notebooks))
    broken: ModuleSource = replace(module)

    def fail(steps: Any, _files: Any) -> list[Claim]:
        return [Claim(fault="error") for step in steps if isinstance(step, AskValue)]

    with pytest.raises(ContentError) as refused:
        build_release(broken, tmp_path, f"sqlite:///{tmp_path}/gradebook.db", fail, source_digest="test", now=NOW)
    assert refused.value.code == "reference-value"
    assert refused.value.hint
