"""How to walk a park's site: from the listings of a section to its articles."""

from __future__ import annotations

import asyncio
import datetime as dt
import logging
from collections.abc import AsyncIterator, Iterator
from contextlib import suppress
from typing import Any
from urllib.parse import urlsplit

from scrapy.exceptions import CloseSpider
from scrapy.http import Request, Response
from twisted.python.failure import Failure

from zsparkcrawl.archive import Filters, Lease
from zsparkcrawl.archive.articles.restoring import restored
from zsparkcrawl.extract.links import section_listings
from zsparkcrawl.items import Article, KeptArticle
from zsparkcrawl.run import Run
from zsparkcrawl.sites import site_named, site_names
from zsparkcrawl.spiders.failures import Fault, fault_of, request_of
from zsparkcrawl.spiders.files import FileSpider
from zsparkcrawl.spiders.leases import Leases
from zsparkcrawl.spiders.listings import ListingSpider, text_of_response

__all__ = ["ParkSpider"]

logger = logging.getLogger(__name__)


class ParkSpider(ListingSpider, FileSpider):
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
        found = section_listings(text_of_response(response), response.url, self.plan.section, self.plan.hosts)
        if self.run is not None:
            with self.keeping():
                self.enter_shown(response)
                self.run.begin(found, self._new_walk)
        else:
            yield from (Request(url, self.parse_listing) for url in found)

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
                self._listing_lost(lease, Fault("not now", "an error of the program"))
            else:
                self._end(lease, "not now", "an error of the program")

    # -- inside ------------------------------------------------------------------------------------

    def _idle(self) -> bool:
        """Whether nothing is on its way, neither a request nor an article."""
        engine = self.crawler.engine
        slot = engine.scraper.slot if engine is not None else None
        pending = engine is not None and engine.scheduler is not None and engine.scheduler.has_pending_requests()
        return engine is None or not (engine.downloader.active or pending or (slot is not None and not slot.is_idle()))

    def _feed(self) -> Iterator[KeptArticle]:
        """For a feed, what an earlier crawl read and this one had no need to ask for: a table is the whole table."""
        if self.run is None or self.plan.limit is not None or self.plan.ids or not self.settings.getdict("FEEDS"):
            return
        kept = Filters(site=self.plan.site.name, section=self.plan.section.name)
        for article in map(restored, self.run.archive.articles(kept)):
            here = urlsplit(article.url).hostname in self.plan.hosts
            if here and article.url not in self.handed and self.plan.covers(article.date):
                yield article

    def _request(self, lease: Lease) -> Request:
        if lease.kind == "listing":
            return Request(lease.url, self.parse_listing, errback=self.listing_failed, meta={"lease": lease})
        return self.file_request(lease) if lease.kind == "file" else self.article_request(lease.url, lease.title, lease)
