"""Where a process keeps what it crawls: one lock, one database, one set of captures, shared by all of its
crawls."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

from zsparkcrawl.archive import Archive, Filters, Listed, captures_folder, data_folder, database_url
from zsparkcrawl.archive.captures import MAX_BYTES, CaptureWriter
from zsparkcrawl.archive.locking import locked
from zsparkcrawl.archive.warc import NOT_MODIFIED, payload_digest
from zsparkcrawl.charset import declared_charset
from zsparkcrawl.errors import ZsparkError
from zsparkcrawl.extract.links import ListedArticle
from zsparkcrawl.items import Article
from zsparkcrawl.outcome import Outcome

__all__ = ["Exchange", "Keeping", "Run", "SettingError", "warc_bytes"]

_RUNS_LOOKED_AT = 1000


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


@dataclass(frozen=True, slots=True)
class Exchange:
    """A request and its response, in plain values. ``body`` is the body without any content encoding."""

    url: str
    method: str
    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes
    request_headers: tuple[tuple[str, str], ...]
    content_type: str
    partial: bool


def _now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)


_held: dict[tuple[str, Path], Keeping] = {}


class Keeping:
    """The lock, the archive and the captures of one process. Got by :meth:`hold`, given back by
    :meth:`release`."""

    def __init__(
        self, archive: Archive, captures: CaptureWriter, lock: BinaryIO, now: Callable[[], dt.datetime]
    ) -> None:
        self.archive = archive
        self.captures = captures
        self.now = now
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
                return cls(archive, captures, lock, now)
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

    def start_run(self, *, site: str, section: str, start_url: str | None, arguments: Mapping[str, str]) -> Run:
        """Enter a run, and learn what earlier ones know."""
        known = frozenset(str(row["url"]) for row in self.archive.articles(Filters(site=site, section=section)))
        earlier = self.archive.status(last_runs=_RUNS_LOOKED_AT).runs
        complete = any(
            (run["site"], run["section"], run["start_url"]) == (site, section, start_url)
            and run["counts"].get("complete")
            for run in earlier
        )
        number = self.archive.start_run(
            site=site, section=section, start_url=start_url, arguments=arguments, started=self.now()
        )
        return Run(self, number, known, complete)


@dataclass
class Run:
    """One crawl as the archive sees it. ``known`` are the URLs of the section's articles that the archive
    had when it began; ``walked_before`` says whether an earlier run came to the end of these listings,
    without which a known page proves nothing about the pages behind it."""

    keeping: Keeping
    number: int
    known: frozenset[str]
    walked_before: bool
    _captures: dict[str, int] = field(default_factory=dict)
    _ended: bool = False

    def capture(self, exchange: Exchange) -> dt.datetime:
        """Keep a response as it came; returns the moment it is entered under."""
        time, archive = self.keeping.now(), self.keeping.archive
        digest = payload_digest(exchange.body) if exchange.status != NOT_MODIFIED else None
        captured = self.keeping.captures.write(
            url=exchange.url,
            status=exchange.status,
            headers=exchange.headers,
            body=exchange.body,
            request_headers=exchange.request_headers,
            time=time,
            method=exchange.method,
            partial=exchange.partial,
            kept=archive.kept_body(exchange.url, digest),
        )
        declared = declared_charset(exchange.body, exchange.content_type)
        self._captures[exchange.url] = archive.add_capture(
            captured, run_id=self.number, declared_charset=declared, partial=exchange.partial
        )
        return time

    def saw(self, listing_url: str, rows: Iterable[ListedArticle]) -> None:
        """Enter what a listing page showed."""
        listed = [Listed(row.url, row.title or None, row.date) for row in rows]
        self.keeping.archive.saw(self.number, listing_url, listed, now=self.keeping.now())

    def store(self, article: Article) -> str:
        """Keep an article: "new", "version" or "unchanged"."""
        capture = self._captures.pop(article.url, None)
        if capture is not None and article.charset is not None:
            self.keeping.archive.set_charset(capture, article.charset)
        return self.keeping.archive.store(article, run_id=self.number, capture_id=capture, now=self.keeping.now())

    def end(self, outcome: Outcome) -> None:
        """Enter how the run ended. Only the first word counts."""
        if not self._ended:
            self._ended = True
            self.keeping.archive.end_run(
                self.number,
                state=outcome.state,
                reason=outcome.reason,
                counts=outcome.counts,
                ended=self.keeping.now(),
            )
            self.keeping.archive.flush()
