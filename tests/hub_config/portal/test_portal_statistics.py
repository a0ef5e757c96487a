"""Item statistics on the portal: the list, a module's page, its charts and downloads, the API."""

from __future__ import annotations

import csv
import io
import re
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import insert, update

from autograder.database import schema

LEARNER, INSTRUCTOR, HEAD = "999001", "999900", "999901"
SLUG, UUID = "an-toan-tai-khoan", "0d1c2a52-5c0f-4e9c-9f0a-111111111111"
PAGE = f"/modules/{SLUG}/statistics"
START = datetime(2026, 11, 2, 3, 0, tzinfo=UTC)

Fill = Callable[..., None]


def words(html: str) -> str:
    """Return the visible text of a page, white space folded."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html)).strip()


def make_rows(people: int, questions: int, items: int, first: int, unit: str, day: int) -> dict[Any, list[Any]]:
    """Return the rows of graded attempts; who gets which item right follows from the numbers of both."""
    rows: dict[Any, list[Any]] = {
        table: []
        for table in (
            schema.person,
            schema.membership,
            schema.attempt,
            schema.submission,
            schema.grade,
            schema.question_grade,
            schema.item_response,
        )
    }
    moment = START + timedelta(days=day)
    for n in range(first, first + people):
        name, who = f"s{n:05d}", f"99{n:05d}"
        rows[schema.person].append({"id": who, "name": f"Người Học {n}"})
        rows[schema.membership].append({"person_id": who, "unit_id": unit, "since": date(2026, 1, 1)})
        rows[schema.attempt].append(
            {
                "id": f"a{name}",
                "person_id": who,
                "module_uuid": UUID,
                "content_hash": "hash-1",
                "number": 1,
                "variant": "v",
                "is_open": False,
                "opened_at": moment,
            }
        )
        rows[schema.submission].append(
            {
                "id": name,
                "attempt_id": f"a{name}",
                "digest": "d",
                "archive": b"",
                "size_bytes": 0,
                "state": "graded",
                "received_at": moment,
            }
        )
        total = 0.0
        for q in range(questions):
            question = "hop-thu" if q == 0 else f"cau-{q}"
            right = [(n * 7 + i * 3 + q) % 70 >= 10 * (i % 7) for i in range(items)]
            points = round(100 / questions * sum(right) / items, 2)
            total += points
            rows[schema.question_grade].append(
                {
                    "submission_id": name,
                    "question": question,
                    "notebook": "lesson",
                    "position": q,
                    "required": True,
                    "points": points,
                    "max_points": 100 / questions,
                    "capped": False,
                    "notes": [],
                    "codes": [] if all(right) else ["MC-PHISH"],
                }
            )
            rows[schema.item_response] += [
                {
                    "submission_id": name,
                    "question": question,
                    "item": f"t{i + 1:02d}",
                    "position": i + 1,
                    "fraction": float(is_right),
                    "answered": True,
                    "code": "" if is_right else "MC-PHISH",
                    "chosen": ["bao_cao" if is_right else "an_toan"],
                    "wrong": [] if is_right else ["an_toan"],
                    "answer": None,
                }
                for i, is_right in enumerate(right)
            ]
        rows[schema.grade].append(
            {
                "submission_id": name,
                "points": min(round(total, 2), 100.0),
                "max_points": 100.0,
                "has_open_cap": False,
                "grader_version": "t",
                "findings": [],
                "graded_at": moment,
            }
        )
    return rows


@pytest.fixture
def fill(academy: Any) -> Fill:
    """Return a function that gives a unit learners with graded attempts at the module."""

    def write(
        people: int, *, questions: int = 2, items: int = 2, first: int = 0, unit: str = "khoa-a", day: int = 0
    ) -> None:
        with academy.engine.begin() as conn:
            for table, rows in make_rows(people, questions, items, first, unit, day).items():
                conn.execute(insert(table), rows)

    return write


def test_the_list_of_modules_tells_people_and_mean(academy: Any, fill: Fill) -> None:
    """From the navigation of those who may; with how many people stand behind it."""
    fill(20)
    assert "/services/portal/statistics" in academy.visit(INSTRUCTOR, "/").text
    assert "/services/portal/statistics" not in academy.visit(LEARNER, "/").text
    shown = academy.visit(INSTRUCTOR, "/statistics")
    assert f'href="/services/portal{PAGE}"' in shown.text
    assert re.findall(r'<td class="num">(.*?)</td>', shown.text)[0] == "20"
    assert 'aria-current="page"' in shown.text


def test_a_mean_of_few_people_is_not_told(academy: Any, fill: Fill) -> None:
    """Four people: their number, no score; and nothing on the module's page."""
    fill(4)
    assert re.findall(r'<td class="num">(.*?)</td>', academy.visit(INSTRUCTOR, "/statistics").text) == ["4", "–"]
    page = academy.visit(INSTRUCTOR, PAGE)
    assert "<svg" not in page.text
    assert "MC-PHISH" not in page.text
    assert "statistics.csv" not in page.text


def test_a_module_is_shown_in_words_with_its_charts(academy: Any, fill: Fill) -> None:
    """Item texts, option labels, the sentence of a mistake; three charts, each with its table."""
    fill(30)
    page = academy.visit(INSTRUCTOR, PAGE)
    shown = words(page.text)
    for part in (
        "An toàn tài khoản",
        "Xếp thư vào nhóm",
        "Thư đòi mật khẩu.",
        "An toàn",
        "Thư đòi mật khẩu là thư đáng ngờ",
    ):
        assert part in shown
    assert page.text.count('role="img"') == 3
    assert page.text.count("<details") >= 3
    assert re.search(r"<dd>30</dd>", page.text)


def test_what_authors_should_look_at_comes_first(academy: Any, fill: Fill) -> None:
    """The key that most contradict is named, with a link to its line."""
    fill(30)
    with academy.engine.begin() as conn:
        hard = schema.item_response.c.item == "t02"
        conn.execute(
            update(schema.item_response)
            .where(hard)
            .values(fraction=0.0, chosen=["an_toan"], wrong=["an_toan"], code="MC-PHISH")
        )
    page = academy.visit(INSTRUCTOR, PAGE).text
    place = re.search(r'<a href="#item-([0-9.]+)">', page)
    assert place is not None
    assert f'id="item-{place.group(1)}"' in page
    found = academy.ask(INSTRUCTOR, "GET", PAGE).json()
    flags = {(q["question"], item["item"]): item["flags"] for q in found["questions"] for item in q["items"]}
    assert flags["hop-thu", "t02"] == ["check-key", "too-hard"]


def test_an_instructor_sees_the_answers_of_their_units_only(academy: Any, fill: Fill) -> None:
    """Khoa A has 12 people, Khoa B 8; who is responsible for both may choose one."""
    fill(12)
    fill(8, first=100, unit="khoa-b")
    assert academy.ask(INSTRUCTOR, "GET", PAGE).json()["people"] == 12
    assert academy.ask(HEAD, "GET", PAGE).json()["people"] == 20
    assert academy.ask(HEAD, "GET", f"{PAGE}?unit=khoa-b").json()["people"] == 8
    refused = academy.ask(INSTRUCTOR, "GET", f"{PAGE}?unit=khoa-b")
    assert (refused.status_code, refused.json()["error"]["code"]) == (403, "unit-not-visible")
    assert academy.visit(INSTRUCTOR, f"{PAGE}?unit=khoa-b").status_code == 403
    assert academy.visit(INSTRUCTOR, f"{PAGE}?unit=no-such").status_code == 404
    options = re.findall(r'<option value="(khoa-.|hv)"', academy.visit(INSTRUCTOR, PAGE).text)
    assert options == ["khoa-a"]


def test_days_and_versions_narrow_the_choice(academy: Any, fill: Fill) -> None:
    """From, to, one version, all of them; an unknown one is told."""
    fill(6)
    fill(7, first=100, day=5)
    early = (START + timedelta(days=1)).date().isoformat()
    assert academy.ask(INSTRUCTOR, "GET", f"{PAGE}?until={early}").json()["people"] == 6
    assert academy.ask(INSTRUCTOR, "GET", f"{PAGE}?since={early}").json()["people"] == 7
    assert academy.ask(INSTRUCTOR, "GET", f"{PAGE}?version=hash-1").json()["version"] == "hash-1"
    assert academy.ask(INSTRUCTOR, "GET", f"{PAGE}?version=all&attempts=all").json()["version"] is None
    assert academy.ask(INSTRUCTOR, "GET", f"{PAGE}?version=hash-2").status_code == 404
    assert academy.visit(INSTRUCTOR, f"{PAGE}?version=hash-2").status_code == 404
    assert academy.visit(INSTRUCTOR, f"{PAGE}?since=yesterday").status_code == 422
    chosen = academy.visit(INSTRUCTOR, f"{PAGE}?until={early}&attempts=all&unit=khoa-a").text
    assert f'value="{early}"' in chosen
    assert re.search(r'<option value="all" selected>', chosen)
    assert re.search(r'<option value="khoa-a" selected>', chosen)
    links = re.findall(r'href="([^"]+statistics\.csv\?[^"]+)"', chosen)
    assert links == [f"/services/portal{PAGE}.csv?unit=khoa-a&amp;until={early}&amp;version=hash-1&amp;attempts=all"]


def test_the_api_gives_the_same_figures_as_the_page(academy: Any, fill: Fill) -> None:
    """By item, with flags; null where too few people stand behind it."""
    fill(30)
    with academy.engine.begin() as conn:
        rare = (schema.item_response.c.item == "t02") & (schema.item_response.c.submission_id > "s00003")
        conn.execute(schema.item_response.delete().where(rare))
    found = academy.ask(INSTRUCTOR, "GET", PAGE).json()
    assert (found["module"], found["people"], found["attempts"], sum(found["scores"])) == (SLUG, 30, 30, 30)
    assert found["misconceptions"][0]["name"] == "MC-PHISH"
    first = found["questions"][0]
    assert (first["question"], first["answers"], first["max_points"]) == ("hop-thu", 30, 50.0)
    common, rare_item = first["items"]
    assert (common["answers"], common["text"]) == (30, "Thư mời họp.")
    assert 0 <= common["difficulty"] <= 1
    assert (rare_item["answers"], rare_item["difficulty"], rare_item["wrong"], rare_item["flags"]) == (
        None,
        None,
        [],
        [],
    )
    few = academy.ask(INSTRUCTOR, "GET", f"{PAGE}?until=2026-01-01").json()
    assert (few["people"], few["questions"], few["mean"]) == (0, [], None)


@pytest.mark.parametrize("query", ["attempts=second", "since=yesterday", "version=%27", "unit=%00"])
def test_the_api_refuses_what_it_does_not_describe(academy: Any, query: str) -> None:
    """Strict where programs ask."""
    assert academy.ask(INSTRUCTOR, "GET", f"{PAGE}?{query}").status_code == 422


def test_downloads_hold_every_item(academy: Any, fill: Fill) -> None:
    """CSV and XLSX with names that say what they are."""
    from openpyxl import load_workbook

    fill(12)
    table = academy.visit(INSTRUCTOR, f"{PAGE}.csv")
    assert table.headers["content-type"] == "text/csv; charset=utf-8"
    assert f"_{SLUG}_" in table.headers["content-disposition"]
    rows = list(csv.DictReader(io.StringIO(table.content.decode("utf-8-sig"))))
    assert [(row["question"], row["item"]) for row in rows][:2] == [("hop-thu", "t01"), ("hop-thu", "t02")]
    book = academy.visit(INSTRUCTOR, f"{PAGE}.xlsx")
    assert book.headers["content-type"].endswith("spreadsheetml.sheet")
    assert load_workbook(io.BytesIO(book.content)).worksheets[0].max_row == len(rows) + 1
    assert academy.visit(INSTRUCTOR, f"{PAGE}.ods").status_code == 404


def test_typed_words_and_titles_are_escaped(academy: Any, fill: Fill) -> None:
    """Whatever a learner typed or an author wrote is text, in tables and charts."""
    evil = "<script>alert(1)</script>"
    fill(12)
    with academy.engine.begin() as conn:
        conn.execute(update(schema.item_response).values(chosen=[evil], wrong=[evil], fraction=0.0, code=evil))
        conn.execute(update(schema.question_grade).values(codes=[evil]))
        conn.execute(update(schema.release).values(title={"vi": evil, "en": evil}))
    html = academy.visit(INSTRUCTOR, PAGE).text
    assert "&lt;script&gt;alert(1)" in html
    assert "<script>alert" not in html


def test_no_figure_names_anybody(academy: Any, fill: Fill) -> None:
    """Neither names nor ids of learners, in no form."""
    fill(12)
    for path in (PAGE, f"{PAGE}.csv", f"{PAGE}.json"):
        text = academy.visit(INSTRUCTOR, path).text
        assert "Người Học" not in text
        assert "9900001" not in text
        assert "s00001" not in text


def test_pages_bring_nothing_that_the_policy_forbids(academy: Any, fill: Fill) -> None:
    """No inline script or style, nothing from elsewhere."""
    fill(12)
    for path in ("/statistics", PAGE):
        html = academy.visit(INSTRUCTOR, path).text
        assert not re.search(r"<style|\sstyle=|\son[a-z]+=|javascript:", html)
        assert not re.search(r"<script(?![^>]*\bsrc=)", html)
        assert not re.search(r'(?:src|href|action)="https?:', html)


def test_pages_are_there_in_english(academy: Any, fill: Fill) -> None:
    """By the cookie, as everywhere."""
    fill(12)
    english = academy.visit(INSTRUCTOR, PAGE, headers={"Cookie": f"who={INSTRUCTOR}; hocvuso-language=en"}).text
    for part in ("Safe accounts", "Discrimination", "Sort the letters", "Most chosen wrong options"):
        assert part in words(english)


@pytest.mark.slow
def test_a_large_module_is_shown_quickly(academy: Any, fill: Fill) -> None:
    """2,000 attempts with 60 items each: under a second on a quiet machine, seconds beside other work."""
    fill(2000, questions=5, items=12)
    academy.visit(HEAD, PAGE)
    begun = time.perf_counter()
    assert academy.visit(HEAD, PAGE).status_code == 200
    assert time.perf_counter() - begun < 15


@pytest.fixture
def visit(browser: Browser, live_portal: str) -> Callable[..., Any]:
    """Return a context manager that opens a page of the portal as an instructor."""

    @contextmanager
    def open_page(path: str, width: int = 1280, **more: Any) -> Iterator[Page]:
        context = browser.new_context(viewport={"width": width, "height": 800}, locale="vi-VN", **more)
        context.add_cookies([{"name": "who", "value": INSTRUCTOR, "url": live_portal}])
        page = context.new_page()
        troubles: list[str] = []
        page.on("console", lambda message: troubles.append(message.text) if message.type == "error" else None)
        page.goto(f"{live_portal}/services/portal{path}")
        yield page
        context.close()
        assert troubles == []

    return open_page


@pytest.mark.slow
@pytest.mark.parametrize("width", [1280, 360])
def test_pages_are_accessible_and_fit_the_screen(fill: Fill, visit: Callable[..., Any], width: int) -> None:
    """axe finds nothing with everything unfolded; nothing scrolls sideways; targets are 44 px high."""
    fill(30, questions=3, items=6)
    for path in ("/statistics", PAGE, f"{PAGE}?until=2026-01-01"):
        with visit(path, width) as page:
            page.evaluate("for (const d of document.querySelectorAll('details')) d.open = true")
            found = Axe().run(page)
            assert found.violations_count == 0, f"{path} {found.generate_report()}"
            assert page.evaluate("document.documentElement.scrollWidth") <= width, path
            low = page.evaluate(
                """[...document.querySelectorAll('button, a.button, nav a, input, select, summary')]
                   .filter((e) => e.offsetParent && e.getBoundingClientRect().height < 44)
                   .map((e) => e.outerHTML)"""
            )
            assert low == [], path


@pytest.mark.slow
def test_a_page_with_text_of_twice_the_size_still_fits(fill: Fill, visit: Callable[..., Any]) -> None:
    """200 % at 360 px."""
    fill(30)
    with visit(PAGE, 360) as page:
        page.evaluate("document.documentElement.style.fontSize = '200%'")
        assert page.evaluate("document.documentElement.scrollWidth") <= 360


@pytest.mark.slow
def test_charts_are_seen_where_colours_are_forced(fill: Fill, visit: Callable[..., Any]) -> None:
    """Bars take the text's colour, so they stand out from any background."""
    fill(30)
    with visit(PAGE, 1280, forced_colors="active") as page:
        fill_of, ground = page.evaluate(
            """[getComputedStyle(document.querySelector('.plot-bar')).fill,
                getComputedStyle(document.body).backgroundColor]"""
        )
        assert fill_of != ground


@pytest.mark.slow
def test_the_keyboard_narrows_and_unfolds(fill: Fill, visit: Callable[..., Any]) -> None:
    """Choose a unit, press Enter on the button, open a table, scroll it: without a mouse."""
    fill(30)
    with visit(PAGE) as page:
        page.locator("#unit").focus()
        page.keyboard.press("End")
        page.locator("form.filter button").focus()
        page.keyboard.press("Enter")
        page.wait_for_url("**unit=khoa-a**")
        summary = page.locator(".figure summary").first
        summary.focus()
        page.keyboard.press("Enter")
        table = page.locator(".figure details[open] .scroll").first
        expect(table).to_be_visible()
        page.keyboard.press("Tab")
        expect(table).to_be_focused()


@pytest.mark.slow
def test_a_link_to_an_item_unfolds_its_table(fill: Fill, visit: Callable[..., Any]) -> None:
    """Many items begin folded; what an author should look at is one press away, also for who comes by a link."""
    fill(30, questions=4, items=10)
    with visit(PAGE) as page:
        link = page.locator(".columns a").first
        place = (link.get_attribute("href") or "").removeprefix("#")
        line = page.locator(f"[id='{place}']")
        expect(line).not_to_be_visible()
        link.focus()
        page.keyboard.press("Enter")
        expect(line).to_be_in_viewport()
    with visit(f"{PAGE}#{place}") as page:
        expect(page.locator(f"[id='{place}']")).to_be_in_viewport()
