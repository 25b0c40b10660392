"""The two ways in which a query is answered: from the index, and by reading every article. They find the
same; each function works in the transaction that it is given."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, column, func, literal, literal_column, select, table

from zsparkcrawl.archive.articles.selecting import Filters, select_meant
from zsparkcrawl.archive.search import asking_grams
from zsparkcrawl.archive.search.indexing import INDEX, spaced
from zsparkcrawl.archive.search.matching import RANK_DIGITS, WEIGHTS, Hit, counted, matches, ranked, texts_of
from zsparkcrawl.archive.search.queries import FIELDS, All, AnyOf, Query, Without, Word, words_of
from zsparkcrawl.archive.tables.schema import articles

__all__ = [
    "ask_index",
    "count_in_index",
    "count_read",
    "expression",
    "numbers_read",
    "read_all",
    "select_found",
    "select_ids_found",
]

_AT_ONCE = 200
_NONE = Filters()

_index = table(INDEX, column("rowid"))
_itself: ColumnElement[Any] = literal_column(INDEX)
"""A virtual table's name also names the hidden column that MATCH and bm25 take."""


def expression(query: Query) -> str:
    """The query in the language of FTS5, every word a phrase of single characters.

    >>> expression(Without(All((Word("园区"), Word("5g", "title"))), Word("招聘")))
    '(("园 区" AND title : "5 g") NOT "招 聘")'
    """
    match query:
        case Word(text, None):
            return f'"{spaced(text)}"'
        case Word(text, field):
            return f'{field} : "{spaced(text)}"'
        case All(parts):
            return f"({' AND '.join(map(expression, parts))})"
        case AnyOf(parts):
            return f"({' OR '.join(map(expression, parts))})"
        case Without(wanted, unwanted):
            return f"({expression(wanted)} NOT {expression(unwanted)})"


def ask_index(
    connection: Connection, query: Query, filters: Filters, limit: int, offset: int
) -> list[tuple[float, int]]:
    """Rank and number of the articles that are found, from the index: the best first; of equal ones the latest first,
    and then by number."""
    if _on_server(connection):
        return asking_grams.ask(connection, query, filters, limit, offset)
    found = _found(query, filters, _index.c.rowid.label("id"), _rank()).cte("found")
    # Days are looked up for those alone that may be shown: of 50,000 hits that is what would take the time.
    last = select(found.c.rank).order_by(found.c.rank).limit(1).offset(offset + limit - 1).scalar_subquery()
    near = found.c.rank <= func.coalesce(last, 1.0)  # every rank is below 0
    order = (found.c.rank, articles.c.date.is_(None), articles.c.date.desc(), found.c.id)
    shown = select(found.c.rank, found.c.id).join(articles, articles.c.id == found.c.id).where(near)
    rows = connection.execute(shown.order_by(*order).limit(limit).offset(offset))
    return [(rank, number) for rank, number in rows]


def count_in_index(connection: Connection, query: Query, filters: Filters) -> int:
    """How many articles are found, from the index."""
    if _on_server(connection):
        return asking_grams.count(connection, query, filters)
    return int(connection.execute(_found(query, filters, func.count())).scalar_one())


def select_found(connection: Connection, query: Query) -> Select[Any]:
    """The articles that a query finds, from the index: id and rank (the best is the least), in no order."""
    if _on_server(connection):
        return asking_grams.select_ranked(connection, query)
    return _found(query, _NONE, _index.c.rowid.label("id"), _rank())


def select_ids_found(connection: Connection, query: Query) -> Select[Any]:
    """The numbers of the articles that a query finds, from the index, in no order."""
    if _on_server(connection):
        return asking_grams.select_ids(connection, query)
    return _found(query, _NONE, _index.c.rowid.label("id"))


def numbers_read(connection: Connection, query: Query) -> list[int]:
    """The numbers of the articles that a query finds, by reading every one."""
    return [row["id"] for row in _read(connection) if matches(query, texts_of(row))]


def read_all(
    connection: Connection, query: Query, filters: Filters, limit: int, offset: int
) -> list[tuple[float, int]]:
    """The same as :func:`ask_index` gives, found out by reading every article."""
    words = words_of(query)
    wanted = _wanted(connection, filters)
    hits: list[Hit] = []
    having = [0] * len(words)
    number = characters = 0
    for row in _read(connection):
        texts = texts_of(row)
        counts = [counted(word, texts) for word in words]
        having = [known + (count > 0) for known, count in zip(having, counts, strict=True)]
        length = sum(map(len, texts.values()))
        number, characters = number + 1, characters + length
        if row["id"] in wanted and matches(query, texts):
            hits.append(Hit(row["id"], row["date"], counts, length))
    return ranked(hits, having, number, characters)[offset : offset + limit]


def count_read(connection: Connection, query: Query, filters: Filters) -> int:
    """How many articles are found, by reading every one."""
    wanted = _wanted(connection, filters)
    rows = (row for row in _read(connection) if row["id"] in wanted)
    return sum(matches(query, texts_of(row)) for row in rows)


def _on_server(connection: Connection) -> bool:
    return connection.dialect.name == "postgresql"


def _rank() -> ColumnElement[float]:
    exact = func.bm25(_itself, *(literal(WEIGHTS[name]) for name in FIELDS))
    return func.round(exact, RANK_DIGITS).label("rank")


def _found(query: Query, filters: Filters, *columns: ColumnElement[Any]) -> Select[Any]:
    found: Select[Any] = select(*columns).select_from(_index).where(_itself.op("MATCH")(expression(query)))
    copies = select(articles.c.id).where(articles.c.same_as.is_not(None))
    found = found.where(_index.c.rowid.not_in(copies))
    if filters != _NONE:
        # The plus keeps SQLite from asking the index once for each article that the filters leave.
        found = found.where(literal_column(f"+{INDEX}.rowid").in_(select_meant(filters)))
    return found


def _wanted(connection: Connection, filters: Filters) -> set[int]:
    return set(connection.execute(select_meant(filters)).scalars())


def _read(connection: Connection) -> Iterator[dict[str, Any]]:
    wanted = select(articles.c.id, articles.c.date, *(articles.c[name] for name in FIELDS)).order_by(articles.c.id)
    with connection.execute(wanted, execution_options={"yield_per": _AT_ONCE}) as found:
        for row in found:
            yield row._asdict()
