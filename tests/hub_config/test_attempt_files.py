"""The files of an attempt: unpacked safely, answers kept, earlier attempts put aside."""

from __future__ import annotations

import io
import json
import stat
import zipfile
from pathlib import Path

import pytest

from autograder.errors import SubmissionError
from hub_config.attempt_files import EARLIER, has_attempt, place_attempt


def pack(files: dict[str, str]) -> bytes:
    """Return a zip file."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as bundle:
        for name, content in files.items():
            bundle.writestr(name, content)
    return packed.getvalue()


def attempt(identity: str, number: int) -> bytes:
    """Return the files of an attempt."""
    said = json.dumps({"attempt": identity, "number": number})
    return pack({"lesson.ipynb": "{}", "attempt.json": said, "data/a.csv": identity})


def test_first_attempt_is_put_in_place(tmp_path: Path) -> None:
    """All files are there and nothing else is left behind."""
    place_attempt(tmp_path, "bai", "a1", attempt("a1", 1))
    assert has_attempt(tmp_path / "bai", "a1")
    assert (tmp_path / "bai" / "data" / "a.csv").read_text() == "a1"
    assert [path.name for path in tmp_path.iterdir()] == ["bai"]


def test_next_attempt_puts_the_earlier_one_aside(tmp_path: Path) -> None:
    """The earlier attempt's answers are kept under its number and do not show in the new one."""
    place_attempt(tmp_path, "bai", "a1", attempt("a1", 1))
    (tmp_path / "bai" / "answers").mkdir()
    (tmp_path / "bai" / "answers" / "q.json").write_text("1")
    place_attempt(tmp_path, "bai", "a2", attempt("a2", 2))
    assert has_attempt(tmp_path / "bai", "a2")
    assert not (tmp_path / "bai" / "answers").exists()
    assert (tmp_path / EARLIER / "bai" / "1" / "answers" / "q.json").read_text() == "1"


def test_lost_lesson_of_the_same_attempt_is_mended_around_the_answers(tmp_path: Path) -> None:
    """When only the lesson was lost, it comes back and everything that was there stays."""
    place_attempt(tmp_path, "bai", "a1", attempt("a1", 1))
    (tmp_path / "bai" / "answers").mkdir()
    (tmp_path / "bai" / "answers" / "q.json").write_text("1")
    (tmp_path / "bai" / "data" / "a.csv").write_text("changed")
    (tmp_path / "bai" / "lesson.ipynb").unlink()
    assert not has_attempt(tmp_path / "bai", "a1")
    place_attempt(tmp_path, "bai", "a1", attempt("a1", 1))
    assert has_attempt(tmp_path / "bai", "a1")
    assert (tmp_path / "bai" / "answers" / "q.json").read_text() == "1"
    assert (tmp_path / "bai" / "data" / "a.csv").read_text() == "changed"


def test_folder_without_attempt_is_kept_too(tmp_path: Path) -> None:
    """Whatever lay in the module's place is moved, never deleted, also twice."""
    for content in ("một", "hai"):
        (tmp_path / "bai").mkdir()
        (tmp_path / "bai" / "x").write_text(content)
        place_attempt(tmp_path, "bai", "a1", attempt("a1", 1))
        (tmp_path / "bai").rename(tmp_path / f"done-{content}")
    kept = sorted(path.read_text() for path in (tmp_path / EARLIER / "bai").glob("*/x"))
    assert kept == ["hai", "một"]


@pytest.mark.parametrize("name", ["../x", "/x", "a/../../x", "a\\..\\x"])
def test_names_that_lead_out_are_refused(tmp_path: Path, name: str) -> None:
    """One bad name and nothing is unpacked; the learner's folder stays as it was."""
    with pytest.raises(SubmissionError) as caught:
        place_attempt(tmp_path, "bai", "a1", pack({"lesson.ipynb": "{}", name: "x"}))
    assert caught.value.code == "attempt-files-unusable"
    assert list(tmp_path.iterdir()) == []
    assert not (tmp_path.parent / "x").exists()


def test_links_are_refused(tmp_path: Path) -> None:
    """A link in the archive could point anywhere."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as bundle:
        link = zipfile.ZipInfo("lesson.ipynb")
        link.external_attr = (stat.S_IFLNK | 0o777) << 16
        bundle.writestr(link, "/etc/passwd")
    with pytest.raises(SubmissionError):
        place_attempt(tmp_path, "bai", "a1", packed.getvalue())


@pytest.mark.parametrize("archive", [b"", b"khong phai zip", b"PK\x03\x04"])
def test_what_is_no_archive_is_refused(tmp_path: Path, archive: bytes) -> None:
    """Anything but a zip file is an error that says so."""
    with pytest.raises(SubmissionError):
        place_attempt(tmp_path, "bai", "a1", archive)


def test_too_many_files_are_refused(tmp_path: Path) -> None:
    """An archive of more files than any module has is not unpacked."""
    with pytest.raises(SubmissionError):
        place_attempt(tmp_path, "bai", "a1", pack({f"f{number}": "" for number in range(501)}))
