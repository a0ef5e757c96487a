"""Pages of a running hub: sign-in, choice of a password, the lesson view, the Python track."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest

pytestmark = pytest.mark.slow

SLUG = "bai-thu"
PASSWORD = "bốn từ không liên quan"


class Watched:
    """A browser page and everything that went wrong on it."""

    def __init__(self, page: Any, origin: str) -> None:
        self.page = page
        self.foreign: list[str] = []
        self.errors: list[str] = []
        page.set_default_timeout(30_000)
        page.on("request", lambda r: r.url.startswith((origin, "data:", "blob:")) or self.foreign.append(r.url))
        page.on("console", lambda m: self.errors.append(m.text) if m.type == "error" else None)
        page.on("pageerror", lambda error: self.errors.append(str(error)))


@pytest.fixture
def watched(browser: Any, running_hub: Any) -> Iterator[Watched]:
    """A fresh browser page."""
    context = browser.new_context(viewport={"width": 1280, "height": 800}, locale="vi-VN")
    yield Watched(context.new_page(), running_hub.url)
    context.close()


def sign_in(page: Any, hub: Any, name: str, password: str = PASSWORD) -> None:
    """Fill in the sign-in form and send it."""
    page.goto(f"{hub.url}/hub/login")
    page.get_by_label("Tên đăng nhập").fill(name)
    page.get_by_label("Mật khẩu").fill(password)
    page.get_by_role("button", name="Đăng nhập").click()
    page.wait_for_load_state()


def open_lesson(page: Any, hub: Any, name: str) -> None:
    """Sign in and open the probe lesson as the portal sends people there."""
    sign_in(page, hub, name)
    hub.start_server(name)
    page.goto(f"{hub.url}/user/{name}/hocvuso/open/{SLUG}")
    page.get_by_role("group", name="Thư này có an toàn không?").wait_for()


def serious_violations(page: Any) -> list[str]:
    """Return what axe-core finds of serious or critical impact."""
    from axe_playwright_python.sync_playwright import Axe

    found = Axe().run(page).response["violations"]
    return [f"{v['id']}: {v['nodes'][0]['html'][:160]}" for v in found if v["impact"] in ("serious", "critical")]


def test_sign_in_page_is_vietnamese_and_accessible(watched: Watched, running_hub: Any) -> None:
    """Language, title, labels; nothing from a third party; no serious violation, also on a phone."""
    page = watched.page
    page.goto(f"{running_hub.url}/hub/login")
    assert page.title() == "Đăng nhập — Học Vụ Số"
    assert page.locator("html").get_attribute("lang") == "vi"
    page.get_by_label("Hiện ký tự đang gõ").check()
    assert page.get_by_label("Mật khẩu").get_attribute("type") == "text"
    for width in (1280, 360):
        page.set_viewport_size({"width": width, "height": 740})
        assert serious_violations(page) == []
        assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert watched.foreign == []
    assert watched.errors == []


def test_wrong_password_is_said_at_the_field(watched: Watched, running_hub: Any) -> None:
    """The error is tied to both fields, tells nothing about the name, and the name need not be typed again."""
    page = watched.page
    texts = []
    for name in ("hv03", "khong-co"):
        sign_in(page, running_hub, name, "không phải mật khẩu")
        field = page.get_by_label("Mật khẩu")
        assert field.get_attribute("aria-invalid") == "true"
        texts.append(page.locator(f"#{field.get_attribute('aria-describedby')}").inner_text())
        assert page.get_by_label("Tên đăng nhập").input_value() == name
    assert texts[0] == texts[1]
    assert serious_violations(page) == []


def test_first_sign_in_asks_for_a_password_of_ones_own(watched: Watched, running_hub: Any) -> None:
    """The given password opens only the page for a new one; afterwards the new one signs in."""
    page = watched.page
    sign_in(page, running_hub, "moi", "mật khẩu được cấp 01")
    assert page.title().startswith("Đặt mật khẩu")
    assert serious_violations(page) == []
    page.goto(f"{running_hub.url}/hub/home")
    assert "/hub/login" in page.url, "nobody is signed in before the password is changed"
    page.goto(f"{running_hub.url}/hub/change-password")
    for new, again, said in (
        ("đèn sông áo mực", "đèn sông áo mựk", "không giống nhau"),
        ("mật khẩu được cấp 01", "mật khẩu được cấp 01", "phải khác"),
        ("matkhau12345", "matkhau12345", "dễ đoán"),
    ):
        page.get_by_label("Mật khẩu mới", exact=True).fill(new)
        page.get_by_label("Nhập lại mật khẩu mới").fill(again)
        page.get_by_role("button", name="Lưu và tiếp tục").click()
        assert said in page.get_by_role("alert").inner_text()
    page.get_by_label("Mật khẩu mới", exact=True).fill("đèn sông áo mực")
    page.get_by_label("Nhập lại mật khẩu mới").fill("đèn sông áo mực")
    page.get_by_role("button", name="Lưu và tiếp tục").click()
    page.wait_for_url("**/services/portal/")
    assert len(running_hub.sign_in("moi", "đèn sông áo mực").get("/hub/change-password").history) == 0


def test_changing_the_password_ends_other_sign_ins(running_hub: Any) -> None:
    """Later changes ask for the old password, and whoever was signed in elsewhere is out."""
    here, elsewhere = running_hub.sign_in("hv03"), running_hub.sign_in("hv03")
    page = here.get("/hub/change-password")
    assert 'name="old"' in page.text
    data = {"_xsrf": re.search(r'name="_xsrf" value="([^"]+)"', page.text)[1], "old": "sai", "new": "x", "again": "x"}  # type: ignore[index]
    assert here.post("/hub/change-password", data=data).status_code == 422
    new = "năm quả bóng màu tím"
    assert (
        here.post("/hub/change-password", data={**data, "old": PASSWORD, "new": new, "again": new}).status_code == 200
    )
    assert not here.get("/hub/change-password").history
    assert "/hub/login" in str(elsewhere.get("/hub/change-password").url)


def test_lesson_opens_keeps_answers_and_shows_no_code(watched: Watched, running_hub: Any) -> None:
    """Text, picture, exercise; an answer is there again after reload; nothing foreign, no code, no console error."""
    page = watched.page
    open_lesson(page, running_hub, "hv01")
    assert page.title() == "Bài thử về an toàn — Học Vụ Số"
    assert page.locator("html").get_attribute("lang") == "vi"
    assert page.locator("main img").evaluate("picture => picture.naturalWidth") == 120
    assert "import json, pathlib" not in page.content()
    page.get_by_label("Không").check()
    page.get_by_text("Đã lưu", exact=True).wait_for()
    page.reload()
    page.get_by_role("group", name="Thư này có an toàn không?").wait_for()
    assert page.get_by_label("Không").is_checked()
    page.wait_for_function("document.getElementById('opening').classList.contains('quiet')")
    assert watched.foreign == []
    assert watched.errors == []
    assert page.get_by_role("link", name="Chuyên đề của tôi").get_attribute("href") == "/services/portal/"
    assert page.locator("#hocvuso-submit-slot").count() == 1


@pytest.mark.parametrize("width", [1280, 360])
def test_lesson_is_accessible(watched: Watched, running_hub: Any, width: int) -> None:
    """No serious violation, and wide tables scroll in their own frame at 360 px."""
    page = watched.page
    page.set_viewport_size({"width": width, "height": 740})
    open_lesson(page, running_hub, "hv01")
    assert serious_violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert page.get_by_role("region", name="Bảng").get_attribute("tabindex") == "0"


def test_lesson_says_when_answers_are_not_saved(watched: Watched, running_hub: Any) -> None:
    """When the server is gone the page says so instead of taking answers that nobody keeps."""
    page = watched.page
    open_lesson(page, running_hub, "hv02")
    page.wait_for_function("document.getElementById('opening').classList.contains('quiet')")
    running_hub.ask_hub("DELETE", "users/hv02/server")
    page.get_by_role("alert").get_by_text(re.compile("bị gián đoạn|đã được đóng")).wait_for()


def test_broken_part_is_worded_for_the_learner(watched: Watched, running_hub: Any) -> None:
    """An error in a cell shows a sentence, never a traceback, and the text before it stays."""
    page = watched.page
    running_hub.portal.broken, running_hub.portal.number = True, 7
    try:
        sign_in(page, running_hub, "hv01")
        running_hub.start_server("hv01")
        page.goto(f"{running_hub.url}/user/hv01/hocvuso/open/{SLUG}")
        page.get_by_text("Chưa mở được phần này").wait_for()
    finally:
        running_hub.portal.broken, running_hub.portal.number = False, 8
    assert "Đoạn mở đầu" in page.inner_text("main")
    for word in ("bí mật", "Traceback", "RuntimeError", "cell"):
        assert word not in page.inner_text("body")


def test_refusal_of_the_portal_is_shown_in_its_own_words(watched: Watched, running_hub: Any) -> None:
    """Somebody who is not enrolled reads why, what to do, and finds the way back."""
    page = watched.page
    sign_in(page, running_hub, "hv01")
    running_hub.start_server("hv01")
    answer = page.goto(f"{running_hub.url}/user/hv01/hocvuso/open/khong-co")
    assert answer.status == 403
    assert page.title() == "Chưa mở được chuyên đề — Học Vụ Số"
    assert "chưa được ghi danh" in page.inner_text("main")
    assert page.get_by_role("link", name="Đến chuyên đề của tôi").get_attribute("href") == "/services/portal/"
    assert serious_violations(page) == []


def test_python_track_has_nothing_superfluous(watched: Watched, running_hub: Any) -> None:
    """Notebook 7 opens the second file, runs it, and offers no console, terminal, file list or settings."""
    page = watched.page
    open_lesson(page, running_hub, "hv01")
    page.goto(f"{running_hub.url}/user/hv01/hocvuso/open/{SLUG}?notebook=python")
    page.locator(".jp-Notebook-ExecutionIndicator[data-status=idle]").wait_for(state="attached")
    page.locator(".jp-CodeCell .cm-content").click()
    page.keyboard.press("Shift+Enter")
    page.locator(".jp-OutputArea-output", has_text="2").wait_for()
    for name in ("View", "Settings", "Help", "Terminal", "Console"):
        assert page.get_by_role("menuitem", name=name).count() == 0
    page.goto(f"{running_hub.url}/user/hv01/tree")
    assert page.url == f"{running_hub.url}/services/portal/"
    assert watched.foreign == []


def test_portal_knows_the_caller_by_the_servers_token(running_hub: Any) -> None:
    """A learner's server is its learner at the portal, with the right to call it and little else."""
    running_hub.start_server("hv01")
    client = running_hub.sign_in("hv01")
    client.get(f"/user/hv01/hocvuso/open/{SLUG}")
    caller = running_hub.portal.callers[-1]
    assert caller["name"] == "hv01"
    assert "access:services!service=portal" in caller["scopes"]
    assert not [scope for scope in caller["scopes"] if scope.startswith(("admin", "list", "servers"))]


def test_missing_page_is_vietnamese(watched: Watched, running_hub: Any) -> None:
    """The hub's own errors are worded by us."""
    page = watched.page
    page.goto(f"{running_hub.url}/hub/khong-co")
    assert page.title() == "Không có trang này — Học Vụ Số"
    assert serious_violations(page) == []


def test_progress_of_a_start_comes_through_the_proxy(running_hub: Any) -> None:
    """The events of a starting server arrive one by one and end with the address to go to."""
    client = running_hub.sign_in("hv02")
    running_hub.ask_hub("DELETE", "users/hv02/server")
    running_hub.ask_hub("POST", "users/hv02/server")
    with client.stream("GET", "/hub/api/users/hv02/server/progress") as answer:
        lines = [line for line in answer.iter_lines() if line.startswith("data:")]
    assert json.loads(lines[-1][5:])["ready"] is True
