"""What the page gets to show."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from autograder.lesson.view import describe_question, show_cell
from autograder.questions.spec import parse_question
from autograder.questions.variants import draw_items


@pytest.mark.parametrize("name", ["hop-thu", "du-lieu", "bieu-mau", "sau-muoi-phut", "ty-le", "cuoc-goi"])
def test_view_holds_the_drawn_items_and_nothing_private(name: str, blocks: dict[str, str], tmp_path: Path) -> None:
    """Items come in the variant's order; codes, keys and reasons never reach the page, even an author's."""
    question = parse_question(blocks[name], where="")
    view = describe_question(question, variant="9f3c", number=3, root=tmp_path)
    assert [item["id"] for item in view["items"]] == list(draw_items(question, "9f3c"))
    text = json.dumps(view, ensure_ascii=False)
    assert not any(secret in text for secret in ("MC-", "wrong", "required", "must_precede", "within", "Tên miền thật"))
    assert (view["number"], view["kind"]) == (3, question.kind)


def test_texts_come_in_the_readers_language(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A block with both languages is shown in the current one, else in Vietnamese."""
    block = {
        "id": "a", "kind": "classify", "points": 2.5, "prompt": {"vi": "Chọn", "en": "Choose"},
        "labels": {"x": {"vi": "Có", "en": "Yes"}, "y": {"vi": "Không"}}, "items": [{"id": "t", "text": {"vi": "Một"}}],
    }  # fmt: skip
    question = parse_question(block, where="")
    monkeypatch.setenv("HOCVUSO_LANG", "en")
    view = describe_question(question, variant="v", number=1, root=tmp_path)
    assert view["prompt"][0]["runs"][0]["text"] == "Choose"
    assert [label["text"] for label in view["labels"]] == ["Yes", "Không"]
    assert (view["points"], view["lang"]) == ("2.5", "en")
    monkeypatch.setenv("HOCVUSO_LANG", "vi")
    assert describe_question(question, variant="v", number=1, root=tmp_path)["points"] == "2,5"


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, ""),
        ("A", "A"),
        (2026, "2026"),
        (12345, "12.345"),
        (2.5, "2,5"),
        (12345.5, "12.345,5"),
        (-3, "-3"),
        (True, "True"),
    ],
)
def test_numbers_in_tables_are_vietnamese(value: object, text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Decimal comma, thousands dot; a year has none."""
    monkeypatch.setenv("HOCVUSO_LANG", "vi")
    assert show_cell(value) == text


def test_pictures_travel_within_the_view(tmp_path: Path) -> None:
    """A picture of data/ is a data: address beside its alternative text."""
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "a.svg").write_text("<svg/>")
    items = [
        {"id": "t", "image": "data/a.svg", "alt": "Biểu đồ cột"},
        {"id": "u", "image": "data/b.svg", "alt": "Hình"},
    ]
    question = parse_question({"id": "a", "kind": "number", "points": 1, "prompt": "?", "items": items}, where="")
    shown = describe_question(question, variant="v", number=1, root=tmp_path)["items"]
    assert shown[0]["image"]["src"].startswith("data:image/svg+xml;base64,")
    assert shown[1]["image"] == {"src": "", "alt": "Hình"}
