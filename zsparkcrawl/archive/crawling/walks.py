"""Walks along listings, in the frontier: each function works in the transaction that it is given.

The next page of a walk is a row that holds how far the walk came, so that another run can go on from there.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, exists, insert, or_, select, update

from zsparkcrawl.archive.articles.storable import storable
from zsparkcrawl.archive.crawling.frontier import ASIDE, Scope, of_scope, scope_values
from zsparkcrawl.archive.tables.schema import frontier

__all__ = ["add_listing", "drop_walks", "has_open_walk", "set_walked", "was_walked"]


def add_listing(  # noqa: PLR0913 - the last are said by name
    connection: Connection,
    scope: Scope,
    url: str,
    walk: Mapping[str, Any],
    moment: str,
    *,
    first: bool = False,
    whole: bool = True,
) -> bool:
    """Enter a listing page as the next of a walk; ``first`` when the walk begins there. Not when it is the next of
    another walk already, nor when this run has visited it: returns whether it was entered. A run that is not ``whole``
    visits a page where another one's walk stands, and leaves that walk there."""
    c = frontier.c
    url = storable(url)
    known = select(c.id, c.kind, c.walk, c.visited_by, c.leased_by, c.listed_by)
    old = connection.execute(known.where(of_scope(scope), c.url == url)).first()
    values = {"kind": "listing", "state": "waiting", "due_at": moment, "listed_by": scope.run_id}
    if old is None:
        row = {**scope_values(scope), "url": url, "first_seen": moment, "walk": json.dumps(walk), **values}
        connection.execute(insert(frontier).values(row))
        return True
    # An article that is called "next page" stays an article.
    if old.leased_by is not None or old.visited_by == scope.run_id or (old.kind != "listing" and not first):
        return False
    if old.walk is not None and (old.listed_by == scope.run_id or (whole and not first)):
        return False
    if first:
        values["tries"] = 0
    values["walk"] = json.dumps(walk if old.walk is None else _beside(walk, json.loads(old.walk), whole=whole))
    connection.execute(update(frontier).where(c.id == old.id).values(values))
    return True


def _beside(walk: Mapping[str, Any], old: Mapping[str, Any], *, whole: bool) -> Mapping[str, Any]:
    """The walk to go on with at a page where another run's stands."""
    left = old.get(ASIDE, old)
    return left if whole else {**walk, ASIDE: left}


def has_open_walk(connection: Connection, scope: Scope, url: str, *, seeing_all: bool = False) -> bool:
    """Whether a walk that began at a listing page has not come to its end yet. With ``seeing_all`` those do not count
    that trust known pages: they end before the listing's end, and leave the rest to the others."""
    found = connection.execute(select(frontier.c.walk).where(_open_walk(scope))).scalars()
    return any(not (seeing_all and walk.get("trusting")) for text in found for walk in _begun_at(text, url))


def set_walked(connection: Connection, scope: Scope, url: str, moment: str | None) -> None:
    """Enter that a walk from this listing page came to the listing's end, unless another one from there is still on its
    way to that; with None that none did."""
    if moment is None or not has_open_walk(connection, scope, url, seeing_all=True):
        c = frontier.c
        connection.execute(update(frontier).where(of_scope(scope), c.url == storable(url)).values(walked_at=moment))


def was_walked(connection: Connection, scope: Scope, url: str) -> bool:
    """Whether a walk from this listing page ever came to the listing's end: only then a page that shows nothing new
    tells anything about the pages behind it."""
    c = frontier.c
    walked = and_(of_scope(scope), c.url == storable(url), c.walked_at.is_not(None))
    return bool(connection.execute(select(exists().where(walked))).scalar())


def drop_walks(connection: Connection, scope: Scope, url: str) -> None:
    """Forget the walks of earlier runs that began at a listing page: a full one from there sees all that they would."""
    c = frontier.c
    of_others = or_(c.listed_by.is_(None), c.listed_by != scope.run_id)
    found = select(c.id, c.walk).where(_open_walk(scope), of_others, c.leased_by.is_(None))
    dropped = [row.id for row in connection.execute(found) if _begun_at(row.walk, url)]
    ended = {"walk": None, "due_at": None, "state": "read"}
    connection.execute(update(frontier).where(c.id.in_(dropped)).values(ended))


def _begun_at(text: str, url: str) -> list[Mapping[str, Any]]:
    """Of the walks at a page, those that began at a listing page."""
    walk = json.loads(text)
    return [each for each in (walk, walk.get(ASIDE, {})) if each.get("first") == url]


def _open_walk(scope: Scope) -> ColumnElement[bool]:
    c = frontier.c
    return and_(of_scope(scope), c.kind == "listing", c.walk.is_not(None), c.due_at.is_not(None))
