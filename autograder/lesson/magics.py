"""``%%question``, ``%%check`` and ``%submit_panel``.

The same cell serves three readers, told apart by what it holds and where it runs::

    no key                                     a learner: the widget, with the saved answer
    key, NBGRADER_EXECUTION=autograde          an autograder: the points, as the cell's value
    key, otherwise                             an author: the widget, and the author's review of the question
"""

from __future__ import annotations

import html
import os
from pathlib import Path
from typing import Any

from autograder.errors import ContentError
from autograder.lesson.author.desk import find_answers, is_author_folder, is_curriculum_folder
from autograder.lesson.folder import QUESTION_LINE
from autograder.lesson.session import LessonSession
from autograder.lesson.trouble import soften_errors
from autograder.locale import _, current_language
from autograder.questions.check_spec import (
    ResolvedCheck,
    is_resolved,
    parse_check,
    parse_resolved_check,
    public_part,
    score_check,
)
from autograder.questions.model import BaseQuestion
from autograder.questions.scoring import score_answer
from autograder.questions.spec import parse_question


def is_autograding() -> bool:
    """Tell whether nbgrader's autograder runs this session.

    Raises
    ------
    nothing

    Source
    ------
    nbgrader 0.9.6, preprocessors/execute.py: sets ``NBGRADER_EXECUTION``.
    """
    return os.environ.get("NBGRADER_EXECUTION") == "autograde"


class LessonMagics:
    """The magics of one session.

    Parameters
    ----------
    ipython : IPython.core.interactiveshell.InteractiveShell
    root : Path
        The module's folder.
    """

    def __init__(self, ipython: Any, root: Path) -> None:
        self.ipython = ipython
        self.is_author = is_author_folder(root) and not is_autograding()
        self.session = LessonSession(root, answers=find_answers(root) if self.is_author else None)
        self.widgets: dict[str, Any] = {}

    def question(self, _line: str, cell: str) -> float | None:
        """Show a question, or score it.

        Parameters
        ----------
        cell : str
            The block.

        Returns
        -------
        float or None
            Points, when autograding; else nothing, the widget is displayed.

        Raises
        ------
        ContentError
            When autograding, a block that cannot be read.  A person sees a message instead.
        """
        try:
            question = parse_question(cell, where=_("this question"), load=self.session.load)
        except ContentError as error:
            if is_autograding():
                raise
            if self.is_author:
                self._show_review(cell, None)
            else:
                show_content_error(error)
            return None
        if is_autograding():
            # Without a key nothing can be earned; a cell without a number would earn everything.
            if not question.has_key:
                return 0.0
            saved = self.session.store.read_answer(question.id)
            return score_answer(question, None if saved is None else saved.answer, self.session.variant).points
        place = self._show_question(question)
        if self.is_author and question.has_key:
            self._show_review(cell, (question, place))
        return None

    def _show_question(self, question: BaseQuestion, place: Any = None) -> Any:
        """Show a question, in the place of an earlier one where that is given; return its place."""
        from IPython.display import display

        from autograder.lesson.widget import QuestionWidget

        widget = QuestionWidget(self.session, question)
        self.widgets[question.id] = widget
        if place is not None:
            place.update(widget)
            return place
        # Only an author's page ever shows another thing in this place.
        return display(widget, display_id=True) if self.is_author else display(widget)

    def _show_review(self, cell: str, shown: tuple[BaseQuestion, Any] | None) -> None:
        from IPython.display import display

        from autograder.lesson.author.widgets import QuestionReview, show_whole_pool

        def show(is_whole: bool) -> None:
            if shown is not None:
                question, place = shown
                self._show_question(show_whole_pool(question) if is_whole else question, place)

        display(QuestionReview(self.session, f"{QUESTION_LINE}{cell}", show))

    def author(self, _line: str) -> None:
        """Show the page on which lecturers make, check, look at and release modules.

        Raises
        ------
        nothing
        """
        from IPython.display import display

        from autograder.lesson.author.widgets import StartPage

        display(StartPage(self.session))

    def check(self, _line: str, cell: str) -> float | None:
        """Run the practice cases of a check, or score it.

        Parameters
        ----------
        cell : str
            The block.

        Returns
        -------
        float or None
            Points, when autograding; else nothing, a table is displayed.

        Raises
        ------
        ContentError
            When autograding, a block that cannot be read or is not resolved.
        """
        from autograder.lesson.practice import find_values, show_practice

        try:
            check = read_check(cell)
        except ContentError as error:
            if is_autograding():
                raise
            show_content_error(error)
            return None
        if is_autograding():
            found = find_values(check.cases, self.ipython.user_ns)
            return score_check(check, [one.value for one in found]).points
        from IPython.display import HTML, display

        display(HTML(show_practice(check, self.ipython.user_ns)))
        return None

    def submit_panel(self, _line: str) -> None:
        """Show the panel that hands in.  An autograder sees nothing.

        Raises
        ------
        nothing
        """
        if is_autograding():
            return
        from IPython.display import display

        from autograder.lesson.widget import SubmitPanel

        self.session.listeners.clear()
        self.session.take_lesson()
        display(SubmitPanel(self.session, self.widgets))


def read_check(cell: str) -> ResolvedCheck:
    """Read any form of a check; of an author's own block only the practice cases remain.

    Parameters
    ----------
    cell : str
        The block.

    Returns
    -------
    ResolvedCheck

    Raises
    ------
    ContentError
        The block cannot be read; or it is not resolved while an autograder asks for points.
    """
    where = _("this task")
    if is_resolved(cell, where=where):
        return parse_resolved_check(cell, where=where)
    check = parse_check(cell, where=where)
    if is_autograding():
        raise ContentError(
            "check-unresolved",
            _("The hidden cases of a check have no expected values yet"),
            where=check.id,
            expected=_("a resolved check"),
            hint=_("release the module with hocvuso release"),
        )
    return parse_resolved_check(public_part(check), where=where)


def show_content_error(error: ContentError) -> None:
    """Display what an author has to change; a learner reads whom to tell.

    Raises
    ------
    nothing
    """
    from IPython.display import HTML, display

    lines = [_("This question cannot be shown. Please tell the lecturer in charge."), str(error)]
    body = "".join(f"<p>{html.escape(line)}</p>" for line in lines)
    style = "border-left:4px solid #a3261d;padding:.25em 1em;color:#1b2733;background:#fdf3f2"
    display(HTML(f'<div role="alert" lang="{current_language()}" style="{style}">{body}</div>'))


def register_magics(ipython: Any) -> LessonMagics:
    """Add the magics to a session.

    Parameters
    ----------
    ipython : IPython.core.interactiveshell.InteractiveShell

    Returns
    -------
    LessonMagics

    Raises
    ------
    nothing
    """
    root = Path.cwd()
    magics = LessonMagics(ipython, root)
    # Authors, who have no attempt, are told everything.
    if magics.session.attempt is not None and not is_autograding():
        soften_errors(ipython)
    ipython.register_magic_function(magics.question, magic_kind="cell", magic_name="question")
    ipython.register_magic_function(magics.check, magic_kind="cell", magic_name="check")
    ipython.register_magic_function(magics.submit_panel, magic_kind="line", magic_name="submit_panel")
    if is_curriculum_folder(root):
        ipython.register_magic_function(magics.author, magic_kind="line", magic_name="author")
    if magics.is_author:
        greet_author(ipython, magics.session)
    return magics


def greet_author(ipython: Any, session: LessonSession) -> None:
    """Show the bar of a lesson that is being written, whenever its first cell runs.

    Parameters
    ----------
    ipython : IPython.core.interactiveshell.InteractiveShell
    session : LessonSession

    Raises
    ------
    nothing

    Source
    ------
    IPython 9.18, core/extensions.py: an extension that is noted as loaded is not asked again.
    """
    from IPython.display import display

    from autograder.lesson.author.widgets import LessonBar

    def forget(*_result: Any) -> None:
        ipython.events.unregister("post_run_cell", forget)
        ipython.extension_manager.loaded.discard("autograder.lesson")

    ipython.events.register("post_run_cell", forget)
    display(LessonBar(session))
