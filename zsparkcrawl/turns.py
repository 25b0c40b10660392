"""Turns: several workers ask a host no faster than one would. Each request waits for its turn, which is taken in the
database, just before it is sent."""

from __future__ import annotations

import asyncio
import datetime as dt
import random
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Self
from urllib.parse import urlsplit

from scrapy import signals
from scrapy.crawler import Crawler
from scrapy.http import Request, Response
from scrapy.robotstxt import RobotParser

from zsparkcrawl.archive import Archive
from zsparkcrawl.archive.crawling.hosts import Answered, Spacing, Turn
from zsparkcrawl.errors import ZsparkError
from zsparkcrawl.middlewares import LeavingError, NotNowError
from zsparkcrawl.spiders.failures import retry_after
from zsparkcrawl.workers import WorkerLedger, spacing_of

__all__ = ["TurnMiddleware"]

_OK, _BUSY = 200, frozenset([429, 503])
_REST = 5.0
"""Seconds of rest for a host that says it is busy and not for how long, as a page has them that fails twice."""
_MOST_REST = 86_400.0
_PATIENCE = 600.0
"""Seconds of a host's rest that requests wait for; where it asks for more they fail, and the run ends if all do.
Chosen."""
_MARGIN = 30.0
"""Seconds on top of DOWNLOAD_TIMEOUT after which a request is certain to have ended. Chosen."""
_POLL, _APART = 0.05, 0.02
"""Seconds after which to look again where as many requests as may be are on their way, and by which workers are kept
from looking in the same moment. Chosen."""


@dataclass
class _Host:
    """A host that this worker asks. One request at a time waits for its turn, the others in a queue behind it."""

    name: str
    spacing: Spacing
    waiting: asyncio.Lock = field(default_factory=asyncio.Lock)
    freed: asyncio.Event = field(default_factory=asyncio.Event)


class TurnMiddleware:
    """Lets a request through when its host may be asked, by what all workers together ask of it. ``agent`` is as whom
    it reads robots.txt, ``timeout`` after how many seconds a request is given up, ``concurrency`` how many requests at
    once are to be on their way to a host by its answers, as AutoThrottle has it."""

    def __init__(
        self, ledger: WorkerLedger, spacing: Spacing, *, agent: str, timeout: float, concurrency: float
    ) -> None:
        self.ledger = ledger
        self.spacing = spacing
        self.agent = agent
        self.timeout = timeout
        self.concurrency = concurrency
        self._hosts: dict[str, _Host] = {}

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """For a crawl that is one of several workers."""
        ledger = WorkerLedger.of(crawler)
        settings = crawler.settings
        made = cls(
            ledger,
            spacing_of(settings),
            agent=settings["ROBOTSTXT_USER_AGENT"] or settings["USER_AGENT"],
            timeout=settings.getfloat("DOWNLOAD_TIMEOUT"),
            concurrency=settings.getfloat("AUTOTHROTTLE_TARGET_CONCURRENCY"),
        )
        crawler.signals.connect(made.robots_parsed, signal=signals.robots_parsed)
        return made

    def robots_parsed(self, robotparser: RobotParser, request: Request) -> None:
        """Heed the Crawl-delay of a robots.txt, up to the longest delay that AutoThrottle would come to."""
        asked, host = robotparser.crawl_delay(self.agent), self._host(request)
        if asked is not None:
            least = min(asked, self.spacing.longest)
            host.spacing = replace(self.spacing, least=max(self.spacing.least, least))

    async def process_request(self, request: Request) -> None:
        """Wait for the turn."""
        host = self._host(request)
        seconds = float(request.meta.get("download_timeout") or self.timeout) + _MARGIN
        async with host.waiting:
            while True:
                host.freed.clear()
                turn, pause = self._try(host, seconds)
                if turn is not None:
                    request.meta["turn"] = turn
                    return
                await _either(host.freed, pause)

    def process_response(self, request: Request, response: Response) -> Response:
        """Give the turn back, with what the answer tells of the host."""
        latency = request.meta.get("download_latency")
        rest = 0.0
        if response.status in _BUSY:
            asked = retry_after(response, dt.datetime.now(dt.UTC))
            rest = min(_REST if asked is None else asked.total_seconds(), _MOST_REST)
        target = None if latency is None else latency / self.concurrency
        self._give_back(request, Answered(target, response.status == _OK, rest))
        return response

    def process_exception(self, request: Request, exception: Exception) -> None:
        """Give the turn back of a request that failed."""
        self._give_back(request, Answered())

    # -- inside ------------------------------------------------------------------------------------

    def _host(self, request: Request) -> _Host:
        name = (urlsplit(request.url).hostname or "").rstrip(".")
        if name not in self._hosts:
            with self._archive() as archive:
                archive.enter_host(name, self.spacing)
            self._hosts[name] = _Host(name, self.spacing)
        return self._hosts[name]

    def _try(self, host: _Host, seconds: float) -> tuple[Turn | None, float]:
        """The turn, or None and for how many seconds to wait until the next try. Raises NotNowError."""
        if self.ledger.leaves:
            raise LeavingError("the worker leaves")
        with self._archive() as archive:
            turn = archive.take_turn(host.name, self.ledger.part.worker_id, host.spacing, seconds)
            if turn is not None:
                return turn, 0.0
            soon, rests = archive.until_turn(host.name)
        if rests > _PATIENCE:
            raise NotNowError(f"{host.name} asks to be left alone for {rests:.0f} seconds")
        pause = max(soon, rests)
        return None, (pause if pause > 0 else _POLL) + random.uniform(0, _APART)  # noqa: S311 - no secret

    def _give_back(self, request: Request, answered: Answered) -> None:
        turn: Turn | None = request.meta.pop("turn", None)
        if turn is None:
            return
        host = self._hosts[turn.host]
        try:
            with self._archive() as archive:
                archive.give_back(turn, host.spacing, answered)
        except NotNowError:  # it lapses by itself, and the run ends
            return
        finally:
            host.freed.set()

    @contextmanager
    def _archive(self) -> Iterator[Archive]:
        """For whatever speaks with the archive: when that refuses, the run ends."""
        try:
            yield self.ledger.run.archive
        except ZsparkError as error:
            self.ledger.broke(error)
            raise NotNowError(str(error)) from error


async def _either(freed: asyncio.Event, seconds: float) -> None:
    """Wait until a request of this worker has ended, or for so many seconds. The first is of use only when as many as
    may be are on their way; a host that is not due yet is not asked any sooner."""
    try:
        await asyncio.wait_for(freed.wait(), seconds)
    except TimeoutError:
        return
