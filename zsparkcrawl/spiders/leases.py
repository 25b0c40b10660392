"""Taking pages from the frontier as a crawl has room for them."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable

from zsparkcrawl.archive import Lease
from zsparkcrawl.run import Run

__all__ = ["Leases"]

_TICK = 1.0
"""Seconds after which the frontier is looked at even if nothing happened: pages fall due by themselves."""
_FILES_AT_ONCE = 1
"""Files on their way at once: each is held in memory until it is whole. With three files of 60 MiB the crawler's peak
was 310 MB; with two at once 355 MB (measured)."""
_IDLE_TICKS = 5
"""So many ticks without any work while pages are still leased: their requests were lost."""


class Leases:
    """The pages that a run fetches, one after the other, until none is due and none is on its way.

    Files come when no page is due, one at a time; last what may have ended a process, alone. ``room`` bounds how many
    pages are on their way at once, ``limit`` how many articles are taken at all. ``idle`` tells whether the crawl has
    nothing to do."""

    def __init__(self, run: Run, *, room: int, limit: int | None, idle: Callable[[], bool]) -> None:
        self.run = run
        self.room = room
        self.limit = limit
        self.idle = idle
        self.taken = 0
        """Articles taken so far, those taken again not counted."""
        self._stirred = asyncio.Event()
        run.changed = self._stirred.set

    @property
    def sated(self) -> bool:
        """Whether as many articles were taken as were wanted."""
        return self.limit is not None and self.taken >= self.limit

    def enough(self, due: int) -> bool:
        """Whether what is taken and what is due make as many articles as are wanted."""
        return self.limit is not None and self.taken + due >= self.limit

    async def __aiter__(self) -> AsyncIterator[Lease]:
        idle_ticks = 0
        while True:
            taken = self._take()
            for lease in taken:
                yield lease
            if taken:
                idle_ticks = 0
                continue
            if not self.run.open:
                pause = None if self.sated else self.run.pause()
                if pause is None and self.idle():
                    return
                await self._wait(min(pause or _TICK, _TICK))
                continue
            stirred = await self._wait(_TICK)
            idle_ticks = 0 if stirred or not self.idle() else idle_ticks + 1
            if idle_ticks >= _IDLE_TICKS:
                for lease in self.run.open:
                    self.run.not_read(lease, "not now", reason="its request was lost")

    def _take(self) -> list[Lease]:
        if any(lease.is_suspected for lease in self.run.open):
            return []
        return self._take_sound() or self._counted(self.run.lease_suspected() if not self.sated else [])

    def _take_sound(self) -> list[Lease]:
        files = sum(lease.kind == "file" for lease in self.run.open)
        pages = len(self.run.open) - files
        if not self.sated:
            room = self.room - pages
            if self.limit is not None:
                room = min(room, self.limit - self.taken)
            # Half a batch at least, so that not every page costs a transaction of its own.
            if room <= 0 or (pages and room < self.room // 2 and self.limit is None):
                return []
            if taken := self._counted(self.run.lease(room)):
                return taken
        return self.run.lease_files(_FILES_AT_ONCE - files)

    def _counted(self, taken: list[Lease]) -> list[Lease]:
        self.taken += sum(lease.kind == "article" and not lease.again for lease in taken)
        return taken

    async def _wait(self, seconds: float) -> bool:
        """Wait until a lease ends, at most so long; returns whether one did."""
        try:
            await asyncio.wait_for(self._stirred.wait(), seconds)
        except TimeoutError:
            return False
        self._stirred.clear()
        return True
