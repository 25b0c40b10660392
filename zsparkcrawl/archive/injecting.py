"""Injections in the archive: each once, with the articles that it hit and when it was seen."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, Table, case, func, select, update
from sqlalchemy.dialects import postgresql, sqlite

from zsparkcrawl.archive.schema import injection_pages, injections
from zsparkcrawl.archive.storable import INJECTION, injection_rows
from zsparkcrawl.items import Article

__all__ = ["insert_for", "insert_injections"]


def insert_injections(connection: Connection, article: Article, place: Mapping[str, int], moment: str) -> None:
    """Enter what was kept out of an article. What is known is seen again; nothing is entered twice.

    ``place`` are article_id and version, ``moment`` when its page showed it.
    """
    for position, row in enumerate(injection_rows(article)):
        number = _seen(connection, injections, {**row, "pages": 0}, INJECTION, moment)
        page = {**place, "injection_id": number, "position": position}
        _seen(connection, injection_pages, page, ("injection_id", "article_id"), moment)
        pages = select(func.count()).where(injection_pages.c.injection_id == number).scalar_subquery()
        connection.execute(update(injections).where(injections.c.id == number).values(pages=pages))


def insert_for(dialect: str, table: Table) -> Any:
    """An insert that knows ON CONFLICT: the same words in SQLite and PostgreSQL, but not in SQLAlchemy's
    core."""
    return sqlite.insert(table) if dialect == "sqlite" else postgresql.insert(table)


def _seen(connection: Connection, table: Table, row: Mapping[str, Any], key: tuple[str, ...], moment: str) -> int:
    """Enter a row, or widen the time in which a known one was seen; the first column of the row."""
    entry = insert_for(connection.dialect.name, table).values(**row, first_seen=moment, last_seen=moment)
    c = table.c
    wider = {
        "first_seen": case((c.first_seen > moment, moment), else_=c.first_seen),
        "last_seen": case((c.last_seen < moment, moment), else_=c.last_seen),
    }
    entry = entry.on_conflict_do_update(index_elements=key, set_=wider).returning(next(iter(table.c)))
    return int(connection.execute(entry).scalar_one())
