"""What authors see and learners never do: texts, review, samples, the start page's commands, the bar's form."""

from __future__ import annotations

import contextlib
import json
import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from IPython.core.interactiveshell import InteractiveShell
from IPython.utils.capture import capture_output
from traitlets.config import Config

from autograder.curriculum.samples import read_sample
from autograder.errors import ContentError
from autograder.lesson.author import desk, widgets
from autograder.lesson.author.commands import Reply, _read_reply, run_command
from autograder.lesson.author.forms import describe_forms, make_form_block, read_form, suggest_id
from autograder.lesson.author.review import inspect_block, judge_samples, keep_sample, list_sample_names
from autograder.lesson.author.texts import list_author_texts
from autograder.lesson.author.widgets import LessonBar, QuestionReview, StartPage, read_author_script
from autograder.lesson.session import LessonSession

COURSES = Path(__file__).parents[2] / "courses"
STATIC = Path(widgets.__file__).parent / "static"
# Texts of parts of the question's page that authors' pages do not use.
UNUSED = {"item", "link", "picture_missing"}


@pytest.fixture
def course(tmp_path: Path) -> Path:
    """A copy of the good course."""
    shutil.copytree(COURSES / "good", tmp_path / "course")
    return tmp_path / "course"


@pytest.fixture
def module(course: Path) -> Path:
    """Its first module: a classify question with a draw, and others."""
    return course / "source" / "mau-thu"


def read_blocks(module: Path) -> list[str]:
    """Return the question cells of a lesson."""
    cells = json.loads((module / "lesson.ipynb").read_text())["cells"]
    return [text for cell in cells if (text := "".join(cell["source"])).startswith("%%question")]


def listen(widget: Any) -> list[dict[str, Any]]:
    """Collect what a widget tells its page."""
    said: list[dict[str, Any]] = []
    widget.send = said.append
    return said


# ---------------------------------------------------------------- texts and files


def test_texts_and_scripts_agree() -> None:
    """The scripts ask for no text that Python does not send, and Python sends none in vain."""
    asked = set(re.findall(r"\btexts\.([a-z_]+)", read_author_script())) - UNUSED
    assert asked == set(list_author_texts())


def test_scripts_set_no_html_and_name_no_server() -> None:
    """Nothing is ever set as HTML; nobody else is asked for anything."""
    files = [path.read_text(encoding="utf-8") for path in STATIC.iterdir()]
    assert [
        word for word in ("innerHTML", "insertAdjacentHTML", "://", "eval(") for text in files if word in text
    ] == []


def test_every_static_file_is_part_of_the_script() -> None:
    """No file is forgotten in the list."""
    assert {path.stem for path in STATIC.glob("*.js")} == set(widgets.SCRIPTS)


# ------------------------------------------------------------------- who is who


def test_only_a_source_without_attempt_is_an_authors_folder(module: Path) -> None:
    """module.toml makes an author; an attempt makes a learner, also one that cannot be read."""
    assert desk.is_author_folder(module)
    (module / "attempt.json").write_text("{")
    assert not desk.is_author_folder(module)
    assert not desk.is_author_folder(module.parent)


class Session:
    """An IPython session in a folder."""

    def __init__(self) -> None:
        config = Config()
        config.HistoryManager.enabled = False
        self.shell = InteractiveShell.instance(config=config)
        self.run("%load_ext autograder.lesson")

    def run(self, cell: str) -> int:
        """Run a cell, return how many widgets it displays."""
        with capture_output() as self.shown:
            result = self.shell.run_cell(cell)
        assert (result.error_in_exec or result.error_before_exec) is None
        kind = "application/vnd.jupyter.widget-view+json"
        return sum(kind in output.data for output in self.shown.outputs)


@pytest.fixture
def open_session(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """Return a function that opens a session in a folder."""
    for name in ("NBGRADER_EXECUTION", "HOCVUSO_AUTHOR_ANSWERS"):
        monkeypatch.delenv(name, raising=False)

    def open_in(folder: Path) -> Session:
        monkeypatch.chdir(folder)
        return Session()

    yield open_in
    InteractiveShell.clear_instance()


def test_an_author_gets_a_bar_and_a_review(open_session: Any, module: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The bar comes each time the first cell runs; a question shows the learner's widget and the review."""
    monkeypatch.setenv("HOCVUSO_AUTHOR_ANSWERS", str(module.parents[2] / "answers"))
    session = open_session(module)
    assert session.run("%load_ext autograder.lesson") == 1
    assert session.run(read_blocks(module)[0]) == 2
    assert session.run("%%question\nid: x\nkind: classify") == 1
    assert session.shown.stderr == ""
    assert not (module / "answers").exists()


def test_an_authors_answers_are_kept_outside_the_module(module: Path, tmp_path: Path, monkeypatch: Any) -> None:
    """The module's folder holds what ships; an author's own answers are kept elsewhere, by module."""
    monkeypatch.setenv("HOCVUSO_AUTHOR_ANSWERS", str(tmp_path / "kept"))
    session = LessonSession(module, answers=desk.find_answers(module))
    session.save_answer("thu", {"t01": "an_toan"})
    assert (tmp_path / "kept" / "mau-thu" / "answers" / "thu.json").is_file()
    assert not (module / "answers").exists()


@pytest.mark.parametrize("attempt", ['{"attempt": "a", "slug": "s", "number": 1, "variant": "v"}', "{"])
def test_a_learner_sees_nothing_of_it(open_session: Any, module: Path, attempt: str) -> None:
    """With an attempt there is no bar and no review, even where key and module.toml lie beside the lesson."""
    (module / "attempt.json").write_text(attempt)
    session = open_session(module)
    assert session.shown.outputs == []
    assert session.run("%reload_ext autograder.lesson") == 0
    assert session.run(read_blocks(module)[0]) == 1
    with capture_output() as shown:
        session.shell.run_cell("%author")
    assert "UsageError" in shown.stderr + shown.stdout


def test_a_block_without_key_has_no_review(open_session: Any, module: Path) -> None:
    """The learner's copy of a block shows the learner's widget alone, in whatever folder."""
    session = open_session(module)
    block = "\n".join(line for line in read_blocks(module)[0].splitlines() if not line.startswith("key:"))
    assert session.run(re.sub(r"(?m)^(score|feedback):\n(  .*\n?)+", "", block)) == 1


def test_an_autograder_sees_nothing_of_it(open_session: Any, module: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """nbgrader's run of the source shows no author's page; the cell ends in its points."""
    monkeypatch.setenv("NBGRADER_EXECUTION", "autograde")
    session = open_session(module)
    assert session.shown.outputs == []
    assert session.run(read_blocks(module)[0]) == 0


# ---------------------------------------------------------------------- review


def test_findings_carry_their_line(module: Path) -> None:
    """A wrong key, a contradiction and broken YAML: each says its line as the author counts it."""
    block = read_blocks(module)[0]
    misspelt = block.replace("points:", "ponits:")
    _question, findings = inspect_block(misspelt, module)
    assert any("4" in finding["where"] and finding["hint"] for finding in findings)
    question, findings = inspect_block(block.replace("MC-DISPLAY:", "MC-OTHER:"), module)
    assert question is not None
    assert findings
    _question, [finding] = inspect_block("%%question\nid: x\n\tkind: y", module)
    assert re.search(r"\b3\b", finding["where"])


def test_a_contradiction_is_found_in_the_block(tmp_path: Path) -> None:
    """A finding about an item of the block names the line of its key."""
    block = (
        "%%question\nid: a\nkind: classify\npoints: 5\nprompt: x\nlabels: {a: A, b: B}\nitems:\n- {id: t01, text: x}\n"
    )
    block += "- {id: t02, text: y}\nkey:\n  t01: {label: a, wrong: MC-X}\n  t02: c\nscore: {by: balanced}\n"
    _question, findings = inspect_block(block, tmp_path)
    lines = [re.search(r"\d+", finding["where"]) for finding in findings]
    assert {match[0] for match in lines if match} >= {"11", "12"}


def test_samples_are_judged_against_what_their_author_expects(module: Path) -> None:
    """A sample that earns other points than it says does not agree; nor does day-du without full points."""
    question, _findings = inspect_block(read_blocks(module)[0], module)
    assert question is not None
    assert all(row["fine"] for row in judge_samples(question, module))
    path = module / ".author" / "samples" / "day-du.yaml"
    path.write_text(re.sub(r"thu: 40(\.0)?", "thu: 39.0", path.read_text()))
    assert [row["name"] for row in judge_samples(question, module) if not row["fine"]] == ["day-du"]
    assert "mc-display" in {one["name"] for one in list_sample_names(question, module)}


def test_a_difference_is_asked_about_before_it_is_saved(module: Path) -> None:
    """The author's number is saved only when they say so; bo-trong never holds an answer."""
    question, _findings = inspect_block(read_blocks(module)[0], module)
    assert question is not None
    given: dict[str, Any] = {"name": "mc-hide", "says": "", "answer": {}, "points": 7.0}
    saved, text = keep_sample(question, module, **given, is_sure=False)
    assert not saved
    assert "7" in text
    saved, _text = keep_sample(question, module, **given, is_sure=True)
    path = module / ".author" / "samples" / "mc-hide.yaml"
    assert saved
    assert read_sample(path).expect[question.id] == 7.0
    others = {"name": "bo-trong", "says": "", "answer": {"t01": "xoa"}, "points": 0.0, "is_sure": False}
    assert keep_sample(question, module, **others)[0]
    assert "t01" not in str(read_sample(path.with_name("bo-trong.yaml")).answers)


def test_the_review_scores_saves_and_switches(module: Path, tmp_path: Path) -> None:
    """Points by the key, the pool's switch, a sample with a number that is none, and one that is saved."""
    session = LessonSession(module, answers=tmp_path)
    switched: list[bool] = []
    review = QuestionReview(session, read_blocks(module)[0], switched.append)
    said = listen(review)
    review.receive({"type": "score"})
    assert said[-1]["type"] == "scored"
    assert said[-1]["title"].startswith("0")
    review.receive({"type": "whole", "on": True})
    assert switched == [True]
    review.receive({"type": "sample", "name": "mc-display", "says": "Nhầm.", "points": "nhiều"})
    assert said[-1]["type"] == "refused"
    review.receive({"type": "sample", "name": "mc-display", "says": "Nhầm.", "points": "0"})
    assert said[-1]["type"] == "kept"
    review.receive({"type": "lesson", "sources": [read_blocks(module)[0]]})
    assert "40" in review.review["points"]
    assert review.review["metadata"]["grade_id"] == "thu"
    for junk in ({}, {"type": 3}, {"type": "lesson", "sources": [None, "x", 3]}, {"type": "sample"}):
        review.receive(junk)


def test_an_unreadable_block_has_a_review_that_only_tells(module: Path, tmp_path: Path) -> None:
    """Findings, and nothing to score or save."""
    review = QuestionReview(LessonSession(module, answers=tmp_path), "%%question\nid: [", lambda _on: None)
    said = listen(review)
    assert review.review["findings"]
    review.receive({"type": "score"})
    review.receive({"type": "sample"})
    assert said == []


# ------------------------------------------------------------------------ form

FILLED: dict[str, Any] = {
    "kind": "classify",
    "id": "thu-moi",
    "points": "12,5",
    "prompt": {"vi": "Xếp từng thư.", "en": "Sort every mail."},
    "choices": "An toàn\nBáo cáo\n",
    "rows": [
        {"text": "Thư mời", "right": "An toàn", "code": "display", "why": ""},
        {"text": "Thư lạ", "right": "Báo cáo", "code": "", "why": "Địa chỉ lạ."},
        {"text": "", "right": "", "code": "", "why": ""},
    ],
    "feedback": [{"code": "MC-DISPLAY", "text": "Hãy xem địa chỉ."}, {"code": "", "text": ""}],
}


def test_a_kind_without_a_form_needs_no_lines(module: Path) -> None:
    """Its question starts as an example."""
    form = {"kind": "sheet", "id": "so-gio", "points": "10", "prompt": FILLED["prompt"], "rows": []}
    question, findings = inspect_block("%%question\n" + make_form_block(form), module)
    assert (findings, question is not None and question.kind) == ([], "sheet")


def test_what_was_typed_becomes_a_question(module: Path) -> None:
    """Vietnamese numbers, a code without its MC-, an empty line at the end."""
    question, findings = inspect_block("%%question\n" + make_form_block(FILLED), module)
    assert findings == []
    assert question is not None
    assert question.points == 12.5
    assert len(question.items) == 2


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"prompt": {"vi": "", "en": "x"}}, "form-empty"),
        ({"prompt": {"vi": "x", "en": " "}}, "form-empty"),
        ({"id": ""}, "form-empty"),
        ({"id": "Thư mới"}, "form-id"),
        ({"points": "mười"}, "form-number"),
        ({"rows": []}, "form-empty"),
        ({"kind": "choose"}, "form-right"),
        ({"kind": "number", "rows": [{"text": "x", "right": ""}]}, "form-number"),
        ({"kind": "khong-co"}, "form-kind"),
        ({"rows": [{"text": "x", "right": "Xóa"}]}, "form-right"),
    ],
)
def test_what_is_missing_is_named(changes: dict[str, Any], code: str) -> None:
    """Each field that a form cannot do without, with a remedy."""
    with pytest.raises(ContentError) as caught:
        make_form_block(FILLED | changes)
    assert caught.value.code == code
    assert caught.value.hint


JSON = st.recursive(
    st.none() | st.booleans() | st.floats() | st.text(max_size=10),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(list(FILLED)), inner, max_size=4),
    max_leaves=12,
)


@given(JSON, st.dictionaries(st.sampled_from([*FILLED, "unit", "ends", "title"]), JSON, max_size=4))
def test_junk_from_a_page_is_refused_in_words(junk: Any, changes: dict[str, Any]) -> None:
    """Whatever a page sends is read or refused with a ContentError."""
    for data in (junk, FILLED | changes):
        with contextlib.suppress(ContentError):
            read_form(data)


def test_every_form_says_how_its_lines_are_answered() -> None:
    """The page knows all ways of giving the right answer that forms ask for."""
    assert {form["right"] for form in describe_forms()} <= {
        "choice",
        "choices",
        "check",
        "number",
        "act",
        "phrases",
        "example",
        "",
    }
    assert suggest_id("Xếp từng thư vào đúng nhóm của nó", ["xep-tung-thu"]) == "xep-tung-thu-vao-dung-nhom"


def test_the_bar_makes_a_cell_and_refuses_a_taken_id(module: Path, tmp_path: Path) -> None:
    """A made question comes back as cell and metadata; one with an id of the lesson is refused."""
    bar = LessonBar(LessonSession(module, answers=tmp_path))
    said = listen(bar)
    bar.receive({"type": "make", "form": FILLED})
    assert said[-1]["type"] == "made"
    assert said[-1]["source"].startswith("%%question\nid: thu-moi\n")
    assert said[-1]["metadata"]["points"] == 12.5
    bar.receive({"type": "make", "form": FILLED | {"id": "thu"}})
    assert said[-1]["type"] == "refused"
    bar.receive({"type": "make", "form": FILLED, "sources": [said[0]["source"]]})
    assert said[-1]["type"] == "refused"
    bar.receive({"type": "make", "form": FILLED | {"feedback": []}})
    assert [finding["hint"] for finding in said[-1]["findings"]]
    bar.receive({"type": "suggest", "text": "Thư"})
    assert said[-1] == {"type": "suggested", "id": "thu-2"}


def test_the_bar_writes_the_file_where_the_page_cannot(module: Path, tmp_path: Path) -> None:
    """Outside JupyterLab the question goes into the file, and the author is told to open the lesson again."""
    bar = LessonBar(LessonSession(module, answers=tmp_path))
    said = listen(bar)
    bar.receive({"type": "write", "source": "%%question\n" + make_form_block(FILLED)})
    assert said[-1]["type"] == "written"
    assert any("thu-moi" in block for block in read_blocks(module))
    bar.receive({"type": "write", "source": "kind: [" * 3})
    assert said[-1]["type"] == "refused"


# ------------------------------------------------------------------ start page


def open_start(
    course: Path, replies: dict[str, Reply]
) -> tuple[StartPage, list[dict[str, Any]], list[tuple[str, ...]]]:
    """Open the start page on commands that are not run."""
    asked: list[tuple[str, ...]] = []

    def run(*arguments: str) -> Reply:
        asked.append(arguments)
        return replies[arguments[0]]

    page = StartPage(LessonSession(course), run)
    page.run_aside = lambda work: page.tell_page(work())  # type: ignore[method-assign]
    return page, listen(page), asked


FINDING = {"code": "x", "path": "source/mau-thu/lesson.ipynb", "where": "ô 3", "message": "Sai", "hint": "Sửa"} | {
    "found": "1",
    "expected": "2",
}


def test_modules_are_listed_even_where_they_cannot_be_read(course: Path) -> None:
    """A broken module.toml keeps its module in the list, by its folder's name."""
    (course / "source" / "mau-so" / "module.toml").write_text("x = [")
    page, _said, _asked = open_start(course, {})
    assert [(one["slug"], one["code"]) for one in page.modules] == [("mau-thu", "T01"), ("mau-so", "")]
    assert page.modules[1]["title"] == "mau-so"
    (course / "curriculum.toml").write_text("x = [")
    assert len(widgets.list_modules(course)) == 2
    assert widgets.describe_choices(course)["frameworks"] == []


def test_the_check_button_shows_findings_without_the_modules_path(course: Path) -> None:
    """Place, evidence and remedy of each finding."""
    page, said, _asked = open_start(course, {"check": Reply({"findings": [FINDING]})})
    page.receive({"type": "check", "slug": "mau-thu"})
    assert said[-1]["state"] == "partial"
    assert said[-1]["findings"][0]["where"] == "lesson.ipynb, ô 3"


def test_nothing_is_released_while_there_are_findings(course: Path) -> None:
    """The release command is not even run; without findings it is."""
    page, said, asked = open_start(course, {"check": Reply({"findings": [FINDING]})})
    page.receive({"type": "release", "slug": "mau-thu"})
    assert asked == [("check", "mau-thu")]
    assert said[-1]["text"]
    replies = {"check": Reply({"findings": []}), "release": Reply({"mau-thu": True})}
    page, said, asked = open_start(course, replies)
    page.receive({"type": "release", "slug": "mau-thu"})
    assert asked == [("check", "mau-thu"), ("release", "mau-thu")]
    assert said[-1]["state"] == "right"


def test_a_new_module_is_made_by_the_command(course: Path) -> None:
    """Every field becomes an option; a field that is empty is named instead."""
    page, said, asked = open_start(course, {"new": Reply({"module": "moi"})})
    form = {"title": "Mới", "title-en": "New", "code": "T03", "slug": "moi", "minutes": "50", "objective": ["a"]}
    page.receive({"type": "new", "form": form})
    assert said[-1]["type"] == "refused"
    assert asked == []
    form |= {"objective-en": ["-b"], "competence": ["digcomp:4.1"], "domain": ["dao-tao"], "quality": ["an-toan"]}
    page.receive({"type": "new", "form": form})
    assert said[-1]["type"] == "created"
    assert asked[0][:2] == ("new", "moi")
    assert "--objective-en=-b" in asked[0]
    for junk in ({}, {"type": "new", "form": 3}, {"type": None}):
        page.receive(junk)


def test_what_a_command_refuses_is_told_whole() -> None:
    """Message, place, evidence and remedy; also where it printed no JSON at all."""
    error = {"message": "Không được", "where": "a", "found": "1", "expected": "2", "hint": "sửa"}
    reply = _read_reply(json.dumps({"error": error}), "")
    assert not reply.is_done
    assert all(part in reply.trouble for part in ("Không được", "a", "1", "2", "sửa"))
    assert "hỏng" in _read_reply("", "dòng\nhỏng").trouble
    assert _read_reply('{"findings": []}', "").trouble == ""


@pytest.mark.slow
def test_commands_are_those_of_this_installation(course: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A command really runs: an unknown module is refused in words."""
    monkeypatch.setenv("HOCVUSO_CURRICULUM", str(course))
    reply = run_command("check", "khong-co")
    assert not reply.is_done
    assert "khong-co" in reply.trouble
