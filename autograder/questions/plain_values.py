"""What a learner's function returned, as plain JSON: no class of theirs survives, nothing is evaluated.

This module imports nothing of the project, so that it can run inside the grading box.
"""

from __future__ import annotations

import math
from typing import Any

MAX_DEPTH = 32
MAX_VALUES = 100_000
MAX_TEXT = 100_000
MAX_INTEGER_BITS = 4096
# What an author leaves out of a case: floats are compared up to rounding.
DEFAULT_WITHIN = 1e-9


def to_plain_value(value: Any) -> Any:
    """Return a copy made of None, bool, int, float, str, list and dict with text keys.

    Parameters
    ----------
    value : Any
        Tuples become lists; NumPy and pandas scalars, arrays and series become numbers and lists.

    Returns
    -------
    Any
        NaN and infinity are kept: ``values_equal`` never takes them for right.

    Raises
    ------
    ValueError
        The value has another type, or is too large or too deep.
    """
    return _copy_value(value, 0, [MAX_VALUES])


def _copy_value(value: Any, depth: int, left: list[int]) -> Any:
    left[0] -= 1
    if depth > MAX_DEPTH or left[0] < 0:
        raise ValueError("too large")
    if value is None or value is True or value is False:
        return value
    value = _unwrap_array(value)
    if isinstance(value, bool):
        return bool(value)
    if isinstance(value, int):
        plain = int.__int__(value)
        if plain.bit_length() > MAX_INTEGER_BITS:
            raise ValueError("too large")
        return plain
    if isinstance(value, float):
        return float.__float__(value)
    if isinstance(value, str):
        if str.__len__(value) > MAX_TEXT:
            raise ValueError("too large")
        return str.__str__(value)
    if isinstance(value, list | tuple):
        return [_copy_value(inner, depth + 1, left) for inner in value]
    if isinstance(value, dict):
        if not all(isinstance(name, str) for name in value):
            raise ValueError("a key is not text")
        return {str.__str__(name): _copy_value(inner, depth + 1, left) for name, inner in value.items()}
    raise ValueError(f"a value of type {type(value).__name__}")


def _unwrap_array(value: Any) -> Any:
    if type(value).__module__.partition(".")[0] in ("numpy", "pandas") and hasattr(value, "tolist"):
        return value.tolist()
    return value


def values_equal(found: Any, expected: Any, within: float | None = None) -> bool:
    """Compare two plain JSON values strictly.

    Parameters
    ----------
    found, expected : Any
        As ``to_plain_value`` or ``json.loads`` give them.
    within : float or None
        How far two numbers may lie apart.  None: integers exactly, floats up to 1e-9.

    Returns
    -------
    bool
        A bool is no number, NaN and infinity equal nothing, lists and dicts are compared member by member.

    Raises
    ------
    nothing
    """
    return _equal(found, expected, within, 0)


def _equal(found: Any, expected: Any, within: float | None, depth: int) -> bool:
    if depth > MAX_DEPTH:
        return False
    if _is_number(found) and _is_number(expected):
        return _numbers_equal(found, expected, within)
    if type(found) is not type(expected):
        return False
    if isinstance(expected, list):
        return len(found) == len(expected) and all(
            _equal(a, b, within, depth + 1) for a, b in zip(found, expected, strict=True)
        )
    if isinstance(expected, dict):
        return found.keys() == expected.keys() and all(
            _equal(found[name], inner, within, depth + 1) for name, inner in expected.items()
        )
    return isinstance(expected, str | bool | None) and found == expected


def _is_number(value: Any) -> bool:
    return type(value) in (int, float)


def _numbers_equal(found: float, expected: float, within: float | None) -> bool:
    try:
        if not (math.isfinite(found) and math.isfinite(expected)):
            return False
        if within is None:
            within = 0 if type(found) is int and type(expected) is int else DEFAULT_WITHIN
        return abs(found - expected) <= within
    except OverflowError:
        return False
