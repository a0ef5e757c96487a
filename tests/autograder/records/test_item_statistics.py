"""Item statistics: tables worked out by hand, and what must hold for every table."""

from __future__ import annotations

import math
import random
import statistics
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from autograder.records.item_statistics import (
    MIN_ANSWERS,
    Count,
    Flag,
    ItemRow,
    ItemStatistics,
    QuestionRow,
    compute_statistics,
    correlate,
    count_bars,
)


def make_item(fraction: float, rest: int = 0, chosen: str = "", wrong: bool = False, **more: object) -> ItemRow:
    """Return one answer to item a of question q1."""
    options = (chosen,) if chosen else ()
    row = ItemRow("q1", "a", fraction, bool(chosen), "", options, options if wrong else (), rest, rest * rest)
    return replace(row, **more)  # type: ignore[arg-type]


def make_question(person: int, points: int, question: str = "q1", **more: object) -> QuestionRow:
    """Return one question of one attempt, of 10 points."""
    row = QuestionRow(f"s{person}", f"p{person}", question, "lesson", True, points, 1000, False, True)
    return replace(row, **more)  # type: ignore[arg-type]


def describe(rows: list[ItemRow], people: int = 20) -> ItemStatistics:
    """Return the statistics of the one item of ``rows``."""
    found = compute_statistics([make_question(person, 500) for person in range(people)], rows)
    (item,) = found.items
    return item


def test_an_item_worked_out_by_hand() -> None:
    """Ten people; 6 right, 3 chose b, 1 left it; the five strong ones (10 points elsewhere) are all right.

    p = 6/10.  x̄ = 0,6, ȳ = 0,5, mean of xy = 5/10, so cov = 0,5 - 0,3 = 0,2; sd x = √0,24, sd y = 0,5;
    r = 0,2 / (√0,24 · 0,5) = 0,8165.
    """
    rows = [make_item(1.0, 1000, "a") for _n in range(5)] + [make_item(1.0, 0, "a")]
    rows += [make_item(0.0, 0, "b", wrong=True, code="MC-B") for _n in range(3)] + [make_item(0.0)]
    item = describe(rows, people=10)
    assert (item.answers, item.difficulty, item.untouched) == (10, 0.6, 0.1)
    assert item.discrimination == pytest.approx(0.2 / (math.sqrt(0.24) * 0.5))
    assert item.wrong == (Count("b", 3, 0.3),)
    assert item.codes == (Count("MC-B", 3, 0.3),)
    assert item.flags == ()


def test_a_question_worked_out_by_hand() -> None:
    """Points 0 2 4 6 10: mean 22/5 = 4,4; the quartiles of five values are the second, third and fourth.

    Scores of the module are 0 20 40 60 100 of 100: mean 44, median 40.
    """
    points = (0, 200, 400, 600, 1000)
    rows = [make_question(n, p, capped=n == 1, answered=n > 0) for n, p in enumerate(points)]
    found = compute_statistics(rows, [])
    (question,) = found.questions
    assert (question.answers, question.mean, question.quartiles) == (5, 4.4, (2.0, 4.0, 6.0))
    assert (question.capped, question.untouched, question.max_points) == (0.2, 0.2, 10.0)
    assert found.mean == pytest.approx(0.44)
    assert found.median == pytest.approx(0.4)
    assert found.bars == (1, 0, 1, 0, 1, 0, 1, 0, 0, 1)


def test_quartiles_between_values_are_interpolated() -> None:
    """Of 0 1 2 3 4 5 (points) the quartiles are 1,25, 2,5 and 3,75, as in statistics.quantiles(…, inclusive)."""
    rows = [make_question(n, n * 100) for n in range(6)]
    (question,) = compute_statistics(rows, []).questions
    assert question.quartiles == tuple(statistics.quantiles(range(6), n=4, method="inclusive")) == (1.25, 2.5, 3.75)


def test_misconceptions_count_attempts_not_items() -> None:
    """Whoever makes a mistake in two questions makes it once in the module; ties go by name."""
    rows = [make_question(n, 0, codes=("MC-B", "MC-A")) for n in range(3)]
    rows += [make_question(n, 0, "q2", codes=("MC-B",)) for n in range(3)]
    rows += [make_question(n, 0) for n in (3, 4)]
    found = compute_statistics(rows, [])
    assert found.codes == (Count("MC-A", 3, 0.6), Count("MC-B", 3, 0.6))
    assert [question.codes for question in found.questions] == [
        (Count("MC-A", 3, 0.6), Count("MC-B", 3, 0.6)),
        (),  # three people are too few to say anything of q2
    ]


def test_fewer_than_five_people_are_not_broken_down() -> None:
    """Four people, however often they tried: nothing but their number."""
    rows = [make_question(n % 4, 500, submission=f"s{n}") for n in range(12)]
    found = compute_statistics(rows, [make_item(1.0)] * 12)
    assert (found.people, found.attempts, found.is_shown) == (4, 12, False)
    assert (found.questions, found.bars, found.codes, found.mean) == ((), (), (), None)


def test_an_item_that_few_people_met_is_named_and_no_more() -> None:
    """Pools show each item to some only; with many attempts it is people that count."""
    few = [make_item(1.0, 100, "a")] * 4
    assert describe(few) == ItemStatistics("q1", "a", is_shown=False)
    rows = [make_question(person, 500) for person in range(20)]
    often = compute_statistics(rows, [make_item(1.0, 100, "a")] * 12, {("q1", "a"): 4})
    assert [item.is_shown for item in often.items] == [False]


def test_the_elective_part_counts_those_who_did_it() -> None:
    """Five of ten did it: the mean is theirs alone, and the score leaves it out; four would be too few."""
    rows = [make_question(n, 1000) for n in range(10)]
    rows += [make_question(n, 900 if n < 5 else 0, "them", required=False, answered=n < 5) for n in range(10)]
    found = compute_statistics(rows, [])
    elective = found.questions[1]
    assert (elective.answers, elective.mean, elective.untouched) == (5, 9.0, 0.5)
    assert found.mean == 1.0
    fewer = [replace(row, answered=row.required or row.person < "p4") for row in rows]
    assert compute_statistics(fewer, []).questions[1].is_shown is False


@pytest.mark.parametrize(
    ("right", "wrong", "number", "flags"),
    [
        (1, 0, 10, (Flag.TOO_HARD,)),  # one right, nine untouched: p = 0,1
        (2, 0, 10, ()),  # p = 0,2 is not below 0,2
        (19, 0, 20, ()),  # p = 0,95 is not above 0,95
        (20, 0, 20, (Flag.TOO_EASY,)),
        (4, 5, 10, (Flag.CHECK_KEY,)),  # five chose b, four the right one
        (5, 5, 10, ()),
        (1, 8, 10, (Flag.CHECK_KEY, Flag.TOO_HARD)),
        (0, 9, 9, ()),  # nine answers are too few for a warning
    ],
)
def test_flags_begin_where_they_say(right: int, wrong: int, number: int, flags: tuple[Flag, ...]) -> None:
    """p < 0,2, p > 0,95, a wrong option chosen more than the right one; nothing below ten answers."""
    rows = [make_item(1.0, 0, "a")] * right + [make_item(0.0, 0, "b", wrong=True)] * wrong
    assert describe(rows + [make_item(0.0)] * (number - right - wrong)).flags == flags


def test_an_item_that_does_not_tell_apart_is_flagged() -> None:
    """The weak ones get it right, the strong ones wrong: r = -1."""
    rows = [make_item(1.0, 0, "a")] * 5 + [make_item(0.0, 900, "")] * 5
    item = describe(rows)
    assert item.discrimination == pytest.approx(-1)
    assert item.flags == (Flag.WEAK,)


def test_a_right_set_of_many_members_is_not_taken_for_a_wrong_key() -> None:
    """Two right parts each chosen by ten: a wrong part chosen by eleven is a warning, by ten it is none."""
    right = ItemRow("q1", "a", 0.5, True, "", ("p1", "p2", "p9"), ("p9",), 0, 0, 10)
    other = ItemRow("q1", "a", 0.0, True, "", ("p9",), ("p9",), 0, 0, 1)
    assert Flag.CHECK_KEY in describe([right, other]).flags
    assert Flag.CHECK_KEY not in describe([right, replace(other, count=1, chosen=("p1",), wrong=())]).flags


def test_numbers_typed_in_many_ways_count_for_the_key_together() -> None:
    """Ten right answers, each typed another way, stand against a wrong value typed four times."""
    rows = [make_item(1.0, 0, f"12,{n}") for n in range(10)] + [make_item(0.0, 0, "120", wrong=True)] * 4
    assert describe(rows).flags == ()


@pytest.mark.parametrize(
    "rows",
    [
        [make_item(n % 2, n) for n in range(MIN_ANSWERS - 1)],
        [make_item(1.0, n) for n in range(20)],
        [make_item(n % 2, 3333) for n in range(20)],
        [make_item(1 / 3, n) for n in range(20)],
    ],
    ids=["few", "all-right", "same-rest", "same-fraction"],
)
def test_what_does_not_vary_has_no_discrimination(rows: list[ItemRow]) -> None:
    """Absent is not zero."""
    assert correlate(rows) is None


def test_bars_hold_their_lower_border() -> None:
    """0,3 written in any way belongs to 30–40; full marks belong to the last bar."""
    assert count_bars([0.0, 0.0999, 0.1, 0.1 + 0.2, 3 * 0.1, 0.95, 1.0]) == (2, 1, 0, 2, 0, 0, 0, 0, 0, 2)


ANSWERS = st.lists(
    st.tuples(
        st.sampled_from([0.0, 0.25, 1 / 3, 0.5, 1.0]),
        st.integers(0, 10_000),
        st.sampled_from(["", "a", "b", "c"]),
        st.booleans(),
    ),
    min_size=5,
    max_size=60,
)


def build_rows(answers: list[tuple[float, int, str, bool]]) -> list[ItemRow]:
    """Return one row per answer."""
    return [make_item(f, rest, chosen, wrong, code="MC-X" if wrong else "") for f, rest, chosen, wrong in answers]


@settings(max_examples=200)
@given(ANSWERS)
def test_discrimination_is_the_correlation_of_the_standard_library(answers: list[tuple[float, int, str, bool]]) -> None:
    """Pearson's, computed from sums."""
    fractions, rests = [a[0] for a in answers], [float(a[1]) for a in answers]
    found = correlate(build_rows(answers))
    if len(answers) < MIN_ANSWERS or len(set(fractions)) < 2 or len(set(rests)) < 2:
        assert found is None
    else:
        assert found == pytest.approx(statistics.correlation(fractions, rests), abs=1e-9)


@settings(max_examples=100)
@given(ANSWERS, st.randoms())
def test_order_and_grouping_change_nothing(answers: list[tuple[float, int, str, bool]], order: random.Random) -> None:
    """One by one, shuffled, or alike ones counted together: the same numbers."""
    rows = build_rows(answers)
    shuffled = order.sample(rows, len(rows))
    grouped: dict[tuple[object, ...], ItemRow] = {}
    for row in rows:
        alike = (row.fraction, row.answered, row.code, row.chosen, row.wrong)
        before = grouped.get(alike)
        grouped[alike] = (
            row
            if before is None
            else replace(
                before,
                rest=before.rest + row.rest,
                rest_squares=before.rest_squares + row.rest_squares,
                count=before.count + 1,
            )
        )
    one, other, together = describe(rows), describe(shuffled), describe(list(grouped.values()))
    for found in (other, together):
        assert found.discrimination == pytest.approx(one.discrimination, abs=1e-9)
        assert found.difficulty == pytest.approx(one.difficulty, abs=1e-12)
        assert (found.wrong, found.codes, found.answers) == (one.wrong, one.codes, one.answers)


@settings(max_examples=100)
@given(ANSWERS)
def test_every_figure_stays_within_its_bounds(answers: list[tuple[float, int, str, bool]]) -> None:
    """Shares in 0..1, discrimination in -1..1, and counts that add up."""
    item = describe(build_rows(answers))
    assert item.difficulty is not None
    assert item.untouched is not None
    assert 0 <= item.difficulty <= 1
    assert 0 <= item.untouched <= 1
    assert item.discrimination is None or -1 <= item.discrimination <= 1
    assert sum(count.count for count in item.wrong) <= item.answers == len(answers)
    assert all(0 < count.share <= 1 for count in (*item.wrong, *item.codes))


@settings(max_examples=100)
@given(st.lists(st.integers(0, 1000), min_size=5, max_size=40))
def test_a_question_lies_between_its_worst_and_its_best(points: list[int]) -> None:
    """Mean and quartiles, in order; every attempt stands in one bar."""
    found = compute_statistics([make_question(n, p) for n, p in enumerate(points)], [])
    (question,) = found.questions
    assert question.mean is not None
    assert question.quartiles is not None
    first, median, third = question.quartiles
    assert min(points) / 100 <= first <= median <= third <= max(points) / 100
    assert min(points) / 100 - 1e-9 <= question.mean <= max(points) / 100 + 1e-9
    assert sum(found.bars) == len(points)
