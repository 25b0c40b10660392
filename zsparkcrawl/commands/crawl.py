"""`scrapy crawl`: Scrapy's own, but what it ends with can be trusted by a cron job."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any, ClassVar, NoReturn
from urllib.parse import urlsplit

from scrapy.commands import crawl
from scrapy.crawler import AsyncCrawlerProcess, Crawler
from scrapy.exceptions import UsageError
from scrapy.settings import SETTINGS_PRIORITIES, Settings
from scrapy.spiderloader import get_spider_loader

from zsparkcrawl.commands.turns import Turns
from zsparkcrawl.errors import ZsparkError
from zsparkcrawl.extensions import environment
from zsparkcrawl.feeds import check_feeds
from zsparkcrawl.keeping import Keeping
from zsparkcrawl.outcome import worst
from zsparkcrawl.spiders.park import ParkSpider
from zsparkcrawl.spiders.plan import ArgumentError, plan

__all__ = ["Command"]


@dataclass(frozen=True, slots=True)
class _Job:
    """One crawl: what it is called, and the spider's arguments."""

    name: str
    arguments: Mapping[str, str]


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
            jobs = _jobs(args[0], opts.spargs)
            assert isinstance(self.crawler_process, AsyncCrawlerProcess), "our settings name asyncio's reactor"
            ended = Turns(self.crawler_process, partial(self._started, args[0], jobs[0]), list(jobs)).run()
        finally:
            self.keeping.release()
        for job, outcome in ended:
            sys.stderr.write(f"zsparkcrawl: {outcome.line(job.name)}\n")
        self.exitcode = worst(outcome for _, outcome in ended)

    def _started(self, spider: str, first: _Job, job: _Job) -> tuple[Crawler, Mapping[str, str]]:
        return self._crawler_of(spider, fed=job is first), job.arguments

    def _crawler_of(self, name: str, *, fed: bool) -> Crawler:
        """The crawler of a section; a feed takes what the first one hands out, or each would overwrite it."""
        crawler = self._create_crawler(name)
        if not fed:
            # The process gives each crawler its own settings once more when it begins.
            crawler.settings.set("FEEDS", {}, priority=SETTINGS_PRIORITIES["cmdline"] + 1)
        return crawler


def _jobs(name: str, given: Mapping[str, str]) -> list[_Job]:
    """The crawls that are asked for, the site itself first."""
    made = plan(name, given)
    alone = {key: value for key, value in given.items() if key != "mirrors"}
    mirrors = made.site.mirror_urls(name) if made.mirrors else ()
    return [
        _Job(name, given),
        *(_Job(f"{name} {urlsplit(url).netloc}", {**alone, "start_url": url}) for url in mirrors),
    ]


def _leave(error: ZsparkError) -> NoReturn:
    sys.stderr.write(f"zsparkcrawl: {error}\n")
    sys.exit(error.exit_code)
