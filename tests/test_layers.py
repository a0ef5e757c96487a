"""Data moves one way: a package imports only from those above it."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

import autograder

ROOT = Path(autograder.__file__).parent
# From the top of the flow to its end; design and reasons are in DECISIONS.md.
LAYERS = (
    ("errors", "model", "locale", "box", "box_entry"),
    ("database",),
    ("questions",),
    ("curriculum",),
    ("grading",),
    ("gradebook",),
    ("release",),
    ("records",),
    ("reports",),
    ("learning",),
    ("lesson",),
    ("cli",),
)
PLACE = {name: place for place, names in enumerate(LAYERS) for name in names}
# Entry points that nbgrader and alembic call, and the command line, join layers from outside.
ENTRIES = {"gradebook/export.py", "cli.py"}


def iter_imports(path: Path) -> list[str]:
    """Return the packages of autograder that a file imports, whether at its head or in a function."""
    found = []
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
        if isinstance(node, ast.ImportFrom) and node.module:
            names = [f"{node.module}.{alias.name}" for alias in node.names]
        for name in names:
            parts = name.split(".")
            if parts[0] == "autograder" and len(parts) > 1:
                found.append(parts[1])
    return found


FILES = sorted(path.relative_to(ROOT).as_posix() for path in ROOT.rglob("*.py"))


@pytest.mark.parametrize("name", [name for name in FILES if (name not in ENTRIES and "/" in name) or name == "box.py"])
def test_a_package_imports_only_from_those_above_it(name: str) -> None:
    """No step of the flow reads a later one."""
    own = PLACE[name.split("/")[0].removesuffix(".py")]
    below = {used for used in iter_imports(ROOT / name) if used in PLACE and PLACE[used] > own}
    assert below == set()


@pytest.mark.parametrize("name", FILES)
def test_only_the_command_line_prints_or_exits(name: str) -> None:
    """Everything else returns data or raises; the processes' own entries may end themselves."""
    if name in ("cli.py", "box_entry.py"):
        return
    tree = ast.parse((ROOT / name).read_text(encoding="utf-8"))
    calls = [node.func for node in ast.walk(tree) if isinstance(node, ast.Call)]
    assert not [call for call in calls if isinstance(call, ast.Name) and call.id in ("print", "exit", "quit")]


def test_every_package_has_its_place() -> None:
    """A new package is put into the order of the flow."""
    packages = {path.name for path in ROOT.iterdir() if path.is_dir() and (path / "__init__.py").is_file()}
    assert packages <= set(PLACE)
