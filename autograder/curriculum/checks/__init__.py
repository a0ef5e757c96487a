"""Content checks: every rule is a small function; all run, none stops the rest."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from pathlib import Path

from autograder.curriculum.checks.finding import Finding, Rule, format_finding, sort_key
from autograder.curriculum.checks.registry import RULES
from autograder.curriculum.checks.survey import survey_curriculum
from autograder.curriculum.reader import find_module_folder
from autograder.locale import _

__all__ = ["RULES", "Finding", "Rule", "check_curriculum", "format_finding", "guarantees"]


def check_curriculum(
    folder: Path,
    modules: Iterable[str] | None = None,
    *,
    today: date | None = None,
    rules: Iterable[Rule] = RULES,
) -> list[Finding]:
    """Run rules over a curriculum.

    Parameters
    ----------
    folder : Path
        ``curriculum/``.
    modules : iterable of str, optional
        Slugs; only what is found in these modules is returned.  By default everything, the files beside the modules
        included.
    today : date, optional
        The day against which review dates are judged; by default this one.
    rules : iterable of Rule
        By default those of this package; ``autograder.release.checks.ALL_RULES`` has those of the release too.

    Returns
    -------
    list of Finding
        Sorted by file, place and rule; empty when everything holds.

    Raises
    ------
    ContentError
        ``module-unknown``: one of ``modules`` does not exist.  What is wrong inside the curriculum is a finding.
    """
    wanted = None if modules is None else [find_module_folder(folder, slug).name for slug in modules]
    survey = survey_curriculum(folder, date.today() if today is None else today)
    found = {replace(finding, code=rule.code) for rule in rules for finding in rule.find(survey)}
    if wanted is not None:
        found = {f for f in found if any(f"{f.path}/".startswith(f"source/{slug}/") for slug in wanted)}
    return sorted(found, key=sort_key)


def guarantees(rules: Iterable[Rule] = RULES) -> list[str]:
    """Return what holds of a curriculum without findings, one sentence per rule, in the current language.

    Parameters
    ----------
    rules : iterable of Rule
        Those that were run.

    Raises
    ------
    nothing
    """
    return [_(rule.guarantee) for rule in rules]
