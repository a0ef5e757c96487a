"""What the pages show and do."""

from __future__ import annotations

import csv
import io
import json
import re
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import insert, update

from autograder.database import schema
from autograder.model import CompletionState, SubmissionState
from hub_config.portal.display import format_number, format_share, group_digest, shorten_prompt
from hub_config.portal.rooms import RoomState

LEARNER, COLLEAGUE, INSTRUCTOR, HEAD = "999001", "999002", "999900", "999901"
SLUG, UUID = "an-toan-tai-khoan", "0d1c2a52-5c0f-4e9c-9f0a-111111111111"


def words(html: str) -> str:
    """Return the visible text of a page, white space folded."""
    body = re.sub(r"<(script|style)\b.*?</\1>", " ", html, flags=re.DOTALL)
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", body)).strip()


def record_completion(academy: Any, person: str, state: CompletionState, points: float | None) -> None:
    """Write a completion record."""
    with academy.engine.begin() as conn:
        conn.execute(
            insert(schema.completion).values(
                person_id=person,
                module_uuid=UUID,
                slug=SLUG,
                state=state,
                points=points,
                max_points=100.0,
                rule="best-attempt",
                rule_version=1,
                content_hash="hash-1",
                submission_digest="d" * 64,
                grader_version="test",
                decided_at=datetime.now(UTC),
            )
        )


def test_home_says_where_the_learner_stands(academy: Any) -> None:
    """Title, minutes, state, score with decimal comma, due date in Viet Nam, what to do next."""
    fresh = words(academy.visit(LEARNER, "/").text)
    for part in ("An toàn tài khoản", "Chưa bắt đầu", "50 phút", "31/12/2099", "Bắt đầu", "Phần tự chọn"):
        assert part in fresh
    made = academy.hand_in()
    academy.record_grade(made["id"], 62.5)
    record_completion(academy, LEARNER, CompletionState.NOT_PASSED, 62.5)
    page = academy.visit(LEARNER, "/")
    for part in ("Chưa đạt", "62,5/100", "Làm lại", "Biên nhận gần nhất"):
        assert part in words(page.text)
    assert f"/submissions/{made['id']}" in page.text


def test_home_says_why_a_high_score_has_not_passed(academy: Any) -> None:
    """A score over the pass mark with a critical mistake needs a word."""
    academy.record_grade(academy.hand_in()["id"], 88.0, capped=True)
    record_completion(academy, LEARNER, CompletionState.NOT_PASSED, 88.0)
    shown = words(academy.visit(LEARNER, "/").text)
    assert "88/100" in shown
    assert "Lỗi nghiêm trọng" in shown


def test_home_offers_to_continue_an_open_attempt(academy: Any) -> None:
    """The button says what it does."""
    academy.begin()
    shown = words(academy.visit(LEARNER, "/").text)
    assert "Tiếp tục" in shown
    assert "Đang học" in shown


def test_home_links_units_to_staff_only(academy: Any) -> None:
    """Learners do not meet the table of units."""
    assert "/services/portal/units" not in academy.visit(LEARNER, "/").text
    assert "/services/portal/units" in academy.visit(INSTRUCTOR, "/").text


def test_a_learner_never_meets_the_tools_words(academy: Any) -> None:
    """No notebook, kernel, cell, traceback or code on a learner's pages."""
    made = academy.hand_in()
    academy.record_grade(made["id"], 40.0, capped=True)
    academy.rooms.states[LEARNER] = RoomState.PENDING
    pages = ["/", f"/submissions/{made['id']}", f"/modules/{SLUG}/open", "/no-such-page"]
    for page in pages:
        shown = words(academy.visit(LEARNER, page).text).lower()
        for word in ("notebook", "kernel", "cell", "traceback", "jupyter", "trượt"):
            assert word not in shown, page


def test_a_receipt_names_what_was_taken(academy: Any) -> None:
    """Learner, attempt, local time, ISO time, and the digest as one piece of text."""
    made = academy.hand_in()
    page = academy.visit(LEARNER, f"/submissions/{made['id']}")
    shown = words(page.text)
    for part in ("Nguyễn Thị An", LEARNER, "An toàn tài khoản", "giờ Việt Nam", "+00:00", made["id"]):
        assert part in shown
    groups = re.search(r'class="code digest">(.*?)</dd>', page.text)
    assert groups is not None
    assert re.sub(r"<[^>]+>", "", groups.group(1)) == made["digest"]


def test_a_result_settles_when_it_is_there(academy: Any) -> None:
    """Queued: still asking, and by meta refresh without JavaScript; graded: settled."""
    made = academy.hand_in()
    page = academy.visit(LEARNER, f"/submissions/{made['id']}")
    assert 'http-equiv="refresh"' in page.text
    assert "data-poll" in page.text
    waiting = academy.visit(LEARNER, f"/submissions/{made['id']}/result")
    assert waiting.headers["x-settled"] == "no"
    assert "Đang chấm bài…" in waiting.text
    academy.record_grade(made["id"], 85.25)
    done = academy.visit(LEARNER, f"/submissions/{made['id']}/result")
    assert done.headers["x-settled"] == "yes"
    shown = words(done.text)
    for part in ("85,25", "/ 100", "Đạt", "Xếp thư vào nhóm", "Thư đòi mật khẩu là thư đáng ngờ"):
        assert part in shown
    assert 'http-equiv="refresh"' not in academy.visit(LEARNER, f"/submissions/{made['id']}").text


def test_an_open_critical_mistake_is_explained(academy: Any) -> None:
    """Even with a score over the pass mark the module is not passed, and the page says why."""
    made = academy.hand_in()
    academy.record_grade(made["id"], 90.0, capped=True)
    shown = words(academy.visit(LEARNER, f"/submissions/{made['id']}").text)
    assert "Lỗi nghiêm trọng." in shown
    assert "40% số điểm" in shown
    assert "Chưa đạt" in shown


def test_a_submission_that_could_not_be_graded_is_not_a_zero(academy: Any) -> None:
    """The learner is told that nothing is lost; only staff read the technical reason."""
    made = academy.hand_in()
    with academy.engine.begin() as conn:
        conn.execute(
            update(schema.submission).values(state=SubmissionState.FAILED_TO_GRADE, reason="BoxError: no space left")
        )
    own = words(academy.visit(LEARNER, f"/submissions/{made['id']}").text)
    staff = words(academy.visit(INSTRUCTOR, f"/submissions/{made['id']}").text)
    assert "Chưa chấm được" in own
    assert "BoxError" not in own
    assert "BoxError" in staff


def test_opening_a_module_starts_the_room_and_waits(academy: Any) -> None:
    """Start once, wait, go to the lesson at the top level of the hub."""
    asked = academy.visit(LEARNER, f"/modules/{SLUG}/open", "POST", data={"notebook": "python"})
    assert asked.status_code == 303
    assert academy.rooms.started == [LEARNER]
    waiting = academy.visit(LEARNER, asked.headers["location"].removeprefix("/services/portal"))
    assert "Đang chuẩn bị phòng học…" in waiting.text
    target = f"/user/{LEARNER}/hocvuso/open/{SLUG}?notebook=python"
    assert f'data-target="{target}"' in waiting.text
    assert 'http-equiv="refresh"' in waiting.text
    academy.rooms.states[LEARNER] = RoomState.RUNNING
    ready = academy.visit(LEARNER, asked.headers["location"].removeprefix("/services/portal"))
    assert (ready.status_code, ready.headers["location"]) == (303, target)
    straight = academy.visit(LEARNER, f"/modules/{SLUG}/open", "POST", data={"notebook": "../../admin"})
    assert straight.headers["location"] == f"/user/{LEARNER}/hocvuso/open/{SLUG}?notebook=lesson"
    assert academy.rooms.started == [LEARNER]


def test_a_room_that_does_not_open_is_said_with_a_way_on(academy: Any) -> None:
    """After a start, a closed room is a failure; before one, it is an offer."""
    failed = words(academy.visit(LEARNER, f"/modules/{SLUG}/open?asked=1").text)
    assert "Phòng học chưa mở được" in failed
    assert "Thử lại" in failed
    assert "Vào làm bài" in words(academy.visit(LEARNER, f"/modules/{SLUG}/open").text)
    assert academy.rooms.started == []


def test_looking_at_the_room_page_starts_nothing(academy: Any) -> None:
    """A GET has no effect, so a link or an image of another site has none."""
    academy.visit(LEARNER, f"/modules/{SLUG}/open?asked=1&notebook=lesson")
    assert academy.rooms.started == []


def test_the_units_table_counts_heads_with_decimal_comma(academy: Any) -> None:
    """One of three passed is 33,3%; units are indented by their place in the tree."""
    academy.hand_in()
    record_completion(academy, LEARNER, CompletionState.PASSED, 90.0)
    page = academy.visit(HEAD, "/units")
    cells = re.findall(r'<td class="num">(.*?)</td>', page.text)
    assert cells[:5] == ["3", "1", "1", "1", "33,3%"]
    assert cells[5:10] == ["2", "1", "1", "1", "50%"]
    assert 'class="depth-1"' in page.text
    assert "Khoa B" in page.text
    assert "Khoa B" not in academy.visit(INSTRUCTOR, "/units").text
    past = academy.visit(HEAD, "/units?as_of=2026-01-02")
    assert re.findall(r'<td class="num">(.*?)</td>', past.text)[:5] == ["3", "0", "0", "0", "0%"]


def test_a_unit_lists_its_people_by_module(academy: Any) -> None:
    """State, score, time and receipt of each; filters narrow it."""
    made = academy.hand_in()
    record_completion(academy, LEARNER, CompletionState.PASSED, 90.5)
    shown = academy.visit(INSTRUCTOR, "/units/khoa-a")
    for part in ("Nguyễn Thị An", "Trần Văn Bình", "Đạt", "90,5", "Chưa bắt đầu"):
        assert part in words(shown.text)
    assert f"/submissions/{made['id']}" in shown.text
    only = words(academy.visit(INSTRUCTOR, "/units/khoa-a?name=bình").text)
    assert "Trần Văn Bình" in only
    assert "Nguyễn Thị An" not in only
    none = words(academy.visit(INSTRUCTOR, "/units/khoa-a?state=revoked").text)
    assert "Không có ai trong đơn vị khớp" in none


def test_a_large_unit_is_shown_page_by_page(academy: Any) -> None:
    """Fifty people a page; a page number out of range shows the nearest one."""
    from datetime import date

    ids = [f"99{number:05d}" for number in range(70)]
    with academy.engine.begin() as conn:
        conn.execute(insert(schema.person), [{"id": i, "name": f"Người Học {i}"} for i in ids])
        conn.execute(
            insert(schema.membership),
            [{"person_id": i, "unit_id": "khoa-a", "since": date(2026, 1, 1)} for i in ids],
        )
        conn.execute(insert(schema.role), [{"person_id": i, "role": "learner", "unit_id": "khoa-a"} for i in ids])
    first = academy.visit(INSTRUCTOR, "/units/khoa-a?as_of=2026-06-01")
    last = academy.visit(INSTRUCTOR, "/units/khoa-a?as_of=2026-06-01&page=999999999")
    assert first.text.count('scope="rowgroup"') == 50
    assert last.text.count('scope="rowgroup"') == 22
    assert "Trang 1/2" in words(first.text)
    assert 'href="?as_of=2026-06-01&amp;page=2"' in first.text


@pytest.mark.parametrize("path", ["/units/khoa-a/completions", "/units"])
def test_downloads_are_files_for_spreadsheets_and_programs(academy: Any, path: str) -> None:
    """CSV with BOM and JSON, each with a name that says what it is; same lines."""
    academy.hand_in()
    table = academy.visit(INSTRUCTOR, f"{path}.csv?as_of=2026-06-01")
    assert table.headers["content-type"] == "text/csv; charset=utf-8"
    assert table.headers["content-disposition"].startswith('attachment; filename="hoan-thanh')
    assert "2026-06-01.csv" in table.headers["content-disposition"]
    assert table.content.startswith(b"\xef\xbb\xbf")
    rows = list(csv.DictReader(io.StringIO(table.content.decode("utf-8-sig"))))
    data = academy.visit(INSTRUCTOR, f"{path}.json?as_of=2026-06-01")
    assert data.headers["content-type"] == "application/json"
    parsed = json.loads(data.content)
    lines = parsed if isinstance(parsed, list) else next(v for v in parsed.values() if isinstance(v, list))
    assert len(rows) == len(lines) > 0


def test_the_language_is_chosen_once_for_all_pages(academy: Any) -> None:
    """A cookie for the whole hub; text and the page's lang follow; the way back stays inside."""
    assert '<html lang="vi">' in academy.visit(LEARNER, "/").text
    chosen = academy.visit(LEARNER, "/language", "POST", data={"language": "en", "back": "/services/portal/units?x=1"})
    assert (chosen.status_code, chosen.headers["location"]) == (303, "/services/portal/units?x=1")
    assert "Path=/;" in chosen.headers["set-cookie"] + ";"
    academy.client.cookies.clear()
    english = academy.visit(LEARNER, "/", headers={"Cookie": f"who={LEARNER}; hocvuso-language=en"})
    assert '<html lang="en">' in english.text
    assert "My modules" in english.text
    assert "Safe accounts" in english.text
    for back in (
        "https://evil.example/",
        "//evil.example",
        "/hub/logout",
        "/services/portal\\..",
        "/services/portal/\r\nx",
    ):
        away = academy.visit(LEARNER, "/language", "POST", data={"language": "en", "back": back})
        assert away.headers["location"] == "/services/portal/"
        academy.client.cookies.clear()


def test_every_answer_carries_the_security_headers(academy: Any) -> None:
    """Pages, fragments, files, errors and the API alike; only static files may be kept."""
    for path in ("/", "/units", "/no-such", "/api/v1/me", "/api/v1/no-such", "/static/portal.css"):
        headers = academy.visit(LEARNER, path).headers
        policy = headers["content-security-policy"]
        assert "default-src 'self'" in policy
        assert "frame-ancestors 'none'" in policy
        assert "unsafe" not in policy
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "same-origin"
        kept = path.startswith("/static")
        assert headers["cache-control"] == ("public, max-age=86400" if kept else "no-store")


def test_pages_bring_no_inline_script_or_style_and_nothing_from_elsewhere(academy: Any) -> None:
    """The content security policy has nothing to forbid."""
    made = academy.hand_in()
    academy.record_grade(made["id"], 50.0)
    for who, path in ((LEARNER, "/"), (LEARNER, f"/submissions/{made['id']}"), (HEAD, "/units"), (HEAD, "/units/hv")):
        html = academy.visit(who, path).text
        assert not re.search(r"<style|\sstyle=|\son[a-z]+=|javascript:", html)
        assert not re.search(r"<script(?![^>]*\bsrc=)", html)
        assert not re.search(r'(?:src|href|action)="https?:', html)


def test_names_and_titles_are_escaped(academy: Any) -> None:
    """A name is text, whatever it holds."""
    with academy.engine.begin() as conn:
        conn.execute(update(schema.person).values(name="<img src=x onerror=alert(1)>"))
        conn.execute(update(schema.release).values(title={"vi": "<script>alert(2)</script>", "en": None}))
    made = academy.hand_in()
    for who, path in ((LEARNER, "/"), (LEARNER, f"/submissions/{made['id']}"), (HEAD, "/units"), (HEAD, "/units/hv")):
        html = academy.visit(who, path).text
        assert "<img src=x" not in html
        assert "<script>alert" not in html


def test_a_log_line_names_no_person(academy: Any, caplog: Any) -> None:
    """Routes are logged as patterns, without ids, names or queries."""
    import logging

    caplog.set_level(logging.INFO, logger="hocvuso.portal")
    made = academy.hand_in()
    academy.visit(INSTRUCTOR, f"/submissions/{made['id']}?x=secret")
    academy.visit(INSTRUCTOR, "/units/khoa-a?name=bình")
    ours = "\n".join(r.getMessage() for r in caplog.records if r.name == "hocvuso.portal")
    assert "route=/submissions/{submission_id} status=200" in ours
    for private in (made["id"], "secret", "bình", "khoa-a", LEARNER, INSTRUCTOR):
        assert private not in ours


@pytest.mark.parametrize(
    ("value", "digits", "text"),
    [(1234.5, 2, "1.234,5"), (100.0, 2, "100"), (0.0, 0, "0"), (99.999, 2, "100"), (-0.001, 2, "0"), (None, 2, "–")],
)
def test_numbers_are_written_the_vietnamese_way(value: float | None, digits: int, text: str) -> None:
    """Decimal comma, thousands dot, no needless zeros."""
    assert format_number(value, digits) == text


def test_shares_and_digests_and_prompts_are_shown_short() -> None:
    """One decimal for a share; eight letters a group; one line of a prompt."""
    assert (format_share(1 / 3), format_share(None), format_share(1.0)) == ("33,3%", "–", "100%")
    assert "".join(group_digest("ab" * 32)) == "ab" * 32
    assert shorten_prompt("\n**Xếp** từng thư\n\nDòng hai") == "Xếp từng thư"
    assert len(shorten_prompt("từ " * 100)) <= 120


def test_every_state_has_words() -> None:
    """No state is shown as its code."""
    from hub_config.portal.display import describe_state

    for state in CompletionState:
        assert describe_state(state) != state.value
