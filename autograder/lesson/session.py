"""One lesson in one session: its folder, its attempt, the questions met so far, what is answered."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from autograder.errors import ContentError, OperatorError
from autograder.lesson.answer_store import AnswerStore
from autograder.lesson.folder import Attempt, list_question_blocks, load_reference, read_attempt
from autograder.lesson.portal_client import PortalClient, connect_portal
from autograder.locale import _
from autograder.questions.model import BaseQuestion
from autograder.questions.scoring import count_answered
from autograder.questions.spec import parse_question
from autograder.questions.variants import PREVIEW_VARIANT
from autograder.questions.yaml_text import YamlDocument


@dataclass
class LessonSession:
    """The lesson of one folder.

    Parameters
    ----------
    root : Path
        The module's folder.
    connect : callable
        Gives the portal's client; tests hand in their own.
    """

    root: Path
    connect: Callable[[], PortalClient] = connect_portal
    questions: dict[str, BaseQuestion] = field(default_factory=dict)
    # called after every saved answer and every newly met question
    listeners: list[Callable[[], None]] = field(default_factory=list)
    # the questions stand on another page than this one
    is_elsewhere: bool = False
    # where an author's own answers are kept: the module's folder is for what ships
    answers: Path | None = None

    def __post_init__(self) -> None:
        self.store = AnswerStore(self.answers or self.root)
        self.attempt: Attempt | None = read_attempt(self.root)

    @property
    def variant(self) -> str:
        """Return the attempt's variant; the preview's where there is no attempt.

        Raises
        ------
        nothing
        """
        return PREVIEW_VARIANT if self.attempt is None else self.attempt.variant

    def load(self, name: str) -> YamlDocument:
        """Read a file that a question names.

        Raises
        ------
        OSError
            It is missing or outside the folder.
        ContentError
            It is no YAML.
        """
        return load_reference(self.root, name)

    def add_question(self, question: BaseQuestion) -> int:
        """Note a question of the lesson and return its number, from 1; a question met again keeps its own.

        Raises
        ------
        nothing
        """
        self.questions[question.id] = question
        self._tell_listeners()
        return list(self.questions).index(question.id) + 1

    def take_lesson(self) -> None:
        """Know the lesson's questions on a page that shows none of them (the Python track); does nothing elsewhere.

        Raises
        ------
        nothing
        """
        if self.questions and not self.is_elsewhere:
            return
        self.is_elsewhere = True
        for block in list_question_blocks(self.root):
            try:
                question = parse_question(block, where="lesson.ipynb", load=self.load)
            except ContentError:
                continue  # its own page says what is wrong with it
            self.questions[question.id] = question

    def save_answer(self, question: str, answer: Any) -> None:
        """Save an answer and let the panel know.

        Raises
        ------
        SubmissionError
            The answer is too large or no JSON.
        OSError
            The disk refused.
        """
        self.store.save_answer(question, self.variant, answer)
        self._tell_listeners()

    def list_progress(self) -> list[dict[str, Any]]:
        """Return how far each question of the lesson is answered, from the saved files.

        Returns
        -------
        list of dict
            ``{id, number, answered, shown}``, in the lesson's order.

        Raises
        ------
        nothing
        """
        rows = []
        for number, question in enumerate(self.questions.values(), start=1):
            saved = self.store.read_answer(question.id)
            answered, shown = count_answered(question, None if saved is None else saved.answer, self.variant)
            rows.append({"id": question.id, "number": number, "answered": answered, "shown": shown})
        return rows

    def require_attempt(self) -> Attempt:
        """Return the attempt that the portal knows.

        Raises
        ------
        OperatorError
            ``preview``: there is none.
        """
        if self.attempt is None:
            raise OperatorError(
                "preview",
                _("This is a preview: there is no attempt, so nothing is checked or handed in"),
                hint=_("the answers are kept here all the same"),
            )
        return self.attempt

    def _tell_listeners(self) -> None:
        for listener in self.listeners:
            listener()
