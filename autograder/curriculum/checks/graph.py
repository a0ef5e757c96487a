"""Rules about how modules, paths and frameworks hang together."""

from __future__ import annotations

from collections.abc import Iterator

from autograder.curriculum.checks.finding import Finding, report
from autograder.curriculum.checks.survey import Survey
from autograder.locale import _


def check_prerequisites(survey: Survey) -> Iterator[Finding]:
    """Yield a finding for every prerequisite, and every step of a path, that is no module.

    Raises
    ------
    nothing
    """
    slugs = [module.slug for module in survey.modules]
    named: list[tuple[str, str, tuple[str, ...]]] = []
    for module in survey.modules:
        if module.table is not None:
            path = survey.relative(module.path / "module.toml")
            named.append((path, "prerequisites", module.table.prerequisites))
    for path_table in survey.table.paths if survey.table is not None else ():
        named.append(("curriculum.toml", f"paths.{path_table.slug}", path_table.modules))
    for path, where, names in named:
        for name in names:
            if name not in slugs:
                yield report(
                    path,
                    where,
                    _("A module that does not exist is named"),
                    found=name,
                    expected=", ".join(slugs),
                    hint=_("correct the name or remove it"),
                )


def check_cycles(survey: Survey) -> Iterator[Finding]:
    """Yield a finding for every ring of prerequisites: nobody could begin.

    Raises
    ------
    nothing
    """
    needs = {module.slug: module.table.prerequisites for module in survey.modules if module.table is not None}
    told: set[frozenset[str]] = set()
    for module in survey.modules:
        ring = _find_ring(module.slug, needs)
        if ring and frozenset(ring) not in told:
            told.add(frozenset(ring))
            yield report(
                survey.relative(module.path / "module.toml"),
                "prerequisites",
                _("The prerequisites go round in a ring"),
                found=" → ".join([*ring, ring[0]]),
                expected=_("an order in which somebody can begin"),
                hint=_("remove one of the prerequisites"),
            )


def _find_ring(start: str, needs: dict[str, tuple[str, ...]]) -> list[str]:
    """Return the shortest way from ``start`` back to itself, or nothing."""
    ways = [[start]]
    seen: set[str] = set()
    while ways:
        way = ways.pop(0)
        for name in needs.get(way[-1], ()):
            if name == start:
                return way
            if name not in seen:
                seen.add(name)
                ways.append([*way, name])
    return []


def check_competences(survey: Survey) -> Iterator[Finding]:
    """Yield a finding for every competence that its framework does not have.

    Raises
    ------
    nothing
    """
    if survey.table is None:
        return
    frameworks = survey.table.frameworks
    for module in survey.modules:
        for framework, codes in (module.table.competences if module.table is not None else {}).items():
            path = survey.relative(module.path / "module.toml")
            if framework not in frameworks:
                yield report(
                    path,
                    f"competences.{framework}",
                    _("The framework is not in curriculum.toml"),
                    found=framework,
                    expected=", ".join(frameworks),
                    hint=_("correct the name, or add the framework with its codes"),
                )
                continue
            for code in codes:
                if code not in frameworks[framework].codes:
                    yield report(
                        path,
                        f"competences.{framework}",
                        _("The framework has no such competence"),
                        found=code,
                        expected=", ".join(frameworks[framework].codes),
                        hint=_("correct the code"),
                    )


def check_coverage(survey: Survey) -> Iterator[Finding]:
    """Yield a finding for every competence that no module covers, of frameworks that are said to be complete.

    Raises
    ------
    nothing
    """
    if survey.table is None:
        return
    for slug, framework in survey.table.frameworks.items():
        tables = [module.table for module in survey.modules if module.table is not None]
        covered = {code for table in tables for code in table.competences.get(slug, ())}
        missing = [code for code in framework.codes if code not in covered]
        # A module that cannot be read may well cover what seems to be missing.
        if framework.complete and missing and len(tables) == len(survey.modules):
            yield report(
                "curriculum.toml",
                f"frameworks.{slug}.complete",
                _("Competences are covered by no module"),
                found=", ".join(missing),
                expected=_("every code in the competences of some module"),
                hint=_("write a module that covers them, or complete = false as long as there is none"),
            )
