"""The page of a file question in a real browser: upload, what is told, replace, remove, the mark after saving."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from documents_made import HEADER, alter_zip, make_docx, make_xlsx
from pages import Lesson, open_page

pytestmark = pytest.mark.slow

BLOCK = {
    "id": "nop-tep",
    "kind": "file",
    "points": 10,
    "prompt": "Nộp hai tệp sau khi đã làm xong.",
    "items": [
        {
            "id": "bang",
            "title": "Bảng điểm đã làm sạch",
            "text": "Mỗi người một dòng, không trùng mã.",
            "accept": ["xlsx"],
            "max_kb": 60,
        },
        {"id": "thu", "title": "Công văn trình bày theo mẫu", "accept": ["docx", "pdf"]},
    ],
    "key": {
        "bang": {
            "rules": [
                {"code": "MC-HEADER", "header": HEADER},
                {"code": "MC-ROWS", "rows": [2, 2]},
            ]
        },
        "thu": {"rules": [{"code": "MC-TEXT", "has_text": ["Kính gửi"]}]},
    },
    "score": {"by": "inspection"},
    "feedback": {"MC-HEADER": "Xem lại tên cột.", "MC-ROWS": "Còn dòng trùng.", "MC-TEXT": "Thiếu lời kính gửi."},
}
TABLE = make_xlsx([HEADER, ["M1", "Trần Thị A", 7.5], ["M2", "Lê Văn B", 8]])
LETTER = make_docx(lambda document: document.add_paragraph("Kính gửi: Ban Giám đốc"))
BLOCKS = {"nop-tep": json.dumps(BLOCK)}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """An empty folder of a module, with the files that the learner has made beside it."""
    (tmp_path / "bang-diem.xlsx").write_bytes(TABLE)
    (tmp_path / "cong-van.docx").write_bytes(LETTER)
    (tmp_path / "macro.xlsx").write_bytes(alter_zip(TABLE, {"xl/vbaProject.bin": b"x"}))
    (tmp_path / "qua-lon.xlsx").write_bytes(b"x" * 70_000)
    module = tmp_path / "module"
    module.mkdir()
    attempt = {"attempt": "l-7", "slug": "module", "number": 1, "variant": "9f3c0a1b2c3d4e5f"}
    (module / "attempt.json").write_text(json.dumps(attempt))
    return module


@pytest.fixture
def lesson(browser: Any, folder: Path) -> Iterator[Lesson]:
    """The question on a wide screen."""
    with open_page(browser, folder, BLOCKS) as opened:
        # The browser hands dialogues over from when somebody listens, which it is told without waiting for it.
        opened.page.on("filechooser", lambda _chooser: None)
        opened.page.title()
        yield opened


def item(lesson: Lesson, title: str) -> Any:
    """Return the part of the page of one item."""
    return lesson.section("nop-tep").get_by_role("group", name=title)


def wait_for_state(lesson: Lesson, title: str, state: str) -> None:
    """Wait until an item's card says that its file is there (ok), refused, or none."""
    item(lesson, title).locator(f".hvs-file-card[data-state={state}]").wait_for()


def upload(lesson: Lesson, title: str, file: str) -> None:
    """Choose a file as a person does: a click on the button opens the browser's own dialogue."""
    with lesson.page.expect_file_chooser() as chooser:
        item(lesson, title).locator("input[type=file]").click()
    chooser.value.set_files(lesson.folder.parent / file)


def upload_both(lesson: Lesson) -> None:
    """Upload the two right files."""
    upload(lesson, "Bảng điểm", "bang-diem.xlsx")
    wait_for_state(lesson, "Bảng điểm", "ok")
    upload(lesson, "Công văn", "cong-van.docx")
    wait_for_state(lesson, "Công văn", "ok")


def test_uploaded_files_earn_full_points_and_show_again(lesson: Lesson) -> None:
    """Two clicks and two files: all points from the file on the disk, and the names after reopening."""
    upload_both(lesson)
    assert lesson.points_of("nop-tep") == 10
    lesson.open()
    told = lesson.section("nop-tep").inner_text()
    assert "bang-diem.xlsx" in told
    assert "cong-van.docx" in told
    assert lesson.texts["answered"].format(done=2, all=2) in told
    # Reopened, the page holds marks only; checking still sends what is on the disk.
    assert "content" not in json.dumps(lesson.widgets["nop-tep"].saved)
    lesson.section("nop-tep").get_by_role("button", name=lesson.texts["check"]).click()
    lesson.section("nop-tep").locator(".hvs-verdict[data-state=right]").wait_for()
    assert lesson.points_of("nop-tep") == 10


def test_file_travels_once(lesson: Lesson) -> None:
    """After the save is confirmed a check sends the mark, not the content."""
    upload_both(lesson)
    lesson.page.evaluate(
        "window.sent = []; const send = models['nop-tep'].send;"
        "models['nop-tep'].send = function (m) { sent.push(JSON.stringify(m).length); return send.call(this, m) }; 0"
    )
    lesson.section("nop-tep").get_by_role("button", name=lesson.texts["check"]).click()
    lesson.section("nop-tep").locator(".hvs-verdict[data-state=right]").wait_for()
    assert max(lesson.page.evaluate("window.sent")) < 300


def test_question_is_answered_with_the_keyboard_alone(lesson: Lesson) -> None:
    """Tab reaches the button, Enter opens the dialogue, Tab reaches the removal."""
    page = lesson.page
    for title, file in (("Bảng điểm", "bang-diem.xlsx"), ("Công văn", "cong-van.docx")):
        for _press in range(20):
            page.keyboard.press("Tab")
            if page.evaluate(
                "document.activeElement.type === 'file'"
                f" && document.activeElement.closest('fieldset').innerText.includes('{title}')"
            ):
                break
        assert page.evaluate("getComputedStyle(document.activeElement.nextElementSibling).outlineStyle") == "solid"
        with page.expect_file_chooser() as chooser:
            page.keyboard.press("Enter")
        chooser.value.set_files(lesson.folder.parent / file)
        wait_for_state(lesson, title, "ok")
    assert lesson.points_of("nop-tep") == 10
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    wait_for_state(lesson, "Công văn", "none")
    assert page.evaluate("document.activeElement.type") == "file"
    lesson.wait_saved("nop-tep")
    assert list(lesson.answer_of("nop-tep")) == ["bang"]


def test_refused_file_says_what_to_do(lesson: Lesson) -> None:
    """A workbook with macros is kept, told in a sentence that is also spoken, and earns nothing until replaced."""
    upload(lesson, "Bảng điểm", "macro.xlsx")
    wait_for_state(lesson, "Bảng điểm", "refused")
    problem = item(lesson, "Bảng điểm").locator(".hvs-error").inner_text()
    assert "Excel (.xlsx)" in problem
    assert problem in lesson.section("nop-tep").locator(".hvs-spoken").inner_text()
    assert lesson.points_of("nop-tep") == 0
    upload(lesson, "Bảng điểm", "bang-diem.xlsx")
    wait_for_state(lesson, "Bảng điểm", "ok")
    assert item(lesson, "Bảng điểm").locator(".hvs-error").inner_text() == ""
    assert lesson.points_of("nop-tep") == 5


def test_file_that_is_too_large_is_not_sent(lesson: Lesson) -> None:
    """The page itself refuses it, and what was uploaded before stays."""
    upload(lesson, "Bảng điểm", "bang-diem.xlsx")
    wait_for_state(lesson, "Bảng điểm", "ok")
    upload(lesson, "Bảng điểm", "qua-lon.xlsx")
    told = lesson.texts["file_too_large"].format(name="qua-lon.xlsx", kb=69, limit=60)
    item(lesson, "Bảng điểm").get_by_text(told).wait_for()
    assert lesson.answer_of("nop-tep")["bang"]["name"] == "bang-diem.xlsx"


def test_file_that_vanished_from_the_disk_is_shown_as_missing(lesson: Lesson) -> None:
    """What the page only marks and the disk no longer has is not pretended to be there."""
    upload_both(lesson)
    (lesson.folder / "answers" / "nop-tep.json").unlink()
    lesson.section("nop-tep").get_by_role("button", name=lesson.texts["check"]).click()
    item(lesson, "Bảng điểm").get_by_text(lesson.texts["file_lost"].format(name="bang-diem.xlsx")).wait_for()
    assert lesson.texts["answered"].format(done=0, all=2) in lesson.section("nop-tep").inner_text()


@pytest.mark.parametrize("width", [1280, 360])
def test_axe_finds_no_serious_violation(lesson: Lesson, width: int) -> None:
    """Empty, uploaded and refused."""
    lesson.page.set_viewport_size({"width": width, "height": 900})
    assert lesson.list_violations() == []
    upload(lesson, "Bảng điểm", "macro.xlsx")
    wait_for_state(lesson, "Bảng điểm", "refused")
    upload(lesson, "Công văn", "cong-van.docx")
    wait_for_state(lesson, "Công văn", "ok")
    assert lesson.list_violations() == []


@pytest.mark.parametrize(("width", "text"), [(360, "100%"), (320, "100%"), (360, "200%"), (1280, "200%")])
def test_page_never_scrolls_sideways(lesson: Lesson, width: int, text: str) -> None:
    """Small screens and text of double size need no sideways scrolling, and every control is 44 px high."""
    lesson.page.set_viewport_size({"width": width, "height": 800})
    lesson.page.evaluate(f"document.documentElement.style.fontSize = '{text}'")
    upload_both(lesson)
    assert lesson.page.evaluate("document.documentElement.scrollWidth") <= width
    small = lesson.page.evaluate(
        "[...document.querySelectorAll('.hvs-file button, .hvs-file input')].filter((e) => e.offsetParent)"
        ".filter((e) => e.getBoundingClientRect().height < 43.5).map((e) => e.outerHTML)"
    )
    assert small == []
