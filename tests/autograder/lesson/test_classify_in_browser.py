"""The looks of classify in a real browser: a mailbox, checks of signed files, a folder tree, a long list of labels."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from pages import Lesson, open_page

pytestmark = pytest.mark.slow

MAILS = {
    "t01": ("Tổ Công nghệ <cong-nghe@xac-thuc.example>", "Tài khoản sẽ bị khóa", "bao_cao"),
    "t02": ("Văn phòng <vanphong@truong.example>", "Lịch họp giao ban tuần tới, phòng họp tầng 2", "an_toan"),
    "t03": ("Sách rẻ <tin@sachre.test>", "Giảm giá 50%", "xoa"),
    "t04": ("Phòng Đào tạo <daotao@truong.example>", "Danh sách lớp", "an_toan"),
}


def make_mail(identity: str) -> dict[str, Any]:
    """Return a mail with all roles."""
    sender, subject, _label = MAILS[identity]
    link = f"https://dichvucong.gov.vn.{identity}.xac-thuc.example/dang-nhap?ma=9990000000000000000000000000000000000"
    parts = [
        {"id": "s1", "label": "Người gửi", "text": sender, "role": "from"},
        {"id": "s2", "label": "Người nhận", "text": "Anh/Chị <can-bo@truong.example>", "role": "to"},
        {"id": "s3", "label": "Gửi lúc", "text": "08:05, 02/11/2026", "role": "sent"},
        {"id": "s4", "label": "Tiêu đề", "text": subject, "role": "subject"},
        {"id": "s5", "text": "Kính gửi Anh/Chị, xin xem nội dung dưới đây và phản hồi trước cuối tuần."},
        {"id": "s6", "label": "Liên kết", "text": "Cổng Dịch vụ công", "link": link, "role": "link"},
        {"id": "s7", "label": "Tệp đính kèm", "text": "DanhSach.pdf", "role": "attachment"},
        {"id": "s8", "label": "Ký tên", "text": sender.partition(" <")[0], "role": "signature"},
    ]
    return {"id": identity, "parts": parts}


INBOX = {
    "id": "hop-thu",
    "kind": "classify",
    "look": "inbox",
    "points": 30,
    "prompt": "Xếp từng thư vào một nhóm và đánh dấu phần chứng minh thư lừa đảo.",
    "labels": {"an_toan": "An toàn", "bao_cao": "Báo cáo", "xoa": "Xóa"},
    "evidence": "Đánh dấu phần chứng minh",
    "items": [make_mail(identity) for identity in MAILS],
    "key": {
        identity: {"label": label, "evidence": ["s1", "s6"] if label == "bao_cao" else []}
        for identity, (_sender, _subject, label) in MAILS.items()
    },
    "score": {"by": "balanced", "evidence": {"weight": 0.3, "only": ["bao_cao"]}},
}

FILES = {
    "t01": ("BaoCao_2026.pdf", "ok", "Chữ ký còn hiệu lực lúc ký.", "dung", ["r1", "r2"]),
    "t02": ("CongVan_15.pdf", "bad", "Nội dung đã thay đổi sau khi ký.", "sai", ["r3"]),
    "t03": ("ThongBao_anh_con_dau.pdf", "none", "Không tìm thấy chữ ký số.", "chua", ["r4"]),
}


def make_panel(identity: str) -> dict[str, Any]:
    """Return a signed file with a banner, four results and two details."""
    name, sign, banner, _label, _reasons = FILES[identity]
    parts = [
        {"id": "s1", "text": banner, "role": "subject", "sign": sign},
        {"id": "s2", "label": "Người ký", "text": "Trường Chính trị tỉnh Mẫu A", "sign": "ok"},
        {"id": "s3", "label": "Toàn vẹn", "text": "Nội dung so với lúc ký", "sign": sign},
        {"id": "s4", "label": "Chứng thư", "text": "Hết hạn ngày 01/01/2026", "sign": "warn"},
        {"id": "s5", "label": "Dấu thời gian", "text": "Không có", "sign": "none"},
        {"id": "s6", "label": "Số hiệu chứng thư", "text": "999000000000000000000000000000000000000000000000"},
        {"id": "s7", "label": "Thuật toán", "text": "SHA-256, RSA 2048"},
    ]
    return {"id": identity, "title": name, "parts": parts}


SIGNED = {
    "id": "chu-ky",
    "kind": "classify",
    "look": "signature",
    "points": 20,
    "prompt": "Đọc bảng kiểm tra của từng tệp.",
    "labels": {"dung": "Hợp lệ", "sai": "Không hợp lệ", "chua": "Chưa đủ căn cứ"},
    "reasons": {
        "r1": "Chứng thư còn hiệu lực lúc ký",
        "r2": "Nội dung không đổi từ khi ký",
        "r3": "Nội dung đã đổi sau khi ký",
        "r4": "Chỉ có hình con dấu, không có chữ ký số",
    },
    "items": [make_panel(identity) for identity in FILES],
    "key": {identity: {"label": label, "reasons": reasons} for identity, (_n, _s, _b, label, reasons) in FILES.items()},
    "score": {"by": "balanced", "reasons": {"weight": 0.4}},
}

DOCUMENTS = {
    "t01": ("KeHoach_DaoTao_2026.docx", "ke_hoach"),
    "t02": ("LichGiang_Quy1.xlsx", "lich"),
    "t03": ("PhieuChi_0115.pdf", "thu_chi"),
    "t04": ("KeHoach_BoiDuong_CanBo_Quy2_ban_chinh_thuc.docx", "ke_hoach"),
}
FOLDERS = {
    "id": "cay-thu-muc",
    "kind": "classify",
    "look": "folders",
    "points": 20,
    "prompt": "Xếp từng tệp vào thư mục của nó.",
    "labels": {
        "dao_tao": {"text": "Phòng Đào tạo", "group": True},
        "nam": {"text": "2026", "under": "dao_tao", "group": True},
        "ke_hoach": {"text": "Kế hoạch", "under": "nam"},
        "lich": {"text": "Lịch giảng", "under": "nam"},
        "tai_vu": {"text": "Tài vụ", "group": True},
        "thu_chi": {"text": "Thu chi", "under": "tai_vu"},
        "chung": "Dùng chung",
    },
    "items": [{"id": identity, "title": name} for identity, (name, _folder) in DOCUMENTS.items()],
    "key": {identity: folder for identity, (_name, folder) in DOCUMENTS.items()},
    "score": {"by": "balanced"},
}

UNITS = ["Phòng Đào tạo", "Phòng Tổ chức", "Khoa Xây dựng Đảng", "Khoa Lý luận", "Văn phòng", "Thư viện", "Tạp chí"]
NAMES = {"t01": ("P. Đào tạo", "u0"), "t02": ("phòng đào tạo", "u0"), "t03": ("K. XDĐ", "u2"), "t04": ("TV", "u5")}
MANY = {
    "id": "ten-don-vi",
    "kind": "classify",
    "points": 10,
    "prompt": "Gộp các cách viết về đúng đơn vị.",
    "labels": {f"u{n}": name for n, name in enumerate(UNITS)},
    "items": [{"id": identity, "text": name} for identity, (name, _unit) in NAMES.items()],
    "key": {identity: unit for identity, (_name, unit) in NAMES.items()},
    "score": {"by": "clusters"},
}
BLOCKS = {block["id"]: json.dumps(block) for block in (INBOX, SIGNED, FOLDERS, MANY)}


@pytest.fixture
def lesson(browser: Any, folder: Path) -> Iterator[Lesson]:
    """The four looks on a wide screen."""
    with open_page(browser, folder, BLOCKS) as opened:
        yield opened


@pytest.fixture
def small(browser: Any, folder: Path) -> Iterator[Lesson]:
    """The same on a telephone."""
    with open_page(browser, folder, BLOCKS, width=360, height=740) as opened:
        yield opened


def answer_with_mouse(lesson: Lesson) -> None:
    """Answer every question rightly, with clicks."""
    inbox = lesson.section("hop-thu")
    for _sender, subject, label in MAILS.values():
        if inbox.locator(".hvs-mail-back").is_visible():
            inbox.locator(".hvs-mail-back").click()
        inbox.get_by_role("button", name=subject).click()
        if label == "bao_cao":
            inbox.get_by_role("checkbox", name="xac-thuc.example").first.check()
            inbox.get_by_role("checkbox", name="Cổng Dịch vụ công").check()
        inbox.get_by_role("radio", name=dict(INBOX["labels"])[label], exact=True).check()
    signed = lesson.section("chu-ky")
    for name, _sign, _banner, label, reasons in FILES.values():
        file = signed.locator("fieldset", has_text=name)
        file.get_by_role("radio", name=dict(SIGNED["labels"])[label], exact=True).check()
        for reason in reasons:
            file.get_by_label(dict(SIGNED["reasons"])[reason]).check()
    move_with_mouse(lesson, "t01")
    move_with_mouse(lesson, "t02", from_list=True)
    tree = lesson.section("cay-thu-muc")
    for identity in ("t03", "t04"):
        name, label = DOCUMENTS[identity]
        tree.get_by_role("group", name=name).get_by_role("combobox").select_option(label)
    names = lesson.section("ten-don-vi")
    for identity, (name, unit) in NAMES.items():
        place = [one["id"] for one in lesson.widgets["ten-don-vi"].view["items"]].index(identity) + 1
        names.get_by_role("group", name=f"{place}. {name}").get_by_role("combobox").select_option(unit)


def move_with_mouse(lesson: Lesson, identity: str, *, from_list: bool = False) -> None:
    """Move a file into its folder: choose it in the tree or in the list, then the folder."""
    tree = lesson.section("cay-thu-muc")
    name, label = DOCUMENTS[identity]
    if from_list:
        tree.get_by_role("button", name=f"{lesson.texts['folder_pick']}: {name}").click()
    else:
        tree.locator(".hvs-folder-file", has_text=name).click()
    path = {"ke_hoach": "Phòng Đào tạo › 2026 › Kế hoạch", "lich": "Phòng Đào tạo › 2026 › Lịch giảng"}[label]
    tree.get_by_role("button", name=f"{lesson.texts['folder_move']}: {path}").click()


def assert_all_right(lesson: Lesson) -> None:
    """Every question earns all its points from the files alone."""
    for name in lesson.blocks:
        lesson.wait_saved(name)
        assert lesson.points_of(name) == lesson.portal.questions[name].points, name


def test_answers_by_mouse_reach_the_disk_and_come_back(lesson: Lesson) -> None:
    """Every look answered with clicks earns all points, and shows again after reopening."""
    answer_with_mouse(lesson)
    assert_all_right(lesson)
    lesson.open()
    assert lesson.page.locator(".hvs-progress").all_inner_texts() == [
        lesson.texts["answered"].format(done=done, all=done) for done in (4, 3, 4, 4)
    ]
    sorted_mail = lesson.texts["mail_sorted"].format(label="Báo cáo")
    assert (
        lesson.section("hop-thu").get_by_role("button", name="Tài khoản sẽ bị khóa").inner_text().endswith(sorted_mail)
    )
    file = lesson.section("chu-ky").locator("fieldset", has_text="CongVan_15.pdf")
    assert file.get_by_role("radio", name="Không hợp lệ").is_checked()
    assert file.get_by_label("Nội dung đã đổi sau khi ký").is_checked()
    tree = lesson.section("cay-thu-muc")
    assert tree.locator(".hvs-folder", has_text="Thu chi").last.locator(".hvs-folder-file").all_inner_texts() == [
        "PhieuChi_0115.pdf"
    ]
    unit = lesson.section("ten-don-vi").get_by_role("combobox").first
    assert unit.input_value() in {"u0", "u2", "u5"}


def test_answers_by_touch_on_a_small_screen(small: Lesson) -> None:
    """The same clicks do it on a telephone, where the list and the mail take turns."""
    answer_with_mouse(small)
    assert_all_right(small)


def press(lesson: Lesson, *keys: str) -> None:
    """Press keys one after the other."""
    for key in keys:
        lesson.page.keyboard.press(key)


def focused(lesson: Lesson) -> str:
    """Return the text of what has the focus."""
    return str(lesson.page.evaluate("document.activeElement.textContent"))


@pytest.mark.parametrize("width", [1280, 360])
def test_everything_is_done_with_the_keyboard_alone(lesson: Lesson, width: int) -> None:
    """Tab, arrows, Space and Enter sort mails, judge files, move documents and choose units."""
    lesson.page.set_viewport_size({"width": width, "height": 900})
    sort_mails_with_keys(lesson)
    judge_files_with_keys(lesson)
    move_documents_with_keys(lesson)
    for item in [one["id"] for one in lesson.widgets["ten-don-vi"].view["items"]]:
        index = [one["id"] for one in lesson.widgets["ten-don-vi"].view["items"]].index(item)
        lesson.tab_to(
            f"e === document.querySelectorAll('section:has(#hvs-question-ten-don-vi) select')[{index}]",
        )
        press(lesson, *["ArrowDown"] * (int(NAMES[item][1][1]) + 1))
    assert_all_right(lesson)


def sort_mails_with_keys(lesson: Lesson) -> None:
    """Open the first mail from the list, then go from mail to mail."""
    lesson.tab_to("e.classList.contains('hvs-mail-row')")
    press(lesson, "ArrowDown", "ArrowDown", "ArrowUp", "End", "Home", "Enter")
    order = [one["id"] for one in lesson.widgets["hop-thu"].view["items"]]
    labels = list(dict(INBOX["labels"]))
    for place, item in enumerate(order):
        label = MAILS[item][2]
        if label == "bao_cao":
            for part in ("s1", "s6"):
                lesson.tab_to(f"e.type === 'checkbox' && e.value === '{part}'")
                press(lesson, "Space")
        lesson.tab_to("e.type === 'radio' && e.closest('.hvs-mail')")
        press(lesson, "Space", *["ArrowDown"] * labels.index(label))
        if place + 1 < len(order):
            lesson.tab_to("e.classList.contains('hvs-mail-next')")
            press(lesson, "Enter")
            assert focused(lesson) == MAILS[order[place + 1]][1]


def judge_files_with_keys(lesson: Lesson) -> None:
    """Open the details of the first file, then choose label and reasons of each."""
    lesson.tab_to("e.tagName === 'SUMMARY'")
    press(lesson, "Enter")
    assert lesson.section("chu-ky").get_by_text("SHA-256").first.is_visible()
    labels, reasons = list(dict(SIGNED["labels"])), list(dict(SIGNED["reasons"]))
    for item in [one["id"] for one in lesson.widgets["chu-ky"].view["items"]]:
        _name, _sign, _banner, label, right = FILES[item]
        lesson.tab_to(f"e.type === 'radio' && e.name.endsWith('-{item}') && e.closest('.hvs-signed')")
        press(lesson, "Space", *["ArrowDown"] * labels.index(label), "Tab")
        for reason in reasons:
            if reason in right:
                press(lesson, "Space")
            press(lesson, "Tab")


def move_documents_with_keys(lesson: Lesson) -> None:
    """Take each file from the tree's first place and put it into its folder."""
    lesson.tab_to("e.classList.contains('hvs-folder-name')")
    steps = {"ke_hoach": 3, "lich": 4, "thu_chi": 6}
    for name, label in DOCUMENTS.values():
        lesson.tab_to(f"e.classList.contains('hvs-folder-file') && e.textContent === '{name}'")
        press(lesson, "Enter")
        # The focus is on the place of the file, where the arrows begin.
        assert lesson.page.evaluate("document.activeElement.className") == "hvs-folder-name"
        press(lesson, *["ArrowDown"] * steps[label], "Tab", "Enter")
        assert lesson.page.evaluate("document.activeElement.className") == "hvs-folder-name"
        press(lesson, "Home")


def test_only_the_open_mail_is_in_the_page(lesson: Lesson) -> None:
    """Sixty mails stay quick because one of them is drawn; choosing touches its own row only."""
    inbox = lesson.section("hop-thu")
    assert inbox.locator(".hvs-mail-title").count() == 1
    assert inbox.locator("input[type=radio]").count() == 3
    rows = inbox.locator(".hvs-mail-row").element_handles()
    inbox.get_by_role("radio", name="Xóa").check()
    assert [row.evaluate("e => e.isConnected") for row in rows] == [True] * 4
    states = inbox.locator(".hvs-mail-state").all_inner_texts()
    assert states == [lesson.texts["mail_sorted"].format(label="Xóa")] + [lesson.texts["mail_unsorted"]] * 3


def test_list_shows_the_chosen_name_and_the_mail_the_address(lesson: Lesson) -> None:
    """As in a mail program: the list believes the sender's name, the mail shows the address and the link's target."""
    inbox = lesson.section("hop-thu")
    row = inbox.get_by_role("button", name="Tài khoản sẽ bị khóa")
    assert "xac-thuc.example" not in row.inner_text()
    row.click()
    pane = inbox.locator(".hvs-mail")
    assert "cong-nghe@xac-thuc.example" in pane.inner_text()
    assert "https://dichvucong.gov.vn.t01.xac-thuc.example" in pane.inner_text()
    assert pane.locator("a").count() == 0


def test_small_screen_goes_from_list_to_mail_and_back(small: Lesson) -> None:
    """Opening a mail hides the list and moves the focus; "Back to the list" returns to the same row."""
    inbox = small.section("hop-thu")
    row = inbox.get_by_role("button", name="Giảm giá 50%")
    assert not inbox.locator(".hvs-mail").is_visible()
    row.click()
    assert not row.is_visible()
    assert focused(small) == "Giảm giá 50%"
    inbox.get_by_role("button", name=small.texts["mail_back"]).click()
    assert not inbox.locator(".hvs-mail").is_visible()
    assert "Giảm giá 50%" in focused(small)


def count_files(tree: Any) -> dict[str, str]:
    """Return what each folder of the tree says of how many files are in it."""
    folders = tree.locator(".hvs-folder-text").all_inner_texts()
    return dict(zip(folders, tree.locator(".hvs-folder-count").all_inner_texts(), strict=True))


def test_tree_counts_live_and_says_what_happened(lesson: Lesson) -> None:
    """A folder counts what lies in it and below; a moved file is announced; it can be taken out again."""
    tree = lesson.section("cay-thu-muc")
    files = lesson.texts["folder_count"]
    assert count_files(tree)[lesson.texts["folder_unplaced"]] == files.format(n=4)
    move_with_mouse(lesson, "t01")
    now = count_files(tree)
    assert {now[name] for name in ("Phòng Đào tạo", "2026", "Kế hoạch")} == {files.format(n=1)}
    assert now[lesson.texts["folder_unplaced"]] == files.format(n=3)
    name = DOCUMENTS["t01"][0]
    spoken = lesson.texts["folder_moved"].format(file=name, folder="Phòng Đào tạo › 2026 › Kế hoạch")
    assert tree.locator(".hvs-spoken").inner_text() == spoken
    assert tree.get_by_role("group", name=name).get_by_role("combobox").input_value() == "ke_hoach"
    tree.get_by_role("group", name=name).get_by_role("combobox").select_option("")
    assert count_files(tree)["Phòng Đào tạo"] == files.format(n=0)
    lesson.wait_saved("cay-thu-muc")
    assert lesson.answer_of("cay-thu-muc") == {}


def test_folders_fold_and_groups_take_no_file(lesson: Lesson) -> None:
    """A folder closes over what is in it; a group has no "Move here"."""
    tree = lesson.section("cay-thu-muc")
    tree.locator(".hvs-folder-file").first.click()
    moves = tree.locator(".hvs-folder-move")
    assert moves.count() == 5
    assert tree.get_by_role("button", name=f"{lesson.texts['folder_move']}: Phòng Đào tạo", exact=True).count() == 0
    top = tree.locator(".hvs-folder-name", has_text="Phòng Đào tạo")
    top.click()
    assert top.get_attribute("aria-expanded") == "false"
    assert not tree.locator(".hvs-folder-name", has_text="Kế hoạch").is_visible()
    press(lesson, "ArrowRight", "ArrowDown", "ArrowLeft", "ArrowLeft")
    assert "Phòng Đào tạo" in focused(lesson)
    # The same file again: nothing is chosen any more.
    tree.locator(".hvs-folder-file").first.click()
    assert not moves.first.is_visible()


def test_results_of_checks_have_a_word_and_not_only_a_colour(lesson: Lesson) -> None:
    """Each row says its result in a word; the sign before it is for the eye."""
    signed = lesson.section("chu-ky")
    for sign in ("ok", "warn", "bad", "none"):
        one = signed.locator(f".hvs-sign[data-sign={sign}]").first
        assert lesson.texts[f"sign_{sign}"] in one.inner_text()
        assert one.locator("[aria-hidden=true]").count() == 1


@pytest.mark.parametrize("width", [1280, 360])
def test_axe_finds_no_serious_violation(lesson: Lesson, width: int) -> None:
    """Empty, with a chosen file and an open mail, and answered."""
    lesson.page.set_viewport_size({"width": width, "height": 900})
    assert lesson.list_violations() == []
    answer_with_mouse(lesson)
    lesson.section("cay-thu-muc").locator(".hvs-folder-file").first.click()
    lesson.section("chu-ky").locator("summary").first.click()
    assert lesson.list_violations() == []


@pytest.mark.parametrize(("width", "text"), [(360, "100%"), (320, "100%"), (360, "200%"), (1280, "200%")])
def test_page_never_scrolls_sideways(lesson: Lesson, width: int, text: str) -> None:
    """Small screens and text of double size need no sideways scrolling, nor does any part of the page."""
    lesson.page.set_viewport_size({"width": width, "height": 800})
    lesson.page.evaluate(f"document.documentElement.style.fontSize = '{text}'")
    answer_with_mouse(lesson)
    lesson.section("cay-thu-muc").locator(".hvs-folder-file").first.click()
    lesson.section("chu-ky").locator("summary").first.click()
    assert lesson.page.evaluate("document.documentElement.scrollWidth") <= width
    wide = "[...document.querySelectorAll('.hvs-mail, .hvs-mail-list, .hvs-folder-tree, .hvs-item, .hvs-sign-panel')]"
    assert (
        lesson.page.evaluate(f"{wide}.filter((e) => e.scrollWidth > e.clientWidth + 1).map((e) => e.className)") == []
    )


def test_touch_targets_are_large_enough(small: Lesson) -> None:
    """Every control, or the label around it, is at least 44 px high."""
    small.section("hop-thu").locator(".hvs-mail-row").first.click()
    small.section("cay-thu-muc").locator(".hvs-folder-file").first.click()
    low = small.page.evaluate(
        """() => [...document.querySelectorAll("button, select, input, summary")].filter((e) => e.offsetParent)
          .map((e) => e.closest("label") || e)
          .filter((e) => e.getBoundingClientRect().height < 43.5).map((e) => e.outerHTML)"""
    )
    assert low == []


def test_mail_without_roles_is_read_by_labels_and_place(browser: Any, folder: Path) -> None:
    """Without roles the first labelled lines are the head, and the item's title is the subject."""
    parts = [
        {"id": "s1", "label": "Từ", "text": "Văn phòng <vp@truong.example>"},
        {"id": "s2", "text": "Kính gửi"},
        {"id": "s3", "label": "Ký tên", "text": "Văn phòng"},
    ]
    items = [{"id": "t01", "title": "Lịch họp", "parts": parts}, {"id": "t02", "text": "Chỉ có một dòng."}]
    block = {key: value for key, value in INBOX.items() if key not in ("key", "score", "evidence")} | {"items": items}
    with open_page(browser, folder, {"hop-thu": json.dumps(block)}) as opened:
        inbox = opened.section("hop-thu")
        rows = inbox.get_by_role("button", name="Lịch họp")
        assert "Văn phòng" in rows.inner_text()
        rows.click()
        assert inbox.locator(".hvs-mail-head .hvs-part-text").all_inner_texts() == ["Văn phòng <vp@truong.example>"]
        assert inbox.get_by_role("button", name="Chỉ có một dòng.").count() == 1
