"""What a person who has never programmed is told when commands do not run: words first, Python's own name last."""

from __future__ import annotations

import linecache
import os
from collections.abc import Iterator
from types import TracebackType
from typing import Any

from autograder.locale import _

MAX_SHOWN = 300


def gettext_(message: str) -> str:
    """Return a message as it is: it is translated when it is said.

    Raises
    ------
    nothing
    """
    return message


# The first class that an error is an instance of says what it means.
EXPLANATIONS: tuple[tuple[type[BaseException], str], ...] = (
    (KeyboardInterrupt, gettext_("Stopped.")),
    (NotImplementedError, gettext_("This part has not been written yet.")),
    (RecursionError, gettext_("The function calls itself without end.")),
    (NameError, gettext_("A name is used that is not there yet; look at its spelling.")),
    (
        IndentationError,
        gettext_("The spaces at the beginning of a line do not fit; lines that belong together begin at one place."),
    ),
    (
        SyntaxError,
        gettext_(
            "A line cannot be read; look for a missing bracket, quotation mark, comma or colon, also one line up."
        ),
    ),
    (ZeroDivisionError, gettext_("A number is divided by 0.")),
    (IndexError, gettext_("A list has fewer entries than the one that is asked for.")),
    (KeyError, gettext_("There is no column or entry of that name.")),
    (AttributeError, gettext_("What stands after a dot is not known; look at its spelling.")),
    (FileNotFoundError, gettext_("There is no such file; look at its name and folder.")),
    (ImportError, gettext_("There is no such toolbox; look at the spelling after import.")),
    (
        TypeError,
        gettext_("Values are put together that do not fit, such as a number and a text, or their number is wrong."),
    ),
    (ValueError, gettext_("A value does not have the form that is needed here.")),
    (MemoryError, gettext_("More memory is asked for than there is.")),
)


def explain_error(error: BaseException) -> str:
    """Say in plain words what is wrong; "" where there is nothing to add.

    Raises
    ------
    nothing
    """
    if isinstance(error, TypeError | AttributeError) and "NoneType" in name_error(error):
        return explain_nothing()
    return next((_(text) for kind, text in EXPLANATIONS if isinstance(error, kind)), "")


def explain_nothing() -> str:
    """Say that a function gave None, which is what a task gives that has not been begun.

    Raises
    ------
    nothing
    """
    return _("Nothing is given back yet; look at the line that begins with return.")


def name_error(error: BaseException) -> str:
    """Return what Python says, in one line.

    Raises
    ------
    nothing
    """
    try:
        # A SyntaxError's own text names an internal file.
        told = str(error.msg if isinstance(error, SyntaxError) else error)
    except Exception:  # an exception of the learner's may fail to describe itself
        told = ""
    line = " ".join(told.split())
    shown = line if len(line) <= MAX_SHOWN else line[: MAX_SHOWN - 1] + "…"
    return f"{type(error).__name__}: {shown}" if shown else type(error).__name__


def tell_trouble(error: BaseException, trace: TracebackType | None) -> list[str]:
    """Say what is wrong, in which line of the learner's, and what Python calls it.

    Parameters
    ----------
    error : BaseException
    trace : traceback or None
        Where it happened.

    Returns
    -------
    list of str
        Lines of plain text.

    Raises
    ------
    nothing
    """
    if isinstance(error, KeyboardInterrupt):
        return [explain_error(error)]
    place = find_line(error, trace)
    return [
        _("The commands do not run yet."),
        *([_("Line {number}: {line}").format(number=place[0], line=place[1].strip())] if place else []),
        *([said] if (said := explain_error(error)) else []),
        f"({name_error(error)})",
    ]


def find_line(error: BaseException, trace: TracebackType | None) -> tuple[int, str] | None:
    """Return number and text of the learner's own line where the error arose, None where it is none of theirs.

    Raises
    ------
    nothing
    """
    if isinstance(error, SyntaxError) and error.lineno and not trace_names_file(error.filename):
        return error.lineno, error.text or ""
    own = [(number, text) for name, number in _iter_places(trace) if (text := _own_line(name, number))]
    return own[-1] if own else None


def trace_names_file(name: str | None) -> bool:
    """Tell whether code comes from a file, and not from what was typed.

    Raises
    ------
    nothing
    """
    return bool(name) and os.path.exists(str(name))


def _own_line(name: str, number: int) -> str:
    # IPython keeps what was typed under the name of a file that is not there.
    return "" if name.startswith("<frozen") or trace_names_file(name) else linecache.getline(name, number).strip()


def _iter_places(trace: TracebackType | None) -> Iterator[tuple[str, int]]:
    while trace is not None:
        yield trace.tb_frame.f_code.co_filename, trace.tb_lineno or 0
        trace = trace.tb_next


def soften_errors(ipython: Any) -> None:
    """Let a learner's session tell errors in words; what stays in the file and is graded does not change.

    Parameters
    ----------
    ipython : IPython.core.interactiveshell.InteractiveShell

    Raises
    ------
    nothing

    Source
    ------
    IPython 9.18, interactiveshell.py: every error, also of syntax, goes through ``_showtraceback``.
    """
    show = ipython._showtraceback

    def show_softly(kind: Any, error: Any, lines: list[str]) -> None:
        if isinstance(error, BaseException):
            first, *rest = tell_trouble(error, error.__traceback__)
            lines = [f"\x1b[1m{first}\x1b[0m", *rest]
        show(kind, error, lines)

    ipython._showtraceback = show_softly
