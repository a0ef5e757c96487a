"""Words for the ids in item statistics, from the release's own questions: titles, options, mistakes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

Text = str | dict[str, str]

_PRIVATE = frozenset({"key", "score", "feedback"})
# Where a block maps options' ids to their texts.
_MAPPINGS = frozenset({"labels", "options", "choices", "columns", "rows", "fields", "cells", "targets"})
_TEXTS = ("text", "label", "title", "name")


@dataclass(frozen=True, slots=True)
class QuestionNames:
    """The words of one question: its kind, its title, its items in their order, options by item, mistakes by code."""

    kind: str
    title: Text
    items: Mapping[str, Text] = field(default_factory=dict)
    shared: Mapping[str, Text] = field(default_factory=dict)
    options: Mapping[str, Mapping[str, Text]] = field(default_factory=dict)
    feedback: Mapping[str, Text] = field(default_factory=dict)

    def find_option(self, item: str, option: str) -> Text | None:
        """Return the words of an option, which can be a mistake's code, or None for what was typed or has none.

        Raises
        ------
        nothing
        """
        own = self.options.get(item, {})
        return own.get(option) or self.shared.get(option) or self.items.get(option) or self.feedback.get(option)


def read_names(blocks: Iterable[Mapping[str, Any]]) -> dict[str, QuestionNames]:
    """Return the words of a release's questions and checks, in their order.

    Parameters
    ----------
    blocks : iterable of mapping
        ``items`` of a release's notebooks; where a question comes again, the first one is taken and lends its place
        to items that only later ones have.

    Returns
    -------
    dict
        Question id → its words.

    Raises
    ------
    nothing
    """
    names: dict[str, QuestionNames] = {}
    for entry in blocks:
        read = _read_check(entry) if entry["type"] == "check" else _read_question(entry)
        before = names.get(entry["id"])
        names[entry["id"]] = read if before is None else _merge(before, read)
    return names


def _merge(newer: QuestionNames, older: QuestionNames) -> QuestionNames:
    return QuestionNames(
        newer.kind,
        newer.title,
        {**newer.items, **{item: text for item, text in older.items.items() if item not in newer.items}},
        {**older.shared, **newer.shared},
        {**older.options, **newer.options},
        {**older.feedback, **newer.feedback},
    )


def _read_check(entry: Mapping[str, Any]) -> QuestionNames:
    cases = enumerate(entry["block"]["cases"], start=1)
    calls = {f"c{number:02d}": str(case.get("call", "")) for number, case in cases if not case.get("visible")}
    return QuestionNames("check", entry.get("title") or entry["id"], calls)


def _read_question(entry: Mapping[str, Any]) -> QuestionNames:
    block = entry["block"]
    listed = [item for item in block.get("items", ()) if isinstance(item, dict) and "id" in item]
    public = {name: value for name, value in block.items() if name not in _PRIVATE and name != "items"}
    return QuestionNames(
        kind=block.get("kind", ""),
        title=entry.get("title") or block.get("prompt") or entry["id"],
        items={item["id"]: _name_item(item) for item in listed},
        shared=dict(_iter_options(public)),
        options={item["id"]: dict(_iter_options({**item, "id": None})) for item in listed},
        feedback=block.get("feedback") or {},
    )


def _name_item(item: Mapping[str, Any]) -> Text:
    parts = item.get("parts")
    first = parts[0] if isinstance(parts, list | tuple) and parts else {}
    return _find_text(item, ("title", "text", "label", "alt")) or _find_text(first) or str(item["id"])


def _iter_options(value: Any, prefix: str = "") -> Iterator[tuple[str, Text]]:
    """Yield (id, text) of whatever in a public part of a block has an id and words.

    A step of a flow is named ``state.choice`` in answers, so what stands below a state is named with it too.
    """
    if isinstance(value, list | tuple):
        for one in value:
            yield from _iter_options(one, prefix)
    if not isinstance(value, dict):
        return
    if isinstance(value.get("id"), str):
        text = _find_text(value)
        if text is not None:
            yield prefix + value["id"], text
    for name, inner in value.items():
        if name in _MAPPINGS and isinstance(inner, dict):
            yield from _iter_mapping(inner, prefix)
        elif name == "states" and isinstance(inner, dict):
            for state, described in inner.items():
                yield from _iter_options(described, f"{state}.")
        elif isinstance(inner, dict | list | tuple):
            yield from _iter_options(inner, prefix)


def _iter_mapping(mapping: Mapping[str, Any], prefix: str) -> Iterator[tuple[str, Text]]:
    for identity, described in mapping.items():
        text = described if _is_text(described) else _find_text(described)
        if text is not None:
            yield prefix + identity, text


def _find_text(described: Any, names: tuple[str, ...] = _TEXTS) -> Text | None:
    if not isinstance(described, dict):
        return None
    return next((described[name] for name in names if _is_text(described.get(name))), None)


def _is_text(value: Any) -> bool:
    if isinstance(value, dict):
        return bool(value) and set(value) <= {"vi", "en"} and all(isinstance(text, str) for text in value.values())
    return isinstance(value, str) and bool(value.strip())
