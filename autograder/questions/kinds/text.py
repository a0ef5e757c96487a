"""text (R8): one short text per item.  Scored by what must and what must not stand in it (G8); no language model."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, StrictBool, StringConstraints

from autograder.errors import ContentError
from autograder.locale import _
from autograder.questions.kinds.kind import Guess, Kind
from autograder.questions.model import (
    MAX_ITEMS,
    BaseQuestion,
    Code,
    Item,
    LocalId,
    Strict,
    Text,
    find_key_gaps,
    find_unknown_codes,
    read_text,
)
from autograder.questions.outcome import ItemResult, Outcome
from autograder.questions.typed_text import (
    MAX_CHARACTERS,
    clean_text,
    compile_pattern,
    compile_phrases,
    count_words,
    fold_text,
    read_typed,
)

Weight = Annotated[float, Field(strict=True, gt=0, le=100)]
Phrase = Annotated[str, StringConstraints(strict=True, min_length=1, max_length=MAX_CHARACTERS)]
Pattern = Annotated[str, StringConstraints(strict=True, min_length=1, max_length=MAX_CHARACTERS)]
Lines = Literal[1, 3]
Words = Annotated[int, Field(strict=True, ge=1, le=100)]


def _expand_words(value: Any) -> Any:
    return dict(zip(("min", "max"), value, strict=False)) if isinstance(value, list) and len(value) <= 2 else value


class TextRule(Strict):
    """Something that stands in a text: any of some phrases, as whole words, or a pattern."""

    any: Annotated[tuple[Phrase, ...], Field(max_length=50)] = ()
    # in the syntax of RE2, searched in the text with single spaces
    pattern: Pattern | None = None
    # capital and small letters differ; accents always do
    exact: StrictBool = False
    code: Code | None = None
    weight: Weight = 1.0


class Forbidden(TextRule):
    """Something that must not stand in a text."""

    # a safety-critical act
    cap: StrictBool = False


class WordBounds(Strict):
    """How many words a text should have."""

    min: Words = 1
    max: Words | None = None
    code: Code | None = None


ShortBounds = Annotated[WordBounds, BeforeValidator(_expand_words, json_schema_input_type=list[Words] | WordBounds)]


class TextKey(Strict):
    """What makes one text right."""

    must: Annotated[tuple[TextRule, ...], Field(max_length=30)]
    must_not: Annotated[tuple[Forbidden, ...], Field(max_length=30)] = ()
    words: ShortBounds | None = None
    # a text that earns everything; the content check tries it
    example: Annotated[str, StringConstraints(strict=True, max_length=MAX_CHARACTERS)] | None = None
    why: Text | None = None
    source: str | None = None


class PatternScore(Strict):
    """G8."""

    by: Literal["patterns"]


class TextItem(Item):
    """One text to write."""

    # height of the field
    lines: Lines | None = None
    # shown with a counter
    max_words: Words | None = None


class TextQuestion(BaseQuestion):
    """One short text per item."""

    kind: Literal["text"]
    items: Annotated[tuple[TextItem, ...], Field(min_length=1, max_length=MAX_ITEMS)]
    # for every item that does not say otherwise
    lines: Lines = 1
    max_words: Words | None = None
    key: dict[LocalId, TextKey] | None = None
    score: PatternScore | None = None


def read_texts(answer: Any, drawn: tuple[str, ...]) -> dict[str, str]:
    """Return what is typed in drawn items, cleaned; what is no text, or too long, counts as not answered.

    Raises
    ------
    nothing
    """
    if not isinstance(answer, dict):
        return {}
    typed = {identity: read_typed(answer.get(identity)) for identity in drawn}
    return {identity: text for identity, text in typed.items() if text}


def stands_in(rule: TextRule, text: str, folded: str) -> bool:
    """Tell whether what a rule names stands in a text.

    Parameters
    ----------
    rule : TextRule
    text : str
        Cleaned.
    folded : str
        The same text folded.

    Returns
    -------
    bool
        False also for a pattern that cannot be read: the content check reports it.

    Raises
    ------
    nothing
    """
    if rule.any and compile_phrases(rule.any, exact=rule.exact).search(text if rule.exact else folded):
        return True
    if rule.pattern is None:
        return False
    try:
        return compile_pattern(rule.pattern, exact=rule.exact).search(text) is not None
    except ValueError:
        return False


def weigh_words(text: str, least: int, most: int | None) -> float:
    """Return the share that is left of a text of too few or too many words.

    Parameters
    ----------
    text : str
    least : int
    most : int or None

    Returns
    -------
    float
        1 within the bounds; below them words / least; above them 1 less the surplus / most, so that a text twice as
        long as allowed earns nothing.

    Raises
    ------
    nothing
    """
    words = count_words(text)
    if words < least:
        return words / least
    return max(0.0, 1 - (words - most) / most) if most is not None and words > most else 1.0


def score_text(question: TextQuestion, answer: Any, drawn: tuple[str, ...]) -> Outcome:
    """Score one text per item.

    Parameters
    ----------
    question : TextQuestion
        With key.
    answer : Any
        ``{item: text}``; any other JSON value counts as no answer.
    drawn : tuple of str

    Returns
    -------
    Outcome
        Fraction: mean over the drawn items of
        ``max(0, (weight of met musts - weight of hit must-nots) / weight of all musts)``, times ``weigh_words``.

    Raises
    ------
    nothing

    Source
    ------
    Syllabus §3.0, G8.
    """
    key = question.key or {}
    drawn = tuple(identity for identity in drawn if identity in key)
    typed = read_texts(answer, drawn)
    results: list[ItemResult] = []
    codes: list[tuple[str, str | None]] = []
    capped = False
    for item in question.pick_items(drawn):
        if item.id not in typed:
            results.append(ItemResult(item.id, 0.0))
            continue
        text = typed[item.id]
        fraction, found, is_capped = judge_text(question, item, key[item.id], text)
        capped = capped or is_capped
        wrong = (text,) if fraction < 1 else ()
        results.append(ItemResult(item.id, fraction, next(iter(found), None), (text,), wrong))
        codes += [(code, item.id) for code in found]
    fraction = sum(result.fraction for result in results) / len(results) if results else 0.0
    return Outcome(fraction, tuple(results), tuple(codes), capped)


def judge_text(
    question: TextQuestion, item: TextItem, entry: TextKey, text: str
) -> tuple[float, tuple[str, ...], bool]:
    """Judge one cleaned text.

    Parameters
    ----------
    question : TextQuestion
    item : TextItem
    entry : TextKey
        The item's.
    text : str
        Not empty.

    Returns
    -------
    fraction : float
    codes : tuple of str
        Misconceptions, each once.
    is_capped : bool

    Raises
    ------
    nothing
    """
    folded = fold_text(text)
    unmet = [rule for rule in entry.must if not stands_in(rule, text, folded)]
    hit = [rule for rule in entry.must_not if stands_in(rule, text, folded)]
    share = weigh_words(text, *read_bounds(question, item, entry))
    weight = sum(rule.weight for rule in entry.must)
    lost = sum(rule.weight for rule in (*unmet, *hit))
    codes = [rule.code for rule in (*hit, *unmet) if rule.code]
    if share < 1 and entry.words is not None and entry.words.code:
        codes.append(entry.words.code)
    fraction = max(0.0, (weight - lost) / weight) * share if weight else 0.0
    return fraction, tuple(dict.fromkeys(codes)), any(rule.cap for rule in hit)


def read_bounds(question: TextQuestion, item: TextItem, entry: TextKey) -> tuple[int, int | None]:
    """Return how many words are right: as the key says, else as the page tells the learner.

    Raises
    ------
    nothing
    """
    told = item.max_words or question.max_words
    if entry.words is None:
        return 1, told
    return entry.words.min, entry.words.max or told


def find_problems(question: TextQuestion) -> Iterator[ContentError]:
    """Yield what is wrong between items, key and feedback.

    Raises
    ------
    nothing
    """
    key = question.key or {}
    yield from find_key_gaps(question, key)
    codes: dict[str, str] = {}
    for identity, entry in key.items():
        used = [rule.code for rule in (*entry.must, *entry.must_not)]
        used += [entry.words.code] if entry.words is not None else []
        codes.update(dict.fromkeys([code for code in used if code], identity))
    yield from find_unknown_codes(question, codes)
    for item in question.items:
        if item.id in key:
            yield from _find_key_problems(question, item, key[item.id])


def _find_key_problems(question: TextQuestion, item: TextItem, entry: TextKey) -> Iterator[ContentError]:
    broken = [problem for place, rule in _list_rules(item.id, entry) for problem in _find_rule_problems(place, rule)]
    yield from broken
    if not entry.must:
        yield ContentError(
            "must-missing",
            _("The key of a text asks for nothing"),
            where=item.id,
            found=_("nothing"),
            expected=_("must: [{{any: [phrase, …]}}, …]").format(),
            hint=_("say what a right text contains"),
        )
    yield from _find_bound_problems(question, item, entry)
    if broken or not entry.must:
        return
    yield from _find_contradictions(item.id, entry)
    yield from _find_open_door(question, item, entry)
    if entry.example is not None:
        fraction, _codes, is_capped = judge_text(question, item, entry, clean_text(entry.example))
        if fraction < 1 or is_capped:
            yield ContentError(
                "example-not-right",
                _("The key's own example does not earn everything"),
                where=item.id,
                found=_("{share} % of the points").format(share=f"{100 * fraction:.0f}"),
                expected="100 %",
                hint=_("correct the example, or the rules"),
            )


def _list_rules(identity: str, entry: TextKey) -> list[tuple[str, TextRule]]:
    places: list[tuple[str, TextRule]] = []
    for field, rules in (("must", entry.must), ("must_not", entry.must_not)):
        places += [(f"{identity}.{field}.{number}", rule) for number, rule in enumerate(rules, start=1)]
    return places


def _find_rule_problems(place: str, rule: TextRule) -> Iterator[ContentError]:
    if bool(rule.any) == (rule.pattern is not None):
        yield ContentError(
            "rule-form",
            _("A rule does not say what it looks for"),
            where=place,
            found=", ".join(sorted(rule.model_fields_set)),
            expected=_("either any: [phrase, …] or pattern: …"),
            hint=_("write one of the two"),
        )
    for phrase in rule.any:
        if not clean_text(phrase):
            yield ContentError(
                "phrase-empty",
                _("A phrase has nothing to look for"),
                where=place,
                found=repr(phrase),
                expected=_("at least one letter or digit"),
                hint=_("remove the phrase"),
            )
    if rule.pattern is None:
        return
    try:
        is_void = compile_pattern(rule.pattern, exact=rule.exact).search("") is not None
    except ValueError as error:
        yield ContentError(
            "pattern-unreadable",
            _("A pattern cannot be read: {reason}").format(reason=error),
            where=place,
            found=rule.pattern,
            expected=_("a regular expression in the syntax of RE2, without look-around and back-references"),
            hint=_("correct the pattern, or write phrases under any:"),
        )
        return
    if is_void:
        yield ContentError(
            "pattern-void",
            _("A pattern matches every text, even an empty one"),
            where=place,
            found=rule.pattern,
            expected=_("a pattern that some texts do not match"),
            hint=_("replace * by +, or fix the pattern to ^ and $"),
        )


def _find_bound_problems(question: TextQuestion, item: TextItem, entry: TextKey) -> Iterator[ContentError]:
    least, most = read_bounds(question, item, entry)
    told = item.max_words or question.max_words
    if (most is not None and least > most) or (told is not None and most is not None and most < told):
        yield ContentError(
            "words-contradict",
            _("The numbers of words contradict each other"),
            where=item.id,
            found=f"words: [{least}, {most}], max_words: {told or '–'}",
            expected=_("min ≤ max, and no stricter than what the page tells the learner"),
            hint=_("correct words or max_words"),
        )


def _find_contradictions(identity: str, entry: TextKey) -> Iterator[ContentError]:
    """Yield a finding for every demand that can only be met with what is forbidden."""
    for rule in entry.must:
        texts = [clean_text(phrase) for phrase in rule.any]
        if texts and all(any(stands_in(ban, text, fold_text(text)) for ban in entry.must_not) for text in texts):
            yield ContentError(
                "must-forbidden",
                _("The key asks for what it forbids"),
                where=identity,
                found=", ".join(rule.any)[:80],
                expected=_("a phrase that no must_not rule hits"),
                hint=_("correct must or must_not"),
            )


def _find_open_door(question: TextQuestion, item: TextItem, entry: TextKey) -> Iterator[ContentError]:
    """Yield a finding where listing all phrases of several demands is a right answer however long it gets."""
    lists = [rule.any for rule in entry.must if rule.any]
    if len(lists) < 2 or entry.must_not or read_bounds(question, item, entry)[1] is not None:
        return
    everything = read_typed(" ".join(phrase for phrases in lists for phrase in phrases))
    if everything and judge_text(question, item, entry, everything)[0] >= 1:
        yield ContentError(
            "text-unbounded",
            _("A list of all words that come to mind would be a right answer"),
            where=item.id,
            found=everything[:80],
            expected=_("words: [min, max], or a must_not rule"),
            hint=_("limit the number of words, for example words: [3, 15]"),
        )


def count_answered(_question: TextQuestion, answer: Any, drawn: tuple[str, ...]) -> int:
    """Return in how many drawn items something is typed.

    Raises
    ------
    nothing
    """
    return len(read_texts(answer, drawn))


# A text is one of very many, but whoever guesses the words that are looked for has few to choose from.
BITS_PER_TEXT = 12.0


def count_bits(_question: TextQuestion, drawn: tuple[str, ...]) -> float:
    """Return how many bits an answer has.

    Raises
    ------
    nothing
    """
    return BITS_PER_TEXT * len(drawn)


def describe(question: TextQuestion) -> dict[str, Any]:
    """Return what the page shows: height of the fields, words and characters allowed.

    Raises
    ------
    nothing
    """
    return {"lines": question.lines, "max_words": question.max_words, "max_characters": MAX_CHARACTERS}


def describe_item(item: TextItem) -> dict[str, Any]:
    """Return where one item differs.

    Raises
    ------
    nothing
    """
    own = {"lines": item.lines, "max_words": item.max_words}
    return {name: value for name, value in own.items() if value is not None}


def get_texts() -> dict[str, str]:
    """Return the texts that the page writes itself.

    Raises
    ------
    nothing
    """
    return {
        "text_words": _("Words: {n} of at most {all}"),
        "text_words_over": _("Words: {n}, {over} more than allowed ({all})"),
        "text_left": _("Characters left: {n}"),
        "text_too_long": _("This text is longer than {all} characters and does not count. Please shorten it."),
    }


def list_guesses(question: TextQuestion) -> Iterator[Guess]:
    """Yield what stands there anyway: the item's own words, copied.

    Raises
    ------
    nothing
    """
    texts = {item.id: read_text(item.text or item.title)[:MAX_CHARACTERS] for item in question.items}
    yield Guess(_("the item's own words"), texts, may_earn=True)
    yield Guess(_("a full stop"), {item.id: "." for item in question.items})


KIND = Kind(
    TextQuestion,
    score_text,
    find_problems,
    count_answered,
    count_bits,
    describe=describe,
    describe_item=describe_item,
    texts=get_texts,
    list_guesses=list_guesses,
)
