"""Where a learner's files lie on this machine, and which private user owns them."""

from __future__ import annotations

import hashlib
import os
import re
from pathlib import Path

from autograder.box import FIRST_PRIVATE_UID

PLAIN_NAME = re.compile(r"[a-z0-9][a-z0-9._-]{0,62}")


def folder_name(username: str) -> str:
    """Return a folder name for a learner: the user name where it is plain, else a digest of it.

    Raises
    ------
    nothing
    """
    if PLAIN_NAME.fullmatch(username):
        return username
    return "u_" + hashlib.sha256(username.encode()).hexdigest()[:40]


def ensure_home(learners_folder: Path, username: str) -> Path:
    """Return a learner's folder, made at first use; for root it belongs to a private user of the learner's own.

    Which number that is, the folder's owner itself says, so it stays the same for ever.

    Parameters
    ----------
    learners_folder : Path
        The folder of all learners' homes.
    username : str
        The hub's name of the learner.

    Raises
    ------
    OSError
        The folder cannot be made.
    """
    learners_folder.mkdir(mode=0o711, parents=True, exist_ok=True)
    home = learners_folder / folder_name(username)
    home.mkdir(mode=0o700, exist_ok=True)
    if os.geteuid() == 0 and home.stat().st_uid < FIRST_PRIVATE_UID:
        give_to(home, next_private_uid(learners_folder))
    return home


def next_private_uid(learners_folder: Path) -> int:
    """Return a user number that no learner's folder belongs to.

    Raises
    ------
    OSError
        The folder cannot be read.
    """
    with os.scandir(learners_folder) as entries:
        taken = [entry.stat(follow_symlinks=False).st_uid for entry in entries]
    return max([FIRST_PRIVATE_UID - 1, *taken]) + 1


def give_to(home: Path, uid: int) -> None:
    """Make a folder and all that lies in it belong to a user, links themselves and not what they point to.

    Raises
    ------
    OSError
        The caller is not root.
    """
    for folder, names, files in os.walk(home):
        for name in (*names, *files):
            os.chown(Path(folder) / name, uid, uid, follow_symlinks=False)
    os.chown(home, uid, uid, follow_symlinks=False)
