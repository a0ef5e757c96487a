"""search in a real browser: results while typing."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from pages import Lesson, open_page

pytestmark = pytest.mark.slow

PAGES = [
    (
        "p01",
        "Hướng dẫn nộp học phí học kỳ 1",
        "truong.example",
        "2025-08-20",
        "Sinh viên nộp học phí qua cổng thanh toán.",
    ),
    (
        "p02",
        "Thông báo thu học phí bổ sung",
        "truong.example",
        "2023-09-01",
        "Khoa thu học phí bổ sung của học kỳ trước.",
    ),
    ("p03", "Học phí các trường năm nay", "tin.example", "2025-07-02", "Báo điểm lại học phí, có nơi tăng 10%."),
    (
        "p04",
        "Lịch thi cuối kỳ",
        "truong.example",
        "2025-12-01",
        "Lịch thi của các lớp. " + "Phòng thi ghi trên cổng. " * 12,
    ),
    ("p05", "Lệ phí thi lại", "truong.example", "2025-10-11", "Mức lệ phí thi lại và cách nộp."),
    ("p06", "Học bổng khuyến khích", "truong.example", None, "Điều kiện xét học bổng."),
    ("p07", "Bóng đá sinh viên", "tin.example", "2025-03-03", "Kết quả giải bóng đá."),
]

SEARCH = {
    "id": "tim-kiem",
    "kind": "search",
    "points": 10,
    "prompt": "Viết truy vấn để tìm **đúng** những trang cần thiết.",
    "items": [
        {"id": "t01", "text": "Trang của trường về học phí từ năm 2025"},
        {"id": "t02", "title": "Lịch thi", "text": "Lịch thi hoặc lệ phí thi lại, không lấy trang báo."},
    ],
    "key": {
        "t01": {"relevant": ["p01"], "example": '"học phí" site:truong.example after:2025'},
        "t02": {"relevant": ["p04", "p05"], "example": '"lịch thi" OR "lệ phí"'},
    },
    "score": {"by": "retrieval", "codes": {"sentence": "MC-SENTENCE", "too_broad": "MC-BROAD"}},
    "feedback": {"MC-SENTENCE": "Gõ từ khóa, không gõ cả câu.", "MC-BROAD": "Thêm từ khóa hoặc bộ lọc."},
}


@pytest.fixture
def lesson(browser: Any, folder: Path) -> Iterator[Lesson]:
    """The question on a wide screen."""
    rows = [{"id": i, "title": title, "site": site, "date": date, "text": text} for i, title, site, date, text in PAGES]
    block = SEARCH | {"pages": rows}
    with open_page(browser, folder, {"tim-kiem": json.dumps(block)}) as opened:
        yield opened


WANTED = {
    "năm 2025": ('"HỌC PHÍ" site:truong.example after:2025', ["Hướng dẫn nộp học phí học kỳ 1"]),
    "Lịch thi": ('"lịch thi" OR "lệ phí"', ["Lịch thi cuối kỳ", "Lệ phí thi lại"]),
}


def find_item(lesson: Lesson, name: str) -> Any:
    """Return the part of the page with one need."""
    return lesson.section("tim-kiem").get_by_role("group", name=name)


def list_titles(item: Any) -> list[str]:
    """Return the titles shown."""
    return item.locator(".hvs-search-title").all_inner_texts()


def test_answers_by_mouse_reach_the_disk_and_come_back(lesson: Lesson) -> None:
    """Queries earn all points from the file alone; after reopening they show with what they find."""
    for name, (query, _titles) in WANTED.items():
        find_item(lesson, name).get_by_role("searchbox").fill(query)
        find_item(lesson, name).get_by_role("searchbox").blur()
    lesson.wait_saved("tim-kiem")
    assert lesson.points_of("tim-kiem") == 10
    lesson.open()
    for name, (query, titles) in WANTED.items():
        assert find_item(lesson, name).get_by_role("searchbox").input_value() == query
        assert list_titles(find_item(lesson, name)) == titles


def test_answers_with_the_keyboard_alone(lesson: Lesson) -> None:
    """Results come while typing, without leaving the field."""
    for name, (query, titles) in WANTED.items():
        lesson.tab_to(find_item(lesson, name).get_by_role("searchbox"))
        lesson.page.keyboard.type(query)
        find_item(lesson, name).get_by_text(titles[0], exact=True).wait_for()
        assert list_titles(find_item(lesson, name)) == titles
    lesson.wait_saved("tim-kiem")
    assert lesson.points_of("tim-kiem") == 10


def test_number_of_results_is_shown_and_spoken(lesson: Lesson) -> None:
    """Three found, none found, and nothing said of an empty field."""
    item = find_item(lesson, "năm 2025")
    spoken = lesson.section("tim-kiem").locator(".hvs-spoken")
    assert item.locator(".hvs-search-count").inner_text() == ""
    item.get_by_role("searchbox").fill("học phí")
    item.get_by_text(lesson.texts["search_found"].format(n=3)).wait_for()
    assert spoken.inner_text() == lesson.texts["search_found"].format(n=3)
    assert "truong.example · 20/08/2025" in item.get_by_role("list").inner_text()
    item.get_by_role("searchbox").fill("hoc phi")
    item.get_by_text(lesson.texts["search_nothing"]).wait_for()
    assert spoken.inner_text() == lesson.texts["search_nothing"]
    assert not item.get_by_role("list").is_visible()
    item.get_by_role("searchbox").fill("")
    item.locator(".hvs-search-count", has_text=lesson.texts["search_nothing"]).wait_for(state="detached")


def test_help_names_every_sign_of_the_query_language(lesson: Lesson) -> None:
    """The help opens with the keyboard."""
    summary = lesson.section("tim-kiem").locator("summary")
    lesson.tab_to(summary)
    lesson.page.keyboard.press("Enter")
    signs = lesson.section("tim-kiem").locator("details code").all_inner_texts()
    assert signs == ["a b", '"a b"', "a OR b", "-a", "site:a.example", "after:2025 before:2025-09"]


@pytest.mark.parametrize("width", [1280, 360])
def test_axe_finds_no_serious_violation(lesson: Lesson, width: int) -> None:
    """Empty, with results, with the help open and a query that is too long."""
    lesson.page.set_viewport_size({"width": width, "height": 900})
    assert lesson.list_violations() == []
    lesson.section("tim-kiem").locator("summary").click()
    find_item(lesson, "Lịch thi").get_by_role("searchbox").fill("x" * 201)
    find_item(lesson, "năm 2025").get_by_role("searchbox").fill("thi")
    find_item(lesson, "năm 2025").get_by_text("Lịch thi cuối kỳ").wait_for()
    assert lesson.list_violations() == []


@pytest.mark.parametrize(("width", "text"), [(360, "100%"), (320, "100%"), (360, "200%"), (1280, "200%")])
def test_page_never_scrolls_sideways(lesson: Lesson, width: int, text: str) -> None:
    """Small screens and text of double size need no sideways scrolling; what is touched is 44 px high."""
    lesson.page.set_viewport_size({"width": width, "height": 800})
    lesson.page.evaluate(f"document.documentElement.style.fontSize = '{text}'")
    lesson.section("tim-kiem").locator("summary").click()
    find_item(lesson, "năm 2025").get_by_role("searchbox").fill("thi")
    find_item(lesson, "năm 2025").get_by_text("Lịch thi cuối kỳ").wait_for()
    assert lesson.page.evaluate("document.documentElement.scrollWidth") <= width
    touched = lesson.section("tim-kiem").locator("input, summary").all()
    assert min(control.bounding_box()["height"] for control in touched) >= 43.5
