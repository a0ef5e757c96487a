"""The optional Python track in a real academy: somebody who has never programmed, with a browser."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from people import Academy, find_violations, sign_in
from playwright.sync_api import Locator, Page

from autograder.curriculum.source import Curriculum

pytestmark = pytest.mark.slow
SLUG = "thong-ke-bieu-do"
MACHINERY = re.compile(r"(?i)\b(kernel|cell|notebook|code|traceback|jupyter|checkpoint)\w*")


def open_track(page: Page, academy: Academy, person: str) -> None:
    """Sign in, go to the optional part from “My modules” and wait until it has set itself up."""
    page.set_default_timeout(60_000)
    sign_in(page, academy, person)
    page.locator(f"form[action$='/modules/{SLUG}/open']:has(input[value=python]) button").click()
    page.wait_for_url(re.compile(f"/notebooks/{SLUG}/python.ipynb"), timeout=90_000)
    page.locator(".hvs-panel").wait_for()


def frame(page: Page, number: int) -> Locator:
    """Return a frame to write in, by the name that a screen reader says."""
    return page.get_by_role("textbox", name=f"Khung viết lệnh {number}")


def write(page: Page, number: int, source: str) -> None:
    """Replace what stands in a frame."""
    frame(page, number).click()
    page.keyboard.press("Control+A")
    page.keyboard.insert_text(source)


def output(page: Page, text: str) -> Locator:
    """Return what a frame shows when it holds a text."""
    return page.locator(".jp-OutputArea-output", has_text=text)


@pytest.fixture
def solutions(curriculum: Curriculum) -> list[str]:
    """The solutions of the sample with full marks, in the order of the frames."""
    module = curriculum.find_module(SLUG)
    assert module is not None
    sample = next(sample for sample in module.samples if sample.name == "day-du")
    return list(sample.solutions.values())


def test_somebody_who_never_programmed_hands_in_the_optional_part(
    academy: Academy, new_page: Callable[..., Page], solutions: list[str]
) -> None:
    """Write, try out, hand in, read the points: no setting up, nothing of the machinery, no serious violation."""
    page = new_page()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    open_track(page, academy, "hv002")
    assert page.title() == "Phần tự chọn: Dữ liệu và Python — Học Vụ Số"
    assert page.locator("html").get_attribute("lang") == "vi"
    assert find_violations(page) == []
    for number, source in enumerate(solutions, start=1):
        write(page, number, source)
        page.get_by_role("button", name=f"Kiểm tra thử khung viết lệnh {number}").click()
        page.locator(".hvs-track-check").nth(number - 1).locator(".hvs-ok", has_text="Đạt").wait_for()
    assert find_violations(page) == []
    shown = page.inner_text("body")
    assert MACHINERY.findall(shown) == []
    assert [word for word in ("%%check", "%submit_panel", "%load_ext") if word in shown] == []
    page.get_by_role("button", name="Nộp bài").click()
    page.locator(".hvs-confirm .hvs-primary").click()
    page.locator(".hvs-receipt").click()
    page.wait_for_url(re.compile("/services/portal/submissions/"))
    page.get_by_text("4 / 4 điểm").first.wait_for()
    optional = page.inner_text("main").split("Phần tự chọn: Dữ liệu và Python")[1]
    assert re.findall(r"(\d) / (\d) điểm", optional) == [("4", "4"), ("4", "4"), ("5", "5"), ("4", "4")]
    assert errors == []


def test_trouble_is_told_in_words_and_can_be_undone(academy: Academy, new_page: Callable[..., Page]) -> None:
    """Errors, an endless run, a lost session: plain sentences, one button to go on, nothing written is lost."""
    page = new_page(width=360, height=740)
    open_track(page, academy, "hv004")
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    page.get_by_role("button", name="Kiểm tra thử khung viết lệnh 1").click()
    page.locator(".hvs-no", has_text="Phần này chưa được viết").wait_for()
    write(page, 1, "def trung_binh(diem, so_nguoi):\n    return (1")
    page.keyboard.press("Shift+Enter")
    # The table of practice cases says "Lệnh chưa chạy được." too, for the stub: the line is what tells the two apart.
    told = output(page, "Dòng 2: return (1")
    told.wait_for()
    assert "Lệnh chưa chạy được." in told.inner_text()
    page.get_by_role("button", name="Kiểm tra thử khung viết lệnh 1").click()
    page.get_by_text("Khung viết lệnh 1 chưa chạy được").wait_for()
    write(page, 1, "import time\nwhile True: time.sleep(0.1)")
    page.keyboard.press("Shift+Enter")
    page.get_by_role("button", name="Chạy khung viết lệnh 1", disabled=True).wait_for()
    page.get_by_role("button", name="Dừng").click()
    output(page, "Đã dừng.").wait_for()
    write(page, 1, "import os\nos._exit(1)")
    page.keyboard.press("Shift+Enter")
    dialog = page.get_by_role("dialog")
    dialog.wait_for()
    assert "Phiên làm việc" in dialog.inner_text()
    assert MACHINERY.findall(page.inner_text("body")) == []
    page.get_by_role("button", name="Đồng ý").click()
    write(page, 1, "print(6 * 7)")
    page.keyboard.press("Shift+Enter")
    output(page, "42").wait_for()
    page.locator(".hvs-panel").wait_for()
    page.get_by_role("button", name="Hoàn tác").click()
    assert "os._exit" in frame(page, 1).inner_text()
    assert find_violations(page) == []


def test_everything_is_reached_with_the_keyboard(academy: Academy, new_page: Callable[..., Page]) -> None:
    """Tab passes through frames without changing them, Escape leaves one, no single key changes the page."""
    page = new_page()
    open_track(page, academy, "hv001")
    before = [frame(page, number).inner_text() for number in range(1, 5)]
    page.locator(".hvs-track-back").focus()
    seen = []
    for _press in range(40):
        page.keyboard.press("Tab")
        seen.append(
            page.evaluate(
                "document.activeElement.getAttribute('aria-label') || document.activeElement.textContent.trim()"
            )
        )
        if seen[-1] == "Nộp bài":
            break
    wanted = [f"{name} {n}" for n in range(1, 5) for name in ("Khung viết lệnh", "Chạy khung viết lệnh")]
    assert [name for name in seen if name in wanted] == wanted
    assert seen[-1] == "Nộp bài"
    assert [frame(page, number).inner_text() for number in range(1, 5)] == before
    frame(page, 2).focus()
    page.keyboard.press("Control+End")
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.insert_text("# thử")
    assert frame(page, 2).inner_text().endswith("    # thử")
    page.keyboard.press("Escape")
    assert page.evaluate("document.activeElement.getAttribute('aria-label')") == "Chạy khung viết lệnh 2"
    parts = page.locator(".jp-Cell").count()
    page.locator(".jp-MarkdownCell").first.click()
    for key in ("a", "b", "d", "d", "x", "m", "Enter"):
        page.keyboard.press(key)
    page.locator(".jp-MarkdownCell").first.dblclick()
    assert page.locator(".jp-Cell").count() == parts
    assert page.locator(".jp-MarkdownCell .cm-content:visible").count() == 0
