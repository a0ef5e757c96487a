"""A learner's server in a real academy: what it cannot read, and nbgrader's own commands on it."""

from __future__ import annotations

import html
import json
import os
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import nbformat
import pytest
from people import Academy, open_lesson, sign_in
from playwright.sync_api import Page

import autograder

pytestmark = pytest.mark.slow
PROJECT = Path(autograder.__file__).resolve().parents[1]


def run_as_learner(page: Page, academy: Academy, person: str, source: str) -> Any:
    """Run Python where a lesson's own code runs, and return the JSON that it printed."""
    home = academy.home / "learners" / person
    folder = home / "thu"
    folder.mkdir(exist_ok=True)
    notebook = nbformat.v4.new_notebook(
        cells=[nbformat.v4.new_code_cell(f"import json, os, subprocess\n{source}")],
        metadata={"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}},
    )
    nbformat.write(notebook, folder / "lesson.ipynb")
    if os.geteuid() == 0:
        owner = home.stat()
        for path in (folder, folder / "lesson.ipynb"):
            os.chown(path, owner.st_uid, owner.st_gid)
    answer = page.request.get(f"{academy.url}/user/{person}/voila/render/thu/lesson.ipynb", timeout=120_000)
    found = re.search(r"<pre>\s*(.*?)\s*</pre>", answer.text(), re.DOTALL)
    assert found, answer.text()[-3000:]
    return json.loads(html.unescape(found[1]))


@pytest.fixture
def signed_in(academy: Academy, new_page: Callable[..., Page]) -> Page:
    """The page of hv004, whose server runs."""
    page = new_page()
    sign_in(page, academy, "hv004")
    open_lesson(page, academy, "an-toan-tai-khoan")
    return page


def test_a_learners_server_reads_nothing_that_is_not_theirs(academy: Academy, signed_in: Page) -> None:
    """Sources, keys, gradebook, database socket, other learners' homes, logs and the hub's secrets are not there."""
    (academy.home / "learners" / "hv002").mkdir(exist_ok=True)
    places = [
        PROJECT / "curriculum",
        PROJECT / "tests",
        PROJECT / ".git",
        academy.home / "course",
        academy.home / "course" / "source",
        academy.home / "postgres",
        academy.home / "postgres" / ".s.PGSQL.5432",
        academy.home / "secrets",
        academy.home / "secrets" / "variant-key",
        academy.home / "secrets" / "demo-password",
        academy.home / "logs",
        academy.home / "learners" / "hv002",
        Path("/etc/shadow"),
        Path("/root/.ssh"),
    ]
    assert sum(path.exists() for path in places) >= 10
    source = f"print(json.dumps([path for path in {[str(p) for p in places]!r} if os.path.exists(path)]))"
    assert run_as_learner(signed_in, academy, "hv004", source) == []


def test_a_learners_server_sees_no_secret_in_its_environment(academy: Academy, signed_in: Page) -> None:
    """The address of the database and the installation's home are not told; nobody is root."""
    seen = run_as_learner(
        signed_in, academy, "hv004", "print(json.dumps([sorted(os.environ), os.getuid(), len(os.listdir('/proc'))]))"
    )
    names, uid, _number = seen
    assert not {"DATABASE_URL", "HOCVUSO_HOME", "HOCVUSO_VARIANT_SECRET_FILE", "CONFIGPROXY_AUTH_TOKEN"} & set(names)
    assert uid != 0


def test_nbgraders_own_commands_work_on_a_learners_server(academy: Academy, signed_in: Page) -> None:
    """`nbgrader list`, `fetch_assignment` and `submit` talk to the portal."""
    source = """
def run(*words):
    done = subprocess.run(["nbgrader", *words], cwd=os.path.expanduser("~"), capture_output=True, text=True)
    return [done.returncode, done.stdout + done.stderr]
found = [run("list"), run("fetch_assignment", "du-lieu-ca-nhan"), run("submit", "du-lieu-ca-nhan")]
found.append(os.path.isfile(os.path.expanduser("~/du-lieu-ca-nhan/lesson.ipynb")))
print(json.dumps(found))
"""
    listed, fetched, submitted, is_there = run_as_learner(signed_in, academy, "hv004", source)
    assert listed[0] == 0, listed[1]
    assert "thong-ke-bieu-do" in listed[1]
    assert fetched[0] == 0, fetched[1]
    assert is_there
    assert submitted[0] == 0, submitted[1]
    assert re.search("[0-9a-f]{64}|[0-9a-f]{8}-", submitted[1])
