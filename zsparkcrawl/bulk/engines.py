"""Who does the work: this process, processes of this machine, or the workers of a Dask cluster. All are executors as
:mod:`concurrent.futures` has them, so nothing else needs to know which it is."""

from __future__ import annotations

import logging
import multiprocessing
import os
import signal
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import BrokenExecutor, CancelledError, Executor, Future, ProcessPoolExecutor
from contextlib import contextmanager
from functools import partial
from multiprocessing.connection import Connection
from typing import Any, NamedTuple

from zsparkcrawl.bulk.faults import BulkError, ChoiceError
from zsparkcrawl.extras import extra

__all__ = ["Engine", "on_cluster", "on_this_machine"]

_PATIENCE = 10
"""Seconds in which a scheduler has to answer. Chosen."""
_ENDED = 1


class Engine(NamedTuple):
    """An executor, how many pieces of work it does at a time, what it raises when those who work are gone, and what has
    happened then, in a word."""

    executor: Executor
    workers: int
    lost: tuple[type[BaseException], ...] = (BrokenExecutor, CancelledError)
    told: str = "a worker process was killed"


@contextmanager
def on_this_machine(jobs: int) -> Iterator[Engine]:
    """So many processes of this machine; one job is done in this process. When the block ends by an exception, or this
    process is killed, the processes end at once."""
    if jobs == 1:
        with _Here() as here:
            yield Engine(here, 1)
        return
    # Started anew, not forked: a fork of a process that has threads may hang.
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    executor = ProcessPoolExecutor(jobs, context, _begin, (theirs,))
    try:
        yield Engine(executor, jobs)
        executor.shutdown()
    finally:
        ours.close()  # whoever is still at work ends now
        executor.shutdown(cancel_futures=True)
        theirs.close()


class _Here(Executor):
    """Does each piece of work in this thread when its result is asked for, so that Ctrl-C ends it in the middle."""

    def submit(self, function: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        """The piece of work, which counts as done."""
        return _Asked(partial(function, *args, **kwargs))


class _Asked(Future[Any]):
    """A piece of work that is done when its result is asked for."""

    def __init__(self, work: Callable[[], Any]) -> None:
        super().__init__()
        self._work = work
        self.set_result(None)

    def result(self, timeout: float | None = None) -> Any:
        """What comes of the work, or the exception that it ends by."""
        return self._work()


def _begin(line: Connection) -> None:
    """What a process does first: leave Ctrl-C to the one that started it, and watch the line to that one."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_watch, args=(line,), daemon=True).start()


def _watch(line: Connection) -> None:
    """End this process when the other end of the line is closed, be it by a kill: nobody waits for its work then."""
    try:
        line.recv_bytes()
    except (EOFError, OSError):
        os._exit(_ENDED)


@contextmanager
def on_cluster(address: str) -> Iterator[Engine]:
    """The workers of a Dask cluster: the address of its scheduler, or "local:2" for two processes of this machine.
    Raises BulkError when it cannot be reached or has no workers, and ExtraMissingError without distributed."""
    distributed = extra("distributed", "cluster")
    kind, _, number = address.partition(":")
    if kind == "local":
        if not (number.isascii() and number.isdigit() and 0 < int(number) < 1000):
            raise ChoiceError(f"--dask local:N needs a number of processes, not {number!r}")
        cluster = distributed.LocalCluster(
            n_workers=int(number), threads_per_worker=1, dashboard_address=None, host="127.0.0.1", silence_logs=50
        )
        with cluster, _quiet(), _client(distributed, cluster.scheduler_address) as engine:
            yield engine
        return
    with _quiet(), _client(distributed, address) as engine:
        yield engine


@contextmanager
def _quiet() -> Iterator[None]:
    """Keep the client from logging whole tracebacks about what is told here in a line."""
    loggers = [
        logging.getLogger(name) for name in ("distributed", "distributed.client")
    ]  # both have levels of their own
    levels = [logger.level for logger in loggers]
    for logger in loggers:
        logger.setLevel(logging.CRITICAL + 1)
    try:
        yield
    finally:
        for logger, level in zip(loggers, levels, strict=True):
            logger.setLevel(level)


@contextmanager
def _client(distributed: Any, address: str) -> Iterator[Engine]:
    try:
        client = distributed.Client(address, timeout=_PATIENCE, set_as_default=False)
    except (OSError, ValueError) as error:
        told = (str(error).splitlines() or [type(error).__name__])[0]
        raise BulkError(f"the Dask cluster at {address} cannot be reached: {told}") from error
    with client:
        workers = sum(client.nthreads().values())
        if not workers:
            raise BulkError(f"the Dask cluster at {address} has no workers")
        gone = (distributed.KilledWorker, distributed.comm.CommClosedError, CancelledError)
        told = f"the Dask cluster at {address} is gone, or its workers were killed"
        yield Engine(client.get_executor(pure=False), workers, gone, told)
