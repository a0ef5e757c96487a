"""marks in a real browser: lines with kinds, running text, regions of a picture, a letter, cells of a table."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from pages import Lesson, open_page

pytestmark = pytest.mark.slow

CHART = """<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 640 360" width="640" height="360">
<rect width="640" height="360" fill="#fff"/>
<text x="320" y="34" font-size="20" text-anchor="middle">Tỷ lệ đạt theo quý</text>
<g font-size="15"><text x="20" y="310">40</text><text x="20" y="200">45</text><text x="20" y="90">50</text>
<text x="120" y="340">Quý I</text><text x="300" y="340">Quý II</text><text x="480" y="340">Quý III</text></g>
<path d="M60 70V305H600" fill="none" stroke="#333" stroke-width="2"/>
<rect x="110" y="240" width="80" height="65" fill="#0b5c8a"/>
<rect x="290" y="190" width="80" height="115" fill="#0b5c8a"/>
<rect x="470" y="90" width="80" height="215" fill="#0b5c8a"/></svg>"""

LINES = {
    "id": "ban-thao",
    "kind": "marks",
    "points": 10,
    "prompt": "Đánh dấu chỗ bịa và chọn loại lỗi.",
    "types": {"so_hieu": "Số hiệu bịa", "ngay": "Ngày sai", "tinh": "Phép tính sai"},
    "items": [
        {
            "id": "t01",
            "title": "Bản thảo do công cụ viết",
            "parts": [
                {"id": "p1", "text": "Theo Nghị định 999/2030/NĐ-CP, đơn vị phải báo cáo."},
                {"id": "p2", "text": "Báo cáo nộp trước ngày 31/02 hằng năm."},
                {"id": "p3", "text": "Đơn vị có 40 người, 30 người đạt."},
                {"id": "p4", "text": "Như vậy tỷ lệ đạt là 85%."},
            ],
        }
    ],
    "key": {"t01": {"marks": {"p1": "so_hieu", "p2": "ngay", "p4": "tinh"}}},
}

SPANS = {
    "id": "doan-van",
    "kind": "marks",
    "points": 10,
    "prompt": "Đánh dấu những từ đã bị đổi so với bản gốc.",
    "items": [
        {
            "id": "t01",
            "title": "Đoạn trích",
            "flow": "text",
            "parts": [
                {"id": "s1", "text": "Học viên đăng ký trước ngày 15,"},
                {"id": "s2", "text": "bắt buộc"},
                {"id": "s3", "text": "tham dự đủ ba buổi"},
                {"id": "s4", "text": ", nếu vắng thì xin phép giảng viên phụ trách.\n\n"},
                {"id": "s5", "text": "Kết quả được công bố"},
                {"id": "s6", "text": "công khai trên mạng xã hội."},
            ],
        }
    ],
    "key": {"t01": ["s2", "s6"]},
}

REGIONS = {
    "id": "bieu-do",
    "kind": "marks",
    "points": 10,
    "prompt": "Đánh dấu chỗ làm người xem hiểu nhầm.",
    "items": [
        {
            "id": "t01",
            "title": "Biểu đồ cột",
            "image": "data/cot.svg",
            "alt": "Ba cột tăng dần, trục tung ghi 40, 45, 50",
            "parts": [
                {"id": "p1", "text": "Tiêu đề của biểu đồ", "at": [30, 3, 40, 10]},
                {"id": "p2", "text": "Trục tung", "at": [1, 20, 9, 70]},
                {"id": "p3", "text": "Nhãn của các cột", "at": [15, 88, 75, 10]},
                {"id": "p4", "text": "Không ghi nguồn số liệu"},
            ],
        }
    ],
    "key": {"t01": ["p2", "p4"]},
}

LETTER = {
    "id": "cong-van",
    "kind": "marks",
    "points": 10,
    "look": "letter",
    "prompt": "Tìm lỗi thể thức trong công văn sau.",
    "types": {"co_chu": "Cỡ chữ", "le": "Lề trang", "vi_tri": "Vị trí"},
    "items": [
        {
            "id": "t01",
            "title": "Công văn về lớp bồi dưỡng",
            "page": {"size": "A4", "margins_mm": {"left": 15, "top": 20, "bottom": 20, "right": 15}},
            "parts": [
                {"id": "p01", "place": "so-trang", "label": "Số trang", "text": "1"},
                {"id": "p02", "place": "le-trai", "text": "Lề trái 15 mm"},
                {"id": "p03", "place": "co-quan-chu-quan", "text": "HỌC VIỆN MẪU"},
                {"id": "p04", "place": "co-quan", "text": "TRƯỜNG CHÍNH TRỊ TỈNH MẪU A"},
                {"id": "p05", "place": "so", "text": "Số: 15/TCT-ĐT"},
                {"id": "p06", "place": "trich-yeu", "text": "V/v mở lớp bồi dưỡng kỹ năng số"},
                {
                    "id": "p07",
                    "place": "quoc-hieu",
                    "text": "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM",
                    "style": {"size_pt": 10, "bold": False},
                },
                {"id": "p08", "place": "tieu-ngu", "text": "Độc lập - Tự do - Hạnh phúc"},
                {"id": "p09", "place": "dia-danh", "text": "Tỉnh Mẫu A, ngày 05 tháng 10 năm 2026"},
                {"id": "p10", "place": "kinh-gui", "text": "Kính gửi: Các khoa, phòng trực thuộc"},
                {
                    "id": "p11",
                    "place": "noi-dung",
                    "text": "Thực hiện kế hoạch năm 2026, nhà trường mở lớp bồi dưỡng kỹ năng số cho viên chức và "
                    "người lao động, mỗi khoa, phòng cử hai người tham dự.",
                },
                {
                    "id": "p12",
                    "place": "noi-dung",
                    "text": "Đề nghị các khoa, phòng gửi danh sách trước ngày 20 tháng 10 năm 2026.",
                    "style": {"font": "sans"},
                },
                {"id": "p13", "place": "noi-nhan", "text": "Nơi nhận:\n- Như trên;\n- Lưu: VT, ĐT."},
                {"id": "p14", "place": "chuc-vu", "text": "HIỆU TRƯỞNG"},
                {"id": "p15", "place": "con-dau", "text": "dấu cơ quan"},
                {"id": "p16", "place": "chu-ky", "text": "(chữ ký)"},
                {"id": "p17", "place": "ho-ten", "text": "Họ và tên"},
            ],
        }
    ],
    "key": {"t01": {"marks": {"p01": "vi_tri", "p02": "le", "p07": "co_chu"}}},
}

CELLS = {
    "id": "bac-si",
    "kind": "marks",
    "points": 10,
    "prompt": "Đánh dấu ô sai và chọn loại lỗi.",
    "types": {"chu": "Số gõ thành chữ", "trong": "Để trống", "tong": "Dòng tổng lẫn vào"},
    "items": [
        {
            "id": "t01",
            "title": "Bảng theo dõi",
            "mark_cells": True,
            "table": {
                "caption": "Số người theo đơn vị",
                "columns": ["Đơn vị", "Thuộc diện", "Đạt"],
                "rows": [["A", 25, 20], ["B", "năm mươi", 45], ["C", 60, None], ["Tổng", 135, 65]],
            },
        }
    ],
    "key": {"t01": {"marks": {"r02c02": "chu", "r03c03": "trong"}}},
}

BLOCKS = {block["id"]: json.dumps(block) for block in (LINES, SPANS, REGIONS, LETTER, CELLS)}


@pytest.fixture
def lesson(browser: Any, folder: Path) -> Iterator[Lesson]:
    """One question for every way of marking, on a wide screen."""
    (folder / "data").mkdir()
    (folder / "data" / "cot.svg").write_text(CHART, encoding="utf-8")
    with open_page(browser, folder, BLOCKS) as opened:
        yield opened


def answer_with_mouse(lesson: Lesson) -> None:
    """Answer every question rightly, with clicks."""
    draft = lesson.section("ban-thao")
    for text, kind in [("999/2030", "Số hiệu bịa"), ("31/02", "Ngày sai"), ("85%", "Phép tính sai")]:
        draft.locator("label", has_text=text).click()
        draft.locator(".hvs-mark-line", has_text=text).get_by_role("combobox").select_option(label=kind)
    lesson.section("doan-van").get_by_text("bắt buộc").click()
    lesson.section("doan-van").get_by_text("công khai trên mạng xã hội").click()
    chart = lesson.section("bieu-do")
    chart.get_by_role("button", name=lesson.texts["region"].format(n=2, text="Trục tung")).click()
    chart.get_by_label("Không ghi nguồn").check()
    letter = lesson.section("cong-van")
    letter.locator(".hvs-mark-place-so-trang").click()
    letter.locator(".hvs-mark-place-le-trai").click()
    letter.locator(".hvs-mark-place-quoc-hieu").click()
    for part, kind in [("Số trang: 1", "Vị trí"), ("Lề trái", "Lề trang"), ("CỘNG HÒA", "Cỡ chữ")]:
        row = letter.locator(".hvs-mark-row").filter(has=lesson.page.locator(".hvs-mark-name", has_text=part))
        row.get_by_role("combobox").select_option(label=kind)
    table = lesson.section("bac-si")
    table.get_by_role("button", name="năm mươi").first.click()
    table.locator("td", has=lesson.page.get_by_text("năm mươi")).get_by_role("combobox").select_option("chu")
    table.locator("[data-n='8'].hvs-mark-cell").click()
    table.locator(".hvs-mark-row").nth(1).get_by_role("combobox").select_option("trong")


def assert_all_right(lesson: Lesson) -> None:
    """Every answer on the disk earns all its points."""
    for name in lesson.blocks:
        lesson.wait_saved(name)
        assert lesson.points_of(name) == 10, (name, lesson.answer_of(name))


def test_marks_by_mouse_reach_the_disk_and_come_back(lesson: Lesson) -> None:
    """Each surface answered with clicks earns all points, and shows its marks again after reopening."""
    answer_with_mouse(lesson)
    assert_all_right(lesson)
    lesson.open()
    assert lesson.page.locator("input:checked").count() == 3 + 2 + 2 + 3
    assert (
        lesson.page.locator(".hvs-mark-region[aria-pressed=true], .hvs-mark-cell[aria-pressed=true]").count() == 1 + 2
    )
    assert lesson.page.locator("select").evaluate_all("all => all.map((one) => one.value).sort()") == sorted(
        ["so_hieu", "ngay", "tinh", "vi_tri", "le", "co_chu", "chu", "trong", "chu", "trong"]
    )
    assert lesson.answer_of("bac-si") == {"t01": {"r02c02": "chu", "r03c03": "trong"}}
    assert lesson.answer_of("doan-van") == {"t01": ["s2", "s6"]}


def focus_by_tab(lesson: Lesson, condition: str) -> None:
    """Press Tab until the focused element ``e`` meets a condition."""
    for _press in range(80):
        lesson.page.keyboard.press("Tab")
        if lesson.page.evaluate(f"(() => {{ const e = document.activeElement; return Boolean({condition}); }})()"):
            return
    raise AssertionError(f"Tab never reaches {condition}")


def press(lesson: Lesson, *keys: str) -> None:
    """Press keys one after the other."""
    for key in keys:
        lesson.page.keyboard.press(key)


def test_marks_by_keyboard_alone(lesson: Lesson) -> None:
    """Tab, Space, letters in a select, and arrows in the table answer everything."""
    for text, keys in [("999/2030", 1), ("31/02", 2), ("85%", 3)]:
        focus_by_tab(lesson, f"e.type === 'checkbox' && e.labels[0].innerText.includes('{text}')")
        press(lesson, "Space", "Tab", *["ArrowDown"] * keys)
    for text in ("bắt buộc", "mạng xã hội"):
        focus_by_tab(lesson, f"e.type === 'checkbox' && e.labels[0].innerText.includes('{text}')")
        press(lesson, "Space")
    focus_by_tab(lesson, "e.matches('.hvs-mark-region') && e.ariaLabel.includes('Trục tung')")
    press(lesson, "Enter")
    focus_by_tab(lesson, "e.type === 'checkbox' && e.labels[0].innerText.includes('nguồn')")
    press(lesson, "Space")
    for place in ("so-trang", "le-trai", "quoc-hieu"):
        focus_by_tab(lesson, f"e.type === 'checkbox' && e.closest('.hvs-mark-place-{place}')")
        press(lesson, "Space")
    for keys in (3, 2, 1):
        focus_by_tab(lesson, "e.matches('.hvs-mark-row select')")
        press(lesson, *["ArrowDown"] * keys)
    focus_by_tab(lesson, "e.matches('.hvs-mark-cell')")
    press(lesson, "ArrowDown", "ArrowRight", "Enter", "Tab", "ArrowDown")
    press(lesson, "Shift+Tab", "ArrowDown", "End", "Space", "Tab", "ArrowDown", "ArrowDown")
    assert_all_right(lesson)


def test_table_is_one_stop_for_the_tab_key(lesson: Lesson) -> None:
    """Arrows, Home, End, Page Up and Page Down move inside and never leave the table."""
    table = lesson.section("bac-si")
    cells = table.locator(".hvs-mark-cell")
    cells.first.focus()
    seen = []
    for key in (
        "ArrowUp",
        "ArrowLeft",
        "End",
        "ArrowRight",
        "PageDown",
        "Home",
        "Control+Home",
        "Control+End",
        "PageUp",
    ):
        press(lesson, key)
        seen.append(int(lesson.page.evaluate("document.activeElement.dataset.n")))
    assert seen == [0, 0, 2, 2, 11, 9, 0, 11, 2]
    assert table.locator(".hvs-mark-cell[tabindex='0']").count() == 1


def test_marked_cells_are_listed_and_can_be_taken_back(lesson: Lesson) -> None:
    """The list stands in the table's order; a removal is announced and leaves the focus in the list, then the table."""
    table = lesson.section("bac-si")
    table.locator("[data-n='8'].hvs-mark-cell").click()
    table.locator("[data-n='0'].hvs-mark-cell").click()
    names = table.locator(".hvs-mark-name").all_inner_texts()
    empty = lesson.texts["cell_empty"]
    place = lesson.texts["cell_place"]
    assert names == [place.format(n=1, column="Đơn vị", text="A"), place.format(n=3, column="Đạt", text=empty)]
    table.locator(".hvs-mark-row").first.get_by_role("button").click()
    assert table.locator(".hvs-spoken").inner_text() == lesson.texts["mark_removed"].format(part=names[0])
    assert lesson.page.evaluate("document.activeElement.closest('.hvs-mark-row') !== null")
    press(lesson, "Enter")
    assert lesson.page.evaluate("document.activeElement.dataset.n") == "8"
    assert not table.locator(".hvs-mark-list").is_visible()
    lesson.wait_saved("bac-si")
    assert lesson.answer_of("bac-si") == {}


def test_region_and_check_box_show_the_same(lesson: Lesson) -> None:
    """A region of the picture and its line in the list are one mark."""
    chart = lesson.section("bieu-do")
    chart.get_by_label("Nhãn của các cột", exact=False).last.check()
    region = chart.locator(".hvs-mark-region").nth(2)
    assert region.get_attribute("aria-pressed") == "true"
    region.click()
    assert not chart.locator("input").nth(2).is_checked()


def test_letter_is_drawn_to_scale_and_tells_how_a_part_is_set(lesson: Lesson) -> None:
    """A4 is 210 to 297, the left margin 15 of 210; the line below the page names font and size."""
    letter = lesson.section("cong-van")
    sheet = letter.locator(".hvs-mark-paper").bounding_box()
    head = letter.locator(".hvs-mark-area-head-left").bounding_box()
    assert sheet["height"] / sheet["width"] == pytest.approx(297 / 210, rel=0.02)
    assert (head["x"] - sheet["x"]) / sheet["width"] == pytest.approx(15 / 210, abs=0.005)
    letter.locator(".hvs-mark-place-quoc-hieu input").focus()
    assert "10" in letter.locator(".hvs-mark-readout").inner_text()
    sizes = letter.locator(".hvs-mark-place-quoc-hieu, .hvs-mark-place-tieu-ngu").evaluate_all(
        "all => all.map((one) => parseFloat(getComputedStyle(one).fontSize))"
    )
    assert sizes[0] / sizes[1] == pytest.approx(10 / 13, rel=0.01)


def test_letter_is_one_column_in_reading_order_on_a_small_screen(lesson: Lesson) -> None:
    """At 360 px every component stands below the one that is read before it."""
    lesson.page.set_viewport_size({"width": 360, "height": 800})
    boxes = (
        lesson.section("cong-van")
        .locator(".hvs-mark-component")
        .evaluate_all("all => all.map((one) => [one.getBoundingClientRect().top, one.getBoundingClientRect().height])")
    )
    assert [top for top, _height in boxes] == sorted(top for top, _height in boxes)
    assert min(height for _top, height in boxes) >= 43.5


@pytest.mark.parametrize("width", [1280, 360])
def test_axe_finds_no_serious_violation(lesson: Lesson, width: int) -> None:
    """Empty and answered."""
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


def test_large_table_is_marked_without_being_drawn_again(browser: Any, folder: Path) -> None:
    """60 rows of 10: the cells stay the same elements while they are marked, and one mark takes few milliseconds."""
    rows = [[row * 10 + column for column in range(10)] for row in range(60)]
    table = {"columns": [f"Cột {n}" for n in range(1, 11)], "rows": rows}
    key = {"t01": {"marks": {"r01c01": "chu"}}}
    block = CELLS | {"items": [{"id": "t01", "mark_cells": True, "table": table}], "key": key}
    with open_page(browser, folder, {"bac-si": json.dumps(block)}) as lesson:
        took = lesson.page.evaluate(
            """() => {
              const cells = [...document.querySelectorAll(".hvs-mark-cell")];
              const start = performance.now();
              for (const cell of cells.slice(0, 100)) cell.click();
              const took = performance.now() - start;
              return [cells.length, cells.every((one) => one.isConnected), took / 100];
            }"""
        )
        assert took[:2] == [600, True]
        assert took[2] < 20
