"""Small questions to the records that only the portal asks."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection, select

from autograder.database.schema import release
from autograder.records.completions import select_notebooks


@dataclass(frozen=True, slots=True)
class ModuleName:
    """A module as it is named in lists and filters."""

    slug: str
    code: str
    title: dict[str, str]


def list_module_names(conn: Connection) -> list[ModuleName]:
    """Return the released modules in the order of the curriculum.

    Raises
    ------
    nothing
    """
    rows = conn.execute(
        select(release.c.slug, release.c.code, release.c.title)
        .where(release.c.is_current)
        .order_by(release.c.position, release.c.code)
    )
    return [ModuleName(row.slug, row.code, row.title) for row in rows]


def list_notebooks(conn: Connection, content_hash: str) -> list[str]:
    """Return the names of the notebooks of a release, in its order.

    Raises
    ------
    nothing
    """
    return list(conn.scalar(select(select_notebooks()).where(release.c.content_hash == content_hash)) or [])
