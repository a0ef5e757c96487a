"""Files of one folder, and of nothing beside it: no link is followed, no path climbs out."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from autograder.errors import ContentError
from autograder.locale import _

MAX_BYTES = 1_000_000
DATA_SUFFIXES = (".csv", ".jpg", ".json", ".png", ".svg", ".txt", ".webp", ".yaml")
# What an editor or an operating system leaves behind; it is neither shipped nor worth a finding.
IGNORED_NAMES = (".DS_Store", ".ipynb_checkpoints", "__pycache__", "Thumbs.db")


def resolve_inside(folder: Path, relative: str) -> Path:
    """Return the ordinary file that ``relative`` names below ``folder``.

    Parameters
    ----------
    folder : Path
        The module's folder.
    relative : str
        With ``/`` between its parts, such as ``data/hop-thu.yaml``.

    Returns
    -------
    Path

    Raises
    ------
    ContentError
        ``reference-outside`` for an absolute path, a ``..`` or a link on the way; ``reference-missing`` where
        there is no such file.
    """
    parts = PurePosixPath(relative).parts
    if "\\" in relative or "\0" in relative or not parts or relative.startswith("/") or ".." in parts:
        raise _refuse_outside(relative, _("a path that leaves the module's folder"))
    path = folder
    for part in parts:
        path = path / part
        try:
            mode = path.lstat().st_mode
        except (OSError, ValueError):
            raise ContentError(
                "reference-missing",
                _("A file that the module speaks of does not exist"),
                where=relative,
                found=_("no file"),
                expected=relative,
                hint=_("add the file or correct its path"),
            ) from None
        if stat.S_ISLNK(mode):
            raise _refuse_outside(relative, _("a link"))
    if not stat.S_ISREG(mode):
        raise _refuse_outside(relative, _("no ordinary file"))
    return path


def _refuse_outside(relative: str, found: str) -> ContentError:
    return ContentError(
        "reference-outside",
        _("{path} is not an ordinary file of the module").format(path=relative),
        where=relative,
        found=found,
        expected=_("a file of the module's own data/ or .author/"),
        hint=_("copy the file into the module and name it from there"),
    )


def read_text(path: Path, *, limit: int = 20 * MAX_BYTES) -> str:
    """Return a file's text.

    Parameters
    ----------
    path : Path
    limit : int
        Bytes; a longer file is refused before it is read.

    Returns
    -------
    str

    Raises
    ------
    ContentError
        ``file-missing``, ``file-unreadable``, ``file-too-large`` or ``file-encoding``.
    """
    try:
        status = path.lstat()
        if not stat.S_ISREG(status.st_mode):
            raise _unreadable(path, _("a link or a folder"))
        if status.st_size > limit:
            raise ContentError(
                "file-too-large",
                _("The file is too large"),
                where=path.as_posix(),
                found=_("{n} bytes").format(n=status.st_size),
                expected=_("at most {n} bytes").format(n=limit),
                hint=_("remove outputs and embedded pictures"),
            )
        content = path.read_bytes()
    except FileNotFoundError:
        raise ContentError(
            "file-missing",
            _("The file is missing"),
            where=path.as_posix(),
            found=_("no file"),
            expected=path.name,
            hint=_("add the file; docs/lecturer.md shows one"),
        ) from None
    except OSError as error:
        raise _unreadable(path, error.strerror or type(error).__name__) from None
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError as error:
        raise ContentError(
            "file-encoding",
            _("The file is not written in UTF-8"),
            where=path.as_posix(),
            found=_("byte 0x{byte:02x} at position {n}").format(byte=content[error.start], n=error.start),
            expected="UTF-8",
            hint=_("save the file again as UTF-8"),
        ) from None


def _unreadable(path: Path, found: str) -> ContentError:
    return ContentError(
        "file-unreadable",
        _("The file cannot be read"),
        where=path.as_posix(),
        found=found,
        expected=_("an ordinary file"),
        hint=_("check the file and its permissions"),
    )


def iter_entries(folder: Path) -> Iterator[Path]:
    """Yield everything below a folder that is no folder itself, links included, in sorted order.

    Raises
    ------
    nothing
    """
    for root, folders, names in os.walk(folder, followlinks=False):
        here = Path(root)
        folders[:] = sorted(name for name in folders if name not in IGNORED_NAMES)
        # A link to a folder ships what lies outside just as a link to a file does.
        links = [name for name in folders if (here / name).is_symlink()]
        for name in sorted([*links, *names]):
            if name not in IGNORED_NAMES:
                yield here / name


def list_data(folder: Path) -> tuple[str, ...]:
    """Return the data files of a module that ship to learners.

    Parameters
    ----------
    folder : Path
        The module's folder.

    Returns
    -------
    tuple of str
        Paths below the folder, sorted: the ordinary files of ``data/`` whose type is one of ``DATA_SUFFIXES``.

    Raises
    ------
    nothing
    """
    data = folder / "data"
    if data.is_symlink():
        return ()
    return tuple(sorted(path.relative_to(folder).as_posix() for path in iter_entries(data) if is_shippable(path, data)))


def is_shippable(path: Path, data: Path) -> bool:
    """Tell whether a file below ``data`` may go to learners: an ordinary one of a known type, not hidden.

    Raises
    ------
    nothing
    """
    hidden = any(part.startswith(".") for part in path.relative_to(data).parts)
    return path.suffix in DATA_SUFFIXES and not hidden and stat.S_ISREG(path.lstat().st_mode)
