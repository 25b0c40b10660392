"""SQL on the tables past the archive: what tests look at, and change, behind its back. On both databases."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection, Text, cast, create_engine, make_url, select

from zsparkcrawl.archive import Archive
from zsparkcrawl.archive.tables.schema import metadata


@contextmanager
def connected(archive: Archive | str) -> Iterator[Connection]:
    """A connection of its own to the database of an archive or at a URL, in a transaction that is kept at the end."""
    if isinstance(archive, Archive):
        archive = archive.name if "://" in archive.name else f"sqlite:///{archive.name}"
    engine = create_engine(make_url(archive))
    try:
        with engine.begin() as connection:
            yield connection
    finally:
        engine.dispose()


def rows(archive: Archive | str, query: str) -> list[tuple[Any, ...]]:
    """What a query gives."""
    with connected(archive) as connection:
        return [tuple(row) for row in connection.exec_driver_sql(query)]


def change(archive: Archive | str, statement: str) -> int:
    """Change rows; returns how many."""
    with connected(archive) as connection:
        return connection.exec_driver_sql(statement).rowcount


def every_text(archive: Archive | str) -> str:
    """All values of all tables as text, JSON as it is kept."""
    with connected(archive) as connection:
        found = (
            connection.execute(
                select(*(cast(column, Text) for column in table.columns)).order_by(*table.primary_key.columns)
            )
            for table in metadata.sorted_tables
        )
        return "\n".join(str(value) for result in found for row in result for value in row)
