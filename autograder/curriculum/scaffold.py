"""New modules, new questions, new samples: what lecturers would otherwise write by hand, written for them.

Every file is written beside its place and then moved there, so that a break-down leaves the old one whole.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import tomllib
import unicodedata
import uuid
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

from autograder.curriculum.files import read_text
from autograder.curriculum.notebooks import (
    QUESTION_MAGIC,
    SETUP_SOURCE,
    SUBMIT_SOURCE,
    read_cells,
    read_document,
    strip_magic,
)
from autograder.curriculum.question_forms import QuestionForm, Row, WrongAnswer, make_block
from autograder.curriculum.reader import list_module_slugs, make_loader
from autograder.curriculum.samples import FULL_SAMPLE, SAMPLES_FOLDER, UNTOUCHED_SAMPLE, SampleTable, read_sample
from autograder.curriculum.source import CellRole
from autograder.curriculum.tables import (
    NOTEBOOKS,
    QUALITIES,
    STATUSES,
    WORK_DOMAINS,
    CurriculumTable,
    ModuleTable,
    find_table_problems,
    read_table,
)
from autograder.errors import ContentError
from autograder.locale import _
from autograder.questions.model import BaseQuestion
from autograder.questions.spec import parse_question
from autograder.questions.yaml_text import dump_block

__all__ = [
    "FIRST_VARIANT",
    "START_PAGE",
    "QuestionForm",
    "Row",
    "WrongAnswer",
    "add_questions",
    "create_module",
    "make_block",
    "make_question_metadata",
    "place_start_page",
    "read_competences",
    "suggest_slug",
    "write_sample",
]

# The draw under which the samples of a new module state their points.
FIRST_VARIANT = "mau-1"
PASS_MARK = 0.7
# Beside curriculum.toml: the page on which lecturers make modules, check, look and release.
START_PAGE = "soan-bai.ipynb"


def create_module(
    root: Path,
    slug: str,
    *,
    code: str,
    title: Mapping[str, str],
    minutes: int,
    today: date,
    objectives: Mapping[str, Sequence[str]],
    competences: Mapping[str, Sequence[str]],
    work_domains: Sequence[str] = WORK_DOMAINS[1:2],
    qualities: Sequence[str] = QUALITIES[:1],
) -> Path:
    """Make the folder of a new module and list it in curriculum.toml.

    Parameters
    ----------
    root : Path
        ``curriculum/``.
    slug : str
        The folder's name.
    code : str
        For people, such as M15.
    title : mapping
        Language → text; ``vi`` and ``en``.
    minutes : int
        How long the module takes.
    today : date
        The day of the first review.
    objectives : mapping
        Language → sentences, at least one each in ``vi`` and ``en``.
    competences : mapping
        Framework of curriculum.toml → its codes.
    work_domains, qualities : sequence of str
        As in module.toml.

    Returns
    -------
    Path
        ``curriculum/source/<slug>``, with status "wip", a lesson that has no question yet, and the two samples that
        every module has.

    Raises
    ------
    ContentError
        ``module-exists``, ``code-exists``, ``toml-value`` (something given is not as it should be; nothing was
        written), or one of curriculum.toml's own.
    """
    table = read_table(root / "curriculum.toml", CurriculumTable)
    folder = root / "source" / slug
    if slug in table.modules or slug in list_module_slugs(root) or folder.exists():
        raise ContentError(
            "module-exists",
            _("There is already a module {slug}").format(slug=slug),
            where=folder.as_posix(),
            found=slug,
            expected=_("a name that no module has"),
            hint=_("choose another name, or open that module"),
        )
    if code in (owners := _read_codes(root)):
        raise ContentError(
            "code-exists",
            _("The code {code} is already that of {module}").format(code=code, module=owners[code]),
            where="module.toml",
            found=code,
            expected=_("a code that no module has"),
            hint=_("taken are: {codes}").format(codes=", ".join(sorted(owners))),
        )
    facts = {
        "uuid": str(uuid.uuid4()),
        "code": code,
        "status": STATUSES[0],
        "minutes": minutes,
        "pass_mark": PASS_MARK,
        "reviewed": today,
        "prerequisites": [],
        "work_domains": list(work_domains),
        "qualities": list(qualities),
        "title": _normalise(title),
        "objectives": {language: [_nfc(text) for text in texts] for language, texts in objectives.items()},
        "competences": {framework: list(codes) for framework, codes in competences.items()},
    }
    listed = _list_module(root / "curriculum.toml", slug)
    building = root / "source" / f".{slug}.new"
    shutil.rmtree(building, ignore_errors=True)
    try:
        _write_module(building, facts)
        _refuse_bad_facts(building / "module.toml", slug, title, objectives)
        building.rename(folder)
    except BaseException:
        shutil.rmtree(building, ignore_errors=True)
        raise
    try:
        _replace(root / "curriculum.toml", listed)
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise
    return folder


def read_competences(texts: Iterable[str]) -> dict[str, list[str]]:
    """Return competences written ``framework:code`` as module.toml holds them.

    Raises
    ------
    ContentError
        ``competence-form``: one is written otherwise.
    """
    found: dict[str, list[str]] = {}
    for text in texts:
        framework, _separator, code = text.partition(":")
        if not framework or not code:
            raise ContentError(
                "competence-form",
                _("A competence is not written as it should be"),
                found=text,
                expected="digcomp:4.1",
                hint=_("write the framework of curriculum.toml, a colon, and its code"),
            )
        codes = found.setdefault(framework, [])
        if code not in codes:
            codes.append(code)
    return found


def place_start_page(root: Path) -> Path:
    """Write the page on which lecturers begin, where a curriculum has none.

    Parameters
    ----------
    root : Path
        ``curriculum/``.

    Returns
    -------
    Path

    Raises
    ------
    OSError
        The folder cannot be written.
    """
    page = root / START_PAGE
    if not page.exists():
        hidden = {"jupyter": {"source_hidden": True}}
        _replace(page, _write_notebook([_make_code_cell("soan-bai", f"{SETUP_SOURCE}\n%author", hidden)]))
    return page


def _read_codes(root: Path) -> dict[str, str]:
    """Return code → slug of the modules whose code can be read."""
    found: dict[str, str] = {}
    for slug in list_module_slugs(root):
        try:
            code = tomllib.loads(read_text(root / "source" / slug / "module.toml")).get("code")
        except (ContentError, ValueError, RecursionError):
            continue
        if isinstance(code, str):
            found.setdefault(code, slug)
    return found


def _refuse_bad_facts(path: Path, slug: str, title: Mapping[str, str], objectives: Mapping[str, Sequence[str]]) -> None:
    problems = find_table_problems(path, ModuleTable)
    if not re.fullmatch(r"[a-z][a-z0-9]*(-[a-z0-9]+)*", slug) or len(slug) > 64:
        problems.insert(
            0,
            ContentError(
                "module-slug",
                _("The folder's name is the module's address and cannot be one"),
                found=slug,
                expected=_("small letters a–z and digits, words joined by -, a letter first"),
                hint=_("rename the folder, such as an-toan-tai-khoan"),
            ),
        )
    for name, given in (("title", title), ("objectives", objectives)):
        for language in ("vi", "en"):
            if not given.get(language):
                problems.append(
                    ContentError(
                        "toml-value",
                        _("{key} is missing").format(key=f"{name}.{language}"),
                        found=_("nothing"),
                        expected=_("at least one value"),
                        hint=_("write vi: … and en: …"),
                    )
                )
    for problem in problems:
        problem.where = "module.toml"
        raise problem


def _write_module(folder: Path, facts: Mapping[str, Any]) -> None:
    samples = folder / SAMPLES_FOLDER
    samples.mkdir(parents=True)
    (folder / "module.toml").write_text(_write_facts(facts), encoding="utf-8")
    (folder / "lesson.ipynb").write_text(_write_notebook(_list_first_cells(facts)), encoding="utf-8")
    (folder / ".author" / "design.md").write_text(_write_design(facts), encoding="utf-8")
    says = {
        FULL_SAMPLE: _("Answers everything rightly."),
        UNTOUCHED_SAMPLE: _("Opens the lesson and hands it in at once, without an answer."),
    }
    for name, sentence in says.items():
        content = {"says": sentence, "variant": FIRST_VARIANT, "answers": {}, "expect": {}}
        (samples / f"{name}.yaml").write_text(dump_block(content), encoding="utf-8")


def _list_first_cells(facts: Mapping[str, Any]) -> list[dict[str, Any]]:
    title, aims = facts["title"].get("vi", ""), facts["objectives"].get("vi", ())
    text = f"# {title}\n\n" + "\n".join(f"- {aim}" for aim in aims)
    return [
        _make_code_cell("mo-dau", SETUP_SOURCE, {"tags": ["setup"]}),
        {"cell_type": "markdown", "id": "muc-tieu", "metadata": {}, "source": text},
        _make_code_cell("nop-bai", SUBMIT_SOURCE, {"tags": ["submit"]}),
    ]


def _write_design(facts: Mapping[str, Any]) -> str:
    aims = "\n".join(f"- {aim}" for aim in facts["objectives"].get("vi", ()))
    heads = [_("Things to teach"), _("Things not to teach"), _("Prerequisites")]
    parts = [f"# {facts['code']} {facts['title'].get('vi', '')}", f"## {_('Goal')}", aims]
    return "\n\n".join([*parts, *(f"## {head}" for head in heads)]) + "\n"


def _write_facts(facts: Mapping[str, Any]) -> str:
    lines = [f"{name} = {_write_value(value)}" for name, value in facts.items() if not isinstance(value, dict)]
    for name in ("title", "objectives", "competences"):
        lines += ["", f"[{name}]"]
        lines += [f"{_write_key(key)} = {_write_value(value)}" for key, value in facts[name].items()]
    return "\n".join([*lines, "", "[notebooks]", "lesson = {required = true}", ""])


def _write_key(key: str) -> str:
    return key if re.fullmatch(r"[A-Za-z0-9_-]+", key) else _write_value(key)


def _write_value(value: Any) -> str:
    if isinstance(value, list):
        inner = [_write_value(part) for part in value]
        short = ", ".join(inner)
        return f"[{short}]" if len(short) <= 80 else "[\n" + "".join(f"  {part},\n" for part in inner) + "]"
    if isinstance(value, str):
        # A JSON string is a TOML string, but for one control character.
        return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
    return value.isoformat() if isinstance(value, date) else json.dumps(value)


def _list_module(path: Path, slug: str) -> str:
    """Return curriculum.toml with a module more, everything else, comments too, as it stands."""
    text = read_text(path)
    before = tomllib.loads(text)
    wanted = before | {"modules": [*before["modules"], slug]}
    start = re.search(r"^modules[ \t]*=[ \t]*\[", text, re.MULTILINE)
    end = None if start is None else _find_bracket(text, start.end())
    if start is not None and end is not None:
        inner = text[start.end() : end]
        after = text[: start.end()] + _append_value(inner, _write_value(slug)) + text[end:]
        try:
            if tomllib.loads(after) == wanted:
                return after
        except ValueError:
            pass
    raise ContentError(
        "curriculum-list",
        _("The module cannot be added to the list in curriculum.toml"),
        where=f"{path.as_posix()}, modules",
        found=_("a list that is written in an unusual way"),
        expected='modules = ["…", "…"]',
        hint=_("write the list with one name a line, then try again"),
    )


def _find_bracket(text: str, position: int) -> int | None:
    """Return where the list that began before ``position`` ends."""
    token = re.compile(r"\"(?:[^\"\\\n]|\\.)*\"|'[^'\n]*'|#[^\n]*|\]")
    for match in token.finditer(text, position):
        if match[0] == "]":
            return match.start()
    return None


def _append_value(inner: str, value: str) -> str:
    body = inner.rstrip()
    if "\n" not in inner:
        return f"{body}{'' if not body else ' ' if body.endswith(',') else ', '}{value}"
    last = body.rpartition("\n")[2]
    indent = re.match(r"[ \t]*", last)[0] if body else "    "  # type: ignore[index]
    code = re.sub(r"#[^\n]*", "", body).rstrip()
    if body and not code.endswith(","):
        # The comma goes behind the last value, which may have a comment behind it.
        at = len(re.sub(r"\s*#[^\n]*\Z", "", body))
        body = f"{body[:at]},{body[at:]}"
    return f"{body}\n{indent}{value},\n"


def add_questions(module: Path, blocks: Sequence[str]) -> list[str]:
    """Append questions to a module's lesson, before the cell that hands in.

    Parameters
    ----------
    module : Path
        ``curriculum/source/<slug>``.
    blocks : sequence of str
        YAML of ``%%question`` cells, with or without the magic's own line.

    Returns
    -------
    list of str
        The questions' ids.

    Raises
    ------
    ContentError
        A block cannot be read, or ``id-repeated``: an id belongs to another cell already.  The lesson is then as it
        was.
    """
    path = module / "lesson.ipynb"
    document = read_document(path)
    taken = _read_ids(module)
    names = {str(cell.get("id")) for cell in document["cells"]}
    added: list[str] = []
    cells: list[dict[str, Any]] = []
    for number, block in enumerate(blocks, start=1):
        text = strip_magic(block) if block.lstrip().startswith(QUESTION_MAGIC) else block
        where = _("question {n}").format(n=number)
        question = parse_question(text, where=where, load=make_loader(module))
        if question.id in taken:
            raise ContentError(
                "id-repeated",
                _("The id {id} is already used in this module").format(id=question.id),
                where=where,
                found=question.id,
                expected=_("an id of its own in the whole module"),
                hint=_("choose another id"),
            )
        taken.add(question.id)
        added.append(question.id)
        name = next(name for name in _iter_names(f"cau-{question.id}"[:60]) if name not in names)
        names.add(name)
        source = f"{QUESTION_MAGIC}\n{text.strip()}"
        cells.append(_make_code_cell(name, source, {"nbgrader": make_question_metadata(question)}))
    roles = [cell.role for cell in read_cells(document)]
    at = len(roles) - roles[::-1].index(CellRole.SUBMIT) - 1 if CellRole.SUBMIT in roles else len(roles)
    document["cells"][at:at] = cells
    if cells:
        _replace(path, _write_document(document))
    return added


def make_question_metadata(question: BaseQuestion) -> dict[str, Any]:
    """Return what nbgrader has to know of a question's cell.

    Raises
    ------
    nothing
    """
    points = question.points
    return {
        "cell_type": "code",
        "grade": True,
        "grade_id": question.id,
        "locked": True,
        "points": int(points) if float(points).is_integer() else points,
        "schema_version": 3,
        "solution": False,
        "task": False,
    }


def _read_ids(module: Path) -> set[str]:
    """Return every id of the module's notebooks, those of blocks that cannot be read included."""
    found: set[str] = set()
    for name in NOTEBOOKS:
        path = module / f"{name}.ipynb"
        if path.exists():
            for cell in read_cells(read_document(path)):
                line = re.search(r"^id:[ \t]*([a-z0-9-]+)", cell.source, re.MULTILINE)
                block_id = line[1] if line and cell.role in (CellRole.QUESTION, CellRole.CHECK) else ""
                found |= {cell.grade_id, block_id} - {""}
    return found


def _iter_names(stem: str) -> Iterator[str]:
    yield stem
    for number in range(2, 10_000):
        yield f"{stem}-{number}"


def _make_code_cell(name: str, source: str, metadata: dict[str, Any]) -> dict[str, Any]:
    return {
        "cell_type": "code",
        "execution_count": None,
        "id": name,
        "metadata": metadata,
        "outputs": [],
        "source": source,
    }


def _write_notebook(cells: list[dict[str, Any]]) -> str:
    kernel = {"display_name": "Python 3", "language": "python", "name": "python3"}
    metadata = {"kernelspec": kernel, "language_info": {"name": "python"}}
    return _write_document({"cells": cells, "metadata": metadata, "nbformat": 4, "nbformat_minor": 5})


def _write_document(document: Mapping[str, Any]) -> str:
    """Return a notebook as Jupyter itself writes it, so that saving it there changes nothing."""
    cells = [cell | {"source": cell["source"].splitlines(keepends=True)} for cell in document["cells"]]
    content = {**document, "cells": cells}
    return json.dumps(content, ensure_ascii=False, indent=1, sort_keys=True) + "\n"


def write_sample(
    module: Path,
    name: str,
    *,
    says: str,
    answers: Mapping[str, Any],
    expect: Mapping[str, float],
    variant: str = FIRST_VARIANT,
) -> Path:
    """Write a sample of a module, or add questions to the one that is there.

    Parameters
    ----------
    module : Path
        ``curriculum/source/<slug>``.
    name : str
        ``day-du``, ``bo-trong``, or a misconception's code in small letters.
    says : str
        One sentence: what this learner did.  "" keeps the one that is there.
    answers : mapping
        Question id → answer over the whole pool.
    expect : mapping
        Question id → points, worked out by the author.
    variant : str
        The draw under which ``expect`` is stated.

    Returns
    -------
    Path
        The file.  Entries of other questions stay; the sample's comments at its head stay too.

    Raises
    ------
    ContentError
        ``sample-variant``: the sample states its other points under another draw; ``sample-form``: something given
        is not as it should be.  The file is then as it was.
    """
    path = module / SAMPLES_FOLDER / f"{name}.yaml"
    content: dict[str, Any] = {"says": says.strip(), "variant": variant, "answers": {}, "expect": {}}
    head = ""
    if path.exists():
        old = read_sample(path)
        others = {question for question in old.expect if question not in expect}
        if others and old.variant != variant:
            raise ContentError(
                "sample-variant",
                _("The sample states its points under another draw"),
                where=path.as_posix(),
                found=variant,
                expected=old.variant,
                hint=_("work the points out for the draw that the sample names"),
            )
        content["says"] = content["says"] or old.says
        content |= {"answers": dict(old.answers), "expect": dict(old.expect)}
        if old.solutions:
            content["solutions"] = dict(old.solutions)
        head = re.match(r"(?:[ \t]*#[^\n]*\n|[ \t]*\n)*", read_text(path))[0]  # type: ignore[index]
    content["answers"] |= dict(answers)
    content["expect"] |= {question: float(points) for question, points in expect.items()}
    _refuse_bad_sample(path, name, content)
    path.parent.mkdir(parents=True, exist_ok=True)
    _replace(path, head + dump_block(content))
    return path


def _refuse_bad_sample(path: Path, name: str, content: Mapping[str, Any]) -> None:
    if not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", name) or len(name) > 64:
        found, key = name, "name"
    elif not content["says"]:
        found, key = "–", "says"
    elif bad := [f"{q}: {points}" for q, points in content["expect"].items() if not 0 <= points <= 1000]:
        found, key = bad[0], "expect"
    else:
        SampleTable.model_validate(dict(content))
        return
    expected = {"name": _("small letters a–z and digits, words joined by -"), "says": _("one sentence")}
    raise ContentError(
        "sample-form",
        _("The sample's {key} is not as it should be").format(key=key),
        where=path.as_posix(),
        found=found,
        expected=expected.get(key, _("points from 0 to those of the question")),
        hint=_("correct what was entered"),
    )


def suggest_slug(text: str, *, taken: Iterable[str] = (), limit: int = 40) -> str:
    """Return a name in small unaccented letters made from a text, which nothing in ``taken`` has.

    Parameters
    ----------
    text : str
        A title or a prompt.
    taken : iterable of str
    limit : int
        Characters; words beyond are left out.

    Returns
    -------
    str
        ``bai-1`` and the like where the text has no letter.

    Raises
    ------
    nothing
    """
    plain = unicodedata.normalize("NFD", text.replace("đ", "d").replace("Đ", "D"))
    words = re.findall(r"[a-z0-9]+", "".join(c for c in plain if not unicodedata.combining(c)).lower())
    while words and not words[0][0].isalpha():
        words.pop(0)
    kept: list[str] = []
    for word in words:
        if kept and len("-".join([*kept, word])) > limit:
            break
        kept.append(word[:limit])
    used = set(taken)
    return next(name for name in _iter_names("-".join(kept) or "bai") if name not in used)


def _normalise(texts: Mapping[str, str]) -> dict[str, str]:
    return {language: _nfc(text) for language, text in texts.items()}


def _nfc(text: str) -> str:
    return unicodedata.normalize("NFC", text).strip()


def _replace(path: Path, content: str) -> None:
    temporary = path.with_name(f".{path.name}.{os.getpid()}.new")
    try:
        with temporary.open("w", encoding="utf-8", newline="") as target:
            target.write(content)
            target.flush()
            os.fsync(target.fileno())
        if path.exists():
            shutil.copymode(path, temporary)
        temporary.replace(path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
