"""One .ipynb file → its cells, each with its role."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

from autograder.curriculum.files import read_text
from autograder.curriculum.source import CellRole, CellSource
from autograder.errors import ContentError
from autograder.locale import _

SETUP_SOURCE = "%load_ext autograder.lesson"
SUBMIT_SOURCE = "%submit_panel"
QUESTION_MAGIC = "%%question"
CHECK_MAGIC = "%%check"


def read_document(path: Path) -> dict[str, Any]:
    """Return a notebook file as plain data, with the shape that the readers here rely on.

    Parameters
    ----------
    path : Path

    Returns
    -------
    dict
        ``cells`` is a list of dicts whose ``source`` is one text and whose ``metadata`` is a dict.

    Raises
    ------
    ContentError
        ``notebook-syntax`` or ``notebook-shape``, or one of ``read_text``'s.
    """
    text = read_text(path)
    try:
        document = json.loads(text, parse_constant=_refuse_constant)
        # JSON can smuggle half a surrogate pair, which no UTF-8 file can hold.
        json.dumps(document, ensure_ascii=False).encode("utf-8")
    except (ValueError, RecursionError) as error:
        raise ContentError(
            "notebook-syntax",
            _("The notebook is not valid JSON"),
            where=path.as_posix(),
            found=str(error)[:200],
            expected="JSON",
            hint=_("open the notebook in Jupyter and save it again, or take it back from the history"),
        ) from None
    if not isinstance(document, dict) or not isinstance(document.get("cells"), list):
        raise _refuse_shape(path, "", _("no list of cells"), _("a notebook of format 4"))
    document["cells"] = [_check_cell(cell, number, path) for number, cell in enumerate(document["cells"], start=1)]
    return document


def _refuse_constant(name: str) -> float:
    raise ValueError(f"{name} is no JSON number")


def _refuse_shape(path: Path, place: str, found: str, expected: str) -> ContentError:
    return ContentError(
        "notebook-shape",
        _("The file is not a notebook"),
        where=f"{path.as_posix()}{place}",
        found=found,
        expected=expected,
        hint=_("open the notebook in Jupyter and save it again, or take it back from the history"),
    )


def _check_cell(cell: Any, number: int, path: Path) -> dict[str, Any]:
    place = f", {name_cell(number)}"
    if not isinstance(cell, dict):
        raise _refuse_shape(path, place, type(cell).__name__, _("a cell"))
    source = cell.get("source")
    if isinstance(source, list) and all(isinstance(line, str) for line in source):
        source = "".join(source)
    if not isinstance(source, str):
        raise _refuse_shape(path, place, type(source).__name__, _("source as text"))
    if cell.get("cell_type") not in ("code", "markdown", "raw"):
        raise _refuse_shape(path, place, str(cell.get("cell_type"))[:80], "code, markdown, raw")
    if not isinstance(cell.get("metadata", {}), dict):
        raise _refuse_shape(path, place, type(cell["metadata"]).__name__, _("metadata as a table"))
    return cell | {"source": source, "metadata": cell.get("metadata", {})}


def read_cells(document: dict[str, Any]) -> tuple[CellSource, ...]:
    """Return the cells of a document that ``read_document`` gave.

    Raises
    ------
    nothing
    """
    return tuple(_read_cell(cell, number) for number, cell in enumerate(document["cells"], start=1))


def _read_cell(cell: dict[str, Any], number: int) -> CellSource:
    grader = cell["metadata"].get("nbgrader")
    grade_id = grader.get("grade_id") if isinstance(grader, dict) else None
    return CellSource(
        number=number,
        role=_find_role(cell, grader if isinstance(grader, dict) else {}),
        type=cell["cell_type"],
        source=cell["source"],
        grade_id=grade_id if isinstance(grade_id, str) else "",
        metadata=cell["metadata"],
        has_outputs=bool(cell.get("outputs")) or cell.get("execution_count") is not None,
    )


def _find_role(cell: dict[str, Any], grader: dict[str, Any]) -> CellRole:
    if cell["cell_type"] == "markdown":
        return CellRole.TEXT
    if cell["cell_type"] != "code":
        return CellRole.OTHER
    first_line = cell["source"].partition("\n")[0].rstrip()
    magics = {
        SETUP_SOURCE: CellRole.SETUP,
        SUBMIT_SOURCE: CellRole.SUBMIT,
        QUESTION_MAGIC: CellRole.QUESTION,
        CHECK_MAGIC: CellRole.CHECK,
    }
    if first_line in magics:
        return magics[first_line]
    return CellRole.SOLUTION if grader.get("solution") is True else CellRole.OTHER


def name_cell(number: int, grade_id: str = "") -> str:
    """Return how a cell is named to an author: its number, and its id where it has one.

    Raises
    ------
    nothing
    """
    if grade_id:
        return _("cell {n} ({id})").format(n=number, id=grade_id)
    return _("cell {n}").format(n=number)


def strip_magic(source: str) -> str:
    """Return the YAML of a question or check cell, without the line of its magic.

    Raises
    ------
    nothing
    """
    return re.sub(r"\A[^\n]*\n?", "", source, count=1)
