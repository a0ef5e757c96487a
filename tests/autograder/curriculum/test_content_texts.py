"""Rules that read texts, as tables: what they catch and, as much as that, what they leave alone."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from autograder.curriculum.checks import check_curriculum
from autograder.curriculum.checks.law import find_numbers
from autograder.curriculum.checks.survey import strip_code

# Markdown put into the lesson of mau-thu → codes of the findings.
LESSON_TEXTS = [
    ("Đọc kỹ rồi chọn.", set()),
    # language
    ("Hãy bắt đầu!", {"language-words"}),
    ("So sánh bằng `a != b` trong ô.", set()),
    ("```\nprint('!')\n```", set()),
    ("<!-- ghi chú cho tác giả! -->", set()),
    ("Mở notebook này.", {"language-words"}),
    ("Tải Excel và OneNote.", set()),
    ("Traceback là gì?", {"language-words"}),
    ("Ngày quý báu, toán học, hòa bình, thủy lợi, lũy kế, loại bỏ, hoàn thành, quỹ, thuyết.", set()),
    ("Ủy ban huỷ văn bản.", {"language-tones"}),
    ("Đoá hoa.", {"language-tones"}),
    # data protection
    ("Gọi 0000 111 222 hoặc 0000111222.", set()),
    ("Gọi 0912345678.", {"data-phone"}),
    ("Gọi +84912345678.", {"data-phone"}),
    ("Gọi (024) 3456 7890 giờ làm việc: 024 3456 7890.", {"data-phone"}),
    ("Kinh phí 1.000.000.000 đồng, năm 2025 2026 2027, ngày 01/02/2026, tỷ lệ 0,123456789.", set()),
    ("Số định danh 999012345678.", set()),
    ("Số định danh 001099012345.", {"data-id-number"}),
    ("Số định danh 001 099 012 345.", {"data-id-number"}),
    ("Thư từ a@b.example và https://cong.gov.vn.xac-thuc.test/x.", set()),
    ("Vào dichvucong.gov.vn hoặc www.binhdanhocvuso.gov.vn.", set()),
    ("Vào dichvucong.gov.vn.", set()),
    ("Vào vnexpress.net để đọc.", {"data-address"}),
    ("Viết cho ai-do@gmail.com.", {"data-address"}),
    ("Xem https://dichvucong.gov.vn@10.0.0.1/.", {"data-address"}),
    ("Tệp bao-cao.docx và bang.xlsx, bản 1.2.", set()),
    ("Ở xã Mẫu, tỉnh Mẫu A.", set()),
    ("Ở quận 1 hay huyện Mẫu.", {"data-district"}),
    ("Quận và huyện không còn nữa.", set()),
    # law
    ("Theo Nghị định 356/2025/NĐ-CP và NĐ 356/2025.", set()),
    ("Theo Luật 91/2025/QH15.", {"law-known"}),
    ("Từ tháng 12/2025 đến 31/12/2026.", set()),
    ("Theo Thông tư 03/2014.", {"law-known"}),
    # access
    ("![](data/dia-chi.svg)", {"access-pictures"}),
    ('<img src="data/dia-chi.svg" alt="">', {"access-pictures"}),
    ('<img src="data/dia-chi.svg" alt="Địa chỉ">', set()),
    ("[Đọc về địa chỉ](data/dia-chi.svg)", set()),
    ("[xem thêm](data/dia-chi.svg)", {"access-links"}),
    ("<https://dichvucong.gov.vn/>", {"access-links"}),
    ("[Phần sau](#khi-da-lo)", set()),
    ("[Bảng số liệu](data/khong-co.csv)", {"files-reference"}),
    ("[Đáp án của tác giả](.author/thu.key.yaml)", {"files-reference"}),
    ("#### Quá sâu", {"access-levels"}),
    ("# Tiêu đề thứ hai", {"access-levels"}),
    ("```\n# chú thích trong mã\n```", set()),
]  # fmt: skip


@pytest.mark.parametrize(("text", "codes"), LESSON_TEXTS, ids=[text[:40] for text, _codes in LESSON_TEXTS])
def test_lesson_text_is_judged_by_the_right_rules(
    build_course: Callable[..., Path], today: date, text: str, codes: set[str]
) -> None:
    """A text in a Markdown cell meets exactly the rules that it breaks."""
    course = build_course()
    path = course / "source" / "mau-thu" / "lesson.ipynb"
    document = json.loads(path.read_text(encoding="utf-8"))
    document["cells"][3]["source"] += f"\n\n{text}\n"
    path.write_text(json.dumps(document, ensure_ascii=False), encoding="utf-8")
    findings = check_curriculum(course, today=today)
    assert {finding.code for finding in findings} == codes, findings


def test_material_may_shout_and_show_made_up_documents(build_course: Callable[..., Path], today: date) -> None:
    """A dishonest mail in the pool has exclamation marks and a number that is no law."""
    course = build_course()
    path = course / "source" / "mau-thu" / "data" / "thu.yaml"
    text = path.read_text(encoding="utf-8").replace("Bốc thăm trúng quà", "Trúng quà! Theo Quyết định 77/2026/QĐ-XYZ")
    path.write_text(text, encoding="utf-8")
    assert check_curriculum(course, today=today) == []


def test_real_address_in_a_data_file_is_found_on_its_line(build_course: Callable[..., Path], today: date) -> None:
    """A pool in data/ is read as it ships, and reported once."""
    course = build_course()
    path = course / "source" / "mau-thu" / "data" / "thu.yaml"
    path.write_text(path.read_text("utf-8").replace("Danh sách lớp", "Thư của a@b.com.vn"), encoding="utf-8")
    (finding,) = check_curriculum(course, today=today)
    assert (finding.code, finding.path) == ("data-address", "source/mau-thu/data/thu.yaml")
    assert finding.where.endswith("7")


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("Luật 91/2025/QH15, NĐ 356/2025 và 356/2025", ["91/2025/QH15", "356/2025"]),
        ("ngày 31/12/2025, tháng 12/2025, quý 4/2025", []),
        ("TT 02/2025/TT-BGDĐT; TT 03/2014", ["02/2025/TT-BGDĐT", "03/2014"]),
        ("57-NQ/TW và 757/QĐ-BKHCN, 01-KH/BCĐTW", ["57-NQ/TW", "757/QĐ-BKHCN", "01-KH/BCĐTW"]),
        ("20/25 người, 1/2, 24/7, TT-07", []),
        ("", []),
    ],
)
def test_document_numbers_are_told_from_dates_and_fractions(text: str, numbers: list[str]) -> None:
    """Numbers of documents are found as they are written; dates and fractions are not documents."""
    assert sorted(find_numbers(text)) == sorted(numbers)


def test_replaced_document_may_be_named_beside_its_successor(build_course: Callable[..., Path], today: date) -> None:
    """ "A has been replaced by B" is a true sentence."""
    course = build_course()
    facts = course / "legal-facts.toml"
    old = (
        facts.read_text("utf-8")
        .replace("356/2025/NĐ-CP", "13/2023/NĐ-CP")
        .replace('replaced_by = ""', 'replaced_by = "356/2025/NĐ-CP"')
    )
    facts.write_text(facts.read_text("utf-8") + old, encoding="utf-8")
    path = course / "source" / "mau-thu" / "lesson.ipynb"
    text = path.read_text("utf-8")
    path.write_text(
        text.replace("Nghị định 356/2025.", "Nghị định 356/2025, thay Nghị định 13/2023."), encoding="utf-8"
    )
    assert check_curriculum(course, today=today) == []
    path.write_text(text.replace("Nghị định 356/2025.", "Nghị định 13/2023."), encoding="utf-8")
    assert {finding.code for finding in check_curriculum(course, today=today)} == {"law-in-force"}


@pytest.mark.parametrize(
    ("markdown", "prose"),
    [
        ("a `!` b", "a   b"),
        ("[tên](https://x.example)", "tên"),
        ("![hình](data/a.svg)", "hình"),
        ("trước\n```\n!\n```\nsau", "trước\n\n\n\nsau"),
        ("<!-- ! -->x", "x"),
    ],
)
def test_prose_is_markdown_without_code_and_addresses(markdown: str, prose: str) -> None:
    """Rules about words see words only, on the same lines."""
    assert strip_code(markdown) == prose
