"""Rules about module.toml, curriculum.toml and legal-facts.toml."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, timedelta

from autograder.curriculum.checks.finding import Finding, report, report_error
from autograder.curriculum.checks.survey import Survey
from autograder.locale import _

# A year and a month: every module and every fact is looked at once a year.
STALE_AFTER = timedelta(days=400)


def check_curriculum_table(survey: Survey) -> Iterator[Finding]:
    """Yield what is wrong with curriculum.toml and legal-facts.toml.

    Raises
    ------
    nothing
    """
    for path, error in survey.table_errors:
        yield report_error(path, error)


def check_module_table(survey: Survey) -> Iterator[Finding]:
    """Yield what is wrong with every module.toml: keys, types, ranges, words.

    Raises
    ------
    nothing
    """
    for module in survey.modules:
        for trouble in module.troubles:
            # A file that is not there is the business of the rule for required files.
            if trouble.part == "table" and trouble.error.code != "file-missing":
                yield report_error(survey.relative(trouble.path), trouble.error)


SLUG = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")


def check_slug(survey: Survey) -> Iterator[Finding]:
    """Yield a finding for every folder whose name is no slug.

    Raises
    ------
    nothing
    """
    for module in survey.modules:
        if not SLUG.fullmatch(module.slug):
            yield report(
                survey.relative(module.path),
                "",
                _("The folder's name is the module's address and cannot be one"),
                found=module.slug,
                expected=_("small letters a–z and digits, words joined by -, a letter first"),
                hint=_("rename the folder, such as an-toan-tai-khoan"),
            )


def check_uuid(survey: Survey) -> Iterator[Finding]:
    """Yield a finding for every uuid or code that two modules share: results would run together.

    Raises
    ------
    nothing
    """
    for key in ("uuid", "code"):
        owners: dict[str, str] = {}
        for module in survey.modules:
            if module.table is None:
                continue
            value = getattr(module.table, key)
            if value in owners:
                yield report(
                    survey.relative(module.path / "module.toml"),
                    key,
                    _("{key} is already that of {module}").format(key=key, module=owners[value]),
                    found=value,
                    expected=_("one of its own"),
                    hint=_("make a new one for the newer module; the older keeps its own for ever"),
                )
            owners.setdefault(value, module.slug)


def check_review(survey: Survey) -> Iterator[Finding]:
    """Yield a finding for every module whose review lies in the future or too far back.

    Raises
    ------
    nothing
    """
    for module in survey.modules:
        if module.table is not None:
            path = survey.relative(module.path / "module.toml")
            yield from check_day(path, "reviewed", module.table.reviewed, survey.today)


def check_day(path: str, where: str, day: date, today: date) -> Iterator[Finding]:
    """Yield a finding for a review day that lies after ``today`` or more than 400 days before it.

    Raises
    ------
    nothing
    """
    if not today - STALE_AFTER <= day <= today:
        yield report(
            path,
            where,
            _("The review lies in the future") if day > today else _("The review is too old"),
            found=day.isoformat(),
            expected=_("{low} to {high}").format(low=today - STALE_AFTER, high=today),
            hint=_("read the text again against its sources, then write today's date"),
        )


def check_listed(survey: Survey) -> Iterator[Finding]:
    """Yield a finding for every module that curriculum.toml does not name, and every name without a module.

    Raises
    ------
    nothing
    """
    if survey.table is None:
        return
    folders = {module.slug for module in survey.modules}
    for slug in survey.table.modules:
        if slug not in folders:
            yield report(
                "curriculum.toml",
                "modules",
                _("The list names a module that does not exist"),
                found=slug,
                expected=_("a folder source/{slug}").format(slug=slug),
                hint=_("correct the name or remove it"),
            )
    for module in survey.modules:
        # A name that is no slug cannot stand in the list; that is said once, by the rule for names.
        if module.slug not in survey.table.modules and SLUG.fullmatch(module.slug):
            yield report(
                survey.relative(module.path),
                "",
                _("The module is not in the list of curriculum.toml"),
                found=module.slug,
                expected=_("its name below modules"),
                hint=_("add the name where the module comes in the order; half-done work has status wip"),
            )
