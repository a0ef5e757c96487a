"""Why a document is not read: a stable code, and the sentence that a learner sees."""

from __future__ import annotations

from autograder.locale import _


class RefusedDocument(ValueError):
    """A document that is not read, and why.

    Parameters
    ----------
    code : str
        Stable, kebab-case: one of those that ``explain_refusal`` knows.
    found : str
        What was met, as it may be shown; "" where there is nothing to show.
    """

    def __init__(self, code: str, found: str = "") -> None:
        super().__init__(code)
        self.code = code
        self.found = found[:120]


def name_type(kind: str) -> str:
    """Return a type of document as its program names it.

    Raises
    ------
    nothing
    """
    names = {"xlsx": "Excel (.xlsx)", "docx": "Word (.docx)", "pdf": "PDF (.pdf)", "csv": "CSV UTF-8 (.csv)"}
    return names.get(kind, kind)


def explain_refusal(refusal: RefusedDocument, accepted: tuple[str, ...]) -> str:
    """Say in words what is wrong with a document, and what to do.

    Parameters
    ----------
    refusal : RefusedDocument
    accepted : tuple of str
        The types that are asked for.

    Returns
    -------
    str
        One or two sentences in the current language.

    Raises
    ------
    nothing
    """
    wanted = ", ".join(name_type(kind) for kind in accepted)
    return _SENTENCES[refusal.code]().format(found=refusal.found, wanted=wanted)


_SENTENCES = {
    "file-empty": lambda: _("The file is empty. Save it again in its program, then upload it once more."),
    "file-size": lambda: _(
        "The file is too large ({found}). Make its pictures smaller or fewer, then upload it again."
    ),
    "file-incomplete": lambda: _("The file did not arrive whole. Upload it once more."),
    "file-type": lambda: _(
        "By its content this is not a file of the kind asked for ({wanted}); changing the name is not enough. Open it "
        "in the program it was made with, save it as {wanted} and upload that file."
    ),
    "file-old": lambda: _(
        "This file has the old format of Office. Open it, choose “Save as” {wanted} and upload that file."
    ),
    "file-password": lambda: _("The file is protected by a password. Remove the password, save and upload it again."),
    "file-macro": lambda: _("The file holds macros. Save it as {wanted}, without macros, and upload that file."),
    "file-linked": lambda: _(
        "The file fetches content from elsewhere ({found}). Put the content itself into the file (break the link), "
        "then upload it again."
    ),
    "file-embedded": lambda: _(
        "The file holds another file or program object ({found}). Remove it or replace it by a picture, then upload "
        "the file again."
    ),
    "file-active": lambda: _(
        "The file holds something that would run when it is opened ({found}). Print it to a new PDF file and upload "
        "that one."
    ),
    "file-unpacked": lambda: _(
        "Unpacked, the file is far larger than it looks ({found}). Copy what is needed into a new file and upload "
        "that one."
    ),
    "file-damaged": lambda: _(
        "The file is damaged and cannot be read. Open it in its program, save it under a new name and upload it again."
    ),
    "file-encoding": lambda: _(
        "The letters of this file are not stored as UTF-8. In Excel choose “Save as” and the type CSV UTF-8, then "
        "upload that file."
    ),
}

CODES = frozenset(_SENTENCES)
