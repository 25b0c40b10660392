"""Reading many articles: their rows in stretches, each with what belongs to its articles in one question a table."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from typing import Any, Literal

from sqlalchemy import Connection, Select

from zsparkcrawl.archive.articles.reading import select_edits, select_injections
from zsparkcrawl.archive.articles.selecting import Filters, select_numbers, select_rows
from zsparkcrawl.archive.crawling.offers import select_files, with_bytes

__all__ = ["AT_ONCE", "Beside", "Row", "edits_of", "files_of", "injections_of", "load_articles", "load_numbered"]

Row = dict[str, Any]
Beside = Literal["files", "edits", "injections"]
"""What a row of articles can carry besides its own columns: see :meth:`zsparkcrawl.archive.Archive.articles`."""

AT_ONCE = 100
"""Rows fetched at a time: enough to be quick, few enough that long bodies stay within some megabytes."""


def load_articles(
    connection: Connection, filters: Filters, columns: Collection[str] | None, beside: Collection[Beside]
) -> Iterator[Row]:
    """The articles meant, in their order, as :func:`load_numbered` has them."""
    return load_numbered(connection, select_numbers(filters), filters, columns, beside)


def load_numbered(
    connection: Connection,
    wanted: Select[Any],
    filters: Filters,
    columns: Collection[str] | None,
    beside: Collection[Beside],
) -> Iterator[Row]:
    """The articles whose numbers are wanted, in the order of these and in the state that the filters mean. The numbers
    are sorted and read as they come; the rows follow in stretches on the same connection, and so from the same state of
    the database."""
    if columns is not None and "files" in beside:
        columns = {*columns, "url", "attachments", "images"}
    with connection.execute(wanted, execution_options={"yield_per": AT_ONCE}) as numbers:
        for stretch in numbers.scalars().partitions():
            rows = {row["id"]: row for row in _dicts(connection, select_rows(filters, stretch, columns))}
            for add in beside:
                _ADDERS[add](connection, rows)
            yield from (rows[number] for number in stretch)


def edits_of(connection: Connection, article_id: int, version: int) -> list[Row]:
    """The edits of one version."""
    return [row for row in _dicts(connection, select_edits([article_id])) if row["version"] == version]


def injections_of(connection: Connection, article_id: int, version: int) -> list[Row]:
    """What was kept out of an article up to one version."""
    found = _by_article(connection, select_injections([article_id])).get(article_id, [])
    return [row for row in found if row["version"] <= version]


def files_of(connection: Connection, article_id: int) -> list[Row]:
    """What an article offers or once offered."""
    return _by_article(connection, select_files([article_id])).get(article_id, [])


def _add_files(connection: Connection, rows: dict[int, Row]) -> None:
    offering = [number for number, row in rows.items() if row.get("attachments") or row.get("images")]
    for number, found in _by_article(connection, select_files(offering)).items() if offering else ():
        rows[number].update(with_bytes(rows[number], found))


def _add_edits(connection: Connection, rows: dict[int, Row]) -> None:
    found = _by_article(connection, select_edits(list(rows)))
    for number, row in rows.items():
        row["edits"] = [each for each in found.get(number, ()) if each["version"] == row["version"]]


def _add_injections(connection: Connection, rows: dict[int, Row]) -> None:
    found = _by_article(connection, select_injections(list(rows)))
    for number, row in rows.items():
        row["injections"] = [each for each in found.get(number, ()) if each["version"] <= row["version"]]


_ADDERS: Mapping[Beside, Callable[[Connection, dict[int, Row]], None]] = {
    "files": _add_files,
    "edits": _add_edits,
    "injections": _add_injections,
}


def _by_article(connection: Connection, wanted: Select[Any]) -> dict[int, list[Row]]:
    found: dict[int, list[Row]] = {}
    for row in _dicts(connection, wanted):
        found.setdefault(row.pop("article_id"), []).append(row)
    return found


def _dicts(connection: Connection, wanted: Select[Any]) -> Iterator[Row]:
    # All at once and by names that are made once: row by row and with Row._asdict it takes twice as long.
    found = connection.execute(wanted)
    names = tuple(found.keys())
    return (dict(zip(names, row, strict=True)) for row in found.all())
