"""A small search engine over a fixed collection of pages: words, "phrases", OR, -not, site:, after:, before:.

Accents matter, capital letters do not.  Words and phrases match whole words of title and text.
"""

from __future__ import annotations

import functools
import itertools
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from autograder.questions.typed_text import clean_text, fold_text

# What comes after so many terms is not read, as in a real engine.
MAX_TERMS = 32
SNIPPET = 180
# A hit in the title counts as much as so many in the text.
TITLE_WEIGHT = 3

_TERM = re.compile(r'(-?)(?:(site|after|before):([^\s"]+)|"([^"]*)"?|([^\s"]+))', re.IGNORECASE)
_WORD = re.compile(r"\w+")
_DATE = re.compile(r"[0-9]{4}(?:-[0-9]{2}(?:-[0-9]{2})?)?")


@dataclass(frozen=True)
class Document:
    """One page as the engine knows it."""

    site: str
    # YYYY, YYYY-MM or YYYY-MM-DD; "" where the page has no date
    date: str
    # in every language that the page has
    titles: tuple[str, ...]
    texts: tuple[str, ...]


@dataclass(frozen=True)
class Term:
    """One condition of a query."""

    # word, site, after or before
    field: str
    # the words, one after the other; for other fields one value
    words: tuple[str, ...]
    is_negative: bool = False


@dataclass(frozen=True)
class Query:
    """What a query asks for: of every clause one term."""

    clauses: tuple[tuple[Term, ...], ...] = ()

    def iter_positive(self) -> Iterator[Term]:
        """Yield the words and phrases that are looked for.

        Raises
        ------
        nothing
        """
        return (term for clause in self.clauses for term in clause if term.field == "word" and not term.is_negative)


def split_words(text: str) -> list[str]:
    """Return the words of a text as they are compared.

    Raises
    ------
    nothing
    """
    return _WORD.findall(fold_text(clean_text(text)))


def parse_query(text: str) -> Query:
    """Read a query; whatever is typed is a query.

    Parameters
    ----------
    text : str
        Cleaned, at most 200 characters.

    Returns
    -------
    Query
        A quotation mark that is not closed reaches to the end; ``OR`` without a term on both sides means nothing;
        ``after:`` and ``before:`` without a date are words.

    Raises
    ------
    nothing
    """
    clauses: list[list[Term]] = []
    joins = False
    number = 0
    for found in _TERM.finditer(text):
        if found[0] == "OR":
            joins = bool(clauses)
            continue
        if number >= MAX_TERMS:
            break
        term = _read_term(found)
        if term is None:
            continue
        number += 1
        if joins:
            clauses[-1].append(term)
        else:
            clauses.append([term])
        joins = False
    return Query(tuple(tuple(clause) for clause in clauses))


def _read_term(found: re.Match[str]) -> Term | None:
    minus, name, value, phrase, word = found.groups()
    name = (name or "").lower()
    if name == "site" or (name and _DATE.fullmatch(value)):
        return Term(name, (value.casefold(),), bool(minus))
    words = split_words(f"{name} {value}" if name else (phrase if phrase is not None else word))
    return Term("word", tuple(words), bool(minus)) if words else None


@dataclass(frozen=True)
class Hit:
    """One page found."""

    # its place in the collection
    number: int
    # the part of its text that shows why
    snippet: str


@dataclass
class SearchEngine:
    """An index over some pages.

    Parameters
    ----------
    documents : sequence of Document
        A set of them is written as an integer, one bit per page.
    """

    documents: Sequence[Document]
    # word, or two words in a row → pages that have it
    _pages: dict[str, int] = field(default_factory=dict, init=False)
    # word → pages that have it in the title
    _titles: dict[str, int] = field(default_factory=dict, init=False)
    # page → word → how often the page has it
    _counts: list[Counter[str]] = field(default_factory=list, init=False)
    # page → title and text as words, with a space around each; languages are kept apart
    _bodies: list[str] = field(default_factory=list, init=False)

    def __post_init__(self) -> None:
        for number, document in enumerate(self.documents):
            titles = [split_words(title) for title in document.titles]
            parts = titles + [split_words(text) for text in document.texts]
            self._bodies.append(" " + " | ".join(" ".join(words) for words in parts) + " ")
            self._counts.append(Counter(word for words in parts for word in words))
            bit = 1 << number
            for word in {word for words in titles for word in words}:
                self._titles[word] = self._titles.get(word, 0) | bit
            pairs = {f"{one} {two}" for words in parts for one, two in itertools.pairwise(words)}
            for term in (*self._counts[-1], *pairs):
                self._pages[term] = self._pages.get(term, 0) | bit

    @property
    def everything(self) -> int:
        """Return the set of all pages.

        Raises
        ------
        nothing
        """
        return (1 << len(self.documents)) - 1

    def find_pages(self, query: Query) -> int:
        """Return the set of pages that a query finds; none for an empty query.

        Raises
        ------
        nothing
        """
        found = self.everything if query.clauses else 0
        for clause in query.clauses:
            matched = 0
            for term in clause:
                pages = self._match(term)
                matched |= self.everything & ~pages if term.is_negative else pages
            found &= matched
        return found

    def _match(self, term: Term) -> int:
        if term.field != "word":
            return sum(1 << n for n, document in enumerate(self.documents) if _passes(document, term))
        words = term.words
        if len(words) == 1:
            return self._pages.get(words[0], 0)
        pages = self.everything
        for one, two in itertools.pairwise(words):
            pages &= self._pages.get(f"{one} {two}", 0)
        if len(words) == 2:
            return pages
        phrase = f" {' '.join(words)} "
        return sum(1 << number for number in list_members(pages) if phrase in self._bodies[number])

    def rank(self, query: Query, most: int, texts: Sequence[str]) -> tuple[list[Hit], int]:
        """Return the best pages that a query finds, and how many there are.

        Parameters
        ----------
        query : Query
        most : int
            How many to return.
        texts : sequence of str
            Every page's text in the reader's language, for the snippets.

        Returns
        -------
        hits : list of Hit
            Those whose title and text have the words most often first, else in the collection's order.
        total : int

        Raises
        ------
        nothing
        """
        found = self.find_pages(query)
        words = list(dict.fromkeys(word for term in query.iter_positive() for word in term.words))

        def weigh(number: int) -> int:
            titles = sum(self._titles.get(word, 0) >> number & 1 for word in words)
            return sum(self._counts[number][word] for word in words) + TITLE_WEIGHT * titles

        best = sorted(list_members(found), key=lambda number: (-weigh(number), number))[:most]
        return [Hit(number, cut_snippet(texts[number], words)) for number in best], found.bit_count()


@functools.lru_cache(maxsize=32)
def build_engine(documents: tuple[Document, ...]) -> SearchEngine:
    """Return the index of some pages; the same pages are not indexed again for every submission.

    Raises
    ------
    nothing
    """
    return SearchEngine(documents)


def _passes(document: Document, term: Term) -> bool:
    value = term.words[0]
    if term.field == "site":
        # "site:gov.example" finds so.gov.example too, but not ngov.example.
        return f".{document.site.casefold()}".endswith("." + value.lstrip("."))
    if not document.date:
        return False
    # 2025 is the first of January, whether it stands in the query or in the page.
    day, limit = _complete(document.date), _complete(value)
    return day >= limit if term.field == "after" else day < limit


def _complete(date: str) -> str:
    return date + "0000-01-01"[len(date) :]


def list_members(pages: int) -> Iterator[int]:
    """Yield the numbers of the pages in a set, in order.

    Raises
    ------
    nothing
    """
    while pages:
        lowest = pages & -pages
        yield lowest.bit_length() - 1
        pages ^= lowest


def cut_snippet(text: str, words: Sequence[str]) -> str:
    """Return the part of a text around the first of some words, at most about 180 characters.

    Raises
    ------
    nothing
    """
    text = clean_text(text)
    if len(text) <= SNIPPET:
        return text
    folded = fold_text(text)
    found = re.search(rf"\b(?:{'|'.join(map(re.escape, words))})\b", folded) if words else None
    # Folding keeps the places of all but a few foreign letters.
    start = max(0, found.start() - SNIPPET // 3) if found and len(folded) == len(text) else 0
    if start > 0:
        start = text.find(" ", start) + 1
    end = start + SNIPPET
    if end < len(text):
        end = max(text.rfind(" ", start, end), start + 1)
    return ("… " if start else "") + text[start:end].strip() + (" …" if end < len(text) else "")
