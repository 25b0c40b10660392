"""What every spider of this project has: a plan, a run, and a word for what happens."""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Iterator
from contextlib import contextmanager

from scrapy import Spider
from scrapy.exceptions import CloseSpider
from scrapy.http import Response
from scrapy.settings import BaseSettings

from zsparkcrawl.archive import Lease
from zsparkcrawl.archive.crawling.visits import Ending
from zsparkcrawl.errors import ZsparkError
from zsparkcrawl.fetched import Kept, Reading
from zsparkcrawl.items import Page
from zsparkcrawl.run import Run
from zsparkcrawl.spiders.leases import Leases
from zsparkcrawl.spiders.plan import plan

__all__ = ["PlannedSpider", "page_of_response", "reading_of"]

logger = logging.getLogger(__name__)

_SCRAPYS_CONCURRENCY = 8
_MOST_FAULTS = 10
"""Faults that the end of a run tells one by one; chosen: the frontier has them all."""
_NOT_MODIFIED = 304


class PlannedSpider(Spider):
    """A spider of one section that knows what it is to do, and enters what becomes of each page it took.

    Arguments: site, start_url, since, until, limit, full, ids, files, mirrors; see
    :class:`zsparkcrawl.spiders.plan.Plan`.
    """

    section: str
    run: Run | None = None
    """The run that this crawl is entered as; None when nothing is kept (shell, parse, fetch)."""
    leases: Leases | None = None
    """What the run takes from the frontier, once it does."""

    def __init__(self, name: str | None = None, **arguments: str | None) -> None:
        super().__init__(name)
        self.plan = plan(self.section, arguments)

    @classmethod
    def update_settings(cls, settings: BaseSettings) -> None:
        """Add the contact to the User-Agent. Where the operator has switched the delays off, the careful
        bound on parallel requests goes as well."""
        super().update_settings(settings)
        if contact := settings.get("ZSPARK_CONTACT"):
            settings.set("USER_AGENT", f"{settings['USER_AGENT']} +{contact}", priority="spider")
        if not settings.getfloat("DOWNLOAD_DELAY") and not settings.getbool("AUTOTHROTTLE_ENABLED"):
            settings.set("CONCURRENT_REQUESTS_PER_DOMAIN", _SCRAPYS_CONCURRENCY, priority="spider")

    @contextmanager
    def keeping(self) -> Iterator[None]:
        """For whatever speaks with the archive: when that refuses, the run ends in order and says why."""
        try:
            yield
        except ZsparkError as error:
            logger.warning("the run ends: %s", error)  # its closing line says so as well
            self.crawler.stats.set_value("zspark/fatal", str(error))
            raise CloseSpider("cannot_keep") from error

    def _end(self, lease: Lease | None, ending: Ending, reason: str, retry_after: dt.timedelta | None = None) -> bool:
        """End a visit that read nothing; returns whether this run tries again."""
        if self.run is None or lease is None:
            return False
        with self.keeping():
            return self.run.not_read(lease, ending, reason=reason, retry_after=retry_after)

    def _count(self, name: str, number: int = 1) -> None:
        self.crawler.stats.inc_value(f"zspark/{name}", number)

    def _note(self, url: str, reason: str) -> None:
        """Remember why a page could not be read, for the end of the run. What holds for a whole site is told once."""
        stats = self.crawler.stats
        what = reason if reason.startswith(("http://", "https://")) else f"{url}: {reason}"
        stats.set_value("zspark/last_failure", what)
        faults = stats.get_value("zspark/faults", ())
        if what not in faults:
            stats.set_value("zspark/faults", (*faults, what)[:_MOST_FAULTS])


def page_of_response(response: Response) -> Page:
    """What was fetched, without Scrapy."""
    return Page(
        url=response.url,
        body=response.body,
        content_type=(response.headers.get("Content-Type") or b"").decode("latin-1"),
        status=response.status,
        fetched_at=kept.time if (kept := response.meta.get("kept")) else dt.datetime.now(dt.UTC),
    )


def reading_of(response: Response, lease: Lease, kept: Kept | None) -> Reading:
    """What the archive is told of the page of an article, or of a file."""
    etag, modified = (response.headers.get(name) for name in ("ETag", "Last-Modified"))
    return Reading(
        lease,
        kept.capture_id if kept else None,
        etag.decode("latin-1") if etag else lease.etag if response.status == _NOT_MODIFIED else None,
        modified.decode("latin-1") if modified else lease.last_modified if response.status == _NOT_MODIFIED else None,
    )
