"""Who gets which answer from which page and which call of the API."""

from __future__ import annotations

from typing import Any

import pytest

NOBODY = None
LEARNER, COLLEAGUE, OUTSIDER = "999001", "999002", "999003"
INSTRUCTOR, HEAD, STRANGER = "999900", "999901", "999999"
SLUG = "an-toan-tai-khoan"

WHO = (NOBODY, STRANGER, LEARNER, COLLEAGUE, OUTSIDER, INSTRUCTOR, HEAD)
PAGES = {
    # page: statuses in the order of WHO; {id} is a submission of LEARNER's
    "/": (302, 403, 200, 200, 200, 200, 200),
    f"/modules/{SLUG}/open": (302, 403, 200, 200, 200, 404, 404),
    "/modules/no-such/open": (302, 403, 404, 404, 404, 404, 404),
    "/submissions/{id}": (302, 403, 200, 404, 404, 200, 200),
    "/submissions/{id}/result": (302, 403, 200, 404, 404, 200, 200),
    "/submissions/no-such": (302, 403, 404, 404, 404, 404, 404),
    "/units": (302, 403, 403, 403, 403, 200, 200),
    "/units.csv": (302, 403, 403, 403, 403, 200, 200),
    "/units.json": (302, 403, 403, 403, 403, 200, 200),
    "/units.xlsx": (302, 403, 403, 403, 403, 404, 404),
    "/units/khoa-a": (302, 403, 403, 403, 403, 200, 200),
    "/units/khoa-b": (302, 403, 403, 403, 403, 403, 200),
    "/units/no-such": (302, 403, 404, 404, 404, 404, 404),
    "/units/khoa-a/completions.csv": (302, 403, 403, 403, 403, 200, 200),
    "/units/khoa-b/completions.json": (302, 403, 403, 403, 403, 403, 200),
    "/statistics": (302, 403, 403, 403, 403, 200, 200),
    f"/modules/{SLUG}/statistics": (302, 403, 403, 403, 403, 200, 200),
    "/modules/no-such/statistics": (302, 403, 403, 403, 403, 404, 404),
    f"/modules/{SLUG}/statistics?unit=khoa-b": (302, 403, 403, 403, 403, 403, 200),
    f"/modules/{SLUG}/statistics.csv": (302, 403, 403, 403, 403, 200, 200),
    f"/modules/{SLUG}/statistics.xlsx": (302, 403, 403, 403, 403, 200, 200),
    f"/modules/{SLUG}/statistics.ods": (302, 403, 403, 403, 403, 404, 404),
    "/no-such-page": (404, 404, 404, 404, 404, 404, 404),
}
CALLS = {
    ("GET", "/health"): (200, 200, 200, 200, 200, 200, 200),
    ("GET", "/me"): (401, 403, 200, 200, 200, 200, 200),
    ("GET", "/modules"): (401, 403, 200, 200, 200, 200, 200),
    ("GET", "/server"): (401, 403, 200, 200, 200, 200, 200),
    ("GET", "/submissions"): (401, 403, 200, 200, 200, 200, 200),
    ("GET", "/submissions/{id}"): (401, 403, 200, 404, 404, 200, 200),
    ("GET", "/attempts/{attempt}"): (401, 403, 200, 404, 404, 404, 404),
    ("GET", "/attempts/{attempt}/files"): (401, 403, 200, 404, 404, 404, 404),
    ("POST", "/attempts/{attempt}/submissions"): (401, 403, 409, 404, 404, 404, 404),
    ("POST", f"/modules/{SLUG}/attempts"): (401, 403, 200, 200, 200, 403, 403),
    ("POST", "/modules/no-such/attempts"): (401, 403, 404, 404, 404, 404, 404),
    ("GET", "/units"): (401, 403, 200, 200, 200, 200, 200),
    ("GET", "/units/khoa-a/completions"): (401, 403, 403, 403, 403, 200, 200),
    ("GET", "/units/khoa-b/completions"): (401, 403, 403, 403, 403, 403, 200),
    ("GET", f"/modules/{SLUG}/statistics"): (401, 403, 403, 403, 403, 200, 200),
    ("GET", f"/modules/{SLUG}/statistics?unit=khoa-b"): (401, 403, 403, 403, 403, 403, 200),
    ("GET", "/modules/no-such/statistics"): (401, 403, 403, 403, 403, 404, 404),
    ("GET", "/no-such-call"): (404, 404, 404, 404, 404, 404, 404),
    ("DELETE", "/me"): (405, 405, 405, 405, 405, 405, 405),
}


def test_every_page_answers_every_role_as_the_table_says(academy: Any) -> None:
    """Pages open to those they are for, and only to those."""
    made = academy.hand_in(LEARNER)
    found = {page: tuple(academy.visit(who, page.format(id=made["id"])).status_code for who in WHO) for page in PAGES}
    assert found == PAGES


def test_every_call_answers_every_role_as_the_table_says(academy: Any) -> None:
    """The API gives each person their own and, to staff, their units'."""
    made = academy.hand_in(LEARNER)
    mine = academy.ask(LEARNER, "GET", f"/submissions/{made['id']}").json()["attempt"]
    found = {}
    for method, path in CALLS:
        place = path.format(id=made["id"], attempt=mine)
        more: dict[str, Any] = {}
        if path.endswith("/submissions") and method == "POST":
            more = {"content": b"PK other bytes", "headers": {"Content-Type": "application/zip"}}
        found[method, path] = tuple(academy.ask(who, method, place, **dict(more)).status_code for who in WHO)
    assert found == CALLS


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_token_that_is_refused_is_a_401_in_json(academy: Any, method: str) -> None:
    """A wrong token is said to be wrong, not sent to a sign-in page."""
    answer = academy.ask("stolen", method, f"/modules/{SLUG}/attempts" if method == "POST" else "/me")
    assert answer.status_code == 401
    assert answer.json()["error"]["code"] == "token-refused"
    assert answer.headers["www-authenticate"] == "Bearer"


def test_a_cookie_reads_the_api_but_never_changes_anything(academy: Any) -> None:
    """Another site can make a browser send its cookie, but not a header."""
    cookie = {"Cookie": f"who={LEARNER}"}
    assert academy.ask(None, "GET", "/modules", headers=cookie).status_code == 200
    answer = academy.ask(None, "POST", f"/modules/{SLUG}/attempts", headers=cookie)
    assert (answer.status_code, answer.json()["error"]["code"]) == (403, "token-needed")


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 303),
        ({"Sec-Fetch-Site": "same-origin"}, 303),
        ({"Sec-Fetch-Site": "none"}, 303),
        ({"Sec-Fetch-Site": "cross-site"}, 403),
        ({"Sec-Fetch-Site": "same-site"}, 403),
        ({"Origin": "http://testserver"}, 303),
        ({"Origin": "https://elsewhere.example"}, 403),
        ({"Origin": "null"}, 403),
    ],
)
def test_a_form_from_another_site_is_refused(academy: Any, headers: dict[str, str], status: int) -> None:
    """Changes by pages need to come from the portal's own pages."""
    answer = academy.visit(LEARNER, f"/modules/{SLUG}/open", "POST", headers=headers)
    assert answer.status_code == status
    assert academy.rooms.started == ([LEARNER] if status == 303 else [])


def test_staff_keep_sight_of_work_handed_in_before_a_transfer(academy: Any) -> None:
    """Who was responsible when the work came in may open its receipt; the new unit's staff may too."""
    from datetime import timedelta

    from sqlalchemy import insert, update

    from autograder.database import schema
    from autograder.records.people import today

    made = academy.hand_in(LEARNER)
    received = academy.ask(LEARNER, "GET", "/me")
    assert received.status_code == 200
    with academy.engine.begin() as conn:
        long_ago = today() - timedelta(days=30)
        conn.execute(update(schema.membership).where(schema.membership.c.person_id == LEARNER).values(until=long_ago))
        conn.execute(insert(schema.membership).values(person_id=LEARNER, unit_id="khoa-b", since=long_ago))
    assert academy.visit(INSTRUCTOR, f"/submissions/{made['id']}").status_code == 404
    with academy.engine.begin() as conn:
        conn.execute(
            update(schema.submission)
            .where(schema.submission.c.id == made["id"])
            .values(received_at=schema.submission.c.received_at - timedelta(days=60))
        )
    assert academy.visit(INSTRUCTOR, f"/submissions/{made['id']}").status_code == 200
    assert academy.visit(HEAD, f"/submissions/{made['id']}").status_code == 200
