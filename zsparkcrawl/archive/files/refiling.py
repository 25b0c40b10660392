"""Entering files that captures have, without a visit: rows of article_files and files. Each function works in the
transaction that it is given."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import Connection, Select, insert, select, update

from zsparkcrawl.archive.articles.injecting import insert_for
from zsparkcrawl.archive.articles.storable import storable
from zsparkcrawl.archive.crawling.offers import MOST_OF_ARTICLE, FileBytes, KnownFiles, Offer
from zsparkcrawl.archive.tables.schema import article_files, articles, files

__all__ = ["KnownFile", "enter_captured", "enter_confirmed", "known_files", "select_offering"]


@dataclass(frozen=True, slots=True)
class KnownFile:
    """A file that an article offers, and what is entered of it: its latest row, and when its bytes last came; None for
    none."""

    article_id: int
    offer: Offer
    row: int | None = None
    last_seen: str | None = None


def select_offering(above: int, limit: int) -> Select[Any]:
    """A stretch of articles with what they offer, by their numbers."""
    c = articles.c
    shown = select(c.id, c.site, c.url, c.attachments, c.images)
    return shown.where(c.id > above).order_by(c.id).limit(limit)


def known_files(connection: Connection, article: Mapping[str, Any], offers: Sequence[Offer]) -> list[KnownFile]:
    """What is entered of each file that an article offers. Left out are those for which it has no room any more."""
    known = KnownFiles(connection, article["id"], article["url"], [offer.url for offer in offers])
    found, room = [], MOST_OF_ARTICLE - known.number
    for offer in offers:
        row = known.row(offer.url)
        if row is not None:
            found.append(KnownFile(article["id"], offer, row["id"], row["last_seen"]))
        elif room > 0:
            found.append(KnownFile(article["id"], offer))
            room -= 1
    return found


def enter_captured(connection: Connection, known: KnownFile, came: FileBytes, moment: str) -> tuple[KnownFile, bool]:
    """Enter bytes that came at a moment; returns what is entered then, and whether they are the first, or other than
    those before."""
    c = article_files.c
    file = {"sha256": came.sha256, "size": came.size, "type": came.type, "path": came.path, "first_seen": moment}
    connection.execute(insert_for(connection.dialect.name, files).values(file).on_conflict_do_nothing())
    offer, row = known.offer, connection.execute(select(article_files).where(c.id == known.row)).mappings().first()
    if row is not None and row["sha256"] == came.sha256:
        return enter_confirmed(connection, known, moment), False
    values = {
        "sha256": came.sha256,
        "server_name": None if came.server_name is None else storable(came.server_name),
        "capture_id": came.capture_id,
        "last_seen": moment,
    }
    if row is not None and row["sha256"] is None:
        connection.execute(update(article_files).where(c.id == known.row).values(values))
        return replace(known, last_seen=moment), True
    if row is not None:
        values |= {name: row[name] for name in ("article_id", "kind", "url", "name", "frontier_id")}
    else:
        name = None if offer.name is None else storable(offer.name)
        values |= {"article_id": known.article_id, "kind": offer.kind, "url": storable(offer.url), "name": name}
    values |= {"version": 1 if row is None else row["version"] + 1, "first_seen": moment}
    number = connection.execute(insert(article_files).values(values).returning(c.id)).scalar_one()
    return replace(known, row=number, last_seen=moment), True


def enter_confirmed(connection: Connection, known: KnownFile, moment: str) -> KnownFile:
    """Enter that a file was the same at a moment; nothing while its bytes never came."""
    if known.last_seen is None:
        return known
    connection.execute(update(article_files).where(article_files.c.id == known.row).values(last_seen=moment))
    return replace(known, last_seen=moment)
