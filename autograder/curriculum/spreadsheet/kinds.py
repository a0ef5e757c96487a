"""How the rows of each kind become its items, its key and the answer that earns every point."""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable
from typing import Any

from autograder.curriculum.question_forms import make_choice_ids
from autograder.curriculum.spreadsheet.draft import (
    CODED,
    QuestionDraft,
    Reporter,
    make_text,
    read_number,
    split_cell,
    to_number,
    write_number,
)
from autograder.curriculum.spreadsheet.form import ALTERNATIVE, fold
from autograder.curriculum.spreadsheet.table import SheetRow
from autograder.locale import _

# "Báo cáo > An toàn: 3"
COST = re.compile(r"(?P<true>.+?)\s*(?:>|→)\s*(?P<given>.+?)\s*[:=]\s*(?P<cost>[0-9.,]+)", re.DOTALL)
CODE = re.compile(r"MC-[A-Z0-9-]+")
NUMBER_PARTS = re.compile(r"[0-9]{1,3}")


def _read_choices(draft: QuestionDraft, report: Reporter) -> dict[str, Any]:
    """Return id → text of the question's choices."""
    texts = split_cell(report.read_text(draft.row, "choices"))
    english = split_cell(report.read_text(draft.row, "choices_en"))
    if not texts:
        report.cell(
            "choices-missing",
            _("The question has no choices"),
            draft.row,
            "choices",
            found=_("nothing"),
            expected=_("at least two, with | between them"),
            hint=_("write them, for example: An toàn | Báo cáo | Xóa"),
        )
    if english and len(english) != len(texts):
        report.cell(
            "choices-english",
            _("The English choices are not as many"),
            draft.row,
            "choices_en",
            found=len(english),
            expected=str(len(texts)),
            hint=_("write one English text per choice, in the same order"),
        )
        english = []
    if len({fold(text) for text in texts}) < len(texts):
        report.cell(
            "choices-repeated",
            _("A choice is there twice"),
            draft.row,
            "choices",
            found=" | ".join(texts),
            expected=_("each choice once"),
            hint=_("delete one of the two"),
        )
        return {}
    ids = make_choice_ids(texts)
    return {ids[text]: make_text(text, english[at] if english else "") for at, text in enumerate(texts)}


def _find_choice(row: SheetRow, column: str, choices: dict[str, Any], text: str, report: Reporter) -> str | None:
    """Return the id of a choice that a cell names by its text in either language, or by its id."""
    names: dict[str, str] = {}
    for identity, shown in choices.items():
        texts = shown.values() if isinstance(shown, dict) else [shown]
        names |= {fold(name): identity for name in [*texts, identity]}
    if fold(text) in names:
        return names[fold(text)]
    shown_texts = [shown["vi"] if isinstance(shown, dict) else shown for shown in choices.values()]
    near = difflib.get_close_matches(fold(text), names, n=1)
    close = choices[names[near[0]]] if near else ""
    report.cell(
        "choice-unknown",
        _("This is none of the question's choices"),
        row,
        column,
        found=text,
        expected=" | ".join(shown_texts) or _("choices on the sheet of questions"),
        hint=_("did you mean {name}?").format(name=close["vi"] if isinstance(close, dict) else close)
        if near
        else _("write it as in the choices of the question"),
    )
    return None


def _keep(entries: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in entries.items() if value or value == 0}


def _build_classify(draft: QuestionDraft, report: Reporter) -> None:
    labels = _read_choices(draft, report)
    key: dict[str, Any] = {}
    draft.answer = {}
    for number, row in enumerate(draft.items):
        answer = report.require_text(row, "answer")
        label = _find_choice(row, "answer", labels, answer, report) if answer else None
        wrong: Any = report.read_text(row, "wrong")
        if CODE.fullmatch(wrong):
            wrong = draft.read_code(number, "wrong", wrong, report)
        else:
            coded = draft.read_coded(number, "wrong", report)
            named = [(_find_choice(row, "wrong", labels, what, report), code) for what, code, _share in coded]
            wrong = {identity: code for identity, code in named if identity}
        cap = [_find_choice(row, "critical", labels, text, report) for text in _split(row, "critical", report)]
        entry = _keep({"label": label, "wrong": wrong, "cap": [identity for identity in cap if identity]})
        key[draft.ids[number]] = draft.add_reasons(number, entry, report)
        draft.answer[draft.ids[number]] = label
    draft.block |= {"labels": labels, "items": _text_items(draft, report), "key": key}
    draft.block["score"] = {"by": "balanced"} if draft.by != "cost" else _read_costs(draft, labels, report)


def _split(row: SheetRow, column: str, report: Reporter) -> list[str]:
    return split_cell(report.read_text(row, column))


def _text_items(draft: QuestionDraft, report: Reporter) -> list[dict[str, Any]]:
    return [draft.make_text_item(number, report) for number in range(len(draft.items))]


def _read_costs(draft: QuestionDraft, labels: dict[str, Any], report: Reporter) -> dict[str, Any]:
    matrix: dict[str, dict[str, float]] = {}
    pieces = split_cell(report.read_text(draft.row, "costs"))
    for piece in pieces or [""]:
        match = COST.fullmatch(piece)
        cost = to_number(match["cost"]) if match else None
        if match is None or cost is None:
            report.cell(
                "cost-form",
                _("This is not a cost"),
                draft.row,
                "costs",
                found=piece or _("nothing"),
                expected=_("right label > given label: number"),
                hint=_("for example: Báo cáo > An toàn: 3 | An toàn > Báo cáo: 1"),
            )
            continue
        true, given = (_find_choice(draft.row, "costs", labels, match[name], report) for name in ("true", "given"))
        if true and given:
            matrix.setdefault(true, {})[given] = cost
    return {"by": "cost", "matrix": matrix}


def _build_choose(draft: QuestionDraft, report: Reporter) -> None:
    options = _read_choices(draft, report)
    key: dict[str, Any] = {}
    draft.answer = {}
    for number, row in enumerate(draft.items):
        report.require_text(row, "answer")

        def find(column: str, texts: list[str], row: SheetRow = row) -> list[str]:
            found = [_find_choice(row, column, options, text, report) for text in texts]
            return [identity for identity in found if identity]

        right = find("answer", _split(row, "answer", report))
        entry: dict[str, Any] = {"options": right}
        for column in ("wrong", "missed"):
            coded = draft.read_coded(number, column, report)
            entry[column] = {i: code for what, code, _share in coded for i in find(column, [what])}
        entry["cap"] = find("critical", _split(row, "critical", report))
        key[draft.ids[number]] = draft.add_reasons(number, _keep(entry), report)
        draft.answer[draft.ids[number]] = right
    draft.block |= {"options": options, "items": _text_items(draft, report), "key": key, "score": {"by": "set"}}


def _build_marks(draft: QuestionDraft, report: Reporter) -> None:
    items, key = [], {}
    draft.answer = {}
    for number, row in enumerate(draft.items):
        report.require_text(row, "text")
        report.require_text(row, "answer")
        texts, english = _split(row, "text", report), _split(row, "text_en", report)
        if english and len(english) != len(texts):
            report.cell(
                "parts-english",
                _("The English parts are not as many"),
                row,
                "text_en",
                found=len(english),
                expected=str(len(texts)),
                hint=_("write one English text per part, in the same order"),
            )
            english = []
        parts = {f"p{at:02d}": make_text(text, english[at - 1] if english else "") for at, text in enumerate(texts, 1)}

        def find(column: str, names: list[str], row: SheetRow = row, parts: dict[str, Any] = parts) -> list[str]:
            found = []
            for name in names:
                by_number = f"p{int(name):02d}" if NUMBER_PARTS.fullmatch(name) else ""
                part = by_number if by_number in parts else _find_choice(row, column, parts, name, report)
                found += [part] if part else []
            return found

        marks = find("answer", _split(row, "answer", report))
        entry: dict[str, Any] = {"marks": marks}
        for column in ("wrong", "missed"):
            coded = draft.read_coded(number, column, report)
            entry[column] = {part: code for what, code, _share in coded for part in find(column, [what])}
        entry["cap"] = find("critical", _split(row, "critical", report))
        key[draft.ids[number]] = draft.add_reasons(number, _keep(entry), report)
        draft.answer[draft.ids[number]] = marks
        items.append(
            draft.make_item(number, report) | {"parts": [{"id": part, "text": text} for part, text in parts.items()]}
        )
    draft.block |= {"items": items, "key": key, "score": {"by": "set"}}


def _build_order(draft: QuestionDraft, report: Reporter) -> None:
    places: dict[int | float, str] = {}
    rules = []
    for number, row in enumerate(draft.items):
        place = read_number(row, "answer", report)
        if place is not None and place in places:
            report.cell(
                "place-repeated",
                _("Two items have the same place"),
                row,
                "answer",
                found=write_number(place),
                expected=_("each place once"),
                hint=_("number the items 1, 2, 3… in the right order"),
            )
        elif place is not None:
            places[place] = draft.ids[number]
        for then, code, _share in draft.read_coded(number, "wrong", report):
            if then not in draft.ids:
                report.cell(
                    "item-unknown",
                    _("No item of the question has this id"),
                    row,
                    "wrong",
                    found=then,
                    expected=", ".join(draft.ids),
                    hint=_("write the id of the item that must come after this one"),
                )
            rules.append([draft.ids[number], then, code])
    draft.answer = [places[place] for place in sorted(places)]
    key: dict[str, Any] = {"order": draft.answer} | ({"must_precede": rules} if rules else {})
    reasons = [report.read_text(row, "why") for row in draft.items if report.read_text(row, "why")]
    if reasons:
        key["why"] = "\n\n".join(reasons)
    ends = split_cell(report.read_text(draft.row, "ends"))
    if ends and len(ends) != 2:
        report.cell(
            "ends-form",
            _("The two ends are not two"),
            draft.row,
            "ends",
            found=" | ".join(ends),
            expected=_("two texts with | between them"),
            hint=_("for example: Làm trước | Làm sau"),
        )
    draft.block |= {"items": _text_items(draft, report)} | ({"ends": ends} if ends else {})
    draft.block |= {"key": key, "score": {"by": "order"}}


def _build_number(draft: QuestionDraft, report: Reporter) -> None:
    key: dict[str, Any] = {}
    draft.answer = {}
    for number, row in enumerate(draft.items):
        value = read_number(row, "answer", report)
        entry: dict[str, Any] = {"value": value}
        if "within" in row.cells:
            within = read_number(row, "within", report)
            entry["within"] = abs(within) if within is not None else 0
        wrong = []
        for what, code, credit in draft.read_coded(number, "wrong", report):
            wrong_value = to_number(what)
            if wrong_value is None:
                report.cell(
                    "cell-number",
                    _("The cell holds no number"),
                    row,
                    "wrong",
                    found=what,
                    expected=_("a number"),
                    hint=_("write the wrong value, then = and the code: 0,55 = MC-UNIT 80%"),
                )
                continue
            known = {"value": wrong_value, "within": entry.get("within", 0), "code": code}
            wrong.append(known | ({"credit": credit} if credit else {}))
        if wrong:
            entry["wrong"] = wrong
        key[draft.ids[number]] = draft.add_reasons(number, entry, report)
        draft.answer[draft.ids[number]] = write_number(value) if value is not None else ""
    unit = report.read_text(draft.row, "unit")
    draft.block |= {"items": _text_items(draft, report)} | ({"unit": unit} if unit else {})
    draft.block |= {"key": key, "score": {"by": "tolerance"}}


def _build_text(draft: QuestionDraft, report: Reporter) -> None:
    key: dict[str, Any] = {}
    items = _text_items(draft, report)
    draft.answer = {}
    for number, row in enumerate(draft.items):
        report.require_text(row, "answer")
        must = []
        for piece in _split(row, "answer", report):
            match = CODED.fullmatch(piece)
            wordings = [text.strip() for text in (match["what"] if match else piece).split(ALTERNATIVE) if text.strip()]
            code = draft.read_code(number, "answer", match["code"], report) if match else None
            must.append(_keep({"any": wordings, "code": code}))
        must_not: list[Any] = [
            {"any": [what], "code": c} for what, c, _share in draft.read_coded(number, "wrong", report)
        ]
        must_not += [{"any": [what], "cap": True} for what in _split(row, "critical", report)]
        entry = _keep({"must": must, "must_not": must_not})
        key[draft.ids[number]] = draft.add_reasons(number, entry, report)
        if "words" in row.cells:
            most = read_number(row, "words", report)
            items[number]["max_words"] = most
            entry["words"] = {"max": most}
        if report.read_text(row, "sample"):
            entry["example"] = report.read_text(row, "sample")
        first = " ".join(str(demand["any"][0]) for demand in must if demand.get("any"))
        draft.answer[draft.ids[number]] = report.read_text(row, "sample") or first
    draft.block |= {"items": items, "key": key, "score": {"by": "patterns"}}


BUILDERS: dict[str, Callable[[QuestionDraft, Reporter], None]] = {
    "classify": _build_classify,
    "choose": _build_choose,
    "marks": _build_marks,
    "order": _build_order,
    "number": _build_number,
    "text": _build_text,
}
