"""Fixture courses: the good one, alone or with an overlay."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

COURSES = Path(__file__).parents[2] / "courses"


@pytest.fixture
def today() -> date:
    """Return the day on which the fixture courses are right."""
    return date(2026, 11, 23)


@pytest.fixture
def good_course() -> Path:
    """Return the course that keeps every rule; tests only read it."""
    return COURSES / "good"


@pytest.fixture
def build_course(tmp_path: Path) -> Callable[..., Path]:
    """Return a function that copies the good course and lays an overlay over it."""

    def build(overlay: Path | None = None) -> Path:
        course = tmp_path / "course"
        shutil.copytree(COURSES / "good", course)
        for path in sorted(overlay.rglob("*")) if overlay is not None else ():
            target = course / path.relative_to(overlay)  # type: ignore[arg-type]
            if path.is_symlink():
                target.symlink_to(path.readlink())
            elif path.is_dir():
                target.mkdir(parents=True, exist_ok=True)
            elif path.suffix == ".gone":
                target.with_suffix("").unlink()
            elif path.suffix == ".size":
                target.with_suffix("").write_text(" " * int(path.read_text()))
            else:
                shutil.copyfile(path, target)
        for folder in sorted(course.rglob("*"), reverse=True):
            if folder.is_dir() and not any(folder.iterdir()):
                folder.rmdir()
        return course

    return build
