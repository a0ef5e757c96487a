"""``hocvuso bench``: how long a learner waits from handing in to the score, measured on this machine."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import Engine, select

from autograder.curriculum.reader import read_curriculum
from autograder.curriculum.samples import materialise
from autograder.curriculum.source import ModuleSource
from autograder.database.schema import submission
from autograder.database.server import connect, run_embedded_postgres
from autograder.errors import ContentError, OperatorError
from autograder.grading.archive import zip_files
from autograder.learning.attempts import build_attempt_archive, open_attempt
from autograder.learning.handin import accept_submission
from autograder.locale import _
from autograder.model import SubmissionState
from autograder.questions.answers import AnswerFile, dump_answer
from hub_config.installation import fill_demo, prepare_database, release_modules
from hub_config.settings import Settings

LEARNERS = 30
GRADED_WITHIN_S = 60.0
SECRET = b"a secret of the benchmark"


@dataclass(frozen=True, slots=True)
class Waits:
    """Seconds from handing in to the recorded grade, one for each submission."""

    seconds: tuple[float, ...]

    def as_dict(self) -> dict[str, float]:
        """Return number, median, 95th percentile and maximum, times in milliseconds.

        Raises
        ------
        nothing
        """
        ordered = sorted(self.seconds)
        return {
            "submissions": len(ordered),
            "median_ms": round(statistics.median(ordered) * 1000, 1),
            "p95_ms": round(ordered[max(0, -(-len(ordered) * 95 // 100) - 1)] * 1000, 1),
            "max_ms": round(ordered[-1] * 1000, 1),
        }


def measure_waits(curriculum: Path, slug: str, submissions: int, say: Callable[[str], None]) -> Waits:
    """Hand in full answers one after the other on an installation of its own, with one grader running.

    The database is the embedded one, the grader a process of its own as under ``hocvuso up``; hub, portal and
    browser are left out.

    Parameters
    ----------
    curriculum : Path
        Folder with ``curriculum.toml``.
    slug : str
        Which module.
    submissions : int
        How many, by the learners of the demo academy in turn.
    say : callable (text) → None
        Hears the progress.

    Returns
    -------
    Waits

    Raises
    ------
    ContentError
        There is no such module, or it has no sample ``day-du``.
    OperatorError
        The grader does not grade.
    """
    module = read_curriculum(curriculum).find_module(slug)
    if module is None:
        raise ContentError("module-unknown", _("the curriculum has no such module"), found=slug)
    with (
        tempfile.TemporaryDirectory(prefix="hvs-") as folder,
        run_embedded_postgres(Path(folder) / "postgres") as url,
    ):
        settings = Settings(home=Path(folder), database_url=url)
        prepare_database(settings)
        list(release_modules(settings, curriculum, [slug]))
        fill_demo(settings)
        engine = connect(url)
        environment = {**os.environ, "DATABASE_URL": url, "HOCVUSO_HOME": folder}
        grader = subprocess.Popen([sys.executable, "-m", "autograder.cli", "grade", "--stay"], env=environment)
        try:
            say(_("warming up"))
            _wait_for_grade(engine, _hand_in(engine, module, 0))
            seconds = []
            for number in range(1, submissions + 1):
                begun = time.perf_counter()
                _wait_for_grade(engine, _hand_in(engine, module, number))
                seconds.append(time.perf_counter() - begun)
                if number % 25 == 0:
                    say(f"{number}/{submissions}")
        finally:
            grader.terminate()
            grader.wait()
            engine.dispose()
    return Waits(tuple(seconds))


def _hand_in(engine: Engine, module: ModuleSource, number: int) -> str:
    learner = f"hv{number % LEARNERS + 1:03d}"
    sample = next(sample for sample in module.samples if sample.name == "day-du")
    now = datetime.now(UTC)
    with engine.begin() as conn:
        opened = open_attempt(conn, learner, module.slug, secret=SECRET, now=now)
        released = build_attempt_archive(conn, opened)
    answers = {
        f"answers/{question}.json": dump_answer(AnswerFile(question, opened.variant, answer, "bench", now))
        for question, answer in materialise(sample, module, opened.variant).items()
    }
    archive = zip_files({**_notebooks(released), **answers})
    with engine.begin() as conn:
        receipt, _is_new = accept_submission(conn, opened.id, learner, archive, now=now)
    return receipt.id


def _notebooks(released: bytes) -> dict[str, bytes]:
    import io
    import zipfile

    with zipfile.ZipFile(io.BytesIO(released)) as archive:
        return {name: archive.read(name) for name in archive.namelist() if name.endswith(".ipynb")}


def _wait_for_grade(engine: Engine, submission_id: str) -> None:
    deadline = time.monotonic() + GRADED_WITHIN_S
    while time.monotonic() < deadline:
        with engine.begin() as conn:
            state = conn.scalar(select(submission.c.state).where(submission.c.id == submission_id))
        if state == SubmissionState.GRADED:
            return
        time.sleep(0.005)
    raise OperatorError(
        "not-graded",
        _("a submission was not graded in time"),
        where=submission_id,
        found=str(state),
        expected=f"graded ≤ {GRADED_WITHIN_S:.0f} s",
        hint=_("run `hocvuso doctor`"),
    )
