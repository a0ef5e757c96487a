"""How times, numbers and states are shown to people."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from zoneinfo import ZoneInfo

from autograder.locale import _, current_language
from autograder.model import CompletionState, FeedbackNote, Role
from hub_config.portal.rooms import RoomState

LOCAL_ZONE = ZoneInfo("Asia/Ho_Chi_Minh")


def format_number(value: float | None, digits: int = 2) -> str:
    """Return a number with at most ``digits`` decimals, in the reader's notation; "–" for None.

    Raises
    ------
    nothing
    """
    if value is None:
        return "–"
    text = f"{round(value, digits):,.{digits}f}"
    if digits:
        text = text.rstrip("0").rstrip(".")
    if text == "-0":
        text = "0"
    return text if current_language() == "en" else text.translate(str.maketrans(",.", ".,"))


def format_share(share: float | None) -> str:
    """Return a share 0..1 as percentage with at most one decimal; "–" for None.

    Raises
    ------
    nothing
    """
    return "–" if share is None else f"{format_number(100 * share, 1)}%"


def format_score(points: float | None, max_points: float) -> str:
    """Return points on the scale 0 to 100; "–" where there are none yet.

    Raises
    ------
    nothing
    """
    return format_number(None if points is None or max_points <= 0 else 100 * points / max_points)


def format_date(moment: datetime | date | None) -> str:
    """Return dd/mm/yyyy in Viet Nam's time; "–" for None.

    Raises
    ------
    nothing
    """
    if moment is None:
        return "–"
    if isinstance(moment, datetime):
        moment = moment.astimezone(LOCAL_ZONE).date()
    return moment.strftime("%d/%m/%Y")


def format_time(moment: datetime | None) -> str:
    """Return HH:MM dd/mm/yyyy in Viet Nam's time; "–" for None.

    Raises
    ------
    nothing
    """
    return "–" if moment is None else moment.astimezone(LOCAL_ZONE).strftime("%H:%M %d/%m/%Y")


def format_moment(moment: datetime) -> str:
    """Return HH:MM:SS dd/mm/yyyy in Viet Nam's time, for receipts.

    Raises
    ------
    nothing
    """
    return moment.astimezone(LOCAL_ZONE).strftime("%H:%M:%S %d/%m/%Y")


def group_digest(digest: str) -> list[str]:
    """Return a digest in groups of eight letters, which are easier to compare.

    Raises
    ------
    nothing
    """
    return [digest[start : start + 8] for start in range(0, len(digest), 8)]


def describe_state(state: CompletionState) -> str:
    """Return the words for what a learner has reached.

    Raises
    ------
    nothing
    """
    return {
        CompletionState.NOT_STARTED: _("Not started"),
        CompletionState.IN_PROGRESS: _("In progress"),
        CompletionState.SUBMITTED: _("Submitted"),
        CompletionState.NEEDS_REVIEW: _("Waiting for review"),
        CompletionState.PASSED: _("Passed"),
        CompletionState.NOT_PASSED: _("Not yet passed"),
        CompletionState.WAIVED: _("Waived"),
        CompletionState.REVOKED: _("Revoked"),
        CompletionState.FAILED_TO_GRADE: _("Could not be graded"),
    }[state]


def describe_room(state: RoomState) -> str:
    """Return the words for where a learner's server stands.

    Raises
    ------
    nothing
    """
    return {
        RoomState.RUNNING: _("The learning room is ready."),
        RoomState.PENDING: _("Preparing the learning room…"),
        RoomState.STOPPED: _("The learning room is closed."),
    }[state]


def describe_role(role: str) -> str:
    """Return the words for a role.

    Raises
    ------
    nothing
    """
    words: dict[str, str] = {
        Role.LEARNER: _("Learner"),
        Role.INSTRUCTOR: _("Instructor"),
        Role.UNIT_ADMIN: _("Unit administrator"),
        Role.SYSTEM_ADMIN: _("System administrator"),
    }
    return words.get(role, role)


def describe_reason(reason: str) -> str:
    """Return a sentence for the reason code of a question that could not be run to its end.

    Raises
    ------
    nothing
    """
    words = {
        "not-attempted": _("Not done yet."),
        "time-limit": _("This took too long and was stopped."),
        "ended": _("This ended before it gave a value."),
        "error": _("This stopped with an error message."),
        "not-defined": _("The name that the task asks for is not there."),
        "type": _("This gave another kind of value than the one asked for."),
    }
    return words.get(reason, _("The saved answer could not be read (code: {code}).").format(code=reason))


def shorten_prompt(text: str, limit: int = 120) -> str:
    """Return the first line of a question's prompt, without Markdown signs.

    Raises
    ------
    nothing
    """
    first = next((line for line in text.splitlines() if line.strip()), "")
    plain = re.sub(r"[*_`#>]+", "", first).strip()
    return plain if len(plain) <= limit else plain[: limit - 1].rsplit(" ", 1)[0] + "…"


def group_notes(notes: Iterable[FeedbackNote], places: Mapping[str, int]) -> list[tuple[str, str]]:
    """Return each remark once, with the numbers of the items that it speaks of.

    Parameters
    ----------
    notes : iterable of FeedbackNote
        Of one question, in the order of its items.
    places : mapping of item id to number
        As the learner's page numbers them; empty where the question shows one item only.

    Returns
    -------
    list of (str, str)
        ("Item 3, 7", text), the first part "" where there is nothing to number.

    Raises
    ------
    nothing
    """
    numbers: dict[str, list[int]] = {}
    for note in notes:
        listed = numbers.setdefault(note.text, [])
        if note.item in places:
            listed.append(places[note.item])
    return [
        (_("Item {numbers}").format(numbers=", ".join(map(str, sorted(set(listed))))) if listed else "", text)
        for text, listed in numbers.items()
    ]
