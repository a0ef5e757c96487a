"""Real documents for tests, made in memory by the libraries that offices' programs are measured by."""

from __future__ import annotations

import base64
import functools
import io
import zipfile
from collections.abc import Callable, Iterable
from typing import Any

HEADER = ["Mã", "Họ tên", "Điểm"]


def make_xlsx(
    rows: Iterable[Iterable[Any]], *, sheet: str = "Tổng hợp", change: Callable[[Any], None] | None = None
) -> bytes:
    """Return a workbook with one sheet; ``change`` may alter it before it is saved."""
    import openpyxl

    book = openpyxl.Workbook()
    book.active.title = sheet
    for row in rows:
        book.active.append(list(row))
    if change is not None:
        change(book)
    return _save(book.save)


def make_docx(build: Callable[[Any], None] | None = None) -> bytes:
    """Return a text document that ``build`` has filled."""
    import docx

    document = docx.Document()
    if build is not None:
        build(document)
    return _save(document.save)


@functools.cache
def make_pdf(*pages: str) -> bytes:
    """Return a PDF file with one line of text per page; the fonts are embedded as in any office's file."""
    import matplotlib
    from matplotlib.backends.backend_pdf import PdfPages
    from matplotlib.figure import Figure

    target = io.BytesIO()
    with matplotlib.rc_context({"pdf.fonttype": 42}), PdfPages(target) as book:
        for text in pages:
            figure = Figure(figsize=(8.27, 11.69))
            figure.text(0.1, 0.9, text)
            book.savefig(figure)
    return target.getvalue()


def make_plain_pdf(*pages: str) -> bytes:
    """Return a PDF file of 1993's kind, written by hand: one line of ASCII text per page, no font inside."""
    kids = " ".join(f"{4 + 2 * n} 0 R" for n in range(len(pages)))
    objects = [
        "<< /Type /Catalog /Pages 2 0 R >>",
        f"<< /Type /Pages /Kids [{kids}] /Count {len(pages)} /MediaBox [0 0 595 842] "
        "/Resources << /Font << /F1 3 0 R >> >> >>",
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    ]
    for number, text in enumerate(pages):
        drawing = f"BT /F1 12 Tf 72 720 Td ({text}) Tj ET"
        objects.append(f"<< /Type /Page /Parent 2 0 R /Contents {5 + 2 * number} 0 R >>")
        objects.append(f"<< /Length {len(drawing)} >>\nstream\n{drawing}\nendstream")
    body, places = "%PDF-1.4\n", []
    for number, text in enumerate(objects, start=1):
        places.append(len(body))
        body += f"{number} 0 obj\n{text}\nendobj\n"
    table = "".join(f"{place:010} 00000 n \n" for place in places)
    size = len(objects) + 1
    end = f"trailer\n<< /Size {size} /Root 1 0 R >>\nstartxref\n{len(body)}\n%%EOF\n"
    return f"{body}xref\n0 {size}\n0000000000 65535 f \n{table}{end}".encode()


def alter_pdf(content: bytes, change: Callable[[Any], None]) -> bytes:
    """Return a PDF file that pypdf has changed."""
    import pypdf

    writer = pypdf.PdfWriter(io.BytesIO(content))
    change(writer)
    return _save(writer.write)


def alter_zip(content: bytes, parts: dict[str, bytes | None]) -> bytes:
    """Return an Office file with some parts replaced, added or (None) left out."""
    target = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            if name not in parts:
                new.writestr(name, old.read(name))
        for name, part in parts.items():
            if part is not None:
                new.writestr(name, part)
    return target.getvalue()


def read_part(content: bytes, name: str) -> str:
    """Return a part of an Office file as text."""
    with zipfile.ZipFile(io.BytesIO(content)) as zipped:
        return zipped.read(name).decode()


def give(content: bytes, name: str = "bai-lam") -> dict[str, str]:
    """Return a file as it stands in an answer."""
    return {"name": name, "content": base64.b64encode(content).decode("ascii")}


def _save(write: Callable[[Any], Any]) -> bytes:
    target = io.BytesIO()
    write(target)
    return target.getvalue()
