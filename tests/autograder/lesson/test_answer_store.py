"""Saved answers: whole or not at all."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

from autograder import __version__
from autograder.errors import SubmissionError
from autograder.lesson import answer_store
from autograder.lesson.answer_store import AnswerStore


def test_saved_answer_is_read_back(tmp_path: Path) -> None:
    """The file says question, variant, answer, widget version and time, and nothing of the learner."""
    store = AnswerStore(tmp_path)
    assert store.read_answer("hop-thu") is None
    store.save_answer("hop-thu", "9f3c", {"t01": "bao_cao"})
    kept = store.read_answer("hop-thu")
    assert kept is not None
    assert (kept.answer, kept.variant, kept.widget_version) == ({"t01": "bao_cao"}, "9f3c", __version__)
    data = json.loads((tmp_path / "answers" / "hop-thu.json").read_bytes())
    assert set(data) == {"schema", "question", "variant", "answer", "widget_version", "saved_at"}


def test_later_answer_takes_the_earlier_ones_place(tmp_path: Path) -> None:
    """One file per question, and no leftovers beside it."""
    store = AnswerStore(tmp_path)
    for answer in ("một", "hai", None, []):
        store.save_answer("hop-thu", "9f3c", answer)
    assert [path.name for path in (tmp_path / "answers").iterdir()] == ["hop-thu.json"]
    kept = store.read_answer("hop-thu")
    assert kept is not None
    assert kept.answer == []


@pytest.mark.parametrize("step", ["fsync", "replace", "chmod"])
def test_failing_disk_leaves_the_old_answer_whole(step: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whichever step fails, the answer saved before is still there and nothing lies beside it."""
    store = AnswerStore(tmp_path)
    store.save_answer("hop-thu", "9f3c", "cũ")

    def fail(*_args: Any, **_kwargs: Any) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as broken:
        broken.setattr(answer_store.os, step, fail)
        with pytest.raises(OSError, match="No space"):
            store.save_answer("hop-thu", "9f3c", "mới")
    kept = store.read_answer("hop-thu")
    assert kept is not None
    assert kept.answer == "cũ"
    assert os.listdir(tmp_path / "answers") == ["hop-thu.json"]


def test_interruption_leaves_nothing_half_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Even an interrupt between writing and renaming cleans up."""

    def interrupt(*_args: Any) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as broken:
        broken.setattr(answer_store.os, "replace", interrupt)
        with pytest.raises(KeyboardInterrupt):
            AnswerStore(tmp_path).save_answer("hop-thu", "9f3c", "mới")
    assert os.listdir(tmp_path / "answers") == []


def test_answer_that_is_no_json_is_refused_and_the_old_one_kept(tmp_path: Path) -> None:
    """NaN and giants do not reach the disk."""
    store = AnswerStore(tmp_path)
    store.save_answer("hop-thu", "9f3c", "cũ")
    for answer in (float("nan"), "x" * 300_000):
        with pytest.raises(SubmissionError):
            store.save_answer("hop-thu", "9f3c", answer)
    kept = store.read_answer("hop-thu")
    assert kept is not None
    assert kept.answer == "cũ"


@pytest.mark.parametrize("content", [b"", b"{", b"\x00" * 10, b"[]", b'{"schema": 1}'])
def test_broken_file_is_no_answer(content: bytes, tmp_path: Path) -> None:
    """What cannot be read counts as not answered and can be overwritten."""
    store = AnswerStore(tmp_path)
    (tmp_path / "answers").mkdir()
    (tmp_path / "answers" / "hop-thu.json").write_bytes(content)
    assert store.read_answer("hop-thu") is None
    store.save_answer("hop-thu", "9f3c", 1)
    assert store.read_answer("hop-thu") is not None


def test_links_and_pipes_are_no_answers(tmp_path: Path) -> None:
    """A link to another file is not followed, and a pipe does not hang the session."""
    store = AnswerStore(tmp_path)
    store.save_answer("that", "9f3c", 1)
    (tmp_path / "answers" / "hop-thu.json").symlink_to(tmp_path / "answers" / "that.json")
    os.mkfifo(tmp_path / "answers" / "ong.json")
    (tmp_path / "answers" / "thu-muc.json").mkdir()
    assert store.read_answer("hop-thu") is None
    assert store.read_answer("ong") is None
    assert store.read_answer("thu-muc") is None


def test_answer_of_another_question_is_not_taken(tmp_path: Path) -> None:
    """A file copied under another name does not answer that question."""
    store = AnswerStore(tmp_path)
    store.save_answer("hop-thu", "9f3c", 1)
    (tmp_path / "answers" / "ty-le.json").write_bytes((tmp_path / "answers" / "hop-thu.json").read_bytes())
    assert store.read_answer("ty-le") is None
