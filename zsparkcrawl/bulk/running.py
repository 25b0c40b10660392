"""A run over collections: files are planned, worked on in parts, and joined, whoever does the work."""

from __future__ import annotations

import fcntl
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, wait
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

from zsparkcrawl.bulk.engines import Engine
from zsparkcrawl.bulk.failures import ENDING
from zsparkcrawl.bulk.faults import BulkError, BusyError, SourceError
from zsparkcrawl.bulk.joining import join
from zsparkcrawl.bulk.parts import make_part
from zsparkcrawl.bulk.planning import STATE, Plan, plan_of
from zsparkcrawl.bulk.sources import Job, Source, shown
from zsparkcrawl.bulk.tallying import Tally
from zsparkcrawl.errors import ZsparkError

__all__ = ["Summary", "holding", "run"]

_WAITING = 2
"""Pieces of work handed out for each worker: one that it does, one that waits for it."""


@dataclass
class Summary:
    """What came of a run: files that were done, those that were done before, what could not be read, where failures
    stand, and the counts of all records (of files done before as well)."""

    files: int = 0
    done_before: int = 0
    faults: list[str] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)
    tally: Tally = field(default_factory=Tally)


@contextmanager
def holding(out: Path) -> Iterator[None]:
    """The output folder, made where it is missing, and held against another run. Raises BulkError, BusyError."""
    try:
        (out / STATE).mkdir(parents=True, exist_ok=True)
        lock = (out / STATE / "lock").open("ab")
    except OSError as error:
        raise BulkError(f"{shown(out)} cannot be written: {error.strerror}") from error
    with lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise BusyError(f"another process writes into {shown(out)}") from error
        yield


def run(
    sources: Sequence[Source], out: Path, job: Job, engine: Engine, step: Callable[[int], None] = lambda size: None
) -> Summary:
    """Work on all files that are not done. ``step`` is told how many bytes of the files were worked on.

    A file that cannot be read is told in the summary, and the others go on. Raises BulkError when the run cannot go on:
    then what is done stays done, and the next run goes on from there.
    """
    return _Run(out, job, engine, step).through(sources)


class _Work(NamedTuple):
    """A piece of work: to plan a file, to make a part of it by its plan, or to join its parts."""

    source: Source
    plan: Plan | None = None
    number: int | None = None

    def call(self, job: Job, out: str) -> tuple[Any, ...]:
        """The function that does it, and what it is given."""
        if self.plan is None:
            return plan_of, self.source, job, out
        if self.number is None:
            return join, self.plan, job, out
        return make_part, self.plan, job, out, self.number


class _Run:
    """Hands out work, so much that nobody waits, and looks at what comes back."""

    def __init__(self, out: Path, job: Job, engine: Engine, step: Callable[[int], None]) -> None:
        self._out, self._job, self._step = str(out.absolute()), job, step
        self._executor, workers, self._lost, self._told = engine
        self._window = _WAITING * workers
        self._ready: deque[_Work] = deque()
        self._flying: dict[Future[Any], _Work] = {}
        self._left: dict[str, int] = {}
        self._faulty: set[str] = set()
        self._summary = Summary()

    def through(self, sources: Sequence[Source]) -> Summary:
        """All of them."""
        self._ready.extend(_Work(source) for source in sources)
        while self._ready or self._flying:
            self._hand_out()
            for future in wait(self._flying, return_when=FIRST_COMPLETED).done:
                self._take(future)
        return self._summary

    def _hand_out(self) -> None:
        while self._ready and len(self._flying) < self._window:
            work = self._ready.popleft()
            if work.source.output in self._faulty:
                continue
            try:
                self._flying[self._executor.submit(*work.call(self._job, self._out))] = work
            except self._lost as error:
                raise self._gone() from error

    def _take(self, future: Future[Any]) -> None:
        source, plan, number = self._flying.pop(future)
        result = self._result(future, source)
        if isinstance(result, Plan):
            self._planned(source, result)
        elif plan is not None and number is not None:
            start, end = plan.ranges[number]
            self._step(end - start if source.form != "parquet" else plan.size // len(plan.ranges))
            self._left[source.output] -= 1
            if not self._left[source.output] and source.output not in self._faulty:
                self._ready.appendleft(_Work(source, plan))
        elif result is not None:
            self._finished(source, result)
            self._summary.files += 1

    def _planned(self, source: Source, plan: Plan) -> None:
        if plan.done is not None:
            self._summary.done_before += 1
            self._finished(source, plan.done)
            self._step(plan.size)
            return
        self._left[source.output] = len(plan.ranges)
        # Before the files behind it: few are begun and not ended at any time.
        parts = [_Work(source, plan, number) for number in range(len(plan.ranges))] or [_Work(source, plan)]
        self._ready.extendleft(reversed(parts))

    def _finished(self, source: Source, counts: Any) -> None:
        self._summary.tally.plus(counts)
        if counts.get("failures"):
            self._summary.failures.append(shown(Path(self._out) / f"{source.output}{ENDING}"))

    def _result(self, future: Future[Any], source: Source) -> Any:
        """What came of a piece of work; None when its file cannot be read."""
        try:
            return future.result()
        except SourceError as error:
            self._faulty.add(source.output)
            self._summary.faults.append(str(error))
        except self._lost as error:
            raise self._gone() from error
        except ModuleNotFoundError as error:
            raise BulkError(f"a worker of the cluster has no {error.name}: install zsparkcrawl there") from error
        except ZsparkError:
            raise
        except MemoryError as error:
            raise BulkError(f"there is not enough memory for {shown(source.path)}") from error
        except OSError as error:
            where = f" ({shown(error.filename)})" if error.filename else ""
            raise BulkError(f"{shown(source.output)} cannot be written: {error.strerror or error}{where}") from error
        return None

    def _gone(self) -> BulkError:
        return BulkError(f"{self._told}; what is done stays done, and the same command goes on from there")
