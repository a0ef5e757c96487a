"""Rules that keep real people out of the material: no real number, address or place."""

from __future__ import annotations

import re
from collections.abc import Iterator

from autograder.curriculum.checks.finding import Finding, report
from autograder.curriculum.checks.survey import Survey, iter_addresses, iter_learner_texts
from autograder.locale import _
from autograder.questions.model import BaseQuestion

# The two portals that the syllabus's facts name, which lessons send learners to.
OFFICIAL_HOSTS = frozenset({"dichvucong.gov.vn", "binhdanhocvuso.gov.vn"})
# RFC 2606: names that never belong to anybody.
FICTIONAL_ENDINGS = (".example", ".test")

_ID_NUMBER = re.compile(r"(?<![\d.,])(?:\d{12}|\d{3} \d{3} \d{3} \d{3})(?![\d.,]*\d)")
_PHONE = re.compile(r"(?<![\d.,/-])(?:\+84|0)(?:\d{8,10}|\d{1,3}(?:[ .-]\d{3,4}){2,3})(?![\d/-])")
_HOST = r"(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+[a-z]{2,}"
_MAIL = re.compile(rf"[a-z0-9._%+-]+@({_HOST})", re.IGNORECASE)
_LINK = re.compile(rf"(?:https?|ftp)://(?:[^\s/@]*@)?({_HOST}|[0-9.]+|localhost)", re.IGNORECASE)
# A bare host name counts only with an ending that people use; "bao-cao.docx" is a file.
_BARE = re.compile(rf"(?<![\w@/.-])({_HOST})(?![\w@-])", re.IGNORECASE)
_KNOWN_ENDINGS = (
    "vn",
    "com",
    "net",
    "org",
    "info",
    "edu",
    "gov",
    "biz",
    "io",
    "me",
    "top",
    "xyz",
    "site",
    "online",
    "app",
)
# Names of XML vocabularies in pictures; nobody is sent there.
_XML_NAMES = re.compile(r"""\bxmlns(?::\w+)?\s*=\s*(["']).*?\1|https?://www\.w3\.org/\S*""")
_DISTRICT = re.compile(r"\b(?:[Qq]uận|[Hh]uyện|[Tt]hị xã)\s+(?:\d{1,2}\b|[A-ZĐÂĂÊÔƠƯÁÀẢÃẠ]\w*)")


def _iter_shipped(survey: Survey) -> Iterator[tuple[str, str, str]]:
    """Yield path, place and text of everything that ships: a data file whole, everything else text by text."""
    for module in survey.modules:
        for text in (*iter_learner_texts(survey, module), *iter_addresses(survey, module)):
            if not _comes_from_file(module.questions, text.where):
                yield text.path, text.where, text.text
    for path, content in survey.data_texts.items():
        for number, line in enumerate((content or "").splitlines(), start=1):
            yield path, _("line {n}").format(n=number), line


def _comes_from_file(questions: tuple[BaseQuestion, ...], where: str) -> bool:
    """Tell whether a text stands in a file of data/, which is read line by line."""
    fields = [(q.id, name) for q in questions for name, path in q.references.items() if path.startswith("data/")]
    return any(f"({identity}) › {name}." in where for identity, name in fields)


def check_id_numbers(survey: Survey) -> Iterator[Finding]:
    """Yield a finding for every twelve-digit number that could be a person's.

    Raises
    ------
    nothing

    Source
    ------
    Syllabus §3.0: ID numbers start 999.
    """
    for path, where, text in _iter_shipped(survey):
        for match in _ID_NUMBER.finditer(text):
            if not match[0].startswith("999"):
                yield report(
                    path,
                    where,
                    _("The number could be a person's identity number"),
                    found=match[0],
                    expected="999…",
                    hint=_("begin made-up identity numbers with 999"),
                )


def check_phones(survey: Survey) -> Iterator[Finding]:
    """Yield a finding for every telephone number that somebody could answer.

    Raises
    ------
    nothing

    Source
    ------
    Syllabus §3.0: phones start 0000.
    """
    for path, where, text in _iter_shipped(survey):
        for match in _PHONE.finditer(text):
            digits = re.sub(r"\D", "", match[0])
            if not digits.startswith("0000") and 9 <= len(digits) <= 12 and not _is_id_number(text, match):
                yield report(
                    path,
                    where,
                    _("The number could be somebody's telephone"),
                    found=match[0],
                    expected="0000…",
                    hint=_("begin made-up telephone numbers with 0000"),
                )


def _is_id_number(text: str, match: re.Match[str]) -> bool:
    return any(m.start() <= match.start() < m.end() for m in _ID_NUMBER.finditer(text))


def check_addresses(survey: Survey) -> Iterator[Finding]:
    """Yield a finding for every mail address, link or host that could belong to somebody.

    Raises
    ------
    nothing

    Source
    ------
    RFC 2606; syllabus §3.0.
    """
    for path, where, text in _iter_shipped(survey):
        prose = _XML_NAMES.sub(" ", text)
        hosts = [m[1] for pattern in (_MAIL, _LINK) for m in pattern.finditer(prose)]
        hosts += [m[1] for m in _BARE.finditer(prose) if m[1].rpartition(".")[2].lower() in _KNOWN_ENDINGS]
        for host in dict.fromkeys(host.lower() for host in hosts):
            if not host.endswith(FICTIONAL_ENDINGS) and host.removeprefix("www.") not in OFFICIAL_HOSTS:
                yield report(
                    path,
                    where,
                    _("The address could belong to somebody"),
                    found=host,
                    expected=", ".join((*(f"*{ending}" for ending in FICTIONAL_ENDINGS), *sorted(OFFICIAL_HOSTS))),
                    hint=_("use an address that ends with .example or .test"),
                )


def check_districts(survey: Survey) -> Iterator[Finding]:
    """Yield a finding for every district: there are none since 1 July 2025.

    Raises
    ------
    nothing

    Source
    ------
    Facts, F34: two tiers of local government, province and commune.
    """
    for path, where, text in _iter_shipped(survey):
        match = _DISTRICT.search(text)
        if match:
            yield report(
                path,
                where,
                _("The place is in a district, and there are none since 1 July 2025"),
                found=match[0],
                expected=_("commune or ward, then province or city"),
                hint=_("leave the district out"),
            )
