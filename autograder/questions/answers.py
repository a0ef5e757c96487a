"""The file in which one answer is kept: ``answers/<question-id>.json``."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, NoReturn

from autograder.errors import SubmissionError
from autograder.locale import _

SCHEMA = 1
# Without the files in it.
MAX_BYTES = 256 * 1024
# The files in one answer together, in base64 (1500 KB of them); only "Kiểm tra" and handing in carry them.
MAX_FILE_BYTES = 2_050_000
MAX_TOTAL_BYTES = MAX_BYTES + MAX_FILE_BYTES
MAX_DEPTH = 16
FIELDS = ("schema", "question", "variant", "answer", "widget_version", "saved_at")

_QUESTION = re.compile(r"[a-z0-9][a-z0-9-]{0,63}")
_VARIANT = re.compile(r"[A-Za-z0-9_-]{1,64}")
# NUL cannot be stored by PostgreSQL, and half a surrogate pair cannot be written at all.
UNWRITABLE = re.compile("[\x00\ud800-\udfff]")


@dataclass(frozen=True)
class AnswerFile:
    """One saved answer.  It holds no name."""

    question: str
    # as the learner's own files say; a submission is scored with the variant that the portal issued
    variant: str
    # any JSON value; its meaning is the question kind's
    answer: Any
    widget_version: str
    # UTC
    saved_at: datetime

    def __post_init__(self) -> None:
        if self.saved_at.tzinfo is None:
            raise ValueError("saved_at needs a time zone")


def dump_answer(answer_file: AnswerFile) -> bytes:
    """Write an answer file.

    Parameters
    ----------
    answer_file : AnswerFile

    Returns
    -------
    bytes
        UTF-8 JSON, always the same bytes for the same answer.

    Raises
    ------
    SubmissionError
        The answer is no JSON value, or ``parse_answer`` would not take it back.
    """
    fields = {
        "schema": SCHEMA,
        "question": answer_file.question,
        "variant": answer_file.variant,
        "answer": answer_file.answer,
        "widget_version": answer_file.widget_version,
        "saved_at": answer_file.saved_at.astimezone(UTC).isoformat(timespec="milliseconds"),
    }
    try:
        text = json.dumps(fields, ensure_ascii=False, allow_nan=False, indent=1)
        content = (text + "\n").encode("utf-8")
    except (TypeError, ValueError, RecursionError):
        _refuse("answer-json", _("The answer cannot be written"), answer_file.question, None, _("plain JSON values"))
    parse_answer(content, where=answer_file.question)
    return content


def parse_answer(content: bytes, *, where: str = "") -> AnswerFile:
    """Read an answer file that may come from anybody.

    Parameters
    ----------
    content : bytes
        UTF-8 JSON, nested at most 16 deep; at most 256 KiB without uploaded files, and these at most 1500 KB.
    where : str
        Its path, for errors.

    Returns
    -------
    AnswerFile

    Raises
    ------
    SubmissionError
        ``answer-size``, ``answer-json``, ``answer-depth``, ``answer-fields``, ``answer-schema``,
        ``answer-characters``.
    """
    if len(content) > (MAX_TOTAL_BYTES if b'"content"' in content else MAX_BYTES):
        _refuse("answer-size", _("An answer file is too large"), where, len(content), f"≤ {MAX_BYTES}")
    try:
        data = json.loads(
            content.decode("utf-8"), parse_constant=_refuse_constant, object_pairs_hook=_refuse_repeated_names
        )
    except (ValueError, RecursionError) as error:
        _refuse("answer-json", _("An answer file is not JSON"), where, type(error).__name__, "JSON (UTF-8)")
    if not isinstance(data, dict) or set(data) != set(FIELDS):
        found = ", ".join(map(str, data)) if isinstance(data, dict) else type(data).__name__
        _refuse("answer-fields", _("An answer file has other fields"), where, found[:120], ", ".join(FIELDS))
    if data["schema"] != SCHEMA or isinstance(data["schema"], bool):
        _refuse("answer-schema", _("An answer file has another version"), where, repr(data["schema"])[:40], SCHEMA)
    if len(content) - count_file_bytes(data["answer"]) > MAX_BYTES:
        _refuse("answer-size", _("An answer file is too large"), where, len(content), f"≤ {MAX_BYTES}")
    _check_value(data["answer"], where)
    for name, pattern in (("question", _QUESTION), ("variant", _VARIANT), ("widget_version", _VARIANT_TEXT)):
        if not isinstance(data[name], str) or not pattern.fullmatch(data[name]):
            _refuse("answer-fields", _("A field of an answer file has the wrong form"), where, name, pattern.pattern)
    return AnswerFile(
        data["question"], data["variant"], data["answer"], data["widget_version"], _read_time(data["saved_at"], where)
    )


def count_file_bytes(answer: Any) -> int:
    """Return how much of an answer is uploaded files: ``{item: {name, content}}`` with the content in base64.

    Parameters
    ----------
    answer : Any
        Any JSON value.

    Returns
    -------
    int
        At most ``MAX_FILE_BYTES``.  What is there beyond that, or is no base64, is no file.

    Raises
    ------
    nothing
    """
    values = answer.values() if isinstance(answer, dict) else ()
    contents = (value.get("content") for value in values if isinstance(value, dict) and len(value) == 2)
    return min(sum(len(one) for one in contents if isinstance(one, str) and one.isascii()), MAX_FILE_BYTES)


_VARIANT_TEXT = re.compile(r"[0-9A-Za-z.+_-]{1,64}")


def _read_time(value: Any, where: str) -> datetime:
    try:
        time = datetime.fromisoformat(value)
        if time.tzinfo is None:
            raise ValueError(value)
        return time.astimezone(UTC)
    except (TypeError, ValueError, OverflowError):
        _refuse(
            "answer-fields",
            _("A field of an answer file has the wrong form"),
            where,
            "saved_at",
            "2026-11-23T08:00:00.000+00:00",
        )


def _check_value(value: Any, where: str) -> None:
    """Walk without recursion, so that depth cannot hurt."""
    waiting = [(value, 1)]
    while waiting:
        here, depth = waiting.pop()
        if depth > MAX_DEPTH:
            _refuse("answer-depth", _("An answer is nested too deeply"), where, depth, f"≤ {MAX_DEPTH}")
        if isinstance(here, dict):
            waiting += [(inner, depth + 1) for inner in here.values()]
            waiting += [(name, depth) for name in here]
        elif isinstance(here, list):
            waiting += [(inner, depth + 1) for inner in here]
        elif isinstance(here, float) and here in (float("inf"), float("-inf")):
            _refuse("answer-json", _("An answer file is not JSON"), where, "Infinity", "JSON (UTF-8)")
        elif isinstance(here, str) and ("\x00" in here or not here.isascii()) and UNWRITABLE.search(here):
            _refuse("answer-characters", _("An answer holds characters that cannot be kept"), where, None, "Unicode")


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(name)


def _refuse_repeated_names(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    data = dict(pairs)
    if len(data) != len(pairs):
        raise ValueError("repeated name")
    return data


def _refuse(code: str, message: str, where: str, found: Any, expected: Any) -> NoReturn:
    raise SubmissionError(
        code,
        message,
        where=where,
        found=found,
        expected=expected,
        hint=_("open the lesson again and save the answer once more"),
    )
