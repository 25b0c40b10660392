"""The frontier: what is to be fetched, as rows that are taken by lease. Each function works in the transaction that
it is given.

A row is taken when it is due, and every visit gives it a new due moment or none. A crawl that dies leaves its leases
behind; the next one takes them over, for it holds the lock. So nothing is fetched twice but what was on its way.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, bindparam, case, exists, func, not_, or_, select, update

from zsparkcrawl.archive.articles.storable import stamp, storable
from zsparkcrawl.archive.crawling.visits import SUSPECTED, Lease, Standing, Visited
from zsparkcrawl.archive.tables.schema import frontier
from zsparkcrawl.errors import ZsparkError

__all__ = [
    "ASIDE",
    "LeaseLostError",
    "Scope",
    "Shown",
    "Wanted",
    "conclude",
    "count_due",
    "lease",
    "lease_of",
    "moment_of",
    "never_asked",
    "next_due",
    "of_scope",
    "release",
    "scope_values",
    "stands_elsewhere",
]

ASIDE = "aside"
"""In a walk as JSON: the walk that another run left at this page. A run that sees a part only does not go on with it,
and puts it back."""


class LeaseLostError(ZsparkError):
    """A page was taken over by others before its visit ended: what came of the visit must not be entered."""


@dataclass(frozen=True, slots=True)
class Scope:
    """Whose pages are meant, and for which run: those of a section of a site, as the origin serves them: "" for the
    site itself, else the host, with its port, of the listing that a crawl was told to begin at. ``worker_id`` is which
    of those it is that share the run; None when a process has a run of its own."""

    run_id: int
    site: str
    section: str
    origin: str = ""
    worker_id: int | None = None


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which articles a crawl wants of those that are due: of these days by their listing, and with ``full`` also
    those that are not due but that this run has not visited. ``named`` keeps to those that this run named itself,
    due or not. ``limit`` bounds their number. Of files a run with either wants those of the articles that it read."""

    since: dt.date | None = None
    until: dt.date | None = None
    full: bool = False
    named: bool = False
    limit: int | None = None

    @property
    def whole(self) -> bool:
        """Whether such a run can bring a walk to the end of its listing. Only then it goes on with, or drops, the
        walks that an earlier run left open."""
        return self.since is None and self.limit is None and not self.named


@dataclass(frozen=True, slots=True)
class Shown:
    """What a listing page showed: how many articles, how many of them were not known before, and how many of them
    the same walk had met on another page. ``due`` is how many articles now are due, counted when there is a limit."""

    rows: int
    new: int
    met: int
    due: int = 0


def release(connection: Connection, run_id: int) -> None:
    """Free what is still leased to a run."""
    freed = update(frontier).where(frontier.c.leased_by == run_id).values(leased_by=None, worker_id=None)
    connection.execute(freed)


def never_asked() -> ColumnElement[bool]:
    """Whether a row is a link to another host, which only stands there."""
    return and_(frontier.c.state == "off-site", frontier.c.visited_at.is_(None))


def lease(  # noqa: PLR0913 - each says another thing
    connection: Connection,
    scope: Scope,
    wanted: Wanted,
    now: dt.datetime,
    limit: int,
    *,
    files: bool = False,
    suspected: bool = False,
) -> list[Lease]:
    """Take pages that are due, at most ``limit``: listings first, then articles never read, then revisits; or with
    ``files`` files instead. With ``suspected`` those alone that may have ended a process, else all others."""
    c = frontier.c
    order = (case((c.kind == "listing", 0), (c.state == "waiting", 1), else_=2), c.id)
    meant = (_is_file(files), (c.left_behind >= SUSPECTED) == suspected)
    due = select(c.id).where(_due(scope, wanted, now), *meant).order_by(*order).limit(limit)
    ours = {"leased_by": scope.run_id, "worker_id": scope.worker_id, "leases": c.leases + 1}
    taken = update(frontier).where(c.id.in_(due.with_for_update(skip_locked=True))).values(ours)
    rows = connection.execute(taken.returning(frontier)).mappings().all()
    return [
        lease_of(dict(row), scope.run_id, whole=wanted.whole)
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
    return moment_of(found)


_CONCLUDE = (
    update(frontier)
    .where(
        frontier.c.id == bindparam("lease"),
        frontier.c.leased_by == bindparam("run"),
        frontier.c.leases == bindparam("taken"),
    )
    .values(
        {
            name: bindparam(name)
            for name in (
                "state", "due_at", "visits", "tries", "misses", "missed_since", "reason", "visited_at", "visited_by",
                "retried_by", "leased_by", "worker_id", "etag", "last_modified", "walk", "left_behind",
            )
        }
        | {name: func.coalesce(bindparam(name), frontier.c[name]) for name in ("article_id", "listed_date")}
    )
)  # fmt: skip
"""Made once: a statement that is built anew for each page costs as much as its execution."""


def conclude(connection: Connection, visited: Visited, run_id: int, now: dt.datetime) -> None:
    """Enter how a visit ended, and give the page back. Raises LeaseLostError when it was taken over meanwhile."""
    lease, standing = visited.lease, visited.standing
    read = standing.state == "read" and not standing.tries and not standing.misses
    walk, due_at = lease.walk if visited.keep_walk else None, standing.due_at
    if walk is None and lease.walk is not None and (aside := lease.walk.get(ASIDE)):
        walk, due_at = aside, due_at if standing.tries and due_at else now
    values = {
        "lease": lease.id,
        "run": run_id,
        "taken": lease.taken,
        "state": standing.state,
        "due_at": _stamped(due_at),
        "visits": standing.visits,
        "tries": standing.tries,
        "misses": standing.misses,
        "missed_since": _stamped(standing.missed_since),
        "reason": None if standing.reason is None else storable(standing.reason),
        "visited_at": stamp(now),
        "visited_by": run_id,
        "retried_by": run_id if visited.again else None,
        "leased_by": None,
        "worker_id": None,
        "left_behind": 0,
        "etag": visited.etag if read else lease.etag,
        "last_modified": visited.last_modified if read else lease.last_modified,
        "walk": None if walk is None else json.dumps(walk),
        "article_id": visited.article_id,
        "listed_date": None if visited.listed_date is None else visited.listed_date.isoformat(),
    }
    if connection.execute(_CONCLUDE, values).rowcount != 1:
        raise LeaseLostError(f"others have taken over {lease.url}: this process was held up for too long")


def stands_elsewhere(connection: Connection, scope: Scope, lease: Lease) -> bool:
    """Whether the article of a page was read under another address too, and nothing was missed there since. A mirror's
    page tells nothing of the site's own, but the site's does of the mirror's."""
    c = frontier.c
    other = and_(c.article_id == lease.article_id, c.id != lease.id, c.origin.in_(["", scope.origin]))
    standing = and_(other, c.state == "read", c.misses == 0)
    return bool(connection.execute(select(exists().where(standing))).scalar())


def _is_file(meant: bool) -> ColumnElement[bool]:
    return frontier.c.kind == "file" if meant else frontier.c.kind != "file"


def _due(scope: Scope, wanted: Wanted, now: dt.datetime) -> ColumnElement[bool]:
    c = frontier.c
    offered = and_(c.kind == "file", c.listed_by == scope.run_id)
    due = c.due_at <= stamp(now)
    unvisited = or_(c.visited_by.is_(None), c.visited_by != scope.run_id)
    if wanted.named:
        due = or_(due, and_(c.named_by == scope.run_id, unvisited))
    if wanted.full:
        visitable = or_(and_(c.kind == "article", not_(never_asked())), and_(offered, c.state != "off-site"))
        due = or_(due, and_(visitable, unvisited))
    # A run visits a page once, but for those that it is to try again itself.
    conditions = [of_scope(scope), c.leased_by.is_(None), due, or_(c.retried_by == scope.run_id, unvisited)]
    if not wanted.whole:
        conditions.append(or_(c.kind != "listing", c.listed_by == scope.run_id))
    for bound, holds in ((wanted.since, c.listed_date.__ge__), (wanted.until, c.listed_date.__le__)):
        if bound is not None:
            conditions.append(or_(c.listed_date.is_(None), holds(bound.isoformat())))
    if not wanted.named:
        # Numbers that an operator tried, and that no listing ever showed, are not asked for every night.
        tried = and_(c.named_by.is_not(None), c.named_by != scope.run_id, c.named_by == c.listed_by, c.visits == 0)
        conditions.append(not_(tried))
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


def lease_of(row: Mapping[str, Any], run_id: int | None = None, *, whole: bool = False) -> Lease:
    """The lease of a row. For a run, and whether it is a whole one, the walk is the one that the run goes on with."""
    walk = None if row["walk"] is None else json.loads(row["walk"])
    if walk is not None and whole:
        walk = walk.get(ASIDE, walk)
    standing = Standing(
        state=row["state"],
        due_at=moment_of(row["due_at"]),
        visits=row["visits"],
        tries=row["tries"],
        misses=row["misses"],
        missed_since=moment_of(row["missed_since"]),
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
        walk=walk,
        article_id=row["article_id"],
        again=run_id is not None and row["retried_by"] == run_id,
        named=row["listed_by"] is not None,
        taken=row["leases"],
        left_behind=row["left_behind"],
    )


def _stamped(moment: dt.datetime | None) -> str | None:
    return None if moment is None else stamp(moment)


def moment_of(text: str | None) -> dt.datetime | None:
    """A moment as the tables have it; None for none."""
    return None if text is None else dt.datetime.fromisoformat(text)
