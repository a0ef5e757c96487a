"""Bringing an installation up to date: database, gradebook, releases, and for a demo its academy."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import Engine, select

import autograder
from autograder.curriculum.reader import read_curriculum
from autograder.curriculum.source import ModuleSource
from autograder.database.schema import release
from autograder.database.server import connect, ensure_schemas, schema_url
from autograder.errors import OperatorError
from autograder.gradebook.book import ensure_gradebook
from autograder.grading.code import BoxRunner
from autograder.learning.releases import store_release
from autograder.locale import _
from autograder.records.demo_academy import fill_demo_academy
from autograder.release.build import build_release
from hub_config.settings import Settings, ensure_secret

VARIANT_SECRET = "variant-key"
DEMO_PASSWORD = "demo-password"


def find_curriculum(environ: dict[str, str]) -> Path:
    """Return the curriculum's folder: ``HOCVUSO_CURRICULUM``, else the one beside the packages.

    Raises
    ------
    OperatorError
        There is none.
    """
    folder = Path(environ.get("HOCVUSO_CURRICULUM") or Path(autograder.__file__).resolve().parents[1] / "curriculum")
    if not (folder / "curriculum.toml").is_file():
        raise OperatorError(
            "curriculum-missing",
            _("there is no curriculum here"),
            where=str(folder),
            expected="curriculum.toml",
            hint=_("set HOCVUSO_CURRICULUM to the folder of your curriculum"),
        )
    return folder


def prepare_database(settings: Settings) -> None:
    """Bring every schema of the database to this version.

    Raises
    ------
    OperatorError
        The database does not answer.
    """
    ensure_schemas(settings.database_url)
    ensure_gradebook(settings.database_url)
    ensure_secret(settings, VARIANT_SECRET)


def release_modules(settings: Settings, curriculum: Path, slugs: Iterable[str] = ()) -> Iterator[tuple[str, bool]]:
    """Release modules, those that did not change since their last release being left alone.

    Parameters
    ----------
    settings : Settings
        Home and database.
    curriculum : Path
        Folder with ``curriculum.toml``.
    slugs : iterable of str
        Which modules; all of the curriculum where it is empty.

    Yields
    ------
    tuple of (slug, whether it was released anew)

    Raises
    ------
    ContentError
        The curriculum cannot be read, or the learner's version would give an answer away.
    OperatorError
        nbgrader refuses, or there is no such module.
    """
    source = read_curriculum(curriculum)
    order = [module.slug for module in source.modules]
    engine = connect(settings.database_url)
    try:
        for slug in slugs or order:
            module = source.find_module(slug)
            if module is None:
                raise OperatorError(
                    "module-unknown",
                    _("the curriculum has no such module"),
                    where=str(curriculum / "curriculum.toml"),
                    found=slug,
                    expected=", ".join(order),
                    hint=_("add it to the list of modules, or correct its name"),
                )
            yield slug, _release(settings, engine, module, order.index(slug))
    finally:
        engine.dispose()


def fill_demo(settings: Settings) -> str:
    """Fill the demo academy and return the password of its sample sign-ins.

    Raises
    ------
    OSError
        The folder of secrets cannot be written.
    """
    password = ensure_secret(settings, DEMO_PASSWORD)[:12]
    engine = connect(settings.database_url)
    try:
        with engine.begin() as conn:
            fill_demo_academy(conn, password)
    finally:
        engine.dispose()
    return password


def digest_source(module: ModuleSource) -> str:
    """Return a digest of everything that a release is made from: the module's files and this version.

    Raises
    ------
    OSError
        A file cannot be read.
    """
    digest = hashlib.sha256(autograder.__version__.encode())
    for path in sorted(module.path.rglob("*")):
        if path.is_file():
            digest.update(path.relative_to(module.path).as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()


def _release(settings: Settings, engine: Engine, module: ModuleSource, position: int) -> bool:
    source = digest_source(module)
    with engine.begin() as conn:
        current = conn.scalar(
            select(release.c.payload["module"]["source_digest"].astext).where(
                release.c.module_uuid == module.uuid, release.c.is_current
            )
        )
    if current == source:
        return False
    made = build_release(
        module,
        settings.home / "course",
        schema_url(settings.database_url, "gradebook"),
        BoxRunner(),
        source_digest=source,
        now=datetime.now(UTC),
    )
    with engine.begin() as conn:
        store_release(conn, made, position)
    return True
