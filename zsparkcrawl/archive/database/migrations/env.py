"""Alembic's environment: runs the steps on the connection that the archive hands over, in its transaction."""

from __future__ import annotations

from alembic import context
from sqlalchemy import Connection, text

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
        if (connection := context.get_bind()).dialect.name == "postgresql":
            _sort_by_characters(connection)


_TEXTS = text(
    "SELECT table_name, column_name FROM information_schema.columns WHERE table_schema = current_schema() "
    "AND table_name = ANY (:tables) AND data_type = 'text' AND collation_name IS NULL ORDER BY 1, 2"
)


def _sort_by_characters(connection: Connection) -> None:
    """Let texts sort by their characters, as in SQLite, and not as the language of the database has it."""
    quoted = connection.dialect.identifier_preparer.quote
    for table, column in connection.execute(_TEXTS, {"tables": list(metadata.tables)}).all():
        change = f'ALTER TABLE {quoted(table)} ALTER {quoted(column)} TYPE text COLLATE "C"'
        connection.exec_driver_sql(change)


if __name__ == "env_py":  # the name under which Alembic loads it; other importers, such as doctest, only read
    migrate()
