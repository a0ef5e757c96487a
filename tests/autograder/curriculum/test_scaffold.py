"""New modules, questions and samples, as the authoring pages and the commands make them."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import nbformat
import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograder.curriculum.checks import check_curriculum
from autograder.curriculum.reader import read_module
from autograder.curriculum.samples import read_sample
from autograder.curriculum.scaffold import (
    add_questions,
    create_module,
    place_start_page,
    read_competences,
    suggest_slug,
    write_sample,
)
from autograder.curriculum.tidying import tidy_notebook
from autograder.errors import ContentError

FACTS: dict[str, Any] = {
    "code": "T03",
    "title": {"vi": "Kỹ năng “mới”\\", "en": "New skills"},
    "minutes": 30,
    "objectives": {"vi": ["Làm được việc mới."], "en": ["Do new work."]},
    "competences": {"digcomp": ["4.1"]},
}
BLOCK = """id: {id}
kind: number
points: 12.5
prompt: {{vi: Tỷ lệ là bao nhiêu?, en: What is the rate?}}
items: [{{id: t01, text: Tỷ lệ}}]
key: {{t01: {{value: 5, why: Vì thế.}}}}
score: {{by: tolerance}}
"""


@pytest.fixture
def course(build_course: Callable[..., Path]) -> Path:
    """A copy of the good course."""
    return build_course()


def make(course: Path, today: date, slug: str = "moi", **changes: Any) -> Path:
    """Make a module, with some facts changed."""
    return create_module(course, slug, today=today, **(FACTS | changes))


def test_a_new_module_lacks_only_its_points(course: Path, today: date) -> None:
    """Right after it is made, the check asks for questions and for nothing else."""
    make(course, today)
    assert [(f.code, f.path) for f in check_curriculum(course, today=today)] == [
        ("question-points", "source/moi/lesson.ipynb")
    ]


def test_a_new_module_says_what_was_given(course: Path, today: date) -> None:
    """Quotes and backslashes survive the TOML; status, pass mark and review day are set."""
    module = read_module(make(course, today))
    assert module.title == FACTS["title"]
    assert (module.code, module.status, module.minutes, module.pass_mark) == ("T03", "wip", 30, 0.7)
    assert module.reviewed == today
    assert {sample.name for sample in module.samples} == {"bo-trong", "day-du"}
    assert "## " in (module.path / ".author" / "design.md").read_text()


def test_curriculum_toml_keeps_its_comments(course: Path, today: date) -> None:
    """Only the list gets one more name; every other byte stays."""
    path = course / "curriculum.toml"
    text = "# đầu\n" + path.read_text().replace(
        'modules = ["mau-thu", "mau-so"]\n', 'modules = [\n  "mau-thu", # một ]\n  "mau-so"  # hai\n]\n', 1
    )
    path.write_text(text)
    make(course, today)
    after = path.read_text()
    assert tomllib.loads(after)["modules"] == ["mau-thu", "mau-so", "moi"]
    assert after.replace('  "moi",\n', "").replace('"mau-so",  # hai', '"mau-so"  # hai') == text


@pytest.mark.parametrize("given_list", ["[]", '["mau-thu", "mau-so"]', '["mau-thu", "mau-so",]', "[\n]"])
def test_any_way_of_writing_the_list_gets_the_name(course: Path, today: date, given_list: str) -> None:
    """Empty, on one line, with a comma at the end, empty over two lines."""
    path = course / "curriculum.toml"
    path.write_text(path.read_text().replace('["mau-thu", "mau-so"]', given_list, 1))
    make(course, today)
    assert tomllib.loads(path.read_text())["modules"][-1] == "moi"


@pytest.mark.parametrize(
    ("slug", "changes", "code"),
    [
        ("mau-thu", {}, "module-exists"),
        ("moi", {"code": "T01"}, "code-exists"),
        ("Mới", {}, "module-slug"),
        ("moi", {"code": "thu"}, "toml-value"),
        ("moi", {"minutes": 2}, "toml-value"),
        ("moi", {"title": {"vi": "Chỉ tiếng Việt"}}, "toml-value"),
        ("moi", {"objectives": {"vi": [], "en": ["x"]}}, "toml-value"),
        ("moi", {"competences": {}}, "toml-value"),
    ],
)
def test_what_cannot_be_a_module_is_refused_and_nothing_is_written(
    course: Path, today: date, slug: str, changes: dict[str, Any], code: str
) -> None:
    """The error says what to do; folders and list are as they were."""
    before = sorted(path for path in course.rglob("*")), (course / "curriculum.toml").read_text()
    with pytest.raises(ContentError) as caught:
        make(course, today, slug, **changes)
    assert caught.value.code == code
    assert caught.value.hint
    assert (sorted(path for path in course.rglob("*")), (course / "curriculum.toml").read_text()) == before


def test_questions_go_before_the_panel_with_their_metadata(course: Path, today: date) -> None:
    """The cells are valid, framed, and say to nbgrader what the blocks say."""
    module = make(course, today)
    assert add_questions(module, [BLOCK.format(id="mot"), f"%%question\n{BLOCK.format(id='hai')}"]) == ["mot", "hai"]
    notebook = nbformat.read(module / "lesson.ipynb", as_version=4)
    nbformat.validate(notebook)
    assert [cell.source.partition("\n")[0] for cell in notebook.cells[2:]] == [
        "%%question",
        "%%question",
        "%submit_panel",
    ]
    assert notebook.cells[2].metadata["nbgrader"]["points"] == 12.5
    codes = {f.code for f in check_curriculum(course, ["moi"], today=today)}
    assert codes == {"question-points", "scoring-full"}


def test_jupyter_writes_the_same_file(course: Path, today: date, tmp_path: Path) -> None:
    """Opening and saving the lesson changes no byte."""
    module = make(course, today)
    add_questions(module, [BLOCK.format(id="mot")])
    again = tmp_path / "again.ipynb"
    nbformat.write(nbformat.read(module / "lesson.ipynb", as_version=4), again)
    assert again.read_text() == (module / "lesson.ipynb").read_text()


def test_a_repeated_id_changes_nothing(course: Path, today: date) -> None:
    """The whole call is refused, the good question in front of it too."""
    module = make(course, today)
    add_questions(module, [BLOCK.format(id="mot")])
    before = (module / "lesson.ipynb").read_bytes()
    for blocks in (["hai", "mot"], ["hai", "hai"]):
        with pytest.raises(ContentError) as caught:
            add_questions(module, [BLOCK.format(id=name) for name in blocks])
        assert caught.value.code == "id-repeated"
    with pytest.raises(ContentError):
        add_questions(module, [BLOCK.format(id="ba"), "kind: khong-co"])
    assert (module / "lesson.ipynb").read_bytes() == before
    assert [p.name for p in module.iterdir() if p.name.startswith(".") and p.name != ".author"] == []


def test_samples_merge_question_by_question(course: Path, today: date) -> None:
    """What another question said before stays; the sentence stays where none is given; so do comments at the head."""
    module = make(course, today)
    path = write_sample(module, "mc-a", says="Nhầm.", answers={"mot": {"t01": "4"}}, expect={"mot": 0}, variant="v")
    path.write_text("# tính bằng tay\n" + path.read_text())
    write_sample(module, "mc-a", says="", answers={"hai": ["a"]}, expect={"hai": 2.5}, variant="v")
    sample = read_sample(path)
    assert (sample.says, sample.expect) == ("Nhầm.", {"mot": 0.0, "hai": 2.5})
    assert sample.answers == {"mot": {"t01": "4"}, "hai": ["a"]}
    assert path.read_text().startswith("# tính bằng tay\n")


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"variant": "khac"}, "sample-variant"),
        ({"name": "../x"}, "sample-form"),
        ({"name": "moi", "says": " "}, "sample-form"),
        ({"expect": {"hai": -1.0}}, "sample-form"),
        ({"expect": {"hai": float("nan")}}, "sample-form"),
    ],
)
def test_a_sample_that_cannot_be_is_refused(course: Path, today: date, changes: dict[str, Any], code: str) -> None:
    """Another draw, a path as name, no sentence, negative points: nothing is written."""
    module = make(course, today)
    path = write_sample(module, "a", says="Một.", answers={}, expect={"mot": 1.0}, variant="v")
    before = path.read_text()
    given = {"says": "Hai.", "answers": {}, "expect": {"hai": 1.0}, "variant": "v", "name": "a"} | changes
    with pytest.raises(ContentError) as caught:
        write_sample(module, given.pop("name"), **given)
    assert caught.value.code == code
    assert path.read_text() == before
    assert sorted(p.name for p in path.parent.iterdir()) == ["a.yaml", "bo-trong.yaml", "day-du.yaml"]


def test_names_are_made_of_titles() -> None:
    """Accents go, đ becomes d, a taken name gets a number."""
    assert suggest_slug("An toàn tài khoản & Đời sống") == "an-toan-tai-khoan-doi-song"
    assert suggest_slug("An toàn", taken=["an-toan", "an-toan-2"]) == "an-toan-3"
    assert suggest_slug("2026: năm mới") == "nam-moi"
    assert suggest_slug("???") == "bai"


@given(st.text(max_size=200))
def test_any_text_gives_a_name(text: str) -> None:
    """Whatever is typed, the name can be a folder's."""
    slug = suggest_slug(text)
    assert 0 < len(slug) <= 40
    assert slug.isascii()
    assert slug[0].isalpha()


def test_competences_are_read_by_framework() -> None:
    """The command's way of writing them, and what is no competence."""
    assert read_competences(["digcomp:4.1", "iu:IU14", "digcomp:2.6", "digcomp:4.1"]) == {
        "digcomp": ["4.1", "2.6"],
        "iu": ["IU14"],
    }
    with pytest.raises(ContentError):
        read_competences(["4.1"])


def test_the_committed_start_page_is_the_one_that_is_made(tmp_path: Path) -> None:
    """A curriculum of one's own gets the same page; one that is there is left alone."""
    page = place_start_page(tmp_path)
    committed = Path(__file__).parents[3] / "curriculum" / page.name
    assert page.read_text() == committed.read_text()
    page.write_text("{}")
    assert place_start_page(tmp_path).read_text() == "{}"


def test_saving_leaves_no_output_and_mends_the_metadata(course: Path, today: date) -> None:
    """Outputs, run numbers and widget states go; points that were changed in the block reach nbgrader."""
    module = make(course, today)
    add_questions(module, [BLOCK.format(id="mot")])
    document = json.loads((module / "lesson.ipynb").read_text())
    clean = json.loads(json.dumps(document))
    for cell in document["cells"]:
        if cell["cell_type"] == "code":
            cell |= {"execution_count": 3, "outputs": [{"output_type": "stream", "name": "stdout", "text": "5"}]}
            cell["metadata"]["scrolled"] = True
    document["cells"][2]["metadata"]["nbgrader"]["points"] = 99
    document["metadata"]["widgets"] = {"state": {}}
    document["metadata"]["language_info"]["version"] = "3.11.2"
    tidy_notebook(document, module)
    assert document == clean


@pytest.mark.parametrize(
    "document", [{}, {"cells": None}, {"cells": [3, {"cell_type": "code", "source": ["%%question\n", "- x"]}]}]
)
def test_tidying_never_stands_in_the_way_of_saving(document: dict[str, Any], tmp_path: Path) -> None:
    """Whatever is saved, nothing is raised."""
    tidy_notebook(document, tmp_path)
