"""What reading the curriculum gives: frozen records, nothing that opens a file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import Any

from autograder.questions.check_spec import Check
from autograder.questions.model import BaseQuestion


class CellRole(StrEnum):
    """What a cell is there for."""

    TEXT = "text"  # Markdown
    SETUP = "setup"  # loads the lesson's extension
    SUBMIT = "submit"  # shows the panel for handing in
    QUESTION = "question"  # %%question
    CHECK = "check"  # %%check
    SOLUTION = "solution"  # the learner's own code, python.ipynb only
    OTHER = "other"  # what a lesson must not hold


@dataclass(frozen=True, slots=True)
class CellSource:
    """One cell of a source notebook."""

    # counted from 1, as an author counts on the page
    number: int
    role: CellRole
    # nbformat's word: code, markdown or raw
    type: str
    source: str
    # nbgrader's grade_id; "" where the cell has none
    grade_id: str
    metadata: Mapping[str, Any]
    has_outputs: bool

    @property
    def grader_metadata(self) -> Mapping[str, Any]:
        """Return the cell's nbgrader metadata, empty where there is none.

        Raises
        ------
        nothing
        """
        found = self.metadata.get("nbgrader")
        return found if isinstance(found, dict) else {}


@dataclass(frozen=True, slots=True)
class NotebookSource:
    """One notebook of a module."""

    # file name without .ipynb
    name: str
    path: Path
    # its points decide whether the module is passed
    required: bool
    cells: tuple[CellSource, ...]
    # in the order of the cells; items and keys are resolved
    questions: tuple[BaseQuestion, ...]
    checks: tuple[Check, ...]

    @property
    def points(self) -> float:
        """Return the sum of the points of all questions and checks.

        Raises
        ------
        nothing
        """
        return round(sum(q.points for q in self.questions) + sum(c.points for c in self.checks), 2)


@dataclass(frozen=True, slots=True)
class Sample:
    """A made-up learner: what they answered, and the points that the author expects."""

    name: str
    # one sentence: what this learner did
    says: str
    # the draw under which ``expect`` is stated
    variant: str
    # question id → answer over the whole pool
    answers: Mapping[str, Any]
    # grade_id of a solution cell → its source
    solutions: Mapping[str, str]
    # question or check id → points; an id that is absent stands for 0
    expect: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class ModuleSource:
    """One module (chuyên đề) as its authors wrote it."""

    path: Path
    slug: str
    uuid: str
    # for people, such as M04
    code: str
    # wip, beta, active or deprecated
    status: str
    minutes: int
    # share of the points of the required notebooks, 0..1
    pass_mark: float
    reviewed: date
    # slugs
    prerequisites: tuple[str, ...]
    work_domains: tuple[str, ...]
    qualities: tuple[str, ...]
    # language → text
    title: Mapping[str, str]
    # language → sentences
    objectives: Mapping[str, tuple[str, ...]]
    # framework → codes
    competences: Mapping[str, tuple[str, ...]]
    notebooks: tuple[NotebookSource, ...]
    # paths below the module's folder that ship beside the notebooks, sorted, all in data/
    data: tuple[str, ...]
    samples: tuple[Sample, ...]

    def find_notebook(self, name: str) -> NotebookSource | None:
        """Return the notebook of that name, or None.

        Raises
        ------
        nothing
        """
        return next((notebook for notebook in self.notebooks if notebook.name == name), None)

    @property
    def max_points(self) -> float:
        """Return the points that the required notebooks add up to.

        Raises
        ------
        nothing
        """
        return round(sum(notebook.points for notebook in self.notebooks if notebook.required), 2)


@dataclass(frozen=True, slots=True)
class Framework:
    """A competence framework and the codes of it that modules may name."""

    slug: str
    name: str
    version: str
    codes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class LearningPath:
    """Modules in the order in which one group of people takes them."""

    slug: str
    title: Mapping[str, str]
    modules: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class LegalFact:
    """One document of law that lessons may cite."""

    # as the document writes it, such as 91/2025/QH15
    number: str
    title: Mapping[str, str]
    # the day that the document bears
    issued_on: date | None
    in_force_from: date
    # the number of the document that replaced it; "" while it stands
    replaced_by: str
    # where the statement was read
    source: str
    reviewed_on: date
    statements: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Curriculum:
    """The whole of ``curriculum/``."""

    path: Path
    title: Mapping[str, str]
    languages: tuple[str, ...]
    # in the order of curriculum.toml
    modules: tuple[ModuleSource, ...]
    paths: tuple[LearningPath, ...] = ()
    frameworks: tuple[Framework, ...] = ()
    facts: tuple[LegalFact, ...] = field(default=())

    def find_module(self, slug: str) -> ModuleSource | None:
        """Return the module of that slug, or None.

        Raises
        ------
        nothing
        """
        return next((module for module in self.modules if module.slug == slug), None)
