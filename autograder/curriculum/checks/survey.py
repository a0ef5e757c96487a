"""What the rules look at: the whole curriculum, read as far as it can be read, and the texts in it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from autograder.curriculum.files import iter_entries, list_data
from autograder.curriculum.notebooks import name_cell
from autograder.curriculum.reader import ModuleDraft, list_module_slugs, survey_module
from autograder.curriculum.source import CellRole
from autograder.curriculum.tables import CurriculumTable, FactsTable, FactTable, find_table_problems, read_table
from autograder.errors import ContentError

TEXT_SUFFIXES = (".csv", ".json", ".svg", ".txt", ".yaml")
# Keys of a question whose values are names for machines, not texts for people.
_NAMES = frozenset({"id", "kind", "image", "stratum", "start", "to", "points", "draw", "end"})


@dataclass(frozen=True, slots=True)
class LearnerText:
    """A text that a learner reads, and where it stands."""

    path: str
    where: str
    # title, lesson (Markdown), prompt, label, material (items), feedback
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
    table_path = survey.relative(module.path / "module.toml")
    if module.table is not None:
        for language, text in module.table.title.as_dict().items():
            yield LearnerText(table_path, f"title.{language}", "title", text, language)
        for language, texts in (("vi", module.table.objectives.vi), ("en", module.table.objectives.en)):
            for number, text in enumerate(texts, start=1):
                yield LearnerText(table_path, f"objectives.{language}, {number}", "title", text, language)
    for notebook in module.notebooks:
        path = survey.relative(notebook.path)
        for cell in notebook.cells:
            if cell.role is CellRole.TEXT:
                yield LearnerText(path, name_cell(cell.number), "lesson", cell.source)
        for draft in notebook.drafts:
            where = name_cell(draft.cell.number, draft.cell.grade_id)
            if draft.question is not None:
                yield from _iter_question_texts(draft.question, path, where)
            if draft.check is not None:
                yield from _walk_texts(_text_of(draft.check.prompt), "prompt", path, f"{where} › prompt")
                for number, case in enumerate(draft.check.cases, start=1):
                    yield from _walk_texts(_text_of(case.hint), "feedback", path, f"{where} › cases.{number}.hint")


def _text_of(text: Any) -> Any:
    return [] if text is None else text


def _dump(record: Any) -> dict[str, Any]:
    data: dict[str, Any] = record.model_dump(mode="json", exclude_unset=True)
    return data


def _iter_question_texts(question: Any, path: str, where: str) -> Iterator[LearnerText]:
    data = _dump(question)
    key = data.pop("key", None)
    data.pop("score", None)
    uses = {"items": "material", "feedback": "feedback", "prompt": "prompt"}
    for field, value in data.items():
        if field not in _NAMES:
            yield from _walk_texts(value, uses.get(field, "label"), path, f"{where} › {field}")
    for item, entry in (key or {}).items():
        if isinstance(entry, dict) and entry.get("why"):
            yield from _walk_texts(entry["why"], "feedback", path, f"{where} › key.{item}.why")


def _walk_texts(value: Any, use: str, path: str, where: str) -> Iterator[LearnerText]:
    if isinstance(value, str):
        yield LearnerText(path, where, use, value)
    elif isinstance(value, dict) and value and set(value) <= {"vi", "en"}:
        for language, text in value.items():
            if isinstance(text, str):
                yield LearnerText(path, f"{where}.{language}", use, text, language)
    elif isinstance(value, dict):
        for key, inner in value.items():
            if key not in _NAMES and not (key == "link" and isinstance(inner, str)):
                yield from _walk_texts(inner, use, path, f"{where}.{key}")
    elif isinstance(value, list):
        for number, inner in enumerate(value):
            name = inner.get("id", number + 1) if isinstance(inner, dict) else number + 1
            yield from _walk_texts(inner, use, path, f"{where}.{name}")


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
