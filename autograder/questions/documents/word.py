"""A text document (.docx) as paragraphs, pictures and page measures."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from dataclasses import dataclass, field

from autograder.questions.documents.package import Package, find_attribute, local_name
from autograder.questions.documents.refusal import RefusedDocument

TWIPS_PER_MM = 1440 / 25.4
# How far a chain of styles that rest on each other is followed.
MAX_CHAIN = 20
_HEADING = re.compile(r"heading ([1-9])")
_REACHING_OUT = re.compile(r"\s{0,50}(?:DDE|DDEAUTO|INCLUDETEXT|INCLUDEPICTURE|INCLUDE|IMPORT|LINK|DATABASE)\b", re.I)


@dataclass(frozen=True)
class Paragraph:
    """One paragraph: its text, and its level as a heading (1–9), 0 for running text."""

    text: str
    level: int = 0


@dataclass(frozen=True)
class PageShape:
    """Width, height and margins of a section's pages, in millimetres."""

    width: float
    height: float
    # left, right, top, bottom
    margins: dict[str, float]


@dataclass(frozen=True)
class WordDocument:
    """What the rules ask of a text document."""

    paragraphs: tuple[Paragraph, ...]
    tables: int
    # alternative text of every picture; "" where there is none, None where it is marked as decoration
    pictures: tuple[str | None, ...]
    # of the first section
    page: PageShape | None
    # font → how many letters are set in it
    fonts: dict[str, int]


def read_word(package: Package, main: str) -> WordDocument:
    """Read a package's document, with its headers and footers.

    Parameters
    ----------
    package : Package
    main : str
        The name of its main part.

    Returns
    -------
    WordDocument

    Raises
    ------
    RefusedDocument
        It is damaged, or a field fetches from elsewhere.
    KeyError
        A part is missing.
    """
    root = package.parse(main)
    styles = _Styles(package, main)
    edges = [one.target for one in package.list_relations(main).values() if one.kind in ("header", "footer")]
    body = _Walk(styles)
    body.visit(root, None, None)
    edge = _Walk(styles)
    for name in dict.fromkeys(edges):
        edge.visit(package.parse(name), None, None)
    for command in (*body.commands, *edge.commands):
        if _REACHING_OUT.match(command):
            raise RefusedDocument("file-linked", command.strip()[:60])
    paragraphs = [paragraph.as_read() for paragraph in (*body.paragraphs, *edge.paragraphs)]
    pictures = [picture.alternative for picture in (*body.pictures, *edge.pictures) if picture.has_image]
    return WordDocument(tuple(paragraphs), body.tables, tuple(pictures), _read_page(body.section), body.fonts)


class _Styles:
    """The named styles: heading levels and fonts, each with what it rests on."""

    def __init__(self, package: Package, main: str) -> None:
        part, theme = package.find_part(main, "styles"), package.find_part(main, "theme")
        self._theme = _read_theme(package.parse(theme)) if theme else {}
        self._styles: dict[str, ET.Element] = {}
        self._levels: dict[str, int] = {}
        self._fonts: dict[str, str] = {}
        self._default_paragraph = ""
        self._base_font = ""
        for node in package.parse(part) if part else ():
            if local_name(node) == "style":
                identity = find_attribute(node, "styleId") or ""
                self._styles[identity] = node
                if find_attribute(node, "type") == "paragraph" and find_attribute(node, "default") in ("1", "true"):
                    self._default_paragraph = identity
            elif local_name(node) == "docDefaults":
                self._base_font = next((self.read_font(p) for p in node.iter() if local_name(p) == "rPr"), "")

    def read_font(self, properties: ET.Element | None) -> str:
        """Return the font that run properties name, or ""."""
        node = _find_child(properties, "rFonts")
        if node is None:
            return ""
        for name in ("ascii", "hAnsi"):
            theme = find_attribute(node, f"{name}Theme")
            font = self._theme.get((theme or "")[:5], "") or find_attribute(node, name)
            if font:
                return font
        return ""

    def find_level(self, style: str) -> int:
        """Return the heading level of a style, 0 where it is none."""
        if style not in self._levels:
            found = (_read_level(node) for node in self._follow(style))
            self._levels[style] = next((level for level in found if level is not None), 0)
        return self._levels[style]

    def find_font(self, style: str) -> str:
        """Return the font that a style, or one below it, names."""
        if style not in self._fonts:
            found = (self.read_font(_find_child(node, "rPr")) for node in self._follow(style))
            self._fonts[style] = next(filter(None, found), "")
        return self._fonts[style]

    def find_paragraph_font(self, style: str) -> str:
        """Return the font of a paragraph's style, or the document's."""
        return self.find_font(style or self._default_paragraph) or self._base_font

    def _follow(self, style: str) -> Iterator[ET.Element]:
        for _step in range(MAX_CHAIN):
            node = self._styles.get(style)
            if node is None:
                return
            yield node
            below = _find_child(node, "basedOn")
            style = (find_attribute(below, "val") or "") if below is not None else ""


def _read_theme(root: ET.Element) -> dict[str, str]:
    """Return the theme's two fonts by the first five letters of the names under which runs use them."""
    fonts = {}
    for node in root.iter():
        if local_name(node) in ("majorFont", "minorFont"):
            latin = _find_child(node, "latin")
            fonts[local_name(node)[:5]] = (latin.get("typeface") or "") if latin is not None else ""
    return fonts


def _find_child(node: ET.Element | None, name: str) -> ET.Element | None:
    return next((child for child in node if local_name(child) == name), None) if node is not None else None


@dataclass
class _OpenParagraph:
    level: int
    style: str
    # the font of what names none itself; looked up when it is first needed
    font: str | None = None
    text: list[str] = field(default_factory=list)

    def as_read(self) -> Paragraph:
        return Paragraph("".join(self.text), self.level)


@dataclass
class _OpenPicture:
    alternative: str | None = ""
    has_image: bool = False


class _Walk:
    """One walk over a tree; what stands in a text box belongs to the box's own paragraphs."""

    def __init__(self, styles: _Styles) -> None:
        self._styles = styles
        self.paragraphs: list[_OpenParagraph] = []
        self.pictures: list[_OpenPicture] = []
        self.commands: list[str] = []
        self.fonts: dict[str, int] = {}
        self.tables = 0
        self.section: ET.Element | None = None

    def visit(self, node: ET.Element, paragraph: _OpenParagraph | None, picture: _OpenPicture | None) -> None:
        """Take in a node and what is below it; the depth was limited when the tree was built."""
        name = local_name(node)
        # Written a second time, for older programs.
        if name == "Fallback":
            return
        if name == "p":
            paragraph = self._open_paragraph(node)
        elif name == "r" and paragraph is not None:
            self._count_letters(node, paragraph)
        elif name == "drawing":
            picture = _OpenPicture()
            self.pictures.append(picture)
        elif name == "tbl":
            self.tables += 1
        elif name == "sectPr" and self.section is None:
            self.section = node
        elif paragraph is not None and name in _SIGNS:
            paragraph.text.append(_SIGNS[name] or node.text or "")
        else:
            if picture is not None:
                _note_picture(node, name, picture)
            self._note_command(node, name)
        for child in node:
            self.visit(child, paragraph, picture)

    def _open_paragraph(self, node: ET.Element) -> _OpenParagraph:
        properties = _find_child(node, "pPr")
        style, own = _read_style(properties, "pStyle"), _read_outline(properties)
        paragraph = _OpenParagraph(self._styles.find_level(style) if own is None else own, style)
        self.paragraphs.append(paragraph)
        return paragraph

    def _count_letters(self, run: ET.Element, paragraph: _OpenParagraph) -> None:
        letters = sum(len("".join((node.text or "").split())) for node in run if local_name(node) == "t")
        if not letters:
            return
        properties = _find_child(run, "rPr")
        font = self._styles.read_font(properties) or self._styles.find_font(_read_style(properties, "rStyle"))
        if not font:
            if paragraph.font is None:
                paragraph.font = self._styles.find_paragraph_font(paragraph.style)
            font = paragraph.font
        self.fonts[font] = self.fonts.get(font, 0) + letters

    def _note_command(self, node: ET.Element, name: str) -> None:
        if name == "fldChar" and find_attribute(node, "fldCharType") == "begin":
            self.commands.append("")
        elif name == "instrText" and node.text:
            # One command may be cut into many pieces.
            self.commands = self.commands or [""]
            self.commands[-1] = (self.commands[-1] + node.text)[:2000]
        elif name == "fldSimple":
            self.commands.append(find_attribute(node, "instr") or "")


# What a paragraph's text is made of; None stands for the node's own text.
_SIGNS = {"t": None, "tab": " ", "br": " ", "cr": " ", "noBreakHyphen": "-"}


def _note_picture(node: ET.Element, name: str, picture: _OpenPicture) -> None:
    if name == "blip":
        picture.has_image = True
    elif name == "docPr" and picture.alternative == "":
        picture.alternative = (node.get("descr") or "").strip()
    elif name == "decorative" and node.get("val") in ("1", "true"):
        picture.alternative = None


def _read_style(properties: ET.Element | None, name: str) -> str:
    node = _find_child(properties, name)
    return (find_attribute(node, "val") or "") if node is not None else ""


def _read_level(style: ET.Element) -> int | None:
    name = _find_child(style, "name")
    match = _HEADING.fullmatch((find_attribute(name, "val") or "").strip().casefold()) if name is not None else None
    return int(match[1]) if match else _read_outline(_find_child(style, "pPr"))


def _read_outline(properties: ET.Element | None) -> int | None:
    node = _find_child(properties, "outlineLvl")
    value = (find_attribute(node, "val") or "") if node is not None else ""
    if len(value) != 1 or value not in "0123456789":
        return None
    return 0 if value == "9" else int(value) + 1


def _read_page(section: ET.Element | None) -> PageShape | None:
    size, margins = _find_child(section, "pgSz"), _find_child(section, "pgMar")
    if size is None:
        return None
    sides = ("left", "right", "top", "bottom")
    measured = {side: _read_length(margins, side) for side in sides} if margins is not None else {}
    return PageShape(_read_length(size, "w"), _read_length(size, "h"), measured)


def _read_length(node: ET.Element, name: str) -> float:
    value = find_attribute(node, name) or ""
    digits = value.removeprefix("-").partition(".")[0]
    if not (digits.isascii() and digits.isdigit() and len(digits) <= 7):
        return 0.0
    return abs(int(digits)) / TWIPS_PER_MM
