"""The archive's tables as a data package has them: rows that name each other by keys which do not depend on the order
in which they were written, nor on the database, see :mod:`zsparkcrawl.archive.exports.keys`.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable, Iterator, Mapping, Sequence
from typing import Any, Literal, get_args

from sqlalchemy import ColumnElement, Connection, Select, and_, or_, select

from zsparkcrawl.archive.articles.selecting import COUNTS, Filters, end_of, select_meant, select_numbers
from zsparkcrawl.archive.database.connected import Connected
from zsparkcrawl.archive.exports.keys import article_key, hashed_key
from zsparkcrawl.archive.exports.packing_copies import packed_readers, packed_readings, packed_witnesses
from zsparkcrawl.archive.runs.overview import select_unstored
from zsparkcrawl.archive.runs.tallying import select_injected
from zsparkcrawl.archive.tables.schema import (
    article_files,
    articles,
    captures,
    edits,
    files,
    injection_pages,
    injections,
    versions,
    witnesses,
)
from zsparkcrawl.archive.views.loading import AT_ONCE, Row, load_articles

__all__ = ["PACKED", "PackedTable", "Packing"]

PackedTable = Literal[
    "articles",
    "versions",
    "edits",
    "witnesses",
    "readings",
    "reading_witnesses",
    "injections",
    "injection_pages",
    "files",
    "captures",
    "unstored",
]
PACKED: tuple[PackedTable, ...] = get_args(PackedTable)
_RowsOf = Callable[[Connection, Sequence[int], str | None, Mapping[int, str]], Iterable[Row]]
"""Makes the rows of a table that belong to articles of these numbers, as they were at a moment; with the keys of the
articles by their numbers."""
_ALL = Filters()
_PLACE = ("url", "time", "digest", "file", "offset")
"""What a capture is: the response to one request, and where its record lies."""
_INJECTED = ("kind", "phrase", "carrier", "domain")


class Packing(Connected):
    """The part of :class:`zsparkcrawl.archive.Archive` that hands out its tables for a package."""

    def packed(
        self, table: PackedTable, filters: Filters | None = None, on_article: Callable[[], object] | None = None
    ) -> Generator[Row]:
        """The rows of one table that belong to the articles meant, always in the same order. ``on_article`` is called
        after each article, in tables that go by articles.

        "files" are article_files with size, type and path of the bytes. "reading_witnesses" are the lists of the table
        readings, a row for each witness. "captures" are all without filters, else those
        that the other tables name. "unstored" are the rows of the site's and section's listings that are no article
        here, whatever the other filters are.
        """
        meant = filters or _ALL
        told = on_article or (lambda: None)
        with self._reading() as connection:
            if table in _OWN:
                yield from _OWN[table](connection, meant)
            elif table == "articles":
                yield from _articles(connection, meant, told)
            else:
                yield from _belonging(connection, meant, _BELONGING[table], told)


def _articles(connection: Connection, filters: Filters, told: Callable[[], object]) -> Iterator[Row]:
    columns = {column.name for column in articles.c} | set(COUNTS)
    stretch: list[Row] = []
    for row in load_articles(connection, filters, columns, ["files"]):
        stretch.append({**row, "article": article_key(row)})
        if len(stretch) == AT_ONCE:
            yield from _told(_with_captures(connection, stretch), told)
            stretch = []
    yield from _told(_with_captures(connection, stretch), told)


def _told(rows: Iterable[Row], told: Callable[[], object]) -> Iterator[Row]:
    for row in rows:
        yield row
        told()


def _belonging(
    connection: Connection,
    filters: Filters,
    rows_of: _RowsOf,
    told: Callable[[], object],
) -> Iterator[Row]:
    """What belongs to articles, article by article in their order."""
    end = None if filters.as_of is None else end_of(filters.as_of)
    a = articles.c
    with connection.execute(select_numbers(filters), execution_options={"yield_per": AT_ONCE}) as numbers:
        for stretch in numbers.scalars().partitions():
            named = connection.execute(select(a.id, a.site, a.section, a.native_id, a.url).where(a.id.in_(stretch)))
            keys = {row["id"]: article_key(dict(row)) for row in named.mappings()}
            found: dict[int, list[Row]] = {}
            for row in rows_of(connection, stretch, end, keys):
                found.setdefault(row["article_id"], []).append(_until(row, end))
            for number in stretch:
                yield from _with_captures(connection, found.get(number, []))
                told()


def _until(row: Row, end: str | None) -> Row:
    """A row as it was at a moment: that it was seen later was not known."""
    if end is not None and (row.get("last_seen") or "") > end:
        row["last_seen"] = None
    if all(name in row for name in _INJECTED):
        row["injection"] = hashed_key(row, _INJECTED)
    return row


def _with_captures(connection: Connection, rows: list[Row]) -> list[Row]:
    """The rows with the key of the capture whose number they have."""
    numbers = {row["capture_id"] for row in rows if row.get("capture_id") is not None}
    keys: dict[int, str] = {}
    if numbers:
        shown = select(captures.c.id, *(captures.c[name] for name in _PLACE)).where(captures.c.id.in_(numbers))
        keys = {row["id"]: hashed_key(dict(row), _PLACE) for row in connection.execute(shown).mappings()}
    return [{**row, "capture": keys.get(row.get("capture_id", 0))} for row in rows]


def _versions(numbers: Sequence[int], end: str | None) -> Select[Any]:
    c = versions.c
    found = select(versions).where(c.article_id.in_(numbers), *([] if end is None else [c.made_at <= end]))
    return found.order_by(c.article_id, c.version)


def _edits(numbers: Sequence[int], end: str | None) -> Select[Any]:
    c = edits.c
    found = select(edits).where(c.article_id.in_(numbers))
    if end is not None:
        same = and_(versions.c.article_id == c.article_id, versions.c.version == c.version)
        found = found.join(versions, same).where(versions.c.made_at <= end)
    return found.order_by(c.article_id, c.version, c.field, c.position)


def _injection_pages(numbers: Sequence[int], end: str | None) -> Select[Any]:
    c, i = injection_pages.c, injections.c
    found = select(injection_pages, i.kind, i.phrase, i.carrier, i.domain).join(injections)
    found = found.where(c.article_id.in_(numbers), *([] if end is None else [c.first_seen <= end]))
    return found.order_by(c.article_id, c.version, c.position, *(i[name] for name in _INJECTED))


def _files(numbers: Sequence[int], end: str | None) -> Select[Any]:
    c = article_files.c
    found = select(article_files, files.c.size, files.c.type, files.c.path).outerjoin(files, c.sha256 == files.c.sha256)
    found = found.where(c.article_id.in_(numbers), *([] if end is None else [c.first_seen <= end]))
    return found.order_by(c.article_id, c.url, c.version)


def _selected(select_rows: Callable[[Sequence[int], str | None], Select[Any]]) -> _RowsOf:
    """Rows as a statement has them, each with the key of its article."""

    def rows_of(
        connection: Connection, numbers: Sequence[int], end: str | None, keys: Mapping[int, str]
    ) -> Iterator[Row]:
        for row in connection.execute(select_rows(numbers, end)).mappings():
            yield {**row, "article": keys[row["article_id"]]}

    return rows_of


_BELONGING: Mapping[str, _RowsOf] = {
    "versions": _selected(_versions),
    "edits": _selected(_edits),
    "witnesses": packed_witnesses,
    "readings": packed_readings,
    "reading_witnesses": packed_readers,
    "injection_pages": _selected(_injection_pages),
    "files": _selected(_files),
}


def _injections(connection: Connection, filters: Filters) -> Iterator[Row]:
    found = select_injected(filters).order_by(*(injections.c[name] for name in _INJECTED))
    for row in _rows(connection, found):
        yield {**row, "injection": hashed_key(row, _INJECTED)}


def _captures(connection: Connection, filters: Filters) -> Iterator[Row]:
    body = captures.alias("body")
    bodies = (body.c[name].label(f"body_{name}") for name in _PLACE)
    found = select(captures, *bodies).outerjoin(body, captures.c.revisit_of == body.c.id)
    if filters != _ALL:
        found = found.where(_named_captures(filters))
    found = found.order_by(*(captures.c[name] for name in ("time", "url", "digest", "file", "offset")))
    before = None
    for row in _rows(connection, found):
        key = hashed_key(row, _PLACE)
        if key != before:  # the same record entered twice is one
            of = None if row["revisit_of"] is None else hashed_key(row, [f"body_{name}" for name in _PLACE])
            yield {**row, "capture": key, "revisit_of": of}
        before = key


def _named_captures(filters: Filters) -> ColumnElement[bool]:
    """Those that versions, witnesses and files of the articles meant came from, and those that have their bodies."""
    end = None if filters.as_of is None else end_of(filters.as_of)
    named = []
    dated = [(table, table.c.first_seen) for table in (witnesses, article_files)]
    for table, moment in ((versions, versions.c.made_at), *dated):
        limits = [table.c.article_id.in_(select_meant(filters)), *([] if end is None else [moment <= end])]
        named.append(select(table.c.capture_id).where(*limits))
    again = captures.alias("again")
    bodies = select(again.c.revisit_of).where(or_(*(again.c.id.in_(each) for each in named)))
    return or_(*(captures.c.id.in_(each) for each in (*named, bodies)))


def _unstored(connection: Connection, filters: Filters) -> Iterator[Row]:
    end = None if filters.as_of is None else end_of(filters.as_of)
    found = select_unstored(filters.site, filters.section, end)
    return _rows(connection, found)


def _rows(connection: Connection, wanted: Select[Any]) -> Iterator[Row]:
    with connection.execute(wanted, execution_options={"yield_per": AT_ONCE}) as found:
        yield from map(dict, found.mappings())


_OWN: Mapping[str, Callable[[Connection, Filters], Iterator[Row]]] = {
    "injections": _injections,
    "captures": _captures,
    "unstored": _unstored,
}
