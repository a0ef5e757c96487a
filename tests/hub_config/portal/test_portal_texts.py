"""Every text of the portal is there in Vietnamese, and every page follows the glossary."""

from __future__ import annotations

import unicodedata
from pathlib import Path

import pytest
from babel.messages.extract import extract

import hub_config.portal
from autograder.locale import load_catalogue

HERE = Path(hub_config.portal.__file__).parent
SOURCES = sorted([*HERE.glob("*.py"), *HERE.glob("templates/*.html"), HERE.parent / "exchange.py"])
KEYWORDS = {"_": None, "ngettext": (1, 2)}


def list_texts(source: Path) -> list[str]:
    """Return the message ids of a file."""
    method = "python" if source.suffix == ".py" else "jinja2.ext:babel_extract"
    with source.open("rb") as stream:
        found = list(extract(method, stream, keywords=KEYWORDS, options={"silent": "false"}))
    return [text if isinstance(text, str) else text[0] for _line, text, _comments, _context in found]


@pytest.mark.parametrize("source", SOURCES, ids=lambda path: path.name)
def test_every_text_has_a_vietnamese_translation(source: Path) -> None:
    """Vietnamese is complete, composed (NFC), without exclamation marks."""
    catalogue = load_catalogue("vi")
    for text in list_texts(source):
        translated = catalogue.ngettext(text, text, 2)
        assert catalogue.gettext(text) != text or translated != text, text
        assert unicodedata.is_normalized("NFC", translated)
        assert "!" not in translated


def test_there_are_texts_to_translate() -> None:
    """The extraction above finds pages and code alike."""
    assert sum(len(list_texts(source)) for source in SOURCES) > 150
