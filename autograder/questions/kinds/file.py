"""file (R9): a file per item, made in a program of the office.  Inspected by rules, never run."""

from __future__ import annotations

import binascii
import unicodedata
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated, Any, Literal

from pydantic import Field

from autograder.errors import ContentError
from autograder.locale import _
from autograder.questions.answers import MAX_FILE_BYTES
from autograder.questions.documents import (
    CsvTable,
    Document,
    PdfDocument,
    RefusedDocument,
    Workbook,
    explain_refusal,
    name_type,
    read_document,
    type_of,
)
from autograder.questions.documents.rules import TESTS, Inspection, Rule, is_met_by_blank
from autograder.questions.kinds.kind import Kind
from autograder.questions.model import (
    MAX_ITEMS,
    BaseQuestion,
    Item,
    LocalId,
    Strict,
    Text,
    find_key_gaps,
    find_unknown_codes,
)
from autograder.questions.outcome import ItemResult, Outcome

MAX_KB = 1500
DEFAULT_KB = 500
MAX_RULES = 60
MAX_NAME = 200
MAX_CHOSEN = 50
# A file has unlimited forms, but its rules ask for few things, which can be tried one by one.
BITS = 12.0

Type = Literal["xlsx", "docx", "pdf", "csv"]


class FileItem(Item):
    """One file that is asked for."""

    accept: Annotated[tuple[Type, ...], Field(min_length=1, max_length=4)]
    max_kb: Annotated[int, Field(strict=True, ge=1, le=MAX_KB)] = DEFAULT_KB


class FileKey(Strict):
    """What the file of one item is asked."""

    rules: Annotated[tuple[Rule, ...], Field(min_length=1, max_length=MAX_RULES)]
    why: Text | None = None
    source: str | None = None


class InspectionScore(Strict):
    """G9, of a document instead of a function."""

    by: Literal["inspection"]


class FileQuestion(BaseQuestion):
    """One file per item."""

    kind: Literal["file"]
    items: Annotated[tuple[FileItem, ...], Field(min_length=1, max_length=MAX_ITEMS)]
    key: dict[LocalId, FileKey] | None = None
    score: InspectionScore | None = None


@dataclass(frozen=True)
class GivenFile:
    """A file in an answer: its name, for showing only, and its content as it was sent."""

    name: str
    # base64
    content: str


def read_file(answer: Any, item: str) -> GivenFile | None:
    """Return the file that an answer gives for an item; what has another shape is none.

    Raises
    ------
    nothing
    """
    value = answer.get(item) if isinstance(answer, dict) else None
    if not isinstance(value, dict):
        return None
    name, content = value.get("name"), value.get("content")
    return GivenFile(name, content) if isinstance(name, str) and isinstance(content, str) and content else None


def open_file(given: GivenFile, item: FileItem) -> Document:
    """Read the document in an answer.

    Raises
    ------
    RefusedDocument
        It is too large, did not arrive whole, or ``read_document`` refuses it.
    """
    size = _measure(given.content)
    if size > item.max_kb * 1024:
        raise RefusedDocument("file-size", f"{size / 1024:.0f} KB > {item.max_kb} KB")
    try:
        content = binascii.a2b_base64(given.content.encode("ascii"), strict_mode=True)
    except (ValueError, UnicodeEncodeError):
        raise RefusedDocument("file-incomplete") from None
    return read_document(content, item.accept)


def _measure(content: str) -> int:
    return len(content) * 3 // 4 - content[-2:].count("=")


def score_files(question: FileQuestion, answer: Any, drawn: tuple[str, ...]) -> Outcome:
    """Score the files by the rules that they meet.

    Parameters
    ----------
    question : FileQuestion
        With key.
    answer : Any
        ``{item: {name, content}}`` with the content in base64; any other JSON value counts as no answer.
    drawn : tuple of str

    Returns
    -------
    Outcome
        Fraction: mean over the drawn items of ``max(0, (f - f0) / (1 - f0))``, where f is the weight of the rules that
        are met and f0 that of the rules which a document without content, or the file that was given, meets.

    Raises
    ------
    nothing

    Source
    ------
    Syllabus §3.0, R9 and G9; correction for chance as for G1.
    """
    key = question.key or {}
    items = [item for item in question.pick_items(drawn) if item.id in key]
    results: list[ItemResult] = []
    codes: list[tuple[str, str | None]] = []
    for item in items:
        given = read_file(answer, item.id)
        result, found = _judge(item, key[item.id], given) if given else (ItemResult(item.id, 0.0), ())
        results.append(result)
        codes += [(code, item.id) for code in found]
    fraction = sum(result.fraction for result in results) / len(results) if results else 0.0
    return Outcome(fraction, tuple(results), tuple(codes))


def _judge(item: FileItem, key: FileKey, given: GivenFile) -> tuple[ItemResult, tuple[str, ...]]:
    try:
        document = open_file(given, item)
    except RefusedDocument as refusal:
        return ItemResult(item.id, 0.0, None, (refusal.code,), (refusal.code,)), ()
    inspection = Inspection(document)
    failed = [rule for rule in key.rules if not inspection.meets(rule)]
    fraction = correct_for_blank(key.rules, failed, type_of(document))
    codes = tuple(dict.fromkeys(rule.code for rule in failed))
    chosen = codes[:MAX_CHOSEN]
    return ItemResult(item.id, fraction, next(iter(codes), None), chosen or (type_of(document),), chosen), codes


def correct_for_blank(rules: tuple[Rule, ...], failed: list[Rule], kind: str) -> float:
    """Return the share of the weight that the learner's own work earned.

    Parameters
    ----------
    rules, failed : sequence of Rule
        All of an item, and those of them that are not met.
    kind : str
        The type of the document.

    Returns
    -------
    float
        0..1: 0 for what an empty document meets too, 1 where nothing failed.

    Raises
    ------
    nothing
    """
    total = sum(rule.weight for rule in rules)
    missed = sum(rule.weight for rule in failed)
    earnable = sum(rule.weight for rule in rules if not (rule.given or is_met_by_blank(rule, kind)))
    if not failed:
        return 1.0 if earnable else 0.0
    # (f - f0) / (1 - f0) with f = 1 - missed / total and 1 - f0 = earnable / total
    return max(0.0, 1 - missed / earnable) if earnable and total else 0.0


def find_problems(question: FileQuestion) -> Iterator[ContentError]:
    """Yield what is wrong between items, key and feedback.

    Raises
    ------
    nothing
    """
    key = question.key or {}
    yield from find_key_gaps(question, key)
    yield from find_unknown_codes(question, {rule.code: i for i, entry in key.items() for rule in entry.rules})
    yield from _find_size_problems(question)
    for item in question.items:
        entry = key.get(item.id)
        if entry is None:
            continue
        for number, rule in enumerate(entry.rules, start=1):
            yield from _find_rule_problems(rule, item, f"{item.id}.rules.{number}")
        for kind in item.accept:
            if all(rule.given or is_met_by_blank(rule, kind) for rule in entry.rules):
                yield ContentError(
                    "rules-met-by-blank",
                    _("An empty file meets every rule, so nothing can be earned"),
                    where=item.id,
                    found=name_type(kind),
                    expected=_("a rule that asks for content"),
                    hint=_("add a rule such as has_text, cell or rows"),
                )


def _find_size_problems(question: FileQuestion) -> Iterator[ContentError]:
    sizes = sorted((item.max_kb for item in question.items), reverse=True)
    together = sum(sizes[: question.draw])
    if together > MAX_KB:
        yield ContentError(
            "files-too-large",
            _("The files of one question together may be larger than an answer can be"),
            where="items",
            found=f"{together} KB",
            expected=f"≤ {MAX_KB} KB",
            hint=_("lower max_kb, or ask for fewer files in one question"),
        )


def _find_rule_problems(rule: Rule, item: FileItem, where: str) -> Iterator[ContentError]:
    if len(rule.tests) != 1:
        yield ContentError(
            "rule-unclear",
            _("A rule asks for nothing, or for several things at once"),
            where=where,
            found=", ".join(rule.tests) or _("nothing"),
            expected=_("exactly one of: {names}").format(names=", ".join(TESTS)),
            hint=_("write one rule for each thing that is asked"),
        )
        return
    test = rule.tests[0]
    for kind in item.accept:
        if kind not in TESTS[test]:
            yield ContentError(
                "rule-other-type",
                _("A rule asks what this type of file does not have"),
                where=where,
                found=f"{test}, {kind}",
                expected=_("one of: {names}").format(names=", ".join(n for n, kinds in TESTS.items() if kind in kinds)),
                hint=_("remove the rule, or accept only files that can meet it"),
            )
    for field, owners in _BELONGS_TO.items():
        if field in rule.model_fields_set and test not in owners:
            yield ContentError(
                "rule-field-unused",
                _("A field of a rule says nothing there"),
                where=where,
                found=f"{field}, {test}",
                expected=_("{field} with one of: {names}").format(field=field, names=", ".join(owners)),
                hint=_("remove the field"),
            )
    ranges = [rule.rows, rule.pages, *(rule.page.margins_mm.values() if rule.page else ())]
    for span in ranges:
        if span is not None and span[0] > span[1]:
            yield ContentError(
                "range-reversed",
                _("A range begins above its end"),
                where=where,
                found=str(list(span)),
                expected=_("[least, most]"),
                hint=_("exchange the two numbers"),
            )


# Which test a field goes with.
_TABLES = ("header", "rows", "sum", "column")
_BELONGS_TO: dict[str, tuple[str, ...]] = {
    "sheet": ("sheet", "cell", "formula", *_TABLES),
    "row": _TABLES,
    "equals": ("cell",),
    "within": ("cell",),
    "uses": ("formula",),
    "unique": ("column",),
    "level": ("heading",),
}


def count_answered(_question: FileQuestion, answer: Any, drawn: tuple[str, ...]) -> int:
    """Return for how many drawn items a file was uploaded.

    Raises
    ------
    nothing
    """
    return sum(1 for identity in drawn if read_file(answer, identity) is not None)


def count_bits(_question: FileQuestion, drawn: tuple[str, ...]) -> float:
    """Return how many bits an answer has.

    Raises
    ------
    nothing
    """
    return BITS * len(drawn)


def describe_item(item: FileItem) -> dict[str, Any]:
    """Return what the page shows of an item's own fields: the types, by name and by ending, and the largest size.

    Raises
    ------
    nothing
    """
    return {
        "types": ", ".join(name_type(kind) for kind in item.accept),
        "endings": ",".join(f".{kind}" for kind in item.accept),
        "max_kb": item.max_kb,
    }


def respond(question: FileQuestion, answer: Any, drawn: tuple[str, ...]) -> dict[str, Any]:
    """Return what the page learns of a saved answer: of each file its size, what was found in it, what is wrong.

    Raises
    ------
    nothing
    """
    files = {}
    for item in question.pick_items(drawn):
        given = read_file(answer, item.id)
        if given is not None:
            files[item.id] = _describe_file(given, item)
    return {"files": files}


def _describe_file(given: GivenFile, item: FileItem) -> dict[str, Any]:
    told: dict[str, Any] = {"name": clean_name(given.name), "kb": max(1, round(_measure(given.content) / 1024))}
    told |= {"mark": mark_content(given.content), "facts": "", "problem": ""}
    try:
        told["facts"] = _describe_document(open_file(given, item))
    except RefusedDocument as refusal:
        told["problem"] = explain_refusal(refusal, item.accept)
    return told


def _describe_document(document: Document) -> str:
    if isinstance(document, Workbook):
        names = [sheet.name[:40] for sheet in document.sheets]
        shown = ", ".join(names[:4]) + (", …" if len(names) > 4 else "")
        return _("Sheets: {names}").format(names=shown)
    if isinstance(document, PdfDocument):
        return _("Pages: {number}").format(number=document.pages)
    if isinstance(document, CsvTable):
        columns = max((max(cells) for cells in document.rows.values()), default=0)
        return _("Rows: {rows}, columns: {columns}").format(rows=len(document.rows), columns=columns)
    words = sum(len(paragraph.text.split()) for paragraph in document.paragraphs)
    return _("Words: {number}").format(number=words)


def clean_name(name: str) -> str:
    """Return a file's name as it can be shown: its last part, composed, without signs that cannot be seen.

    Raises
    ------
    nothing
    """
    last = name.replace("\\", "/").rpartition("/")[2][: 4 * MAX_NAME]
    kept = "".join(sign for sign in unicodedata.normalize("NFC", last) if unicodedata.category(sign)[0] != "C")
    return kept[:MAX_NAME]


def mark_content(content: str) -> str:
    """Return a short mark of a file's content, by which the page and the session know that they mean the same file.

    It keeps two uploads apart, not two people: whoever makes a false one deceives only themselves.

    Raises
    ------
    nothing
    """
    return f"{len(content)}-{zlib.adler32(content.encode('ascii', 'replace'))}"


def shorten_answer(answer: Any) -> Any:
    """Return an answer with the mark of each file in the place of its content.

    Raises
    ------
    nothing
    """
    if not isinstance(answer, dict):
        return None
    files = {identity: read_file(answer, identity) for identity in answer}
    return {i: {"name": f.name, "mark": mark_content(f.content)} for i, f in files.items() if f is not None}


def complete_answer(answer: Any, saved: Any) -> Any:
    """Return a page's answer with the content of each file that it only marks, from the answer saved before.

    Raises
    ------
    nothing
    """
    if not isinstance(answer, dict):
        return answer
    return {identity: _complete_file(identity, value, saved) for identity, value in answer.items()}


def _complete_file(identity: str, value: Any, saved: Any) -> Any:
    if not isinstance(value, dict) or "mark" not in value:
        return value
    kept = read_file(saved, identity)
    if kept is None or mark_content(kept.content) != value["mark"]:
        return None
    return {"name": kept.name, "content": kept.content}


def get_texts() -> dict[str, str]:
    """Return the texts that the page writes itself.

    Raises
    ------
    nothing
    """
    return {
        "file_choose": _("Choose a file"),
        "file_replace": _("Choose another file"),
        "file_types": _("Accepted: {types}, at most {kb} KB"),
        "file_none": _("No file uploaded yet"),
        "file_sending": _("Uploading {name}…"),
        "file_uploaded": _("Uploaded"),
        "file_refused": _("Uploaded, but it cannot be scored"),
        "file_size": _("{name} ({kb} KB)"),
        "file_remove": _("Remove the file"),
        "file_removed": _("The file was removed"),
        "file_too_large": _(
            "{name} has {kb} KB, and at most {limit} KB are accepted. Make its pictures smaller or fewer, then choose "
            "it again."
        ),
        "file_lost": _("{name} is no longer there. Please upload it again."),
        "file_unreadable": _("{name} could not be read from this device. Please choose it again."),
    }


KIND = Kind(
    FileQuestion,
    score_files,
    find_problems,
    count_answered,
    count_bits,
    describe_item=describe_item,
    respond=respond,
    texts=get_texts,
    shorten=shorten_answer,
    complete=complete_answer,
    keeps_answers=False,
)

# An answer file must hold what the items together may upload.
assert MAX_FILE_BYTES >= 4 * (MAX_KB * 1024 + MAX_ITEMS) // 3
