"""The way along one listing, page by page, and when to stop."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Self

from zsparkcrawl.extract.pagination import page_of

__all__ = ["Walk"]

_IN_A_ROW = 2
"""Pages in a row without anything new that end a walk. One may be a coincidence: a notice that was pinned
to the top moves the rest, and a page of known articles can stand before one of new ones."""


@dataclass
class Walk:
    """One walk along one listing. Pages are visited one at a time, so that "two in a row" means what it
    says; what a page links to beyond the next one is remembered, so that one broken page does not end the
    walk."""

    bound: int
    first: str = ""
    """The listing's first page."""
    trusting: bool = True
    """Whether pages with nothing new prove that the pages behind them hold nothing new either."""
    found: bool = False
    """Whether it showed articles that were not known before."""
    broken: bool = False
    """Whether a page of the listing could not be read, and the walk went on behind it."""
    began: int | None = None
    """The number of the run that began it; None when it is not known."""
    pages: int = 0
    ended: str = ""
    """Why the walk stopped: at the end; barren, when the pages only repeat what it has shown; or though there was more:
    known, bound, sated, or lost, at a page that could not be read; "" while it goes on."""
    _queue: list[str] = field(default_factory=list)
    _met: set[str] = field(default_factory=set)
    _barren: int = 0
    _stale: int = 0

    @property
    def complete(self) -> bool:
        """Whether it came to the end and saw every page."""
        return self.ended in ("end", "barren") and not self.broken

    @property
    def met(self) -> frozenset[str]:
        """The pages that were asked for or read."""
        return frozenset(self._met)

    @property
    def goes_on(self) -> bool:
        """Whether it knows of pages that it has not been to."""
        return bool(self._queue)

    def plain(self) -> dict[str, Any]:
        """How far it came, as JSON has it: another run can go on from there."""
        return {
            "first": self.first,
            "trusting": self.trusting,
            "broken": self.broken,
            "found": self.found,
            "began": self.began,
            "pages": self.pages,
            "queue": self._queue,
            "met": sorted(self._met),
            "barren": self._barren,
            "stale": self._stale,
        }

    @classmethod
    def of_plain(cls, said: Mapping[str, Any], bound: int) -> Self:
        """The walk that :meth:`plain` told of.

        >>> walk = Walk.of_plain({"first": "http://www.nhtp.org/news/", "trusting": False}, 500)
        >>> Walk.of_plain(walk.plain(), 500) == walk
        True
        """
        return cls(
            bound,
            first=said["first"],
            trusting=said["trusting"],
            broken=said.get("broken", False),
            found=said.get("found", False),
            began=said.get("began"),
            pages=said.get("pages", 0),
            _queue=list(said.get("queue", ())),
            _met=set(said.get("met", ())),
            _barren=said.get("barren", 0),
            _stale=said.get("stale", 0),
        )

    def visit(self, url: str) -> None:
        """A page of this listing is being asked for."""
        self.pages += 1
        self._met.add(url)

    def read(self, url: str, next_pages: Iterable[str], *, barren: bool, stale: bool) -> None:
        """A page was read. ``barren``: it showed no article that this walk had not met before, as the
        endless pages of a trap do. ``stale``: it showed nothing that is worth asking for."""
        self._met.add(url)
        for page in next_pages:
            if page not in self._met and page not in self._queue:
                self._queue.append(page)
        here = page_of(url)
        if here is not None:
            # In the order of the pages; a page whose number is not known comes in the order of the links.
            self._queue.sort(key=lambda page: self._distance(page, here))
        self._barren = self._barren + 1 if barren else 0
        self._stale = self._stale + 1 if stale else 0

    def following(self) -> str | None:
        """The page to ask for next, None at the end."""
        if self._barren >= _IN_A_ROW:
            self.ended = "barren"
        elif self._stale >= _IN_A_ROW:
            self.ended = "known"
        elif self._queue and self.pages >= self.bound:
            self.ended = "bound"
        elif self._queue:
            return self._queue.pop(0)
        else:
            self.ended = "end"
        return None

    @staticmethod
    def _distance(page: str, here: tuple[str, int]) -> tuple[int, int]:
        there = page_of(page)
        if there is None or there[0] != here[0]:
            return 0, 0
        return (0, there[1]) if there[1] > here[1] else (1, there[1])
