"""Where a process keeps what it crawls: one lock, one database, one set of captures, shared by all of its
crawls."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import BinaryIO
from urllib.parse import urlsplit

from zsparkcrawl.archive import Archive, Scope, Wanted, captures_folder, data_folder, database_url
from zsparkcrawl.archive.database.locking import locked
from zsparkcrawl.archive.files.store import FileStore
from zsparkcrawl.archive.warc.captures import MAX_BYTES, CaptureWriter
from zsparkcrawl.errors import ZsparkError
from zsparkcrawl.run import Run

__all__ = ["Keeping", "SettingError", "warc_bytes"]


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
        self._lock = lock
        self._holders = 0

    @classmethod
    def hold(cls, environ: Mapping[str, str], now: Callable[[], dt.datetime] = _now) -> Keeping:
        """Open what ZSPARK_DATABASE and ZSPARK_DATA name, or share it when this process has it open already.

        Raises LockedError when another process crawls there, DataFolderError, ArchiveError or CaptureError
        when it cannot be used."""
        key = (database_url(environ), data_folder(environ).absolute())
        keeping = _held.get(key)
        if keeping is None:
            keeping = _held[key] = cls._open(environ, now)
        keeping._holders += 1
        return keeping

    @classmethod
    def _open(cls, environ: Mapping[str, str], now: Callable[[], dt.datetime]) -> Keeping:
        lock = locked(data_folder(environ))
        try:
            archive = Archive.open(database_url(environ))
            try:
                captures = CaptureWriter(captures_folder(environ), max_bytes=warc_bytes(environ))
                captures.sync_each = not archive.flush_often(captures.sync)
                files = FileStore(data_folder(environ))
                files.tidy()
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
        scope = Scope(number, site, section, "" if start_url is None else urlsplit(start_url).netloc.casefold())
        frontier = self.archive.frontier(scope, wanted or Wanted())
        run = Run(self.archive, self.captures, self.now, number, frontier, patience)
        run.store_of_files = self.files
        return run
