"""Any sound table comes back as the questions that it was made from; any workbook is read or refused."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from autograder.curriculum.spreadsheet import read_questions, write_tables
from autograder.curriculum.spreadsheet.form import KIND_NAMES, SCORING_NAMES, SHEETS
from autograder.errors import ContentError
from autograder.questions.spec import parse_question, resolved
from autograder.questions.yaml_text import dump_block, parse_yaml

# Words of a lesson: letters of both languages, digits and signs, without those that separate entries.
WORDS = st.text(
    st.sampled_from(list("abcxyzăâđêôơưạốệABĐÔ0123456789 .,:;%()“”'\"-+=_@#&*!?<>{}[]")), min_size=1, max_size=30
)
TEXTS = WORDS.map(lambda text: " ".join(f"x{text}y".split()))
NUMBERS = st.integers(-1000, 1000) | st.decimals(-1000, 1000, places=2).map(float)


def make_rows(
    kind: str, texts: list[str], choices: list[str], data: Any
) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """Return the row of a question and those of its items."""
    question: dict[str, Any] = {
        "id": f"cau-{kind}",
        "kind": KIND_NAMES[kind],
        "points": data.draw(st.sampled_from([1, 2.5, "7,5"])),
    }
    question |= {"prompt": data.draw(TEXTS), "prompt_en": data.draw(TEXTS)}
    items: list[dict[str, Any]] = [{"question": question["id"], "text": text, "why": "Vì thế."} for text in texts]
    if kind == "classify":
        question["choices"] = " | ".join(choices)
        for number, item in enumerate(items):
            item["answer"] = choices[number % len(choices)]
    elif kind == "marks":
        for item in items:
            item["text"] = " | ".join(choices)
            item["answer"] = data.draw(st.integers(1, len(choices)))
    elif kind == "order":
        for number, item in enumerate(data.draw(st.permutations(items))):
            item["answer"] = number + 1
            item.pop("why")
    else:
        for item in items:
            item["answer"] = data.draw(NUMBERS)
    return question, items


@pytest.mark.slow
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    kind=st.sampled_from(["classify", "marks", "order", "number"]),
    texts=st.lists(TEXTS, min_size=3, max_size=6),
    choices=st.lists(TEXTS, min_size=2, max_size=5, unique_by=lambda text: text.casefold()),
    data=st.data(),
)
def test_any_sound_table_survives_writing_and_reading(
    kind: str, texts: list[str], choices: list[str], data: Any
) -> None:
    """Texts, answers, points and order come back; the block reads back from its own YAML."""
    question, items = make_rows(kind, texts, choices, data)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "bang.xlsx"
        write_tables(path, {"Câu hỏi": [question], "Mục": items})
        reading = read_questions(path)
    assert [str(problem) for problem in reading.problems] == []
    (read,) = reading.questions
    assert read.points == (7.5 if question["points"] == "7,5" else question["points"])
    assert read.block["prompt"] == {"vi": question["prompt"], "en": question["prompt_en"]}
    ids = [item["id"] for item in read.block["items"]]
    if kind == "classify":
        assert list(read.block["labels"].values()) == choices
        given_labels = [read.block["labels"][read.answer[identity]] for identity in ids]
        assert given_labels == [item["answer"] for item in items]
    elif kind == "marks":
        assert [[part["text"] for part in item["parts"]] for item in read.block["items"]] == [choices] * len(items)
        assert [read.answer[identity] for identity in ids] == [[f"p{item['answer']:02d}"] for item in items]
    elif kind == "order":
        by_place = sorted(zip(ids, items, strict=True), key=lambda pair: pair[1]["answer"])
        assert read.answer == [identity for identity, _item in by_place]
    else:
        assert [read.block["key"][identity]["value"] for identity in ids] == [item["answer"] for item in items]
    if kind != "marks":
        assert [item["text"] for item in read.block["items"]] == texts
    parsed = parse_question(dump_block(read.block), where="")
    assert resolved(parsed) == resolved(parse_question(read.block, where=""))
    assert parse_yaml(dump_block(read.block)).data == read.block


VALUES = (
    st.none()
    | st.text(st.characters(min_codepoint=32, max_codepoint=0x2FFF, exclude_categories=["Cs"]), max_size=20)
    | st.integers(-(10**18), 10**18)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.booleans()
    | st.datetimes()
    | st.sampled_from(
        [*KIND_NAMES.values(), *SCORING_NAMES.values(), "=A1", "#REF!", "a | b", "a = MC-A", "MC-A", "1 | 2"]
    )
)
TITLES = st.sampled_from([column.vi for form in SHEETS for column in form.columns]) | st.text("abc*đ ", max_size=8)


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_any_workbook_is_read_or_refused(data: Any) -> None:
    """Random headings, cells, merges and hidden rows: nothing but findings and content errors comes out."""
    book = openpyxl.Workbook()
    for form in SHEETS:
        if data.draw(st.integers(0, 9)) == 0:
            continue
        sheet = book.create_sheet(form.vi)
        titles = data.draw(st.just([column.vi for column in form.columns]) | st.lists(TITLES, max_size=15))
        sheet.append(titles)
        for number, row in enumerate(data.draw(st.lists(st.lists(VALUES, max_size=15), max_size=6)), start=2):
            for at, value in enumerate(row, start=1):
                try:
                    sheet.cell(number, at).value = value
                except (ValueError, TypeError):  # what openpyxl itself does not write
                    continue
        if data.draw(st.booleans()):
            sheet.merge_cells("A2:B3")
            sheet.row_dimensions[3].hidden = True
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "bang.xlsx"
        book.save(path)
        try:
            reading = read_questions(path)
        except ContentError as caught:
            refused = caught
        else:
            refused = None
    if refused is not None:
        assert refused.hint
        return
    assert all(problem.where and problem.message for problem in reading.problems)
    assert reading.problems or reading.questions


@settings(max_examples=60, deadline=None)
@given(place=st.floats(0, 1, exclude_max=True), bytes_=st.binary(min_size=1, max_size=40))
def test_any_damaged_file_is_read_or_refused(place: float, bytes_: bytes) -> None:
    """Bytes written over a sound file somewhere."""
    sound = Path(__file__).parents[3] / "docs" / "mau-cau-hoi.xlsx"
    content = bytearray(sound.read_bytes())
    at = int(place * len(content))
    content[at : at + len(bytes_)] = bytes_
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "bang.xlsx"
        path.write_bytes(bytes(content))
        try:
            read_questions(path)
        except ContentError as caught:
            refused = caught
        else:
            return
    assert refused.hint
