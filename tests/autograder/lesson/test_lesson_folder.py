"""The module's folder as a learner's session sees it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from autograder.errors import ContentError
from autograder.lesson.folder import MAX_IMAGE_BYTES, load_reference, read_attempt, read_image


def test_attempt_is_read(folder: Path) -> None:
    """``attempt.json`` gives the attempt's id, number and variant."""
    attempt = read_attempt(folder)
    assert attempt is not None
    assert (attempt.attempt, attempt.number, attempt.variant) == ("l-7", 2, "9f3c0a1b2c3d4e5f")


@pytest.mark.parametrize(
    "content", ["", "{", "[]", "{}", '{"attempt": "a", "slug": "s", "number": "x", "variant": "v"}']
)
def test_attempt_that_cannot_be_read_is_a_preview(content: str, folder: Path) -> None:
    """A broken file is like none."""
    (folder / "attempt.json").write_text(content)
    assert read_attempt(folder) is None


def test_variant_with_strange_letters_is_a_preview(folder: Path) -> None:
    """A variant goes into file contents and seeds; only plain letters and digits are taken."""
    data = json.loads((folder / "attempt.json").read_text())
    (folder / "attempt.json").write_text(json.dumps(data | {"variant": "a b"}))
    assert read_attempt(folder) is None


def test_yaml_of_the_folder_is_read_with_its_lines(folder: Path) -> None:
    """A question's items come from data/, and errors can name their line."""
    (folder / "data").mkdir()
    (folder / "data" / "thu.yaml").write_text("- id: t01\n- id: t02\n")
    document = load_reference(folder, "data/thu.yaml")
    assert document.data == [{"id": "t01"}, {"id": "t02"}]
    assert document.line_of((1, "id")) == 2


@pytest.mark.parametrize("name", ["../bi-mat.yaml", "data/../../bi-mat.yaml", "/etc/hostname", "data/thieu.yaml"])
def test_files_outside_the_folder_are_not_read(name: str, folder: Path) -> None:
    """No name leads out of the module's folder."""
    (folder.parent / "bi-mat.yaml").write_text("a: 1")
    with pytest.raises(OSError, match=r"outside|No such"):
        load_reference(folder, name)


def test_link_out_of_the_folder_is_not_followed(folder: Path) -> None:
    """Neither a linked file nor a linked folder leads out."""
    (folder.parent / "bi-mat.yaml").write_text("a: 1")
    (folder / "lien-ket.yaml").symlink_to(folder.parent / "bi-mat.yaml")
    (folder / "data").symlink_to(folder.parent)
    for name in ("lien-ket.yaml", "data/bi-mat.yaml"):
        with pytest.raises(OSError, match="outside"):
            load_reference(folder, name)


def test_file_in_another_encoding_is_told(folder: Path) -> None:
    """A file saved by an old editor is an author's error with a remedy."""
    (folder / "a.yaml").write_bytes("a: Học".encode("utf-16"))
    with pytest.raises(ContentError) as caught:
        load_reference(folder, "a.yaml")
    assert caught.value.code == "file-encoding"


def test_picture_becomes_a_data_address(folder: Path) -> None:
    """The page gets the picture itself and loads nothing."""
    (folder / "data").mkdir()
    (folder / "data" / "a.svg").write_text("<svg/>")
    assert read_image(folder, "data/a.svg") == "data:image/svg+xml;base64,PHN2Zy8+"


def test_picture_that_cannot_be_shown_gives_nothing(folder: Path) -> None:
    """Missing, of another type, too large or outside: the page shows the alternative text instead."""
    (folder / "data").mkdir()
    (folder / "data" / "a.html").write_text("<p>")
    (folder / "data" / "to.png").write_bytes(b"x" * (MAX_IMAGE_BYTES + 1))
    (folder.parent / "b.png").write_bytes(b"x")
    for name in ("data/thieu.svg", "data/a.html", "data/to.png", "../b.png"):
        assert read_image(folder, name) == ""
