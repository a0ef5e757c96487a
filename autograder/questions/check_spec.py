"""The ``%%check`` block of the optional Python track: calls, expected values, hints.

Three forms of one block::

    Check          the author's: literal and random cases, a reference solution, the first ``visible`` are practice
    ResolvedCheck  literal cases only, each with its expected value: what the grading side keeps
    its public part   the visible cases only: what the learner's copy says
"""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Sequence
from typing import Annotated, Any

from pydantic import Discriminator, Field, JsonValue, StrictBool, Tag, ValidationError, model_validator
from pydantic_core import PydanticCustomError

from autograder.errors import ContentError
from autograder.locale import _
from autograder.questions.model import Number, Points, QuestionId, Strict, Text, read_text
from autograder.questions.outcome import ItemResult, Note, Outcome, Score, make_score
from autograder.questions.plain_values import to_plain_value, values_equal
from autograder.questions.validation import explain_errors, show_value
from autograder.questions.variants import make_generator
from autograder.questions.yaml_text import YamlDocument, dump_block, parse_yaml, place

__all__ = [
    "HINT",
    "Check",
    "Failed",
    "ResolvedCase",
    "ResolvedCheck",
    "draw_cases",
    "dump_block",
    "parse_check",
    "parse_resolved_check",
    "public_part",
    "resolve_check",
    "resolved",
    "score_check",
    "values_equal",
]

MAGIC = "%%check"
# The code of a note that carries a case's public hint.
HINT = "HINT"

Name = Annotated[str, Field(strict=True, pattern=r"^[A-Za-z_][A-Za-z0-9_]{0,63}$")]
Call = Annotated[str, Field(strict=True, min_length=1, max_length=2000)]
Within = Annotated[float, Field(strict=True, ge=0)]
Length = Annotated[int, Field(strict=True, ge=0, le=1000)]
Integer = Annotated[int, Field(strict=True, ge=-(2**53), le=2**53)]


class IntegerRange(Strict):
    """A whole number between two bounds, both included."""

    int_: tuple[Integer, Integer] = Field(alias="int")

    def draw(self, generator: random.Random, _names: dict[str, Any]) -> int:
        """Return one value.

        Raises
        ------
        nothing
        """
        return generator.randint(min(self.int_), max(self.int_))


class FloatRange(Strict):
    """A number between two bounds with a number of decimals."""

    float_: tuple[Number, Number, Annotated[int, Field(strict=True, ge=0, le=12)]] = Field(alias="float")

    def draw(self, generator: random.Random, _names: dict[str, Any]) -> float:
        """Return one value.

        Raises
        ------
        nothing
        """
        low, high, decimals = self.float_
        return round(generator.uniform(low, high), decimals)


class OneOf(Strict):
    """One of several values."""

    choice: Annotated[tuple[JsonValue, ...], Field(min_length=1, max_length=1000)]

    def draw(self, generator: random.Random, _names: dict[str, Any]) -> Any:
        """Return one value.

        Raises
        ------
        nothing
        """
        return generator.choice(self.choice)


class ListOf(Strict):
    """A list whose length is fixed, drawn, or that of an argument drawn before."""

    list_: Generator = Field(alias="list")
    length: Length | tuple[Length, Length] | None = None
    length_of: Name | None = None

    @model_validator(mode="after")
    def _check_length(self) -> ListOf:
        if (self.length is None) == (self.length_of is None):
            raise PydanticCustomError("list_length", "a list needs length or length_of")
        return self

    def draw(self, generator: random.Random, names: dict[str, Any]) -> list[Any]:
        """Return one list.

        Raises
        ------
        nothing
        """
        if self.length_of is not None:
            length = len(names[self.length_of])
        elif isinstance(self.length, tuple):
            length = generator.randint(min(self.length), max(self.length))
        else:
            length = self.length or 0
        return [self.list_.draw(generator, names) for _number in range(length)]


def _name_generator(value: Any) -> str | None:
    names = value if isinstance(value, dict) else {}
    return next((name for name in ("int", "float", "choice", "list") if name in names), None)


Generator = Annotated[
    Annotated[IntegerRange, Tag("int")]
    | Annotated[FloatRange, Tag("float")]
    | Annotated[OneOf, Tag("choice")]
    | Annotated[ListOf, Tag("list")],
    Discriminator(
        _name_generator,
        custom_error_type="generator_kind",
        custom_error_message="not a generator",
    ),
]


class Case(Strict):
    """One call as its author writes it."""

    call: Call
    # names bound for the call
    with_: dict[Name, JsonValue] = Field(default_factory=dict, alias="with")
    # names bound to drawn values
    random: dict[Name, Generator] = Field(default_factory=dict)
    times: Annotated[int, Field(strict=True, ge=1, le=50)] = 1
    # the expected value; left out, the reference gives it
    equals: JsonValue = None
    within: Within | None = None
    hint: Text | None = None

    @model_validator(mode="after")
    def _check_random(self) -> Case:
        seen: set[str] = set(self.with_)
        for name, generator in self.random.items():
            if isinstance(generator, ListOf) and generator.length_of is not None and generator.length_of not in seen:
                raise PydanticCustomError("length_of_unknown", "unknown name", {"name": generator.length_of})
            seen.add(name)
        if self.times > 1 and not self.random:
            raise PydanticCustomError("times_without_random", "the same call again")
        if self.random and self.has_expected:
            raise PydanticCustomError("random_with_equals", "a drawn case has no fixed value")
        return self

    @property
    def has_expected(self) -> bool:
        """Tell whether the author wrote the expected value (``equals: null`` counts).

        Raises
        ------
        nothing
        """
        return "equals" in self.model_fields_set


class Check(Strict):
    """The author's block."""

    id: QuestionId
    points: Points
    prompt: Text | None = None
    cases: Annotated[tuple[Case, ...], Field(min_length=1, max_length=100)]
    # path in .author/ of the reference solution
    reference: str | None = None
    # how many cases, from the first, the learner sees
    visible: Annotated[int, Field(strict=True, ge=0, le=100)] = 0

    @model_validator(mode="after")
    def _check_cases(self) -> Check:
        if self.visible >= len(self.cases):
            raise PydanticCustomError("no_hidden_case", "all cases are visible")
        for number, case in enumerate(self.cases, start=1):
            if number <= self.visible and not case.has_expected:
                raise PydanticCustomError("visible_without_value", "case {n}", {"n": number})
            if not case.has_expected and self.reference is None:
                raise PydanticCustomError("case_without_value", "case {n}", {"n": number})
        return self


class ResolvedCase(Strict):
    """One literal call with its expected value."""

    call: Call
    with_: dict[Name, JsonValue] = Field(default_factory=dict, alias="with")
    equals: JsonValue
    within: Within | None = None
    hint: Text | None = None
    visible: StrictBool


class ResolvedCheck(Strict):
    """A check that needs no reference and no drawing any more; with visible cases only, the learner's copy."""

    id: QuestionId
    points: Points
    prompt: Text | None = None
    cases: Annotated[tuple[ResolvedCase, ...], Field(max_length=5000)]

    @property
    def hidden(self) -> tuple[ResolvedCase, ...]:
        """Return the cases that earn points.

        Raises
        ------
        nothing
        """
        return tuple(case for case in self.cases if not case.visible)

    @property
    def practice(self) -> tuple[ResolvedCase, ...]:
        """Return the cases that the learner sees; they earn nothing.

        Raises
        ------
        nothing
        """
        return tuple(case for case in self.cases if case.visible)


class Failed:
    """Stands for the value of a case in which the learner's code gave none.

    Parameters
    ----------
    reason : str
        ``error``, ``timeout``, ``type``, ``crash`` or another short word; it becomes the item's code.
    """

    __slots__ = ("reason",)

    def __init__(self, reason: str) -> None:
        self.reason = reason

    def __repr__(self) -> str:
        return f"Failed({self.reason!r})"


def parse_check(block: str | dict[str, Any], *, where: str) -> Check:
    """Read an author's ``%%check`` block.

    Parameters
    ----------
    block : str or dict
        The cell's YAML, with or without the magic's own line; or the same as data.
    where : str
        Notebook and cell, for errors.

    Returns
    -------
    Check

    Raises
    ------
    ContentError
        What is wrong, where (with the line), found, expected, what to do.
    """
    check: Check = _read(block, where, Check)
    return check


def parse_resolved_check(block: str | dict[str, Any], *, where: str) -> ResolvedCheck:
    """Read a resolved ``%%check`` block, or a learner's copy of one.

    Parameters
    ----------
    block, where
        As for ``parse_check``.

    Returns
    -------
    ResolvedCheck

    Raises
    ------
    ContentError
        What is wrong, where (with the line), found, expected, what to do.
    """
    check: ResolvedCheck = _read(block, where, ResolvedCheck)
    return check


def is_resolved(block: str | dict[str, Any], *, where: str = "") -> bool:
    """Tell whether a block is resolved (or a learner's copy): every case then says ``visible``.

    Raises
    ------
    ContentError
        The block is no YAML.
    """
    data = _read_block(block, where).data
    cases = data.get("cases") if isinstance(data, dict) else None
    return isinstance(cases, list) and all(isinstance(case, dict) and "visible" in case for case in cases)


def draw_cases(check: Check, seed: str) -> list[dict[str, Any]]:
    """Return the literal cases of a check, random ones drawn.

    Parameters
    ----------
    check : Check
    seed : str
        The same seed gives the same cases.

    Returns
    -------
    list of dict
        ``{call, with, within, hint, visible}`` and, where the author wrote it, ``equals``.

    Raises
    ------
    nothing
    """
    generator = make_generator(seed, check.id)
    drawn = []
    for number, case in enumerate(check.cases):
        for _time in range(case.times):
            names = dict(case.with_)
            for name, source in case.random.items():
                names[name] = source.draw(generator, names)
            literal: dict[str, Any] = {
                "call": case.call,
                "with": names,
                "within": case.within,
                "hint": case.hint,
                "visible": number < check.visible,
            }
            drawn.append(literal | ({"equals": case.equals} if case.has_expected else {}))
    return drawn


def resolve_check(
    check: Check, evaluate: Callable[[list[dict[str, Any]]], Sequence[Any]], *, seed: str | None = None
) -> ResolvedCheck:
    """Turn a check into literal cases with expected values.

    Parameters
    ----------
    check : Check
    evaluate : callable
        Runs the reference solution: a list of ``{call, with}`` in, one plain value per case out, a ``Failed`` where
        the reference gave none.  Called only where the check has a reference.
    seed : str, optional
        For the random cases; by default the check's id, so that two runs agree.

    Returns
    -------
    ResolvedCheck

    Raises
    ------
    ContentError
        ``reference-value`` (the reference gives no plain, finite value) or ``reference-differs`` (it contradicts
        an ``equals``).
    """
    cases = draw_cases(check, check.id if seed is None else seed)
    values: list[Any] = [None] * len(cases)
    if check.reference is not None:
        asked = [{"call": case["call"], "with": case["with"]} for case in cases]
        values = list(evaluate(asked))
        values += [Failed("missing")] * (len(cases) - len(values))
        for case, value in zip(cases, values, strict=False):
            _check_reference_value(check, case, value)
    literal = [dict[str, Any](equals=value) | case for case, value in zip(cases, values, strict=False)]
    kept = [{name: v for name, v in case.items() if v not in (None, {}) or name == "equals"} for case in literal]
    fields: dict[str, Any] = {"id": check.id, "points": check.points, "prompt": check.prompt, "cases": kept}
    return ResolvedCheck.model_validate({name: value for name, value in fields.items() if value is not None})


def resolved(check: ResolvedCheck) -> dict[str, Any]:
    """Return a resolved check as JSON-ready data; ``parse_resolved_check`` reads it back.

    Raises
    ------
    nothing
    """
    return check.model_dump(mode="json", exclude_unset=True, by_alias=True)


def public_part(check: Check | ResolvedCheck) -> dict[str, Any]:
    """Return what the learner's copy may say: the visible cases, no reference.

    Parameters
    ----------
    check : Check or ResolvedCheck

    Returns
    -------
    dict
        JSON-ready, in the form of a resolved check.

    Raises
    ------
    nothing
    """
    shown = check.cases[: check.visible] if isinstance(check, Check) else check.practice
    data = check.model_dump(mode="json", include={"id", "points", "prompt"}, exclude_unset=True)
    cases = [case.model_dump(mode="json", exclude_unset=True, by_alias=True) for case in shown]
    return data | {"cases": [case | {"visible": True} for case in cases]}


def score_check(check: ResolvedCheck, found_values: Sequence[Any]) -> Score:
    """Score the values that a learner's code gave.

    Parameters
    ----------
    check : ResolvedCheck
        With hidden cases.
    found_values : Sequence
        One per case of ``check.cases``, in that order: any value, or ``Failed``.  Missing ones count as failed.

    Returns
    -------
    Score
        ``points * hidden cases right / hidden cases``.  Items are the hidden cases, ``c01`` being the check's first
        case; notes are the hints of those that are not right, each once.

    Raises
    ------
    nothing
    """
    results, notes = [], []
    for number, case in enumerate(check.cases):
        found = found_values[number] if number < len(found_values) else Failed("missing")
        if case.visible:
            continue
        right, code = _judge(found, case)
        item = f"c{number + 1:02d}"
        results.append(ItemResult(item, 1.0 if right else 0.0, code))
        if not right and case.hint:
            notes.append(Note(HINT, item, read_text(case.hint)))
    fraction = sum(result.fraction for result in results) / len(results) if results else 0.0
    first_of_each = {note.text: note for note in reversed(notes)}
    kept = tuple(note for note in notes if first_of_each[note.text] is note)
    return make_score(check.points, Outcome(fraction, tuple(results)), kept)


def _judge(found: Any, case: ResolvedCase) -> tuple[bool, str | None]:
    if isinstance(found, Failed):
        return False, found.reason
    try:
        plain = to_plain_value(found)
    except Exception:  # a learner's value may do anything when it is looked at
        return False, "type"
    right = values_equal(plain, case.equals, case.within)
    return right, None if right else "value"


def _check_reference_value(check: Check, case: dict[str, Any], value: Any) -> None:
    found: Any = value.reason if isinstance(value, Failed) else value
    try:
        usable = not isinstance(value, Failed) and _is_finite(to_plain_value(value))
    except ValueError:
        usable = False
    if not usable:
        raise ContentError(
            "reference-value",
            _("The reference solution gives no plain value"),
            where=f"{check.id} › {case['call']}",
            found=show_value(found),
            expected=_("text, finite numbers, true, false, null, lists or mappings of these"),
            hint=_("correct {path}").format(path=check.reference),
        )
    if "equals" in case and not values_equal(to_plain_value(value), case["equals"], case["within"]):
        raise ContentError(
            "reference-differs",
            _("The reference solution contradicts the case"),
            where=f"{check.id} › {case['call']}",
            found=show_value(found),
            expected=show_value(case["equals"]),
            hint=_("correct equals or {path}").format(path=check.reference),
        )


def _is_finite(value: Any) -> bool:
    if isinstance(value, list):
        return all(_is_finite(inner) for inner in value)
    if isinstance(value, dict):
        return all(_is_finite(inner) for inner in value.values())
    return not isinstance(value, float) or math.isfinite(value)


def _read_block(block: str | dict[str, Any], where: str) -> YamlDocument:
    if not isinstance(block, str):
        return YamlDocument(block, where)
    first_line = 1
    if block.lstrip().startswith(MAGIC):
        block = block.partition("\n")[2]
        first_line = 2
    return parse_yaml(block, where=where, first_line=first_line)


def _read(block: str | dict[str, Any], where: str, model: Any) -> Any:
    document = _read_block(block, where)
    if not isinstance(document.data, dict):
        raise ContentError(
            "check-empty",
            _("A check is a list of fields (id: …, points: …, cases: …)"),
            where=place(where, document.line_of(())),
            found=show_value(document.data),
            expected="id, points, cases",
            hint=_("start from the example in docs/lecturer.md"),
        )

    def locate(path: tuple[str | int, ...]) -> str:
        parts = [place(where, document.line_of(path)), str(document.data.get("id") or "")]
        return " › ".join(part for part in [*parts, ".".join(map(str, path))] if part)

    try:
        return model.model_validate(document.data)
    except ValidationError as error:
        raise explain_errors(error, document.data, model, locate)[0] from None
