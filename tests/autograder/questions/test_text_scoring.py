"""text: phrases, patterns and numbers of words, worked out by hand; every content rule broken once."""

from __future__ import annotations

import copy
import time
import unicodedata
from collections.abc import Callable
from typing import Any

import pytest

from autograder.errors import ContentError
from autograder.questions.kinds.text.scoring import weigh_words
from autograder.questions.scoring import count_answered, score_answer
from autograder.questions.spec import find_problems, parse_question
from autograder.questions.typed_text import clean_text, compile_pattern, compile_phrases, fold_text, read_typed

NAME = {
    "must": [
        {"pattern": r"^\d{4}-(0[1-9]|1[0-2])-\d\d_", "code": "MC-DATE"},
        {"pattern": r"^[^_]+_KhoaABC_", "exact": True},
        {"pattern": r"_BaoCao_"},
        {"pattern": r"_v\d\d$"},
    ],
    "must_not": [
        {"pattern": r"final|moi_?nhat", "code": "MC-FINAL"},
        {"pattern": r"[^A-Za-z0-9_-]", "code": "MC-DIACRITIC", "weight": 2},
    ],
    "example": "2026-11-23_KhoaABC_BaoCao_TenNgan_v01",
}
LINE = {
    "must": [
        {"any": ["về việc", "v/v"], "code": "MC-ACTION"},
        {"any": ["tập huấn"], "weight": 2},
        {"any": ["số hóa", "chuyển đổi số"]},
    ],
    "must_not": [{"any": ["gấp"], "cap": True}],
    "words": {"min": 4, "max": 10, "code": "MC-LONG"},
    "why": "Trích yếu nói việc gì.",
}
BLOCK: dict[str, Any] = {
    "id": "cau",
    "kind": "text",
    "points": 10,
    "prompt": "?",
    "items": [{"id": "t1", "text": "Tên tệp"}, {"id": "t2", "text": "Trích yếu", "lines": 3, "max_words": 10}],
    "key": {"t1": NAME, "t2": LINE},
    "score": {"by": "patterns"},
    "feedback": dict.fromkeys(["MC-DATE", "MC-FINAL", "MC-DIACRITIC", "MC-ACTION", "MC-LONG"], "Vì sao."),
}


def read(block: dict[str, Any]) -> Any:
    """Return the block's question."""
    return parse_question(block, where="")


@pytest.mark.parametrize(
    ("text", "fraction", "codes"),
    [
        ("2026-11-23_KhoaABC_BaoCao_TenNgan_v01", 1.0, []),
        ("  2026-11-23_KhoaABC_BaoCao_TenNgan_v01\n", 1.0, []),
        # the unit's capitals matter, those of the others do not: 3 of 4
        ("2026-11-23_khoaabc_baocao_TenNgan_V01", 0.75, []),
        # day first: 3 of 4
        ("23-11-2026_KhoaABC_BaoCao_TenNgan_v01", 0.75, ["MC-DATE"]),
        # no version (3 of 4), "FINAL" takes 1 of 4: 2/4
        ("2026-11-23_KhoaABC_BaoCao_FINAL", 0.5, ["MC-FINAL"]),
        # accents and a space take 2 of 4, "_BaoCao_" is missing: 1/4
        ("2026-11-23_KhoaABC_Báo cáo_TenNgan_v01", 0.25, ["MC-DIACRITIC"]),
        ("báo cáo final mới nhất", 0.0, ["MC-FINAL", "MC-DIACRITIC", "MC-DATE"]),
    ],
)
def test_name_of_a_file_earns_its_parts(text: str, fraction: float, codes: list[str]) -> None:
    """(met musts - hit must-nots) / musts, by weight, never below 0."""
    score = score_answer(read(BLOCK), {"t1": text}, "v")
    assert score.items[0].fraction == pytest.approx(fraction)
    assert score.fraction == pytest.approx(fraction / 2)
    assert [note.code for note in score.notes if note.item == "t1"] == codes


@pytest.mark.parametrize(
    ("text", "fraction", "codes"),
    [
        ("V/v tập huấn số hóa tài liệu", 1.0, []),
        # the other way of placing the tone mark, decomposed letters, hard spaces, a soft hyphen
        (unicodedata.normalize("NFD", "Về\u00a0việc  TẬP HUẤN số hoá tài\u00adliệu"), 1.0, []),
        # accents matter: 3 of 4
        ("v/v tập huấn so hoa tài liệu", 0.75, []),
        # whole words only: "tập huấnX" is another word: 2 of 4
        ("v/v tập huấnx số hóa", 0.5, []),
        # 12 words of at most 10: 1 - 2/10
        ("v/v tập huấn số hóa một hai ba bốn năm sáu bảy", 0.8, ["MC-LONG"]),
        # 2 words of at least 4: half of 2/4
        ("tập huấn", 0.25, ["MC-ACTION", "MC-LONG"]),
        # all phrases at once and more, 20 words or beyond: nothing
        ("về việc v/v tập huấn số hóa chuyển đổi số " * 3, 0.0, ["MC-LONG"]),
        (".", 0.0, ["MC-ACTION", "MC-LONG"]),
    ],
)
def test_line_is_judged_by_phrases_and_length(text: str, fraction: float, codes: list[str]) -> None:
    """Phrases match whole words whatever their capitals; too many and too few words take their share."""
    score = score_answer(read(BLOCK), {"t2": text}, "v")
    assert score.items[1].fraction == pytest.approx(fraction)
    assert [note.code for note in score.notes if note.item == "t2" and note.code != "WHY"] == codes


def test_critical_phrase_caps_the_question() -> None:
    """A must-not with cap holds the whole question at 40 %."""
    answer = {"t1": NAME["example"], "t2": "v/v tập huấn số hóa tài liệu, gấp"}
    score = score_answer(read(BLOCK), answer, "v")
    # (4 - 1)/4 of the line, all of the name: 0.875, capped
    assert (score.fraction, score.capped) == (0.4, True)
    assert score.items[1].chosen == score.items[1].wrong == ("v/v tập huấn số hóa tài liệu, gấp",)
    assert score.items[0].wrong == ()


@pytest.mark.parametrize("value", [None, 3, True, ["a"], {"a": 1}, "", " \n\u200b ", "x" * 201, "x" * 10_000_000])
def test_what_is_no_short_text_is_no_answer(value: Any) -> None:
    """Other types, blanks and texts beyond 200 characters count as not answered."""
    question = read(BLOCK)
    assert count_answered(question, {"t1": value}, "v") == (0, 2)
    assert score_answer(question, {"t1": value, "t2": value}, "v").points == 0


def test_length_counts_composed_characters() -> None:
    """200 composed letters are 600 code points when decomposed, and still a text; half a character is harmless."""
    assert read_typed(unicodedata.normalize("NFD", "ậ" * 200)) == "ậ" * 200
    assert read_typed("ậ" * 201) == ""
    assert read_typed("a\ud800b") == "a?b"


def test_folding_keeps_accents_and_moves_tone_marks() -> None:
    """hóa = hoá, thủy = thuỷ, quý stays; a is not á."""
    assert fold_text(clean_text("HÓA Thủy khỏe")) == fold_text(clean_text("hoá thuỷ khoẻ"))
    assert fold_text("quý") == "quý"
    assert fold_text("hoa") != fold_text("hoá")


def test_words_are_weighed_from_both_sides() -> None:
    """Below: words/least; above: 1 - surplus/most; unbounded above without a limit."""
    assert weigh_words("một hai", 4, 8) == 0.5
    assert weigh_words("một " * 10, 4, 8) == 0.75
    assert weigh_words("một " * 40, 4, 8) == 0
    assert weigh_words("một " * 40, 4, None) == 1


def test_limit_told_to_the_learner_counts_without_bounds_in_the_key() -> None:
    """max_words alone is a limit too: 15 of 10 words leave a half."""
    block = copy.deepcopy(BLOCK)
    block["key"]["t2"].pop("words")
    text = "v/v tập huấn số hóa " + "từ " * 10
    assert score_answer(read(block), {"t2": text}, "v").items[1].fraction == pytest.approx(0.5)


def test_exact_phrases_mind_capitals() -> None:
    """exact compares letter by letter."""
    assert compile_phrases(("KhoaABC",), exact=True).search("bài của KhoaABC nộp")
    assert not compile_phrases(("KhoaABC",), exact=True).search("bài của khoaabc nộp")


def test_patterns_take_linear_time() -> None:
    """What makes backtracking engines explode is over at once."""
    begin = time.perf_counter()
    assert compile_pattern(r"^(([a-z])+.)+[A-Z]([a-z])+$", exact=True).search("a" * 200) is None
    assert compile_pattern(r"(a|aa|a*)*$x", exact=True).search("a" * 200) is None
    assert time.perf_counter() - begin < 5


@pytest.mark.parametrize("pattern", [r"(a)\1", "(?=a)b", "[", "a{1001}"])
def test_patterns_that_need_backtracking_are_no_patterns(pattern: str) -> None:
    """RE2 refuses them; an answer then simply does not match, and the content check tells the author."""
    with pytest.raises(ValueError, match=r"."):
        compile_pattern(pattern, exact=True)
    block = copy.deepcopy(BLOCK)
    block["key"]["t1"]["must"].append({"pattern": pattern})
    assert score_answer(read(block), {"t1": NAME["example"]}, "v").items[0].fraction == pytest.approx(0.8)


def test_good_question_has_no_finding() -> None:
    """The starting point of the next test is clean."""
    assert find_problems(read(BLOCK)) == []


def rules_of(block: dict[str, Any], item: str = "t2", field: str = "must") -> list[dict[str, Any]]:
    """Return some rules of an item."""
    rules: list[dict[str, Any]] = block["key"][item][field]
    return rules


BROKEN: list[tuple[str, Callable[[dict[str, Any]], Any]]] = [
    ("key-item-missing", lambda b: b["key"].pop("t2")),
    ("feedback-missing", lambda b: b["feedback"].pop("MC-LONG")),
    ("feedback-missing", lambda b: b["feedback"].pop("MC-FINAL")),
    ("must-missing", lambda b: b["key"]["t2"].update(must=[])),
    ("rule-form", lambda b: rules_of(b).append({"code": "MC-LONG"})),
    ("rule-form", lambda b: rules_of(b).append({"any": ["a"], "pattern": "a"})),
    ("phrase-empty", lambda b: rules_of(b).append({"any": [" "]})),
    ("pattern-unreadable", lambda b: rules_of(b).append({"pattern": "(?=a)"})),
    ("pattern-void", lambda b: rules_of(b).append({"pattern": "a*"})),
    ("words-contradict", lambda b: b["key"]["t2"].update(words=[9, 3])),
    ("words-contradict", lambda b: b["key"]["t2"].update(words=[3, 9])),
    ("must-forbidden", lambda b: rules_of(b, "t2", "must_not").append({"any": ["huấn"]})),
    ("example-not-right", lambda b: b["key"]["t1"].update(example="a")),
    ("example-not-right", lambda b: b["key"]["t2"].update(example="v/v tập huấn số hóa gấp")),
    ("text-unbounded", lambda b: (b["items"][1].pop("max_words"), b["key"].update(t2={"must": LINE["must"]}))),
]


@pytest.mark.parametrize(("code", "break_it"), BROKEN)
def test_each_fault_is_found(code: str, break_it: Callable[[dict[str, Any]], Any]) -> None:
    """One thing broken gives its finding, with a place and something to do."""
    broken = copy.deepcopy(BLOCK)
    break_it(broken)
    found = find_problems(read(broken))
    assert code in [problem.code for problem in found]
    assert all(problem.where and problem.hint for problem in found)


@pytest.mark.parametrize(
    ("field", "value"), [("lines", 2), ("max_words", 0), ("max_words", "25"), ("score", {"by": "set"})]
)
def test_bad_fields_are_refused(field: str, value: Any) -> None:
    """What cannot be shown is not read."""
    with pytest.raises(ContentError) as caught:
        read(BLOCK | {field: value})
    assert field in caught.value.where
