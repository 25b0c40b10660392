"""What is asked of the archive: selections that SQLite and PostgreSQL both take."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, FromClause, Select, and_, bindparam, func, literal, select, tuple_

from zsparkcrawl.archive.articles.selecting import with_counts
from zsparkcrawl.archive.articles.storable import is_storable
from zsparkcrawl.archive.tables.schema import (
    article_files,
    articles,
    captures,
    edits,
    injection_pages,
    injections,
    runs,
    versions,
    workers,
)

__all__ = [
    "KEPT_BODY",
    "LATEST_BODY",
    "select_answers",
    "select_article",
    "select_capture",
    "select_capture_of",
    "select_captures",
    "select_captures_of_file",
    "select_edits",
    "select_injections",
    "select_numbered",
    "select_versions",
]


def select_numbered(numbers: Sequence[int]) -> Select[Any]:
    """The articles of these numbers, in their latest state, in no order."""
    return with_counts().where(articles.c.id.in_(numbers))


def select_article(key: str) -> list[Select[Any]]:
    """What a key may mean, in order: the number of an article; its URL, now or in an older version;
    section/number."""
    if key.isascii() and key.isdigit() and len(key) < 10:  # longer ones do not fit the integers of a server
        return [with_counts().where(articles.c.id == int(key))]
    if not is_storable(key):
        return []
    older = select(versions.c.article_id).where(versions.c.url == key)
    meant = [
        with_counts().where(articles.c.url == key).order_by(articles.c.id),
        with_counts().where(articles.c.id.in_(older)).order_by(articles.c.id),
    ]
    section, slash, native_id = key.partition("/")
    if slash:
        numbered = and_(articles.c.section == section, articles.c.native_id == native_id)
        meant.append(with_counts().where(numbered).order_by(articles.c.id))
    return meant


def select_versions(article_id: int) -> Select[Any]:
    """All states of an article, the first first."""
    return select(versions).where(versions.c.article_id == article_id).order_by(versions.c.version)


def select_edits(article_ids: Sequence[int]) -> Select[Any]:
    """The edits of some articles in all versions: by article, version and field, in the order in which they were
    made."""
    c = edits.c
    return select(edits).where(c.article_id.in_(article_ids)).order_by(c.article_id, c.version, c.field, c.position)


def select_injections(article_ids: Sequence[int]) -> Select[Any]:
    """What was kept out of some articles: by article, then in the order of the pages."""
    p, i = injection_pages.c, injections.c
    domain = func.nullif(i.domain, "").label("domain")
    shown = select(p.article_id, i.kind, i.phrase, i.carrier, domain, p.version, p.first_seen, p.last_seen, i.pages)
    found = shown.select_from(injection_pages.join(injections)).where(p.article_id.in_(article_ids))
    return found.order_by(p.article_id, p.version, p.position, i.id)


def select_captures(before: tuple[str, int] | None, limit: int) -> Select[Any]:
    """A stretch of captures, the newest first: those before a moment and number. Each has the site and section of its
    run, and body_file and body_offset, where its body lies. One whose body was lost with another capture counts as
    lost."""
    found = _captures()
    c = captures.c
    if before is not None:
        found = found.where(tuple_(c.time, c.id) < tuple_(*map(literal, before)))
    return found.order_by(c.time.desc(), c.id.desc()).limit(limit)


_bodies = captures.alias("bodies")


def _with_bodies() -> FromClause:
    return captures.outerjoin(_bodies, captures.c.revisit_of == _bodies.c.id)


def _kept_body(*same: ColumnElement[bool]) -> Select[Any]:
    body = [func.coalesce(_bodies.c[name], captures.c[name]).label(name) for name in ("id", "file", "offset")]
    c = captures.c
    there = and_(c.url == bindparam("url"), c.lost.is_(None), _bodies.c.lost.is_(None), *same)
    return select(*body).select_from(_with_bodies()).where(there).order_by(c.time.desc(), c.id.desc()).limit(1)


# Made once: they are asked with every response, and making one takes longer than asking it.
KEPT_BODY = _kept_body(captures.c.digest == bindparam("digest"))
"""Where a body of this ``url`` and ``digest`` is kept."""
LATEST_BODY = _kept_body(captures.c.status == 200, captures.c.partial.is_(False))
"""Where the body of the latest good answer of this ``url`` is kept."""


def select_capture_of(site: str, section: str, native_id: str) -> Select[Any]:
    """The capture that the latest state of an article was read from, as :func:`select_captures` has it."""
    c = articles.c
    same = and_(c.site == site, c.section == section, c.native_id == native_id)
    return _captures().where(captures.c.id.in_(select(c.capture_id).where(same)))


def select_capture(number: int) -> Select[Any]:
    """One capture by its number, as :func:`select_captures` has it."""
    return _captures().where(captures.c.id == number)


def select_answers(urls: Sequence[str], since: str | None, after: tuple[str, int] | None) -> Select[Any]:
    """The captures of some addresses, the oldest first, as :func:`select_captures` has them: those that came later than
    the moment ``since``, and than the capture of a moment and number."""
    c = captures.c
    found = _captures().where(c.url.in_(urls))
    if since is not None:
        found = found.where(c.time > since)
    if after is not None:
        found = found.where(tuple_(c.time, c.id) > tuple_(*map(literal, after)))
    return found.order_by(c.time, c.id)


def select_captures_of_file(sha256: str) -> Select[Any]:
    """The captures that files of these bytes came in, as :func:`select_captures` has them."""
    came = select(article_files.c.capture_id).where(article_files.c.sha256 == sha256)
    return _captures().where(captures.c.id.in_(came)).order_by(captures.c.id)


def _captures() -> Select[Any]:
    places = (func.coalesce(_bodies.c[name], captures.c[name]).label(f"body_{name}") for name in ("file", "offset"))
    own = [column for column in captures.c if column.name != "lost"]
    lost = func.coalesce(captures.c.lost, _bodies.c.lost).label("lost")
    keeper = (workers.c[name].label(f"keeper_{name}") for name in ("name", "host", "folder"))
    found = select(*own, lost, *places, runs.c.site, runs.c.section, *keeper)
    joined = _with_bodies().outerjoin(runs, captures.c.run_id == runs.c.id)
    return found.select_from(joined.outerjoin(workers, captures.c.worker_id == workers.c.id))
