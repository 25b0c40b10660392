"""Several crawls of one process, one after the other: at once they would ask a site faster than it was promised."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING

from zsparkcrawl.outcome import Outcome

if TYPE_CHECKING:
    import asyncio

    from scrapy.crawler import AsyncCrawlerProcess, Crawler

__all__ = ["in_turn"]


def in_turn(
    process: AsyncCrawlerProcess, crawls: Sequence[tuple[Callable[[], Crawler], Mapping[str, str]]]
) -> list[Outcome]:
    """Crawl in one reactor, and return how each crawl ended. Each is given by what makes its crawler and by the
    spider's arguments. What comes behind one that a signal stopped is not begun."""
    from zsparkcrawl.extensions import collect_seldom, end_of

    waiting = list(crawls)
    begun: list[tuple[Crawler, asyncio.Task[None]]] = []

    def begin() -> None:
        make, arguments = waiting.pop(0)
        crawler = make()
        task = process.crawl(crawler, **arguments)
        begun.append((crawler, task))
        task.add_done_callback(partial(done, crawler))

    def done(crawler: Crawler, task: asyncio.Task[None]) -> None:
        if waiting and not end_of(crawler, task).stopped:
            begin()

    begin()
    collect_seldom()
    process.start()
    # A signal at the very beginning stops the reactor under the first crawl: that has ended, too.
    outcomes = [end_of(crawler, task) for crawler, task in begun]
    return [*outcomes, *(Outcome("failed", "not begun: stopped by a signal", {}) for _ in waiting)]
