"""The rules for a release look at what nbgrader would make, without nbgrader."""

from __future__ import annotations

import io
import json
import zipfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from autograder.curriculum.checks import check_curriculum
from autograder.curriculum.checks.survey import Survey, survey_curriculum
from autograder.curriculum.reader import ModuleDraft
from autograder.curriculum.source import Curriculum
from autograder.errors import ContentError
from autograder.questions.yaml_text import parse_yaml
from autograder.release.blocks import STUB, clear_solution, list_solution_lines, split_block, write_block
from autograder.release.build import build_release, verify_nothing_leaks
from autograder.release.checks import RELEASE_RULES, make_learner_version
from autograder.release.leaks import find_leaks, iter_block_secrets

ROOT = Path(__file__).parents[3]
TODAY = datetime(2026, 11, 23, tzinfo=UTC)


@pytest.fixture(scope="module")
def survey() -> Survey:
    """The curriculum as the rules see it."""
    return survey_curriculum(ROOT / "curriculum", TODAY.date())


def find_draft(survey: Survey, slug: str) -> ModuleDraft:
    """Return a module of the survey."""
    return next(module for module in survey.modules if module.slug == slug)


def read_sources(content: bytes) -> list[Any]:
    """Return the cells of a notebook: blocks as data, everything else as text."""
    sources = ["".join(cell["source"]) for cell in json.loads(content)["cells"]]
    parts = [split_block(source) for source in sources]
    return [(magic, parse_yaml(text).data) if magic else text for magic, text in parts]


@pytest.mark.slow
def test_version_in_memory_is_what_nbgrader_makes(curriculum: Curriculum, survey: Survey, tmp_path: Path) -> None:
    """Same files; same data, byte for byte; same source in every cell of every module."""
    for module in curriculum.modules:
        made = build_release(
            module, tmp_path, f"sqlite:///{tmp_path}/gradebook.db", None, source_digest="test", now=TODAY
        )
        with zipfile.ZipFile(io.BytesIO(made.archive)) as archive:
            released = {name: archive.read(name) for name in archive.namelist()}
        previewed = make_learner_version(survey, find_draft(survey, module.slug))
        assert sorted(previewed) == sorted(released)
        for name, content in released.items():
            if name.endswith(".ipynb"):
                # Practice cases of a check are resolved in a box, which a release of the whole curriculum has.
                assert read_sources(previewed[name]) == read_sources(content), (module.slug, name)
            else:
                assert previewed[name] == content, (module.slug, name)


@pytest.mark.parametrize(
    ("source", "given", "hidden"),
    [
        (
            "def f(x):\n    ### BEGIN SOLUTION\n    return x\n    ### END SOLUTION\n",
            "def f(x):\n    " + STUB.replace("\n", "\n    ") + "\n",
            ["    return x"],
        ),
        ("x = 1", STUB, ["x = 1"]),
        ("### BEGIN SOLUTION\na\n### END SOLUTION\nb", f"{STUB}\nb", ["a"]),
        ("", STUB, [""]),
    ],
)
def test_solution_is_replaced_by_the_stub(source: str, given: str, hidden: list[str]) -> None:
    """Regions go, what stands around them stays; without a region the whole cell is the solution."""
    assert clear_solution(source) == given
    assert list_solution_lines(source) == hidden


def test_secret_is_found_in_every_way_of_writing_it() -> None:
    """Plain, JSON with letters, JSON with their numbers; each file that holds it is named."""
    secret = 'Tên "thật" là phần cuối cùng.'
    files = {
        "a.yaml": secret.encode(),
        "b.ipynb": json.dumps([secret], ensure_ascii=False).encode(),
        "c.json": json.dumps([secret]).encode(),
        "d.svg": b"Ten that",
    }
    assert [name for name, _secret in find_leaks([secret, secret, "khác hẳn"], files)] == [
        "a.yaml",
        "b.ipynb",
        "c.json",
    ]


@pytest.mark.slow
def test_sentence_that_yaml_breaks_over_lines_is_found(curriculum: Curriculum, tmp_path: Path) -> None:
    """A long text in a block is folded when it is written; the release is refused all the same."""
    module = curriculum.modules[0]
    made = build_release(module, tmp_path, f"sqlite:///{tmp_path}/gradebook.db", None, source_digest="test", now=TODAY)
    with zipfile.ZipFile(io.BytesIO(made.archive)) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    items = {book["name"]: book["items"] for book in made.payload["notebooks"]}
    secret = max(iter_block_secrets(items["lesson"][0]["block"]), key=len)
    document = json.loads(files["lesson.ipynb"])
    cell = next(cell for cell in document["cells"] if "".join(cell["source"]).startswith("%%question"))
    magic, text = split_block("".join(cell["source"]))
    cell["source"] = write_block(magic, parse_yaml(text).data | {"prompt": f"{'Hãy ' * 25}{secret}"})
    assert secret not in cell["source"]
    altered = files | {"lesson.ipynb": json.dumps(document, ensure_ascii=False).encode()}
    verify_nothing_leaks(module, items, files)
    with pytest.raises(ContentError) as refused:
        verify_nothing_leaks(module, items, altered)
    assert refused.value.code == "release-leaks"


def test_modules_that_cannot_be_read_are_left_to_other_rules(tmp_path: Path) -> None:
    """A broken notebook, a broken table and an empty folder do not stop the rules."""
    for slug in ("hong-so", "hong-bang", "trong"):
        (tmp_path / "source" / slug / "data").mkdir(parents=True)
    (tmp_path / "source" / "hong-so" / "lesson.ipynb").write_text("{", encoding="utf-8")
    (tmp_path / "source" / "hong-bang" / "module.toml").write_text("x", encoding="utf-8")
    assert check_curriculum(tmp_path, today=TODAY.date(), rules=RELEASE_RULES) == []


def test_check_without_kernels_is_quick_for_the_curriculum(survey: Survey) -> None:
    """The rules read every byte that ships; ten seconds per module tell that from work without end."""
    import time

    started = time.perf_counter()
    for rule in RELEASE_RULES:
        assert list(rule.find(survey)) == []
    assert time.perf_counter() - started < 10 * len(survey.modules)
