"""The extension that shows the progress of a crawl on a terminal."""

from __future__ import annotations

import sys
from typing import Self

from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from scrapy import signals
from scrapy.crawler import Crawler
from scrapy.exceptions import NotConfigured

__all__ = ["ProgressBar"]


class ProgressBar:
    """A line on the terminal that shows how many of the articles found so far are done."""

    def __init__(self, crawler: Crawler, name: str) -> None:
        self.crawler = crawler
        columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
        self.progress = Progress(*columns)
        self.task = self.progress.add_task(name, total=None)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """When ZSPARK_PROGRESS asks for it and there is a terminal to show it on."""
        if not crawler.settings.getbool("ZSPARK_PROGRESS") or not sys.stderr.isatty() or crawler.spider is None:
            raise NotConfigured
        bar = cls(crawler, crawler.spider.name)
        crawler.signals.connect(bar.open, signal=signals.spider_opened)
        crawler.signals.connect(bar.show, signal=signals.response_received)
        crawler.signals.connect(bar.show, signal=signals.item_scraped)
        crawler.signals.connect(bar.close, signal=signals.spider_closed)
        return bar

    def open(self) -> None:
        """Begin to show."""
        self.progress.start()

    def show(self) -> None:
        """Show the counts as they are."""
        stats = self.crawler.stats
        done = sum(int(stats.get_value(f"zspark/{name}", 0)) for name in ("read", "failed", "unreadable"))
        self.progress.update(self.task, total=stats.get_value("zspark/asked") or None, completed=done)

    def close(self) -> None:
        """Leave the last state standing."""
        self.show()
        self.progress.stop()
