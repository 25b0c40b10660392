"""The archive: what was crawled, in every state, with every change of its text.

:class:`Archive` is the only class that speaks SQL. The responses it refers to are kept as WARC files, which
:mod:`zsparkcrawl.archive.warc.captures` writes and reads. The rooms build on each other: ``tables``; ``articles`` and
``warc``; ``search``; ``database``; ``witnesses``; ``crawling``; ``files`` and ``runs``; ``views``; ``exports``.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Literal, Self

from sqlalchemy import Connection, Engine

from zsparkcrawl.archive.articles import reading
from zsparkcrawl.archive.articles.judging import count_kinds
from zsparkcrawl.archive.articles.selecting import Filters
from zsparkcrawl.archive.articles.storable import stamp, storable
from zsparkcrawl.archive.crawling import writing
from zsparkcrawl.archive.crawling.fetching import Frontier
from zsparkcrawl.archive.crawling.finding import Trail
from zsparkcrawl.archive.crawling.frontier import LeaseLostError, Scope, Shown, Wanted, release
from zsparkcrawl.archive.crawling.importing import Importing
from zsparkcrawl.archive.crawling.left_behind import take_over
from zsparkcrawl.archive.crawling.recovering import Recovering
from zsparkcrawl.archive.crawling.storing import Storing
from zsparkcrawl.archive.crawling.visits import Lease, Standing, Visited
from zsparkcrawl.archive.crawling.workers import Part, Told, WorkerLostError
from zsparkcrawl.archive.crawling.working import Working
from zsparkcrawl.archive.crawling.writing import Listed, Origin, Stored
from zsparkcrawl.archive.database.flushing import Flusher
from zsparkcrawl.archive.database.opening import (
    DEFAULT_DATABASE,
    ArchiveError,
    captures_folder,
    data_folder,
    database_url,
    dispose,
    faults,
    flush_by_hand,
    open_engine,
    reading_options,
)
from zsparkcrawl.archive.database.sharing import can_share
from zsparkcrawl.archive.exports.packing import Packing
from zsparkcrawl.archive.files.filing import Filing
from zsparkcrawl.archive.runs.ledger import Ledger
from zsparkcrawl.archive.runs.status import FileStatus, SectionStatus, Status
from zsparkcrawl.archive.runs.tallying import Tallying
from zsparkcrawl.archive.search.queries import QueryError
from zsparkcrawl.archive.search.snippets import Found, Snippet
from zsparkcrawl.archive.views.browsing import Browsing
from zsparkcrawl.archive.views.facets import Facets, Selection
from zsparkcrawl.archive.views.searching import Searching
from zsparkcrawl.archive.views.showing import Showing
from zsparkcrawl.archive.warc.captures import Captured, KeptBody
from zsparkcrawl.archive.witnesses.testifying import Testifying
from zsparkcrawl.items import Article

__all__ = [
    "DEFAULT_DATABASE",
    "Archive",
    "ArchiveError",
    "Captured",
    "Facets",
    "FileStatus",
    "Filters",
    "Found",
    "Frontier",
    "KeptBody",
    "Lease",
    "LeaseLostError",
    "Listed",
    "Origin",
    "Part",
    "QueryError",
    "Scope",
    "SectionStatus",
    "Selection",
    "Shown",
    "Snippet",
    "Standing",
    "Status",
    "Stored",
    "Told",
    "Trail",
    "Visited",
    "Wanted",
    "WorkerLostError",
    "can_share",
    "captures_folder",
    "data_folder",
    "database_url",
    "storable",
]


class Archive(
    Showing, Browsing, Searching, Testifying, Filing, Ledger, Tallying, Packing, Importing, Recovering, Storing, Working
):
    """An open database of articles, versions, edits, runs and captures. Made by :meth:`open`; a context
    manager.

    Every method raises ArchiveError when the database refuses: disk full, locked for 30 seconds, damaged.
    """

    def __init__(self, engine: Engine, name: str) -> None:
        self._engine = engine
        self._reader = engine.execution_options(**reading_options(engine))
        self._flusher: Flusher | None = None
        self._joined: Connection | None = None
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
        """Close all connections, and give the lock back. Close iterators before that were not read to the end."""
        if self._lock is not None:
            self._lock.release()
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

    def start_run(  # noqa: PLR0913 - all are said by name
        self,
        *,
        site: str,
        section: str,
        start_url: str | None,
        arguments: Mapping[str, str],
        started: dt.datetime,
        kind: Literal["crawl", "import", "recover"] = "crawl",
    ) -> int:
        """Enter a run and return its number. Runs whose process is gone are set to "died" at the same
        time, and what they had taken to fetch is free again."""
        row = {
            "site": site,
            "section": section,
            "start_url": start_url,
            "arguments": {name: storable(str(value)) for name, value in arguments.items()},
            "started": stamp(started),
            "kind": kind,
        }
        with self._writing() as connection:
            writing.bury_dead_runs(connection, alone=self._lock is not None and self._lock.guards)
            take_over(connection, started)
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
        worker_id: int | None = None,
    ) -> int:
        """Enter a response that is kept in a WARC file, and return its number. ``partial`` tells that the
        connection ended before the whole body came, ``worker_id`` in whose folder it lies when there are several."""
        declared = None if declared_charset is None else storable(declared_charset)
        facts = {"run_id": run_id, "declared_charset": declared, "partial": partial, "worker_id": worker_id}
        with self._writing() as connection:
            return writing.insert_capture(connection, captured, facts)

    def set_read(self, capture_id: int, article: Article) -> None:
        """Enter what reading made of a capture: which encoding it chose, and the digest of the clean article's text."""
        with self._writing() as connection:
            writing.set_read(connection, capture_id, article)

    def kept_body(self, url: str, digest: str | None) -> KeptBody | None:
        """Where a body of this address and digest is kept already; None when it is not. Without a digest the body of
        the latest good answer is meant, of which a 304 says that it still holds."""
        wanted, meant = (reading.LATEST_BODY, {}) if digest is None else (reading.KEPT_BODY, {"digest": digest})
        with self._reading() as connection:
            found = connection.execute(wanted, {"url": storable(url), **meant}).first()
        return KeptBody(*found) if found else None

    @contextmanager
    def together(self) -> Iterator[None]:
        """Make one transaction of all that is asked of the archive within: all or nothing, and quicker."""
        if self._joined is not None:
            yield
            return
        with self._writing() as connection:
            self._joined = connection
            try:
                yield
            finally:
                self._joined = None

    @contextmanager
    def at_one_moment(self) -> Iterator[None]:
        """All that is asked of the archive within comes from one state of it, whatever others write meanwhile. Nothing
        can be written within."""
        with faults(self.name), self._reader.begin() as connection:
            self._joined = connection
            try:
                yield
            finally:
                self._joined = None

    @contextmanager
    def _writing(self) -> Iterator[Connection]:
        if self._joined is not None:
            yield self._joined
            return
        with faults(self.name):
            with self._engine.begin() as connection:
                yield connection
            if self._flusher is not None:
                self._flusher.wrote()

    @contextmanager
    def _reading(self) -> Iterator[Connection]:
        if self._joined is not None:
            yield self._joined
            return
        with faults(self.name), self._reader.begin() as connection:
            yield connection
