"""Rules about law: every document that a lesson cites is on record, stands, and was looked at lately."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from autograder.curriculum.checks.finding import Finding, report
from autograder.curriculum.checks.module import check_day
from autograder.curriculum.checks.survey import Survey, iter_learner_texts, strip_code
from autograder.curriculum.tables import FactTable
from autograder.locale import _

_FILE = "legal-facts.toml"
# 91/2025/QH15, 356/2025/NĐ-CP, 356/2025
_YEARLY = re.compile(r"(?<![\d/.-])(\d{1,4}/(?:19|20)\d{2})((?:/[A-ZĐ][A-ZĐa-z0-9]*(?:-[A-ZĐ][A-ZĐa-z]*)*)?)(?![\d/])")
# 757/QĐ-BKHCN, 57-NQ/TW, 01-KH/BCĐTW
_UNYEARLY = re.compile(r"(?<![\d/.-])(\d{1,5}(?:/[A-ZĐ]{2,}(?:-[A-ZĐa-z]+)+|-[A-ZĐ]{2,}/[A-ZĐ]{2,}))(?![\w/])")
_KIND_BEFORE = re.compile(
    r"(?:Luật|Nghị định|NĐ|Thông tư|TT|Quyết định|QĐ|Nghị quyết|NQ|Chỉ thị|CT|Công văn|CV|Kế hoạch|KH|số|"
    r"Law|Decree|Circular|Decision|Resolution|No\.?)\s*$"
)


@dataclass(frozen=True, slots=True)
class Citation:
    """A document number in a text."""

    path: str
    where: str
    number: str
    # the other numbers of the same text
    beside: tuple[str, ...]


def find_numbers(text: str) -> list[str]:
    """Return the document numbers in a text, each once.

    A short number that could be a month ("12/2025") counts only behind the name of a kind of document.

    Raises
    ------
    nothing
    """
    found = [match[1] for match in _UNYEARLY.finditer(text)]
    for match in _YEARLY.finditer(text):
        could_be_month = int(match[1].partition("/")[0]) <= 12
        if match[2] or not could_be_month or _KIND_BEFORE.search(text[: match.start()]):
            found.append(match[1] + match[2])
    return list(dict.fromkeys(found))


def _iter_citations(survey: Survey) -> Iterator[Citation]:
    for module in survey.modules:
        for text in iter_learner_texts(survey, module):
            # Items may show made-up documents; what the lesson itself says may not.
            if text.use != "material":
                numbers = find_numbers(strip_code(text.text))
                for number in numbers:
                    yield Citation(text.path, text.where, number, tuple(n for n in numbers if n != number))


def _find_fact(survey: Survey, number: str) -> FactTable | None:
    for fact in survey.facts or ():
        if fact.number == number or fact.number.startswith(f"{number}/"):
            return fact
    return None


def check_known(survey: Survey) -> Iterator[Finding]:
    """Yield a finding for every document that a lesson cites and legal-facts.toml does not have.

    Raises
    ------
    nothing
    """
    if survey.facts is None:
        return
    for citation in _iter_citations(survey):
        if _find_fact(survey, citation.number) is None:
            yield report(
                citation.path,
                citation.where,
                _("The document is not on record"),
                found=citation.number,
                expected=_("a [[facts]] entry in {file}").format(file=_FILE),
                hint=_("read the document, then record number, dates and source; or take the number out"),
            )


def check_in_force(survey: Survey) -> Iterator[Finding]:
    """Yield a finding for every cited document that has been replaced or is not yet in force.

    A replaced document may be named where the same text names the one that replaced it.

    Raises
    ------
    nothing
    """
    for citation in _iter_citations(survey):
        fact = _find_fact(survey, citation.number)
        if fact is None:
            continue
        if fact.replaced_by and not any(fact.replaced_by.startswith(number) for number in citation.beside):
            yield report(
                citation.path,
                citation.where,
                _("The document has been replaced"),
                found=citation.number,
                expected=fact.replaced_by,
                hint=_("teach by the document that replaced it"),
            )
        elif fact.in_force_from > survey.today:
            yield report(
                citation.path,
                citation.where,
                _("The document is not in force yet"),
                found=_("{number}, in force from {day}").format(number=citation.number, day=fact.in_force_from),
                expected=_("{day} or earlier").format(day=survey.today),
                hint=_("wait for the day, or teach by what holds today"),
            )


def check_reviewed(survey: Survey) -> Iterator[Finding]:
    """Yield a finding for every cited document that nobody has looked at for more than 400 days.

    Raises
    ------
    nothing
    """
    cited = {fact.number: fact for c in _iter_citations(survey) if (fact := _find_fact(survey, c.number)) is not None}
    for number, fact in cited.items():
        yield from check_day(_FILE, f"{number}, reviewed_on", fact.reviewed_on, survey.today)
