"""From filled-in forms to blocks: every kind that has a form gives a question without findings."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from autograder.curriculum.question_forms import (
    QuestionForm,
    Row,
    WrongAnswer,
    list_example_kinds,
    list_form_kinds,
    make_block,
    make_choice_ids,
)
from autograder.errors import ContentError
from autograder.questions.kinds import KINDS
from autograder.questions.scoring import score_answer
from autograder.questions.spec import inspect_question, parse_yaml

CODE = "MC-DISPLAY"
FEEDBACK = {CODE: "Tên hiển thị ai cũng đặt được."}
PROMPT = {"vi": "Xếp từng thư vào một nhóm.", "en": "Sort every mail."}

FORMS: dict[str, dict[str, Any]] = {
    "classify": {
        "choices": ["An toàn", "Báo cáo"],
        "rows": [Row("Thư mời", "An toàn", CODE), Row("Thư lạ", "Báo cáo", why="Địa chỉ lạ.")],
    },
    "choose": {
        "choices": ["Xem địa chỉ", "Mở tệp", "Báo lại"],
        "rows": [Row("Thư lạ", ["Xem địa chỉ", "Báo lại"], CODE)],
    },
    "marks": {
        "title": "Thư",
        "rows": [Row("Địa chỉ lạ", True, CODE), Row("Lời chào", False), Row("Chữ ký", False), Row("Ngày", False)],
    },
    "order": {"ends": ["Làm trước", "Làm sau"], "rows": [Row("Dừng lại"), Row("Xem", code=CODE), Row("Báo")]},
    "number": {"unit": "%", "rows": [Row("Tỷ lệ", 51.8, within=0.05, wrong=(WrongAnswer(65, CODE),))]},
    "path": {
        "rows": [
            Row("Người gọi đòi mã.", "Kết thúc", wrong=(WrongAnswer("Đọc mã", CODE, "Mất tiền.", True),)),
            Row("Sau đó?", "Báo lại", wrong=(WrongAnswer("Im lặng"),)),
        ]
    },
    "text": {"rows": [Row("Ai gửi thư?", ["thủ trưởng", "trưởng đơn vị"], CODE)]},
}


def fill(kind: str, **changes: Any) -> QuestionForm:
    """Return a filled-in form."""
    return QuestionForm(**({"id": "thu", "points": 20, "prompt": PROMPT, "feedback": FEEDBACK} | FORMS[kind] | changes))


def answer_by_key(kind: str) -> Callable[[Any], Any]:
    """Return what gives a kind's right answer from its key."""
    return {
        "classify": lambda key: {item: verdict.label for item, verdict in key.items()},
        "choose": lambda key: {item: list(entry.options) for item, entry in key.items()},
        "marks": lambda key: {item: list(entry.marks) for item, entry in key.items()},
        "order": lambda key: list(key.order),
        "number": lambda key: {item: str(entry.value) for item, entry in key.items()},
        "path": lambda key: {item: [step.split(".") for step in entry.required] for item, entry in key.items()},
        "text": lambda key: {item: entry.must[0].any[0] for item, entry in key.items()},
    }[kind]


@pytest.mark.parametrize("kind", list_form_kinds())
def test_a_filled_form_is_a_question_without_findings(kind: str) -> None:
    """The block can be read, contradicts nothing, and its own key earns every point."""
    question, findings = inspect_question(make_block(kind, fill(kind)), where="")
    assert [str(finding) for finding in findings] == []
    assert question is not None
    assert question.points == 20
    assert score_answer(question, answer_by_key(kind)(question.key), "v").points == 20


def test_the_lines_order_is_not_in_the_ids() -> None:
    """The right order of the steps cannot be read from the ids that learners get."""
    rows = [Row(f"Bước {number}") for number in range(8)]
    question, _findings = inspect_question(make_block("order", fill("order", rows=rows, feedback={})), where="")
    assert question is not None
    assert list(question.key.order) != sorted(question.key.order)
    assert [item.id for item in question.items] == sorted(question.key.order)


def test_a_right_answer_outside_the_choices_is_refused() -> None:
    """The error names the line and the choices."""
    with pytest.raises(ContentError) as caught:
        make_block("classify", fill("classify", rows=[Row("Thư", "Xóa")]))
    assert (caught.value.code, caught.value.where, caught.value.found) == ("form-right", "Thư", "Xóa")
    assert caught.value.expected == "An toàn, Báo cáo"


def test_a_kind_without_form_is_refused() -> None:
    """The error names those that have one."""
    with pytest.raises(ContentError) as caught:
        make_block("khong-co", fill("marks"))
    assert caught.value.code == "form-kind"


def test_choices_get_readable_ids() -> None:
    """Unaccented, distinct, never empty."""
    assert make_choice_ids(["An toàn", "Báo cáo", "báo cáo", "?", ""]) == {
        "An toàn": "an_toan",
        "Báo cáo": "bao_cao",
        "báo cáo": "bao_cao_2",
        "?": "lua_chon",
    }


def test_every_kind_has_a_form_or_an_example() -> None:
    """No kind of the registry can be started from nothing but a blank block."""
    assert sorted([*list_form_kinds(), *list_example_kinds()]) == sorted(KINDS)


@pytest.mark.parametrize("kind", list_example_kinds())
def test_example_is_a_question_without_findings(kind: str) -> None:
    """Id, points and prompt come from the form, everything else stands there already."""
    question, findings = inspect_question(make_block(kind, QuestionForm("vi-du", 12.5, PROMPT, [])), where="")
    assert findings == []
    assert question is not None
    assert (question.id, question.kind, question.points, question.prompt) == ("vi-du", kind, 12.5, PROMPT)


@pytest.mark.parametrize("kind", list_example_kinds())
def test_example_is_the_one_of_the_lecturers_page(kind: str) -> None:
    """What the form inserts is what docs/giang-vien.md explains."""
    page = (Path(__file__).parents[3] / "docs" / "giang-vien.md").read_text(encoding="utf-8")
    blocks = [parse_yaml(block, where="").data for block in re.findall(r"```yaml\n(.*?)```", page, re.DOTALL)]
    shown = next(one for one in blocks if isinstance(one, dict) and one.get("kind") == kind and "id" in one)
    made = parse_yaml(make_block(kind, QuestionForm("vi-du", 1, PROMPT, [])), where="").data
    head = ("id", "kind", "points", "prompt")
    assert {k: v for k, v in made.items() if k not in head} == {k: v for k, v in shown.items() if k not in head}
