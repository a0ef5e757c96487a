"""A page with real widgets: their JavaScript in a real browser, joined to their real Python side."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from autograder.lesson.answer_store import AnswerStore
from autograder.lesson.session import LessonSession
from autograder.lesson.texts import list_widget_texts
from autograder.lesson.widget import QuestionWidget, SubmitPanel, read_page_script, read_page_style
from autograder.questions.scoring import score_answer
from autograder.questions.spec import parse_question

PAGE = """<!doctype html>
<html lang="vi">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>Bài thử</title>
<style>body { margin: 0; padding: 1rem; background: #eef2f4 } STYLE</style></head>
<body><header><h1>Bài thử</h1><div id="hocvuso-submit-slot"></div></header><main><h2>Câu hỏi</h2></main>
<script type="module">
const { default: widget } = await import(URL.createObjectURL(new Blob([SOURCE], { type: "text/javascript" })));
class Model {
  constructor(name, state) { this.name = name; this.state = state; this.heard = {}; }
  get(key) { return this.state[key]; }
  on(name, hear) { (this.heard[name] ||= []).push(hear); }
  off(name, hear) { this.heard[name] = (this.heard[name] || []).filter((one) => one !== hear); }
  tell(name, value) { (this.heard[name] || []).forEach((hear) => hear(value)); }
  async send(message) {
    if (window.cut) return;
    const { replies, state } = await window.pythonReceive(this.name, JSON.stringify(message));
    if (window.cut) return;
    for (const [key, value] of Object.entries(state)) { this.state[key] = value; this.tell("change:" + key, value); }
    replies.forEach((reply) => this.tell("msg:custom", reply));
    const progress = await window.pythonProgress();
    window.models.panel.state.progress = progress;
    window.models.panel.tell("change:progress", progress);
  }
}
window.models = {};
for (const [name, state] of Object.entries(await window.pythonStates())) {
  window.models[name] = new Model(name, state);
  const el = document.createElement("div");
  document.querySelector("main").append(el);
  widget.render({ model: window.models[name], el });
}
window.ready = true;
</script></body></html>
"""


class StubPortal:
    """A portal on this machine's memory: it scores with the key, as the real one does."""

    def __init__(self, blocks: dict[str, str]) -> None:
        self.questions = {name: parse_question(block, where="") for name, block in blocks.items()}
        self.submissions: list[str] = []

    def check_answer(self, _attempt: str, question: str, answer: Any) -> dict[str, Any]:
        score = score_answer(self.questions[question], answer, "9f3c0a1b2c3d4e5f").as_dict()
        return score | {"remaining": 2}

    def submit(self, attempt: str, _folder: Path) -> dict[str, Any]:
        self.submissions.append(attempt)
        return {
            "id": "s-1",
            "digest": "ab" * 32,
            "received_at": "2026-11-23T08:00:00+00:00",
            "receipt_url": "/bien-nhan/1",
        }


class Lesson:
    """The small lesson in a page, with its widgets' Python sides behind it."""

    def __init__(self, page: Any, folder: Path, blocks: dict[str, str]) -> None:
        self.page, self.folder, self.blocks = page, folder, blocks
        self.portal = StubPortal(blocks)
        self.texts = list_widget_texts()
        self.errors: list[str] = []
        self.requests: list[str] = []
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        page.on("console", lambda line: self.errors.append(line.text) if line.type == "error" else None)
        page.on("request", lambda request: self.requests.append(request.url))
        page.expose_function("pythonReceive", self.receive)
        page.expose_function("pythonProgress", lambda: self.widgets["panel"].progress)
        page.expose_function("pythonStates", self.list_states)
        file = folder.parent / "page.html"
        source = json.dumps(read_page_script()).replace("</", "<\\/")
        file.write_text(PAGE.replace("STYLE", read_page_style()).replace("SOURCE", source), encoding="utf-8")
        self.address = file.as_uri()
        self.open()

    def open(self) -> None:
        """Open the lesson as a session that has just started does: from the files alone."""
        portal: Any = self.portal
        session = LessonSession(self.folder, connect=lambda: portal)
        self.widgets: dict[str, Any] = {}
        self.replies: list[dict[str, Any]] = []
        for name, block in self.blocks.items():
            self.widgets[name] = QuestionWidget(session, parse_question(block, where=""))
        self.widgets["panel"] = SubmitPanel(session, dict(self.widgets))
        for widget in self.widgets.values():
            widget.send = self.replies.append
            # Playwright itself runs a loop in this thread; replies are wanted at once.
            widget.run_aside = lambda work, widget=widget: widget.tell_page(work())
        self.page.goto(self.address)
        self.page.wait_for_function("window.ready")

    def list_states(self) -> dict[str, Any]:
        """Return what each widget's model starts with."""
        states = {}
        for name, widget in self.widgets.items():
            traits = ["view", "texts", "progress"] if name == "panel" else ["view", "texts", "saved", "submitted"]
            states[name] = {trait: getattr(widget, trait) for trait in traits}
        return states

    def receive(self, name: str, message: str) -> dict[str, Any]:
        """Hand a message of the page to the widget and return what it says."""
        self.replies.clear()
        self.widgets[name].receive(json.loads(message))
        state = {} if name == "panel" else {"saved": self.widgets[name].saved}
        return {"replies": list(self.replies), "state": state}

    def section(self, name: str) -> Any:
        """Return a question's part of the page."""
        return self.page.locator(f"section:has(#hvs-question-{name})")

    @property
    def panel(self) -> Any:
        """Return the panel's part of the page."""
        return self.page.locator("section.hvs-panel")

    def wait_saved(self, name: str) -> None:
        """Wait until the page says that a question is saved."""
        self.section(name).locator(".hvs-status[role=status]", has_text=self.texts["saved"]).wait_for()

    def answer_of(self, name: str) -> Any:
        """Return what lies on the disk."""
        kept = AnswerStore(self.folder).read_answer(name)
        return None if kept is None else kept.answer

    def points_of(self, name: str) -> float:
        """Return the points of what lies on the disk."""
        return score_answer(self.portal.questions[name], self.answer_of(name), "9f3c0a1b2c3d4e5f").points

    def tab_to(self, control: Any, limit: int = 150) -> None:
        """Press Tab until a control has the focus: a locator, or a condition on the focused element ``e``."""
        if isinstance(control, str):
            condition = f"(() => {{ const e = document.activeElement; return Boolean({control}); }})()"
        for _press in range(limit):
            reached = (
                self.page.evaluate(condition)
                if isinstance(control, str)
                else control.evaluate("(e) => e === document.activeElement")
            )
            if reached:
                return
            self.page.keyboard.press("Tab")
        raise AssertionError(f"Tab never reaches {control}")

    def list_violations(self) -> list[str]:
        """Return axe-core's serious and critical findings."""
        from axe_playwright_python.sync_playwright import Axe

        found = Axe().run(self.page).response["violations"]
        return [f"{v['id']}: {v['nodes'][0]['html'][:120]}" for v in found if v["impact"] in ("serious", "critical")]


@contextlib.contextmanager
def open_page(
    browser: Any, folder: Path, blocks: dict[str, str], *, width: int = 1280, height: int = 900
) -> Iterator[Lesson]:
    """Yield a page with questions and the panel; afterwards nothing may have gone wrong in it.

    ``folder`` is the module's folder: it holds ``data/`` where blocks name it, and gets ``answers/``.
    """
    context = browser.new_context(viewport={"width": width, "height": height})
    context.set_default_timeout(8000)
    opened = Lesson(context.new_page(), folder, blocks)
    yield opened
    assert opened.errors == []
    assert {url.partition(":")[0] for url in opened.requests} <= {"file", "blob", "data"}
    context.close()
