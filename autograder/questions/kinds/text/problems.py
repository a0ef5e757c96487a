"""What can be wrong in a text question, and the answers that know nothing."""

from __future__ import annotations

from collections.abc import Iterator

from autograder.errors import ContentError
from autograder.locale import _
from autograder.questions.kinds.kind import Guess
from autograder.questions.kinds.text.block import TextItem, TextKey, TextQuestion, TextRule
from autograder.questions.kinds.text.scoring import judge_text, read_bounds, stands_in
from autograder.questions.model import find_key_gaps, find_unknown_codes, read_text
from autograder.questions.typed_text import MAX_CHARACTERS, clean_text, compile_pattern, fold_text, read_typed


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


def list_guesses(question: TextQuestion) -> Iterator[Guess]:
    """Yield what stands there anyway: the item's own words, copied.

    Raises
    ------
    nothing
    """
    texts = {item.id: read_text(item.text or item.title)[:MAX_CHARACTERS] for item in question.items}
    yield Guess(_("the item's own words"), texts, may_earn=True)
    yield Guess(_("a full stop"), {item.id: "." for item in question.items})
