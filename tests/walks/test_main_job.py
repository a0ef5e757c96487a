"""The main job, end to end, as people do it: learn, answer, hand in, see the score; look at the unit, download."""

from __future__ import annotations

import csv
import io
import os
import re
import signal
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from people import (
    Academy,
    Keyboard,
    answer_by_mouse,
    find_violations,
    hand_in_by_mouse,
    open_lesson,
    sign_in,
)
from playwright.sync_api import Page, expect
from sqlalchemy import select

from autograder.database.schema import grade, submission
from autograder.database.server import connect

pytestmark = pytest.mark.slow
SLUG = "an-toan-tai-khoan"


def database_of(academy: Academy) -> str:
    """Return the address of a running academy's database."""
    return f"postgresql+psycopg://postgres:@/postgres?host={academy.home / 'postgres'}"


def test_a_learner_and_an_instructor_walk_the_whole_path(
    academy: Academy, new_page: Callable[..., Page], read_paper: Callable[..., Any], tmp_path: Path
) -> None:
    """Sign in, answer all of M04, reload, hand in, see score and feedback; the instructor's table and CSV show it."""
    page = new_page()
    page.goto(academy.url)
    expect(page).to_have_title(re.compile("Đăng nhập"))
    assert page.locator("html").get_attribute("lang") == "vi"
    assert find_violations(page) == []
    sign_in(page, academy, "hv001")
    assert find_violations(page) == []

    open_lesson(page, academy, SLUG)
    assert page.locator("html").get_attribute("lang") == "vi"
    assert page.locator(".jp-Editor, .jp-CodeMirrorEditor, .CodeMirror, .cm-editor, .highlight").count() == 0
    assert not re.search("%%question|%load_ext|%submit_panel", page.content())
    assert find_violations(page) == []
    paper = read_paper(academy.home, "hv001", SLUG)
    answer_by_mouse(page, paper)

    page.reload()
    page.locator(".hvs-panel").wait_for(timeout=60_000)
    page.wait_for_function("document.querySelectorAll('.hvs-panel .hvs-jump').length === 0", timeout=20_000)
    assert page.locator(".hvs-mail-state[data-sorted=yes]").count() == 20
    assert page.locator(".hvs-classify input[type=radio]:checked").count() == 1 + 8

    hand_in_by_mouse(page)
    expect(page.locator("main")).to_contain_text("100", timeout=20_000)
    expect(page.locator("main")).to_contain_text("Đạt")
    assert find_violations(page) == []
    digest = re.sub(r"\s", "", page.locator("main").inner_text())
    with connect(database_of(academy)).begin() as conn:
        stored = conn.scalars(select(submission.c.digest)).all()
    assert any(one in digest for one in stored)

    page.goto(f"{academy.url}/services/portal/")
    expect(page.locator("main")).to_contain_text("Đạt")
    assert find_violations(page) == []

    staff = new_page()
    sign_in(staff, academy, "gv001")
    staff.goto(f"{academy.url}/services/portal/units")
    expect(staff.locator("main")).to_contain_text("Trường Chính trị tỉnh Mẫu A")
    assert "Trường Chính trị tỉnh Mẫu B" not in staff.locator("main").inner_text()
    assert find_violations(staff) == []
    staff.goto(f"{academy.url}/services/portal/units/tct-a")
    row = staff.locator("tr", has_text="hv001").filter(has_text="An toàn tài khoản").first
    if row.count():
        expect(row).to_contain_text("Đạt")
    assert find_violations(staff) == []
    with staff.expect_download() as download:
        staff.get_by_role("link", name=re.compile("CSV")).first.click()
    target = tmp_path / "completions.csv"
    download.value.save_as(target)
    check_csv(target.read_bytes(), stored)


def check_csv(content: bytes, digests: Any) -> None:
    """Check the downloaded table field by field."""
    assert content.startswith(b"\xef\xbb\xbf")
    rows = list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline="")))
    assert {row["unit_id"] for row in rows} <= {"tct-a", "tct-a-pdt", "tct-a-kll"}
    found = [row for row in rows if row["person_id"] == "hv001" and row["module_slug"] == SLUG]
    assert len(found) == 1
    row = found[0]
    assert row["person_name"] == "Trần Mẫu Phúc"
    assert row["unit_name"] == "Khoa Lý luận cơ sở (Trường Chính trị tỉnh Mẫu A)"
    assert row["module_code"] == "M04"
    assert row["module_title"] == "An toàn tài khoản và thiết bị"
    assert (row["state"], row["points"], row["max_points"], row["attempts"]) == ("passed", "100.0", "100.0", "1")
    assert row["submission_digest"] in digests
    assert re.fullmatch(r"20\d\d-\d\d-\d\dT\d\d:\d\d:\d\d\+07:00", row["submitted_at"])
    assert re.fullmatch(r"20\d\d-\d\d-\d\dT\d\d:\d\d:\d\d\+07:00", row["decided_at"])
    assert (row["rule"], row["rule_version"]) == ("best-attempt", "1")
    assert re.fullmatch(r"[0-9a-f]{64}", row["content_hash"])
    assert row["grader_version"].startswith("hocvuso ")
    untouched = next(row for row in rows if row["person_id"] == "hv002" and row["module_slug"] == "du-lieu-ca-nhan")
    assert (untouched["state"], untouched["points"], untouched["submitted_at"]) == ("not_started", "", "")


def test_the_same_walk_with_the_keyboard_alone(
    academy: Academy, new_page: Callable[..., Page], read_paper: Callable[..., Any]
) -> None:
    """From sign-in to the score without a mouse."""
    page = new_page()
    keyboard = Keyboard(page)
    page.goto(academy.url)
    keyboard.tab_to(lambda s: s["id"] == page.get_by_label("Tên đăng nhập").get_attribute("id"))
    page.keyboard.type("hv002")
    keyboard.press("Tab")
    keyboard.tab_to(lambda s: s["type"] == "password")
    page.keyboard.type(academy.password)
    keyboard.press("Enter")
    page.wait_for_url(re.compile("/services/portal/"))
    keyboard.tab_to(lambda s: s["tag"] == "BUTTON" and s["text"].startswith("Bắt đầu"))
    keyboard.press("Enter")
    page.wait_for_url(re.compile(f"/voila/render/{SLUG}/lesson.ipynb"), timeout=90_000)
    page.locator(".hvs-panel").wait_for(timeout=60_000)
    keyboard.answer(read_paper(academy.home, "hv002", SLUG))
    page.wait_for_function("document.querySelectorAll('.hvs-panel .hvs-jump').length === 0", timeout=20_000)
    keyboard.tab_to(lambda s: s["tag"] == "BUTTON" and s["text"] == "Nộp bài" and "hvs-primary" in s["classes"])
    keyboard.press("Enter", "Tab")
    keyboard.tab_to(lambda s: s["tag"] == "BUTTON" and s["text"] == "Nộp bài")
    keyboard.press("Enter")
    page.locator(".hvs-receipt").wait_for(timeout=30_000)
    keyboard.tab_to(lambda s: "/services/portal/submissions/" in s["href"])
    keyboard.press("Enter")
    page.wait_for_url(re.compile("/services/portal/submissions/"))
    expect(page.locator("main")).to_contain_text("100", timeout=20_000)


def test_checking_one_question_gives_points_and_never_the_key(academy: Academy, new_page: Callable[..., Page]) -> None:
    """“Kiểm tra” asks the portal, counts, and says what kind of mistake it is and the first time names no item."""
    page = new_page()
    sign_in(page, academy, "hv004")
    open_lesson(page, academy, "du-lieu-ca-nhan")
    section = page.locator("section:has(> #hvs-question-phan-loai)")
    for item in section.locator(".hvs-item").all():
        item.locator("input[type=radio]").first.check()
    section.get_by_role("button", name="Kiểm tra").click()
    verdict = section.locator(".hvs-verdict")
    expect(verdict).to_be_visible(timeout=15_000)
    expect(verdict).to_contain_text("4 lần")
    assert not re.search(r"Mục \d", verdict.inner_text())


def test_killed_parts_come_back_and_nothing_is_lost(
    academy: Academy, new_page: Callable[..., Page], read_paper: Callable[..., Any]
) -> None:
    """kill -9 of the grader while a submission waits, then of the hub: answers, receipt and score are all there."""
    page = new_page()
    sign_in(page, academy, "hv001")
    open_lesson(page, academy, "thong-ke-bieu-do")
    answer_by_mouse(page, read_paper(academy.home, "hv001", "thong-ke-bieu-do"))
    for number in academy.find_processes("grader"):
        os.kill(number, signal.SIGKILL)
    hand_in_by_mouse(page)
    receipt = page.url
    expect(page.locator("main")).to_contain_text("Đạt", timeout=60_000)
    saved = sorted((academy.home / "learners" / "hv001").rglob("answers/*.json"))
    contents = [path.read_bytes() for path in saved]
    hubs = academy.find_processes("hub")
    assert hubs
    for number in hubs:
        os.kill(number, signal.SIGKILL)
    time.sleep(1)
    academy.wait_until_ready()
    assert [path.read_bytes() for path in saved] == contents
    again = new_page()
    sign_in(again, academy, "hv001")
    again.goto(receipt)
    expect(again.locator("main")).to_contain_text("Đạt")
    with connect(database_of(academy)).begin() as conn:
        graded = conn.scalars(select(grade.c.submission_id)).all()
        handed_in = conn.scalars(select(submission.c.id)).all()
    assert sorted(graded) == sorted(handed_in)


@pytest.mark.parametrize("width", [360, 1280])
def test_no_page_scrolls_sideways(academy: Academy, new_page: Callable[..., Page], width: int) -> None:
    """Login, home, lesson, units and result fit a phone and a screen."""
    page = new_page(width=width)
    page.goto(academy.url)
    assert not scrolls_sideways(page)
    sign_in(page, academy, "hv004")
    assert not scrolls_sideways(page)
    open_lesson(page, academy, SLUG)
    assert not scrolls_sideways(page)
    staff = new_page(width=width)
    sign_in(staff, academy, "qd001")
    staff.goto(f"{academy.url}/services/portal/units")
    assert not scrolls_sideways(staff)
    staff.goto(f"{academy.url}/services/portal/units/tct-a")
    assert not scrolls_sideways(staff)


def scrolls_sideways(page: Page) -> bool:
    """Tell whether the page as a whole is wider than the window."""
    return bool(page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth + 1"))
