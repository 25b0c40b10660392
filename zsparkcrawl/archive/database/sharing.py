"""Several machines at one database: the lock that a crawl takes there, and the clock that all go by.

A lock of the data folder says nothing to another machine. On PostgreSQL there is one in the database as well: a crawl
holds it alone, workers hold it together. It belongs to a connection, so whoever is killed holds none; a machine that is
cut off loses it when the server finds the connection dead. What SQLite keeps lies on one machine, and the lock of the
folder does.
"""

from __future__ import annotations

import datetime as dt
from contextlib import suppress
from typing import Any

from sqlalchemy import URL, Connection, Engine, event, func, select, text
from sqlalchemy.exc import ArgumentError, DBAPIError, SQLAlchemyError

from zsparkcrawl.archive.database.locking import LockedError
from zsparkcrawl.archive.database.naming import parsed_url

__all__ = ["DatabaseLock", "can_share", "give_up_idle", "keep_alive", "moment"]

_SPACE = 0x7A73706B
"""The first of the two numbers of our advisory locks: "zspk" as bytes. Other programs have others."""
_CRAWL = 1

_KEEP_ALIVE = {
    "keepalives_idle": 30,
    "keepalives_interval": 10,
    "keepalives_count": 3,
    "tcp_user_timeout": 60_000,
}
"""What libpq is told, so that a connection through a router that forgets is not taken for alive for hours. Chosen."""


def can_share(url: str) -> bool:
    """Whether several crawlers can work at once on the database at an SQLAlchemy URL. Of what is no URL that is not
    said: opening it tells what is wrong with it.

    >>> can_share("postgresql+psycopg://db/park"), can_share("sqlite:///data/zspark.sqlite")
    (True, False)
    """
    try:
        return parsed_url(url).get_backend_name() == "postgresql"
    except ArgumentError:
        return True


def keep_alive(url: URL) -> dict[str, Any]:
    """What the driver of a server is told besides."""
    drivers = ("postgresql", "postgresql+psycopg", "postgresql+psycopg2")
    if url.drivername not in drivers:
        return {}
    return {name: value for name, value in _KEEP_ALIVE.items() if name not in url.query}


def moment(connection: Connection) -> dt.datetime:
    """What time it is by the clock of the database; of SQLite's by this machine's."""
    if connection.dialect.name == "postgresql":
        now: dt.datetime = connection.execute(select(func.clock_timestamp())).scalar_one()
        return now.astimezone(dt.UTC)
    return dt.datetime.now(dt.UTC)


def give_up_idle(engine: Engine, seconds: float) -> None:
    """Have the server end a transaction in which a stopped process leaves the others waiting for so long."""

    def tell(connection: Any, _: object) -> None:
        with connection.cursor() as cursor:
            cursor.execute(f"SET idle_in_transaction_session_timeout = {int(seconds * 1000)}")
        connection.commit()

    engine.dispose()  # of connections that were set up otherwise
    event.listen(engine, "connect", tell)


class DatabaseLock:
    """The lock of a database, from now until :meth:`release`. Raises LockedError when others hold it."""

    def __init__(self, engine: Engine, name: str, *, shared: bool) -> None:
        self.guards = engine.dialect.name == "postgresql"
        """Whether there is such a lock at all."""
        self._engine, self._name, self._shared = engine, name, shared
        self._connection: Connection | None = None
        self._claimed: str | None = None
        if self.guards:
            self._take()

    def _take(self) -> None:
        connection = self._engine.connect().execution_options(isolation_level="AUTOCOMMIT", zspark_reading=True)
        take = func.pg_try_advisory_lock_shared if self._shared else func.pg_try_advisory_lock
        if not connection.execute(select(take(_SPACE, _CRAWL))).scalar_one():
            connection.close()
            others = "a crawl that works alone" if self._shared else "another crawl, or workers, of some machine"
            raise LockedError(f"{others}: at work in the database {self._name}")
        self._connection = connection

    def check(self) -> None:
        """See that the lock is held still. It is taken anew when its connection broke, as that of a machine does which
        slept: what others took over meanwhile is guarded by the numbers of leases. Raises LockedError when somebody
        has it who works alone, or, who wants it alone, when anybody has it."""
        if self._connection is None:
            return
        try:
            self._connection.execute(text("SELECT 1"))
        except DBAPIError:
            with suppress(SQLAlchemyError):
                self._connection.close()
            self._connection = self._claimed = None
            self._take()

    def claim(self, what: str) -> bool:
        """Claim something in place of what was claimed before, so that nobody else does; returns whether it was free.
        It keeps nobody from anything."""
        if self._connection is None:
            return True
        if self._claimed is not None:
            self._connection.execute(select(func.pg_advisory_unlock(_SPACE + 2, func.hashtext(self._claimed))))
            self._claimed = None
        taken = self._connection.execute(select(func.pg_try_advisory_lock(_SPACE + 2, func.hashtext(what))))
        if taken.scalar_one():
            self._claimed = what
        return self._claimed is not None

    def release(self) -> None:
        """Give it back."""
        if self._connection is None:
            return
        with suppress(SQLAlchemyError):  # when the connection is gone the lock is
            self._connection.execute(select(func.pg_advisory_unlock_all()))
        with suppress(SQLAlchemyError):
            self._connection.close()
        self._connection = None
