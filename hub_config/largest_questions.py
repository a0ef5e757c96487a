"""The largest question of each kind that a lesson can reasonably hold, with its full answer: what the benchmark scores.

Everything is made up by counting; nothing here is taught.
"""

from __future__ import annotations

import base64
import io
import zipfile
from collections.abc import Callable
from typing import Any

Block = dict[str, Any]
# A block and the answer that earns everything.
Made = tuple[Block, Any]

ROWS, COLUMNS = 60, 10
CODES = {f"MC-N{number}": f"Câu nhận xét số {number}." for number in range(10)}


def list_largest() -> dict[str, Made]:
    """Return the largest questions by name; their kinds are all those that there are.

    Returns
    -------
    dict
        Name → (block with key, full answer).

    Raises
    ------
    nothing
    """
    return {name: make() for name, make in _MAKERS.items()}


def _make_block(name: str, kind: str, **fields: Any) -> Block:
    common = {"id": name, "kind": kind, "points": 10, "prompt": "Việc cần làm.", "feedback": CODES}
    return common | fields


def _number(count: int, letter: str = "t") -> list[str]:
    return [f"{letter}{number:03d}" for number in range(count)]


def _make_inbox() -> Made:
    labels = {"an_toan": "An toàn", "bao_cao": "Báo cáo", "xoa": "Xóa"}
    names = list(labels)
    parts = [{"id": f"s{n}", "role": role, "text": f"Dòng {n}"} for n, role in enumerate(("from", "subject", "body"))]
    parts += [{"id": f"s{n}", "text": f"Đoạn {n}", "link": f"https://trang-{n}.example/x"} for n in range(3, 12)]
    items = [{"id": i, "title": f"Thư {i}", "parts": parts} for i in _number(60)]
    key = {
        i: {
            "label": names[n % 3],
            "evidence": ["s0", "s4", "s7"],
            "reasons": [f"r{n % 7}", f"r{n % 11 + 7}"],
            "wrong": f"MC-N{n % 10}",
        }
        for n, i in enumerate(_number(60))
    }
    sides = {"evidence": {"weight": 0.2}, "reasons": {"weight": 0.2}}
    matrix = {name: {other: 1.5 for other in names if other != name} for name in names}
    block = _make_block(
        "hop-thu-60",
        "classify",
        labels=labels,
        look="inbox",
        evidence="Đánh dấu dấu hiệu",
        reasons={f"r{n}": f"Lý do {n}" for n in range(20)},
        items=items,
        key=key,
        score={"by": "cost", "matrix": matrix, **sides},
    )
    answer = {i: {"label": e["label"], "evidence": e["evidence"], "reasons": e["reasons"]} for i, e in key.items()}
    return block, answer


def _make_folders() -> Made:
    labels: dict[str, Any] = {f"g{n}": {"text": f"Nhóm {n}", "group": True} for n in range(4)}
    labels |= {f"f{n:02d}": {"text": f"Thư mục {n}", "under": f"g{n % 4}"} for n in range(20)}
    items = [{"id": i, "title": f"Tep_{i}.docx"} for i in _number(60)]
    key = {i: {"label": f"f{n % 20:02d}", "wrong": f"MC-N{n % 10}"} for n, i in enumerate(_number(60))}
    block = _make_block("cay-24-thu-muc", "classify", labels=labels, look="folders", items=items, key=key)
    return block | {"score": {"by": "clusters"}}, {i: entry["label"] for i, entry in key.items()}


def _make_cells() -> Made:
    table = {
        "columns": [f"Cột {n}" for n in range(COLUMNS)],
        "rows": [[1000 * row + column for column in range(COLUMNS)] for row in range(ROWS)],
    }
    marks = {f"r{row:02d}c{column:02d}": f"k{column % 8}" for row in range(1, ROWS + 1, 3) for column in (2, 5, 8)}
    block = _make_block(
        "bang-600-o",
        "marks",
        types={f"k{n}": f"Loại lỗi {n}" for n in range(8)},
        items=[{"id": "bang", "mark_cells": True, "table": table}],
        key={"bang": {"marks": marks, "missed": dict.fromkeys(marks, "MC-N1"), "weights": dict.fromkeys(marks, 2)}},
        score={"by": "set"},
    )
    return block, {"bang": marks}


def _make_order() -> Made:
    ids = _number(60)
    rules = [[ids[n], ids[n + 7], f"MC-N{n % 10}"] for n in range(0, 50, 2)]
    block = _make_block("xep-60-viec", "order", items=[{"id": i, "text": f"Việc {i}"} for i in ids])
    return block | {"key": {"order": ids, "must_precede": rules}, "score": {"by": "order"}}, ids


def _make_numbers() -> Made:
    wrong = [{"value": 1000 + n, "within": 0.4, "code": f"MC-N{n}", "credit": 0.2} for n in range(10)]
    key = {i: {"value": n + 0.5, "within": 0.05, "wrong": wrong} for n, i in enumerate(_number(60))}
    items = [{"id": i, "text": f"Số {i}"} for i in _number(60)]
    block = _make_block("so-60", "number", unit="%", items=items, key=key, score={"by": "tolerance"})
    return block, {i: f"{n},50 %" for n, i in enumerate(_number(60))}


def _make_path() -> Made:
    steps = _number(60, "s")
    states: dict[str, Any] = {}
    for here, after in zip(steps, [*steps[1:], "het"], strict=True):
        choices = [{"id": "a", "text": "Đúng", "to": after}, {"id": "b", "text": "Sai", "to": here}]
        states[here] = {"text": f"Bước {here}", "choices": choices}
    states["het"] = {"text": "Hết.", "end": True}
    required = [f"{step}.a" for step in steps]
    entry = {"required": required, "wrong": {f"{step}.b": "MC-N1" for step in steps}}
    items = [{"id": f"d{n}", "start": steps[0], "states": states} for n in range(5)]
    block = _make_block("di-60-buoc", "path", items=items, key={item["id"]: entry for item in items})
    return block | {"score": {"by": "path"}}, {item["id"]: [[step, "a"] for step in steps] for item in items}


def _make_choose() -> Made:
    options = {f"o{n:02d}": {"text": f"Phương án {n}", "cost": n % 7} for n in range(30)}
    first = list(options)[:10]
    rules: list[dict[str, Any]] = [{"at_least": 3, "of": list(options)[n : n + 10], "code": "MC-N1"} for n in range(8)]
    rules += [{"at_most": 0, "of": list(options)[20:], "code": "MC-N2"}, {"budget": True}]
    rules.append({"at_least": 2, "of": [list(options)[:5], list(options)[5:10]]})
    block = _make_block(
        "chon-30",
        "choose",
        options=options,
        budget=60,
        items=[{"id": i, "text": f"Kế hoạch {i}"} for i in _number(20)],
        key={i: {"rules": rules} for i in _number(20)},
        score={"by": "rules"},
    )
    return block, dict.fromkeys(_number(20), first)


def _make_texts() -> Made:
    must = [{"any": [f"cụm từ {n}", f"cách nói {n}"], "code": f"MC-N{n % 10}"} for n in range(8)]
    entry = {
        "must": [*must, {"pattern": r"từ \d"}],
        "must_not": [{"pattern": "final|moi_?nhat", "code": "MC-N9"}, {"any": ["bí mật"]}],
        "words": {"min": 5, "max": 30, "code": "MC-N8"},
    }
    text = "; ".join(f"cụm từ {n}" for n in range(8))
    items = [{"id": i, "text": f"Câu {i}"} for i in _number(20)]
    block = _make_block("viet-20-cau", "text", items=items, key=dict.fromkeys(_number(20), entry))
    return block | {"score": {"by": "patterns"}}, dict.fromkeys(_number(20), text)


def _make_search() -> Made:
    pages = [
        {
            "id": page,
            "title": f"Thông báo {n} của nhóm{n % 20}",
            "site": f"trang{n % 5}.example",
            "date": f"{2015 + n % 10}-05-01",
            "text": f"Nội dung chung về học phí, lịch thi và lớp số{n % 40} " * 20,
        }
        for n, page in enumerate(_number(200, "p"))
    ]
    key = {i: {"relevant": [f"p{n + 20 * step:03d}" for step in range(10)]} for n, i in enumerate(_number(20))}
    items = [{"id": i, "text": f"Nhu cầu {i}"} for i in _number(20)]
    codes = {"sentence": "MC-N1", "too_broad": "MC-N2", "nothing": "MC-N3"}
    block = _make_block("tim-200-trang", "search", pages=pages, items=items, key=key)
    return block | {"score": {"by": "retrieval", "codes": codes}}, {i: f"nhóm{n}" for n, i in enumerate(_number(20))}


def _make_table() -> Made:
    columns = [{"id": f"c{n}", "title": f"Cột {n}", "type": "number" if n else "text"} for n in range(COLUMNS)]
    rows: list[dict[str, Any]] = [
        {"id": row} | {f"c{n}": 10 * number + n if n else f"Đơn vị {number}" for n in range(COLUMNS)}
        for number, row in enumerate(_number(ROWS, "r"))
    ]
    cells = {row: {"c1": 5000 + number, "c5": 7000 + number} for number, row in enumerate(_number(ROWS, "r"))}
    total = sum(5000 + number for number in range(ROWS))
    entry = {
        "cells": cells,
        "wrong": [{"column": "c1", "code": "MC-N1"}, {"column": "c5", "code": "MC-N2"}],
        "rules": [
            {"sum": {"column": "c1", "equals": total}, "code": "MC-N3"},
            {"unique": ["c0", "c1"], "code": "MC-N4"},
            {"between": {"column": "c5", "low": 7000, "high": 7100}, "code": "MC-N5"},
        ],
    }
    items = [{"id": "bang", "title": "Bảng", "columns": columns, "rows": rows, "allow": ["add", "remove"]}]
    block = _make_block(
        "sua-bang-60x10", "table", items=items, key={"bang": entry}, score={"by": "table", "rules": 0.3}
    )
    answer = {"bang": [{"id": row} | {name: str(value) for name, value in cells[row].items()} for row in cells]}
    return block, answer


def _make_sheet() -> Made:
    rows: list[list[Any]] = [["Khoa", "Giờ"]]
    rows += [[f"Khoa {n % 6}", 10 + n] for n in range(ROWS)]
    slots = {f"D{n}": {"label": f"Tổng của {n}", "fill": f"D{n}:D{n + 3}"} for n in (2, 12, 22, 32)}
    for n in (2, 12, 22, 32):
        for k in range(4):
            rows[n + k - 1] += [f"Khoa {k}"]
    formula = {f"D{n}": f"=SUMIFS(B$2:B$61;A$2:A$61;C{n})" for n in (2, 12, 22, 32)}
    wrong = {name: text.replace("$", "") for name, text in formula.items()}
    entry = {
        "slots": {
            name: {"formula": formula[name], "wrong": [{"formula": wrong[name], "code": "MC-N1"}]} for name in slots
        },
        "hidden": [
            {"B2": 1, "B3": 2, "B4": 3, "B5": 4},
            {"A2": "Khoa 1", "A3": "Khoa 2", "A4": "Khoa 3", "A5": "Khoa 0"},
        ],
    }
    items = [{"id": "so", "title": "Sổ giờ", "sheet": {"rows": rows}, "slots": slots}]
    block = _make_block("cong-thuc-60x3", "sheet", items=items, key={"so": entry}, score={"by": "formulas"})
    return block, {"so": formula}


def _make_workbook() -> Made:
    header = [f"Cột {n}" for n in range(COLUMNS)]
    rules: list[dict[str, Any]] = [
        {"code": "MC-N1", "header": header},
        {"code": "MC-N2", "rows": [ROWS, ROWS]},
        {"code": "MC-N3", "column": "Cột 0", "unique": True},
        {"code": "MC-N4", "sum": {"column": "Cột 1", "equals": sum(range(ROWS)) + ROWS}},
        {"code": "MC-N5", "cell": "B3", "equals": 2},
    ]
    return _ask_for_file("xlsx", rules, _pack_workbook(header))


def _make_letter() -> Made:
    phrases = [f"Đoạn số {n} " for n in range(0, 100, 10)]
    rules: list[dict[str, Any]] = [{"code": "MC-N1", "has_text": phrases}, {"code": "MC-N2", "font": "Times New Roman"}]
    return _ask_for_file("docx", rules, _pack_letter())


def _make_pdf() -> Made:
    rules: list[dict[str, Any]] = [{"code": "MC-N1", "pages": [5, 5]}, {"code": "MC-N2", "has_text": ["Trang so 4"]}]
    return _ask_for_file("pdf", rules, _write_pdf())


def _make_csv() -> Made:
    lines = [";".join(f"Cột {n}" for n in range(COLUMNS))]
    lines += [";".join(str(row + n) for n in range(COLUMNS)) for row in range(ROWS)]
    rules: list[dict[str, Any]] = [
        {"code": "MC-N1", "rows": [ROWS, ROWS]},
        {"code": "MC-N2", "column": "Cột 0", "unique": True},
    ]
    return _ask_for_file("csv", rules, "\r\n".join(lines).encode("utf-8-sig"))


def _ask_for_file(kind: str, rules: list[dict[str, Any]], content: bytes) -> Made:
    items = [{"id": "tep", "text": "Nộp tệp.", "accept": [kind], "max_kb": 1500}]
    block = _make_block(f"nop-{kind}", "file", items=items, key={"tep": {"rules": rules}}, score={"by": "inspection"})
    return block, {"tep": {"name": f"a.{kind}", "content": base64.b64encode(content).decode()}}


_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_MAIN = "application/vnd.openxmlformats-officedocument"


def _pack_parts(main: str, content_type: str, parts: dict[str, str]) -> bytes:
    """Return an Office file of a main part and what belongs to it."""
    head = '<?xml version="1.0" encoding="UTF-8"?>'
    first = f'<Relationship Id="r1" Type="{_OFFICE}/officeDocument" Target="{main}"/>'
    types = f'<Override PartName="/{main}" ContentType="{_MAIN}.{content_type}.main+xml"/>'
    parts = {
        "[Content_Types].xml": f'<Types xmlns="{_PACKAGE}/content-types">{types}</Types>',
        "_rels/.rels": f'<Relationships xmlns="{_PACKAGE}/relationships">{first}</Relationships>',
        **parts,
    }
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in parts.items():
            archive.writestr(zipfile.ZipInfo(name, (2026, 1, 1, 0, 0, 0)), head + text, zipfile.ZIP_DEFLATED)
    return target.getvalue()


def _pack_workbook(header: list[str]) -> bytes:
    lines = ["".join(f'<c t="inlineStr"><is><t>{name}</t></is></c>' for name in header)]
    lines += ["".join(f"<c><v>{row + n}</v></c>" for n in range(COLUMNS)) for row in range(ROWS)]
    sheet = f"<worksheet><sheetData>{''.join(f'<row>{line}</row>' for line in lines)}</sheetData></worksheet>"
    book = f'<workbook xmlns:r="{_OFFICE}"><sheets><sheet name="Tổng hợp" sheetId="1" r:id="r1"/></sheets></workbook>'
    relation = f'<Relationship Id="r1" Type="{_OFFICE}/worksheet" Target="worksheets/sheet1.xml"/>'
    parts = {
        "xl/workbook.xml": book,
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{_PACKAGE}/relationships">{relation}</Relationships>',
        "xl/worksheets/sheet1.xml": sheet,
    }
    return _pack_parts("xl/workbook.xml", "spreadsheetml.sheet", parts)


def _pack_letter() -> bytes:
    run = '<w:r><w:rPr><w:rFonts w:ascii="Times New Roman"/><w:b/></w:rPr><w:t>{}</w:t></w:r>'
    lines = [run.format(f"Đoạn số {n} nói về việc của đơn vị trong năm học này. ") * 3 for n in range(100)]
    body = "".join(f"<w:p><w:pPr><w:jc/></w:pPr>{line}</w:p>" for line in lines)
    document = f'<w:document xmlns:w="w"><w:body>{body}</w:body></w:document>'
    return _pack_parts("word/document.xml", "wordprocessingml.document", {"word/document.xml": document})


def _write_pdf() -> bytes:
    pages = [f"{4 + 2 * n} 0 R" for n in range(5)]
    objects = ["<< /Type /Catalog /Pages 2 0 R >>", f"<< /Type /Pages /Kids [{' '.join(pages)}] /Count 5 >>", "null"]
    for number in range(5):
        lines = " ".join(f"1 0 0 1 72 {700 - line} Tm (Trang so {number} dong {line}) Tj" for line in range(50))
        drawing = f"BT {lines} ET"
        objects.append(f"<< /Type /Page /Parent 2 0 R /Contents {5 + 2 * number} 0 R >>")
        objects.append(f"<< /Length {len(drawing)} >>\nstream\n{drawing}\nendstream")
    body = "".join(f"{number} 0 obj\n{text}\nendobj\n" for number, text in enumerate(objects, start=1))
    return f"%PDF-1.4\n{body}trailer\n<< /Root 1 0 R >>\n%%EOF\n".encode()


_MAKERS: dict[str, Callable[[], Made]] = {
    "hop-thu-60": _make_inbox,
    "cay-24-thu-muc": _make_folders,
    "bang-600-o": _make_cells,
    "xep-60-viec": _make_order,
    "so-60": _make_numbers,
    "di-60-buoc": _make_path,
    "chon-30": _make_choose,
    "viet-20-cau": _make_texts,
    "tim-200-trang": _make_search,
    "nop-xlsx": _make_workbook,
    "nop-docx": _make_letter,
    "nop-pdf": _make_pdf,
    "nop-csv": _make_csv,
    "sua-bang-60x10": _make_table,
    "cong-thuc-60x3": _make_sheet,
}
