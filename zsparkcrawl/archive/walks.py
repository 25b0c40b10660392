"""Walks along listings, in the frontier: each function works in the transaction that it is given.

The next page of a walk is a row that holds how far the walk came, so that another run can go on from there.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, exists, insert, select, update

from zsparkcrawl.archive.frontier import Scope, of_scope, scope_values
from zsparkcrawl.archive.schema import frontier
from zsparkcrawl.archive.storable import storable

__all__ = ["add_listing", "drop_walks", "has_open_walk", "set_walked", "was_walked"]


def add_listing(connection: Connection, scope: Scope, url: str, walk: Mapping[str, Any], moment: str) -> bool:
    """Enter a listing page as the next of a walk. Not when it is the next of another walk already, nor when this run
    has visited it: returns whether it was entered."""
    c = frontier.c
    url = storable(url)
    old = connection.execute(
        select(c.id, c.walk, c.visited_by, c.leased_by).where(of_scope(scope), c.url == url)
    ).first()
    values = {"state": "waiting", "due_at": moment, "walk": json.dumps(walk), "tries": 0}
    if old is None:
        row = {**scope_values(scope), "kind": "listing", "url": url, "first_seen": moment, **values}
        connection.execute(insert(frontier).values(row))
        return True
    if old.walk is not None or old.leased_by is not None or old.visited_by == scope.run_id:
        return False
    connection.execute(update(frontier).where(c.id == old.id).values(kind="listing", **values))
    return True


def has_open_walk(connection: Connection, scope: Scope) -> bool:
    """Whether a walk of an earlier run has not come to its end yet."""
    return bool(connection.execute(select(exists().where(_open_walk(scope)))).scalar())


def set_walked(connection: Connection, scope: Scope, url: str, moment: str | None) -> None:
    """Enter that a walk from this listing page came to the listing's end; with None that none did."""
    c = frontier.c
    connection.execute(update(frontier).where(of_scope(scope), c.url == storable(url)).values(walked_at=moment))


def was_walked(connection: Connection, scope: Scope, url: str) -> bool:
    """Whether a walk from this listing page ever came to the listing's end: only then a page that shows nothing new
    tells anything about the pages behind it."""
    c = frontier.c
    walked = and_(of_scope(scope), c.url == storable(url), c.walked_at.is_not(None))
    return bool(connection.execute(select(exists().where(walked))).scalar())


def drop_walks(connection: Connection, scope: Scope) -> None:
    """Forget the walks that are under way: a full one sees all that they would."""
    ended = {"walk": None, "due_at": None, "state": "read"}
    connection.execute(update(frontier).where(_open_walk(scope)).values(ended))


def _open_walk(scope: Scope) -> ColumnElement[bool]:
    c = frontier.c
    return and_(of_scope(scope), c.kind == "listing", c.walk.is_not(None), c.due_at.is_not(None), c.leased_by.is_(None))
