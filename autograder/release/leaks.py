"""What learners must not read, and where it would reach them."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

# A shorter text may stand in a lesson by chance.
MIN_CHARACTERS = 24
# What only an author's file holds.
MARKERS = ("### BEGIN SOLUTION", "### END SOLUTION", "### BEGIN HIDDEN TESTS", ".author/")


def iter_block_secrets(block: Mapping[str, Any]) -> Iterator[str]:
    """Yield the sentences of a resolved question or check that stand in its private parts only.

    Parameters
    ----------
    block : Mapping
        What ``spec.resolved`` or ``check_spec.resolved`` gave.

    Raises
    ------
    nothing
    """
    texts = [*_iter_texts(block.get("feedback")), *_iter_texts(_pick(block.get("key"), ("why", "source")))]
    yield from (text for text in texts if len(text) >= MIN_CHARACTERS)


def find_leaks(secrets: Iterable[str], files: Mapping[str, bytes]) -> Iterator[tuple[str, str]]:
    """Yield (file, secret) wherever a secret stands in the bytes of a file that ships, in any way of writing it.

    Parameters
    ----------
    secrets : iterable of str
    files : Mapping
        Path → bytes.

    Raises
    ------
    nothing
    """
    # Secrets are many and leaks are few: one search over everything, and only then file by file.
    everything = b"\n".join(files.values())
    for secret in dict.fromkeys(secrets):
        forms = _written_forms(secret)
        if any(form in everything for form in forms):
            yield from ((name, secret) for name, content in files.items() if any(form in content for form in forms))


def _written_forms(text: str) -> set[bytes]:
    """Return the text as it stands in plain files, in JSON (with its letters, with their numbers), in JSON in JSON."""
    once = json.dumps(text, ensure_ascii=False)[1:-1]
    encoded = {text, once, json.dumps(text)[1:-1], json.dumps(once, ensure_ascii=False)[1:-1]}
    return {form.encode("utf-8", "surrogatepass") for form in encoded}


def _iter_texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        for inner in value.values() if isinstance(value, dict) else value:
            yield from _iter_texts(inner)


def _pick(value: Any, names: tuple[str, ...]) -> list[Any]:
    """Return what stands under these names anywhere in nested data."""
    if isinstance(value, list):
        return [found for inner in value for found in _pick(inner, names)]
    if not isinstance(value, dict):
        return []
    return [found for name, inner in value.items() for found in ([inner] if name in names else _pick(inner, names))]
