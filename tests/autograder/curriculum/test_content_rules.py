"""Every rule for content: it fires on its own bad course and on nothing else, and it is written down."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from autograder.curriculum.checks import Finding, format_finding, guarantees
from autograder.curriculum.checks import check_curriculum as run_rules
from autograder.errors import ContentError
from autograder.locale import set_language
from autograder.release.checks import ALL_RULES

ROOT = Path(__file__).parents[3]
BAD = sorted((ROOT / "tests" / "courses" / "bad").iterdir())
CODES = [rule.code for rule in ALL_RULES]


def check_curriculum(folder: Path, *args: Any, **options: Any) -> list[Finding]:
    """Run what ``hocvuso check`` runs."""
    return run_rules(folder, *args, rules=ALL_RULES, **options)


def test_good_course_has_no_finding(good_course: Path, today: date) -> None:
    """The course that keeps every rule is not blamed for anything."""
    assert [format_finding(finding) for finding in check_curriculum(good_course, today=today)] == []


@pytest.mark.parametrize("overlay", BAD, ids=lambda folder: folder.name)
def test_bad_course_breaks_exactly_its_rule(build_course: Callable[..., Path], overlay: Path, today: date) -> None:
    """Each overlay makes the rule of its name fire, and no other."""
    findings = check_curriculum(build_course(overlay), today=today)
    assert {finding.code for finding in findings} == {overlay.name.partition("--")[0]}, findings


@pytest.mark.parametrize("overlay", BAD, ids=lambda folder: folder.name)
def test_finding_says_where_what_and_what_to_do(build_course: Callable[..., Path], overlay: Path, today: date) -> None:
    """Every finding names a file of the course (or one that is missing), a message, a value or wish, and a remedy."""
    course = build_course(overlay)
    for finding in check_curriculum(course, today=today):
        assert finding.message
        assert finding.hint
        assert finding.found or finding.expected
        assert not Path(finding.path).is_absolute()
        assert str(course) not in format_finding(finding)


def test_every_rule_has_one_bad_course() -> None:
    """A rule without a course that breaks it is not known to work; a course without a rule proves nothing."""
    assert {folder.name.partition("--")[0] for folder in BAD} == set(CODES)


def read_sentences(language: str) -> dict[str, str]:
    """Return the rule table of docs/checks.md: code → sentence."""
    column = {"vi": 1, "en": 2}[language]
    rows = re.findall(r"^\| `([a-z-]+)` \|(.*)\|$", (ROOT / "docs" / "checks.md").read_text("utf-8"), re.MULTILINE)
    return {code: rest.split(" | ")[column - 1].strip() for code, rest in rows}


def test_every_rule_has_its_sentence_in_the_documentation() -> None:
    """docs/checks.md states every rule, in the words that a successful check prints."""
    assert read_sentences("en") == {rule.code: rule.guarantee for rule in ALL_RULES}


def test_vietnamese_sentences_are_there_for_every_rule() -> None:
    """docs/checks.md states every rule in Vietnamese too."""
    sentences = read_sentences("vi")
    assert set(sentences) == set(CODES)
    assert [code for code, text in sentences.items() if len(text) < 15] == []


def test_codes_are_unique_and_stable_words() -> None:
    """A code names one rule."""
    assert len(CODES) == len(set(CODES))
    assert [code for code in CODES if not re.fullmatch(r"[a-z]+(-[a-z]+)+", code)] == []


def test_guarantees_are_one_sentence_per_rule() -> None:
    """A clean check can say what now holds."""
    set_language("en")
    try:
        assert guarantees(ALL_RULES) == [rule.guarantee for rule in ALL_RULES]
    finally:
        set_language(None)


def test_all_rules_run_though_one_finds_something(build_course: Callable[..., Path], today: date) -> None:
    """Two faults in different files are both reported."""
    course = build_course(next(folder for folder in BAD if folder.name == "module-table"))
    (course / "source" / "mau-so" / "quen.txt").write_text("x", encoding="utf-8")
    assert {finding.code for finding in check_curriculum(course, today=today)} == {"module-table", "files-listed"}


def test_findings_of_other_modules_are_left_out_when_one_is_named(
    build_course: Callable[..., Path], today: date
) -> None:
    """``check_curriculum(folder, ["mau-so"])`` speaks of mau-so only."""
    course = build_course(next(folder for folder in BAD if folder.name == "access-links"))
    assert check_curriculum(course, ["mau-so"], today=today) == []
    assert [finding.code for finding in check_curriculum(course, ["mau-thu"], today=today)] == ["access-links"]


def test_unknown_module_is_refused_with_the_names_that_exist(good_course: Path) -> None:
    """A misspelt module is an error, not a clean check."""
    with pytest.raises(ContentError) as caught:
        check_curriculum(good_course, ["mau-tu"])
    assert caught.value.code == "module-unknown"
    assert caught.value.expected == "mau-so, mau-thu"


def test_findings_are_sorted_by_file_and_cell(build_course: Callable[..., Path], today: date) -> None:
    """Cell 9 comes before cell 10."""
    course = build_course()
    path = course / "source" / "mau-thu" / "lesson.ipynb"
    text = path.read_text(encoding="utf-8").replace('"execution_count": null', '"execution_count": 1')
    path.write_text(text, encoding="utf-8")
    found = [finding.where for finding in check_curriculum(course, today=today)]
    numbers = [int(re.search(r"\d+", where)[0]) for where in found]  # type: ignore[index]
    assert len(numbers) >= 4
    assert numbers == sorted(numbers)


def test_nothing_that_an_author_can_leave_behind_stops_the_check(tmp_path: Path) -> None:
    """An empty folder, and a source folder with an empty module, give findings."""
    assert {f.code for f in check_curriculum(tmp_path)} == {"files-required"}
    (tmp_path / "source" / "trong").mkdir(parents=True)
    assert {f.code for f in check_curriculum(tmp_path)} == {"files-required"}


def test_finding_is_one_line_with_file_cell_values_and_code(build_course: Callable[..., Path], today: date) -> None:
    """format_finding follows the form of the project's errors."""
    set_language("en")
    try:
        course = build_course(next(folder for folder in BAD if folder.name == "module-table"))
        (finding,) = check_curriculum(course, today=today)
        assert format_finding(finding) == (
            "source/mau-thu/module.toml: pass_mark is 1.2 — found 1.2, expected 0 to 1"
            " — write 0.7 for 70 % [module-table]"
        )
        assert set(finding.as_dict()) == {"code", "path", "where", "message", "hint", "found", "expected"}
    finally:
        set_language(None)


def test_a_bad_question_block_names_file_cell_value_expectation_and_remedy(
    build_course: Callable[..., Path], today: date
) -> None:
    """A misspelt kind is found in its cell, with the kinds that exist and the one that was probably meant."""
    set_language("en")
    try:
        course = build_course(next(folder for folder in BAD if folder.name == "question-block"))
        (finding,) = check_curriculum(course, today=today)
        assert finding.path == "source/mau-thu/lesson.ipynb"
        assert finding.where.startswith("cell 5 (buoc), line 3")
        assert finding.found == "ordr"
        assert "order" in finding.expected
        assert finding.hint == "write kind: order"
    finally:
        set_language(None)


def test_real_curriculum_has_no_finding() -> None:
    """What is taught keeps every rule."""
    assert [format_finding(finding) for finding in check_curriculum(ROOT / "curriculum")] == []


def test_check_of_fourteen_modules_would_take_less_than_ten_seconds() -> None:
    """Every rule over what is taught, in this process's own time: its share of ten seconds."""
    import time

    modules = len(list((ROOT / "curriculum" / "source").iterdir()))
    started = time.process_time()
    check_curriculum(ROOT / "curriculum")
    # The first two seconds are for what every run loads.
    assert time.process_time() - started < 2 + 8 * modules / 14
