"""From folders to records: ``read_module`` and ``read_curriculum``.

Reading collects every trouble instead of stopping at the first (``survey_module``), because the content checks want
all of them; ``read_module`` raises the first.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from autograder.curriculum.files import list_data, read_text, resolve_inside
from autograder.curriculum.notebooks import name_cell, read_cells, read_document
from autograder.curriculum.samples import find_sample_files, read_sample
from autograder.curriculum.source import (
    CellRole,
    CellSource,
    Curriculum,
    Framework,
    LearningPath,
    LegalFact,
    ModuleSource,
    NotebookSource,
    Sample,
)
from autograder.curriculum.tables import (
    NOTEBOOKS,
    CurriculumTable,
    FactsTable,
    ModuleTable,
    find_table_problems,
    read_table,
)
from autograder.errors import ContentError
from autograder.locale import _
from autograder.questions.check_spec import Check, parse_check
from autograder.questions.model import BaseQuestion
from autograder.questions.spec import inspect_question
from autograder.questions.yaml_text import YamlDocument, parse_yaml


@dataclass(frozen=True, slots=True)
class Trouble:
    """Something that reading met."""

    # table, notebook, block (a question or check that cannot be read), question (one that contradicts itself), sample
    part: str
    path: Path
    # the error's ``where`` is the place inside the file
    error: ContentError

    def as_error(self) -> ContentError:
        """Return the error with its file in front of its place.

        Raises
        ------
        nothing
        """
        error, path = self.error, self.path.as_posix()
        where = f"{path}, {error.where}" if error.where else path
        return ContentError(
            error.code, error.message, where=where, found=error.found, expected=error.expected, hint=error.hint
        )


@dataclass(frozen=True, slots=True)
class QuestionDraft:
    """One question or check cell, and what could be read of it."""

    cell: CellSource
    question: BaseQuestion | None = None
    check: Check | None = None


@dataclass(frozen=True, slots=True)
class NotebookDraft:
    """One notebook, and what could be read of it."""

    name: str
    path: Path
    document: dict[str, Any] | None
    cells: tuple[CellSource, ...]
    drafts: tuple[QuestionDraft, ...]

    @property
    def questions(self) -> tuple[BaseQuestion, ...]:
        """Return the questions that could be read.

        Raises
        ------
        nothing
        """
        return tuple(draft.question for draft in self.drafts if draft.question is not None)

    @property
    def checks(self) -> tuple[Check, ...]:
        """Return the checks that could be read.

        Raises
        ------
        nothing
        """
        return tuple(draft.check for draft in self.drafts if draft.check is not None)


@dataclass(frozen=True, slots=True)
class ModuleDraft:
    """One module's folder, and what could be read of it."""

    path: Path
    slug: str
    table: ModuleTable | None
    notebooks: tuple[NotebookDraft, ...]
    samples: tuple[Sample, ...]
    troubles: tuple[Trouble, ...]

    @property
    def questions(self) -> tuple[BaseQuestion, ...]:
        """Return all questions of the module that could be read.

        Raises
        ------
        nothing
        """
        return tuple(question for notebook in self.notebooks for question in notebook.questions)

    @property
    def checks(self) -> tuple[Check, ...]:
        """Return all checks of the module that could be read.

        Raises
        ------
        nothing
        """
        return tuple(check for notebook in self.notebooks for check in notebook.checks)


def read_module(folder: Path) -> ModuleSource:
    """Read one module.

    Parameters
    ----------
    folder : Path
        ``curriculum/source/<slug>``.

    Returns
    -------
    ModuleSource

    Raises
    ------
    ContentError
        The first thing that cannot be read, or a question that contradicts itself: file, cell, found, expected,
        what to do.
    """
    draft = survey_module(folder)
    if draft.troubles:
        raise draft.troubles[0].as_error()
    table = draft.table
    assert table is not None  # else there were a trouble
    return ModuleSource(
        path=folder,
        slug=draft.slug,
        uuid=table.uuid,
        code=table.code,
        status=table.status,
        minutes=table.minutes,
        pass_mark=table.pass_mark,
        reviewed=table.reviewed,
        prerequisites=table.prerequisites,
        work_domains=table.work_domains,
        qualities=table.qualities,
        title=table.title.as_dict(),
        objectives={"vi": table.objectives.vi, "en": table.objectives.en},
        competences=dict(table.competences),
        notebooks=tuple(
            NotebookSource(
                name=notebook.name,
                path=notebook.path,
                required=table.notebooks[notebook.name].required,  # type: ignore[index]
                cells=notebook.cells,
                questions=notebook.questions,
                checks=notebook.checks,
            )
            for notebook in draft.notebooks
        ),
        data=list_data(folder),
        samples=draft.samples,
    )


def survey_module(folder: Path) -> ModuleDraft:
    """Read as much of a module as can be read.

    Parameters
    ----------
    folder : Path

    Returns
    -------
    ModuleDraft
        With every trouble met, in the order of the files.

    Raises
    ------
    nothing
    """
    troubles: list[Trouble] = []
    table = _survey_table(folder, troubles)
    names = NOTEBOOKS if table is None else tuple(name for name in NOTEBOOKS if name in table.notebooks)
    notebooks = [
        _survey_notebook(folder, name, troubles)
        for name in names
        if table is not None or name == "lesson" or (folder / f"{name}.ipynb").exists()
    ]
    samples = []
    for path in find_sample_files(folder):
        try:
            samples.append(read_sample(path))
        except ContentError as error:
            troubles.append(Trouble("sample", path, _place_only(error, path)))
    return ModuleDraft(folder, folder.resolve().name, table, tuple(notebooks), tuple(samples), tuple(troubles))


def _place_only(error: ContentError, path: Path) -> ContentError:
    """Take the file out of an error's ``where``: the trouble carries it."""
    error.where = error.where.removeprefix(path.as_posix()).removeprefix(", ")
    return error


def _inspect_check(source: str, where: str, folder: Path) -> tuple[Check | None, list[ContentError]]:
    try:
        check = parse_check(source, where=where)
        if check.reference is not None:
            resolve_reference(check, folder)
    except ContentError as error:
        return None, [error]
    return check, []


def resolve_reference(check: Check, folder: Path) -> Path:
    """Return the file of a check's reference solution.

    Parameters
    ----------
    check : Check
        With ``reference``.
    folder : Path
        The module's folder.

    Returns
    -------
    Path

    Raises
    ------
    ContentError
        ``reference-outside`` where the path is not in ``.author/``, else as ``resolve_inside``.
    """
    name = check.reference or ""
    if not name.startswith(".author/"):
        raise ContentError(
            "reference-outside",
            _("The reference solution lies where learners would get it"),
            where=check.id,
            found=name,
            expected=_("a path that begins with {folder}").format(folder=".author/"),
            hint=_("move the file to {folder} and write its path").format(folder=".author/"),
        )
    return resolve_inside(folder, name)


def _place_under(error: ContentError, cell: str) -> ContentError:
    """Put the cell in front of an error that speaks only of a file which the cell names."""
    if not error.where.startswith(cell):
        error.where = f"{cell} › {error.where}" if error.where else cell
    return error


def _survey_table(folder: Path, troubles: list[Trouble]) -> ModuleTable | None:
    path = folder / "module.toml"
    problems = find_table_problems(path, ModuleTable)
    troubles += [Trouble("table", path, _place_only(problem, path)) for problem in problems]
    return None if problems else read_table(path, ModuleTable)


def _survey_notebook(folder: Path, name: str, troubles: list[Trouble]) -> NotebookDraft:
    path = folder / f"{name}.ipynb"
    try:
        document = read_document(path)
    except ContentError as error:
        troubles.append(Trouble("notebook", path, _place_only(error, path)))
        return NotebookDraft(name, path, None, (), ())
    cells = read_cells(document)
    load = make_loader(folder)
    drafts = []
    for cell in cells:
        if cell.role not in (CellRole.QUESTION, CellRole.CHECK):
            continue
        where = name_cell(cell.number, cell.grade_id)
        if cell.role is CellRole.QUESTION:
            question, errors = inspect_question(cell.source, where=where, load=load)
            part = "block" if question is None else "question"
            drafts.append(QuestionDraft(cell, question=question))
        else:
            check, errors = _inspect_check(cell.source, where, folder)
            part = "block"
            drafts.append(QuestionDraft(cell, check=check))
        troubles += [Trouble(part, path, _place_under(error, where)) for error in errors]
    return NotebookDraft(name, path, document, cells, tuple(drafts))


def make_loader(folder: Path) -> Callable[[str], Any]:
    """Return the ``load`` that questions resolve their references with.

    Parameters
    ----------
    folder : Path
        The module's folder; nothing beside it is read, and no link is followed.

    Returns
    -------
    callable
        Path below the folder → ``YamlDocument`` for .yaml, text for anything else.  It raises ContentError.

    Raises
    ------
    nothing
    """

    def load(relative: str) -> YamlDocument | str:
        text = read_text(resolve_inside(folder, relative))
        return parse_yaml(text, where=relative) if relative.endswith((".yaml", ".yml")) else text

    return load


def read_curriculum(folder: Path) -> Curriculum:
    """Read the whole curriculum.

    Parameters
    ----------
    folder : Path
        ``curriculum/``.

    Returns
    -------
    Curriculum
        Its modules in the order of curriculum.toml.

    Raises
    ------
    ContentError
        The first thing that cannot be read.
    """
    table = read_table(folder / "curriculum.toml", CurriculumTable)
    facts = read_table(folder / "legal-facts.toml", FactsTable)
    return Curriculum(
        path=folder,
        title=table.title.as_dict(),
        languages=table.languages,
        modules=tuple(read_module(find_module_folder(folder, slug)) for slug in table.modules),
        paths=tuple(LearningPath(path.slug, path.title.as_dict(), path.modules) for path in table.paths),
        frameworks=tuple(Framework(slug, f.name, f.version, f.codes) for slug, f in table.frameworks.items()),
        facts=tuple(
            LegalFact(
                number=fact.number,
                title=fact.title.as_dict(),
                issued_on=fact.date,
                in_force_from=fact.in_force_from,
                replaced_by=fact.replaced_by,
                source=fact.source,
                reviewed_on=fact.reviewed_on,
                statements=fact.statements,
            )
            for fact in facts.facts
        ),
    )


def find_module_folder(folder: Path, slug: str) -> Path:
    """Return the folder of a module.

    Parameters
    ----------
    folder : Path
        ``curriculum/``.
    slug : str

    Returns
    -------
    Path

    Raises
    ------
    ContentError
        ``module-unknown``: there is no such folder.
    """
    known = list_module_slugs(folder)
    if slug not in known:
        raise ContentError(
            "module-unknown",
            _("There is no module {slug}").format(slug=slug),
            where=(folder / "source").as_posix(),
            found=slug,
            expected=", ".join(known) or _("a folder per module"),
            hint=_("correct the name, or take it out of curriculum.toml"),
        )
    return folder / "source" / slug


def list_module_slugs(folder: Path) -> tuple[str, ...]:
    """Return the names of the folders below ``source/``, sorted; links and hidden folders left out.

    Raises
    ------
    nothing
    """
    source = folder / "source"
    if not source.is_dir():
        return ()
    found = [p.name for p in source.iterdir() if p.is_dir() and not p.is_symlink() and not p.name.startswith(".")]
    return tuple(sorted(found))
