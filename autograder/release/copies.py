"""One attempt's copy of a module: the released files with nothing but the items drawn for it."""

from __future__ import annotations

import json
from collections.abc import Mapping

from autograder.questions.spec import drawn_part, parse_question
from autograder.release.blocks import QUESTION_MAGIC, split_block, write_block

# Files that serve a pool's items: lists of them, which the cells of a release already hold, and their pictures.
POOL_FILES = (".yaml", ".svg", ".png", ".jpg", ".jpeg", ".webp")


def draw_copy(files: Mapping[str, bytes], variant: str) -> dict[str, bytes]:
    """Return the files of one attempt: each question holds its drawn items in the order in which they are shown.

    What was not drawn is in no byte of the copy, and neither is what grouped the pool, so nobody can read there which
    items belong together, or choose other ones.

    Parameters
    ----------
    files : Mapping
        The released files: path → bytes.  Their blocks are read, not the database's copy of them, which does not keep
        the order of labels.
    variant : str
        The variant issued for the attempt.

    Returns
    -------
    dict
        Path → bytes.

    Raises
    ------
    ContentError
        A block of the release cannot be read.
    """
    copy = dict(files)
    for name in files:
        if name.endswith(".ipynb"):
            copy[name] = _draw_notebook(files[name], name, variant)
    texts = [content.decode() for path, content in copy.items() if path.endswith(".ipynb")]
    return {
        path: content
        for path, content in copy.items()
        if not path.endswith(POOL_FILES) or any(path in text for text in texts)
    }


def _draw_notebook(content: bytes, name: str, variant: str) -> bytes:
    notebook = json.loads(content)
    for cell in notebook["cells"]:
        magic, block = split_block("".join(cell["source"])) if cell["cell_type"] == "code" else ("", "")
        if magic == QUESTION_MAGIC:
            question = parse_question(block, where=name)
            cell["source"] = write_block(QUESTION_MAGIC, drawn_part(question, variant))
    return (json.dumps(notebook, ensure_ascii=False, indent=1) + "\n").encode()
