"""What the page gets to show of a question: public, drawn, in one language, pictures included."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from autograder.lesson.folder import read_image
from autograder.locale import current_language
from autograder.questions.kinds import KINDS
from autograder.questions.model import BaseQuestion, Item, Part, Table, read_text
from autograder.questions.rich_text import read_blocks
from autograder.questions.variants import draw_items

# Pictures of one question together; beyond this the page shows their alternative texts.
MAX_PICTURES_CHARACTERS = 4_000_000


def describe_question(question: BaseQuestion, *, variant: str, number: int, root: Path) -> dict[str, Any]:
    """Return a question as the page shows it.

    Parameters
    ----------
    question : BaseQuestion
        Only public fields are read, even from an author's copy.
    variant : str
        Which items are drawn.
    number : int
        Its place in the lesson, from 1.
    root : Path
        The module's folder, for pictures.

    Returns
    -------
    dict
        JSON-ready: ``id, kind, number, points, lang, prompt, items`` and what the kind adds.

    Raises
    ------
    nothing
    """
    kind = KINDS[question.kind]
    items = []
    left = MAX_PICTURES_CHARACTERS
    for item in question.pick_items(draw_items(question, variant)):
        shown = _describe_item(item, root) | kind.describe_item(item)
        source = shown.get("image", {}).get("src", "")
        left -= len(source)
        if left < 0 and source:
            shown["image"]["src"] = ""
        items.append(shown)
    view: dict[str, Any] = {
        "id": question.id,
        "kind": question.kind,
        "number": number,
        "points": f"{question.points:g}".replace(".", "," if current_language() == "vi" else "."),
        "lang": current_language(),
        "prompt": read_blocks(read_text(question.prompt)),
        "items": items,
    }
    return view | kind.describe(question)


def _describe_item(item: Item, root: Path) -> dict[str, Any]:
    shown: dict[str, Any] = {"id": item.id}
    if item.title:
        shown["title"] = read_text(item.title)
    if item.text:
        shown["text"] = read_blocks(read_text(item.text))
    if item.parts:
        shown["parts"] = [_describe_part(part) for part in item.parts]
    if item.image:
        shown["image"] = {"src": read_image(root, item.image), "alt": read_text(item.alt)}
    if item.table:
        shown["table"] = _describe_table(item.table)
    return shown


def _describe_part(part: Part) -> dict[str, Any]:
    fields = {"id": part.id, "label": read_text(part.label), "text": read_text(part.text), "link": part.link}
    return {name: value for name, value in fields.items() if value}


def _describe_table(table: Table) -> dict[str, Any]:
    return {
        "columns": [read_text(column) for column in table.columns],
        "rows": [[show_cell(cell) for cell in row] for row in table.rows],
        "numeric": [_is_numeric(table, index) for index in range(len(table.columns))],
        "caption": read_text(table.caption),
    }


def _is_numeric(table: Table, index: int) -> bool:
    cells = [row[index] for row in table.rows if index < len(row)]
    return bool(cells) and all(isinstance(c, int | float) and not isinstance(c, bool) for c in cells)


def show_cell(value: Any) -> str:
    """Return a cell of a table as text, numbers in the reader's notation.

    Raises
    ------
    nothing
    """
    if value is None:
        return ""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return str(value)
    # A year or a code is an integer below 10,000 and gets no separator.
    text = f"{value:,}" if abs(value) >= 10_000 or isinstance(value, float) else str(value)
    return text.translate(str.maketrans(",.", ".,")) if current_language() == "vi" else text
