"""A small spreadsheet in a real browser: formulas by mouse and keyboard, live results, mistakes, small screens."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from pages import Lesson, open_page

pytestmark = pytest.mark.slow

BLOCK = """
id: cong-thuc
kind: sheet
points: 20
prompt: |
  Hãy viết công thức vào các ô được đánh dấu.
  Bảng sẽ được dùng lại cho các học kỳ sau, nên kết quả phải đúng cả khi số liệu thay đổi.
items:
  - id: gio-giang
    title: Giờ giảng trong học kỳ
    sheet:
      rows:
        - [Khoa, Giảng viên, Giờ, Ngày nộp, "", Khoa, Tổng giờ, Tỷ lệ]
        - [Kinh tế, GV01, 120, 2026-04-03, "", Lý luận, "", ""]
        - [Lý luận, GV02, 90.5, 2026-04-05, "", Kinh tế, "", ""]
        - [Kinh tế, GV03, 60, 2026-04-05, "", Luật, "", ""]
        - [Luật, GV04, "75", 2026-04-08, "", Cộng, "=SUM(G2:G4)", ""]
        - [Lý luận, GV05, 30, 2026-04-09, "", "", "", ""]
    slots:
      G2: {label: Tổng giờ của từng khoa, fill: "G2:G4"}
      H2: {label: Tỷ lệ giờ của khoa trong toàn trường, fill: "H2:H4"}
      C8: {label: Số giảng viên có từ 60 giờ trở lên}
key:
  gio-giang:
    slots:
      G2:
        formula: =SUMIFS($C$2:$C$6;$A$2:$A$6;F2)
        wrong: [{formula: "=SUMIFS(C2:C6;A2:A6;F2)", code: MC-ABSREF, credit: 0.3}]
      H2: {formula: "=IFERROR(G2/SUM($G$2:$G$4);0)"}
      C8: {formula: '=COUNTIF(C2:C6;">=60")', shown_only: {code: MC-TYPED, credit: 0.2}}
    hidden:
      - {C2: 10, C3: 20, C4: 70}
      - {A2: Lý luận, C6: 200, C3: 100, A6: Luật}
score: {by: formulas}
feedback:
  MC-ABSREF: "Khi điền xuống, vùng không có dấu $ trôi theo; hãy cố định vùng dữ liệu."
  MC-TYPED: Số gõ tay không đổi khi số liệu đổi.
"""
FORMULAS = {
    "G2": "=SUMIF($A$2:$A$6; F2; $C$2:$C$6)",
    "H2": "=G2/SUM(G$2:G$4)",
    "C8": '=COUNTIF(C2:C6;">=60")',
}


@pytest.fixture
def lesson(browser: Any, folder: Path) -> Iterator[Lesson]:
    """The sheet on a wide screen."""
    with open_page(browser, folder, {"cong-thuc": BLOCK}) as opened:
        yield opened


def field(lesson: Lesson, cell: str) -> Any:
    """Return the field of a slot."""
    return lesson.page.get_by_label(f"Ô {cell}")


def cell(lesson: Lesson, address: str) -> Any:
    """Return a cell of the grid."""
    return lesson.page.locator(f"[data-cell={address}]")


def answer_with_mouse(lesson: Lesson) -> None:
    """Write every formula."""
    for address, formula in FORMULAS.items():
        field(lesson, address).fill(formula)
        field(lesson, address).blur()
    lesson.page.wait_for_function("document.querySelector('[data-cell=C8]').textContent === '3'")


def test_formulas_by_mouse_reach_the_disk_and_come_back(lesson: Lesson) -> None:
    """Formulas earn all points from the file; results stand in the grid, also after reopening."""
    answer_with_mouse(lesson)
    lesson.wait_saved("cong-thuc")
    assert lesson.points_of("cong-thuc") == 20
    for _opening in range(2):
        shown = [cell(lesson, address).inner_text() for address in ("G2", "G3", "G4", "G5", "H4", "C8")]
        # 90.5 + 30, 120 + 60; the 75 of G4 is text and adds nothing
        assert shown == ["120,5", "180", "0", "300,5", "0", "3"]
        assert field(lesson, "G2").input_value() == FORMULAS["G2"]
        lesson.open()
    cell(lesson, "G3").click()
    assert lesson.page.locator(".hvs-sheet-address").inner_text() == "G3"
    assert lesson.page.locator(".hvs-sheet-formula").inner_text() == "=SUMIF($A$2:$A$6; F3; $C$2:$C$6)"
    assert cell(lesson, "D2").inner_text() == "03/04/2026"


def test_sheet_is_read_and_filled_with_the_keyboard_alone(lesson: Lesson) -> None:
    """Arrows walk through the grid, Enter leads to the formula's field, Tab through the fields."""
    press = lesson.page.keyboard.press
    lesson.page.locator("#hvs-question-cong-thuc").focus()
    press("Tab")
    at = "document.activeElement.dataset.cell"
    assert lesson.page.evaluate(at) == "G2"
    for key in ("ArrowDown", "ArrowDown", "ArrowDown"):
        press(key)
    assert lesson.page.evaluate(at) == "G5"
    assert "=SUM(G2:G4)" in lesson.page.locator(".hvs-sheet-bar").inner_text()
    press("Home")
    assert lesson.page.evaluate(at) == "A5"
    press("End")
    press("ArrowUp")
    press("Enter")
    assert lesson.page.evaluate("document.activeElement.labels[0].innerText").startswith("Ô H2")
    lesson.page.keyboard.type(FORMULAS["H2"])
    press("Shift+Tab")
    lesson.page.keyboard.type(FORMULAS["G2"])
    press("Tab")
    press("Tab")
    lesson.page.keyboard.type(FORMULAS["C8"])
    press("Enter")
    lesson.page.wait_for_function("document.querySelector('[data-cell=C8]').textContent === '3'")
    lesson.wait_saved("cong-thuc")
    assert lesson.points_of("cong-thuc") == 20
    assert lesson.page.locator(".hvs-spoken").inner_text() == "Ô C8. Kết quả: 3"


@pytest.mark.parametrize(
    ("formula", "shown", "says"),
    [
        ("=SUMIFF(C2:C6)", "#NAME?", "SUMIF"),
        ("=SUM(C2:C6", "#ERROR!", "ngoặc"),
        ("=G2+1", "#REF!", "chính ô"),
        ("=C2/E2", "#DIV/0!", "chia cho 0"),
        ("SUM(C2:C6)", "SUM(C2:C6)", "dấu ="),
    ],
)
def test_mistakes_are_told_in_words(lesson: Lesson, formula: str, shown: str, says: str) -> None:
    """A mistake shows its sign in the cell and a sentence below the field, once the field is left."""
    first = field(lesson, "G2")
    first.fill(formula)
    lesson.page.wait_for_function(f"document.querySelector('[data-cell=G2]').textContent === {shown!r}")
    assert first.get_attribute("aria-invalid") == "false"
    first.blur()
    error = lesson.page.locator(".hvs-sheet-field").first.locator(".hvs-error")
    error.get_by_text(says).wait_for()
    assert first.get_attribute("aria-invalid") == "true"
    first.fill("=1")
    first.blur()
    error.get_by_text(says).wait_for(state="hidden")


@pytest.mark.parametrize("width", [1280, 360])
def test_axe_finds_no_serious_violation(lesson: Lesson, width: int) -> None:
    """Empty, answered, with a mistake, with the list of functions open."""
    lesson.page.set_viewport_size({"width": width, "height": 900})
    assert lesson.list_violations() == []
    answer_with_mouse(lesson)
    field(lesson, "H2").fill("=1/0")
    field(lesson, "H2").blur()
    lesson.page.locator(".hvs-error", has_text="#DIV/0!").wait_for()
    lesson.page.get_by_text(lesson.texts["sheet_functions"]).click()
    assert lesson.list_violations() == []


@pytest.mark.parametrize(("width", "text"), [(360, "100%"), (320, "100%"), (360, "200%"), (1280, "200%")])
def test_page_never_scrolls_sideways(lesson: Lesson, width: int, text: str) -> None:
    """The grid scrolls inside itself."""
    lesson.page.set_viewport_size({"width": width, "height": 800})
    lesson.page.evaluate(f"document.documentElement.style.fontSize = '{text}'")
    answer_with_mouse(lesson)
    lesson.page.get_by_text(lesson.texts["sheet_functions"]).click()
    assert lesson.page.evaluate("document.documentElement.scrollWidth") <= width
