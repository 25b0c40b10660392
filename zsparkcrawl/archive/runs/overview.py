"""How crawling stands: the frontier by state, why the last pages failed, and what became of each row of a listing. Each
function makes a statement; nothing is written."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from sqlalchemy import Select, and_, case, exists, false, func, or_, select

from zsparkcrawl.archive.articles.storable import is_storable, stamp
from zsparkcrawl.archive.tables.schema import articles, frontier, runs, seen

__all__ = ["select_accounts", "select_due", "select_failures", "select_states", "select_unstored"]


def select_states(now: dt.datetime) -> Select[Any]:
    """How many articles of each section stand how, and how many of them are due."""
    c = frontier.c
    due = func.sum(case((c.due_at <= stamp(now), 1), else_=0))
    return (
        select(c.site, c.section, c.state, func.count().label("pages"), due.label("due"))
        .where(c.kind == "article")
        .group_by(c.site, c.section, c.state)
        .order_by(c.site, c.section, c.state)
    )


def select_due(place: Mapping[str, str], now: dt.datetime, *, full: bool) -> Select[Any]:
    """How many articles are due, never asked for ("new"), failed before ("retries") or read before ("revisits").
    ``place`` are site, section and origin; with ``full`` all count that were ever asked for."""
    c = frontier.c
    kind = case((c.visits > 0, "revisits"), (c.tries + c.misses > 0, "retries"), else_="new").label("kind")
    due = c.due_at <= stamp(now)
    if full:
        due = or_(due, c.visited_at.is_not(None))
    own = [c[name] == value for name, value in place.items()]
    return select(kind, func.count().label("pages")).where(*own, c.kind == "article", due).group_by(kind)


def select_failures(last: int) -> Select[Any]:
    """The pages whose last visit did not read them, the latest first, with the reason."""
    c = frontier.c
    shown = select(c.site, c.section, c.kind, c.url, c.state, c.reason, c.tries, c.visited_at, c.due_at)
    failed = and_(c.reason.is_not(None), c.visited_at.is_not(None))
    return shown.where(failed).order_by(c.visited_at.desc(), c.id.desc()).limit(last)


def select_accounts(state: str | None = None) -> Select[Any]:
    """Every row that a listing ever showed, and what became of it: "stored", else how it stands in the frontier, and
    "unknown" when it is in neither. ``state`` keeps to one of these words."""
    s, f = seen.c, frontier.c
    # A crawl from a start_url has pages of its own, for a replica serves other articles under the same addresses.
    own = or_(and_(runs.c.start_url.is_(None), f.origin == ""), and_(runs.c.start_url.is_not(None), f.origin != ""))
    same = and_(f.url == s.url, f.site == runs.c.site, f.section == runs.c.section, own)
    # What was read from a copy that somebody else kept never stood in the frontier.
    copied = and_(f.id.is_(None), exists().where(articles.c.url == s.url))
    account = case(
        (f.article_id.is_not(None) & (f.state == "read"), "stored"),
        (copied, "stored"),
        else_=func.coalesce(f.state, "unknown"),
    )
    shown = select(
        runs.c.site, runs.c.section, s.listing_url, s.url, s.title, s.date, account.label("account"), f.reason, f.due_at
    )
    found = shown.select_from(seen.join(runs, runs.c.id == s.run_id).outerjoin(frontier, same))
    if state is not None:
        found = found.where(account == state if is_storable(state) else false())
    return found.order_by(runs.c.site, runs.c.section, s.id)


def select_unstored(site: str | None, section: str | None, until: str | None) -> Select[Any]:
    """The rows that listings showed and that are not stored, each once and with the reason, in an order that does not
    depend on when they came. None leaves a matter open; ``until`` is the last moment at which a listing may have shown
    them first."""
    rows = select_accounts().add_columns(seen.c.first_seen).order_by(None).subquery()
    c = rows.c
    limits = ((c.site, site), (c.section, section))
    wanted = [column == value for column, value in limits if value is not None]
    if until is not None:
        wanted.append(c.first_seen <= until)
    shown = c.site, c.section, c.listing_url, c.url, c.title, c.date, c.account, c.reason, c.first_seen
    found = select(*shown).where(c.account != "stored", *wanted).distinct()
    return found.order_by(c.site, c.section, c.listing_url, c.url, c.account, c.reason.asc().nulls_last())
