"""The portal in a real browser: accessibility, narrow screens, keyboard, and the two pages that wait."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from hub_config.portal.rooms import RoomState

pytestmark = pytest.mark.slow

LEARNER, COLLEAGUE, HEAD = "999001", "999002", "999901"
SLUG = "an-toan-tai-khoan"
WIDTHS = (1280, 360)

Visit = Callable[..., Any]


@pytest.fixture
def visit(browser: Browser, live_portal: str) -> Visit:
    """Return a context manager that opens a page of the portal as somebody."""

    @contextmanager
    def open_page(person: str, path: str, width: int = 1280, scripts: bool = True) -> Iterator[Page]:
        context = browser.new_context(
            viewport={"width": width, "height": 800}, locale="vi-VN", java_script_enabled=scripts
        )
        context.add_cookies([{"name": "who", "value": person, "url": live_portal}])
        page = context.new_page()
        troubles: list[str] = []
        page.on("console", lambda message: troubles.append(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: troubles.append(str(error)))
        page.goto(f"{live_portal}/services/portal{path}")
        yield page
        context.close()
        assert [t for t in troubles if "404" not in t] == []

    return open_page


@pytest.mark.parametrize("width", WIDTHS)
def test_pages_have_no_accessibility_violation_and_fit_the_screen(academy: Any, visit: Visit, width: int) -> None:
    """axe finds nothing, nothing scrolls sideways, what is pressed is at least 44 px high or in running text."""
    made = academy.hand_in(LEARNER)
    academy.record_grade(made["id"], 62.5, capped=True)
    queued = academy.hand_in(COLLEAGUE)
    academy.rooms.states[COLLEAGUE] = RoomState.PENDING
    pages = [
        (LEARNER, "/"),
        (LEARNER, f"/submissions/{made['id']}"),
        (COLLEAGUE, f"/submissions/{queued['id']}"),
        (LEARNER, f"/modules/{SLUG}/open?asked=1"),
        (COLLEAGUE, f"/modules/{SLUG}/open"),
        (HEAD, "/units"),
        (HEAD, "/units/hv"),
        (LEARNER, "/no-such-page"),
    ]
    for person, path in pages:
        with visit(person, path, width) as page:
            found = Axe().run(page)
            assert found.violations_count == 0, f"{path} {found.generate_report()}"
            assert page.evaluate("document.documentElement.scrollWidth") <= width, path
            low = page.evaluate(
                """[...document.querySelectorAll('button, a.button, a.more, a.back, a.quiet, nav a, input, select')]
                   .filter((e) => e.offsetParent && e.getBoundingClientRect().height < 44)
                   .map((e) => e.outerHTML)"""
            )
            assert low == [], path


def test_a_result_appears_by_itself_and_is_announced(academy: Any, visit: Visit) -> None:
    """The status region that was there says the score; nothing is reloaded."""
    made = academy.hand_in(LEARNER)
    with visit(LEARNER, f"/submissions/{made['id']}") as page:
        status = page.locator(".result [role=status]")
        expect(status).to_contain_text("Đang chấm bài")
        page.evaluate("window.stayed = true")
        academy.record_grade(made["id"], 85.25)
        expect(status).to_contain_text("85,25", timeout=5000)
        expect(page.locator(".questions")).to_contain_text("Xếp thư vào nhóm")
        assert page.evaluate("window.stayed") is True
        assert page.locator("[role=status]:visible").count() == 1


def test_a_result_appears_without_scripts(academy: Any, visit: Visit) -> None:
    """The page itself looks again."""
    made = academy.hand_in(LEARNER)
    with visit(LEARNER, f"/submissions/{made['id']}", scripts=False) as page:
        academy.record_grade(made["id"], 85.25)
        expect(page.locator(".verdict")).to_contain_text("85,25", timeout=10000)


def test_the_waiting_page_goes_on_when_the_room_is_ready(academy: Any, visit: Visit, live_portal: str) -> None:
    """Start, wait, arrive at the lesson's address."""
    with visit(LEARNER, "/") as page:
        page.get_by_role("button", name="Bắt đầu: An toàn tài khoản").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("Đang chuẩn bị phòng học…")
        academy.rooms.states[LEARNER] = RoomState.RUNNING
        page.wait_for_url(f"{live_portal}/user/{LEARNER}/hocvuso/open/{SLUG}?notebook=lesson", timeout=10000)


def test_a_room_that_fails_offers_another_try(academy: Any, visit: Visit) -> None:
    """The failure takes the focus, and its button starts again."""
    with visit(LEARNER, "/") as page:
        page.get_by_role("button", name="Bắt đầu: An toàn tài khoản").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("Đang chuẩn bị phòng học…")
        academy.rooms.states[LEARNER] = RoomState.STOPPED
        expect(page.get_by_role("heading", name="Phòng học chưa mở được")).to_be_focused(timeout=10000)
        page.get_by_role("button", name="Thử lại").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("Đang chuẩn bị phòng học…")
        assert academy.rooms.started == [LEARNER, LEARNER]


def test_the_keyboard_reaches_everything_in_order(academy: Any, visit: Visit) -> None:
    """Skip link first, then the page from top to bottom, each with a visible focus; Enter opens a module."""
    academy.hand_in(LEARNER)
    with visit(LEARNER, "/") as page:
        met = []
        for _ in range(8):
            page.keyboard.press("Tab")
            outline = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
            met.append(page.evaluate("document.activeElement.innerText.trim()"))
            assert outline == "solid", met
        assert met[0] == "Đến nội dung chính"
        assert met[1:5] == ["Học Vụ Số", "Chuyên đề của tôi", "English", "Đăng xuất"]
        assert met[5] == "Làm lại"
        assert met[6].startswith("Biên nhận gần nhất")
        assert met[7].startswith("Phần tự chọn")
        page.get_by_role("button", name="Làm lại: An toàn tài khoản").focus()
        page.keyboard.press("Enter")
        expect(page.get_by_role("heading", level=1)).to_have_text("Đang chuẩn bị phòng học…")


def test_the_skip_link_leads_to_the_content(visit: Visit) -> None:
    """One key press saves the way through the header."""
    with visit(LEARNER, "/") as page:
        page.keyboard.press("Tab")
        page.keyboard.press("Enter")
        assert page.evaluate("document.activeElement.id") == "content"


def test_an_instructor_narrows_the_table_and_downloads_it(academy: Any, visit: Visit) -> None:
    """From the units to a unit, by name, to a file."""
    academy.hand_in(LEARNER)
    with visit(HEAD, "/units") as page:
        page.get_by_role("link", name="Khoa A").first.click()
        expect(page.get_by_role("heading", level=1)).to_have_text("Khoa A")
        page.get_by_label("Tên").fill("an")
        page.get_by_role("button", name="Xem").click()
        expect(page.locator("tbody")).to_have_count(1)
        with page.expect_download() as download:
            page.get_by_role("link", name="CSV").click()
        assert download.value.suggested_filename.startswith("hoan-thanh_khoa-a_")
