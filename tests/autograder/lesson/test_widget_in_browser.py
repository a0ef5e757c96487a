"""The widget in a real browser, joined to the real Python side: mouse, keyboard, small screen, lost connection."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from pages import Lesson, open_page

pytestmark = pytest.mark.slow


@pytest.fixture
def lesson(browser: Any, folder: Path, blocks: dict[str, str]) -> Iterator[Lesson]:
    """The small lesson on a wide screen."""
    with open_page(browser, folder, blocks) as opened:
        yield opened


def answer_with_mouse(lesson: Lesson) -> None:
    """Answer every question rightly, with clicks."""
    mail = lesson.section("hop-thu")
    for title, label in [("hồ sơ dịch vụ công", "Báo cáo"), ("Lịch họp", "An toàn"), ("Khuyến mại", "Xóa")]:
        mail.get_by_role("group", name=title).get_by_label(label, exact=True).check()
    mail.get_by_label("Cổng Dịch vụ công").check()
    mail.get_by_label("xác thực lại tài khoản").check()
    data = lesson.section("du-lieu")
    for text, label in [("Số định danh", "cơ bản"), ("Ảnh chụp", "nhạy cảm"), ("Sĩ số", "Không phải")]:
        data.get_by_role("group", name=text).get_by_label(label).check()
    lesson.section("bieu-mau").get_by_label("Tôn giáo").check()
    lesson.section("bieu-mau").get_by_label("hôn nhân").check()
    order = lesson.section("sau-muoi-phut")
    for place, text in enumerate(["Báo ngay", "Đổi mật khẩu", "Rà soát", "Viết báo cáo"], start=1):
        order.get_by_role("listitem").filter(has_text=text).get_by_role("combobox").select_option(str(place))
    if (
        lesson.answer_of("sau-muoi-phut") is None
        and order.get_by_role("button", name=lesson.texts["keep_order"]).is_visible()
    ):
        order.get_by_role("button", name=lesson.texts["keep_order"]).click()
    lesson.section("ty-le").get_by_label("toàn hệ thống").fill("51,8 %")
    lesson.section("ty-le").get_by_label("đơn vị D").fill("50")
    lesson.section("cuoc-goi").get_by_role("button", name="tự liên hệ").click()
    lesson.section("ty-le").get_by_label("đơn vị D").blur()


def test_answers_by_mouse_reach_the_disk_and_come_back(lesson: Lesson) -> None:
    """Every kind answered with clicks earns all points from the files alone, and shows again after reopening."""
    answer_with_mouse(lesson)
    for name in lesson.blocks:
        lesson.wait_saved(name)
        assert lesson.points_of(name) == lesson.portal.questions[name].points, name
    lesson.open()
    assert lesson.page.locator(".hvs-progress").all_inner_texts() == [
        lesson.texts["answered"].format(done=done, all=done) for done in (3, 3, 1, 4, 2, 1)
    ]
    assert lesson.section("ty-le").get_by_label("đơn vị D").input_value() == "50"
    assert (
        lesson.section("sau-muoi-phut")
        .get_by_role("listitem")
        .first.inner_text()
        .endswith("Báo ngay cho bộ phận công nghệ thông tin")
    )
    assert lesson.section("cuoc-goi").get_by_text(lesson.texts["ended"]).is_visible()
    assert lesson.panel.locator(".hvs-jump").count() == 0


def press(lesson: Lesson, *keys: str) -> None:
    """Press keys one after the other."""
    for key in keys:
        lesson.page.keyboard.press(key)


def label_has(text: str) -> str:
    """Return the condition that the focused control's label or own text contains a text."""
    return (
        f"((e.labels && e.labels[0] && e.labels[0].innerText) || e.ariaLabel || e.innerText || '').includes('{text}')"
    )


def test_whole_lesson_is_done_with_the_keyboard_alone(lesson: Lesson) -> None:
    """Tab, arrows, Space, Enter and typing answer every kind, check a question and hand in."""
    mail = {"t01": ("hồ sơ dịch vụ công", 1), "t02": ("Lịch họp", 0), "t03": ("Khuyến mại", 2)}
    for item in [one["id"] for one in lesson.widgets["hop-thu"].view["items"]]:
        title, steps = mail[item]
        if item == "t01":
            lesson.tab_to(label_has("Cổng Dịch vụ công"))
            press(lesson, "Space")
            lesson.tab_to(label_has("xác thực lại"))
            press(lesson, "Space")
        lesson.tab_to(f"e.type === 'radio' && e.closest('fieldset').innerText.includes('{title}')")
        press(lesson, "Space", *["ArrowRight"] * steps)
    lesson.tab_to(f"e.innerText === '{lesson.texts['check']}'")
    press(lesson, "Enter")
    lesson.section("hop-thu").locator(".hvs-verdict[data-state=right]").wait_for()
    data = {"t01": 0, "t02": 1, "t03": 2}
    for item in [one["id"] for one in lesson.widgets["du-lieu"].view["items"]]:
        lesson.tab_to(
            f"e.type === 'radio' && e.name.endsWith('{item}') && e.closest('.hvs-rows')",
        )
        press(lesson, "Space", *["ArrowDown"] * data[item])
        press(lesson, "Tab")
    for text in ("Tôn giáo", "hôn nhân"):
        lesson.tab_to(label_has(text))
        press(lesson, "Space")
    for place, text in enumerate(["Báo ngay", "Đổi mật khẩu", "Rà soát", "Viết báo cáo"], start=1):
        row = lesson.section("sau-muoi-phut").get_by_role("listitem").filter(has_text=text)
        while int(row.get_by_role("combobox").input_value()) > place:
            row.get_by_role("button", name=text).first.focus()
            press(lesson, "Enter")
            assert lesson.page.evaluate("document.activeElement.closest('li').innerText").endswith(
                row.inner_text()[-10:]
            )
    lesson.tab_to(label_has("toàn hệ thống"))
    lesson.page.keyboard.type("51,8")
    press(lesson, "Tab")
    lesson.page.keyboard.type("50 %")
    lesson.tab_to(label_has("tự liên hệ"))
    press(lesson, "Enter")
    assert "tự gọi lại" in lesson.page.evaluate("document.activeElement.innerText")
    for name in lesson.blocks:
        lesson.wait_saved(name)
        assert lesson.points_of(name) == lesson.portal.questions[name].points, name
    lesson.tab_to(f"e.closest('.hvs-panel') && e.innerText === '{lesson.texts['submit']}'")
    press(lesson, "Enter")
    assert lesson.page.evaluate("document.activeElement.innerText") == lesson.texts["submit_question"]
    press(lesson, "Escape")
    assert lesson.page.evaluate("document.activeElement.innerText") == lesson.texts["submit"]
    press(lesson, "Enter", "Tab", "Enter")
    lesson.panel.locator(".hvs-verdict[data-state=right]").wait_for()
    assert lesson.portal.submissions == ["l-7"]
    assert lesson.page.evaluate("document.activeElement.className") == "hvs-verdict-title"
    lesson.tab_to("e.tagName === 'A' && e.getAttribute('href') === '/bien-nhan/1' && e.target === '_top'")


def test_position_select_moves_and_keeps_the_focus(lesson: Lesson) -> None:
    """Choosing a position moves the item, announces it and leaves the focus on it."""
    order = lesson.section("sau-muoi-phut")
    last = order.get_by_role("listitem").last
    text = last.locator(".hvs-row-body").inner_text()
    last.get_by_role("combobox").focus()
    last.get_by_role("combobox").select_option("1")
    assert order.get_by_role("listitem").first.locator(".hvs-row-body").inner_text() == text
    assert lesson.page.evaluate("document.activeElement.tagName") == "SELECT"
    spoken = lesson.texts["moved"].format(item=text, n=1, all=4)
    assert order.locator(".hvs-spoken").inner_text() == spoken
    # At the top "up" does nothing more, so the focus goes to the button that still works.
    second = order.get_by_role("listitem").nth(1)
    second.get_by_role("button").first.click()
    assert lesson.page.evaluate("document.activeElement.textContent") == "↓"


def test_untouched_order_is_not_an_answer(lesson: Lesson) -> None:
    """The shown order counts only after the learner has moved something or kept it on purpose."""
    order = lesson.section("sau-muoi-phut")
    assert lesson.answer_of("sau-muoi-phut") is None
    order.get_by_role("button", name=lesson.texts["keep_order"]).click()
    lesson.wait_saved("sau-muoi-phut")
    assert sorted(lesson.answer_of("sau-muoi-phut")) == ["t01", "t02", "t03", "t04"]


def test_check_names_items_and_disappears_after_a_change(lesson: Lesson) -> None:
    """Notes carry the item's number as shown; a new answer takes the old verdict away."""
    mail = lesson.section("hop-thu")
    mail.get_by_role("group", name="hồ sơ dịch vụ công").get_by_label("An toàn").check()
    mail.get_by_role("button", name=lesson.texts["check"]).click()
    verdict = mail.locator(".hvs-verdict")
    verdict.wait_for()
    place = [one["id"] for one in lesson.widgets["hop-thu"].view["items"]].index("t01") + 1
    assert lesson.texts["item"].format(n=place) in verdict.inner_text()
    assert "Tên miền thật là phần cuối cùng" in verdict.inner_text()
    mail.get_by_role("group", name="hồ sơ dịch vụ công").get_by_label("Báo cáo").check()
    assert verdict.count() == 0


def test_text_that_is_no_number_is_told_at_the_field(lesson: Lesson) -> None:
    """The field says what is wrong, and stops when it is a number."""
    field = lesson.section("ty-le").get_by_label("toàn hệ thống")
    field.fill("năm mươi")
    field.blur()
    lesson.page.get_by_text(lesson.texts["number_unread"]).wait_for()
    assert field.get_attribute("aria-invalid") == "true"
    field.fill("1.234,5")
    field.blur()
    lesson.page.get_by_text(lesson.texts["number_unread"]).wait_for(state="hidden")
    assert field.get_attribute("aria-invalid") == "false"


def test_situation_can_start_over_until_it_is_handed_in(lesson: Lesson) -> None:
    """A walk can be begun again; after handing in the button gives way to a sentence."""
    call = lesson.section("cuoc-goi")
    call.get_by_role("button", name="tôi cần làm gì").click()
    lesson.wait_saved("cuoc-goi")
    assert lesson.answer_of("cuoc-goi") == {"goi-1": [["s0", "b"]]}
    call.get_by_role("button", name=lesson.texts["restart"]).click()
    lesson.wait_saved("cuoc-goi")
    assert lesson.answer_of("cuoc-goi") == {}
    call.get_by_role("button", name="tôi cần làm gì").click()
    lesson.page.evaluate("models['cuoc-goi'].state.submitted = true; models['cuoc-goi'].tell('change:submitted', true)")
    assert call.get_by_role("button", name=lesson.texts["restart"]).count() == 0
    assert call.get_by_text(lesson.texts["restart_locked"]).is_visible()


def test_lost_connection_is_told_and_made_good(browser: Any, folder: Path, blocks: dict[str, str]) -> None:
    """Without a reply the page says so and keeps the answer; when the connection is back it is saved by itself."""
    page = browser.new_context().new_page()
    page.clock.install()
    lesson = Lesson(page, folder, blocks)
    page.evaluate("window.cut = true")
    lesson.section("bieu-mau").get_by_label("Tôn giáo").check()
    page.clock.fast_forward(9_000)
    lesson.section("bieu-mau").get_by_text(lesson.texts["not_saved"]).wait_for()
    assert lesson.answer_of("bieu-mau") is None
    assert lesson.section("bieu-mau").get_by_label("Tôn giáo").is_checked()
    page.evaluate("window.cut = false")
    page.clock.fast_forward(6_000)
    lesson.section("bieu-mau").get_by_text(lesson.texts["saved_again"]).wait_for()
    assert lesson.answer_of("bieu-mau") == {"phieu": ["p03"]}
    page.context.close()


def test_page_bar_opens_the_same_confirmation(lesson: Lesson) -> None:
    """The lesson template's bar gets a button that leads to the confirmation, which names what is open."""
    lesson.page.locator("#hocvuso-submit-slot").get_by_role("button", name=lesson.texts["submit"]).click()
    assert lesson.panel.get_by_role("group", name=lesson.texts["submit_question"]).is_visible()
    assert lesson.page.evaluate("document.activeElement.innerText") == lesson.texts["submit_question"]
    lesson.panel.get_by_role("button", name=lesson.texts["cancel"]).click()
    assert lesson.portal.submissions == []
    lesson.panel.locator(".hvs-jump").first.click()
    assert lesson.page.evaluate("document.activeElement.id") == "hvs-question-hop-thu"


@pytest.mark.parametrize("width", [1280, 360])
def test_axe_finds_no_serious_violation(lesson: Lesson, width: int) -> None:
    """Empty, answered, checked and about to be handed in."""
    lesson.page.set_viewport_size({"width": width, "height": 900})
    assert lesson.list_violations() == []
    answer_with_mouse(lesson)
    lesson.section("hop-thu").get_by_role("button", name=lesson.texts["check"]).click()
    lesson.section("hop-thu").locator(".hvs-verdict").wait_for()
    lesson.section("ty-le").get_by_label("đơn vị D").fill("x")
    lesson.section("ty-le").get_by_label("đơn vị D").blur()
    lesson.panel.get_by_role("button", name=lesson.texts["submit"]).click()
    assert lesson.list_violations() == []


@pytest.mark.parametrize(("width", "text"), [(360, "100%"), (320, "100%"), (360, "200%"), (1280, "200%")])
def test_page_never_scrolls_sideways(lesson: Lesson, width: int, text: str) -> None:
    """Small screens and text of double size need no sideways scrolling."""
    lesson.page.set_viewport_size({"width": width, "height": 800})
    lesson.page.evaluate(f"document.documentElement.style.fontSize = '{text}'")
    answer_with_mouse(lesson)
    assert lesson.page.evaluate("document.documentElement.scrollWidth") <= width


def test_touch_targets_are_large_enough(lesson: Lesson) -> None:
    """Every control, or the label around it, is at least 44 px high."""
    lesson.page.set_viewport_size({"width": 360, "height": 800})
    small = lesson.page.evaluate(
        """() => [...document.querySelectorAll("button, select, input")].filter((e) => e.offsetParent)
          .map((e) => e.closest("label") || e)
          .filter((e) => e.getBoundingClientRect().height < 43.5).map((e) => e.outerHTML)"""
    )
    assert small == []


def test_item_text_is_never_read_as_html(browser: Any, folder: Path) -> None:
    """Markup in any text of a question is shown as it is typed, and a link stays text."""
    evil = '<img src=x onerror="window.hit=1"><script>window.hit=1</script>'
    part = {"id": "s", "label": evil, "text": evil, "link": "javascript:window.hit=1"}
    question = {
        "id": "doc",
        "kind": "classify",
        "points": 1,
        "prompt": evil,
        "evidence": evil,
        "labels": {"a": evil, "b": "B"},
        "items": [{"id": "t", "title": evil, "text": evil, "parts": [part]}],
    }
    page = browser.new_context().new_page()
    lesson = Lesson(page, folder, {"doc": json.dumps(question)})
    assert page.evaluate("window.hit") is None
    assert page.locator("main img, main script, main a").count() == 0
    assert lesson.section("doc").inner_text().count("<script>") >= 6
    assert lesson.errors == []
    page.context.close()
