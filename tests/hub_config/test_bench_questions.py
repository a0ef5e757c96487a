"""The benchmark of scoring: what it scores, what it says, and that the promise is kept by a wide margin."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from autograder.cli import app
from autograder.questions.kinds import KINDS
from autograder.questions.scoring import score_answer
from autograder.questions.spec import inspect_question
from hub_config.bench_questions import (
    LARGEST_WITHIN_US,
    Cost,
    find_percentile,
    measure_costs,
    summarise_costs,
    write_table,
)
from hub_config.largest_questions import list_largest

GOOD = Path(__file__).parents[1] / "courses" / "good"
LARGEST = list_largest()


def test_every_kind_has_a_largest_question() -> None:
    """A new kind is measured before it is taught."""
    assert {block["kind"] for block, _full in LARGEST.values()} == set(KINDS)


@pytest.mark.parametrize("name", LARGEST)
def test_largest_question_is_a_good_question_and_its_answer_right(name: str) -> None:
    """Nothing in it contradicts itself, and the full answer earns all points: scorers really work."""
    block, full = LARGEST[name]
    question, errors = inspect_question(block, where=name)
    assert [str(error) for error in errors] == []
    assert question is not None
    assert (question.id, score_answer(question, full, "bench-0").points) == (name, 10)


def test_costs_of_every_question_are_measured() -> None:
    """The curriculum's questions and the largest ones, each with full, untouched and random answers."""
    said: list[str] = []
    costs = measure_costs(GOOD, 1, said.append)
    names = [cost.name for cost in costs]
    assert names[:5] == ["mau-thu/thu", "mau-thu/buoc", "mau-thu/phan", "mau-so/ty-le", "mau-so/goi"]
    assert [cost.name for cost in costs if cost.is_largest] == list(LARGEST)
    assert all(len(cost.times_us) == 22 and min(cost.times_us) > 0 for cost in costs)
    assert all(len(cost.full_us) == 1 for cost in costs if cost.is_largest)
    assert len(said) == 2
    summary = summarise_costs(costs)
    assert list(summary["kinds"]) == list(KINDS)
    assert summary["kinds"]["table"]["questions"] == 0
    assert summary["kinds"]["table"]["median_us"] is None
    # ten times what is promised: a busy machine does not fail a test, a quadratic scorer does
    assert all(found["largest_median_us"] < 10 * LARGEST_WITHIN_US for found in summary["kinds"].values())
    assert len(write_table(summary).splitlines()) == len(KINDS) + 3


def test_summary_names_the_slowest_and_those_over_the_limit() -> None:
    """The figures by hand: median of all times of a kind, 95th percentile, the worst full answer."""
    quick = Cost("a", "marks", False, (100.0, 200.0, 300.0), (300.0,))
    slow = Cost("b", "marks", False, (1000.0, 2000.0, 3000.0))
    large = Cost("c", "order", True, (10.0, 20.0), (9000.0,))
    summary = summarise_costs([quick, slow, large])
    marks = summary["kinds"]["marks"]
    assert (marks["questions"], marks["median_us"], marks["p95_us"]) == (2, 650.0, 3000.0)
    assert summary["kinds"]["order"]["largest_full_us"] == 9000.0
    assert summary["slowest"] == {"name": "b", "kind": "marks", "median_us": 2000.0, "p95_us": 3000.0}
    assert summary["over"] == ["b", "c"]
    with pytest.raises(ValueError, match="no costs"):
        summarise_costs([])


def test_percentiles_are_values_that_occurred() -> None:
    """Nearest rank: of twenty values the 95th percentile is the nineteenth."""
    values = tuple(float(number) for number in range(20, 0, -1))
    assert [find_percentile(values, percent) for percent in (0, 50, 95, 100)] == [1, 10, 19, 20]
    with pytest.raises(ValueError, match="no values"):
        find_percentile((), 95)


def test_command_prints_the_table_or_json(monkeypatch: pytest.MonkeyPatch) -> None:
    """``hocvuso bench --questions`` needs no installation, only a curriculum."""
    monkeypatch.setenv("HOCVUSO_CURRICULUM", str(GOOD))
    told = CliRunner().invoke(app, ["bench", "--questions", "--rounds", "1"])
    assert told.exit_code == 0, told.output
    assert "largest_median_us" in told.output
    told = CliRunner().invoke(app, ["bench", "--questions", "--rounds", "1", "--json"])
    assert set(json.loads(told.stdout)) >= {"kinds", "slowest", "over", "promised_us"}
