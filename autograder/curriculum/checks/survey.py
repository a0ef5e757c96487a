"""What the rules look at: the whole curriculum, read as far as it can be read, and the texts in it."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Annotated, Any, Literal, get_args, get_origin, get_type_hints

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from autograder.curriculum.files import iter_entries, list_data
from autograder.curriculum.notebooks import name_cell
from autograder.curriculum.reader import ModuleDraft, list_module_slugs, survey_module
from autograder.curriculum.source import CellRole
from autograder.curriculum.tables import CurriculumTable, FactsTable, FactTable, find_table_problems, read_table
from autograder.errors import ContentError
from autograder.questions.model import BaseQuestion

# Fields that show where somebody would be led: no prose, but read for whose address it is.
_ADDRESSES = ("link", "site", "address")
TEXT_SUFFIXES = (".csv", ".json", ".svg", ".txt", ".yaml")


@dataclass(frozen=True, slots=True)
class LearnerText:
    """A text that a learner reads, and where it stands."""

    path: str
    where: str
    # title, lesson (Markdown), prompt, label, material (items), feedback, address (behind a text)
    use: str
    text: str
    # vi, en, or "" where the text has no language of its own
    language: str = ""


@dataclass(frozen=True, slots=True)
class Survey:
    """The curriculum as far as it can be read, on one day."""

    folder: Path
    today: date
    # None where curriculum.toml cannot be read
    table: CurriculumTable | None
    # None where legal-facts.toml cannot be read
    facts: tuple[FactTable, ...] | None
    # path below the folder and error, of curriculum.toml and legal-facts.toml
    table_errors: tuple[tuple[str, ContentError], ...]
    modules: tuple[ModuleDraft, ...]
    # text of every data file, by its path below the folder; None where it is no UTF-8
    data_texts: dict[str, str | None]
    # everything that learners read, by the module's slug
    texts: dict[str, tuple[LearnerText, ...]]

    def relative(self, path: Path) -> str:
        """Return a path as findings show it: below ``curriculum/``.

        Raises
        ------
        nothing
        """
        return path.relative_to(self.folder).as_posix()


def survey_curriculum(folder: Path, today: date) -> Survey:
    """Read as much of a curriculum as can be read.

    Parameters
    ----------
    folder : Path
        ``curriculum/``.
    today : date
        The day against which review dates are judged.

    Returns
    -------
    Survey

    Raises
    ------
    nothing
    """
    errors: list[tuple[str, ContentError]] = []
    tables: dict[str, Any] = {}
    for name, model in (("curriculum.toml", CurriculumTable), ("legal-facts.toml", FactsTable)):
        path = folder / name
        # A file that is not there is the business of the rule for required files.
        problems = find_table_problems(path, model)
        for problem in problems:
            problem.where = problem.where.removeprefix(path.as_posix()).removeprefix(", ")
        errors += [(name, problem) for problem in problems if problem.code != "file-missing"]
        tables[name] = None if problems else read_table(path, model)
    modules = tuple(survey_module(folder / "source" / slug) for slug in list_module_slugs(folder))
    facts = tables["legal-facts.toml"]
    return Survey(
        folder=folder,
        today=today,
        table=tables["curriculum.toml"],
        facts=None if facts is None else facts.facts,
        table_errors=tuple(errors),
        modules=modules,
        data_texts=_read_data(folder, modules),
        texts={module.slug: tuple(_collect_texts(folder, module)) for module in modules},
    )


def _read_data(folder: Path, modules: tuple[ModuleDraft, ...]) -> dict[str, str | None]:
    texts: dict[str, str | None] = {}
    for module in modules:
        for name in list_data(module.path):
            path = module.path / name
            if path.suffix not in TEXT_SUFFIXES:
                continue
            try:
                texts[path.relative_to(folder).as_posix()] = path.read_text(encoding="utf-8")
            except (OSError, UnicodeDecodeError):
                texts[path.relative_to(folder).as_posix()] = None
    return texts


def iter_files(survey: Survey) -> Iterator[Path]:
    """Yield every file of the curriculum, the authors' own included.

    Raises
    ------
    nothing
    """
    yield from iter_entries(survey.folder)


def iter_learner_texts(survey: Survey, module: ModuleDraft) -> Iterator[LearnerText]:
    """Yield every text of a module that learners read: title, objectives, lesson, questions, feedback.

    Items are yielded whether they stand in the cell or in a file of ``data/``.

    Raises
    ------
    nothing
    """
    yield from (text for text in survey.texts[module.slug] if text.use != "address")


def iter_addresses(survey: Survey, module: ModuleDraft) -> Iterator[LearnerText]:
    """Yield every address that a module shows behind a text.

    Raises
    ------
    nothing
    """
    yield from (text for text in survey.texts[module.slug] if text.use == "address")


def _collect_texts(folder: Path, module: ModuleDraft) -> Iterator[LearnerText]:
    table_path = (module.path / "module.toml").relative_to(folder).as_posix()
    if module.table is not None:
        for language, text in module.table.title.as_dict().items():
            yield LearnerText(table_path, f"title.{language}", "title", text, language)
        for language, texts in (("vi", module.table.objectives.vi), ("en", module.table.objectives.en)):
            for number, text in enumerate(texts, start=1):
                yield LearnerText(table_path, f"objectives.{language}, {number}", "title", text, language)
    for notebook in module.notebooks:
        path = notebook.path.relative_to(folder).as_posix()
        for cell in notebook.cells:
            if cell.role is CellRole.TEXT:
                yield LearnerText(path, name_cell(cell.number), "lesson", cell.source)
        for draft in notebook.drafts:
            where = name_cell(draft.cell.number, draft.cell.grade_id)
            if draft.question is not None:
                yield from _iter_question_texts(draft.question, path, where)
            if draft.check is not None:
                yield from _walk_texts(draft.check.prompt, "prompt", path, f"{where} › prompt")
                for number, case in enumerate(draft.check.cases, start=1):
                    yield from _walk_texts(case.hint, "feedback", path, f"{where} › cases.{number}.hint")


def _iter_question_texts(question: BaseQuestion, path: str, where: str) -> Iterator[LearnerText]:
    uses = {"items": "material", "pages": "material", "feedback": "feedback", "prompt": "prompt"}
    for field in _list_text_fields(type(question)):
        if field not in ("key", "score") and field in question.model_fields_set:
            value = getattr(question, field)
            yield from _walk_texts(value, uses.get(field, "label"), path, f"{where} › {field}")
    entries = question.key if isinstance(question.key, dict) else {"": question.key}
    for item, entry in entries.items():
        place = f"key.{item}.why" if item else "key.why"
        yield from _walk_texts(getattr(entry, "why", None), "feedback", path, f"{where} › {place}")


def _walk_texts(value: Any, use: str, path: str, where: str) -> Iterator[LearnerText]:
    if isinstance(value, str):
        # What begins with = is a formula of a sheet.
        if not value.startswith("="):
            yield LearnerText(path, where, use, value)
    elif isinstance(value, BaseModel):
        for field in _list_text_fields(type(value)):
            if field in value.model_fields_set:
                inner_use = "address" if field in _ADDRESSES else use
                yield from _walk_texts(getattr(value, field), inner_use, path, f"{where}.{field}")
    elif isinstance(value, dict) and value and set(value) <= {"vi", "en"}:
        for language, text in value.items():
            yield LearnerText(path, f"{where}.{language}", use, text, language)
    elif isinstance(value, dict):
        for key, inner in value.items():
            yield from _walk_texts(inner, use, path, f"{where}.{key}")
    elif isinstance(value, list | tuple):
        for number, inner in enumerate(value, start=1):
            yield from _walk_texts(inner, use, path, f"{where}.{getattr(inner, 'id', number)}")


@functools.cache
def _list_text_fields(model: type[BaseModel]) -> tuple[str, ...]:
    """Return the fields of a record in which texts for people can stand, at any depth; names for machines are none."""
    hints = get_type_hints(model, include_extras=True)
    fields = [name for name in model.model_fields if name != "kind"]
    return tuple(name for name in fields if name in _ADDRESSES or _may_hold_text(hints[name]))


def _may_hold_text(annotation: Any) -> bool:
    origin, inner = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        # A pattern makes a string a name: an id, a code, a path.
        is_name = inner[0] is str and any(_has_pattern(mark) for mark in inner[1:])
        return not is_name and _may_hold_text(inner[0])
    if origin is Literal:
        return False
    if origin is dict:
        return _may_hold_text(inner[1])
    if inner:
        return any(_may_hold_text(part) for part in inner)
    return annotation is str or (isinstance(annotation, type) and issubclass(annotation, BaseModel))


def _has_pattern(mark: Any) -> bool:
    marks = mark.metadata if isinstance(mark, FieldInfo) else [mark]
    return any(getattr(one, "pattern", None) for one in marks)


def strip_code(markdown: str) -> str:
    """Return Markdown without what is not prose: code, comments, the addresses of links and pictures.

    Line breaks stay, so that lines can still be counted.

    Raises
    ------
    nothing
    """

    def blank(match: re.Match[str]) -> str:
        return "\n" * match[0].count("\n")

    text = re.sub(r"^(```|~~~).*?^\1[^\n]*$", blank, markdown, flags=re.MULTILINE | re.DOTALL)
    text = re.sub(r"<!--.*?-->", blank, text, flags=re.DOTALL)
    text = re.sub(r"(`+)[^`\n]+?\1", " ", text)
    text = re.sub(r"!?\[([^\]]*)\]\([^)\n]*\)", r"\1", text)
    return re.sub(r"<https?://[^>\s]*>|https?://[^\s)>]*", " ", text)
