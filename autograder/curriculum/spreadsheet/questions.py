"""From the rows of the table to questions, each with the answer that earns every point."""

from __future__ import annotations

import difflib
import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from autograder.curriculum.spreadsheet.draft import QuestionDraft, Reporter, make_text, read_number
from autograder.curriculum.spreadsheet.form import CODES, ITEMS, KIND_NAMES, QUESTIONS, SCORING_NAMES, find_name, fold
from autograder.curriculum.spreadsheet.kinds import BUILDERS
from autograder.curriculum.spreadsheet.table import SheetRow, read_tables
from autograder.errors import ContentError
from autograder.locale import _
from autograder.questions.kinds import KINDS
from autograder.questions.model import BaseQuestion
from autograder.questions.scoring import is_fair_variant, score_answer
from autograder.questions.spec import inspect_question

TRIAL_VARIANTS = tuple(f"thu-{number}" for number in range(1, 5))
ID = re.compile(r"[a-z0-9][a-z0-9-]{0,63}")
CODE = re.compile(r"MC-[A-Z0-9]+(-[A-Z0-9]+)*")


@dataclass(frozen=True)
class SheetQuestion:
    """One question of the table."""

    id: str
    points: float
    # the ``%%question`` block as data: items, key and feedback in place
    block: dict[str, Any]
    # what earns every point, over the whole pool
    answer: Any


@dataclass(frozen=True)
class SheetReading:
    """What a file holds."""

    # in the order of the sheet; those of which something is wrong are left out
    questions: tuple[SheetQuestion, ...]
    problems: tuple[ContentError, ...]


def read_questions(path: Path, *, taken: Iterable[str] = ()) -> SheetReading:
    """Read a table of questions.

    Parameters
    ----------
    path : Path
        An .xlsx file with the sheets of docs/mau-cau-hoi.xlsx.
    taken : iterable of str
        Ids that other questions of the module already have.

    Returns
    -------
    SheetReading
        Every question that can be taken, and everything that is wrong, cell by cell.

    Raises
    ------
    ContentError
        ``workbook-…``: the file cannot be read at all, or holds what is not read here.
    """
    tables = read_tables(path)
    report = Reporter(list(tables.problems))
    feedback = _read_feedback(tables.rows[CODES.vi], report)
    rows = _read_ids(tables.rows[QUESTIONS.vi], frozenset(taken), report)
    items = _group_items(tables.rows[ITEMS.vi], tables.rows[QUESTIONS.vi], rows, report)
    # A question of which a cell could not be taken would only be blamed for what is missing there.
    blamed = {problem.where for problem in report.problems}
    questions = []
    for identity, row in rows.items():
        before = len(report.problems)
        draft = _build_question(row, items[identity], feedback, report)
        spoilt = blamed and any(r.place(c) in blamed for r in (row, *items[identity]) for c in ("", *r.letters))
        if draft is None or len(report.problems) > before or spoilt:
            continue
        question = _finish_question(draft, report)
        if question is not None:
            questions.append(question)
    if not rows and not report.problems:
        report(
            "table-empty",
            _("The table has no question"),
            _("sheet “{sheet}”").format(sheet=QUESTIONS.vi),
            found=_("no row"),
            expected=_("one row per question"),
            hint=_("write the first question below the headings"),
        )
    return SheetReading(tuple(questions), tuple(report.problems))


def _read_feedback(rows: tuple[SheetRow, ...], report: Reporter) -> dict[str, Any]:
    feedback: dict[str, Any] = {}
    for row in rows:
        code = report.require_text(row, "code")
        text = report.require_text(row, "text")
        if not code or not text:
            continue
        if not CODE.fullmatch(code):
            report.cell(
                "code-form",
                _("This is no misconception code"),
                row,
                "code",
                found=code,
                expected=_("MC- and capital letters, for example MC-HTTPS"),
                hint=_("correct the code"),
            )
        elif code in feedback:
            report.cell(
                "code-repeated",
                _("The code is there twice"),
                row,
                "code",
                found=code,
                expected=_("each code once"),
                hint=_("delete one of the two rows"),
            )
        else:
            feedback[code] = make_text(text, report.read_text(row, "text_en"))
    return feedback


def _read_ids(rows: tuple[SheetRow, ...], taken: frozenset[str], report: Reporter) -> dict[str, SheetRow]:
    """Return id → row of the questions whose id can be taken."""
    found: dict[str, SheetRow] = {}
    for row in rows:
        identity = report.require_text(row, "id")
        if identity is None:
            continue
        if not ID.fullmatch(identity):
            report.cell(
                "id-form",
                _("The id has the wrong form"),
                row,
                "id",
                found=identity,
                expected=_("small letters without accents, digits and -, for example {example}").format(
                    example="hop-thu"
                ),
                hint=_("correct the id, on the sheet “{sheet}” too").format(sheet=ITEMS.vi),
            )
        elif identity in found or identity in taken:
            where = found[identity].place("id") if identity in found else _("the module")
            report.cell(
                "id-repeated",
                _("The id already belongs to another question"),
                row,
                "id",
                found=_("{id}, also in {place}").format(id=identity, place=where),
                expected=_("an id of its own in the whole module"),
                hint=_("choose another id"),
            )
        else:
            found[identity] = row
    return found


def _group_items(
    rows: tuple[SheetRow, ...],
    question_rows: tuple[SheetRow, ...],
    questions: dict[str, SheetRow],
    report: Reporter,
) -> dict[str, list[SheetRow]]:
    groups: dict[str, list[SheetRow]] = defaultdict(list)
    # The items of a question whose id was refused are not to blame.
    stated = {report.read_text(row, "id") for row in question_rows}
    for row in rows:
        name = report.require_text(row, "question")
        if name is None:
            continue
        if name in questions:
            groups[name].append(row)
        if name in stated:
            continue
        near = difflib.get_close_matches(name, questions, n=1)
        report.cell(
            "item-question",
            _("No question has this id"),
            row,
            "question",
            found=name,
            expected=", ".join(questions)[:200] or _("an id of the sheet “{sheet}”").format(sheet=QUESTIONS.vi),
            hint=_("did you mean {name}?").format(name=near[0]) if near else _("correct the id or delete the row"),
        )
    return groups


def _build_question(
    row: SheetRow, items: list[SheetRow], feedback: dict[str, Any], report: Reporter
) -> QuestionDraft | None:
    kind = _read_kind(row, report)
    points = read_number(row, "points", report)
    prompt = report.require_text(row, "prompt")
    draw = read_number(row, "draw", report) if "draw" in row.cells else None
    by = _read_scoring(row, kind, report)
    if not items:
        report.cell(
            "question-without-items",
            _("The question has no items"),
            row,
            "id",
            found=row.cells["id"].value,
            expected=_("rows with this id on the sheet “{sheet}”").format(sheet=ITEMS.vi),
            hint=_("add one row per item"),
        )
    if kind is None or points is None or prompt is None or not items:
        return None
    draft = QuestionDraft(row, items, feedback, by)
    draft.block = {"id": str(row.cells["id"].value), "kind": kind, "points": points}
    draft.block["prompt"] = make_text(prompt, report.read_text(row, "prompt_en"))
    if draw is not None:
        draft.block["draw"] = draw
    draft.name_items(report)
    BUILDERS[kind](draft, report)
    return draft


def _read_kind(row: SheetRow, report: Reporter) -> str | None:
    text = report.require_text(row, "kind")
    if text is None:
        return None
    kind = find_name(KIND_NAMES, text)
    if kind in KINDS:
        return kind
    names = {fold(shown): shown for name, shown in KIND_NAMES.items() if name in KINDS}
    names |= {name: shown for name, shown in KIND_NAMES.items() if name in KINDS}
    names |= {fold(shown.partition("(")[0]): shown for shown in list(names.values())}
    near = difflib.get_close_matches(fold(text), names, n=1)
    report.cell(
        "question-kind",
        _("This kind of question does not exist"),
        row,
        "kind",
        found=text,
        expected=", ".join(shown for name, shown in KIND_NAMES.items() if name in KINDS),
        hint=_("did you mean {name}?").format(name=names[near[0]]) if near else _("choose one of the list"),
    )
    return None


def _read_scoring(row: SheetRow, kind: str | None, report: Reporter) -> str | None:
    text = report.read_text(row, "by")
    if not text:
        return None
    by = find_name(SCORING_NAMES, text)
    if by is None or kind not in ("classify", None):
        report.cell(
            "scoring-unknown",
            _("The question cannot be scored in this way"),
            row,
            "by",
            found=text,
            expected=", ".join(SCORING_NAMES.values()) if kind in ("classify", None) else _("an empty cell"),
            hint=_("choose one of the list, for the kind “{kind}” only").format(kind=KIND_NAMES["classify"]),
        )
    return by


def _finish_question(draft: QuestionDraft, report: Reporter) -> SheetQuestion | None:
    """Read the block as any other one, try the right answers out, and lead what is found back to its row."""
    used = sorted(set(draft.codes) & set(draft.feedback))
    block = draft.block | ({"feedback": {code: draft.feedback[code] for code in used}} if used else {})
    question, errors = inspect_question(block, where="")
    for error in errors:
        row, column = _find_cell(error.where, draft)
        error.where = row.place(column)
        report.problems.append(error)
    if question is None or errors:
        return None
    if not _earns_everything(question, draft.answer):
        report.cell(
            "answer-not-full",
            _("The right answers do not earn every point"),
            draft.row,
            "id",
            found=_("the answers of the column “{column}”").format(column=_find_title("answer")),
            expected=_("{n} points").format(n=f"{question.points:g}"),
            hint=_("correct the answers; for short text write one into “{column}”").format(
                column=_find_title("sample")
            ),
        )
        return None
    return SheetQuestion(question.id, question.points, block, draft.answer)


def _find_title(name: str) -> str:
    return next(column.vi for column in ITEMS.columns if column.name == name)


def _earns_everything(question: BaseQuestion, answer: Any) -> bool:
    fair = [variant for variant in TRIAL_VARIANTS if is_fair_variant([question], variant)] or list(TRIAL_VARIANTS[:1])
    return all(score_answer(question, answer, variant).fraction == 1 for variant in fair)


# Which column a field of the block was made from.
_ITEM_COLUMNS = {"text": "text", "parts": "text", "title": "title", "stratum": "stratum", "id": "item"}
_QUESTION_COLUMNS = {
    "labels": "choices",
    "options": "choices",
    "score": "costs",
    "draw": "draw",
    "points": "points",
    "prompt": "prompt",
    "unit": "unit",
    "ends": "ends",
    "id": "id",
    "kind": "kind",
}


def _find_cell(where: str, draft: QuestionDraft) -> tuple[SheetRow, str]:
    """Return the row, and the column if it is known, that an error of the block speaks of."""
    steps = where.rpartition(" › ")[2].split(".")
    by_id = dict(zip(draft.ids, draft.items, strict=True))
    if steps[0] == "items" and len(steps) > 1 and steps[1].isdigit() and int(steps[1]) < len(draft.items):
        return draft.items[int(steps[1])], _ITEM_COLUMNS.get(steps[2] if len(steps) > 2 else "", "text")
    if steps[0] == "key" and len(steps) > 1 and steps[1] in by_id:
        return by_id[steps[1]], "answer"
    if steps[0] in by_id:
        return by_id[steps[0]], "answer"
    if steps[0] in ("items", "key"):
        return draft.row, "draw" if steps[0] == "items" and "draw" in draft.block else "id"
    return draft.row, _QUESTION_COLUMNS.get(steps[0], "id")
