"""What is kept of each item of a graded answer, so that items can be judged and calibrated later.

No name stands in it: the row's submission says whose answer it was.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Sequence
from typing import Any

from autograder.model import ItemGrade
from autograder.questions.answers import UNWRITABLE
from autograder.questions.kinds import KINDS
from autograder.questions.outcome import ItemResult

MAX_ANSWER_BYTES = 2048
MAX_TEXT = 200
MAX_CHOSEN = 50


def keep_items(kind: str, results: Iterable[ItemResult], answer: Any, drawn: Sequence[str]) -> tuple[ItemGrade, ...]:
    """Return what is kept of a scored question.

    Parameters
    ----------
    kind : str
        The question's kind.
    results : iterable of ItemResult
        As the scorer gave them.
    answer : Any
        The answer; where it is a mapping, its entry of an item is that item's own answer.
    drawn : sequence of str
        The items in the order in which the learner saw them.

    Returns
    -------
    tuple of ItemGrade
        In the order of ``drawn``, each item once.

    Raises
    ------
    nothing
    """
    places = {item: place for place, item in enumerate(drawn, start=1)}
    answers = answer if isinstance(answer, dict) and KINDS[kind].keeps_answers else {}
    kept: dict[str, ItemGrade] = {}
    for result in results:
        if result.item not in kept:
            place = places.get(result.item, len(places) + 1)
            kept[result.item] = _keep(result, place, keep_answer(answers.get(result.item)))
    return tuple(sorted(kept.values(), key=lambda item: item.position))


def keep_cases(results: Iterable[ItemResult]) -> tuple[ItemGrade, ...]:
    """Return what is kept of a check that was run: its hidden cases.  All of them were tried.

    Raises
    ------
    nothing
    """
    return tuple(
        ItemGrade(result.item, place, _clamp(result.fraction), True, result.code or "")
        for place, result in enumerate(results, start=1)
    )


def keep_answer(answer: Any) -> Any:
    """Return an item's answer if it is small and holds no long text, else None.

    Raises
    ------
    nothing
    """
    if answer is None or _has_long_text(answer):
        return None
    try:
        text = json.dumps(answer, ensure_ascii=False, allow_nan=False)
        return answer if len(text.encode("utf-8")) <= MAX_ANSWER_BYTES and "\\u0000" not in text else None
    except (TypeError, ValueError, RecursionError):
        return None


def _has_long_text(answer: Any) -> bool:
    waiting = [answer]
    while waiting:
        value = waiting.pop()
        if isinstance(value, str):
            if len(value) > MAX_TEXT:
                return True
        elif isinstance(value, dict):
            waiting += [*value, *value.values()]
        elif isinstance(value, list):
            waiting += value
    return False


def _keep(result: ItemResult, position: int, answer: Any) -> ItemGrade:
    fraction = _clamp(result.fraction)
    return ItemGrade(
        item=result.item,
        position=position,
        fraction=fraction,
        # An item where nothing is to be chosen can be right without a choice.
        answered=bool(result.chosen) or fraction > 0,
        code=result.code or "",
        chosen=_clean(result.chosen),
        wrong=_clean(result.wrong),
        answer=answer,
    )


def _clamp(fraction: float) -> float:
    return min(max(fraction, 0.0), 1.0) if math.isfinite(fraction) else 0.0


def _clean(texts: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(UNWRITABLE.sub("", text)[:MAX_TEXT] for text in texts))[:MAX_CHOSEN]
