"""Reading the articles of a crawl, and what becomes of those that cannot be read."""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from scrapy.exceptions import CloseSpider
from scrapy.http import Request, Response
from twisted.python.failure import Failure

from zsparkcrawl.archive import Lease
from zsparkcrawl.archive.visits import Ending
from zsparkcrawl.extract import NoArticleError, UnreadableError, extract
from zsparkcrawl.extract.parts import MOST_PARTS, further_parts, joined_parts
from zsparkcrawl.fetched import Kept
from zsparkcrawl.items import Article
from zsparkcrawl.spiders.failures import fault_of, request_of
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


class ArticleSpider(PlannedSpider):
    """Asks for articles and reads them, page after page when one has several."""

    def __init__(self, name: str | None = None, **arguments: str | None) -> None:
        super().__init__(name, **arguments)
        self.handed: set[str] = set()
        """Addresses of the articles that this crawl has handed out."""
        self._in_a_row = 0

    def parse_article(
        self,
        response: Response,
        before: tuple[Article, ...] = (),
        waiting: tuple[str, ...] = (),
        first: Kept | None = None,
    ) -> Iterator[Article | Request]:
        """Read an article, page after page when it has several. A page that is none is counted and reported; its
        bytes are kept all the same. ``before`` are the pages read already, ``waiting`` the addresses of the next,
        ``first`` how the first page was kept."""
        self._in_a_row = 0
        lease, kept = response.meta.get("lease"), response.meta.get("kept")
        if response.status == _NOT_MODIFIED:
            self._not_modified(response, lease)
            return
        page = page_of_response(response)
        try:
            self._stay(response)
            parts = (*before, extract(page, self.plan.site))
        except UnreadableError as error:
            self._unreadable(response.url, error, lease, first=not before)
            return
        known = {part.url for part in parts}
        found = (*waiting, *further_parts(page, self.plan.hosts))
        following = tuple(url for url in dict.fromkeys(found) if url not in known)
        if following and len(parts) < MOST_PARTS:
            handed = {"before": parts, "waiting": following[1:], "first": first or kept}
            yield self._page_request(following[0], response.meta.get("listed_title"), lease, handed)
            return
        self._count("read")
        article = joined_parts(parts)
        # What the listing calls it, for a page whose own heading was hijacked; a listing cuts its titles short.
        listed = response.meta.get("listed_title")
        article = replace(article, title_evidence=(*article.title_evidence, listed)) if listed else article
        if self.run is not None and lease is not None:
            self.run.reads(article.url, reading_of(response, lease, first or kept, alone=not before))
            self.handed.add(article.url)
        yield article

    def article_failed(self, failure: Failure) -> None:
        """Enter why an article could not be fetched; where one after the other fails, leave the site alone. A number
        that was tried and that the site has no article of is vacant, and no failure."""
        request, fault = request_of(failure), fault_of(failure, dt.datetime.now(dt.UTC))
        if request.cb_kwargs and fault.ending != "not now":  # a further page of an article whose first page stands
            fault = replace(fault, ending="not now")
        gone = fault.ending == "gone"
        again = self._end(request.meta.get("lease"), fault.ending, fault.reason, fault.retry_after)
        if self.plan.ids and gone and not request.cb_kwargs:
            self._count("vacant")
            return
        if fault.ending == "not now":
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

    def article_request(self, url: str, title: str | None = None, lease: Lease | None = None) -> Request:
        """The request for an article, by what a listing calls it, and by the lease it was taken under."""
        if lease is None or not lease.again:
            self._count("asked")
        return self._page_request(url, title, lease)

    def _page_request(
        self, url: str, title: str | None, lease: Lease | None = None, handed: dict[str, Any] | None = None
    ) -> Request:
        meta: dict[str, Any] = {"listed_title": title, "lease": lease}
        headers = {}
        if lease is not None and handed is None and (lease.etag or lease.last_modified):
            meta["handle_httpstatus_list"] = [_NOT_MODIFIED]
            known = {"If-None-Match": lease.etag, "If-Modified-Since": lease.last_modified}
            headers = {name: value for name, value in known.items() if value}
        return Request(
            url, self.parse_article, errback=self.article_failed, headers=headers, meta=meta, cb_kwargs=handed
        )

    def _unreadable(self, url: str, error: UnreadableError, lease: Lease | None, *, first: bool) -> None:
        ending: Ending = "not an article"
        if isinstance(error, NoArticleError):
            self._count(error.kind)
            ending = ENDINGS[error.kind]
        elif isinstance(error, ElsewhereError):
            ending = "duplicate" if error.article else "gone"
        self._end(lease, ending if first else "not now", str(error))
        self._count("unreadable")
        self._note(url, repr(str(error)))
        logger.warning("could not read %s: %r", url, str(error))

    def _not_modified(self, response: Response, lease: Lease | None) -> None:
        if self.run is not None and lease is not None:
            with self.keeping():
                self.run.unchanged(reading_of(response, lease, response.meta.get("kept")))
            self._count("read")
            self._count("unchanged")
            self._count("not_modified")

    def _stay(self, response: Response) -> None:
        """A site that sends the reader of a lost article to its home page must not have that stored as the
        article."""
        asked = response.meta.get("redirect_urls")
        place = self.plan.site.place
        if asked and place(asked[0]) != place(response.url):
            raise ElsewhereError(asked[0], article=place(response.url) is not None)
