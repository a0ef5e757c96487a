"""Errors, grouped by who must act.

    HocVuSoError
    ├── ContentError      an author must change the curriculum
    ├── SubmissionError   a learner must hand in something else
    ├── StaffError        a member of staff must correct a grade, a roster, a request
    └── OperatorError     the operator must change settings or the machine

Every error carries its evidence, so that pages, the command line and JSON can word it themselves.
"""

from __future__ import annotations

from typing import Any


class HocVuSoError(Exception):
    """An error that a person can act on.

    Parameters
    ----------
    code : str
        Stable, kebab-case; tests and translations hang on it.
    message : str
        What is wrong, in the reader's language.
    where : str
        Path, question id or address that the error speaks of; "" where there is none.
    found, expected : object
        The value met and what would have been right, both shown as they are.
    hint : str
        What to do.
    status : int
        The HTTP status with which a web request that met this error ends.
    """

    status = 500

    def __init__(
        self,
        code: str,
        message: str,
        *,
        where: str = "",
        found: Any = None,
        expected: Any = None,
        hint: str = "",
        status: int | None = None,
    ) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.where = where
        self.found = found
        self.expected = expected
        self.hint = hint
        if status is not None:
            self.status = status

    def __str__(self) -> str:
        from autograder.locale import _

        parts = [self.message]
        if self.where:
            parts.append(self.where)
        if self.found is not None or self.expected is not None:
            parts.append(_("found {found}, expected {expected}").format(found=self.found, expected=self.expected))
        if self.hint:
            parts.append(self.hint)
        return " — ".join(parts)

    def as_dict(self) -> dict[str, Any]:
        """Return the error as JSON-ready data.

        Returns
        -------
        dict
            Keys ``code, message, where, found, expected, hint``; found and expected as text or None.

        Raises
        ------
        nothing
        """
        return {
            "code": self.code,
            "message": self.message,
            "where": self.where,
            "found": None if self.found is None else str(self.found),
            "expected": None if self.expected is None else str(self.expected),
            "hint": self.hint,
        }


class ContentError(HocVuSoError):
    """The curriculum source breaks a rule; its author must change it."""

    status = 422


class SubmissionError(HocVuSoError):
    """What a learner handed in cannot be taken; nothing earlier is lost."""

    status = 422


class StaffError(HocVuSoError):
    """A request of staff, or a file that they brought, cannot be carried out."""

    status = 400


class OperatorError(HocVuSoError):
    """Settings or machine stand in the way; the operator must act."""

    status = 503
