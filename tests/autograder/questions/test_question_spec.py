"""The ``%%question`` block: reading, publishing, writing back, and what a lecturer is told about a slip."""

from __future__ import annotations

import json
from typing import Any

import pytest

from autograder.errors import ContentError
from autograder.locale import set_language
from autograder.questions.kinds import KINDS
from autograder.questions.spec import (
    dump_block,
    find_problems,
    inspect_question,
    make_question_schema,
    parse_question,
    parse_yaml,
    public_part,
    resolved,
)
from autograder.questions.yaml_text import place

BLOCK = """%%question
id: hop-thu
kind: classify
points: 25
prompt: |
  Xếp từng thư vào một nhóm.
labels: {an_toan: An toàn, bao_cao: Báo cáo, xoa: Xóa}
evidence: Đánh dấu
items: data/hop-thu.yaml
key: .author/hop-thu.key.yaml
score: {by: cost, matrix: {bao_cao: {an_toan: 3, xoa: 1}, an_toan: {bao_cao: 1}, xoa: {an_toan: 1}}}
feedback: {MC-SUBDOMAIN: "Tên miền thật là phần cuối cùng."}
"""

FILES = {
    "data/hop-thu.yaml": """- {id: t01, parts: [{id: s1, text: a, link: "https://a.test"}, {id: s2, text: b}]}
- {id: t02, text: hai, image: data/h.svg, alt: hình}
- {id: t03, table: {columns: [A, B], rows: [[1, x], [2.5, null]]}}
""",
    ".author/hop-thu.key.yaml": """t01: {label: bao_cao, evidence: [s2], wrong: MC-SUBDOMAIN, cap: [an_toan]}
t02: an_toan
t03: xoa
""",
}


def load(name: str) -> Any:
    """Read a file of the little module as curriculum/ does."""
    return parse_yaml(FILES[name], where=name)


def read(block: str = BLOCK) -> Any:
    """Read a block beside those files."""
    return parse_question(block, where="lesson.ipynb, ô 3", load=load)


def test_block_with_files_is_read() -> None:
    """Items and key come from the files that the block names; the block's paths are kept."""
    question = read()
    assert question.has_key
    assert [item.id for item in question.items] == ["t01", "t02", "t03"]
    assert (question.items_from, question.key_from) == ("data/hop-thu.yaml", ".author/hop-thu.key.yaml")
    assert question.key["t01"].wrong == {"*": "MC-SUBDOMAIN"}
    assert question.key["t02"].label == "an_toan"
    assert find_problems(question) == []


def test_load_may_return_plain_data() -> None:
    """A loader that knows no lines is good enough."""
    question = parse_question(BLOCK, where="", load=lambda name: parse_yaml(FILES[name]).data)
    assert resolved(question) == resolved(read())


def test_resolved_block_needs_no_file() -> None:
    """The resolved question is JSON and reads back equal, as data and as YAML."""
    data = resolved(read())
    json.dumps(data, allow_nan=False)
    again = parse_question(data, where="")
    assert resolved(again) == data
    assert resolved(parse_question(dump_block(data), where="")) == data
    assert again.items_from is None


def test_public_part_holds_nothing_private() -> None:
    """The learner's copy has no key, score or feedback, and keeps the reference to data/."""
    public = public_part(read())
    assert set(public) == {"id", "kind", "points", "prompt", "labels", "evidence", "items"}
    assert public["items"] == "data/hop-thu.yaml"
    text = dump_block(public)
    assert not any(secret in text for secret in ("MC-", ".author", "cost", "key"))
    copy = parse_question(text, where="", load=load)
    assert not copy.has_key
    assert public_part(copy) == public


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_schema_describes_every_kind(kind: str) -> None:
    """The JSON Schema for editors tells kinds apart by ``kind``."""
    schema = make_question_schema()
    assert kind in schema["discriminator"]["mapping"]
    json.dumps(schema)


SLIPS = [
    ("labels:", "lables:", "field-unknown", 7, "labels"),
    ("points: 25", "points: 25\nponits: 3", "field-unknown", 5, "points"),
    ("kind: classify", "kind: clasify", "question-kind", 3, "classify"),
    ("kind: classify\n", "", "question-kind", 2, "classify"),
    ("points: 25", "points: '25'", "value-type", 4, ""),
    ("points: 25", "points: yes", "value-type", 4, ""),
    ("points: 25", "points: true", "value-type", 4, ""),
    ("points: 25", "points: -1", "value-range", 4, ""),
    ("points: 25", "points: 25\npoints: 20", "yaml-duplicate-key", 5, ""),
    ("points: 25\n", "", "field-missing", 2, "points"),
    ("id: hop-thu", "id: Hộp thư", "value-form", 2, "hop-thu"),
    ("id: hop-thu", "id: 4", "value-type", 2, '"4"'),
    ("prompt: |\n  Xếp từng thư vào một nhóm.", "prompt: {fr: Bonjour}", "value-range", 5, ""),
    ("by: cost", "by: cots", "value-range", 11, ""),
    ("by: cost, ", "", "value-range", 11, "by"),
    ("an_toan: 3", "an_toan: 3,5", "value-type", 11, "55.0"),
    ("an_toan: 3", 'an_toan: "3,5"', "value-type", 11, "55.0"),
    ("an_toan: 3", "an_toan: -3", "value-range", 11, ""),
    ("MC-SUBDOMAIN:", "subdomain:", "value-form", 12, ""),
    ("data/hop-thu.yaml", "hop-thu.yaml", "reference-outside", 9, "data/"),
    ("data/hop-thu.yaml", "data/../../x.yaml", "reference-outside", 9, "data/"),
    (".author/hop-thu.key.yaml", "data/key.yaml", "reference-outside", 10, ".author/"),
    ("data/hop-thu.yaml", "data/thieu.yaml", "reference-missing", 9, ""),
    ("evidence: Đánh dấu", "evidence: Đánh dấu: hai", "yaml-syntax", 8, ""),
    ("evidence: Đánh dấu", "evidence: %a", "yaml-syntax", 8, "%"),
    ("evidence: Đánh dấu", "evidence: !!python/name:os.system", "yaml-tag", 8, ""),
    ("evidence: Đánh dấu", "draw: 2.5", "value-type", 8, ""),
]


@pytest.mark.parametrize(("old", "new", "code", "line", "word"), SLIPS)
def test_slip_is_told_with_line_and_remedy(old: str, new: str, code: str, line: int, word: str) -> None:
    """Every typical slip has a code, its line in the cell, found, expected and what to do."""
    assert old in BLOCK
    with pytest.raises(ContentError) as caught:
        read(BLOCK.replace(old, new, 1))
    error = caught.value
    assert error.code == code
    assert error.where.startswith("lesson.ipynb, ô 3")
    assert f" {line}" in error.where
    assert error.message
    assert error.hint
    assert error.expected
    assert word in f"{error.hint} {error.expected}"


FILE_SLIPS = [
    ("data/hop-thu.yaml", "id: t02", "id: t01", "id-repeated", None),
    ("data/hop-thu.yaml", "text: hai", "txet: hai", "field-unknown", 2),
    ("data/hop-thu.yaml", "text: hai", "text: hai, ba", "field-unknown", 2),
    ("data/hop-thu.yaml", "text: hai", "text: 2", "value-type", 2),
    ("data/hop-thu.yaml", "id: s2", "id: s1", "id-repeated", 1),
    ("data/hop-thu.yaml", "image: data/h.svg", "image: ../h.svg", "value-form", 2),
    ("data/hop-thu.yaml", "image: data/h.svg", "image: data/../h.svg", "value-form", 2),
    ("data/hop-thu.yaml", "image: data/h.svg", "image: https://a.example/h.svg", "value-form", 2),
    (".author/hop-thu.key.yaml", "wrong: MC-SUBDOMAIN", "wrong: subdomain", "value-form", 1),
    (".author/hop-thu.key.yaml", "t03: xoa", "t03: xoa\nt03: an_toan", "yaml-duplicate-key", 4),
    (".author/hop-thu.key.yaml", "t03: xoa", "t03: [xoa]", "value-type", 3),
    (".author/hop-thu.key.yaml", "t03: xoa", "t03: {lable: xoa}", "field-unknown", 3),
]


@pytest.mark.parametrize(("name", "old", "new", "code", "line"), FILE_SLIPS)
def test_slip_in_a_file_names_that_file_and_line(
    name: str, old: str, new: str, code: str, line: int | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is wrong in data/ or .author/ is told with that file's own line."""
    assert old in FILES[name]
    monkeypatch.setitem(FILES, name, FILES[name].replace(old, new, 1))
    with pytest.raises(ContentError) as caught:
        read()
    assert caught.value.code == code
    if line is not None:
        assert caught.value.where.startswith(f"{name}, ")
        assert f" {line}" in caught.value.where


@pytest.mark.parametrize("block", ["", "%%question", "%%question\n", "- 1", "text", "%%question\n[]"])
def test_block_without_fields_is_told(block: str) -> None:
    """An empty cell and a list are no question."""
    with pytest.raises(ContentError) as caught:
        parse_question(block, where="lesson.ipynb")
    assert caught.value.code == "question-empty"


def test_reference_without_loader_is_told() -> None:
    """Where files cannot be read, a block that names one says so."""
    with pytest.raises(ContentError) as caught:
        parse_question(BLOCK, where="lesson.ipynb")
    assert caught.value.code == "reference-unread"


def test_errors_come_in_both_languages(monkeypatch: pytest.MonkeyPatch) -> None:
    """The same finding can be told in English."""
    monkeypatch.setenv("HOCVUSO_LANG", "en")
    with pytest.raises(ContentError) as caught:
        read(BLOCK.replace("labels:", "lables:"))
    assert str(caught.value) == (
        "The field lables does not exist — lesson.ipynb, ô 3, line 7 › hop-thu › lables — found lables, expected "
        "id, kind, points, prompt, items, draw, key, score, feedback, labels, look, evidence, reasons, reasons_prompt "
        "— did you mean labels?"
    )


def test_inspection_lists_all_findings_at_once() -> None:
    """Unreadable blocks give their reading errors, readable ones the findings between their parts."""
    question, errors = inspect_question(BLOCK.replace("points: 25", "points: x\ndarw: 3"), where="l", load=load)
    assert question is None
    assert {error.code for error in errors} == {"field-unknown", "value-type"}
    question, errors = inspect_question(BLOCK.replace("MC-SUBDOMAIN:", "MC-OTHER:"), where="l", load=load)
    assert question is not None
    assert [error.code for error in errors] == ["feedback-missing"]
    assert errors[0].where == f"l › {place('.author/hop-thu.key.yaml', 1)} › hop-thu › t01"


INLINE = """%%question
id: hop-thu
kind: classify
points: 5
prompt: Xếp thư.
labels: {a: A, b: B}
items:
- {id: t01, text: x}
- {id: t02, text: y}
key:
  t01: {label: a, wrong: MC-A}
  t02: {label: b, wrong: MC-A}
score: {by: balanced}
feedback: {MC-A: Vì sao.}
"""

# Bad input: old, new, code, line, what the remedy says in Vietnamese.
BAD_INPUT = [
    ("labels:", "nhan:", "field-unknown", 6, "bỏ trường này"),
    ("points: 5", "points: năm", "value-type", 4, "ghi số"),
    ("points: 5\n", "", "field-missing", 2, "thêm points"),
    ("id: t02, text: y", "id: t01, text: y", "id-repeated", 9, "đổi id"),
    ("points: 5", "points: 5\npoints: 6", "yaml-duplicate-key", 5, "bỏ một trong hai"),
    ("t02: {label: b", "t01: {label: b", "yaml-duplicate-key", 12, "bỏ một trong hai"),
    ("prompt: Xếp thư.", "prompt: !!python/object/apply:os.system [id]", "yaml-tag", 5, "bỏ thẻ"),
    ("points: 5", "points: !!float 5", "yaml-tag", 4, "bỏ thẻ"),
    ("{a: A, b: B}", "&nhan {a: A, b: B}\nthem: *nhan", "yaml-alias", 7, "viết lại đầy đủ"),
    ("points: 5", "points: 1e999", "yaml-syntax", 4, "số nhỏ hơn"),
    ("Xếp thư.", "Xếp\x00thư.", "yaml-syntax", 5, "xóa ký tự"),
    ("score:", "---\nscore:", "yaml-syntax", 13, "---"),
    ("- {id: t01", "\t- {id: t01", "yaml-syntax", 8, "Tab"),
    # between the parts of a question that can be read
    ("  t02: {label: b, wrong: MC-A}\n", "", "key-item-missing", 9, "thêm t02"),
    ("  t02: {label: b", "  t03: {label: b", "key-item-unknown", 12, "sửa id"),
    ("t02: {label: b", "t02: {label: c", "label-unknown", 12, "nhãn"),
    ("t02: {label: b, wrong: MC-A", "t02: {label: b, wrong: MC-B", "feedback-missing", 12, "MC-B"),
    ("score: {by", "draw: 2\nscore: {by", "pool-too-small", 7, "thêm mục"),
    ("text: y}", "image: data/a.svg}", "image-without-alt", 9, "alt"),
    ("key:\n  t01: {label: a, wrong: MC-A}\n  t02: {label: b, wrong: MC-A}\n", "", "key-missing", 2, "đáp án"),
]  # fmt: skip


@pytest.mark.parametrize(("old", "new", "code", "line", "word"), BAD_INPUT)
def test_bad_input_is_told_in_vietnamese_with_its_line_and_a_remedy(
    old: str, new: str, code: str, line: int, word: str
) -> None:
    """Unknown, missing and repeated keys, wrong types, unsafe YAML, and parts that do not fit together."""
    assert old in INLINE
    set_language("vi")
    try:
        _question, errors = inspect_question(INLINE.replace(old, new, 1), where="lesson.ipynb, ô 3")
    finally:
        set_language(None)
    error = next(error for error in errors if error.code == code)
    assert error.where.startswith(f"lesson.ipynb, ô 3, dòng {line}")
    assert word in error.hint
    assert error.found is not None


def test_sound_block_has_no_finding() -> None:
    """The block that bad input starts from."""
    assert inspect_question(INLINE, where="l")[1] == []


def test_finding_in_a_list_of_parts_names_the_line_of_the_second_one() -> None:
    """Ids repeated one level deeper, in a list that spans lines."""
    block = INLINE.replace("- {id: t02, text: y}", "- id: t02\n  parts:\n  - {id: p1, text: a}\n  - {id: p1, text: b}")
    _question, errors = inspect_question(block, where="l")
    assert errors[0].code == "id-repeated"
    assert errors[0].where.startswith(place("l", 12))


def test_one_unreadable_item_is_one_finding() -> None:
    """The only item cannot be read: that is told once, and not that the list of items is too short."""
    block = {
        "id": "ty-le",
        "kind": "number",
        "points": 5,
        "prompt": "?",
        "items": [{"id": "t01", "tetx": "a"}],
        "key": {},
    }
    question, errors = inspect_question(block, where="lesson.ipynb")
    assert question is None
    assert [error.code for error in errors] == ["field-unknown"]


def test_a_wrong_cell_name_is_told_with_an_example() -> None:
    """A slot of a spreadsheet is named like a cell, not like an item."""
    item = {"id": "t01", "sheet": {"rows": [[1]]}, "slots": {"d2": {"label": "Tổng"}}}
    block = {"id": "so", "kind": "sheet", "points": 5, "prompt": "?", "items": [item], "key": {}}
    _question, errors = inspect_question(block, where="lesson.ipynb")
    assert any("F2" in error.expected for error in errors)
