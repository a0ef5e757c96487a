"""What can be wrong in the labels of classify."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from autograder.errors import ContentError
from autograder.locale import _
from autograder.questions.kinds.classify.block import ClassifyQuestion
from autograder.questions.kinds.classify.labels import PlacedLabel, is_group


def find_label_problems(question: ClassifyQuestion) -> Iterator[ContentError]:
    """Yield what is wrong in the labels and their tree.

    Raises
    ------
    nothing
    """
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
        if is_group(label) and name not in held:
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


def find_bad_label(question: ClassifyQuestion, name: str, message: str, where: str) -> Iterator[ContentError]:
    """Find a label that does not exist, or that only groups others.

    Raises
    ------
    nothing
    """
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
