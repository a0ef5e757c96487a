"""Keeping releases: one is current for each module; earlier ones stay for the attempts that began with them."""

from __future__ import annotations

from sqlalchemy import Connection, select, update
from sqlalchemy.dialects.postgresql import insert

from autograder.database.schema import release
from autograder.model import Release


def store_release(conn: Connection, made: Release, position: int) -> bool:
    """Make a release the current one of its module.

    Parameters
    ----------
    conn : Connection
        In the caller's transaction.
    made : Release
        As `build_release` returned it.
    position : int
        Place of the module in the curriculum's order.

    Returns
    -------
    bool
        Whether it is new; the same content again changes nothing.

    Raises
    ------
    nothing
    """
    before = conn.scalar(
        select(release.c.content_hash).where(release.c.module_uuid == made.module_uuid, release.c.is_current)
    )
    conn.execute(update(release).where(release.c.module_uuid == made.module_uuid).values(is_current=False))
    statement = insert(release).values(
        content_hash=made.content_hash,
        module_uuid=made.module_uuid,
        slug=made.slug,
        code=made.code,
        title=dict(made.title),
        minutes=made.minutes,
        pass_mark=made.pass_mark,
        max_points=made.max_points,
        payload=dict(made.payload),
        archive=made.archive,
        position=position,
        is_current=True,
        released_at=made.released_at,
    )
    conn.execute(
        statement.on_conflict_do_update(
            index_elements=["content_hash"],
            set_={
                name: statement.excluded[name] for name in ("is_current", "position", "title", "minutes", "pass_mark")
            },
        )
    )
    return before != made.content_hash
