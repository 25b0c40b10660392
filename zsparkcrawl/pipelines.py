"""From what was read to what is kept: clean, in time, in the archive."""

from __future__ import annotations

from typing import Self

from scrapy.crawler import Crawler
from scrapy.exceptions import DropItem, NotConfigured

from zsparkcrawl.archive.crawling.doubting import Doubt
from zsparkcrawl.clean import clean
from zsparkcrawl.errors import ZsparkError
from zsparkcrawl.extensions import RunLedger, UnbelievedItem
from zsparkcrawl.items import Article, KeptArticle
from zsparkcrawl.sites import site_named
from zsparkcrawl.spiders.plan import Plan

__all__ = ["ArchivePipeline", "CleanPipeline", "PeriodPipeline"]

_MOST = 20
"""What is counted of one article: a page with hundreds of links is no more a sign than one with twenty. Chosen."""


class CleanPipeline:
    """Mends the text and takes the spam out; every change is in the article's edits."""

    def process_item(self, item: Article) -> Article:
        """The article, clean."""
        if isinstance(item, KeptArticle):
            return item
        return clean(item, site_named(item.site))


class PeriodPipeline:
    """Lets through what lies between `since` and `until` by its own date. An article without a date is let
    through: nothing says that it is not wanted."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """For a crawl with a plan."""
        plan = getattr(crawler.spider, "plan", None)
        if not isinstance(plan, Plan):
            raise NotConfigured
        return cls(plan)

    def process_item(self, item: Article) -> Article:
        """The article, if it is wanted."""
        if not self.plan.covers(item.date):
            raise DropItem(f"of {item.date}, outside the time asked for", log_level="DEBUG")
        return item


class ArchivePipeline:
    """Keeps the article as new, as a new version, or as seen again."""

    def __init__(self, ledger: RunLedger) -> None:
        self.ledger = ledger

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """For a crawl that is entered as a run."""
        return cls(RunLedger.of(crawler))

    def process_item(self, item: Article) -> Article:
        """The article, kept. When it cannot be kept the run ends; one that is not believed goes no further."""
        if isinstance(item, KeptArticle):
            return item
        try:
            stored = self.ledger.run.store(item)
        except ZsparkError as error:
            self.ledger.broke(error)
            raise DropItem(str(error)) from error
        if isinstance(stored, Doubt):
            raise UnbelievedItem(stored)
        self.ledger.count(stored)
        self._count(item)
        return item

    def _count(self, item: Article) -> None:
        """Count what the article is like: the nights to come are held against it."""
        damages = sum(map(len, item.damaged.values()))
        counts = {
            "kept": 1,
            "with_title": bool(item.title),
            "with_date": item.date is not None,
            "with_body": bool(item.body.strip()),
            "injected": bool(item.injections),
            "injections": min(len(item.injections), _MOST),
            "damaged": damages > 0,
            "damages": min(damages, _MOST),
        }
        for name, number in counts.items():
            self.ledger.count(name, int(number))
