"""`hocvuso up`: side by side, stopped cleanly, started again with all data."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from people import Academy, StartAcademy, is_free

pytestmark = pytest.mark.slow
SLUG = "an-toan-tai-khoan"


@pytest.fixture
def home() -> Iterator[Path]:
    """A home of its own with a short path."""
    folder = Path(tempfile.mkdtemp(prefix="hvs-"))
    yield folder / "home"
    shutil.rmtree(folder, ignore_errors=True)


def run(home: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run a command on a home."""
    environment = {key: value for key, value in os.environ.items() if key != "DATABASE_URL"}
    command = [sys.executable, "-m", "autograder.cli", *arguments, "--home", str(home)]
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False)


def list_processes(home: Path) -> list[str]:
    """Return the commands of processes that name this home."""
    found = []
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            command = path.read_bytes().replace(b"\0", b" ").decode(errors="replace")
        except OSError:
            continue
        if str(home) in command:
            found.append(command)
    return found


def test_two_homes_run_side_by_side_and_keep_their_data(
    academy: Academy,
    start_academy: StartAcademy,
    home: Path,
    tmp_path: Path,
) -> None:
    """A second installation beside the first; stopped it leaves no process; started again it knows everything."""
    second = start_academy(home)
    assert second.port != academy.port
    refused = run(home, "up", "--port", str(second.port))
    assert refused.returncode == 1
    assert "already-up" in refused.stderr

    (tmp_path / "lesson.ipynb").write_bytes((home / "course" / "release" / SLUG / "lesson.ipynb").read_bytes())
    handed_in = run(home, "submit", SLUG, "--learner", "hv001", "--from", str(tmp_path))
    assert handed_in.returncode == 0, handed_in.stderr
    receipt = json.loads(handed_in.stdout)

    assert second.stop() == 0
    assert list_processes(home) == []
    assert all(is_free(port) for port in range(second.port, second.port + 4))
    academy.wait_until_ready(timeout_s=10)

    again = start_academy(home)
    exported = run(home, "export", "completions", "-o", str(tmp_path / "c.json"))
    assert exported.returncode == 0, exported.stderr
    rows = json.loads((tmp_path / "c.json").read_text(encoding="utf-8"))
    row = next(row for row in rows if row["person_id"] == "hv001" and row["module_slug"] == SLUG)
    assert row["attempts"] == 1
    assert row["state"] in ("submitted", "not_passed")
    assert receipt["digest"]
    assert again.password == second.password
    assert again.stop() == 0
