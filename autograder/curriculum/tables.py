"""The three TOML files of a curriculum as typed tables: module.toml, curriculum.toml, legal-facts.toml."""

from __future__ import annotations

import tomllib
from datetime import date
from pathlib import Path
from typing import Annotated, Any, Literal, TypeVar

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints, ValidationError, model_validator
from pydantic_core import ErrorDetails, PydanticCustomError

from autograder.curriculum.files import read_text
from autograder.errors import ContentError
from autograder.locale import _

STATUSES = ("wip", "beta", "active", "deprecated")
WORK_DOMAINS = ("dieu-hanh", "tac-nghiep", "dao-tao", "nghien-cuu", "tham-muu")
QUALITIES = ("thanh-thao", "an-toan", "hieu-qua", "van-hoa", "van-minh")
NOTEBOOKS = ("lesson", "python")


def _check_distinct(values: tuple[Any, ...]) -> tuple[Any, ...]:
    repeated = next((value for value in values if values.count(value) > 1), None)
    if repeated is not None:
        raise PydanticCustomError("repeated", "{value} is named twice", {"value": str(repeated)})
    return values


Sentence = Annotated[str, StringConstraints(strict=True, strip_whitespace=True, min_length=1, max_length=2000)]
Slug = Annotated[str, StringConstraints(strict=True, pattern=r"^[a-z][a-z0-9]*(-[a-z0-9]+)*$", max_length=64)]
Uuid = Annotated[
    str,
    StringConstraints(strict=True, pattern=r"^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$"),
]
Slugs = Annotated[tuple[Slug, ...], AfterValidator(_check_distinct)]
Codes = Annotated[tuple[Sentence, ...], Field(min_length=1), AfterValidator(_check_distinct)]
Day = Annotated[date, Field(strict=True)]


class Table(BaseModel):
    """A frozen table that knows all of its keys."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


class Texts(Table):
    """One text in Vietnamese, and in English where it has been translated."""

    vi: Sentence
    en: Sentence | None = None

    def as_dict(self) -> dict[str, str]:
        """Return language → text, only the languages that are there.

        Raises
        ------
        nothing
        """
        return {"vi": self.vi} | ({"en": self.en} if self.en else {})


class Sentences(Table):
    """Several sentences in Vietnamese, and in English where they have been translated."""

    vi: Annotated[tuple[Sentence, ...], Field(min_length=1)]
    en: tuple[Sentence, ...] = ()


class NotebookTable(Table):
    """``[notebooks]`` of module.toml: one entry per notebook."""

    required: Annotated[bool, Field(strict=True)]


class ModuleTable(Table):
    """module.toml."""

    uuid: Uuid
    code: Annotated[str, StringConstraints(strict=True, pattern=r"^[A-Z]{1,4}[0-9]{2,3}$")]
    status: Literal["wip", "beta", "active", "deprecated"]
    minutes: Annotated[int, Field(strict=True, ge=5, le=240)]
    pass_mark: Annotated[float, Field(strict=True, ge=0, le=1)]
    reviewed: Day
    prerequisites: Slugs = ()
    work_domains: Annotated[
        tuple[Literal["dieu-hanh", "tac-nghiep", "dao-tao", "nghien-cuu", "tham-muu"], ...],
        Field(min_length=1),
        AfterValidator(_check_distinct),
    ]
    qualities: Annotated[
        tuple[Literal["thanh-thao", "an-toan", "hieu-qua", "van-hoa", "van-minh"], ...],
        Field(min_length=1),
        AfterValidator(_check_distinct),
    ]
    title: Texts
    objectives: Sentences
    competences: Annotated[dict[Slug, Codes], Field(min_length=1)]
    notebooks: dict[Literal["lesson", "python"], NotebookTable]

    @model_validator(mode="after")
    def _check_lesson(self) -> ModuleTable:
        lesson = self.notebooks.get("lesson")
        if lesson is None or not lesson.required:
            raise PydanticCustomError("lesson_required", "notebooks.lesson is not required")
        return self


class FrameworkTable(Table):
    """``[frameworks.<slug>]`` of curriculum.toml."""

    name: Sentence
    version: Sentence
    codes: Codes
    # every code is to be covered by a module
    complete: Annotated[bool, Field(strict=True)] = False


class PathTable(Table):
    """``[[paths]]`` of curriculum.toml."""

    slug: Slug
    title: Texts
    modules: Annotated[Slugs, Field(min_length=1)]


class CurriculumTable(Table):
    """curriculum.toml."""

    title: Texts
    languages: Annotated[tuple[Literal["vi", "en"], ...], Field(min_length=1), AfterValidator(_check_distinct)]
    modules: Slugs
    paths: tuple[PathTable, ...] = ()
    frameworks: Annotated[dict[Slug, FrameworkTable], Field(min_length=1)]
    # the academy's own: word not to be used → word to use
    terms: dict[Sentence, Sentence] = Field(default_factory=dict)


class FactTable(Table):
    """``[[facts]]`` of legal-facts.toml."""

    number: Sentence
    title: Texts
    # day of issue; left out where no source that may be cited gives it
    date: Day | None = None
    in_force_from: Day
    replaced_by: str = ""
    source: Sentence
    reviewed_on: Day
    statements: tuple[Sentence, ...] = ()


class FactsTable(Table):
    """legal-facts.toml."""

    facts: tuple[FactTable, ...] = ()

    @model_validator(mode="after")
    def _check_numbers(self) -> FactsTable:
        _check_distinct(tuple(fact.number for fact in self.facts))
        return self


AnyTable = TypeVar("AnyTable", bound=Table)


def read_table(path: Path, model: type[AnyTable]) -> AnyTable:
    """Return a TOML file as a typed table.

    Parameters
    ----------
    path : Path
    model : type of Table

    Returns
    -------
    Table

    Raises
    ------
    ContentError
        ``toml-syntax``, ``toml-value`` or one of ``read_text``'s; the first problem of the file.
    """
    problems = find_table_problems(path, model)
    if problems:
        raise problems[0]
    return model.model_validate(_load_toml(path))


def find_table_problems(path: Path, model: type[Table]) -> list[ContentError]:
    """Return everything that is wrong with a TOML file, in the order of its keys.

    Raises
    ------
    nothing
    """
    try:
        model.model_validate(_load_toml(path))
    except ContentError as error:
        return [error]
    except ValidationError as error:
        return [_describe(detail, path) for detail in error.errors(include_url=False)]
    return []


def _load_toml(path: Path) -> dict[str, Any]:
    text = read_text(path)
    try:
        return tomllib.loads(text)
    except (ValueError, RecursionError) as error:
        raise ContentError(
            "toml-syntax",
            _("The file is not valid TOML"),
            where=path.as_posix(),
            found=str(error)[:200],
            expected="TOML",
            hint=_("put text in quotes, write lists as [a, b] and dates as 2026-11-23"),
        ) from None


# What to do, by the last key of the place; the general hint stands where a key is not named.
def _hint(key: str, kind: str) -> str:
    hints = {
        "pass_mark": _("write 0.7 for 70 %"),
        "minutes": _("write whole minutes, such as 50"),
        "uuid": _("make one with python -c 'import uuid; print(uuid.uuid4())' and never change it again"),
        "code": _("write a letter and two digits, such as M04"),
        "reviewed": _("write the day without quotes, such as 2026-11-23"),
        "date": _("write the day without quotes, such as 2026-11-23"),
        "reviewed_on": _("write the day without quotes, such as 2026-11-23"),
        "in_force_from": _("write the day without quotes, such as 2026-11-23"),
        "status": _("use one of the four words; half-done work is wip"),
        "required": _("write true or false without quotes"),
        "complete": _("write true or false without quotes"),
    }
    if kind == "extra_forbidden":
        return _("remove the key or correct its spelling")
    if kind == "lesson_required":
        return _("add lesson = {{required = true}} below [notebooks]").format()
    if kind == "missing":
        return _("add the key; docs/lecturer.md shows a whole file")
    return hints.get(key, _("correct the value; docs/lecturer.md shows a whole file"))


def _describe(detail: ErrorDetails, path: Path) -> ContentError:
    # "[key]" marks a mapping's key in pydantic's path, which says nothing to an author.
    place = [part for part in detail["loc"] if part != "[key]"]
    names = ".".join(str(part) for part in place) or path.name
    last = next((str(part) for part in reversed(place) if isinstance(part, str)), "")
    kind = detail["type"]
    found: Any = detail["input"]
    if kind == "missing":
        message, found = _("{key} is missing").format(key=names), _("nothing")
    elif kind == "extra_forbidden":
        message = _("{key} is not a key of {file}").format(key=names, file=path.name)
    elif kind == "lesson_required":
        message, found = _("The lesson is not a required notebook"), _("no required lesson")
    elif kind == "repeated":
        message = _("{key} names {value} twice").format(key=names, value=detail["ctx"]["value"])
    else:
        message = _("{key} is {value}").format(key=names, value=_shorten(found))
    return ContentError(
        "toml-value",
        message,
        where=path.as_posix(),
        found=_shorten(found),
        expected=_expect(kind, last, detail.get("ctx", {})),
        hint=_hint(last, kind),
    )


def _shorten(value: Any) -> str:
    try:
        text = str(value)
    except (ValueError, RecursionError):
        # An integer of thousands of digits has no decimal text in Python.
        text = "…"
    return text if len(text) <= 80 else text[:79] + "…"


def _expect(kind: str, key: str, context: dict[str, Any]) -> str:
    ranges = {
        "pass_mark": _("{low} to {high}").format(low=0, high=1),
        "minutes": _("{low} to {high}").format(low=5, high=240),
    }
    if key in ranges and kind not in ("missing", "extra_forbidden"):
        return ranges[key]
    if kind == "literal_error":
        return str(context.get("expected", "")).replace(" or ", ", ").replace("'", "")
    if kind == "string_pattern_mismatch":
        return _("text of the form {pattern}").format(pattern=context.get("pattern"))
    expected = {
        "missing": _("the key with its value"),
        "extra_forbidden": _("only known keys"),
        "lesson_required": "notebooks.lesson.required = true",
        "repeated": _("each value once"),
        "string_type": _("text in quotes"),
        "int_type": _("a whole number"),
        "float_type": _("a number"),
        "bool_type": _("true or false"),
        "date_type": _("a day such as 2026-11-23"),
        "tuple_type": _("a list"),
        "dict_type": _("a table of keys"),
        "model_type": _("a table of keys"),
        "too_short": _("at least one value"),
        "string_too_short": _("some text"),
        "string_too_long": _("a shorter text"),
    }
    return expected.get(kind, kind.replace("_", " "))
