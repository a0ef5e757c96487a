"""What can be wrong in a classify question, and the answers that know nothing."""

from __future__ import annotations

from collections.abc import Iterator

from autograder.errors import ContentError
from autograder.locale import _
from autograder.questions.kinds.classify.block import ClassifyQuestion, ClusterScore, CostScore, Verdict
from autograder.questions.kinds.classify.key_problems import find_reason_slips, find_verdict_problems
from autograder.questions.kinds.classify.label_problems import find_label_problems
from autograder.questions.kinds.classify.score_problems import find_cost_problems, find_side_problems
from autograder.questions.kinds.classify.scoring import is_fair_draw
from autograder.questions.kinds.kind import Guess
from autograder.questions.model import find_key_gaps, find_unknown_codes
from autograder.questions.variants import draw_items

# How many draws the content check tries.
TRIED_DRAWS = 20


def find_problems(question: ClassifyQuestion) -> Iterator[ContentError]:
    """Yield what is wrong between items, labels, key, score and feedback.

    Raises
    ------
    nothing
    """
    key = question.key or {}
    yield from find_key_gaps(question, key)
    yield from find_label_problems(question)
    yield from _find_look_problems(question)
    codes: dict[str, str] = {}
    for identity, verdict in key.items():
        yield from find_verdict_problems(question, identity, verdict)
        yield from find_reason_slips(question, identity, verdict)
        codes.update(dict.fromkeys((*verdict.wrong.values(), *verdict.wrong_reasons.values()), identity))
    yield from find_unknown_codes(question, codes)
    yield from _find_class_problems(question, key)
    if isinstance(question.score, CostScore):
        yield from find_cost_problems(question, question.score.matrix, key)
    yield from find_side_problems(question, key)


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


def list_guesses(question: ClassifyQuestion) -> Iterator[Guess]:
    """Yield one label for everything, for each label.

    Raises
    ------
    nothing
    """
    for label in question.choices:
        yield Guess(label, {item.id: label for item in question.items})
