"""Sorting names as Vietnamese readers expect: by letter (a ă â b … d đ e ê …), tones last."""

from __future__ import annotations

import unicodedata

_LETTERS = "aăâbcdđeêfghijklmnoôơpqrstuưvwxyz"
_RANK = {letter: rank for rank, letter in enumerate(_LETTERS, start=100)}
# The order of tones in Vietnamese dictionaries: ngang, huyền, hỏi, ngã, sắc, nặng.
_TONES = {"\u0300": 1, "\u0309": 2, "\u0303": 3, "\u0301": 4, "\u0323": 5}


def vietnamese_sort_key(text: str) -> tuple[tuple[int, ...], tuple[int, ...], str]:
    """Return a key that sorts by letters first and by tones only among equals.

    Parameters
    ----------
    text : str
        Any text, composed or decomposed.

    Returns
    -------
    tuple
        Comparable with the keys of other texts.

    Raises
    ------
    nothing
    """
    letters: list[int] = []
    tones: list[int] = []
    for character in unicodedata.normalize("NFC", text).casefold():
        decomposed = unicodedata.normalize("NFD", character)
        tone = next((_TONES[mark] for mark in decomposed if mark in _TONES), 0)
        bare = unicodedata.normalize("NFC", "".join(mark for mark in decomposed if mark not in _TONES))
        letters.append(_RANK.get(bare, min(ord(bare[0]), 99) if bare and ord(bare[0]) < 128 else 1000))
        tones.append(tone)
    return tuple(letters), tuple(tones), text


def vietnamese_name_key(name: str) -> tuple[tuple[tuple[int, ...], tuple[int, ...], str], ...]:
    """Return a key for a person's full name: given name (the last word) first, then the words before it.

    Raises
    ------
    nothing
    """
    words = name.split() or [""]
    return tuple(vietnamese_sort_key(part) for part in (words[-1], " ".join(words[:-1])))
