"""What the page's form of a new question asks, and the question that comes of what it sends."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from autograder.curriculum.question_forms import (
    QuestionForm,
    Row,
    WrongAnswer,
    list_example_kinds,
    list_form_kinds,
    make_block,
)
from autograder.curriculum.scaffold import suggest_slug
from autograder.errors import ContentError
from autograder.locale import _
from autograder.questions.numbers import parse_vietnamese_number

MAX_ROWS = 200


def describe_forms() -> list[dict[str, Any]]:
    """Return the form of each kind; of kinds without one, what starts from an example.

    Returns
    -------
    list of dict
        ``kind, name, hint, row`` (what a line is), ``right`` (how its right answer is given: choice, choices, check,
        number, act, phrases, "" where the order of the lines is the answer, or example where there are no lines),
        ``right_text``, and the texts of the fields that this kind adds: ``choices``, ``unit``, ``ends``, ``title``.

    Raises
    ------
    nothing
    """
    item, step = _("Item"), _("Situation")
    told: dict[str, dict[str, Any]] = {
        "classify": {
            "name": _("Sort: one label per item"),
            "hint": _("The learner gives every item one of the labels."),
            "row": item,
            "right": "choice",
            "right_text": _("Right label"),
            "choices": _("Labels, one per line"),
        },
        "choose": {
            "name": _("Choose: several options per item"),
            "hint": _("The learner ticks all options that fit."),
            "row": item,
            "right": "choices",
            "right_text": _("Right options"),
            "choices": _("Options, one per line"),
        },
        "marks": {
            "name": _("Mark: find the right lines of a document"),
            "hint": _("The learner marks lines of one document, form or message."),
            "row": _("Line of the document"),
            "right": "check",
            "right_text": _("Is to be marked"),
            "title": _("Name of the document"),
        },
        "order": {
            "name": _("Order: put the steps in order"),
            "hint": _("Enter the steps in the right order; learners see them shuffled."),
            "row": _("Step"),
            "right": "",
            "right_text": "",
            "ends": _("What the upper and the lower end of the list mean, for example: Do first | Do last"),
        },
        "number": {
            "name": _("Number: calculate a value"),
            "hint": _("The learner types a number, the Vietnamese way."),
            "row": item,
            "right": "number",
            "right_text": _("Right value"),
            "unit": _("Unit, for example %"),
        },
        "path": {
            "name": _("Situation: decide step by step"),
            "hint": _("Every right decision leads to the next line; a wrong one shows what comes of it."),
            "row": step,
            "right": "act",
            "right_text": _("Right decision"),
            "title": _("How the situation ends when everything was right"),
        },
        "text": {
            "name": _("Short text: a word or a sentence"),
            "hint": _("The learner writes a short text; it is right when one of the phrases stands in it."),
            "row": item,
            "right": "phrases",
            "right_text": _("Phrases of which one must be there, separated by |"),
        },
    }
    names = {
        "table": _("Table: put cells and rows right"),
        "sheet": _("Spreadsheet: write formulas"),
        "search": _("Search: write queries"),
        "file": _("File: upload a document"),
    }
    example = {
        "hint": _("This question starts as a complete example: put it in, then change items and key where it stands."),
        "row": "",
        "right": "example",
        "right_text": "",
    }
    forms = [{"kind": kind} | told[kind] for kind in list_form_kinds()]
    return forms + [{"kind": kind, "name": names.get(kind, kind)} | example for kind in list_example_kinds()]


def read_form(data: Any) -> tuple[str, QuestionForm]:
    """Read what the page sends.

    Parameters
    ----------
    data : Any
        ``{kind, id, points, prompt: {vi, en}, choices, unit, ends, title, rows: [{text, right, code, why, within,
        wrong: [{value, code, then, dangerous}]}], feedback: [{code, text}]}``; everything as it was typed.

    Returns
    -------
    kind : str
    form : QuestionForm

    Raises
    ------
    ContentError
        ``form-…``: the first field that is missing or cannot be read.
    """
    fields = data if isinstance(data, Mapping) else {}
    kind = _text(fields.get("kind"))
    prompt = fields.get("prompt") if isinstance(fields.get("prompt"), Mapping) else {}
    texts = {language: _text(prompt.get(language)) for language in ("vi", "en")}  # type: ignore[union-attr]
    identity = _text(fields.get("id"))
    for name, value in ((_("the task"), texts["vi"]), (_("the task in English"), texts["en"]), (_("the id"), identity)):
        if not value:
            raise _refuse("form-empty", name)
    if not re.fullmatch(r"[a-z0-9][a-z0-9-]{0,63}", identity):
        raise ContentError(
            "form-id",
            _("The id cannot be used"),
            where=_("the id"),
            found=identity,
            expected=_("small letters a–z and digits, words joined by -"),
            hint=_("write it without accents and spaces, such as hop-thu"),
        )
    points = _read_number(fields.get("points"), _("points"))
    rows = [_read_row(row, kind) for row in _list(fields.get("rows"))[:MAX_ROWS] if isinstance(row, Mapping)]
    rows = [row for row in rows if row.text]
    if not rows and kind not in list_example_kinds():
        raise _refuse("form-empty", _("the items"))
    form = QuestionForm(
        id=identity,
        points=points,
        prompt=texts,
        rows=rows,
        choices=_split_lines(fields.get("choices")),
        feedback={
            _read_code(one.get("code")): _text(one.get("text"))
            for one in _list(fields.get("feedback"))
            if isinstance(one, Mapping) and _text(one.get("code"))
        },
        unit=_text(fields.get("unit")),
        ends=[part.strip() for part in _text(fields.get("ends")).split("|") if part.strip()],
        title=_text(fields.get("title")),
    )
    return kind, form


def make_form_block(data: Any) -> str:
    """Return the YAML of the question that the page's form describes.

    Raises
    ------
    ContentError
        As ``read_form`` and ``make_block``.
    """
    return make_block(*read_form(data))


def suggest_id(prompt: str, taken: Iterable[str]) -> str:
    """Return an id made from the first words of a prompt.

    Raises
    ------
    nothing
    """
    return suggest_slug(prompt, taken=taken, limit=28)


def _read_row(row: Mapping[str, Any], kind: str) -> Row:
    text, right = _text(row.get("text")), row.get("right")
    wrong = [one for one in _list(row.get("wrong")) if isinstance(one, Mapping) and _text(one.get("value"))]
    within = 0.0
    if not text:
        return Row("")
    if kind == "number":
        right = _read_number(right, text)
        within = float(_read_number(row.get("within") or "0", text))
    elif kind == "choose":
        right = [_text(one) for one in _list(right)]
    elif kind == "text":
        right = [part.strip() for part in _text(right).split("|") if part.strip()]
    elif kind == "marks":
        right = right is True
    else:
        right = _text(right)
    if kind in ("choose", "text", "path") and not right:
        raise _refuse("form-right", text)
    return Row(
        text=text,
        right=right,
        code=_read_code(row.get("code")),
        why=_text(row.get("why")),
        within=within,
        wrong=tuple(
            WrongAnswer(
                value=_read_number(one.get("value"), text) if kind == "number" else _text(one.get("value")),
                code=_read_code(one.get("code")),
                then=_text(one.get("then")),
                is_dangerous=one.get("dangerous") is True,
            )
            for one in wrong
        ),
    )


def _text(value: Any) -> str:
    return value.strip() if isinstance(value, str) else ""


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _split_lines(value: Any) -> list[str]:
    return [line.strip() for line in _text(value).splitlines() if line.strip()]


def _read_code(value: Any) -> str:
    text = _text(value).upper()
    return text if not text or text.startswith("MC-") else f"MC-{text}"


def _read_number(value: Any, where: str) -> float:
    number = parse_vietnamese_number(str(value).strip()) if isinstance(value, str | int | float) else None
    if number is None:
        raise ContentError(
            "form-number",
            _("This is not a number"),
            where=where[:80],
            found=_text(value)[:80] or _("nothing"),
            expected=_("a number such as 12,5"),
            hint=_("write digits, with a comma before the decimals"),
        )
    return int(number) if number == number.to_integral_value() else float(number)


def _refuse(code: str, where: str) -> ContentError:
    return ContentError(
        code,
        _("Something is not filled in yet"),
        where=where[:80],
        found=_("nothing"),
        expected=_("some text") if code == "form-empty" else _("the right answer"),
        hint=_("fill the field in"),
    )
