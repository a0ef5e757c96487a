"""An Office file taken apart in memory: a zip of XML parts, none of which is trusted, followed or run."""

from __future__ import annotations

import io
import posixpath
import re
import xml.etree.ElementTree as ET
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass

from autograder.questions.documents.refusal import RefusedDocument

MAX_ENTRIES = 500
MAX_UNPACKED_BYTES = 20 * 2**20
# A part that packs better than this was made to; small ones are left alone, because they cannot do harm.
MAX_RATIO = 300
RATIO_FROM_BYTES = 2 * 2**20
# Building a tree costs far more than its text: opening and closing tags, attributes.
MAX_TAGS = 600_000
MAX_ATTRIBUTES = 600_000
MAX_DEPTH = 100
CONTENT_TYPES = "[Content_Types].xml"
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"

_MACRO_WORDS = ("macroenabled", "vbaproject", "vbadata", "macrosheet")
_OBJECT_WORDS = ("oleobject", "activex")
# What a relation of the package must not lead to; the rest of a type's address differs between editions.
_MACRO_RELATIONS = {"vbaproject", "wordvbadata", "xlmacrosheet", "xlintlmacrosheet"}
_OBJECT_RELATIONS = {"oleobject", "package", "control", "activexcontrolbinary", "attachedtoolbars", "afchunk"}
_LINK_RELATIONS = {"externallink", "externallinkpath", "connections", "querytable", "subdocument", "attachedtemplate"}


@dataclass(frozen=True)
class Relation:
    """What one part says of another."""

    # the last word of its type: worksheet, styles, hyperlink
    kind: str
    # name of the part, or the address where it leads outside
    target: str
    is_external: bool


class Package:
    """The parts of an Office file.

    Parameters
    ----------
    content : bytes
        The whole file.

    Raises
    ------
    RefusedDocument
        It cannot be unpacked within the limits, or holds macros, objects or links to elsewhere.
    """

    def __init__(self, content: bytes) -> None:
        self._zip = zipfile.ZipFile(io.BytesIO(content))
        self._infos = _check_entries(self._zip.infolist())
        self._left = MAX_UNPACKED_BYTES
        self._types = self._read_types()
        self._refuse_dangers()

    def read(self, name: str) -> bytes:
        """Return the bytes of a part; sizes are counted while unpacking, not believed.

        Raises
        ------
        KeyError
            There is no such part.
        RefusedDocument
            It is larger than it says.
        """
        info = self._infos[name.casefold()]
        with self._zip.open(info) as source:
            content = source.read(min(info.file_size, self._left) + 1)
        self._left -= len(content)
        if len(content) > info.file_size or self._left < 0:
            raise RefusedDocument("file-unpacked", f"> {MAX_UNPACKED_BYTES // 2**20} MB")
        return content

    def parse(self, name: str) -> ET.Element:
        """Return the XML tree of a part.

        Raises
        ------
        KeyError
            There is no such part.
        RefusedDocument
            It is no plain XML.
        """
        return parse_xml(self.read(name))

    def find_part(self, owner: str, kind: str) -> str | None:
        """Return the name of the first part to which another part relates in a certain way.

        Raises
        ------
        RefusedDocument
            The relations cannot be read.
        """
        return next((one.target for one in self.list_relations(owner).values() if one.kind == kind), None)

    def list_relations(self, owner: str) -> dict[str, Relation]:
        """Return the relations of a part by their ids; those of the package itself for ``owner`` "".

        Raises
        ------
        RefusedDocument
            They cannot be read.
        """
        folder, name = posixpath.split(owner)
        relations = posixpath.join(folder, "_rels", f"{name}.rels")
        if relations.casefold() not in self._infos:
            return {}
        found = {}
        for node in self.parse(relations):
            is_external = node.get("TargetMode", "").casefold() == "external"
            target = node.get("Target", "")
            if not is_external:
                target = posixpath.normpath(posixpath.join("/", folder, target)).lstrip("/")
            kind = node.get("Type", "").rpartition("/")[2].casefold()
            found[node.get("Id", "")] = Relation(kind, target, is_external)
        return found

    def find_main(self, word: str) -> str | None:
        """Return the name of the main part if its content type is that of a document of one program.

        Parameters
        ----------
        word : str
            ``spreadsheetml.sheet`` or ``wordprocessingml.document``.

        Raises
        ------
        RefusedDocument
            The relations cannot be read.
        """
        main = self.find_part("", "officedocument")
        if main is None or main.casefold() not in self._infos:
            return None
        return main if f"{word}.main+xml" in self._types.get(main.casefold(), "") else None

    def _read_types(self) -> dict[str, str]:
        if CONTENT_TYPES.casefold() not in self._infos:
            raise RefusedDocument("file-type")
        types: dict[str, str] = {}
        for node in self.parse(CONTENT_TYPES):
            content_type = node.get("ContentType", "").casefold()
            if any(word in content_type for word in _MACRO_WORDS):
                raise RefusedDocument("file-macro")
            if any(word in content_type for word in _OBJECT_WORDS):
                raise RefusedDocument("file-embedded", content_type.rpartition(".")[2])
            types[node.get("PartName", "").lstrip("/").casefold()] = content_type
        return types

    def _refuse_dangers(self) -> None:
        for name in self._infos:
            last = posixpath.basename(name)
            if any(word in last for word in _MACRO_WORDS) or "/macrosheets/" in name:
                raise RefusedDocument("file-macro")
            if "/embeddings/" in name or "/activex/" in name or any(word in last for word in _OBJECT_WORDS):
                raise RefusedDocument("file-embedded", last)
            if "/externallinks/" in name:
                raise RefusedDocument("file-linked", last)
        for relation in self._iter_relations():
            if relation.kind in _MACRO_RELATIONS:
                raise RefusedDocument("file-macro")
            if relation.kind in _OBJECT_RELATIONS:
                raise RefusedDocument("file-embedded", posixpath.basename(relation.target))
            # A hyperlink does nothing by itself.
            if relation.kind in _LINK_RELATIONS or (relation.is_external and relation.kind != "hyperlink"):
                raise RefusedDocument("file-linked", relation.target)

    def _iter_relations(self) -> Iterator[Relation]:
        for name in list(self._infos):
            folder, last = posixpath.split(name)
            if last.endswith(".rels") and posixpath.basename(folder) == "_rels":
                yield from self.list_relations(
                    posixpath.join(posixpath.dirname(folder), last[: -len(".rels")])
                ).values()


def _check_entries(infos: list[zipfile.ZipInfo]) -> dict[str, zipfile.ZipInfo]:
    if len(infos) > MAX_ENTRIES:
        raise RefusedDocument("file-unpacked", f"{len(infos)} > {MAX_ENTRIES}")
    if any(info.flag_bits & 0x1 for info in infos):
        raise RefusedDocument("file-password")
    total = sum(info.file_size for info in infos)
    if total > MAX_UNPACKED_BYTES:
        raise RefusedDocument("file-unpacked", f"{total / 2**20:.0f} MB")
    for info in infos:
        if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise RefusedDocument("file-damaged")
        if info.file_size > max(RATIO_FROM_BYTES, MAX_RATIO * info.compress_size):
            raise RefusedDocument("file-unpacked", f"{info.file_size / 2**20:.0f} MB")
    named = {info.filename.casefold(): info for info in infos}
    # Of two parts with one name each program takes another one.
    if len(named) != len(infos):
        raise RefusedDocument("file-damaged")
    return named


# The declaration is about the bytes; what is parsed is already text.
_DECLARATION = re.compile(r"<\?xml[^>]{0,200}\?>")


def parse_xml(content: bytes) -> ET.Element:
    """Return the tree of a small XML text without declarations of its own.

    Parameters
    ----------
    content : bytes
        UTF-8, or UTF-16 with a byte order mark.

    Returns
    -------
    Element

    Raises
    ------
    RefusedDocument
        ``file-damaged``: it is not well formed, has another encoding, or declares types or entities, which no Office
        program writes, or is nested too deeply; ``file-unpacked``: it has too many elements.
    """
    encoding = "utf-16" if content[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"
    try:
        text = content.decode(encoding)
    except UnicodeDecodeError:
        raise RefusedDocument("file-damaged") from None
    if "<!DOCTYPE" in text or "<!ENTITY" in text:
        raise RefusedDocument("file-damaged")
    if text.count("<") > MAX_TAGS or text.count("=") > MAX_ATTRIBUTES:
        raise RefusedDocument("file-unpacked", f"{len(text) / 2**20:.0f} MB")
    parser = ET.XMLParser()
    try:
        parser.feed(_DECLARATION.sub("", text, count=1) if text.startswith("<?xml") else text)
        root = parser.close()
    except (ET.ParseError, ValueError):
        raise RefusedDocument("file-damaged") from None
    _refuse_depth(root)
    return root


def _refuse_depth(root: ET.Element) -> None:
    level, depth = [root], 0
    while level:
        depth += 1
        if depth > MAX_DEPTH:
            raise RefusedDocument("file-damaged")
        level = [child for node in level for child in node]


def local_name(node: ET.Element) -> str:
    """Return an element's name without its namespace, which differs between the editions of the standard.

    Raises
    ------
    nothing
    """
    return node.tag.rpartition("}")[2]


def find_attribute(node: ET.Element, name: str) -> str | None:
    """Return an attribute by its name without namespace.

    Raises
    ------
    nothing
    """
    return next((value for key, value in node.attrib.items() if key.rpartition("}")[2] == name), None)
