"""``hocvuso bench --questions``: what scoring an answer costs, for the curriculum's questions and the largest ones."""

from __future__ import annotations

import random
import statistics
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from autograder.curriculum.reader import read_curriculum
from autograder.curriculum.samples import FULL_SAMPLE
from autograder.locale import _
from autograder.questions.kinds import KINDS
from autograder.questions.scoring import score_answer
from autograder.questions.spec import Question, parse_question, resolved
from hub_config.largest_questions import list_largest

# What the project promises: the median of every question, and of the largest of each kind.
MEDIAN_WITHIN_US = 1000.0
LARGEST_WITHIN_US = 5000.0
# An answer that differs a little from the full one, so that scorers really work.
RANDOM_ANSWERS = 20
MAX_WORDS = 2000
SEED = 2026


@dataclass(frozen=True, slots=True)
class Cost:
    """What scoring one question costs, in microseconds, over full, untouched and random answers."""

    # module and question, or the name of a built-in largest question
    name: str
    kind: str
    is_largest: bool
    times_us: tuple[float, ...]
    # those of the full answer alone, which costs most where a file is read; empty where no sample gives one
    full_us: tuple[float, ...] = ()

    @property
    def median_us(self) -> float:
        """Return the median.

        Raises
        ------
        nothing
        """
        return statistics.median(self.times_us)

    @property
    def p95_us(self) -> float:
        """Return the 95th percentile.

        Raises
        ------
        nothing
        """
        return find_percentile(self.times_us, 95)

    @property
    def is_kept(self) -> bool:
        """Tell whether the question costs no more than was promised.

        Raises
        ------
        nothing
        """
        worst = max(self.median_us, statistics.median(self.full_us or (0.0,)))
        return worst <= (LARGEST_WITHIN_US if self.is_largest else MEDIAN_WITHIN_US)


def find_percentile(values: tuple[float, ...], percent: int) -> float:
    """Return the smallest value that is not below ``percent`` of all.

    Raises
    ------
    ValueError
        There are no values.
    """
    if not values:
        raise ValueError("no values")
    ordered = sorted(values)
    return ordered[max(0, -(-len(ordered) * percent // 100) - 1)]


def measure_costs(curriculum: Path, rounds: int, say: Callable[[str], None]) -> list[Cost]:
    """Score answers to every question, in this process, one after the other.

    Parameters
    ----------
    curriculum : Path
        Folder with ``curriculum.toml``.
    rounds : int
        How many times each answer is scored.
    say : callable (text) → None
        Hears the progress.

    Returns
    -------
    list of Cost
        One for each question, the curriculum's first.

    Raises
    ------
    ContentError
        The curriculum cannot be read.
    """
    costs: list[Cost] = []
    for name, question, full in _iter_curriculum(curriculum):
        costs.append(_measure(name, question, full, False, rounds))
    say(_("{number} questions of the curriculum").format(number=len(costs)))
    for name, (block, full) in list_largest().items():
        costs.append(_measure(name, parse_question(block, where=name), full, True, rounds))
    say(_("{number} largest questions").format(number=sum(1 for cost in costs if cost.is_largest)))
    return costs


def summarise_costs(costs: list[Cost]) -> dict[str, Any]:
    """Return the costs by kind, and the slowest question.

    Parameters
    ----------
    costs : list of Cost

    Returns
    -------
    dict
        JSON-ready: ``kinds`` maps each kind to ``questions, median_us, p95_us`` of the curriculum and
        ``largest_median_us, largest_p95_us, largest_full_us`` of the built-in questions (None where there are none;
        ``largest_full_us`` is the slowest full answer), ``slowest`` is ``{name, kind, median_us, p95_us}``, ``over``
        lists the names of the questions that cost more than was promised, and ``promised_us`` says what that is.

    Raises
    ------
    ValueError
        There are no costs.
    """
    slowest = max(costs, key=lambda cost: cost.p95_us, default=None)
    if slowest is None:
        raise ValueError("no costs")
    return {
        "kinds": {kind: _summarise_kind([cost for cost in costs if cost.kind == kind]) for kind in KINDS},
        "slowest": {
            "name": slowest.name,
            "kind": slowest.kind,
            "median_us": round(slowest.median_us, 1),
            "p95_us": round(slowest.p95_us, 1),
        },
        "over": [cost.name for cost in costs if not cost.is_kept],
        "promised_us": {"median": MEDIAN_WITHIN_US, "largest": LARGEST_WITHIN_US},
    }


def write_table(summary: dict[str, Any]) -> str:
    """Return the summary as lines of aligned columns.

    Raises
    ------
    KeyError
        It is no summary of ``summarise_costs``.
    """
    fields = ("questions", "median_us", "p95_us", "largest_median_us", "largest_p95_us", "largest_full_us")
    lines = [" ".join([f"{'kind':<10}", *(f"{field:>17}" for field in fields)])]
    for kind, found in summary["kinds"].items():
        shown = ("–" if found[field] is None else str(found[field]) for field in fields)
        lines.append(" ".join([f"{kind:<10}", *(f"{text:>17}" for text in shown)]))
    slowest = summary["slowest"]
    lines.append(f"slowest: {slowest['name']} ({slowest['kind']}), p95 {slowest['p95_us']} µs")
    lines.append(f"over the limit: {', '.join(summary['over']) or '–'}")
    return "\n".join(lines)


def _summarise_kind(costs: list[Cost]) -> dict[str, Any]:
    taught = tuple(value for cost in costs if not cost.is_largest for value in cost.times_us)
    biggest = [cost for cost in costs if cost.is_largest]
    largest = tuple(value for cost in biggest for value in cost.times_us)
    return {
        "questions": sum(1 for cost in costs if not cost.is_largest),
        "median_us": round(statistics.median(taught), 1) if taught else None,
        "p95_us": round(find_percentile(taught, 95), 1) if taught else None,
        "largest_median_us": round(statistics.median(largest), 1) if largest else None,
        "largest_p95_us": round(find_percentile(largest, 95), 1) if largest else None,
        "largest_full_us": round(max(statistics.median(c.full_us) for c in biggest), 1) if biggest else None,
    }


def _iter_curriculum(curriculum: Path) -> Iterator[tuple[str, Question, Any]]:
    """Yield name, question and full answer (None where no sample gives one) of every question that has a key."""
    for module in read_curriculum(curriculum).modules:
        full = next((sample.answers for sample in module.samples if sample.name == FULL_SAMPLE), {})
        for notebook in module.notebooks:
            for question in notebook.questions:
                if question.has_key:
                    yield f"{module.slug}/{question.id}", question, full.get(question.id)


def _measure(name: str, question: Question, full: Any, is_largest: bool, rounds: int) -> Cost:
    chance = random.Random(f"{SEED}:{name}")
    words = list(dict.fromkeys(_iter_texts(resolved(question).get("items"))))[:MAX_WORDS]
    base = full if full is not None else {item.id: item.id for item in question.items}
    answers = [full, None, *(_vary(base, words, chance) for _number in range(RANDOM_ANSWERS))]
    times: list[float] = []
    for number, answer in enumerate(answers):
        variant = f"bench-{number % 4}"
        # What is read once and kept belongs to opening the question, not to an answer.
        score_answer(question, None, variant)
        for _round in range(rounds):
            begun = time.perf_counter_ns()
            score_answer(question, answer, variant)
            times.append((time.perf_counter_ns() - begun) / 1000)
    return Cost(name, question.kind, is_largest, tuple(times), tuple(times[:rounds]) if full is not None else ())


def _vary(value: Any, words: list[str], chance: random.Random) -> Any:
    """Return an answer in which each part is kept, left out, or replaced by another word of the question."""
    if isinstance(value, dict):
        return {name: _vary(inner, words, chance) for name, inner in value.items() if chance.random() > 0.1}
    if isinstance(value, list):
        kept = [_vary(inner, words, chance) for inner in value if chance.random() > 0.1]
        chance.shuffle(kept)
        return kept
    if isinstance(value, str) and chance.random() < 0.3:
        # A long text is a file or an essay: a cut one is still worth reading.
        return value[: chance.randrange(len(value))] if len(value) > 200 or not words else chance.choice(words)
    return value


def _iter_texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        if 0 < len(value) <= 200:
            yield value
    elif isinstance(value, dict):
        for inner in value.values():
            yield from _iter_texts(inner)
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from _iter_texts(inner)
