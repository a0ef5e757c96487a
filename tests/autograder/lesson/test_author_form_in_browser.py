"""The form of a new question in a real browser, joined to its Python side: filled in with the keyboard alone."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from autograder.lesson.author.widgets import LessonBar, read_author_script, read_author_style
from autograder.lesson.session import LessonSession
from autograder.questions.spec import parse_yaml

pytestmark = pytest.mark.slow

GOOD = Path(__file__).parents[2] / "courses" / "good"
PAGE = """<!doctype html>
<html lang="vi">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>Soạn bài</title>
<style>body { margin: 0; padding: 1rem } STYLE</style></head>
<body><main><h1>Soạn bài</h1><h2>Bài học</h2><div id="bar"></div></main>
<script type="module">
const { default: widget } = await import(URL.createObjectURL(new Blob([SOURCE], { type: "text/javascript" })));
const state = await window.pythonState();
const heard = [];
const model = {
  get: (name) => state[name],
  on: (_name, hear) => heard.push(hear),
  off() {},
  async send(message) {
    for (const reply of await window.pythonReceive(JSON.stringify(message))) heard.forEach((hear) => hear(reply));
  },
};
widget.render({ model, el: document.getElementById("bar") });
window.ready = true;
</script></body></html>
"""


class Form:
    """A lesson's bar in a page."""

    def __init__(self, page: Any, module: Path, file: Path) -> None:
        self.page, self.module = page, module
        self.errors: list[str] = []
        replies: list[dict[str, Any]] = []
        bar = LessonBar(LessonSession(module, answers=file.parent / "answers"))
        bar.send = replies.append

        def receive(message: str) -> list[dict[str, Any]]:
            replies.clear()
            bar.receive(json.loads(message))
            return list(replies)

        page.on("pageerror", lambda error: self.errors.append(str(error)))
        page.expose_function("pythonReceive", receive)
        page.expose_function("pythonState", lambda: {"view": bar.view, "texts": bar.texts})
        source = json.dumps(read_author_script()).replace("</", "<\\/")
        file.write_text(PAGE.replace("STYLE", read_author_style()).replace("SOURCE", source), encoding="utf-8")
        page.goto(file.as_uri())
        page.wait_for_function("window.ready")

    def type_into(self, label: str, text: str) -> None:
        """Go on with Tab until the field with a label has the focus, then type."""
        for _press in range(60):
            self.page.keyboard.press("Tab")
            if label in self.page.evaluate("(document.activeElement.labels || [])[0]?.innerText || ''"):
                self.page.keyboard.type(text)
                return
        raise AssertionError(f"Tab never reaches {label}")

    def press(self, name: str) -> None:
        """Go on with Tab until a button has the focus, then press Enter."""
        for _press in range(60):
            self.page.keyboard.press("Tab")
            if self.page.evaluate("document.activeElement.innerText") == name:
                self.page.keyboard.press("Enter")
                return
        raise AssertionError(f"Tab never reaches {name}")

    def read_blocks(self) -> dict[str, dict[str, Any]]:
        """Return the questions of the lesson's file."""
        cells = json.loads((self.module / "lesson.ipynb").read_text(encoding="utf-8"))["cells"]
        texts = [text for cell in cells if (text := "".join(cell["source"])).startswith("%%question")]
        blocks = [parse_yaml(text.partition("\n")[2], where="").data for text in texts]
        return {block["id"]: block for block in blocks}


@pytest.fixture
def form(browser: Any, tmp_path: Path) -> Iterator[Form]:
    """The form above a copy of a small lesson; afterwards nothing may have gone wrong in the page."""
    shutil.copytree(GOOD, tmp_path / "course")
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    context.set_default_timeout(8000)
    opened = Form(context.new_page(), tmp_path / "course" / "source" / "mau-thu", tmp_path / "page.html")
    yield opened
    assert opened.errors == []
    context.close()


def choose_kind(form: Form, kind: str) -> None:
    """Open the form and choose a kind, with the keyboard."""
    form.press("Câu hỏi mới")
    form.type_into("Dạng câu hỏi", "")
    for _press in range(20):
        if form.page.evaluate("document.activeElement.value") == kind:
            return
        form.page.keyboard.press("ArrowDown")
    raise AssertionError(f"there is no kind {kind}")


def fill_head(form: Form, name: str) -> None:
    """Type task, task in English, id and points."""
    form.type_into("(tiếng Việt)", "Xếp từng thư vào một nhóm.")
    form.type_into("(tiếng Anh)", "Sort every mail.")
    form.page.keyboard.press("Tab")
    form.page.keyboard.press("Control+a")
    form.page.keyboard.type(name)
    form.type_into("Điểm", "12,5")


def test_a_question_is_made_with_the_keyboard_alone(form: Form) -> None:
    """Labels, two lines with their right labels, a misconception: in the lesson's file before the end."""
    choose_kind(form, "classify")
    fill_head(form, "thu-ban-phim")
    form.type_into("mỗi dòng một nhãn", "An toàn\nBáo cáo")
    form.type_into("Mã nhầm lẫn 1", "DISPLAY")
    form.type_into("Câu nhận xét cho nhầm lẫn 1", "Hãy xem địa chỉ.")
    for text, label in (("Thư mời", "A"), ("Thư lạ", "B")):
        form.type_into("Mục", text)
        form.type_into("Nhãn đúng", label)
        form.type_into("Mã nhầm lẫn, ví dụ", "MC-DISPLAY")
    form.press("Chèn vào bài")
    form.page.get_by_text("thu-ban-phim").wait_for()
    block = form.read_blocks()["thu-ban-phim"]
    assert (block["kind"], block["points"], len(block["items"])) == ("classify", 12.5, 2)
    assert sorted(entry["label"] for entry in block["key"].values()) == ["an_toan", "bao_cao"]


def test_a_kind_without_a_form_starts_as_an_example(form: Form) -> None:
    """Task, id and points are typed; items, key and sentences come with the example."""
    choose_kind(form, "sheet")
    assert form.page.get_by_text("ví dụ hoàn chỉnh").is_visible()
    assert not form.page.get_by_role("button", name="Thêm dòng").is_visible()
    fill_head(form, "so-gio-giang")
    form.press("Chèn vào bài")
    form.page.get_by_text("so-gio-giang").wait_for()
    assert form.read_blocks()["so-gio-giang"]["key"]
    choose_kind(form, "sheet")
    form.page.keyboard.press("Home")
    assert form.page.get_by_role("button", name="Thêm dòng").is_visible()


@pytest.mark.parametrize("width", [1280, 360])
def test_form_of_every_kind_has_no_violation_and_fits(form: Form, width: int) -> None:
    """axe finds nothing serious, and nothing scrolls sideways, whichever kind is chosen."""
    from axe_playwright_python.sync_playwright import Axe

    form.page.set_viewport_size({"width": width, "height": 900})
    form.page.get_by_role("button", name="Câu hỏi mới").click()
    chooser = form.page.get_by_label("Dạng câu hỏi")
    for kind in chooser.locator("option").evaluate_all("(all) => all.map((one) => one.value)"):
        chooser.select_option(kind)
        found = Axe().run(form.page).response["violations"]
        assert [v["id"] for v in found if v["impact"] in ("serious", "critical")] == [], kind
        assert form.page.evaluate("document.documentElement.scrollWidth") <= width, kind
