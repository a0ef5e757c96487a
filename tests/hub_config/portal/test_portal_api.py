"""The API: attempts, hand-ins, checks, errors."""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from typing import Any

import pytest
from sqlalchemy import text

LEARNER, COLLEAGUE, INSTRUCTOR = "999001", "999002", "999900"
SLUG = "an-toan-tai-khoan"
# Two items of two labels can be checked once; see autograder.questions.hints.
CHECKS = 1
ZIP = {"Content-Type": "application/zip"}


def test_an_attempt_carries_what_attempt_json_carries(academy: Any) -> None:
    """The exchange and the learner's server get the same attempt."""
    attempt = academy.begin()
    files = academy.ask(LEARNER, "GET", f"/attempts/{attempt['attempt']}/files")
    assert files.headers["content-type"] == "application/zip"
    with zipfile.ZipFile(io.BytesIO(files.content)) as archive:
        own = json.loads(archive.read("attempt.json"))
        assert "lesson.ipynb" in archive.namelist()
    assert own.pop("schema") == 1
    assert {key: attempt[key] for key in own if key != "due"} == {k: v for k, v in own.items() if k != "due"}
    assert attempt["notebooks"] == ["lesson", "python"]
    assert attempt["is_open"] is True


def test_opening_again_continues_the_open_attempt(academy: Any) -> None:
    """Two windows work on one attempt."""
    assert academy.begin()["attempt"] == academy.begin()["attempt"]


def test_handing_in_gives_a_receipt_and_the_same_bytes_the_same_receipt(academy: Any) -> None:
    """A double click is one submission: 201, then 200."""
    from autograder.grading.archive import zip_files

    attempt = academy.begin()
    body = zip_files({"lesson.ipynb": b'{"cells": [], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}'})
    first = academy.ask(LEARNER, "POST", f"/attempts/{attempt['attempt']}/submissions", content=body, headers=ZIP)
    again = academy.ask(LEARNER, "POST", f"/attempts/{attempt['attempt']}/submissions", content=body, headers=ZIP)
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json() == again.json()
    receipt = first.json()
    assert receipt["digest"] == hashlib.sha256(body).hexdigest()
    assert receipt["state"] == "queued"
    assert receipt["receipt_url"] == f"/services/portal/submissions/{receipt['id']}"
    assert [s["id"] for s in academy.ask(LEARNER, "GET", "/submissions").json()] == [receipt["id"]]


def test_a_submission_and_its_job_are_there_together(academy: Any) -> None:
    """What has a receipt has a grading job."""
    made = academy.hand_in()
    with academy.engine.begin() as conn:
        jobs = conn.scalars(text("SELECT args->>'submission_id' FROM queue.procrastinate_jobs")).all()
    assert jobs == [made["id"]]


def test_a_result_reaches_the_api(academy: Any) -> None:
    """Points, remarks and the open critical mistake come with the submission."""
    made = academy.hand_in()
    assert academy.ask(LEARNER, "GET", f"/submissions/{made['id']}").json()["grade"] is None
    academy.record_grade(made["id"], 40.0, capped=True)
    found = academy.ask(LEARNER, "GET", f"/submissions/{made['id']}").json()
    assert found["state"] == "graded"
    grade = found["grade"]
    assert (grade["points"], grade["max_points"], grade["passed"], grade["has_open_cap"]) == (40.0, 100.0, False, True)
    assert grade["questions"][0]["notes"][0]["code"] == "MC-PHISH"


@pytest.mark.parametrize(
    ("content", "headers", "status", "code"),
    [
        (b"x" * (20 * 2**20 + 1), ZIP, 413, "submission-too-large"),
        (b"{}", {"Content-Type": "application/json"}, 415, "content-type-wrong"),
        (b"PK", {"Content-Type": "text/plain; charset=x"}, 415, "content-type-wrong"),
        (b"not a zip file", ZIP, 422, None),
        (b"", ZIP, 422, None),
    ],
)
def test_bytes_that_cannot_be_a_submission_are_refused(
    academy: Any, content: bytes, headers: dict[str, str], status: int, code: str | None
) -> None:
    """A clear error, and the attempt stays open."""
    attempt = academy.begin()
    path = f"/attempts/{attempt['attempt']}/submissions"
    answer = academy.ask(LEARNER, "POST", path, content=content, headers=headers)
    assert answer.status_code == status, answer.text
    error = answer.json()["error"]
    assert set(error) == {"code", "message", "where", "found", "expected", "hint"}
    assert error["hint"]
    assert code in (None, error["code"])
    assert academy.begin()["attempt"] == attempt["attempt"]


def test_a_body_without_a_length_is_cut_off_at_the_limit(academy: Any) -> None:
    """The limit holds for bytes that arrive, not for what a header says."""
    attempt = academy.begin()
    taken = 0

    def pour() -> Any:
        nonlocal taken
        for _ in range(400):
            taken += 2**20
            yield b"x" * 2**20

    answer = academy.ask(LEARNER, "POST", f"/attempts/{attempt['attempt']}/submissions", content=pour(), headers=ZIP)
    assert answer.status_code == 413


def test_a_large_body_for_an_attempt_of_somebody_else_is_not_read(academy: Any) -> None:
    """Whose attempt it is comes before the bytes."""
    attempt = academy.begin(COLLEAGUE)
    path = f"/attempts/{attempt['attempt']}/submissions"
    answer = academy.ask(LEARNER, "POST", path, content=b"x" * (21 * 2**20), headers=ZIP)
    assert answer.status_code == 404


def check(academy: Any, attempt: dict[str, Any], body: bytes | str) -> Any:
    path = f"/attempts/{attempt['attempt']}/checks"
    return academy.ask(LEARNER, "POST", path, content=body, headers={"Content-Type": "application/json"})


def test_a_check_gives_points_and_remarks_but_no_key(academy: Any) -> None:
    """Remarks name the misconception, not the item."""
    attempt = academy.begin()
    given = {"question": "hop-thu", "answer": {"t01": "an_toan", "t02": "an_toan"}}
    answer = check(academy, attempt, json.dumps(given))
    assert answer.status_code == 200, answer.text
    found = answer.json()
    assert (found["max_points"], found["remaining"]) == (100.0, CHECKS - 1)
    assert [(n["code"], n["item"]) for n in found["notes"]] == [("MC-PHISH", "")]
    assert "bao_cao" not in answer.text


def test_checks_are_limited(academy: Any) -> None:
    """One check more than the policy allows is a 429 with its reason."""
    attempt = academy.begin()
    body = json.dumps({"question": "hop-thu", "answer": {}})
    statuses = [check(academy, attempt, body).status_code for _ in range(CHECKS + 1)]
    assert statuses == [200] * CHECKS + [429]


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"\xff\xfe",
        b'{"question": "hop-thu", "answer": NaN}',
        b'{"question": "hop-thu", "answer": -Infinity}',
        b'{"question": "hop-thu", "answer": 1e999}',
        b'{"question": "hop-thu", "answer": "\\ud800"}',
        b'{"question": "hop-thu", "answer": ' + b"[" * 60 + b"]" * 60 + b"}",
        b'{"question": "hop-thu", "answer": ' + b"[" * 100000,
        b'{"question": "hop-thu", "answer": ' + b"9" * 5000 + b"}",
        b'{"answer": 1}',
        b'{"question": "hop-thu", "answer": 1, "points": 100}',
        b'{"question": "\\u0000", "answer": 1}',
        b'{"question": ["hop-thu"], "answer": 1}',
        b"[]",
    ],
)
def test_a_check_with_broken_json_is_a_422(academy: Any, body: bytes) -> None:
    """Strict JSON in, a clear error out, no check counted."""
    attempt = academy.begin()
    answer = check(academy, attempt, body)
    assert answer.status_code == 422, answer.text
    assert answer.json()["error"]["code"] in ("json-invalid", "request-invalid")
    assert check(academy, attempt, b'{"question": "hop-thu", "answer": null}').json()["remaining"] == CHECKS - 1


def test_a_check_over_one_megabyte_is_a_413(academy: Any) -> None:
    """Answers are small."""
    body = json.dumps({"question": "hop-thu", "answer": "x" * 2**20})
    assert check(academy, academy.begin(), body).status_code == 413


def test_only_uploaded_files_may_make_a_check_larger(academy: Any) -> None:
    """1500 KB of files in base64 are taken; anything else of that size, or more files, is a 413."""
    upload = {"name": "bảng.xlsx", "content": "QUJD" * 512_000}
    attempt = academy.begin()
    body = json.dumps({"question": "hop-thu", "answer": {"t01": upload}})
    assert check(academy, attempt, body).status_code == 200
    for answer in ({"t01": upload | {"more": 1}}, {"t01": upload, "t02": upload}, [upload]):
        body = json.dumps({"question": "hop-thu", "answer": answer})
        assert check(academy, attempt, body).status_code == 413


def test_ids_from_the_address_never_break_a_query(academy: Any) -> None:
    """NUL, quotes and overlong ids are simply unknown."""
    for bad in ("%00", "a%00b", "'; DROP TABLE x", "x" * 500, "%ff", "..%2f"):
        assert academy.ask(LEARNER, "GET", f"/attempts/{bad}").status_code == 404
        assert academy.ask(LEARNER, "GET", f"/submissions/{bad}").status_code == 404
        assert academy.visit(LEARNER, f"/submissions/{bad}").status_code == 404
        assert academy.ask(INSTRUCTOR, "GET", f"/units/{bad}/completions").status_code == 404
        assert academy.visit(INSTRUCTOR, f"/units/{bad}").status_code == 404


def test_a_date_that_is_none_is_a_422(academy: Any) -> None:
    """Parameters are typed."""
    answer = academy.ask(INSTRUCTOR, "GET", "/units?as_of=yesterday")
    assert (answer.status_code, answer.json()["error"]["where"]) == (422, "as_of")


def test_units_carry_their_counts(academy: Any) -> None:
    """Heads are counted by unit and module."""
    academy.hand_in(LEARNER)
    units = academy.ask("999901", "GET", "/units").json()
    assert [(u["id"], u["parent"], u["depth"]) for u in units] == [
        ("hv", None, 0),
        ("khoa-a", "hv", 1),
        ("khoa-b", "hv", 1),
    ]
    record = units[0]["records"][0]
    assert (record["eligible"], record["started"], record["submitted"], record["passed"]) == (3, 1, 1, 0)
    rows = academy.ask(INSTRUCTOR, "GET", "/units/khoa-a/completions").json()
    assert [(row["person"], row["state"]) for row in rows] == [(LEARNER, "submitted"), (COLLEAGUE, "not_started")]


def test_errors_come_in_the_language_asked_for(academy: Any) -> None:
    """Vietnamese unless the program asks for English."""
    vietnamese = academy.ask(None, "GET", "/me").json()["error"]["message"]
    english = academy.ask(None, "GET", "/me", headers={"Accept-Language": "en-GB"}).json()["error"]["message"]
    assert (vietnamese, english) == ("Anh/Chị chưa đăng nhập", "you are not signed in")


def test_a_database_that_is_away_is_a_503(portal_settings: Any) -> None:
    """Pages and API say so and ask to come back; nothing technical leaks."""
    from dataclasses import replace

    from fastapi.testclient import TestClient

    from hub_config.portal.app import create_app

    away = replace(portal_settings, database_url="postgresql+psycopg://nobody@127.0.0.1:1/none")
    with TestClient(create_app(away), raise_server_exceptions=False) as client:
        answer = client.get("/services/portal/api/v1/health")
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "30")
    assert answer.json()["error"]["code"] == "database-unreachable"
    assert "127.0.0.1" not in answer.text


def test_an_unexpected_fault_is_a_500_with_a_code_and_a_log(academy: Any, caplog: Any) -> None:
    """The reader gets a code, the log gets the traceback under the same code."""
    with academy.engine.begin() as conn:
        conn.execute(text("ALTER TABLE hocvuso.release RENAME TO gone"))
    page = academy.visit(LEARNER, "/")
    call = academy.ask(LEARNER, "GET", "/modules")
    assert (page.status_code, call.status_code) == (500, 500)
    error = call.json()["error"]
    assert error["code"] == "unexpected-error"
    assert f"reference={error['where']}" in caplog.text
    assert "Traceback" not in page.text + call.text
    assert "release" not in page.text + call.text
    assert page.headers["content-security-policy"]


def test_openapi_describes_every_call_with_answers_and_errors(academy: Any) -> None:
    """Each operation has a summary, a typed answer and the error model."""
    description = academy.ask(None, "GET", "/openapi.json").json()
    paths = description["paths"]
    assert len(paths) == 14
    for path, operations in paths.items():
        for operation in operations.values():
            assert operation["summary"], path
            good = [a for status, a in operation["responses"].items() if status.startswith("2")]
            assert all(answer.get("content") for answer in good), path
            refused = operation["responses"]["403"]["content"]["application/json"]["schema"]["$ref"]
            assert refused.endswith("/ErrorAnswer")
