"""Numbers as they are written in Vietnam."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograder.questions.numbers import parse_vietnamese_number


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("1.234,5", "1234.5"),
        ("1 234,5", "1234.5"),
        ("1\u00a0234,5", "1234.5"),
        ("1\u202f234\u202f567", "1234567"),
        ("1.234", "1234"),
        ("12.345.678", "12345678"),
        ("55", "55"),
        ("55 %", "55"),
        ("55%", "55"),
        ("55,0", "55.0"),
        (" 55,0\u00a0% ", "55.0"),
        ("0,55", "0.55"),
        ("0.55", "0.55"),
        ("0.123", "0.123"),
        ("12.5", "12.5"),
        ("1.2345", "1.2345"),
        ("1234.567", "1234.567"),
        ("−3", "-3"),
        ("- 3,5", "-3.5"),
        ("–3", "-3"),
        ("+3", "3"),
        ("007", "7"),
    ],
)
def test_number_is_read_as_meant(typed: str, meant: str) -> None:
    """Comma is decimal, dot and space group thousands, a dot that cannot group is decimal."""
    assert parse_vietnamese_number(typed) == Decimal(meant)


@pytest.mark.parametrize(
    "typed",
    [
        "", " ", "%", "-", "abc", "1,2,3", "1.23.456", "1,234.5", "12 34", "1.234 567", "1e5", "0x10", "nan", "inf",
        "Infinity", "٣", "１２", "3²", "½", "1_000", "--3", "+-3", "1,", ",5", "5 người", "1" * 41, "1\n2", "\x00",
    ],
)  # fmt: skip
def test_text_that_is_no_number_is_none(typed: str) -> None:
    """Nothing is guessed, and nothing but ASCII digits counts."""
    assert parse_vietnamese_number(typed) is None


def test_only_the_questions_own_unit_is_ignored() -> None:
    """ "396 người" is a number where the unit is người, "55 %" is none where there is no unit."""
    assert parse_vietnamese_number("396 Người", unit="người") == 396
    assert parse_vietnamese_number("55 %", unit="người") is None
    assert parse_vietnamese_number("55 %", unit=None) is None


@given(st.text(max_size=60) | st.none() | st.integers() | st.binary(max_size=5))
def test_any_text_gives_a_finite_number_or_none(typed: Any) -> None:
    """No text raises, and NaN or infinity never come out."""
    number = parse_vietnamese_number(typed)
    assert number is None or number.is_finite()


@given(st.integers(-(10**12), 10**12), st.integers(0, 999))
def test_vietnamese_formatting_is_read_back(whole: int, thousandths: int) -> None:
    """What a program writes in Vietnamese notation is read as the same number."""
    text = f"{whole:,}".replace(",", ".") + f",{thousandths:03d}"
    sign = -1 if whole < 0 else 1
    assert parse_vietnamese_number(text) == Decimal(whole) + sign * Decimal(thousandths) / 1000
