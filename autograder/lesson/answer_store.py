"""The saved answers of a folder: one file per question, never half written."""

from __future__ import annotations

import os
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from autograder import __version__
from autograder.errors import SubmissionError
from autograder.lesson.folder import read_regular_file
from autograder.questions.answers import MAX_TOTAL_BYTES, AnswerFile, dump_answer, parse_answer


class AnswerStore:
    """Reads and writes ``answers/<question-id>.json``.

    Parameters
    ----------
    root : Path
        The module's folder.
    """

    def __init__(self, root: Path) -> None:
        self.folder = root / "answers"

    def read_answer(self, question: str) -> AnswerFile | None:
        """Return the saved answer of a question, or None where there is none that can be read.

        Parameters
        ----------
        question : str
            The question's id.

        Returns
        -------
        AnswerFile or None

        Raises
        ------
        nothing
        """
        try:
            answer_file = parse_answer(read_regular_file(self._path_of(question), MAX_TOTAL_BYTES), where=question)
        except (OSError, SubmissionError):
            return None
        return answer_file if answer_file.question == question else None

    def save_answer(self, question: str, variant: str, answer: Any) -> AnswerFile:
        """Write an answer; when this returns, it is on the disk.

        Parameters
        ----------
        question : str
            The question's id.
        variant : str
            The attempt's variant.
        answer : Any
            A JSON value.

        Returns
        -------
        AnswerFile
            What was written.

        Raises
        ------
        SubmissionError
            The answer is too large or no JSON.
        OSError
            The disk refused.  The answer saved before is still there, whole.
        """
        answer_file = AnswerFile(question, variant, answer, __version__, datetime.now(UTC))
        content = dump_answer(answer_file)
        self.folder.mkdir(exist_ok=True)
        replace_file(self._path_of(question), content)
        return answer_file

    def _path_of(self, question: str) -> Path:
        return self.folder / f"{question}.json"


def replace_file(path: Path, content: bytes) -> None:
    """Put new content in the place of a file, all or nothing.

    Parameters
    ----------
    path : Path
    content : bytes

    Raises
    ------
    OSError
        The disk refused; the old file is untouched and nothing is left beside it.
    """
    descriptor, temporary = tempfile.mkstemp(prefix=f".{path.stem}-", suffix=".part", dir=path.parent)
    try:
        with os.fdopen(descriptor, "wb") as target:
            target.write(content)
            target.flush()
            os.fsync(target.fileno())
        # mkstemp makes files private; what collects the folder may be another account of the same group.
        os.chmod(temporary, 0o644)
        os.replace(temporary, path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise
    _sync_folder(path.parent)


def _sync_folder(folder: Path) -> None:
    """Make the rename itself durable, where the file system lets a folder be opened."""
    try:
        descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    except OSError:
        return
    try:
        os.fsync(descriptor)
    except OSError:
        pass
    finally:
        os.close(descriptor)
