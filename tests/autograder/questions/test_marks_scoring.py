"""marks: kinds of error, weights, cells of a table, and the content rules of every way of marking."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import pytest

from autograder.errors import ContentError
from autograder.lesson.view import describe_question
from autograder.questions.kinds.marks.block import name_cell
from autograder.questions.letter import AREAS, SIZES_MM, describe_setting, find_area, set_type
from autograder.questions.scoring import count_answered, score_answer
from autograder.questions.spec import find_problems, inspect_question, parse_question, public_part

PARTS = [{"id": f"p{n}", "text": f"phần {n}"} for n in range(1, 7)]
TYPES = {"so_hieu": "Số hiệu bịa", "ngay": "Ngày sai", "tinh": "Phép tính sai"}
FEEDBACK = {"MC-A": "Vì A.", "MC-B": "Vì B.", "MC-C": "Vì C."}
COMMON = {"id": "cau", "kind": "marks", "points": 10, "prompt": "?", "feedback": FEEDBACK}

# M12-E3: every planted error has its kind; p1 counts three times as much as the others.
TYPED = COMMON | {
    "types": TYPES,
    "items": [{"id": "t", "flow": "text", "parts": PARTS}],
    "key": {
        "t": {
            "marks": {"p1": "so_hieu", "p2": "ngay", "p3": "tinh"},
            "weights": {"p1": 3},
            "wrong": {"p4": "MC-A"},
            "missed": {"p3": "MC-B"},
            "mistyped": {"p2": "MC-C"},
        }
    },
}

TABLE = COMMON | {
    "items": [
        {"id": "t", "mark_cells": True, "table": {"columns": ["A", "B"], "rows": [[1, 2], [3, 4], [5, 6], [7, 8]]}}
    ],
    "key": {"t": {"marks": ["r01c02", "r03c01"], "missed": {"r01c02": "MC-A"}, "wrong": {"r02c02": "MC-B"}}},
}

PICTURE = COMMON | {
    "items": [
        {
            "id": "t",
            "image": "data/cot.svg",
            "alt": "Biểu đồ",
            "parts": [{"id": "p1", "text": "Trục", "at": [0, 10, 20, 90]}, {"id": "p2", "text": "Nhãn"}],
        }
    ],
    "key": {"t": ["p1"]},
}

LETTER = COMMON | {
    "look": "letter",
    "items": [
        {
            "id": "t",
            "page": {"size": "A4", "margins_mm": {"left": 15}},
            "parts": [
                {"id": "p1", "place": "quoc-hieu", "text": "CỘNG HÒA", "style": {"size_pt": 10, "bold": False}},
                {"id": "p2", "place": "trich-yeu", "text": "V/v mở lớp"},
                {"id": "p3", "place": "le-trai", "text": "Lề trái 15 mm"},
            ],
        }
    ],
    "key": {"t": ["p1"]},
}


def score(block: dict[str, Any], answer: Any) -> Any:
    """Score an answer to a block of ten points."""
    return score_answer(parse_question(block, where=""), answer, "v")


@pytest.mark.parametrize(
    ("parts", "fraction", "codes"),
    [
        ({"p1": "so_hieu", "p2": "ngay", "p3": "tinh"}, 1.0, []),
        # weights 3 + 1 + 1 = 5; p1 alone is 3 of them
        ({"p1": "so_hieu"}, 3 / 5, ["MC-B"]),
        ({"p2": "ngay", "p3": "tinh"}, 2 / 5, []),
        # one mark without need: half of the mean weight 5/3
        ({"p1": "so_hieu", "p2": "ngay", "p3": "tinh", "p4": "ngay"}, (5 - 5 / 6) / 5, ["MC-A"]),
        # the right part of the wrong kind is a miss and a mark without need
        ({"p1": "so_hieu", "p2": "tinh", "p3": "tinh"}, (4 - 5 / 6) / 5, ["MC-C"]),
        # the right part without a kind, or of none that exists, is only missed
        ({"p1": "so_hieu", "p2": "", "p3": "tinh"}, 4 / 5, []),
        ({"p1": "so_hieu", "p2": None, "p3": "tinh"}, 4 / 5, []),
        ({"p1": "so_hieu", "p2": ["ngay"], "p3": "tinh"}, 4 / 5, []),
        ({"p1": "so_hieu", "p2": "lạ", "p3": "tinh"}, 4 / 5, []),
        # a mark without need costs the same without a kind
        ({"p1": "so_hieu", "p2": "ngay", "p3": "tinh", "p4": ""}, (5 - 5 / 6) / 5, ["MC-A"]),
        (["p1", "p2", "p3"], 0.0, []),
        (["p1", "p4"], 0.0, ["MC-A", "MC-B"]),
        ({"p9": "ngay"}, 0.0, ["MC-B"]),
        ("p1", 0.0, []),
    ],
)
def test_marks_of_a_kind_are_a_set_of_pairs(parts: Any, fraction: float, codes: list[str]) -> None:
    """G2 over (part, kind), weighted."""
    result = score(TYPED, {"t": parts})
    assert result.fraction == pytest.approx(fraction)
    assert [note.code for note in result.notes] == codes


def test_weights_are_pooled_over_items() -> None:
    """Item t 5 of weight 5 in three parts, item u 1: TP 3 + 1 = 4 of 6, one FP of half the mean weight 6/4."""
    block = copy.deepcopy(TYPED)
    block["items"].append({"id": "u", "parts": PARTS})
    block["key"]["u"] = {"marks": {"p1": "ngay"}}
    answer = {"t": {"p1": "so_hieu"}, "u": {"p1": "ngay", "p2": "ngay"}}
    assert score(block, answer).fraction == pytest.approx((4 - 0.75) / 6)


def test_chosen_marks_name_part_and_kind() -> None:
    """Item statistics see what was marked as what, and which of it was wrong; a missing kind is not a wrong one."""
    result = score(TYPED, {"t": {"p4": "ngay", "p1": "tinh", "p2": "ngay", "p3": None}}).items[0]
    assert result.chosen == ("p1:tinh", "p2:ngay", "p3", "p4:ngay")
    assert result.wrong == ("p1:tinh", "p4:ngay")


@pytest.mark.parametrize(
    ("marks", "fraction", "codes"),
    [
        (["r01c02", "r03c01"], 1.0, []),
        # (1 - 1/2) / 2
        (["r03c01", "r02c02"], 0.25, ["MC-B", "MC-A"]),
        # all eight cells: (2 - 6/2) / 2, held at 0
        ([name_cell(row, column) for row in range(1, 5) for column in (1, 2)], 0.0, ["MC-B"]),
        # no such cell
        (["r1c2", "r01c03", "r05c01", "r00c01"], 0.0, ["MC-A"]),
    ],
)
def test_cells_of_a_table_are_parts(marks: list[str], fraction: float, codes: list[str]) -> None:
    """Rows and columns are counted from 1, the header not."""
    result = score(TABLE, {"t": marks})
    assert result.fraction == pytest.approx(fraction)
    assert [note.code for note in result.notes] == codes


def test_a_large_table_is_no_more_than_600_cells() -> None:
    """60 rows of 10 columns pass, one more row does not; the list of what was chosen stays short."""
    table = {"columns": [str(n) for n in range(10)], "rows": [[0] * 10] * 60}
    block = TABLE | {"items": [{"id": "t", "mark_cells": True, "table": table}], "key": {"t": ["r60c10"]}}
    question: Any = parse_question(block, where="")
    assert find_problems(question) == []
    assert len(question.items[0].part_ids) == 600
    everything = score_answer(question, {"t": list(question.items[0].part_ids)}, "v")
    assert (everything.points, len(everything.items[0].chosen)) == (0, 50)
    table["rows"] = [[0] * 10] * 61
    assert [problem.code for problem in find_problems(parse_question(block, where=""))] == ["cells-to-mark"]


def test_marking_a_dangerous_part_caps_the_question() -> None:
    """All right, and a part of ``cap`` marked too: at most 0.4, whatever its kind."""
    block = copy.deepcopy(TYPED)
    block["key"]["t"]["cap"] = ["p6"]
    answer = {"p1": "so_hieu", "p2": "ngay", "p3": "tinh", "p6": None}
    assert (score(block, {"t": answer}).fraction, score(block, {"t": answer}).capped) == (0.4, True)


HUGE: list[Any] = [
    {"t": {"p1": "x" * 10_000_000}},
    {"t": {"x" * 10_000_000: "ngay"}},
    {"t": ["x" * 10_000_000, 1, None, ["p1"], {"p1": 1}]},
    {"t": {"p1": float("nan")}},
    {"t": [[[[[[["p1"]]]]]]]},
    {"t": {"t": {"t": {"t": {}}}}},
    {"t": 1, "u": ["p1"]},
    float("nan"),
    "x" * 10_000_000,
]


@pytest.mark.parametrize("number", range(len(HUGE)))
def test_answers_that_nobody_could_give_earn_nothing(number: int) -> None:
    """Huge, deep or strange values are no marks."""
    assert score(TYPED, HUGE[number]).points == 0
    assert count_answered(parse_question(TYPED, where=""), HUGE[number], "v")[0] <= 1


def change(block: dict[str, Any], *path: Any, to: Any) -> dict[str, Any]:
    """Return a copy with one value changed, or removed."""
    changed: Any = copy.deepcopy(block)
    inner = changed
    for step in path[:-1]:
        inner = inner[step]
    if to is None:
        del inner[path[-1]]
    else:
        inner[path[-1]] = to
    return changed


def test_good_blocks_have_no_finding() -> None:
    """What the following tests break is whole before."""
    for block in (TYPED, TABLE, PICTURE, LETTER):
        assert [str(problem) for problem in find_problems(parse_question(block, where=""))] == []


BROKEN: list[tuple[str, Callable[[], dict[str, Any]]]] = [
    ("types-missing", lambda: change(change(TYPED, "types", to=None), "key", "t", "mistyped", to=None)),
    ("types-missing", lambda: change(change(TYPED, "types", to=None), "key", "t", "marks", to=["p1", "p2", "p3"])),
    ("type-missing", lambda: change(TYPED, "key", "t", "marks", to=["p1", "p2", "p3"])),
    ("type-unknown", lambda: change(TYPED, "key", "t", "marks", "p1", to="lech")),
    ("part-unknown", lambda: change(TYPED, "key", "t", "weights", to={"p9": 2})),
    ("part-right-and-wrong", lambda: change(TYPED, "key", "t", "weights", to={"p5": 2})),
    ("part-right-and-wrong", lambda: change(TYPED, "key", "t", "mistyped", to={"p5": "MC-C"})),
    ("feedback-missing", lambda: change(TYPED, "key", "t", "mistyped", to={"p2": "MC-X"})),
    ("part-unknown", lambda: change(TABLE, "key", "t", "marks", to=["r01c02", "r09c01"])),
    ("cells-to-mark", lambda: change(TABLE, "items", 0, "table", to=None)),
    ("cells-to-mark", lambda: change(TABLE, "items", 0, "table", "rows", to=[])),
    ("marks-in-two-ways", lambda: change(TABLE, "items", 0, "parts", to=PARTS)),
    ("marks-in-two-ways", lambda: change(PICTURE, "items", 0, "flow", to="text")),
    ("marks-in-two-ways", lambda: change(LETTER, "items", 0, "flow", to="text")),
    ("region-without-picture", lambda: change(PICTURE, "items", 0, "image", to=None)),
    ("region-outside", lambda: change(PICTURE, "items", 0, "parts", 0, "at", to=[50, 10, 60, 10])),
    ("region-outside", lambda: change(PICTURE, "items", 0, "parts", 0, "at", to=[50, 10, 0, 10])),
    ("region-outside", lambda: change(PICTURE, "items", 0, "parts", 0, "at", to=[50, 10, 5])),
    ("place-missing", lambda: change(LETTER, "items", 0, "parts", 2, "place", to=None)),
    ("place-without-letter", lambda: change(LETTER, "look", to=None)),
    ("place-without-letter", lambda: change(PICTURE, "items", 0, "page", to={"size": "A4"})),
]


@pytest.mark.parametrize("number", range(len(BROKEN)))
def test_one_broken_thing_is_one_finding(number: int) -> None:
    """Each content rule, broken alone, is told by its own code with a place and a remedy."""
    code, make = BROKEN[number]
    problems = find_problems(parse_question(make(), where=""), where="bai.ipynb")
    assert code in {problem.code for problem in problems}
    # Without its table an item has no cells and shows nothing at all.
    assert {problem.code for problem in problems} <= {code, "part-unknown", "item-empty"}
    assert all(problem.where.startswith("bai.ipynb › cau") and problem.hint for problem in problems)


UNREADABLE: list[Callable[[], dict[str, Any]]] = [
    lambda: change(LETTER, "look", to="letters"),
    lambda: change(LETTER, "items", 0, "parts", 0, "place", to="chan-trang"),
    lambda: change(LETTER, "items", 0, "parts", 0, "style", "size", to=12),
    lambda: change(LETTER, "items", 0, "parts", 0, "style", "size_pt", to=120),
    lambda: change(LETTER, "items", 0, "page", "size", to="A3"),
    lambda: change(LETTER, "items", 0, "page", "margins_mm", "gutter", to=5),
    lambda: change(PICTURE, "items", 0, "parts", 0, "at", to=[0, 0, 50, 101]),
    lambda: change(TYPED, "items", 0, "flow", to="lines-and-text"),
    lambda: change(TYPED, "types", to={"a": "A"}),
    lambda: change(TYPED, "key", "t", "weights", "p1", to=0),
    lambda: change(TYPED, "key", "t", "marks", to=3),
]


@pytest.mark.parametrize("number", range(len(UNREADABLE)))
def test_unknown_fields_and_values_are_refused(number: int) -> None:
    """What nothing would read is an error with its place, told once."""
    question, errors = inspect_question(UNREADABLE[number](), where="bai.ipynb")
    assert question is None
    # Where the only item cannot be read, the list of items is also too short.
    told = [error for error in errors if not error.where.endswith("› items")]
    assert len(told) == 1
    assert isinstance(told[0], ContentError)
    assert told[0].where.startswith("bai.ipynb › cau › ")


def test_both_forms_of_the_key_are_written_back_as_they_were() -> None:
    """A list stays a list, a mapping a mapping, and nothing of the key is in the learner's copy."""
    for block, marks in ((TYPED, TYPED["key"]["t"]["marks"]), (TABLE, TABLE["key"]["t"]["marks"])):  # type: ignore[index]
        question: Any = parse_question(block, where="")
        assert question.model_dump(mode="json", exclude_unset=True)["key"]["t"]["marks"] == marks
        assert not {"key", "score", "feedback"} & set(public_part(question))


def test_page_learns_how_parts_are_laid_out(tmp_path: Any) -> None:
    """Cells by id, regions in percent, a letter's components with area and setting, kinds in one language."""

    def show(block: dict[str, Any]) -> Any:
        return describe_question(parse_question(block, where=""), variant="v", number=1, root=tmp_path)

    assert show(TABLE)["items"][0]["cells"][:3] == ("r01c01", "r01c02", "r02c01")
    assert show(PICTURE)["items"][0]["parts"][0]["at"] == [0, 10, 20, 90]
    assert show(TYPED)["types"][1] == {"id": "ngay", "text": "Ngày sai"}
    letter = show(LETTER)["items"][0]
    assert letter["page"]["margins"] == {"top": 20, "bottom": 20, "left": 15, "right": 15}
    assert [part["area"] for part in letter["parts"]] == ["head-right", "head-left", "left"]
    assert (letter["parts"][0]["setting"]["size_pt"], letter["parts"][0]["setting"]["align"]) == (10, "center")
    assert "told" not in letter["parts"][2]


def test_every_place_of_a_letter_has_one_area() -> None:
    """No component is left without a place on the page; the subject moves with the name of the type."""
    places = [place for area in AREAS.values() for place in area]
    assert len(places) == len(set(places))
    assert find_area("trich-yeu", has_type=True) == "title"
    assert find_area("trich-yeu", has_type=False) == "head-left"
    assert all(width < height for width, height in SIZES_MM.values())


def test_setting_of_a_letter_is_told_in_words(monkeypatch: pytest.MonkeyPatch) -> None:
    """Font, size and emphasis for those who cannot measure them on the screen."""
    monkeypatch.setenv("HOCVUSO_LANG", "en")
    usual = describe_setting(set_type("tieu-ngu", None, has_type=False))
    assert usual == "letters with serifs, size 13, bold, centred, line below"
