"""How to walk a park's site: from the listings of a section to its articles."""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from typing import Any, cast

from scrapy import Spider
from scrapy.exceptions import CloseSpider, IgnoreRequest
from scrapy.http import Request, Response
from scrapy.settings import BaseSettings
from scrapy.spidermiddlewares.httperror import HttpError
from twisted.python.failure import Failure

from zsparkcrawl.charset import decode
from zsparkcrawl.extract import NoArticleError, UnreadableError, extract
from zsparkcrawl.extract.links import ListedArticle, Listing, read_listing, section_listings
from zsparkcrawl.extract.parts import MOST_PARTS, further_parts, joined_parts
from zsparkcrawl.items import Article, Page
from zsparkcrawl.keeping import Run
from zsparkcrawl.middlewares import NotNowError
from zsparkcrawl.sites import site_named, site_names
from zsparkcrawl.spiders.plan import plan
from zsparkcrawl.spiders.walk import Walk

__all__ = ["ParkSpider", "page_of_response"]

logger = logging.getLogger(__name__)
# It logs up to three lines, as errors, for a page that it can make nothing of. The spider reports that page in one.
logging.getLogger("trafilatura").setLevel(logging.CRITICAL)

_GONE = frozenset([404, 410])
_SCRAPYS_CONCURRENCY = 8


class ParkSpider(Spider):
    """Walks the listings of one section and reads the articles they name. A section's spider only gives the
    name.

    Arguments: site, start_url, since, until, limit, full, ids; see :class:`zsparkcrawl.spiders.plan.Plan`.
    """

    section: str
    run: Run | None = None
    """The run that this crawl is entered as; None when nothing is kept (shell, parse, fetch)."""

    def __init__(self, name: str | None = None, **arguments: str | None) -> None:
        super().__init__(name)
        self.plan = plan(self.section, arguments)
        self._asked: set[str] = set()
        self._met: set[str] = set()
        self._in_a_row = 0
        self._listings: set[str] = set()

    @classmethod
    def handles_request(cls, request: Request) -> bool:
        """Whether `scrapy parse URL` and `scrapy shell URL` should take this spider for the URL."""
        for site in map(site_named, site_names()):
            section = site.sections.get(cls.section)
            if section and (section.native_id(request.url) or request.url in site.listing_urls(cls.section)):
                return True
        return False

    @classmethod
    def update_settings(cls, settings: BaseSettings) -> None:
        """Add the contact to the User-Agent. Where the operator has switched the delays off, the careful
        bound on parallel requests goes as well."""
        super().update_settings(settings)
        if contact := settings.get("ZSPARK_CONTACT"):
            settings.set("USER_AGENT", f"{settings['USER_AGENT']} +{contact}", priority="spider")
        if not settings.getfloat("DOWNLOAD_DELAY") and not settings.getbool("AUTOTHROTTLE_ENABLED"):
            settings.set("CONCURRENT_REQUESTS_PER_DOMAIN", _SCRAPYS_CONCURRENCY, priority="spider")

    async def start(self) -> AsyncIterator[Request]:
        """The section's listings and the home page. No request switches a filter off."""
        for url in self.plan.listings:
            yield self._listing_request(url, self._walk())
        for url in self.plan.addresses:
            if self._sated:
                return
            yield self._article_request(url)
        if self.plan.home:
            yield Request(self.plan.home, self.parse_home, errback=self.home_failed)

    def parse(self, response: Response, **_: Any) -> Iterator[Request | Article]:
        """Read a page of any kind, guessed by its URL: for `scrapy parse`."""
        if self.plan.section.native_id(response.url):
            yield from self.parse_article(response)
        elif response.url == self.plan.site.start:
            yield from self.parse_home(response)
        else:
            yield from self.parse_listing(response, self._walk())

    def parse_home(self, response: Response) -> Iterator[Request]:
        """Follow what the home page calls by the section's names."""
        found = section_listings(_text(response), response.url, self.plan.section, self.plan.hosts)
        for url in found:
            if url not in self._listings:
                yield self._listing_request(url, self._walk())

    def parse_listing(self, response: Response, walk: Walk | None = None) -> Iterator[Request]:
        """Ask for the articles of a listing page, and for the page after it."""
        walk = walk or self._walk()
        made = self.plan
        listing = read_listing(_text(response), response.url, made.section, made.hosts, made.aliases)
        self._entered(response.url, listing)
        urls = {row.url for row in listing.rows}
        barren = urls <= self._met
        self._met |= urls
        stale = all(self._needless(row) for row in listing.rows)
        for row in listing.rows:
            if row.url not in self._asked and self.plan.covers(row.date) and not self._sated:
                yield self._article_request(row.url, row.title)
        walk.read(response.url, listing.next_pages, barren=barren, stale=stale and not self.plan.full)
        yield from self._onward(walk)

    def parse_article(
        self, response: Response, before: tuple[Article, ...] = (), waiting: tuple[str, ...] = ()
    ) -> Iterator[Article | Request]:
        """Read an article, page after page when it has several. A page that is none is counted and reported; its
        bytes are kept all the same. ``before`` are the pages read already, ``waiting`` the addresses of the next."""
        self._in_a_row = 0
        page = page_of_response(response)
        try:
            self._stay(response)
            parts = (*before, extract(page, self.plan.site))
        except UnreadableError as error:
            self._count("unreadable")
            if isinstance(error, NoArticleError):
                self._count(error.kind)
            self._note(f"{response.url}: {str(error)!r}")
            logger.warning("could not read %s: %r", response.url, str(error))
            return
        known = {part.url for part in parts}
        found = (*waiting, *further_parts(page, self.plan.hosts))
        following = tuple(url for url in dict.fromkeys(found) if url not in known)
        if following and len(parts) < MOST_PARTS:
            handed = {"before": parts, "waiting": following[1:]}
            yield self._page_request(following[0], response.meta.get("listed_title"), handed)
            return
        self._count("read")
        article = joined_parts(parts)
        # What the listing calls it, for a page whose own heading was hijacked; a listing cuts its titles short.
        listed = response.meta.get("listed_title")
        yield replace(article, title_evidence=(*article.title_evidence, listed)) if listed else article

    def listing_failed(self, failure: Failure) -> Iterator[Request]:
        """Go on with the pages behind one that could not be fetched. That the site lacks one of the
        listings its profile names is no more than a note."""
        request, walk = _request(failure), _request(failure).cb_kwargs["walk"]
        reason = self._why(failure)
        absent = walk.pages == 1 and _status(failure) in _GONE
        self._count("listings_absent" if absent else "listings_failed")
        self._note(f"{request.url}: {reason}")
        logger.log(logging.INFO if absent else logging.WARNING, "no listing at %s: %s", request.url, reason)
        yield from self._onward(walk)

    def article_failed(self, failure: Failure) -> None:
        """Count an article that could not be fetched; where one after the other fails, leave the site alone. A number
        that was tried and that the site has no article of is vacant, and no failure."""
        url, reason = _request(failure).url, self._why(failure)
        if self.plan.ids and _status(failure) in _GONE and not _request(failure).cb_kwargs:
            self._count("vacant")
            return
        self._count("failed")
        refused = isinstance(failure.value, IgnoreRequest) and not isinstance(failure.value, NotNowError | HttpError)
        if not refused and _status(failure) not in _GONE:
            self._count("lost")
            self._in_a_row += 1
        self._note(f"{url}: {reason}")
        logger.warning("could not fetch %s: %s", url, reason)
        if self._in_a_row == self.settings.getint("ZSPARK_FAILURES"):
            self.crawler.stats.set_value(
                "zspark/fatal", f"{self._in_a_row} failures in a row, the last: {url}: {reason}"
            )
            raise CloseSpider("failing")

    def home_failed(self, failure: Failure) -> None:
        """The home page is only a help: without it the profile's listings have to do."""
        logger.info("no home page at %s: %s", _request(failure).url, self._why(failure))

    # -- inside ------------------------------------------------------------------------------------

    @property
    def _sated(self) -> bool:
        return self.plan.limit is not None and len(self._asked) >= self.plan.limit

    def _needless(self, row: ListedArticle) -> bool:
        """Whether there is no need to ask for an article: too old, or in the archive of a run that saw them
        all."""
        if self.plan.since is not None and row.date is not None and row.date < self.plan.since:
            return True
        return self.run is not None and self.run.walked_before and row.url in self.run.known

    def _entered(self, url: str, listing: Listing) -> None:
        self._count("listings")
        self._count("rows", len(listing.rows))
        if self.run is not None:
            self.run.saw(url, listing.rows)

    def _article_request(self, url: str, title: str | None = None) -> Request:
        self._asked.add(url)
        self._count("asked")
        return self._page_request(url, title)

    def _page_request(self, url: str, title: str | None, handed: dict[str, Any] | None = None) -> Request:
        meta = {"listed_title": title}
        return Request(url, self.parse_article, errback=self.article_failed, meta=meta, cb_kwargs=handed)

    def _listing_request(self, url: str, walk: Walk) -> Request:
        self._listings.add(url)
        walk.visit(url)
        return Request(url, self.parse_listing, errback=self.listing_failed, cb_kwargs={"walk": walk})

    def _onward(self, walk: Walk) -> Iterator[Request]:
        url = None if self._sated else walk.following()
        while url is not None and url in self._listings:
            url = walk.following()
        if url is not None:
            yield self._listing_request(url, walk)
        elif walk.ended == "bound":
            self._count("bounded")

    def _walk(self) -> Walk:
        return Walk(bound=self.settings.getint("ZSPARK_LISTING_PAGES"))

    def _stay(self, response: Response) -> None:
        """A site that sends the reader of a lost article to its home page must not have that stored as the
        article."""
        asked = response.meta.get("redirect_urls")
        place = self.plan.site.place
        if asked and place(asked[0]) != place(response.url):
            raise UnreadableError(f"{asked[0]} leads to another page")

    def _why(self, failure: Failure) -> str:
        if isinstance(failure.value, HttpError):
            return f"HTTP status {_status(failure)}"
        if isinstance(failure.value, IgnoreRequest):
            return str(failure.value) or "refused"
        said = " ".join(str(failure.value).split())[:200] or "no reason given"
        # What a server says may reach this text, and a control character in it the operator's terminal.
        return f"{type(failure.value).__name__}: {''.join(c if c.isprintable() else '?' for c in said)}"

    def _count(self, name: str, number: int = 1) -> None:
        self.crawler.stats.inc_value(f"zspark/{name}", number)

    def _note(self, what: str) -> None:
        self.crawler.stats.set_value("zspark/last_failure", what)


def page_of_response(response: Response) -> Page:
    """What was fetched, without Scrapy."""
    return Page(
        url=response.url,
        body=response.body,
        content_type=(response.headers.get("Content-Type") or b"").decode("latin-1"),
        status=response.status,
        fetched_at=response.meta.get("fetched_at") or dt.datetime.now(dt.UTC),
    )


def _text(response: Response) -> str:
    page = page_of_response(response)
    return decode(page.body, page.content_type).text


def _request(failure: Failure) -> Request:
    return cast(Request, failure.request)  # type: ignore[attr-defined]  # Scrapy puts it there


def _status(failure: Failure) -> int | None:
    return failure.value.response.status if isinstance(failure.value, HttpError) else None
