"""One attempt's copy of a module: the released files with nothing but the items drawn for it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from autograder.questions.spec import drawn_part, parse_question
from autograder.release.blocks import QUESTION_MAGIC, write_block

# Files that serve a pool's items: lists of them, which the cells of a release already hold, and their pictures.
POOL_FILES = (".yaml", ".svg", ".png", ".jpg", ".jpeg", ".webp")


def draw_copy(files: Mapping[str, bytes], notebooks: list[dict[str, Any]], variant: str) -> dict[str, bytes]:
    """Return the files of one attempt: each question holds its drawn items in the order in which they are shown.

    What was not drawn is in no byte of the copy, and neither is what grouped the pool, so nobody can read there which
    items belong together, or choose other ones.

    Parameters
    ----------
    files : Mapping
        The released files: path → bytes.
    notebooks : list of dict
        The release's own copy: ``{name, items: [{type, id, block}]}`` per notebook, blocks with keys.
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
    for book in notebooks:
        name = f"{book['name']}.ipynb"
        questions = {
            item["id"]: parse_question(item["block"], where=item["id"])
            for item in book["items"]
            if item["type"] == "question"
        }
        notebook = json.loads(files[name])
        for cell in notebook["cells"]:
            question = questions.get(cell["metadata"].get("nbgrader", {}).get("grade_id", ""))
            if question is not None:
                cell["source"] = write_block(QUESTION_MAGIC, drawn_part(question, variant))
        copy[name] = (json.dumps(notebook, ensure_ascii=False, indent=1) + "\n").encode()
    texts = [content.decode() for path, content in copy.items() if path.endswith(".ipynb")]
    return {
        path: content
        for path, content in copy.items()
        if not path.endswith(POOL_FILES) or any(path in text for text in texts)
    }
