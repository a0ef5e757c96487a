"""What a lesson's file must not or must hold and no lecturer should have to think of."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from autograder.curriculum.notebooks import CHECK_MAGIC, QUESTION_MAGIC
from autograder.curriculum.reader import make_loader
from autograder.curriculum.scaffold import make_question_metadata
from autograder.errors import ContentError
from autograder.questions.check_spec import parse_check
from autograder.questions.spec import parse_question


def tidy_notebook(document: dict[str, Any], folder: Path) -> None:
    """Take out of a notebook what it last showed, and let nbgrader's metadata say what the blocks say.

    Parameters
    ----------
    document : dict
        A notebook of format 4, changed in place.
    folder : Path
        The module's folder, where blocks find their files.

    Raises
    ------
    nothing
    """
    metadata = document.get("metadata")
    if isinstance(metadata, dict):
        metadata.pop("widgets", None)
        if isinstance(metadata.get("language_info"), dict):
            # The version of whoever saved last is no fact about the lesson.
            metadata["language_info"] = {"name": "python"}
    for cell in document.get("cells") or ():
        if isinstance(cell, dict) and cell.get("cell_type") == "code":
            cell["outputs"], cell["execution_count"] = [], None
            _tidy_metadata(cell, folder)


def _tidy_metadata(cell: dict[str, Any], folder: Path) -> None:
    source = cell.get("source") or ""
    text = "".join(source) if isinstance(source, list) else str(source)
    metadata = cell.setdefault("metadata", {})
    # What JupyterLab keeps there for the eye: folded, scrolled, timed.
    for name in ("collapsed", "scrolled", "execution", "trusted"):
        metadata.pop(name, None)
    magic = text.partition("\n")[0].rstrip()
    if magic not in (QUESTION_MAGIC, CHECK_MAGIC):
        return
    try:
        if magic == QUESTION_MAGIC:
            block: Any = parse_question(text, where="", load=make_loader(folder))
        else:
            block = parse_check(text.partition("\n")[2], where="")
    except ContentError:
        return  # the check says what is wrong with it
    metadata["nbgrader"] = make_question_metadata(block)
