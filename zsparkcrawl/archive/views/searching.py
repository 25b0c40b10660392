"""What the archive finds."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from zsparkcrawl.archive.articles.reading import select_numbered
from zsparkcrawl.archive.articles.selecting import LARGEST, Filters
from zsparkcrawl.archive.database.connected import Connected
from zsparkcrawl.archive.database.opening import ArchiveError
from zsparkcrawl.archive.search.asking import ask_index, count_in_index, count_read, read_all
from zsparkcrawl.archive.search.indexing import Progress, can_index, is_ready, rebuild
from zsparkcrawl.archive.search.queries import Query, parse
from zsparkcrawl.archive.search.snippets import Found, snippets

__all__ = ["Searching"]

_AT_ONCE = 500
"""Numbers in one statement: SQLite takes 32,766 values at most."""


class Searching(Connected):
    """The part of :class:`zsparkcrawl.archive.Archive` that finds articles by what they say.

    There is an index for it. Where there is none, or while it is out of step, every article is read: that finds the
    same, more slowly.
    """

    def search(
        self, query: Query | str, filters: Filters | None = None, *, limit: int = 20, offset: int = 0
    ) -> list[Found]:
        """The articles that a query finds, the best first; of equal ones the latest first, and then by number.

        The language of queries is that of :mod:`zsparkcrawl.archive.search.queries`. ``limit`` (from 1) articles are
        given after the first ``offset``, each with the columns that :meth:`articles` gives. Raises QueryError for a
        query that cannot be understood.
        """
        if limit < 1 or offset < 0:
            raise ValueError("a limit below 1 or an offset below 0")
        query = parse(query) if isinstance(query, str) else query
        with self._reading() as connection:
            find = ask_index if is_ready(connection) else read_all
            found = find(connection, query, filters or Filters(), min(limit, LARGEST), offset)
            by_number: dict[int, Mapping[str, Any]] = {}
            for some in range(0, len(found), _AT_ONCE):
                wanted = select_numbered([number for _, number in found[some : some + _AT_ONCE]])
                by_number.update((row.id, row._asdict()) for row in connection.execute(wanted))
        return [Found(by_number[number], rank, snippets(query, by_number[number])) for rank, number in found]

    def count_found(self, query: Query | str, filters: Filters | None = None) -> int:
        """How many articles a query finds. Raises QueryError for one that cannot be understood."""
        query = parse(query) if isinstance(query, str) else query
        with self._reading() as connection:
            count = count_in_index if is_ready(connection) else count_read
            return count(connection, query, filters or Filters())

    def has_search_index(self) -> bool:
        """Whether searches are answered from the index, and not by reading every article."""
        with self._reading() as connection:
            return is_ready(connection)

    def rebuild_search(self, progress: Progress | None = None) -> int:
        """Make the index anew from the articles, and return how many these are. All or nothing. Raises ArchiveError
        where there is none: a SQLite without FTS5."""
        with self._writing() as connection:
            if not can_index(connection):
                raise ArchiveError(f"database {self.name} has no search index: searches read every article")
            return rebuild(connection, progress)
