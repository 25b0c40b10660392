"""What the archive enters of files that came."""

from __future__ import annotations

import datetime as dt
from abc import ABC, abstractmethod
from collections.abc import Generator, Mapping
from contextlib import AbstractContextManager
from typing import Any

from sqlalchemy import Connection, select

from zsparkcrawl.archive.fetching import Frontier
from zsparkcrawl.archive.offers import FileBytes, confirm_bytes, enter_bytes
from zsparkcrawl.archive.reading import select_captures_of_file
from zsparkcrawl.archive.schema import files
from zsparkcrawl.archive.storable import stamp
from zsparkcrawl.archive.visits import Visited

__all__ = ["Filing"]


class Filing(ABC):
    """The part of :class:`zsparkcrawl.archive.Archive` that is told of files."""

    @abstractmethod
    def _writing(self) -> AbstractContextManager[Connection]: ...

    @abstractmethod
    def _rows(self, wanted: Any) -> Generator[Mapping[str, Any]]: ...

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
