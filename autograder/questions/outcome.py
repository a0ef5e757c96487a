"""What a scorer says about an answer."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

# A safety-critical act caps its question at this share of the points (syllabus §3.0, CAP).
CAP_FRACTION = 0.4


@dataclass(frozen=True)
class ItemResult:
    """How one item of a question went."""

    # item id; for a check the case, c01, c02, …
    item: str
    # 0..1
    fraction: float
    # misconception code, or None
    code: str | None = None
    # what was chosen, as the options' ids or the short text typed; for item statistics, never shown to learners
    chosen: tuple[str, ...] = ()
    # those of ``chosen`` that are not right
    wrong: tuple[str, ...] = ()


@dataclass(frozen=True)
class Note:
    """One sentence for the learner."""

    # misconception code; WHY for the author's explanation of one item; HINT for a check's public hint
    code: str
    # item id, or None where the note speaks of the whole question
    item: str | None
    # in the language current at scoring
    text: str


@dataclass(frozen=True)
class Outcome:
    """What a kind's own scorer found, before points and texts."""

    # 0..1, before the cap
    fraction: float
    items: tuple[ItemResult, ...]
    # (misconception code, item id or None), in the order of the items, without repetition
    codes: tuple[tuple[str, str | None], ...] = ()
    # a safety-critical act was chosen
    capped: bool = False


@dataclass(frozen=True)
class Score:
    """The points of one answer, with the reasons."""

    # 0..max_points, rounded to two decimals
    points: float
    max_points: float
    # 0..1, after the cap
    fraction: float
    # an open CAP: the module is not passed before an attempt without it
    capped: bool
    items: tuple[ItemResult, ...] = field(default=())
    notes: tuple[Note, ...] = field(default=())

    def as_dict(self) -> dict[str, Any]:
        """Return the score as JSON-ready data.

        Returns
        -------
        dict
            ``points, max_points, fraction, capped, items: [{item, fraction, code}], notes: [{code, item, text}]``.

        Raises
        ------
        nothing
        """
        return {
            "points": self.points,
            "max_points": self.max_points,
            "fraction": self.fraction,
            "capped": self.capped,
            "items": [{"item": r.item, "fraction": r.fraction, "code": r.code} for r in self.items],
            "notes": [{"code": n.code, "item": n.item, "text": n.text} for n in self.notes],
        }


def make_score(max_points: float, outcome: Outcome, notes: tuple[Note, ...]) -> Score:
    """Turn an outcome into points.

    Parameters
    ----------
    max_points : float
        What a full answer earns.
    outcome : Outcome
    notes : tuple of Note

    Returns
    -------
    Score
        ``points = round(max_points * fraction, 2)``, the fraction held in 0..1 and below the cap where one is open.

    Raises
    ------
    nothing
    """
    fraction = min(max(outcome.fraction, 0.0), 1.0)
    if outcome.capped:
        fraction = min(fraction, CAP_FRACTION)
    points = min(round(max_points * fraction, 2), max_points)
    return Score(points, max_points, fraction, outcome.capped, outcome.items, notes)
