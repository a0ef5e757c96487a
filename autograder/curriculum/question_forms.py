"""From a filled-in form to the YAML of a question: for lecturers who do not write YAML.

Most kinds have a form: rows (what the learner judges), each with its right answer.  The others start from the example
in ``examples/<kind>.yaml``.  What a form cannot say is written in the block afterwards.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from autograder.errors import ContentError
from autograder.locale import _
from autograder.questions.kinds import KINDS
from autograder.questions.yaml_text import dump_block

_EXAMPLES = Path(__file__).parent / "examples"


@dataclass(frozen=True)
class WrongAnswer:
    """A wrong answer that is worth a sentence of its own."""

    # what is chosen, typed or done
    value: str | float
    # misconception
    code: str = ""
    # path: what happens then
    then: str = ""
    # path: a safety-critical act
    is_dangerous: bool = False


@dataclass(frozen=True)
class Row:
    """One line of a form: one item, one part to mark, one step."""

    text: str
    # classify: the label; choose: the options; marks: whether it is to be marked; number: the value; path: what to
    # do; text: the phrases of which one must stand in the answer; order: nothing, the rows stand in the right order
    right: Any = None
    # misconception of whoever answers wrongly
    code: str = ""
    # why the right answer is right
    why: str = ""
    # number: how far from it is still right
    within: float = 0.0
    wrong: tuple[WrongAnswer, ...] = ()


@dataclass(frozen=True)
class QuestionForm:
    """What a lecturer filled in."""

    id: str
    points: float
    # language → text
    prompt: Mapping[str, str]
    rows: Sequence[Row]
    # labels or options, in the order in which they are shown
    choices: Sequence[str] = ()
    # misconception → sentence
    feedback: Mapping[str, str] = field(default_factory=dict)
    # how many rows an attempt shows; all without it
    draw: int | None = None
    # number: shown behind the field
    unit: str = ""
    # order: what the two ends mean
    ends: Sequence[str] = ()
    # marks: what the rows are parts of
    title: str = ""


def make_block(kind: str, form: QuestionForm) -> str:
    """Return the YAML of a new question.

    Parameters
    ----------
    kind : str
        One of ``list_form_kinds()``, or of ``list_example_kinds()``, which take only id, points and prompt.
    form : QuestionForm

    Returns
    -------
    str
        The cell's text without the magic's own line, in the order of docs/lecturer.md.

    Raises
    ------
    ContentError
        ``form-kind``: there is no form for this kind; ``form-right``: a row's right answer is none of the choices.
    """
    if kind in list_example_kinds():
        return _head_example(kind, form)
    if kind not in list_form_kinds():
        raise ContentError(
            "form-kind",
            _("There is no form for this kind of question"),
            where="kind",
            found=kind,
            expected=", ".join(list_form_kinds()),
            hint=_("choose another kind, or write the block by hand as docs/lecturer.md shows"),
        )
    head = _make_head(kind, form)
    body = _WRITERS[kind](form)
    items: dict[str, Any] = {"draw": form.draw} if form.draw else {}
    key = {"key": body.pop("key"), "score": body.pop("score")}
    feedback = {code: _clean(text) for code, text in form.feedback.items() if code and text.strip()}
    return dump_block(head | body | items | key | ({"feedback": feedback} if feedback else {}))


def list_form_kinds() -> tuple[str, ...]:
    """Return the kinds that have a form, in the order in which they are offered.

    Raises
    ------
    nothing
    """
    return tuple(kind for kind in _WRITERS if kind in KINDS)


def list_example_kinds() -> tuple[str, ...]:
    """Return the kinds without a form, of which a question starts as an example to be changed.

    Raises
    ------
    nothing
    """
    return tuple(kind for kind in KINDS if kind not in _WRITERS and (_EXAMPLES / f"{kind}.yaml").is_file())


def _make_head(kind: str, form: QuestionForm) -> dict[str, Any]:
    points = int(form.points) if float(form.points).is_integer() else float(form.points)
    return {"id": form.id, "kind": kind, "points": points, "prompt": _clean_texts(form.prompt)}


def _head_example(kind: str, form: QuestionForm) -> str:
    """Return a new question whose items and key are those of the example, as written there."""
    return dump_block(_make_head(kind, form)) + (_EXAMPLES / f"{kind}.yaml").read_text(encoding="utf-8")


def make_choice_ids(texts: Sequence[str]) -> dict[str, str]:
    """Return text → id for labels and options: the text's own letters, unaccented.

    Raises
    ------
    nothing
    """
    found: dict[str, str] = {}
    for text in map(_clean, texts):
        plain = unicodedata.normalize("NFD", text.replace("đ", "d").replace("Đ", "D")).lower()
        stem = "_".join(re.findall(r"[a-z0-9]+", re.sub(r"[̀-ͯ]", "", plain)))[:40].strip("_") or "lua_chon"
        identity, number = stem, 1
        while identity in found.values():
            number += 1
            identity = f"{stem}_{number}"
        if text:
            found.setdefault(text, identity)
    return found


def _clean(text: Any) -> str:
    return unicodedata.normalize("NFC", str(text)).strip()


def _clean_texts(texts: Mapping[str, str]) -> dict[str, str]:
    return {language: _clean(text) for language, text in texts.items() if text.strip()}


def _number_rows(form: QuestionForm, letter: str = "t", *, is_mixed: bool = False) -> list[tuple[str, Row]]:
    """Give the rows their ids; ``is_mixed`` takes them out of an order that would give the answer away."""
    rows = [row for row in form.rows if row.text.strip()]
    if is_mixed:
        rows.sort(key=lambda row: _mix(form.id, row.text))
    return [(f"{letter}{number:02d}", row) for number, row in enumerate(rows, start=1)]


def _mix(*parts: str) -> str:
    return hashlib.sha256("\0".join(parts).encode("utf-8", "surrogatepass")).hexdigest()


def _list_items(rows: Sequence[tuple[str, Row]]) -> list[dict[str, Any]]:
    return [{"id": identity, "text": _clean(row.text)} for identity, row in rows]


def _find_choice(ids: Mapping[str, str], text: Any, row: Row) -> str:
    name = _clean(text)
    if name in ids:
        return ids[name]
    raise ContentError(
        "form-right",
        _("The right answer is none of the choices"),
        where=_clean(row.text)[:80],
        found=name or _("nothing"),
        expected=", ".join(ids) or _("at least one value"),
        hint=_("choose the right answer of every line"),
    )


def _with_why(entry: dict[str, Any], row: Row) -> dict[str, Any]:
    return entry | ({"why": _clean(row.why)} if row.why.strip() else {})


def _write_classify(form: QuestionForm) -> dict[str, Any]:
    ids = make_choice_ids(form.choices)
    rows = _number_rows(form, is_mixed=True)
    key = {}
    for identity, row in rows:
        entry = {"label": _find_choice(ids, row.right, row)} | ({"wrong": row.code} if row.code else {})
        key[identity] = _with_why(entry, row)
    labels = {identity: text for text, identity in ids.items()}
    return {"labels": labels, "items": _list_items(rows), "key": key, "score": {"by": "balanced"}}


def _write_choose(form: QuestionForm) -> dict[str, Any]:
    ids = make_choice_ids(form.choices)
    rows = _number_rows(form)
    key = {}
    for identity, row in rows:
        right = [_find_choice(ids, text, row) for text in row.right or ()]
        entry: dict[str, Any] = {"options": right}
        if row.code:
            entry["wrong"] = {option: row.code for option in ids.values() if option not in right}
        key[identity] = _with_why(entry, row)
    options = {identity: text for text, identity in ids.items()}
    return {"options": options, "items": _list_items(rows), "key": key, "score": {"by": "set"}}


def _write_marks(form: QuestionForm) -> dict[str, Any]:
    rows = _number_rows(form, "p")
    item: dict[str, Any] = {"id": "t01"} | ({"title": _clean(form.title)} if form.title.strip() else {})
    item["parts"] = _list_items(rows)
    entry: dict[str, Any] = {"marks": [identity for identity, row in rows if row.right]}
    for name, wanted in (("wrong", False), ("missed", True)):
        codes = {identity: row.code for identity, row in rows if row.code and bool(row.right) is wanted}
        entry |= {name: codes} if codes else {}
    reasons = " ".join(_clean(row.why) for _identity, row in rows if row.why.strip())
    return {"items": [item], "key": {"t01": entry | ({"why": reasons} if reasons else {})}, "score": {"by": "set"}}


def _write_order(form: QuestionForm) -> dict[str, Any]:
    rows = _number_rows(form, is_mixed=True)
    names = {id(row): identity for identity, row in rows}
    order = [names[id(row)] for row in form.rows if id(row) in names]
    rules = [[a, b, row.code] for a, b, row in zip(order, order[1:], _filled(form.rows)[1:], strict=False) if row.code]
    key: dict[str, Any] = {"order": order} | ({"must_precede": rules} if rules else {})
    ends = [_clean(end) for end in form.ends if end.strip()]
    head: dict[str, Any] = {"ends": ends} if len(ends) == 2 else {}
    return head | {"items": _list_items(rows), "key": key, "score": {"by": "order"}}


def _filled(rows: Sequence[Row]) -> list[Row]:
    return [row for row in rows if row.text.strip()]


def _write_number(form: QuestionForm) -> dict[str, Any]:
    rows = _number_rows(form)
    key = {}
    for identity, row in rows:
        entry: dict[str, Any] = {"value": row.right}
        if row.within:
            entry["within"] = float(row.within)
        wrong = [
            {"value": one.value} | ({"within": float(row.within)} if row.within else {}) | {"code": one.code}
            for one in row.wrong
            if one.code
        ]
        entry |= {"wrong": wrong} if wrong else {}
        key[identity] = _with_why(entry, row)
    head = {"unit": _clean(form.unit)} if form.unit.strip() else {}
    return head | {"items": _list_items(rows), "key": key, "score": {"by": "tolerance"}}


def _write_path(form: QuestionForm) -> dict[str, Any]:
    """Write one situation, step by step; whoever acts wrongly sees what comes of it, and the situation ends."""
    rows = [row for _identity, row in _number_rows(form)]
    states: dict[str, Any] = {}
    ends: dict[str, Any] = {}
    required: list[str] = []
    forbidden: dict[str, str] = {}
    wrong: dict[str, str] = {}
    for number, row in enumerate(rows, start=1):
        state = f"s{number}"
        acts: list[tuple[str, WrongAnswer | None]] = [(_clean(row.right or ""), None)]
        acts += [(_clean(one.value), one) for one in row.wrong if str(one.value).strip()]
        acts.sort(key=lambda act: _mix(form.id, state, act[0]))
        choices = []
        for letter, (text, one) in zip("abcdefghijklmnopqrstuvwxyz", acts, strict=False):
            step = f"{state}.{letter}"
            if one is None:
                required.append(step)
                choices.append({"id": letter, "text": text, "to": f"s{number + 1}"})
                continue
            end = f"e{number}{letter}"
            ends[end] = {"text": _clean(one.then) or text, "end": True}
            choices.append({"id": letter, "text": text, "to": end})
            if one.code:
                (forbidden if one.is_dangerous else wrong)[step] = one.code
        states[state] = {"text": _clean(row.text), "choices": choices}
    last = _clean(form.title) or _("The situation is over.")
    states[f"s{len(rows) + 1}"] = {"text": last, "end": True}
    item = {"id": "t01", "start": "s1", "states": states | ends}
    entry: dict[str, Any] = {"required": required}
    entry |= {"forbidden": forbidden} if forbidden else {}
    entry |= {"wrong": wrong} if wrong else {}
    reasons = " ".join(_clean(row.why) for row in rows if row.why.strip())
    return {"items": [item], "key": {"t01": entry | ({"why": reasons} if reasons else {})}, "score": {"by": "path"}}


def _write_text(form: QuestionForm) -> dict[str, Any]:
    rows = _number_rows(form)
    key = {}
    for identity, row in rows:
        phrases = [_clean(phrase) for phrase in row.right or () if str(phrase).strip()]
        must: dict[str, Any] = {"any": phrases} | ({"code": row.code} if row.code else {})
        key[identity] = _with_why({"must": [must]}, row)
    return {"items": _list_items(rows), "key": key, "score": {"by": "patterns"}}


_WRITERS: dict[str, Callable[[QuestionForm], dict[str, Any]]] = {
    "classify": _write_classify,
    "choose": _write_choose,
    "marks": _write_marks,
    "order": _write_order,
    "number": _write_number,
    "path": _write_path,
    "text": _write_text,
}
