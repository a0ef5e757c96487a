"""A PDF file as pages and their text."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from autograder.questions.documents.pdf_objects import Name, Parser, PdfObjects, Reference, Stream, Word
from autograder.questions.documents.refusal import RefusedDocument

MAX_PAGES = 2000
MAX_TEXT = 2_000_000
MAX_MAPPED = 70_000
MAX_FORM_DEPTH = 5

# What would act, hide or fetch, by the name that a PDF must use for it.
_DANGERS = {
    b"/Encrypt": "file-password",
    b"/JavaScript": "file-active",
    b"/Launch": "file-active",
    b"/RichMedia": "file-active",
    b"/SubmitForm": "file-active",
    b"/ImportData": "file-active",
    b"/EmbeddedFile": "file-embedded",
    b"/EmbeddedFiles": "file-embedded",
    b"/GoToE": "file-embedded",
}
_DANGER = re.compile(rb"(?:%s)(?![A-Za-z0-9])" % b"|".join(sorted(_DANGERS, reverse=True)))
# What matters between the texts of a page: a font that is chosen, a form that is drawn, a picture's bytes, a text.
_MARK = re.compile(
    rb"(?<![^\0\t\n\f\r \])>])(?:"
    rb"/(?P<form>[^\0\t\n\f\r ()<>\[\]{}/%]{1,80})[\0\t\n\f\r ]{1,20}Do"
    rb"|/(?P<font>[^\0\t\n\f\r ()<>\[\]{}/%]{1,80})[\0\t\n\f\r ]{1,20}[-+0-9.]{1,20}[\0\t\n\f\r ]{1,20}Tf"
    rb"|(?P<word>BT|ID))(?![A-Za-z0-9])"
)
_IMAGE_END = re.compile(rb"[\0\t\n\f\r ]EI(?=[\0\t\n\f\r ])")
_ESCAPED = re.compile(rb"#([0-9A-Fa-f]{2})")


@dataclass(frozen=True)
class PdfDocument:
    """What the rules ask of a PDF file."""

    pages: int
    # of all pages, in the order in which it is drawn
    text: str
    # whether it carries a structure for screen readers
    is_tagged: bool


def read_pdf(content: bytes) -> PdfDocument:
    """Read a file.

    Parameters
    ----------
    content : bytes

    Returns
    -------
    PdfDocument

    Raises
    ------
    RefusedDocument
        It is damaged, protected or too large, holds other files, or would act when it is opened.
    """
    _refuse_dangers(content)
    objects = PdfObjects(content)
    for inner in objects.open_packed_objects():
        _refuse_dangers(inner)
    catalog = _find_catalog(objects)
    if "XFA" in objects.find_dict(catalog.get("AcroForm")):
        raise RefusedDocument("file-active", "XFA")
    pages = _list_pages(objects, catalog)
    if not pages:
        raise RefusedDocument("file-damaged")
    reader = _TextReader(objects)
    for page in pages:
        reader.read_page(page)
    is_marked = objects.resolve(objects.find_dict(catalog.get("MarkInfo")).get("Marked")) == Word("true")
    is_tagged = is_marked and bool(objects.find_dict(catalog.get("StructTreeRoot")))
    return PdfDocument(len(pages), reader.text, is_tagged)


def _refuse_dangers(content: bytes) -> None:
    # A name may be written with its letters as numbers; nobody but who hides something does that with these.
    plain = _ESCAPED.sub(lambda match: bytes([int(match[1], 16)]), content) if b"#" in content else content
    found = _DANGER.search(content) or _DANGER.search(plain)
    if found is not None:
        raise RefusedDocument(_DANGERS[found[0]], found[0].decode().removeprefix("/"))
    if plain.count(b"/ObjStm") > content.count(b"/ObjStm"):
        raise RefusedDocument("file-damaged")


def _find_catalog(objects: PdfObjects) -> dict[str, Any]:
    """Return the catalog that the last trailer names; where none does, the last one there is."""
    for match in reversed(list(re.finditer(rb"/Root[\0\t\n\f\r ]{0,20}([0-9]{1,9})[\0\t\n\f\r ]", objects.content))):
        catalog = objects.find_dict(Reference(int(match[1])))
        if "Pages" in catalog:
            return catalog
    for number in reversed(objects.numbers):
        catalog = objects.find_dict(Reference(number))
        if catalog.get("Type") == "Catalog" and "Pages" in catalog:
            return catalog
    raise RefusedDocument("file-damaged")


def _list_pages(objects: PdfObjects, catalog: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the pages in their order; each with the resources that it inherits."""
    pages: list[dict[str, Any]] = []
    waiting: list[tuple[Any, Any]] = [(catalog.get("Pages"), None)]
    seen: set[int] = set()
    while waiting and len(pages) <= MAX_PAGES:
        reference, resources = waiting.pop()
        if isinstance(reference, Reference):
            if reference.number in seen:
                continue
            seen.add(reference.number)
        node = objects.find_dict(reference)
        resources = node.get("Resources", resources)
        kids = objects.resolve(node.get("Kids"))
        if isinstance(kids, list):
            waiting += [(kid, resources) for kid in reversed(kids)]
        elif node:
            pages.append(node | {"Resources": resources})
    if len(pages) > MAX_PAGES:
        raise RefusedDocument("file-unpacked", f"> {MAX_PAGES}")
    return pages


@dataclass(frozen=True)
class _Font:
    """How the bytes of a text become letters."""

    width: int
    letters: dict[int, str]

    def read(self, text: bytes) -> str:
        if self.width == 1:
            if not self.letters:
                return text.decode("cp1252", "ignore")
            return "".join([self.letters.get(code) or _WESTERN[code] for code in text])
        codes = (int.from_bytes(text[i : i + self.width], "big") for i in range(0, len(text), self.width))
        return "".join([self.letters.get(code, "") for code in codes])


_PLAIN = _Font(1, {})
_SHOWING = frozenset({"Tj", "TJ", "'", '"'})
_MOVING = frozenset({"Td", "TD", "T*", "Tm"})
# What one byte means where a font says nothing.
_WESTERN = tuple(bytes([code]).decode("cp1252", "ignore") for code in range(256))


class _TextReader:
    """Collects the text that pages draw."""

    def __init__(self, objects: PdfObjects) -> None:
        self._objects = objects
        self._fonts: dict[int, _Font] = {}
        self._pieces: list[str] = []
        self._left = MAX_TEXT

    @property
    def text(self) -> str:
        """Return what was collected."""
        return "".join(self._pieces)

    def read_page(self, page: dict[str, Any]) -> None:
        """Collect the text of a page."""
        contents = self._objects.resolve(page.get("Contents"))
        parts = [self._objects.resolve(part) for part in (contents if isinstance(contents, list) else [contents])]
        packed = [self._objects.unpack(part) or b"" for part in parts if isinstance(part, Stream)]
        self._read_drawing(b"\n".join(packed), self._objects.find_dict(page.get("Resources")), 0)
        self._pieces.append("\n")

    def _read_drawing(self, content: bytes, resources: dict[str, Any], depth: int) -> None:
        """Go from one text to the next; lines, curves and pictures between them are passed over."""
        fonts = self._objects.find_dict(resources.get("Font"))
        font, place = _PLAIN, 0
        while mark := _MARK.search(content, place):
            self._objects.budget.spend_token()
            place = mark.end()
            if mark["font"] is not None:
                font = self._find_font(fonts.get(mark["font"].decode("latin-1")))
            elif mark["form"] is not None and depth < MAX_FORM_DEPTH:
                self._read_form(mark["form"].decode("latin-1"), resources, depth)
            elif mark["word"] == b"ID":
                place = _skip_image(content, place)
            elif mark["word"] == b"BT":
                font, place = self._read_text(content, place, fonts, font)

    def _read_text(self, content: bytes, place: int, fonts: dict[str, Any], font: _Font) -> tuple[_Font, int]:
        parser = Parser(content, place, self._objects.budget, has_references=False)
        operands: list[Any] = []
        while (value := parser.read_value()) is not None:
            if not isinstance(value, Word):
                operands.append(value)
                continue
            if value == "ET":
                break
            if value == "Tf" and len(operands) >= 2 and isinstance(operands[-2], Name):
                font = self._find_font(fonts.get(operands[-2]))
            elif value in _SHOWING and operands:
                self._show(operands[-1], font)
            elif value in _MOVING:
                self._pieces.append(" ")
            operands.clear()
        self._pieces.append(" ")
        return font, parser.place

    def _show(self, value: Any, font: _Font) -> None:
        for piece in value if isinstance(value, list) else [value]:
            if isinstance(piece, bytes) and self._left > 0:
                text = font.read(piece[: self._left])
                self._left -= max(len(text), 1)
                self._pieces.append(text)

    def _read_form(self, name: str, resources: dict[str, Any], depth: int) -> None:
        form = self._objects.resolve(self._objects.find_dict(resources.get("XObject")).get(name))
        if not isinstance(form, Stream) or self._objects.resolve(form.facts.get("Subtype")) != "Form":
            return
        own = self._objects.find_dict(form.facts.get("Resources")) or resources
        self._read_drawing(self._objects.unpack(form) or b"", own, depth + 1)

    def _find_font(self, value: Any) -> _Font:
        number = value.number if isinstance(value, Reference) else -1
        if number not in self._fonts or number < 0:
            self._fonts[number] = self._read_font(self._objects.find_dict(value))
        return self._fonts[number]

    def _read_font(self, facts: dict[str, Any]) -> _Font:
        width = 2 if self._objects.resolve(facts.get("Subtype")) == "Type0" else 1
        mapping = self._objects.resolve(facts.get("ToUnicode"))
        if isinstance(mapping, Stream):
            return _Font(width, self._read_mapping(self._objects.unpack(mapping) or b""))
        return _Font(width, self._read_differences(self._objects.find_dict(facts.get("Encoding"))))

    def _read_differences(self, encoding: dict[str, Any]) -> dict[int, str]:
        letters: dict[int, str] = {}
        code = 0
        differences = self._objects.resolve(encoding.get("Differences"))
        for value in differences[:1000] if isinstance(differences, list) else []:
            if isinstance(value, float):
                code = int(min(value, 255.0))
            elif isinstance(value, Name):
                letters[code] = _read_glyph(value)
                code += 1
        return letters

    def _read_mapping(self, content: bytes) -> dict[int, str]:
        letters: dict[int, str] = {}
        parser = Parser(content, 0, self._objects.budget)
        operands: list[Any] = []
        while (value := parser.read_value()) is not None and len(letters) < MAX_MAPPED:
            if not isinstance(value, Word):
                operands.append(value)
            elif value == "endbfchar":
                _map_letters(operands, letters)
            elif value == "endbfrange":
                _map_ranges(operands, letters)
            if isinstance(value, Word):
                operands.clear()
        return letters


def _skip_image(content: bytes, place: int) -> int:
    """Return where the drawing goes on behind a picture that stands in it."""
    end = _IMAGE_END.search(content, place)
    return end.end() if end else len(content)


def _read_glyph(name: str) -> str:
    match = re.fullmatch(r"uni([0-9A-F]{4})|u([0-9A-F]{4,6})", name)
    if match:
        number = int(match[1] or match[2], 16)
        return chr(number) if number < 0xD800 or 0xE000 <= number < 0x110000 else ""
    return name if len(name) == 1 else ""


def _map_letters(operands: list[Any], letters: dict[int, str]) -> None:
    for source, target in zip(operands[::2], operands[1::2], strict=False):
        if isinstance(source, bytes) and isinstance(target, bytes):
            letters[int.from_bytes(source[:4], "big")] = _read_unicode(target)


def _map_ranges(operands: list[Any], letters: dict[int, str]) -> None:
    for first, last, target in zip(operands[::3], operands[1::3], operands[2::3], strict=False):
        if not (isinstance(first, bytes) and isinstance(last, bytes)):
            continue
        start, end = int.from_bytes(first[:4], "big"), int.from_bytes(last[:4], "big")
        end = min(end, start + 0xFFFF, start + MAX_MAPPED - len(letters))
        if isinstance(target, list):
            pairs = zip(range(start, end + 1), target, strict=False)
            letters.update({code: _read_unicode(one) for code, one in pairs if isinstance(one, bytes)})
        elif isinstance(target, bytes) and target:
            text = _read_unicode(target)
            if text:
                head, number = text[:-1], ord(text[-1])
                letters.update({code: head + _shift(number, code - start) for code in range(start, end + 1)})


def _shift(number: int, by: int) -> str:
    found = number + by
    return chr(found) if found < 0xD800 or 0xE000 <= found < 0x110000 else ""


def _read_unicode(text: bytes) -> str:
    return text[:64].decode("utf-16-be", "ignore")
