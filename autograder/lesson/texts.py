"""The widget's texts, in the reader's language.  The page fills {names} in."""

from __future__ import annotations

from autograder.locale import _


def list_widget_texts() -> dict[str, str]:
    """Return every text that the page itself writes.

    Returns
    -------
    dict
        Stable name → text of the current language.

    Raises
    ------
    nothing
    """
    return {
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
        "mark_none": _("Nothing marked"),
        "marked": _("Marked: {n}"),
        "position": _("Position of “{item}”"),
        "move_up": _("Move up: {item}"),
        "move_down": _("Move down: {item}"),
        "moved": _("“{item}” is now number {n} of {all}"),
        "keep_order": _("Keep this order"),
        "order_open": _("Not answered yet: arrange the items, or keep this order if you find it right."),
        "order_kept": _("Your order is recorded."),
        "number_unread": _("This is not a number yet. Write it for example as 1.234,5"),
        "you": _("You"),
        "choices": _("What do you do?"),
        "ended": _("This situation ends here."),
        "restart": _("Start over from the beginning"),
        "restarted": _("The situation starts over."),
        "restart_locked": _("Handed in: to walk through it again, start a new attempt."),
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
