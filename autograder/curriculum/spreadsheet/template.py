"""Writing the table of questions: the template that lecturers start from, and any other table of that form."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from autograder.curriculum.spreadsheet.form import (
    CODES,
    GUIDE_EN,
    GUIDE_VI,
    ITEMS,
    KIND_NAMES,
    QUESTIONS,
    SCORING_NAMES,
    SHEETS,
    Column,
    SheetForm,
)

Row = Mapping[str, str | int | float]

_GUIDE = (
    ("Bảng câu hỏi cho Học Vụ Số", "A table of questions for Học Vụ Số"),
    (
        "Mỗi dòng của trang Câu hỏi là một câu; mỗi dòng của trang Mục là một mục của câu; mỗi dòng của trang "
        "Nhầm lẫn là "
        "một mã và câu nhận xét của mã đó.",
        "Each row of the sheet Câu hỏi is a question, each row of Mục an item of it, each row of Nhầm lẫn a "
        "misconception "
        "code with its sentence.",
    ),
    (
        "Cột có dấu * là bắt buộc. Dòng tiêu đề tiếng Anh có thể để nguyên hoặc xóa. Các dòng ví dụ nên xóa "
        "trước khi nhập.",
        "Columns with * are required. The English row of headings may stay or go. Delete the example rows before "
        "importing.",
    ),
    (
        "Nhiều giá trị trong một ô cách nhau bằng dấu |. Muốn viết chính dấu đó, ghi \\|. Số viết theo lối Việt "
        "Nam: 7,5.",
        "Several values in a cell have | between them; write \\| for the sign itself. Numbers are written 7,5.",
    ),
    (
        "Không gộp ô, không dùng công thức, không ẩn dòng. Ô chứa mã hoặc số hiệu nên định dạng là Văn bản để "
        "Excel không "
        "đổi thành ngày.",
        "No merged cells, no formulas, no hidden rows. Format cells with ids or numbers of documents as Text, or "
        "Excel turns "
        "them into dates.",
    ),
    (
        "Xem thử: hocvuso import FILE.xlsx --into CHUYEN-DE --dry-run. Nhập: bỏ --dry-run. Có lỗi thì không câu "
        "nào được ghi.",
        "To look: hocvuso import FILE.xlsx --into MODULE --dry-run. To import: without --dry-run. With any fault "
        "nothing is "
        "written.",
    ),
)

_EXAMPLES: dict[str, list[Row]] = {
    QUESTIONS.vi: [
        {
            "id": "vi-du-thu",
            "kind": KIND_NAMES["classify"],
            "points": 10,
            "prompt": "Xếp từng thư vào một nhóm.",
            "prompt_en": "Put every mail into one group.",
            "choices": "An toàn | Báo cáo | Xóa",
            "choices_en": "Safe | Report | Delete",
            "by": SCORING_NAMES["cost"],
            "costs": "Báo cáo > An toàn: 3 | Báo cáo > Xóa: 1 | An toàn > Báo cáo: 1 | An toàn > Xóa: 2 | "
            "Xóa > An toàn: 1 | Xóa > Báo cáo: 0,5",
        },
        {
            "id": "vi-du-ty-le",
            "kind": KIND_NAMES["number"],
            "points": 7.5,
            "prompt": "Tỷ lệ đạt của từng đơn vị là bao nhiêu?",
            "prompt_en": "What is the pass rate of each unit?",
            "unit": "%",
        },
    ],
    ITEMS.vi: [
        {
            "question": "vi-du-thu",
            "item": "t01",
            "title": "Thông báo khóa tài khoản",
            "text": "Mở liên kết dichvucong.xac-thuc.example trong 24 giờ, nếu không tài khoản sẽ bị khóa.",
            "answer": "Báo cáo",
            "wrong": "MC-DISPLAY",
            "why": "Tên miền thật là xac-thuc.example.",
            "critical": "An toàn",
        },
        {
            "question": "vi-du-thu",
            "item": "t02",
            "title": "Lịch họp tuần tới",
            "text": "Kính gửi các thầy cô, cuộc họp khoa bắt đầu lúc 8 giờ sáng thứ Hai.",
            "answer": "An toàn",
            "wrong": "Báo cáo = MC-PARANOID | Xóa = MC-PARANOID",
        },
        {
            "question": "vi-du-thu",
            "item": "t03",
            "title": "Giảm giá bàn ghế",
            "text": "Cửa hàng Mẫu giảm giá 30% trong tháng này.",
            "answer": "Xóa",
            "wrong": "MC-PARANOID",
        },
        {
            "question": "vi-du-ty-le",
            "text": "Đơn vị A: 11 người đạt trên 20 người thuộc diện.",
            "answer": 55,
            "within": 0.05,
            "wrong": "0,55 = MC-UNIT 80%",
        },
        {
            "question": "vi-du-ty-le",
            "text": "Đơn vị B: 9 người đạt trên 40 người thuộc diện.",
            "answer": "22,5",
            "within": "0,05",
            "wrong": "0,225 = MC-UNIT 80%",
        },
    ],
    CODES.vi: [
        {
            "code": "MC-DISPLAY",
            "text": "Tên hiển thị ai cũng đặt được; hãy xem địa chỉ đầy đủ.",
            "text_en": "Anybody can choose a display name; look at the whole address.",
        },
        {
            "code": "MC-PARANOID",
            "text": "Báo cáo mọi thư làm chậm công việc; hãy tìm dấu hiệu cụ thể.",
            "text_en": "Reporting every mail slows work down; look for something definite.",
        },
        {
            "code": "MC-UNIT",
            "text": "Tỷ lệ được viết theo phần trăm.",
            "text_en": "The rate is written in percent.",
        },
    ],
}


def write_template(path: Path) -> None:
    """Write the template with its instructions and examples.

    Raises
    ------
    OSError
        The file cannot be written.
    """
    write_tables(path, _EXAMPLES)


def write_tables(path: Path, rows: Mapping[str, Sequence[Row]]) -> None:
    """Write a table of questions.

    Parameters
    ----------
    path : Path
    rows : Mapping
        Vietnamese name of a sheet → its rows, each column name → value.

    Raises
    ------
    OSError
        The file cannot be written.
    """
    import openpyxl

    book = openpyxl.Workbook()
    # The same content gives the same properties, whenever it is written.
    book.properties.creator = "Học Vụ Số"
    book.properties.created = book.properties.modified = datetime(2026, 1, 1)
    _write_guide(book.active)
    for form in SHEETS:
        _write_sheet(book.create_sheet(form.vi), form, rows.get(form.vi, ()))
    book.active = 1
    book.save(path)


def _write_guide(sheet: Any) -> None:
    from openpyxl.styles import Alignment, Font

    sheet.title = GUIDE_VI
    sheet.append([GUIDE_VI, GUIDE_EN])
    for line in _GUIDE:
        sheet.append(list(line))
    for form in SHEETS:
        sheet.append([])
        sheet.append([f"Trang {form.vi}", f"Sheet {form.vi} ({form.en})"])
        sheet.cell(sheet.max_row, 1).font = sheet.cell(sheet.max_row, 2).font = Font(bold=True)
        for column in form.columns:
            sheet.append([f"{_title(column, column.vi)}: {column.help_vi}", f"{column.en}: {column.help_en}"])
    sheet.column_dimensions["A"].width = sheet.column_dimensions["B"].width = 90
    for cells in sheet.iter_rows():
        for cell in cells:
            cell.alignment = Alignment(wrap_text=True, vertical="top")
    sheet["A1"].font = sheet["B1"].font = Font(bold=True)


def _title(column: Column, text: str) -> str:
    return f"{text}*" if column.is_required else text


def _write_sheet(sheet: Any, form: SheetForm, rows: Sequence[Row]) -> None:
    from openpyxl.styles import Alignment, Font, PatternFill
    from openpyxl.utils import get_column_letter

    sheet.append([_title(column, column.vi) for column in form.columns])
    sheet.append([column.en for column in form.columns])
    for at, row in enumerate(rows, start=3):
        for number, column in enumerate(form.columns, start=1):
            value = row.get(column.name)
            if value is not None:
                cell = sheet.cell(at, number)
                cell.value = value
                if isinstance(value, str):
                    cell.data_type = "s"  # text that begins with = is text
    for number, column in enumerate(form.columns, start=1):
        letter = get_column_letter(number)
        sheet.column_dimensions[letter].width = column.width
        sheet.cell(1, number).font = Font(bold=True, color="FFFFFF")
        sheet.cell(1, number).fill = PatternFill("solid", fgColor="1F4E79")
        sheet.cell(2, number).font = Font(italic=True, color="595959")
        if column.name in ("id", "question", "item", "code", "answer", "source"):
            for at in range(3, max(len(rows) + 3, 60)):
                sheet.cell(at, number).number_format = "@"
    for cells in sheet.iter_rows(min_row=1, max_row=sheet.max_row):
        for cell in cells:
            cell.alignment = Alignment(wrap_text=True, vertical="top")
    sheet.freeze_panes = "B3"
    _add_lists(sheet, form)


def _add_lists(sheet: Any, form: SheetForm) -> None:
    from openpyxl.utils import get_column_letter
    from openpyxl.worksheet.datavalidation import DataValidation

    for name, choices in (("kind", KIND_NAMES), ("by", SCORING_NAMES)):
        number = next((n for n, column in enumerate(form.columns, start=1) if column.name == name), None)
        if form is QUESTIONS and number is not None:
            validation = DataValidation("list", formula1=f'"{",".join(choices.values())}"', allow_blank=True)
            validation.error = "Hãy chọn trong danh sách."
            validation.errorTitle = "Học Vụ Số"
            sheet.add_data_validation(validation)
            validation.add(f"{get_column_letter(number)}3:{get_column_letter(number)}2000")
