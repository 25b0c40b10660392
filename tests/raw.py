"""SQL on the tables past the archive: what tests look at, and change, behind its back. On both databases.

An archive is named by its URL, or by the data folder that its captures and files lie in.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Text, cast, create_engine, inspect, make_url, select

from zsparkcrawl.archive import Archive
from zsparkcrawl.archive.tables.schema import metadata

Named = Archive | Path | str

_ELSEWHERE: dict[Path, str] = {}
"""Data folders whose archive is not the file of SQLite in them, and where it is."""


@contextmanager
def elsewhere(data: Path, url: str) -> Iterator[None]:
    """Within the block the archive of a data folder is the one at a URL."""
    _ELSEWHERE[data] = url
    try:
        yield
    finally:
        del _ELSEWHERE[data]


def url_of(archive: Named) -> str:
    """The SQLAlchemy URL of an archive."""
    if isinstance(archive, Path):
        return _ELSEWHERE.get(archive, f"sqlite:///{archive / 'zspark.sqlite'}")
    if isinstance(archive, Archive):
        return archive.name if "://" in archive.name else f"sqlite:///{archive.name}"
    return archive


def environ_of(data: Path) -> dict[str, str]:
    """What the environment says to a program about a data folder and its archive."""
    return {"ZSPARK_DATA": str(data), "ZSPARK_DATABASE": _ELSEWHERE.get(data, "")}


@contextmanager
def connected(archive: Named) -> Iterator[Connection]:
    """A connection of its own to the database of an archive, in a transaction that is kept at the end."""
    engine = create_engine(make_url(url_of(archive)))
    try:
        with engine.begin() as connection:
            yield connection
    finally:
        engine.dispose()


def rows(archive: Named, query: str) -> list[tuple[Any, ...]]:
    """What a query gives."""
    with connected(archive) as connection:
        return [tuple(row) for row in connection.exec_driver_sql(query, execution_options=_AS_IT_STANDS)]


def change(archive: Named, statement: str) -> int:
    """Change rows, as time would; returns how many."""
    with connected(archive) as connection:
        return connection.exec_driver_sql(statement, execution_options=_AS_IT_STANDS).rowcount


_AS_IT_STANDS = {"no_parameters": True}
"""A percent sign is one."""


def lose(archive: Named) -> None:
    """Take a database away: what is at its URL then is empty."""
    url = make_url(url_of(archive))
    if url.get_backend_name() == "sqlite":
        for end in ("", "-wal", "-shm"):
            Path(f"{url.database}{end}").unlink(missing_ok=True)
        return
    with connected(archive) as connection:
        connection.exec_driver_sql("DROP SCHEMA public CASCADE")
        connection.exec_driver_sql("CREATE SCHEMA public")


def empty(archive: Named) -> bool:
    """Whether there is no table, or no file."""
    url = make_url(url_of(archive))
    if url.get_backend_name() == "sqlite" and not Path(str(url.database)).exists():
        return True
    with connected(archive) as connection:
        return not inspect(connection).get_table_names()


def every_text(archive: Named) -> str:
    """All values of all tables as text, JSON as it is kept."""
    with connected(archive) as connection:
        found = (
            connection.execute(
                select(*(cast(column, Text) for column in table.columns)).order_by(*table.primary_key.columns)
            )
            for table in metadata.sorted_tables
        )
        return "\n".join(str(value) for result in found for row in result for value in row)
