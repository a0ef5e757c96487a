"""Numbers as they are written in Vietnam: ``1.234,5``, ``55 %``, ``55,0``."""

from __future__ import annotations

import re
from decimal import Decimal

MAX_CHARACTERS = 40

# no-break space, figure space, thin space, narrow no-break space
_SPACES = re.compile("[\u00a0\u2007\u2009\u202f\t ]+")
_MINUS = re.compile("^[\u2212\u2013\u2010\u2011-]")
_GROUPED = re.compile(r"^[1-9][0-9]{0,2}(?P<mark>[. ])[0-9]{3}(?:(?P=mark)[0-9]{3})*(?:,[0-9]+)?$")
_COMMA = re.compile(r"^[0-9]+(?:,[0-9]+)?$")
_DOT = re.compile(r"^[0-9]+\.[0-9]+$")


def parse_vietnamese_number(text: str, *, unit: str | None = "%") -> Decimal | None:
    """Return the number that a person meant, or None.

    Parameters
    ----------
    text : str
        At most 40 characters.  Comma is the decimal mark; dot or space separates groups of three digits.  One dot
        that cannot separate thousands (``0.55``, ``12.5``, ``0.123``) is taken as a decimal point.
    unit : str or None
        Text that may stand behind the number and is ignored.

    Returns
    -------
    Decimal or None
        Always finite.  None where the text is not a number.

    Raises
    ------
    nothing
    """
    if not isinstance(text, str) or len(text) > MAX_CHARACTERS:
        return None
    plain = _SPACES.sub(" ", text).strip()
    if unit and plain.casefold().endswith(unit.casefold()):
        plain = plain[: len(plain) - len(unit)].rstrip()
    negative = bool(_MINUS.match(plain))
    if negative or plain.startswith("+"):
        plain = plain[1:].lstrip()
    digits = _plain_digits(plain)
    if digits is None:
        return None
    return -Decimal(digits) if negative else Decimal(digits)


def _plain_digits(text: str) -> str | None:
    if not text.isascii():
        return None
    if _GROUPED.match(text):
        return text.replace(".", "").replace(" ", "").replace(",", ".")
    if _COMMA.match(text):
        return text.replace(",", ".")
    return text if _DOT.match(text) else None
