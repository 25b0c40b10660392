"""One crawl as the archive sees it: what it takes to fetch, what it keeps, how each visit ends."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any

from zsparkcrawl.archive import Archive, Frontier, Lease, Listed, Part, Shown, Standing, Trail, Visited
from zsparkcrawl.archive.crawling.doubting import Doubt
from zsparkcrawl.archive.crawling.fetching import Onward
from zsparkcrawl.archive.crawling.offers import Offering
from zsparkcrawl.archive.crawling.visits import Ending, is_gone, stand_after
from zsparkcrawl.archive.crawling.writing import Stored
from zsparkcrawl.archive.files.store import FileStore
from zsparkcrawl.archive.warc.captures import CaptureWriter
from zsparkcrawl.archive.warc.records import NOT_MODIFIED, payload_digest
from zsparkcrawl.charset import declared_charset
from zsparkcrawl.extract.links import Listing
from zsparkcrawl.fetched import Exchange, Kept, Reading, Readings
from zsparkcrawl.filing import FileAnswer, Files
from zsparkcrawl.habit import Night, unusual, waiting
from zsparkcrawl.items import Article
from zsparkcrawl.outcome import Outcome

__all__ = ["Exchange", "Kept", "Reading", "Run"]

_MEANWHILE = 1.0
"""Seconds after which to look again whether others have brought something."""


@dataclass
class Run:
    """One crawl as the archive sees it: what it may fetch, what it has taken, and what it makes of it.

    Every lease ends by exactly one of :meth:`store`, :meth:`unchanged`, :meth:`outside`, :meth:`listed`,
    :meth:`skipped`, :meth:`store_file`, :meth:`file_unchanged` and :meth:`not_read`; the rest is free
    again at the end.
    """

    archive: Archive
    captures: CaptureWriter
    now: Callable[[], dt.datetime]
    number: int
    frontier: Frontier
    patience: float = 0.0
    """Seconds for which it waits to try again itself what failed."""
    changed: Callable[[], object] = lambda: None
    """Called after every end of a lease."""
    store_of_files: FileStore | None = None
    """Where files are kept."""
    files: Files | None = None
    """How files are dealt with; None when they are left out."""
    part: Part | None = None
    """The part that this process takes in the run; None when it has the run for itself."""
    _open: dict[int, Lease] = field(default_factory=dict)
    _readings: Readings = field(default_factory=Readings)
    _ended: bool = False
    _first: set[str] = field(default_factory=set)
    _told: list[str] = field(default_factory=list)

    @property
    def open(self) -> tuple[Lease, ...]:
        """What was taken and has not ended."""
        return tuple(self._open.values())

    def begin(self, listings: Sequence[str], walk: Callable[[str, bool], Mapping[str, Any]]) -> None:
        """Enter the first pages of listings; see :meth:`Frontier.begin`."""
        self._first |= set(listings)
        self.frontier.begin(listings, walk, self.now())
        self.changed()

    def led_to(self, url: str, section: str) -> None:
        """Enter an article to which the address of another one leads."""
        self.frontier.led_to(url, section, self.now())
        self.changed()

    def name(self, urls: Iterator[str]) -> None:
        """Enter articles by their addresses."""
        self.frontier.name(urls, self.now())

    def lease(self, limit: int) -> list[Lease]:
        """Take what is due, but for files."""
        return self._taken(self.frontier.lease(self.now(), limit))

    def lease_files(self, limit: int) -> list[Lease]:
        """Take files that are due; none when they are left out, or when enough was fetched."""
        if not self._fetches_files or limit <= 0:
            return []
        return self._taken(self.frontier.lease(self.now(), limit, files=True))

    def lease_suspected(self) -> list[Lease]:
        """Take one page or file that may have ended a process, when no other is on its way."""
        if self._open:
            return []
        kinds = (False, True) if self._fetches_files else (False,)
        found = (self.frontier.lease(self.now(), 1, files=files, suspected=True) for files in kinds)
        return self._taken(next(filter(None, found), []))

    def pause(self) -> float | None:
        """Seconds until the next page or file falls due that this run waits for; None when there is none. While others
        are fetching pages of the run there may be, for these bring new ones, or are lost and free again."""
        now = self.now()
        until = now + dt.timedelta(seconds=self.patience)
        kinds = (False, True) if self._fetches_files else (False,)
        found = [due_at for files in kinds if (due_at := self.frontier.next_due(until, files=files)) is not None]
        if found:
            return max(0.0, (min(found) - now).total_seconds())
        return _MEANWHILE if self.frontier.others_at_work() else None

    def capture(self, exchange: Exchange) -> Kept:
        """Keep a response as it came."""
        time = self.now()
        digest = payload_digest(exchange.body) if exchange.status != NOT_MODIFIED else None
        declared = declared_charset(exchange.body, exchange.content_type)
        with self.archive.together():
            captured = self.captures.write(
                url=exchange.url,
                status=exchange.status,
                headers=exchange.headers,
                body=exchange.body,
                request_headers=exchange.request_headers,
                time=time,
                method=exchange.method,
                partial=exchange.partial,
                kept=self.archive.kept_body(exchange.url, digest),
            )
            facts = {"run_id": self.number, "worker_id": self.part.worker_id if self.part else None}
            number = self.archive.add_capture(captured, declared_charset=declared, partial=exchange.partial, **facts)
        return Kept(number, time)

    def listed(
        self, lease: Lease, listing_url: str, listing: Listing, onward: Onward, trail: Trail | None = None
    ) -> Shown:
        """Enter what a listing page showed, and the page after it. ``trail`` is the way that the walk came."""
        shown, foreign = (
            [Listed(row.url, row.title or None, row.date) for row in rows] for rows in (listing.rows, listing.foreign)
        )
        now = self.now()
        visited = Visited(lease, stand_after(lease.standing, "read", now))
        # A listing is visited when a walk comes by, never by itself.
        visited = replace(visited, standing=replace(visited.standing, due_at=None))
        found = self.frontier.listed(visited, listing_url, shown, onward, now, foreign=foreign, trail=trail)
        self._close(lease)
        return found

    def is_first(self, lease: Lease) -> bool:
        """Whether a page is one at which this run began a walk."""
        began_here = self.part is not None and (lease.walk or {}).get("first") == lease.url
        return began_here or lease.url in self._first

    def tell(self, what: str) -> None:
        """Remember what makes this run suspicious, in a few words."""
        self._told += [what] if what not in self._told else []

    def lost(
        self, lease: Lease, ending: Ending, *, reason: str, retry_after: dt.timedelta | None = None
    ) -> tuple[Standing, bool]:
        """How a listing page stands that could not be read, and whether this run tries again. It is "gone" when the
        site has none there; then it is not asked for by itself any more."""
        now = self.now()
        standing = stand_after(lease.standing, ending, now, reason=reason, retry_after=retry_after)
        if ending == "gone":
            standing = replace(standing, due_at=None)
        return standing, self._waits_for(standing, now)

    def skipped(self, visited: Visited, onward: Onward) -> None:
        """Enter that a listing page could not be read; when it does not keep its walk, that goes on behind it."""
        self.frontier.skipped(visited, onward, self.now())
        self._close(visited.lease)

    def unwalked(self, url: str) -> None:
        """Enter that a walk left new pages behind: until one comes to the end again, known pages prove nothing."""
        self.frontier.walked(url, None)

    def walked(self, url: str) -> None:
        """Enter that a walk came to the end of the listing that begins at ``url``; see :meth:`Frontier.walked`."""
        self.frontier.walked(url, self.now())

    def reads(self, url: str, reading: Reading) -> None:
        """Announce the article that is read from the page at ``url``."""
        self._readings.add(url, reading)

    def store(self, article: Article) -> Stored | Doubt:
        """Keep an article: "new", "version" or "unchanged"; or the doubt for which its page is not believed."""
        now, reading = self.now(), self._readings.take(article.url)
        capture, title = (reading.capture_id, reading.lease.title) if reading else (None, None)
        visited = None if reading is None else (self.frontier, self._visited(reading, now))
        with self.archive.together():
            if capture is not None:
                self.archive.set_read(capture, article)
            doubt = self.archive.doubt_of(article, capture_id=capture, title=title)
            if doubt is None:
                keep = partial(self.archive.store, article, run_id=self.number, capture_id=capture, now=now)
                stored = keep(visited=visited, offering=self._offering)
            elif reading is not None:
                standing = stand_after(reading.lease.standing, doubt.ending, now, reason=doubt.reason)
                self.frontier.conclude(Visited(reading.lease, standing), now)
        if reading is not None:
            self._close(reading.lease)
        return doubt or stored

    def unchanged(self, reading: Reading) -> None:
        """Enter that the server says an article is as it was."""
        now = self.now()
        self.archive.seen_again((self.frontier, self._visited(reading, now)), now=now, offering=self._offering)
        self._close(reading.lease)

    def store_file(self, reading: Reading, answer: FileAnswer) -> bool:
        """Keep a file; returns whether its bytes are the first, or other than those before. Raises FileError."""
        assert self.files is not None
        now = self.now()
        came = self.files.keep(answer, reading.capture_id)
        new = self.archive.store_file((self.frontier, self._visited(reading, now)), came, now=now)
        self._close(reading.lease)
        return new

    def file_unchanged(self, reading: Reading) -> None:
        """Enter that the server says a file is as it was."""
        now = self.now()
        self.archive.confirm_file((self.frontier, self._visited(reading, now)), now=now)
        self._close(reading.lease)

    def outside(self, article: Article) -> None:
        """Enter that an article is of another time than this crawl was asked for: a later one may want it."""
        if reading := self._readings.take(article.url):
            now = self.now()
            standing = stand_after(reading.lease.standing, "outside", now, reason=f"of {article.date}")
            self._conclude(Visited(reading.lease, standing, listed_date=article.date), now)

    def broke(self, article: Article) -> None:
        """Enter that an article could not be cleaned or kept."""
        if reading := self._readings.take(article.url):
            self.not_read(reading.lease, "not now", reason="an error of the program")

    def not_read(
        self, lease: Lease, ending: Ending, *, reason: str | None = None, retry_after: dt.timedelta | None = None
    ) -> bool:
        """Enter why a page gave no article; returns whether this run tries again."""
        now = self.now()
        standing = stand_after(lease.standing, ending, now, reason=reason, retry_after=retry_after)
        again = ending == "not now" and self._waits_for(standing, now)
        keep_walk = lease.kind == "listing" and standing.due_at is not None
        with self.archive.together():
            self._conclude(Visited(lease, standing, again=again, keep_walk=keep_walk), now)
            article_id = lease.article_id if is_gone(standing) else None
            if article_id is not None and not self.frontier.stands_elsewhere(lease):
                self.archive.mark_gone(article_id, now, reason or "gone")
        return again

    def gives_up(self, lease: Lease) -> bool:
        """Whether one more failure would be the last for a page: then it is not asked for by itself any more."""
        return stand_after(lease.standing, "not now", self.now()).due_at is None

    def unusual(self, counts: Mapping[str, int]) -> list[str]:
        """What of this run is unlike the runs before it, each in a few words. Asked when it is done."""
        *past, now = map(Night.of_row, self.archive.runs_until(self.number))
        later = self.frontier.put_off(self.now())
        return [*self._told, *waiting(counts, *later), *unusual(past, replace(now, counts=counts))]

    def end(self, outcome: Outcome) -> None:
        """Enter how the run ended. Only the first word counts."""
        if not self._ended:
            self._ended = True
            told = {"state": outcome.state, "reason": outcome.reason, "counts": outcome.counts}
            self.archive.end_run(self.number, **told, ended=self.now())  # type: ignore[arg-type]
            self.archive.flush()

    @property
    def _offering(self) -> Offering | None:
        return self.files.offering if self.files is not None else None

    @property
    def _fetches_files(self) -> bool:
        return self.files is not None and self.files.open

    def _taken(self, leases: list[Lease]) -> list[Lease]:
        self._open |= {lease.id: lease for lease in leases}
        return leases

    def _waits_for(self, standing: Standing, now: dt.datetime) -> bool:
        return standing.due_at is not None and standing.due_at <= now + dt.timedelta(seconds=self.patience)

    def _conclude(self, visited: Visited, now: dt.datetime) -> None:
        if visited.lease.id in self._open:  # a page that met two faults ended with the first
            self.frontier.conclude(visited, now)
            self._close(visited.lease)

    def _visited(self, reading: Reading, now: dt.datetime) -> Visited:
        standing = replace(stand_after(reading.lease.standing, "read", now), reason=reading.lacks)
        return Visited(reading.lease, standing, reading.etag, reading.last_modified)

    def _close(self, lease: Lease) -> None:
        self._open.pop(lease.id, None)
        self.changed()
