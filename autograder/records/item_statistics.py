"""Item statistics: how hard each item is, whether it tells strong learners from weak ones, which mistakes are made.

Pure: rows in, numbers out.  ``item_rows`` reads the rows from the database.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

# Fewer people than this are not broken down (design.md §6).
MIN_PEOPLE = 5
# Fewer answers than this say too little about an item for a correlation or a warning.
MIN_ANSWERS = 10
TOO_HARD = 0.2
TOO_EASY = 0.95
WEAK_DISCRIMINATION = 0.1
BARS = 10


class Flag(StrEnum):
    """What an author should look at."""

    CHECK_KEY = "check-key"
    TOO_HARD = "too-hard"
    TOO_EASY = "too-easy"
    WEAK = "no-discrimination"


@dataclass(frozen=True, slots=True)
class QuestionRow:
    """One question of one graded attempt.  ``points`` are hundredths, so that sums are exact."""

    submission: str
    person: str
    question: str
    notebook: str
    required: bool
    points: int
    max_points: int
    capped: bool
    answered: bool
    codes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ItemRow:
    """Answers to one item that went alike: ``count`` of them, one by default.

    ``rest`` is the sum, over them, of the points (hundredths) that their attempts earned in the module's other
    required questions; ``rest_squares`` the sum of the squares.
    """

    question: str
    item: str
    fraction: float
    answered: bool
    code: str
    chosen: tuple[str, ...]
    wrong: tuple[str, ...]
    rest: int
    rest_squares: int
    count: int = 1


@dataclass(frozen=True, slots=True)
class Count:
    """How often something happened, and its share of the answers."""

    name: str
    count: int
    share: float


@dataclass(frozen=True, slots=True)
class ItemStatistics:
    """One item.  Where ``is_shown`` is false too few people met it, and everything else is empty."""

    question: str
    item: str
    is_shown: bool
    answers: int = 0
    difficulty: float | None = None
    discrimination: float | None = None
    untouched: float | None = None
    wrong: tuple[Count, ...] = ()
    codes: tuple[Count, ...] = ()
    flags: tuple[Flag, ...] = ()


@dataclass(frozen=True, slots=True)
class QuestionStatistics:
    """One question.  ``quartiles`` are the points that a quarter, a half and three quarters do not exceed."""

    question: str
    notebook: str
    required: bool
    is_shown: bool
    max_points: float
    answers: int = 0
    mean: float | None = None
    quartiles: tuple[float, float, float] | None = None
    capped: float | None = None
    untouched: float | None = None
    codes: tuple[Count, ...] = ()
    items: tuple[ItemStatistics, ...] = ()


@dataclass(frozen=True, slots=True)
class ModuleStatistics:
    """A module.  ``bars`` count attempts by score, in steps of a tenth; the last one holds full marks too."""

    people: int
    attempts: int
    is_shown: bool
    mean: float | None = None
    median: float | None = None
    bars: tuple[int, ...] = ()
    codes: tuple[Count, ...] = ()
    questions: tuple[QuestionStatistics, ...] = ()

    @property
    def items(self) -> tuple[ItemStatistics, ...]:
        """The items of all questions."""
        return tuple(item for question in self.questions for item in question.items)


def compute_statistics(
    questions: Iterable[QuestionRow], items: Iterable[ItemRow], people: Mapping[tuple[str, str], int] | None = None
) -> ModuleStatistics:
    """Compute the statistics of a module.

    Parameters
    ----------
    questions : iterable of QuestionRow
        One per question of every attempt that counts; the order of first appearance is that of the result.
    items : iterable of ItemRow
        In any order, alike ones counted together or one by one.
    people : mapping, optional
        (question, item) → how many people its answers come from; left out where everybody counts once.

    Returns
    -------
    ModuleStatistics
        Nothing is broken down where fewer than `MIN_PEOPLE` people stand behind it.

    Raises
    ------
    nothing
    """
    rows = list(questions)
    attempts = len({row.submission for row in rows})
    heads = len({row.person for row in rows})
    if heads < MIN_PEOPLE:
        return ModuleStatistics(heads, attempts, is_shown=False)
    by_item: dict[tuple[str, str], list[ItemRow]] = {}
    for row in items:
        by_item.setdefault((row.question, row.item), []).append(row)
    found: dict[str, list[ItemStatistics]] = {}
    for (question, item), alike in sorted(by_item.items()):
        known = None if people is None else people.get((question, item), 0)
        found.setdefault(question, []).append(_describe_item(question, item, alike, known))
    by_question: dict[str, list[QuestionRow]] = {}
    for question_row in rows:
        by_question.setdefault(question_row.question, []).append(question_row)
    scores = sorted(_sum_scores(rows))
    return ModuleStatistics(
        people=heads,
        attempts=attempts,
        is_shown=True,
        mean=sum(scores) / len(scores) if scores else None,
        median=_interpolate(scores, 0.5) if scores else None,
        bars=count_bars(scores),
        codes=_count_codes(rows, attempts),
        questions=tuple(_describe_question(listed, tuple(found.get(name, ()))) for name, listed in by_question.items()),
    )


def correlate(rows: Sequence[ItemRow]) -> float | None:
    """Return the correlation of an item with the rest of the module.

    Returns
    -------
    float or None
        −1..1 (Pearson); None for fewer than `MIN_ANSWERS` answers, or where one side does not vary.

    Raises
    ------
    nothing

    Source
    ------
    Corrected item–total correlation: the rest leaves out the item's own question, or the item would correlate
    with itself.
    """
    number = sum(row.count for row in rows)
    if number < MIN_ANSWERS:
        return None
    rest, squares = sum(row.rest for row in rows), sum(row.rest_squares for row in rows)
    # Whole numbers: exact, so "does not vary" is exactly 0.
    rest_spread = number * squares - rest * rest
    mean = math.fsum(row.fraction * row.count for row in rows) / number
    spread = math.fsum(row.count * (row.fraction - mean) ** 2 for row in rows)
    if rest_spread <= 0 or len({row.fraction for row in rows}) < 2 or spread <= 0:
        return None
    shared = math.fsum((row.fraction - mean) * (row.rest - row.count * rest / number) for row in rows)
    return max(-1.0, min(1.0, shared / math.sqrt(spread * rest_spread / number)))


def count_bars(scores: Iterable[float]) -> tuple[int, ...]:
    """Return how many scores (0..1) lie in each tenth; a score on a border belongs above it, 1 to the last.

    Raises
    ------
    nothing
    """
    # 0.3 * 10 is not 3 for every way to 0.3.
    counted = Counter(min(BARS - 1, int(score * BARS + 1e-9)) for score in scores)
    return tuple(counted[bar] for bar in range(BARS))


def _describe_item(question: str, item: str, rows: list[ItemRow], people: int | None) -> ItemStatistics:
    answers = sum(row.count for row in rows)
    if (answers if people is None else people) < MIN_PEOPLE:
        return ItemStatistics(question, item, is_shown=False)
    difficulty = math.fsum(row.fraction * row.count for row in rows) / answers
    discrimination = correlate(rows)
    chosen, wrong, codes = Counter[str](), Counter[str](), Counter[str]()
    for row in rows:
        mistakes = set(row.wrong)
        for option in set(row.chosen):
            (wrong if option in mistakes else chosen)[option] += row.count
        if row.code:
            codes[row.code] += row.count
    full = sum(row.count for row in rows if row.fraction >= 1)
    return ItemStatistics(
        question=question,
        item=item,
        is_shown=True,
        answers=answers,
        difficulty=min(max(difficulty, 0.0), 1.0),
        discrimination=discrimination,
        untouched=sum(row.count for row in rows if not row.answered) / answers,
        wrong=_rank(wrong, answers),
        codes=_rank(codes, answers),
        flags=_flag(answers, difficulty, discrimination, max(wrong.values(), default=0), _most(full, chosen)),
    )


def _most(full: int, chosen: Counter[str]) -> int:
    # Right numbers are typed in many ways, and right sets have many members: whichever speaks better for the key.
    return max(full, max(chosen.values(), default=0))


def _flag(answers: int, difficulty: float, discrimination: float | None, wrong: int, right: int) -> tuple[Flag, ...]:
    if answers < MIN_ANSWERS:
        return ()
    is_extreme = difficulty < TOO_HARD or difficulty > TOO_EASY
    flags = {
        Flag.CHECK_KEY: wrong > right,
        Flag.TOO_HARD: difficulty < TOO_HARD,
        Flag.TOO_EASY: difficulty > TOO_EASY,
        # Where nearly all answers go one way, nothing can be told apart; that is said already.
        Flag.WEAK: not is_extreme and discrimination is not None and discrimination < WEAK_DISCRIMINATION,
    }
    return tuple(flag for flag, is_so in flags.items() if is_so)


def _describe_question(rows: list[QuestionRow], items: tuple[ItemStatistics, ...]) -> QuestionStatistics:
    first = rows[0]
    max_points = max(row.max_points for row in rows) / 100
    # Nobody has to do the elective part: leaving it says nothing about it.
    counted = rows if first.required else [row for row in rows if row.answered]
    if len({row.person for row in counted}) < MIN_PEOPLE:
        return QuestionStatistics(first.question, first.notebook, first.required, False, max_points)
    points = sorted(row.points / 100 for row in counted)
    return QuestionStatistics(
        question=first.question,
        notebook=first.notebook,
        required=first.required,
        is_shown=True,
        max_points=max_points,
        answers=len(counted),
        mean=sum(row.points for row in counted) / 100 / len(counted),
        quartiles=(_interpolate(points, 0.25), _interpolate(points, 0.5), _interpolate(points, 0.75)),
        capped=sum(row.capped for row in counted) / len(counted),
        untouched=sum(not row.answered for row in rows) / len(rows),
        codes=_count_codes(counted, len(counted)),
        items=items,
    )


def _sum_scores(rows: Iterable[QuestionRow]) -> Iterable[float]:
    points, possible = Counter[str](), Counter[str]()
    for row in rows:
        if row.required:
            points[row.submission] += row.points
            possible[row.submission] += row.max_points
    return (points[one] / total for one, total in possible.items() if total > 0)


def _count_codes(rows: Iterable[QuestionRow], attempts: int) -> tuple[Count, ...]:
    """Count attempts, not items: who makes one mistake ten times makes one mistake."""
    seen = {(row.submission, code) for row in rows for code in row.codes}
    return _rank(Counter(code for _submission, code in seen), attempts)


def _rank(counted: Counter[str], answers: int) -> tuple[Count, ...]:
    ranked = sorted(counted.items(), key=lambda pair: (-pair[1], pair[0]))
    return tuple(Count(name, number, number / answers) for name, number in ranked)


def _interpolate(ordered: Sequence[float], place: float) -> float:
    """Return a quantile by linear interpolation between neighbours (R's type 7)."""
    position = (len(ordered) - 1) * place
    below = math.floor(position)
    above = min(below + 1, len(ordered) - 1)
    return ordered[below] + (ordered[above] - ordered[below]) * (position - below)
