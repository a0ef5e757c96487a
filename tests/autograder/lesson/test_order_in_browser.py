"""order with ``pick`` in a real browser: choose, then arrange, by mouse and by keyboard."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from pages import Lesson, open_page

pytestmark = pytest.mark.slow

STEPS = {
    "bao": "Báo ngay cho bộ phận công nghệ thông tin",
    "doi": "Đổi mật khẩu từ một thiết bị sạch",
    "soat": "Rà soát các phiên đăng nhập lạ",
    "bao_cao": "Viết báo cáo sự cố cho đơn vị",
    "xoa": "Xóa hết thư và nhật ký để khỏi ai thấy",
    "im": "Giữ im lặng, chờ xem có sao không",
}
RIGHT = ["bao", "doi", "soat", "bao_cao"]
SOURCE = {
    "id": "sau-muoi-phut",
    "kind": "order",
    "points": 10,
    "prompt": "Chọn các việc nên làm khi lộ tài khoản, rồi xếp theo thứ tự.",
    "pick": True,
    "ends": ["Làm trước", "Làm sau"],
    "items": [{"id": one, "text": text} for one, text in STEPS.items()],
    "key": {"order": RIGHT, "leave_out": {"xoa": "MC-XOA", "im": "MC-IM"}},
    "feedback": {"MC-XOA": "Nhật ký là chứng cứ.", "MC-IM": "Báo sớm giúp hạn chế thiệt hại."},
}
NAME = SOURCE["id"]
BLOCKS = {NAME: json.dumps(SOURCE)}


@pytest.fixture
def lesson(browser: Any, folder: Path) -> Iterator[Lesson]:
    """The question on a wide screen."""
    with open_page(browser, folder, BLOCKS) as opened:
        yield opened


def find_row(lesson: Lesson, one: str) -> Any:
    """Return the row of an item, in whichever list it stands."""
    return lesson.section("sau-muoi-phut").get_by_role("listitem").filter(has_text=STEPS[one])


def answer_with_mouse(lesson: Lesson) -> None:
    """Choose the four right ones from behind, then arrange them, with clicks; one wrong choice is taken back."""
    for one in ["im", *reversed(RIGHT)]:
        find_row(lesson, one).get_by_role("button").click()
    find_row(lesson, "im").get_by_role("button").last.click()
    for place, one in enumerate(RIGHT, start=1):
        find_row(lesson, one).get_by_role("combobox").select_option(str(place))


def test_choice_by_mouse_reaches_the_disk_and_comes_back(lesson: Lesson) -> None:
    """Chosen and arranged with clicks, it earns all points and shows again after reopening."""
    answer_with_mouse(lesson)
    lesson.wait_saved("sau-muoi-phut")
    assert lesson.answer_of("sau-muoi-phut") == RIGHT
    assert lesson.points_of("sau-muoi-phut") == 10
    lesson.open()
    chosen = lesson.section("sau-muoi-phut").locator("ol > li")
    assert [text.splitlines()[-1] for text in chosen.all_inner_texts()] == [STEPS[one] for one in RIGHT]
    assert lesson.section("sau-muoi-phut").locator("ul > li").count() == 2


def press(lesson: Lesson, *keys: str) -> None:
    """Press keys one after the other."""
    for key in keys:
        lesson.page.keyboard.press(key)


def tab_to(lesson: Lesson, label: str) -> None:
    """Press Tab until the focused control has a label."""
    for _press in range(60):
        if lesson.page.evaluate("document.activeElement.ariaLabel") == label:
            return
        press(lesson, "Tab")
    raise AssertionError(f"Tab never reaches {label}")


def test_choice_by_keyboard_alone(lesson: Lesson) -> None:
    """Tab and Enter choose, the arrows' buttons and the position arrange; the focus is never lost."""
    for one in ("doi", "bao", "soat", "bao_cao"):
        lesson.page.evaluate("document.activeElement.blur()")
        tab_to(lesson, lesson.texts["pick_add_item"].format(item=STEPS[one]))
        press(lesson, "Enter")
        assert lesson.page.evaluate("document.activeElement !== document.body")
        name = lesson.texts["pick_added"].split("{item}")[1].split("{n}")[0]
        assert name in lesson.section("sau-muoi-phut").locator(".hvs-spoken").inner_text()
    tab_to(lesson, lesson.texts["move_up"].format(item=STEPS["bao"]))
    press(lesson, "Enter")
    lesson.wait_saved("sau-muoi-phut")
    assert lesson.answer_of("sau-muoi-phut") == RIGHT
    # At the top "up" does nothing more, so the focus goes to the button that still works.
    assert lesson.page.evaluate("document.activeElement.textContent") == "↓"


def test_focus_goes_to_the_neighbour_and_back(lesson: Lesson) -> None:
    """Adding leaves the focus on the next "add"; taking out the last chosen one leads back to its own "add"."""
    section = lesson.section("sau-muoi-phut")
    rows = section.locator("ul > li")
    second = rows.nth(1).locator(".hvs-row-body").inner_text()
    rows.nth(0).get_by_role("button").click()
    assert lesson.page.evaluate("document.activeElement.ariaLabel") == lesson.texts["pick_add_item"].format(item=second)
    chosen = section.locator("ol > li")
    first = chosen.locator(".hvs-row-body").inner_text()
    chosen.get_by_role("button").last.click()
    assert lesson.page.evaluate("document.activeElement.ariaLabel") == lesson.texts["pick_add_item"].format(item=first)
    assert section.get_by_text(lesson.texts["pick_none"]).is_visible()
    lesson.wait_saved("sau-muoi-phut")
    assert lesson.answer_of("sau-muoi-phut") == []


@pytest.mark.parametrize("width", [1280, 360])
def test_axe_finds_no_serious_violation(lesson: Lesson, width: int) -> None:
    """Nothing chosen, and all right."""
    lesson.page.set_viewport_size({"width": width, "height": 900})
    assert lesson.list_violations() == []
    answer_with_mouse(lesson)
    assert lesson.list_violations() == []


@pytest.mark.parametrize(("width", "text"), [(360, "100%"), (320, "100%"), (360, "200%"), (1280, "200%")])
def test_page_never_scrolls_sideways(lesson: Lesson, width: int, text: str) -> None:
    """Small screens and text of double size need no sideways scrolling."""
    lesson.page.set_viewport_size({"width": width, "height": 800})
    lesson.page.evaluate(f"document.documentElement.style.fontSize = '{text}'")
    answer_with_mouse(lesson)
    assert lesson.page.evaluate("document.documentElement.scrollWidth") <= width
