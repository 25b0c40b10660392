"""What listings show, on its way into the frontier: each function works in the transaction that it is given."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, and_, exists, insert, select, update

from zsparkcrawl.archive.articles.injecting import insert_for
from zsparkcrawl.archive.articles.storable import stamp, storable
from zsparkcrawl.archive.crawling.frontier import Scope, Shown, moment_of, never_asked, of_scope, scope_values
from zsparkcrawl.archive.crawling.visits import REVISITS
from zsparkcrawl.archive.crawling.writing import Listed
from zsparkcrawl.archive.tables.schema import articles, frontier, seen

__all__ = ["Trail", "add_articles", "add_foreign", "add_led_to", "count_met"]

_ADDRESSES_AT_ONCE = 500
"""Addresses in one statement: SQLite takes 32,766 values at most."""


@dataclass(frozen=True, slots=True)
class Trail:
    """The pages of a listing that one walk has seen, since the run of number ``began``."""

    pages: Collection[str]
    began: int


def count_met(connection: Connection, rows: Sequence[Listed], trail: Trail) -> int:
    """How many articles that a page shows stood on the pages of the walk already. Asked before they are entered."""
    s, pages = seen.c, set(map(storable, trail.pages))
    met: set[str] = set()
    for part in _parts(list({storable(row.url) for row in rows}), _ADDRESSES_AT_ONCE):
        found = select(s.url, s.listing_url).where(s.url.in_(part), s.run_id >= trail.began)
        met |= {row.url for row in connection.execute(found) if row.listing_url in pages}
    return len(met)


def add_articles(
    connection: Connection, scope: Scope, rows: Sequence[Listed], moment: str, *, named: bool = False
) -> Shown:
    """Enter articles that a listing shows, or with ``named`` that the operator named. Those that the archive has
    already, from elsewhere, count as read. Whether the walk had met them is not asked here."""
    shown = {storable(row.url): row for row in rows}
    known: set[str] = set()
    for urls in _parts(list(shown), _ADDRESSES_AT_ONCE):
        c = frontier.c
        found = select(c.url).where(of_scope(scope), c.url.in_(urls))
        known |= set(connection.execute(found).scalars())
        _ask_again(connection, scope, urls, moment)
        again = {"listed_by": scope.run_id, **({"named_by": scope.run_id} if named else {})}
        connection.execute(update(frontier).where(of_scope(scope), c.url.in_(urls)).values(again))
    _take_in(connection, scope, list(shown), moment)
    new = [row for url, row in shown.items() if url not in known]
    for part in _parts(new, _ADDRESSES_AT_ONCE):
        kept = _kept(connection, scope, [storable(row.url) for row in part])
        facts = {"listed_by": scope.run_id, "named_by": scope.run_id if named else None}
        entries = [_entry(scope, row, moment, kept.get(storable(row.url))) | facts for row in part]
        connection.execute(insert(frontier), entries)
    return Shown(len(shown), len(new), 0)


def _ask_again(connection: Connection, scope: Scope, urls: Sequence[str], moment: str) -> None:
    """Have articles fetched that a listing shows again: they were given up by a run to which no listing showed them. A
    dead link that stays on a listing is not asked for every night."""
    c = frontier.c
    given_up = and_(c.kind == "article", c.due_at.is_(None), c.state.not_in(["read", "off-site"]))
    back = and_(c.listed_by < c.visited_by, c.visited_by < scope.run_id)
    shown = and_(of_scope(scope), c.url.in_(urls), c.leased_by.is_(None))
    connection.execute(update(frontier).where(shown, given_up, back).values(due_at=moment))


def add_led_to(connection: Connection, scope: Scope, url: str, moment: str) -> None:
    """Enter an article to which the address of another one leads, if it is not known: no listing need show it."""
    address = storable(url)
    known = exists().where(of_scope(scope), frontier.c.url == address)
    if not connection.execute(select(known)).scalar():
        kept = _kept(connection, scope, [address])
        connection.execute(insert(frontier).values(_entry(scope, Listed(url), moment, kept.get(address))))


def add_foreign(connection: Connection, scope: Scope, rows: Sequence[Listed], moment: str) -> None:
    """Enter links to other hosts that look like articles: they stand as off-site, and are never asked for."""
    entries = [_entry(scope, row, moment, None) | {"state": "off-site", "due_at": None} for row in rows]
    never = {"reason": "on a host that is none of the site's", "listed_by": scope.run_id}
    for entry in entries:
        connection.execute(insert_for(connection.dialect.name, frontier).values(entry | never).on_conflict_do_nothing())


def _take_in(connection: Connection, scope: Scope, urls: Sequence[str], moment: str) -> None:
    """What was foreign and is not any more, since the site's profile names its host, is to be fetched."""
    for part in _parts(urls, _ADDRESSES_AT_ONCE):
        foreign = and_(of_scope(scope), never_asked(), frontier.c.url.in_(part))
        ours = {"state": "waiting", "due_at": moment, "reason": None}
        connection.execute(update(frontier).where(foreign).values(ours))


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
        last_seen = moment_of(kept[1])
        assert last_seen is not None
        entry |= {"state": "read", "visits": 1, "article_id": kept[0], "due_at": stamp(last_seen + REVISITS[0])}
    return entry


def _parts(rows: Sequence[Any], size: int) -> Iterable[Any]:
    return (rows[start : start + size] for start in range(0, len(rows), size))
