"""Words for the ids in item statistics."""

from __future__ import annotations

from typing import Any

import pytest

from autograder.curriculum.samples import materialise
from autograder.curriculum.source import Curriculum
from autograder.questions.scoring import score_answer
from autograder.questions.spec import resolved
from autograder.records.item_names import read_names


def name_question(**block: Any) -> Any:
    """Return the words of one question."""
    return read_names([{"id": "q", "type": "question", "title": {"vi": "Câu", "en": "Question"}, "block": block}])["q"]


def test_items_are_named_by_what_the_learner_sees() -> None:
    """Title, else text, else what an image shows, else the first part; the id only where there is nothing."""
    items = [
        {"id": "a", "title": "Tiêu đề", "text": "Nội dung"},
        {"id": "b", "text": {"vi": "Chữ", "en": "Text"}},
        {"id": "c", "image": "data/x.svg", "alt": "Biểu đồ"},
        {"id": "d", "parts": [{"id": "p1", "text": "Phần đầu"}]},
        {"id": "e"},
    ]
    names = name_question(kind="marks", items=items)
    assert names.title == {"vi": "Câu", "en": "Question"}
    assert list(names.items.values()) == ["Tiêu đề", {"vi": "Chữ", "en": "Text"}, "Biểu đồ", "Phần đầu", "e"]


@pytest.mark.parametrize(
    ("block", "option", "words"),
    [
        ({"labels": {"x": "Xóa"}}, "x", "Xóa"),
        ({"labels": {"x": {"vi": "Xóa", "en": "Delete"}}}, "x", {"vi": "Xóa", "en": "Delete"}),
        ({"labels": {"x": {"text": "Xóa", "under": "y"}}}, "x", "Xóa"),
        ({"options": {"x": {"text": "Ổ cứng", "cost": 3}}}, "x", "Ổ cứng"),
        ({"options": [{"id": "x", "text": "Ổ cứng"}]}, "x", "Ổ cứng"),
        ({"items": [{"id": "a", "parts": [{"id": "x", "text": "Phần"}]}]}, "x", "Phần"),
        ({"labels": {"x": "chung"}, "items": [{"id": "a", "options": {"x": "riêng"}}]}, "x", "riêng"),
        ({"items": [{"id": "a"}, {"id": "b", "text": "Bước hai"}]}, "b", "Bước hai"),
        (
            {"items": [{"id": "a", "states": {"s1": {"text": "?", "choices": [{"id": "c1", "text": "Gác máy"}]}}}]},
            "s1.c1",
            "Gác máy",
        ),
        ({"feedback": {"MC-A": "Vì sao."}}, "MC-A", "Vì sao."),
        ({"labels": {"x": "Xóa"}}, "12,5", None),
    ],
)
def test_options_are_named_in_the_learners_words(block: dict[str, Any], option: str, words: Any) -> None:
    """Wherever a kind keeps them; an item's own come before the question's; what was typed has none."""
    assert name_question(kind="any", **block).find_option("a", option) == words


def test_nothing_of_the_key_becomes_a_name() -> None:
    """Words of options come from what learners see."""
    names = name_question(kind="classify", key={"labels": {"x": "lộ"}}, score={"options": {"x": "lộ"}}, items=[])
    assert names.find_option("a", "x") is None


def test_a_check_is_named_by_its_hidden_calls() -> None:
    """c01 is the first case of all, and practice is no item."""
    cases = [{"call": "f(1)", "equals": 1, "visible": True}, {"call": "f(2)", "equals": 2, "visible": False}]
    names = read_names([{"id": "k", "type": "check", "title": "Hàm f", "block": {"cases": cases}}])["k"]
    assert (names.kind, names.title, names.items) == ("check", "Hàm f", {"c02": "f(2)"})


def test_an_older_version_lends_what_the_newer_one_lacks() -> None:
    """Newer words win; items that are gone keep their words, after those that are there."""
    newer = {"id": "q", "type": "question", "block": {"items": [{"id": "b", "text": "mới"}], "labels": {"x": "mới"}}}
    older = {
        "id": "q",
        "type": "question",
        "block": {"items": [{"id": "a", "text": "cũ"}, {"id": "b", "text": "cũ"}], "labels": {"x": "cũ", "y": "cũ"}},
    }
    names = read_names([newer, older])["q"]
    assert names.items == {"b": "mới", "a": "cũ"}
    assert (names.find_option("a", "x"), names.find_option("a", "y")) == ("mới", "cũ")


def test_the_projects_own_questions_have_words_for_every_choice(curriculum: Curriculum) -> None:
    """What the authors' samples choose is shown in words, not as an id; numbers and places speak for themselves."""
    silent: list[tuple[str, str]] = []
    for module in curriculum.modules:
        questions = [question for book in module.notebooks for question in book.questions]
        names = read_names([{"id": q.id, "type": "question", "block": resolved(q)} for q in questions])
        for sample in module.samples:
            answers = materialise(sample, module, sample.variant)
            for question in questions:
                if question.kind in ("classify", "marks", "path", "choose"):
                    results = score_answer(question, answers.get(question.id), sample.variant).items
                    chosen = {(result.item, option) for result in results for option in result.chosen}
                    known = names[question.id]
                    silent += [(question.id, option) for item, option in chosen if not known.find_option(item, option)]
    assert silent == []
