"""The three ways to the same packages agree: the lock, conda, and the project's own metadata."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).parents[1]
NAME = re.compile(r"^([A-Za-z0-9][A-Za-z0-9._-]*)(\[[^\]]*\])?")


def normalise(name: str) -> str:
    """Return a package's name as registries compare it."""
    return re.sub(r"[-_.]+", "-", name).lower()


def read_wanted(path: Path) -> dict[str, str]:
    """Return the top-level packages of a requirements.in: name → extras."""
    lines = [line.strip() for line in path.read_text(encoding="utf-8").splitlines()]
    found = [NAME.match(line) for line in lines if line and not line.startswith(("#", "-"))]
    return {normalise(match[1]): match[2] or "" for match in found if match}


def read_lock(path: Path) -> dict[str, str]:
    """Return the pins of a lock file: name → version."""
    pins = re.findall(r"^([A-Za-z0-9._-]+)(?:\[[^\]]*\])?==([^\s;\\]+)", path.read_text("utf-8"), re.MULTILINE)
    return {normalise(name): version for name, version in pins}


def read_environment() -> dict[str, Any]:
    """Return environment.yml as data."""
    return yaml.safe_load((ROOT / "environment.yml").read_text(encoding="utf-8"))


def read_pip_list() -> list[str]:
    """Return the ``pip:`` list of environment.yml."""
    return next(part["pip"] for part in read_environment()["dependencies"] if isinstance(part, dict))


def test_environment_lists_the_packages_of_requirements_in_with_the_versions_of_the_lock() -> None:
    """conda installs what the lock pins: same names, same extras, same versions."""
    wanted = read_wanted(ROOT / "requirements.in")
    lock = read_lock(ROOT / "requirements.lock")
    expected = {f"{name}{extras}=={lock[name]}" for name, extras in wanted.items()}
    assert set(read_pip_list()) == expected


def test_binder_environment_is_a_byte_equal_copy() -> None:
    """repo2docker ignores the top-level file once binder/ exists, so binder/ has its own, the same one."""
    assert (ROOT / "binder" / "environment.yml").read_bytes() == (ROOT / "environment.yml").read_bytes()


def test_environment_names_no_local_file() -> None:
    """A local reference (-e, -r, a path) in the environment would cost repo2docker its cached layer."""
    assert [line for line in read_pip_list() if line.startswith(("-", ".", "/"))] == []


def test_environment_python_is_one_that_the_project_allows() -> None:
    """The Python of conda satisfies requires-python."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    least = tuple(int(part) for part in project["requires-python"].removeprefix(">=").split("."))
    python = next(part for part in read_environment()["dependencies"] if str(part).startswith("python="))
    assert tuple(int(part) for part in python.removeprefix("python=").split(".")) >= least


@pytest.mark.parametrize("name", ["requirements.lock", "requirements-test.lock"])
def test_every_pin_of_the_lock_carries_hashes(name: str) -> None:
    """pip refuses an altered file only where the lock says what to expect."""
    text = (ROOT / name).read_text(encoding="utf-8")
    blocks = re.split(r"^(?=[A-Za-z0-9])", text, flags=re.MULTILINE)[1:]
    assert [block.splitlines()[0] for block in blocks if "--hash=sha256:" not in block] == []


def test_lock_pins_every_top_level_package() -> None:
    """Nothing of requirements.in is missing from the lock."""
    assert set(read_wanted(ROOT / "requirements.in")) <= set(read_lock(ROOT / "requirements.lock"))


def test_test_lock_keeps_the_versions_of_the_lock() -> None:
    """Tests run on what an installation runs on."""
    lock, tests = read_lock(ROOT / "requirements.lock"), read_lock(ROOT / "requirements-test.lock")
    assert {name: tests.get(name) for name in lock} == lock


def test_newest_changelog_entry_is_the_version_of_the_project() -> None:
    """A version is not released without saying what is in it."""
    version = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]
    newest = re.search(r"^## \[(\d[^\]]*)\]", (ROOT / "CHANGELOG.md").read_text(encoding="utf-8"), re.MULTILINE)
    assert newest is not None
    assert newest[1] == version


def test_licence_is_the_one_that_the_metadata_names() -> None:
    """pyproject.toml says BSD-3-Clause; LICENSE is its text with the project's name."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    text = (ROOT / "LICENSE").read_text(encoding="utf-8")
    assert project["license"] == "BSD-3-Clause"
    assert "Copyright (c) 2026, Học Vụ Số contributors" in text
    assert text.startswith("BSD 3-Clause License")


@pytest.mark.parametrize("page", sorted((ROOT / "docs").glob("*.md")) + sorted(ROOT.glob("*.md")), ids=lambda p: p.name)
def test_links_between_pages_lead_somewhere(page: Path) -> None:
    """A relative link in README and docs names a file, and an anchor in it, that exist."""
    text = page.read_text(encoding="utf-8")
    targets = re.findall(r"\]\(([^)\s]+)\)", re.sub(r"```.*?```|`[^`\n]*`", "", text, flags=re.DOTALL))
    local = [target for target in targets if "://" not in target and not target.startswith("mailto:")]
    assert [target for target in local if not (page.parent / target.partition("#")[0]).exists()] == []
