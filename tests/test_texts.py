"""Everything a person reads is Vietnamese first and English complete."""

from __future__ import annotations

import ast
import re
import unicodedata
from collections.abc import Iterator
from pathlib import Path

import pytest
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

import autograder
import hub_config

FOLDERS = [Path(autograder.__file__).parent, Path(hub_config.__file__).parent]
CATALOGUE = FOLDERS[0] / "locale" / "vi" / "LC_MESSAGES" / "hocvuso.po"
MARKERS = {"_", "ngettext", "gettext_", "N_"}


def iter_python_texts(folder: Path) -> Iterator[tuple[str, str]]:
    """Yield (message id, place) of every marked text in Python, those inside f-strings too."""
    for path in sorted(folder.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.Call):
                continue
            name = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
            if name in MARKERS and node.args:
                first = node.args[0]
                if isinstance(first, ast.Constant) and isinstance(first.value, str) and first.value:
                    yield first.value, f"{path.name}:{node.lineno}"


def iter_template_texts(folder: Path) -> Iterator[tuple[str, str]]:
    """Yield (message id, place) of every marked text in a template."""
    methods = [("**/templates/**.html", "jinja2"), ("**/templates/**.j2", "jinja2")]
    options = {pattern: {"extensions": "jinja2.ext.i18n"} for pattern, _method in methods}
    for name, line, message, _comments, _context in extract_from_dir(str(folder), methods, options_map=options):
        text = message if isinstance(message, str) else message[0]
        if text:
            yield text, f"{name}:{line}"


def marked_texts() -> dict[str, str]:
    """Return every message id with a place where it stands."""
    found: dict[str, str] = {}
    for folder in FOLDERS:
        for text, place in (*iter_python_texts(folder), *iter_template_texts(folder)):
            found.setdefault(text, place)
    return found


def translations() -> dict[str, str]:
    """Return the Vietnamese catalogue."""
    with CATALOGUE.open("rb") as source:
        catalogue = read_po(source, locale="vi")
    return {
        (message.id if isinstance(message.id, str) else message.id[0]): (
            message.string if isinstance(message.string, str) else message.string[0]
        )
        for message in catalogue
        if message.id
    }


def test_every_text_has_its_vietnamese() -> None:
    """No English word reaches a Vietnamese reader for want of a translation."""
    known = translations()
    missing = {text: place for text, place in marked_texts().items() if not known.get(text)}
    assert missing == {}


def test_no_translation_is_left_over() -> None:
    """What nobody says any more is not kept."""
    assert set(translations()) - set(marked_texts()) == set()


def test_placeholders_agree() -> None:
    """A translation names the same values as its original."""
    pattern = re.compile(r"\{[a-z_]*\}|%\([a-z_]+\)s")
    wrong = {
        text: translated
        for text, translated in translations().items()
        if set(pattern.findall(text)) != set(pattern.findall(translated))
    }
    assert wrong == {}


@pytest.mark.parametrize("word", ["trượt", r"uỷ(?!\w)", r"oá(?!\w)", r"\w!(?=\s|$)"])
def test_the_catalogue_keeps_to_the_house_style(word: str) -> None:
    """Spelling of tones, no exclamation marks, never "trượt"."""
    assert [text for text in translations().values() if re.search(word, text.casefold())] == []


def test_the_catalogue_is_composed_unicode() -> None:
    """NFC everywhere, or searching fails."""
    assert [text for text in translations().values() if not unicodedata.is_normalized("NFC", text)] == []
