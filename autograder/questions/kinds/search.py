"""search (R8): find pages with a toy search engine.  Scored by what the query finds (G8, precision and recall)."""

from __future__ import annotations

import functools
from collections.abc import Iterator
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, StringConstraints, model_validator

from autograder.errors import ContentError
from autograder.locale import _
from autograder.questions.kinds.kind import Guess, Kind
from autograder.questions.model import (
    BaseQuestion,
    Code,
    LocalId,
    Strict,
    Text,
    find_key_gaps,
    find_unknown_codes,
    read_text,
    refuse_repeated,
)
from autograder.questions.outcome import ItemResult, Outcome
from autograder.questions.search_engine import Document, Query, SearchEngine, build_engine, list_members, parse_query
from autograder.questions.typed_text import MAX_CHARACTERS, read_typed, read_typed_items

MAX_PAGES = 200
# How many results the page shows.
MAX_SHOWN = 10
MAX_PAGE_TEXT = 2000


def _expand_key(value: Any) -> Any:
    return {"relevant": value} if isinstance(value, list) else value


class Page(Strict):
    """One page of the collection."""

    id: LocalId
    title: Text
    # as the address shows it, such as dichvucong.example
    site: Annotated[str, StringConstraints(strict=True, pattern=r"^[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+$")]
    date: Annotated[str, StringConstraints(strict=True, pattern=r"^\d{4}(-\d{2}(-\d{2})?)?$")] | None = None
    text: Text


class SearchCodes(Strict):
    """Misconceptions that a query shows."""

    # a whole sentence instead of key words
    sentence: Code | None = None
    # more is found than twice what is wanted
    too_broad: Code | None = None
    # only wanted pages are found, but not all of them
    too_narrow: Code | None = None
    # nothing is found
    nothing: Code | None = None


class SearchKey(Strict):
    """What the pages are that meet one need."""

    relevant: Annotated[tuple[LocalId, ...], Field(max_length=MAX_PAGES)]
    # a query that finds exactly these; the content check tries it
    example: Annotated[str, StringConstraints(strict=True, max_length=MAX_CHARACTERS)] | None = None
    # instead of the question's
    codes: SearchCodes = Field(default_factory=SearchCodes)
    why: Text | None = None
    source: str | None = None


ShortKey = Annotated[SearchKey, BeforeValidator(_expand_key, json_schema_input_type=list[LocalId] | SearchKey)]


class RetrievalScore(Strict):
    """G8 with precision and recall."""

    by: Literal["retrieval"]
    codes: SearchCodes = Field(default_factory=SearchCodes)
    # so many words without any sign of the query language are a sentence
    sentence_words: Annotated[int, Field(strict=True, ge=3, le=50)] = 7


class SearchQuestion(BaseQuestion):
    """One query per item."""

    kind: Literal["search"]
    pages: Annotated[tuple[Page, ...], Field(min_length=2, max_length=MAX_PAGES)]
    key: dict[LocalId, ShortKey] | None = None
    score: RetrievalScore | None = None

    @model_validator(mode="after")
    def _check_pages(self) -> SearchQuestion:
        refuse_repeated(page.id for page in self.pages)
        return self

    @functools.cached_property
    def engine(self) -> SearchEngine:
        """Return the index of the pages; it knows every language, so that scores do not depend on the reader's.

        Raises
        ------
        nothing
        """
        return build_engine(
            tuple(Document(p.site, p.date or "", _list_texts(p.title), _list_texts(p.text)) for p in self.pages)
        )

    @functools.cached_property
    def page_bits(self) -> dict[str, int]:
        """Return page id → the set of that page alone.

        Raises
        ------
        nothing
        """
        return {page.id: 1 << number for number, page in enumerate(self.pages)}


def _list_texts(text: str | dict[str, str]) -> tuple[str, ...]:
    return (text,) if isinstance(text, str) else tuple(text.values())


def weigh_result(found: int, relevant: int, everything: int) -> float:
    """Return how well a set of pages meets a need.

    Parameters
    ----------
    found, relevant, everything : int
        Sets of pages, one bit per page.

    Returns
    -------
    float
        ``max(0, (F1 - F1 of all pages) / (1 - F1 of all pages))``, where ``F1 = 2 hits / (found + relevant)``.

    Raises
    ------
    nothing

    Source
    ------
    Syllabus M03 E1.
    """
    wanted = relevant.bit_count()
    if not wanted or not found:
        return 0.0
    f1 = 2 * (found & relevant).bit_count() / (found.bit_count() + wanted)
    chance = 2 * wanted / (everything.bit_count() + wanted)
    return max(0.0, (f1 - chance) / (1 - chance)) if chance < 1 else 0.0


def collect_pages(question: SearchQuestion, ids: tuple[str, ...]) -> int:
    """Return the set of the named pages.

    Raises
    ------
    nothing
    """
    found = 0
    for identity in ids:
        found |= question.page_bits.get(identity, 0)
    return found


def score_search(question: SearchQuestion, answer: Any, drawn: tuple[str, ...]) -> Outcome:
    """Score one query per item.

    Parameters
    ----------
    question : SearchQuestion
        With key.
    answer : Any
        ``{item: query}``; any other JSON value counts as no answer.
    drawn : tuple of str

    Returns
    -------
    Outcome
        Fraction: mean over the drawn items of ``weigh_result``.

    Raises
    ------
    nothing
    """
    key = question.key or {}
    drawn = tuple(identity for identity in drawn if identity in key)
    queries = read_typed_items(answer, drawn)
    results: list[ItemResult] = []
    for identity in drawn:
        if identity not in queries:
            results.append(ItemResult(identity, 0.0))
            continue
        text = queries[identity]
        query = parse_query(text)
        found = question.engine.find_pages(query)
        relevant = collect_pages(question, key[identity].relevant)
        fraction = weigh_result(found, relevant, question.engine.everything)
        code = None if fraction == 1 else _find_code(question, key[identity], query, found, relevant)
        results.append(ItemResult(identity, fraction, code, (text,), (text,) if fraction < 1 else ()))
    fraction = sum(result.fraction for result in results) / len(results) if results else 0.0
    codes = tuple((result.code, result.item) for result in results if result.code)
    return Outcome(fraction, tuple(results), codes)


def is_sentence(query: Query, words: int) -> bool:
    """Tell whether a query is so many words in a row, without any sign of the query language.

    Raises
    ------
    nothing
    """
    plain = all(
        len(clause) == 1 and clause[0].field == "word" and not clause[0].is_negative for clause in query.clauses
    )
    return plain and all(len(term.words) == 1 for term in query.iter_positive()) and len(query.clauses) >= words


def _find_code(question: SearchQuestion, entry: SearchKey, query: Query, found: int, relevant: int) -> str | None:
    score = question.score or RetrievalScore(by="retrieval")
    number, hits = found.bit_count(), (found & relevant).bit_count()
    name = ""
    if is_sentence(query, score.sentence_words):
        name = "sentence"
    elif number == 0:
        name = "nothing"
    elif number > 2 * relevant.bit_count():
        name = "too_broad"
    elif hits == number:
        name = "too_narrow"
    return (getattr(entry.codes, name) or getattr(score.codes, name)) if name else None


def find_problems(question: SearchQuestion) -> Iterator[ContentError]:
    """Yield what is wrong between items, pages, key and feedback.

    Raises
    ------
    nothing
    """
    key = question.key or {}
    yield from find_key_gaps(question, key)
    codes = {} if question.score is None else dict.fromkeys(_list_codes(question.score.codes), "score")
    for identity, entry in key.items():
        codes.update(dict.fromkeys(_list_codes(entry.codes), identity))
    yield from find_unknown_codes(question, codes)
    for page in question.pages:
        for text in _list_texts(page.text):
            if len(text) > MAX_PAGE_TEXT:
                yield ContentError(
                    "page-too-long",
                    _("A page of the search engine is too long"),
                    where=f"pages.{page.id}",
                    found=_("{n} characters").format(n=len(text)),
                    expected=f"≤ {MAX_PAGE_TEXT}",
                    hint=_("shorten the page's text"),
                )
    for identity, entry in key.items():
        yield from _find_key_problems(question, identity, entry)


def _list_codes(codes: SearchCodes) -> list[str]:
    return [code for code in codes.model_dump().values() if code]


def _find_key_problems(question: SearchQuestion, identity: str, entry: SearchKey) -> Iterator[ContentError]:
    for page in entry.relevant:
        if page not in question.page_bits:
            yield ContentError(
                "page-unknown",
                _("The key speaks of a page that does not exist"),
                where=identity,
                found=page,
                expected=_("an id of the pages"),
                hint=_("correct the id, or add the page"),
            )
    relevant = collect_pages(question, entry.relevant)
    if not 0 < 2 * relevant.bit_count() <= len(question.pages):
        yield ContentError(
            "relevant-share",
            _("Too many pages meet a need, or none does"),
            where=identity,
            found=_("{n} of {all} pages").format(n=relevant.bit_count(), all=len(question.pages)),
            expected=_("at least one, at most half of the pages"),
            hint=_("name the pages under relevant, or add pages that do not meet the need"),
        )
        return
    if entry.example is None:
        return
    found = question.engine.find_pages(parse_query(read_typed(entry.example)))
    if found != relevant:
        names = [question.pages[number].id for number in list_members(found ^ relevant)]
        yield ContentError(
            "example-not-right",
            _("The key's own query does not find exactly the relevant pages"),
            where=identity,
            found=_("differing pages: {names}").format(names=", ".join(names[:10])),
            expected=_("{n} pages").format(n=relevant.bit_count()),
            hint=_("correct example, relevant or the pages' texts"),
        )


def count_answered(_question: SearchQuestion, answer: Any, drawn: tuple[str, ...]) -> int:
    """Return in how many drawn items a query is typed.

    Raises
    ------
    nothing
    """
    return len(read_typed_items(answer, drawn))


# A query is one of very many; but what it finds is shown, so that checking it tells little more.
BITS_PER_QUERY = 20.0


def count_bits(_question: SearchQuestion, drawn: tuple[str, ...]) -> float:
    """Return how many bits an answer has.

    Raises
    ------
    nothing
    """
    return BITS_PER_QUERY * len(drawn)


def describe(question: SearchQuestion) -> dict[str, Any]:
    """Return what the page shows: how many pages there are; which they are, only a query tells.

    Raises
    ------
    nothing
    """
    return {"pages": len(question.pages), "shown": MAX_SHOWN, "max_characters": MAX_CHARACTERS}


def respond(question: SearchQuestion, answer: Any, drawn: tuple[str, ...]) -> dict[str, Any]:
    """Return what the queries find, the best ten each, in the reader's language.

    Parameters
    ----------
    question : SearchQuestion
    answer : Any
    drawn : tuple of str

    Returns
    -------
    dict
        ``found: {item: {total, pages: [{id, title, site, date, text}]}}``.

    Raises
    ------
    nothing
    """
    texts = [read_text(page.text) for page in question.pages]
    found = {}
    for identity, text in read_typed_items(answer, drawn).items():
        hits, total = question.engine.rank(parse_query(text), MAX_SHOWN, texts)
        found[identity] = {
            "total": total,
            "pages": [_describe_page(question.pages[hit.number], hit.snippet) for hit in hits],
        }
    return {"found": found}


def _describe_page(page: Page, snippet: str) -> dict[str, str]:
    year, _dash, rest = (page.date or "").partition("-")
    shown = "/".join([*reversed(rest.split("-")), year]) if rest else year
    return {"id": page.id, "title": read_text(page.title), "site": page.site, "date": shown, "text": snippet}


def get_texts() -> dict[str, str]:
    """Return the texts that the page writes itself.

    Raises
    ------
    nothing
    """
    return {
        "search_label": _("Query"),
        "search_pages": _("The practice search engine knows {n} pages. Results appear while you type."),
        "search_found": _("Pages found: {n}"),
        "search_first": _("Pages found: {n}; the first {all} are shown"),
        "search_nothing": _("No page found"),
        "search_results": _("Results for item {n}"),
        "search_too_long": _("This query is longer than {all} characters and does not count. Please shorten it."),
        "search_help": _("How to write a query"),
        "search_help_words": _("several words: pages that have all of them"),
        "search_help_phrase": _("words in quotation marks: exactly this phrase"),
        "search_help_or": _("OR in capital letters: one or the other"),
        "search_help_minus": _("a minus sign right before a word: pages without it"),
        "search_help_site": _("only pages of this site"),
        "search_help_date": _("only pages since, or before, this year (or year-month-day)"),
    }


def list_guesses(question: SearchQuestion) -> Iterator[Guess]:
    """Yield a search that finds everything.

    Raises
    ------
    nothing
    """
    yield Guess(_("a search that finds everything"), {item.id: "after:1900" for item in question.items})


KIND = Kind(
    SearchQuestion,
    score_search,
    find_problems,
    count_answered,
    count_bits,
    describe=describe,
    respond=respond,
    texts=get_texts,
    list_guesses=list_guesses,
)
