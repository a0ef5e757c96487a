"""The author's sample answers: read, restricted to a draw, refused."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from autograder.curriculum.reader import read_module
from autograder.curriculum.samples import materialise, read_sample, read_samples, restrict_answer
from autograder.errors import ContentError
from autograder.questions.scoring import score_answer
from autograder.questions.variants import draw_items


def test_samples_come_sorted_with_all_their_parts(good_course: Path) -> None:
    """Name from the file, the rest from its keys; what is left out is empty."""
    samples = read_samples(read_module(good_course / "source" / "mau-so"))
    assert [sample.name for sample in samples] == ["bo-trong", "day-du", "mc-knowsme", "mc-unit"]
    assert dict(samples[0].answers) == {}
    assert samples[1].expect == {"ty-le": 50.0, "goi": 50.0, "ty-le-dat": 3.0}
    assert "100 * dat" in samples[1].solutions["ham-ty-le"]
    assert samples[3].says == "Viết tỷ lệ thành số thập phân."


def test_samples_of_a_folder_are_the_samples_of_its_module(good_course: Path) -> None:
    """A path does as well as a module."""
    folder = good_course / "source" / "mau-so"
    assert read_samples(folder) == read_samples(read_module(folder))


@pytest.mark.parametrize("variant", ["mau-1", "a", "b", "c"])
def test_materialised_answers_hold_the_drawn_items_only(good_course: Path, variant: str) -> None:
    """A learner can only answer what they see, and the exemplar is right under every draw."""
    module = read_module(good_course / "source" / "mau-thu")
    sample = next(sample for sample in module.samples if sample.name == "day-du")
    answers = materialise(sample, module, variant)
    for question in module.notebooks[0].questions:
        assert set(answers[question.id]) == set(draw_items(question, variant))
        assert score_answer(question, answers[question.id], variant).points == question.points


def test_questions_that_a_sample_leaves_out_stay_out(good_course: Path) -> None:
    """No answer file stands for an untouched question."""
    module = read_module(good_course / "source" / "mau-thu")
    sample = next(sample for sample in module.samples if sample.name == "mc-hide")
    assert set(materialise(sample, module)) == {"buoc"}


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        ({"a": 1, "b": 2, "c": 3}, {"a": 1, "c": 3}),
        (["c", "b", "a"], ["c", "a"]),
        (["a", ["a"], {}], ["a"]),
        ("a", "a"),
        (None, None),
        ({}, {}),
    ],
)
def test_restricting_keeps_shape_and_order(answer: Any, expected: Any) -> None:
    """Mappings by item and lists of items lose what is not drawn; anything else stays as it is."""
    assert restrict_answer(answer, ("a", "c")) == expected


WRONG = [
    ("", "sample-form"),
    ("- a", "sample-form"),
    ("says: x", "sample-form"),
    ("says: x\nvariant: v\nexpect: {a: -1}", "sample-form"),
    ("says: x\nvariant: v\nexpect: {a: true}", "sample-form"),
    ("says: x\nvariant: v\nlan: 1", "sample-form"),
    ("says: [", "yaml-syntax"),
    ("says: x\nsays: y\nvariant: v", "yaml-duplicate-key"),
]


@pytest.mark.parametrize(("text", "code"), WRONG, ids=[text or "empty" for text, _code in WRONG])
def test_wrong_sample_is_refused_with_its_file(tmp_path: Path, text: str, code: str) -> None:
    """The error names the file and what to do."""
    path = tmp_path / "mau.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ContentError) as caught:
        read_sample(path)
    assert caught.value.code == code
    assert path.as_posix() in caught.value.where
    assert caught.value.hint


def test_linked_sample_is_refused(tmp_path: Path) -> None:
    """A sample is the module's own file."""
    (tmp_path / "that.yaml").write_text("says: x\nvariant: v\n", encoding="utf-8")
    (tmp_path / "mau.yaml").symlink_to(tmp_path / "that.yaml")
    with pytest.raises(ContentError) as caught:
        read_sample(tmp_path / "mau.yaml")
    assert caught.value.code == "reference-outside"


@settings(max_examples=60, deadline=None)
@given(content=st.binary(max_size=200))
def test_any_bytes_as_sample_are_read_or_refused(tmp_path_factory: Any, content: bytes) -> None:
    """Whatever stands in a sample, nothing but ContentError comes out."""
    path = tmp_path_factory.mktemp("sample") / "mau.yaml"
    path.write_bytes(content)
    try:
        read_sample(path)
    except ContentError as caught:
        error = caught
    else:
        return
    assert error.hint


def test_every_sample_of_a_broken_module_is_still_surveyed(build_course: Callable[..., Path]) -> None:
    """One unreadable sample does not hide the others."""
    module = build_course() / "source" / "mau-thu"
    (module / ".author" / "samples" / "day-du.yaml").write_text("says: [", encoding="utf-8")
    with pytest.raises(ContentError) as caught:
        read_module(module)
    assert caught.value.code == "yaml-syntax"
    assert "day-du.yaml, " in caught.value.where


def test_sample_names_a_file_that_stands_beside_it(tmp_path: Path) -> None:
    """An uploaded file is written as ``{file: name}``; its content goes into the answer."""
    import base64

    (tmp_path / "bang.csv").write_bytes(b"a;b\n")
    text = "says: a\nvariant: v\nanswers: {tep: {t1: {file: bang.csv}, t2: {name: x, content: QQ==}}, khac: [1]}\n"
    (tmp_path / "thu.yaml").write_text(text, encoding="utf-8")
    content = base64.b64encode(b"a;b\n").decode()
    answers = read_sample(tmp_path / "thu.yaml").answers
    assert answers == {
        "tep": {"t1": {"name": "bang.csv", "content": content}, "t2": {"name": "x", "content": "QQ=="}},
        "khac": [1],
    }


@pytest.mark.parametrize(
    ("name", "code"),
    [("vang.xlsx", "reference-missing"), ("../design.md", "reference-outside"), ("to.csv", "sample-file-size")],
)
def test_file_of_a_sample_that_cannot_be_taken_is_refused(tmp_path: Path, name: str, code: str) -> None:
    """Missing, outside the folder, or larger than a file of a module may be."""
    (tmp_path / "to.csv").write_bytes(b"a" * 1_000_001)
    text = f"says: a\nvariant: v\nanswers: {{tep: {{t1: {{file: {name}}}}}}}\n"
    (tmp_path / "thu.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(ContentError) as caught:
        read_sample(tmp_path / "thu.yaml")
    assert caught.value.code == code
