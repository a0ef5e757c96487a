"""The author's sample answers: made-up learners with the points that each must get."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints, ValidationError

from autograder.curriculum.files import MAX_BYTES, read_text, resolve_inside
from autograder.curriculum.source import ModuleSource, Sample
from autograder.errors import ContentError
from autograder.locale import _
from autograder.questions.variants import draw_items
from autograder.questions.yaml_text import YamlDocument, parse_yaml, place

SAMPLES_FOLDER = ".author/samples"
FULL_SAMPLE = "day-du"
UNTOUCHED_SAMPLE = "bo-trong"


def _empty_for_null(value: Any) -> Any:
    return {} if value is None else value


Points = Annotated[float, Field(strict=True, ge=0, le=1000)]
Name = Annotated[str, StringConstraints(strict=True, pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=64)]


class SampleTable(BaseModel):
    """One file of ``.author/samples/``."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    says: Annotated[str, StringConstraints(strict=True, strip_whitespace=True, min_length=1)]
    variant: Annotated[str, StringConstraints(strict=True, min_length=1, max_length=64)]
    answers: Annotated[dict[str, Any], BeforeValidator(_empty_for_null)] = Field(default_factory=dict)
    solutions: Annotated[dict[str, str], BeforeValidator(_empty_for_null)] = Field(default_factory=dict)
    expect: Annotated[dict[str, Points], BeforeValidator(_empty_for_null)] = Field(default_factory=dict)


def find_sample_files(folder: Path) -> tuple[Path, ...]:
    """Return the sample files of a module's folder, sorted by name.

    Raises
    ------
    nothing
    """
    samples = folder / SAMPLES_FOLDER
    return tuple(sorted(samples.glob("*.yaml"))) if samples.is_dir() else ()


def read_sample(path: Path) -> Sample:
    """Read one sample file.

    Parameters
    ----------
    path : Path
        ``.author/samples/<name>.yaml`` of a module.

    Returns
    -------
    Sample

    Raises
    ------
    ContentError
        ``sample-form``, ``sample-file-size``, one of ``parse_yaml``'s, ``read_text``'s or ``resolve_inside``'s.
    """
    inside = resolve_inside(path.parent, path.name)
    document = parse_yaml(read_text(inside), where=path.as_posix())
    if not isinstance(document.data, dict):
        raise _refuse_form(document, (), type(document.data).__name__, _("says, variant, answers, expect"))
    try:
        table = SampleTable.model_validate(document.data)
    except ValidationError as error:
        detail = error.errors(include_url=False)[0]
        raise _refuse_form(
            document, tuple(detail["loc"]), str(detail["input"])[:80], detail["type"].replace("_", " ")
        ) from None
    return Sample(
        name=path.stem,
        says=table.says,
        variant=table.variant,
        answers={question: _load_files(answer, path.parent) for question, answer in table.answers.items()},
        solutions=table.solutions,
        expect=table.expect,
    )


def _load_files(answer: Any, folder: Path) -> Any:
    """Put the content of the files that a sample names (``{item: {file: bang.xlsx}}``) into its answer."""
    if not isinstance(answer, dict):
        return answer
    return {item: _load_file(value, folder) for item, value in answer.items()}


def _load_file(value: Any, folder: Path) -> Any:
    if not (isinstance(value, dict) and set(value) == {"file"} and isinstance(value["file"], str)):
        return value
    path = resolve_inside(folder, value["file"])
    if path.stat().st_size > MAX_BYTES:
        raise ContentError(
            "sample-file-size",
            _("A file of a sample is too large"),
            where=path.as_posix(),
            found=_("{number} bytes").format(number=path.stat().st_size),
            expected=_("at most {n} bytes").format(n=MAX_BYTES),
            hint=_("make it smaller; a sample needs only what the rules ask for"),
        )
    return {"name": path.name, "content": base64.b64encode(path.read_bytes()).decode("ascii")}


def _refuse_form(document: YamlDocument, path: tuple[str | int, ...], found: str, expected: str) -> ContentError:
    key = ".".join(str(part) for part in path)
    return ContentError(
        "sample-form",
        _("The sample's {key} is not as it should be").format(key=key) if key else _("The file is not a sample"),
        where=place(document.where, document.line_of(path)),
        found=found,
        expected=expected,
        hint=_("a sample has says, variant, answers, expect, and solutions for the Python track"),
    )


def read_samples(module: ModuleSource | Path) -> list[Sample]:
    """Return the samples of a module.

    Parameters
    ----------
    module : ModuleSource or Path
        The module, or its folder.

    Returns
    -------
    list of Sample
        Sorted by name.

    Raises
    ------
    ContentError
        The first file that cannot be read.
    """
    if isinstance(module, ModuleSource):
        return list(module.samples)
    return [read_sample(path) for path in find_sample_files(module)]


def materialise(sample: Sample, module: ModuleSource, variant: str | None = None) -> dict[str, Any]:
    """Return the answers of a sample as a learner of one variant would have given them.

    Parameters
    ----------
    sample : Sample
    module : ModuleSource
    variant : str, optional
        The draw; by default the sample's own.

    Returns
    -------
    dict
        Question id → answer, restricted to the items that the variant shows.  Questions that the sample leaves
        out are left out here.

    Raises
    ------
    nothing
    """
    questions = [question for notebook in module.notebooks for question in notebook.questions]
    return materialise_answers(sample, questions, variant or sample.variant)


def materialise_answers(sample: Sample, questions: list[Any], variant: str) -> dict[str, Any]:
    """Return the answers of a sample to the given questions under one variant.

    Raises
    ------
    nothing
    """
    return {
        question.id: restrict_answer(sample.answers[question.id], draw_items(question, variant))
        for question in questions
        if question.id in sample.answers
    }


def restrict_answer(answer: Any, drawn: tuple[str, ...]) -> Any:
    """Return an answer over the whole pool without the items that are not shown.

    Parameters
    ----------
    answer : Any
        A mapping by item, a list of items, or anything else, which stays as it is.
    drawn : tuple of str

    Returns
    -------
    Any

    Raises
    ------
    nothing
    """
    if isinstance(answer, Mapping):
        return {item: value for item, value in answer.items() if item in drawn}
    if isinstance(answer, list):
        return [item for item in answer if item in drawn]
    return answer
