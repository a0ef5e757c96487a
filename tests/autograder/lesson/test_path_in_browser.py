"""path in its frames, in a real browser: a telephone, an online service, a chat."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from pages import Lesson, open_page

pytestmark = pytest.mark.slow

PHONE = {
    "id": "cuoc-goi",
    "kind": "path",
    "points": 10,
    "prompt": "Anh/Chị nhận cuộc gọi sau. Hãy trả lời.",
    "look": "phone",
    "items": [
        {
            "id": "goi-1",
            "title": "Cuộc gọi cập nhật dữ liệu",
            "contact": {"name": "Số lạ", "number": "0000 000 001"},
            "start": "s0",
            "states": {
                "s0": {
                    "says": "Người gọi",
                    "text": "Tôi là cán bộ phường. Anh/Chị cài giúp ứng dụng này để cập nhật dữ liệu ngay hôm nay.",
                    "choices": [
                        {"id": "a", "text": "Tôi sẽ tự liên hệ công an phường.", "to": "s9"},
                        {"id": "b", "text": "Vâng, gửi liên kết cho tôi.", "to": "s1"},
                    ],
                },
                "s1": {
                    "says": "Người gọi",
                    "text": "Anh/Chị bấm vào liên kết rồi đọc mã nhé.",
                    "choices": [{"id": "a", "text": "Tôi dừng cuộc gọi tại đây.", "to": "s9"}],
                },
                "s9": {"text": "Cuộc gọi kết thúc.", "end": True},
            },
        }
    ],
    "key": {"goi-1": {"required": ["s0.a"], "wrong": {"s0.b": "MC-A"}}},
    "feedback": {"MC-A": "Vì A."},
}

SERVICE = {
    "id": "nop-ho-so",
    "kind": "path",
    "points": 10,
    "prompt": "Nộp hồ sơ trên cổng mô phỏng.",
    "look": "service",
    "steps": ["Mở cổng", "Đăng nhập", "Khai", "Nộp phí", "Lưu mã hồ sơ"],
    "items": [
        {
            "id": "ho-so",
            "title": "Cấp lại giấy xác nhận",
            "start": "open",
            "states": {
                "open": {
                    "address": "https://tim-kiem.example/?q=nop+ho+so+truc+tuyen+cap+lai+giay+xac+nhan",
                    "title": "Kết quả tìm kiếm",
                    "step": 1,
                    "text": "Hai kết quả đầu tiên:",
                    "choices": [
                        {"id": "cong", "text": "dichvucong.tinh-mau-a.example", "to": "login"},
                        {"id": "qc", "text": "Quảng cáo: lam-ho-so-nhanh.example", "to": "open"},
                    ],
                },
                "login": {
                    "address": "https://dichvucong.tinh-mau-a.example/dang-nhap",
                    "title": "Đăng nhập",
                    "step": 2,
                    "text": "Chọn cách đăng nhập.",
                    "choices": [{"id": "vneid", "text": "Tài khoản định danh điện tử", "to": "fill"}],
                },
                "fill": {
                    "address": "https://dichvucong.tinh-mau-a.example/khai",
                    "title": "Thông tin hồ sơ",
                    "step": 3,
                    "notice": "Kiểm tra lại trước khi gửi.",
                    "text": "Thông tin đã được điền sẵn.",
                    "form": [
                        {"label": "Họ và tên", "value": "Nguyễn Văn Mẫu"},
                        {"label": "Số định danh", "value": "999000000001"},
                    ],
                    "choices": [{"id": "gui", "text": "Gửi hồ sơ", "to": "end"}],
                },
                "end": {"text": "Hồ sơ đã gửi.", "end": True},
            },
        }
    ],
    "key": {"ho-so": {"required": ["open.cong", "login.vneid", "fill.gui"]}},
}

CHAT = PHONE | {
    "id": "nhom-chat",
    "look": "chat",
    "prompt": "Trả lời trong nhóm trao đổi.",
    "items": [PHONE["items"][0] | {"contact": {"name": "Nhóm lớp bồi dưỡng"}}],  # type: ignore[index]
}

BLOCKS = {str(block["id"]): json.dumps(block) for block in (PHONE, SERVICE, CHAT)}
CHOICES = {
    "cuoc-goi": ["tự liên hệ"],
    "nop-ho-so": ["Quảng cáo", "tinh-mau-a", "định danh điện tử", "Gửi hồ sơ"],
    "nhom-chat": ["gửi liên kết", "dừng cuộc gọi"],
}
POINTS = {"cuoc-goi": 10, "nop-ho-so": 10, "nhom-chat": 0}


@pytest.fixture
def lesson(browser: Any, folder: Path) -> Iterator[Lesson]:
    """One flow in every frame, on a wide screen."""
    with open_page(browser, folder, BLOCKS) as opened:
        yield opened


def answer_with_mouse(lesson: Lesson) -> None:
    """Walk every flow to its end, with clicks."""
    for name, texts in CHOICES.items():
        for text in texts:
            lesson.section(name).get_by_role("button", name=text).click()


def assert_all_walked(lesson: Lesson) -> None:
    """Every walk on the disk earns what it should."""
    for name, points in POINTS.items():
        lesson.wait_saved(name)
        assert lesson.points_of(name) == points, (name, lesson.answer_of(name))


def test_walks_by_mouse_reach_the_disk_and_come_back(lesson: Lesson) -> None:
    """Each frame walked with clicks earns its points and stands at its end after reopening."""
    answer_with_mouse(lesson)
    assert_all_walked(lesson)
    lesson.open()
    assert lesson.page.get_by_text(lesson.texts["ended"]).count() == 3
    service = lesson.section("nop-ho-so")
    service.get_by_text(lesson.texts["service_done"].format(n=4)).click()
    assert service.locator(".hvs-path-done li").count() == 4


def test_walks_by_keyboard_alone(lesson: Lesson) -> None:
    """Tab and Enter choose; after each choice the focus is on what is new."""
    page = lesson.page
    for texts in CHOICES.values():
        for text in texts:
            for _press in range(40):
                page.keyboard.press("Tab")
                if text in page.evaluate("document.activeElement.innerText"):
                    break
            page.keyboard.press("Enter")
            assert page.evaluate("document.activeElement.matches('.hvs-turn, .hvs-path-page')")
    assert_all_walked(lesson)


def test_service_shows_address_step_form_and_notice(lesson: Lesson) -> None:
    """The page in front tells where one is; what was done stays in a list that can be opened."""
    service = lesson.section("nop-ho-so")
    for text in CHOICES["nop-ho-so"][1:3]:
        service.get_by_role("button", name=text).click()
    shown = service.locator(".hvs-path-screen").inner_text()
    step = lesson.texts["service_step"].format(n=3, all=5, name="Khai")
    for text in ("https://dichvucong.tinh-mau-a.example/khai", step, "Thông tin hồ sơ", "999000000001", "Kiểm tra lại"):
        assert text in shown
    assert service.locator("dt").all_inner_texts() == ["Họ và tên", "Số định danh"]
    assert service.locator("a").count() == 0


def test_phone_and_chat_name_who_is_there(lesson: Lesson) -> None:
    """The frame is a group with the name of the other side; the number is text."""
    name = lesson.texts["phone_call"] + ": Số lạ"
    assert lesson.section("cuoc-goi").get_by_role("group", name=name).get_by_text("0000 000 001").is_visible()
    assert lesson.section("nhom-chat").get_by_role("group", name=lesson.texts["chat"] + ": Nhóm lớp").count() == 1


@pytest.mark.parametrize("width", [1280, 360])
def test_axe_finds_no_serious_violation(lesson: Lesson, width: int) -> None:
    """At the start, on the way and at the end."""
    lesson.page.set_viewport_size({"width": width, "height": 900})
    assert lesson.list_violations() == []
    for text in CHOICES["nop-ho-so"][1:3]:
        lesson.section("nop-ho-so").get_by_role("button", name=text).click()
    assert lesson.list_violations() == []
    lesson.section("nop-ho-so").get_by_role("button", name="Gửi hồ sơ").click()
    lesson.section("cuoc-goi").get_by_role("button", name="tự liên hệ").click()
    assert lesson.list_violations() == []


@pytest.mark.parametrize(("width", "text"), [(360, "100%"), (320, "100%"), (360, "200%"), (1280, "200%")])
def test_page_never_scrolls_sideways(lesson: Lesson, width: int, text: str) -> None:
    """Small screens and text of double size need no sideways scrolling, at the start and at every page."""
    lesson.page.set_viewport_size({"width": width, "height": 800})
    lesson.page.evaluate(f"document.documentElement.style.fontSize = '{text}'")
    assert lesson.page.evaluate("document.documentElement.scrollWidth") <= width
    for choice in CHOICES["nop-ho-so"][1:3]:
        lesson.section("nop-ho-so").get_by_role("button", name=choice).click()
        assert lesson.page.evaluate("document.documentElement.scrollWidth") <= width
