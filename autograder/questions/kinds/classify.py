"""classify (R1, with R3 evidence): give every item one label.

Scored by class-balanced accuracy (G1) or by cost (G3), optionally mixed with the evidence marked (G2).
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator
from typing import Annotated, Any, ClassVar, Literal

from pydantic import BeforeValidator, Field

from autograder.errors import ContentError
from autograder.locale import _
from autograder.questions.kinds.kind import Kind
from autograder.questions.kinds.marks import score_marks
from autograder.questions.model import (
    BaseQuestion,
    Code,
    LocalId,
    Share,
    Strict,
    Text,
    find_key_gaps,
    find_unknown_codes,
    read_text,
)
from autograder.questions.outcome import ItemResult, Outcome
from autograder.questions.variants import draw_items

# In a verdict's ``wrong``: every label that is not named.
ANY_LABEL = "*"

Cost = Annotated[float, Field(strict=True, ge=0, le=1000)]


def _expand_wrong(value: Any) -> Any:
    return {ANY_LABEL: value} if isinstance(value, str) else value


def _expand_verdict(value: Any) -> Any:
    return {"label": value} if isinstance(value, str) else value


# How many draws the content check tries.
TRIED_DRAWS = 20


class Verdict(Strict):
    """What is right for one item."""

    label: LocalId
    # parts that show it
    evidence: tuple[LocalId, ...] = ()
    # given label → misconception; written as one code, it stands for every wrong label
    wrong: Annotated[dict[str, Code], BeforeValidator(_expand_wrong)] = Field(default_factory=dict)
    # given labels that are a safety-critical act
    cap: tuple[LocalId, ...] = ()
    why: Text | None = None
    source: str | None = None


class EvidenceScore(Strict):
    """How much the marked evidence counts, and for which true labels (all, where none is named)."""

    weight: Share
    only: tuple[LocalId, ...] = ()


class BalancedScore(Strict):
    """G1."""

    by: Literal["balanced"]
    evidence: EvidenceScore | None = None


class CostScore(Strict):
    """G3."""

    by: Literal["cost"]
    # true label → given label → cost; what is missing costs 0
    matrix: dict[LocalId, dict[LocalId, Cost]]
    evidence: EvidenceScore | None = None


class ClassifyQuestion(BaseQuestion):
    """One label per item."""

    IS_SHUFFLED: ClassVar[bool] = True

    kind: Literal["classify"]
    labels: Annotated[dict[LocalId, Text], Field(min_length=2, max_length=12)]
    # the request to mark parts; its presence makes parts markable
    evidence: Text | None = None
    key: dict[LocalId, Annotated[Verdict, BeforeValidator(_expand_verdict)]] | None = None
    score: Annotated[BalancedScore | CostScore, Field(discriminator="by")] | None = None


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
        if isinstance(label, str) and label in question.labels:
            given[identity] = label
    return given


def score_classify(question: ClassifyQuestion, answer: Any, drawn: tuple[str, ...]) -> Outcome:
    """Score one label per item.

    Parameters
    ----------
    question : ClassifyQuestion
        With key.
    answer : Any
        ``{item: label}`` or ``{item: {label, evidence: [part]}}``; any other JSON value counts as no answer.
    drawn : tuple of str

    Returns
    -------
    Outcome

    Raises
    ------
    nothing

    Source
    ------
    Syllabus §3.0, G1, G2, G3, CAP.
    """
    key = question.key or {}
    drawn = tuple(identity for identity in drawn if identity in key)
    given = read_labels(question, answer, drawn)
    truth = {identity: key[identity].label for identity in drawn}
    if isinstance(question.score, CostScore):
        fraction = score_by_cost(truth, given, question.score.matrix, tuple(question.labels))
    else:
        fraction = score_by_balance(truth, given, len(question.labels))
    fraction = _mix_evidence(question, answer, drawn, given, fraction)
    results, codes = [], []
    for identity in drawn:
        verdict, label = key[identity], given.get(identity)
        right = label == verdict.label
        code = None if right or label is None else verdict.wrong.get(label, verdict.wrong.get(ANY_LABEL))
        chosen = () if label is None else (label,)
        results.append(ItemResult(identity, 1.0 if right else 0.0, code, chosen, () if right else chosen))
        if code:
            codes.append((code, identity))
    capped = any(label in key[identity].cap for identity, label in given.items())
    return Outcome(fraction if given else 0.0, tuple(results), tuple(codes), capped)


def score_by_balance(truth: dict[str, str], given: dict[str, str], labels: int) -> float:
    """Return the class-balanced accuracy, corrected so that a constant answer earns 0.

    Parameters
    ----------
    truth : dict
        Item → true label.
    given : dict
        Item → given label.
    labels : int
        How many labels can be chosen.

    Returns
    -------
    float
        0..1.  Chance is one over the number of classes present, which is what the best constant answer reaches;
        it equals one over the number of labels as soon as every label occurs.

    Raises
    ------
    nothing

    Source
    ------
    Syllabus §3.0, G1.
    """
    sizes = Counter(truth.values())
    if not sizes:
        return 0.0
    right = Counter(label for identity, label in truth.items() if given.get(identity) == label)
    accuracy = sum(right[label] / size for label, size in sizes.items()) / len(sizes)
    chance = 1 / (len(sizes) if len(sizes) > 1 else max(labels, 2))
    return max(0.0, (accuracy - chance) / (1 - chance))


def score_by_cost(
    truth: dict[str, str], given: dict[str, str], matrix: dict[str, dict[str, float]], labels: tuple[str, ...]
) -> float:
    """Return 1 minus the cost of an answer, measured by the cost of the best constant answer.

    Parameters
    ----------
    truth : dict
        Item → true label.
    given : dict
        Item → given label; an item that is missing costs the dearest entry of its row.
    matrix : dict
        True label → given label → cost.
    labels : tuple of str
        All labels.

    Returns
    -------
    float
        0..1.

    Raises
    ------
    nothing

    Source
    ------
    Syllabus §3.0, G3.
    """
    if not given:
        return 0.0
    rows = {identity: matrix.get(label, {}) for identity, label in truth.items()}
    cost = 0.0
    for identity, row in rows.items():
        dearest = max(row.values(), default=0.0)
        cost += row.get(given[identity], 0.0) if identity in given else dearest
    constant = min(sum(row.get(label, 0.0) for row in rows.values()) for label in labels)
    if constant == 0:
        return 1.0 if cost == 0 and len(given) == len(truth) else 0.0
    return max(0.0, 1 - cost / constant)


def _mix_evidence(
    question: ClassifyQuestion, answer: Any, drawn: tuple[str, ...], given: dict[str, str], fraction: float
) -> float:
    rule = None if question.score is None else question.score.evidence
    if rule is None or not given:
        return fraction
    key = question.key or {}
    wanted = {
        identity: frozenset(key[identity].evidence)
        for identity in drawn
        if not rule.only or key[identity].label in rule.only
    }
    if not any(wanted.values()):
        return fraction
    parts = {item.id: frozenset(item.part_ids) for item in question.items}
    marked = {identity: _read_evidence(answer[identity], parts[identity]) for identity in wanted if identity in given}
    return (1 - rule.weight) * fraction + rule.weight * score_marks(wanted, marked)


def _read_evidence(value: Any, parts: frozenset[str]) -> frozenset[str]:
    marked = value.get("evidence") if isinstance(value, dict) else None
    if not isinstance(marked, list):
        return frozenset()
    return frozenset(part for part in marked if isinstance(part, str) and part in parts)


def find_problems(question: ClassifyQuestion) -> Iterator[ContentError]:
    """Yield what is wrong between items, labels, key, score and feedback.

    Raises
    ------
    nothing
    """
    key = question.key or {}
    yield from find_key_gaps(question, key)
    parts = {item.id: set(item.part_ids) for item in question.items}
    codes: dict[str, str] = {}
    for identity, verdict in key.items():
        yield from _find_verdict_problems(question, identity, verdict, parts.get(identity, set()))
        codes.update(dict.fromkeys(verdict.wrong.values(), identity))
    yield from find_unknown_codes(question, codes)
    yield from _find_class_problems(question, key)
    if isinstance(question.score, CostScore):
        yield from _find_cost_problems(question, question.score.matrix, key)
    rule = None if question.score is None else question.score.evidence
    if rule is not None:
        yield from _find_evidence_problems(question, rule, key)


def _find_verdict_problems(
    question: ClassifyQuestion, identity: str, verdict: Verdict, parts: set[str]
) -> Iterator[ContentError]:
    labels = ", ".join(question.labels)
    named = {verdict.label: "label", **dict.fromkeys(verdict.cap, "cap"), **dict.fromkeys(verdict.wrong, "wrong")}
    for label in named:
        if label not in question.labels and label != ANY_LABEL:
            yield ContentError(
                "label-unknown",
                _("The key uses a label that does not exist ({field})").format(field=named[label]),
                where=identity,
                found=label,
                expected=_("one of: {names}").format(names=labels),
                hint=_("correct the label, or add it to labels"),
            )
    for field, given in (("wrong", verdict.wrong), ("cap", verdict.cap)):
        if verdict.label in given:
            yield ContentError(
                "label-right-and-wrong",
                _("The right label also stands in {field}").format(field=field),
                where=identity,
                found=verdict.label,
                expected=_("only other labels"),
                hint=_("remove it from {field}").format(field=field),
            )
    if verdict.wrong and ANY_LABEL not in verdict.wrong:
        silent = [label for label in question.labels if label != verdict.label and label not in verdict.wrong]
        if silent:
            yield ContentError(
                "wrong-choice-without-feedback",
                _("A wrong choice has no misconception code"),
                where=identity,
                found=", ".join(silent),
                expected=_("a code for every wrong label"),
                hint=_("add the label to wrong, or write one code for all wrong labels"),
            )
    for part in verdict.evidence:
        if part not in parts:
            yield ContentError(
                "evidence-unknown",
                _("The key marks a part that the item does not have"),
                where=identity,
                found=part,
                expected=_("one of: {names}").format(names=", ".join(sorted(parts)) or "–"),
                hint=_("correct the id of the part"),
            )


def _find_class_problems(question: ClassifyQuestion, key: dict[str, Verdict]) -> Iterator[ContentError]:
    pool = [(item.stratum or "", key[item.id].label) for item in question.items if item.id in key]
    classes = sorted({label for _stratum, label in pool})
    if len(classes) == 1:
        yield ContentError(
            "single-class",
            _("Every item has the same right label, so a constant answer is always right"),
            found=classes[0],
            expected=_("at least two labels in the key"),
            hint=_("add items of other classes"),
        )
    if question.draw is not None and not any(
        has_several_classes(question, draw_items(question, f"try-{n}")) for n in range(TRIED_DRAWS)
    ):
        yield ContentError(
            "draw-has-one-class",
            _("Draws come with items of one class only"),
            found=_("none of {number} draws has two classes").format(number=TRIED_DRAWS),
            expected=_("two classes or more; only such draws are given to learners"),
            hint=_("draw more items, or give each stratum items of several classes"),
        )


def has_several_classes(question: ClassifyQuestion, drawn: tuple[str, ...]) -> bool:
    """Tell whether a draw has items of two classes or more, so that no constant answer is right.

    The learner's copy cannot know this; the portal issues only variants whose draws pass.

    Raises
    ------
    nothing
    """
    key = question.key or {}
    return len({key[item].label for item in drawn if item in key}) > 1


def _find_cost_problems(
    question: ClassifyQuestion, matrix: dict[str, dict[str, float]], key: dict[str, Verdict]
) -> Iterator[ContentError]:
    for label in sorted({*matrix, *(given for row in matrix.values() for given in row)} - set(question.labels)):
        yield ContentError(
            "label-unknown",
            _("The cost matrix uses a label that does not exist"),
            where="score.matrix",
            found=label,
            expected=_("one of: {names}").format(names=", ".join(question.labels)),
            hint=_("correct the label, or add it to labels"),
        )
    for label in sorted({verdict.label for verdict in key.values()} & set(question.labels)):
        row = matrix.get(label, {})
        if row.get(label, 0) > 0:
            yield ContentError(
                "cost-of-right-answer",
                _("The right answer costs something"),
                where=f"score.matrix.{label}.{label}",
                found=row[label],
                expected=0,
                hint=_("remove the entry"),
            )
        if not any(cost > 0 for given, cost in row.items() if given != label):
            yield ContentError(
                "cost-row-empty",
                _("No wrong answer to this class costs anything"),
                where=f"score.matrix.{label}",
                found=row or None,
                expected=_("at least one cost above 0"),
                hint=_("add the costs of the wrong labels"),
            )


def _find_evidence_problems(
    question: ClassifyQuestion, rule: EvidenceScore, key: dict[str, Verdict]
) -> Iterator[ContentError]:
    if question.evidence is None:
        yield ContentError(
            "evidence-not-asked",
            _("The score counts evidence that the learner is never asked for"),
            where="score.evidence",
            expected=_("a line evidence: with the request to mark parts"),
            hint=_("add evidence: … to the block, or remove it from score"),
        )
    for label in rule.only:
        if label not in question.labels:
            yield ContentError(
                "label-unknown",
                _("The evidence rule names a label that does not exist"),
                where="score.evidence.only",
                found=label,
                expected=_("one of: {names}").format(names=", ".join(question.labels)),
                hint=_("correct the label"),
            )
    for identity, verdict in key.items():
        if verdict.label in rule.only and not verdict.evidence:
            yield ContentError(
                "evidence-missing",
                _("The key names no evidence for an item whose evidence counts"),
                where=identity,
                expected=_("evidence: [part ids]"),
                hint=_("name the parts, or take the label out of score.evidence.only"),
            )


def count_answered(question: ClassifyQuestion, answer: Any, drawn: tuple[str, ...]) -> int:
    """Return how many drawn items have a label.

    Raises
    ------
    nothing
    """
    return len(read_labels(question, answer, drawn))


def count_bits(question: ClassifyQuestion, drawn: tuple[str, ...]) -> float:
    """Return how many bits an answer has: one label per item.

    Raises
    ------
    nothing
    """
    return len(drawn) * math.log2(len(question.labels))


def describe(question: ClassifyQuestion) -> dict[str, Any]:
    """Return what the page shows: the labels, and the request to mark parts.

    Raises
    ------
    nothing
    """
    shown: dict[str, Any] = {
        "labels": [{"id": name, "text": read_text(text)} for name, text in question.labels.items()]
    }
    if question.evidence:
        shown["evidence"] = read_text(question.evidence)
    return shown


KIND = Kind(
    ClassifyQuestion,
    score_classify,
    find_problems,
    count_answered,
    count_bits,
    is_fair_draw=has_several_classes,
    describe=describe,
)
