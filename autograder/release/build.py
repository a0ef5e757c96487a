"""Building a release: resolve, let nbgrader generate the learner's version, verify it, pack it."""

from __future__ import annotations

import base64
import hashlib
import json
import logging
import shutil
from collections.abc import Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

import nbformat
from traitlets.config import Config

from autograder.curriculum.source import CellRole, ModuleSource, NotebookSource
from autograder.errors import ContentError, OperatorError
from autograder.gradebook import COURSE, ensure_alembic_is_found
from autograder.grading.archive import zip_files
from autograder.grading.code import AskValue, RunCell, Step
from autograder.grading.engine import CodeRunner
from autograder.locale import _
from autograder.model import Release, require_aware
from autograder.questions import check_spec, spec
from autograder.release.blocks import (
    CHECK_MAGIC,
    QUESTION_MAGIC,
    STUB,
    read_block,
    read_fields,
    split_block,
    write_block,
)
from autograder.release.leaks import MARKERS, find_leaks, iter_block_secrets

PRIVATE_FIELDS = {"key", "score", "feedback", "reference"}

PREPROCESSORS = (
    "nbgrader.preprocessors.IncludeHeaderFooter",
    "nbgrader.preprocessors.LockCells",
    "nbgrader.preprocessors.ClearSolutions",
    "nbgrader.preprocessors.ClearOutput",
    "nbgrader.preprocessors.CheckCellMetadata",
    "nbgrader.preprocessors.ComputeChecksums",
    "nbgrader.preprocessors.SaveCells",
    "nbgrader.preprocessors.ClearHiddenTests",
    "nbgrader.preprocessors.ClearMarkScheme",
    "autograder.release.preprocessors.StripKeys",
    "nbgrader.preprocessors.ComputeChecksums",
    "nbgrader.preprocessors.CheckCellMetadata",
)


def build_release(
    module: ModuleSource,
    course: Path,
    gradebook_url: str,
    run_code: CodeRunner | None,
    *,
    source_digest: str,
    now: datetime,
) -> Release:
    """Release a module: fill the gradebook's source cells and return the learner's version with the server's copy.

    Parameters
    ----------
    module : ModuleSource
        As read from the curriculum, checked.
    course : Path
        nbgrader's course folder; its ``source/<slug>`` and ``release/<slug>`` are made anew.
    gradebook_url : str
        SQLAlchemy URL of nbgrader's database.
    run_code : CodeRunner or None
        Runs the reference solutions, in a box as any other code. Without it checks keep their practice cases only:
        enough for the learner's version, and no box is needed.
    source_digest : str
        Names the source that this release is made from.
    now : datetime
        Aware.

    Returns
    -------
    Release

    Raises
    ------
    ContentError
        A reference solution does not answer, or the learner's version would hold something that it must not.
    OperatorError
        nbgrader refuses; the message carries the end of its log.
    """
    items = {book.name: list(_iter_items(module, book, run_code)) for book in module.notebooks}
    stage_source(module, items, course / "source" / module.slug)
    released = generate_learner_version(module.slug, course, gradebook_url)
    verify_allow_list(module, released)
    files = {name: (released / name).read_bytes() for name in allowed_files(module)}
    verify_nothing_leaks(module, items, files)
    payload = {
        "module": {"uuid": module.uuid, "code": module.code, "slug": module.slug, "source_digest": source_digest},
        "notebooks": [
            {
                "name": book.name,
                "required": book.required,
                "items": items[book.name],
                "cells": list(_iter_cells(files[f"{book.name}.ipynb"])),
            }
            for book in module.notebooks
        ],
        # Code reads the module's own data, also where a learner changed their copy.
        "data": {name: base64.b64encode(content).decode() for name, content in files.items() if "/" in name}
        if any(item["type"] == "check" for listed in items.values() for item in listed)
        else {},
    }
    archive = zip_files(files)
    fingerprint = hashlib.sha256(json.dumps(payload, sort_keys=True, ensure_ascii=False).encode() + archive)
    return Release(
        module_uuid=module.uuid,
        slug=module.slug,
        code=module.code,
        title=dict(module.title),
        minutes=module.minutes,
        pass_mark=module.pass_mark,
        max_points=module.max_points,
        content_hash=fingerprint.hexdigest(),
        payload=payload,
        archive=archive,
        released_at=require_aware(now),
    )


def allowed_files(module: ModuleSource) -> list[str]:
    """Return everything that ships: the notebooks and what lies in ``data/``.

    Raises
    ------
    nothing
    """
    return sorted([f"{book.name}.ipynb" for book in module.notebooks] + list(module.data))


def stage_source(module: ModuleSource, items: Mapping[str, list[dict[str, Any]]], target: Path) -> None:
    """Write the source that nbgrader sees: self-contained cells and the data, and nothing of ``.author``.

    Raises
    ------
    OSError
        The folder cannot be written.
    """
    shutil.rmtree(target, ignore_errors=True)
    target.mkdir(parents=True)
    for name in module.data:
        (target / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(module.path / name, target / name)
    for book in module.notebooks:
        blocks = {item["id"]: item["block"] for item in items[book.name]}
        notebook = nbformat.read(book.path, as_version=4)
        for cell in notebook.cells:
            magic, _block = split_block(cell.source) if cell.cell_type == "code" else ("", "")
            if magic:
                cell.source = write_block(magic, blocks[cell.metadata["nbgrader"]["grade_id"]])
        nbformat.write(notebook, target / f"{book.name}.ipynb")


def generate_learner_version(slug: str, course: Path, gradebook_url: str) -> Path:
    """Run nbgrader's generate_assignment and return the folder that it made.

    Raises
    ------
    OperatorError
        nbgrader refuses.
    """
    from nbgrader.apps import NbGraderAPI

    ensure_alembic_is_found()
    released = course / "release" / slug
    shutil.rmtree(released, ignore_errors=True)
    config = Config()
    config.CourseDirectory.root = str(course)
    config.CourseDirectory.course_id = COURSE
    config.CourseDirectory.db_url = gradebook_url
    config.GenerateAssignment.preprocessors = list(PREPROCESSORS)
    config.ClearSolutions.code_stub = {"python": STUB}
    # nbgrader looks at its exchange folder although nothing is exchanged through it here.
    (course / "exchange").mkdir(parents=True, exist_ok=True)
    config.Exchange.root = str(course / "exchange")
    # What nbgrader says stays in its result; it is not for the terminal.
    log = logging.getLogger("traitlets")
    log.propagate = False
    try:
        result = NbGraderAPI(config=config).generate_assignment(slug, force=True, create=True)
    finally:
        log.propagate = True
    if not result["success"]:
        raise OperatorError(
            "release-refused",
            _("nbgrader does not release this module"),
            where=slug,
            found=(result.get("error") or result.get("log") or "")[-800:],
            expected=_("a learner version"),
            hint=_("run `hocvuso check {slug}` and mend what it finds").format(slug=slug),
        )
    return released


def verify_allow_list(module: ModuleSource, released: Path) -> None:
    """Refuse a release that holds another file than those that may ship.

    Raises
    ------
    ContentError
        A file is there that should not be, or one is missing.
    """
    found = sorted(path.relative_to(released).as_posix() for path in released.rglob("*") if path.is_file())
    if found != allowed_files(module):
        raise ContentError(
            "release-not-as-allowed",
            _("the learner's version is not what may ship"),
            where=module.slug,
            found=", ".join(sorted(set(found) ^ set(allowed_files(module)))),
            expected=_("the notebooks and data/ only"),
            hint=_("keep author's files in .author/"),
        )


def verify_nothing_leaks(
    module: ModuleSource, items: Mapping[str, list[dict[str, Any]]], files: Mapping[str, bytes]
) -> None:
    """Refuse a release in whose bytes a key, a score, a feedback, a hidden case or a solution is left.

    Raises
    ------
    ContentError
        Names the file and what was found in it.
    """
    searched = dict(files)
    for book in module.notebooks:
        name = f"{book.name}.ipynb"
        notebook = nbformat.reads(files[name].decode(), as_version=4)
        for cell in notebook.cells:
            if PRIVATE_FIELDS & read_fields(cell.source):
                raise _leak(module, name, cell.metadata["nbgrader"]["grade_id"])
            # YAML breaks a long sentence over lines, which would hide it.
            searched[name] += json.dumps(read_block(cell.source), ensure_ascii=False).encode()
    for book in module.notebooks:
        secrets = [text for item in items[book.name] for text in iter_block_secrets(item["block"])]
        for shipped, secret in find_leaks([*secrets, *MARKERS], searched):
            raise _leak(module, shipped, secret[:60])


def _leak(module: ModuleSource, name: str, found: str) -> ContentError:
    return ContentError(
        "release-leaks",
        _("the learner's version would give an answer away"),
        where=f"{module.slug}/{name}",
        found=found,
        expected=_("no key, score, feedback, hidden case or solution"),
        hint=_("remove that text from the lesson and from data/"),
    )


def _iter_items(module: ModuleSource, book: NotebookSource, run_code: CodeRunner | None) -> Iterator[dict[str, Any]]:
    """Yield every question and check of a notebook, resolved, in the order of the cells."""
    questions = {question.id: question for question in book.questions}
    checks = {check.id: check for check in book.checks}
    heading = module.title.get("vi", module.slug)
    for cell in book.cells:
        if cell.role is CellRole.TEXT:
            headings = [line.lstrip("#").strip() for line in cell.source.splitlines() if line.startswith("#")]
            heading = headings[-1] if headings else heading
        elif cell.role is CellRole.QUESTION:
            question = questions[cell.grade_id]
            block = spec.resolved(question)
            yield _item("question", question.id, question.points, heading, block)
        elif cell.role is CellRole.CHECK:
            check = checks[cell.grade_id]
            block = check_spec.resolved(_resolve_check(module, check, run_code))
            yield _item("check", check.id, check.points, heading, block)


def _item(kind: str, identity: str, points: float, heading: str, block: dict[str, Any]) -> dict[str, Any]:
    prompt = block.get("prompt")
    english = prompt.get("en") if isinstance(prompt, dict) else None
    first_line = next((line for line in (english or "").splitlines() if line.strip()), heading)
    return {
        "type": kind,
        "id": identity,
        "points": points,
        "title": {"vi": heading, "en": first_line if len(first_line) <= 80 else f"{first_line[:79]}…"},
        "block": block,
    }


def _resolve_check(
    module: ModuleSource, check: check_spec.Check, run_code: CodeRunner | None
) -> check_spec.ResolvedCheck:
    """Replace a check's random cases by drawn ones; the reference solution gives their values, in a box."""
    if run_code is None:
        return check_spec.parse_resolved_check(check_spec.public_part(check), where=check.id)

    def evaluate(cases: list[dict[str, Any]]) -> list[Any]:
        reference = (module.path / str(check.reference)).read_text(encoding="utf-8")
        files = {name: (module.path / name).read_bytes() for name in module.data}
        steps: list[Step] = [RunCell(reference), *(AskValue(check.id, case["call"], case["with"]) for case in cases)]
        return [check_spec.Failed(claim.fault) if claim.fault else claim.value for claim in run_code(steps, files)]

    return check_spec.resolve_check(check, evaluate)


def _iter_cells(notebook: bytes) -> Iterator[dict[str, Any]]:
    """Yield what grading runs of a released notebook: own cells, the stubs of solutions, and where checks stand."""
    for cell in nbformat.reads(notebook.decode(), as_version=4).cells:
        if cell.cell_type != "code":
            continue
        metadata = cell.metadata.get("nbgrader", {})
        magic, _block = split_block(cell.source)
        if magic == CHECK_MAGIC:
            yield {"check": metadata["grade_id"]}
        elif metadata.get("solution"):
            yield {"grade_id": metadata["grade_id"], "source": cell.source}
        elif magic != QUESTION_MAGIC and not cell.source.lstrip().startswith(("%load_ext autograder", "%submit_panel")):
            yield {"source": cell.source}
