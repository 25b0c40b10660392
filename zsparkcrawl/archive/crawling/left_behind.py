"""Pages that were on their way when the process that fetched them ended without a word.

Mostly they have nothing to do with it: somebody pulled the plug. But should one of them be what ended it, by eating all
memory, say, it would end each crawl that follows. So a page that was left behind by two processes in a row is
suspected: it is fetched when nothing else is due, and alone. When that ends the process as well, it is the page, and it
is entered as a failure. What a worker leaves behind while others go on does not count. Each function works in the
transaction that it is given.
"""

from __future__ import annotations

import datetime as dt

from sqlalchemy import Connection, bindparam, select, update

from zsparkcrawl.archive.articles.storable import stamp
from zsparkcrawl.archive.crawling.frontier import lease_of
from zsparkcrawl.archive.crawling.visits import SUSPECTED, Lease, stand_after
from zsparkcrawl.archive.tables.schema import frontier, runs

__all__ = ["take_over"]

_AGAIN = dt.timedelta(days=7)
"""How long a page is let alone that ended a process; chosen."""

_GIVE_UP = (
    update(frontier)
    .where(frontier.c.id == bindparam("page"))
    .values({name: bindparam(name) for name in ("state", "due_at", "tries", "reason", "left_behind")})
)


def take_over(connection: Connection, now: dt.datetime) -> int:
    """Free what is leased to runs that are over, and enter that it was left behind; returns how many pages."""
    theirs = frontier.c.leased_by.in_(select(runs.c.id).where(runs.c.state != "running"))
    values = {"leased_by": None, "worker_id": None, "left_behind": frontier.c.left_behind + 1}
    rows = connection.execute(update(frontier).where(theirs).values(values).returning(frontier)).mappings().all()
    leases = [lease_of(dict(row)) for row in rows]
    if guilty := [_given_up(lease, now) for lease in leases if lease.left_behind > SUSPECTED]:
        connection.execute(_GIVE_UP, guilty)
    return len(leases)


def _given_up(lease: Lease, now: dt.datetime) -> dict[str, object]:
    reason = f"{lease.left_behind} processes in a row ended while it was on its way, the last with it alone"
    standing = stand_after(lease.standing, "not now", now, reason=reason, retry_after=_AGAIN)
    due_at = None if standing.due_at is None else stamp(standing.due_at)
    told = {"state": standing.state, "due_at": due_at, "tries": standing.tries, "reason": reason}
    return {"page": lease.id, **told, "left_behind": SUSPECTED}
