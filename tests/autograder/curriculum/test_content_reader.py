"""Reading a module and a curriculum: what comes out, and what is refused with which words."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from autograder.curriculum.checks import check_curriculum, format_finding
from autograder.curriculum.files import resolve_inside
from autograder.curriculum.reader import read_curriculum, read_module, survey_module
from autograder.curriculum.source import CellRole, ModuleSource
from autograder.errors import ContentError
from autograder.locale import set_language

FUZZ = settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)


@pytest.fixture(autouse=True)
def english() -> Any:
    """Read messages in English."""
    set_language("en")
    yield
    set_language(None)


@pytest.fixture
def module(build_course: Callable[..., Path]) -> Path:
    """Return the folder of a copy of mau-thu that a test may spoil."""
    return build_course() / "source" / "mau-thu"


def refuse(folder: Path) -> ContentError:
    """Read a module that must be refused and return the error."""
    with pytest.raises(ContentError) as caught:
        read_module(folder)
    return caught.value


def test_module_record_says_what_module_toml_says(good_course: Path) -> None:
    """Every key of module.toml is in the record, typed."""
    module = read_module(good_course / "source" / "mau-so")
    assert module.slug == "mau-so"
    assert module.uuid == "c2d4a6b8-0e1f-4a3b-8c5d-6e7f80912a02"
    assert (module.code, module.status, module.minutes, module.pass_mark) == ("T02", "active", 20, 0.7)
    assert module.reviewed == date(2026, 11, 1)
    assert module.prerequisites == ("mau-thu",)
    assert (module.work_domains, module.qualities) == (("tac-nghiep",), ("an-toan",))
    assert module.title == {"vi": "Tỷ lệ và cuộc gọi lạ", "en": "Rates and strange calls"}
    assert module.objectives["en"] == ("Compute a rate from counts.",)
    assert module.competences == {"digcomp": ("1.2",)}


def test_notebooks_come_with_cells_questions_and_checks(good_course: Path) -> None:
    """The lesson is required and holds the questions; the Python track holds the check."""
    module = read_module(good_course / "source" / "mau-so")
    lesson, python = module.notebooks
    assert (lesson.name, lesson.required, python.name, python.required) == ("lesson", True, "python", False)
    assert [question.id for question in lesson.questions] == ["ty-le", "goi"]
    assert [check.id for check in python.checks] == ["ty-le-dat"]
    assert [cell.role for cell in python.cells] == [
        CellRole.SETUP, CellRole.TEXT, CellRole.SOLUTION, CellRole.CHECK, CellRole.SUBMIT,
    ]  # fmt: skip
    assert [cell.number for cell in lesson.cells] == [1, 2, 3, 4, 5, 6]


def test_points_of_the_optional_track_do_not_count(good_course: Path) -> None:
    """100 points are those of the required notebooks; the check's 3 come on top."""
    module = read_module(good_course / "source" / "mau-so")
    assert module.max_points == 100
    assert module.notebooks[1].points == 3


def test_items_and_key_named_by_path_are_resolved(good_course: Path) -> None:
    """The question carries the pool of data/ and the key of .author/."""
    question = read_module(good_course / "source" / "mau-thu").notebooks[0].questions[0]
    assert len(question.items) == 9
    assert question.has_key
    assert (question.items_from, question.key_from) == ("data/thu.yaml", ".author/thu.key.yaml")


def test_data_lists_what_ships_and_nothing_else(module: Path) -> None:
    """Hidden files, unknown types, links and the author's folder are not on the list."""
    for name in (".thu.yaml.swp", "bang.xlsx", ".an/x.csv"):
        (module / "data" / name).parent.mkdir(exist_ok=True)
        (module / "data" / name).write_text("x", encoding="utf-8")
    (module / "data" / "khoa.yaml").symlink_to("../.author/thu.key.yaml")
    (module / "data" / "them").mkdir()
    (module / "data" / "them" / "a.csv").write_text("x", encoding="utf-8")
    assert read_module(module).data == ("data/dia-chi.svg", "data/them/a.csv", "data/thu.yaml")


def test_curriculum_keeps_the_order_of_its_list(good_course: Path) -> None:
    """Modules come as curriculum.toml lists them, with paths, frameworks and facts."""
    curriculum = read_curriculum(good_course)
    assert [module.slug for module in curriculum.modules] == ["mau-thu", "mau-so"]
    assert curriculum.languages == ("vi", "en")
    assert curriculum.paths[0].modules == ("mau-thu", "mau-so")
    assert curriculum.frameworks[0].codes == ("1.2", "4.1")
    assert curriculum.facts[0].number == "356/2025/NĐ-CP"
    assert curriculum.find_module("mau-so") is curriculum.modules[1]
    assert curriculum.find_module("khong-co") is None


TABLE_CASES = [
    # key = old, new, words of the message
    ("pass_mark = 0.7", "pass_mark = 1.2", ["pass_mark is 1.2", "expected 0 to 1", "write 0.7 for 70 %"]),
    ("pass_mark = 0.7", 'pass_mark = "0,7"', ["pass_mark is 0,7", "expected 0 to 1"]),
    ("minutes = 20", "minutes = 2.5", ["minutes is 2.5", "5 to 240"]),
    ("minutes = 20", "", ["minutes is missing", "add the key"]),
    ('status = "active"', 'status = "done"', ["status is done", "wip, beta, active, deprecated"]),
    ('code = "T01"', 'code = "t1"', ["code is t1", "M04"]),
    ("reviewed = 2026-11-01", 'reviewed = "01/11/2026"', ["reviewed is 01/11/2026", "2026-11-23"]),
    ("prerequisites = []", 'prerequisites = ["a", "a"]', ["prerequisites names a twice"]),
    ('qualities = ["an-toan"]', "qualities = []", ["qualities", "at least one value"]),
    ("lesson = {required = true}", "lesson = {required = false}", ["lesson is not a required notebook"]),
    ("lesson = {required = true}", "lesson = {required = true}\nbai = {required = true}", ["notebooks.bai"]),
    ('digcomp = ["4.1"]', 'digcomp = ["4.1"]\n[moi]\nx = 1', ["moi is not a key of module.toml"]),
    ('uuid = "5f', 'uuid = 0xffff\ncu = "5f', ["uuid"]),
    ("[title]", "[title", ["not valid TOML"]),
]  # fmt: skip


@pytest.mark.parametrize(("old", "new", "words"), TABLE_CASES, ids=[case[1][:30] or case[0] for case in TABLE_CASES])
def test_wrong_module_toml_is_refused_by_file_key_found_expected_and_remedy(
    module: Path, old: str, new: str, words: list[str]
) -> None:
    """The message carries everything that an author needs."""
    path = module / "module.toml"
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")
    error = refuse(module)
    assert error.code in ("toml-value", "toml-syntax")
    assert [word for word in [*words, "module.toml"] if word not in str(error)] == []
    assert error.hint


def test_all_wrong_keys_of_a_table_are_met_at_once(module: Path) -> None:
    """Two wrong values are two troubles."""
    path = module / "module.toml"
    text = path.read_text(encoding="utf-8").replace("minutes = 20", "minutes = 1").replace('"active"', '"x"')
    path.write_text(text, encoding="utf-8")
    assert [trouble.error.message for trouble in survey_module(module).troubles] == ["status is x", "minutes is 1"]


def edit_cell(module: Path, number: int, change: Callable[[dict[str, Any]], None]) -> None:
    """Change one cell of the lesson."""
    path = module / "lesson.ipynb"
    document = json.loads(path.read_text(encoding="utf-8"))
    change(document["cells"][number - 1])
    path.write_text(json.dumps(document, ensure_ascii=False), encoding="utf-8")


def test_wrong_question_is_refused_by_file_and_cell(module: Path) -> None:
    """A misspelt field is named with notebook, cell number, id and line."""
    edit_cell(module, 5, lambda cell: cell.update(source=cell["source"].replace("prompt:", "promt:")))
    error = refuse(module)
    assert error.where.startswith(f"{module.as_posix()}/lesson.ipynb, cell 5 (buoc), line 5")


@pytest.mark.parametrize(
    "path",
    ["../mau-so/.author/design.md", "/etc/passwd", ".author/../../mau-so/module.toml", "data\\..\\x.yaml", "", "data"],
)
def test_reference_outside_the_module_is_refused(module: Path, path: str) -> None:
    """No path climbs out of the module, and a folder is no file."""
    with pytest.raises(ContentError) as caught:
        resolve_inside(module, path)
    assert caught.value.code == "reference-outside"


@pytest.mark.parametrize("link", ["data/thu.yaml", ".author"])
def test_reference_through_a_link_is_refused(module: Path, link: str, tmp_path: Path) -> None:
    """Neither a linked file nor a linked folder on the way is followed."""
    target = module / link
    moved = tmp_path / "moved"
    target.rename(moved)
    target.symlink_to(moved)
    error = refuse(module)
    assert error.code == "reference-outside"
    assert error.found == "a link"
    assert "lesson.ipynb, cell 3 (thu)" in error.where


def test_missing_reference_is_refused_with_its_path_and_cell(module: Path) -> None:
    """The message names the file and the cell that asks for it."""
    (module / "data" / "thu.yaml").unlink()
    error = refuse(module)
    assert error.code == "reference-missing"
    assert "cell 3 (thu)" in error.where
    assert "data/thu.yaml" in error.where


def test_reference_solution_in_data_is_refused(build_course: Callable[..., Path]) -> None:
    """A reference that would ship to learners is refused."""
    module = build_course() / "source" / "mau-so"
    path = module / "python.ipynb"
    path.write_text(path.read_text("utf-8").replace(".author/reference.py", "data/reference.py"), encoding="utf-8")
    assert refuse(module).code == "reference-outside"


NOT_NOTEBOOKS = [
    (b"", "notebook-syntax"),
    (b'{"cells": [', "notebook-syntax"),
    (b"[]", "notebook-shape"),
    (b'{"cells": {}}', "notebook-shape"),
    (b'{"cells": [3]}', "notebook-shape"),
    (b'{"cells": [{"cell_type": "code", "source": 3}]}', "notebook-shape"),
    (b'{"cells": [{"cell_type": "video", "source": ""}]}', "notebook-shape"),
    (b'{"cells": [{"cell_type": "code", "source": "", "metadata": []}]}', "notebook-shape"),
    (b'{"cells": [{"cell_type": "code", "source": "\\ud800"}]}', "notebook-syntax"),
    (b'{"cells": [], "x": NaN}', "notebook-syntax"),
    (b"[" * 100_000, "notebook-syntax"),
    (b"\xff\xfe", "file-encoding"),
]


@pytest.mark.parametrize(("content", "code"), NOT_NOTEBOOKS, ids=[str(c[:40]) for c, _code in NOT_NOTEBOOKS])
def test_file_that_is_no_notebook_is_refused(module: Path, content: bytes, code: str) -> None:
    """Truncated, empty, misshapen or undecodable: an error of the author, with the file's name."""
    (module / "lesson.ipynb").write_bytes(content)
    error = refuse(module)
    assert error.code == code
    assert "lesson.ipynb" in error.where


def read_or_refuse(folder: Path) -> None:
    """Read a module; only ContentError may stop it."""
    try:
        assert isinstance(read_module(folder), ModuleSource)
    except ContentError as caught:
        error = caught
    else:
        return
    assert error.hint
    assert str(error)


@FUZZ
@given(content=st.binary(max_size=400))
def test_any_bytes_as_module_toml_are_read_or_refused(tmp_path_factory: Any, content: bytes) -> None:
    """Whatever stands in module.toml, nothing but ContentError comes out."""
    folder = tmp_path_factory.mktemp("module")
    (folder / "module.toml").write_bytes(content)
    read_or_refuse(folder)


TOML_VALUES = st.sampled_from(
    ["1", "-1", "1.5", "nan", "inf", '""', '"x"', "[]", "[[]]", "{}", "true", "2026-11-23", "2026-11-23T00:00:00Z",
     "0x" + "f" * 6000, '"\\u0000"', '["a", 1]', "{vi = 1}", "{vi = \"a\", fr = \"b\"}"]
)  # fmt: skip


@FUZZ
@given(data=st.data())
def test_any_value_for_any_key_of_module_toml_is_read_or_refused(
    tmp_path_factory: Any, good_course: Path, data: st.DataObject
) -> None:
    """Each key in turn gets a value of another type."""
    lines = (good_course / "source" / "mau-thu" / "module.toml").read_text("utf-8").splitlines()
    number = data.draw(st.sampled_from([i for i, line in enumerate(lines) if " = " in line]))
    lines[number] = f"{lines[number].partition(' = ')[0]} = {data.draw(TOML_VALUES)}"
    folder = tmp_path_factory.mktemp("module")
    (folder / "module.toml").write_text("\n".join(lines), encoding="utf-8")
    read_or_refuse(folder)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=10), inner, max_size=4),
    max_leaves=12,
)
CELL = st.fixed_dictionaries(
    {},
    optional={
        "cell_type": st.sampled_from(["code", "markdown", "raw"]) | JSON,
        "source": st.sampled_from(["%%question\nid: a", "%%question\n- [", "%%check\n{}", "# x"]) | JSON,
        "metadata": st.fixed_dictionaries({"nbgrader": JSON}) | JSON,
        "outputs": JSON,
    },
)


@FUZZ
@given(content=st.binary(max_size=300) | st.builds(lambda c: json.dumps({"cells": c}).encode(), st.lists(CELL) | JSON))
def test_any_bytes_as_notebook_are_read_or_refused(tmp_path_factory: Any, good_course: Path, content: bytes) -> None:
    """Whatever stands in lesson.ipynb, nothing but ContentError comes out."""
    folder = tmp_path_factory.mktemp("module")
    (folder / "module.toml").write_bytes((good_course / "source" / "mau-thu" / "module.toml").read_bytes())
    (folder / "lesson.ipynb").write_bytes(content)
    read_or_refuse(folder)


DOCUMENT = st.fixed_dictionaries(
    {"cells": st.lists(CELL, max_size=4) | JSON},
    optional={
        "nbformat": st.sampled_from([3, 4, 5]) | JSON,
        "nbformat_minor": st.sampled_from([0, 5, 99]) | JSON,
        "metadata": st.fixed_dictionaries({"kernelspec": JSON}) | JSON,
    },
)


@FUZZ
@given(content=st.binary(max_size=100) | st.builds(lambda document: json.dumps(document).encode(), DOCUMENT))
def test_any_notebook_gives_findings_and_never_stops_the_check(tmp_path_factory: Any, content: bytes) -> None:
    """The check of a whole curriculum survives whatever stands in one lesson."""
    folder = tmp_path_factory.mktemp("course")
    (folder / "source" / "mau").mkdir(parents=True)
    (folder / "source" / "mau" / "lesson.ipynb").write_bytes(content)
    findings = check_curriculum(folder)
    assert findings
    assert all(format_finding(finding) for finding in findings)
