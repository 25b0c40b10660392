"""The archive: what was crawled, in every state, with every change of its text.

:class:`Archive` is the only class that speaks SQL. The responses it refers to are kept as WARC files, which
:mod:`zsparkcrawl.archive.captures` writes and reads.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Generator, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from typing import Any, Self

from sqlalchemy import Connection, Engine

from zsparkcrawl.archive import reading, writing
from zsparkcrawl.archive.captures import Captured, KeptBody
from zsparkcrawl.archive.fetching import Frontier
from zsparkcrawl.archive.flushing import Flusher
from zsparkcrawl.archive.frontier import Scope, Shown, Wanted, release, take_over
from zsparkcrawl.archive.judging import count_kinds
from zsparkcrawl.archive.ledger import Ledger
from zsparkcrawl.archive.opening import (
    DEFAULT_DATABASE,
    READING,
    ArchiveError,
    captures_folder,
    data_folder,
    database_url,
    dispose,
    faults,
    flush_by_hand,
    open_engine,
)
from zsparkcrawl.archive.reading import Filters
from zsparkcrawl.archive.status import SectionStatus, Status
from zsparkcrawl.archive.storable import stamp, storable
from zsparkcrawl.archive.visits import Lease, Standing, Visited
from zsparkcrawl.archive.writing import Listed, Origin, Stored
from zsparkcrawl.items import Article

__all__ = [
    "DEFAULT_DATABASE",
    "Archive",
    "ArchiveError",
    "Captured",
    "Filters",
    "Frontier",
    "KeptBody",
    "Lease",
    "Listed",
    "Origin",
    "Scope",
    "SectionStatus",
    "Shown",
    "Standing",
    "Status",
    "Stored",
    "Visited",
    "Wanted",
    "captures_folder",
    "data_folder",
    "database_url",
    "storable",
]

_AT_ONCE = 200
"""Rows fetched at a time: enough to be quick, few enough that long bodies stay within some megabytes."""


class Archive(Ledger):
    """An open database of articles, versions, edits, runs and captures. Made by :meth:`open`; a context
    manager.

    Every method raises ArchiveError when the database refuses: disk full, locked for 30 seconds, damaged.
    """

    def __init__(self, engine: Engine, name: str) -> None:
        self._engine = engine
        self._reader = engine.execution_options(**READING)
        self._flusher: Flusher | None = None
        self.name = name
        """The database's file, or its URL without the password."""

    @classmethod
    def open(cls, url: str, *, readonly: bool = False) -> Self:
        """Open the database at an SQLAlchemy URL. For writing, missing folders and tables are made.

        Raises ArchiveError: not writable, not a database, another program's, newer than this program, or
        missing when ``readonly``.
        """
        return cls(*open_engine(url, readonly=readonly))

    def close(self) -> None:
        """Close all connections. Close iterators before that were not read to the end."""
        dispose(self._engine)

    def flush_often(self, first: Callable[[], None]) -> bool:
        """From now on put writes on the disk ten times a second and with :meth:`flush`, and not each by itself; a kill
        still costs none. ``first`` is called before, and puts there what the rows point to. Returns False, and changes
        nothing, when the database is none of SQLite's."""
        if self._engine.dialect.name != "sqlite":
            return False
        with faults(self.name):
            flush_by_hand(self._engine)
        self._flusher = Flusher(self._engine, self.name, first)
        return True

    def flush(self) -> None:
        """Put what was written on the disk, if anything still waits for it."""
        if self._flusher is not None:
            with faults(self.name):
                self._flusher.flush()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def start_run(
        self,
        *,
        site: str,
        section: str,
        start_url: str | None,
        arguments: Mapping[str, str],
        started: dt.datetime,
    ) -> int:
        """Enter a run and return its number. Runs whose process is gone are set to "died" at the same
        time, and what they had taken to fetch is free again."""
        row = {
            "site": site,
            "section": section,
            "start_url": start_url,
            "arguments": {name: storable(str(value)) for name, value in arguments.items()},
            "started": stamp(started),
        }
        with self._writing() as connection:
            writing.bury_dead_runs(connection)
            take_over(connection)
            return writing.insert_run(connection, row)

    def end_run(self, run_id: int, *, state: str, reason: str, counts: Mapping[str, int], ended: dt.datetime) -> None:
        """Enter how a run ended, and beside its counts how many of its versions hold a change of each kind (as
        changed_edited). Raises KeyError when there is no such run."""
        values = {"state": state, "reason": storable(reason), "ended": stamp(ended)}
        with self._writing() as connection:
            counted = {**counts, **count_kinds(connection, run_id)}
            writing.update_run(connection, run_id, {**values, "counts": counted})
            release(connection, run_id)

    def frontier(self, scope: Scope, wanted: Wanted) -> Frontier:
        """What a run may fetch of a section."""
        return Frontier(self._writing, scope, wanted)

    def add_capture(
        self,
        captured: Captured,
        *,
        run_id: int | None = None,
        declared_charset: str | None = None,
        partial: bool = False,
    ) -> int:
        """Enter a response that is kept in a WARC file, and return its number. ``partial`` tells that the
        connection ended before the whole body came."""
        declared = None if declared_charset is None else storable(declared_charset)
        facts = {"run_id": run_id, "declared_charset": declared, "partial": partial}
        with self._writing() as connection:
            return writing.insert_capture(connection, captured, facts)

    def set_charset(self, capture_id: int, charset: str | None) -> None:
        """Enter which encoding reading chose for a capture."""
        with self._writing() as connection:
            writing.update_capture(connection, capture_id, {"charset": charset})

    def kept_body(self, url: str, digest: str | None) -> KeptBody | None:
        """Where a body of this address and digest is kept already; None when it is not. Without a digest the body of
        the latest good answer is meant, of which a 304 says that it still holds."""
        wanted, meant = (reading.LATEST_BODY, {}) if digest is None else (reading.KEPT_BODY, {"digest": digest})
        with self._reading() as connection:
            found = connection.execute(wanted, {"url": storable(url), **meant}).first()
        return KeptBody(*found) if found else None

    def store(  # noqa: PLR0913 - all but the article are said by name
        self,
        article: Article,
        *,
        run_id: int | None,
        capture_id: int | None,
        now: dt.datetime,
        origin: Origin = "site",
        visited: tuple[Frontier, Visited] | None = None,
    ) -> Stored:
        """Keep an article: "new", a new "version" when any content field changed, or "unchanged". All or nothing.

        What is a change, and of which kind, :mod:`zsparkcrawl.archive.changes` says. With ``origin`` "site" an article
        that was marked as gone stands again.

        An article is that of the same site, section and number, or of the same URL when it has no number.
        With ``origin`` "site" it counts as seen now; "reading", old bytes read anew, leaves the times of
        seeing alone. ``visited`` is the visit of the frontier that read it: it ends in the same transaction.
        """
        facts = {"run_id": run_id, "capture_id": capture_id, "made_at": stamp(now), "made_by": origin}
        with self._writing() as connection:
            stored = writing.store_article(connection, article, facts)
            if visited is not None:
                frontier, visit = visited
                number = writing.article_number(connection, article)
                frontier.conclude_in(connection, replace(visit, article_id=number), now)
            return stored

    def seen_again(self, visited: tuple[Frontier, Visited], *, now: dt.datetime) -> None:
        """Enter that the server says an article has not changed since it was last read."""
        frontier, visit = visited
        with self._writing() as connection:
            if visit.lease.article_id is not None:
                writing.touch_article(connection, visit.lease.article_id, stamp(now))
            frontier.conclude_in(connection, visit, now)

    def mark_gone(self, article_id: int, moment: dt.datetime, reason: str) -> None:
        """Enter that the site has removed an article; its copy is kept. When it was marked before, that moment stays.
        Raises KeyError when there is no such article."""
        with self._writing() as connection:
            writing.update_gone(connection, article_id, stamp(moment), storable(reason))

    def unmark_gone(self, article_id: int) -> None:
        """Enter that an article stands again. Raises KeyError when there is no such article."""
        with self._writing() as connection:
            writing.update_gone(connection, article_id, None, None)

    def articles(self, filters: Filters | None = None) -> Generator[Mapping[str, Any]]:
        """The articles meant, one row at a time: by section, date (unknown last) and number.

        A row has the columns of the table articles, and the counts of its version: edit_count,
        inferred_count, damage_count, injection_count.
        """
        return self._rows(reading.select_articles(filters or Filters()))

    def article(self, key: str) -> Mapping[str, Any] | None:
        """One article by its number here, its URL, or section/number as in news/1207; None when there is
        none."""
        for meant in reading.select_article(key):
            if rows := list(self._rows(meant.limit(1))):
                return rows[0]
        return None

    def versions_of(self, article_id: int) -> list[Mapping[str, Any]]:
        """All states of an article, the first first."""
        return list(self._rows(reading.select_versions(article_id)))

    def edits_of(self, article_id: int, version: int) -> list[Mapping[str, Any]]:
        """The edits of one version: by field, in the order in which they were made."""
        return list(self._rows(reading.select_edits(article_id, version)))

    def injections_of(self, article_id: int, version: int) -> list[Mapping[str, Any]]:
        """The foreign things that were kept out of an article up to one version, in the order of the page: kind,
        phrase, carrier, domain, the version and the time in which they were seen, and how many pages they hit."""
        return list(self._rows(reading.select_injections(article_id, version)))

    def captures(self) -> Generator[Mapping[str, Any]]:
        """All captures, the newest first, with the columns of the table, the site and section of their run, and
        body_file and body_offset, where their bodies lie.

        Read in stretches, so that no snapshot stays open while the caller writes.
        """
        below = None
        while stretch := list(self._rows(reading.select_captures(below, _AT_ONCE))):
            yield from stretch
            below = stretch[-1]["id"]

    def capture_of(self, site: str, section: str, native_id: str) -> Mapping[str, Any] | None:
        """The capture that the latest state of an article was read from; None when there is no such article, or when it
        came from no capture."""
        return next(iter(list(self._rows(reading.select_capture_of(site, section, native_id)))), None)

    @contextmanager
    def _writing(self) -> Iterator[Connection]:
        with faults(self.name):
            with self._engine.begin() as connection:
                yield connection
            if self._flusher is not None:
                self._flusher.wrote()

    @contextmanager
    def _reading(self) -> Iterator[Connection]:
        with faults(self.name), self._reader.begin() as connection:
            yield connection

    def _rows(self, wanted: Any) -> Generator[Mapping[str, Any]]:
        with self._reading() as connection:
            for row in connection.execute(wanted, execution_options={"yield_per": _AT_ONCE}):
                yield row._asdict()
