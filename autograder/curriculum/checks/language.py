"""Rules about language: both languages, one way of writing letters, and the words that learners never meet."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

from autograder.curriculum.checks.finding import Finding, report
from autograder.curriculum.checks.survey import LearnerText, Survey, iter_learner_texts, strip_code
from autograder.curriculum.notebooks import name_cell
from autograder.locale import _

# Letters that only Vietnamese writes; a sentence of some length without any of them is not Vietnamese.
_VIETNAMESE = re.compile("[ăâđêôơưàằầèềìòồờùừỳảẳẩẻểỉỏổởủửỷãẵẫẽễĩõỗỡũữỹáắấéếíóốớúứýạặậẹệịọộợụựỵ]", re.IGNORECASE)
# A machine's words; the interface hides them, so the lesson must not bring them back (glossary: session / kernel).
_HIDDEN_WORDS = re.compile(r"\b(kernels?|cells?|notebooks?|tracebacks?)\b", re.IGNORECASE)
# New-style tone marks: hoá, xoá, thuỷ, uỷ, huỷ.  After q the u belongs to the consonant: quý is right.
_NEW_TONES = re.compile(r"\b\w*(?:o[áàảãạéèẻẽẹ]|(?<![qQ])u[ýỳỷỹỵ])\b", re.IGNORECASE)
# Word not to be used → word to use.  Source: the project's glossary and language guide; curriculum.toml adds to it.
TERMS = {
    "trượt": "chưa đạt",
    "học phần": "chuyên đề",
    "mô-đun": "chuyên đề",
    "mô đun": "chuyên đề",
    "chứng chỉ hoàn thành": "giấy xác nhận hoàn thành",
    "bảng điều khiển": "bảng theo dõi",
    "tỉ lệ": "tỷ lệ",
    "kĩ năng": "kỹ năng",
    "quản lí": "quản lý",
}
# The same letters with another meaning.
_OTHER_MEANINGS = re.compile(r"\bthanh trượt\b|\btrượt (?:lở|tay|chân|giá)\b", re.IGNORECASE)


def _iter_texts(survey: Survey) -> Iterator[LearnerText]:
    for module in survey.modules:
        yield from iter_learner_texts(survey, module)


def check_vietnamese(survey: Survey) -> Iterator[Finding]:
    """Yield a finding for every title, objective, prompt or lesson that is not there in Vietnamese.

    Raises
    ------
    nothing
    """
    for path, where, language_texts in _iter_translated(survey):
        if not language_texts.get("vi", "").strip():
            yield _missing(path, where, "vi")
    for text in _iter_texts(survey):
        long = len(re.findall(r"\w+", strip_code(text.text))) >= 8
        read_in_vietnamese = text.use in ("title", "lesson", "prompt") and text.language in ("vi", "")
        if read_in_vietnamese and long and not _VIETNAMESE.search(text.text):
            yield report(
                text.path,
                text.where,
                _("The text is not Vietnamese"),
                found=text.text.strip()[:60],
                expected=_("Vietnamese, with its marks"),
                hint=_("write the Vietnamese text here; English stands beside it under en"),
            )


def check_english(survey: Survey) -> Iterator[Finding]:
    """Yield a finding for every title, objective or prompt that has no English text beside it.

    Raises
    ------
    nothing
    """
    for path, where, language_texts in _iter_translated(survey):
        if not language_texts.get("en", "").strip():
            yield _missing(path, where, "en")
    for module in survey.modules:
        if module.table is None:
            continue
        numbers = len(module.table.objectives.vi), len(module.table.objectives.en)
        if numbers[0] != numbers[1]:
            yield report(
                survey.relative(module.path / "module.toml"),
                "objectives.en",
                _("The objectives are not all there in English"),
                found=numbers[1],
                expected=numbers[0],
                hint=_("write one English sentence per Vietnamese one, in the same order"),
            )


def _missing(path: str, where: str, language: str) -> Finding:
    return report(
        path,
        where,
        _("The text is not there in every language"),
        found=_("no {language}").format(language=language),
        expected="vi, en",
        hint=_("write vi: … and en: …"),
    )


def _iter_translated(survey: Survey) -> Iterator[tuple[str, str, dict[str, str]]]:
    """Yield path, place and texts by language of every title and prompt."""
    if survey.table is not None:
        yield "curriculum.toml", "title", survey.table.title.as_dict()
        for step in survey.table.paths:
            yield "curriculum.toml", f"paths.{step.slug}.title", step.title.as_dict()
    for module in survey.modules:
        if module.table is not None:
            yield survey.relative(module.path / "module.toml"), "title", module.table.title.as_dict()
        for notebook in module.notebooks:
            path = survey.relative(notebook.path)
            for draft in notebook.drafts:
                block = draft.question or draft.check
                if block is not None and block.prompt is not None:
                    prompt = block.prompt if isinstance(block.prompt, dict) else {"vi": block.prompt}
                    where = name_cell(draft.cell.number, draft.cell.grade_id)
                    yield path, f"{where} › prompt", {str(k): v for k, v in prompt.items()}


def check_normal_form(survey: Survey) -> Iterator[Finding]:
    """Yield a finding for every text whose letters are written in pieces: it looks right and is found by no search.

    Raises
    ------
    nothing

    Source
    ------
    Unicode Standard Annex #15, form NFC.
    """
    for text in _iter_texts(survey):
        if not unicodedata.is_normalized("NFC", text.text):
            word = next((w for w in text.text.split() if not unicodedata.is_normalized("NFC", w)), "")
            yield report(
                text.path,
                text.where,
                _("Letters and their marks are written apart (Unicode NFD)"),
                found=word[:60],
                expected=unicodedata.normalize("NFC", word)[:60] or "NFC",
                hint=_("type the word again, or save the text in the form NFC"),
            )


def check_words(survey: Survey) -> Iterator[Finding]:
    """Yield a finding for exclamation marks and for the machine's words in what learners read.

    Material that learners judge may hold exclamation marks: a dishonest mail shouts.

    Raises
    ------
    nothing
    """
    for text in _iter_texts(survey):
        prose = strip_code(text.text)
        if "!" in prose and text.use != "material":
            yield report(
                text.path,
                text.where,
                _("The text shouts"),
                found=_find_around(prose, "!"),
                expected=_("no exclamation mark"),
                hint=_("end the sentence with a full stop"),
            )
        word = _HIDDEN_WORDS.search(prose)
        if word:
            yield report(
                text.path,
                text.where,
                _("The text names a part of the machine that learners never meet"),
                found=word[0],
                expected=_("words of the glossary"),
                hint=_("say what the learner sees, such as lesson, answer, error message"),
            )


def _find_around(text: str, sign: str) -> str:
    at = text.index(sign)
    return " ".join(text[max(0, at - 30) : at + 1].split())


def check_tones(survey: Survey) -> Iterator[Finding]:
    """Yield a finding for tone marks that stand on the other vowel than in the project's sources.

    Raises
    ------
    nothing
    """
    for text in _iter_texts(survey):
        word = _NEW_TONES.search(unicodedata.normalize("NFC", text.text))
        if word and text.language != "en":
            yield report(
                text.path,
                text.where,
                _("The tone mark stands on the other vowel"),
                found=word[0],
                expected="hóa, xóa, thủy, ủy, hủy",
                hint=_("move the mark one letter to the left"),
            )


def check_terms(survey: Survey) -> Iterator[Finding]:
    """Yield a finding for every word for which the glossary has another one.

    Material that learners judge is left alone: a mail from elsewhere does not keep to our glossary.

    Raises
    ------
    nothing
    """
    terms = {word.casefold(): right for word, right in TERMS.items()}
    if survey.table is not None:
        own = {unicodedata.normalize("NFC", word).casefold(): right for word, right in survey.table.terms.items()}
        terms |= own
    pattern = re.compile(rf"\b(?:{'|'.join(map(re.escape, sorted(terms, key=len, reverse=True)))})\b")
    for text in _iter_texts(survey):
        if text.use == "material" or text.language == "en":
            continue
        prose = _OTHER_MEANINGS.sub(" ", strip_code(unicodedata.normalize("NFC", text.text)))
        for word in dict.fromkeys(match[0] for match in pattern.finditer(prose.casefold())):
            yield report(
                text.path,
                text.where,
                _("The glossary has another word for this"),
                found=word,
                expected=terms[word],
                hint=_("write the word of the glossary"),
            )
