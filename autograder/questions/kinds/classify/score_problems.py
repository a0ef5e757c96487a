"""What can be wrong in how classify is scored: costs, evidence and reasons."""

from __future__ import annotations

from collections.abc import Iterator

from autograder.errors import ContentError
from autograder.locale import _
from autograder.questions.kinds.classify.block import ClassifyQuestion, SideScore, Verdict
from autograder.questions.kinds.classify.label_problems import find_bad_label
from autograder.questions.kinds.classify.sides import is_counted


def find_cost_problems(
    question: ClassifyQuestion, matrix: dict[str, dict[str, float]], key: dict[str, Verdict]
) -> Iterator[ContentError]:
    """Yield what is wrong in the cost matrix.

    Raises
    ------
    nothing
    """
    for label in sorted({*matrix, *(given for row in matrix.values() for given in row)}):
        message = _("The cost matrix uses a label that does not exist")
        yield from find_bad_label(question, label, message, "score.matrix")
    for label in sorted({verdict.label for verdict in key.values()} & set(question.choices)):
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


def find_side_problems(question: ClassifyQuestion, key: dict[str, Verdict]) -> Iterator[ContentError]:
    """Yield what is wrong in how evidence and reasons are asked for and count.

    Raises
    ------
    nothing
    """
    score = question.score
    evidence, reasons = (None, None) if score is None else (score.evidence, score.reasons)
    if evidence is not None:
        yield from _find_evidence_problems(question, evidence, key)
    if question.reasons is None and (question.reasons_prompt or reasons is not None):
        yield ContentError(
            "reasons-not-asked",
            _("There are no reasons to tick"),
            where="reasons",
            expected=_("reasons: {{r1: …, r2: …}}").format(),
            hint=_("write the reasons, or remove reasons_prompt and score.reasons"),
        )
    elif reasons is not None:
        yield from _find_reason_problems(question, reasons, key)
    both = [name for name in (question.reasons or {}) if name in question.labels]
    if both:
        yield ContentError(
            "reason-like-label",
            _("A reason has the same id as a label"),
            where="reasons",
            found=", ".join(both),
            expected=_("ids that labels do not have, for example r1"),
            hint=_("give the reason another id"),
        )
    weight = sum(rule.weight for rule in (evidence, reasons) if rule is not None)
    if weight >= 1:
        yield ContentError(
            "side-weights",
            _("Evidence and reasons leave nothing for the labels"),
            where="score",
            found=weight,
            expected=_("weights that are less than 1 together"),
            hint=_("lower the weights"),
        )


def _find_reason_problems(
    question: ClassifyQuestion, rule: SideScore, key: dict[str, Verdict]
) -> Iterator[ContentError]:
    for label in rule.only:
        message = _("The reason rule names a label that does not exist")
        yield from find_bad_label(question, label, message, "score.reasons.only")
    counted = {identity: frozenset(verdict.reasons) for identity, verdict in key.items() if is_counted(rule, verdict)}
    for identity, reasons in counted.items():
        if not reasons:
            yield ContentError(
                "reasons-missing",
                _("The key names no reason for an item whose reasons count"),
                where=identity,
                expected=_("reasons: [ids]"),
                hint=_("name the reasons, or leave its label out of score.reasons.only"),
            )
    if len(counted) > 1 and len(set(counted.values())) == 1:
        yield ContentError(
            "reasons-always-same",
            _("The same reasons hold for every item, so ticking them shows nothing"),
            where="score.reasons",
            found=", ".join(sorted(next(iter(counted.values())))) or _("nothing"),
            expected=_("items with different reasons"),
            hint=_("correct the key, or remove reasons from score"),
        )


def _find_evidence_problems(
    question: ClassifyQuestion, rule: SideScore, key: dict[str, Verdict]
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
        message = _("The evidence rule names a label that does not exist")
        yield from find_bad_label(question, label, message, "score.evidence.only")
    for identity, verdict in key.items():
        if verdict.label in rule.only and not verdict.evidence:
            yield ContentError(
                "evidence-missing",
                _("The key names no evidence for an item whose evidence counts"),
                where=identity,
                expected=_("evidence: [part ids]"),
                hint=_("name the parts, or take the label out of score.evidence.only"),
            )
