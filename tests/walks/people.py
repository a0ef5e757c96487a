"""People who use a running academy: with a mouse, or with nothing but a keyboard."""

from __future__ import annotations

import re
import signal
import socket
import subprocess
import time
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from autograder.curriculum.source import ModuleSource
from autograder.locale import localized
from autograder.questions.variants import draw_items


def find_free_ports(number: int) -> int:
    """Return a port such that it and the next ones are free."""
    for _attempt in range(100):
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            first = probe.getsockname()[1]
        if first + number < 65_000 and all(is_free(port) for port in range(first, first + number)):
            return first
    raise AssertionError("no free ports")


def is_free(port: int) -> bool:
    """Tell whether nobody listens on a port."""
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) != 0


@dataclass
class Academy:
    """A running installation."""

    home: Path
    port: int
    process: subprocess.Popen[str]
    lines: list[str] = field(default_factory=list)

    @property
    def url(self) -> str:
        """Public address."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def password(self) -> str:
        """Password of the sample sign-ins."""
        return (self.home / "secrets" / "demo-password").read_text()[:12]

    def find_processes(self, name: str) -> list[int]:
        """Return the process numbers of the parts of that name below this installation's supervisor."""
        patterns = {"hub": "jupyterhub_config.py", "portal": "hub_config.portal", "grader": "grade --stay"}
        found = []
        for folder in Path("/proc").iterdir():
            if not folder.name.isdigit():
                continue
            try:
                command = (folder / "cmdline").read_bytes().replace(b"\0", b" ").decode()
                parent = int((folder / "stat").read_text().rsplit(")", 1)[1].split()[1])
            except (OSError, ValueError):
                continue
            if parent == self.process.pid and patterns[name] in command:
                found.append(int(folder.name))
        return found

    def wait_until_ready(self, timeout_s: float = 120) -> None:
        """Wait until hub and portal answer."""
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        deadline = time.monotonic() + timeout_s
        while time.monotonic() < deadline:
            assert self.process.poll() is None, "".join(self.lines)
            try:
                for page in ("hub/health", "services/portal/api/v1/health"):
                    opener.open(f"{self.url}/{page}", timeout=2).close()
                return
            except OSError:
                time.sleep(0.2)
        raise AssertionError(f"not ready within {timeout_s} s")

    def stop(self) -> int:
        """Stop it as Ctrl-C does and return its exit code."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
        return self.process.wait(60)


StartAcademy = Callable[[Path], Academy]


def sign_in(page: Page, academy: Academy, person: str) -> None:
    """Sign in with the sample password and arrive at the portal."""
    page.goto(f"{academy.url}/")
    page.get_by_label("Tên đăng nhập").fill(person)
    page.get_by_label("Mật khẩu", exact=True).fill(academy.password)
    page.get_by_role("button", name="Đăng nhập").click()
    page.wait_for_url(re.compile("/services/portal/"))


def find_violations(page: Page) -> list[str]:
    """Return what axe-core finds serious or critical on the page."""
    report = Axe().run(page).response
    return [
        f"{violation['id']}: {node['html'][:160]}"
        for violation in report["violations"]
        if violation["impact"] in ("serious", "critical")
        for node in violation["nodes"]
    ]


@dataclass(frozen=True)
class Paper:
    """What a learner is shown under their variant, and the answers that an author's sample gives to it."""

    module: ModuleSource
    variant: str
    answers: dict[str, Any]

    def iter_questions(self) -> Iterator[tuple[Any, tuple[str, ...], Any]]:
        """Yield (question, drawn item ids, answer over the pool) of the lesson, in order."""
        for question in self.module.notebooks[0].questions:
            yield question, draw_items(question, self.variant), self.answers[question.id]


def open_lesson(page: Page, academy: Academy, slug: str) -> None:
    """Go from “My modules” into a lesson and wait until its questions can be answered."""
    page.goto(f"{academy.url}/services/portal/")
    page.locator(f"form[action$='/modules/{slug}/open'] button").first.click()
    page.wait_for_url(re.compile(f"/voila/render/{slug}/lesson.ipynb"), timeout=90_000)
    page.locator(".hvs-panel").wait_for(timeout=60_000)


def opens_list(question: Any) -> bool:
    """Tell whether the labels of a classify question are chosen from a list that opens."""
    return question.look == "folders" or len(question.choices) > 6


def read_given(value: Any) -> tuple[str, list[str]]:
    """Return the label of a classify answer, and the ids of the parts and reasons that are ticked with it."""
    if isinstance(value, str):
        return value, []
    return value["label"], [*value.get("evidence", ()), *value.get("reasons", ())]


def answer_by_mouse(page: Page, paper: Paper) -> None:
    """Answer every question of the lesson with clicks and typing."""
    for question, drawn, answer in paper.iter_questions():
        section = page.locator(f"section:has(> #hvs-question-{question.id})")
        items = section.locator(".hvs-item")
        if question.kind == "classify":
            for place, item in enumerate(drawn):
                shown = items.nth(place)
                if question.look == "inbox":
                    # One mail at a time is in the page.
                    section.locator(".hvs-mail-row").nth(place).click()
                    shown = section.locator(".hvs-mail")
                label, marked = read_given(answer[item])
                if opens_list(question):
                    shown.locator("select").select_option(label)
                else:
                    shown.locator(f"input[type=radio][value='{label}']").check()
                for one in marked:
                    shown.locator(f"input[type=checkbox][value='{one}']").check()
        elif question.kind == "marks":
            for place, item in enumerate(drawn):
                for part in answer.get(item, []):
                    items.nth(place).locator(f"input[type=checkbox][value='{part}']").check()
        elif question.kind == "order":
            shown = list(drawn)
            for place, item in enumerate(one for one in answer if one in drawn):
                at = shown.index(item)
                if at != place:
                    section.locator(".hvs-row select").nth(at).select_option(str(place + 1))
                    shown.insert(place, shown.pop(at))
            keep = section.get_by_role("button", name=re.compile("Giữ"))
            if keep.count() and keep.is_visible():
                keep.click()
        elif question.kind == "number":
            for place, item in enumerate(drawn):
                items.nth(place).locator("input").fill(str(answer[item]))
        elif question.kind == "path":
            for place, item in enumerate(drawn):
                states = next(one for one in question.items if one.id == item).states
                for state, chosen in answer[item]:
                    choice = next(one for one in states[state].choices if one.id == chosen)
                    items.nth(place).get_by_role("button", name=localized(choice.text), exact=True).click()
    page.wait_for_function("document.querySelectorAll('.hvs-panel .hvs-jump').length === 0", timeout=20_000)


def hand_in_by_mouse(page: Page) -> None:
    """Hand in from the bar at the top and follow the link to the receipt."""
    page.locator("#hocvuso-submit-slot button").click()
    page.locator(".hvs-confirm .hvs-primary").click()
    page.locator(".hvs-receipt").click(timeout=30_000)
    page.wait_for_url(re.compile("/services/portal/submissions/"))


class Keyboard:
    """Somebody who has only a keyboard: Tab, arrows, space, Enter and letters."""

    LOOK = """() => {
        const e = document.activeElement;
        const section = e.closest('section.hvs');
        const heading = section && section.querySelector(':scope > h3');
        const item = e.closest('.hvs-item');
        return {
            tag: e.tagName, type: e.type || '', value: e.value || '', text: (e.textContent || '').trim(),
            label: e.getAttribute('aria-label') || '', id: e.id, classes: e.className || '',
            question: heading ? heading.id.replace('hvs-question-', '') : '',
            item: item && section ? [...section.querySelectorAll('.hvs-item')].indexOf(item) : -1,
            checked: !!e.checked, href: e.href || '',
        };
    }"""

    def __init__(self, page: Page) -> None:
        self.page = page

    def look(self) -> dict[str, Any]:
        """Return what has the focus."""
        return dict(self.page.evaluate(self.LOOK))

    def tab_to(self, is_it: Callable[[dict[str, Any]], bool], limit: int = 2000) -> dict[str, Any]:
        """Press Tab until the focus is where it should be."""
        for _press in range(limit):
            seen = self.look()
            if is_it(seen):
                return seen
            self.page.keyboard.press("Tab")
        raise AssertionError("the keyboard never got there")

    def press(self, *keys: str) -> None:
        """Press keys one after the other."""
        for key in keys:
            self.page.keyboard.press(key)

    def answer(self, paper: Paper) -> None:
        """Answer every question of the lesson, going forward only."""
        for question, drawn, answer in paper.iter_questions():
            getattr(self, f"_answer_{question.kind}")(question, drawn, answer)

    def _answer_classify(self, question: Any, drawn: tuple[str, ...], answer: Any) -> None:
        for place, item in enumerate(drawn):
            label, marked = read_given(answer[item])
            here = {"question": question.id, "item": place}
            if question.look == "inbox":
                here = {"question": question.id}
            evidence = [one for one in marked if one not in (question.reasons or {})]
            self._tick(here, evidence)
            self._choose_label(here, question, label)
            self._tick(here, [one for one in marked if one not in evidence])
            if question.look == "inbox" and place + 1 < len(drawn):
                self.tab_to(lambda s, here=here: here.items() <= s.items() and "hvs-mail-next" in s["classes"])
                self.press("Enter")

    def _choose_label(self, here: dict[str, Any], question: Any, label: str) -> None:
        steps = list(question.choices).index(label)
        if opens_list(question):
            self.tab_to(lambda s: here.items() <= s.items() and s["tag"] == "SELECT")
            # Above the first label stands the empty one.
            self.press(*["ArrowDown"] * (steps + 1))
        else:
            self.tab_to(lambda s: here.items() <= s.items() and s["type"] == "radio")
            self.press("Space", *["ArrowDown"] * steps)
        seen = self.look()
        assert seen["value"] == label, (seen, label)

    def _tick(self, here: dict[str, Any], wanted: list[str]) -> None:
        left = set(wanted)
        while left:
            seen = self.tab_to(
                lambda s, left=left: here.items() <= s.items() and s["type"] == "checkbox" and s["value"] in left
            )
            self.press("Space")
            left.remove(seen["value"])

    def _answer_marks(self, question: Any, drawn: tuple[str, ...], answer: Any) -> None:
        for place, item in enumerate(drawn):
            wanted = set(answer.get(item, []))
            while wanted:
                here = {"question": question.id, "item": place, "type": "checkbox"}
                seen = self.tab_to(
                    lambda s, here=here, wanted=wanted: here.items() <= s.items() and s["value"] in wanted
                )
                self.press("Space")
                wanted.remove(seen["value"])

    def _answer_order(self, question: Any, drawn: tuple[str, ...], answer: Any) -> None:
        shown = list(drawn)
        for place, item in enumerate(one for one in answer if one in drawn):
            at = shown.index(item)
            if at == place:
                continue
            here = {"question": question.id, "item": at, "tag": "SELECT"}
            self.tab_to(lambda s, here=here: here.items() <= s.items())
            self.press(str(place + 1))
            shown.insert(place, shown.pop(at))
        if shown == list(drawn):
            self.tab_to(lambda s: s["question"] == question.id and s["text"].startswith("Giữ"))
            self.press("Enter")

    def _answer_number(self, question: Any, drawn: tuple[str, ...], answer: Any) -> None:
        for place, item in enumerate(drawn):
            here = {"question": question.id, "item": place, "tag": "INPUT"}
            self.tab_to(lambda s, here=here: here.items() <= s.items())
            self.page.keyboard.type(str(answer[item]))

    def _answer_path(self, question: Any, drawn: tuple[str, ...], answer: Any) -> None:
        for item in drawn:
            states = next(one for one in question.items if one.id == item).states
            for state, chosen in answer[item]:
                choice = next(one for one in states[state].choices if one.id == chosen)
                text = localized(choice.text).strip()
                self.tab_to(lambda s, text=text: s["question"] == question.id and s["text"] == text)
                self.press("Enter")
