"""Real parts for all tests: an embedded PostgreSQL, the demo academy, and the three modules as released."""

from __future__ import annotations

import io
import itertools
import json
import os
import shutil
import tempfile
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import settings
from playwright.sync_api import Browser, sync_playwright
from sqlalchemy import Engine, make_url, text

from autograder.curriculum.reader import read_curriculum
from autograder.curriculum.samples import materialise
from autograder.curriculum.source import Curriculum, ModuleSource, Sample
from autograder.database.server import connect, run_embedded_postgres
from autograder.grading.archive import zip_files
from autograder.questions.answers import AnswerFile, dump_answer
from hub_config.installation import fill_demo, find_curriculum, prepare_database, release_modules
from hub_config.settings import Settings

_numbers = itertools.count(1)
BROWSER_OPTIONS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def pytest_configure(config: pytest.Config) -> None:
    """Let property tests look less far where somebody wants an answer within a minute."""
    settings.register_profile("quick", max_examples=20, deadline=None)
    settings.register_profile("thorough", deadline=None)
    settings.load_profile("quick" if config.getoption("markexpr") == "not slow" else "thorough")


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Count every test that needs the database server among the slow ones."""
    for item in items:
        if "postgres_url" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.slow)


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """Address of a PostgreSQL server that lives as long as the tests."""
    # A short path: a Unix socket's name has room for 107 bytes.
    with (
        tempfile.TemporaryDirectory(prefix="hvs-", ignore_cleanup_errors=True) as folder,
        run_embedded_postgres(Path(folder) / "pg") as url,
    ):
        # These databases need not outlive a power cut, and copying a template is what most tests wait for.
        server = connect(url, isolation_level="AUTOCOMMIT")
        with server.connect() as conn:
            for setting in ("fsync", "full_page_writes", "synchronous_commit"):
                conn.execute(text(f"ALTER SYSTEM SET {setting} = off"))
            conn.execute(text("SELECT pg_reload_conf()"))
        server.dispose()
        yield url


@pytest.fixture(scope="session")
def make_database(postgres_url: str) -> Callable[[str | None], str]:
    """Return a function that makes a fresh database, empty or a copy of another one, and gives its address."""

    def make(template: str | None = None) -> str:
        name = f"t{next(_numbers)}"
        engine = connect(postgres_url, isolation_level="AUTOCOMMIT")
        with engine.connect() as conn:
            copied = f" TEMPLATE {make_url(template).database}" if template else ""
            conn.execute(text(f"CREATE DATABASE {name}{copied}"))
        engine.dispose()
        return make_url(postgres_url).set(database=name).render_as_string(hide_password=False)

    return make


@pytest.fixture(scope="session")
def empty_installation(make_database: Callable[..., str], tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """Settings of an installation whose database has every table and no row; to be copied, not used."""
    settings = Settings(home=tmp_path_factory.mktemp("home"), database_url=make_database())
    prepare_database(settings)
    return settings


@pytest.fixture(scope="session")
def released_installation(
    empty_installation: Settings, make_database: Callable[..., str], tmp_path_factory: pytest.TempPathFactory
) -> Settings:
    """Settings of an installation with the curriculum released and the demo academy; to be copied, not used."""
    settings = replace(
        empty_installation,
        home=tmp_path_factory.mktemp("released"),
        database_url=make_database(empty_installation.database_url),
    )
    list(release_modules(settings, find_curriculum(dict(os.environ))))
    fill_demo(settings)
    return settings


@pytest.fixture
def database_url(empty_installation: Settings, make_database: Callable[..., str]) -> str:
    """Address of a fresh database with every table."""
    return make_database(empty_installation.database_url)


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    """Engine on a fresh database with every table."""
    made = connect(database_url)
    yield made
    made.dispose()


@pytest.fixture
def demo_settings(released_installation: Settings, make_database: Callable[..., str]) -> Settings:
    """Settings of a fresh copy of the released demo installation."""
    return replace(released_installation, database_url=make_database(released_installation.database_url))


@pytest.fixture
def demo_engine(demo_settings: Settings) -> Iterator[Engine]:
    """Engine on a fresh copy of the released demo installation."""
    made = connect(demo_settings.database_url)
    yield made
    made.dispose()


@pytest.fixture(scope="session")
def curriculum() -> Curriculum:
    """The project's own curriculum as its authors wrote it."""
    return read_curriculum(find_curriculum(dict(os.environ)))


@dataclass(frozen=True)
class LearnerWork:
    """What a made-up learner hands in: the released files with a sample's answers and solutions in them."""

    files: dict[str, bytes]

    @property
    def archive(self) -> bytes:
        """The zip file that the learner's page would send."""
        sent = {n: c for n, c in self.files.items() if n.endswith(".ipynb") or n.startswith("answers/")}
        return zip_files(sent)


@pytest.fixture(scope="session")
def make_work() -> Callable[..., LearnerWork]:
    """Return a function that does a module as a sample says, from its released archive."""

    def make(released: bytes, module: ModuleSource, sample: Sample, variant: str) -> LearnerWork:
        with zipfile.ZipFile(io.BytesIO(released)) as archive:
            files = {name: archive.read(name) for name in archive.namelist()}
        for question, answer in materialise(sample, module, variant).items():
            saved = AnswerFile(question, variant, answer, "test", datetime(2026, 1, 5, 8, 0, tzinfo=UTC))
            files[f"answers/{question}.json"] = dump_answer(saved)
        for book in module.notebooks:
            notebook = json.loads(files[f"{book.name}.ipynb"])
            for cell in notebook["cells"]:
                grade_id = cell["metadata"].get("nbgrader", {}).get("grade_id")
                if grade_id in sample.solutions:
                    cell["source"] = sample.solutions[grade_id]
            files[f"{book.name}.ipynb"] = json.dumps(notebook).encode()
        attempt = {"schema": 1, "attempt": "t", "module": module.uuid, "slug": module.slug, "number": 1}
        files["attempt.json"] = json.dumps({**attempt, "variant": variant, "release": "t", "due": None}).encode()
        return LearnerWork(files)

    return make


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """A real Chromium: the system's, else Playwright's own.

    One driver at a time, and none while other modules run: it keeps an event loop in the tests' thread.
    """
    names = ("chromium", "chromium-browser", "google-chrome")
    executable = next((found for name in names if (found := shutil.which(name))), None)
    with sync_playwright() as driver:
        opened = driver.chromium.launch(executable_path=executable, args=BROWSER_OPTIONS)
        yield opened
        opened.close()
