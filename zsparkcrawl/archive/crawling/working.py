"""Several processes at work on one archive: the lock between them, the run that they share, the hosts that they ask."""

from __future__ import annotations

import datetime as dt
from abc import ABC, abstractmethod
from collections.abc import Generator, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from typing import Any

from sqlalchemy import Connection, Engine, select

from zsparkcrawl.archive.articles.storable import stamp, storable
from zsparkcrawl.archive.crawling import hosts
from zsparkcrawl.archive.crawling.workers import (
    Part,
    Told,
    bury_lapsed,
    bury_workers,
    end_part,
    is_lost,
    join_run,
    origin_of,
    others_of,
    select_workers,
    sign,
)
from zsparkcrawl.archive.database.opening import faults
from zsparkcrawl.archive.database.running import worker_facts
from zsparkcrawl.archive.database.sharing import DatabaseLock, give_up_idle, moment
from zsparkcrawl.archive.tables.schema import runs, workers

__all__ = ["Working"]

_SHOWN = dt.timedelta(hours=1)
"""For how long workers that are gone are shown. Chosen."""


class Working(ABC):
    """The part of :class:`zsparkcrawl.archive.Archive` for crawls that must know of each other."""

    name: str
    _engine: Engine
    _lock: DatabaseLock | None = None

    @abstractmethod
    def _writing(self) -> AbstractContextManager[Connection]: ...

    @abstractmethod
    def _reading(self) -> AbstractContextManager[Connection]: ...

    @abstractmethod
    def _rows(self, wanted: Any) -> Generator[Mapping[str, Any]]: ...

    def hold_alone(self) -> None:
        """Keep all others away from the database until the archive is closed, those on other machines as well, where it
        is one that they can reach. Raises LockedError when any is at work there."""
        with faults(self.name):
            self._lock = DatabaseLock(self._engine, self.name, shared=False)
        if self._lock.guards:
            with self._writing() as connection:
                bury_workers(connection)  # the lock says that they are gone

    def hold_with_others(self, lapse: float) -> None:
        """Keep all but workers away from the database until the archive is closed. Raises LockedError when a crawl that
        works alone is there. A worker that stops in the midst of a transaction holds the others up for half the lapse
        at most: then the server ends that."""
        with faults(self.name):
            give_up_idle(self._engine, lapse / 2)  # first, for a lock's connection must not be closed
            self._lock = DatabaseLock(self._engine, self.name, shared=True)

    def check_lock(self) -> None:
        """See that the lock is held still, and take it anew when its connection broke. Raises LockedError when another
        crawl was faster."""
        if self._lock is not None:
            with faults(self.name):
                self._lock.check()

    def claim(self, what: str) -> bool:
        """Claim a piece of work in place of the one before; returns whether nobody else has done so."""
        with faults(self.name):
            return self._lock is None or self._lock.claim(what)

    def take_turns(self, site: str) -> None:
        """From now on write only while no other worker of this site does, and not only while nobody does: what one
        transaction reads, none changes before it ends."""
        self._engine.update_execution_options(zspark_site=site)

    def database_time(self) -> dt.datetime:
        """What time it is by the clock of the database."""
        with self._alone() as connection:
            return moment(connection)

    def join_run(  # noqa: PLR0913 - all are said by name
        self, *, site: str, section: str, start_url: str | None, arguments: Mapping[str, str], name: str, folder: str,
        lapse: float,
    ) -> Part:  # fmt: skip
        """Take part in the run of a section, or begin it. ``name`` is what the worker is called, ``folder`` where it
        keeps captures. Raises LockedError when a run of the same pages is under way with other arguments."""
        told = {key: storable(str(value)) for key, value in arguments.items()}
        run = {"site": site, "section": section, "start_url": start_url, "arguments": told, "kind": "crawl"}
        worker = {**worker_facts(), "name": storable(name), "folder": storable(folder)}
        with self._writing() as connection:
            return join_run(connection, run, worker, lapse)

    def sign(self, part: Part, stats: Mapping[str, Any]) -> list[Told]:
        """Give a sign of life, free what workers of this archive had that give none any more, and return what the
        others of the run tell. Raises WorkerLostError when it comes too late."""
        with self._alone() as connection:
            sign(connection, part, stats)
        with self._writing() as connection:
            bury_lapsed(connection)
            return others_of(connection, part)

    def end_part(self, part: Part, reason: str, stats: Mapping[str, Any]) -> list[Told] | None:
        """Leave the run, and give back what was taken. The last one gets what all the others told, and has to end the
        run, in one transaction with this; the others get None. Raises WorkerLostError when it comes too late."""
        with self._writing() as connection:
            last = end_part(connection, part, reason, stats)
            return others_of(connection, part) if last else None

    def crowds(self) -> dict[tuple[str, str, str], int]:
        """How many workers are at the pages of each site, section and origin."""
        found: dict[tuple[str, str, str], int] = {}
        shown = select(runs.c.site, runs.c.section, runs.c.start_url).select_from(workers.join(runs))
        for row in self._rows(shown.where(workers.c.state == "working")):
            place = (row["site"], row["section"], origin_of(row["start_url"]))
            found[place] = found.get(place, 0) + 1
        return found

    def ended_runs(self, since: dt.datetime) -> list[Mapping[str, Any]]:
        """The crawls that came to their end since a moment, the latest first."""
        c = runs.c
        ended = select(runs).where(c.ended >= stamp(since), c.kind == "crawl", c.state.in_(["good", "suspicious"]))
        return list(self._rows(ended.order_by(c.id.desc())))

    def workers(self) -> list[Mapping[str, Any]]:
        """The workers of the runs that are under way, and those that ended of late: the columns of the table but for
        what only programs understand, with site, section, leases, and ``silent``, the seconds since the last sign of
        life. One that gave none for too long, or whose process is certain to be gone, is shown as lost."""
        with self._reading() as connection:
            now = moment(connection)
            wanted = select_workers(ended_after=stamp(now - _SHOWN))
            rows = connection.execute(wanted.add_columns(workers.c.place, workers.c.process_mark)).mappings().all()
        shown: list[Mapping[str, Any]] = []
        for row in rows:
            gone = row["state"] == "working" and is_lost(row, now)
            silent = (now - dt.datetime.fromisoformat(row["alive_at"])).total_seconds()
            told = {name: value for name, value in row.items() if name not in ("place", "process_mark")}
            shown.append({**told, "state": "lost" if gone else row["state"], "silent": max(0, int(silent))})
        return shown

    def enter_host(self, host: str, spacing: hosts.Spacing) -> None:
        """Have a host in the tables that is to be asked."""
        with self._alone() as connection:
            hosts.enter_host(connection, host, spacing)

    def take_turn(self, host: str, worker_id: int, spacing: hosts.Spacing, seconds: float) -> hosts.Turn | None:
        """Take the leave to send a request now; see :func:`zsparkcrawl.archive.crawling.hosts.take_turn`."""
        with self._alone() as connection:
            return hosts.take_turn(connection, host, worker_id, spacing, seconds)

    def until_turn(self, host: str) -> tuple[float, float]:
        """Seconds until a host may be asked by its spacing, and until its rest ends."""
        with self._alone() as connection:
            return hosts.until_turn(connection, host)

    def give_back(self, turn: hosts.Turn, spacing: hosts.Spacing, answered: hosts.Answered) -> None:
        """Enter that a request has ended, and what was learnt of the host."""
        with self._alone() as connection:
            hosts.give_back(connection, turn, spacing, answered)

    @contextmanager
    def _alone(self) -> Iterator[Connection]:
        """A connection on which each statement commits by itself."""
        with faults(self.name), self._engine.connect() as connection:
            if connection.dialect.name == "postgresql":
                # Said to be reading: a statement that commits by itself needs no lock of those that write.
                connection.execution_options(isolation_level="AUTOCOMMIT", zspark_reading=True)
            yield connection
