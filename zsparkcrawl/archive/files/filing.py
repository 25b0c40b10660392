"""What the archive enters of files that came."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Generator, Mapping, Sequence
from typing import Any

from sqlalchemy import select

from zsparkcrawl.archive.articles.reading import select_answers, select_captures_of_file
from zsparkcrawl.archive.articles.storable import stamp, storable
from zsparkcrawl.archive.crawling.fetching import Frontier
from zsparkcrawl.archive.crawling.offers import FileBytes, Offer, confirm_bytes, enter_bytes
from zsparkcrawl.archive.crawling.visits import Visited
from zsparkcrawl.archive.database.connected import Connected
from zsparkcrawl.archive.files.refiling import KnownFile, enter_captured, enter_confirmed, known_files, select_offering
from zsparkcrawl.archive.tables.schema import files

__all__ = ["Filing", "KnownFile"]

_AT_ONCE = 200
"""Articles fetched at a time."""


class Filing(Connected):
    """The part of :class:`zsparkcrawl.archive.Archive` that is told of files."""

    def stored_files(self) -> Generator[Mapping[str, Any]]:
        """All files that are kept, with the columns of the table files, by their digests."""
        yield from self._rows(select(files).order_by(files.c.sha256))

    def captures_of_file(self, sha256: str) -> list[Mapping[str, Any]]:
        """The captures that have the bytes of a file, as :meth:`captures` has them."""
        return list(self._rows(select_captures_of_file(sha256)))

    def store_file(self, visited: tuple[Frontier, Visited], came: FileBytes, *, now: dt.datetime) -> bool:
        """Enter the bytes of a file, which lie on the disk, for all articles that offer it, and the end of the visit;
        returns whether they are the first, or other than those before."""
        frontier, visit = visited
        with self._writing() as connection:
            new = enter_bytes(connection, visit.lease.id, came, stamp(now))
            frontier.conclude_in(connection, visit, now)
        return new

    def confirm_file(self, visited: tuple[Frontier, Visited], *, now: dt.datetime) -> None:
        """Enter that the server says a file has not changed since it last came."""
        frontier, visit = visited
        with self._writing() as connection:
            confirm_bytes(connection, visit.lease.id, stamp(now))
            frontier.conclude_in(connection, visit, now)

    def offering_articles(self) -> Generator[Mapping[str, Any]]:
        """Number, site, address, attachments and images of all articles, in stretches, so that no snapshot stays open
        while the caller writes."""
        above = 0
        while stretch := list(self._rows(select_offering(above, _AT_ONCE))):
            yield from stretch
            above = stretch[-1]["id"]

    def answers(
        self, urls: Collection[str], *, since: str | None = None, after: Mapping[str, Any] | None = None
    ) -> list[Mapping[str, Any]]:
        """The captures of some addresses, the oldest first, as :meth:`captures` has them: those that came later than a
        moment, and after another capture."""
        behind = None if after is None else (after["time"], after["id"])
        return list(self._rows(select_answers(list(map(storable, urls)), since, behind)))

    def known_files(self, article: Mapping[str, Any], offers: Sequence[Offer]) -> list[KnownFile]:
        """What is entered of each file that an article offers, but for those that are too many."""
        with self._reading() as connection:
            return known_files(connection, article, offers)

    def enter_captured(self, known: KnownFile, came: FileBytes | None, moment: str) -> tuple[KnownFile, bool]:
        """Enter the bytes of a file as a capture has them, which lie on the disk, or with None that the server said it
        was the same; returns what is entered then, and whether it is new."""
        with self._writing() as connection:
            if came is None:
                return enter_confirmed(connection, known, moment), False
            return enter_captured(connection, known, came, moment)
