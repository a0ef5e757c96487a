"""Rules about files: what must be there, what may be there, and what a notebook file holds."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from autograder.curriculum.checks.finding import Finding, report, report_error
from autograder.curriculum.checks.survey import Survey, iter_files, iter_learner_texts
from autograder.curriculum.files import DATA_SUFFIXES, MAX_BYTES, is_shippable
from autograder.curriculum.notebooks import SETUP_SOURCE, SUBMIT_SOURCE, name_cell
from autograder.curriculum.reader import ModuleDraft, NotebookDraft
from autograder.curriculum.source import CellRole
from autograder.locale import _

REQUIRED_AT_TOP = ("curriculum.toml", "legal-facts.toml")
REQUIRED_IN_MODULE = ("module.toml", "lesson.ipynb", ".author/design.md")
# Beside these, a module's folder holds data/ and .author/ only.
KNOWN_IN_MODULE = ("module.toml", "lesson.ipynb", "python.ipynb")

# Cells that each kind of notebook may hold between the first and the last code cell.
ALLOWED_ROLES = {
    "lesson": (CellRole.TEXT, CellRole.QUESTION),
    "python": (CellRole.TEXT, CellRole.QUESTION, CellRole.CHECK, CellRole.SOLUTION),
}


def check_required(survey: Survey) -> Iterator[Finding]:
    """Yield a finding for every file that a curriculum cannot do without.

    Raises
    ------
    nothing
    """
    wanted = [survey.folder / name for name in REQUIRED_AT_TOP]
    for module in survey.modules:
        wanted += [module.path / name for name in REQUIRED_IN_MODULE]
        names = () if module.table is None else tuple(module.table.notebooks)
        wanted += [module.path / f"{name}.ipynb" for name in names if name != "lesson"]
    for path in wanted:
        if not path.is_file() or path.is_symlink():
            yield report(
                survey.relative(path),
                "",
                _("The file is missing"),
                found=_("no file"),
                expected=path.name,
                hint=_("add the file; docs/lecturer.md shows one"),
            )


def check_listed(survey: Survey) -> Iterator[Finding]:
    """Yield a finding for every file of a module that is on no list: it would ship by accident, or be lost.

    Raises
    ------
    nothing
    """
    for path in iter_files(survey):
        relative = path.relative_to(survey.folder)
        module = relative.parts[2:] if relative.parts[0] == "source" else ()
        if path.is_symlink():
            yield _unlisted(relative, _("a link"), _("an ordinary file"), _("copy the file itself"))
        elif len(module) == 1 and module[0] not in KNOWN_IN_MODULE:
            expected = ", ".join((*KNOWN_IN_MODULE, "data/", ".author/"))
            yield _unlisted(relative, module[0], expected, _("move the file to data/ or .author/, or remove it"))
        elif len(module) > 1 and module[0] == "data" and not is_shippable(path, _data_folder(survey, relative)):
            expected = ", ".join(DATA_SUFFIXES)
            yield _unlisted(
                relative, path.name, expected, _("save the data in one of these types, without a dot in front")
            )
        elif len(module) > 1 and module[0] not in ("data", ".author"):
            expected = "data/, .author/"
            yield _unlisted(relative, f"{module[0]}/", expected, _("move the file to data/ or .author/, or remove it"))


def _data_folder(survey: Survey, relative: Path) -> Path:
    return survey.folder.joinpath(*relative.parts[:2], "data")


def _unlisted(relative: Path, found: str, expected: str, hint: str) -> Finding:
    message = _("The file is not one that a module holds")
    return report(relative.as_posix(), "", message, found=found, expected=expected, hint=hint)


def check_size(survey: Survey) -> Iterator[Finding]:
    """Yield a finding for every file over 1 MB: lessons are read on slow lines.

    Raises
    ------
    nothing
    """
    for path in iter_files(survey):
        size = path.lstat().st_size
        if size > MAX_BYTES:
            yield report(
                survey.relative(path),
                "",
                _("The file is too large for a slow line"),
                found=_("{n} bytes").format(n=size),
                expected=_("at most {n} bytes").format(n=MAX_BYTES),
                hint=_("make pictures smaller, or share the data out over several files"),
            )


def check_references(survey: Survey) -> Iterator[Finding]:
    """Yield a finding for every file that a notebook names and that is not the module's own.

    Raises
    ------
    nothing
    """
    for module in survey.modules:
        for trouble in module.troubles:
            if trouble.error.code.startswith("reference-"):
                yield report_error(survey.relative(trouble.path), trouble.error)
        yield from _check_shown_files(survey, module)


def _check_shown_files(survey: Survey, module: ModuleDraft) -> Iterator[Finding]:
    shown: list[tuple[str, str, str]] = []
    for notebook in module.notebooks:
        path = survey.relative(notebook.path)
        for draft in notebook.drafts:
            where = name_cell(draft.cell.number, draft.cell.grade_id)
            items = draft.question.items if draft.question is not None else ()
            shown += [(path, f"{where} › {item.id}", item.image) for item in items if item.image]
    for text in iter_learner_texts(survey, module):
        if text.use == "lesson":
            targets = re.findall(r"\]\(<?([^)\s>]+)", text.text)
            shown += [(text.path, text.where, target) for target in targets if _is_local(target)]
    for path, where, name in shown:
        file = module.path / name
        if not name.startswith("data/") or ".." in name.split("/") or not file.is_file() or file.is_symlink():
            yield report(
                path,
                where,
                _("The lesson shows a file that does not ship with it"),
                found=name,
                expected=_("an existing file of data/"),
                hint=_("add the file to data/ or correct its path"),
            )


def _is_local(target: str) -> bool:
    return not re.match(r"[a-z][a-z0-9+.-]*:|#", target, re.IGNORECASE)


def check_readable(survey: Survey) -> Iterator[Finding]:
    """Yield a finding for every notebook that is no valid notebook of format 4 for Python.

    Raises
    ------
    nothing
    """
    for module in survey.modules:
        for trouble in module.troubles:
            # A file that is not there is the business of the rule for required files.
            if trouble.part == "notebook" and trouble.error.code != "file-missing":
                yield report_error(survey.relative(trouble.path), trouble.error)
        for notebook in module.notebooks:
            if notebook.document is not None:
                yield from _check_format(survey, notebook)


def _check_format(survey: Survey, notebook: NotebookDraft) -> Iterator[Finding]:
    import nbformat

    path, document = survey.relative(notebook.path), notebook.document or {}
    again = _("open the notebook in Jupyter and save it again")
    # nbformat itself stops at a minor number that is none.
    version = [document.get("nbformat"), document.get("nbformat_minor")]
    if version[0] != 4 or type(version[1]) is not int or version[1] < 0:
        found = ".".join(str(part) for part in version)
        yield report(path, "nbformat", _("The notebook has another format"), found=found, expected="4.5", hint=again)
        return
    try:
        nbformat.validate(document)
    except nbformat.ValidationError as error:
        place = ".".join(str(part) for part in error.absolute_path)
        message = _("The notebook breaks its own format")
        yield report(path, place, message, found=str(error.message)[:160], expected="nbformat 4", hint=again)
    metadata = document.get("metadata")
    kernel = metadata.get("kernelspec") if isinstance(metadata, dict) else None
    name = kernel.get("name") if isinstance(kernel, dict) else None
    if name != "python3":
        yield report(
            path,
            "metadata.kernelspec.name",
            _("The notebook would ask the learner what to run it with"),
            found=name if name is not None else _("nothing"),
            expected="python3",
            hint=_("choose Python 3 in Jupyter and save"),
        )


def check_outputs(survey: Survey) -> Iterator[Finding]:
    """Yield a finding for every cell that was saved with its output: it may hold answers or names.

    Raises
    ------
    nothing
    """
    for module in survey.modules:
        for notebook in module.notebooks:
            for cell in notebook.cells:
                if cell.has_outputs:
                    yield report(
                        survey.relative(notebook.path),
                        name_cell(cell.number, cell.grade_id),
                        _("The notebook was saved with what it last showed"),
                        found=_("an output or a run number"),
                        expected=_("neither"),
                        hint=_("clear all outputs before saving"),
                    )


def check_frame(survey: Survey) -> Iterator[Finding]:
    """Yield a finding where a notebook does not open with the setup cell, close with the panel, or holds other code.

    Raises
    ------
    nothing
    """
    for module in survey.modules:
        for notebook in module.notebooks:
            if notebook.document is not None:
                yield from _check_notebook_frame(survey, notebook)


def _check_notebook_frame(survey: Survey, notebook: NotebookDraft) -> Iterator[Finding]:
    path = survey.relative(notebook.path)
    code = [cell for cell in notebook.cells if cell.role is not CellRole.TEXT]
    ends = ((0, CellRole.SETUP, SETUP_SOURCE), (-1, CellRole.SUBMIT, SUBMIT_SOURCE))
    framed = []
    for index, role, source in ends:
        cell = code[index] if code else None
        if cell is None or cell.role is not role or cell.source.strip() != source:
            yield report(
                path,
                name_cell(cell.number, cell.grade_id) if cell else "",
                _("The first code cell does not load the lesson")
                if role is CellRole.SETUP
                else _("The last code cell does not show the panel for handing in"),
                found=cell.source.partition("\n")[0][:80] if cell else _("no code cell"),
                expected=source,
                hint=_("add a cell that holds exactly {source}").format(source=source),
            )
        else:
            framed.append(cell.number)
    allowed = ALLOWED_ROLES[notebook.name]
    for cell in code:
        if cell.number not in framed and cell.role not in allowed:
            yield report(
                path,
                name_cell(cell.number, cell.grade_id),
                _("A cell has no place in this notebook"),
                found=cell.source.partition("\n")[0][:80],
                expected=", ".join(role.value for role in allowed),
                hint=_("turn it into a %%question cell or into text; free code belongs to python.ipynb"),
            )
