"""What `zsparkcrawl crawl --worker` has beyond a crawl: which section it takes next, and staying as a service."""

from __future__ import annotations

import datetime as dt
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from types import FrameType
from typing import TYPE_CHECKING

from zsparkcrawl.outcome import Outcome, State
from zsparkcrawl.spiders.plan import ArgumentError, Plan

if TYPE_CHECKING:
    from scrapy.settings import Settings

    from zsparkcrawl.archive import Archive

__all__ = ["Picking", "as_worker", "stay", "without_every"]

_LOCKED = 3
_SOON = {"killed": 5.0, "locked": 60.0}
"""Seconds after which a worker that stays begins again: when it was killed, and when a crawl that works alone was
there. Chosen."""


def as_worker(settings: Settings, name: str | None) -> float:
    """Set a crawl up as a worker that is called ``name``; returns the seconds after which it would count as lost.
    Raises ArgumentError when the database is none that several can share."""
    from zsparkcrawl.archive import can_share, database_url
    from zsparkcrawl.extensions import environment
    from zsparkcrawl.workers import default_name, lapse_of, share

    if not can_share(database_url(environment(settings))):
        raise ArgumentError(
            "--worker needs an archive on PostgreSQL (ZSPARK_DATABASE=postgresql+psycopg://…): "
            "SQLite takes one writer at a time"
        )
    share(settings, name or default_name())
    return lapse_of(settings)


class Picking:
    """Which of the sections a worker takes next: the one at which the fewest others are, for a host is asked no faster
    by two than by one. What others brought to its end since this worker began is done."""

    def __init__(self, archive: Archive) -> None:
        self._archive = archive
        self._began = archive.database_time() - dt.timedelta(seconds=1)  # moments are kept to the second

    def done(self, plan: Plan) -> Outcome | None:
        """How the run of a section ended that others did; None when it is to be done."""
        for row in self._archive.ended_runs(self._began):
            same = row["site"], row["section"], row["start_url"], row["arguments"]
            if same == (plan.site.name, plan.section.name, plan.start_url, dict(plan.given)):
                state: State = row["state"]
                return Outcome(state, f"done by others: {row['reason']}", row["counts"], part=True)
        return None

    def next(self, plans: Sequence[Plan]) -> int:
        """The place of the plan to take, of at least one."""
        from zsparkcrawl.archive.crawling.workers import origin_of

        crowds = self._archive.crowds()
        places = [(plan.site.name, plan.section.name, origin_of(plan.start_url)) for plan in plans]
        order = sorted(range(len(places)), key=lambda at: crowds.get(places[at], 0))
        fewest = crowds.get(places[order[0]], 0)
        # Those that look in the same moment see the same crowds: each claims what it takes.
        least = (at for at in order if crowds.get(places[at], 0) == fewest)
        return next((at for at in least if self._archive.claim(" ".join(places[at]))), order[0])


def without_every(words: Sequence[str]) -> list[str]:
    """The words of a command line without `--every` and its value.

    >>> without_every(["crawl", "--worker", "--every", "24", "--site", "nhtp"]), without_every(["crawl", "--every=6"])
    (['crawl', '--worker', '--site', 'nhtp'], ['crawl'])
    """
    kept = [word for word in words if not word.startswith("--every=")]
    if "--every" in kept:
        at = kept.index("--every")
        del kept[at : at + 2]
    return kept


def stay(hours: float, words: Sequence[str]) -> None:
    """Run `zsparkcrawl WORDS`, and again so many hours after each beginning, in a process of its own each time, until
    SIGTERM or Ctrl-C: that ends the crawl in order, and this one well."""
    stopped = threading.Event()
    child: subprocess.Popen[bytes] | None = None

    def stop(_: int, __: FrameType | None) -> None:
        stopped.set()
        if child is not None:
            child.send_signal(signal.SIGTERM)

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, stop)
    while not stopped.is_set():
        began = time.monotonic()
        # A session of its own, or Ctrl-C would reach it twice, and twice means at once.
        command = [sys.executable, "-m", "zsparkcrawl", *words]
        child = subprocess.Popen(command, env=os.environ, start_new_session=True)  # noqa: S603 - our own words
        if stopped.is_set():  # told so before there was anybody to tell
            child.send_signal(signal.SIGTERM)
        code = child.wait()
        rest = began + hours * 3600 - time.monotonic()
        if code < 0 or code == _LOCKED:
            rest = min(rest, _SOON["killed" if code < 0 else "locked"])
        stopped.wait(max(0.0, rest))
