"""The frontier of one run: each call is one transaction."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import replace
from itertools import islice
from typing import Any

from sqlalchemy import Connection

from zsparkcrawl.archive.articles.storable import stamp
from zsparkcrawl.archive.crawling import finding, waiting, walks
from zsparkcrawl.archive.crawling import frontier as rows
from zsparkcrawl.archive.crawling.finding import Trail
from zsparkcrawl.archive.crawling.frontier import Scope, Shown, Wanted
from zsparkcrawl.archive.crawling.offers import Offer, Offering, enter_offers
from zsparkcrawl.archive.crawling.visits import Lease, Visited
from zsparkcrawl.archive.crawling.writing import Listed, insert_seen

__all__ = ["Frontier", "Onward"]

Onward = Callable[[Shown], Iterable[tuple[str, Mapping[str, Any]]]]
"""From what a listing page showed to the pages that may come next, each with the walk as JSON; the first that may be
visited is entered."""

_NAMED_AT_ONCE = 10_000
"""Addresses held in memory while a million numbers are entered."""


class Frontier:
    """What one run may fetch. Got from :meth:`Archive.frontier`; raises ArchiveError as all of the archive."""

    def __init__(self, writing: Callable[[], AbstractContextManager[Connection]], scope: Scope, wanted: Wanted) -> None:
        self._writing = writing
        self._scope = scope
        self._wanted = wanted

    def begin(self, urls: Sequence[str], walk: Callable[[str, bool], Mapping[str, Any]], now: dt.datetime) -> None:
        """Enter the first pages of listings. ``walk`` makes the walk from an address and from whether pages without
        anything new prove something: they do when an earlier walk came to the end, or will."""
        whole = self._wanted.whole
        with self._writing() as connection:
            for url in urls:
                if self._wanted.full and whole:
                    walks.drop_walks(connection, self._scope, url)
                # A run of a part does not see what another one's walk is yet to see.
                under_way = whole and walks.has_open_walk(connection, self._scope, url)
                made = walk(url, under_way or walks.was_walked(connection, self._scope, url))
                walks.add_listing(connection, self._scope, url, made, stamp(now), first=True, whole=whole)

    def name(self, urls: Iterator[str], now: dt.datetime) -> None:
        """Enter articles by their addresses, whether or not the site has them."""
        with self._writing() as connection:
            while part := [Listed(url) for url in islice(urls, _NAMED_AT_ONCE)]:
                finding.add_articles(connection, self._scope, part, stamp(now), named=True)

    def lease(self, now: dt.datetime, limit: int, *, files: bool = False, suspected: bool = False) -> list[Lease]:
        """Take pages that are due, or files: see :func:`zsparkcrawl.archive.crawling.frontier.lease`."""
        with self._writing() as connection:
            return rows.lease(connection, self._scope, self._wanted, now, limit, files=files, suspected=suspected)

    def next_due(self, until: dt.datetime, *, files: bool = False) -> dt.datetime | None:
        """When the next page, or file, falls due, up to a moment; None when none does."""
        with self._writing() as connection:
            return rows.next_due(connection, self._scope, self._wanted, until, files=files)

    def put_off(self, now: dt.datetime) -> tuple[int, int, dt.datetime | None]:
        """How many articles are put off behind a failure, of how many that are due later, and when the first falls
        due."""
        with self._writing() as connection:
            return waiting.put_off(connection, self._scope, now)

    def others_at_work(self) -> bool:
        """Whether other workers of the run are fetching pages, which may bring new ones."""
        if self._scope.worker_id is None:
            return False
        with self._writing() as connection:
            return waiting.others_at_work(connection, self._scope)

    def offer_in(
        self, connection: Connection, article_id: int, offers: Sequence[Offer], offering: Offering, now: dt.datetime
    ) -> None:
        """Enter what an article offers, in the transaction that enters the article."""
        enter_offers(connection, self._scope, article_id, offers, offering, moment=stamp(now))

    def listed(  # noqa: PLR0913 - the last is said by name
        self,
        visited: Visited,
        listing_url: str,
        shown: Sequence[Listed],
        onward: Onward,
        now: dt.datetime,
        *,
        foreign: Sequence[Listed] = (),
        trail: Trail | None = None,
    ) -> Shown:
        """Enter a listing page that was read: what it showed, what is to be fetched of it, and where the walk goes
        on. ``foreign`` are its links to other hosts that look like articles, ``trail`` the way that the walk came."""
        with self._writing() as connection:
            met = finding.count_met(connection, shown, trail) if trail is not None else 0
            insert_seen(connection, self._scope.run_id, listing_url, [*shown, *foreign], stamp(now))
            finding.add_foreign(connection, self._scope, foreign, stamp(now))
            found = replace(finding.add_articles(connection, self._scope, shown, stamp(now)), met=met)
            if self._wanted.limit is not None:
                found = replace(found, due=rows.count_due(connection, self._scope, self._wanted, now))
            self._go_on(connection, onward(found), now)
            self.conclude_in(connection, visited, now)
            return found

    def skipped(self, visited: Visited, onward: Onward, now: dt.datetime) -> None:
        """Enter a listing page that could not be read; when it does not keep its walk, that goes on behind it."""
        with self._writing() as connection:
            if not visited.keep_walk:
                self._go_on(connection, onward(Shown(0, 0, 0)), now)
            self.conclude_in(connection, visited, now)

    def walked(self, url: str, now: dt.datetime | None) -> None:
        """Enter that a walk came to the end of the listing that begins at ``url``, unless another walk from there is
        still under way; with None that none did."""
        with self._writing() as connection:
            walks.set_walked(connection, self._scope, url, None if now is None else stamp(now))

    def led_to(self, url: str, section: str, now: dt.datetime) -> None:
        """Enter an article to which the address of another one leads; it may be of another section."""
        with self._writing() as connection:
            finding.add_led_to(connection, replace(self._scope, section=section), url, stamp(now))

    def stands_elsewhere(self, lease: Lease) -> bool:
        """Whether the article of a page stands under another address."""
        with self._writing() as connection:
            return rows.stands_elsewhere(connection, self._scope, lease)

    def conclude(self, visited: Visited, now: dt.datetime) -> None:
        """Enter how a visit ended that gave no article to store."""
        with self._writing() as connection:
            self.conclude_in(connection, visited, now)

    def conclude_in(self, connection: Connection, visited: Visited, now: dt.datetime) -> None:
        """Enter how a visit ended, in the transaction that enters what it gave."""
        rows.conclude(connection, visited, self._scope.run_id, now)

    def _go_on(self, connection: Connection, pages: Iterable[tuple[str, Mapping[str, Any]]], now: dt.datetime) -> None:
        for url, walk in pages:
            if walks.add_listing(connection, self._scope, url, walk, stamp(now), whole=self._wanted.whole):
                return
