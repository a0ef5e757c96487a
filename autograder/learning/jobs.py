"""The grading queue on PostgreSQL (procrastinate) and the worker that empties it.

A job is ordered in the transaction that takes the submission. A worker that dies leaves a job whose heartbeat
stops; the next worker takes it up again. The result is written once, by whoever still finds it missing.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from datetime import UTC, datetime

import procrastinate
from sqlalchemy import Connection, Engine, text, update

from autograder.database.schema import submission
from autograder.database.server import conninfo
from autograder.model import SubmissionState

log = logging.getLogger("hocvuso.jobs")

QUEUE = "grading"
WAITING_LEARNER = 10
BATCH = 0
MAX_TRIES = 5
HEARTBEAT_S = 2.0
STALLED_AFTER_S = 8.0


def build_queue(connector: procrastinate.BaseConnector | None = None) -> procrastinate.App:
    """Return the queue with its one task.  Nothing is connected until it is opened.

    Raises
    ------
    nothing
    """
    queue = procrastinate.App(connector=connector or procrastinate.SyncPsycopgConnector())

    @queue.task(
        name="grade_submission",
        queue=QUEUE,
        pass_context=True,
        retry=procrastinate.RetryStrategy(max_attempts=MAX_TRIES, exponential_wait=2),
    )
    def grade_submission(context: procrastinate.JobContext, submission_id: str) -> None:
        grade: Callable[[str, bool], None] = context.additional_context["grade"]
        grade(submission_id, context.job.attempts + 1 >= MAX_TRIES)

    @queue.periodic(cron="* * * * * */4")  # the sixth field is seconds: every four
    @queue.task(name="rescue_stalled", queue=QUEUE, queueing_lock="rescue_stalled", pass_context=True, priority=100)
    async def rescue_stalled(context: procrastinate.JobContext, timestamp: int) -> None:
        del timestamp
        await rescue_jobs(context.app)

    return queue


async def rescue_jobs(queue: procrastinate.App) -> int:
    """Hand the jobs of dead workers out again; return how many.

    Raises
    ------
    procrastinate.exceptions.ConnectorException
        The database does not answer.
    """
    stalled = list(await queue.job_manager.get_stalled_jobs(queue=QUEUE, seconds_since_heartbeat=STALLED_AFTER_S))
    for job in stalled:
        log.warning("action=rescue_job job=%s task=%s", job.id, job.task_name)
        await queue.job_manager.retry_job(job)
    return len(stalled)


def enqueue_grading(conn: Connection, submission_id: str, priority: int = WAITING_LEARNER) -> None:
    """Order the grading of a submission, in the caller's transaction.

    Raises
    ------
    nothing
    """
    conn.exec_driver_sql("SET LOCAL search_path = queue, public")
    build_queue().tasks["grade_submission"].configure(
        connection=conn.connection.driver_connection,
        priority=priority,
        # One submission is never graded by two workers at once.
        lock=submission_id,
    ).defer(submission_id=submission_id)
    conn.exec_driver_sql("SET LOCAL search_path = public")


def run_worker(url: str, grade: Callable[[str, bool], None], *, wait: bool = True) -> None:
    """Work through the queue: for ever, or with ``wait=False`` until nothing is left.

    Parameters
    ----------
    url : str
        The installation's database.
    grade : callable (submission id, is last try) → None
        Grades and records one submission; raises on a fault of the machine, which is tried again.
    wait : bool
        Whether to stay for jobs to come.

    Raises
    ------
    procrastinate.exceptions.ConnectorException
        The database went away.
    """
    asyncio.run(_run_worker(url, grade, wait))


async def _run_worker(url: str, grade: Callable[[str, bool], None], wait: bool) -> None:
    connector = procrastinate.PsycopgConnector(conninfo=conninfo(url, "queue"), min_size=1, max_size=4)
    queue = build_queue(connector)
    async with queue.open_async():
        await rescue_jobs(queue)
        await queue.run_worker_async(
            queues=[QUEUE],
            name="grader",
            wait=wait,
            concurrency=1,
            fetch_job_polling_interval=2.0,
            update_heartbeat_interval=HEARTBEAT_S,
            stalled_worker_timeout=STALLED_AFTER_S,
            additional_context={"grade": grade},
            delete_jobs=procrastinate.jobs.DeleteJobCondition.SUCCESSFUL.value,
            install_signal_handlers=True,
        )


def count_queue(engine: Engine) -> dict[str, int]:
    """Return how many grading jobs stand in each state.

    Raises
    ------
    nothing
    """
    with engine.begin() as conn:
        rows = conn.execute(
            text(
                "SELECT status::text, count(*) FROM queue.procrastinate_jobs "
                "WHERE task_name = 'grade_submission' GROUP BY status"
            )
        )
        return {key: value for key, value in rows}


def requeue_failed(engine: Engine) -> int:
    """Queue every submission once more that could not be graded; return how many.

    Raises
    ------
    nothing
    """
    with engine.begin() as conn:
        failed = conn.scalars(
            update(submission)
            .where(submission.c.state == SubmissionState.FAILED_TO_GRADE)
            .values(state=SubmissionState.QUEUED, reason="")
            .returning(submission.c.id)
        ).all()
        for submission_id in failed:
            enqueue_grading(conn, submission_id, BATCH)
    return len(failed)


def now_utc() -> datetime:
    """Return the present moment, aware.

    Raises
    ------
    nothing
    """
    return datetime.now(UTC)
