"""What a content check says: one finding per broken place, as data."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from autograder.curriculum.checks.survey import Survey
from autograder.errors import ContentError
from autograder.locale import _


@dataclass(frozen=True, slots=True)
class Finding:
    """One place where the curriculum breaks a rule."""

    # the rule's; stable
    code: str
    # below curriculum/, with / between its parts
    path: str
    # cell, key or line inside the file; "" where the file as a whole is meant
    where: str
    # what is wrong
    message: str
    # what to do
    hint: str
    # the value met and what would have been right, as text; "" where there is none
    found: str = ""
    expected: str = ""

    def as_dict(self) -> dict[str, str]:
        """Return the finding as JSON-ready data.

        Returns
        -------
        dict
            Keys ``code, path, where, message, hint, found, expected``; all values are text.

        Raises
        ------
        nothing
        """
        return {
            "code": self.code,
            "path": self.path,
            "where": self.where,
            "message": self.message,
            "hint": self.hint,
            "found": self.found,
            "expected": self.expected,
        }


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule for content."""

    code: str
    # survey → findings, whose code is filled in by whoever runs the rule
    find: Callable[[Survey], Iterator[Finding]]
    # what holds when nothing is found; an English message id
    guarantee: str


def gettext_(message: str) -> str:
    """Mark a text for translation where it is written; it is translated where it is shown.

    Raises
    ------
    nothing
    """
    return message


def report(
    path: str, where: str, message: str, *, found: Any = "", expected: Any = "", hint: str = "", code: str = ""
) -> Finding:
    """Return a finding; its code is filled in by the runner unless a rule has its own reason to set it.

    Raises
    ------
    nothing
    """
    return Finding(code, path, where, message, hint, _as_text(found), _as_text(expected))


def report_error(path: str, error: ContentError) -> Finding:
    """Return what a reader raised as a finding.

    Raises
    ------
    nothing
    """
    return report(path, error.where, error.message, found=error.found, expected=error.expected, hint=error.hint)


def _as_text(value: Any) -> str:
    text = "" if value is None else str(value)
    return text if len(text) <= 200 else text[:199] + "…"


def format_finding(finding: Finding) -> str:
    """Return a finding as one line for people, in the current language.

    Parameters
    ----------
    finding : Finding

    Returns
    -------
    str
        ``path, where: message — found …, expected … — hint [code]``.

    Raises
    ------
    nothing
    """
    place = f"{finding.path}, {finding.where}" if finding.where else finding.path
    parts = [finding.message]
    if finding.found and finding.expected:
        parts.append(_("found {found}, expected {expected}").format(found=finding.found, expected=finding.expected))
    elif finding.found:
        parts.append(_("found {found}").format(found=finding.found))
    elif finding.expected:
        parts.append(_("expected {expected}").format(expected=finding.expected))
    if finding.hint:
        parts.append(finding.hint)
    return f"{place}: {' — '.join(parts)} [{finding.code}]"


def sort_key(finding: Finding) -> tuple[Any, ...]:
    """Return what findings are sorted by: file, place (cell 9 before cell 10), rule.

    Raises
    ------
    nothing
    """
    place = tuple(
        (0, int(part), "") if part.isdigit() and part.isascii() else (1, 0, part)
        for part in re.split(r"(\d+)", finding.where)
    )
    return (finding.path, place, finding.code, finding.message)
