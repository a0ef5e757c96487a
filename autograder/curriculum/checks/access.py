"""Rules that let everybody read a lesson: with a screen reader, with a keyboard, in the time it claims to take."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

from autograder.curriculum.checks.finding import Finding, report
from autograder.curriculum.checks.questions import PICTURE_CODES, iter_troubles
from autograder.curriculum.checks.survey import LearnerText, Survey, iter_learner_texts, strip_code
from autograder.curriculum.notebooks import name_cell
from autograder.curriculum.reader import ModuleDraft, NotebookDraft
from autograder.curriculum.source import CellRole
from autograder.locale import _

# Words that name the act of clicking, not the place where a link leads.
VAGUE_LINKS = frozenset(
    (
        "tại đây",
        "ở đây",
        "đây",
        "bấm vào đây",
        "nhấn vào đây",
        "xem",
        "xem thêm",
        "xem tại đây",
        "liên kết",
        "chi tiết",
        "trang này",
        "link",
        "here",
        "click here",
        "this",
        "more",
        "read more",
        "see more",
        "details",
        "this link",
        "this page",
    )
)
# Syllables (words, in English) that an unhurried reader of teaching text takes in per minute.
WORDS_PER_MINUTE = 200


@dataclass(frozen=True, slots=True)
class Heading:
    """One heading of a notebook."""

    cell: int
    level: int
    text: str


def _read_headings(notebook: NotebookDraft) -> list[Heading]:
    found = []
    for cell in notebook.cells:
        if cell.role is CellRole.TEXT:
            for match in re.finditer(r"^ {0,3}(#{1,6})[ \t]+(.*?)[ \t]*#*$", strip_code(cell.source), re.MULTILINE):
                found.append(Heading(cell.number, len(match[1]), match[2].strip()))
    return found


def check_heading_levels(survey: Survey) -> Iterator[Finding]:
    """Yield a finding where a notebook does not have one title, first, or where headings jump a level.

    Raises
    ------
    nothing

    Source
    ------
    WCAG 2.2, 1.3.1; carpentries/pegboard R/validate_headings.R.
    """
    for module in survey.modules:
        for notebook in module.notebooks:
            if notebook.document is None:
                continue
            path, before = survey.relative(notebook.path), 0
            headings = _read_headings(notebook)
            if not headings:
                yield report(
                    path,
                    "",
                    _("The notebook has no title"),
                    found=_("no heading"),
                    expected="# …",
                    hint=_("begin with one heading of level 1"),
                )
            for heading in headings:
                if heading.level > before + 1 or (heading.level == 1) != (before == 0):
                    yield report(
                        path,
                        f"{name_cell(heading.cell)}, “{heading.text}”",
                        _("The heading has the wrong level"),
                        found="#" * heading.level,
                        expected="#" if before == 0 else " / ".join("#" * n for n in range(2, min(before, 5) + 2)),
                        hint=_("one # for the title only, then one more # per step down"),
                    )
                before = max(heading.level, 1)


def check_heading_names(survey: Survey) -> Iterator[Finding]:
    """Yield a finding for every heading that a notebook has twice: a list of headings could not tell them apart.

    Raises
    ------
    nothing
    """
    for module in survey.modules:
        for notebook in module.notebooks:
            seen: dict[str, int] = {}
            for heading in _read_headings(notebook):
                name = unicodedata.normalize("NFC", heading.text).casefold()
                if name in seen:
                    yield report(
                        survey.relative(notebook.path),
                        name_cell(heading.cell),
                        _("The heading is already that of {place}").format(place=name_cell(seen[name])),
                        found=heading.text,
                        expected=_("a heading of its own"),
                        hint=_("say in the heading what is special about this part"),
                    )
                seen.setdefault(name, heading.cell)


def check_pictures(survey: Survey) -> Iterator[Finding]:
    """Yield a finding for every picture without a text for those who cannot see it.

    Raises
    ------
    nothing

    Source
    ------
    WCAG 2.2, 1.1.1.
    """
    yield from iter_troubles(survey, "question", PICTURE_CODES)
    for text in _iter_lesson_texts(survey):
        for match in re.finditer(r"!\[([^\]]*)\]\(<?([^)\s>]*)", text.text):
            if not match[1].strip() or match[1].strip() == match[2]:
                yield _picture_without_text(text, match[2])
        for tag in re.findall(r"<img\b[^>]*>", text.text, re.IGNORECASE):
            if not re.search(r"""\balt\s*=\s*(?:"\s*[^"\s]|'\s*[^'\s])""", tag):
                yield _picture_without_text(text, tag[:80])


def _picture_without_text(text: LearnerText, found: str) -> Finding:
    return report(
        text.path,
        text.where,
        _("A picture has no text for those who cannot see it"),
        found=found,
        expected="![…](…)",
        hint=_("say between the brackets what the picture shows"),
    )


def check_links(survey: Survey) -> Iterator[Finding]:
    """Yield a finding for every link whose text does not say where it leads.

    Raises
    ------
    nothing

    Source
    ------
    WCAG 2.2, 2.4.4; carpentries/pegboard R/validate_links.R.
    """
    for text in _iter_lesson_texts(survey):
        prose = re.sub(r"^(```|~~~).*?^\1[^\n]*$", "", text.text, flags=re.MULTILINE | re.DOTALL)
        prose = re.sub(r"`[^`\n]*`", "", prose)
        for match in re.finditer(r"(?<!!)\[([^\]]*)\]\(([^)\s]*)[^)]*\)|<(https?://[^>\s]+)>", prose):
            label = "" if match[1] is None else match[1].strip(" .*_")
            if len(label) < 3 or label.casefold() in VAGUE_LINKS or re.match(r"https?://", label):
                yield report(
                    text.path,
                    text.where,
                    _("The link's text does not say where it leads"),
                    found=match[3] or match[1] or match[2],
                    expected=_("the name of the page"),
                    hint=_("write [name of the page](address)"),
                )


def _iter_lesson_texts(survey: Survey) -> Iterator[LearnerText]:
    for module in survey.modules:
        yield from (text for text in iter_learner_texts(survey, module) if text.use == "lesson")


def check_minutes(survey: Survey) -> Iterator[Finding]:
    """Yield a finding for every module whose lesson takes longer to read than the module takes in all.

    Raises
    ------
    nothing
    """
    for module in survey.modules:
        if module.table is None:
            continue
        minutes = round(_count_words(module) / WORDS_PER_MINUTE)
        if minutes > module.table.minutes:
            yield report(
                survey.relative(module.path / "module.toml"),
                "minutes",
                _("Reading alone takes longer than the module"),
                found=_("{n} minutes of reading").format(n=minutes),
                expected=_("at most {n}").format(n=module.table.minutes),
                hint=_("shorten the text, or write more minutes"),
            )


def _count_words(module: ModuleDraft) -> int:
    required = [n for n in module.notebooks if module.table and module.table.notebooks[n.name].required]  # type: ignore[index]
    texts = [strip_code(c.source) for n in required for c in n.cells if c.role is CellRole.TEXT]
    return sum(len(re.findall(r"\w+", text)) for text in texts)
