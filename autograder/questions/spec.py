"""The ``%%question`` block: from the text of a cell to a typed question, and back.

A block is YAML.  Everything in it is public except ``key``, ``score`` and ``feedback``.  ``items`` and ``pages`` may
name a file of ``data/``, ``key`` one of ``.author/``; whoever calls hands in a ``load`` that reads them.
"""

from __future__ import annotations

import difflib
import functools
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Annotated, Any

from pydantic import Field, TypeAdapter, ValidationError

from autograder.errors import ContentError
from autograder.locale import _
from autograder.questions.kinds import KINDS
from autograder.questions.model import BaseQuestion, Item
from autograder.questions.schema import finish_schema
from autograder.questions.scoring import WHY
from autograder.questions.validation import explain_errors, show_value
from autograder.questions.variants import draw_items
from autograder.questions.yaml_text import Path, YamlDocument, dump_block, parse_yaml, place

__all__ = [
    "WHY",
    "Question",
    "drawn_part",
    "dump_block",
    "find_problems",
    "inspect_question",
    "make_question_schema",
    "parse_question",
    "parse_yaml",
    "public_part",
    "resolved",
]

Question = BaseQuestion
Load = Callable[[str], Any]

MAGIC = "%%question"
# A pool this many times as large as what one variant shows makes trying again a new task (syllabus §3.0).
POOL_FACTOR = 3
# Fields that may name a file instead, and the folder in which it lies.
REFERENCES = {"items": "data/", "pages": "data/", "key": ".author/"}


def parse_question(block: str | dict[str, Any], *, where: str, load: Load | None = None) -> Question:
    """Read one ``%%question`` block.

    Parameters
    ----------
    block : str or dict
        The cell's YAML, with or without the magic's own line; or the same as data.
    where : str
        Notebook and cell, for errors.
    load : callable, optional
        ``load("data/…")`` or ``load(".author/…")`` returns plain data, or a ``YamlDocument`` (``parse_yaml``), whose
        lines then stand in errors.

    Returns
    -------
    Question
        Typed by its kind.  A learner's copy (no ``key``) is read too: see ``has_key``.

    Raises
    ------
    ContentError
        The first thing that is wrong: what, where (with the line), found, expected, what to do.
    """
    reading = _read(block, where, load)
    if reading.question is None:
        raise reading.errors[0]
    return reading.question


def inspect_question(
    block: str | dict[str, Any], *, where: str, load: Load | None = None
) -> tuple[Question | None, list[ContentError]]:
    """Read one block and list everything that is wrong with it.

    Parameters
    ----------
    block, where, load
        As for ``parse_question``.

    Returns
    -------
    question : Question or None
        None where the block cannot be read at all.
    errors : list of ContentError
        All findings, those of ``find_problems`` included, with their lines where the block was written as YAML.

    Raises
    ------
    nothing
    """
    reading = _read(block, where, load)
    if reading.question is None:
        return None, reading.errors
    problems = _list_problems(reading.question)
    return reading.question, [_prefix(problem, reading.find_place(problem)) for problem in problems]


def resolved(question: Question) -> dict[str, Any]:
    """Return a question as self-contained data: items and key in place, with score and feedback.

    Parameters
    ----------
    question : Question

    Returns
    -------
    dict
        JSON-ready; ``parse_question`` reads it back without ``load``.

    Raises
    ------
    nothing
    """
    data = question.model_dump(mode="json", exclude_unset=True, by_alias=True)
    private = {name: data.pop(name) for name in question.PRIVATE_FIELDS if name in data}
    return data | private


def public_part(question: Question) -> dict[str, Any]:
    """Return what the learner's copy may say.

    Parameters
    ----------
    question : Question

    Returns
    -------
    dict
        JSON-ready, without key, score and feedback.  ``items`` and ``pages`` are paths in data/ again, where the source
        had them.

    Raises
    ------
    nothing
    """
    data = resolved(question)
    for name in question.PRIVATE_FIELDS:
        data.pop(name, None)
    references = question.references
    return data | {name: path for name, path in references.items() if name not in question.PRIVATE_FIELDS}


def drawn_part(question: Question, variant: str) -> dict[str, Any]:
    """Return what one attempt's copy says: the public part with the drawn items only, in the order shown.

    Parameters
    ----------
    question : Question
    variant : str
        The variant issued for the attempt.

    Returns
    -------
    dict
        JSON-ready; ``draw_items`` gives the same items in the same order for it under every variant.

    Raises
    ------
    nothing
    """
    data = public_part(question)
    data.pop("draw", None)
    drawn = question.pick_items(draw_items(question, variant))
    data["items"] = [
        item.model_dump(mode="json", exclude_unset=True, by_alias=True, exclude={"stratum"}) for item in drawn
    ]
    return data | {"is_drawn": True}


def find_problems(question: Question, *, where: str = "") -> list[ContentError]:
    """List what is wrong between the parts of a question that can be read.

    Parameters
    ----------
    question : Question
    where : str
        Notebook and cell, put before the question's id.

    Returns
    -------
    list of ContentError
        Empty when key, labels, parts, codes, pool and pictures fit together.  A learner's copy has the finding
        ``key-missing``.

    Raises
    ------
    nothing
    """
    head = " › ".join(part for part in (where, question.id) if part)
    return [_prefix(problem, head) for problem in _list_problems(question)]


def _list_problems(question: Question) -> list[ContentError]:
    """Return the findings with the place inside the question only."""
    found = list(_find_public_problems(question))
    if question.has_key:
        found += KINDS[question.kind].find_problems(question)
    else:
        found.append(
            ContentError(
                "key-missing",
                _("The question has no key"),
                where="key",
                found=_("no key:"),
                expected=_("key: … or key: .author/….yaml"),
                hint=_("write the right answers below key:"),
            )
        )
    return found


@functools.cache
def make_question_schema() -> dict[str, Any]:
    """Return the JSON Schema of the block, for editors.

    Raises
    ------
    nothing
    """
    models: list[Any] = [kind.model for kind in KINDS.values()]
    union: Any = functools.reduce(lambda a, b: a | b, models)
    return finish_schema(TypeAdapter(Annotated[union, Field(discriminator="kind")]).json_schema(), REFERENCES)


@dataclass(frozen=True)
class _Reading:
    """A block as far as it could be read, with the texts that it was read from."""

    question: Question | None
    errors: list[ContentError]
    document: YamlDocument = field(default_factory=lambda: YamlDocument(None))
    # field → the file that it names
    sources: dict[str, YamlDocument] = field(default_factory=dict)

    def find_place(self, problem: ContentError) -> str:
        """Say where in the block, or in one of its files, a finding about the whole question belongs."""
        assert self.question is not None
        path = self._find_path(problem)
        parts = [place(self.document.where, self.document.line_of(path)), self.question.id]
        source = self.sources.get(str(path[0]))
        if source is not None:
            parts = [self.document.where, place(source.where, source.line_of(path[1:])), self.question.id]
        return " › ".join(part for part in parts if part)

    def _find_path(self, problem: ContentError) -> Path:
        """Return the path of what a finding names: a field, or an item, of which its key or itself is meant."""
        assert self.question is not None
        first, *rest = problem.where.split(".")
        numbers = {item.id: number for number, item in enumerate(self.question.items)}
        key_lines = self.sources["key"].lines if "key" in self.sources else self.document.lines
        has_key = ((first,) if "key" in self.sources else ("key", first)) in key_lines
        is_about_item = problem.code.startswith(("item-", "image-", "table-"))
        if has_key and not (first in numbers and is_about_item):
            return ("key", first, *rest)
        return ("items", numbers[first], *rest) if first in numbers else (first, *rest)


def _read(block: str | dict[str, Any], where: str, load: Load | None) -> _Reading:
    try:
        document = _read_block(block, where)
        data = document.data
        sources: dict[str, YamlDocument] = {}
        names: dict[str, str] = {}
        data = dict(data)
        for name, folder in REFERENCES.items():
            if isinstance(data.get(name), str):
                names[name] = data[name]
                sources[name] = _load_reference(name, folder, data[name], document, load)
                data[name] = sources[name].data
        kind = KINDS[_read_kind(data, document)]
    except ContentError as error:
        return _Reading(None, [error])
    try:
        question = kind.model.model_validate(data)
    except ValidationError as error:
        locate = functools.partial(_locate, document, sources, data.get("id"))
        return _Reading(None, explain_errors(error, data, kind.model, locate))
    question._references = names
    return _Reading(question, [], document, sources)


def _read_block(block: str | dict[str, Any], where: str) -> YamlDocument:
    if isinstance(block, str):
        first_line = 1
        if block.lstrip().startswith(MAGIC):
            head, _separator, block = block.partition("\n")
            first_line = 2 if head.strip() else 1
        document = parse_yaml(block, where=where, first_line=first_line)
    else:
        document = YamlDocument(block, where)
    if not isinstance(document.data, dict):
        raise ContentError(
            "question-empty",
            _("A question is a list of fields (id: …, kind: …, points: …)"),
            where=place(where, document.line_of(())),
            found=show_value(document.data),
            expected="id, kind, points, prompt, items, key",
            hint=_("start from the example in docs/lecturer.md"),
        )
    return document


def _read_kind(data: dict[str, Any], document: YamlDocument) -> str:
    kind = data.get("kind")
    if isinstance(kind, str) and kind in KINDS:
        return kind
    near = difflib.get_close_matches(str(kind), KINDS, n=1)
    raise ContentError(
        "question-kind",
        _("The question has no kind") if kind is None else _("This kind of question does not exist"),
        where=_locate(document, {}, data.get("id"), ("kind",)),
        found=show_value(kind),
        expected=", ".join(KINDS),
        hint=_("write kind: {name}").format(name=near[0] if near else next(iter(KINDS))),
    )


def _load_reference(field: str, folder: str, name: str, document: YamlDocument, load: Load | None) -> YamlDocument:
    where = _locate(document, {}, document.data.get("id"), (field,))
    if not name.startswith(folder) or ".." in name.split("/") or "\\" in name or "\x00" in name:
        raise ContentError(
            "reference-outside",
            _("{field} names a file in the wrong place").format(field=field),
            where=where,
            found=name,
            expected=_("a path that begins with {folder}").format(folder=folder),
            hint=_("move the file to {folder} and write its path").format(folder=folder),
        )
    if load is None:
        raise ContentError(
            "reference-unread",
            _("{field} names a file, and files cannot be read here").format(field=field),
            where=where,
            found=name,
            expected=_("the content itself"),
            hint=_("resolve the question first"),
        )
    try:
        loaded = load(name)
    except ContentError:
        raise
    except (OSError, LookupError, ValueError) as error:
        raise ContentError(
            "reference-missing",
            _("{field} names a file that cannot be read").format(field=field),
            where=where,
            found=name,
            expected=_("an existing YAML file ({reason})").format(reason=type(error).__name__),
            hint=_("correct the path, or add the file"),
        ) from None
    return loaded if isinstance(loaded, YamlDocument) else YamlDocument(loaded, name)


def _locate(document: YamlDocument, sources: dict[str, YamlDocument], identity: Any, path: Path) -> str:
    """Say where a value stands: file, line, question, item, field."""
    source, inner = document, path
    if path and path[0] in sources:
        source, inner = sources[str(path[0])], path[1:]
    parts = [place(source.where or document.where, source.line_of(inner))]
    if isinstance(identity, str):
        parts.append(identity)
    if path:
        parts.append(".".join(str(step) for step in path))
    return " › ".join(part for part in parts if part)


def _prefix(problem: ContentError, head: str) -> ContentError:
    problem.where = f"{head} › {problem.where}" if problem.where else head
    return problem


def _find_public_problems(question: Question) -> Iterator[ContentError]:
    if question.draw is not None and len(question.items) < POOL_FACTOR * question.draw:
        yield ContentError(
            "pool-too-small",
            _("The pool is too small for the draw"),
            where="items",
            found=_("{n} items, draw {draw}").format(n=len(question.items), draw=question.draw),
            expected=_("at least {n} items").format(n=POOL_FACTOR * question.draw),
            hint=_("add items, or draw fewer"),
        )
    for item in question.items:
        yield from _find_item_problems(item)


def _find_item_problems(item: Item) -> Iterator[ContentError]:
    if item.image is not None and not item.alt:
        yield ContentError(
            "image-without-alt",
            _("A picture has no text for those who cannot see it"),
            where=item.id,
            found=item.image,
            expected="alt: …",
            hint=_("say in alt what the picture shows, without giving the answer away"),
        )
    if item.image is not None and not item.image.lower().endswith((".svg", ".png", ".jpg", ".jpeg", ".webp")):
        yield ContentError(
            "image-type",
            _("A picture has a type that browsers do not show everywhere"),
            where=item.id,
            found=item.image,
            expected=".svg, .png, .jpg, .webp",
            hint=_("save the picture in another type"),
        )
    if not (item.title or item.text or item.parts or item.image or item.table or hasattr(item, "states")):
        yield ContentError(
            "item-empty",
            _("An item shows nothing"),
            where=item.id,
            expected="text, title, parts, image, table",
            hint=_("write the item's text"),
        )
    if item.table is not None:
        for number, row in enumerate(item.table.rows, start=1):
            if len(row) != len(item.table.columns):
                yield ContentError(
                    "table-ragged",
                    _("A row of a table has the wrong number of cells"),
                    where=f"{item.id}.table.rows.{number}",
                    found=len(row),
                    expected=len(item.table.columns),
                    hint=_("add or remove cells"),
                )
