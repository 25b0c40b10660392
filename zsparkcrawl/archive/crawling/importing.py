"""Entering what was captured at another time than now: a copy must not pass for a newer state than the one it is."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple

from sqlalchemy import Select, case, select, update

from zsparkcrawl.archive.articles.injecting import insert_for
from zsparkcrawl.archive.articles.storable import storable
from zsparkcrawl.archive.crawling.writing import Listed, seen_rows
from zsparkcrawl.archive.database.connected import Connected
from zsparkcrawl.archive.tables.schema import articles, captures, seen
from zsparkcrawl.items import Article

__all__ = ["Importing", "Presence"]


class Presence(NamedTuple):
    """Of an article that is kept: its number, and when it was first and last seen."""

    article_id: int
    first_seen: str
    last_seen: str


class Importing(Connected):
    """The part of :class:`zsparkcrawl.archive.Archive` that takes over copies."""

    def capture_like(self, url: str, time: str, digest: str) -> int | None:
        """The number of the capture of an address in a certain second with a certain body; None when there is none."""
        c = captures.c
        same = select(c.id).where(c.url == storable(url), c.time == time, c.digest == digest, c.lost.is_(None))
        with self._reading() as connection:
            return connection.execute(same.order_by(c.id).limit(1)).scalar_one_or_none()

    def listed_title(self, url: str) -> str | None:
        """What the listing that showed an address first calls it; None when none did, or without a name."""
        c = seen.c
        named = select(c.title).where(c.url == storable(url), c.title.is_not(None))
        with self._reading() as connection:
            return connection.execute(named.order_by(c.first_seen, c.id).limit(1)).scalar_one_or_none()

    def presence(self, article: Article) -> Presence | None:
        """How an article stands that :meth:`Archive.store` would take for this one; None when there is none."""
        with self._reading() as connection:
            found = connection.execute(_same(article)).first()
        return None if found is None else Presence(*found)

    def seen_at(self, presence: Presence, moment: str) -> None:
        """Enter that an article was there at a moment, before or after those that are known."""
        times = {"first_seen": min(presence.first_seen, moment), "last_seen": max(presence.last_seen, moment)}
        with self._writing() as connection:
            connection.execute(update(articles).where(articles.c.id == presence.article_id).values(times))

    def enter_shown(self, run_id: int, listing_url: str, rows: Iterable[Listed], moment: str) -> None:
        """Enter what a listing page showed at a moment, which may be before or after those that are entered."""
        shown = seen_rows(run_id, listing_url, rows, moment)
        if not shown:
            return
        with self._writing() as connection:
            entry = insert_for(connection.dialect.name, seen)
            new, c = entry.excluded, seen.c
            later = new.last_seen >= c.last_seen
            again = {name: case((later, new[name]), else_=c[name]) for name in ("run_id", "title", "date", "last_seen")}
            again["first_seen"] = case((new.first_seen < c.first_seen, new.first_seen), else_=c.first_seen)
            entry = entry.on_conflict_do_update(index_elements=["listing_url", "url"], set_=again)
            connection.execute(entry, shown)


def _same(article: Article) -> Select[Any]:
    """The article that is there already, as storing finds it."""
    c = articles.c
    found = select(c.id, c.first_seen, c.last_seen)
    if article.section is not None and article.native_id is not None:
        return found.filter_by(site=article.site, section=article.section, native_id=article.native_id)
    return found.where(c.url == storable(article.url), c.section.is_(None) | c.native_id.is_(None))
