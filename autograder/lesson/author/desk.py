"""Who is an author, and where their own answers are kept."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from autograder.lesson.folder import read_attempt

ANSWERS_VARIABLE = "HOCVUSO_AUTHOR_ANSWERS"


def is_author_folder(root: Path) -> bool:
    """Tell whether a folder is a module's source and no learner's copy.

    Parameters
    ----------
    root : Path

    Returns
    -------
    bool
        A learner's copy has no module.toml, and an attempt that the portal issued has attempt.json.

    Raises
    ------
    nothing
    """
    return (root / "module.toml").is_file() and not (root / "attempt.json").exists() and read_attempt(root) is None


def is_curriculum_folder(root: Path) -> bool:
    """Tell whether a folder is the whole curriculum, where the start page lies.

    Raises
    ------
    nothing
    """
    return (root / "curriculum.toml").is_file() and not (root / "attempt.json").exists()


def find_answers(root: Path) -> Path:
    """Return the folder of an author's own answers to a module's questions: beside the installation, never in it.

    Parameters
    ----------
    root : Path
        The module's folder.

    Returns
    -------
    Path
        Below ``HOCVUSO_AUTHOR_ANSWERS``, else a folder that is emptied with the machine's temporary files.

    Raises
    ------
    OSError
        It cannot be made.
    """
    kept = os.environ.get(ANSWERS_VARIABLE)
    if not kept:
        return Path(tempfile.mkdtemp(prefix="hocvuso-author-"))
    folder = Path(kept) / root.resolve().name
    folder.mkdir(parents=True, exist_ok=True)
    return folder
