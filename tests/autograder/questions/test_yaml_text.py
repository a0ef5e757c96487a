"""YAML as lecturers write it."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograder.errors import ContentError
from autograder.questions.yaml_text import MAX_CHARACTERS, dump_block, parse_yaml


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("no", "no"),
        ("on", "on"),
        ("12:30", "12:30"),
        ("2026-11-23", "2026-11-23"),
        ("0912", "0912"),
        ("0x1f", "0x1f"),
        ("1_000", "1_000"),
        (".nan", ".nan"),
        (".inf", ".inf"),
        ("=", "="),
        ("1e-9", 1e-9),
        ("55.0", 55.0),
        ("-3", -3),
        ("true", True),
        ("null", None),
        ("~", None),
        ("", None),
    ],
)
def test_scalars_are_what_they_look_like(text: str, value: Any) -> None:
    """Words, times, dates and codes stay text; plain numbers are numbers."""
    found = parse_yaml(f"a: {text}").data["a"]
    assert (found, type(found)) == (value, type(value))


def test_keys_are_always_text() -> None:
    """An id written as a number or as true stays the text it is."""
    assert parse_yaml("{1: a, true: b, null: c}").data == {"1": "a", "true": "b", "null": "c"}


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("a: 1\nb: 2\na: 3", "yaml-duplicate-key"),
        ("a: {x: 1, x: 2}", "yaml-duplicate-key"),
        ('1: a\n"1": b', "yaml-duplicate-key"),
        ("a: !!python/object/apply:os.system [ls]", "yaml-tag"),
        ("a: !!python/name:os.system", "yaml-tag"),
        ("a: !!binary aGVsbG8=", "yaml-tag"),
        ("a: &x [1]\nb: *x", "yaml-alias"),
        ("a: &a [b, *a]", "yaml-alias"),
        ("a: [" * 60 + "]" * 60, "yaml-depth"),
        ("[" * 20_000, "yaml-depth"),
        ("[" + "1," * 70_000 + "]", "yaml-depth"),
        ("x" * (MAX_CHARACTERS + 1), "yaml-size"),
        ("a: b: c", "yaml-syntax"),
        ("a: %x", "yaml-syntax"),
        ("a: [1", "yaml-syntax"),
        ("a:\n\tb: 1", "yaml-syntax"),
        ("a: 1\n b: 2", "yaml-syntax"),
        ("? [1, 2]\n: 3", "yaml-syntax"),
        ("a: 1e999", "yaml-syntax"),
        ("a: " + "9" * 5000, "yaml-syntax"),
        ("a: 1\n---\nb: 2", "yaml-syntax"),
        ("a: \x01", "yaml-syntax"),
    ],
)
def test_what_hides_or_harms_is_refused(text: str, code: str) -> None:
    """Repeated keys, aliases, tags, deep or huge or broken text: each has its code and a hint."""
    with pytest.raises(ContentError) as caught:
        parse_yaml(text, where="bai.yaml")
    assert caught.value.code == code
    assert caught.value.hint
    assert caught.value.where.startswith("bai.yaml")


def test_alias_bomb_is_refused_before_anything_is_built() -> None:
    """Nine levels of nine aliases would be 9**9 values."""
    levels = ["l0: &l0 [x, x, x, x, x, x, x, x, x]"]
    levels += [f"l{n}: &l{n} [{', '.join([f'*l{n - 1}'] * 9)}]" for n in range(1, 10)]
    with pytest.raises(ContentError) as caught:
        parse_yaml("\n".join(levels))
    assert caught.value.code == "yaml-alias"
    assert "2" in caught.value.where


@pytest.mark.parametrize(
    ("text", "word"),
    [("a: b: c", '": "'), ("a: %x", "%"), ("a:\n\tb: 1", "tab"), ("a: [1\nb: 2", "[ ]"), ("a: 1\n b: 2", '": "')],
)
def test_typical_slips_have_their_own_hint(text: str, word: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The hint speaks of the slip, not of YAML's grammar."""
    monkeypatch.setenv("HOCVUSO_LANG", "en")
    with pytest.raises(ContentError) as caught:
        parse_yaml(text)
    assert word in caught.value.hint


def test_lines_are_known_for_every_value() -> None:
    """The document knows on which line of the author's file a value or its nearest parent stands."""
    document = parse_yaml("a: 1\nb:\n  - c: 2\n  - d: 3\n", first_line=10)
    assert document.line_of(("a",)) == 10
    assert document.line_of(("b", 1, "d")) == 13
    assert document.line_of(("b", 1, "missing", 7)) == 13
    assert document.line_of(("nowhere",)) == 10


PLAIN = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(10**9), 10**9)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(blacklist_categories=("Cs",), blacklist_characters="\x00"), max_size=30)
    | st.sampled_from(
        ["no", "1e-9", "0912", "12:30", "dòng 1\ndòng 2\n", "a: b", "- x", " đầu", "cuối ", "%", "=", "\n\n", "1\n 2"]
    ),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.text(st.characters(categories=("L", "N")), max_size=8), inner, max_size=4)
    ),
    max_leaves=15,
)


@given(st.dictionaries(st.sampled_from(["id", "kind", "items"]), PLAIN))
def test_written_blocks_are_read_back_unchanged(data: dict[str, Any]) -> None:
    """``parse_yaml(dump_block(data))`` is the same data, of the same types."""
    found = parse_yaml(dump_block(data)).data
    assert (found or {}) == data
    assert repr(found or {}) == repr(data)


def test_vietnamese_text_is_written_readably() -> None:
    """Letters stay letters and long text stands below a bar."""
    text = dump_block({"prompt": "Dòng một.\n\n- Dòng hai.\n"})
    assert text == "prompt: |\n  Dòng một.\n\n  - Dòng hai.\n"


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("a: 1\nb: c: d", 2),
        ("a: 1\nb: %x", 2),
        ("a: [1\nb: 2", 2),
        ("a: 1\n b: 2", 2),
        ("a: 1\n---\nb: 2", 2),
        ("a: 1\nb: 1e999", 2),
        ("a: 1\nb: \x01", 2),
        ('a: 1\nb: "x', 2),
        ('a: 1\nb: "\\q"', 2),
    ],
)
def test_fault_of_grammar_is_told_in_the_readers_language_with_its_line(
    text: str, line: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """PyYAML speaks English; a Vietnamese reader is told in Vietnamese."""
    monkeypatch.setenv("HOCVUSO_LANG", "vi")
    with pytest.raises(ContentError) as caught:
        parse_yaml(text, where="bai.yaml", first_line=1)
    assert caught.value.where == f"bai.yaml, dòng {line}"
    told = caught.value.message.partition("(")[2]
    assert any(ord(letter) > 0xBF for letter in told), told
