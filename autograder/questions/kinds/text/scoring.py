"""How texts are read and scored: by what must and what must not stand in them (G8)."""

from __future__ import annotations

from typing import Any

from autograder.questions.kinds.text.block import TextItem, TextKey, TextQuestion, TextRule
from autograder.questions.outcome import ItemResult, Outcome
from autograder.questions.typed_text import compile_pattern, compile_phrases, count_words, fold_text, read_typed_items

# A text is one of very many, but whoever guesses the words that are looked for has few to choose from.
BITS_PER_TEXT = 12.0


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
    typed = read_typed_items(answer, drawn)
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


def count_answered(_question: TextQuestion, answer: Any, drawn: tuple[str, ...]) -> int:
    """Return in how many drawn items something is typed.

    Raises
    ------
    nothing
    """
    return len(read_typed_items(answer, drawn))


def count_bits(_question: TextQuestion, drawn: tuple[str, ...]) -> float:
    """Return how many bits an answer has.

    Raises
    ------
    nothing
    """
    return BITS_PER_TEXT * len(drawn)
