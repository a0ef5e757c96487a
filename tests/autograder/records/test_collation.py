"""Vietnamese order of letters and names."""

from __future__ import annotations

import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from autograder.records.collation import vietnamese_name_key, vietnamese_sort_key


def test_letters_come_before_tones() -> None:
    """Đ stands after D, Ă and Â after A; a tone decides only among equal letters."""
    words = ["đa", "da", "dạ", "dà", "ẩm", "an", "ăn", "ân", "ước", "uy"]
    expected = ["an", "ăn", "ẩm", "ân", "da", "dà", "dạ", "đa", "uy", "ước"]
    assert sorted(words, key=vietnamese_sort_key) == expected


def test_people_are_sorted_by_their_given_name() -> None:
    """The last word of a name comes first in the order."""
    names = ["Trần Mẫu Yến", "Nguyễn Mẫu An", "Lê Mẫu Ánh", "Phạm Mẫu An"]
    expected = ["Nguyễn Mẫu An", "Phạm Mẫu An", "Lê Mẫu Ánh", "Trần Mẫu Yến"]
    assert sorted(names, key=vietnamese_name_key) == expected


@given(st.text(max_size=30))
def test_composed_and_decomposed_text_sort_alike(text: str) -> None:
    """NFC and NFD of the same text have the same key but for the text itself."""
    composed, decomposed = (unicodedata.normalize(form, text) for form in ("NFC", "NFD"))
    assert vietnamese_sort_key(composed)[:2] == vietnamese_sort_key(decomposed)[:2]
