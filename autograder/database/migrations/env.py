"""Alembic's environment: runs on the connection that ``ensure_schemas`` hands over."""

from alembic import context

from autograder.database.schema import SCHEMA, metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    version_table_schema=SCHEMA,
    include_schemas=True,
    include_name=lambda name, kind, _parents: kind != "schema" or name == SCHEMA,
)
context.run_migrations()
