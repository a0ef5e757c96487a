"""file: which rules a document meets, what they earn, what a question may not ask, and what the page is told."""

from __future__ import annotations

import base64
import copy
import io
from collections.abc import Callable, Iterator
from datetime import date
from typing import Any

import pytest
from documents_made import HEADER, alter_zip, give, make_docx, make_pdf, make_plain_pdf, make_xlsx

from autograder.locale import set_language
from autograder.questions.answers import MAX_FILE_BYTES
from autograder.questions.documents import PdfDocument, read_document
from autograder.questions.documents.rules import TESTS, Inspection, Rule
from autograder.questions.kinds.file import (
    MAX_KB,
    clean_name,
    complete_answer,
    count_answered,
    mark_content,
    respond,
    shorten_answer,
)
from autograder.questions.scoring import score_answer
from autograder.questions.spec import find_problems, parse_question, public_part

ROWS = [["M1", "Trần Thị A", 7.5], ["M2", "Lê Văn B", 8], ["M3", "Phạm C", 9]]


def make_block(rules: list[dict[str, Any]], *, accept: tuple[str, ...] = ("xlsx",), **item: Any) -> dict[str, Any]:
    """Return a block of ten points with one item."""
    return {
        "id": "tep",
        "kind": "file",
        "points": 10,
        "prompt": "?",
        "items": [{"id": "t1", "text": "?", "accept": list(accept)} | item],
        "key": {"t1": {"rules": [{"code": "MC-A"} | rule for rule in rules], "why": "Vì thế."}},
        "score": {"by": "inspection"},
        "feedback": {"MC-A": "Vì A.", "MC-B": "Vì B."},
    }


def score(block: dict[str, Any], content: bytes) -> Any:
    """Score one file."""
    return score_answer(parse_question(block, where=""), {"t1": give(content)}, "v")


def change_book(book: Any) -> None:
    """Add formulas, a second sheet and a day to a workbook."""
    sheet = book.active
    sheet["E1"], sheet["E2"], sheet["E3"] = "=SUM(C2:C4)", "2026", date(2026, 11, 23)
    sheet["C5"] = "=SUM(C2:C4)"
    sheet["F1"] = '=IF(A1="SUM(",1,2)'
    book.create_sheet("Khác").append(["ô", 1])


TABLE = make_xlsx([HEADER, *ROWS], change=change_book)
PLAIN = make_xlsx([HEADER, *ROWS])
CSV = "Mã;Họ tên;Điểm\nM1;Trần;7,5\nM2;Lê;8\n\nM3;Phạm;=1+1\n".encode()

XLSX_RULES: list[tuple[dict[str, Any], bool]] = [
    ({"sheet": "tổng hợp"}, True),
    ({"sheet": "Bảng 2"}, False),
    ({"cell": "C2", "equals": 7.5}, True),
    ({"cell": "C2", "equals": 7.4}, False),
    ({"cell": "C2", "equals": 7.4, "within": 0.11}, True),
    ({"cell": "C2", "equals": "7.5"}, False),
    ({"cell": "C2", "equals": True}, False),
    ({"cell": "B2", "equals": " trần  thị a"}, True),
    ({"cell": "B2"}, True),
    ({"cell": "B9"}, False),
    # a number that was typed as text is no number
    ({"cell": "E2", "equals": 2026}, False),
    ({"cell": "E2", "equals": "2026"}, True),
    ({"cell": "E3", "equals": "2026-11-23"}, True),
    ({"cell": "E3", "equals": "2026-11-24"}, False),
    ({"cell": "B1", "sheet": "Khác", "equals": 1}, True),
    ({"cell": "B1", "sheet": "không có", "equals": 1}, False),
    ({"formula": "E1"}, True),
    ({"formula": "E1", "uses": ["SUM"]}, True),
    ({"formula": "E1", "uses": ["SUM", "IF"]}, False),
    # a function's name in quotes is text
    ({"formula": "F1", "uses": ["SUM"]}, False),
    ({"formula": "F1", "uses": ["IF"]}, True),
    ({"formula": "C2"}, False),
    ({"has_text": ["Phạm C", "LÊ VĂN B"]}, True),
    ({"has_text": ["Phạm C", "vắng"]}, False),
    ({"lacks_text": ["vắng"]}, True),
    ({"lacks_text": ["vắng", "phạm"]}, False),
    ({"rows": [4, 4]}, False),
    # the total that the sheet forms is not added to itself: 7.5 + 8 + 9
    ({"sum": {"column": "C", "equals": 24.5}}, True),
    ({"sum": {"column": "Điểm", "equals": 24}}, False),
    ({"sum": {"column": "Điểm", "equals": 24, "within": 0.5}}, True),
    ({"sum": {"column": "Họ tên", "equals": 0}}, False),
    ({"sum": {"column": "vắng", "equals": 0}}, False),
]


@pytest.mark.parametrize(("rule", "met"), XLSX_RULES, ids=lambda value: str(value)[:60])
def test_rules_of_a_workbook(rule: dict[str, Any], met: bool) -> None:
    """Each rule on one workbook, met or not."""
    document = read_document(TABLE, ("xlsx",))
    assert Inspection(document).meets(Rule.model_validate({"code": "MC-A"} | rule)) is met


TABLE_RULES: list[tuple[bytes, dict[str, Any], bool]] = [
    (PLAIN, {"header": ["mã", "Họ  tên", "Điểm"]}, True),
    (PLAIN, {"header": ["Mã", "Họ tên"]}, False),
    (PLAIN, {"header": [*HEADER, "Ghi chú"]}, False),
    (PLAIN, {"header": HEADER, "row": 2}, False),
    (PLAIN, {"rows": [3, 3]}, True),
    (PLAIN, {"rows": [2, 2], "row": 2}, True),
    (PLAIN, {"rows": [4, 9]}, False),
    (PLAIN, {"column": "Mã", "unique": True}, True),
    (PLAIN, {"column": "mã"}, True),
    (PLAIN, {"column": "Tuổi"}, False),
    (make_xlsx([HEADER, *ROWS, ["m1 ", "x"]]), {"column": "Mã", "unique": True}, False),
    # the same name in composed and decomposed letters is one name
    (make_xlsx([["Tên"], ["Lê"], ["Le\u0302"]]), {"column": "Tên", "unique": True}, False),
    (make_xlsx([HEADER, *ROWS, [None, "x"]]), {"column": "Mã", "unique": True}, False),
    # long numbers that differ in the last digit differ
    (make_xlsx([["Số"], [999000000000001], [999000000000002]]), {"column": "Số", "unique": True}, True),
    (make_xlsx([HEADER]), {"column": "Mã", "unique": True}, False),
    (CSV, {"header": HEADER}, True),
    (CSV, {"rows": [3, 3]}, True),
    (CSV, {"column": "Mã", "unique": True}, True),
    # "=1+1" is text and no number: 7,5 + 8
    (CSV, {"sum": {"column": "C", "equals": 15.5}}, True),
    (CSV, {"has_text": ["=1+1"]}, True),
]


@pytest.mark.parametrize(("content", "rule", "met"), TABLE_RULES)
def test_rules_of_tables(content: bytes, rule: dict[str, Any], met: bool) -> None:
    """Headings, rows, columns and sums of workbooks and CSV files."""
    document = read_document(content, ("xlsx", "csv"))
    assert Inspection(document).meets(Rule.model_validate({"code": "MC-A"} | rule)) is met


def build_letter(document: Any) -> None:
    """Fill a letter: A4, 30 mm on the left, a heading, a table, a described picture, one font."""
    from docx.shared import Mm
    from matplotlib.figure import Figure

    document.styles["Normal"].font.name = "Times New Roman"
    document.add_heading("I. Kết quả", 2)
    document.add_paragraph("Kính gửi: Ban Giám đốc. " * 20)
    document.add_paragraph("x").runs[0].font.name = "Arial"
    document.add_table(1, 1)
    picture = io.BytesIO()
    Figure(figsize=(1, 1)).savefig(picture, format="png")
    document.add_picture(picture)
    document.inline_shapes[0]._inline.docPr.set("descr", "Biểu đồ tỷ lệ đạt")
    section = document.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.left_margin, section.right_margin = Mm(30), Mm(20)


LETTER_RULES: list[tuple[dict[str, Any], bool]] = [
    ({"heading": "i. kết quả"}, True),
    ({"heading": "I. Kết quả", "level": 2}, True),
    ({"heading": "I. Kết quả", "level": 1}, False),
    ({"heading": "Kính gửi"}, False),
    ({"table": True}, True),
    ({"alt_texts": True}, True),
    ({"font": "times new roman"}, True),
    ({"font": "Arial"}, False),
    ({"page": {"size": "A4", "margins_mm": {"left": [30, 35], "right": [15, 20]}}}, True),
    ({"page": {"size": "A5"}}, False),
    ({"page": {"margins_mm": {"left": [15, 20]}}}, False),
    ({"has_text": ["Kính gửi: Ban Giám đốc."], "weight": 2.0}, True),
    ({"lacks_text": ["Kính gởi"]}, True),
    ({"pages": [1, 9]}, False),
]


@pytest.mark.parametrize(("rule", "met"), LETTER_RULES, ids=lambda value: str(value)[:60])
def test_rules_of_a_letter(rule: dict[str, Any], met: bool) -> None:
    """Each rule on one letter; one that a letter does not know is not met."""
    document = read_document(make_docx(build_letter), ("docx",))
    assert Inspection(document).meets(Rule.model_validate({"code": "MC-A"} | rule)) is met


def test_a_letter_without_what_is_asked_meets_nothing() -> None:
    """No picture is no described picture, no letter is no font, and one picture without words spoils it."""
    rules = [Rule.model_validate({"code": "MC-A"} | rule) for rule in ({"alt_texts": True}, {"font": "Arial"})]
    empty = Inspection(read_document(make_docx(), ("docx",)))
    assert [empty.meets(rule) for rule in rules] == [False, False]

    def build(document: Any) -> None:
        build_letter(document)
        document.inline_shapes[0]._inline.docPr.set("descr", " ")

    assert not Inspection(read_document(make_docx(build), ("docx",))).meets(rules[0])


def test_rules_of_a_pdf() -> None:
    """Pages, text whatever its spaces, and whether screen readers find a structure."""
    found = Inspection(read_document(make_pdf("Tỷ lệ đạt:   55,0 %", "hết"), ("pdf",)))
    wanted = {"pages": [2, 2]}, {"pages": [3, 9]}, {"has_text": ["tỷ lệ đạt: 55,0%"]}, {"lacks_text": ["hết"]}
    met = [found.meets(Rule.model_validate({"code": "MC-A"} | rule)) for rule in wanted]
    assert met == [True, False, True, False]
    tagged = Rule.model_validate({"code": "MC-A", "tagged": True})
    marked = make_plain_pdf("a").replace(
        b"/Type /Catalog", b"/Type /Catalog /MarkInfo << /Marked true >> /StructTreeRoot << /K 1 >>"
    )
    assert not found.meets(tagged)
    assert Inspection(read_document(marked, ("pdf",))).meets(tagged)


@pytest.mark.slow
def test_pdf_of_a_browser_is_read_and_tagged(browser: Any) -> None:
    """What Chromium prints is tagged and its Vietnamese text is found."""
    page = browser.new_page()
    page.set_content("<html lang=vi><title>a</title><h1>Kết quả</h1><p>Người đăng ký: 12</p></html>")
    found = read_document(page.pdf(format="A4", tagged=True), ("pdf",))
    page.close()
    assert isinstance(found, PdfDocument)
    assert (found.pages, found.is_tagged) == (1, True)
    assert "Ngườiđăngký:12" in "".join(found.text.split())


def test_points_are_the_weight_beyond_an_empty_file() -> None:
    """Weights 3 (header), 1 (rows), 1 (lacks a word, which an empty file lacks too): earned of 4."""
    block = make_block([{"header": HEADER, "weight": 3.0}, {"rows": [3, 3], "code": "MC-B"}, {"lacks_text": ["nháp"]}])
    assert score(block, PLAIN).points == 10
    # header right, rows wrong: f = 4/5, f0 = 1/5 → (4/5 - 1/5) / (4/5) = 3/4
    one = score(block, make_xlsx([HEADER]))
    assert (one.points, [note.code for note in one.notes]) == (7.5, ["MC-B", "WHY"])
    # the forbidden word takes away as much as the right rows gave
    assert score(block, make_xlsx([HEADER, *ROWS[:2], ["nháp"]])).points == pytest.approx(7.5)
    assert score(block, make_xlsx([HEADER, ["nháp"]])).points == 5
    assert score(block, make_xlsx([[]])).points == 0
    assert score(block, make_xlsx([["nháp"]])).points == 0


def test_what_was_given_can_be_lost_and_not_earned() -> None:
    """The file from the lesson meets one rule already: handed back unchanged it earns 0, broken no more than that."""
    block = make_block([{"header": HEADER, "given": True}, {"rows": [2, 2]}, {"column": "Mã", "unique": True}])
    given = make_xlsx([HEADER, *ROWS, ["M1", "Trần Thị A", 7.5]])
    assert score(block, given).points == 0
    # f = 3/3 → 10; two rows without header: f = 2/3 minus the column that is not found = 1/3 = f0 → 0
    assert score(block, make_xlsx([HEADER, *ROWS[:2]])).points == 10
    assert score(block, make_xlsx([["Sai"], *ROWS[:2]])).points == 0


def test_default_settings_of_programs_earn_nothing() -> None:
    """A4 with the margins of a new document is no work of the learner; margins that were set are."""
    block = make_block([{"page": {"size": "A4"}}, {"has_text": ["Kính gửi"]}], accept=("docx",))
    from docx.shared import Mm

    def build(document: Any) -> None:
        document.sections[0].page_width, document.sections[0].page_height = Mm(210), Mm(297)

    assert score(block, make_docx(build)).points == 0
    pages = make_block([{"pages": [1, 1]}, {"tagged": True}, {"has_text": ["a"]}], accept=("pdf",))
    assert score(pages, make_plain_pdf("")).points == 0


def test_several_items_are_averaged_and_each_tells_its_codes() -> None:
    """One right file of two: half; a missing file has no code, a wrong one has those of its rules."""
    block = make_block([{"header": HEADER}, {"rows": [9, 9], "code": "MC-B"}])
    block["items"].append({"id": "t2", "text": "?", "accept": ["csv"]})
    block["key"]["t2"] = {"rules": [{"code": "MC-A", "rows": [3, 3]}]}
    question = parse_question(block, where="")
    half = score_answer(question, {"t2": give(CSV)}, "v")
    assert (half.points, [(item.item, item.code) for item in half.items]) == (5, [("t1", None), ("t2", None)])
    both = score_answer(question, {"t1": give(make_xlsx([[1]])), "t2": give(CSV)}, "v")
    assert [(item.chosen, item.wrong) for item in both.items] == [
        (("MC-A", "MC-B"), ("MC-A", "MC-B")), (("csv",), ())
    ]  # fmt: skip


BAD_ANSWERS: list[Any] = [
    {"t1": "x"}, {"t1": {"name": "a"}}, {"t1": {"content": "QQ=="}}, {"t1": {"name": 1, "content": "QQ=="}},
    {"t1": {"name": "a", "content": ["QQ=="]}}, {"t1": {"name": "a", "content": ""}}, {"t1": [give(PLAIN)]},
    [give(PLAIN)], "x", 3, float("nan"),
]  # fmt: skip


@pytest.mark.parametrize("answer", BAD_ANSWERS)
def test_what_is_no_file_is_no_answer(answer: Any) -> None:
    """Another shape counts as not answered."""
    question: Any = parse_question(make_block([{"header": HEADER}]), where="")
    found = score_answer(question, answer, "v")
    assert (found.points, count_answered(question, answer, ("t1",))) == (0, 0)
    assert respond(question, answer, ("t1",)) == {"files": {}}


REFUSED: list[tuple[Any, str]] = [
    ("QQ=", "file-incomplete"),
    ("Q Q=", "file-incomplete"),
    ("ệ", "file-incomplete"),
    ("\ud800", "file-incomplete"),
    ("A" * 10_000_000, "file-size"),
    (base64.b64encode(b"x" * 11 * 1024).decode(), "file-size"),
    (give(b"a;b")["content"], "file-type"),
    (give(alter_zip(PLAIN, {"xl/vbaProject.bin": b""}))["content"], "file-macro"),
]


@pytest.mark.parametrize(("content", "code"), REFUSED, ids=[code for _content, code in REFUSED])
def test_refused_file_earns_nothing_and_says_why(content: str, code: str) -> None:
    """It is answered, scores 0, is counted by its reason, and the page gets a sentence in the reader's language."""
    question: Any = parse_question(make_block([{"header": HEADER}], max_kb=10), where="")
    answer = {"t1": {"name": "a.xlsx", "content": content}}
    found = score_answer(question, answer, "v")
    assert (found.points, found.items[0].chosen, found.items[0].wrong) == (0, (code,), (code,))
    assert count_answered(question, answer, ("t1",)) == 1
    told = respond(question, answer, ("t1",))["files"]["t1"]
    assert told["problem"].endswith(".")
    assert told["facts"] == ""


@pytest.fixture
def english() -> Iterator[None]:
    """Speak English during one test."""
    set_language("en")
    yield
    set_language(None)


@pytest.mark.usefixtures("english")
def test_page_learns_what_was_read_and_nothing_of_the_rules() -> None:
    """Name, size, mark and what the file is; the learner's copy tells the same."""
    block = make_block([{"header": HEADER}], accept=("xlsx", "docx", "pdf", "csv"))
    question: Any = parse_question(block, where="")
    copy_: Any = parse_question(public_part(question), where="")
    for content, facts in (
        (TABLE, "Sheets: Tổng hợp, Khác"),
        (make_docx(build_letter), "Words: "),
        (make_plain_pdf("a", "b"), "Pages: 2"),
        (CSV, "Rows: 4, columns: 3"),
    ):
        told = respond(copy_, {"t1": give(content, "thu-muc/bài.xlsx")}, ("t1",))["files"]["t1"]
        assert told == respond(question, {"t1": give(content, "thu-muc/bài.xlsx")}, ("t1",))["files"]["t1"]
        assert told["facts"].startswith(facts)
        assert (told["name"], told["problem"]) == ("bài.xlsx", "")


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("C:\\Tệp\\báo cáo.xlsx", "báo cáo.xlsx"),
        ("ba\u0301o.xlsx", "báo.xlsx"),
        ("a\u202egnp.exe\n", "agnp.exe"),
        ("x" * 500, "x" * 200),
        ("", ""),
    ],
)
def test_names_are_shown_without_tricks(name: str, shown: str) -> None:
    """Folders, direction marks and line breaks are left out; accents are composed."""
    assert clean_name(name) == shown


def test_page_need_not_send_a_file_twice() -> None:
    """A mark is replaced by the saved content of the same item, and by nothing else."""
    saved = {"t1": give(PLAIN, "a.xlsx"), "t2": give(CSV, "b.csv")}
    short = shorten_answer(saved)
    assert short == {i: {"name": f["name"], "mark": mark_content(f["content"])} for i, f in saved.items()}
    assert complete_answer(short, saved) == saved
    assert complete_answer({"t1": short["t2"], "t2": saved["t1"]}, saved) == {"t1": None, "t2": saved["t1"]}
    for strange in (None, [], "x", {"t1": None}, {"t1": {"content": 1}}):
        shorten_answer(strange)
        assert complete_answer(strange, None) == strange
    assert complete_answer(short, "x") == {"t1": None, "t2": None}


def test_an_answer_can_hold_what_a_question_may_ask() -> None:
    """The largest file in base64 fits the answer file."""
    assert len(base64.b64encode(bytes(MAX_KB * 1024))) <= MAX_FILE_BYTES


def break_block(change: Callable[[dict[str, Any]], None]) -> dict[str, Any]:
    """Return a good block with one thing changed."""
    block = make_block([{"header": HEADER}, {"cell": "B2", "equals": 1}, {"rows": [1, 9]}])
    change(block)
    return copy.deepcopy(block)


def rule(block: dict[str, Any], number: int = 0) -> dict[str, Any]:
    """Return one rule of a block, to be changed."""
    found: dict[str, Any] = block["key"]["t1"]["rules"][number]
    return found


def add_large_item(block: dict[str, Any]) -> None:
    """Ask for two files that are together one KB too large."""
    block["items"][0]["max_kb"] = 1000
    block["items"].append({"id": "t2", "text": "?", "accept": ["csv"], "max_kb": 501})


def keep_rule(block: dict[str, Any], only: dict[str, Any]) -> None:
    """Ask for one thing only."""
    block["key"]["t1"]["rules"] = [{"code": "MC-A"} | only]


PROBLEMS: list[tuple[Callable[[dict[str, Any]], None], list[str]]] = [
    (lambda _block: None, []),
    (lambda block: block["key"].clear(), ["key-item-missing"]),
    (lambda block: block["key"].update(t9=block["key"]["t1"]), ["key-item-unknown"]),
    (lambda block: rule(block).update(code="MC-Z"), ["feedback-missing"]),
    (lambda block: add_large_item(block), ["key-item-missing", "files-too-large"]),
    (lambda block: rule(block).pop("header"), ["rule-unclear"]),
    (lambda block: rule(block).update(rows=[1, 1]), ["rule-unclear"]),
    (lambda block: block["items"][0].update(accept=["xlsx", "csv"]), ["rule-other-type"]),
    (lambda block: rule(block).update(equals=3), ["rule-field-unused"]),
    (lambda block: rule(block, 1).update(row=3), ["rule-field-unused"]),
    (lambda block: rule(block, 2).update(rows=[9, 1]), ["range-reversed"]),
    (lambda block: keep_rule(block, {"lacks_text": ["a"]}), ["rules-met-by-blank"]),
    (lambda block: keep_rule(block, {"header": ["a"], "given": True}), ["rules-met-by-blank"]),
    (lambda block: keep_rule(block, {"sheet": "Sheet1"}), ["rules-met-by-blank"]),
]  # fmt: skip


@pytest.mark.parametrize(("change", "codes"), PROBLEMS)
def test_each_contradiction_is_found(change: Callable[[dict[str, Any]], None], codes: list[str]) -> None:
    """One thing broken at a time, told with place, finding and remedy."""
    problems = find_problems(parse_question(break_block(change), where=""))
    assert [problem.code for problem in problems] == codes
    assert all(problem.where and problem.hint for problem in problems)


@pytest.mark.parametrize(
    "field",
    [
        {"accept": ["exe"]}, {"accept": []}, {"max_kb": 1501}, {"max_kb": 0}, {"max_kb": "9"},
        {"rules": []}, {"rules": [{"code": "A", "table": True}]}, {"rules": [{"code": "MC-A", "cell": "b2"}]},
        {"rules": [{"code": "MC-A", "uses": ["sum("]}]}, {"rules": [{"code": "MC-A", "weight": 0}]},
    ],
)  # fmt: skip
def test_what_cannot_be_is_refused_when_it_is_read(field: dict[str, Any]) -> None:
    """Types, sizes and addresses of cells have a form."""
    from autograder.errors import ContentError

    block = make_block([{"header": HEADER}])
    (block["key"]["t1"] if "rules" in field else block["items"][0]).update(field)
    with pytest.raises(ContentError):
        parse_question(block, where="")


def test_every_test_is_tried_here() -> None:
    """No test of the rules is left out of the tables above."""
    rules = [rule for rule, _met in XLSX_RULES + LETTER_RULES] + [rule for _content, rule, _met in TABLE_RULES]
    tried = {name for rule in rules for name in rule if name in TESTS}
    assert tried | {"pages", "tagged"} == set(TESTS)
