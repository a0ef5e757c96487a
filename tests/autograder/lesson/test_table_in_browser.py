"""A table to edit, in a real browser: mouse, keyboard, removed and added rows, a large one, small screens."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from pages import Lesson, open_page

pytestmark = pytest.mark.slow

BLOCK = """
id: lam-sach
kind: table
points: 20
prompt: |
  Bảng dưới đây do các đơn vị gửi lên. Hãy **sửa ngày, số và loại đơn vị** cho đúng cách viết Việt Nam, bỏ dòng lặp
  và thêm đơn vị còn thiếu: *Thư viện*, 8 người, loại Phòng, gửi ngày 06/4/2026.
items:
  - id: don-vi
    title: Số người đăng ký theo đơn vị
    columns:
      - {id: ten, title: Đơn vị, fixed: true}
      - {id: ngay, title: Ngày gửi, type: date}
      - {id: so, title: Số người, type: number}
      - {id: loai, title: Loại, type: choice, options: [Khoa, Phòng]}
      - {id: ghi_chu, title: Ghi chú}
    rows:
      - id: r01
        ten: Khoa Lý luận
        ngay: 03/04/2026
        so: 25
        loai: Khoa
        ghi_chu: Đã đối chiếu với danh sách của phòng Tổ chức cán bộ
      - {id: r02, ten: Khoa Kinh tế, ngay: 04/13/2026, so: 40, loai: Khoa}
      - {id: r03, ten: Phòng Đào tạo, ngay: 05/04/2026, so: "1,200", loai: phong}
      - {id: r04, ten: Phòng Đào tạo, ngay: 05/04/2026, so: 1200, loai: Phòng}
    allow: [add, remove]
key:
  don-vi:
    cells:
      r02: {ngay: 13/04/2026}
      r03: {so: 1200, loai: Phòng}
    removed: [r04]
    added: [{ten: Thư viện, ngay: 06/04/2026, so: 8, loai: Phòng}]
    rules: [{row_count: 4}, {sum: {column: so, equals: 1273}}]
    why: Ngày viết trước tháng.
score: {by: table, rules: 0.3}
"""
ADDED = [("Đơn vị", "Thư viện"), ("Ngày gửi", "6/4/2026"), ("Số người", "8")]


@pytest.fixture
def lesson(browser: Any, folder: Path) -> Iterator[Lesson]:
    """The table on a wide screen."""
    with open_page(browser, folder, {"lam-sach": BLOCK}) as opened:
        yield opened


def field(lesson: Lesson, column: str, row: str) -> Any:
    """Return the field of a cell, by what a screen reader says."""
    return lesson.page.get_by_label(f"{column}, dòng {row}", exact=True)


def answer_with_mouse(lesson: Lesson) -> None:
    """Put the table right with clicks and typing into fields."""
    field(lesson, "Ngày gửi", "2 (Khoa Kinh tế)").fill("13/4/2026")
    field(lesson, "Số người", "3 (Phòng Đào tạo)").fill("1.200")
    field(lesson, "Loại", "3 (Phòng Đào tạo)").select_option("Phòng")
    lesson.page.get_by_role("button", name="Xóa dòng 4").click()
    lesson.page.get_by_role("button", name=lesson.texts["table_add"]).click()
    for column, value in ADDED:
        lesson.page.get_by_role("row").last.get_by_label(f"{column}, dòng").fill(value)
    lesson.page.get_by_role("row").last.get_by_role("combobox").select_option("Phòng")


def test_answers_by_mouse_reach_the_disk_and_come_back(lesson: Lesson) -> None:
    """Cells, a removed and an added row earn all points from the file, and show again after reopening."""
    answer_with_mouse(lesson)
    lesson.wait_saved("lam-sach")
    assert lesson.points_of("lam-sach") == 20
    assert lesson.answer_of("lam-sach")["don-vi"][3] == {
        "ten": "Thư viện",
        "ngay": "6/4/2026",
        "so": "8",
        "loai": "Phòng",
        "ghi_chu": "",
    }
    lesson.open()
    assert field(lesson, "Số người", "3 (Phòng Đào tạo)").input_value() == "1.200"
    assert lesson.page.get_by_role("row").last.get_by_label("Đơn vị").input_value() == "Thư viện"
    assert lesson.page.get_by_role("row").count() == 5
    assert lesson.page.get_by_text(lesson.texts["table_changed"].format(n=3)).is_visible()


def focused(lesson: Lesson) -> str:
    """Return the name of what has the focus."""
    return str(lesson.page.evaluate("document.activeElement.ariaLabel || document.activeElement.textContent"))


def test_whole_table_is_done_with_the_keyboard_alone(lesson: Lesson) -> None:
    """One Tab enters the table; arrows, typing, Enter and Esc do the rest."""
    press = lesson.page.keyboard.press
    write = lesson.page.keyboard.type
    lesson.page.locator("#hvs-question-lam-sach").focus()
    press("Tab")
    assert focused(lesson) == "Ngày gửi, dòng 1 (Khoa Lý luận)"
    press("ArrowDown")
    write("13/4/2026")
    press("Enter")
    assert focused(lesson) == "Ngày gửi, dòng 3 (Phòng Đào tạo)"
    press("ArrowRight")
    write("7")
    press("Escape")
    assert lesson.page.evaluate("document.activeElement.value") == "1,200"
    write("1200")
    press("ArrowRight")
    assert focused(lesson) == "Loại, dòng 3 (Phòng Đào tạo)"
    press("P")
    press("Enter")
    press("ArrowRight")
    press("ArrowRight")
    assert focused(lesson) == "Xóa dòng 4 (Phòng Đào tạo)"
    press("Enter")
    assert focused(lesson) == "Xóa dòng 3 (Phòng Đào tạo)"
    press("Tab")
    assert focused(lesson) == lesson.texts["table_add"]
    press("Enter")
    for value in ("Thư viện", "06/04/2026", "8"):
        write(value)
        press("ArrowRight")
    press("P")
    lesson.wait_saved("lam-sach")
    lesson.page.keyboard.press("Tab")
    assert focused(lesson) == lesson.texts["table_add"]
    assert lesson.points_of("lam-sach") == 20


def test_undo_takes_back_one_step_after_the_other(lesson: Lesson) -> None:
    """An added row, a removed one and a cell return, the last first, with an announcement."""
    undo = lesson.page.get_by_role("button", name=lesson.texts["table_undo"])
    field(lesson, "Số người", "1 (Khoa Lý luận)").fill("26")
    lesson.page.get_by_role("button", name="Xóa dòng 2").click()
    assert lesson.page.locator(".hvs-spoken").inner_text() == "Đã xóa dòng 2 (Khoa Kinh tế)"
    assert focused(lesson) == "Xóa dòng 2 (Phòng Đào tạo)"
    lesson.page.get_by_role("button", name=lesson.texts["table_add"]).click()
    undo.click()
    assert lesson.page.get_by_role("row").count() == 4
    undo.click()
    assert lesson.page.get_by_role("rowheader").all_inner_texts()[1] == "Khoa Kinh tế"
    undo.click()
    assert field(lesson, "Số người", "1 (Khoa Lý luận)").input_value() == "25"
    lesson.page.get_by_text(lesson.texts["table_untouched"]).wait_for()
    lesson.wait_saved("lam-sach")
    assert lesson.answer_of("lam-sach") == {}
    answer_with_mouse(lesson)
    lesson.page.get_by_role("button", name=lesson.texts["table_reset"]).click()
    assert lesson.page.get_by_text(lesson.texts["table_untouched"]).is_visible()
    undo.click()
    lesson.wait_saved("lam-sach")
    assert lesson.points_of("lam-sach") == 20


def test_cell_that_cannot_be_read_is_told(lesson: Lesson) -> None:
    """A changed cell of a date column that holds no date says what to write; what was dirty at first does not."""
    assert lesson.page.locator(".hvs-table-edit .hvs-error").count() == 0
    date = field(lesson, "Ngày gửi", "1 (Khoa Lý luận)")
    date.fill("13/13/2026")
    date.blur()
    lesson.page.get_by_text(lesson.texts["table_date_unread"]).wait_for()
    assert date.get_attribute("aria-invalid") == "true"
    date.fill("13/12/2026")
    date.blur()
    lesson.page.get_by_text(lesson.texts["table_date_unread"]).wait_for(state="hidden")
    assert date.get_attribute("aria-invalid") is None


@pytest.mark.parametrize("width", [1280, 360])
def test_axe_finds_no_serious_violation(lesson: Lesson, width: int) -> None:
    """At first, and edited with a mistake in it."""
    lesson.page.set_viewport_size({"width": width, "height": 900})
    assert lesson.list_violations() == []
    answer_with_mouse(lesson)
    field(lesson, "Ngày gửi", "1 (Khoa Lý luận)").fill("x")
    field(lesson, "Ngày gửi", "1 (Khoa Lý luận)").blur()
    lesson.page.get_by_text(lesson.texts["table_date_unread"]).wait_for()
    assert lesson.list_violations() == []


@pytest.mark.parametrize(("width", "text"), [(360, "100%"), (320, "100%"), (360, "200%"), (1280, "200%")])
def test_page_never_scrolls_sideways(lesson: Lesson, width: int, text: str) -> None:
    """On small screens rows are cards; with text of double size the table scrolls inside itself."""
    lesson.page.set_viewport_size({"width": width, "height": 800})
    lesson.page.evaluate(f"document.documentElement.style.fontSize = '{text}'")
    answer_with_mouse(lesson)
    assert lesson.page.evaluate("document.documentElement.scrollWidth") <= width
    if width < 400:
        assert lesson.page.get_by_text("Ngày gửi", exact=True).nth(1).is_visible()


def make_large_block() -> str:
    """Return a table of 60 rows and 10 columns."""
    columns = [{"id": f"c{n}", "title": f"Cột {n}", "fixed": n == 0} for n in range(10)]
    rows = [{"id": f"r{r:02d}"} | {f"c{n}": f"{r}-{n}" for n in range(10)} for r in range(60)]
    item = {"id": "t", "title": "Bảng lớn", "columns": columns, "rows": rows}
    key = {"t": {"cells": {"r59": {"c9": "đúng"}}}}
    block = {"id": "lam-sach", "kind": "table", "points": 5, "prompt": "?", "items": [item], "key": key}
    return json.dumps(block, ensure_ascii=False)


def test_large_table_stays_quick(browser: Any, folder: Path) -> None:
    """In 600 cells a key press draws nothing anew: only the cell that is edited changes."""
    with open_page(browser, folder, {"lam-sach": make_large_block()}) as lesson:
        last = field(lesson, "Cột 9", "60 (59-0)")
        lesson.page.evaluate(
            """() => {
              window.drawn = 0;
              new MutationObserver((all) => { window.drawn += all.filter((m) => m.addedNodes.length).length; })
                .observe(document.querySelector(".hvs-table-edit"), { childList: true, subtree: true });
            }"""
        )
        last.focus()
        spent = lesson.page.evaluate(
            """() => {
              const field = document.activeElement, times = [];
              for (const text of ["đ", "đú", "đún", "đúng"]) {
                const begin = performance.now();
                field.value = text;
                field.dispatchEvent(new Event("input", { bubbles: true }));
                times.push(performance.now() - begin);
              }
              return Math.max(...times);
            }"""
        )
        last.blur()
        lesson.wait_saved("lam-sach")
        assert lesson.page.evaluate("window.drawn") == 0
        assert spent < 50
        assert lesson.points_of("lam-sach") == 5
