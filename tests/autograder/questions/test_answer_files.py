"""The file in which one answer is kept."""

from __future__ import annotations

import contextlib
import json
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograder.errors import SubmissionError
from autograder.questions.answers import (
    MAX_BYTES,
    MAX_FILE_BYTES,
    AnswerFile,
    count_file_bytes,
    dump_answer,
    parse_answer,
)

NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
TEXT = st.text(st.characters(blacklist_categories=("Cs",), blacklist_characters="\x00"), max_size=20)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | TEXT,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXT, inner, max_size=4),
    max_leaves=12,
)


def make_fields(**changes: Any) -> dict[str, Any]:
    """Return the fields of a good file, some of them changed."""
    good = {
        "schema": 1, "question": "hop-thu", "variant": "9f3c", "answer": {"t01": "bao_cao"},
        "widget_version": "0.1.0", "saved_at": "2026-11-23T12:00:00.000+00:00",
    }  # fmt: skip
    return good | changes


@given(VALUES)
def test_any_answer_is_read_back(answer: Any) -> None:
    """What is written is read back unchanged, and the same answer gives the same bytes."""
    kept = AnswerFile("hop-thu", "9f3c", answer, "0.1.0", NOON)
    assert parse_answer(dump_answer(kept)) == kept
    assert dump_answer(kept) == dump_answer(kept)


def test_times_are_kept_in_utc() -> None:
    """A time of Hanoi is written in UTC, and a naive time is refused."""
    hanoi = NOON.astimezone(timezone(timedelta(hours=7)))
    assert (
        json.loads(dump_answer(AnswerFile("a", "v", None, "1", hanoi)))["saved_at"] == "2026-11-23T12:00:00.000+00:00"
    )
    with pytest.raises(ValueError, match="time zone"):
        AnswerFile("a", "v", None, "1", datetime(2026, 11, 23))


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "answer-json"),
        (b"{", "answer-json"),
        (b"\xff\xfe", "answer-json"),
        (b"NaN", "answer-json"),
        (json.dumps(make_fields(answer=float("nan"))).encode(), "answer-json"),
        (json.dumps(make_fields(answer=float("inf"))).encode(), "answer-json"),
        (json.dumps(make_fields()).replace('{"t01": "bao_cao"}', "1e999").encode(), "answer-json"),
        (b'{"schema": 1, "schema": 1}', "answer-json"),
        (b"[" * 100_000, "answer-json"),
        (b"1" * 10_000, "answer-json"),
        (b"[]", "answer-fields"),
        (b'"text"', "answer-fields"),
        (b"null", "answer-fields"),
        (json.dumps(make_fields(name="ai")).encode(), "answer-fields"),
        (json.dumps({"schema": 1}).encode(), "answer-fields"),
        (json.dumps(make_fields(question="../x")).encode(), "answer-fields"),
        (json.dumps(make_fields(question=1)).encode(), "answer-fields"),
        (json.dumps(make_fields(variant="a b")).encode(), "answer-fields"),
        (json.dumps(make_fields(widget_version="")).encode(), "answer-fields"),
        (json.dumps(make_fields(saved_at="hôm qua")).encode(), "answer-fields"),
        (json.dumps(make_fields(saved_at="2026-11-23T12:00:00")).encode(), "answer-fields"),
        (json.dumps(make_fields(saved_at=3)).encode(), "answer-fields"),
        (json.dumps(make_fields(schema=2)).encode(), "answer-schema"),
        (json.dumps(make_fields(schema=True)).encode(), "answer-schema"),
        (json.dumps(make_fields(schema="1")).encode(), "answer-schema"),
        (json.dumps(make_fields(answer="\x00")).encode(), "answer-characters"),
        (json.dumps(make_fields(answer={"\ud800": 1})).encode(), "answer-characters"),
        (json.dumps(make_fields(answer=json.loads("[" * 20 + "]" * 20))).encode(), "answer-depth"),
        (b" " * (MAX_BYTES + 1), "answer-size"),
    ],
)  # fmt: skip
def test_bad_file_is_refused_with_its_reason(content: bytes, code: str) -> None:
    """A file that anybody may have written is refused, never half read."""
    with pytest.raises(SubmissionError) as caught:
        parse_answer(content, where="answers/hop-thu.json")
    assert caught.value.code == code
    assert caught.value.where == "answers/hop-thu.json"
    assert caught.value.hint


@given(st.binary(max_size=80) | st.text(max_size=80).map(lambda text: text.encode("utf-8", "surrogatepass")))
def test_any_bytes_are_read_or_refused(content: bytes) -> None:
    """No bytes raise anything but SubmissionError."""
    with contextlib.suppress(SubmissionError):
        parse_answer(content)


@pytest.mark.parametrize("answer", [float("nan"), {1, 2}, "x" * MAX_BYTES, "\ud800", b"x", {"a": object()}])
def test_answer_that_could_not_be_read_back_is_not_written(answer: Any) -> None:
    """The writer refuses what the reader would refuse."""
    with pytest.raises(SubmissionError):
        dump_answer(AnswerFile("hop-thu", "v", answer, "1", NOON))


def test_uploaded_files_may_be_larger_than_all_the_rest() -> None:
    """1500 KB of files in base64 are taken; one byte of anything else beside the small limit is not."""
    half = "QUJD" * (MAX_FILE_BYTES // 8)
    answer = {"t1": {"name": "bảng.xlsx", "content": half}, "t2": {"name": "thư.docx", "content": half}}
    kept = AnswerFile("tep", "9f3c", answer, "0.1.0", NOON)
    assert parse_answer(dump_answer(kept)) == kept
    for more in ({"t3": "x" * MAX_BYTES}, {"t3": {"name": "x" * MAX_BYTES, "content": ""}}, {"t3": answer["t1"]}):
        with pytest.raises(SubmissionError) as caught:
            dump_answer(AnswerFile("tep", "9f3c", answer | more, "0.1.0", NOON))
        assert caught.value.code == "answer-size"


@pytest.mark.parametrize(
    "answer",
    [
        {"t1": {"content": "x" * MAX_BYTES}},
        {"t1": {"name": "a", "content": "x" * MAX_BYTES, "more": 1}},
        {"t1": [{"name": "a", "content": "x" * MAX_BYTES}]},
        [{"name": "a", "content": "x" * MAX_BYTES}],
        {"t1": {"name": "a", "content": "ệ" * MAX_BYTES}},
        {"t1": {"name": "content", "label": "x" * MAX_BYTES}},
    ],
)
def test_only_files_may_be_large(answer: Any) -> None:
    """What only looks like an uploaded file has the small limit."""
    assert count_file_bytes(answer) == 0
    with pytest.raises(SubmissionError):
        dump_answer(AnswerFile("tep", "9f3c", answer, "0.1.0", NOON))


def test_any_value_can_be_asked_for_its_files() -> None:
    """Nothing that JSON can hold raises."""
    for value in (None, 3, "x", [1], {"a": None}, {"a": {"name": 1, "content": 2}}, {"a": {"x": 1, "content": "QQ=="}}):
        assert count_file_bytes(value) <= 4
