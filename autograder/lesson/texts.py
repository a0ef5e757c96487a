"""The widget's texts, in the reader's language.  The page fills {names} in."""

from __future__ import annotations

from autograder.locale import _
from autograder.questions.kinds import KINDS


def list_widget_texts() -> dict[str, str]:
    """Return every text that the page itself writes, those of the kinds included.

    Returns
    -------
    dict
        Stable name → text of the current language.

    Raises
    ------
    nothing
    """
    own = {
        "question": _("Question {n}"),
        "points": _("{points} points"),
        "item": _("Item {n}"),
        "answered": _("Answered: {done} of {all}"),
        "saving": _("Saving…"),
        "saved": _("Saved automatically"),
        "not_saved": _(
            "Not saved yet: the connection is interrupted. Your answer is still on this page and is saved as soon "
            "as the connection is back. Please do not close the page."
        ),
        "saved_again": _("The connection is back. Saved automatically"),
        "check": _("Check"),
        "checking": _("Checking…"),
        "check_lost": _("No reply. Please try again in a moment; your answer stays on this page."),
        "link": _("Link address"),
        "picture_missing": _("The picture cannot be shown. Its content: {alt}"),
        "submit": _("Hand in"),
        "submit_title": _("Hand in the exercise"),
        "submit_question": _("Hand in now?"),
        "cancel": _("Cancel"),
        "submitting": _("Handing in… please keep this page open"),
        "submit_lost": _("No reply yet. Please look at your modules to see whether it arrived, or hand in again."),
        "attempt": _("Attempt {n}"),
        "preview": _("Preview"),
        "unfinished": _("Not finished:"),
        "receipt": _("Open the receipt and the result"),
        "resubmit": _("Hand in again"),
    }
    for kind in KINDS.values():
        own |= kind.texts()
    return own
