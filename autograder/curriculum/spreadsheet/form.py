"""The sheets and columns of the table of questions, in Vietnamese with English beside it."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

# Between the entries of one cell, and between wordings of one entry.
SEPARATOR = "|"
ALTERNATIVE = "//"


@dataclass(frozen=True)
class Column:
    """One column."""

    # stable; what the code calls it
    name: str
    vi: str
    en: str
    # what to write, for the sheet of instructions
    help_vi: str
    help_en: str
    is_required: bool = False
    # of the template, in characters
    width: int = 18


@dataclass(frozen=True)
class SheetForm:
    """One sheet."""

    vi: str
    en: str
    columns: tuple[Column, ...]

    def find_column(self, title: str) -> Column | None:
        """Return the column that a heading names in either language, or None.

        Raises
        ------
        nothing
        """
        wanted = fold(title.rstrip("* "))
        return next((c for c in self.columns if wanted in (fold(c.vi), fold(c.en), c.name)), None)


def fold(text: str) -> str:
    """Return a text as names are compared: NFC, small letters, single spaces.

    Raises
    ------
    nothing
    """
    return re.sub(r"\s+", " ", unicodedata.normalize("NFC", text)).strip().casefold()


QUESTIONS = SheetForm(
    "Câu hỏi",
    "Questions",
    (
        Column(
            "id",
            "Mã câu hỏi",
            "Question id",
            "Chữ thường không dấu, chữ số, dấu gạch nối; không trùng trong chuyên đề. Ví dụ: thu-la",
            "Small letters without accents, digits, hyphens; its own in the module. For example: thu-la",
            True,
        ),
        Column("kind", "Dạng", "Kind", "Chọn trong danh sách", "Choose from the list", True, 22),
        Column("points", "Điểm", "Points", "Một số, ví dụ 10 hoặc 7,5", "A number, such as 10 or 7,5", True, 8),
        Column(
            "prompt", "Đề bài", "Task (Vietnamese)", "Việc người học phải làm", "What the learner is to do", True, 44
        ),
        Column("prompt_en", "Đề bài tiếng Anh", "Task (English)", "Bản tiếng Anh", "The same in English", False, 44),
        Column(
            "choices",
            "Các lựa chọn",
            "Choices",
            "Phân loại, chọn nhiều: các nhãn, cách nhau bằng dấu |",
            "Classify, choose: the labels, with | between them",
            False,
            34,
        ),
        Column(
            "choices_en",
            "Các lựa chọn tiếng Anh",
            "Choices (English)",
            "Cùng thứ tự, cùng số lượng",
            "The same number, in the same order",
            False,
            34,
        ),
        Column(
            "draw",
            "Rút mấy mục",
            "Items drawn",
            "Mỗi lượt làm cho hiện mấy mục; kho phải có ít nhất gấp ba. Bỏ trống: hiện tất cả",
            "How many items an attempt shows; the pool has at least three times as many. Empty: all of them",
            False,
            12,
        ),
        Column(
            "by",
            "Cách tính điểm",
            "Scoring",
            "Phân loại: cân bằng (bỏ trống cũng là cân bằng) hoặc theo mức trừ. Dạng khác: bỏ trống",
            "Classify: balanced (also when empty) or by cost. Other kinds: empty",
            False,
            24,
        ),
        Column(
            "costs",
            "Mức trừ",
            "Costs",
            "Khi tính theo mức trừ: nhãn đúng > nhãn đã chọn: số. Ví dụ: Báo cáo > An toàn: 3 | An toàn > Báo cáo: 1",
            "For scoring by cost: right label > given label: number. For example: Báo cáo > An toàn: 3",
            False,
            34,
        ),
        Column(
            "unit", "Đơn vị tính", "Unit", "Số: hiện sau ô nhập, ví dụ %", "Number: shown behind the field", False, 12
        ),
        Column(
            "ends",
            "Hai đầu",
            "Two ends",
            "Sắp xếp: nghĩa của hai đầu, ví dụ Làm trước | Làm sau",
            "Order: what the two ends mean, such as Làm trước | Làm sau",
            False,
            22,
        ),
    ),
)

ITEMS = SheetForm(
    "Mục",
    "Items",
    (
        Column("question", "Mã câu hỏi", "Question id", "Mã ở trang Câu hỏi", "The id on the sheet Questions", True),
        Column(
            "item",
            "Mã mục",
            "Item id",
            "Bỏ trống thì tự đánh t01, t02…; không được gợi ý đáp án",
            "Empty: t01, t02… by themselves; it must not give the answer away",
            False,
            10,
        ),
        Column(
            "title",
            "Tiêu đề",
            "Title",
            "Dòng in đậm phía trên (không bắt buộc)",
            "A bold line above (optional)",
            False,
            24,
        ),
        Column(
            "text",
            "Nội dung",
            "Content",
            "Điều người học đọc. Đánh dấu: các phần cách nhau bằng dấu |",
            "What the learner reads. Marks: the parts, with | between them",
            True,
            48,
        ),
        Column(
            "text_en",
            "Nội dung tiếng Anh",
            "Content (English)",
            "Không bắt buộc. Đánh dấu: cùng số phần",
            "Optional. Marks: the same number of parts",
            False,
            48,
        ),
        Column(
            "answer",
            "Đáp án",
            "Answer",
            "Phân loại: một nhãn. Chọn nhiều: các lựa chọn đúng, cách nhau bằng |. Đánh dấu: số thứ tự các phần, "
            "ví dụ 2 | 5. "
            "Sắp xếp: vị trí đúng 1, 2, 3… Số: giá trị đúng. Trả lời ngắn: các cụm từ phải có, cách nhau bằng |; "
            "cách viết khác ghi sau //",
            "Classify: one label. Choose: the right options, with | between. Marks: the numbers of the parts, "
            "such as 2 | 5. "
            "Order: the right place 1, 2, 3… Number: the right value. Text: the phrases that must occur, with | "
            "between; "
            "other wordings behind //",
            True,
            34,
        ),
        Column(
            "within",
            "Sai số",
            "Tolerance",
            "Số: lệch bao nhiêu vẫn là đúng",
            "Number: how far off is still right",
            False,
            10,
        ),
        Column(
            "wrong",
            "Nhầm lẫn",
            "Misconceptions",
            "Phân loại: MC-MÃ cho mọi nhãn sai, hoặc nhãn = MC-MÃ | nhãn = MC-MÃ. Chọn nhiều, đánh dấu: lựa chọn "
            "hoặc số "
            "thứ tự = MC-MÃ. Sắp xếp: mã mục phải đứng sau = MC-MÃ. Số: giá trị sai = MC-MÃ 30% (được 30% điểm). "
            "Trả lời ngắn: cụm từ không được có = MC-MÃ",
            "Classify: MC-CODE for every wrong label, or label = MC-CODE | label = MC-CODE. Choose, marks: "
            "option or number = "
            "MC-CODE. Order: id of the item that comes after = MC-CODE. Number: wrong value = MC-CODE 30% (earns "
            "30% of the "
            "points). Text: phrase that must not occur = MC-CODE",
            False,
            34,
        ),
        Column(
            "missed",
            "Bỏ sót",
            "If missed",
            "Chọn nhiều, đánh dấu: lựa chọn đúng bị bỏ sót = MC-MÃ",
            "Choose, marks: right option left out = MC-CODE",
            False,
            24,
        ),
        Column(
            "critical",
            "Lỗi nghiêm trọng",
            "Critical mistakes",
            "Lựa chọn hoặc cụm từ nguy hiểm, cách nhau bằng |; câu hỏi khi đó chỉ được tối đa 40% điểm",
            "Dangerous choices or phrases, with | between; the question then earns at most 40 % of its points",
            False,
            22,
        ),
        Column(
            "words",
            "Số từ tối đa",
            "Most words",
            "Trả lời ngắn: nhiều nhất bao nhiêu từ",
            "Text: how many words at most",
            False,
            10,
        ),
        Column(
            "sample",
            "Câu trả lời mẫu",
            "Sample answer",
            "Trả lời ngắn: một câu trả lời được trọn điểm",
            "Text: an answer that earns every point",
            False,
            34,
        ),
        Column(
            "why",
            "Vì sao",
            "Why",
            "Vì sao đáp án đúng; hiện sau khi nộp",
            "Why it is right; shown afterwards",
            False,
            40,
        ),
        Column("source", "Căn cứ", "Source", "Văn bản, điều khoản", "Document and article", False, 20),
        Column(
            "stratum",
            "Nhóm",
            "Group",
            "Khi rút: a, b, c… để rút đều từ các nhóm; tên không được gợi ý đáp án",
            "With a draw: a, b, c… to draw evenly from groups; the name must not give the answer away",
            False,
            8,
        ),
    ),
)

CODES = SheetForm(
    "Nhầm lẫn",
    "Misconceptions",
    (
        Column(
            "code", "Mã nhầm lẫn", "Code", "MC- rồi chữ in hoa, ví dụ MC-HTTPS", "MC- and capitals: MC-HTTPS", True, 20
        ),
        Column(
            "text",
            "Câu nhận xét",
            "Sentence",
            "Một câu: vì sao sai và đọc lại ở đâu",
            "One sentence: why it is wrong, and where to read again",
            True,
            70,
        ),
        Column("text_en", "Câu nhận xét tiếng Anh", "Sentence (English)", "Bản tiếng Anh", "In English", False, 70),
    ),
)

GUIDE_VI, GUIDE_EN = "Hướng dẫn", "Instructions"
SHEETS = (QUESTIONS, ITEMS, CODES)

# kind → its name in the list
KIND_NAMES = {
    "classify": "Phân loại (classify)",
    "choose": "Chọn nhiều (choose)",
    "marks": "Đánh dấu (marks)",
    "order": "Sắp xếp (order)",
    "number": "Số (number)",
    "text": "Trả lời ngắn (text)",
}
SCORING_NAMES = {"balanced": "Cân bằng (balanced)", "cost": "Theo mức trừ (cost)"}


def find_name(names: dict[str, str], text: str) -> str | None:
    """Return what a cell chose from a list: by the whole name, the Vietnamese or the English part of it; else None.

    Raises
    ------
    nothing
    """
    wanted = fold(text)
    for name, shown in names.items():
        vietnamese = shown.partition("(")[0]
        if wanted in (fold(shown), fold(vietnamese), name):
            return name
    return None
