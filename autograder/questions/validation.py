"""Pydantic's findings, told so that a lecturer knows what to do."""

from __future__ import annotations

import difflib
from collections.abc import Callable
from typing import Any

from pydantic import BaseModel, ValidationError

from autograder.errors import ContentError
from autograder.locale import _
from autograder.questions.yaml_text import Path

Locate = Callable[[Path], str]


def explain_errors(error: ValidationError, data: Any, model: type[BaseModel], locate: Locate) -> list[ContentError]:
    """Turn a validation error into one content error per finding.

    Parameters
    ----------
    error : ValidationError
    data : Any
        What was validated.
    model : type of BaseModel
        Against which; its fields are what "did you mean" chooses from.
    locate : callable
        Path of keys and indexes → the place in words.

    Returns
    -------
    list of ContentError
        At least one.

    Raises
    ------
    nothing
    """
    # A misspelt field is reported as one unknown and one missing field; the unknown one explains both.
    details = sorted(error.errors(include_url=False), key=lambda detail: detail["type"] != "extra_forbidden")
    return [_explain(detail, data, model, locate) for detail in details if not _follows_from_another(detail, details)]


def _follows_from_another(detail: Any, details: list[Any]) -> bool:
    """Tell whether a list is too short only because one of its entries cannot be read."""
    place = detail["loc"]
    return detail["type"] == "too_short" and any(
        other["loc"][: len(place)] == place and len(other["loc"]) > len(place) for other in details
    )


def show_value(value: Any) -> str:
    """Return a value as a lecturer wrote it, at most 80 characters.

    Raises
    ------
    nothing
    """
    if value is None:
        return _("nothing")
    text = value if isinstance(value, str) else repr(value)
    return text if len(text) <= 80 else text[:79] + "…"


def _explain(detail: Any, data: Any, model: type[BaseModel], locate: Locate) -> ContentError:
    kind, value = detail["type"], detail["input"]
    path = _follow(detail["loc"], data, keep_last=kind in ("missing", "extra_forbidden"))
    field = str(path[-1]) if path else ""
    context = detail.get("ctx") or {}
    where = locate(_find_repeat(detail["input"], path, context.get("id")) if kind == "repeated_id" else path)
    if kind == "missing":
        return ContentError(
            "field-missing",
            _("The field {field} is missing").format(field=field),
            where=where,
            found=_("nothing"),
            expected=f"{field}: …",
            hint=_("add {field}: …").format(field=field),
        )
    if kind == "extra_forbidden":
        return _explain_unknown_field(field, path, model, where, value)
    if kind == "repeated_id":
        return ContentError(
            "id-repeated",
            _("The id {id} is used twice").format(id=context.get("id", "")),
            where=where,
            found=context.get("id"),
            expected=_("each id once"),
            hint=_("give one of the two another id"),
        )
    if kind == "string_pattern_mismatch":
        return ContentError(
            "value-form",
            _("The value of {field} has the wrong form").format(field=field),
            where=where,
            found=show_value(value),
            expected=_expected_form(str(context.get("pattern", ""))),
            hint=_("use only the letters shown, without spaces and accents"),
        )
    expected, hint = _describe_type(kind, value, context, field)
    return ContentError(
        "value-type" if kind.endswith("_type") or kind == "text_type" else "value-range",
        _("The value of {field} is not accepted").format(field=field or _("the block")),
        where=where,
        found=show_value(context.get("tag", value)) if path or context.get("tag") else None,
        expected=expected,
        hint=hint,
    )


def _follow(location: tuple[Any, ...], data: Any, keep_last: bool) -> Path:
    """Keep of pydantic's location what exists in the data; the names of union members do not."""
    path: list[str | int] = []
    for number, step in enumerate(location):
        last = number == len(location) - 1
        index = isinstance(data, list) and isinstance(step, int) and step < len(data)
        if index or (isinstance(data, dict) and step in data):
            data = data[step]
        elif not (last and keep_last):
            continue
        path.append(step)
    return tuple(path)


def _find_repeat(value: Any, path: Path, identity: Any) -> Path:
    """Return the path of the second entry that bears an id: a list of entries stands one level below at most."""
    lists: list[tuple[Path, Any]] = [((), value)] if isinstance(value, list) else []
    lists += [((name,), inner) for name, inner in value.items()] if isinstance(value, dict) else []
    for step, entries in lists:
        if isinstance(entries, list):
            places = [at for at, entry in enumerate(entries) if isinstance(entry, dict) and entry.get("id") == identity]
            if len(places) > 1:
                return (*path, *step, places[1])
    return path


def _explain_unknown_field(field: str, path: Path, model: type[BaseModel], where: str, value: Any) -> ContentError:
    # What only the server writes is nothing to offer to an author.
    names = [n for n in model.model_fields if n != "is_drawn"] if len(path) == 1 else _list_inner_fields(model)
    near = difflib.get_close_matches(field, names, n=1)
    hint = _("remove it; nothing would read it")
    if near:
        hint = _("did you mean {name}?").format(name=near[0])
    elif value is None:
        # {text: Anh, Chị} is read as the two fields "text" and "Chị".
        hint = _("put text that holds a comma in quotes, or remove the field")
    return ContentError(
        "field-unknown",
        _("The field {field} does not exist").format(field=field),
        where=where,
        found=field,
        expected=", ".join(names) if len(path) == 1 else near[0] if near else _("a field of the format"),
        hint=hint,
    )


def _list_inner_fields(model: type[BaseModel]) -> list[str]:
    schema = model.model_json_schema()
    return sorted({name for part in schema.get("$defs", {}).values() for name in part.get("properties", {})})


def _expected_form(pattern: str) -> str:
    if pattern.startswith("^MC-"):
        return _("MC- and capital letters, for example MC-HTTPS")
    if pattern.startswith("^data"):
        return _("a path in data/, for example data/chart.svg")
    if pattern.startswith("^[A-Z]{1,2}[1-9]"):
        return _("the name of a cell, for example {example}").format(example="F2:F9" if ":" in pattern else "F2")
    if "\\." in pattern:
        return _("state.choice, for example {step}").format(step="s0.a")
    if "A-Z" in pattern:
        return _("letters without accents, digits, - and _, for example {example}").format(example="t01")
    return _("small letters without accents, digits and -, for example {example}").format(example="hop-thu")


def _describe_type(kind: str, value: Any, context: dict[str, Any], field: str) -> tuple[str, str]:
    if kind in ("string_type", "text_type"):
        if isinstance(value, int | float):
            return _("a text"), _('put the value in quotes: "{value}"').format(value=value)
        return _("a text"), _("write a text, or {{vi: …, en: …}}").format()
    if kind == "text_language":
        return "vi, en", _("write the languages as vi and en")
    if kind in ("float_type", "int_type", "int_from_float", "float_parsing"):
        # {x: 3,5} is read as x: 3 and a field "5" without value.
        if (isinstance(value, str) and "," in value) or (value is None and field.isdigit()):
            return _("a number"), _("in this file write the decimal point as a dot: 55.0")
        return _("a number"), _("write a number without quotes and without unit")
    if kind == "bool_type":
        return "true, false", _("write true or false")
    if kind in ("literal_error", "union_tag_invalid"):
        names = str(context.get("expected") or context.get("expected_tags", ""))
        return names, _("choose one of these")
    if kind == "union_tag_not_found":
        return "by: …", _("say how it is scored, for example by: balanced")
    if kind in ("dict_type", "model_type", "model_attributes_type"):
        return _("a mapping (name: value)"), _("indent the fields below, one per line")
    if kind in ("tuple_type", "list_type"):
        return _("a list"), _("write one entry per line, each behind a dash")
    if kind == "rule_shape":
        return "[t01, t02, MC-CODE]", _("write the item that comes first, the one after it, and the code")
    finding = _describe_check_finding(kind)
    if finding is not None:
        return finding[0], finding[1].format(**context)
    limits = {"ge": "≥", "gt": ">", "le": "≤", "lt": "<", "min_length": _("at least"), "max_length": _("at most")}
    told = ", ".join(f"{limits[name]} {limit}" for name, limit in context.items() if name in limits)
    return told or kind, _("correct the value")


def _describe_check_finding(kind: str) -> tuple[str, str] | None:
    """Say what can be wrong with a check: expected, what to do."""
    findings = {
        "generator_kind": (
            _("{int: …}, {float: …}, {choice: …} or {list: …}"),
            _("write how the value is drawn"),
        ),
        "list_length": (_("either length or length_of"), _("write length: 3, [3, 8], or length_of: name")),
        "length_of_unknown": (_("a name drawn before"), _("write {name} above this list")),
        "times_without_random": (_("random: … with times"), _("remove times, or draw values with random")),
        "random_with_equals": (_("random: … without equals"), _("remove equals; the reference gives it")),
        "visible_without_value": (
            _("equals: … in every visible case"),
            _("write equals in case {n}, or lower visible"),
        ),
        "case_without_value": (
            _("equals: …, or a reference"),
            _("write equals in case {n}, or add reference: .author/reference.py"),
        ),
        "no_hidden_case": (_("more cases than visible"), _("add cases: visible ones earn nothing")),
    }
    return findings.get(kind)
