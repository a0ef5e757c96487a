"""Interface texts: English message ids, a complete Vietnamese catalogue, Vietnamese the default.

The catalogue is read from its ``.po`` source, so there is nothing to compile and nothing to forget.
"""

from __future__ import annotations

import gettext as _gettext
import io
import os
from contextvars import ContextVar
from functools import cache
from pathlib import Path

LANGUAGES = ("vi", "en")
DEFAULT_LANGUAGE = "vi"

_current: ContextVar[str | None] = ContextVar("hocvuso_language", default=None)


@cache
def load_catalogue(language: str) -> _gettext.NullTranslations:
    """Return the translations of a language.

    Parameters
    ----------
    language : str
        ``vi`` or ``en``; anything else is served in Vietnamese.

    Returns
    -------
    gettext.NullTranslations
        English is the message ids themselves.

    Raises
    ------
    FileNotFoundError
        The catalogue is not installed.
    """
    if language == "en":
        return _gettext.NullTranslations()
    from babel.messages.mofile import write_mo
    from babel.messages.pofile import read_po

    path = Path(__file__).parent / "vi" / "LC_MESSAGES" / "hocvuso.po"
    compiled = io.BytesIO()
    with path.open("rb") as source:
        write_mo(compiled, read_po(source, locale="vi"))
    compiled.seek(0)
    return _gettext.GNUTranslations(compiled)


def current_language() -> str:
    """Return the language of this request or process: ``set_language``, else ``HOCVUSO_LANG``, else ``vi``.

    Raises
    ------
    nothing
    """
    language = _current.get() or os.environ.get("HOCVUSO_LANG", DEFAULT_LANGUAGE)
    return language if language in LANGUAGES else DEFAULT_LANGUAGE


def set_language(language: str | None) -> None:
    """Choose the language of what follows in this context (one web request, one command).

    Raises
    ------
    nothing
    """
    _current.set(language)


def _(message: str) -> str:
    """Return ``message`` in the current language."""
    return load_catalogue(current_language()).gettext(message)


def ngettext(singular: str, plural: str, number: int) -> str:
    """Return the form of a message for ``number`` in the current language.

    Raises
    ------
    nothing
    """
    return load_catalogue(current_language()).ngettext(singular, plural, number)


def localized(texts: str | dict[str, str | None] | None) -> str:
    """Return the text of the current language from ``{vi: …, en: …}``, else the Vietnamese one, else "".

    Raises
    ------
    nothing
    """
    if texts is None:
        return ""
    if isinstance(texts, str):
        return texts
    return texts.get(current_language()) or texts.get(DEFAULT_LANGUAGE) or next((t for t in texts.values() if t), "")
