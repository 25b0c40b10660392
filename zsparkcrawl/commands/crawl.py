"""`scrapy crawl`: Scrapy's own, but what it ends with can be trusted by a cron job."""

from __future__ import annotations

import argparse
import asyncio
import sys
from typing import Any, ClassVar, NoReturn

from scrapy.commands import crawl
from scrapy.exceptions import UsageError
from scrapy.settings import Settings
from scrapy.spiderloader import get_spider_loader

from zsparkcrawl.errors import ZsparkError
from zsparkcrawl.extensions import collect_seldom, end_of, environment
from zsparkcrawl.feeds import check_feeds
from zsparkcrawl.keeping import Keeping
from zsparkcrawl.spiders.park import ParkSpider
from zsparkcrawl.spiders.plan import ArgumentError, plan

__all__ = ["Command"]


class Command(crawl.Command):
    """Exit codes: 0 good, 1 failed, 2 bad usage or a suspicious end, 3 another crawl is at work."""

    default_settings: ClassVar[dict[str, Any]] = {"ZSPARK_KEEP": True}

    keeping: Keeping | None = None

    def process_options(self, args: list[str], opts: argparse.Namespace) -> None:
        """Look at everything that can be known to fail before Scrapy starts and begins to log."""
        try:
            super().process_options(args, opts)
            if len(args) == 1 and self.settings is not None:
                self._prepare(args[0], opts, self.settings)
        except UsageError as error:
            if not str(error):
                raise
            _leave(ArgumentError(str(error)))
        except ZsparkError as error:
            _leave(error)

    def _prepare(self, name: str, opts: argparse.Namespace, settings: Settings) -> None:
        loader = get_spider_loader(settings)
        if name not in loader.list():
            raise ArgumentError(f"no spider {name!r}: there are {', '.join(sorted(loader.list()))}")
        spider = loader.load(name)
        if issubclass(spider, ParkSpider):
            plan(spider.section, opts.spargs)
            check_feeds(settings.getdict("FEEDS"))
            self.keeping = Keeping.hold(environment(settings))

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        """Crawl, and say how it ended."""
        if self.keeping is None or self.crawler_process is None:
            super().run(args, opts)  # a spider that is none of ours, or bad usage
            return
        try:
            crawler = self._create_crawler(args[0])
            task = self.crawler_process.crawl(crawler, **opts.spargs)
            collect_seldom()
            self.crawler_process.start()
            outcome = end_of(crawler, task if isinstance(task, asyncio.Task) else None)
        finally:
            self.keeping.release()
        sys.stderr.write(f"zsparkcrawl: {outcome.line(args[0])}\n")
        self.exitcode = outcome.exit_code


def _leave(error: ZsparkError) -> NoReturn:
    sys.stderr.write(f"zsparkcrawl: {error}\n")
    sys.exit(error.exit_code)
