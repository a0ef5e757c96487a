"""The two widgets: a question, and the panel that hands in.  Both are drawn by the files of ``static/``."""

from __future__ import annotations

import asyncio
import functools
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import anywidget
import traitlets

from autograder.errors import HocVuSoError, SubmissionError
from autograder.lesson.session import LessonSession
from autograder.lesson.texts import list_widget_texts
from autograder.lesson.view import describe_question
from autograder.locale import _, current_language, ngettext
from autograder.questions.hints import STEPS
from autograder.questions.kinds import KINDS
from autograder.questions.model import BaseQuestion
from autograder.questions.variants import draw_items

_STATIC = Path(__file__).parent / "static"
_ZONE = "Asia/Ho_Chi_Minh"


@functools.cache
def read_page_script() -> str:
    """Return the page's one ES module: what all kinds share, each kind's own file, the question, the panel.

    Raises
    ------
    OSError
        The package is not completely installed.
    """
    kinds = sorted((_STATIC / "kinds").glob("*.js"))
    shared = [_STATIC / "page" / f"{name}.js" for name in ("elements", "saving")]
    frame = [_STATIC / "page" / f"{name}.js" for name in ("question", "panel")]
    return "\n".join(file.read_text(encoding="utf-8") for file in (*shared, *kinds, *frame))


@functools.cache
def read_page_style() -> str:
    """Return the page's style sheet: what all kinds share, then each kind's own file.

    Raises
    ------
    OSError
        The package is not completely installed.
    """
    files = [_STATIC / "page" / "question.css", *sorted((_STATIC / "kinds").glob("*.css"))]
    return "\n".join(file.read_text(encoding="utf-8") for file in files)


class LessonWidget(anywidget.AnyWidget):
    """What all widgets share: the module, the texts, work beside the page."""

    _esm = traitlets.Unicode().tag(sync=True)
    _css = traitlets.Unicode().tag(sync=True)
    view = traitlets.Dict().tag(sync=True)
    texts = traitlets.Dict().tag(sync=True)

    def __init__(self, session: LessonSession, **traits: Any) -> None:
        self.session = session
        self._tasks: set[asyncio.Task[None]] = set()
        page = {"_esm": read_page_script(), "_css": read_page_style(), "texts": list_widget_texts()}
        super().__init__(**(page | traits))
        self.on_msg(self._receive)

    def _receive(self, _widget: Any, content: Any, _buffers: Any) -> None:
        if isinstance(content, dict):
            self.receive(content)

    def receive(self, message: dict[str, Any]) -> None:
        """Answer a message of the page.

        Raises
        ------
        nothing
        """
        raise NotImplementedError

    def tell_page(self, message: dict[str, Any]) -> None:
        """Send a message to the page; always called in the session's own thread.

        Raises
        ------
        nothing
        """
        self.send(message)

    def run_aside(self, work: Callable[[], dict[str, Any]]) -> None:
        """Do something slow without keeping saves waiting, and tell the page what it returns.

        Parameters
        ----------
        work : callable
            Returns the message for the page; it runs in another thread and changes no widget.

        Raises
        ------
        nothing
        """
        try:
            loop = asyncio.get_running_loop()
        except RuntimeError:
            self.tell_page(work())
            return
        task = loop.create_task(self._send_later(work))
        # The loop itself holds tasks only weakly.
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _send_later(self, work: Callable[[], dict[str, Any]]) -> None:
        self.tell_page(await asyncio.to_thread(work))


class QuestionWidget(LessonWidget):
    """One question: shows the saved answer, saves every change, asks the portal.

    Parameters
    ----------
    session : LessonSession
    question : BaseQuestion
        The learner's copy is enough.
    """

    # the answer as it lies on the disk, uploaded files without their content
    saved = traitlets.Any(allow_none=True).tag(sync=True)
    # handed in: a simulated situation cannot be walked again in this attempt
    submitted = traitlets.Bool(False).tag(sync=True)

    def __init__(self, session: LessonSession, question: BaseQuestion) -> None:
        number = session.add_question(question)
        kept = session.store.read_answer(question.id)
        self.question = question
        view = describe_question(question, variant=session.variant, number=number, root=session.root)
        saved = None if kept is None else kept.answer
        shortened = KINDS[question.kind].shorten(saved)
        super().__init__(session, view=view | {"told": self._respond(saved, session.variant)}, saved=shortened)

    def receive(self, message: dict[str, Any]) -> None:
        """Answer ``{type: save | check, n, answer}`` with ``saved``, ``not_saved`` or ``checked``.

        Raises
        ------
        nothing
        """
        number = message.get("n")
        if message.get("type") not in ("save", "check"):
            return
        answer = self._complete(message.get("answer"))
        told = self._save(number, answer)
        self.send(told)
        if message["type"] == "check" and told["type"] == "saved":
            self.run_aside(functools.partial(self._check, number, answer))
        elif message["type"] == "check":
            self.send({"type": "checked", "n": number, "state": "error", "title": told["text"], "notes": []})

    def _complete(self, answer: Any) -> Any:
        """Return the page's answer with what it need not send again."""
        complete = KINDS[self.question.kind].complete
        if complete is None:
            return answer
        kept = self.session.store.read_answer(self.question.id)
        return complete(answer, None if kept is None else kept.answer)

    def _save(self, number: Any, answer: Any) -> dict[str, Any]:
        try:
            self.session.save_answer(self.question.id, answer)
        except SubmissionError as error:
            return {"type": "not_saved", "n": number, "text": join_sentences(error.message, error.hint)}
        except OSError:
            return {
                "type": "not_saved",
                "n": number,
                "text": _("The answer could not be saved. It is still on this page; please try again in a moment."),
            }
        self.saved = KINDS[self.question.kind].shorten(answer)
        return {"type": "saved", "n": number, "told": self._respond(answer, self.session.variant)}

    def _respond(self, answer: Any, variant: str) -> dict[str, Any]:
        return KINDS[self.question.kind].respond(self.question, answer, draw_items(self.question, variant))

    def _check(self, number: Any, answer: Any) -> dict[str, Any]:
        try:
            attempt = self.session.require_attempt()
            reply = self.session.connect().check_answer(attempt.attempt, self.question.id, answer)
            told = describe_check(reply)
        except HocVuSoError as error:
            told = {"state": "error", "title": join_sentences(error.message, error.hint), "notes": []}
        return {"type": "checked", "n": number} | told


class SubmitPanel(LessonWidget):
    """The end of a lesson: what is still open, and "Nộp bài".

    Parameters
    ----------
    session : LessonSession
    widgets : mapping
        The questions' widgets; they learn that the attempt was handed in.
    """

    progress = traitlets.Dict().tag(sync=True)

    def __init__(self, session: LessonSession, widgets: dict[str, QuestionWidget]) -> None:
        attempt = session.attempt
        view = {"kind": "submit", "lang": current_language(), "attempt": None if attempt is None else attempt.number}
        self.widgets = widgets
        super().__init__(session, view=view, progress=describe_progress(session))
        session.listeners.append(self._refresh)

    def receive(self, message: dict[str, Any]) -> None:
        """Answer ``{type: submit}`` with ``submitted`` or ``refused``.

        Raises
        ------
        nothing
        """
        if message.get("type") == "submit":
            self.run_aside(self._submit)

    def _refresh(self) -> None:
        self.progress = describe_progress(self.session)

    def _submit(self) -> dict[str, Any]:
        try:
            attempt = self.session.require_attempt()
            receipt = self.session.connect().submit(attempt.attempt, self.session.root)
        except HocVuSoError as error:
            return {"type": "refused", "title": error.message, "text": error.hint}
        return {"type": "submitted"} | describe_receipt(receipt)

    def tell_page(self, message: dict[str, Any]) -> None:
        """Send a message to the page, and let the questions know when the attempt was handed in.

        Raises
        ------
        nothing
        """
        if message["type"] == "submitted":
            for widget in self.widgets.values():
                widget.submitted = True
        super().tell_page(message)


def join_sentences(*parts: str) -> str:
    """Join sentences that may lack their full stop and capital.

    Raises
    ------
    nothing
    """
    kept = [part.strip().rstrip(".") for part in parts if part and part.strip()]
    return "".join(f"{part[:1].upper()}{part[1:]}. " for part in kept).strip()


def show_number(value: Any) -> str:
    """Return points in the reader's notation; "–" for what is no number.

    Raises
    ------
    nothing
    """
    if isinstance(value, bool) or not isinstance(value, int | float):
        return "–"
    text = f"{value:.2f}".rstrip("0").rstrip(".")
    return text.replace(".", ",") if current_language() == "vi" else text


def describe_check(reply: dict[str, Any]) -> dict[str, Any]:
    """Say in words what the portal found.

    Parameters
    ----------
    reply : dict
        ``{points, max_points, capped, remaining, notes: [{code, item, text}]}``.

    Returns
    -------
    dict
        ``state`` (right, partial, wrong), ``title``, ``cap``, ``remaining``, ``notes: [{items: [id], text}]``.

    Raises
    ------
    nothing
    """
    points, most = reply.get("points"), reply.get("max_points")
    numbers = all(isinstance(p, int | float) and not isinstance(p, bool) for p in (points, most))
    state = "wrong"
    if numbers and points and points > 0:
        state = "right" if most and points >= most else "partial"
    names = {"right": _("Correct"), "partial": _("Partly correct"), "wrong": _("Not yet correct")}
    patterns = {
        "right": _("{state}: {points} of {most} points"),
        "partial": _("{state}: at least {points} of {most} points"),
        "wrong": _("{state}: less than {points} of {most} points"),
    }
    # The portal tells quarters: what looks like nothing is less than one of them.
    shown = points if state != "wrong" else most / STEPS if numbers and most else None
    told = patterns[state].format(state=names[state], points=show_number(shown), most=show_number(most))
    remaining = reply.get("remaining")
    return {
        "state": state,
        "title": told,
        "cap": _describe_cap() if reply.get("capped") else "",
        "remaining": _describe_remaining(remaining) if isinstance(remaining, int) else "",
        "notes": _group_notes(reply.get("notes")),
    }


def _describe_cap() -> str:
    return _(
        "Critical mistake: this question earns at most 40% of its points, and the module is passed only with an "
        "attempt without it."
    )


def _describe_remaining(number: int) -> str:
    return ngettext(
        "You can check this question {n} more time", "You can check this question {n} more times", number
    ).format(n=number)


def _group_notes(notes: Any) -> list[dict[str, Any]]:
    """Say the same sentence once, with all the items it is about."""
    grouped: dict[str, list[str]] = {}
    for note in notes if isinstance(notes, list) else []:
        if isinstance(note, dict) and isinstance(note.get("text"), str):
            items = grouped.setdefault(note["text"], [])
            if isinstance(note.get("item"), str):
                items.append(note["item"])
    return [{"text": text, "items": items} for text, items in grouped.items()]


def describe_progress(session: LessonSession) -> dict[str, Any]:
    """Say how many questions are answered.

    Parameters
    ----------
    session : LessonSession

    Returns
    -------
    dict
        ``done``, ``all``, ``text``, ``confirm`` and ``open: [{id, text}]``.

    Raises
    ------
    nothing
    """
    rows = session.list_progress()
    waiting = [row for row in rows if row["answered"] < row["shown"]]
    done = len(rows) - len(waiting)
    text = _("Completely answered: {done} of {all} questions").format(done=done, all=len(rows))
    if session.is_elsewhere:
        text = _(
            "Main lesson: {done} of {all} questions completely answered. The main lesson and this optional part are "
            "handed in together."
        )
        text = text.format(done=done, all=len(rows))
    confirm = _("The exercise is scored as it is now. You can start another attempt later; the best one counts.")
    if waiting:
        open_text = ngettext("{n} question is not finished.", "{n} questions are not finished.", len(waiting))
        confirm = f"{open_text.format(n=len(waiting))} {confirm}"
    shown = [
        {
            "id": row["id"],
            "text": _("Question {n} ({answered} of {shown})").format(
                n=row["number"], answered=row["answered"], shown=row["shown"]
            ),
        }
        for row in waiting
        if not session.is_elsewhere  # nothing to jump to on this page
    ]
    return {"done": done, "all": len(rows), "text": text, "confirm": confirm, "open": shown}


def describe_receipt(receipt: dict[str, Any]) -> dict[str, Any]:
    """Say in words what the portal took in.

    Parameters
    ----------
    receipt : dict
        ``{id, digest, received_at, receipt_url}``.

    Returns
    -------
    dict
        ``title``, ``lines`` and ``url`` ("" unless it is a path or an http address).

    Raises
    ------
    nothing
    """
    url = receipt.get("receipt_url")
    safe = isinstance(url, str) and (url.startswith(("https://", "http://")) or (url[:1] == "/" and url[1:2] != "/"))
    lines = []
    when = _show_time(receipt.get("received_at"))
    if when:
        lines.append(_("Received at: {time}").format(time=when))
    if receipt.get("id"):
        lines.append(_("Submission: {id}").format(id=receipt["id"]))
    if receipt.get("digest"):
        lines.append(_("Check code: {digest}").format(digest=str(receipt["digest"])[:16]))
    return {"title": _("Handed in"), "lines": lines, "url": url if safe else ""}


def _show_time(value: Any) -> str:
    try:
        return datetime.fromisoformat(value).astimezone(ZoneInfo(_ZONE)).strftime("%d/%m/%Y %H:%M:%S")
    except (TypeError, ValueError, OverflowError):
        return ""
