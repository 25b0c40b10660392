"""The frontier: what is to be fetched, as rows that are taken by lease. Each function works in the transaction that
it is given.

A row is taken when it is due, and every visit gives it a new due moment or none. A crawl that dies leaves its leases
behind; the next one takes them over, for it holds the lock. So nothing is fetched twice but what was on its way.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, bindparam, case, func, insert, not_, or_, select, update

from zsparkcrawl.archive.injecting import insert_for
from zsparkcrawl.archive.schema import articles, frontier, runs
from zsparkcrawl.archive.storable import stamp, storable
from zsparkcrawl.archive.visits import REVISITS, Lease, Standing, Visited
from zsparkcrawl.archive.writing import Listed

__all__ = [
    "Scope",
    "Shown",
    "Wanted",
    "add_articles",
    "add_foreign",
    "conclude",
    "count_due",
    "lease",
    "next_due",
    "of_scope",
    "release",
    "scope_values",
    "take_over",
]

_ADDRESSES_AT_ONCE = 500
"""Addresses in one statement: SQLite takes 32,766 values at most."""


@dataclass(frozen=True, slots=True)
class Scope:
    """Whose pages are meant, and for which run: those of a section of a site, as the origin serves them: "" for the
    site itself, else the host, with its port, of the listing that a crawl was told to begin at."""

    run_id: int
    site: str
    section: str
    origin: str = ""


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which articles a crawl wants of those that are due: of these days by their listing, and with ``full`` also
    those that are not due but that this run has not visited. ``named`` keeps to those that this run named itself.
    ``limit`` bounds their number. Of files a run with either wants those of the articles that it read."""

    since: dt.date | None = None
    until: dt.date | None = None
    full: bool = False
    named: bool = False
    limit: int | None = None


@dataclass(frozen=True, slots=True)
class Shown:
    """What a listing page showed: how many articles, how many of them were not known before, and how many of them
    this run had met on another page. ``due`` is how many articles now are due, counted when there is a limit."""

    rows: int
    new: int
    met: int
    due: int = 0


def take_over(connection: Connection) -> int:
    """Free what is leased to runs that are over; returns how many pages."""
    over = select(runs.c.id).where(runs.c.state != "running")
    freed = update(frontier).where(frontier.c.leased_by.in_(over)).values(leased_by=None)
    return connection.execute(freed).rowcount


def release(connection: Connection, run_id: int) -> None:
    """Free what is still leased to a run."""
    connection.execute(update(frontier).where(frontier.c.leased_by == run_id).values(leased_by=None))


def add_articles(
    connection: Connection, scope: Scope, rows: Sequence[Listed], moment: str, *, named: bool = False
) -> Shown:
    """Enter articles that a listing shows, or with ``named`` that the operator named. Those that the archive has
    already, from elsewhere, count as read."""
    shown = {storable(row.url): row for row in rows}
    known: dict[str, int | None] = {}
    for urls in _parts(list(shown), _ADDRESSES_AT_ONCE):
        c = frontier.c
        found = select(c.url, c.listed_by).where(of_scope(scope), c.url.in_(urls))
        known |= {row.url: row.listed_by for row in connection.execute(found)}
        again = {"listed_by": scope.run_id, **({"named_by": scope.run_id} if named else {})}
        connection.execute(update(frontier).where(of_scope(scope), c.url.in_(urls)).values(again))
    _take_in(connection, scope, list(shown), moment)
    new = [row for url, row in shown.items() if url not in known]
    for part in _parts(new, _ADDRESSES_AT_ONCE):
        kept = _kept(connection, scope, [storable(row.url) for row in part])
        facts = {"listed_by": scope.run_id, "named_by": scope.run_id if named else None}
        entries = [_entry(scope, row, moment, kept.get(storable(row.url))) | facts for row in part]
        connection.execute(insert(frontier), entries)
    return Shown(len(shown), len(new), sum(run == scope.run_id for run in known.values()))


def add_foreign(connection: Connection, scope: Scope, rows: Sequence[Listed], moment: str) -> None:
    """Enter links to other hosts that look like articles: they stand as off-site, and are never asked for."""
    entries = [_entry(scope, row, moment, None) | {"state": "off-site", "due_at": None} for row in rows]
    never = {"reason": "on a host that is none of the site's", "listed_by": scope.run_id}
    for entry in entries:
        connection.execute(insert_for(connection.dialect.name, frontier).values(entry | never).on_conflict_do_nothing())


def _take_in(connection: Connection, scope: Scope, urls: Sequence[str], moment: str) -> None:
    """What was foreign and is not any more, since the site's profile names its host, is to be fetched."""
    for part in _parts(urls, _ADDRESSES_AT_ONCE):
        foreign = and_(of_scope(scope), _never_asked(), frontier.c.url.in_(part))
        ours = {"state": "waiting", "due_at": moment, "reason": None}
        connection.execute(update(frontier).where(foreign).values(ours))


def _never_asked() -> ColumnElement[bool]:
    return and_(frontier.c.state == "off-site", frontier.c.visited_at.is_(None))


def lease(  # noqa: PLR0913 - each says another thing
    connection: Connection, scope: Scope, wanted: Wanted, now: dt.datetime, limit: int, *, files: bool = False
) -> list[Lease]:
    """Take pages that are due, at most ``limit``: listings first, then articles never read, then revisits; or with
    ``files`` files instead."""
    c = frontier.c
    order = (case((c.kind == "listing", 0), (c.state == "waiting", 1), else_=2), c.id)
    due = select(c.id).where(_due(scope, wanted, now), _is_file(files)).order_by(*order).limit(limit)
    taken = update(frontier).where(c.id.in_(due.with_for_update(skip_locked=True))).values(leased_by=scope.run_id)
    rows = connection.execute(taken.returning(frontier)).mappings().all()
    return [
        _lease(dict(row), scope.run_id)
        for row in sorted(rows, key=lambda row: (row["kind"] != "listing", row["state"], row["id"]))
    ]


def count_due(connection: Connection, scope: Scope, wanted: Wanted, now: dt.datetime) -> int:
    """How many articles are due."""
    due = and_(_due(scope, wanted, now), frontier.c.kind == "article")
    return int(connection.execute(select(func.count()).where(due)).scalar_one())


def next_due(
    connection: Connection, scope: Scope, wanted: Wanted, until: dt.datetime, *, files: bool = False
) -> dt.datetime | None:
    """When the next page, or file, falls due that this crawl wants and that is not due yet, up to a moment; None when
    none."""
    due = and_(_due(scope, wanted, until), _is_file(files))
    found = connection.execute(select(func.min(frontier.c.due_at)).where(due)).scalar_one_or_none()
    return _moment(found)


_CONCLUDE = (
    update(frontier)
    .where(frontier.c.id == bindparam("lease"))
    .values(
        {
            name: bindparam(name)
            for name in (
                "state", "due_at", "visits", "tries", "misses", "missed_since", "reason", "visited_at", "visited_by",
                "retried_by", "leased_by", "etag", "last_modified", "walk",
            )
        }
        | {name: func.coalesce(bindparam(name), frontier.c[name]) for name in ("article_id", "listed_date")}
    )
)  # fmt: skip
"""Made once: a statement that is built anew for each page costs as much as its execution."""


def conclude(connection: Connection, visited: Visited, run_id: int, now: dt.datetime) -> None:
    """Enter how a visit ended, and give the page back."""
    lease, standing = visited.lease, visited.standing
    read = standing.state == "read" and not standing.tries and not standing.misses
    values = {
        "lease": lease.id,
        "state": standing.state,
        "due_at": _stamped(standing.due_at),
        "visits": standing.visits,
        "tries": standing.tries,
        "misses": standing.misses,
        "missed_since": _stamped(standing.missed_since),
        "reason": None if standing.reason is None else storable(standing.reason),
        "visited_at": stamp(now),
        "visited_by": run_id,
        "retried_by": run_id if visited.again else None,
        "leased_by": None,
        "etag": visited.etag if read else lease.etag,
        "last_modified": visited.last_modified if read else lease.last_modified,
        "walk": json.dumps(lease.walk) if visited.keep_walk and lease.walk is not None else None,
        "article_id": visited.article_id,
        "listed_date": None if visited.listed_date is None else visited.listed_date.isoformat(),
    }
    connection.execute(_CONCLUDE, values)


def _is_file(meant: bool) -> ColumnElement[bool]:
    return frontier.c.kind == "file" if meant else frontier.c.kind != "file"


def _due(scope: Scope, wanted: Wanted, now: dt.datetime) -> ColumnElement[bool]:
    c = frontier.c
    offered = and_(c.kind == "file", c.listed_by == scope.run_id)
    due = c.due_at <= stamp(now)
    if wanted.full:
        unvisited = or_(c.visited_by.is_(None), c.visited_by != scope.run_id)
        visitable = or_(and_(c.kind == "article", not_(_never_asked())), and_(offered, c.state != "off-site"))
        due = or_(due, and_(visitable, unvisited))
    # A run visits a page once, but for those that it is to try again itself.
    fresh = or_(c.retried_by == scope.run_id, c.visited_by.is_(None), c.visited_by != scope.run_id)
    conditions = [of_scope(scope), c.leased_by.is_(None), due, fresh]
    for bound, holds in ((wanted.since, c.listed_date.__ge__), (wanted.until, c.listed_date.__le__)):
        if bound is not None:
            conditions.append(or_(c.listed_date.is_(None), holds(bound.isoformat())))
    if wanted.named:
        conditions.append(or_(c.named_by == scope.run_id, offered))
    elif wanted.limit is not None:
        conditions.append(or_(c.kind != "file", offered))
    return and_(*conditions)


def of_scope(scope: Scope) -> ColumnElement[bool]:
    """Whether a row is of the section and origin meant."""
    c = frontier.c
    return and_(c.site == scope.site, c.section == scope.section, c.origin == scope.origin)


def scope_values(scope: Scope) -> dict[str, str]:
    """The columns that tell whose page a row is."""
    return {"site": scope.site, "section": scope.section, "origin": scope.origin}


def _kept(connection: Connection, scope: Scope, urls: list[str]) -> dict[str, tuple[int, str]]:
    """The archive's articles at these addresses: number and when last seen."""
    a = articles.c
    found = select(a.url, a.id, a.last_seen).where(a.site == scope.site, a.section == scope.section, a.url.in_(urls))
    return {row.url: (row.id, row.last_seen) for row in connection.execute(found)}


def _entry(scope: Scope, row: Listed, moment: str, kept: tuple[int, str] | None) -> dict[str, Any]:
    entry: dict[str, Any] = {
        **scope_values(scope),
        "kind": "article",
        "url": storable(row.url),
        "state": "waiting",
        "due_at": moment,
        "first_seen": moment,
        "listed_title": None if row.title is None else storable(row.title),
        "listed_date": None if row.date is None else row.date.isoformat(),
        "visits": 0,
        "article_id": None,
    }
    if kept is not None:
        last_seen = _moment(kept[1])
        assert last_seen is not None
        entry |= {"state": "read", "visits": 1, "article_id": kept[0], "due_at": stamp(last_seen + REVISITS[0])}
    return entry


def _lease(row: Mapping[str, Any], run_id: int) -> Lease:
    standing = Standing(
        state=row["state"],
        due_at=_moment(row["due_at"]),
        visits=row["visits"],
        tries=row["tries"],
        misses=row["misses"],
        missed_since=_moment(row["missed_since"]),
        reason=row["reason"],
    )
    return Lease(
        id=row["id"],
        kind=row["kind"],
        url=row["url"],
        standing=standing,
        title=row["listed_title"],
        etag=row["etag"],
        last_modified=row["last_modified"],
        walk=None if row["walk"] is None else json.loads(row["walk"]),
        article_id=row["article_id"],
        again=row["retried_by"] == run_id,
    )


def _parts(rows: Sequence[Any], size: int) -> Iterable[Any]:
    return (rows[start : start + size] for start in range(0, len(rows), size))


def _stamped(moment: dt.datetime | None) -> str | None:
    return None if moment is None else stamp(moment)


def _moment(text: str | None) -> dt.datetime | None:
    return None if text is None else dt.datetime.fromisoformat(text)
