"""Questions from an Excel file: what is read, what is refused and where, and that nothing is written by halves."""

from __future__ import annotations

import io
import unicodedata
import zipfile
from collections.abc import Callable
from copy import deepcopy
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from autograder.curriculum.reader import read_module
from autograder.curriculum.samples import read_sample
from autograder.curriculum.spreadsheet import import_questions, read_questions, write_tables, write_template
from autograder.curriculum.spreadsheet.form import KIND_NAMES, SHEETS
from autograder.errors import ContentError
from autograder.locale import set_language
from autograder.questions.kinds import KINDS
from autograder.questions.scoring import score_answer
from autograder.questions.spec import parse_question

DOCS = Path(__file__).parents[3] / "docs"
TEMPLATE = DOCS / "mau-cau-hoi.xlsx"

Rows = dict[str, list[dict[str, Any]]]

ROWS: Rows = {
    "Câu hỏi": [
        {
            "id": "thu",
            "kind": "Phân loại (classify)",
            "points": 10,
            "prompt": "Xếp thư.",
            "prompt_en": "Sort the mail.",
            "choices": "An toàn | Báo cáo",
        },
        {"id": "viec", "kind": "order", "points": "7,5", "prompt": "Xếp việc.", "ends": "Trước | Sau"},
        {"id": "dong", "kind": "đánh dấu", "points": 5, "prompt": "Đánh dấu dòng sai."},
        {"id": "so", "kind": "Số", "points": 2, "prompt": "Tính.", "unit": "%"},
    ],
    "Mục": [
        {"question": "thu", "text": "Thư một", "answer": "An toàn", "wrong": "MC-A", "critical": "Báo cáo"},
        {"question": "thu", "text": "Thư hai", "answer": "báo cáo", "wrong": "An toàn = MC-A", "why": "Vì thế."},
        {"question": "viec", "item": "v1", "text": "Báo", "answer": 1, "wrong": "v3 = MC-B"},
        {"question": "viec", "item": "v3", "text": "Xem lại", "answer": 3},
        {"question": "viec", "item": "v2", "text": "Đổi mật khẩu", "answer": 2},
        {"question": "dong", "text": "Họ tên | Nhóm máu | Đơn vị", "answer": "2", "wrong": "1 = MC-A | Đơn vị = MC-B"},
        {"question": "so", "text": "11 trên 20", "answer": "55,0 %", "within": "0,05", "wrong": "0,55 = MC-B 80%"},
    ],
    "Nhầm lẫn": [
        {"code": "MC-A", "text": "Vì sao A.", "text_en": "Why A."},
        {"code": "MC-B", "text": "Vì sao B."},
    ],
}


@pytest.fixture(autouse=True)
def _english() -> Any:
    set_language("en")
    yield
    set_language(None)


@pytest.fixture
def write(tmp_path: Path) -> Callable[..., Path]:
    """Return a function that writes a table, changed as rows, as a workbook, or as bytes."""

    def write_file(rows: Rows = ROWS, change: Callable[[Any], None] | None = None, name: str = "bang.xlsx") -> Path:
        path = tmp_path / name
        write_tables(path, rows)
        if change is not None:
            book = openpyxl.load_workbook(path)
            change(book)
            book.save(path)
        return path

    return write_file


def change_rows(sheet: str, number: int, **values: Any) -> Rows:
    """Return the rows with some cells of one row changed; None empties a cell."""
    rows = deepcopy(ROWS)
    rows[sheet][number] = {k: v for k, v in (rows[sheet][number] | values).items() if v is not None}
    return rows


def test_committed_template_is_what_the_program_writes(tmp_path: Path) -> None:
    """docs/mau-cau-hoi.xlsx: same sheets, same cells, same lists to choose from."""
    write_template(tmp_path / "mau.xlsx")
    made, kept = (openpyxl.load_workbook(path) for path in (tmp_path / "mau.xlsx", TEMPLATE))
    assert kept.sheetnames == made.sheetnames == ["Hướng dẫn", *(form.vi for form in SHEETS)]
    for name in made.sheetnames:
        assert [[c.value for c in row] for row in kept[name].rows] == [
            [c.value for c in row] for row in made[name].rows
        ]
        lists = [
            [(v.formula1, str(v.sqref)) for v in book[name].data_validations.dataValidation] for book in (made, kept)
        ]
        assert lists[0] == lists[1]


def test_template_can_be_imported_as_it_is() -> None:
    """The examples of the template are whole questions; the list offers only kinds that exist."""
    reading = read_questions(TEMPLATE)
    assert [str(problem) for problem in reading.problems] == []
    assert [question.block["kind"] for question in reading.questions] == ["classify", "number"]
    assert set(KIND_NAMES) <= set(KINDS)
    book = openpyxl.load_workbook(TEMPLATE)
    assert [len(list(book[form.vi].rows)) >= 4 for form in SHEETS] == [True, True, True]


def test_rows_become_questions_with_their_answers(write: Callable[..., Path]) -> None:
    """Labels get ids from their letters, numbers are read the Vietnamese way, codes bring their sentences."""
    reading = read_questions(write())
    assert [str(problem) for problem in reading.problems] == []
    mail, steps, lines, rate = reading.questions
    assert mail.block == {
        "id": "thu",
        "kind": "classify",
        "points": 10,
        "prompt": {"vi": "Xếp thư.", "en": "Sort the mail."},
        "labels": {"an_toan": "An toàn", "bao_cao": "Báo cáo"},
        "items": [{"id": "t01", "text": "Thư một"}, {"id": "t02", "text": "Thư hai"}],
        "key": {
            "t01": {"label": "an_toan", "wrong": "MC-A", "cap": ["bao_cao"]},
            "t02": {"label": "bao_cao", "wrong": {"an_toan": "MC-A"}, "why": "Vì thế."},
        },
        "score": {"by": "balanced"},
        "feedback": {"MC-A": {"vi": "Vì sao A.", "en": "Why A."}},
    }
    assert mail.answer == {"t01": "an_toan", "t02": "bao_cao"}
    assert steps.points == 7.5
    assert steps.block["key"] == {"order": ["v1", "v2", "v3"], "must_precede": [["v1", "v3", "MC-B"]]}
    assert steps.block["ends"] == ["Trước", "Sau"]
    assert lines.block["key"] == {"t01": {"marks": ["p02"], "wrong": {"p01": "MC-A", "p03": "MC-B"}}}
    assert lines.block["items"][0]["parts"][1] == {"id": "p02", "text": "Nhóm máu"}
    wrong = [{"value": 0.55, "within": 0.05, "code": "MC-B", "credit": 0.8}]
    assert rate.block["key"] == {"t01": {"value": 55, "within": 0.05, "wrong": wrong}}
    for question in reading.questions:
        parsed = parse_question(question.block, where="")
        assert score_answer(parsed, question.answer, "thu").points == question.points


def test_choose_and_text_are_read_too(write: Callable[..., Path]) -> None:
    """Several right options; phrases that must occur, with other wordings, and one that must not."""
    rows: Rows = {
        "Câu hỏi": [
            {"id": "chon", "kind": "choose", "points": 5, "prompt": "Chọn.", "choices": "Một | Hai | Ba | Bốn | Năm"},
            {"id": "viet", "kind": "trả lời ngắn", "points": 5, "prompt": "Viết trích yếu."},
        ],
        "Mục": [
            {
                "question": "chon",
                "text": "Chọn số lẻ",
                "answer": "Một | Ba",
                "wrong": "Hai = MC-A",
                "missed": "Ba = MC-B",
            },
            {
                "question": "viet",
                "text": "Báo cáo tháng 5",
                "answer": "báo cáo // thông báo = MC-A | tháng 5",
                "wrong": "bản final = MC-B",
                "words": 12,
                "sample": "Báo cáo công tác tháng 5",
            },
        ],
        "Nhầm lẫn": ROWS["Nhầm lẫn"],
    }
    reading = read_questions(write(rows))
    assert [str(problem) for problem in reading.problems] == []
    chosen, written = reading.questions
    assert chosen.block["key"] == {
        "t01": {"options": ["mot", "ba"], "wrong": {"hai": "MC-A"}, "missed": {"ba": "MC-B"}}
    }
    assert written.answer == {"t01": "Báo cáo công tác tháng 5"}
    assert written.block["key"]["t01"]["must"] == [
        {"any": ["báo cáo", "thông báo"], "code": "MC-A"},
        {"any": ["tháng 5"]},
    ]
    assert written.block["key"]["t01"]["words"] == {"max": 12}


def test_headings_may_be_english_and_letters_may_be_apart(write: Callable[..., Path]) -> None:
    """English sheets and headings, NFD, spaces around, no-break spaces and empty rows change nothing."""

    def translate(book: Any) -> None:
        for form in SHEETS:
            sheet = book[form.vi]
            for cell, column in zip(sheet[1], form.columns, strict=True):
                cell.value = column.en.upper()
            sheet.title = f" {form.en} "[:31].strip()
            sheet.delete_rows(2)
            sheet.insert_rows(3)
            for row in sheet.iter_rows(min_row=2):
                for cell in row:
                    if isinstance(cell.value, str):
                        cell.value = f"\u00a0 {unicodedata.normalize('NFD', cell.value)} \n"

    plain, other = read_questions(write()), read_questions(write(change=translate, name="khac.xlsx"))
    assert [str(problem) for problem in other.problems] == []
    assert other == plain


def test_percent_cell_means_the_percentage_that_it_shows(write: Callable[..., Path]) -> None:
    """Excel keeps 55% as 0.55; the lecturer saw 55%."""

    def show_percent(book: Any) -> None:
        cell = book["Mục"]["F9"]
        cell.value, cell.number_format = 0.55, "0%"

    (problem_free,) = [q for q in read_questions(write(change=show_percent)).questions if q.id == "so"]
    assert problem_free.block["key"]["t01"]["value"] == 55


# Change of the rows → code, place, a word of what is found or of the remedy.
SLIPS = [
    (change_rows("Câu hỏi", 0, id="Thư"), "id-form", "“Câu hỏi”, cell A3", "hop-thu"),
    (change_rows("Câu hỏi", 1, id="thu"), "id-repeated", "“Câu hỏi”, cell A4", "cell A3"),
    (change_rows("Câu hỏi", 0, kind="phân lọai"), "question-kind", "“Câu hỏi”, cell B3", "Phân loại"),
    (change_rows("Câu hỏi", 0, kind=None), "cell-empty", "“Câu hỏi”, cell B3", "fill"),
    (change_rows("Câu hỏi", 0, points="mười"), "cell-number", "“Câu hỏi”, cell C3", "mười"),
    (change_rows("Câu hỏi", 0, points=-1), "value-range", "“Câu hỏi”, cell C3", "-1"),
    (change_rows("Câu hỏi", 0, prompt=None), "cell-empty", "“Câu hỏi”, cell D3", "fill"),
    (change_rows("Câu hỏi", 0, choices=None), "choices-missing", "“Câu hỏi”, cell F3", "|"),
    (change_rows("Câu hỏi", 0, choices="An toàn | an  toàn | B"), "choices-repeated", "“Câu hỏi”, cell F3", "delete"),
    (change_rows("Câu hỏi", 0, choices_en="Safe"), "choices-english", "“Câu hỏi”, cell G3", "2"),
    (change_rows("Câu hỏi", 0, draw=2), "pool-too-small", "“Câu hỏi”, cell H3", "6"),
    (change_rows("Câu hỏi", 0, draw="2,5"), "value-type", "“Câu hỏi”, cell H3", "2.5"),
    (change_rows("Câu hỏi", 0, by="theo cảm tính"), "scoring-unknown", "“Câu hỏi”, cell I3", "Cân bằng"),
    (change_rows("Câu hỏi", 0, by="theo mức trừ"), "cost-form", "“Câu hỏi”, cell J3", ">"),
    (change_rows("Câu hỏi", 0, by="cost", costs="Báo cáo > An: 3"), "choice-unknown", "“Câu hỏi”, cell J3", "An toàn"),
    (change_rows("Câu hỏi", 1, by="cost"), "scoring-unknown", "“Câu hỏi”, cell I4", "empty"),
    (change_rows("Câu hỏi", 1, ends="Trước"), "ends-form", "“Câu hỏi”, cell L4", "two"),
    (change_rows("Mục", 0, question="thư"), "item-question", "“Mục”, cell A3", "thu"),
    (change_rows("Mục", 0, question=None), "cell-empty", "“Mục”, cell A3", "fill"),
    (change_rows("Mục", 3, item="v1"), "item-repeated", "“Mục”, cell B6", "v1"),
    (change_rows("Mục", 3, item="v 3"), "item-form", "“Mục”, cell B6", "t01"),
    (change_rows("Mục", 0, text=None), "cell-empty", "“Mục”, cell D3", "fill"),
    (change_rows("Mục", 0, answer=None), "cell-empty", "“Mục”, cell F3", "fill"),
    (change_rows("Mục", 0, answer="An tòan"), "choice-unknown", "“Mục”, cell F3", "An toàn"),
    (change_rows("Mục", 0, wrong="MC-X"), "feedback-missing", "“Mục”, cell H3", "MC-X"),
    (change_rows("Mục", 0, wrong="Báo cáo"), "misconception-form", "“Mục”, cell H3", "="),
    (change_rows("Mục", 0, critical="Xóa"), "choice-unknown", "“Mục”, cell J3", "Báo cáo"),
    (change_rows("Mục", 3, answer=1), "place-repeated", "“Mục”, cell F6", "1, 2, 3"),
    (change_rows("Mục", 2, wrong="v9 = MC-B"), "item-unknown", "“Mục”, cell H5", "v2"),
    (change_rows("Mục", 5, answer="9"), "choice-unknown", "“Mục”, cell F8", "Nhóm máu"),
    (change_rows("Mục", 6, answer="nửa"), "cell-number", "“Mục”, cell F9", "nửa"),
    (change_rows("Mục", 6, wrong="x = MC-B"), "cell-number", "“Mục”, cell H9", "0,55"),
    (change_rows("Nhầm lẫn", 0, code="mc-a"), "code-form", "“Nhầm lẫn”, cell A3", "MC-HTTPS"),
    (change_rows("Nhầm lẫn", 1, code="MC-A"), "code-repeated", "“Nhầm lẫn”, cell A4", "delete"),
    (change_rows("Nhầm lẫn", 0, text=None), "cell-empty", "“Nhầm lẫn”, cell B3", "fill"),
]  # fmt: skip


@pytest.mark.parametrize(("rows", "code", "place", "word"), SLIPS, ids=[f"{s[1]}-{s[2][-2:]}" for s in SLIPS])
def test_slip_is_told_with_its_cell_and_its_remedy(
    write: Callable[..., Path], rows: Rows, code: str, place: str, word: str
) -> None:
    """Every slip has a code, its cell, what was found, what was expected and what to do."""
    problems = read_questions(write(rows)).problems
    problem = next(problem for problem in problems if problem.code == code)
    assert place in problem.where
    assert problem.hint
    assert problem.expected
    assert problem.found is not None
    assert word in f"{problem.found} {problem.expected} {problem.hint}"


def set_cell(sheet: str, address: str, value: Any) -> Callable[[Any], None]:
    """Return a change that writes one cell."""

    def change(book: Any) -> None:
        book[sheet][address].value = value

    return change


def hide_row(book: Any) -> None:
    """Hide a row that holds something."""
    book["Mục"].row_dimensions[4].hidden = True


def hide_column(book: Any) -> None:
    """Hide a column that is read."""
    book["Mục"].column_dimensions["F"].hidden = True


def merge(book: Any) -> None:
    """Merge the question's id over two rows."""
    book["Mục"].merge_cells("A3:A4")


def rename_sheet(book: Any) -> None:
    """Misspell a sheet."""
    book["Mục"].title = "Muc"


def repeat_column(book: Any) -> None:
    """Write a heading twice."""
    book["Câu hỏi"]["N1"] = "Điểm"


# Change of the workbook → code and place of the finding.
DEFECTS = [
    (set_cell("Mục", "D4", "=D3"), "cell-formula", "“Mục”, cell D4"),
    (set_cell("Câu hỏi", "C3", "=5+5"), "cell-formula", "“Câu hỏi”, cell C3"),
    (set_cell("Mục", "F9", date(2026, 3, 5)), "cell-date", "“Mục”, cell F9"),
    (set_cell("Mục", "D4", True), "cell-type", "“Mục”, cell D4"),
    (set_cell("Mục", "D4", "#REF!"), "cell-error", "“Mục”, cell D4"),
    (merge, "cell-merged", "“Mục”, cells A3:A4"),
    (hide_row, "cell-hidden", "“Mục”, row 4"),
    (hide_column, "cell-hidden", "“Mục”, column F"),
    (rename_sheet, "sheet-missing", "the workbook"),
    (set_cell("Mục", "F1", "Đáp àn"), "column-unknown", "“Mục”, cell F1"),
    (set_cell("Mục", "F1", None), "column-missing", "sheet “Mục”"),
    (repeat_column, "column-repeated", "“Câu hỏi”, cell N1"),
    (lambda book: book["Mục"].__setitem__("A20001", "x"), "sheet-rows", "sheet “Mục”"),
]  # fmt: skip


@pytest.mark.parametrize(("change", "code", "place"), DEFECTS, ids=[f"{d[1]}-{d[2][-2:]}" for d in DEFECTS])
def test_defect_of_the_workbook_is_told_with_its_place(
    write: Callable[..., Path], change: Callable[[Any], None], code: str, place: str
) -> None:
    """Formulas, dates, merged and hidden cells, unknown and missing columns and sheets."""
    problems = read_questions(write(change=change)).problems
    problem = next(problem for problem in problems if problem.code == code)
    assert place in problem.where
    assert problem.hint
    assert problem.expected


def test_all_findings_come_at_once_and_sound_questions_are_not_blamed(write: Callable[..., Path]) -> None:
    """Faults in three sheets are told together, each once; a question without fault is read."""
    rows = change_rows("Câu hỏi", 0, kind="phan loai gi do")
    rows["Mục"][6]["answer"] = "nửa"
    rows["Nhầm lẫn"].append({"code": "sai", "text": "x"})
    reading = read_questions(write(rows))
    assert sorted(problem.code for problem in reading.problems) == ["cell-number", "code-form", "question-kind"]
    assert [question.id for question in reading.questions] == ["viec", "dong"]


def test_one_date_is_one_finding(write: Callable[..., Path]) -> None:
    """A cell that cannot be taken is not reported again as empty, nor its question as incomplete."""
    problems = read_questions(write(change=set_cell("Câu hỏi", "C3", date(2026, 1, 5)))).problems
    assert [problem.code for problem in problems] == ["cell-date"]


def test_findings_are_told_in_vietnamese_too(write: Callable[..., Path]) -> None:
    """A formula is to be pasted as a value, in the words of Excel's menu."""
    set_language("vi")
    (problem,) = read_questions(write(change=set_cell("Mục", "D4", "=D3"))).problems
    assert problem.hint == "chép ô rồi dán dạng giá trị"
    assert problem.where == "trang “Mục”, ô D4"


def make_zip(files: dict[str, bytes]) -> bytes:
    """Return a zip file."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def repack(content: bytes, **changes: bytes) -> bytes:
    """Return a workbook with parts added or replaced."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    return make_zip(files | changes)


OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 600

BROKEN = {
    "empty": lambda _book: b"",
    "text": lambda _book: "Mã câu hỏi;Dạng".encode(),
    "a zip without workbook": lambda _book: make_zip({"a.txt": b"x"}),
    "cut short": lambda book: book[: len(book) // 2],
    "password": lambda _book: OLE + "EncryptedPackage".encode("utf-16-le"),
    "old format": lambda _book: OLE,
    "macros": lambda book: repack(book, **{"xl/vbaProject.bin": b"x"}),
    "links to elsewhere": lambda book: repack(book, **{"xl/externalLinks/externalLink1.xml": b"<a/>"}),
    "a bomb": lambda book: repack(book, **{"xl/worksheets/sheet9.xml": b"\x00" * 40_000_000}),
    "entities": lambda book: repack(book, **{"xl/workbook.xml": b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'}),
    "no XML": lambda book: repack(book, **{"xl/worksheets/sheet2.xml": b"<worksheet"}),
    "too large": lambda book: book + b"\x00" * 5_000_001,
}  # fmt: skip


@pytest.mark.parametrize("name", BROKEN)
def test_file_that_is_no_sound_workbook_is_refused_with_a_remedy(write: Callable[..., Path], name: str) -> None:
    """Each is a content error that names the file; nothing else comes out, and soon."""
    path = write()
    path.write_bytes(BROKEN[name](path.read_bytes()))
    with pytest.raises(ContentError) as refused:
        read_questions(path)
    assert refused.value.code.startswith("workbook-")
    assert "bang.xlsx" in refused.value.where
    assert "mau-cau-hoi.xlsx" in refused.value.hint


@pytest.mark.parametrize("name", ["khong-co.xlsx", "."])
def test_missing_file_is_told(tmp_path: Path, name: str) -> None:
    """No file, or a folder."""
    with pytest.raises(ContentError) as refused:
        read_questions(tmp_path / name)
    assert refused.value.code == "workbook-missing"


def test_other_types_are_refused_by_their_name(write: Callable[..., Path]) -> None:
    """A workbook with macros allowed is refused even where it holds none."""
    with pytest.raises(ContentError) as refused:
        read_questions(write(name="bang.xlsm"))
    assert refused.value.code == "workbook-type"


@pytest.mark.slow
def test_ten_thousand_rows_are_read_in_seconds(write: Callable[..., Path]) -> None:
    """Forty questions of 250 items."""
    import time

    questions = [{"id": f"q{n}", "kind": "number", "points": 1, "prompt": "Tính."} for n in range(40)]
    items = [{"question": f"q{n % 40}", "text": f"Số {n}", "answer": n, "why": "Vì thế."} for n in range(10_000)]
    path = write({"Câu hỏi": questions, "Mục": items})
    started = time.perf_counter()
    reading = read_questions(path)
    assert time.perf_counter() - started < 60
    assert reading.problems == ()
    assert [len(question.block["items"]) for question in reading.questions] == [250] * 40


def test_too_many_items_are_one_finding(write: Callable[..., Path]) -> None:
    """A question holds at most 500 items."""
    items = [{"question": "q", "text": f"Số {n}", "answer": n, "why": "Vì thế."} for n in range(501)]
    questions = [{"id": "q", "kind": "number", "points": 1, "prompt": "Tính."}]
    (problem,) = read_questions(write({"Câu hỏi": questions, "Mục": items})).problems
    assert "“Câu hỏi”" in problem.where


def test_empty_table_is_told(write: Callable[..., Path]) -> None:
    """Headings without rows are no import."""
    (problem,) = read_questions(write({})).problems
    assert problem.code == "table-empty"


# ---- into a module


def test_questions_and_their_right_answers_come_into_the_module(
    write: Callable[..., Path], build_course: Callable[..., Path]
) -> None:
    """The lesson gets the cells before the last one, day-du their answers; the module can still be read."""
    module = build_course() / "source" / "mau-thu"
    done = import_questions(write(change_rows("Câu hỏi", 0, id="thu-moi") | {"Mục": rename_items()}), module)
    assert [str(problem) for problem in done.problems] == []
    assert done.is_written
    read = read_module(module)
    assert [q.id for q in read.notebooks[0].questions] == ["thu", "buoc", "phan", "thu-moi", "viec", "dong", "so"]
    assert read.notebooks[0].cells[-1].source.strip() == "%submit_panel"
    sample = next(sample for sample in read.samples if sample.name == "day-du")
    assert {name: sample.expect[name] for name in ("thu", "viec", "so")} == {"thu": 40.0, "viec": 7.5, "so": 2.0}
    for question in read.notebooks[0].questions:
        assert score_answer(question, sample.answers[question.id], sample.variant).points >= 0


def rename_items() -> list[dict[str, Any]]:
    """Return the items with the first question's new id."""
    return [row | {"question": "thu-moi"} if row["question"] == "thu" else row for row in ROWS["Mục"]]


def test_nothing_is_written_where_anything_is_wrong(
    write: Callable[..., Path], build_course: Callable[..., Path]
) -> None:
    """One fault in one cell leaves every file of the module as it was; so does --dry-run."""
    module = build_course() / "source" / "mau-thu"
    before = {path: path.read_bytes() for path in module.rglob("*") if path.is_file()}
    done = import_questions(write(), module)
    assert [problem.code for problem in done.problems] == ["id-repeated"]
    assert "also in the module" in str(done.problems[0].found)
    looked = import_questions(
        write(change_rows("Câu hỏi", 0, id="thu-moi") | {"Mục": rename_items()}), module, dry_run=True
    )
    assert not looked.problems
    assert (done.is_written, looked.is_written) == (False, False)
    assert {path: path.read_bytes() for path in module.rglob("*") if path.is_file()} == before


def test_a_sample_that_cannot_be_read_stops_the_import(
    write: Callable[..., Path], build_course: Callable[..., Path]
) -> None:
    """The lesson stays as it was."""
    module = build_course() / "source" / "mau-so"
    (module / ".author" / "samples" / "day-du.yaml").write_text("says: [", encoding="utf-8")
    before = (module / "lesson.ipynb").read_bytes()
    with pytest.raises(ContentError):
        import_questions(write(), module)
    assert (module / "lesson.ipynb").read_bytes() == before


def test_failure_while_the_sample_is_written_takes_the_questions_back(
    write: Callable[..., Path], build_course: Callable[..., Path]
) -> None:
    """A folder in the way of the sample's new file: the lesson is what it was."""
    module = build_course() / "source" / "mau-so"
    samples = module / ".author" / "samples"
    before = (module / "lesson.ipynb").read_bytes()
    for path in samples.iterdir():
        path.unlink()
    samples.rmdir()
    samples.write_text("không phải thư mục", encoding="utf-8")
    with pytest.raises((ContentError, OSError)):
        import_questions(write(), module)
    assert (module / "lesson.ipynb").read_bytes() == before


def test_answers_that_a_sample_has_already_are_kept(
    write: Callable[..., Path], build_course: Callable[..., Path]
) -> None:
    """The author's own answer to a question of the same id is not written over."""
    module = build_course() / "source" / "mau-so"
    path = module / ".author" / "samples" / "day-du.yaml"
    path.write_text(
        path.read_text("utf-8")
        .replace("answers:\n", "answers:\n  so: {t01: '54,99'}\n")
        .replace("{ty-le: 50.0,", "{so: 2.0, ty-le: 50.0,"),
        encoding="utf-8",
    )
    import_questions(write(), module)
    sample = read_sample(path)
    assert sample.answers["so"] == {"t01": "54,99"}
    assert sample.answers["thu"] == {"t01": "an_toan", "t02": "bao_cao"}
