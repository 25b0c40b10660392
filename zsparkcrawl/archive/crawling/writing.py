"""What is put into the archive: each function works in the transaction that it is given."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, Literal

from sqlalchemy import Connection, Select, bindparam, func, insert, select, update

from zsparkcrawl.archive.articles.injecting import insert_for, insert_injections
from zsparkcrawl.archive.articles.judging import judge_changes
from zsparkcrawl.archive.articles.storable import (
    content,
    edit_rows,
    package,
    stamp,
    storable,
    version_facts,
)
from zsparkcrawl.archive.crawling.doubting import text_digest
from zsparkcrawl.archive.database.running import is_alive, is_ours, process_facts
from zsparkcrawl.archive.search.indexing import add_entry, change_entry
from zsparkcrawl.archive.tables.schema import articles, captures, runs, seen, workers
from zsparkcrawl.archive.warc.captures import Captured
from zsparkcrawl.archive.witnesses.agreeing import (
    has_to_tell,
    insert_version,
    is_earlier,
    is_mended,
    speaks_for,
    store_told,
)
from zsparkcrawl.archive.witnesses.attesting import attest
from zsparkcrawl.archive.witnesses.testimony import kept_copy
from zsparkcrawl.items import Article

__all__ = [
    "Listed",
    "Origin",
    "Stored",
    "bury_dead_runs",
    "insert_capture",
    "insert_run",
    "insert_seen",
    "seen_rows",
    "set_read",
    "store_article",
    "touch_article",
    "update_gone",
    "update_run",
]

Stored = Literal["new", "version", "unchanged"]
Origin = Literal["site", "reading", "import"]


@dataclass(frozen=True, slots=True)
class Listed:
    """One link on a listing page: where it leads, its text, and the day beside it."""

    url: str
    title: str | None = None
    date: dt.date | None = None


def bury_dead_runs(connection: Connection, *, alone: bool = False) -> None:
    """Set the runs to "died" that are entered as running and whose process is gone. ``alone`` tells that the database's
    lock keeps every other crawl away that is none of workers."""
    w = workers.c
    shared = set(connection.execute(select(w.run_id).distinct()).scalars())
    at_work = set(connection.execute(select(w.run_id).where(w.state == "working")).scalars())
    # A file of SQLite has one writer, by its lock: what another process entered as running there is over, also when
    # the machine has got another name since.
    alive = is_ours if alone or connection.dialect.name == "sqlite" else is_alive
    running = connection.execute(select(runs).where(runs.c.state == "running")).all()
    for run in running:
        if not (run.id in at_work if run.id in shared else alive(run._asdict())):
            died = {"state": "died", "reason": "its process ended without a word"}
            connection.execute(update(runs).where(runs.c.id == run.id).values(died))


def insert_run(connection: Connection, row: Mapping[str, Any]) -> int:
    """Enter a run of this process as running, and return its number."""
    facts = {"state": "running", "counts": {}, "package": package(), **process_facts()}
    return int(connection.execute(insert(runs).values({**row, **facts}).returning(runs.c.id)).scalar_one())


def update_run(connection: Connection, run_id: int, values: Mapping[str, Any]) -> None:
    """Change what is entered of a run. Raises KeyError when there is no such run."""
    if connection.execute(update(runs).where(runs.c.id == run_id).values(values)).rowcount != 1:
        raise KeyError(run_id)


def insert_capture(connection: Connection, captured: Captured, facts: Mapping[str, Any]) -> int:
    """Enter a kept response, and return its number."""
    row = {
        "url": storable(captured.url),
        "time": stamp(captured.time),
        "status": captured.status,
        "content_type": storable(captured.content_type),
        "digest": captured.digest,
        "file": captured.file,
        "offset": captured.offset,
        "length": captured.length,
        "revisit_of": captured.revisit_of,
        **facts,
    }
    return int(connection.execute(_INSERT_CAPTURE, row).scalar_one())


_INSERT_CAPTURE = insert(captures).returning(captures.c.id)
"""Made once: it is asked with every response."""


_SET_READ = (
    update(captures)
    .where(captures.c.id == bindparam("number"))
    .values(charset=bindparam("chosen"), text_digest=bindparam("text"))
)


def set_read(connection: Connection, capture_id: int, article: Article) -> None:
    """Enter what reading made of a capture: which encoding it chose, and the digest of the clean text."""
    values = {"number": capture_id, "chosen": article.charset, "text": text_digest(article)}
    connection.execute(_SET_READ, values)


def seen_rows(run_id: int, listing_url: str, rows: Iterable[Listed], moment: str) -> list[dict[str, Any]]:
    """What a listing page showed as rows of the table seen, a row for each address."""
    shown = {
        storable(row.url): {
            "run_id": run_id,
            "listing_url": storable(listing_url),
            "url": storable(row.url),
            "title": None if row.title is None else storable(row.title),
            "date": None if row.date is None else row.date.isoformat(),
            "first_seen": moment,
            "last_seen": moment,
        }
        for row in rows
    }
    return list(shown.values())


def insert_seen(connection: Connection, run_id: int, listing_url: str, rows: Iterable[Listed], moment: str) -> None:
    """Enter what a listing page showed; a link it showed before keeps the moment it was first seen."""
    shown = seen_rows(run_id, listing_url, rows, moment)
    if shown:
        entry = insert_for(connection.dialect.name, seen)
        again = {name: entry.excluded[name] for name in ("run_id", "title", "date", "last_seen")}
        entry = entry.on_conflict_do_update(index_elements=["listing_url", "url"], set_=again)
        connection.execute(entry, shown)


@cache
def _insert_article(dialect: str) -> Any:
    """The statement that enters an article if it is not there; made once, for making it takes longer than its work."""
    return insert_for(dialect, articles).on_conflict_do_nothing().returning(articles.c.id)


def store_article(connection: Connection, article: Article, facts: Mapping[str, Any]) -> tuple[Stored, int]:
    """Keep an article as new, as a new version of one that is there, or not at all when nothing changed; returns which,
    and the article's number.

    ``facts`` are run_id, capture_id, made_at and made_by of a version.
    """
    row = content(article)
    key = {"site": article.site, "section": article.section, "native_id": article.native_id}
    from_site = facts["made_by"] == "site"
    seen_at = facts["made_at"] if from_site else _capture_time(connection, facts)
    first = {"first_seen": seen_at, "last_seen": seen_at, "version": 1, "capture_id": facts["capture_id"]}
    # Insert first and look only when it is there: so two writers at once cannot both think it new.
    entry = _insert_article(connection.dialect.name)
    made = connection.execute(entry, {**key, **row, **first}).scalar_one_or_none()
    if made is not None:
        _add_version(connection, article, {**row, **facts, "article_id": made, "version": 1, "changed": {}})
        insert_injections(connection, article, {"article_id": made, "version": 1}, seen_at)
        add_entry(connection, made, row)
        return "new", made
    old = _kept_article(connection, key, row["url"])
    changed = _store_again(connection, old, article, row, {**facts, "seen_at": seen_at})
    if from_site:
        again = {"last_seen": seen_at, "gone_at": None, "gone_reason": None}
        connection.execute(update(articles).where(articles.c.id == old["id"]).values(again))
    return ("version" if changed else "unchanged"), old["id"]


def _store_again(
    connection: Connection, old: Mapping[str, Any], article: Article, row: Mapping[str, Any], facts: Mapping[str, Any]
) -> bool:
    """Keep what was read of an article that is there, and return whether that made a version. One copy after the other
    of one host is held against the state that is kept; with a copy of another host, or a doubtful one, all copies are
    asked together."""
    seen_at = facts["seen_at"]
    alone = old["witness_count"] == 1 and speaks_for(old, article.url)
    early = alone and facts["made_by"] != "site" and is_earlier(connection, old, seen_at)
    changed = judge_changes(connection, old, article, facts) if alone and not early else {}
    place = {"article_id": old["id"], "version": old["version"] + bool(changed)}
    if changed:
        _add_version(connection, article, {**row, **facts, **place, "changed": changed})
        values = {**row, "version": place["version"], "capture_id": facts["capture_id"]}
        connection.execute(update(articles).where(articles.c.id == old["id"]).values(values))
        change_entry(connection, old["id"], old, row)
        old = {**old, **values}
    insert_injections(connection, article, place, seen_at)
    wanted = "hijacked" in changed.values() or (early and is_mended(connection, old))
    if alone and not has_to_tell(connection, old, article, facts, wanted=wanted):
        return bool(changed)
    told = attest(connection, old, kept_copy(article, facts, seen_at))
    return (told is not None and store_told(connection, old, told, facts)) or bool(changed)


def _kept_article(connection: Connection, key: Mapping[str, Any], url: str) -> dict[str, Any]:
    """The row of an article that is there; when a person said that it is a copy of another, that of the other."""
    found = connection.execute(_same_article(key, url).with_for_update()).one()._asdict()
    while found["same_as"] is not None:
        found = (
            connection.execute(select(articles).where(articles.c.id == found["same_as"]).with_for_update())
            .one()
            ._asdict()
        )
    return found


def touch_article(connection: Connection, article_id: int, moment: str) -> dict[str, Any]:
    """Enter that an article was seen again, unchanged, and so stands; returns what it offers: attachments and
    images."""
    values = {"last_seen": moment, "gone_at": None, "gone_reason": None}
    seen_again = update(articles).where(articles.c.id == article_id).values(values)
    return connection.execute(seen_again.returning(articles.c.attachments, articles.c.images)).one()._asdict()


def update_gone(connection: Connection, article_id: int, gone_at: str, reason: str) -> None:
    """Enter that the site has removed an article. The first moment stays. Raises KeyError when there is no such
    article."""
    c = articles.c
    first = func.coalesce(c.gone_at, gone_at)
    change = update(articles).where(c.id == article_id).values(gone_at=first, gone_reason=reason)
    if connection.execute(change).rowcount != 1:
        raise KeyError(article_id)


def _same_article(key: Mapping[str, Any], url: str) -> Select[Any]:
    c = articles.c
    if key["section"] is not None and key["native_id"] is not None:
        return select(articles).filter_by(**key)
    return select(articles).where(c.url == url, c.section.is_(None) | c.native_id.is_(None))


def _capture_time(connection: Connection, facts: Mapping[str, Any]) -> str:
    """When the bytes came that were read anew; when that is unknown, now."""
    found = connection.execute(select(captures.c.time).where(captures.c.id == facts["capture_id"]))
    return str(found.scalar_one_or_none() or facts["made_at"])


def _add_version(connection: Connection, article: Article, row: Mapping[str, Any]) -> None:
    insert_version(connection, {**row, **version_facts(article)}, edit_rows(article))
