"""search: the query language, what a query earns, what the page is told; every content rule broken once."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from typing import Any

import pytest

from autograder.errors import ContentError
from autograder.questions.kinds import KINDS
from autograder.questions.kinds.search import weigh_result
from autograder.questions.scoring import count_answered, score_answer
from autograder.questions.search_engine import (
    MAX_TERMS,
    Document,
    SearchEngine,
    cut_snippet,
    list_members,
    parse_query,
)
from autograder.questions.spec import find_problems, parse_question, public_part

ROWS = [
    ("p1", "Hướng dẫn nộp học phí", "truong.example", "2025-08-20", "Nộp học phí qua cổng thanh toán."),
    ("p2", "Thu học phí bổ sung", "khoa.truong.example", "2023-09", "Khoa hóa học thu học phí bổ sung."),
    ("p3", "Học phí năm nay", "tin.example", "2025", "Báo điểm lại phí học. Học phí tăng 10%."),
    ("p4", "Lịch thi", "truong.example", "2024-12-31", "Lịch thi của lớp A-1 theo Quy chế 99/2030/QC-T."),
    ("p5", "Lệ phí thi lại", "ngtruong.example", None, "Mức lệ phí, thi lại một lần."),
    ("p6", "Bóng đá", "tin.example", "2025-01-01", "Giải bóng đá."),
]
PAGES = [
    {"id": i, "title": title, "site": site, "text": text} | ({"date": date} if date else {})
    for i, title, site, date, text in ROWS
]
BLOCK: dict[str, Any] = {
    "id": "cau",
    "kind": "search",
    "points": 10,
    "prompt": "?",
    "pages": PAGES,
    "items": [{"id": "t1", "text": "Học phí của trường từ 2025"}, {"id": "t2", "text": "Thi"}],
    "key": {
        "t1": {"relevant": ["p1"], "example": '"học phí" site:truong.example after:2025', "why": "Vì thế."},
        "t2": {"relevant": ["p4", "p5"], "codes": {"too_broad": "MC-B"}},
    },
    "score": {
        "by": "retrieval",
        "codes": {"sentence": "MC-S", "too_broad": "MC-A", "too_narrow": "MC-C", "nothing": "MC-D"},
    },
    "feedback": dict.fromkeys(["MC-S", "MC-A", "MC-B", "MC-C", "MC-D"], "Vì sao."),
}


def read(block: dict[str, Any]) -> Any:
    """Return the block's question."""
    return parse_question(block, where="")


def find(text: str) -> str:
    """Return the numbers of the pages that a query finds, such as "123"."""
    engine = read(BLOCK).engine
    return "".join(str(number + 1) for number in list_members(engine.find_pages(parse_query(text))))


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", ""),
        ("học phí", "123"),
        ("HỌC PHÍ", "123"),
        ("hoc phi", ""),
        # both words, in any order and place
        ("phí học thu", "2"),
        ('"phí học"', "3"),
        ('"học phí', "123"),
        ('"học phí năm nay"', "3"),
        ('"năm nay Báo"', ""),
        # the other place of the tone mark
        ("hoá", "2"),
        # whole words
        ("thị", ""),
        ("th", ""),
        ("99/2030/QC-T", "4"),
        ("A-1", "4"),
        # the title is searched too
        ("hướng", "1"),
        # OR binds its two neighbours only: học, and phí or thi
        ("học phí OR thi", "123"),
        ('"học phí" OR thi', "12345"),
        ("nộp OR thi lịch", "4"),
        ('"lịch thi" OR "lệ phí"', "45"),
        ("OR học phí", "123"),
        ("học phí OR", "123"),
        ("học OR OR đá", "1236"),
        ("or", ""),
        ("học phí -thu", "13"),
        ('-"học phí"', "456"),
        ("-", ""),
        ("site:truong.example", "124"),
        ("SITE:.Truong.example thi", "4"),
        ("-site:tin.example phí", "125"),
        ("site:example", "123456"),
        ("after:2025", "136"),
        ("after:2024-12", "1346"),
        ("before:2025", "24"),
        ("after:2023-09-01 before:2024", "2"),
        ("-after:2025", "245"),
        # no date, so words: no page has "after"
        ("after:xyz", ""),
        ('""', ""),
        ("học\u200b phí", "123"),
        ("phí " * 50 + "bóng", "1235"),
    ],
)
def test_query_language(query: str, found: str) -> None:
    """Words, phrases, OR, minus, site, dates; accents matter, capitals do not; whatever is typed is a query."""
    from autograder.questions.typed_text import clean_text

    assert find(clean_text(query)) == found


def test_only_so_many_terms_are_read() -> None:
    """The rest of a long query means nothing, so that time is bounded."""
    assert len(parse_query("a " * 100).clauses) == MAX_TERMS


# N = 6.  F1 of all pages is 2R/(N + R): 2/7 for one relevant page, 4/8 for two.
@pytest.mark.parametrize(
    ("answer", "points", "codes"),
    [
        ({"t1": '"học phí" site:truong.example after:2025', "t2": "thi"}, 10.0, []),
        # t1: 3 found, 1 right: F1 = 2/4 → (1/2 - 2/7)/(5/7) = 0.3; t2 untouched
        ({"t1": "học phí"}, 1.5, ["MC-A"]),
        # t2: 1 of 2: F1 = 2/3 → (2/3 - 1/2)/(1/2) = 1/3
        ({"t2": '"lịch thi"'}, 1.67, ["MC-C"]),
        ({"t1": "-xyz", "t2": "-xyz"}, 0.0, ["MC-A", "MC-B"]),
        ({"t1": "tôi muốn biết nộp học phí ở đâu", "t2": "xyz"}, 0.0, ["MC-S", "MC-D"]),
        # wrong pages, not too many: no code fits
        ({"t1": "bóng đá"}, 0.0, []),
        ({"t1": ["học phí"], "t2": 5, "t9": "thi"}, 0.0, []),
        ({"t1": "x" * 201}, 0.0, []),
        ("thi", 0.0, []),
    ],
)
def test_queries_are_scored_by_what_they_find(answer: Any, points: float, codes: list[str]) -> None:
    """F1 of the pages found, less what finding every page earns; the kind of mistake by its code."""
    score = score_answer(read(BLOCK), answer, "v")
    assert score.points == points
    assert [note.code for note in score.notes if note.code != "WHY"] == codes


def test_result_is_weighed_against_finding_everything() -> None:
    """All pages and no page earn 0, the relevant ones 1."""
    assert weigh_result(0b111111, 0b000011, 0b111111) == 0
    assert weigh_result(0, 0b000011, 0b111111) == 0
    assert weigh_result(0b000011, 0b000011, 0b111111) == 1
    assert weigh_result(0b11, 0, 0b11) == weigh_result(0b11, 0b11, 0b11) == 0


def test_item_results_hold_the_query() -> None:
    """Item statistics see what was typed."""
    first, second = score_answer(read(BLOCK), {"t1": " học  phí ", "t2": "thi"}, "v").items
    assert (first.chosen, first.wrong, first.code) == (("học phí",), ("học phí",), "MC-A")
    assert (second.chosen, second.wrong, second.fraction) == (("thi",), (), 1)


def respond(question: Any, answer: Any) -> Any:
    """Return what the page is told."""
    return KINDS["search"].respond(question, answer, ("t1", "t2"))


def test_page_is_told_results_in_order_and_nothing_of_the_key() -> None:
    """Most hits first, the title counting more; the date as it is written in Vietnam; the same without the key."""
    question = read(BLOCK)
    told = respond(question, {"t1": "học phí"})
    assert told == respond(read(public_part(question)), {"t1": "học phí"})
    assert told["found"]["t1"]["total"] == 3
    # p3: học 3 + phí 3 + two words in the title 6 = 12; p1: 2 + 2 + 6 = 10; p2: học 3 + phí 2 + 6 = 11
    assert [page["id"] for page in told["found"]["t1"]["pages"]] == ["p3", "p2", "p1"]
    assert [page["date"] for page in told["found"]["t1"]["pages"]] == ["2025", "09/2023", "20/08/2025"]
    assert "t2" not in told["found"]
    assert respond(question, {"t2": "after:2026"})["found"]["t2"] == {"total": 0, "pages": []}
    assert respond(question, ["x"]) == {"found": {}}


def test_page_is_told_ten_results_at_most() -> None:
    """The number says how many there are."""
    pages = [{"id": f"p{n}", "title": f"Trang {n}", "site": "a.example", "text": "thi"} for n in range(30)]
    question = read(BLOCK | {"pages": pages, "key": {"t1": ["p1"], "t2": ["p2"]}})
    found = respond(question, {"t1": "trang"})["found"]["t1"]
    assert (found["total"], len(found["pages"])) == (30, 10)
    assert "pages" not in json.dumps(KINDS["search"].describe(question) | {"pages": 0}).replace('"pages": 0', "")


def test_snippet_shows_the_word_in_its_place() -> None:
    """Around the first word found, cut between words, with signs where it is cut."""
    text = "Mở đầu. " * 40 + "Học phí nộp đây. " + "Kết thúc. " * 40
    snippet = cut_snippet(text, ["học"])
    assert "Học phí nộp đây." in snippet
    assert snippet.startswith("… ")
    assert snippet.endswith(" …")
    assert len(snippet) <= 190
    assert cut_snippet("Ngắn.", ["x"]) == "Ngắn."
    assert cut_snippet(text, []).startswith("Mở đầu.")
    assert cut_snippet("x" * 500, []).endswith(" …")


def test_scores_do_not_depend_on_the_language(monkeypatch: pytest.MonkeyPatch) -> None:
    """Both languages of a page are searched; results are shown in the reader's."""
    pages = [
        {"id": "p1", "title": {"vi": "Học phí", "en": "Fees"}, "site": "a.example", "text": {"vi": "Nộp", "en": "Pay"}},
        {"id": "p2", "title": {"vi": "Lịch thi", "en": "Exams"}, "site": "a.example", "text": "–"},
    ]
    question = read(BLOCK | {"pages": pages, "key": {"t1": ["p1"], "t2": ["p2"]}})
    scores, titles = [], []
    for language in ("vi", "en"):
        monkeypatch.setenv("HOCVUSO_LANG", language)
        scores.append(score_answer(question, {"t1": "fees", "t2": "lịch"}, "v").points)
        titles.append(respond(question, {"t1": "fees"})["found"]["t1"]["pages"][0]["title"])
    assert (scores, titles) == ([10, 10], ["Học phí", "Fees"])
    # words of two languages are not one phrase
    assert score_answer(question, {"t1": '"phí fees"'}, "v").points == 0


def test_same_pages_are_indexed_once() -> None:
    """A question that is read again for every submission finds its index ready."""
    assert read(BLOCK).engine is read(BLOCK).engine
    assert SearchEngine(()).everything == 0
    assert SearchEngine((Document("a.example", "", ("A",), ()),)).find_pages(parse_query("a")) == 1


def test_pages_may_lie_in_a_file_of_data() -> None:
    """``pages: data/….yaml`` is read like items; the learner's copy names the file again."""
    files: dict[str, Any] = {"data/trang.yaml": PAGES}
    question = parse_question(BLOCK | {"pages": "data/trang.yaml"}, where="", load=files.__getitem__)
    assert question.references == {"pages": "data/trang.yaml"}
    public = public_part(question)
    assert (public["pages"], "key" in public) == ("data/trang.yaml", False)
    assert score_answer(question, {"t2": "thi"}, "v").points == 5
    copied = parse_question(public, where="", load=files.__getitem__)
    assert respond(copied, {"t2": "thi"}) == respond(question, {"t2": "thi"})
    with pytest.raises(ContentError) as caught:
        parse_question(BLOCK | {"pages": ".author/trang.yaml"}, where="", load=files.__getitem__)
    assert caught.value.code == "reference-outside"


def test_untyped_needs_are_not_answered() -> None:
    """Blanks are no query."""
    assert count_answered(read(BLOCK), {"t1": "  ", "t2": "thi"}, "v") == (1, 2)


def test_good_question_has_no_finding() -> None:
    """The starting point of the next test is clean."""
    assert find_problems(read(BLOCK)) == []


BROKEN: list[tuple[str, Callable[[dict[str, Any]], Any]]] = [
    ("key-item-missing", lambda b: b["key"].pop("t2")),
    ("key-item-unknown", lambda b: b["key"].update(t9=["p1"])),
    ("feedback-missing", lambda b: b["feedback"].pop("MC-S")),
    ("feedback-missing", lambda b: b["feedback"].pop("MC-B")),
    ("page-unknown", lambda b: b["key"]["t2"]["relevant"].append("p9")),
    ("relevant-share", lambda b: b["key"].update(t2=[])),
    ("relevant-share", lambda b: b["key"].update(t2=["p1", "p2", "p3", "p4"])),
    ("example-not-right", lambda b: b["key"]["t1"].update(example="học phí")),
    ("page-too-long", lambda b: b["pages"][5].update(text="từ " * 700)),
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
    ("field", "value"),
    [
        ("pages", PAGES[:1]),
        ("pages", [PAGES[0], PAGES[0]]),
        ("pages", [PAGES[0], PAGES[1] | {"site": "một trang"}]),
        ("pages", [PAGES[0], PAGES[1] | {"date": "20/08/2025"}]),
        ("pages", PAGES * 40),
        ("score", {"by": "set"}),
    ],
)
def test_bad_fields_are_refused(field: str, value: Any) -> None:
    """What cannot be searched is not read."""
    with pytest.raises(ContentError) as caught:
        read(BLOCK | {field: value})
    assert caught.value.hint
