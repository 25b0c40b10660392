"""The extension that keeps the ledger of runs."""

from __future__ import annotations

import asyncio
import gc
import logging
import os
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Self

from scrapy import signals
from scrapy.crawler import Crawler
from scrapy.exceptions import DropItem, NotConfigured
from scrapy.extensions.feedexport import FeedSlot
from scrapy.http import Response
from scrapy.settings import BaseSettings

from zsparkcrawl.archive import Wanted
from zsparkcrawl.archive.crawling.doubting import Doubt
from zsparkcrawl.errors import ZsparkError
from zsparkcrawl.items import Article
from zsparkcrawl.keeping import Keeping, SettingError
from zsparkcrawl.outcome import Outcome, counted, judge
from zsparkcrawl.run import Run
from zsparkcrawl.spiders.plan import Plan

__all__ = [
    "RunLedger",
    "UnbelievedItem",
    "collect_seldom",
    "end_of",
    "environment",
    "is_kept",
    "wanted_by",
]

logger = logging.getLogger(__name__)

_FLUSH_SECONDS = 0.5
_BOUNDS = {"ZSPARK_PAGES": "pages", "ZSPARK_HOURS": "hours"}
"""Settings that bound a run, and what they count."""


class UnbelievedItem(DropItem):
    """An article whose page is not believed to be that of its address; ``doubt`` tells why."""

    def __init__(self, doubt: Doubt) -> None:
        super().__init__(doubt.reason, log_level="DEBUG")
        self.doubt = doubt


def collect_seldom() -> None:
    """Look for circles of dead objects once in fifty thousand new ones, and not in seven hundred: a page makes tens of
    thousands, few of them in circles, and the looking took a tenth of a crawl's time (measured)."""
    gc.freeze()
    gc.set_threshold(50_000, 20, 20)


def is_kept(crawler: Crawler) -> bool:
    """Whether what this crawler fetches is kept: `scrapy crawl` switches that on; shell, parse and fetch do
    not."""
    return crawler.settings.getbool("ZSPARK_KEEP")


def environment(settings: BaseSettings) -> Mapping[str, str]:
    """The environment, with the settings of the same name in front: `-s ZSPARK_DATABASE=…` counts before
    it."""
    named = {name: settings.get(name) for name in ("ZSPARK_DATABASE", "ZSPARK_DATA", "ZSPARK_WARC_BYTES")}
    return {**os.environ, **{name: str(value) for name, value in named.items() if value}}


def wanted_by(plan: Plan) -> Wanted:
    """Which articles a plan wants."""
    return Wanted(plan.since, plan.until, full=plan.full, named=bool(plan.ids), limit=plan.limit)


def _bound(settings: BaseSettings, name: str) -> float:
    try:
        return settings.getfloat(name)
    except ValueError as error:
        raise SettingError(f"{name} is {settings[name]!r}, which is no number") from error


class RunLedger:
    """Enters a crawl as a run of the archive: when it begins, and when everything has closed, how it
    ended."""

    def __init__(self, crawler: Crawler, keeping: Keeping, run: Run, bounds: Mapping[str, float]) -> None:
        self.crawler = crawler
        self.keeping = keeping
        self.run = run
        self.outcome: Outcome | None = None
        """How it ended, once it has."""
        # Only a signal at an odd moment ends a crawl without a word.
        self._finish = "shutdown"
        self._fed: Counter[str] = Counter()
        self._closing: asyncio.Task[None] | None = None
        self._flushing: asyncio.TimerHandle | None = None
        self._began = time.monotonic()
        self._pages = 0
        self._bounds = bounds

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """For a crawl that is kept. Raises what :meth:`Keeping.hold` raises."""
        plan = getattr(crawler.spider, "plan", None)
        if not is_kept(crawler) or not isinstance(plan, Plan):
            raise NotConfigured
        bounds = {name: _bound(crawler.settings, name) for name in _BOUNDS}
        keeping = cls._hold(crawler.settings)
        # A crawl with a limit is for a look, and should not wait.
        patience = crawler.settings.getfloat("ZSPARK_PATIENCE") if plan.limit is None else 0.0
        try:
            run = cls._begin(keeping, crawler.settings, plan, patience)
        except ZsparkError:
            keeping.release()
            raise
        ledger = cls(crawler, keeping, run, bounds)
        for receiver, signal in (
            (ledger.spider_opened, signals.spider_opened),
            (ledger.response_received, signals.response_received),
            (ledger.item_dropped, signals.item_dropped),
            (ledger.item_error, signals.item_error),
            (ledger.spider_error, signals.spider_error),
            (ledger.feed_slot_closed, signals.feed_slot_closed),
            (ledger.spider_closed, signals.spider_closed),
            (ledger.close, signals.engine_stopped),
        ):
            crawler.signals.connect(receiver, signal=signal)
        return ledger

    @classmethod
    def of(cls, crawler: Crawler) -> Self:
        """The ledger that a crawl is entered in. Raises NotConfigured when there is none of this kind."""
        ledger = crawler.get_extension(RunLedger)
        if not isinstance(ledger, cls):
            raise NotConfigured
        return ledger

    @staticmethod
    def _hold(settings: BaseSettings) -> Keeping:
        return Keeping.hold(environment(settings))

    @staticmethod
    def _begin(keeping: Keeping, _: BaseSettings, plan: Plan, patience: float) -> Run:
        return keeping.start_run(
            site=plan.site.name,
            section=plan.section.name,
            start_url=plan.start_url,
            arguments=plan.given,
            wanted=wanted_by(plan),
            patience=patience,
        )

    def count(self, name: str, number: int = 1) -> None:
        """Count something, as zspark/<name>."""
        if number:
            self.crawler.stats.inc_value(f"zspark/{name}", number)

    def broke(self, error: ZsparkError) -> None:
        """What is fetched can no longer be kept: end the run, and say why."""
        if self._closing is None:
            logger.warning("the run ends: %s", error)  # its closing line says so as well
            self.crawler.stats.set_value("zspark/fatal", str(error))
            self._end_early("cannot_keep")

    def _end_early(self, reason: str) -> None:
        self._closing = asyncio.ensure_future(self.crawler.engine.close_spider_async(reason=reason))

    def response_received(self) -> None:
        """Count a response; at the bound on them the run ends, and leaves the rest for the next."""
        self._pages += 1
        self._look(self._pages, "ZSPARK_PAGES")

    def _look(self, number: float, name: str) -> None:
        """End the run when it has come to a bound."""
        if self._closing is None and number >= self._bounds[name]:
            bound = f"the bound of {self._bounds[name]:g} {_BOUNDS[name]} ({name})"
            logger.warning("the run ends at %s", bound)
            self.crawler.stats.set_value("zspark/limit", bound)
            self._end_early("bounded")

    def spider_opened(self) -> None:
        """Give the spider its run."""
        setattr(self.crawler.spider, "run", self.run)  # noqa: B010 - only our own spiders have the attribute
        self._flush_again()

    def _flush_again(self) -> None:
        self._flushing = asyncio.get_running_loop().call_later(_FLUSH_SECONDS, self._flush)

    def _flush(self) -> None:
        """Put on the disk what a quiet moment in the crawl would leave waiting, and look at the clock."""
        self._look((time.monotonic() - self._began) / 3600, "ZSPARK_HOURS")
        try:
            self.keeping.look()
            self.keeping.archive.flush()
        except ZsparkError as error:
            self.broke(error)
        else:
            self._flush_again()

    def item_dropped(self, item: Article, exception: DropItem) -> None:
        """Count an article that was not wanted, or not believed."""
        unbelieved = getattr(self.crawler.spider, "unbelieved", None)
        if isinstance(exception, UnbelievedItem) and unbelieved is not None:
            unbelieved(item, exception.doubt)
            return
        self.count("outside")
        self._safely(self.run.outside, item)

    def item_error(self, item: Article) -> None:
        """Count an article on which a pipeline failed."""
        self.count("item_errors")
        self._safely(self.run.broke, item)

    def spider_error(self, response: Response | None) -> None:
        """End the visit to a page on which the spider failed."""
        page_broke = getattr(self.crawler.spider, "page_broke", None)
        if page_broke is not None:
            self._safely(page_broke, response)

    def _safely(self, entering: Callable[..., object], what: object) -> None:
        try:
            entering(what)
        except ZsparkError as error:
            self.broke(error)

    def feed_slot_closed(self, slot: FeedSlot) -> None:
        """Remember how many articles a feed took."""
        self._fed[slot.uri_template] += slot.itemcount

    def spider_closed(self, reason: str) -> None:
        """Remember why it ended."""
        self._finish = reason

    def close(self) -> None:
        """Judge the run and enter its end. Called when everything else has closed."""
        if self.outcome is not None:
            return
        if self._flushing is not None:
            self._flushing.cancel()
        stats = self.crawler.stats.get_stats()
        try:
            self.outcome = self._end(stats)
        except ZsparkError as error:
            self.outcome = Outcome("failed", str(error), counted(stats))
        finally:
            self.keeping.release()

    def _end(self, stats: Mapping[str, Any]) -> Outcome:
        unusual = self.run.unusual(counted(stats)) if self._finish == "finished" else []
        outcome = judge(stats, self._finish, self._feed_faults(), unusual)
        self.run.end(outcome)
        return outcome

    def _feed_faults(self) -> Iterator[str]:
        """Feeds that took fewer articles than there were: Scrapy itself logs that and ends well."""
        scraped = int(self.crawler.stats.get_value("item_scraped_count", 0))
        for uri, options in self.crawler.settings.getdict("FEEDS").items():
            filtered = options.get("item_filter") or options.get("item_classes")
            if uri not in self._fed or (self._fed[uri] < scraped and not filtered):
                yield f"the feed {uri} has {self._fed[uri]} of {scraped} articles"
        if any(key.startswith("feedexport/failed_count/") for key in self.crawler.stats.get_stats()):
            yield "a feed could not be written: see the log"


def end_of(crawler: Crawler, task: asyncio.Task[None] | None) -> Outcome:
    """How a crawl ended that has ended, also when it never began."""
    error = task.exception() if task is not None and task.done() and not task.cancelled() else None
    if error is not None and not isinstance(error, ZsparkError):
        logger.critical("the crawl broke", exc_info=error)
    try:
        ledger = crawler.get_extension(RunLedger)
    except RuntimeError:  # there are no extensions yet
        ledger = None
    if ledger is not None:
        ledger.close()
        if error is None and ledger.outcome is not None:
            return ledger.outcome
    return Outcome("failed", str(error) or type(error).__name__ if error else "it never began", {})
