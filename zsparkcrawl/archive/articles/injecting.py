"""Injections in the archive: each once, with the articles that it hit and when it was seen."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

from sqlalchemy import Connection, Table, bindparam, case, func, select, update
from sqlalchemy.dialects import postgresql, sqlite

from zsparkcrawl.archive.articles.storable import INJECTION, injection_rows
from zsparkcrawl.archive.tables.schema import injection_pages, injections
from zsparkcrawl.items import Article

__all__ = ["insert_for", "insert_injections"]


_COUNT_PAGES = (
    update(injections)
    .where(injections.c.id == bindparam("number"))
    .values(pages=select(func.count()).where(injection_pages.c.injection_id == bindparam("number")).scalar_subquery())
)


def insert_injections(connection: Connection, article: Article, place: Mapping[str, int], moment: str) -> None:
    """Enter what was kept out of an article. What is known is seen again; nothing is entered twice.

    ``place`` are article_id and version, ``moment`` when its page showed it.
    """
    dialect, seen = connection.dialect.name, {"first_seen": moment, "last_seen": moment}
    statement = _see_injection(dialect)
    found = injection_rows(article)
    # In one order, for two writers that each wait for a row of the other would wait for ever.
    order = sorted(range(len(found)), key=lambda at: [found[at][name] for name in INJECTION])
    entered = {at: connection.execute(statement, {**found[at], **seen, "pages": 0}).scalar_one() for at in order}
    numbers = [entered[at] for at in range(len(found))]
    if numbers:
        rows = [
            {**place, **seen, "injection_id": number, "position": position} for position, number in enumerate(numbers)
        ]
        connection.execute(_see(dialect, injection_pages, ("injection_id", "article_id")), rows)
        connection.execute(_COUNT_PAGES, [{"number": number} for number in numbers])


def insert_for(dialect: str, table: Table) -> Any:
    """An insert that knows ON CONFLICT: the same words in SQLite and PostgreSQL, but not in SQLAlchemy's
    core."""
    return sqlite.insert(table) if dialect == "sqlite" else postgresql.insert(table)


@cache
def _see(dialect: str, table: Table, key: tuple[str, ...]) -> Any:
    """The statement that enters a row, or widens the time in which a known one was seen. Made once: making it takes
    longer than its work."""
    entry, c = insert_for(dialect, table), table.c
    new = entry.excluded
    wider = {
        "first_seen": case((c.first_seen > new.first_seen, new.first_seen), else_=c.first_seen),
        "last_seen": case((c.last_seen < new.last_seen, new.last_seen), else_=c.last_seen),
    }
    return entry.on_conflict_do_update(index_elements=key, set_=wider)


@cache
def _see_injection(dialect: str) -> Any:
    return _see(dialect, injections, INJECTION).returning(injections.c.id)
