"""Alembic's environment: runs the steps on the connection that the archive hands over, in its transaction."""

from __future__ import annotations

from alembic import context

from zsparkcrawl.archive.database.opening import VERSION_TABLE
from zsparkcrawl.archive.tables.schema import metadata


def migrate() -> None:
    """Bring the tables up to date, all steps or none."""
    context.configure(
        connection=context.config.attributes["connection"],
        target_metadata=metadata,
        version_table=VERSION_TABLE,
        # SQLite can undo CREATE TABLE; Alembic does not count on it, for the sqlite3 module used to commit
        # first.
        transactional_ddl=True,
        render_as_batch=True,
    )
    with context.begin_transaction():
        context.run_migrations()


if __name__ == "env_py":  # the name under which Alembic loads it; other importers, such as doctest, only read
    migrate()
