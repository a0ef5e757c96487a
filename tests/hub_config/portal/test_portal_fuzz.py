"""Whatever JSON or bytes arrive, the API never ends in a 500."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

LEARNER = "999001"
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)
ANSWER = JSON | st.dictionaries(
    st.sampled_from(["t01", "t02"]), st.sampled_from(["an_toan", "bao_cao"]) | JSON, max_size=2
)
QUICK = settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)


@QUICK
@given(body=st.fixed_dictionaries({"question": st.just("hop-thu") | JSON, "answer": ANSWER}) | JSON)
def test_no_json_breaks_a_check(academy: Any, body: Any) -> None:
    """Strange answers are scored, refused or limited."""
    attempt = academy.begin()
    answer = academy.ask(
        LEARNER,
        "POST",
        f"/attempts/{attempt['attempt']}/checks",
        content=json.dumps(body).encode(),
        headers={"Content-Type": "application/json"},
    )
    assert answer.status_code in (200, 404, 422, 429), answer.text


@QUICK
@given(body=st.binary(max_size=400), answers=st.binary(max_size=80), as_zip=st.booleans())
def test_no_bytes_break_a_hand_in(academy: Any, body: bytes, answers: bytes, as_zip: bool) -> None:
    """Strange archives are taken with a receipt or refused with a reason."""
    from autograder.grading.archive import zip_files

    content = zip_files({"lesson.ipynb": body, "answers/hop-thu.json": answers}) if as_zip else body
    attempt = academy.begin()
    answer = academy.ask(
        LEARNER,
        "POST",
        f"/attempts/{attempt['attempt']}/submissions",
        content=content,
        headers={"Content-Type": "application/zip"},
    )
    assert answer.status_code in (201, 422), answer.text


@QUICK
@given(
    query=st.dictionaries(
        st.sampled_from(
            ["as_of", "module", "state", "name", "page", "notebook", "asked", "unit", "since", "until", "version"]
        ),
        st.text(max_size=12),
    )
)
def test_no_query_breaks_a_page(academy: Any, query: dict[str, str]) -> None:
    """Filters and page numbers from the address are only ever read."""
    for page in ("/units", "/units/khoa-a", "/units.csv", "/units/khoa-a/completions.json"):
        assert academy.visit("999900", page, params=query).status_code in (200, 422)
    assert academy.visit(LEARNER, "/modules/an-toan-tai-khoan/open", params=query).status_code in (200, 422)
    for page in ("/modules/an-toan-tai-khoan/statistics", "/api/v1/modules/an-toan-tai-khoan/statistics"):
        assert academy.visit("999900", page, params=query).status_code in (200, 404, 422)
