"""number (R5): one number per item, as written in Vietnam.  Scored with tolerance and known wrong values (G5)."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import Field

from autograder.errors import ContentError
from autograder.locale import _
from autograder.questions.kinds.kind import Guess, Kind
from autograder.questions.model import (
    BaseQuestion,
    Code,
    LocalId,
    Number,
    Share,
    Strict,
    Text,
    find_key_gaps,
    find_unknown_codes,
)
from autograder.questions.numbers import MAX_CHARACTERS, parse_vietnamese_number
from autograder.questions.outcome import ItemResult, Outcome

Width = Annotated[float, Field(strict=True, ge=0)]


class KnownWrong(Strict):
    """A wrong value that tells which misconception led to it."""

    value: Number
    within: Width = 0.0
    code: Code
    credit: Share = 0.0


class NumberKey(Strict):
    """The right value of one item."""

    value: Number
    within: Width = 0.0
    wrong: tuple[KnownWrong, ...] = ()
    why: Text | None = None
    source: str | None = None


class ToleranceScore(Strict):
    """G5."""

    by: Literal["tolerance"]


class NumberQuestion(BaseQuestion):
    """One number per item."""

    kind: Literal["number"]
    # shown behind the field; a typed one is ignored
    unit: Annotated[str, Field(strict=True, min_length=1, max_length=20)] | None = None
    key: dict[LocalId, NumberKey] | None = None
    score: ToleranceScore | None = None


def read_number(value: Any, unit: str | None) -> Decimal | None:
    """Return the number in an answer: text as a person types it, or a JSON number.

    Raises
    ------
    nothing
    """
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    if isinstance(value, str):
        return parse_vietnamese_number(value, unit=unit)
    if isinstance(value, int) and value.bit_length() > 256:
        return None
    number = Decimal(str(value))
    return number if number.is_finite() else None


def lies_within(number: Decimal, value: float, within: float) -> bool:
    """Tell whether a number is at most ``within`` away from a value, in decimal arithmetic.

    Raises
    ------
    nothing
    """
    return abs(number - Decimal(str(value))) <= Decimal(str(within))


def score_number(question: NumberQuestion, answer: Any, drawn: tuple[str, ...]) -> Outcome:
    """Score one number per item.

    Parameters
    ----------
    question : NumberQuestion
        With key.
    answer : Any
        ``{item: text}``; any other JSON value counts as no answer.
    drawn : tuple of str

    Returns
    -------
    Outcome
        Fraction: mean over the drawn items of 1 (right), the credit of the first known wrong value, or 0.

    Raises
    ------
    nothing

    Source
    ------
    Syllabus §3.0, G5.
    """
    key = question.key or {}
    drawn = tuple(identity for identity in drawn if identity in key)
    results = []
    for identity in drawn:
        number = read_number(answer.get(identity), question.unit) if isinstance(answer, dict) else None
        results.append(_judge(identity, key[identity], number))
    fraction = sum(result.fraction for result in results) / len(results) if results else 0.0
    codes = tuple((result.code, result.item) for result in results if result.code)
    return Outcome(fraction, tuple(results), codes)


def _judge(identity: str, key: NumberKey, number: Decimal | None) -> ItemResult:
    if number is None:
        return ItemResult(identity, 0.0)
    chosen = (f"{number.normalize():f}"[:MAX_CHARACTERS],)
    if lies_within(number, key.value, key.within):
        return ItemResult(identity, 1.0, None, chosen)
    for wrong in key.wrong:
        if lies_within(number, wrong.value, wrong.within):
            return ItemResult(identity, wrong.credit, wrong.code, chosen, chosen)
    return ItemResult(identity, 0.0, None, chosen, chosen)


def find_problems(question: NumberQuestion) -> Iterator[ContentError]:
    """Yield what is wrong between items, key and feedback.

    Raises
    ------
    nothing
    """
    key = question.key or {}
    yield from find_key_gaps(question, key)
    codes: dict[str, str] = {}
    for identity, entry in key.items():
        for wrong in entry.wrong:
            codes[wrong.code] = identity
            if lies_within(Decimal(str(wrong.value)), entry.value, entry.within):
                yield ContentError(
                    "wrong-value-is-right",
                    _("A known wrong value lies within the tolerance of the right one"),
                    where=identity,
                    found=wrong.value,
                    expected=_("further than {within} from {value}").format(within=entry.within, value=entry.value),
                    hint=_("narrow the tolerance, or remove the wrong value"),
                )
    yield from find_unknown_codes(question, codes)


def list_unread(question: NumberQuestion, answer: Any, drawn: tuple[str, ...]) -> tuple[str, ...]:
    """Return the drawn items in which something is typed that is not a number.

    Raises
    ------
    nothing
    """
    if not isinstance(answer, dict):
        return ()
    typed = {i: answer.get(i) for i in drawn}
    return tuple(
        i
        for i, value in typed.items()
        if isinstance(value, str) and value.strip() and read_number(value, question.unit) is None
    )


def count_answered(question: NumberQuestion, answer: Any, drawn: tuple[str, ...]) -> int:
    """Return in how many drawn items a number is typed.

    Raises
    ------
    nothing
    """
    if not isinstance(answer, dict):
        return 0
    return sum(1 for i in drawn if read_number(answer.get(i), question.unit) is not None)


# A number is one of about a million.
BITS_PER_NUMBER = 20.0


def count_bits(_question: NumberQuestion, drawn: tuple[str, ...]) -> float:
    """Return how many bits an answer has.

    Raises
    ------
    nothing
    """
    return BITS_PER_NUMBER * len(drawn)


def describe(question: NumberQuestion) -> dict[str, Any]:
    """Return what the page shows: the unit.

    Raises
    ------
    nothing
    """
    return {"unit": question.unit} if question.unit else {}


def respond(question: NumberQuestion, answer: Any, drawn: tuple[str, ...]) -> dict[str, Any]:
    """Return what the page learns of a saved answer: the fields that hold no number.

    Raises
    ------
    nothing
    """
    return {"unread": list(list_unread(question, answer, drawn))}


def get_texts() -> dict[str, str]:
    """Return the texts that the page writes itself.

    Raises
    ------
    nothing
    """
    return {"number_unread": _("This is not a number yet. Write it for example as 1.234,5")}


def list_guesses(question: NumberQuestion) -> Iterator[Guess]:
    """Yield the same round number everywhere.

    Raises
    ------
    nothing
    """
    for number in ("0", "1", "100"):
        yield Guess(number, {item.id: number for item in question.items}, may_earn=True)


KIND = Kind(
    NumberQuestion,
    score_number,
    find_problems,
    count_answered,
    count_bits,
    describe=describe,
    respond=respond,
    texts=get_texts,
    list_guesses=list_guesses,
)
