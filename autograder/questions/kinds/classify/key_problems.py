"""What can be wrong in the key of one item of classify."""

from __future__ import annotations

from collections.abc import Iterator

from autograder.errors import ContentError
from autograder.locale import _
from autograder.questions.kinds.classify.block import ANY_LABEL, ClassifyQuestion, Verdict
from autograder.questions.kinds.classify.label_problems import find_bad_label


def find_verdict_problems(question: ClassifyQuestion, identity: str, verdict: Verdict) -> Iterator[ContentError]:
    """Yield what is wrong in the labels and the evidence of one item's key.

    Raises
    ------
    nothing
    """
    parts = question.item_parts.get(identity, frozenset())
    named = {verdict.label: "label", **dict.fromkeys(verdict.cap, "cap"), **dict.fromkeys(verdict.wrong, "wrong")}
    for label, field in named.items():
        if label != ANY_LABEL:
            message = _("The key uses a label that does not exist ({field})").format(field=field)
            yield from find_bad_label(question, label, message, identity)
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
        silent = [label for label in question.choices if label != verdict.label and label not in verdict.wrong]
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


def find_reason_slips(question: ClassifyQuestion, identity: str, verdict: Verdict) -> Iterator[ContentError]:
    """Yield what is wrong in the reasons of one item's key.

    Raises
    ------
    nothing
    """
    reasons = question.reasons or {}
    for field, named in (("reasons", verdict.reasons), ("wrong_reasons", verdict.wrong_reasons)):
        for reason in named:
            if reason not in reasons:
                yield ContentError(
                    "reason-unknown",
                    _("The key uses a reason that does not exist ({field})").format(field=field),
                    where=identity,
                    found=reason,
                    expected=_("one of: {names}").format(names=", ".join(reasons) or "–"),
                    hint=_("correct the reason, or add it to reasons"),
                )
    for reason in verdict.wrong_reasons:
        if reason in verdict.reasons:
            yield ContentError(
                "reason-right-and-wrong",
                _("A reason that holds also stands in wrong_reasons"),
                where=identity,
                found=reason,
                expected=_("only other reasons"),
                hint=_("remove it from {field}").format(field="wrong_reasons"),
            )
