"""Crawling as one of several workers: settings, and the part that one takes in a run that all share."""

from __future__ import annotations

import os
import socket
import time
from collections.abc import Mapping
from typing import Any

from scrapy.crawler import Crawler
from scrapy.settings import BaseSettings

from zsparkcrawl.archive import LeaseLostError, Part, Told, WorkerLostError
from zsparkcrawl.archive.crawling.hosts import Spacing
from zsparkcrawl.errors import ZsparkError
from zsparkcrawl.extensions import RunLedger, environment, wanted_by
from zsparkcrawl.keeping import Keeping, SettingError
from zsparkcrawl.outcome import Outcome, counted, judge, judge_part
from zsparkcrawl.run import Run
from zsparkcrawl.shared_run import early_ends, ended_for_all, merged, sum_of, told
from zsparkcrawl.spiders.plan import Plan

__all__ = ["WorkerLedger", "default_name", "lapse_of", "share", "spacing_of", "was_lost"]

_SIGNS = 6
"""Signs of life in the time after which a worker counts as lost. Chosen: some may come late, and one be lost."""
_SHORTEST = 3.0
"""Seconds: the moments of signs of life are kept to the second."""


def default_name() -> str:
    """What a worker is called that was given no name."""
    return f"{socket.gethostname()}-{os.getpid()}"


def share(settings: BaseSettings, name: str) -> None:
    """Set a crawl up as one of several workers, which is called ``name``. The requests to a host are then spaced by
    turns that all workers take in the database, see :mod:`zsparkcrawl.turns`, and not by Scrapy in each."""
    spaced = {
        "DOWNLOAD_DELAY": settings.getfloat("DOWNLOAD_DELAY"),
        "AUTOTHROTTLE_ENABLED": settings.getbool("AUTOTHROTTLE_ENABLED"),
    }
    told_at_once = settings.getint("CONCURRENT_REQUESTS_PER_DOMAIN")
    for changed, value in {
        "ZSPARK_WORKER": name,
        "ZSPARK_SPACING": spaced,
        "DOWNLOAD_DELAY": 0,
        "AUTOTHROTTLE_ENABLED": False,
    }.items():
        settings.set(changed, value, priority="cmdline")
    if any(spaced.values()):  # otherwise the spiders choose
        settings.set("CONCURRENT_REQUESTS_PER_DOMAIN", told_at_once, priority="cmdline")
    for part, places in _PLACES.items():
        settings.set(part, {**settings.getdict(part), **places}, priority="cmdline")


_PLACES: Mapping[str, Mapping[str, int | None]] = {
    "EXTENSIONS": {"zsparkcrawl.extensions.RunLedger": None, "zsparkcrawl.workers.WorkerLedger": 0},
    # Nearest to the wire: what passes it is sent at once, redirects, robots.txt and files included.
    "DOWNLOADER_MIDDLEWARES": {"zsparkcrawl.turns.TurnMiddleware": 990},
}


def spacing_of(settings: BaseSettings) -> Spacing:
    """How a host is to be asked, as the settings have it that :func:`share` put aside."""
    spaced = settings.getdict("ZSPARK_SPACING")
    return Spacing(
        least=float(spaced["DOWNLOAD_DELAY"]),
        at_once=max(1, settings.getint("CONCURRENT_REQUESTS_PER_DOMAIN")),
        adaptive=bool(spaced["AUTOTHROTTLE_ENABLED"]),
        first=settings.getfloat("AUTOTHROTTLE_START_DELAY"),
        longest=settings.getfloat("AUTOTHROTTLE_MAX_DELAY"),
    )


def lapse_of(settings: BaseSettings) -> float:
    """Seconds without a sign of life after which a worker counts as lost. Raises SettingError."""
    try:
        lapse = settings.getfloat("ZSPARK_LAPSE")
    except ValueError as error:
        raise SettingError(f"ZSPARK_LAPSE is {settings['ZSPARK_LAPSE']!r}, which is no number") from error
    if lapse < _SHORTEST:
        raise SettingError(f"ZSPARK_LAPSE is {lapse:g} seconds: {_SHORTEST:g} are the least")
    return lapse


def was_lost(crawler: Crawler) -> bool:
    """Whether a crawl that has ended was one of a worker that others had given up for lost."""
    try:
        ledger = crawler.get_extension(RunLedger)
    except RuntimeError:  # it never began
        return False
    return isinstance(ledger, WorkerLedger) and ledger.lost


class WorkerLedger(RunLedger):
    """Enters a crawl as a part of a run that several workers share: gives signs of life, ends when the run is to end
    for all, and lets the last one judge the whole."""

    def __init__(self, crawler: Crawler, keeping: Keeping, run: Run, bounds: Mapping[str, float]) -> None:
        super().__init__(crawler, keeping, run, bounds)
        assert run.part is not None, "a worker takes part in a run"
        self.part: Part = run.part
        self.lost = False
        """Whether it was given up for lost, and others took over what it had."""
        self._broken = False
        self._began -= self.part.since
        self._signed = time.monotonic()
        self._others: list[Told] = []
        self._file_bytes = 0

    @staticmethod
    def _hold(settings: BaseSettings) -> Keeping:
        return Keeping.hold(environment(settings), lapse=lapse_of(settings))

    @staticmethod
    def _begin(keeping: Keeping, settings: BaseSettings, plan: Plan, patience: float) -> Run:
        return keeping.join_run(
            site=plan.site.name,
            section=plan.section.name,
            start_url=plan.start_url,
            arguments=plan.given,
            name=settings["ZSPARK_WORKER"],
            lapse=lapse_of(settings),
            wanted=wanted_by(plan),
            patience=patience,
        )

    def broke(self, error: ZsparkError) -> None:
        """What is fetched can no longer be kept, or is not asked for any more: end the part, and say why."""
        self._broken = True
        super().broke(error)

    @property
    def leaves(self) -> bool:
        """Whether nothing more is to be asked for: it was told to end, or cannot go on. The others have the pages."""
        return self._broken or not self.crawler.crawling

    def _flush(self) -> None:
        if time.monotonic() - self._signed >= self.part.lapse / _SIGNS:
            try:
                self._sign()
            except ZsparkError as error:
                self.broke(error)
        super()._flush()

    def _sign(self) -> None:
        self._signed = time.monotonic()
        self._others = self.run.archive.sign(self.part, self._told())
        if (ended := ended_for_all(self._others)) is not None and self._closing is None:
            for name in ("fatal", "limit"):
                if said := ended.stats.get(f"zspark/{name}"):
                    self.crawler.stats.set_value(f"zspark/{name}", said)
            self._end_early(str(ended.reason))
        self._look(self._pages + sum_of(self._others, "pages"), "ZSPARK_PAGES")
        if self.run.files is not None:
            fetched = sum_of(self._others, "zspark/file_bytes")
            self.run.files.fetched(fetched - self._file_bytes)
            self._file_bytes = fetched

    def _told(self) -> dict[str, Any]:
        return told(self.crawler.stats.get_stats(), self._pages)

    def _end(self, _: Mapping[str, Any]) -> Outcome:
        own, archive = self._told(), self.run.archive
        try:
            with archive.together():
                others = archive.end_part(self.part, self._finish, own)
                return judge_part(own, self._finish) if others is None else self._end_run(own, others)
        except (LeaseLostError, WorkerLostError):
            self.lost = True
            raise

    def _end_run(self, own: Mapping[str, Any], others: list[Told]) -> Outcome:
        """Judge the whole, as the last one out."""
        whole, ended = merged(own, others), ended_for_all(others)
        finish = self._finish if ended is None or self._finish != "finished" else str(ended.reason)
        unusual = []
        if finish == "finished":
            unusual = [*early_ends(others), *self.run.unusual(counted(whole))]
        outcome = judge(whole, finish, self._feed_faults(), unusual)
        self.run.end(outcome)
        return outcome
