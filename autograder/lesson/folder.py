"""The module's folder as a learner's session sees it: the attempt, the data, the pictures."""

from __future__ import annotations

import base64
import json
import os
import re
import stat
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from autograder.errors import ContentError
from autograder.locale import _
from autograder.questions.yaml_text import YamlDocument, parse_yaml

MAX_ATTEMPT_BYTES = 64 * 1024
MAX_NOTEBOOK_BYTES = 20_000_000
QUESTION_LINE = "%%question\n"
MAX_YAML_BYTES = 2_000_000
MAX_IMAGE_BYTES = 512 * 1024
IMAGE_TYPES = {
    ".svg": "image/svg+xml",
    ".png": "image/png",
    ".jpg": "image/jpeg",
    ".jpeg": "image/jpeg",
    ".webp": "image/webp",
}

_VARIANT = re.compile(r"[A-Za-z0-9_-]{1,64}")


@dataclass(frozen=True)
class Attempt:
    """The attempt that the portal issued, as ``attempt.json`` beside the lesson tells it."""

    # the portal's identifier
    attempt: str
    # the module's slug
    slug: str
    # 1 for the first
    number: int
    # which items are drawn
    variant: str


def read_regular_file(path: Path, limit: int) -> bytes:
    """Return the bytes of an ordinary file, without following a link.

    Parameters
    ----------
    path : Path
    limit : int
        The largest size taken, in bytes.

    Returns
    -------
    bytes

    Raises
    ------
    OSError
        There is no such file, it is a link or no ordinary file, or it is larger than ``limit``.
    """
    # O_NONBLOCK: opening a named pipe must not wait for a writer.
    descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC | os.O_NONBLOCK)
    with os.fdopen(descriptor, "rb") as source:
        facts = os.fstat(source.fileno())
        if not stat.S_ISREG(facts.st_mode):
            raise OSError(f"{path.name} is no ordinary file")
        content = source.read(limit + 1)
    if len(content) > limit:
        raise OSError(f"{path.name} is larger than {limit} bytes")
    return content


def read_attempt(root: Path) -> Attempt | None:
    """Return the attempt of a folder, or None where there is none that can be used.

    Parameters
    ----------
    root : Path
        The module's folder.

    Returns
    -------
    Attempt or None

    Raises
    ------
    nothing
    """
    try:
        data = json.loads(read_regular_file(root / "attempt.json", MAX_ATTEMPT_BYTES))
        attempt = Attempt(str(data["attempt"]), str(data["slug"]), int(data["number"]), str(data["variant"]))
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return None
    return attempt if _VARIANT.fullmatch(attempt.variant) else None


def list_question_blocks(root: Path) -> list[str]:
    """Return the YAML of the lesson's questions, from its file; none where it cannot be read.

    Parameters
    ----------
    root : Path
        The module's folder.

    Returns
    -------
    list of str

    Raises
    ------
    nothing
    """
    try:
        cells = json.loads(read_regular_file(root / "lesson.ipynb", MAX_NOTEBOOK_BYTES))["cells"]
        sources = ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "code"]
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return []
    return [source.removeprefix(QUESTION_LINE) for source in sources if source.startswith(QUESTION_LINE)]


def load_reference(root: Path, name: str) -> YamlDocument:
    """Read a YAML file that a question names.

    Parameters
    ----------
    root : Path
        The module's folder.
    name : str
        ``data/…`` or ``.author/…``.

    Returns
    -------
    YamlDocument

    Raises
    ------
    OSError
        The file is outside the folder, missing or too large.
    ContentError
        It is no YAML.
    """
    content = read_regular_file(find_inside(root, name), MAX_YAML_BYTES)
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError as error:
        raise ContentError(
            "file-encoding",
            _("A file is not written in UTF-8"),
            where=name,
            found=str(error.reason),
            expected="UTF-8",
            hint=_("save the file as UTF-8"),
        ) from None
    return parse_yaml(text, where=name)


def find_inside(root: Path, name: str) -> Path:
    """Return the path of a named file, which must lie in the folder.

    Raises
    ------
    OSError
        It does not.
    """
    path = (root / name).resolve()
    if not path.is_relative_to(root.resolve()):
        raise OSError(f"{name} lies outside the folder")
    return path


def read_image(root: Path, name: str) -> str:
    """Return a picture of the folder as a ``data:`` address; "" where it cannot be shown.

    Parameters
    ----------
    root : Path
        The module's folder.
    name : str
        ``data/….svg`` and the like.

    Returns
    -------
    str
        The page then shows the alternative text alone.

    Raises
    ------
    nothing
    """
    media_type = IMAGE_TYPES.get(Path(name).suffix.lower())
    if media_type is None:
        return ""
    try:
        content = read_regular_file(find_inside(root, name), MAX_IMAGE_BYTES)
    except OSError:
        return ""
    return f"data:{media_type};base64,{base64.b64encode(content).decode('ascii')}"


def list_answer_files(root: Path) -> list[Path]:
    """Return the answer files of a folder, sorted; links and other things are left out.

    Raises
    ------
    nothing
    """
    return _list_files(root / "answers", ".json")


def list_notebooks(root: Path) -> list[Path]:
    """Return the lesson files of a folder, sorted.

    Raises
    ------
    nothing
    """
    return _list_files(root, ".ipynb")


def _list_files(folder: Path, suffix: str) -> list[Path]:
    try:
        found: list[Any] = [entry for entry in os.scandir(folder) if entry.name.endswith(suffix)]
    except OSError:
        return []
    kept = [e for e in found if not e.name.startswith(".") and e.is_file(follow_symlinks=False)]
    return sorted(Path(entry.path) for entry in kept)
