"""What is asked of the archive: selections that SQLite and PostgreSQL both take."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, FromClause, Select, and_, bindparam, func, or_, select

from zsparkcrawl.archive.schema import (
    article_files,
    articles,
    captures,
    edits,
    injection_pages,
    injections,
    runs,
    versions,
)
from zsparkcrawl.chinese.script import simplify

__all__ = [
    "KEPT_BODY",
    "LATEST_BODY",
    "Filters",
    "condition",
    "select_article",
    "select_articles",
    "select_capture",
    "select_capture_of",
    "select_captures",
    "select_captures_of_file",
    "select_edits",
    "select_injections",
    "select_numbered",
    "select_versions",
]

COUNTS = ("edit_count", "inferred_count", "damage_count", "injection_count")


@dataclass(frozen=True, slots=True)
class Filters:
    """Which articles are meant; None leaves a matter open.

    ``since`` and ``until`` are both inclusive, and leave out articles without a date. ``text``, in Simplified
    or Traditional, is looked for in title and body, without regard to the case of Latin letters.
    """

    section: str | None = None
    since: dt.date | None = None
    until: dt.date | None = None
    text: str | None = None
    site: str | None = None


def select_articles(filters: Filters) -> Select[Any]:
    """The articles meant, with the counts of their latest version: by section, date (unknown last),
    number."""
    return _with_counts().where(condition(filters)).order_by(*_order())


def select_numbered(numbers: Sequence[int]) -> Select[Any]:
    """The articles of these numbers, in any order, as :func:`select_articles` has them."""
    return _with_counts().where(articles.c.id.in_(numbers))


def condition(filters: Filters) -> ColumnElement[bool]:
    """What is true of the articles meant."""
    wanted: list[ColumnElement[bool]] = []
    if filters.site is not None:
        wanted.append(articles.c.site == filters.site)
    if filters.section is not None:
        wanted.append(articles.c.section == filters.section)
    if filters.since is not None:
        wanted.append(articles.c.date >= filters.since.isoformat())
    if filters.until is not None:
        wanted.append(articles.c.date <= filters.until.isoformat())
    if filters.text is not None:
        # Articles are kept in Simplified; the text as typed counts where the site itself writes Traditional.
        columns = (articles.c.title, articles.c.body)
        meant = {filters.text, simplify(filters.text)}
        wanted.append(or_(*(c.icontains(text, autoescape=True) for c in columns for text in sorted(meant))))
    return and_(True, *wanted)


def select_article(key: str) -> list[Select[Any]]:
    """What a key may mean, in order: the number of an article; its URL, now or in an older version;
    section/number."""
    if key.isascii() and key.isdigit() and len(key) < 19:  # longer ones do not fit SQLite's integers
        return [_with_counts().where(articles.c.id == int(key))]
    older = select(versions.c.article_id).where(versions.c.url == key)
    meant = [
        _with_counts().where(articles.c.url == key).order_by(articles.c.id),
        _with_counts().where(articles.c.id.in_(older)).order_by(articles.c.id),
    ]
    section, slash, native_id = key.partition("/")
    if slash:
        numbered = and_(articles.c.section == section, articles.c.native_id == native_id)
        meant.append(_with_counts().where(numbered).order_by(articles.c.id))
    return meant


def select_versions(article_id: int) -> Select[Any]:
    """All states of an article, the first first."""
    return select(versions).where(versions.c.article_id == article_id).order_by(versions.c.version)


def select_edits(article_id: int, version: int) -> Select[Any]:
    """The edits of one version: by field, in the order in which they were made."""
    of_version = and_(edits.c.article_id == article_id, edits.c.version == version)
    return select(edits).where(of_version).order_by(edits.c.field, edits.c.position)


def select_injections(article_id: int, version: int) -> Select[Any]:
    """What was kept out of an article up to one version, in the order of the page."""
    p, i = injection_pages.c, injections.c
    of_version = and_(p.article_id == article_id, p.version <= version)
    domain = func.nullif(i.domain, "").label("domain")
    shown = select(i.kind, i.phrase, i.carrier, domain, p.version, p.first_seen, p.last_seen, i.pages)
    joined = injection_pages.join(injections)
    return shown.select_from(joined).where(of_version).order_by(p.version, p.position, i.id)


def select_captures(below: int | None, limit: int) -> Select[Any]:
    """A stretch of captures, the newest first, each with the site and section of its run, and body_file and
    body_offset, where its body lies. One whose body was lost with another capture counts as lost."""
    found = _captures()
    if below is not None:
        found = found.where(captures.c.id < below)
    return found.order_by(captures.c.id.desc()).limit(limit)


_bodies = captures.alias("bodies")


def _with_bodies() -> FromClause:
    return captures.outerjoin(_bodies, captures.c.revisit_of == _bodies.c.id)


def _kept_body(*same: ColumnElement[bool]) -> Select[Any]:
    body = [func.coalesce(_bodies.c[name], captures.c[name]).label(name) for name in ("id", "file", "offset")]
    there = and_(captures.c.url == bindparam("url"), captures.c.lost.is_(None), _bodies.c.lost.is_(None), *same)
    return select(*body).select_from(_with_bodies()).where(there).order_by(captures.c.id.desc()).limit(1)


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


def select_captures_of_file(sha256: str) -> Select[Any]:
    """The captures that files of these bytes came in, as :func:`select_captures` has them."""
    came = select(article_files.c.capture_id).where(article_files.c.sha256 == sha256)
    return _captures().where(captures.c.id.in_(came)).order_by(captures.c.id)


def _captures() -> Select[Any]:
    places = (func.coalesce(_bodies.c[name], captures.c[name]).label(f"body_{name}") for name in ("file", "offset"))
    own = [column for column in captures.c if column.name != "lost"]
    lost = func.coalesce(captures.c.lost, _bodies.c.lost).label("lost")
    found = select(*own, lost, *places, runs.c.site, runs.c.section)
    return found.select_from(_with_bodies().outerjoin(runs, captures.c.run_id == runs.c.id))


def _with_counts() -> Select[Any]:
    latest = and_(versions.c.article_id == articles.c.id, versions.c.version == articles.c.version)
    counts = [versions.c[name] for name in COUNTS]
    return select(articles, *counts).select_from(articles.join(versions, latest))


def _order() -> tuple[ColumnElement[Any], ...]:
    # A number without leading zeros sorts by its length and then as text: no cast, which PostgreSQL would
    # refuse for a number such as "12a". NULL is asked for by name because SQLite puts it first and PostgreSQL
    # last.
    c = articles.c
    return (
        c.section.is_(None),
        c.section.asc(),
        c.date.is_(None),
        c.date.asc(),
        func.length(c.native_id).is_(None),
        func.length(c.native_id).asc(),
        c.native_id.asc(),
        c.id.asc(),
    )
