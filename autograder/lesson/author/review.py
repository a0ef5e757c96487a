"""What an author learns of a question: what is wrong with it, what the samples earn, what an answer earns."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from autograder.curriculum.reader import make_loader
from autograder.curriculum.samples import FULL_SAMPLE, UNTOUCHED_SAMPLE, find_sample_files, read_sample, restrict_answer
from autograder.curriculum.scaffold import FIRST_VARIANT, make_question_metadata, write_sample
from autograder.curriculum.source import Sample
from autograder.errors import ContentError
from autograder.lesson.widget import show_number
from autograder.locale import _
from autograder.questions.model import BaseQuestion, read_text
from autograder.questions.scoring import score_answer
from autograder.questions.spec import inspect_question
from autograder.questions.variants import draw_items
from autograder.questions.yaml_text import Path as YamlPath
from autograder.questions.yaml_text import YamlDocument, parse_yaml

LESSON_POINTS = 100


def inspect_block(source: str, folder: Path) -> tuple[BaseQuestion | None, list[dict[str, str]]]:
    """Read a ``%%question`` cell and list what is wrong with it.

    Parameters
    ----------
    source : str
        The cell, with the magic's own line, so that lines are counted as the author sees them.
    folder : Path
        The module's folder.

    Returns
    -------
    question : BaseQuestion or None
    findings : list of dict
        ``where, message, found, expected, hint``, all text.

    Raises
    ------
    nothing
    """
    question, errors = inspect_question(source, where="", load=make_loader(folder))
    document = _read_document(source)
    return question, [describe_error(error, document, question) for error in errors]


def _read_document(source: str) -> YamlDocument:
    try:
        return parse_yaml(source.partition("\n")[2], first_line=2)
    except ContentError:
        return YamlDocument(None)


def describe_error(
    error: ContentError, document: YamlDocument | None = None, question: BaseQuestion | None = None
) -> dict[str, str]:
    """Return an error as the page shows it, its line in front where it can be found.

    Raises
    ------
    nothing
    """
    where = error.where
    if question is not None:
        where = where.removeprefix(question.id).removeprefix(" › ")
        line = None if document is None else find_line(document, where)
        if line is not None:
            where = " › ".join(part for part in (_("line {n}").format(n=line), where) if part)
    return {
        "where": where,
        "message": error.message,
        "found": "" if error.found is None else str(error.found),
        "expected": "" if error.expected is None else str(error.expected),
        "hint": error.hint,
    }


def find_line(document: YamlDocument, where: str) -> int | None:
    """Return the line of a block that a finding speaks of, None where it stands in another file.

    Parameters
    ----------
    document : YamlDocument
        The block.
    where : str
        A key, a path of keys with dots, or an item's id.

    Raises
    ------
    nothing
    """
    data = document.data if isinstance(document.data, dict) else {}
    names: YamlPath = tuple(where.split(" › ")[-1].split("."))
    tries: list[YamlPath] = [names, ("key", *names), ("feedback", *names)]
    items = data.get("items")
    for number, item in enumerate(items if isinstance(items, list) else ()):
        if isinstance(item, dict) and item.get("id") == names[0]:
            tries.append(("items", number))
    found = [document.lines[path] for path in tries if path in document.lines]
    return found[0] if found else document.lines.get(names[:1])


def describe_review(
    question: BaseQuestion | None, findings: list[dict[str, str]], folder: Path, lesson: Iterable[BaseQuestion]
) -> dict[str, Any]:
    """Return what stands below a question for its author.

    Parameters
    ----------
    question : BaseQuestion or None
        None where the block cannot be read.
    findings : list of dict
        As ``inspect_block`` gave them.
    folder : Path
        The module's folder.
    lesson : iterable of BaseQuestion
        All questions of the lesson.

    Returns
    -------
    dict
        ``findings, points, samples, names, metadata, has_pool``.

    Raises
    ------
    nothing
    """
    if question is None:
        return {"findings": findings, "points": "", "samples": [], "names": [], "metadata": None, "has_pool": False}
    total = sum(one.points for one in lesson)
    told = _("{points} points; all questions of the lesson together: {total} of {all}")
    return {
        "findings": findings,
        "points": told.format(points=show_number(question.points), total=show_number(total), all=LESSON_POINTS),
        "is_whole": total == LESSON_POINTS,
        "samples": judge_samples(question, folder),
        "names": list_sample_names(question, folder),
        "metadata": make_question_metadata(question),
        "has_pool": question.draw is not None,
    }


def read_samples(folder: Path) -> list[Sample]:
    """Return the samples that can be read.

    Raises
    ------
    nothing
    """
    found = []
    for path in find_sample_files(folder):
        try:
            found.append(read_sample(path))
        except ContentError:
            continue  # the check says what is wrong with it
    return found


def judge_samples(question: BaseQuestion, folder: Path) -> list[dict[str, Any]]:
    """Return what each sample earns for a question beside what its author expects.

    Parameters
    ----------
    question : BaseQuestion
        With key.
    folder : Path

    Returns
    -------
    list of dict
        ``name, says, expected, found, fine``.

    Raises
    ------
    nothing
    """
    rows = []
    for sample in read_samples(folder):
        answer = restrict_answer(sample.answers.get(question.id), draw_items(question, sample.variant))
        found = score_answer(question, answer, sample.variant).points
        expected = sample.expect.get(question.id, 0.0)
        wanted = question.points if sample.name == FULL_SAMPLE else expected
        rows.append(
            {
                "name": sample.name,
                "says": sample.says,
                "expected": show_number(wanted),
                "found": show_number(found),
                "fine": found == expected == wanted,
            }
        )
    return rows


def list_sample_names(question: BaseQuestion, folder: Path) -> list[dict[str, str]]:
    """Return the samples that an author can save: the two of every module, one per code, those that are there.

    Returns
    -------
    list of dict
        ``name`` and ``says``: the sentence of the sample, else what it stands for.

    Raises
    ------
    nothing
    """
    said = {sample.name: sample.says for sample in read_samples(folder)}
    wanted = {FULL_SAMPLE: "", UNTOUCHED_SAMPLE: ""}
    wanted |= {code.lower(): read_text(text) for code, text in question.feedback.items()}
    return [{"name": name, "says": said.get(name, text)} for name, text in (wanted | said).items()]


def judge_answer(question: BaseQuestion, answer: Any, variant: str) -> dict[str, Any]:
    """Return what an answer earns by the key, with everything that is said about it.

    Parameters
    ----------
    question : BaseQuestion
        With key.
    answer : Any
    variant : str

    Returns
    -------
    dict
        ``title, cap, notes``.

    Raises
    ------
    nothing
    """
    score = score_answer(question, answer, variant)
    told = _("{points} of {most} points").format(points=show_number(score.points), most=show_number(question.points))
    cap = _("This answer holds a critical mistake: at most 40% of the points.") if score.capped else ""
    notes = [": ".join(part for part in (note.item or "", note.text) if part) for note in score.notes]
    return {"title": told, "cap": cap, "notes": notes}


def keep_sample(
    question: BaseQuestion, folder: Path, *, name: str, says: str, answer: Any, points: float, is_sure: bool
) -> tuple[bool, str]:
    """Save an answer as a sample, unless its author expects other points than the key gives.

    Parameters
    ----------
    question : BaseQuestion
        With key.
    folder : Path
    name, says : str
        As for ``write_sample``.
    answer : Any
        Over the whole pool.
    points : float
        What the author expects.
    is_sure : bool
        The author was told of the difference and keeps to it.

    Returns
    -------
    saved : bool
    text : str
        What was done, or what the author is asked.

    Raises
    ------
    ContentError
        The sample cannot be written.
    OSError
        The disk refused.
    """
    variant = next((sample.variant for sample in read_samples(folder) if sample.name == name), FIRST_VARIANT)
    drawn = draw_items(question, variant)
    kept = {} if name == UNTOUCHED_SAMPLE or answer is None else {question.id: answer}
    found = score_answer(question, restrict_answer(kept.get(question.id), drawn), variant).points
    if found != points and not is_sure:
        told = _("The key gives this answer {found} points, and you expect {points}.")
        asked = told.format(found=show_number(found), points=show_number(points))
        if question.draw is not None:
            shown = _("Counted are the items that the sample's draw {variant} shows: {items}.")
            asked += " " + shown.format(variant=variant, items=", ".join(sorted(drawn)))
        return False, asked
    write_sample(folder, name, says=says, answers=kept, expect={question.id: points}, variant=variant)
    return True, _("Saved as the sample {name}.").format(name=name)
