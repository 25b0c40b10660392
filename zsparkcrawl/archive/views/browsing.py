"""Browsing: the articles that somebody chose by facets and words, a page of a list at a time."""

from __future__ import annotations

from collections.abc import Generator, Mapping, Sequence
from typing import Any, Literal, get_args

from sqlalchemy import ColumnElement, Connection, Select, func, select

from zsparkcrawl.archive.articles.selecting import COUNTS, Filters
from zsparkcrawl.archive.database.connected import Connected
from zsparkcrawl.archive.search.asking import select_found
from zsparkcrawl.archive.search.indexing import is_ready
from zsparkcrawl.archive.search.queries import parse
from zsparkcrawl.archive.search.snippets import snippets
from zsparkcrawl.archive.tables.schema import article_files, articles, files, versions
from zsparkcrawl.archive.views.facets import LATEST, QUALITY, Facets, Selection, chosen, count_facets, narrow
from zsparkcrawl.archive.views.loading import load_numbered

__all__ = ["ORDERS", "Browsing", "Order"]

Order = Literal["newest", "oldest", "best"]
ORDERS: tuple[Order, ...] = get_args(Order)
"""By date, or by how well an article answers the query; without a query, or an index of the words, "best" is newest."""

_LEAD = 160
"""Characters of the body that a list shows; chosen."""
_a, _v = articles.c, versions.c
_SHOWN = ("id", "site", "section", "native_id", "url", "title", "date", "author", "source", "version", "gone_at")


class Browsing(Connected):
    """The part of :class:`zsparkcrawl.archive.Archive` that a reader leafs through."""

    def browse(
        self, selection: Selection, *, order: Order = "newest", limit: int = 20, offset: int = 0
    ) -> list[dict[str, Any]]:
        """A page of the list of the articles meant; those without a date come last, and of one day the one that was
        entered last is the newest. A row tells where and what the article is, its counts, ``state``, ``lead``, how its
        body begins, and ``snippets``, what of it the query found. Raises QueryError."""
        query = None if selection.text is None else parse(selection.text)
        counts = [_v[name] for name in COUNTS]
        lead = func.substr(_a.body, 1, _LEAD).label("lead")
        texts = [] if query is None else [_a.body]
        shown = select(*(_a[name] for name in _SHOWN), lead, QUALITY.label("state"), *counts, *texts)
        with self._reading() as connection:
            # The page first: only its rows are read whole.
            page = _ordered(connection, selection, order).limit(limit).offset(offset)
            numbers = list(connection.execute(page).scalars())
            found = connection.execute(shown.select_from(LATEST).where(_a.id.in_(numbers))).mappings()
            rows = {row["id"]: dict(row) for row in found}
        for row in rows.values():
            row["snippets"] = () if query is None else snippets(query, row)
            row.pop("body", None)
        return [rows[number] for number in numbers]

    def facets(self, selection: Selection) -> Facets:
        """How many articles are meant, and how many with each value of each facet. Raises
        QueryError."""
        with self._reading() as connection:
            return count_facets(connection, selection)

    def selected(self, selection: Selection, *, order: Order = "newest") -> Generator[Mapping[str, Any]]:
        """The articles meant, one row at a time, as :meth:`Archive.articles` gives them, with files. Raises
        QueryError."""
        with self._reading() as connection:
            yield from load_numbered(connection, _ordered(connection, selection, order), Filters(), None, ["files"])

    def file(self, sha256: str) -> Mapping[str, Any] | None:
        """A file by its SHA-256: size, type, path, and name, what an article or the server calls it; None when none of
        these bytes is known."""
        f = article_files.c
        named = select(files.c.size, files.c.type, files.c.path, func.coalesce(f.name, f.server_name).label("name"))
        found = named.select_from(files.outerjoin(article_files, f.sha256 == files.c.sha256))
        meant = found.where(files.c.sha256 == sha256).order_by(f.name.is_(None), f.id).limit(1)
        return next(iter(list(self._rows(meant))), None)


def _ordered(connection: Connection, selection: Selection, order: Order) -> Select[Any]:
    """The numbers of the articles meant, in their order."""
    tables = narrow(selection)
    conditions = chosen(connection, selection)
    if order == "best" and selection.text is not None and is_ready(connection):
        found = select_found(connection, parse(selection.text)).cte("found")
        ranked = select(_a.id).select_from(tables.join(found, found.c.id == _a.id)).where(*conditions[1:])
        return ranked.order_by(found.c.rank, *_by_date("newest"))
    return select(_a.id).select_from(tables).where(*conditions).order_by(*_by_date(order))


def _by_date(order: Order) -> Sequence[ColumnElement[Any]]:
    # NULLS LAST and not IS NULL: only so SQLite reads the order off an index.
    if order == "oldest":
        return (_a.date.asc().nulls_last(), _a.id.asc())
    return (_a.date.desc().nulls_last(), _a.id.desc())
