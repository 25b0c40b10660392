"""Reading the articles of a crawl, and what becomes of those that cannot be read."""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urldefrag

from scrapy.exceptions import CloseSpider
from scrapy.http import Request, Response
from twisted.python.failure import Failure

from zsparkcrawl.archive import Lease
from zsparkcrawl.archive.crawling.doubting import Doubt
from zsparkcrawl.archive.crawling.visits import Ending
from zsparkcrawl.extract import NoArticleError, UnreadableError, extract
from zsparkcrawl.extract.parts import MOST_PARTS, further_parts, joined_parts
from zsparkcrawl.fetched import Reading
from zsparkcrawl.items import LACKS_PAGE, Article, Page
from zsparkcrawl.spiders.failures import Fault, fault_of, request_of
from zsparkcrawl.spiders.planned import PlannedSpider, page_of_response, reading_of

__all__ = ["ENDINGS", "ArticleSpider"]

logger = logging.getLogger(__name__)
# It logs up to three lines, as errors, for a page that it can make nothing of. The spider reports that page in one.
logging.getLogger("trafilatura").setLevel(logging.CRITICAL)

_NOT_MODIFIED = 304
ENDINGS: dict[str, Ending] = {
    "challenge": "not now",
    "maintenance": "not now",
    "error": "not now",
    "missing": "gone",
    "spam": "spam",
    "empty": "not an article",
}
"""What a page that holds no article, by its kind, says about the article that was expected there."""


class ElsewhereError(UnreadableError):
    """A redirect led to another page of the site; ``article`` tells whether to one of an article."""

    def __init__(self, url: str, *, article: bool) -> None:
        super().__init__(f"{url} leads to another page")
        self.article = article


@dataclass(frozen=True, slots=True)
class SoFar:
    """An article in several pages on its way: what was ``read`` of it, the addresses ``waiting`` to be asked for, and
    the pages ``missing``: how many pages were read before each, its address, why. ``reading`` is that of its first
    page, None when it has no lease."""

    reading: Reading | None = None
    read: tuple[Article, ...] = ()
    waiting: tuple[str, ...] = ()
    missing: tuple[tuple[int, str, str], ...] = ()

    @property
    def pages(self) -> int:
        """How many pages were asked for."""
        return len(self.read) + len(self.missing)

    @property
    def told(self) -> Reading:
        """What the archive is told of it."""
        assert self.reading is not None, "it was fetched by lease"
        lacks = "; ".join(f"{LACKS_PAGE}{url}: {reason}" for _, url, reason in self.missing) or None
        # One page of several proves nothing about the others, so its validators are of no use.
        alone = self.pages == 1
        etag, modified = (self.reading.etag, self.reading.last_modified) if alone else (None, None)
        return replace(self.reading, etag=etag, last_modified=modified, lacks=lacks)

    def and_read(self, article: Article, further: Iterable[str]) -> SoFar:
        """With a page more, which names ``further`` ones."""
        read = (*self.read, article)
        known = {*(page.url for page in read), *(url for _, url, _ in self.missing)}
        waiting = tuple(url for url in dict.fromkeys((*self.waiting, *further)) if url not in known)
        return replace(self, read=read, waiting=waiting)

    def and_missing(self, url: str, reason: str) -> SoFar:
        """Without a page that could not be had."""
        return replace(self, missing=(*self.missing, (len(self.read), url, reason)))

    def without_next(self) -> SoFar:
        """While its next page is asked for."""
        return replace(self, waiting=self.waiting[1:])


class ArticleSpider(PlannedSpider):
    """Asks for articles and reads them, page after page when one has several."""

    def __init__(self, name: str | None = None, **arguments: str | None) -> None:
        super().__init__(name, **arguments)
        self.handed: set[str] = set()
        """Addresses of the articles that this crawl has handed out."""
        self._in_a_row = 0

    def parse_article(self, response: Response, so_far: SoFar | None = None) -> Iterator[Article | Request]:
        """Read an article, page after page when it has several. A page that is none is counted and reported; its
        bytes are kept all the same. ``so_far`` is what was read of the article before this page."""
        self._in_a_row = 0
        lease, kept = response.meta.get("lease"), response.meta.get("kept")
        if response.status == _NOT_MODIFIED:
            self._not_modified(response, lease)
            return
        page = page_of_response(response)
        try:
            article = self._article_of(page, self._elsewhere(response))
        except UnreadableError as error:
            if so_far is None:
                if isinstance(error, ElsewhereError):
                    self._led_to(response.url, lease)
                self._unreadable(response.url, error, lease)
            else:
                fault = Fault(_ending_of(error), repr(str(error)))
                yield from self._part_lost(response.request or Request(response.url), fault, so_far)
            return
        if so_far is None:
            so_far = SoFar(reading=reading_of(response, lease, kept) if lease is not None else None)
        found = further_parts(page, self.plan.hosts)
        yield from self._read_on(so_far.and_read(article, found), response.meta)

    def article_failed(self, failure: Failure) -> Iterator[Article | Request]:
        """Enter why an article could not be fetched; where one after the other fails, leave the site alone. A number
        that was tried and that the site has no article of is vacant, and no failure."""
        request, fault = request_of(failure), fault_of(failure, dt.datetime.now(dt.UTC))
        if so_far := request.cb_kwargs.get("so_far"):
            return self._part_lost(request, fault, so_far)
        again = self._end(request.meta.get("lease"), fault.ending, fault.reason, fault.retry_after)
        if self.plan.ids and fault.ending == "gone":
            self._count("vacant")
        else:
            self._failed(request, fault, again=again)
        return iter(())

    def unbelieved(self, article: Article, doubt: Doubt) -> None:
        """Count a page that was read, and is not believed to be that of its article."""
        self.handed.discard(article.url)
        self._count("read", -1)
        self._count("unreadable")
        self._count(doubt.kind)
        self._note(article.url, repr(doubt.reason))
        logger.warning("could not believe %s: %s", article.url, doubt.reason)

    def article_request(self, url: str, title: str | None = None, lease: Lease | None = None) -> Request:
        """The request for an article, by what a listing calls it, and by the lease it was taken under."""
        if lease is None or not lease.again:
            self._count("asked")
        return self._page_request(url, title, lease)

    def _page_request(
        self, url: str, title: str | None, lease: Lease | None = None, so_far: SoFar | None = None
    ) -> Request:
        meta: dict[str, Any] = {"listed_title": title, "lease": lease}
        headers = {}
        if lease is not None and so_far is None and (lease.etag or lease.last_modified):
            meta["handle_httpstatus_list"] = [_NOT_MODIFIED]
            known = {"If-None-Match": lease.etag, "If-Modified-Since": lease.last_modified}
            headers = {name: value for name, value in known.items() if value}
        handed = {"so_far": so_far} if so_far else None
        return Request(
            url, self.parse_article, errback=self.article_failed, headers=headers, meta=meta, cb_kwargs=handed
        )

    def _read_on(self, so_far: SoFar, meta: Mapping[str, Any]) -> Iterator[Article | Request]:
        """Ask for the next page of an article, or hand the article out when it was the last."""
        title, lease = meta.get("listed_title"), meta.get("lease")
        if so_far.waiting and so_far.pages < MOST_PARTS:
            yield self._page_request(so_far.waiting[0], title, lease, so_far.without_next())
            return
        self._count("read")
        article = joined_parts(so_far.read, [(place, url) for place, url, _ in so_far.missing])
        # What the listing calls it, for a page whose own heading was hijacked; a listing cuts its titles short.
        article = replace(article, title_evidence=(*article.title_evidence, title)) if title else article
        if so_far.missing:
            _, url, reason = so_far.missing[-1]
            self._count("gaps")
            self._note(url, reason)
            logger.warning("an article without all of its pages: %s: %s", url, reason)
        if self.run is not None and so_far.reading is not None:
            self.run.reads(article.url, so_far.told)
            self.handed.add(article.url)
        yield article

    def _part_lost(self, request: Request, fault: Fault, so_far: SoFar) -> Iterator[Article | Request]:
        """Go on without a page of an article that will not come: the site says so, or it was asked for often enough.
        Otherwise the whole article is asked for again later."""
        lease: Lease | None = request.meta.get("lease")
        if fault.ending != "not now" or self.run is None or lease is None or self.run.gives_up(lease):
            yield from self._read_on(so_far.and_missing(request.url, fault.reason), request.meta)
        else:
            again = self._end(lease, "not now", f"{request.url}: {fault.reason}", fault.retry_after)
            self._failed(request, fault, again=again)

    def _failed(self, request: Request, fault: Fault, *, again: bool) -> None:
        if fault.ending == "not now" and not fault.ours:
            self._in_a_row += 1
        if again:
            logger.info("will ask again for %s: %s", request.url, fault.reason)
        else:
            self._count("failed")
            self._count("lost", fault.ending == "not now")
            self._note(request.url, fault.reason)
            logger.warning("could not fetch %s: %s", request.url, fault.reason)
        if self._in_a_row == self.settings.getint("ZSPARK_FAILURES"):
            self.crawler.stats.set_value(
                "zspark/fatal", f"{self._in_a_row} failures in a row, the last: {request.url}: {fault.reason}"
            )
            raise CloseSpider("failing")

    def _unreadable(self, url: str, error: UnreadableError, lease: Lease | None) -> None:
        if isinstance(error, NoArticleError):
            self._count(error.kind)
        self._end(lease, _ending_of(error), str(error))
        self._count("unreadable")
        self._note(url, repr(str(error)))
        logger.warning("could not read %s: %r", url, str(error))

    def _led_to(self, url: str, lease: Lease | None) -> None:
        """Have the article read to which an address leads instead of its own. Only once: where it leads on to yet
        another one, that way may have no end."""
        place = self.plan.site.place(url)
        if self.run is not None and lease is not None and lease.named and place is not None:
            with self.keeping():
                self.run.led_to(urldefrag(url).url, place[0])

    def _not_modified(self, response: Response, lease: Lease | None) -> None:
        if self.run is not None and lease is not None:
            with self.keeping():
                self.run.unchanged(reading_of(response, lease, response.meta.get("kept")))
            self._count("read")
            self._count("unchanged")
            self._count("not_modified")

    def _article_of(self, page: Page, elsewhere: ElsewhereError | None) -> Article:
        """Read the article of a page. A site that sends the reader of a lost article ``elsewhere``, to its home page
        say, must not have that stored as the article; what the page there says of itself tells more than the way."""
        try:
            article = extract(page, self.plan.site)
        except UnreadableError as error:
            if elsewhere is None or (isinstance(error, NoArticleError) and error.kind != "empty"):
                raise
            raise elsewhere from error
        if elsewhere is not None:
            raise elsewhere
        return article

    def _elsewhere(self, response: Response) -> ElsewhereError | None:
        """Whether a redirect led to a page that is not the one asked for."""
        asked = response.meta.get("redirect_urls")
        place = self.plan.site.place
        if not asked or place(asked[0]) == place(response.url):
            return None
        return ElsewhereError(asked[0], article=place(response.url) is not None)


def _ending_of(error: UnreadableError) -> Ending:
    """What a page that could not be read says of the article that was expected there."""
    if isinstance(error, NoArticleError):
        return ENDINGS[error.kind]
    if isinstance(error, ElsewhereError):
        return "duplicate" if error.article else "gone"
    return "not an article"
