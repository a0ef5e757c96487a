"""The Binder recipe: sound shell, and nothing left in the image that learners must not see."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
BINDER = ROOT / "binder"
SCRIPTS = ("postBuild", "start")


@pytest.mark.parametrize("name", SCRIPTS)
def test_script_is_valid_bash(name: str) -> None:
    """``bash -n`` reads the script without complaint."""
    done = subprocess.run(["bash", "-n", str(BINDER / name)], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize("name", SCRIPTS)
def test_script_is_executable(name: str) -> None:
    """repo2docker runs the scripts themselves."""
    assert os.access(BINDER / name, os.X_OK)


@pytest.mark.parametrize("name", SCRIPTS)
def test_script_stops_at_the_first_failure(name: str) -> None:
    """Without ``set -e`` a failed release would leave an image with its sources in it."""
    assert "\nset -e" in (BINDER / name).read_text(encoding="utf-8")


def test_start_hands_over_to_the_command_it_was_given() -> None:
    """The last line is ``exec "$@"``, else the server never starts."""
    assert (BINDER / "start").read_text(encoding="utf-8").rstrip().splitlines()[-1] == 'exec "$@"'


def test_start_runs_its_command_in_vietnamese_by_default() -> None:
    """The command sees HOCVUSO_LANG=vi, and keeps a language that was chosen before."""
    clean = {key: value for key, value in os.environ.items() if key != "HOCVUSO_LANG"}
    command = [str(BINDER / "start"), "printenv", "HOCVUSO_LANG"]
    said = [
        subprocess.run(command, env=clean | extra, capture_output=True, text=True, check=True).stdout.strip()
        for extra in ({}, {"HOCVUSO_LANG": "en"})
    ]
    assert said == ["vi", "en"]


def copy_repository(to: Path) -> Path:
    """Copy what git would hold, and put stand-ins for pip and the history beside it."""
    ignore = shutil.ignore_patterns(".venv", ".git", "__pycache__", ".*_cache", ".hypothesis", "*.egg-info")
    copy = to / "repository"
    shutil.copytree(ROOT, copy, ignore=ignore, symlinks=True)
    (copy / ".git").mkdir()
    programs = to / "programs"
    programs.mkdir()
    for name, body in {
        "python": f'#!/bin/sh\n[ "$1 $2" = "-m pip" ] && exit 0\nexec "{sys.executable}" "$@"\n',
        # The installed command, on the copy's curriculum: nothing is installed from the copy here.
        "hocvuso": f'#!/bin/sh\nexport HOCVUSO_CURRICULUM="{copy}/curriculum"\n'
        f'exec "{sys.executable}" -P -m autograder.cli "$@"\n',
    }.items():
        (programs / name).write_text(body)
        (programs / name).chmod(0o755)
    return copy


@pytest.mark.slow
def test_post_build_leaves_lessons_and_neither_source_nor_key(tmp_path: Path) -> None:
    """After postBuild the learners' copies are there; sources, keys, tests and history are not."""
    if not (ROOT / "autograder" / "cli.py").exists():
        pytest.skip("the command is not in this checkout")
    copy = copy_repository(tmp_path)
    path = f"{tmp_path / 'programs'}{os.pathsep}{os.environ['PATH']}"
    done = subprocess.run(
        [str(copy / "binder" / "postBuild")],
        cwd=copy,
        env=os.environ | {"PATH": path, "HOME": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    left = sorted(p.relative_to(copy).as_posix() for p in copy.rglob("*"))
    assert [p for p in left if p.endswith("/lesson.ipynb") and p.startswith("bai-hoc/")]
    gone = ("curriculum/source", "tests", ".git")
    assert [folder for folder in gone if (copy / folder).exists()] == []
    assert [p for p in left if ".author" in p or p.endswith(".key.yaml")] == []
    shipped = [p for p in (copy / "bai-hoc").rglob("*") if p.is_file()]
    assert [p.name for p in shipped if p.suffix == ".ipynb" and b"BEGIN SOLUTION" in p.read_bytes()] == []


def test_post_build_fails_where_a_key_is_left(tmp_path: Path) -> None:
    """A key outside the folders that postBuild removes stops the image from being built."""
    copy = tmp_path / "repository"
    (copy / "elsewhere" / ".author").mkdir(parents=True)
    programs = tmp_path / "programs"
    programs.mkdir()
    for name, body in {
        "python": "#!/bin/sh\nexit 0\n",
        "hocvuso": "#!/bin/sh\nmkdir -p bai-hoc/m && touch bai-hoc/m/lesson.ipynb\n",
    }.items():
        (programs / name).write_text(body)
        (programs / name).chmod(0o755)
    path = f"{programs}{os.pathsep}{os.environ['PATH']}"
    done = subprocess.run(
        [str(BINDER / "postBuild")],
        cwd=copy,
        env=os.environ | {"PATH": path},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert "a key file is still here" in done.stderr
