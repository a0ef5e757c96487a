"""From the text of a formula to a tree: tokens, then operators by their rank."""

from __future__ import annotations

import difflib
import functools
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from autograder.questions.formulas.functions import FUNCTIONS
from autograder.questions.formulas.nodes import Binary, Call, Constant, Node, Percent, Range, Reference, Sign
from autograder.questions.formulas.values import (
    MAX_COLUMNS,
    MAX_NUMBER,
    MAX_ROWS,
    FormulaError,
    Value,
    format_column,
    parse_column,
)

MAX_CHARACTERS = 300
MAX_DEPTH = 30

Kind = Literal["number", "text", "cell", "columns", "name", "open", "close", "separator", "sign", "range"]

_SPACE = re.compile(r"[\s\u00a0\u202f]+")
# Word processors turn straight quotes into curly ones.
_TEXT = re.compile(r'"((?:[^"]|"")*)"|\u201c([^\u201d]*)\u201d')
_NUMBER = re.compile(r"[0-9]+(?:\.[0-9]+)?(?:[eE][+-]?[0-9]{1,3})?|\.[0-9]+")
_NUMBER_WITH_COMMA = re.compile(r"[0-9]+(?:[.,][0-9]+)?(?:[eE][+-]?[0-9]{1,3})?|[.,][0-9]+")
_CELL = re.compile(r"(\$?)([A-Za-z]{1,2})(\$?)([1-9][0-9]{0,2})(?![A-Za-z0-9_.(])")
_COLUMNS = re.compile(r"(\$?)([A-Za-z]{1,2}):(\$?)([A-Za-z]{1,2})(?![A-Za-z0-9_.($])")
_NAME = re.compile(r"[^\W\d][\w.]*")
_SIGN = re.compile(r"<=|>=|<>|[-+*/^&=<>%]")
_PUNCTUATION: dict[str, Kind] = {"(": "open", ")": "close", ";": "separator", ":": "range"}
_MINUS = str.maketrans("\u2212\u2013", "--")


class _Refusal(Exception):
    def __init__(self, problem: str, detail: str = "", code: str = "#ERROR!") -> None:
        super().__init__(problem)
        self.error = FormulaError(code, problem, detail)


@dataclass(frozen=True)
class Token:
    """One piece of a formula."""

    kind: Kind
    text: str
    start: int


@dataclass(frozen=True)
class Formula:
    """A formula that can be evaluated."""

    text: str
    node: Node


def is_formula(text: str) -> bool:
    """Tell whether what stands in a cell begins as a formula does.

    Raises
    ------
    nothing
    """
    return text.lstrip().startswith("=")


@functools.lru_cache(maxsize=1024)
def read_formula(text: str) -> Formula | FormulaError:
    """Return a formula as a tree.

    Parameters
    ----------
    text : str
        ``=SUMIFS(C2:C9;A2:A9;"Khoa A")``: English function names, ``;`` between arguments, decimal comma.  A formula
        without any ``;`` may separate arguments with commas: inside the brackets of functions of several arguments,
        where numbers then have a decimal point.

    Returns
    -------
    Formula or FormulaError
        ``#NAME?`` for an unknown name, ``#ERROR!`` for what cannot be read.

    Raises
    ------
    nothing
    """
    if len(text) > MAX_CHARACTERS:
        return FormulaError("#ERROR!", "too-long", str(MAX_CHARACTERS))
    try:
        return Formula(text, _Parser(list(iter_tokens(text.strip()[1:]))).parse())
    except _Refusal as refusal:
        return refusal.error


def iter_tokens(text: str) -> Iterator[Token]:
    """Yield the pieces of a formula, without its ``=``.

    Raises
    ------
    _Refusal
        Kept inside this package.
    """
    text = text.translate(_MINUS)
    has_semicolon = ";" in _TEXT.sub("", text)
    # for each open bracket, whether it belongs to a function of several arguments
    brackets: list[bool] = []
    place, before = 0, Token("sign", "", 0)
    while place < len(text):
        space = _SPACE.match(text, place)
        if space:
            place = space.end()
            continue
        comma_separates = not has_semicolon and bool(brackets) and brackets[-1]
        token = _match_token(text, place, comma_separates)
        if token.kind == "open":
            brackets.append(before.kind == "name" and _takes_several(before.text))
        elif token.kind == "close" and brackets:
            brackets.pop()
        yield token
        before = token
        place += len(token.text)


def _takes_several(name: str) -> bool:
    function = FUNCTIONS.get(name.upper())
    return function is None or function.most > 1


def _match_token(text: str, place: int, comma_separates: bool) -> Token:
    patterns: tuple[tuple[Kind, re.Pattern[str]], ...] = (
        ("text", _TEXT),
        ("columns", _COLUMNS),
        ("cell", _CELL),
        ("number", _NUMBER if comma_separates else _NUMBER_WITH_COMMA),
        ("name", _NAME),
        ("sign", _SIGN),
    )
    for kind, pattern in patterns:
        found = pattern.match(text, place)
        if found:
            return Token(kind, found[0], place)
    sign = text[place]
    if sign in _PUNCTUATION:
        return Token(_PUNCTUATION[sign], sign, place)
    if sign == "," and comma_separates:
        return Token("separator", sign, place)
    if sign in '"\u201c\u201d':
        raise _Refusal("quote")
    raise _Refusal("sign", sign)


_RANKS = (("=", "<>", "<", "<=", ">", ">="), ("&",), ("+", "-"), ("*", "/"), ("^",))


class _Parser:
    """Recursive descent over the tokens; brackets nest at most 30 deep."""

    def __init__(self, tokens: list[Token]) -> None:
        self.tokens, self.place, self.depth = tokens, 0, 0

    def parse(self) -> Node:
        if not self.tokens:
            raise _Refusal("empty")
        node = self._parse_rank(0)
        token = self._peek()
        if token is not None:
            if token.kind == "close":
                raise _Refusal("bracket-closed")
            raise _Refusal("unexpected", token.text)
        return node

    def _peek(self) -> Token | None:
        return self.tokens[self.place] if self.place < len(self.tokens) else None

    def _take(self, kind: Kind) -> bool:
        token = self._peek()
        if token is not None and token.kind == kind:
            self.place += 1
            return True
        return False

    def _parse_rank(self, rank: int) -> Node:
        if rank == len(_RANKS):
            return self._parse_sign()
        node = self._parse_rank(rank + 1)
        while (token := self._peek()) is not None and token.kind == "sign" and token.text in _RANKS[rank]:
            self.place += 1
            node = Binary(token.text, node, self._parse_rank(rank + 1))
        return node

    def _parse_sign(self) -> Node:
        negative = signed = False
        while (token := self._peek()) is not None and token.kind == "sign" and token.text in "+-":
            negative ^= token.text == "-"
            signed = True
            self.place += 1
        node = self._parse_operand()
        while (token := self._peek()) is not None and token.kind == "sign" and token.text == "%":
            self.place += 1
            node = Percent(node)
        return Sign(node, negative) if signed else node

    def _parse_operand(self) -> Node:
        token = self._peek()
        if token is None:
            raise _Refusal("unfinished")
        self.place += 1
        if token.kind == "number":
            return Constant(_read_number(token.text))
        if token.kind == "text":
            return Constant(_read_text(token.text))
        if token.kind == "cell":
            return self._parse_range(_read_cell(token.text))
        if token.kind == "columns":
            return _read_columns(token.text)
        if token.kind == "name":
            return self._parse_name(token)
        if token.kind == "open":
            return self._parse_bracket()
        raise _Refusal("unexpected", token.text)

    def _parse_range(self, first: Reference) -> Node:
        if not self._take("range"):
            return first
        token = self._peek()
        if token is None or token.kind != "cell":
            raise _Refusal("range")
        self.place += 1
        return Range(first, _read_cell(token.text))

    def _parse_bracket(self) -> Node:
        self._go_deeper()
        node = self._parse_rank(0)
        self._close()
        return node

    def _go_deeper(self) -> None:
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise _Refusal("too-deep", str(MAX_DEPTH))

    def _close(self) -> None:
        token = self._peek()
        if token is not None and token.kind != "close":
            raise _Refusal("unexpected", token.text)
        if not self._take("close"):
            raise _Refusal("bracket-open")
        self.depth -= 1

    def _parse_name(self, token: Token) -> Node:
        name = token.text.upper()
        if not self._take("open"):
            if name in ("TRUE", "FALSE"):
                return Constant(name == "TRUE")
            raise _Refusal("function-without-bracket" if name in FUNCTIONS else "name", token.text[:40], "#NAME?")
        function = FUNCTIONS.get(name)
        if function is None:
            near = next(iter(difflib.get_close_matches(name, FUNCTIONS, n=1)), "")
            raise _Refusal("function-near" if near else "function", near or name[:40], "#NAME?")
        arguments = self._parse_arguments()
        if not function.least <= len(arguments) <= function.most:
            raise _Refusal("few-arguments" if len(arguments) < function.least else "many-arguments", name)
        return Call(function, tuple(arguments))

    def _parse_arguments(self) -> list[Node]:
        self._go_deeper()
        arguments: list[Node] = []
        if self._take("close"):
            self.depth -= 1
            return arguments
        while True:
            token = self._peek()
            left_out = token is not None and token.kind in ("separator", "close")
            arguments.append(Constant(None) if left_out else self._parse_rank(0))
            if not self._take("separator"):
                break
        self._close()
        return arguments


def _read_number(text: str) -> Value:
    number = float(text.replace(",", "."))
    return number if number <= MAX_NUMBER else FormulaError("#NUM!", "number-range")


def _read_text(text: str) -> str:
    return text[1:-1].replace('""', '"') if text.startswith('"') else text[1:-1]


def _read_cell(text: str) -> Reference:
    found = _CELL.match(text)
    if found is None:
        raise _Refusal("unexpected", text)
    return Reference(parse_column(found[2].upper()), int(found[4]) - 1, bool(found[1]), bool(found[3]))


def _read_columns(text: str) -> Range:
    found = _COLUMNS.match(text)
    if found is None:
        raise _Refusal("unexpected", text)
    first = Reference(parse_column(found[2].upper()), 0, bool(found[1]), True)
    last = Reference(parse_column(found[4].upper()), MAX_ROWS - 1, bool(found[3]), True)
    return Range(first, last)


def shift_references(text: str, columns: int, rows: int) -> str:
    """Return a formula as it stands after being filled: relative references moved, the rest as typed.

    Parameters
    ----------
    text : str
        A formula that can be read.
    columns, rows : int
        How far it is filled.

    Raises
    ------
    nothing
    """
    head, equals, body = text.partition("=")
    pieces, end = [head, equals], 0
    try:
        for token in iter_tokens(body):
            if token.kind in ("cell", "columns"):
                pieces += [body[end : token.start], _shift(token, columns, rows)]
                end = token.start + len(token.text)
    except _Refusal:
        return text
    return "".join([*pieces, body[end:]])


def _shift(token: Token, columns: int, rows: int) -> str:
    if token.kind == "columns":
        return ":".join(
            f"{mark}{_move_column(letters, 0 if mark else columns)}"
            for mark, letters in (_split_column(half) for half in token.text.split(":"))
        )
    found = _CELL.match(token.text)
    if found is None:
        return token.text
    column = _move_column(found[2], 0 if found[1] else columns)
    row = int(found[4]) + (0 if found[3] else rows)
    return f"{found[1]}{column}{found[3]}{row}" if column and 1 <= row <= MAX_ROWS else "#REF!"


def _split_column(text: str) -> tuple[str, str]:
    return ("$", text[1:]) if text.startswith("$") else ("", text)


def _move_column(letters: str, columns: int) -> str:
    column = parse_column(letters.upper()) + columns
    return format_column(column) if 0 <= column < MAX_COLUMNS else ""
