"""What a person types, made comparable: composed Unicode, one case, single spaces, one way of placing tone marks."""

from __future__ import annotations

import functools
import re
import unicodedata
from collections.abc import Iterable
from typing import Any

import re2

MAX_CHARACTERS = 200
# A composed Vietnamese letter has at most three code points when decomposed.
_MAX_RAW = 4 * MAX_CHARACTERS
# Neither seen nor typed on purpose: zero-width characters, soft hyphen, byte order mark.
_UNSEEN = re.compile("[\u00ad\u200b\u200c\u200d\u2060\ufeff]")
# "hóa" and "hoá", "thủy" and "thuỷ" are the same word.
_TONES = {
    old + second: first + new
    for first, second, olds, news in (
        ("o", "a", "óòỏõọ", "áàảãạ"),
        ("o", "e", "óòỏõọ", "éèẻẽẹ"),
        ("u", "y", "úùủũụ", "ýỳỷỹỵ"),
    )
    for old, new in zip(olds, news, strict=True)
}
_TONE = re.compile("|".join(_TONES))


def clean_text(value: str) -> str:
    """Return a text composed (NFC), without what nobody sees, with single spaces, without spaces around it.

    Raises
    ------
    nothing
    """
    return " ".join(_UNSEEN.sub("", unicodedata.normalize("NFC", value)).split())


def fold_text(text: str) -> str:
    """Return a cleaned text as it is compared: in one case, tone marks in one place; accents stay.

    Raises
    ------
    nothing
    """
    return _TONE.sub(lambda found: _TONES[found[0]], unicodedata.normalize("NFC", text.casefold()))


def read_typed(value: object) -> str:
    """Return the cleaned text of an answer.

    Parameters
    ----------
    value : object
        Any JSON value.

    Returns
    -------
    str
        "" for what is no text or longer than 200 characters when composed.

    Raises
    ------
    nothing
    """
    if not isinstance(value, str) or len(value) > _MAX_RAW:
        return ""
    # Half a surrogate pair is no character.
    text = clean_text(value.encode("utf-8", "replace").decode("utf-8"))
    return text if len(text) <= MAX_CHARACTERS else ""


def read_typed_items(answer: object, drawn: Iterable[str]) -> dict[str, str]:
    """Return what is typed in drawn items, cleaned; what is no text, or too long, counts as not answered.

    Raises
    ------
    nothing
    """
    if not isinstance(answer, dict):
        return {}
    typed = {identity: read_typed(answer.get(identity)) for identity in drawn}
    return {identity: text for identity, text in typed.items() if text}


def count_words(text: str) -> int:
    """Return how many words a text has; Vietnamese syllables are words.

    Raises
    ------
    nothing
    """
    return len(text.split())


@functools.lru_cache(maxsize=4096)
def compile_phrases(phrases: tuple[str, ...], *, exact: bool) -> re.Pattern[str]:
    """Return what finds any of some phrases as whole words, in a folded text or, where exact, in a cleaned one.

    Raises
    ------
    nothing
    """
    texts = [clean_text(phrase) if exact else fold_text(clean_text(phrase)) for phrase in phrases]
    # Plain alternatives without repetition: matching takes time in proportion to the text.
    return re.compile("|".join(rf"(?<!\w){re.escape(text)}(?!\w)" for text in texts if text) or "(?!)")


@functools.lru_cache(maxsize=4096)
def compile_pattern(pattern: str, *, exact: bool) -> Any:
    """Return a regular expression that matches in linear time.

    Parameters
    ----------
    pattern : str
        In the syntax of RE2: no back-references, no look-around.
    exact : bool
        Whether capital and small letters differ.

    Returns
    -------
    compiled pattern
        With ``search``.

    Raises
    ------
    ValueError
        RE2 cannot read the pattern, and says why.
    """
    options = re2.Options()
    options.case_sensitive = exact
    options.log_errors = False
    try:
        return re2.compile(unicodedata.normalize("NFC", pattern), options)
    except re2.error as error:
        reason = error.args[0]
        raise ValueError(reason.decode("utf-8", "replace") if isinstance(reason, bytes) else str(reason)) from None
