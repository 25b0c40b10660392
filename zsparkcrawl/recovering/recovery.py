"""Recovering a site from a web archive: index -> rows of recoveries -> captures -> listings, articles, files.

What is found and what became of it is entered at each step, so that a run that is killed loses nothing; the next one
asks for none of it again, but for the one capture that was on its way.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from zsparkcrawl.archive import Archive
from zsparkcrawl.archive.articles.storable import stamp
from zsparkcrawl.archive.crawling.recovering import Wanting
from zsparkcrawl.archive.files.store import FileStore
from zsparkcrawl.recovering.asking import NotNowError
from zsparkcrawl.recovering.copying import Copier
from zsparkcrawl.recovering.filing import lacking_files, reread_files
from zsparkcrawl.recovering.ledger import CopyRuns
from zsparkcrawl.recovering.planning import Found, IndexFaultError, Planner
from zsparkcrawl.recovering.reading import CopyReader
from zsparkcrawl.recovering.taking import AlreadyHereError, NoneTakenError, Taker

__all__ = ["FRESH", "Recovery"]

FRESH = dt.timedelta(days=1)
"""For how long an answer of the index holds; chosen. A run that goes on with another asks nothing twice."""

_RETRIES = tuple(map(dt.timedelta, (0, 0, 1, 3), (3600, 6 * 3600, 0, 0)))
"""After which time a capture that did not come is asked for by another run; then it has failed. Chosen."""
_IN_A_ROW = 5
"""So many captures in a row that do not come end the run: the archive is in trouble. Chosen."""
_SIGNAL = "stopped by a signal before it was done"
_PAGES = ("article", "part", "listing")
_FILES = ("file",)

Step = Callable[[], None]


@dataclass
class Recovery:
    """One run. ``limit`` bounds the captures that it fetches; ``tell`` is told of what could not be had, in one
    line."""

    archive: Archive
    wanting: Wanting
    planner: Planner
    taker: Taker
    copier: Copier
    reader: CopyReader
    runs: CopyRuns
    files: FileStore
    now: Callable[[], dt.datetime]
    tell: Callable[[str], None]
    limit: int | None = None
    counts: Counter[str] = field(default_factory=Counter)
    stopped: str | None = None
    """Why no more is asked for in this run; None while nothing stands against it."""

    def plan(self, step: Step = lambda: None) -> None:
        """Ask the index what there is, and enter it; nothing while the archive wants to be left alone."""
        if until := self.archive.left_alone(self.wanting, self.now()):
            self.stopped = f"the archive does not want to be asked before {until}"
            return
        with self._asking():
            self._enter(self.planner.pages(), step)

    def fetch(self, step: Step = lambda: None) -> None:
        """Fetch the pages that are due, and read them; then the files that articles offer. An interrupt ends the
        fetching alone."""
        with self._asking():
            self._fetch(_PAGES, step)
        numbers = self.archive.kept_holdings(self.wanting)
        self.reader.read(numbers, step)
        self.archive.mark_read(numbers)
        self._fetch_files(step)

    def outcome(self) -> tuple[str, str]:
        """State and reason of the run's end, as the ledger has them."""
        standing = self.archive.standing_holdings(self.wanting)
        waiting, failed = standing["waiting"], self.counts["failed"]
        if self.stopped:
            came = self.stopped != _SIGNAL and (self.counts["captures"] or self.reader.counts)
            return "suspicious" if came else "failed", self.stopped
        if waiting and not self._is_full():
            due = self.archive.next_holding_due(self.wanting)
            return "suspicious", f"{waiting} captures did not come; they are asked for again after {due}"
        if failed:
            return "suspicious", f"{failed} captures could not be used"
        return "good", f"the limit is reached, {waiting} captures wait" if waiting else "all read"

    def _fetch_files(self, step: Step) -> None:
        lacking = lacking_files(self.archive, self.wanting.site)
        with self._asking():
            if lacking and not self.stopped and not self._is_full():
                self._enter(self.planner.files(lacking), lambda: None)
            self._fetch(_FILES, step)
        captures = self.reader.folder
        done = reread_files(self.archive, captures, self.files, on_failure=self.tell, only=lacking.keys())
        self.archive.mark_read(self.archive.kept_holdings(self.wanting))
        self.counts.update(files=done.files, damaged=done.damaged)

    def _enter(self, answers: Iterator[Found], step: Step) -> None:
        for found in answers:
            onward, now = found.onward, self.now()
            self.counts["found"] += self.archive.enter_holdings(
                self.wanting, found.section, found.question, found.holdings, onward=onward, now=now
            )
            step()

    def _fetch(self, kinds: tuple[str, ...], step: Step) -> None:
        in_a_row = 0
        while not self.stopped and not self._is_full():
            row = self.archive.next_holding(self.wanting, kinds, self.now())
            if row is None:
                return
            came = self._take(row)
            in_a_row = 0 if came else in_a_row + 1
            if in_a_row == _IN_A_ROW:
                self.stopped = f"{in_a_row} captures in a row did not come"
            step()

    def _is_full(self) -> bool:
        return self.limit is not None and self.counts["asked"] >= self.limit

    def _take(self, row: Mapping[str, Any]) -> bool:
        """Ask for one capture and enter what became of it; returns whether the archive answered."""
        self.counts["asked"] += 1
        run = self.runs.number(row["site"], row["section"])
        try:
            copy = self.taker.take(row)
        except AlreadyHereError as error:
            self.counts["known"] += 1
            self._settle(row, "duplicate", error.capture_id)
            return True
        except NoneTakenError as error:
            self.counts[error.state] += 1
            self.tell(f"{row['url']} of {row['timestamp']}: {error}")
            self.archive.settle_holding(row["id"], state=error.state, reason=str(error), now=self.now())
            return True
        except NotNowError as error:
            self._not_now(row, error)
            return False
        with self.archive.together():
            kept = self.copier.keep(copy.url, copy.time, copy.answer, run_id=run)
            given = f"{copy.time:%Y%m%d%H%M%S}"
            other = None if given == row["timestamp"] else self.archive.holding(self.wanting, copy.url, given)
            self._settle(row, "duplicate" if other else "kept", kept.capture_id)
            if other is not None and other["state"] == "waiting":
                self._settle(other, "kept", kept.capture_id)
        self.counts["captures" if kept.new else "known"] += 1
        if copy.answer.partial:
            self.counts["partial"] += 1
            self.tell(f"{row['url']} of {row['timestamp']}: its end is missing, so it is kept and not read")
        self.runs.count(row["site"], row["section"], "captures", int(kept.new))
        return True

    def _settle(self, row: Mapping[str, Any], state: str, capture_id: int) -> None:
        values = {"state": state, "capture_id": capture_id, "reason": None, "next_retry_at": None}
        self.archive.settle_holding(row["id"], now=self.now(), **values)

    def _not_now(self, row: Mapping[str, Any], error: NotNowError) -> None:
        tries, now = row["tries"] + 1, self.now()
        self.tell(f"{row['url']} of {row['timestamp']}: {error}")
        if error.busy:  # that it wants to be left alone is no fault of the capture
            self._leave_alone(error)
            self.archive.settle_holding(row["id"], reason=str(error), now=now)
            return
        values: dict[str, Any] = {"tries": tries, "reason": str(error)}
        if tries > len(_RETRIES):
            values["state"] = "failed"
            self.counts["failed"] += 1
        else:
            values["next_retry_at"] = stamp(now + _RETRIES[tries - 1])
            self.counts["not_now"] += 1
        self.archive.settle_holding(row["id"], now=now, **values)

    def _leave_alone(self, error: NotNowError) -> None:
        """Ask nothing more, also in later runs, before the moment that the archive tells."""
        now = self.now()
        self.archive.leave_alone(self.wanting, now + dt.timedelta(seconds=error.wait), now=now)
        self.stopped = f"the archive does not want to be asked now: {error}"

    @contextmanager
    def _asking(self) -> Iterator[None]:
        """Lets the index fail: what came of it is kept, and the run ends with what it has."""
        try:
            yield
        except NotNowError as error:
            if error.busy:
                self._leave_alone(error)
            self.stopped = f"the index does not answer now: {error}"
        except IndexFaultError as error:
            self.stopped = str(error)
        except KeyboardInterrupt:
            self.stopped = _SIGNAL
