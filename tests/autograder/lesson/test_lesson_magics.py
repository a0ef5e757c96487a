"""The magics in a real IPython session, as learner, autograder and author meet them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from IPython.core.interactiveshell import InteractiveShell
from IPython.utils.capture import capture_output
from traitlets.config import Config

from autograder.lesson.answer_store import AnswerStore
from autograder.questions.spec import dump_block, parse_question, public_part


class Session:
    """An IPython session whose working directory is a module's folder."""

    def __init__(self, root: Path) -> None:
        config = Config()
        config.HistoryManager.enabled = False
        self.shell = InteractiveShell.instance(config=config)
        self.root = root
        self.run("%load_ext autograder.lesson")

    def run(self, cell: str) -> Any:
        """Run a cell and return its value; what it displays and prints is kept."""
        with capture_output() as self.shown:
            result = self.shell.run_cell(cell)
        self.error = result.error_in_exec or result.error_before_exec
        return result.result

    @property
    def html(self) -> str:
        """Return the HTML that the last cell displayed."""
        return "".join(str(output.data.get("text/html", "")) for output in self.shown.outputs)

    @property
    def is_silent(self) -> bool:
        """Tell whether the last cell wrote nothing to stdout and stderr."""
        return self.shown.stderr == "" and self.shown.stdout.startswith(("", "Out[")) and self.error is None


@pytest.fixture
def session(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Session]:
    """A session in the small lesson's folder, with the extension loaded."""
    monkeypatch.chdir(folder)
    monkeypatch.delenv("NBGRADER_EXECUTION", raising=False)
    session = Session(folder)
    yield session
    InteractiveShell.clear_instance()


@pytest.fixture
def grader(session: Session, monkeypatch: pytest.MonkeyPatch) -> Session:
    """The same session as nbgrader's autograder starts it."""
    monkeypatch.setenv("NBGRADER_EXECUTION", "autograde")
    return session


def cell_of(block: str) -> str:
    """Return a block as a cell."""
    return "%%question" + block


def copy_of(block: str) -> str:
    """Return the learner's copy of a block as a cell."""
    return "%%question\n" + dump_block(public_part(parse_question(block, where="")))


def list_widgets(session: Session) -> list[Any]:
    """Return the data of displayed widgets."""
    kind = "application/vnd.jupyter.widget-view+json"
    return [output.data for output in session.shown.outputs if kind in output.data]


def test_learners_copy_shows_the_widget(session: Session, blocks: dict[str, str]) -> None:
    """Every kind is displayed, has no value and prints nothing."""
    for block in blocks.values():
        assert session.run(copy_of(block)) is None
        assert session.is_silent
        assert len(list_widgets(session)) == 1
    assert session.run("%submit_panel") is None
    assert len(list_widgets(session)) == 1


def test_author_sees_the_widget_too(session: Session, blocks: dict[str, str]) -> None:
    """With key but outside the autograder the cell shows the question."""
    assert session.run(cell_of(blocks["ty-le"])) is None
    assert len(list_widgets(session)) == 1


def test_autograder_gets_points_as_a_number(
    grader: Session, blocks: dict[str, str], full_answers: dict[str, Any]
) -> None:
    """Each source cell ends in a plain float between 0 and its points, and writes nothing to stderr."""
    store = AnswerStore(grader.root)
    for name, block in blocks.items():
        assert grader.run(cell_of(block)) == 0.0
        assert grader.shown.stderr == ""
        store.save_answer(name, "kẻ-khác".encode().hex()[:16], full_answers[name])
        points = grader.run(cell_of(block))
        assert type(points) is float
        assert points == parse_question(block, where="").points
        assert grader.shown.stderr == ""
        assert list_widgets(grader) == []


def test_autograder_scores_partly_right_answers(grader: Session, blocks: dict[str, str]) -> None:
    """A known wrong value earns its credit: half of the question's items at 30 %, the other right."""
    AnswerStore(grader.root).save_answer("ty-le", "v", {"t01": "60,0", "t02": "50"})
    assert grader.run(cell_of(blocks["ty-le"])) == pytest.approx(15 * 0.65)


@pytest.mark.parametrize("content", [b"", b"{", b"NaN", b"[" * 10_000, b'{"schema": 1}', b"\xff" * 10])
def test_autograder_takes_a_bad_file_for_no_answer(content: bytes, grader: Session, blocks: dict[str, str]) -> None:
    """A broken answer file is 0.0, without error and without a word on stderr."""
    (grader.root / "answers").mkdir()
    (grader.root / "answers" / "ty-le.json").write_bytes(content)
    assert grader.run(cell_of(blocks["ty-le"])) == 0.0
    assert grader.shown.stderr == ""
    assert grader.error is None


def test_autograder_gives_nothing_for_a_cell_without_key(
    grader: Session, blocks: dict[str, str], full_answers: dict[str, Any]
) -> None:
    """nbgrader gives full points to a cell without a number, so a learner's copy ends in 0.0."""
    AnswerStore(grader.root).save_answer("ty-le", "v", full_answers["ty-le"])
    assert grader.run(copy_of(blocks["ty-le"])) == 0.0


def test_autograder_stops_at_a_block_that_cannot_be_read(grader: Session) -> None:
    """A broken source is an error, which earns nothing, never a silent cell."""
    grader.run("%%question\nid: x")
    assert type(grader.error).__name__ == "ContentError"


def test_person_reads_a_message_instead_of_an_error(session: Session) -> None:
    """Where a block cannot be read, the page says whom to tell; markup in it stays text."""
    session.run("%%question\nid: <script>alert(1)</script>\nkind: number")
    assert session.error is None
    assert 'role="alert"' in session.html
    assert "<script>" not in session.html


def test_items_are_read_from_data(session: Session, blocks: dict[str, str]) -> None:
    """A learner's copy that names a file of data/ shows its items."""
    (session.root / "data").mkdir()
    question = parse_question(blocks["du-lieu"], where="")
    items = public_part(question)["items"]
    (session.root / "data" / "truong.yaml").write_text(json.dumps(items), encoding="utf-8")
    session.run("%%question\n" + dump_block(public_part(question) | {"items": "data/truong.yaml"}))
    assert len(list_widgets(session)) == 1


def test_lesson_works_without_attempt(session: Session, folder: Path, blocks: dict[str, str]) -> None:
    """A lecturer's preview has no attempt; the question shows all the same."""
    (folder / "attempt.json").unlink()
    session.run("%reload_ext autograder.lesson")
    session.run(copy_of(blocks["hop-thu"]))
    assert len(list_widgets(session)) == 1


CHECK = """%%check
id: trung-binh
points: 3
cases:
  - {call: "tb([7, 9], [1, 3])", equals: 8.5, within: 1e-9, hint: "Nhân với trọng số <b>.", visible: true}
  - {call: "tb(xs, ws)", with: {xs: [1, 2], ws: [1, 1]}, equals: 1.5, within: 1e-9, visible: false}
  - {call: "tb(xs, ws)", with: {xs: [4], ws: [2]}, equals: 4.0, within: 1e-9, visible: false}
"""
RIGHT = "def tb(xs, ws):\n    return sum(x * w for x, w in zip(xs, ws)) / sum(ws)"
PRACTICE = CHECK[: CHECK.index('  - {call: "tb(xs')]


def test_practice_names_call_result_and_wanted_value(session: Session) -> None:
    """The learner's copy shows a table with a caption, headers and words, not colours alone."""
    session.run(RIGHT)
    assert session.run(PRACTICE) is None
    assert "tb([7, 9], [1, 3])" in session.html
    assert session.html.count("8.5") == 2
    assert all(mark in session.html for mark in ("<caption>", 'scope="col"', "✓", 'role="status"'))


def test_practice_shows_what_went_wrong_without_a_traceback(session: Session) -> None:
    """Undefined, raising, exiting, endless and strange functions end in one line each."""
    bodies = {
        "": "tb",
        "def tb(xs, ws): return xs[99]": "IndexError",
        "def tb(xs, ws): ...": "return",
        "def tb(xs, ws): raise SystemExit(3)": "SystemExit",
        "def tb(xs, ws): return tb(xs, ws)": "",
        "def tb(xs, ws): return object()": "object",
        "def tb(xs, ws): return '<script>x</script>'": "&lt;script&gt;",
        "tb = 3": "TypeError",
    }
    for body, word in bodies.items():
        session.run(body)
        session.run(PRACTICE)
        assert session.error is None
        assert word in session.html
        assert "✗" in session.html
        assert "Traceback" not in session.html + session.shown.stderr
        assert "<script>" not in session.html
        assert "&lt;b&gt;" in session.html


def test_hidden_cases_are_scored_for_the_autograder(grader: Session) -> None:
    """Points are the share of hidden cases; visible ones earn nothing."""
    assert grader.run(CHECK) == 0.0
    grader.run(RIGHT)
    assert grader.run(CHECK) == 3.0
    grader.run("def tb(xs, ws): return 1.5")
    assert grader.run(CHECK) == 1.5
    grader.run("def tb(xs, ws): return 8.5 if len(xs) == 2 and xs[0] == 7 else None")
    assert grader.run(CHECK) == 0.0


def test_learners_noise_costs_nothing(grader: Session) -> None:
    """Prints and warnings of a right function do not reach stderr, which stock nbgrader takes for a failure."""
    grader.run(f"import sys, warnings\n{RIGHT}\ngood = tb")
    grader.run(
        "def tb(xs, ws):\n    print('x', file=sys.stderr); warnings.warn('y', stacklevel=1)\n    return good(xs, ws)"
    )
    assert grader.run(CHECK) == 3.0
    assert grader.shown.stderr == ""


def test_arguments_are_fresh_for_every_case(grader: Session) -> None:
    """A function that empties its argument does not spoil the next case, nor the session's own names."""
    grader.run("xs = 'mine'")
    grader.run("def tb(xs, ws):\n    v = sum(x * w for x, w in zip(xs, ws))\n    xs.clear()\n    return v / sum(ws)")
    assert grader.run(CHECK) == 3.0
    assert grader.run(CHECK) == 3.0
    assert grader.run("xs") == "mine"


def test_check_without_hidden_cases_earns_nothing(grader: Session) -> None:
    """A learner's copy run by an autograder ends in 0.0, not in nothing."""
    grader.run(RIGHT)
    assert grader.run(PRACTICE) == 0.0


AUTHORS_CHECK = """%%check
id: trung-binh
points: 3
cases:
  - {call: "tb([7, 9], [1, 3])", equals: 8.5}
  - {call: "tb([x], [1])", random: {x: {int: [1, 9]}}, times: 3}
reference: .author/reference.py
visible: 1
"""


def test_authors_check_shows_its_practice(session: Session) -> None:
    """An author sees what the learner will see."""
    session.run(RIGHT)
    session.run(AUTHORS_CHECK)
    assert session.html.count("✓") == 1


def test_unresolved_check_stops_the_autograder(grader: Session) -> None:
    """Without expected values there is nothing to score by; that is an error, never points."""
    grader.run(RIGHT)
    grader.run(AUTHORS_CHECK)
    assert type(grader.error).__name__ == "ContentError"


def test_submit_panel_is_nothing_to_the_autograder(grader: Session) -> None:
    """The panel displays nothing there."""
    assert grader.run("%submit_panel") is None
    assert grader.shown.outputs == []
