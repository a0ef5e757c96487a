"""The labels of classify: a list, or the folders of a tree."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import Discriminator, StrictBool, Tag

from autograder.questions.model import LocalId, Strict, Text, read_text


def _name_form(value: Any) -> str:
    is_placed = isinstance(value, PlacedLabel) or (isinstance(value, dict) and "text" in value)
    return "placed" if is_placed else "plain"


class PlacedLabel(Strict):
    """A label that has a place in a tree."""

    text: Text
    # the label above it
    under: LocalId | None = None
    # only holds others together; cannot be given to an item
    group: StrictBool = False


Label = Annotated[
    Annotated[Text, Tag("plain")] | Annotated[PlacedLabel, Tag("placed")],
    Discriminator(_name_form),
]


def is_group(label: Any) -> bool:
    """Tell whether a label only holds others together.

    Raises
    ------
    nothing
    """
    return isinstance(label, PlacedLabel) and label.group


def read_label(label: Any) -> str:
    """Return a label's text in the current language.

    Raises
    ------
    nothing
    """
    return read_text(label.text if isinstance(label, PlacedLabel) else label)


def _find_parent(labels: Mapping[str, Any], name: str) -> str | None:
    label = labels[name]
    above = label.under if isinstance(label, PlacedLabel) else None
    return above if above in labels else None


def find_path(labels: Mapping[str, Any], name: str) -> tuple[str, ...]:
    """Return the ids from the root of the tree to a label.

    Raises
    ------
    nothing
    """
    path = [name]
    while (above := _find_parent(labels, path[-1])) is not None and above not in path:
        path.append(above)
    return tuple(reversed(path))


def list_tree(labels: Mapping[str, Any]) -> tuple[str, ...]:
    """Return all labels so that each stands before those under it, as written otherwise.

    Raises
    ------
    nothing
    """
    places = {name: place for place, name in enumerate(labels)}
    return tuple(sorted(labels, key=lambda name: [places[one] for one in find_path(labels, name)]))
