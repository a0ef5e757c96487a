"""What a learner's function returned, as plain JSON."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograder.questions.plain_values import to_plain_value, values_equal

VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(10**6), 10**6)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=6),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=3), inner, max_size=4),
    max_leaves=10,
)


class Sly(int):
    """An integer that claims to equal everything."""

    def __eq__(self, other: object) -> bool:
        return True

    __hash__ = int.__hash__

    def __int__(self) -> int:
        return 42


@given(VALUES)
def test_plain_values_equal_their_own_copy(value: Any) -> None:
    """A JSON value is copied unchanged and equals itself."""
    plain = to_plain_value(value)
    assert repr(plain) == repr(value)
    assert values_equal(plain, value)


@pytest.mark.parametrize(
    ("value", "plain"),
    [
        ((1, (2, 3)), [1, [2, 3]]),
        (np.float64(8.5), 8.5),
        (np.int64(7), 7),
        (np.bool_(True), True),
        (np.array([[1, 2], [3, 4]]), [[1, 2], [3, 4]]),
        (pd.Series([1.5, 2.5]), [1.5, 2.5]),
        ({"a": np.int32(1)}, {"a": 1}),
        (Sly(7), 7),
    ],
)
def test_arrays_and_subclasses_become_plain(value: Any, plain: Any) -> None:
    """NumPy, pandas, tuples and subclasses end as the plain values they hold."""
    found = to_plain_value(value)
    assert found == plain
    assert type(found) is type(plain)


def nest(depth: int) -> Any:
    """Return a list in a list, depth times."""
    value: Any = 1
    for _level in range(depth):
        value = [value]
    return value


LOOP: list[Any] = []
LOOP.append(LOOP)


@pytest.mark.parametrize(
    "value",
    [
        object(),
        {1, 2},
        b"x",
        1j,
        {1: "a"},
        nest(40),
        LOOP,
        "x" * 100_001,
        1 << 5000,
        [0] * 100_001,
        pd.DataFrame({"a": [1]}),
        print,
    ],
)
def test_other_values_are_refused(value: Any) -> None:
    """What is no JSON, too deep, endless or too large raises ValueError and nothing else."""
    with pytest.raises(ValueError, match=r"large|type|text"):
        to_plain_value(value)


@pytest.mark.parametrize(
    ("found", "expected", "within", "equal"),
    [
        (1, 1, None, True),
        (1, 1.0, None, True),
        (8.5, 8.5 + 1e-12, None, True),
        (8.5, 8.6, None, False),
        (8.5, 8.6, 0.2, True),
        (1, 2, 0.5, False),
        (True, 1, None, False),
        (1, True, None, False),
        (True, True, None, True),
        (False, 0, None, False),
        (None, False, None, False),
        ("1", 1, None, False),
        ("đ", "đ", None, True),
        (math.nan, math.nan, 1e9, False),
        (math.inf, math.inf, 1e9, False),
        (-math.inf, 1.0, math.inf, False),
        ([1, 2.0], [1.0, 2], None, True),
        ([1, 2], [1, 2, 3], None, False),
        ([1, 2], {"0": 1}, None, False),
        ({"a": [1.0]}, {"a": [1.05]}, 0.1, True),
        ({"a": 1}, {"a": 1, "b": 2}, None, False),
        ({"a": True}, {"a": 1}, None, False),
        (10**400, 1.5, 1.0, False),
        (nest(40), nest(40), None, False),
    ],
)
def test_comparison_is_strict(found: Any, expected: Any, within: float | None, equal: bool) -> None:
    """Types count, NaN and infinity equal nothing, tolerance reaches into lists and mappings."""
    assert values_equal(found, expected, within) is equal
