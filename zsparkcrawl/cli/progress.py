"""A bar for long work: on a terminal's standard error only, so that cron and pipes stay quiet."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

__all__ = ["progress"]

_SECONDS_BETWEEN = 0.1
"""How often the bar is drawn at most: work that counts a hundred thousand steps must not wait for a terminal."""


@contextmanager
def progress(
    what: str, total: Callable[[], int | None] = lambda: None, *, wanted: bool = True
) -> Iterator[Callable[[], None]]:
    """A function to be called after each step of a work. Where standard error is a terminal a bar shows how far the
    work has come, and is gone when it ends; otherwise nothing is written. ``total``, how many steps there will be, is
    asked only for the bar; None when nobody knows. Without ``wanted`` there is none, as where the work itself writes
    to the terminal.

    >>> with progress("export") as step:
    ...     step()
    """
    if not (wanted and sys.stderr.isatty()):
        yield lambda: None
        return
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        TextColumn,
        TimeElapsedColumn,
        TimeRemainingColumn,
    )

    columns = (
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TimeRemainingColumn(),
    )
    refresh = 1 / _SECONDS_BETWEEN
    with Progress(*columns, console=Console(stderr=True), transient=True, refresh_per_second=refresh) as shown:
        task = shown.add_task(what, total=total())
        yield lambda: shown.advance(task)
