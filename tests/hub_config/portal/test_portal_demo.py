"""The whole way on the released demo academy: attempt, answers, submission, grade, unit table, download."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from pathlib import Path
from typing import Any

import pytest
import yaml
from fastapi.testclient import TestClient
from sqlalchemy import Engine

from autograder.grading.archive import zip_files
from autograder.grading.code import BoxRunner
from autograder.learning.results import grade_submission
from hub_config.installation import find_curriculum
from hub_config.portal.app import create_app
from hub_config.portal.settings import PortalSettings

LEARNER, INSTRUCTOR = "hv001", "gv001"
SLUG = "an-toan-tai-khoan"
PREFIX = "/services/portal"


class NamedSignIn:
    """Believes the name in the header."""

    async def identify(self, request: Any) -> Any:
        from hub_config.portal.signin import HubUser

        return HubUser(request.headers["authorization"].removeprefix("token "), by_token=True)


@pytest.fixture
def ask(demo_engine: Engine, tmp_path: Path) -> Any:
    """Return a function that asks the portal of the demo academy."""
    secret = tmp_path / "variant-key"
    secret.write_text("0123456789abcdef0123456789abcdef")
    settings = PortalSettings("unused", secret, hub_api_token="unused")
    client = TestClient(create_app(settings, sign_in=NamedSignIn(), engine=demo_engine))  # type: ignore[arg-type]

    def request(who: str, method: str, path: str, **more: Any) -> Any:
        headers = {"Authorization": f"token {who}", **more.pop("headers", {})}
        answer = client.request(method, f"{PREFIX}{path}", headers=headers, **more)
        assert answer.status_code < 300, answer.text
        return answer

    return request


def pack_answers(files: bytes, sample: str, variant: str) -> bytes:
    """Return a submission: the fetched notebooks with the answers of an author's sample."""
    answers = yaml.safe_load(
        (find_curriculum({}) / "source" / SLUG / ".author" / "samples" / f"{sample}.yaml").read_text()
    )["answers"]
    with zipfile.ZipFile(io.BytesIO(files)) as released:
        content = {name: released.read(name) for name in released.namelist() if name.endswith(".ipynb")}
    for question, answer in answers.items():
        saved = {
            "schema": 1,
            "question": question,
            "variant": variant,
            "answer": answer,
            "widget_version": "1",
            "saved_at": "2026-11-30T01:02:03+00:00",
        }
        content[f"answers/{question}.json"] = json.dumps(saved).encode()
    return zip_files(content)


@pytest.mark.parametrize(("sample", "points", "state"), [("day-du", 100.0, "passed"), ("bo-trong", 0.0, "not_passed")])
def test_a_learner_passes_and_the_unit_table_shows_it(
    ask: Any, demo_engine: Engine, sample: str, points: float, state: str
) -> None:
    """From the learner's answers to the instructor's file, with the real modules and the real grader."""
    modules = ask(LEARNER, "GET", "/api/v1/modules").json()
    assert SLUG in [module["slug"] for module in modules]
    attempt = ask(LEARNER, "POST", f"/api/v1/modules/{SLUG}/attempts").json()
    files = ask(LEARNER, "GET", f"/api/v1/attempts/{attempt['attempt']}/files").content
    assert not [name for name in zipfile.ZipFile(io.BytesIO(files)).namelist() if ".author" in name]
    receipt = ask(
        LEARNER,
        "POST",
        f"/api/v1/attempts/{attempt['attempt']}/submissions",
        content=pack_answers(files, sample, attempt["variant"]),
        headers={"Content-Type": "application/zip"},
    ).json()
    grade_submission(demo_engine, receipt["id"], BoxRunner())
    found = ask(LEARNER, "GET", f"/api/v1/submissions/{receipt['id']}").json()
    assert (found["grade"]["points"], found["grade"]["passed"]) == (points, points == 100.0)
    page = ask(LEARNER, "GET", f"/submissions/{receipt['id']}").text
    assert page.count("<h3>") == len(found["grade"]["questions"])
    mine = next(m for m in ask(LEARNER, "GET", "/api/v1/modules").json() if m["slug"] == SLUG)
    assert (mine["state"], mine["best_points"]) == (state, points)

    units = ask(INSTRUCTOR, "GET", "/api/v1/units").json()
    passed = next(r["passed"] for r in units[0]["records"] if r["module"] == SLUG)
    assert passed == (1 if state == "passed" else 0)
    assert ask(INSTRUCTOR, "GET", "/units").status_code == 200
    assert receipt["id"] in ask(INSTRUCTOR, "GET", f"/units/{units[0]['id']}").text
    table = ask(INSTRUCTOR, "GET", f"/units/{units[0]['id']}/completions.csv").content.decode("utf-8-sig")
    line = next(
        row for row in csv.DictReader(io.StringIO(table)) if (row["person_id"], row["module_slug"]) == (LEARNER, SLUG)
    )
    assert (line["state"], line["submission_digest"]) == (state, receipt["digest"])
