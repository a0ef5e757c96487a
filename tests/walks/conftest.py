"""A whole academy, started as an operator starts it, and a real browser."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from people import Academy, Paper, StartAcademy, find_free_ports
from playwright.sync_api import Browser, Page

from autograder.curriculum.source import Curriculum


@pytest.fixture(scope="session")
def start_academy() -> Iterator[StartAcademy]:
    """Return a function that runs `hocvuso up --demo` on a home; what still runs at the end is stopped."""
    started: list[Academy] = []

    def start(home: Path) -> Academy:
        port = find_free_ports(4)
        environment = {**os.environ, "HOCVUSO_LANG": "vi"}
        environment.pop("DATABASE_URL", None)
        command = [sys.executable, "-m", "autograder.cli", "up", "--home", str(home), "--port", str(port), "--demo"]
        log = (home.parent / f"{home.name}.log").open("w+")
        process = subprocess.Popen(command, env=environment, stdout=log, stderr=subprocess.STDOUT, text=True)
        academy = Academy(home, port, process)
        started.append(academy)
        academy.wait_until_ready()
        return academy

    yield start
    for academy in started:
        academy.stop()


@pytest.fixture(scope="session")
def academy(start_academy: StartAcademy) -> Iterator[Academy]:
    """One running demo academy for all walks."""
    # A short path: a Unix socket's name has room for 107 bytes.
    folder = Path(tempfile.mkdtemp(prefix="hvs-"))
    running = start_academy(folder / "home")
    yield running
    running.stop()
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def new_page(browser: Browser) -> Iterator[Callable[..., Page]]:
    """Return a function that opens a page of somebody who has never been here."""
    contexts = []

    def open_page(width: int = 1280, height: int = 900) -> Page:
        context = browser.new_context(viewport={"width": width, "height": height}, locale="vi-VN")
        contexts.append(context)
        return context.new_page()

    yield open_page
    for context in contexts:
        context.close()


@pytest.fixture(scope="session")
def read_paper(curriculum: Curriculum) -> Callable[..., Paper]:
    """Return a function that reads which draw a learner got and pairs it with a sample's answers."""

    def read(home: Path, person: str, slug: str, sample_name: str = "day-du") -> Paper:
        module = curriculum.find_module(slug)
        assert module is not None
        sample = next(sample for sample in module.samples if sample.name == sample_name)
        attempt = json.loads((home / "learners" / person / slug / "attempt.json").read_text())
        return Paper(module, attempt["variant"], dict(sample.answers))

    return read
