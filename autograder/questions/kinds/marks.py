"""marks (R3): mark the right parts of each item.  Scored as a set (G2)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field

from autograder.errors import ContentError
from autograder.locale import _
from autograder.questions.kinds.kind import Kind
from autograder.questions.model import (
    BaseQuestion,
    Code,
    LocalId,
    Strict,
    Text,
    find_key_gaps,
    find_unknown_codes,
)
from autograder.questions.outcome import ItemResult, Outcome


def _expand_marks(value: Any) -> Any:
    return {"marks": value} if isinstance(value, list) else value


class MarksKey(Strict):
    """What is to be marked in one item."""

    marks: tuple[LocalId, ...]
    # part marked without need → misconception
    wrong: dict[LocalId, Code] = Field(default_factory=dict)
    # part overlooked → misconception
    missed: dict[LocalId, Code] = Field(default_factory=dict)
    # parts whose marking is a safety-critical act
    cap: tuple[LocalId, ...] = ()
    why: Text | None = None
    source: str | None = None


class SetScore(Strict):
    """G2."""

    by: Literal["set"]


class MarksQuestion(BaseQuestion):
    """Some parts per item."""

    kind: Literal["marks"]
    key: dict[LocalId, Annotated[MarksKey, BeforeValidator(_expand_marks)]] | None = None
    score: SetScore | None = None


def score_marks(wanted: Mapping[str, frozenset[str]], marked: Mapping[str, frozenset[str]]) -> float:
    """Return the pooled set score.

    Parameters
    ----------
    wanted : Mapping
        Item → parts that should be marked.
    marked : Mapping
        Item → parts that were marked; items that are missing were not answered.

    Returns
    -------
    float
        ``max(0, (TP - FP/2) / P)``.  Where nothing is wanted, 1 for an answer without any mark, else 0.

    Raises
    ------
    nothing

    Source
    ------
    Syllabus §3.0, G2.
    """
    positives = sum(len(parts) for parts in wanted.values())
    hits = sum(len(parts & marked.get(item, frozenset())) for item, parts in wanted.items())
    extra = sum(len(marked.get(item, frozenset()) - parts) for item, parts in wanted.items())
    if positives == 0:
        return 1.0 if marked and extra == 0 else 0.0
    return max(0.0, (hits - extra / 2) / positives)


def read_marks(question: MarksQuestion, answer: Any, drawn: tuple[str, ...]) -> dict[str, frozenset[str]]:
    """Return the marks on drawn items; what is no list of part ids counts as not answered.

    Raises
    ------
    nothing
    """
    if not isinstance(answer, dict):
        return {}
    marked: dict[str, frozenset[str]] = {}
    for item in question.pick_items(drawn):
        value = answer.get(item.id)
        if isinstance(value, list):
            marked[item.id] = frozenset(part for part in value if isinstance(part, str) and part in item.part_ids)
    return marked


def score_question(question: MarksQuestion, answer: Any, drawn: tuple[str, ...]) -> Outcome:
    """Score the marks on the drawn items.

    Parameters
    ----------
    question : MarksQuestion
        With key.
    answer : Any
        ``{item: [part]}``; any other JSON value counts as no answer.
    drawn : tuple of str

    Returns
    -------
    Outcome

    Raises
    ------
    nothing
    """
    key = question.key or {}
    drawn = tuple(identity for identity in drawn if identity in key)
    parts = {item.id: item.part_ids for item in question.items}
    marked = read_marks(question, answer, drawn)
    wanted = {identity: frozenset(key[identity].marks) for identity in drawn}
    results: list[ItemResult] = []
    codes: list[tuple[str, str | None]] = []
    for identity in drawn:
        chosen = tuple(part for part in parts[identity] if part in marked.get(identity, ()))
        found = _list_codes(key[identity], wanted[identity], marked[identity]) if identity in marked else []
        one = {identity: marked[identity]} if identity in marked else {}
        fraction = score_marks({identity: wanted[identity]}, one)
        wrong = tuple(part for part in chosen if part not in wanted[identity])
        results.append(ItemResult(identity, fraction, next(iter(found), None), chosen, wrong))
        codes += [(code, identity) for code in found]
    capped = any(set(key[identity].cap) & parts for identity, parts in marked.items())
    fraction = score_marks(wanted, marked) if any(marked.values()) else 0.0
    return Outcome(fraction, tuple(results), tuple(codes), capped)


def _list_codes(key: MarksKey, wanted: frozenset[str], marked: frozenset[str]) -> list[str]:
    wrong = [code for part, code in key.wrong.items() if part in marked - wanted]
    missed = [code for part, code in key.missed.items() if part in wanted - marked]
    return list(dict.fromkeys(wrong + missed))


def find_problems(question: MarksQuestion) -> Iterator[ContentError]:
    """Yield what is wrong between items, key and feedback.

    Raises
    ------
    nothing
    """
    key = question.key or {}
    yield from find_key_gaps(question, key)
    parts = {item.id: item.part_ids for item in question.items}
    codes: dict[str, str] = {}
    for identity, entry in key.items():
        codes.update(dict.fromkeys([*entry.wrong.values(), *entry.missed.values()], identity))
        yield from _find_part_problems(identity, entry, parts.get(identity, ()))
    yield from find_unknown_codes(question, codes)
    for item in question.items:
        if not item.parts:
            yield ContentError(
                "item-without-parts",
                _("An item has nothing to mark"),
                where=item.id,
                expected=_("parts: [{{id: p01, text: …}}, …]").format(),
                hint=_("write the item's text as parts"),
            )
    if key and not any(entry.marks for entry in key.values()):
        yield ContentError(
            "nothing-to-mark",
            _("The key marks nothing at all"),
            where="key",
            expected=_("at least one part"),
            hint=_("name the parts that are to be marked"),
        )


def _find_part_problems(identity: str, entry: MarksKey, parts: tuple[str, ...]) -> Iterator[ContentError]:
    for field in ("marks", "wrong", "missed", "cap"):
        for part in getattr(entry, field):
            if part not in parts:
                yield ContentError(
                    "part-unknown",
                    _("The key uses a part that the item does not have ({field})").format(field=field),
                    where=identity,
                    found=part,
                    expected=_("one of: {names}").format(names=", ".join(parts) or "–"),
                    hint=_("correct the id of the part"),
                )
    misplaced = [p for p in (*entry.wrong, *entry.cap) if p in entry.marks]
    misplaced += [p for p in entry.missed if p not in entry.marks]
    for part in misplaced:
        yield ContentError(
            "part-right-and-wrong",
            _("The key contradicts itself about a part"),
            where=identity,
            found=part,
            expected=_("wrong: parts outside marks; missed: parts of marks"),
            hint=_("correct marks, wrong or missed"),
        )


def count_answered(question: MarksQuestion, answer: Any, drawn: tuple[str, ...]) -> int:
    """Return how many drawn items have a mark.

    Raises
    ------
    nothing
    """
    return sum(1 for parts in read_marks(question, answer, drawn).values() if parts)


def count_bits(question: MarksQuestion, drawn: tuple[str, ...]) -> float:
    """Return how many bits an answer has: one for every part.

    Raises
    ------
    nothing
    """
    return float(sum(len(item.parts) for item in question.pick_items(drawn)))


def get_texts() -> dict[str, str]:
    """Return the texts that the page writes itself.

    Raises
    ------
    nothing
    """
    return {"mark_none": _("Nothing marked"), "marked": _("Marked: {n}")}


KIND = Kind(MarksQuestion, score_question, find_problems, count_answered, count_bits, texts=get_texts)
