"""nbgrader's gradebook.  The only package that opens it; nbgrader's words stop here."""

from __future__ import annotations

import os
import sys
from pathlib import Path

COURSE = "hocvuso"


def ensure_alembic_is_found() -> None:
    """Put this Python's own commands on the search path.

    nbgrader calls the command ``alembic`` when it meets an empty database (nbgrader 0.9.6, ``nbgrader/api.py``), and
    a service that was not started from an activated environment does not find it.

    Raises
    ------
    nothing
    """
    commands = str(Path(sys.executable).parent)
    if commands not in os.environ.get("PATH", "").split(os.pathsep):
        os.environ["PATH"] = os.pathsep.join([commands, os.environ.get("PATH", "")])
