"""What a learner is told when commands do not run."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from IPython.core.interactiveshell import InteractiveShell
from traitlets.config import Config

from autograder.lesson.trouble import explain_error, name_error, soften_errors, tell_trouble


class Told(InteractiveShell):
    """A session that keeps what would be shown of errors."""

    lines: list[str]

    def _showtraceback(self, _kind: Any, _error: Any, lines: list[str]) -> None:
        self.lines = lines


@pytest.fixture
def shell() -> Told:
    """A session whose errors are softened."""
    config = Config()
    config.HistoryManager.enabled = False
    shell = Told(config=config)
    soften_errors(shell)
    return shell


@pytest.mark.parametrize(
    ("source", "line", "name"),
    [
        ("x = 1\nprint(y)", "2: print(y)", "NameError"),
        ("def f():\n    return (1", "2: return (1", "SyntaxError"),
        ("def f():\nreturn 1", "2: return 1", "IndentationError"),
        ("def f(n):\n    return 1 / n\n\nf(0)", "2: return 1 / n", "ZeroDivisionError"),
        ("import json\njson.loads('x')", "2: json.loads('x')", "JSONDecodeError"),
    ],
)
def test_trouble_names_the_learners_own_line(shell: Told, source: str, line: str, name: str) -> None:
    """First a sentence, then the line that was typed, last the name that Python gives it; nothing of libraries."""
    shell.run_cell(source)
    assert len(shell.lines) <= 4
    assert line in shell.lines[1]
    assert shell.lines[-1].startswith(f"({name}: ")
    assert not any(word in " ".join(shell.lines) for word in ("Traceback", "Cell In", ".py"))


def test_a_stop_is_no_error() -> None:
    """Who presses “Stop” reads that it stopped."""
    assert len(tell_trouble(KeyboardInterrupt(), None)) == 1


def test_strange_errors_are_told_too() -> None:
    """An error that cannot describe itself, or that nobody foresaw, still has a name."""

    class StrangeError(Exception):
        def __str__(self) -> str:
            raise ValueError

    assert explain_error(StrangeError()) == ""
    assert name_error(StrangeError()) == "StrangeError"
    assert name_error(ValueError("a\n" + "b" * 900)).endswith("…")
    assert tell_trouble(StrangeError(), None)[-1] == "(StrangeError)"


@pytest.mark.parametrize(("files", "softened"), [(("attempt.json",), True), ((), False)])
def test_authors_see_the_whole_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, files: tuple[str, ...], softened: bool
) -> None:
    """Only a folder with an attempt belongs to a learner."""
    for name in files:
        attempt = {"attempt": "a-1", "slug": "m", "number": 1, "variant": "ab12"}
        (tmp_path / name).write_text(json.dumps(attempt))
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("NBGRADER_EXECUTION", raising=False)
    config = Config()
    config.HistoryManager.enabled = False
    shell = Told(config=config)
    shell.run_line_magic("load_ext", "autograder.lesson")
    shell.run_cell("print(y)")
    assert ("Lệnh chưa chạy được." in shell.lines[0]) is softened


def test_an_autograder_sees_the_whole_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is graded is not touched."""
    (tmp_path / "attempt.json").write_text('{"attempt": "a-1", "slug": "m", "number": 1, "variant": "ab12"}')
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("NBGRADER_EXECUTION", "autograde")
    config = Config()
    config.HistoryManager.enabled = False
    shell = Told(config=config)
    shell.run_line_magic("load_ext", "autograder.lesson")
    shell.run_cell("print(y)")
    assert "Lệnh chưa chạy được." not in shell.lines[0]
