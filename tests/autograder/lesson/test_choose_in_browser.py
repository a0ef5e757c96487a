"""choose in a real browser: ticks, costs and a limit."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from pages import Lesson, open_page

pytestmark = pytest.mark.slow

BACKUP = {
    "id": "sao-luu",
    "kind": "choose",
    "points": 10,
    "prompt": "Chọn cách sao lưu theo quy tắc 3-2-1 trong phạm vi ngân sách.",
    "budget": 12,
    "cost_unit": "triệu đồng",
    "options": {
        "o1": {"text": "Ổ cứng gắn ngoài tại phòng làm việc", "cost": 2.5},
        "o2": {"text": "Ổ cứng gắn ngoài thứ hai, cất tại phòng làm việc", "cost": 2.5},
        "cloud": {"text": "Kho lưu trữ của đơn vị ở địa điểm khác, chép mỗi đêm", "cost": 4},
        "tape": {"text": "Băng từ cất tại trụ sở của tỉnh", "cost": 9},
        "same": {"text": "Thư mục khác trên cùng máy tính", "cost": 0},
    },
    "items": [
        {"id": "t01", "text": "Hồ sơ tốt nghiệp của khoa, khoảng 200 GB."},
        {"id": "t02", "title": "Ảnh và video", "text": "Tư liệu của các buổi lễ, **không** cần khôi phục trong ngày."},
    ],
    "key": {
        "t01": {"rules": [{"at_least": 3, "of": ["o1", "o2", "cloud", "tape"]}, {"budget": True}]},
        "t02": {
            "rules": [{"exactly": 1, "of": ["cloud", "tape"], "code": "MC-SYNC"}, {"at_most": 1, "of": ["o1", "o2"]}]
        },
    },
    "score": {"by": "rules"},
    "feedback": {"MC-SYNC": "Đồng bộ sẽ xóa theo khi lỡ tay xóa."},
}

GOALS = {
    "id": "muc-tieu",
    "kind": "choose",
    "points": 10,
    "prompt": "Chọn hai mục tiêu cho 30 ngày tới.",
    "limit": 2,
    "items": [
        {
            "id": "t01",
            "text": "Người học còn yếu ở phần bảo vệ dữ liệu cá nhân và phần chữ ký số.",
            "options": {
                "a": "Ôn lại cách phân loại dữ liệu cá nhân",
                "b": "Thực hành kiểm tra chữ ký số",
                "c": "Học thêm cách vẽ biểu đồ",
                "d": "Đọc tin công nghệ mỗi ngày",
            },
        }
    ],
    "key": {"t01": {"options": ["a", "b"], "wrong": {"c": "MC-WEAK"}}},
    "feedback": {"MC-WEAK": "Mục tiêu phải nhắm vào phần còn yếu."},
}

BLOCKS = (BACKUP, GOALS)


@pytest.fixture
def lesson(browser: Any, folder: Path) -> Iterator[Lesson]:
    """The questions on a wide screen."""
    blocks = {str(block["id"]): json.dumps(block) for block in BLOCKS}
    with open_page(browser, folder, blocks) as opened:
        yield opened


WANTED = {
    "sao-luu": {"Mục 1": ["Ổ cứng gắn ngoài tại", "thứ hai", "Kho lưu trữ của"], "Ảnh và video": ["Băng từ"]},
    "muc-tieu": {"phần chữ ký số": ["Ôn lại", "Thực hành"]},
}


def list_boxes(lesson: Lesson) -> list[Any]:
    """Return the boxes of the right options, in the order of the page."""
    return [
        lesson.section(name).get_by_role("group", name=item).get_by_label(option)
        for name, items in WANTED.items()
        for item, options in items.items()
        for option in options
    ]


def assert_all_right(lesson: Lesson) -> None:
    """Everything on the disk earns all points."""
    for name, question in lesson.portal.questions.items():
        lesson.wait_saved(name)
        assert lesson.points_of(name) == question.points, name


def test_answers_by_mouse_reach_the_disk_and_come_back(lesson: Lesson) -> None:
    """Ticks by click earn all points from the file alone, and are there after reopening."""
    for box in list_boxes(lesson):
        box.check()
    assert_all_right(lesson)
    lesson.open()
    assert all(box.is_checked() for box in list_boxes(lesson))
    spent = lesson.texts["choose_spent"].format(n=9, all="12 triệu đồng")
    assert lesson.section("sao-luu").get_by_text(spent).count() == 2


def test_answers_with_the_keyboard_alone(lesson: Lesson) -> None:
    """Tab and Space reach and tick every option."""
    for box in list_boxes(lesson):
        lesson.tab_to(box)
        lesson.page.keyboard.press("Space")
    assert_all_right(lesson)


def test_running_sum_says_when_it_is_over_the_budget(lesson: Lesson) -> None:
    """The sum follows every tick, is spoken, and turns into a warning beyond the budget, without forbidding."""
    group = lesson.section("sao-luu").get_by_role("group", name="Mục 1")
    group.get_by_label("Băng từ").check()
    spoken = lesson.section("sao-luu").locator(".hvs-spoken")
    spent = lesson.texts["choose_spent"]
    assert spoken.inner_text() == spent.format(n=9, all="12 triệu đồng")
    group.get_by_label("Kho lưu trữ của").check()
    over = lesson.texts["choose_over"].format(n="1 triệu đồng")
    assert spoken.inner_text() == spent.format(n=13, all="12 triệu đồng") + " – " + over
    assert group.locator(".hvs-choose-budget").get_attribute("data-state") == "over"
    lesson.wait_saved("sao-luu")
    assert lesson.answer_of("sao-luu") == {"t01": ["cloud", "tape"]}


def test_limit_refuses_one_more_and_says_so(lesson: Lesson) -> None:
    """The third tick of two is not taken; the reason is shown and spoken until the next change."""
    goals = lesson.section("muc-tieu")
    goals.get_by_label("Học thêm").check()
    goals.get_by_label("Đọc tin").check()
    goals.get_by_label("Ôn lại").click()
    full = lesson.texts["choose_full"].format(all=2)
    assert goals.locator(".hvs-error").inner_text() == full == goals.locator(".hvs-spoken").inner_text()
    assert not goals.get_by_label("Ôn lại").is_checked()
    goals.get_by_label("Đọc tin").uncheck()
    goals.get_by_label("Ôn lại").check()
    assert goals.locator(".hvs-error").inner_text() == ""
    lesson.wait_saved("muc-tieu")
    assert lesson.answer_of("muc-tieu") == {"t01": ["a", "c"]}


@pytest.mark.parametrize("width", [1280, 360])
def test_axe_finds_no_serious_violation(lesson: Lesson, width: int) -> None:
    """Empty, ticked, beyond budget and limit."""
    lesson.page.set_viewport_size({"width": width, "height": 900})
    assert lesson.list_violations() == []
    for box in lesson.page.get_by_role("checkbox").all():
        box.click()
    assert lesson.list_violations() == []


@pytest.mark.parametrize(("width", "text"), [(360, "100%"), (320, "100%"), (360, "200%"), (1280, "200%")])
def test_page_never_scrolls_sideways(lesson: Lesson, width: int, text: str) -> None:
    """Small screens and text of double size need no sideways scrolling; what is touched is 44 px high."""
    lesson.page.set_viewport_size({"width": width, "height": 800})
    lesson.page.evaluate(f"document.documentElement.style.fontSize = '{text}'")
    assert lesson.page.evaluate("document.documentElement.scrollWidth") <= width
    heights = [label.bounding_box()["height"] for label in lesson.page.locator(".hvs-choose-option").all()]
    assert min(heights) >= 43.5
