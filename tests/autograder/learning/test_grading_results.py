"""What follows from a grade: points, gradebook, completion; and what follows when grading goes wrong."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, func, select, text, update

from autograder.curriculum.source import Curriculum
from autograder.database.schema import attempt, completion, grade, submission
from autograder.gradebook.book import read_scores
from autograder.grading.code import BoxError, BoxRunner, Claim
from autograder.learning.attempts import build_attempt_archive, open_attempt
from autograder.learning.handin import accept_submission
from autograder.learning.jobs import run_worker
from autograder.learning.results import grade_submission, make_grader
from autograder.learning.views import list_modules, read_submission
from autograder.model import CompletionState, Submission, SubmissionState
from hub_config.settings import Settings

SECRET = b"a secret of the tests"
NOW = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
SLUG = "an-toan-tai-khoan"

HandIn = Callable[..., Submission]


def no_code(_steps: Sequence[Any], _files: Any) -> list[Claim]:
    """Stand where a box would be; modules without code never call it."""
    raise AssertionError("a lesson without code asked for a box")


@pytest.fixture
def hand_in(demo_engine: Engine, curriculum: Curriculum, make_work: Callable[..., Any]) -> HandIn:
    """Return a function that hands in a sample for a learner through the ordinary path."""

    def hand_in_sample(person_id: str, sample_name: str, slug: str = SLUG) -> Submission:
        module = curriculum.find_module(slug)
        assert module is not None
        sample = next(s for s in module.samples if s.name == sample_name)
        with demo_engine.begin() as conn:
            opened = open_attempt(conn, person_id, slug, secret=SECRET, now=NOW)
            work = make_work(build_attempt_archive(conn, opened), module, sample, opened.variant)
            receipt, _is_new = accept_submission(conn, opened.id, person_id, work.archive, now=NOW)
        return receipt

    return hand_in_sample


def read_state(engine: Engine, person_id: str) -> tuple[CompletionState, float | None]:
    """Return (state, points) of the learner's completion record."""
    with engine.begin() as conn:
        row = conn.execute(
            select(completion.c.state, completion.c.points).where(
                completion.c.person_id == person_id, completion.c.slug == SLUG
            )
        ).one()
    return CompletionState(row.state), row.points


def test_full_marks_pass_and_stand_in_the_gradebook(demo_engine: Engine, hand_in: HandIn) -> None:
    """The right answers give all points, in our record and in nbgrader's gradebook alike."""
    receipt = hand_in("hv001", "day-du")
    grade_submission(demo_engine, receipt.id, no_code)
    assert read_state(demo_engine, "hv001") == (CompletionState.PASSED, 100.0)
    with demo_engine.begin() as conn:
        scores = read_scores(conn, people=["hv001"])
        view = read_submission(conn, receipt.id)
        module = next(m for m in list_modules(conn, "hv001") if m.slug == SLUG)
    assert [(s.notebook, s.points, s.max_points) for s in scores] == [("lesson", 100.0, 100.0)]
    assert view is not None
    assert view.passed is True
    assert module.best_points == 100.0
    assert module.state is CompletionState.PASSED


def test_an_untouched_lesson_earns_nothing_and_is_not_passed(demo_engine: Engine, hand_in: HandIn) -> None:
    """Nothing answered is 0 points, which is another thing than not graded."""
    receipt = hand_in("hv001", "bo-trong")
    with demo_engine.begin() as conn:
        assert conn.scalar(select(func.count()).select_from(grade)) == 0
    grade_submission(demo_engine, receipt.id, no_code)
    assert read_state(demo_engine, "hv001") == (CompletionState.NOT_PASSED, 0.0)


def test_a_worse_attempt_never_takes_points_away(demo_engine: Engine, hand_in: HandIn) -> None:
    """The best attempt counts, in the completion and in the gradebook."""
    grade_submission(demo_engine, hand_in("hv001", "day-du").id, no_code)
    second = hand_in("hv001", "bo-trong")
    grade_submission(demo_engine, second.id, no_code)
    assert read_state(demo_engine, "hv001") == (CompletionState.PASSED, 100.0)
    with demo_engine.begin() as conn:
        assert [s.points for s in read_scores(conn, people=["hv001"])] == [100.0]
        view = read_submission(conn, second.id)
    assert view is not None
    assert view.grade is not None
    assert view.grade.points == 0.0


def test_a_better_attempt_replaces_the_score(demo_engine: Engine, hand_in: HandIn) -> None:
    """Trying again with better answers raises the score in both places."""
    grade_submission(demo_engine, hand_in("hv001", "bo-trong").id, no_code)
    grade_submission(demo_engine, hand_in("hv001", "day-du").id, no_code)
    assert read_state(demo_engine, "hv001") == (CompletionState.PASSED, 100.0)
    with demo_engine.begin() as conn:
        assert [s.points for s in read_scores(conn, people=["hv001"])] == [100.0]


def test_grading_twice_changes_nothing(demo_engine: Engine, hand_in: HandIn) -> None:
    """A job that runs twice finds its grade and leaves it."""
    receipt = hand_in("hv001", "day-du")
    grade_submission(demo_engine, receipt.id, no_code)
    with demo_engine.begin() as conn:
        first = conn.execute(select(grade)).all()
    grade_submission(demo_engine, receipt.id, no_code)
    with demo_engine.begin() as conn:
        assert conn.execute(select(grade)).all() == first


def test_the_issued_variant_counts_not_the_one_in_the_file(
    demo_engine: Engine, curriculum: Curriculum, make_work: Callable[..., Any]
) -> None:
    """Answers to another draw than the issued one earn only what they share with it."""
    module = curriculum.find_module(SLUG)
    assert module is not None
    sample = next(s for s in module.samples if s.name == "day-du")
    with demo_engine.begin() as conn:
        opened = open_attempt(conn, "hv001", SLUG, secret=SECRET, now=NOW)
        work = make_work(build_attempt_archive(conn, opened), module, sample, "a-variant-of-my-own")
        receipt, _is_new = accept_submission(conn, opened.id, "hv001", work.archive, now=NOW)
    grade_submission(demo_engine, receipt.id, no_code)
    _state, points = read_state(demo_engine, "hv001")
    assert points is not None
    assert points < 100.0


def test_a_fault_of_the_machine_is_not_a_zero(demo_engine: Engine, hand_in: HandIn) -> None:
    """A box that does not start leaves the submission ungraded, to be tried again."""

    def broken(_steps: Any, _files: Any) -> list[Claim]:
        raise BoxError("box-not-ready", "no box")

    receipt = hand_in("hv001", "day-du", slug="thong-ke-bieu-do")
    with pytest.raises(BoxError):
        make_grader(demo_engine, broken)(receipt.id, False)
    with demo_engine.begin() as conn:
        assert conn.scalar(select(submission.c.state)) == SubmissionState.QUEUED
        assert conn.scalar(select(func.count()).select_from(grade)) == 0


def test_after_the_last_try_the_reason_is_kept(demo_engine: Engine, hand_in: HandIn) -> None:
    """failed_to_grade says why; points stay absent."""

    def broken(_steps: Any, _files: Any) -> list[Claim]:
        raise BoxError("box-not-ready", "no box")

    receipt = hand_in("hv001", "day-du", slug="thong-ke-bieu-do")
    make_grader(demo_engine, broken)(receipt.id, True)
    with demo_engine.begin() as conn:
        row = conn.execute(select(submission.c.state, submission.c.reason)).one()
        record = conn.execute(select(completion.c.state, completion.c.points)).one()
    assert row.state == SubmissionState.FAILED_TO_GRADE
    assert "no box" in row.reason
    assert tuple(record) == (CompletionState.FAILED_TO_GRADE, None)


def test_a_failed_regrade_leaves_the_earlier_result(demo_engine: Engine, hand_in: HandIn) -> None:
    """A later submission that cannot be graded never hides an earlier pass."""
    grade_submission(demo_engine, hand_in("hv001", "day-du").id, no_code)
    second = hand_in("hv001", "day-du")
    with demo_engine.begin() as conn:
        conn.execute(update(submission).where(submission.c.id == second.id).values(archive=b"rotten on disk"))
    make_grader(demo_engine, no_code)(second.id, False)
    with demo_engine.begin() as conn:
        assert (
            conn.scalar(select(submission.c.state).where(submission.c.id == second.id))
            == SubmissionState.FAILED_TO_GRADE
        )
    assert read_state(demo_engine, "hv001") == (CompletionState.PASSED, 100.0)


def test_one_rotten_submission_does_not_stop_the_batch(
    demo_engine: Engine, demo_settings: Settings, hand_in: HandIn
) -> None:
    """The worker records the failure of one and grades the others."""
    receipts = [hand_in(person, "day-du") for person in ("hv001", "hv002", "hv004")]
    with demo_engine.begin() as conn:
        conn.execute(update(submission).where(submission.c.id == receipts[1].id).values(archive=b"rotten on disk"))
    run_worker(demo_settings.database_url, make_grader(demo_engine, no_code), wait=False)
    with demo_engine.begin() as conn:
        states = {row.id: row.state for row in conn.execute(select(submission.c.id, submission.c.state))}
    assert [states[r.id] for r in receipts] == ["graded", "failed_to_grade", "graded"]


@pytest.mark.slow
def test_code_is_graded_in_its_box(demo_engine: Engine, hand_in: HandIn) -> None:
    """The optional track is graded beside the lesson and does not count for passing."""
    receipt = hand_in("hv001", "day-du", slug="thong-ke-bieu-do")
    grade_submission(demo_engine, receipt.id, BoxRunner())
    with demo_engine.begin() as conn:
        view = read_submission(conn, receipt.id)
    assert view is not None
    assert view.grade is not None
    assert (view.grade.points, view.grade.max_points) == (100.0, 100.0)
    optional = [q for q in view.grade.questions if not q.required]
    assert optional
    assert all(q.points == q.max_points for q in optional)


@pytest.mark.slow
def test_a_killed_grader_loses_nothing(demo_engine: Engine, demo_settings: Settings, hand_in: HandIn) -> None:
    """kill -9 in the middle of a job: the next grader finishes it, once."""
    receipts = [hand_in(person, "day-du") for person in ("hv001", "hv002", "hv004", "hv006")]
    # A lock on one attempt's row holds the grader in the middle of that job.
    environment = {**os.environ, "DATABASE_URL": demo_settings.database_url, "HOCVUSO_HOME": str(demo_settings.home)}
    command = [sys.executable, "-m", "autograder.cli", "grade"]
    with demo_engine.connect() as conn:
        conn.execute(select(submission.c.id).where(submission.c.id == receipts[0].id).with_for_update())
        victim = subprocess.Popen([*command, "--stay"], env=environment)
        wait_for(lambda: count_doing(demo_engine) >= 1)
        victim.send_signal(signal.SIGKILL)
        victim.wait()
        conn.rollback()
    with demo_engine.begin() as conn:
        assert conn.scalar(select(func.count()).select_from(grade)) == 0
    second = subprocess.Popen([*command, "--stay"], env=environment)
    try:
        wait_for(lambda: count_grades(demo_engine) == len(receipts))
    finally:
        second.terminate()
        second.wait()
    with demo_engine.begin() as conn:
        states = conn.scalars(select(submission.c.state)).all()
        assert conn.scalar(select(func.count()).select_from(attempt)) == len(receipts)
    assert states == ["graded"] * len(receipts)


def count_doing(engine: Engine) -> int:
    """Return how many grading jobs a worker holds."""
    with engine.begin() as conn:
        query = "SELECT count(*) FROM queue.procrastinate_jobs WHERE task_name='grade_submission' AND status='doing'"
        return conn.scalar(text(query)) or 0


def count_grades(engine: Engine) -> int:
    """Return how many submissions have a grade."""
    with engine.begin() as conn:
        return conn.scalar(select(func.count()).select_from(grade)) or 0


def wait_for(is_so: Callable[[], bool], timeout_s: float = 120) -> None:
    """Wait until something is so."""
    deadline = time.monotonic() + timeout_s
    while not is_so():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.1)


@pytest.mark.slow
def test_the_command_hands_in_and_grades(
    demo_engine: Engine,
    demo_settings: Settings,
    curriculum: Curriculum,
    make_work: Callable[..., Any],
    tmp_path: Path,
) -> None:
    """`hocvuso submit`, `grade` and `export` walk the path without a browser."""
    environment = {**os.environ, "DATABASE_URL": demo_settings.database_url}

    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "autograder.cli", *arguments, "--home", str(demo_settings.home)]
        return subprocess.run(command, env=environment, capture_output=True, text=True, check=False)

    with demo_engine.begin() as conn:
        opened = open_attempt(
            conn,
            "hv001",
            SLUG,
            secret=(demo_settings.secrets_folder / "variant-key").read_text().strip().encode(),
            now=NOW,
        )
        released = build_attempt_archive(conn, opened)
    module = curriculum.find_module(SLUG)
    assert module is not None
    sample = next(s for s in module.samples if s.name == "day-du")
    for name, content in make_work(released, module, sample, opened.variant).files.items():
        (tmp_path / "work" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "work" / name).write_bytes(content)
    handed_in = run("submit", SLUG, "--learner", "hv001", "--from", str(tmp_path / "work"))
    assert handed_in.returncode == 0, handed_in.stderr
    receipt = json.loads(handed_in.stdout)
    assert len(receipt["digest"]) == 64
    graded = run("grade", "--json")
    assert graded.returncode == 0, graded.stderr
    exported = run("export", "completions", "-o", str(tmp_path / "c.json"))
    assert exported.returncode == 0, exported.stderr
    rows = json.loads((tmp_path / "c.json").read_text(encoding="utf-8"))
    row = next(r for r in rows if r["person_id"] == "hv001" and r["module_slug"] == SLUG)
    assert (row["state"], row["points"], row["submission_digest"]) == ("passed", 100.0, receipt["digest"])
    refused = run("submit", SLUG, "--learner", "gv001", "--from", str(tmp_path / "work"))
    assert refused.returncode == 1
    assert "not-enrolled" in refused.stderr
