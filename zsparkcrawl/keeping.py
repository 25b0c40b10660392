"""Where a process keeps what it crawls: one lock, one database, one set of captures, shared by all of its
crawls."""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import BinaryIO

from zsparkcrawl.archive import Archive, Scope, Wanted, captures_folder, data_folder, database_url
from zsparkcrawl.archive.crawling.workers import origin_of
from zsparkcrawl.archive.database.locking import locked
from zsparkcrawl.archive.files.store import FileStore
from zsparkcrawl.archive.warc.captures import MAX_BYTES, CaptureWriter
from zsparkcrawl.errors import ZsparkError
from zsparkcrawl.run import Run

__all__ = ["Keeping", "SettingError", "warc_bytes"]


_LOOK_SECONDS = 10.0
"""How often the lock of a database is looked after. Chosen."""


class SettingError(ZsparkError):
    """A setting has a value that makes no sense."""


def warc_bytes(environ: Mapping[str, str]) -> int:
    """After how many bytes a new WARC file is begun: ZSPARK_WARC_BYTES, or 1 GiB, which the WARC guidelines recommend.

    >>> warc_bytes({}), warc_bytes({"ZSPARK_WARC_BYTES": "1000000"})
    (1073741824, 1000000)
    """
    given = environ.get("ZSPARK_WARC_BYTES") or str(MAX_BYTES)
    if not (given.isascii() and given.isdigit()):
        raise SettingError(f"ZSPARK_WARC_BYTES is {given!r}, which is no number of bytes")
    return int(given)


def _now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)


class _DatabaseClock:
    """The clock of the database, by which workers on several machines go alike: this machine's, set right now and
    then."""

    def __init__(self, archive: Archive) -> None:
        self._archive = archive
        self.set()

    def set(self) -> None:
        """Ask the database what time it is."""
        self._ahead = self._archive.database_time() - _now()

    def __call__(self) -> dt.datetime:
        return _now() + self._ahead


class _Clock:
    """A clock that never goes back: what a run just entered as due would not be due any more. Set back, it goes on from
    where it was."""

    def __init__(self, now: Callable[[], dt.datetime]) -> None:
        self._now = now
        self._latest = dt.datetime.min.replace(tzinfo=dt.UTC)
        self._ahead = dt.timedelta(0)

    def __call__(self) -> dt.datetime:
        self._ahead += max(dt.timedelta(0), self._latest - (moment := self._now()) - self._ahead)
        self._latest = moment + self._ahead
        return self._latest


_held: dict[tuple[str, Path], Keeping] = {}


class Keeping:
    """The lock, the archive and the captures of one process. Got by :meth:`hold`, given back by
    :meth:`release`."""

    def __init__(
        self,
        archive: Archive,
        captures: CaptureWriter,
        lock: BinaryIO,
        *,
        files: FileStore,
        now: Callable[[], dt.datetime],
    ) -> None:
        self.files = files
        self.archive = archive
        self.captures = captures
        self.now = _Clock(now)
        self._set = now.set if isinstance(now, _DatabaseClock) else lambda: None
        self._lock = lock
        self._holders = 0
        self._looked = time.monotonic()

    @classmethod
    def hold(
        cls, environ: Mapping[str, str], now: Callable[[], dt.datetime] = _now, *, lapse: float | None = None
    ) -> Keeping:
        """Open what ZSPARK_DATABASE and ZSPARK_DATA name, or share it when this process has it open already. With
        ``lapse`` workers may be there as well, of which one counts as lost after so many seconds without a sign of
        life; the clock is the database's.

        Raises LockedError when another process crawls there, DataFolderError, ArchiveError or CaptureError
        when it cannot be used."""
        key = (database_url(environ), data_folder(environ).absolute())
        keeping = _held.get(key)
        if keeping is None:
            keeping = _held[key] = cls._open(environ, now, lapse)
        keeping._holders += 1
        return keeping

    @classmethod
    def _open(cls, environ: Mapping[str, str], now: Callable[[], dt.datetime], lapse: float | None) -> Keeping:
        shared = lapse is not None
        lock = locked(data_folder(environ), shared=shared)
        try:
            archive = Archive.open(database_url(environ))
            try:
                if lapse is None:
                    archive.hold_alone()
                else:
                    archive.hold_with_others(lapse)
                    now = _DatabaseClock(archive)
                captures = CaptureWriter(captures_folder(environ), max_bytes=warc_bytes(environ))
                captures.sync_each = not archive.flush_often(captures.sync)
                files = FileStore(data_folder(environ))
                files.tidy(shared=shared)
                return cls(archive, captures, lock, files=files, now=now)
            except ZsparkError:
                archive.close()
                raise
        except ZsparkError:
            lock.close()
            raise

    def release(self) -> None:
        """Give it back; the last holder closes everything, the lock at the end."""
        self._holders -= 1
        if self._holders:
            return
        for key in [key for key, keeping in _held.items() if keeping is self]:
            del _held[key]
        try:
            self.archive.flush()
            self.captures.close()
        finally:
            self.archive.close()
            self._lock.close()

    def look(self) -> None:
        """See now and then that the lock is still held, and set the clock. Raises LockedError, ArchiveError."""
        if time.monotonic() - self._looked >= _LOOK_SECONDS:
            self._looked = time.monotonic()
            self.archive.check_lock()
            self._set()

    def join_run(  # noqa: PLR0913 - all are said by name
        self,
        *,
        site: str,
        section: str,
        start_url: str | None,
        arguments: Mapping[str, str],
        name: str,
        lapse: float,
        wanted: Wanted | None = None,
        patience: float = 0.0,
    ) -> Run:
        """Take part in the run of a section that other workers have begun, or begin it; the worker is called ``name``.
        See :meth:`start_run`. Raises LockedError when that run has other arguments."""
        self.archive.take_turns(site)
        facts = {"site": site, "section": section, "start_url": start_url, "arguments": arguments}
        folder = str(self.captures.folder.absolute())
        part = self.archive.join_run(**facts, name=name, folder=folder, lapse=lapse)  # type: ignore[arg-type]
        scope = Scope(part.run_id, site, section, origin_of(start_url), part.worker_id)
        frontier = self.archive.frontier(scope, wanted or Wanted())
        run = Run(self.archive, self.captures, self.now, part.run_id, frontier, patience)
        run.store_of_files, run.part = self.files, part
        return run

    def start_run(  # noqa: PLR0913 - all are said by name
        self,
        *,
        site: str,
        section: str,
        start_url: str | None,
        arguments: Mapping[str, str],
        wanted: Wanted | None = None,
        patience: float = 0.0,
    ) -> Run:
        """Enter a run. ``wanted`` tells which articles of those that are due it is to fetch: all, unless said;
        ``patience`` for how many seconds it waits to try again itself what failed."""
        number = self.archive.start_run(
            site=site, section=section, start_url=start_url, arguments=arguments, started=self.now()
        )
        scope = Scope(number, site, section, origin_of(start_url))
        frontier = self.archive.frontier(scope, wanted or Wanted())
        run = Run(self.archive, self.captures, self.now, number, frontier, patience)
        run.store_of_files = self.files
        return run
