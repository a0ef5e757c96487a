"""Learner's copies of modules without an installation: for Binder, and for handing out on a stick."""

from __future__ import annotations

import io
import tempfile
import zipfile
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from autograder.curriculum.reader import read_curriculum
from autograder.curriculum.source import ModuleSource
from autograder.errors import ContentError
from autograder.locale import _
from autograder.questions.variants import PREVIEW_VARIANT
from autograder.release.build import build_release
from autograder.release.copies import draw_copy


def write_bundle(curriculum: Path, slugs: Sequence[str], target: Path) -> list[str]:
    """Write the learner's copy of each module to ``target/<slug>/`` and return the slugs.

    The gradebook that nbgrader needs for it is a throw-away file, and no code is run, so that it works where no box
    can be built, as in the making of a Binder image.

    Parameters
    ----------
    curriculum : Path
        Folder with ``curriculum.toml``.
    slugs : sequence of str
        Which modules; all where it is empty.
    target : Path
        Made where it is missing; files of the same name are replaced.

    Raises
    ------
    ContentError
        The curriculum cannot be read, has no such module, or would give an answer away.
    """
    source = read_curriculum(curriculum)
    written = []
    for slug in slugs or [module.slug for module in source.modules]:
        module = source.find_module(slug)
        if module is None:
            raise ContentError(
                "module-unknown",
                _("the curriculum has no such module"),
                where=str(curriculum / "curriculum.toml"),
                found=slug,
                expected=", ".join(module.slug for module in source.modules),
                hint=_("add it to the list of modules, or correct its name"),
            )
        write_copy(module, target / slug)
        written.append(slug)
    return written


def write_copy(module: ModuleSource, target: Path) -> None:
    """Write the learner's copy of one module, as the preview's variant draws it.

    Parameters
    ----------
    module : ModuleSource
    target : Path
        The module's folder; made where it is missing.

    Raises
    ------
    ContentError
        The copy would give an answer away.
    OperatorError
        nbgrader refuses.
    """
    with tempfile.TemporaryDirectory(prefix="hocvuso-bundle-") as folder:
        made = build_release(
            module,
            Path(folder),
            f"sqlite:///{folder}/gradebook.db",
            None,
            source_digest="bundle",
            now=datetime.now(UTC),
        )
    with zipfile.ZipFile(io.BytesIO(made.archive)) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    for name, content in draw_copy(files, PREVIEW_VARIANT).items():
        file = target / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content)
