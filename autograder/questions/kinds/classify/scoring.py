"""How labels are read and scored."""

from __future__ import annotations

import math
from typing import Any

from autograder.questions.kinds.classify.block import ANY_LABEL, ClassifyQuestion, ClusterScore, CostScore, Verdict
from autograder.questions.kinds.classify.measures import (
    count_pairs,
    find_whole_clusters,
    score_by_balance,
    score_by_clusters,
    score_by_cost,
)
from autograder.questions.kinds.classify.sides import is_counted, mix_sides, read_reasons
from autograder.questions.kinds.marks.scoring import score_marks
from autograder.questions.outcome import ItemResult, Outcome


def read_labels(question: ClassifyQuestion, answer: Any, drawn: tuple[str, ...]) -> dict[str, str]:
    """Return the labels that an answer gives to drawn items; what is no label counts as not answered.

    Raises
    ------
    nothing
    """
    given: dict[str, str] = {}
    if not isinstance(answer, dict):
        return given
    for identity in drawn:
        value = answer.get(identity)
        label = value.get("label") if isinstance(value, dict) else value
        if isinstance(label, str) and label in question.choices:
            given[identity] = label
    return given


def score_classify(question: ClassifyQuestion, answer: Any, drawn: tuple[str, ...]) -> Outcome:
    """Score one label per item.

    Parameters
    ----------
    question : ClassifyQuestion
        With key.
    answer : Any
        ``{item: label}`` or ``{item: {label, evidence: [part], reasons: [reason]}}``; any other JSON value counts as
        no answer.
    drawn : tuple of str

    Returns
    -------
    Outcome

    Raises
    ------
    nothing

    Source
    ------
    Syllabus §3.0, G1, G2, G3, G6, CAP.
    """
    key = question.key or {}
    drawn = tuple(identity for identity in drawn if identity in key)
    given = read_labels(question, answer, drawn)
    truth = {identity: key[identity].label for identity in drawn}
    right = {identity for identity, label in given.items() if label == truth[identity]}
    if isinstance(question.score, CostScore):
        fraction = score_by_cost(truth, given, question.score.matrix, tuple(question.choices))
    elif isinstance(question.score, ClusterScore):
        fraction = score_by_clusters(truth, given)
        right |= find_whole_clusters(truth, given)
    else:
        fraction = score_by_balance(truth, given, len(question.choices))
    ticked = {identity: read_reasons(question, answer[identity]) for identity in given} if question.reasons else {}
    fraction = mix_sides(question, answer, given, ticked, drawn, fraction)
    results: list[ItemResult] = []
    codes: list[tuple[str, str | None]] = []
    for identity in drawn:
        verdict, label = key[identity], given.get(identity)
        result, found = _judge_item(question, verdict, identity, label, identity in right, ticked.get(identity, ()))
        results.append(result)
        codes += [(code, identity) for code in found]
    capped = any(label in key[identity].cap for identity, label in given.items())
    return Outcome(fraction if given else 0.0, tuple(results), tuple(codes), capped)


def _judge_item(
    question: ClassifyQuestion,
    verdict: Verdict,
    identity: str,
    label: str | None,
    is_right: bool,
    ticked: tuple[str, ...],
) -> tuple[ItemResult, list[str]]:
    """Tell how one item went, and its codes.

    Evidence leaves the item as right as its label is; a reason is a choice like the label and counts by its weight.
    """
    if label is None:
        return ItemResult(identity, 0.0), []
    needless = tuple(reason for reason in ticked if reason not in verdict.reasons)
    found = [] if is_right else [verdict.wrong.get(label) or verdict.wrong.get(ANY_LABEL)]
    codes = list(dict.fromkeys(code for code in (*found, *map(verdict.wrong_reasons.get, needless)) if code))
    fraction = 1.0 if is_right else 0.0
    rule = None if question.score is None else question.score.reasons
    if is_right and rule is not None and is_counted(rule, verdict) and verdict.reasons:
        share = score_marks({identity: frozenset(verdict.reasons)}, {identity: frozenset(ticked)})
        fraction = 1 - rule.weight + rule.weight * share
    wrong = needless if is_right else (label, *needless)
    return ItemResult(identity, fraction, next(iter(codes), None), (label, *ticked), wrong), codes


def count_answered(question: ClassifyQuestion, answer: Any, drawn: tuple[str, ...]) -> int:
    """Return how many drawn items have a label.

    Raises
    ------
    nothing
    """
    return len(read_labels(question, answer, drawn))


def count_bits(question: ClassifyQuestion, drawn: tuple[str, ...]) -> float:
    """Return how many bits an answer has: one label per item; where groups are scored, labels may change places.

    Raises
    ------
    nothing
    """
    labels = max(2, len(question.choices))
    bits = len(drawn) * math.log2(labels)
    if isinstance(question.score, ClusterScore):
        bits -= math.lgamma(min(len(drawn), labels) + 1) / math.log(2)
    return max(1.0, bits)


def has_several_classes(question: ClassifyQuestion, drawn: tuple[str, ...]) -> bool:
    """Tell whether a draw has items of two classes or more, so that no constant answer is right.

    The learner's copy cannot know this; the portal issues only variants whose draws pass.

    Raises
    ------
    nothing
    """
    key = question.key or {}
    return len({key[item].label for item in drawn if item in key}) > 1


def is_fair_draw(question: ClassifyQuestion, drawn: tuple[str, ...]) -> bool:
    """Tell whether a draw can be given: it has several classes and, where groups are scored, a pair.

    Raises
    ------
    nothing
    """
    key = question.key or {}
    if isinstance(question.score, ClusterScore) and not count_pairs(key[i].label for i in drawn if i in key):
        return False
    return has_several_classes(question, drawn)
