"""The text of ``%%question`` and ``%%check`` cells, full and public."""

from __future__ import annotations

from typing import Any

from autograder.questions import check_spec, spec
from autograder.questions.yaml_text import dump_block, parse_yaml

QUESTION_MAGIC = "%%question"
CHECK_MAGIC = "%%check"

# What stands where the learner is to write. It fails when it runs, so what was left untouched earns nothing.
STUB = "# Viết lệnh của Anh/Chị ở đây, thay cho dòng dưới\nraise NotImplementedError"
BEGIN_SOLUTION = "BEGIN SOLUTION"
END_SOLUTION = "END SOLUTION"


def split_block(source: str) -> tuple[str, str]:
    """Return (magic, YAML) of a cell; the magic is "" for every other cell.

    Raises
    ------
    nothing
    """
    first, _, rest = source.lstrip().partition("\n")
    magic = first.strip()
    return (magic, rest) if magic in (QUESTION_MAGIC, CHECK_MAGIC) else ("", source)


def write_block(magic: str, block: dict[str, Any]) -> str:
    """Return a cell's source from its magic and its data.

    Raises
    ------
    nothing
    """
    return f"{magic}\n{dump_block(block)}"


def publish_block(source: str) -> str:
    """Return a cell's source as the learner may see it; other cells stay as they are.

    Raises
    ------
    ContentError
        The block cannot be read.
    """
    magic, block = split_block(source)
    if magic == QUESTION_MAGIC:
        question = spec.parse_question(block, where=magic)
        return write_block(magic, spec.public_part(question))
    if magic == CHECK_MAGIC:
        check = check_spec.parse_resolved_check(block, where=magic)
        return write_block(magic, check_spec.public_part(check))
    return source


def read_fields(source: str) -> set[str]:
    """Return the names of the fields that a cell's block states; none for other cells.

    Raises
    ------
    ContentError
        The block is not YAML.
    """
    return set(read_block(source))


def read_block(source: str) -> dict[str, Any]:
    """Return a cell's block as data; nothing for other cells.

    Raises
    ------
    ContentError
        The block is not YAML.
    """
    magic, block = split_block(source)
    data = parse_yaml(block, where=magic).data if magic else None
    return data if isinstance(data, dict) else {}


def clear_solution(source: str) -> str:
    """Return a solution cell as the learner gets it: the stub in the place of every solution.

    Raises
    ------
    nothing

    Source
    ------
    nbgrader 0.9.6, ``preprocessors/clearsolutions.py``: regions are replaced; without any, the whole cell.
    """
    kept: list[str] = []
    inside = replaced = False
    for line in source.split("\n"):
        if BEGIN_SOLUTION in line:
            indent = line[: len(line) - len(line.lstrip())]
            kept += [indent + stub for stub in STUB.split("\n")]
            inside = replaced = True
        elif END_SOLUTION in line:
            inside = False
        elif not inside:
            kept.append(line)
    return "\n".join(kept) if replaced else STUB


def list_solution_lines(source: str) -> list[str]:
    """Return the lines of a solution cell that the learner does not get.

    Raises
    ------
    nothing
    """
    lines = source.split("\n")
    if not any(BEGIN_SOLUTION in line for line in lines):
        return lines
    found: list[str] = []
    inside = False
    for line in lines:
        if BEGIN_SOLUTION in line or END_SOLUTION in line:
            inside = BEGIN_SOLUTION in line
        elif inside:
            found.append(line)
    return found
