"""The family ``release`` of the content checks: what would reach learners, found before anything is released.

The learner's version is made in memory from what was read, without nbgrader, kernel or gradebook; a test compares it
with what nbgrader makes.
"""

from __future__ import annotations

import ast
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from autograder.curriculum.checks import RULES
from autograder.curriculum.checks.finding import Finding, Rule, gettext_, report
from autograder.curriculum.checks.survey import Survey
from autograder.curriculum.files import iter_entries, list_data
from autograder.curriculum.reader import ModuleDraft, NotebookDraft
from autograder.curriculum.source import CellRole
from autograder.curriculum.tables import NOTEBOOKS
from autograder.locale import _
from autograder.questions import check_spec, spec
from autograder.release.blocks import CHECK_MAGIC, QUESTION_MAGIC, clear_solution, list_solution_lines
from autograder.release.leaks import MARKERS, find_leaks, iter_block_secrets

# A line of a private file that is shorter may well stand in a lesson too.
MIN_LINE = 32
# A line of a solution is short, and tells all the same.
MIN_CODE_LINE = 16
MIN_CALL = 12


def make_learner_version(survey: Survey, module: ModuleDraft) -> dict[str, bytes]:
    """Return what a release of a module would hold.

    Parameters
    ----------
    survey : Survey
        Where the data files were read.
    module : ModuleDraft
        Without troubles in its table, notebooks and blocks.

    Returns
    -------
    dict
        Path below the module's folder → bytes.

    Raises
    ------
    OSError
        A data file cannot be read.
    """
    files = {}
    for notebook in module.notebooks:
        document = dict(notebook.document or {})
        document["cells"] = list(_iter_learner_cells(notebook))
        files[f"{notebook.name}.ipynb"] = json.dumps(document, ensure_ascii=False).encode("utf-8", "surrogatepass")
    for name in list_data(module.path):
        text = survey.data_texts.get(f"source/{module.slug}/{name}")
        files[name] = text.encode() if text is not None else (module.path / name).read_bytes()
    return files


def _iter_learner_cells(notebook: NotebookDraft) -> Iterator[dict[str, object]]:
    drafts = {draft.cell.number: draft for draft in notebook.drafts}
    for cell, raw in zip(notebook.cells, (notebook.document or {}).get("cells", ()), strict=True):
        draft = drafts.get(cell.number)
        source = cell.source
        if draft is not None and draft.question is not None:
            # As in a release, the items stand in the block itself.
            block = spec.resolved(draft.question)
            public = {name: value for name, value in block.items() if name not in draft.question.PRIVATE_FIELDS}
            source = _write_block(QUESTION_MAGIC, public)
        elif draft is not None and draft.check is not None:
            source = _write_block(CHECK_MAGIC, check_spec.public_part(draft.check))
        elif cell.role is CellRole.SOLUTION:
            source = clear_solution(source)
        cleared: dict[str, object] = {"outputs": [], "execution_count": None} if cell.type == "code" else {}
        yield raw | {"source": source} | cleared


def _write_block(magic: str, block: dict[str, Any]) -> str:
    # JSON is YAML too, is written in no time, and breaks no long sentence over lines, which would hide it.
    return f"{magic}\n{json.dumps(block, ensure_ascii=False)}\n"


def _iter_releasable(survey: Survey) -> Iterator[ModuleDraft]:
    """Yield the modules that can be read; what keeps the others from it is the business of other rules."""
    for module in survey.modules:
        broken = any(trouble.part in ("table", "notebook", "block") for trouble in module.troubles)
        if module.table is not None and not broken:
            yield module


def check_release_files(survey: Survey) -> Iterator[Finding]:
    """Yield a finding for every notebook that would not ship, and for every data file that ships for nothing.

    Raises
    ------
    nothing
    """
    for module in _iter_releasable(survey):
        named = [notebook.name for notebook in module.notebooks]
        for name in NOTEBOOKS:
            path = module.path / f"{name}.ipynb"
            if name not in named and path.is_file():
                yield report(
                    survey.relative(path),
                    "",
                    _("The notebook would not reach learners"),
                    found=_("no {name} below [notebooks] of module.toml").format(name=name),
                    expected=f"{name} = {{required = …}}",
                    hint=_("name it in module.toml, or move it to .author/"),
                )
        # A hidden case may read a file that the lesson does not show, so the author's own cells are looked at.
        cells = [cell.source for notebook in module.notebooks for cell in notebook.cells]
        tables = [survey.data_texts.get(f"source/{module.slug}/{name}") or "" for name in list_data(module.path)]
        texts = "\n".join([*cells, *tables])
        for path_in_module in list_data(module.path):
            if Path(path_in_module).name not in texts:
                yield report(
                    survey.relative(module.path / path_in_module),
                    "",
                    _("The file would reach learners, and nothing in the lesson uses it"),
                    found=path_in_module,
                    expected=_("a file that the lesson names"),
                    hint=_("name it in the lesson, or move it to .author/"),
                )


def check_release_secrets(survey: Survey) -> Iterator[Finding]:
    """Yield a finding wherever the learner's version would give an answer away.

    Keys, scores and feedback, hidden cases, reference solutions, solutions and the lines of private files are looked
    for in every byte that ships.

    Raises
    ------
    nothing
    """
    for module in _iter_releasable(survey):
        files = make_learner_version(survey, module)
        leaks = [*find_leaks([*_iter_sentences(module), *MARKERS], files)]
        for solution in _iter_solutions(module):
            leaks += _find_copied(solution, files)
        for name, secret in leaks:
            yield report(
                survey.relative(module.path / name),
                "",
                _("The learner's version would give an answer away"),
                found=secret if len(secret) <= 60 else f"{secret[:59]}…",
                expected=_("no key, score, feedback, hidden case or solution"),
                hint=_("remove that text from the lesson and from data/"),
            )


def _iter_sentences(module: ModuleDraft) -> Iterator[str]:
    """Yield every text of a module that no learner may read and that is long enough not to occur by chance."""
    for question in module.questions:
        yield from iter_block_secrets(spec.resolved(question))
    for check in module.checks:
        shown = {case.call for case in check.cases[: check.visible]}
        hidden = {case.call for case in check.cases[check.visible :]} - shown
        yield from (call for call in sorted(hidden) if len(call) >= MIN_CALL)
    # A sample's solution repeats what the cell gives, and notes about the lesson (design.md) quote it.
    solutions = [c.source for n in module.notebooks for c in n.cells if c.role is CellRole.SOLUTION]
    given = {line.strip() for source in solutions for line in clear_solution(source).splitlines()}
    for path in iter_entries(module.path / ".author"):
        if path.suffix in (".yaml", ".yml", ".json", ".csv", ".txt"):
            lines = {line.strip() for line in _read_private(path).splitlines()} - given
            yield from sorted(line for line in lines if len(line) >= MIN_LINE)


def _iter_solutions(module: ModuleDraft) -> Iterator[list[str]]:
    """Yield the lines of every solution and of every function of a reference solution."""
    for notebook in module.notebooks:
        for cell in notebook.cells:
            if cell.role is CellRole.SOLUTION:
                yield _list_code(list_solution_lines(cell.source))
    for path in iter_entries(module.path / ".author"):
        if path.suffix == ".py":
            text = _read_private(path)
            lines = text.splitlines()
            for first, last in _list_functions(text):
                yield _list_code(lines[first:last])


def _list_code(lines: list[str]) -> list[str]:
    stripped = [line.strip() for line in lines]
    return [line for line in stripped if len(line) >= MIN_CODE_LINE and not line.startswith(("#", '"'))]


def _list_functions(source: str) -> list[tuple[int, int]]:
    """Return, as slices of the file's lines, where the functions have their statements (docstrings left out)."""
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError, RecursionError):
        return []
    found = []
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef):
            body = node.body[1:] if ast.get_docstring(node) is not None else node.body
            found += [(body[0].lineno - 1, node.end_lineno or 0)] if body else []
    return found


def _find_copied(solution: list[str], files: dict[str, bytes]) -> list[tuple[str, str]]:
    """Return where a whole solution stands; a lesson may teach single lines of it."""
    found = [{name for name, _line in find_leaks([line], files)} for line in solution]
    names = set.intersection(*found) if found else set()
    return [(name, max(solution, key=len)) for name in sorted(names)]


def _read_private(path: Path) -> str:
    try:
        return "" if path.is_symlink() else path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        return ""


RELEASE_RULES: tuple[Rule, ...] = (
    Rule(
        "release-files",
        check_release_files,
        gettext_("Every notebook ships, and so do exactly those data files that the lesson uses."),
    ),
    Rule(
        "release-secrets",
        check_release_secrets,
        gettext_("No key, feedback, hidden case or solution stands in any byte that ships."),
    ),
)
# Everything that ``hocvuso check`` runs.
ALL_RULES: tuple[Rule, ...] = (*RULES, *RELEASE_RULES)
