"""Item statistics as a viewer may see them: whose answers count, which version, in words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from sqlalchemy import Connection

from autograder.errors import StaffError
from autograder.locale import _
from autograder.model import Person
from autograder.records.item_names import read_names
from autograder.records.item_rows import (
    Attempts,
    Choice,
    ModuleLine,
    Version,
    choose_version,
    find_module,
    list_module_lines,
    list_versions,
    read_blocks,
    read_statistics,
)
from autograder.records.people import UnitNode, list_units_below, list_visible_units, require_unit
from autograder.reports.item_tables import ItemReport, put_into_words

# In place of a version: all of them together.
ALL_VERSIONS = "all"


@dataclass(frozen=True, slots=True)
class Wish:
    """What a viewer asks for; "" and None leave the choice to the portal."""

    unit: str = ""
    since: date | None = None
    until: date | None = None
    version: str = ""
    attempts: Attempts = "first"


@dataclass(frozen=True, slots=True)
class ModuleReport:
    """The statistics of a module, and what was chosen and could be chosen instead."""

    slug: str
    code: str
    title: dict[str, str]
    wish: Wish
    units: Sequence[UnitNode]
    versions: Sequence[Version]
    # None for all versions
    version: str | None
    words: ItemReport


def list_modules(conn: Connection, viewer: Person) -> list[ModuleLine]:
    """Return the released modules with what the viewer may know of them.

    Raises
    ------
    StaffError
        403 ``no-units``.
    """
    return list_module_lines(conn, [node.id for node in require_units(conn, viewer)])


def read_report(conn: Connection, viewer: Person, slug: str, wish: Wish) -> ModuleReport:
    """Return the statistics of a module over the answers that a viewer may see.

    Parameters
    ----------
    conn : Connection
    viewer : Person
    slug : str
        Of a released module.
    wish : Wish
        Without a unit, all units of the viewer's; without a version, the newest that enough people answered.

    Returns
    -------
    ModuleReport

    Raises
    ------
    StaffError
        403 ``no-units`` or ``unit-not-visible``; 404 ``module-unknown``, ``unit-unknown`` or ``version-unknown``.
    """
    nodes = require_units(conn, viewer)
    module = find_module(conn, slug)
    if module is None:
        raise StaffError(
            "module-unknown",
            _("there is no such module"),
            where=slug,
            hint=_("choose a module from “Statistics”"),
            status=404,
        )
    uuid, code, title = module
    unit_ids = [node.id for node in nodes]
    if wish.unit:
        unit_ids = list_units_below(conn, [require_unit(conn, viewer, wish.unit).id])
    choice = Choice(uuid, tuple(unit_ids), wish.since, wish.until, None, wish.attempts)
    versions = list_versions(conn, choice)
    version = _find_version(versions, wish.version)
    statistics = read_statistics(conn, replace(choice, version=version))
    names = read_names(read_blocks(conn, uuid, version)) if statistics.is_shown else {}
    return ModuleReport(slug, code, title, wish, nodes, versions, version, put_into_words(statistics, names))


def require_units(conn: Connection, viewer: Person) -> list[UnitNode]:
    """Return the units for which a viewer is responsible, with those below them.

    Raises
    ------
    StaffError
        403 ``no-units``.
    """
    nodes = list_visible_units(conn, viewer)
    if nodes:
        return nodes
    raise StaffError(
        "no-units",
        _("you are not responsible for any unit"),
        where="statistics",
        hint=_("ask the system administrator if you should be"),
        status=403,
    )


def _find_version(versions: Sequence[Version], wanted: str) -> str | None:
    if not wanted:
        return choose_version(versions)
    if wanted == ALL_VERSIONS:
        return None
    if wanted in {version.content_hash for version in versions}:
        return wanted
    raise StaffError(
        "version-unknown",
        _("this module has no such version"),
        where=_("Version"),
        found=wanted[:80],
        hint=_("choose a version from the list"),
        status=404,
    )
