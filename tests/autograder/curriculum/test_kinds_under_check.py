"""The content checks know every kind of question by what it brings, and none by its name."""

from __future__ import annotations

import json
import re
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from kind_cases import read_cases

from autograder.curriculum.checks.questions import find_codes
from autograder.curriculum.checks.survey import survey_curriculum
from autograder.questions.kinds import KINDS
from autograder.questions.model import BaseQuestion
from autograder.questions.scoring import is_fair_variant, score_answer
from autograder.questions.spec import parse_question, resolved
from autograder.questions.yaml_text import dump_block

BLOCKS = {name: block for cases in read_cases().values() for name, block in cases.BLOCKS.items()}
VARIANTS = [f"v{number}" for number in range(12)]


def read(name: str) -> BaseQuestion:
    """Return a block of the kinds' cases as a question."""
    return parse_question(BLOCKS[name], where=name)


@pytest.mark.parametrize("name", BLOCKS)
def test_guesses_earn_no_more_than_they_may(name: str) -> None:
    """An answer that knows nothing earns nothing, unless its kind says that it may; all can be scored and saved."""
    question = read(name)
    fair = [variant for variant in VARIANTS if is_fair_variant([question], variant)] or VARIANTS[:1]
    for guess in KINDS[question.kind].list_guesses(question):
        best = max(score_answer(question, guess.answer, variant).fraction for variant in fair)
        assert guess.name
        assert 0 <= best <= (1 if guess.may_earn else 0), (guess.name, best)
        json.dumps(guess.answer, allow_nan=False)


def test_kinds_without_guesses_are_known() -> None:
    """An order has no answer that knows nothing, and a file is measured against the empty one while it is scored."""
    silent = {kind for kind in KINDS if not any(list(KINDS[kind].list_guesses(read(n))) for n in names_of(kind))}
    assert silent <= {"order", "file", "path"}


def names_of(kind: str) -> list[str]:
    """Return the names of a kind's blocks."""
    return [name for name, block in BLOCKS.items() if block["kind"] == kind]


@pytest.mark.parametrize("name", BLOCKS)
def test_codes_are_found_wherever_a_kind_puts_them(name: str) -> None:
    """Every MC-… of key and score, however deep it stands, and nothing else."""
    question = read(name)
    data = resolved(question)
    private = json.dumps([data.get("key"), data.get("score")], ensure_ascii=False)
    assert find_codes(question) == set(re.findall(r'"(MC-[A-Z0-9-]+)"', private))


def write_course(folder: Path, block: dict[str, Any]) -> None:
    """Write a course that has one question."""
    cell = {
        "cell_type": "code",
        "id": "mot",
        "metadata": {},
        "outputs": [],
        "source": f"%%question\n{dump_block(block)}",
    }
    module = folder / "source" / "mot"
    module.mkdir(parents=True)
    document = {"cells": [cell | {"execution_count": None}], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
    (module / "lesson.ipynb").write_text(json.dumps(document), encoding="utf-8")


def iter_named_texts(value: Any, names: tuple[str, ...]) -> list[str]:
    """Return every text that stands under one of these names in nested data."""
    if isinstance(value, list):
        return [text for inner in value for text in iter_named_texts(inner, names)]
    if not isinstance(value, dict):
        return []
    found = [inner for name, inner in value.items() if name in names and isinstance(inner, str)]
    return found + [text for inner in value.values() for text in iter_named_texts(inner, names)]


@pytest.mark.parametrize("name", BLOCKS)
def test_texts_of_every_kind_are_read_and_its_names_are_not(name: str, tmp_path: Path) -> None:
    """Prompts, titles, texts and labels are looked at; ids, kinds and paths are not taken for language."""
    write_course(tmp_path, BLOCKS[name])
    survey = survey_curriculum(tmp_path, date(2026, 11, 23))
    assert survey.modules[0].questions, survey.modules[0].troubles
    read_texts = {text.text for text in survey.texts["mot"]}
    block = {field: value for field, value in BLOCKS[name].items() if field not in ("key", "score")}
    shown = iter_named_texts(block, ("prompt", "text", "title", "says", "label", "caption", "alt"))
    assert {text for text in shown if not text.startswith("=")} <= read_texts
    items = [item["id"] for item in BLOCKS[name]["items"]]
    unlikely = {f"{one}" for one in items if len(one) == 3 and one[1:].isdigit()}
    assert not unlikely & read_texts


def test_shown_addresses_are_judged_too(tmp_path: Path) -> None:
    """The address behind a part's text could belong to somebody, also where the item stands in the cell."""
    from autograder.curriculum.checks import check_curriculum

    block = BLOCKS[names_of("marks")[0]]
    parts = [{"id": "p1", "text": "Bấm vào đây", "link": "https://mot-trang.com/x"}, *block["items"][0]["parts"][1:]]
    write_course(tmp_path, block | {"items": [block["items"][0] | {"parts": parts}, *block["items"][1:]]})
    found = [finding for finding in check_curriculum(tmp_path) if finding.code == "data-address"]
    assert [finding.found for finding in found] == ["mot-trang.com"]
