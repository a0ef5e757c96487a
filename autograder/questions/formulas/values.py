"""What a cell can hold, how values turn into each other, and how two of them compare."""

from __future__ import annotations

import functools
import math
import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TypeAlias

from autograder.questions.numbers import parse_vietnamese_number

MAX_TEXT = 1000
MAX_NUMBER = 1e300
MAX_COLUMNS = 702
MAX_ROWS = 999

# Days are counted as spreadsheets do: 1 January 1900 is day 1, and 1900 has a 29 February that never was.
_EPOCH = date(1899, 12, 30)
_FIRST_DAY, _LAST_DAY = 61, (date(9999, 12, 31) - _EPOCH).days

_ADDRESS = re.compile(r"([A-Z]{1,2})([1-9][0-9]{0,2})")
_ISO_DATE = re.compile(r"([0-9]{4})-([0-9]{1,2})-([0-9]{1,2})")
_VIETNAMESE_DATE = re.compile(r"([0-9]{1,2})[/.-]([0-9]{1,2})[/.-]([0-9]{4})")

# column and row, from 0
Address: TypeAlias = tuple[int, int]


@dataclass(frozen=True)
class FormulaError:
    """A mistake as a value; it spreads through everything that reads it."""

    # as spreadsheets show it
    code: str
    # what it is, for the sentence that explains it
    problem: str
    # the name or sign concerned
    detail: str = ""


class Date(float):
    """A day number that is shown as a date."""


Value: TypeAlias = float | str | bool | FormulaError | None


class Failure(Exception):
    """Carries an error value out of a function of formulas; it never leaves this package."""

    def __init__(self, error: FormulaError) -> None:
        super().__init__(error.code)
        self.error = error


class Grid:
    """The values of a range.

    Attributes
    ----------
    height, width : int
        As written in the formula.
    rows : list of list
        Only as far as the sheet has content; what lies beyond is blank.
    """

    __slots__ = ("_cells", "_folded", "height", "rows", "width")

    def __init__(self, rows: list[list[Value]], height: int, width: int) -> None:
        self.rows, self.height, self.width = rows, height, width
        self._cells: list[Value] | None = None
        self._folded: list[Value] | None = None

    @property
    def cells(self) -> list[Value]:
        """Return the values row by row.

        Raises
        ------
        nothing
        """
        if self._cells is None:
            self._cells = [value for row in self.rows for value in row]
        return self._cells

    @property
    def folded(self) -> list[Value]:
        """Return the values with texts as they are compared.

        Raises
        ------
        nothing
        """
        if self._folded is None:
            self._folded = [fold_text(value) if isinstance(value, str) else value for value in self.cells]
        return self._folded

    @property
    def shape(self) -> tuple[int, int]:
        """Return height and width as written.

        Raises
        ------
        nothing
        """
        return self.height, self.width

    @property
    def is_single(self) -> bool:
        """Tell whether this is one cell.

        Raises
        ------
        nothing
        """
        return self.height == self.width == 1

    @property
    def single(self) -> Value:
        """Return the first value; None where the range lies beyond the content.

        Raises
        ------
        nothing
        """
        return self.rows[0][0] if self.rows and self.rows[0] else None


WRONG_TYPE = FormulaError("#VALUE!", "wrong-type")
RANGE_AS_VALUE = FormulaError("#VALUE!", "range-as-value")
SHAPES_DIFFER = FormulaError("#VALUE!", "shapes-differ")
DIVIDED_BY_ZERO = FormulaError("#DIV/0!", "divided-by-zero")
NOT_FOUND = FormulaError("#N/A", "not-found")
NUMBER_RANGE = FormulaError("#NUM!", "number-range")
OUTSIDE = FormulaError("#REF!", "outside")
CIRCULAR = FormulaError("#REF!", "circular")
TOO_MUCH = FormulaError("#NUM!", "too-much")


def format_address(address: Address) -> str:
    """Return an address as it is written: ``(4, 1)`` is E2.

    Raises
    ------
    nothing
    """
    return f"{format_column(address[0])}{address[1] + 1}"


def format_column(column: int) -> str:
    """Return a column's letters.

    Raises
    ------
    nothing
    """
    head, last = divmod(column, 26)
    return (chr(64 + head) if head else "") + chr(65 + last)


def parse_address(text: str) -> Address | None:
    """Return the address that a text names, or None.

    Raises
    ------
    nothing
    """
    found = _ADDRESS.fullmatch(text)
    return (parse_column(found[1]), int(found[2]) - 1) if found else None


def parse_column(letters: str) -> int:
    """Return a column's number from its capital letters.

    Raises
    ------
    nothing
    """
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number - 1


@functools.lru_cache(maxsize=4096)
def fold_text(text: str) -> str:
    """Return a text as texts are compared: composed letters, no difference of case.

    Raises
    ------
    nothing
    """
    return unicodedata.normalize("NFC", text).casefold()


def make_date(year: int, month: int, day: int) -> Date | None:
    """Return the day number of a date; months and days beyond their range run on, as in spreadsheets.

    Raises
    ------
    nothing
    """
    month_index = year * 12 + month - 1
    year, month = divmod(month_index, 12)
    if not 1900 <= year <= 9999 or abs(day) > 100_000:
        return None
    number = (date(year, month + 1, 1) - _EPOCH).days + day - 1
    return Date(number) if _FIRST_DAY <= number <= _LAST_DAY else None


def split_date(number: float) -> tuple[int, int, int] | None:
    """Return year, month and day of a day number, or None where it is none.

    Raises
    ------
    nothing
    """
    if not _FIRST_DAY <= number < _LAST_DAY + 1:
        return None
    day = _EPOCH + timedelta(days=math.floor(number))
    return day.year, day.month, day.day


def parse_date(text: str) -> Date | None:
    """Return the date that a text tells, the Vietnamese way (3/4/2026 is 3 April) or as 2026-04-03, or None.

    Raises
    ------
    nothing
    """
    if len(text) > 10:
        return None
    found = _VIETNAMESE_DATE.fullmatch(text)
    if found:
        return _check_date(int(found[3]), int(found[2]), int(found[1]))
    found = _ISO_DATE.fullmatch(text)
    return _check_date(int(found[1]), int(found[2]), int(found[3])) if found else None


def _check_date(year: int, month: int, day: int) -> Date | None:
    try:
        date(year, month, day)
    except ValueError:
        return None
    return make_date(year, month, day)


@functools.lru_cache(maxsize=4096)
def read_number(text: str) -> float | None:
    """Return the number, share or date that a text tells in Vietnamese notation, or None.

    Raises
    ------
    nothing
    """
    plain = text.strip()
    number = parse_vietnamese_number(plain, unit=None)
    if number is not None:
        return limit_number(float(number))
    if plain.endswith("%"):
        share = parse_vietnamese_number(plain[:-1], unit=None)
        return None if share is None else limit_number(float(share / 100))
    return parse_date(plain)


def limit_number(number: float) -> float | None:
    """Return a number if it is finite and not too large, else None.

    Raises
    ------
    nothing
    """
    return number if -MAX_NUMBER <= number <= MAX_NUMBER else None


def read_constant(value: object) -> Value:
    """Return what an author's cell holds: a text that is exactly ``2026-04-03`` is a date, other text stays text.

    Raises
    ------
    nothing
    """
    if value is None or value == "":
        return None
    if isinstance(value, bool):
        return value
    if isinstance(value, int | float):
        number = limit_number(float(value)) if abs(value) <= MAX_NUMBER else None
        return NUMBER_RANGE if number is None else number
    text = str(value)
    if _ISO_DATE.fullmatch(text):
        return parse_date(text) or text
    return text


def to_number(value: Value) -> float:
    """Return a value as a number: blank is 0, true is 1, text must tell a number.

    Raises
    ------
    Failure
    """
    if isinstance(value, float):
        return value
    if value is None:
        return 0.0
    if isinstance(value, bool):
        return float(value)
    if isinstance(value, str):
        number = read_number(value)
        if number is None:
            raise Failure(WRONG_TYPE)
        return number
    raise Failure(value)


def to_text(value: Value) -> str:
    """Return a value as text; numbers have a decimal comma.

    Raises
    ------
    Failure
    """
    if isinstance(value, FormulaError):
        raise Failure(value)
    return show_value(value)


def to_bool(value: Value) -> bool:
    """Return a value as true or false: 0 and blank are false.

    Raises
    ------
    Failure
    """
    if isinstance(value, bool):
        return value
    if isinstance(value, str):
        folded = fold_text(value)
        if folded in ("true", "false"):
            return folded == "true"
        raise Failure(WRONG_TYPE)
    return to_number(value) != 0


def show_value(value: Value, mark: str = ",") -> str:
    """Return a value as a cell shows it.

    Parameters
    ----------
    value : Value
    mark : str
        The decimal mark.

    Raises
    ------
    nothing
    """
    if value is None:
        return ""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, FormulaError):
        return value.code
    if isinstance(value, str):
        return value
    if isinstance(value, Date):
        parts = split_date(value)
        if parts:
            return f"{parts[2]:02d}/{parts[1]:02d}/{parts[0]}"
    # Ten digits hide what binary fractions add: 0.1 + 0.2 is shown as 0.3.
    text = f"{float(value):.10g}" if abs(value) < 1e6 else f"{float(value):.15g}"
    return ("0" if text == "-0" else text).replace(".", mark)


def compare_values(left: Value, right: Value) -> int:
    """Return −1, 0 or 1: numbers stand before text, text before false and true; blank equals 0, "" and false.

    Raises
    ------
    Failure
    """
    for value in (left, right):
        if isinstance(value, FormulaError):
            raise Failure(value)
    if left is None:
        left = _blank_like(right)
    if right is None:
        right = _blank_like(left)
    a, b = _rank(left), _rank(right)
    return (a > b) - (a < b)


def _blank_like(other: Value) -> Value:
    if isinstance(other, str):
        return ""
    return False if isinstance(other, bool) else 0.0


def _rank(value: Value) -> tuple[int, float, str]:
    if isinstance(value, bool):
        return 2, float(value), ""
    if isinstance(value, str):
        return 1, 0.0, fold_text(value)
    # Twelve digits: 0.1 + 0.2 equals 0.3, as in spreadsheets.
    return 0, float(f"{value:.12g}") if isinstance(value, float) else 0.0, ""


_CRITERION = re.compile(r"(<=|>=|<>|<|>|=)?(.*)", re.DOTALL)
Test: TypeAlias = Callable[[Value], bool]


class Criterion:
    """One condition of SUMIFS and its relatives: ``5``, ``">=5"``, ``"Khoa*"``, ``"<>"``."""

    def __init__(self, value: Value) -> None:
        # what four cells cost to test; more for numbers told by texts, most for wildcards, which walk the text
        self.cost = 4
        self._equal: str | None = None
        self._test = self._make_test(value)

    def select(self, grid: Grid) -> list[bool]:
        """Tell for each cell whether it meets the condition.

        Raises
        ------
        nothing
        """
        if self._equal is not None:
            wanted = self._equal
            return [value == wanted for value in grid.folded]
        return [self._test(value) for value in grid.folded]

    def matches(self, value: Value) -> bool:
        """Tell whether one value meets the condition.

        Raises
        ------
        nothing
        """
        return self._test(fold_text(value) if isinstance(value, str) else value)

    def _make_test(self, value: Value) -> Test:
        if isinstance(value, FormulaError):
            raise Failure(value)
        if isinstance(value, bool):
            return lambda cell: cell is value
        if not isinstance(value, str):
            return self._make_number_test("=", 0.0 if value is None else value)
        found = _CRITERION.fullmatch(value)
        sign, rest = (found[1] or "=", found[2]) if found else ("=", value)
        number = read_number(rest)
        if number is not None:
            return self._make_number_test(sign, number)
        return self._make_text_test(sign, fold_text(rest))

    @staticmethod
    def _make_number_test(sign: str, number: float) -> Test:
        # Counting functions take a text that tells the number for the number.
        def equal(cell: Value) -> bool:
            if isinstance(cell, str):
                return read_number(cell) == number
            return isinstance(cell, float) and cell == number

        tests: dict[str, Test] = {
            "=": equal,
            "<>": lambda cell: not equal(cell),
            "<": lambda cell: isinstance(cell, float) and cell < number,
            "<=": lambda cell: isinstance(cell, float) and cell <= number,
            ">": lambda cell: isinstance(cell, float) and cell > number,
            ">=": lambda cell: isinstance(cell, float) and cell >= number,
        }
        return tests[sign]

    def _make_text_test(self, sign: str, text: str) -> Test:
        if sign in ("=", "<>"):
            same = self._make_equal_test(text)
            if sign == "=":
                return same
            self._equal = None
            return lambda cell: not same(cell)
        tests: dict[str, Test] = {
            "<": lambda cell: isinstance(cell, str) and cell < text,
            "<=": lambda cell: isinstance(cell, str) and cell <= text,
            ">": lambda cell: isinstance(cell, str) and cell > text,
            ">=": lambda cell: isinstance(cell, str) and cell >= text,
        }
        return tests[sign]

    def _make_equal_test(self, text: str) -> Test:
        if text == "":
            return lambda cell: cell is None or cell == ""
        if text in ("true", "false"):
            return lambda cell: cell is (text == "true") or cell == text
        if "*" not in text and "?" not in text:
            self._equal, self.cost = text, 1
            return lambda cell: cell == text
        self.cost = weigh_wildcard(text)
        match = make_wildcard_test(text)
        return lambda cell: isinstance(cell, str) and match(cell)


def weigh_wildcard(pattern: str) -> int:
    """Return what four cells cost to test against a pattern.

    Raises
    ------
    nothing
    """
    return 8 * (1 + len(pattern) // 4)


def make_wildcard_test(pattern: str) -> Callable[[str], bool]:
    """Return a test for texts against a pattern with ``*`` and ``?``.

    The pieces between stars are found from left to right, each at its first place: nothing is ever tried again.

    Raises
    ------
    nothing
    """
    head, *middle = [_make_piece(piece) for piece in re.split(r"\*+", pattern)]
    if not middle:
        return lambda text: bool(head.fullmatch(text))
    tail_text = re.split(r"\*+", pattern)[-1]
    tail = middle.pop()

    def test(text: str) -> bool:
        found = head.match(text)
        if not found:
            return False
        end = len(text) - len(tail_text)
        place = found.end()
        for piece in middle:
            found = piece.search(text, place, max(end, place))
            if not found:
                return False
            place = found.end()
        return place <= end and bool(tail.fullmatch(text, end))

    return test


def _make_piece(piece: str) -> re.Pattern[str]:
    return re.compile("".join("." if sign == "?" else re.escape(sign) for sign in piece), re.DOTALL)
