"""An archive on a server of PostgreSQL: how connections are set up, so that it answers and refuses as SQLite does."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any
from weakref import WeakSet

from sqlalchemy import URL, Connection, Engine, create_engine, event
from sqlalchemy.pool import ConnectionPoolEntry

from zsparkcrawl.archive.database.sharing import keep_alive
from zsparkcrawl.extras import extra

# What the driver cannot tidy up after a fault it warns of besides; the fault itself is raised.
logging.getLogger("psycopg").setLevel(logging.CRITICAL)

__all__ = ["READING_OPTIONS", "fit_for_archive", "is_server", "server_engine"]

READING_OPTIONS = {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
"""Execution options of a connection that only reads: all that it reads in one transaction is of one moment, as with
SQLite. Both are said with the BEGIN, and so cost nothing."""

_DRIVERS = ("postgresql", "postgresql+psycopg")
_BUSY_SECONDS = 90
"""Three times as long as for SQLite: the server takes half a minute to end what a stopped worker left open."""
_CONNECT_SECONDS = 10
_OPENED = "zspark_cursors"
_ENCODING = {"client_encoding": "UTF8"}
"""Said in any case, for PGCLIENTENCODING may say something else, and a server of SQL_ASCII would answer in bytes."""
_ALL, _SITES = int.from_bytes(b"zspark"), int.from_bytes(b"zsps")
_PATIENCE = f"SELECT set_config('lock_timeout', '{_BUSY_SECONDS}s', true)"
_LOCK = f"{_PATIENCE}, pg_advisory_xact_lock({_ALL})"
"""One writer at a time, as with SQLite: what a transaction decides by what it has read still holds when it writes, and
no two wait for each other. One round trip, 0.1 ms on one machine."""
_LOCK_SITE = f"{_PATIENCE}, pg_advisory_xact_lock_shared({_ALL}), pg_advisory_xact_lock({_SITES}, hashtext(%(site)s))"
"""Of workers one at a time for each site, for an article, a page of the frontier and a run belong to one."""


def is_server(url: URL) -> bool:
    """Whether a URL names a database that :func:`server_engine` opens."""
    return url.drivername in _DRIVERS


def server_engine(url: URL, *, readonly: bool, json: Callable[[object], str]) -> Engine:
    """An engine on a database of PostgreSQL. Raises ExtraMissingError when the driver is not installed."""
    extra("psycopg", "postgresql")
    told: dict[str, Any] = {"connect_timeout": _CONNECT_SECONDS, "application_name": "zsparkcrawl", **keep_alive(url)}
    engine = create_engine(
        url.set(drivername="postgresql+psycopg"),
        json_serializer=json,
        connect_args={name: value for name, value in told.items() if name not in url.query} | _ENCODING,
        pool_use_lifo=True,  # what the last connection counted of facets need not be counted anew
        pool_pre_ping=readonly,  # the viewer outlives a restart of the server; a crawl does not ask before each page
        execution_options={"postgresql_readonly": True} if readonly else {},
    )
    event.listen(engine, "connect", _take_numbers)
    event.listen(engine, "connect", _note_cursors)
    event.listen(engine, "begin", _begin)
    for end in ("commit", "rollback"):
        event.listen(engine, end, _end_cursors)
    event.listen(engine, "invalidate", lambda _, record, __: _end(record.info[_OPENED]))
    return engine


def _take_numbers(connection: Any, _: object) -> None:
    """Sums of long numbers come as int or float, as from SQLite, and not as Decimal."""
    from psycopg.adapt import Loader

    class Number(Loader):
        def load(self, data: Any) -> int | float:
            written = bytes(data)
            return float(written) if b"." in written else int(written)

    connection.adapters.register_loader("numeric", Number)


def _note_cursors(connection: Any, record: ConnectionPoolEntry) -> None:
    """Keep in mind which of the server's cursors are open."""
    from psycopg import ServerCursor

    opened: WeakSet[Any] = WeakSet()
    record.info[_OPENED] = opened

    def made(*given: Any, **told: Any) -> Any:
        cursor = ServerCursor(*given, **told)
        opened.add(cursor)
        return cursor

    connection.server_cursor_factory = made


def _end_cursors(connection: Connection) -> None:
    """Let cursors end with their transaction, as on the server. Whoever has not read to the end closes his only when he
    is cleared away, when the connection may be in the midst of somebody else's transaction: that would break it."""
    if not connection.invalidated:
        _end(connection.info[_OPENED])


def _end(opened: WeakSet[Any]) -> None:
    from psycopg import Cursor

    for cursor in tuple(opened):
        Cursor.close(cursor)  # and not its own way, which would ask the server
    opened.clear()


def _begin(connection: Connection) -> None:
    options = connection.get_execution_options()
    if options.get("zspark_reading", False):
        return
    if (site := options.get("zspark_site")) is not None:
        connection.exec_driver_sql(_LOCK_SITE, {"site": site})
    else:
        connection.exec_driver_sql(_LOCK)


def fit_for_archive(connection: Connection) -> str | None:
    """Why an empty database cannot hold an archive; None when it can."""
    encoding = connection.exec_driver_sql("SHOW server_encoding").scalar()
    return None if encoding == "UTF8" else f"its encoding is {encoding}, and an archive needs UTF8"
