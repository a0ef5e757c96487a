"""classify (R1, with R2 reasons and R3 evidence): give every item one label.

Scored by class-balanced accuracy (G1), by cost (G3) or by the groups that the labels make (G6), optionally mixed
with the evidence marked and the reasons ticked (G2).  Labels can be the folders of a tree.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import Annotated, Any, ClassVar, Literal

from pydantic import BeforeValidator, Discriminator, Field, StrictBool, Tag

from autograder.errors import ContentError
from autograder.locale import _
from autograder.questions.kinds.kind import Guess, Kind
from autograder.questions.kinds.marks import score_marks
from autograder.questions.model import (
    MAX_ITEMS,
    BaseQuestion,
    Code,
    Item,
    LocalId,
    Part,
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


def _name_form(value: Any) -> str:
    is_placed = isinstance(value, PlacedLabel) or (isinstance(value, dict) and "text" in value)
    return "placed" if is_placed else "plain"


# How many draws the content check tries.
TRIED_DRAWS = 20
# What stands between the folders of a path.
PATH_MARK = " › "


class ClassifyPart(Part):
    """One piece of an item, and what it is of a mail or of a signature panel."""

    role: Literal["from", "to", "sent", "subject", "body", "attachment", "link", "signature"] | None = None
    # what the check of a signed file found
    sign: Literal["ok", "warn", "bad", "none"] | None = None


class ClassifyItem(Item):
    """One thing that gets a label."""

    parts: Annotated[tuple[ClassifyPart, ...], Field(max_length=200)] = ()


class PlacedLabel(Strict):
    """A label that has a place in a tree."""

    text: Text
    # the label above it
    under: LocalId | None = None
    # only holds others together; cannot be given to an item
    group: StrictBool = False


Label = Annotated[
    Annotated[Text, Tag("plain")] | Annotated[PlacedLabel, Tag("placed")],
    Discriminator(_name_form),
]


WrongLabels = Annotated[dict[str, Code], BeforeValidator(_expand_wrong, json_schema_input_type=Code | dict[str, Code])]


class Verdict(Strict):
    """What is right for one item."""

    label: LocalId
    # parts that show it
    evidence: tuple[LocalId, ...] = ()
    # reasons that hold
    reasons: tuple[LocalId, ...] = ()
    # reason ticked without need → misconception
    wrong_reasons: dict[LocalId, Code] = Field(default_factory=dict)
    # given label → misconception; written as one code, it stands for every wrong label
    wrong: WrongLabels = Field(default_factory=dict)
    # given labels that are a safety-critical act
    cap: tuple[LocalId, ...] = ()
    why: Text | None = None
    source: str | None = None


ShortVerdict = Annotated[Verdict, BeforeValidator(_expand_verdict, json_schema_input_type=LocalId | Verdict)]


class SideScore(Strict):
    """How much evidence or reasons count, and for which true labels (all, where none is named)."""

    weight: Share
    only: tuple[LocalId, ...] = ()


class _SideScores(Strict):
    evidence: SideScore | None = None
    reasons: SideScore | None = None


class BalancedScore(_SideScores):
    """G1."""

    by: Literal["balanced"]


class CostScore(_SideScores):
    """G3."""

    by: Literal["cost"]
    # true label → given label → cost; what is missing costs 0
    matrix: dict[LocalId, dict[LocalId, Cost]]


class ClusterScore(_SideScores):
    """G6 of groups: which items are put together."""

    by: Literal["clusters"]


class ClassifyQuestion(BaseQuestion):
    """One label per item."""

    IS_SHUFFLED: ClassVar[bool] = True

    kind: Literal["classify"]
    items: Annotated[tuple[ClassifyItem, ...], Field(min_length=1, max_length=MAX_ITEMS)]
    labels: Annotated[dict[LocalId, Label], Field(min_length=2, max_length=40)]
    # how the items are shown; a plain list where nothing is said
    look: Literal["inbox", "signature", "folders"] | None = None
    # the request to mark parts; its presence makes parts markable
    evidence: Text | None = None
    # what can be ticked for every item, any number of them
    reasons: Annotated[dict[LocalId, Text], Field(min_length=2, max_length=20)] | None = None
    reasons_prompt: Text | None = None
    key: dict[LocalId, ShortVerdict] | None = None
    score: Annotated[BalancedScore | CostScore | ClusterScore, Field(discriminator="by")] | None = None

    @cached_property
    def choices(self) -> dict[str, int]:
        """Return the labels that can be given, in the order of the tree, each with its place.

        Raises
        ------
        nothing
        """
        found = (name for name in list_tree(self.labels) if not _is_group(self.labels[name]))
        return {name: place for place, name in enumerate(found)}

    @cached_property
    def item_parts(self) -> dict[str, frozenset[str]]:
        """Return every item's part ids.

        Raises
        ------
        nothing
        """
        return {item.id: frozenset(item.part_ids) for item in self.items}


def _is_group(label: Any) -> bool:
    return isinstance(label, PlacedLabel) and label.group


def _read_label(label: Any) -> str:
    return read_text(label.text if isinstance(label, PlacedLabel) else label)


def _find_parent(labels: Mapping[str, Any], name: str) -> str | None:
    label = labels[name]
    above = label.under if isinstance(label, PlacedLabel) else None
    return above if above in labels else None


def find_path(labels: Mapping[str, Any], name: str) -> tuple[str, ...]:
    """Return the ids from the root of the tree to a label.

    Raises
    ------
    nothing
    """
    path = [name]
    while (above := _find_parent(labels, path[-1])) is not None and above not in path:
        path.append(above)
    return tuple(reversed(path))


def list_tree(labels: Mapping[str, Any]) -> tuple[str, ...]:
    """Return all labels so that each stands before those under it, as written otherwise.

    Raises
    ------
    nothing
    """
    places = {name: place for place, name in enumerate(labels)}
    return tuple(sorted(labels, key=lambda name: [places[one] for one in find_path(labels, name)]))


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
    fraction = _mix_sides(question, answer, given, ticked, drawn, fraction)
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
    if is_right and rule is not None and _counts(rule, verdict) and verdict.reasons:
        share = score_marks({identity: frozenset(verdict.reasons)}, {identity: frozenset(ticked)})
        fraction = 1 - rule.weight + rule.weight * share
    wrong = needless if is_right else (label, *needless)
    return ItemResult(identity, fraction, next(iter(codes), None), (label, *ticked), wrong), codes


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


def score_by_clusters(truth: Mapping[str, str], given: Mapping[str, str]) -> float:
    """Return how well the items are put together, corrected so that a constant answer earns 0.

    Parameters
    ----------
    truth : Mapping
        Item → true label; items with the same one belong together.
    given : Mapping
        Item → given label.  Only which items share one counts, not which one it is; an item without a label stands
        alone.

    Returns
    -------
    float
        0..1: ``max(0, (F1 - c) / (1 - c))`` with F1 over the pairs that are put together, and c the F1 of putting all
        together.

    Raises
    ------
    nothing

    Source
    ------
    Syllabus §3.0, G6; §3.1, M10-E2.
    """
    given = {identity: label for identity, label in given.items() if identity in truth}
    wanted = _count_pairs(truth.values())
    made = _count_pairs(given.values())
    both = _count_pairs((truth[identity], label) for identity, label in given.items())
    if wanted == 0:
        # Nothing belongs together: right is only to keep all apart, and to have answered.
        return 1.0 if made == 0 and truth and len(given) == len(truth) else 0.0
    found = 2 * both / (wanted + made)
    chance = 2 * wanted / (wanted + math.comb(len(truth), 2))
    if chance >= 1:
        return 1.0 if found == 1 else 0.0
    return max(0.0, (found - chance) / (1 - chance))


def _count_pairs(names: Any) -> int:
    return sum(math.comb(size, 2) for size in Counter(names).values())


def find_whole_clusters(truth: Mapping[str, str], given: Mapping[str, str]) -> set[str]:
    """Return the items that are put together with exactly those they belong to, whatever the label says.

    Raises
    ------
    nothing
    """
    wanted, made = Counter(truth.values()), Counter(given.values())
    both = Counter((truth[identity], label) for identity, label in given.items())
    return {
        identity
        for identity, label in given.items()
        if both[truth[identity], label] == wanted[truth[identity]] == made[label]
    }


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


def _counts(rule: SideScore, verdict: Verdict) -> bool:
    return not rule.only or verdict.label in rule.only


def _mix_sides(
    question: ClassifyQuestion,
    answer: Any,
    given: dict[str, str],
    ticked: Mapping[str, tuple[str, ...]],
    drawn: tuple[str, ...],
    fraction: float,
) -> float:
    """Mix the score of the labels with that of evidence and reasons, where they count and tell something."""
    score, key = question.score, question.key or {}
    if score is None or not given:
        return fraction
    sides: list[tuple[float, float]] = []
    if score.evidence is not None:
        wanted = {i: frozenset(key[i].evidence) for i in drawn if _counts(score.evidence, key[i])}
        if any(wanted.values()):
            marked = {i: _read_evidence(answer[i], question.item_parts[i]) for i in wanted if i in given}
            sides.append((score.evidence.weight, score_marks(wanted, marked)))
    if score.reasons is not None:
        wanted = {i: frozenset(key[i].reasons) for i in drawn if _counts(score.reasons, key[i])}
        told = score_reasons(wanted, {i: frozenset(ticked[i]) for i in wanted if i in ticked})
        if told is not None:
            sides.append((score.reasons.weight, told))
    weight = sum(share for share, _told in sides)
    return (1 - weight) * fraction + sum(share * told for share, told in sides)


def _read_evidence(value: Any, parts: frozenset[str]) -> frozenset[str]:
    marked = value.get("evidence") if isinstance(value, dict) else None
    if not isinstance(marked, list):
        return frozenset()
    return frozenset(part for part in marked if isinstance(part, str) and part in parts)


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


def find_problems(question: ClassifyQuestion) -> Iterator[ContentError]:
    """Yield what is wrong between items, labels, key, score and feedback.

    Raises
    ------
    nothing
    """
    key = question.key or {}
    yield from find_key_gaps(question, key)
    yield from _find_label_problems(question)
    yield from _find_look_problems(question)
    codes: dict[str, str] = {}
    for identity, verdict in key.items():
        yield from _find_verdict_problems(question, identity, verdict)
        yield from _find_reason_slips(question, identity, verdict)
        codes.update(dict.fromkeys((*verdict.wrong.values(), *verdict.wrong_reasons.values()), identity))
    yield from find_unknown_codes(question, codes)
    yield from _find_class_problems(question, key)
    if isinstance(question.score, CostScore):
        yield from _find_cost_problems(question, question.score.matrix, key)
    yield from _find_side_problems(question, key)


def _find_label_problems(question: ClassifyQuestion) -> Iterator[ContentError]:
    parents = {name: label.under for name, label in question.labels.items() if isinstance(label, PlacedLabel)}
    for name, above in parents.items():
        if above is not None and above not in question.labels:
            yield ContentError(
                "label-parent-unknown",
                _("A label stands under one that does not exist"),
                where=f"labels.{name}.under",
                found=above,
                expected=_("one of: {names}").format(names=", ".join(question.labels)),
                hint=_("correct under, or add the label above it"),
            )
        if _is_under_itself(parents, name):
            yield ContentError(
                "label-cycle",
                _("A label stands under itself"),
                where=f"labels.{name}.under",
                found=above,
                expected=_("a tree: every path ends at a label without under"),
                hint=_("correct under"),
            )
    held = set(parents.values())
    for name, label in question.labels.items():
        if _is_group(label) and name not in held:
            yield ContentError(
                "group-empty",
                _("A group holds no label"),
                where=f"labels.{name}",
                found="group: true",
                expected=_("at least one label with under: {name}").format(name=name),
                hint=_("remove group: true, or put labels under it"),
            )
    if len(question.choices) < 2:
        yield ContentError(
            "labels-too-few",
            _("There is nothing to choose between"),
            where="labels",
            found=", ".join(question.choices) or _("nothing"),
            expected=_("at least two labels that are no group"),
            hint=_("add labels"),
        )


def _is_under_itself(parents: Mapping[str, str | None], name: str) -> bool:
    passed: set[str] = set()
    step = parents.get(name)
    while step is not None and step not in passed:
        passed.add(step)
        step = parents.get(step)
    return name in passed


def _find_look_problems(question: ClassifyQuestion) -> Iterator[ContentError]:
    if question.look != "signature":
        return
    for item in question.items:
        if not any(part.sign for part in item.parts):
            yield ContentError(
                "panel-without-rows",
                _("A signature panel has no row with the result of a check"),
                where=item.id,
                expected=_("parts with sign: ok, warn, bad or none"),
                hint=_("write sign at the parts that are results"),
            )


def _find_bad_label(question: ClassifyQuestion, name: str, message: str, where: str) -> Iterator[ContentError]:
    """Find a label that does not exist, or that only groups others."""
    if name in question.choices:
        return
    known = name in question.labels
    yield ContentError(
        "label-is-group" if known else "label-unknown",
        _("A group cannot be the label of an item") if known else message,
        where=where,
        found=name,
        expected=_("one of: {names}").format(names=", ".join(question.choices)),
        hint=_("name a label under it") if known else _("correct the label, or add it to labels"),
    )


def _find_verdict_problems(question: ClassifyQuestion, identity: str, verdict: Verdict) -> Iterator[ContentError]:
    parts = question.item_parts.get(identity, frozenset())
    named = {verdict.label: "label", **dict.fromkeys(verdict.cap, "cap"), **dict.fromkeys(verdict.wrong, "wrong")}
    for label, field in named.items():
        if label != ANY_LABEL:
            message = _("The key uses a label that does not exist ({field})").format(field=field)
            yield from _find_bad_label(question, label, message, identity)
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


def _find_reason_slips(question: ClassifyQuestion, identity: str, verdict: Verdict) -> Iterator[ContentError]:
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
    if isinstance(question.score, ClusterScore) and key and len(classes) == len(pool):
        yield ContentError(
            "nothing-belongs-together",
            _("No two items belong together, so there is nothing to group"),
            found=_("{n} items with {n} labels").format(n=len(pool)),
            expected=_("labels that several items have"),
            hint=_("correct the key, or score by: balanced"),
        )
    if question.draw is not None and not any(
        is_fair_draw(question, draw_items(question, f"try-{n}")) for n in range(TRIED_DRAWS)
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


def is_fair_draw(question: ClassifyQuestion, drawn: tuple[str, ...]) -> bool:
    """Tell whether a draw can be given: it has several classes and, where groups are scored, a pair.

    Raises
    ------
    nothing
    """
    key = question.key or {}
    if isinstance(question.score, ClusterScore) and not _count_pairs(key[i].label for i in drawn if i in key):
        return False
    return has_several_classes(question, drawn)


def _find_cost_problems(
    question: ClassifyQuestion, matrix: dict[str, dict[str, float]], key: dict[str, Verdict]
) -> Iterator[ContentError]:
    for label in sorted({*matrix, *(given for row in matrix.values() for given in row)}):
        message = _("The cost matrix uses a label that does not exist")
        yield from _find_bad_label(question, label, message, "score.matrix")
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


def _find_side_problems(question: ClassifyQuestion, key: dict[str, Verdict]) -> Iterator[ContentError]:
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
        yield from _find_bad_label(question, label, message, "score.reasons.only")
    counted = {identity: frozenset(verdict.reasons) for identity, verdict in key.items() if _counts(rule, verdict)}
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
        yield from _find_bad_label(question, label, message, "score.evidence.only")
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


def describe(question: ClassifyQuestion) -> dict[str, Any]:
    """Return what the page shows: the look, the labels in the order of their tree, what else is asked.

    Raises
    ------
    nothing
    """
    shown: dict[str, Any] = {"labels": [_describe_label(question, name) for name in list_tree(question.labels)]}
    if question.look:
        shown["look"] = question.look
    if question.evidence:
        shown["evidence"] = read_text(question.evidence)
    if question.reasons:
        shown["reasons"] = [{"id": name, "text": read_text(text)} for name, text in question.reasons.items()]
        shown["reasons_prompt"] = read_text(question.reasons_prompt)
    return shown


def _describe_label(question: ClassifyQuestion, name: str) -> dict[str, Any]:
    shown: dict[str, Any] = {"id": name, "text": _read_label(question.labels[name])}
    path = find_path(question.labels, name)
    if len(path) > 1:
        shown |= {"under": path[-2], "path": PATH_MARK.join(_read_label(question.labels[one]) for one in path)}
    return shown if name in question.choices else shown | {"group": True}


def describe_item(item: ClassifyItem) -> dict[str, Any]:
    """Return what the page shows of an item beside the common fields: what its parts are.

    Raises
    ------
    nothing
    """
    roles = {part.id: part.role for part in item.parts if part.role}
    signs = {part.id: part.sign for part in item.parts if part.sign}
    return {name: value for name, value in (("roles", roles), ("signs", signs)) if value}


def get_texts() -> dict[str, str]:
    """Return the texts that the page writes itself.

    Raises
    ------
    nothing
    """
    return {
        "label_choose": _("Choose one"),
        "label_none": _("Not chosen yet"),
        "reasons_ask": _("Why? Choose every reason that holds."),
        "mail_list": _("Mailbox"),
        "mail_place": _("Mail {n} of {all}"),
        "mail_sorted": _("Sorted: {label}"),
        "mail_unsorted": _("Not sorted yet"),
        "mail_opened": _("Opened: {subject}"),
        "mail_actions": _("Where does this mail belong?"),
        "mail_next": _("Next mail"),
        "mail_back": _("Back to the list"),
        "folder_files": _("Files"),
        "folder_tree": _("Folders"),
        "folder_help": _(
            "Choose a file, then a folder and “Move here”. The arrow keys go from folder to folder. Or choose the "
            "folder beside the file."
        ),
        "folder_unplaced": _("Not in a folder yet"),
        "folder_count": _("Files: {n}"),
        "folder_empty": _("Empty"),
        "folder_pick": _("Choose"),
        "folder_picked": _("Chosen: {file}. Go to a folder and press “Move here”."),
        "folder_dropped": _("No file is chosen any more."),
        "folder_move": _("Move here"),
        "folder_moved": _("{file}: now in {folder}"),
        "sign_panel": _("Result of the signature check"),
        "sign_overall": _("Overall:"),
        "sign_ok": _("Good"),
        "sign_warn": _("Warning"),
        "sign_bad": _("Error"),
        "sign_none": _("Missing"),
        "sign_details": _("Details"),
    }


def list_guesses(question: ClassifyQuestion) -> Iterator[Guess]:
    """Yield one label for everything, for each label.

    Raises
    ------
    nothing
    """
    for label in question.choices:
        yield Guess(label, {item.id: label for item in question.items})


KIND = Kind(
    ClassifyQuestion,
    score_classify,
    find_problems,
    count_answered,
    count_bits,
    is_fair_draw=is_fair_draw,
    describe=describe,
    describe_item=describe_item,
    texts=get_texts,
    list_guesses=list_guesses,
)
