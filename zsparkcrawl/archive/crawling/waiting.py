"""What a crawl waits for that finds nothing due: each function works in the transaction that it is given."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import Connection, and_, case, exists, func, select

from zsparkcrawl.archive.articles.storable import stamp
from zsparkcrawl.archive.crawling.frontier import Scope, moment_of, of_scope
from zsparkcrawl.archive.tables.schema import frontier

__all__ = ["others_at_work", "put_off"]


def put_off(connection: Connection, scope: Scope, now: dt.datetime) -> tuple[int, int, dt.datetime | None]:
    """How many articles are put off behind a failure, of how many that are due later, and when the first falls due."""
    c = frontier.c
    failed = c.tries > 0
    later = and_(of_scope(scope), c.kind == "article", c.due_at > stamp(now))
    found = select(func.count(case((failed, 1))), func.count(), func.min(case((failed, c.due_at)))).where(later)
    number, of, first = connection.execute(found).one()
    return number, of, moment_of(first)


def others_at_work(connection: Connection, scope: Scope) -> bool:
    """Whether another worker of the run is fetching pages, which may bring new ones."""
    c = frontier.c
    theirs = and_(c.leased_by == scope.run_id, c.worker_id.is_not(None), c.worker_id != scope.worker_id)
    return bool(connection.execute(select(exists().where(theirs))).scalar())
