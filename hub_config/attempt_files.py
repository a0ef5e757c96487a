"""The files of an attempt in a learner's home: unpacked whole or not at all, earlier attempts kept aside."""

from __future__ import annotations

import io
import json
import secrets
import shutil
import stat
import zipfile
from pathlib import Path, PurePosixPath

from autograder.errors import SubmissionError
from autograder.locale import _

EARLIER = ".luot-truoc"
MAX_FILES = 500
MAX_BYTES = 100 * 2**20


def attempt_in(folder: Path) -> dict[str, object]:
    """Return the content of a module folder's ``attempt.json``, {} where there is none that can be read.

    Raises
    ------
    nothing
    """
    try:
        content = json.loads((folder / "attempt.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return content if isinstance(content, dict) else {}


def has_attempt(folder: Path, attempt: str) -> bool:
    """Return whether a module folder already holds this attempt with its lesson.

    Raises
    ------
    nothing
    """
    return attempt_in(folder).get("attempt") == attempt and (folder / "lesson.ipynb").is_file()


def place_attempt(home: Path, slug: str, attempt: str, archive: bytes) -> None:
    """Unpack an attempt into its module's folder and put what was there before aside.

    Parameters
    ----------
    home : Path
        The learner's home.
    slug : str
        The module; its folder is ``home/slug``.
    attempt : str
        The attempt's identity.
    archive : bytes
        A zip file.

    Raises
    ------
    SubmissionError
        The archive is not one, or holds what must not be unpacked.
    """
    fresh = home / f".moi-{slug}-{secrets.token_hex(4)}"
    try:
        unpack(archive, fresh)
        if attempt_in(home / slug).get("attempt") == attempt:
            fill_gaps(fresh, home / slug)
        else:
            keep_earlier(home, slug)
            fresh.rename(home / slug)
    finally:
        shutil.rmtree(fresh, ignore_errors=True)


def fill_gaps(fresh: Path, folder: Path) -> None:
    """Move into a folder the files that it lacks; what it has, answers above all, stays.

    Raises
    ------
    OSError
        A file cannot be moved.
    """
    for file in [path for path in fresh.rglob("*") if path.is_file()]:
        target = folder / file.relative_to(fresh)
        if not target.exists():
            target.parent.mkdir(parents=True, exist_ok=True)
            file.rename(target)


def keep_earlier(home: Path, slug: str) -> None:
    """Move a module's folder to where earlier attempts are kept.

    Raises
    ------
    OSError
        It cannot be moved.
    """
    folder = home / slug
    if not folder.exists() and not folder.is_symlink():
        return
    number = str(attempt_in(folder).get("number", "0"))
    place = home / EARLIER / slug / (number if number.isdecimal() else "0")
    place.parent.mkdir(parents=True, exist_ok=True)
    while place.exists():
        place = place.with_name(f"{place.name}-{secrets.token_hex(2)}")
    folder.rename(place)


def unpack(archive: bytes, folder: Path) -> None:
    """Unpack ordinary files of a zip file into a new folder.

    Raises
    ------
    SubmissionError
        It is not a zip file, is too large, or names a path outside the folder.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(archive)) as bundle:
            members = [member for member in bundle.infolist() if not member.is_dir()]
            check_members(members)
            for member in members:
                target = folder / PurePosixPath(member.filename)
                target.parent.mkdir(parents=True, exist_ok=True)
                with bundle.open(member) as source, target.open("xb") as copy:
                    shutil.copyfileobj(source, copy)
    except (zipfile.BadZipFile, FileExistsError, NotImplementedError) as error:
        raise unusable(str(error)) from None


def check_members(members: list[zipfile.ZipInfo]) -> None:
    """Check names, kinds and sizes before anything is written.

    Raises
    ------
    SubmissionError
        A member must not be unpacked.
    """
    if len(members) > MAX_FILES or sum(member.file_size for member in members) > MAX_BYTES:
        raise unusable(f"{len(members)} files")
    for member in members:
        path = PurePosixPath(member.filename)
        kind = stat.S_IFMT(member.external_attr >> 16)
        if path.is_absolute() or ".." in path.parts or "\\" in member.filename or kind not in (0, stat.S_IFREG):
            raise unusable(member.filename)


def unusable(found: str) -> SubmissionError:
    """Return the error of an archive that cannot be unpacked.

    Raises
    ------
    nothing
    """
    return SubmissionError(
        "attempt-files-unusable",
        _("the files of this module cannot be used"),
        found=found,
        expected=_("a zip file of ordinary files"),
        hint=_("tell your instructor; everything you did is saved"),
        status=502,
    )
