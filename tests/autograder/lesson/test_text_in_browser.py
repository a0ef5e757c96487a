"""text in a real browser: names of files, a line with a counter, a log of several fields."""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from pages import Lesson, open_page

pytestmark = pytest.mark.slow

NAMES = {
    "id": "ten-tep",
    "kind": "text",
    "points": 10,
    "prompt": "Đặt tên tệp theo quy tắc `NĂM-THÁNG-NGÀY_ĐơnVị_LoạiVB_TênNgắn_v01`, không dấu, không khoảng trắng.",
    "items": [
        {"id": "t01", "text": "Báo cáo tuần của Khoa ABC, bản đầu, ngày 23 tháng 11 năm 2026"},
        {
            "id": "t02",
            "title": "Kế hoạch",
            "text": "Kế hoạch tập huấn của Khoa ABC, bản thứ hai, ngày 01 tháng 12 năm 2026",
        },
    ],
    "key": {
        "t01": {
            "must": [{"pattern": "^2026-11-23_KhoaABC_[A-Za-z]+_[A-Za-z]+_v01$", "code": "MC-DATE"}],
            "must_not": [{"pattern": "final", "code": "MC-FINAL"}],
        },
        "t02": {"must": [{"pattern": "^2026-12-01_"}, {"pattern": "_v02$"}]},
    },
    "feedback": {"MC-DATE": "Năm đứng trước.", "MC-FINAL": "“final” không cho biết bản nào mới."},
}

ABSTRACT = {
    "id": "trich-yeu",
    "kind": "text",
    "points": 10,
    "prompt": "Viết trích yếu, không quá 15 từ.",
    "lines": 3,
    "max_words": 15,
    "items": [{"id": "t01", "title": "Công văn mời tập huấn"}],
    "key": {
        "t01": {"must": [{"any": ["về việc", "v/v"]}, {"any": ["tập huấn"]}, {"any": ["chuyển đổi số hóa", "số hóa"]}]}
    },
}

BLOCKS = (NAMES, ABSTRACT)


@pytest.fixture
def lesson(browser: Any, folder: Path) -> Iterator[Lesson]:
    """The questions on a wide screen."""
    blocks = {str(block["id"]): json.dumps(block) for block in BLOCKS}
    with open_page(browser, folder, blocks) as opened:
        yield opened


# The label, and what is typed; the last one with decomposed letters and the other way of placing tone marks.
WANTED = [
    ("ten-tep", "Báo cáo tuần", "2026-11-23_KhoaABC_BaoCao_TuanMot_v01"),
    ("ten-tep", "Kế hoạch", "2026-12-01_KhoaABC_KeHoach_TapHuan_v02"),
    ("trich-yeu", "Công văn mời", unicodedata.normalize("NFD", "V/v tập huấn số hoá văn bản")),
]


def assert_all_right(lesson: Lesson) -> None:
    """Everything on the disk earns all points."""
    for name, question in lesson.portal.questions.items():
        lesson.wait_saved(name)
        assert lesson.points_of(name) == question.points, name


def test_typed_texts_reach_the_disk_and_come_back(lesson: Lesson) -> None:
    """Texts earn all points from the file alone, are kept composed, and are there after reopening."""
    for name, label, text in WANTED:
        lesson.section(name).get_by_label(label).fill(text)
        lesson.section(name).get_by_label(label).blur()
    assert_all_right(lesson)
    lesson.open()
    for name, label, text in WANTED:
        assert lesson.section(name).get_by_label(label).input_value() == unicodedata.normalize("NFC", text)


def test_answers_with_the_keyboard_alone(lesson: Lesson) -> None:
    """Tab reaches every field; typing is saved after a pause, without leaving the field."""
    for name, label, text in WANTED:
        lesson.tab_to(lesson.section(name).get_by_label(label))
        lesson.page.keyboard.type(text)
    assert_all_right(lesson)


def test_counter_follows_the_words_and_speaks_once_when_there_are_too_many(lesson: Lesson) -> None:
    """The counter is shown from the start; passing the limit is announced and is no error."""
    part = lesson.section("trich-yeu")
    field, count = part.get_by_label("Công văn mời"), part.locator(".hvs-text-count")
    assert count.inner_text() == lesson.texts["text_words"].format(n=0, all=15)
    field.fill("một hai  ba\nbốn")
    assert count.inner_text() == lesson.texts["text_words"].format(n=4, all=15)
    assert part.locator(".hvs-spoken").inner_text() == ""
    field.fill("từ " * 18)
    over = lesson.texts["text_words_over"].format(n=18, over=3, all=15)
    assert count.inner_text() == over == part.locator(".hvs-spoken").inner_text()
    assert field.get_attribute("aria-invalid") == "false"


def test_text_beyond_200_characters_is_told_at_the_field(lesson: Lesson) -> None:
    """The last characters are counted down; beyond them the field says that the text does not count."""
    part = lesson.section("ten-tep")
    field = part.get_by_label("Kế hoạch")
    field.fill("a" * 190)
    assert part.locator(".hvs-text-count").nth(1).inner_text() == lesson.texts["text_left"].format(n=10)
    field.fill("a" * 201)
    told = lesson.texts["text_too_long"].format(all=200)
    assert part.get_by_text(told).first.is_visible()
    assert field.get_attribute("aria-invalid") == "true"
    field.blur()
    lesson.wait_saved("ten-tep")
    assert lesson.points_of("ten-tep") == 0
    field.fill("a")
    assert field.get_attribute("aria-invalid") == "false"


@pytest.mark.parametrize("width", [1280, 360])
def test_axe_finds_no_serious_violation(lesson: Lesson, width: int) -> None:
    """Empty, filled, too many words, too long."""
    lesson.page.set_viewport_size({"width": width, "height": 900})
    assert lesson.list_violations() == []
    lesson.section("trich-yeu").get_by_label("Công văn mời").fill("từ " * 18)
    lesson.section("ten-tep").get_by_label("Kế hoạch").fill("a" * 201)
    assert lesson.list_violations() == []


@pytest.mark.parametrize(("width", "text"), [(360, "100%"), (320, "100%"), (360, "200%"), (1280, "200%")])
def test_page_never_scrolls_sideways(lesson: Lesson, width: int, text: str) -> None:
    """Small screens and text of double size need no sideways scrolling; fields are 44 px high."""
    lesson.page.set_viewport_size({"width": width, "height": 800})
    lesson.page.evaluate(f"document.documentElement.style.fontSize = '{text}'")
    lesson.section("ten-tep").get_by_label("Kế hoạch").fill("a" * 201)
    assert lesson.page.evaluate("document.documentElement.scrollWidth") <= width
    assert min(field.bounding_box()["height"] for field in lesson.page.locator(".hvs-input").all()) >= 43.5
