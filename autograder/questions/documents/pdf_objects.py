"""The objects of a PDF file, read with limits; nothing in it is run, followed or fetched.

Objects are found by looking for them, not by the file's own table of places, so that a damaged or lying table changes
nothing.  Of two objects with one number the later one counts, as it does after a change was saved.
"""

from __future__ import annotations

import base64
import binascii
import bisect
import re
import zlib
from dataclasses import dataclass
from typing import Any

from autograder.questions.documents.refusal import RefusedDocument

MAX_OBJECTS = 60_000
MAX_UNPACKED_BYTES = 20 * 2**20
MAX_STREAM_BYTES = 8 * 2**20
MAX_DEPTH = 40
# Tokens in all objects and pages together: what the reader is willing to look at.
MAX_TOKENS = 200_000

_OBJECT = re.compile(rb"(?<![0-9])([0-9]{1,9})[\0\t\n\f\r ]{1,20}([0-9]{1,5})[\0\t\n\f\r ]{1,20}obj(?![a-zA-Z])")
_PACKED_OBJECTS = re.compile(rb"/ObjStm(?![A-Za-z0-9])")
_STREAM = re.compile(rb"[\0\t\n\f\r ]{0,20}stream(?:\r\n|\n|\r)?")
_TOKEN = re.compile(
    rb"(?:[\0\t\n\f\r ]+|%[^\r\n]*)*"
    rb"(?:\((?P<plain>[^()\\]*)\)|(?P<number>[+-]{0,2}(?:[0-9]+\.?[0-9]*|\.[0-9]+))"
    rb"|/(?P<name>[^\0\t\n\f\r ()<>\[\]{}/%]*)|(?P<word>[^\0\t\n\f\r ()<>\[\]{}/%]+)"
    rb"|(?P<dict><<)|(?P<end>>>)|<(?P<hex>[0-9A-Fa-f\0\t\n\f\r ]*)>|(?P<open>\[)|(?P<close>\])"
    rb"|(?P<text>\()|(?P<other>.))",
    re.DOTALL,
)
_REFERENCE = re.compile(rb"[\0\t\n\f\r ]{1,20}([0-9]{1,5})[\0\t\n\f\r ]{1,20}R(?![a-zA-Z])")
_ESCAPED_NAME = re.compile(rb"#([0-9A-Fa-f]{2})")
_TEXT_PIECE = re.compile(rb"[^()\\]+|\\[0-7]{1,3}|\\\r\n|\\.|[()]", re.DOTALL)
_ESCAPES = {b"n": b"\n", b"r": b"\r", b"t": b"\t", b"b": b"\b", b"f": b"\f", b"\n": b"", b"\r": b"", b"\r\n": b""}


class Name(str):
    """A name such as /Type, without the slash."""

    __slots__ = ()


class Word(str):
    """An operator or keyword."""

    __slots__ = ()


@dataclass(frozen=True)
class Reference:
    """Where an object stands: its number."""

    number: int


@dataclass(frozen=True)
class Stream:
    """An object with bytes, still packed."""

    facts: dict[str, Any]
    packed: bytes


class Budget:
    """What may still be spent on one file."""

    def __init__(self) -> None:
        self.tokens = MAX_TOKENS
        self.bytes = MAX_UNPACKED_BYTES

    def spend_token(self) -> None:
        """Count one token.

        Raises
        ------
        RefusedDocument
            There were too many.
        """
        self.tokens -= 1
        if self.tokens < 0:
            raise self.refuse()

    def refuse(self) -> RefusedDocument:
        """Return the refusal of a file on which more would have to be spent.

        Raises
        ------
        nothing
        """
        return RefusedDocument("file-unpacked", f"> {MAX_TOKENS}")


class Parser:
    """Reads one value after the other from bytes.

    Parameters
    ----------
    content : bytes
    start : int
    budget : Budget
    has_references : bool
        Whether ``5 0 R`` leads to an object, as it does everywhere but in drawings.
    """

    def __init__(self, content: bytes, start: int, budget: Budget, *, has_references: bool = True) -> None:
        self.content, self.place, self._budget, self._has_references = content, start, budget, has_references

    def read_value(self, depth: int = 0) -> Any:
        """Return the next value: None at the end, a ``Word`` for an operator or keyword.

        Raises
        ------
        RefusedDocument
            It is nested too deeply, or the budget is spent.
        """
        budget = self._budget
        budget.tokens -= 1
        if budget.tokens < 0:
            raise budget.refuse()
        token = _TOKEN.match(self.content, self.place)
        if token is None:
            return None
        self.place = token.end()
        kind = token.lastgroup
        if kind == "plain":
            return token["plain"]
        if kind == "number":
            return self._read_number(token["number"])
        if kind == "name":
            return Name(_ESCAPED_NAME.sub(_unescape, token["name"]).decode("latin-1"))
        if kind == "hex":
            return _read_hex(token["hex"])
        if depth > MAX_DEPTH:
            raise RefusedDocument("file-damaged")
        if kind == "open":
            return self._read_list(depth)
        if kind == "dict":
            return self._read_dict(depth)
        return self._read_text() if kind == "text" else Word(token[kind or 0].decode("latin-1"))

    def _read_number(self, text: bytes) -> Any:
        if self._has_references and len(text) < 10 and text.isdigit():
            reference = _REFERENCE.match(self.content, self.place)
            if reference is not None:
                self.place = reference.end()
                return Reference(int(text))
        try:
            return float(text[:40])
        except ValueError:
            return 0.0

    def _read_text(self) -> bytes:
        pieces: list[bytes] = []
        depth = 1
        while piece := _TEXT_PIECE.match(self.content, self.place):
            self._budget.spend_token()
            self.place = piece.end()
            text = piece[0]
            if text == b"(":
                depth += 1
            elif text == b")":
                depth -= 1
                if depth == 0:
                    break
            elif text[:1] == b"\\":
                text = _read_escape(text[1:])
            pieces.append(text)
        return b"".join(pieces)

    def _read_list(self, depth: int) -> list[Any]:
        values: list[Any] = []
        while True:
            value = self.read_value(depth + 1)
            if value is None or (isinstance(value, Word) and value in ("]", ">>", "endobj", "endstream")):
                return values
            values.append(value)

    def _read_dict(self, depth: int) -> dict[str, Any]:
        facts: dict[str, Any] = {}
        while True:
            name = self.read_value(depth + 1)
            if name is None or (isinstance(name, Word) and name in (">>", "endobj", "endstream", "stream")):
                return facts
            if not isinstance(name, Name):
                continue
            value = self.read_value(depth + 1)
            if isinstance(value, Word) and value == ">>":
                return facts
            facts[str(name)] = value


def _unescape(match: re.Match[bytes]) -> bytes:
    return bytes([int(match[1], 16)])


def _read_escape(text: bytes) -> bytes:
    if text[:1].isdigit() and text[:1] < b"8":
        return bytes([int(text, 8) & 0xFF])
    return _ESCAPES.get(text, text)


def _read_hex(text: bytes) -> bytes:
    digits = bytes(text).translate(None, b"\0\t\n\f\r ")
    return binascii.unhexlify(digits + b"0" * (len(digits) % 2))


class PdfObjects:
    """All objects of a file by number, read when they are asked for.

    Parameters
    ----------
    content : bytes
        The whole file.

    Raises
    ------
    RefusedDocument
        It has too many objects.
    """

    def __init__(self, content: bytes) -> None:
        self.content = content
        self.budget = Budget()
        # number → (where its bytes are, where in them, how late in the file it is written)
        self._places: dict[int, tuple[bytes, int, int]] = {}
        self._starts: list[int] = []
        self._read: dict[int, Any] = {}
        for match in _OBJECT.finditer(content):
            self._add(int(match[1]), content, match.end(), match.end())
            self._starts.append(match.end())

    @property
    def numbers(self) -> tuple[int, ...]:
        """Return the numbers of all objects.

        Raises
        ------
        nothing
        """
        return tuple(self._places)

    def open_packed_objects(self) -> list[bytes]:
        """Find the objects that stand in streams of objects; return what was unpacked, older versions too.

        Raises
        ------
        RefusedDocument
            Such a stream cannot be unpacked.
        """
        unpacked = []
        for match in _PACKED_OBJECTS.finditer(self.content):
            index = bisect.bisect_right(self._starts, match.start()) - 1
            stream = self._read_object(self.content, self._starts[index]) if index >= 0 else None
            inner = self.unpack(stream) if isinstance(stream, Stream) else None
            if inner is None or not isinstance(stream, Stream):
                raise RefusedDocument("file-damaged")
            unpacked.append(inner)
            self._add_packed(inner, stream.facts, match.start())
        return unpacked

    def resolve(self, value: Any) -> Any:
        """Return what a reference leads to; anything else as it is.

        Raises
        ------
        RefusedDocument
            The budget is spent.
        """
        for _step in range(8):
            if not isinstance(value, Reference):
                return value
            value = self._find(value.number)
        return None

    def find_dict(self, value: Any) -> dict[str, Any]:
        """Return the dictionary that a value is or leads to; an empty one where it is none.

        Raises
        ------
        RefusedDocument
            The budget is spent.
        """
        found = self.resolve(value)
        if isinstance(found, Stream):
            return found.facts
        return found if isinstance(found, dict) else {}

    def unpack(self, stream: Stream) -> bytes | None:
        """Return the bytes of a stream; None where it is packed in a way that text is not.

        Raises
        ------
        RefusedDocument
            Unpacked it is too large.
        """
        filters = self.resolve(stream.facts.get("Filter"))
        names = filters if isinstance(filters, list) else [] if filters is None else [filters]
        content: bytes | None = stream.packed
        for name in names[:4]:
            content = self._unpack_once(content or b"", self.resolve(name))
            if content is None:
                return None
        if "Predictor" in self.find_dict(_first(self.resolve(stream.facts.get("DecodeParms")))):
            return None
        return content

    def _unpack_once(self, content: bytes, name: Any) -> bytes | None:
        if name in ("FlateDecode", "Fl"):
            unpacker = zlib.decompressobj()
            limit = min(MAX_STREAM_BYTES, self.budget.bytes)
            try:
                found = unpacker.decompress(content, limit + 1)
            except zlib.error:
                return None
            if len(found) > limit:
                raise RefusedDocument("file-unpacked", f"> {limit // 2**20} MB")
            self.budget.bytes -= len(found)
            return found
        if name in ("ASCII85Decode", "A85"):
            try:
                return base64.a85decode(content.strip().removesuffix(b"~>").removeprefix(b"<~"))
            except ValueError:
                return None
        if name in ("ASCIIHexDecode", "AHx"):
            digits = re.sub(rb"[^0-9A-Fa-f]", b"", content)
            return binascii.unhexlify(digits + b"0" * (len(digits) % 2))
        return None

    def _find(self, number: int) -> Any:
        if number not in self._read:
            content, place, _order = self._places.get(number, (b"", 0, 0))
            # An object that leads to itself while it is read is nothing.
            self._read[number] = None
            self._read[number] = self._read_object(content, place)
        return self._read[number]

    def _read_object(self, content: bytes, place: int) -> Any:
        parser = Parser(content, place, self.budget)
        value = parser.read_value()
        if not isinstance(value, dict):
            return None if isinstance(value, Word) else value
        head = _STREAM.match(content, parser.place)
        if head is None:
            return value
        length = self.resolve(value.get("Length"))
        end = head.end() + int(length) if isinstance(length, float) and 0 <= length < len(content) else -1
        if end < 0 or b"endstream" not in content[end : end + 20]:
            end = content.find(b"endstream", head.end())
        return Stream(value, content[head.end() : end if end >= 0 else len(content)])

    def _add_packed(self, inner: bytes, facts: dict[str, Any], order: int) -> None:
        first, count = self.resolve(facts.get("First")), self.resolve(facts.get("N"))
        if not (isinstance(first, float) and isinstance(count, float)):
            raise RefusedDocument("file-damaged")
        head = Parser(inner, 0, self.budget)
        for _number in range(int(min(max(count, 0.0), MAX_OBJECTS))):
            number, offset = head.read_value(), head.read_value()
            if not (isinstance(number, float) and isinstance(offset, float)):
                return
            self._add(int(number), inner, int(first + offset), order)

    def _add(self, number: int, content: bytes, place: int, order: int) -> None:
        if len(self._places) >= MAX_OBJECTS:
            raise RefusedDocument("file-unpacked", f"> {MAX_OBJECTS}")
        if number not in self._places or self._places[number][2] <= order:
            self._places[number] = content, place, order


def _first(value: Any) -> Any:
    return value[0] if isinstance(value, list) and value else value
