"""What is asked beside the label: the evidence marked and the reasons ticked (G2)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

from autograder.questions.kinds.classify.block import ClassifyQuestion, SideScore, Verdict
from autograder.questions.kinds.marks.scoring import score_marks


def is_counted(rule: SideScore, verdict: Verdict) -> bool:
    """Tell whether evidence or reasons of an item count.

    Raises
    ------
    nothing
    """
    return not rule.only or verdict.label in rule.only


def read_reasons(question: ClassifyQuestion, value: Any) -> tuple[str, ...]:
    """Return the reasons ticked for one item, in the question's order.

    Raises
    ------
    nothing
    """
    ticked = value.get("reasons") if isinstance(value, dict) else None
    if not isinstance(ticked, list) or not question.reasons:
        return ()
    known = {reason for reason in ticked if isinstance(reason, str) and reason in question.reasons}
    return tuple(reason for reason in question.reasons if reason in known)


def _read_evidence(value: Any, parts: frozenset[str]) -> frozenset[str]:
    marked = value.get("evidence") if isinstance(value, dict) else None
    if not isinstance(marked, list):
        return frozenset()
    return frozenset(part for part in marked if isinstance(part, str) and part in parts)


def score_reasons(wanted: Mapping[str, frozenset[str]], ticked: Mapping[str, frozenset[str]]) -> float | None:
    """Return the set score of the reasons, corrected so that the same reasons for every item earn 0.

    Parameters
    ----------
    wanted : Mapping
        Item → reasons that hold.
    ticked : Mapping
        Item → reasons that were ticked; items that are missing were not answered.

    Returns
    -------
    float or None
        0..1.  None where all items want the same reasons, so that they tell nothing.

    Raises
    ------
    nothing

    Source
    ------
    Syllabus §3.0, G2.  Unlike the parts of an item, reasons are the same for every item, so an answer can be constant.
    """
    positives = sum(len(reasons) for reasons in wanted.values())
    if positives == 0:
        return None
    times = Counter(reason for reasons in wanted.values() for reason in reasons)
    gains = (right - (len(wanted) - right) / 2 for right in times.values())
    chance = sum(gain for gain in gains if gain > 0) / positives
    if chance >= 1:
        return None
    return max(0.0, (score_marks(wanted, ticked) - chance) / (1 - chance))


def mix_sides(
    question: ClassifyQuestion,
    answer: Any,
    given: dict[str, str],
    ticked: Mapping[str, tuple[str, ...]],
    drawn: tuple[str, ...],
    fraction: float,
) -> float:
    """Mix the score of the labels with that of evidence and reasons, where they count and tell something.

    Raises
    ------
    nothing
    """
    score, key = question.score, question.key or {}
    if score is None or not given:
        return fraction
    sides: list[tuple[float, float]] = []
    if score.evidence is not None:
        wanted = {i: frozenset(key[i].evidence) for i in drawn if is_counted(score.evidence, key[i])}
        if any(wanted.values()):
            marked = {i: _read_evidence(answer[i], question.item_parts[i]) for i in wanted if i in given}
            sides.append((score.evidence.weight, score_marks(wanted, marked)))
    if score.reasons is not None:
        wanted = {i: frozenset(key[i].reasons) for i in drawn if is_counted(score.reasons, key[i])}
        told = score_reasons(wanted, {i: frozenset(ticked[i]) for i in wanted if i in ticked})
        if told is not None:
            sides.append((score.reasons.weight, told))
    weight = sum(share for share, _told in sides)
    return (1 - weight) * fraction + sum(share * told for share, told in sides)
