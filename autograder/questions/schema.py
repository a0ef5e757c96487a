"""The JSON Schema of the ``%%question`` block: pydantic's own, told in Vietnamese, with files named by their paths."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from autograder.questions.schema_texts import BLOCK_TEXT, BLOCK_TITLE, EXAMPLES, FIELDS, KINDS

DIALECT = "https://json-schema.org/draft/2020-12/schema"
# Fields that only the server writes.
SERVER_FIELDS = ("is_drawn",)


def finish_schema(schema: dict[str, Any], references: Mapping[str, str]) -> dict[str, Any]:
    """Return pydantic's schema of the union of all kinds as editors want it.

    Parameters
    ----------
    schema : dict
        With ``$defs``, ``oneOf`` and ``discriminator``.
    references : Mapping
        Field of a question → folder of the file that it may name instead of its value.

    Returns
    -------
    dict

    Raises
    ------
    nothing
    """
    names = {name: _shorten_name(name) for name in schema["$defs"]}
    schema = _close(_rename(schema, names))
    records = {definition["$ref"].rpartition("/")[2] for definition in schema["oneOf"]}
    for name, definition in schema["$defs"].items():
        definition.pop("description", None)
        definition.pop("title", None)
        for field, value in definition.get("properties", {}).items():
            value.pop("title", None)
            text = describe_field(name, field)
            if text:
                value["description"] = text
        if name in records:
            _finish_question(definition, references)
    ordered = {name: schema["$defs"][name] for name in sorted(schema["$defs"])}
    head = {"$schema": DIALECT, "title": BLOCK_TITLE, "description": BLOCK_TEXT, "type": "object"}
    return head | {"oneOf": schema["oneOf"], "discriminator": schema["discriminator"], "$defs": ordered}


def describe_field(record: str, field: str) -> str | None:
    """Return what is said of a field, or None where nothing is.

    Raises
    ------
    nothing
    """
    return FIELDS.get(f"{record}.{field}", FIELDS.get(field))


def _finish_question(definition: dict[str, Any], references: Mapping[str, str]) -> None:
    fields = definition["properties"]
    kind = fields["kind"]["const"]
    definition["title"], definition["description"] = KINDS.get(kind, (kind, ""))
    for name in SERVER_FIELDS:
        fields.pop(name, None)
    for name, folder in references.items():
        if name in fields:
            value = fields[name]
            kept = {key: value.pop(key) for key in ("description",) if key in value}
            choices = value.pop("anyOf", None) or [dict(value)]
            # A folder's name is a pattern with its dot taken literally.
            path = {"type": "string", "pattern": f"^{re.escape(folder)}.+"}
            fields[name] = kept | {"anyOf": [*choices, path]}
    for name, examples in EXAMPLES.items():
        if name in fields:
            fields[name]["examples"] = examples


def _shorten_name(name: str) -> str:
    """Turn pydantic's name for one of several records of a name into one that can be read: ChooseRule."""
    parts = name.split("__")
    if len(parts) == 1:
        return name
    owner = parts[3] if parts[2] == "kinds" else parts[2]
    return f"{owner.capitalize()}{parts[-1]}"


def _close(value: Any) -> Any:
    """Return a schema whose mappings refuse keys of another form; pydantic does, but does not say so."""
    if isinstance(value, list):
        return [_close(inner) for inner in value]
    if not isinstance(value, dict):
        return value
    closed = {name: _close(inner) for name, inner in value.items()}
    return closed | {"additionalProperties": False} if "patternProperties" in closed else closed


def _rename(value: Any, names: Mapping[str, str]) -> Any:
    """Return a schema with its definitions renamed, in their place and wherever something refers to them."""
    if isinstance(value, dict):
        return {names.get(key, key) if key in names else key: _rename(inner, names) for key, inner in value.items()}
    if isinstance(value, list):
        return [_rename(inner, names) for inner in value]
    if isinstance(value, str) and value.startswith("#/$defs/"):
        name = value.removeprefix("#/$defs/")
        return f"#/$defs/{names.get(name, name)}"
    return value
