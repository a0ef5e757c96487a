"""A lecturer who does not program: new module, two questions, samples, check, preview, release, all in the browser."""

from __future__ import annotations

import io
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from people import find_violations
from playwright.sync_api import Locator, Page, expect
from sqlalchemy import select

from autograder.database.schema import release
from autograder.database.server import connect, open_database
from autograder.lesson.author.texts import list_author_texts
from autograder.locale import set_language

pytestmark = pytest.mark.slow
COURSE = Path(__file__).parents[1] / "courses" / "good"
SLUG = "xu-ly-thu-la"


@dataclass(frozen=True)
class Desk:
    """A lecturer's machine: the running command, its curriculum and its installation."""

    curriculum: Path
    home: Path
    address: str

    @property
    def module(self) -> Path:
        """The folder of the module that is made."""
        return self.curriculum / "source" / SLUG


@pytest.fixture
def desk() -> Iterator[Desk]:
    """Run `hocvuso author` as a lecturer does, on a small curriculum and an empty home."""
    # A short path: a Unix socket's name has room for 107 bytes.
    folder = Path(tempfile.mkdtemp(prefix="hvs-"))
    shutil.copytree(COURSE, folder / "curriculum")
    environ = {**os.environ, "HOCVUSO_LANG": "vi", "HOME": str(folder / "person")}
    (folder / "person").mkdir()
    for name in ("DATABASE_URL", "HOCVUSO_HOME", "HOCVUSO_CURRICULUM"):
        environ.pop(name, None)
    command = [sys.executable, "-m", "autograder.cli", "author", "--no-browser", "--json", "--until-input-ends"]
    command += ["--curriculum", str(folder / "curriculum"), "--home", str(folder / "home")]
    process = subprocess.Popen(
        command, env=environ, cwd=folder, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert process.stdin is not None
    assert process.stdout is not None
    yield Desk(folder / "curriculum", folder / "home", json.loads(process.stdout.readline())["url"])
    process.stdin.close()
    process.wait(timeout=30)
    # Nothing was written among the lecturer's own files.
    left = [path.relative_to(folder / "person").as_posix() for path in (folder / "person").rglob("*")]
    shutil.rmtree(folder, ignore_errors=True)
    assert [path for path in left if ".jupyter" in path or ".ipython" in path] == []


@pytest.fixture
def texts() -> Iterator[dict[str, str]]:
    """The texts of the authors' pages, in Vietnamese."""
    set_language("vi")
    yield list_author_texts()
    set_language(None)


def press(place: Page | Locator, name: str) -> None:
    """Press the button of that name."""
    place.get_by_role("button", name=name, exact=True).click()


def open_start_page(page: Page, desk: Desk, texts: dict[str, str]) -> Locator:
    """Open JupyterLab on the start page, which runs by itself."""
    page.goto(desk.address)
    start = page.locator("section.hvs-author", has=page.get_by_text(texts["start_title"], exact=True))
    start.wait_for(timeout=90_000)
    return start


def make_module(start: Locator, texts: dict[str, str]) -> None:
    """Fill in and send the form of a new module."""
    vi, en = texts["vietnamese"], texts["english"]
    press(start, texts["new_module"])
    start.get_by_label(f"{texts['module_title']} ({vi})").fill("Xử lý thư lạ")
    start.get_by_label(f"{texts['module_title']} ({en})").fill("Handling strange mail")
    expect(start.get_by_label(texts["module_slug"])).to_have_value(SLUG)
    start.get_by_label(texts["module_code"]).fill("T03")
    start.get_by_label(f"{texts['module_objectives']} ({vi})").fill("Phân loại được thư lạ.\nXử lý đúng thứ tự.")
    start.get_by_label(f"{texts['module_objectives']} ({en})").fill("Sort strange mail.\nAct in the right order.")
    start.get_by_role("checkbox", name="4.1", exact=True).check()
    press(start, texts["create"])
    start.locator(f"[data-module={SLUG}]").wait_for(timeout=30_000)


def fill_question(bar: Locator, texts: dict[str, str], *, kind: str, prompt: str, english: str, points: str) -> None:
    """Fill in what every question has."""
    press(bar, texts["new_question"])
    bar.get_by_label(texts["kind"]).select_option(kind)
    bar.get_by_label(f"{texts['prompt']} ({texts['vietnamese']})").fill(prompt)
    bar.get_by_label(f"{texts['prompt']} ({texts['english']})").fill(english)
    bar.get_by_label(texts["question_points"]).fill(points)
    bar.get_by_label(texts["feedback_code"].format(n=1)).fill("MC-DISPLAY")
    bar.get_by_label(texts["feedback_text"].format(n=1)).fill("Tên hiển thị ai cũng đặt được; hãy xem địa chỉ đầy đủ.")


def save_sample(review: Locator, texts: dict[str, str], name: str, says: str, points: str) -> None:
    """Save the present answer as a sample, and wait until it is told."""
    press(review, texts["keep_sample"])
    review.get_by_label(texts["sample_name"]).select_option(name)
    review.get_by_label(texts["sample_says"]).fill(says)
    review.get_by_label(texts["sample_points"]).fill(points)
    press(review, texts["save"])


def sort_mails(question: Locator, labels: dict[str, str]) -> None:
    """Give every mail its label."""
    for text, label in labels.items():
        question.locator("fieldset", has_text=text).get_by_label(label, exact=True).check()
    question.locator(".hvs-status[data-state=ok]").wait_for()


MAILS = {
    "Thư mời họp gửi từ địa chỉ của đơn vị": "An toàn",
    "Lịch trực tuần do văn phòng gửi": "An toàn",
    "Thư lấy tên thủ trưởng, gửi từ địa chỉ lạ": "Báo cáo",
    "Thư đòi mật khẩu để mở khóa hộp thư": "Báo cáo",
}
STEPS = ["Không mở tệp đính kèm", "Xem địa chỉ gửi đầy đủ", "Báo bộ phận phụ trách"]


def write_lesson(page: Page, texts: dict[str, str]) -> tuple[Locator, Locator]:
    """Put two questions into the open lesson: one with the mouse, one with the keyboard; return their places."""
    bar = page.locator("section.hvs-author", has=page.get_by_text(texts["bar_title"], exact=True))
    bar.wait_for(timeout=60_000)
    fill_question(bar, texts, kind="classify", prompt="Xếp từng thư.", english="Sort every mail.", points="60")
    bar.get_by_label(re.compile("^Các nhãn|^Labels")).fill("An toàn\nBáo cáo")
    while bar.locator(".hvs-form-row").count() < len(MAILS):
        press(bar, texts["add_row"])
    for row, (mail, label) in zip(bar.locator(".hvs-form-row").all(), MAILS.items(), strict=True):
        row.locator("input").nth(0).fill(mail)
        row.locator("select").select_option(label)
        row.get_by_label(texts["code"]).fill("MC-DISPLAY")
    press(bar, texts["insert"])
    first = page.locator("section.hvs-classify", has_text="Xếp từng thư.")
    first.wait_for(timeout=30_000)
    review = page.locator("section.hvs-review", has_text="xep-tung-thu")
    review.wait_for(timeout=30_000)
    expect(review).to_contain_text("60/100" if "điểm" in review.inner_text() else "60 of 100")
    expect(review).to_contain_text("bo-trong")

    fill_question(bar, texts, kind="order", prompt="Xếp các bước.", english="Order the steps.", points="40")
    press(bar, texts["add_row"])
    for row, step in zip(bar.locator(".hvs-form-row").all(), STEPS, strict=True):
        row.locator("input").first.fill(step)
    bar.locator(".hvs-form-row").nth(1).get_by_label(texts["code"]).fill("MC-DISPLAY")
    insert = bar.get_by_role("button", name=texts["insert"], exact=True)
    insert.focus()
    page.keyboard.press("Enter")
    page.locator("section.hvs-order", has_text="Xếp các bước.").wait_for(timeout=30_000)
    page.locator("section.hvs-review", has_text="xep-cac-buoc").wait_for(timeout=30_000)
    return review, page.locator("section.hvs-review", has_text="xep-cac-buoc")


def test_a_lecturer_writes_checks_previews_and_releases_a_module(
    desk: Desk, texts: dict[str, str], new_page: Callable[..., Page]
) -> None:
    """From nothing to a row in the database without a line of code; the learner's copy holds no key."""
    page = new_page()
    page.set_default_timeout(20_000)
    start = open_start_page(page, desk, texts)
    assert [one for one in find_violations(page) if "hvs" in one] == []
    make_module(start, texts)
    card = start.locator(f"[data-module={SLUG}]")
    press(card, f"{texts['open_of'].format(title='Xử lý thư lạ')}")
    mails, steps = write_lesson(page, texts)
    assert [one for one in find_violations(page) if "hvs" in one] == []

    sort_mails(page.locator("section.hvs-classify"), MAILS)
    press(mails, texts["score"])
    expect(mails.locator(".hvs-result")).to_contain_text("60")
    save_sample(mails, texts, "day-du", "Trả lời đúng tất cả.", "60")
    expect(mails.locator("tr", has_text="day-du")).to_contain_text(texts["agrees"])

    # Everybody who looks only at the name takes all mails for safe: the author first expects too much.
    sort_mails(page.locator("section.hvs-classify"), dict.fromkeys(MAILS, "An toàn"))
    save_sample(mails, texts, "mc-display", "Chỉ nhìn tên hiển thị.", "30")
    expect(mails.locator(".hvs-result")).to_contain_text("30")
    assert not (desk.module / ".author" / "samples" / "mc-display.yaml").exists()
    mails.get_by_label(texts["sample_points"]).fill("0")
    press(mails, texts["save"])
    expect(mails.locator("tr", has_text="mc-display")).to_contain_text(texts["agrees"])

    put_in_order(page.locator("section.hvs-order"))
    save_sample(steps, texts, "day-du", "Trả lời đúng tất cả.", "40")
    expect(steps.locator("tr", has_text="day-du")).to_contain_text(texts["agrees"])

    page.get_by_role("tab", name="soan-bai.ipynb").click()
    press(card, texts["check_of"].format(title="Xử lý thư lạ"))
    expect(card.locator(".hvs-result")).to_contain_text(texts["no_findings"], timeout=60_000)
    look_at_preview(page, card, texts)
    press(card, texts["release_of"].format(title="Xử lý thư lạ"))
    press(card.locator(".hvs-confirm"), texts["release"])
    expect(card.locator(".hvs-verdict[data-state=right]")).to_be_visible(timeout=120_000)
    expect(card.locator("a")).to_have_count(0)

    assert json.loads((desk.module / "lesson.ipynb").read_text())["cells"][2]["outputs"] == []
    with open_database(desk.home, {}) as url:
        engine = connect(url)
        with engine.begin() as conn:
            rows = conn.execute(select(release.c.slug, release.c.archive).where(release.c.is_current)).all()
        engine.dispose()
    assert [row.slug for row in rows] == [SLUG]
    with zipfile.ZipFile(io.BytesIO(rows[0].archive)) as archive:
        shipped = b"".join(archive.read(name) for name in archive.namelist()).decode()
    assert "xep-tung-thu" in shipped
    assert not re.search(r"key:|MC-DISPLAY|feedback", shipped)


def put_in_order(question: Locator) -> None:
    """Put the steps in order with the position fields, and keep it."""
    for number, step in enumerate(STEPS, start=1):
        question.locator("li", has_text=step).locator("select").select_option(str(number))
    question.locator(".hvs-status[data-state=ok]").wait_for()


def look_at_preview(page: Page, card: Locator, texts: dict[str, str]) -> None:
    """Open the learner's view: the questions are there, nothing of the author's is."""
    press(card, texts["preview_of"].format(title="Xử lý thư lạ"))
    link = card.get_by_role("link", name=texts["preview_open"])
    link.wait_for(timeout=90_000)
    with page.context.expect_page() as opened:
        link.click()
    shown = opened.value
    shown.locator("section.hvs-panel").wait_for(timeout=60_000)
    assert shown.locator("section.hvs-classify").count() == 1
    assert shown.locator(".hvs-author").count() == 0
    assert "MC-DISPLAY" not in shown.content()
    shown.close()


def test_a_block_with_mistakes_shows_lines_and_remedies(
    desk: Desk, texts: dict[str, str], new_page: Callable[..., Page]
) -> None:
    """A cell that cannot be read shows what to mend and where, never a traceback; the release is refused."""
    lesson = desk.curriculum / "source" / "mau-thu" / "lesson.ipynb"
    document: dict[str, Any] = json.loads(lesson.read_text())
    cell = next(c for c in document["cells"] if "".join(c["source"]).startswith("%%question"))
    cell["source"] = "".join(cell["source"]).replace("points:", "ponits:")
    lesson.write_text(json.dumps(document))
    page = new_page(width=360)
    page.set_default_timeout(20_000)
    start = open_start_page(page, desk, texts)
    card = start.locator("[data-module=mau-thu]")
    press(card, texts["release_of"].format(title="Thư thật và thư giả"))
    press(card.locator(".hvs-confirm"), texts["release"])
    expect(card.locator(".hvs-findings li").first).to_be_visible(timeout=60_000)
    assert not (desk.home / "postgres").exists()

    press(card, texts["open_of"].format(title="Thư thật và thư giả"))
    review = page.locator("section.hvs-review", has_text=texts["review_unread"])
    review.wait_for(timeout=60_000)
    expect(review.locator(".hvs-findings")).to_contain_text("ponits")
    assert re.search(r"(dòng|line) \d+", review.inner_text())
    assert "Traceback" not in page.locator(".jp-Notebook").last.inner_text()


def test_a_preview_ends_with_ctrl_c(tmp_path: Path) -> None:
    """The command says where it is, ends at once when it is told, and leaves nothing behind in the curriculum."""
    before = sorted(COURSE.rglob("*"))
    command = [sys.executable, "-m", "autograder.cli", "preview", "mau-thu", "--no-browser", "--json"]
    environ = {**os.environ, "HOCVUSO_CURRICULUM": str(COURSE), "TMPDIR": str(tmp_path)}
    process = subprocess.Popen(command, env=environ, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    assert "mau-thu" in json.loads(process.stdout.readline())["url"]
    process.send_signal(signal.SIGINT)
    assert process.wait(timeout=30) == 0
    assert sorted(COURSE.rglob("*")) == before
    assert list(tmp_path.iterdir()) == []
