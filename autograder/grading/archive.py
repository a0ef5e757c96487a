"""What a learner handed in, taken apart without trusting any of it.

From the bytes come only the answers and the sources of solution cells; everything else is the server's own
(design.md §5).
"""

from __future__ import annotations

import io
import json
import re
import stat
import zipfile
import zlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

from autograder.errors import SubmissionError
from autograder.locale import _

MAX_ARCHIVE_BYTES = 20 * 2**20
MAX_FILES = 400
MAX_DEPTH = 60
MAX_CELLS = 5000

# A whole string is one token, so brackets inside text do not count.
_STRINGS_AND_BRACKETS = re.compile(rb'"(?:[^"\\]|\\.)*+"|[\[\]{}]', re.DOTALL)


@dataclass(frozen=True, slots=True)
class SubmittedWork:
    """The parts of a submission that grading reads.

    ``answers`` maps a question id to the raw bytes of its answer file; ``solutions`` maps a notebook's name to the
    sources of its solution cells by ``grade_id``; ``findings`` are remarks for staff (codes with their evidence).
    """

    answers: Mapping[str, bytes]
    solutions: Mapping[str, Mapping[str, str]]
    findings: tuple[str, ...] = ()


def read_archive(archive: bytes, notebooks: Iterable[str], required: Iterable[str]) -> SubmittedWork:
    """Return the work in a handed-in archive.

    Parameters
    ----------
    archive : bytes
        A zip file with ``<notebook>.ipynb`` and ``answers/<question id>.json``; other members are passed over.
    notebooks : iterable of str
        Names (without ending) of the notebooks that the release has.
    required : iterable of str
        Those of them that must be there.

    Returns
    -------
    SubmittedWork

    Raises
    ------
    SubmissionError
        The archive or one of its notebooks cannot be read; nothing was taken.
    """
    if len(archive) > MAX_ARCHIVE_BYTES:
        raise too_large(len(archive))
    findings: list[str] = []
    members = _read_members(archive)
    solutions: dict[str, dict[str, str]] = {}
    for name in notebooks:
        content = members.get(f"{name}.ipynb")
        if content is None:
            if name in set(required):
                raise SubmissionError(
                    "notebook-missing",
                    _("a part of the lesson is missing from what was handed in"),
                    where=f"{name}.ipynb",
                    found=", ".join(sorted(members)[:8]) or _("nothing"),
                    expected=f"{name}.ipynb",
                    hint=_("open the module again from “My modules” and hand in there"),
                )
            continue
        solutions[name] = _read_solutions(f"{name}.ipynb", content, findings)
    answers = {
        path.stem: content
        for path, content in ((PurePosixPath(name), content) for name, content in members.items())
        if path.parent.as_posix() == "answers" and path.suffix == ".json"
    }
    return SubmittedWork(answers, solutions, tuple(findings))


def pack_folder(folder: Path) -> bytes:
    """Return the archive of a module folder: its notebooks and answers, nothing else, the same bytes each time.

    Raises
    ------
    SubmissionError
        The folder has no notebook, or is larger than a submission may be.
    """
    files = [path for path in sorted(folder.glob("*.ipynb")) if _is_plain_file(path)]
    if not files:
        raise SubmissionError(
            "notebook-missing",
            _("there is no lesson in this folder"),
            where=str(folder),
            found=", ".join(sorted(p.name for p in folder.iterdir())[:8]) if folder.is_dir() else _("no folder"),
            expected="lesson.ipynb",
            hint=_("name the folder that holds the lesson and its answers"),
        )
    files += [path for path in sorted(folder.glob("answers/*.json")) if _is_plain_file(path)]
    size = sum(path.stat().st_size for path in files)
    if size > MAX_ARCHIVE_BYTES:
        raise too_large(size)
    return zip_files({path.relative_to(folder).as_posix(): path.read_bytes() for path in files})


def zip_files(files: Mapping[str, bytes]) -> bytes:
    """Return a zip file whose bytes depend on names and contents only, not on when or where it is made.

    Raises
    ------
    nothing
    """
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in sorted(files):
            member = zipfile.ZipInfo(name, date_time=(2025, 1, 1, 0, 0, 0))
            member.compress_type = zipfile.ZIP_DEFLATED
            member.external_attr = 0o644 << 16
            archive.writestr(member, files[name])
    return target.getvalue()


def parse_json(content: bytes, where: str) -> Any:
    """Return strict JSON: UTF-8, no NaN or infinity, no deep nesting.

    Raises
    ------
    SubmissionError
        The bytes are not such JSON.
    """
    try:
        _refuse_depth(content)
        return json.loads(content.decode("utf-8-sig"), parse_constant=_refuse_constant)
    except (ValueError, RecursionError) as error:
        raise SubmissionError(
            "file-unreadable",
            _("a file that was handed in cannot be read"),
            where=where,
            found=str(error)[:160],
            expected=_("a whole file of the lesson"),
            hint=_("open the module again from “My modules”; the answers are kept there"),
        ) from error


def too_large(size: int) -> SubmissionError:
    """Return the error for a submission over the size limit.

    Raises
    ------
    nothing
    """
    return SubmissionError(
        "submission-too-large",
        _("what was handed in is too large"),
        found=f"{size / 2**20:.1f} MB",
        expected=f"≤ {MAX_ARCHIVE_BYTES // 2**20} MB",
        hint=_("remove large outputs or files from the module folder and hand in again"),
        status=413,
    )


def _is_plain_file(path: Path) -> bool:
    return stat.S_ISREG(path.lstat().st_mode)


def _read_members(archive: bytes) -> dict[str, bytes]:
    """Return the members that can belong to a submission; sizes are counted while unpacking, not believed."""
    members: dict[str, bytes] = {}
    left = MAX_ARCHIVE_BYTES
    try:
        with zipfile.ZipFile(io.BytesIO(archive)) as zipped:
            infos = zipped.infolist()
            if len(infos) > MAX_FILES:
                raise _unreadable(f"{len(infos)} files", f"≤ {MAX_FILES} files")
            for info in infos:
                path = PurePosixPath(info.filename)
                if info.is_dir() or path.is_absolute() or ".." in path.parts or len(path.parts) > 2:
                    continue
                if stat.S_ISLNK(info.external_attr >> 16) or path.suffix not in (".ipynb", ".json"):
                    continue
                if info.filename in members:
                    raise _unreadable(_("{name} twice").format(name=info.filename), _("each file once"))
                with zipped.open(info) as source:
                    content = source.read(left + 1)
                left -= len(content)
                if left < 0:
                    raise too_large(MAX_ARCHIVE_BYTES - left)
                members[info.filename] = content
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, OSError, ValueError, zlib.error) as error:
        raise _unreadable(str(error)[:160], _("a zip file")) from error
    return members


def _unreadable(found: str, expected: str) -> SubmissionError:
    return SubmissionError(
        "archive-unreadable",
        _("what was handed in cannot be unpacked"),
        found=found,
        expected=expected,
        hint=_("hand in again from the lesson page"),
    )


def _read_solutions(where: str, content: bytes, findings: list[str]) -> dict[str, str]:
    notebook = parse_json(content, where)
    cells = notebook.get("cells") if isinstance(notebook, dict) else None
    if not isinstance(cells, list) or notebook.get("nbformat") != 4:
        raise SubmissionError(
            "not-a-notebook",
            _("a file that was handed in is not a lesson"),
            where=where,
            found=type(notebook).__name__ if not isinstance(notebook, dict) else f"nbformat {notebook.get('nbformat')}",
            expected="nbformat 4",
            hint=_("open the module again from “My modules” and hand in there"),
        )
    if len(cells) > MAX_CELLS:
        raise _unreadable(f"{len(cells)} cells", f"≤ {MAX_CELLS} cells")
    solutions: dict[str, str] = {}
    for cell in cells:
        grade_id, source = _solution_of(cell)
        if grade_id is None:
            continue
        if grade_id in solutions:
            # The first one stands: a copied cell is honest damage, and which of two counts must not be a choice.
            findings.append(f"duplicate-solution-cell:{where}:{grade_id}")
            continue
        solutions[grade_id] = source
    return solutions


def _solution_of(cell: Any) -> tuple[str | None, str]:
    metadata = cell.get("metadata") if isinstance(cell, dict) else None
    nbgrader = metadata.get("nbgrader") if isinstance(metadata, dict) else None
    if not isinstance(nbgrader, dict) or nbgrader.get("solution") is not True or nbgrader.get("grade") is True:
        return None, ""
    grade_id = nbgrader.get("grade_id")
    source = cell.get("source", "")
    if isinstance(source, list) and all(isinstance(line, str) for line in source):
        source = "".join(source)
    if not isinstance(grade_id, str) or not isinstance(source, str):
        return None, ""
    return grade_id, source


def _refuse_constant(name: str) -> None:
    raise ValueError(f"{name} is not JSON")


def _refuse_depth(content: bytes) -> None:
    """Refuse deep nesting before the parser recurses."""
    depth = 0
    for token in _STRINGS_AND_BRACKETS.finditer(content):
        if token[0] in (b"[", b"{"):
            depth += 1
            if depth > MAX_DEPTH:
                raise ValueError(f"nested deeper than {MAX_DEPTH}")
        elif token[0] in (b"]", b"}"):
            depth -= 1
