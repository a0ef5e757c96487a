"""The lecturers' pages show every way of asking within a kind, not only the kind itself."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from autograder.questions.spec import inspect_question

DOCS = Path(__file__).parents[3] / "docs"


@pytest.mark.parametrize("name", ["giang-vien.md", "lecturer.md"])
def test_further_examples_can_be_copied(name: str) -> None:
    """Examples that begin with their kind are read without any finding, and the pages have the same ones."""
    page = (DOCS / name).read_text(encoding="utf-8")
    examples = re.findall(r"^```yaml\n(kind: .*?)^```$", page, re.MULTILINE | re.DOTALL)
    shown = []
    for example in examples:
        question, errors = inspect_question(example, where=name)
        assert [str(error) for error in errors] == []
        assert question is not None
        shown.append(question.id)
    assert {"ban-thao", "bac-si", "bieu-do", "cong-van", "chon-viec", "nop-ho-so"} <= set(shown)
