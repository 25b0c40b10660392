"""Several crawls of one process, one after the other: at once they would ask a site faster than it was promised."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Generic, TypeVar

from zsparkcrawl.errors import ZsparkError
from zsparkcrawl.outcome import Outcome

if TYPE_CHECKING:
    import asyncio

    from scrapy.crawler import AsyncCrawlerProcess, Crawler

__all__ = ["Turns"]

Job = TypeVar("Job")


def _first(_: Sequence[object]) -> int:
    return 0


def _nobody(_: object) -> None:
    return None


@dataclass
class Turns(Generic[Job]):
    """The crawls of one process, and how they end.

    ``start`` makes the crawler of a job and the spider's arguments. A worker also chooses the next of those that wait
    (``pick``, its place), by where the others are, and leaves out what ``done_by_others`` says the end of.
    """

    process: AsyncCrawlerProcess
    start: Callable[[Job], tuple[Crawler, Mapping[str, str]]]
    waiting: list[Job]
    pick: Callable[[Sequence[Job]], int] = _first
    done_by_others: Callable[[Job], Outcome | None] = _nobody
    _begun: list[tuple[Job, Crawler, asyncio.Task[None]]] = field(default_factory=list, init=False)
    _ended: list[tuple[Job, Outcome]] = field(default_factory=list, init=False)
    _fault: str = field(default="stopped by a signal", init=False)
    """Why what still waits is not begun."""

    def run(self) -> list[tuple[Job, Outcome]]:
        """Crawl in one reactor, and return how each crawl ended. What comes behind one that a signal stopped is not
        begun."""
        from zsparkcrawl.extensions import collect_seldom, end_of

        self._begin()
        collect_seldom()
        if self._begun:
            self.process.start()
        # A signal at the very beginning stops the reactor under the first crawl: that has ended, too.
        self._ended += [(job, end_of(crawler, task)) for job, crawler, task in self._begun]
        return self._ended + [(job, Outcome("failed", f"not begun: {self._fault}", {})) for job in self.waiting]

    def _begin(self) -> None:
        try:
            job = self._next()
        except ZsparkError as error:
            self._fault = str(error)
            return
        if job is not None:
            crawler, arguments = self.start(job)
            task = self.process.crawl(crawler, **arguments)
            self._begun.append((job, crawler, task))
            task.add_done_callback(partial(self._done, job, crawler))

    def _next(self) -> Job | None:
        while self.waiting:
            job = self.waiting.pop(self.pick(self.waiting))
            outcome = self.done_by_others(job)
            if outcome is None:
                return job
            self._ended.append((job, outcome))
        return None

    def _done(self, job: Job, crawler: Crawler, task: asyncio.Task[None]) -> None:
        from zsparkcrawl.extensions import end_of
        from zsparkcrawl.workers import was_lost

        outcome = end_of(crawler, task)
        if was_lost(crawler):  # it slept too long: others went on, and it takes part again
            self._begun = [each for each in self._begun if each[1] is not crawler]
            self.waiting.insert(0, job)
        if not outcome.stopped:
            self._begin()
