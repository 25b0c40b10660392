"""Opening a database: how SQLite is set up, what is refused, and bringing the tables up to date."""

from __future__ import annotations

import json
import os
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from functools import cache
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import URL, Connection, Engine, QueuePool, create_engine, event, inspect
from sqlalchemy.exc import ArgumentError, DBAPIError, DisconnectionError, NoSuchModuleError
from sqlalchemy.pool import ConnectionPoolEntry

from zsparkcrawl.archive.database.naming import file_url, one_line, parsed_url, told_name
from zsparkcrawl.archive.database.server import READING_OPTIONS, fit_for_archive, is_server, server_engine
from zsparkcrawl.archive.search.indexing import renew
from zsparkcrawl.archive.tables.schema import metadata
from zsparkcrawl.errors import ZsparkError

__all__ = [
    "DEFAULT_DATABASE",
    "VERSION_TABLE",
    "ArchiveError",
    "EmptyError",
    "OlderError",
    "captures_folder",
    "data_folder",
    "database_url",
    "dispose",
    "faults",
    "flush_by_hand",
    "open_engine",
    "reading_options",
]

DEFAULT_DATABASE = "sqlite:///data/zspark.sqlite"

VERSION_TABLE = "zspark_schema"
"""Alembic's table under a name of our own, by which an archive is told from another program's database."""

_BUSY_SECONDS = 30.0


class ArchiveError(ZsparkError):
    """The database cannot be opened, read or written; the message says which one and why, in one line."""


class EmptyError(ArchiveError):
    """There is nothing to read yet: no file, or no table. Opening it for writing makes an archive."""


class OlderError(ArchiveError):
    """The database is of an older release; opening it for writing brings it up to date."""


def data_folder(environ: Mapping[str, str]) -> Path:
    """The folder that a run writes to: ZSPARK_DATA, or data/.

    >>> data_folder({}).as_posix(), data_folder({"ZSPARK_DATA": "/srv/park"}).as_posix()
    ('data', '/srv/park')
    """
    return Path(environ.get("ZSPARK_DATA") or "data")


def captures_folder(environ: Mapping[str, str]) -> Path:
    """Where the WARC files lie: the folder captures in the data folder."""
    return data_folder(environ) / "captures"


def database_url(environ: Mapping[str, str]) -> str:
    """The database as an SQLAlchemy URL: ZSPARK_DATABASE, or zspark.sqlite in the data folder.

    >>> database_url({}), database_url({"ZSPARK_DATA": "/srv/park"})
    ('sqlite:///data/zspark.sqlite', 'sqlite:////srv/park/zspark.sqlite')
    """
    if named := environ.get("ZSPARK_DATABASE"):
        return named
    return file_url(data_folder(environ) / "zspark.sqlite")


def open_engine(url: str, *, readonly: bool) -> tuple[Engine, str]:
    """An engine on an archive whose tables are there and up to date, and its name without a password.

    For writing, the folders, the tables and the index of the search are made when they are missing. Raises
    ArchiveError.
    """
    try:
        parsed = parsed_url(url)
        name = told_name(parsed)
        engine = _engine(parsed, readonly)
    except (ArgumentError, NoSuchModuleError, ModuleNotFoundError) as error:
        raise ArchiveError(f"no database can be opened by this URL: {one_line(error)}") from error
    with ExitStack() as undo:
        undo.callback(dispose, engine)
        with faults(name):
            _prepare(engine, name, readonly)
        undo.pop_all()
    return engine, name


def reading_options(engine: Engine) -> dict[str, Any]:
    """Execution options of a connection that only reads, and so must not take the lock of those that write."""
    return {"zspark_reading": True, **(READING_OPTIONS if engine.dialect.name == "postgresql" else {})}


def flush_by_hand(engine: Engine) -> None:
    """Let SQLite leave it to others when commits of this engine's connections are put on the disk."""

    def leave(connection: sqlite3.Connection, _: object) -> None:
        connection.execute("PRAGMA synchronous = NORMAL")
        connection.execute("PRAGMA wal_autocheckpoint = 0")

    engine.dispose()  # of connections that were set up otherwise
    event.listen(engine, "connect", leave)


def dispose(engine: Engine) -> None:
    """Close all connections of the engine."""
    engine.dispose()


@contextmanager
def faults(name: str) -> Iterator[None]:
    """Tell what the database driver reports as an ArchiveError of one line."""
    try:
        yield
    except DBAPIError as error:
        raise ArchiveError(f"database {name}: {one_line(error.orig or error)}") from error
    except sqlite3.Error as error:  # from the connect event, which SQLAlchemy does not wrap
        raise ArchiveError(f"database {name}: {one_line(error)}") from error


def _is_sqlite(url: URL) -> bool:
    return url.get_backend_name() == "sqlite"


def _engine(url: URL, readonly: bool) -> Engine:
    if _is_sqlite(url):
        return _sqlite(url, readonly)
    if is_server(url):
        return server_engine(url, readonly=readonly, json=_json)
    raise ArchiveError(
        f"no archive in a database of {url.drivername}: sqlite:///FILE, or postgresql+psycopg://USER@HOST/DATABASE"
    )


def _sqlite(url: URL, readonly: bool) -> Engine:
    if not url.database or url.database == ":memory:":
        raise ArchiveError("an archive in memory would be lost with the program: name a file, sqlite:///FILE")
    if url.host:
        raise ArchiveError(f"three slashes stand before the name of a file: sqlite:///{url.host}/{url.database}")
    path = Path(url.database)
    if readonly and not path.exists():
        raise EmptyError(f"no database at {path}: crawl first, or name one (--database, ZSPARK_DATABASE)")
    if not readonly:
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise ArchiveError(f"database {path}: cannot make its folder: {error.strerror}") from error
    engine = create_engine(
        "sqlite://",
        creator=lambda: _connect(path, readonly),
        poolclass=QueuePool,
        pool_use_lifo=True,  # what the last connection read, and counted of facets, need not be read anew
        json_serializer=_json,
    )
    event.listen(engine, "begin", _begin)
    if readonly:
        _follow(engine, path)
    return engine


def _follow(engine: Engine, path: Path) -> None:
    """Have connections that only read opened anew when another file has taken the place of the one they read: an open
    file would be read on, also when it is replaced or gone."""

    def note(_: object, record: ConnectionPoolEntry) -> None:
        record.info["file"] = _identity(path)

    def look(_: object, record: ConnectionPoolEntry, __: object) -> None:
        if record.info["file"] != _identity(path):
            raise DisconnectionError(f"{path} is another file now")

    event.listen(engine, "connect", note)
    event.listen(engine, "checkout", look)


def _identity(path: Path) -> tuple[int, int] | None:
    """What tells a file from every other on this machine; None when there is none."""
    try:
        facts = path.stat()
    except OSError:
        return None
    return (facts.st_dev, facts.st_ino)


def _connect(path: Path, readonly: bool) -> sqlite3.Connection:
    query = "mode=ro" if readonly else "mode=rwc"
    if readonly and not os.access(path.parent, os.W_OK) and not Path(f"{path}-wal").exists():
        query += "&immutable=1"  # a read-only medium: SQLite could not make the -shm file that reading wants
    connection = sqlite3.connect(
        f"{path.absolute().as_uri()}?{query}",
        uri=True,
        timeout=_BUSY_SECONDS,
        isolation_level=None,  # the module's own BEGIN comes late and deferred: see _begin
        check_same_thread=False,  # the pool hands a connection to one thread at a time
    )
    try:
        connection.execute("PRAGMA foreign_keys = ON")
        if not readonly:
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute("PRAGMA synchronous = FULL")
    except sqlite3.Error:
        connection.close()
        raise
    return connection


def _begin(connection: Connection) -> None:
    """Take the write lock at once. A deferred BEGIN that reads first and writes later loses the race against
    another writer, and with it updates (362 of 600 in a test with three processes)."""
    reading = connection.get_execution_options().get("zspark_reading", False)
    connection.exec_driver_sql("BEGIN" if reading else "BEGIN IMMEDIATE")


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)


def _config() -> Config:
    config = Config()
    folder = Path(__file__).parent / "migrations"
    # Alembic's settings are a ConfigParser, to which a percent sign means something.
    config.set_main_option("script_location", str(folder).replace("%", "%%"))
    return config


@cache
def _revisions() -> tuple[str | None, frozenset[str]]:
    """The newest revision of the tables, and all that are known. To load the steps took 7 of the 10 ms of processor
    time that opening an archive in SQLite took."""
    steps = ScriptDirectory.from_config(_config())
    return steps.get_current_head(), frozenset(step.revision for step in steps.walk_revisions())


def _prepare(engine: Engine, name: str, readonly: bool) -> None:
    head, known = _revisions()
    options = reading_options(engine) if readonly else {}
    with engine.connect().execution_options(**options) as connection, connection.begin():
        present = _revision(connection, name)
        if present == head:
            if not readonly:
                renew(connection)
            return
        if present is not None and present not in known:
            raise ArchiveError(f"database {name} is of a newer zsparkcrawl (schema {present}): update it")
        if readonly and present is None:
            raise EmptyError(f"database {name} is empty: a crawl sets it up")
        if readonly:
            raise OlderError(
                f"database {name} has the older schema {present}: zsparkcrawl upgrade, or a crawl, renews it"
            )
        if present is None and connection.dialect.name == "postgresql" and (why := fit_for_archive(connection)):
            raise ArchiveError(f"database {name}: {why}")
        config = _config()
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
        renew(connection)


def _revision(connection: Connection, name: str) -> str | None:
    """The schema's revision, None for an empty database. Raises ArchiveError for another program's."""
    tables = set(inspect(connection).get_table_names())
    if VERSION_TABLE in tables:
        context = MigrationContext.configure(connection, opts={"version_table": VERSION_TABLE})
        return context.get_current_revision()
    # A file of SQLite belongs to one program; a server's database may be shared, so there our own names
    # count.
    foreign = tables if connection.dialect.name == "sqlite" else tables & set(metadata.tables)
    if foreign:
        raise ArchiveError(f"database {name} belongs to another program: it has a table {min(foreign)}")
    return None
