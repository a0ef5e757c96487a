"""What runs in a learner's session: ``%load_ext autograder.lesson``.

The extension adds ``%%question``, ``%%check`` and ``%submit_panel``.  The rules of questions are in
``autograder.questions``; here is what touches the page, the folder and the portal.
"""

from __future__ import annotations

from typing import Any


def load_ipython_extension(ipython: Any) -> None:
    """Add the lesson's magics to a session, whose working directory is the module's folder.

    Parameters
    ----------
    ipython : IPython.core.interactiveshell.InteractiveShell

    Raises
    ------
    nothing
    """
    from autograder.lesson.magics import register_magics

    register_magics(ipython)
