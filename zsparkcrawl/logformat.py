"""Scrapy's log lines without page text in them, which could break out of its line and forge another."""

from __future__ import annotations

from typing import Any, Self

from scrapy import Spider
from scrapy.crawler import Crawler
from scrapy.http import Response
from scrapy.logformatter import LogFormatter, LogFormatterResult
from twisted.python.failure import Failure

from zsparkcrawl.loglines import guard_log

__all__ = ["ArticleLogFormatter"]


class ArticleLogFormatter(LogFormatter):
    """Names an article by its URL, and quotes everything else."""

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """The formatter. Scrapy asks for it before it logs the settings, so the log is guarded from here on."""
        guard_log()
        return cls()

    def scraped(self, item: Any, response: Response | Failure | None, spider: Spider) -> LogFormatterResult:
        """One line for an article, at DEBUG."""
        usual = super().scraped(item, response, spider)
        return {"level": usual["level"], "msg": "Scraped %(item)s", "args": {"item": _name(item)}}

    def dropped(
        self, item: Any, exception: BaseException, response: Response | Failure | None, spider: Spider
    ) -> LogFormatterResult:
        """One line for an article that was not wanted."""
        usual = super().dropped(item, exception, response, spider)
        args = {"item": _name(item), "why": str(exception)}
        return {"level": usual["level"], "msg": "Dropped %(item)s: %(why)r", "args": args}

    def item_error(
        self, item: Any, exception: BaseException, response: Response | Failure | None, spider: Spider
    ) -> LogFormatterResult:
        """One line for an article on which a pipeline failed; the traceback follows."""
        usual = super().item_error(item, exception, response, spider)
        return {"level": usual["level"], "msg": "Error processing %(item)s", "args": {"item": _name(item)}}


def _name(item: Any) -> str:
    return repr(getattr(item, "url", None) or type(item).__name__)
