"""Which items a variant shows."""

from __future__ import annotations

from collections import Counter
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from autograder.questions.spec import parse_question, public_part
from autograder.questions.variants import draw_items, issue_variant

VARIANTS = st.text(alphabet="0123456789abcdef", min_size=16, max_size=16)


def make_question(kind: str = "classify", pool: int = 30, draw: int | None = 9, strata: str = "abc") -> Any:
    """Return a question whose items carry strata in turn."""
    items = [{"id": f"t{n:02d}", "text": str(n), "stratum": strata[n % len(strata)]} for n in range(pool)]
    block: dict[str, Any] = {"id": "rut", "kind": kind, "points": 1, "prompt": "?", "items": items}
    if kind == "classify":
        block |= {"labels": {"a": "A", "b": "B"}, "key": dict.fromkeys((i["id"] for i in items), "a")}
    if draw is not None:
        block["draw"] = draw
    return parse_question(block, where="")


@given(VARIANTS)
def test_same_variant_draws_the_same(variant: str) -> None:
    """A draw depends on the question and the variant only."""
    assert draw_items(make_question(), variant) == draw_items(make_question(), variant)


@given(VARIANTS)
def test_learners_copy_draws_what_the_source_draws(variant: str) -> None:
    """The draw looks at public data alone."""
    source = make_question()
    copy = parse_question(public_part(source), where="")
    assert not copy.has_key
    assert draw_items(copy, variant) == draw_items(source, variant)


def test_different_variants_draw_differently() -> None:
    """Forty variants of 9 items out of 30 do not coincide."""
    assert len({draw_items(make_question(), f"{n:016x}") for n in range(40)}) == 40


@given(VARIANTS, st.integers(1, 12))
def test_draw_takes_evenly_from_the_strata(variant: str, draw: int) -> None:
    """Strata differ by at most one item, and nothing is drawn twice."""
    drawn = draw_items(make_question(draw=draw), variant)
    assert len(drawn) == len(set(drawn)) == draw
    counts = Counter(int(one[1:]) % 3 for one in drawn)
    assert max(counts.values()) - min(counts[s] for s in range(3)) <= 1


@given(VARIANTS)
def test_small_stratum_gives_all_it_has(variant: str) -> None:
    """A stratum that runs out leaves its share to the others."""
    question = make_question(pool=12, draw=8, strata="abbbbb")
    drawn = draw_items(question, variant)
    assert len(drawn) == 8
    assert {"t00", "t06"} <= set(drawn)


def test_every_item_is_drawn_by_some_variant() -> None:
    """No item of the pool is out of reach."""
    seen = {one for n in range(100) for one in draw_items(make_question(), f"{n:016x}")}
    assert len(seen) == 30


def test_without_draw_all_items_are_shown() -> None:
    """classify is shuffled (its author's order tells), number keeps its author's order."""
    assert set(draw_items(make_question(draw=None), "1")) == {f"t{n:02d}" for n in range(30)}
    assert draw_items(make_question(draw=None), "1") != draw_items(make_question(draw=None), "2")
    number = make_question(kind="number", draw=None)
    assert draw_items(number, "1") == tuple(f"t{n:02d}" for n in range(30))


def test_draw_larger_than_the_pool_shows_the_pool() -> None:
    """A draw that cannot be met is a finding of the check, not a crash."""
    assert len(draw_items(make_question(pool=3, draw=9), "1")) == 3


def test_issued_variant_depends_on_each_of_its_parts() -> None:
    """Secret, learner, module, attempt and redraw each change it; the same parts give the same 16 digits."""
    issued = [
        issue_variant(b"bi-mat", "999001", "uuid-1", 1),
        issue_variant(b"bi-mat-2", "999001", "uuid-1", 1),
        issue_variant(b"bi-mat", "999002", "uuid-1", 1),
        issue_variant(b"bi-mat", "999001", "uuid-2", 1),
        issue_variant(b"bi-mat", "999001", "uuid-1", 2),
        issue_variant(b"bi-mat", "999001", "uuid-1", 1, 1),
        issue_variant(b"bi-mat", "999001uuid", "-1", 1),
    ]
    assert len(set(issued)) == len(issued)
    assert issued[0] == issue_variant(b"bi-mat", "999001", "uuid-1", 1)
    assert all(len(variant) == 16 and int(variant, 16) >= 0 for variant in issued)
