"""Reading the listings of a section page by page, and what becomes of those that cannot be read."""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import replace
from functools import partial
from typing import Any

from scrapy.http import Request, Response
from twisted.python.failure import Failure

from zsparkcrawl.archive import Lease, Shown, Trail, Visited
from zsparkcrawl.charset import decode
from zsparkcrawl.clean import clean
from zsparkcrawl.extract import NoArticleError, UnreadableError, extract
from zsparkcrawl.extract.links import Listing, read_listing
from zsparkcrawl.extract.pagination import is_same_listing
from zsparkcrawl.fetched import Kept
from zsparkcrawl.run import Run
from zsparkcrawl.spiders.articles import ENDINGS, ArticleSpider
from zsparkcrawl.spiders.failures import Fault, fault_of, request_of
from zsparkcrawl.spiders.planned import page_of_response
from zsparkcrawl.spiders.walk import Walk

__all__ = ["ListingSpider", "text_of_response"]

logger = logging.getLogger(__name__)


class ListingSpider(ArticleSpider):
    """Walks along listings, and enters what each page shows."""

    def parse_listing(self, response: Response) -> Iterator[Request]:
        """Enter the articles of a listing page, and the page after it; when nothing is kept, ask for them."""
        made = self.plan
        listing = read_listing(text_of_response(response), response.url, made.section, made.hosts, made.aliases)
        lease = response.meta.get("lease")
        if self.run is None or lease is None:
            self._listing_read(listing)
            wanted = [row for row in listing.rows if made.covers(row.date)]
            yield from (self.article_request(row.url, row.title) for row in wanted[: made.limit])
            yield from (Request(url, self.parse_listing) for url in listing.next_pages[: made.limit is None])
            return
        with self.keeping():
            fault = self._fault(self.run, response, lease, listing)
        if fault is None:
            self._walk_on(self.run, response, lease, listing)
        else:
            self._listing_lost(lease, fault, came=response.url)

    def listing_failed(self, failure: Failure) -> None:
        """Go on with the pages behind one that could not be fetched. That the site lacks one of the
        listings its profile names is no more than a note."""
        self._listing_lost(request_of(failure).meta["lease"], fault_of(failure, dt.datetime.now(dt.UTC)))

    # -- a page that was read ------------------------------------------------------------------------

    @property
    def _bound(self) -> int:
        return self.settings.getint("ZSPARK_LISTING_PAGES")

    def _new_walk(self, url: str, trusting: bool) -> dict[str, Any]:
        walk = Walk(self._bound, first=url, trusting=trusting, began=self.run.number if self.run else None)
        walk.visit(url)
        return walk.plain()

    def _walk_of(self, lease: Lease) -> Walk:
        return Walk.of_plain(lease.walk or self._new_walk(lease.url, True), self._bound)

    def _listing_read(self, listing: Listing) -> None:
        self._count("listings")
        self._count("rows", len(listing.rows))

    def _walk_on(self, run: Run, response: Response, lease: Lease, listing: Listing) -> None:
        walk = self._walk_of(lease)
        self._listing_read(listing)
        if not is_same_listing(lease.url, response.url):
            # Articles elsewhere are articles, but without pages behind it the place is no listing.
            run.tell(f"the listing {lease.url} leads to {response.url}")
            walk.broken = walk.broken or not listing.next_pages
        trail = None if walk.began is None else Trail(walk.met, walk.began)
        onward = partial(self._onward, walk, response.url, listing)
        with self.keeping(), run.archive.together():
            if run.is_first(lease):
                self.enter_shown(response)
            self._count("found", run.listed(lease, response.url, listing, onward, trail).new)
            self._ended(run, walk)

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

    def _ended(self, run: Run, walk: Walk) -> None:
        """Enter how a walk stands after a page."""
        if walk.complete:
            run.walked(walk.first)
        elif walk.ended == "bound":
            self._count("bounded")
        elif walk.found and walk.ended and (walk.broken or walk.ended == "sated" or self.plan.since):
            # What it left behind is new as well, and the pages that it saw are known from now on.
            run.unwalked(walk.first)

    def enter_shown(self, response: Response) -> None:
        """Enter what a page shows besides its links, if any text: in the place of an article it is known again."""
        kept: Kept | None = response.meta.get("kept")
        if self.run is None or kept is None:
            return
        with suppress(UnreadableError):
            self.run.archive.set_read(
                kept.capture_id, clean(extract(page_of_response(response), self.plan.site), self.plan.site)
            )

    # -- a page that could not be read ---------------------------------------------------------------

    def _fault(self, run: Run, response: Response, lease: Lease, listing: Listing) -> Fault | None:
        """Why a page that came is none of the listing; None when it is one. A page without articles may be a challenge
        or an error, may say that there is none, or the site may send there from a page that it has lost."""
        first = run.is_first(lease)
        moved = None if is_same_listing(lease.url, response.url) else f"leads to another page: {response.url}"
        if listing.rows or listing.foreign:
            return Fault("not an article", moved) if moved and not first else None
        if said := self._message(response):
            return said
        if moved:
            return Fault("not an article", moved)
        further = set(listing.next_pages) - self._walk_of(lease).met
        if further or listing.leads_back or (first and not _showed(run, lease.url, response.url)):
            return None
        return Fault("not an article", "it shows no article")

    def _message(self, response: Response) -> Fault | None:
        """What a page without articles says instead, by the rules that tell articles from other pages."""
        try:
            extract(page_of_response(response), self.plan.site)
        except NoArticleError as error:
            return None if error.kind == "empty" else Fault(ENDINGS[error.kind], str(error))
        except UnreadableError as error:
            return Fault("not an article", str(error))
        return None

    def _listing_lost(self, lease: Lease, fault: Fault, *, came: str | None = None) -> None:
        """Enter a listing page that could not be read. It is asked for again, on later runs as well; what comes behind
        it is walked on with, and where nothing is known behind it, the walk waits there.

        A page that shows nothing ("not an article") or that is not there ("gone") may be the listing's end; of the
        former several visits over days have to agree."""
        run = self.run
        if run is None:
            return
        walk = self._walk_of(lease)
        ending = fault.ending if fault.ending == "gone" else "not now"
        with self.keeping(), run.archive.together():
            standing, again = run.lost(lease, ending, reason=fault.reason, retry_after=fault.retry_after)
            waits = standing.due_at is not None
            halts = waits and not again and not walk.goes_on
            is_end = not waits and fault.ending in ("gone", "not an article")
            walk.broken = walk.broken or (waits and not halts)
            if is_end and fault.ending != "gone":
                standing = replace(standing, state="gone")
            run.skipped(Visited(lease, standing, again=again, keep_walk=again or halts), partial(self._following, walk))
            walk.ended = "lost" if halts else walk.ended
            if not again:
                self._ended(run, walk)
        if again:
            logger.info("will ask again for %s: %s", lease.url, fault.reason)
        else:
            self._tell_lost(run, lease, fault, came, is_end=is_end)

    def _tell_lost(self, run: Run, lease: Lease, fault: Fault, came: str | None, *, is_end: bool) -> None:
        with self.keeping():
            bare = came is not None or fault.ending == "gone"
            if bare and run.is_first(lease) and _showed(run, lease.url, came or lease.url):
                run.tell(f"no article any more on the listing {lease.url}")
        self._count("listings", int(came is not None))
        self._count("listings_absent" if is_end else "listings_failed")
        self._note(lease.url, fault.reason)
        level = logging.INFO if is_end else logging.WARNING
        logger.log(level, "no listing at %s: %s", lease.url, fault.reason)


def _showed(run: Run, *urls: str) -> bool:
    """Whether a listing showed an article before, under the address in the frontier or the one that it came from."""
    return any(map(run.archive.has_shown, urls))


def text_of_response(response: Response) -> str:
    """The text of a page, by the charset that its bytes tell."""
    page = page_of_response(response)
    return decode(page.body, page.content_type).text
