"""Waiting for the disk once for many pages, and not several times for each.

What is written reaches the system at once, and so outlives a kill of the process, whenever that comes. For a power cut
it must reach the disk, and that takes milliseconds: so it is done ten times a second, the captures first and then the
rows that point to them. What a power cut leaves is sound, and at most some tenths of a second old.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from pathlib import Path

from sqlalchemy import Engine

from zsparkcrawl.archive.database.opening import ArchiveError

__all__ = ["Flusher"]

_SECONDS = 0.1
_CHECKPOINT_SECONDS = 5.0
"""Both chosen: work that a power cut may cost, and how far SQLite's log may grow, some tens of MB at full speed."""


class Flusher:
    """Puts a SQLite database on the disk whose connections do not do that with each commit. ``first`` is called
    before, and puts there what the rows point to."""

    def __init__(
        self, engine: Engine, database: str, first: Callable[[], None], clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._engine = engine
        self._log = Path(f"{database}-wal")
        self._first = first
        self._clock = clock
        self._flushed = self._checkpointed = clock()
        self._waiting = False

    def wrote(self) -> None:
        """Something was committed: flush when the last time is long enough ago."""
        self._waiting = True
        if self._clock() - self._flushed >= _SECONDS:
            self.flush()

    def flush(self) -> None:
        """Put everything on the disk, if anything still waits for it."""
        self._flushed = self._clock()
        if not self._waiting:
            return
        self._first()
        try:
            # SQLite holds no lock on its log, so closing a handle of it gives none away.
            with self._log.open("rb") as log:
                os.fsync(log.fileno())
        except FileNotFoundError:  # a file system on which SQLite cannot keep a log: then each commit waits by itself
            pass
        except OSError as error:
            raise ArchiveError(f"database log {self._log}: {error.strerror}") from error
        self._waiting = False
        if self._flushed - self._checkpointed >= _CHECKPOINT_SECONDS:
            self._checkpoint()

    def _checkpoint(self) -> None:
        # SQLite would do this by itself, but at moments of its own, when captures may still wait for the disk.
        connection = self._engine.raw_connection()
        try:
            connection.cursor().execute("PRAGMA wal_checkpoint(PASSIVE)").fetchall()
        finally:
            connection.close()
        self._checkpointed = self._flushed
