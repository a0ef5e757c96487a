"""Uploaded documents: what is read in them, what is refused, and that no bytes do harm."""

from __future__ import annotations

import contextlib
import io
import time
import zipfile
from collections.abc import Callable
from typing import Any

import pytest
from documents_made import (
    HEADER,
    alter_pdf,
    alter_zip,
    make_docx,
    make_pdf,
    make_plain_pdf,
    make_xlsx,
    read_part,
)
from hypothesis import given, settings
from hypothesis import strategies as st

from autograder.questions.documents import (
    CsvTable,
    PdfDocument,
    RefusedDocument,
    WordDocument,
    Workbook,
    explain_refusal,
    name_type,
    read_document,
)
from autograder.questions.documents.refusal import CODES

ALL = ("xlsx", "docx", "pdf", "csv")
TABLE = make_xlsx([HEADER, ["M1", "Trần Thị A", 7.5], ["M2", "Lê Văn B", True]])
LETTER = make_docx(lambda document: document.add_paragraph("Kính gửi: Ban Giám đốc"))
REPORT = make_plain_pdf("Bao cao", "het")
RELATION = '<Relationship Id="rX" Type="http://schemas.example/relationships/{kind}" Target="{target}"{mode}/>'


def refuse(content: bytes, accepted: tuple[str, ...] = ALL) -> str:
    """Return the code with which a document is refused."""
    with pytest.raises(RefusedDocument) as caught:
        read_document(content, accepted)
    assert explain_refusal(caught.value, accepted).strip()
    return caught.value.code


def add_relation(content: bytes, part: str, kind: str, target: str, mode: str = "") -> bytes:
    """Return an Office file of which one part relates to something more."""
    old = read_part(content, part)
    new = old.replace("</Relationships>", RELATION.format(kind=kind, target=target, mode=mode) + "</Relationships>")
    assert new != old
    return alter_zip(content, {part: new.encode()})


def test_workbook_gives_values_formulas_and_every_sheet() -> None:
    """Texts, numbers, truth values, dates as stored, formulas with their last result where Excel kept one."""

    def change(book: Any) -> None:
        book.active["D2"] = "=SUM(B2:B3)"
        book.create_sheet("Khác")["B7"] = "ở đây"

    document = read_document(make_xlsx([HEADER, ["M1", "Trần", 7.5], ["M2", "Lê", True]], change=change), ("xlsx",))
    assert isinstance(document, Workbook)
    first, second = document.sheets
    assert [cell.value for cell in first.rows[1].values()] == HEADER
    assert (first.rows[2][3].value, first.rows[3][3].value) == (7.5, True)
    assert (first.rows[2][4].formula, first.rows[2][4].functions) == ("SUM(B2:B3)", {"SUM"})
    assert (second.name, second.rows[7][2].value) == ("Khác", "ở đây")


def test_shared_and_inline_strings_are_read() -> None:
    """A cell's text may stand in the list of strings, in the cell, or be what a formula gave."""
    sheet = (
        '<worksheet xmlns="x"><sheetData><row><c t="inlineStr"><is><r><t>một </t></r><r><t>hai</t></r></is></c>'
        '<c t="str"><f>A1</f><v>ba</v></c><c t="e"><v>#N/A</v></c><c t="s"><v>999</v></c><c><v>nan</v></c></row>'
        '<row r="9"><c r="B9"><f t="shared" si="0" ref="B9:B10">SUMIF(A:A,"x")</f><v>4</v></c></row>'
        '<row><c r="B10"><f t="shared" si="0"/><v>5</v></c></row></sheetData></worksheet>'
    )
    document = read_document(alter_zip(TABLE, {"xl/worksheets/sheet1.xml": sheet.encode()}), ("xlsx",))
    assert isinstance(document, Workbook)
    rows = document.sheets[0].rows
    assert [cell.value for cell in rows[1].values()] == ["một hai", "ba", "#N/A"]
    assert [rows[n][2].functions for n in (9, 10)] == [{"SUMIF"}, {"SUMIF"}]


def test_letter_gives_headings_fonts_page_pictures_and_tables() -> None:
    """What the styles say counts where a paragraph says nothing itself."""
    from docx.shared import Mm, Pt

    def build(document: Any) -> None:
        document.add_heading("Báo cáo", 2)
        document.styles["Normal"].font.name = "Times New Roman"
        run = document.add_paragraph("Kính gửi").add_run(" ai đó")
        run.font.name, run.font.size = "Arial", Pt(13)
        document.add_table(2, 2)
        document.sections[0].header.paragraphs[0].text = "MẬT"
        document.sections[0].page_width, document.sections[0].page_height = Mm(210), Mm(297)
        document.sections[0].left_margin = Mm(30)
        picture = io.BytesIO()
        from matplotlib.figure import Figure

        Figure(figsize=(1, 1)).savefig(picture, format="png")
        document.add_picture(picture)

    document = read_document(make_docx(build), ("docx",))
    assert isinstance(document, WordDocument)
    assert [(p.text, p.level) for p in document.paragraphs if p.text] == [
        ("Báo cáo", 2), ("Kính gửi ai đó", 0), ("MẬT", 0)
    ]  # fmt: skip
    assert document.fonts["Times New Roman"] == len("Kínhgửi")
    assert document.fonts["Arial"] == len("aiđó")
    assert document.tables == 1
    assert document.pictures == ("",)
    assert document.page is not None
    assert [round(n, 1) for n in (document.page.width, document.page.height, document.page.margins["left"])] == [
        210.0, 297.0, 30.0
    ]  # fmt: skip


def test_pdf_gives_pages_and_vietnamese_text() -> None:
    """Embedded fonts name their letters; kerning and line breaks do not matter, because spaces are not compared."""
    document = read_document(make_pdf("Tỷ lệ đạt: 55,0 % — ưu tiên", "Người ký"), ("pdf",))
    assert isinstance(document, PdfDocument)
    assert (document.pages, document.is_tagged) == (2, False)
    assert "".join(document.text.split()) == "Tỷlệđạt:55,0%—ưutiênNgườiký"


def test_pdf_with_packed_objects_reads_the_same() -> None:
    """Newer files keep their objects in packed streams; the last version of an object counts."""
    import pypdf

    packed = alter_pdf(make_pdf("Tỷ lệ đạt"), lambda writer: writer.compress_identical_objects())
    document = read_document(packed, ("pdf",))
    assert isinstance(document, PdfDocument)
    assert "".join(document.text.split()) == "Tỷlệđạt"
    update = b"4 0 obj\n<< /Type /Page /Parent 2 0 R /Contents 99 0 R >>\nendobj\n"
    update += b"99 0 obj\n<< /Length 27 >>\nstream\nBT (moi \\(sua\\) \\101) Tj ET \nendstream\nendobj\n"
    document = read_document(REPORT + update, ("pdf",))
    assert isinstance(document, PdfDocument)
    assert document.text.split()[:3] == ["moi", "(sua)", "A"]
    assert pypdf.PdfReader(io.BytesIO(REPORT)).pages[0].extract_text() == "Bao cao"


def test_objects_in_a_packed_stream_are_found() -> None:
    """Catalog, page and text may all lie in a stream of objects; what is dangerous there is found too."""
    assert isinstance(read_document(pack_objects(b"<< /Type /Catalog /Pages 2 0 R >>"), ("pdf",)), PdfDocument)
    assert refuse(pack_objects(b"<< /Type /Catalog /Pages 2 0 R /OpenAction << /S /JavaScript >> >>")) == "file-active"
    hidden = pack_objects(b"<< /Type /Catalog /Pages 2 0 R >>").replace(b"/ObjStm", b"/Obj#53tm")
    assert refuse(hidden) == "file-damaged"


def pack_objects(catalog: bytes) -> bytes:
    """Return a PDF file whose catalog lies in a stream of objects."""
    import zlib

    packed = zlib.compress(b"1 0 " + catalog)
    facts = b"<< /Type /ObjStm /N 1 /First 4 /Filter /FlateDecode /Length %d >>" % len(packed)
    body = REPORT.replace(b"1 0 obj\n<< /Type /Catalog /Pages 2 0 R >>\nendobj\n", b"")
    return body + b"50 0 obj\n" + facts + b"\nstream\n" + packed + b"\nendstream\nendobj\n"


@pytest.mark.parametrize("mark", ["", "\ufeff"])
@pytest.mark.parametrize("sign", [",", ";", "\t", "|"])
def test_csv_is_read_whatever_parts_its_cells(sign: str, mark: str) -> None:
    """Excel in Vietnam writes semicolons; a quoted cell may hold any sign; what looks like a formula is text."""
    text = (
        mark + sign.join(["Mã", "Họ tên", "x"]) + "\r\n" + sign.join(["=1+1", f'"Lê{sign} B"', "@SUM(A1)"]) + "\r\n\r\n"
    )
    document = read_document(text.encode(), ("csv",))
    assert isinstance(document, CsvTable)
    assert [cell.value for cell in document.rows[1].values()] == ["Mã", "Họ tên", "x"]
    assert [cell.value for cell in document.rows[2].values()] == ["=1+1", f"Lê{sign} B", "@SUM(A1)"]
    assert set(document.rows) == {1, 2}


def add_to_catalog(more: bytes) -> bytes:
    """Return a PDF file whose catalog says something more."""
    return REPORT.replace(b"/Type /Catalog", b"/Type /Catalog " + more)


def make_old_office(*, is_protected: bool) -> bytes:
    """Return the head of an Office file of the old kind, as a protected new one has it too."""
    name = "EncryptedPackage" if is_protected else "Workbook"
    return b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 504 + name.encode("utf-16-le") + b"\0" * 512


def encrypt_entries(content: bytes) -> bytes:
    """Return a zip file all of whose entries say that they are encrypted."""
    altered = bytearray(content)
    for mark, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        place = altered.find(mark)
        while place >= 0:
            altered[place + offset] |= 1
            place = altered.find(mark, place + 4)
    return bytes(altered)


TYPES_PART = "[Content_Types].xml"
MACRO_TYPES = read_part(TABLE, TYPES_PART).replace("spreadsheetml.sheet.main+xml", "macroEnabled.main+xml")
FIELD = "<w:p><w:r><w:instrText> DD</w:instrText><w:instrText>EAUTO c:\\\\x</w:instrText></w:r></w:p></w:body>"
RUNNING_FIELD = read_part(LETTER, "word/document.xml").replace("</w:body>", FIELD)
ENTITIES = '<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'
BAD: dict[str, tuple[bytes, str]] = {
    "nothing": (b"", "file-empty"),
    "a picture": (b"\x89PNG\r\n\x1a\n" + bytes(100), "file-type"),
    "any zip file": (alter_zip(TABLE, {TYPES_PART: None}), "file-type"),
    "half a workbook": (TABLE[: len(TABLE) // 2], "file-damaged"),
    "old Office": (make_old_office(is_protected=False), "file-old"),
    "protected Office": (make_old_office(is_protected=True), "file-password"),
    "protected zip": (encrypt_entries(TABLE), "file-password"),
    "macros": (alter_zip(TABLE, {"xl/vbaProject.bin": b"x"}), "file-macro"),
    "macros by type": (alter_zip(TABLE, {TYPES_PART: MACRO_TYPES.encode()}), "file-macro"),
    "macros by relation": (add_relation(TABLE, "xl/_rels/workbook.xml.rels", "vbaProject", "a.bin"), "file-macro"),
    "old macros": (alter_zip(TABLE, {"xl/macrosheets/sheet1.xml": b"<a/>"}), "file-macro"),
    "embedded object": (alter_zip(LETTER, {"word/embeddings/oleObject1.bin": b"x"}), "file-embedded"),
    "embedded by relation": (
        add_relation(LETTER, "word/_rels/document.xml.rels", "package", "a.xlsx"),
        "file-embedded",
    ),
    "ActiveX": (alter_zip(LETTER, {"word/activeX/activeX1.xml": b"<a/>"}), "file-embedded"),
    "linked picture": (
        add_relation(LETTER, "word/_rels/document.xml.rels", "image", "http://a.example/x", ' TargetMode="External"'),
        "file-linked",
    ),
    "template from elsewhere": (
        add_relation(LETTER, "word/_rels/document.xml.rels", "attachedTemplate", "x.dotm", ' TargetMode="external"'),
        "file-linked",
    ),
    "linked workbook": (alter_zip(TABLE, {"xl/externalLinks/externalLink1.xml": b"<a/>"}), "file-linked"),
    "data connection": (
        add_relation(TABLE, "xl/_rels/workbook.xml.rels", "connections", "connections.xml"),
        "file-linked",
    ),
    "formula that fetches": (
        make_xlsx([['=_xlfn.WEBSERVICE("http://a.example")']]),
        "file-linked",
    ),
    "field that runs": (alter_zip(LETTER, {"word/document.xml": RUNNING_FIELD.encode()}), "file-linked"),
    "entities": (
        alter_zip(TABLE, {"xl/workbook.xml": ENTITIES.encode()}),
        "file-damaged",
    ),
    "entities in UTF-16": (
        alter_zip(TABLE, {"xl/workbook.xml": f'<?xml version="1.0" encoding="UTF-16"?>{ENTITIES}'.encode("utf-16")}),
        "file-damaged",
    ),
    "another encoding": (
        alter_zip(TABLE, {"xl/workbook.xml": '<?xml version="1.0" encoding="latin-1"?><a>é</a>'.encode("latin-1")}),
        "file-damaged",
    ),
    "a part that is missing": (alter_zip(TABLE, {"xl/worksheets/sheet1.xml": None}), "file-damaged"),
    "protected PDF": (alter_pdf(REPORT, lambda writer: writer.encrypt("a")), "file-password"),
    "PDF with a script": (add_to_catalog(b"/OpenAction << /S /JavaScript /JS (app.alert\\(1\\)) >>"), "file-active"),
    "PDF with a hidden script": (
        add_to_catalog(b"/AA << /J#61vaScript 1 >>"),
        "file-active",
    ),
    "PDF that starts a program": (
        add_to_catalog(b"/OpenAction << /S /Launch >>"),
        "file-active",
    ),
    "PDF with a form in XML": (
        add_to_catalog(b"/AcroForm << /XFA [] >>"),
        "file-active",
    ),
    "PDF with a file inside": (alter_pdf(REPORT, lambda writer: writer.add_attachment("a.exe", b"x")), "file-embedded"),
    "PDF without pages": (b"%PDF-1.4\nnothing", "file-damaged"),
    "CSV of Windows-1258": ("Họ tên".encode("cp1258", "replace") + b"\xd2", "file-encoding"),
    "CSV of UTF-16": ("Mã;Tên".encode("utf-16"), "file-encoding"),
    "CSV with control signs": (b"a;b\n" * 2000 + b"\x01", "file-damaged"),
    "CSV with a giant cell": (b"a" * 200_000, "file-damaged"),
}


@pytest.mark.parametrize("name", BAD)
def test_bad_document_is_refused_with_its_reason(name: str) -> None:
    """Each refusal has its code, and a sentence that says what to do."""
    content, code = BAD[name]
    assert refuse(content) == code


def test_every_reason_has_an_example_here() -> None:
    """Size and base64 are the question's; a bomb has a test of its own."""
    assert {code for _content, code in BAD.values()} == CODES - {"file-size", "file-incomplete", "file-unpacked"}


def test_hyperlinks_are_allowed() -> None:
    """A link in a text does nothing by itself."""
    linked = add_relation(
        LETTER, "word/_rels/document.xml.rels", "hyperlink", "https://a.example/", ' TargetMode="External"'
    )
    assert isinstance(read_document(linked, ("docx",)), WordDocument)

    def change(book: Any) -> None:
        book.active["A1"].hyperlink = "https://a.example/"

    assert isinstance(read_document(make_xlsx([["x"]], change=change), ("xlsx",)), Workbook)


@pytest.mark.parametrize("wanted", ALL)
def test_content_decides_the_type_not_the_name(wanted: str) -> None:
    """Any other of the four is refused, with the type that is asked for in the sentence."""
    for kind, content in {"xlsx": TABLE, "docx": LETTER, "pdf": REPORT, "csv": b"a;b\n"}.items():
        if kind == wanted:
            read_document(content, (wanted,))
        else:
            assert refuse(content, (wanted,)) == "file-type"
            assert name_type(wanted) in explain_refusal(RefusedDocument("file-type"), (wanted,))


def make_zip(**parts: bytes) -> bytes:
    """Return a workbook with more parts."""
    return alter_zip(TABLE, dict(parts))


def overlap_entries() -> bytes:
    """Return a workbook whose directory lists one large part many times, as small bombs do."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as new:
        new.writestr(TYPES_PART, read_part(TABLE, TYPES_PART))
        new.writestr("a", bytes(4_000_000))
        base = new.filelist[-1]
        for number in range(300):
            copy = zipfile.ZipInfo(f"a{number}")
            for field in ("header_offset", "CRC", "compress_size", "file_size", "compress_type"):
                setattr(copy, field, getattr(base, field))
            new.filelist.append(copy)
    return target.getvalue()


def lie_about_size() -> bytes:
    """Return a workbook with a part that says it is small and is not."""
    content = bytearray(alter_zip(TABLE, {"xl/workbook.xml": b"<a>" + b" " * 30_000_000 + b"</a>"}))
    size = (30_000_007).to_bytes(4, "little")
    place = content.find(size)
    while place >= 0:
        content[place : place + 4] = (100).to_bytes(4, "little")
        place = content.find(size, place)
    return bytes(content)


def make_flat_pdf(drawing: bytes) -> bytes:
    """Return a PDF file whose page unpacks to a drawing."""
    import zlib

    packed = zlib.compress(drawing, 9)
    stream = b"<< /Filter /FlateDecode /Length %d >>\nstream\n%s\nendstream" % (len(packed), packed)
    return REPORT + b"5 0 obj\n" + stream + b"\nendobj\n"


NEST = 300_000
BOMBS: dict[str, Callable[[], bytes]] = {
    "zeros": lambda: make_zip(zeros=bytes(25_000_000)),
    "well packed": lambda: make_zip(zeros=bytes(3_000_000)),
    "overlapping": overlap_entries,
    "lying": lie_about_size,
    "many entries": lambda: make_zip(**{f"p{n}": b"" for n in range(600)}),
    "many elements": lambda: alter_zip(TABLE, {"xl/workbook.xml": b"<a>" + b"<b/>" * 900_000 + b"</a>"}),
    "many attributes": lambda: alter_zip(
        TABLE, {"xl/workbook.xml": b"<a " + b" ".join(b'b%d=""' % n for n in range(900_000)) + b"/>"}
    ),
    "deep": lambda: alter_zip(TABLE, {"xl/workbook.xml": b"<a>" * NEST + b"</a>" * NEST}),
    "many cells": lambda: alter_zip(
        TABLE, {"xl/worksheets/sheet1.xml": b"<a><sheetData><row>" + b"<c/>" * 290_000 + b"</row></sheetData></a>"}
    ),
    "PDF stream": lambda: make_flat_pdf(b" " * 30_000_000),
    "PDF of text": lambda: make_flat_pdf(b"BT " + b"(a)Tj " * 900_000),
    "PDF of objects": lambda: REPORT + b"".join(b"%d 0 obj 1 endobj " % n for n in range(70_000)),
    "PDF nested": lambda: REPORT + b"1 0 obj " + b"[" * NEST,
    "PDF of names": lambda: REPORT + b"1 0 obj << /Pages 2 0 R " + b"/a 1 " * 200_000 + b">> endobj",
    "CSV of commas": lambda: b"," * 1_400_000,
}


@pytest.mark.parametrize("name", BOMBS)
def test_bomb_is_refused_quickly(name: str) -> None:
    """What would grow beyond measure ends before it does: within seconds, however busy the machine is."""
    content = BOMBS[name]()
    assert len(content) <= 8 * 2**20
    begun = time.process_time()
    assert refuse(content) in ("file-unpacked", "file-damaged")
    assert time.process_time() - begun < 10


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(REPORT.replace(b"/Kids [4 0 R", b"/Kids [2 0 R 4 0 R"), id="pages that hold themselves"),
        pytest.param(REPORT.replace(b"/Length 42", b"/Length 5 0 R"), id="a length that is itself"),
        pytest.param(make_flat_pdf(b"q /F Do " * 100_000), id="forms that are not there"),
        pytest.param(make_flat_pdf(b"BT " + b"(" * 100_000), id="brackets that stay open"),
        pytest.param(make_flat_pdf(b"BI /W 1 ID " + b"EI" * 100_000), id="a picture that does not end"),
        pytest.param(make_flat_pdf(b"BT <" + b"4" * 1_000_000), id="digits that do not end"),
    ],
)  # fmt: skip
def test_crooked_pdf_ends(content: bytes) -> None:
    """A file that leads in circles is read as far as it goes."""
    begun = time.process_time()
    with contextlib.suppress(RefusedDocument):
        read_document(content, ("pdf",))
    assert time.process_time() - begun < 1


@given(st.binary(max_size=300))
@settings(deadline=None)
def test_any_bytes_are_read_or_refused(content: bytes) -> None:
    """No bytes raise anything but a refusal, whatever they begin with."""
    for head in (b"", b"PK\x03\x04", b"%PDF-1.7\n1 0 obj\n", b"%PDF-1.7\n1 0 obj << /Pages ", b"\xef\xbb\xbf"):
        with contextlib.suppress(RefusedDocument):
            read_document(head + content, ALL)


SEEDS = {"xlsx": TABLE, "docx": LETTER, "pdf": make_pdf("Tỷ lệ đạt"), "plain pdf": REPORT}


@pytest.mark.parametrize("name", SEEDS)
@given(data=st.data())
@settings(deadline=None, max_examples=60)
def test_damaged_documents_are_read_or_refused(name: str, data: st.DataObject) -> None:
    """Real files that were cut, or of which some bytes were changed."""
    content = bytearray(SEEDS[name])
    for _change in range(data.draw(st.integers(0, 5))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    end = data.draw(st.integers(0, len(content)) | st.just(len(content)))
    with contextlib.suppress(RefusedDocument):
        read_document(bytes(content[:end]), ALL)


PIECES = (
    "<c>", "</c>", "<is><t>a</t></is>", '<c r="B2" t="s">', "<v>1</v>", "<f>SUM(A1)</f>", "<row>", "</row>",
    '<row r="-5">', '<c r="ZZZ9999999">', '<c t="b"/>', "<w:p>", "</w:p>", "<w:r><w:t>a</w:t></w:r>", "<w:tbl/>",
    "&amp;", "\u1ec7",
)  # fmt: skip
XML_PIECES = st.sampled_from(PIECES)


@given(st.lists(XML_PIECES, max_size=25).map("".join))
@settings(deadline=None, max_examples=60)
def test_any_xml_in_a_part_is_read_or_refused(inner: str) -> None:
    """Parts that no program writes are no reason to stop."""
    sheet = f"<worksheet><sheetData>{inner}</sheetData></worksheet>"
    with contextlib.suppress(RefusedDocument):
        read_document(alter_zip(TABLE, {"xl/worksheets/sheet1.xml": sheet.encode()}), ALL)
    body = f'<w:document xmlns:w="w"><w:body>{inner}</w:body></w:document>'
    with contextlib.suppress(RefusedDocument):
        read_document(alter_zip(LETTER, {"word/document.xml": body.encode(), "word/styles.xml": b"<a/>"}), ALL)
