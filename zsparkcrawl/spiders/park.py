"""How to walk a park's site: from the listings of a section to its articles."""

from __future__ import annotations

import asyncio
import datetime as dt
import logging
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import suppress
from functools import partial
from typing import Any
from urllib.parse import urlsplit

from scrapy.exceptions import CloseSpider
from scrapy.http import Request, Response
from twisted.python.failure import Failure

from zsparkcrawl.archive import Lease, Shown
from zsparkcrawl.charset import decode
from zsparkcrawl.extract.links import Listing, read_listing, section_listings
from zsparkcrawl.items import Article, KeptArticle
from zsparkcrawl.run import Run
from zsparkcrawl.sites import site_named, site_names
from zsparkcrawl.spiders.articles import ArticleSpider
from zsparkcrawl.spiders.failures import Fault, fault_of, request_of, status_of
from zsparkcrawl.spiders.files import FileSpider
from zsparkcrawl.spiders.leases import Leases
from zsparkcrawl.spiders.planned import page_of_response
from zsparkcrawl.spiders.walk import Walk

__all__ = ["ParkSpider"]

logger = logging.getLogger(__name__)

_GONE = frozenset([404, 410])


class ParkSpider(ArticleSpider, FileSpider):
    """Walks the listings of one section and reads the articles they name. A section's spider only gives the
    name."""

    @classmethod
    def handles_request(cls, request: Request) -> bool:
        """Whether `scrapy parse URL` and `scrapy shell URL` should take this spider for the URL."""
        for site in map(site_named, site_names()):
            section = site.sections.get(cls.section)
            if section and (section.native_id(request.url) or request.url in site.listing_urls(cls.section)):
                return True
        return False

    async def start(self) -> AsyncIterator[Request | KeptArticle]:
        """What the frontier has to be fetched, with the section's listings and the home page. No request switches a
        filter off."""
        if self.run is None:
            for request in self._plain_start():
                yield request
            return
        with self.keeping():
            self.begin_files()
            async for made in self._planned(self.run):
                yield made

    async def _planned(self, run: Run) -> AsyncIterator[Request | KeptArticle]:
        run.begin(self.plan.listings, self._new_walk)
        if self.plan.ids:
            run.name(self.plan.addresses)
        if self.plan.home:
            yield Request(self.plan.home, self.parse_home, errback=self.home_failed)
        self.leases = Leases(
            run,
            room=max(2, self.settings.getint("CONCURRENT_REQUESTS")),
            limit=self.plan.limit,
            idle=self._idle,
        )
        async for lease in self.leases:
            yield self._request(lease)
        for article in self._feed():
            yield article
            await asyncio.sleep(0)  # the pipelines take their turn

    def _plain_start(self) -> Iterator[Request]:
        """Where a crawl begins of which nothing is kept."""
        for url in self.plan.listings:
            yield Request(url, self.parse_listing)
        for url in self.plan.addresses:
            yield self.article_request(url)

    def parse(self, response: Response, **_: Any) -> Iterator[Request | Article]:
        """Read a page of any kind, guessed by its URL: for `scrapy parse`."""
        if self.plan.section.native_id(response.url):
            yield from self.parse_article(response)
        elif response.url == self.plan.site.start:
            yield from self.parse_home(response)
        else:
            yield from self.parse_listing(response)

    def parse_home(self, response: Response) -> Iterator[Request]:
        """Follow what the home page calls by the section's names."""
        found = section_listings(_text(response), response.url, self.plan.section, self.plan.hosts)
        if self.run is not None:
            with self.keeping():
                self.run.begin(found, self._new_walk)
        else:
            yield from (Request(url, self.parse_listing) for url in found)

    def parse_listing(self, response: Response, walk: Walk | None = None) -> Iterator[Request]:
        """Enter the articles of a listing page, and the page after it; when nothing is kept, ask for them."""
        made = self.plan
        listing = read_listing(_text(response), response.url, made.section, made.hosts, made.aliases)
        self._count("listings")
        self._count("rows", len(listing.rows))
        lease = response.meta.get("lease")
        if self.run is None or lease is None:
            wanted = [row for row in listing.rows if made.covers(row.date)]
            yield from (self.article_request(row.url, row.title) for row in wanted[: made.limit])
            yield from (Request(url, self.parse_listing) for url in listing.next_pages[: made.limit is None])
            return
        walk = walk or Walk.of_plain(lease.walk or self._new_walk(lease.url, True), self._bound)
        with self.keeping():
            onward = partial(self._onward, walk, response.url, listing)
            self._count("found", self.run.listed(lease, response.url, listing, onward).new)
            self._ended(walk)

    def listing_failed(self, failure: Failure) -> None:
        """Go on with the pages behind one that could not be fetched. That the site lacks one of the
        listings its profile names is no more than a note."""
        lease = request_of(failure).meta["lease"]
        fault = fault_of(failure, dt.datetime.now(dt.UTC))
        self._listing_lost(lease, fault, absent=status_of(failure) in _GONE)

    def home_failed(self, failure: Failure) -> None:
        """The home page is only a help: without it the profile's listings have to do."""
        fault = fault_of(failure, dt.datetime.now(dt.UTC))
        logger.info("no home page at %s: %s", request_of(failure).url, fault.reason)

    def page_broke(self, page: Response | Failure | None) -> None:
        """Enter that the program failed on a page, or on the failure of one."""
        request = request_of(page) if isinstance(page, Failure) else getattr(page, "request", None)
        lease = request.meta.get("lease") if request is not None else None
        with suppress(CloseSpider):  # the next word with the archive ends the run
            if lease is not None and lease.kind == "listing":
                self._listing_lost(lease, Fault("not now", "an error of the program"), absent=False)
            else:
                self._end(lease, "not now", "an error of the program")

    # -- inside ------------------------------------------------------------------------------------

    @property
    def _bound(self) -> int:
        return self.settings.getint("ZSPARK_LISTING_PAGES")

    def _idle(self) -> bool:
        """Whether nothing is on its way, neither a request nor an article."""
        engine = self.crawler.engine
        slot = engine.scraper.slot if engine is not None else None
        pending = engine is not None and engine.scheduler is not None and engine.scheduler.has_pending_requests()
        return engine is None or not (engine.downloader.active or pending or (slot is not None and not slot.is_idle()))

    def _new_walk(self, url: str, trusting: bool) -> dict[str, Any]:
        walk = Walk(self._bound, first=url, trusting=trusting)
        walk.visit(url)
        return walk.plain()

    def _onward(self, walk: Walk, url: str, listing: Listing, shown: Shown) -> Iterator[tuple[str, Mapping[str, Any]]]:
        """The pages that may come after a listing page, by what it showed."""
        early = [row for row in listing.rows if self.plan.since and row.date and row.date < self.plan.since]
        nothing_new = not shown.new and walk.trusting and not self.plan.full
        stale = nothing_new or len(early) == shown.rows
        walk.found = walk.found or bool(shown.new)
        walk.read(url, listing.next_pages, barren=shown.met == shown.rows, stale=stale)
        yield from self._following(walk, shown)

    def _following(self, walk: Walk, shown: Shown) -> Iterator[tuple[str, Mapping[str, Any]]]:
        if self.leases is not None and self.leases.enough(shown.due):
            walk.ended = "sated"
            return
        while url := walk.following():
            walk.visit(url)
            yield url, walk.plain()

    def _ended(self, walk: Walk) -> None:
        """Enter how a walk stands after a page."""
        if walk.complete and self.run is not None:
            self.run.walked(walk.first)
        elif walk.ended == "bound":
            self._count("bounded")
        elif self.run is not None and walk.found and (walk.ended == "sated" or self.plan.since):
            # What it left behind is new as well, and the pages that it saw are known from now on.
            self.run.unwalked(walk.first)

    def _listing_lost(self, lease: Lease, fault: Fault, *, absent: bool) -> None:
        if self.run is None:
            return
        walk = Walk.of_plain(lease.walk or self._new_walk(lease.url, True), self._bound)
        # Behind the last page some listings link to one that is not there: that is their end.
        walk.broken = walk.broken or not absent
        onward = partial(self._following, walk)
        with self.keeping():
            if self.run.skipped(lease, onward, reason=fault.reason, absent=absent, retry_after=fault.retry_after):
                logger.info("will ask again for %s: %s", lease.url, fault.reason)
                return
            self._ended(walk)
        self._count("listings_absent" if absent else "listings_failed")
        self._note(lease.url, fault.reason)
        logger.log(logging.INFO if absent else logging.WARNING, "no listing at %s: %s", lease.url, fault.reason)

    def _feed(self) -> Iterator[KeptArticle]:
        """For a feed, what an earlier crawl read and this one had no need to ask for: a table is the whole table."""
        if self.run is None or self.plan.limit is not None or self.plan.ids or not self.settings.getdict("FEEDS"):
            return
        for article in self.run.kept_articles(self.plan.site.name, self.plan.section.name):
            here = urlsplit(article.url).hostname in self.plan.hosts
            if here and article.url not in self.handed and self.plan.covers(article.date):
                yield article

    def _request(self, lease: Lease) -> Request:
        if lease.kind == "listing":
            return Request(lease.url, self.parse_listing, errback=self.listing_failed, meta={"lease": lease})
        return self.file_request(lease) if lease.kind == "file" else self.article_request(lease.url, lease.title, lease)


def _text(response: Response) -> str:
    page = page_of_response(response)
    return decode(page.body, page.content_type).text
