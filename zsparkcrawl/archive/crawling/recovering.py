"""What is to be fetched from a web archive, as rows: a run that is killed leaves them as they stand, and the next one
goes on there. The data folder's lock keeps two runs apart, so that no row needs to be leased."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from sqlalchemy import ColumnElement, Select, and_, case, func, or_, select, update

from zsparkcrawl.archive.articles.injecting import insert_for
from zsparkcrawl.archive.articles.storable import stamp, storable
from zsparkcrawl.archive.database.connected import Connected
from zsparkcrawl.archive.tables.schema import captures, recoveries

__all__ = ["Holding", "Recovering", "Wanting"]

Kind = Literal["article", "part", "listing", "file"]
_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Holding:
    """A capture that a web archive has, as its index tells: ``timestamp`` as YYYYMMDDhhmmss, ``digest`` "" when it
    tells none, ``place`` the file, offset and length of a record when it is to be had so."""

    kind: Kind
    section: str
    url: str
    timestamp: str
    digest: str = ""
    place: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class Wanting:
    """Which rows a run deals with: those of a web archive and a site; of some sections, and captured in some time
    (timestamps, inclusive; None for no bound)."""

    source: str
    site: str
    sections: tuple[str, ...]
    since: str | None = None
    until: str | None = None


class Recovering(Connected):
    """The part of :class:`zsparkcrawl.archive.Archive` that remembers what a web archive has."""

    def query(self, wanting: Wanting, section: str, url: str, *, fresh: dt.datetime) -> Mapping[str, Any] | None:
        """How far a question to the index came: its ``place``, {} at the beginning. None when it was answered to the
        end after the moment ``fresh``."""
        c = recoveries.c
        same = _of(wanting, kind="query") & (c.url == storable(url)) & (c.section == section)
        row = next(iter(list(self._rows(select(recoveries).where(same)))), None)
        if row is None or (row["state"] == "asked" and row["visited_at"] < stamp(fresh)):
            return {}
        return None if row["state"] == "asked" else dict(row["place"] or {})

    def enter_holdings(  # noqa: PLR0913 - the answer, and how far the question came with it
        self,
        wanting: Wanting,
        section: str,
        url: str,
        found: Iterable[Holding],
        *,
        onward: Mapping[str, Any] | None,
        now: dt.datetime,
    ) -> int:
        """Enter one answer of the index to the question ``url``; returns how many captures are new. ``onward`` says
        where the question goes on, None at its end. All or nothing."""
        common = {"site": wanting.site, "source": wanting.source, "found_at": stamp(now)}
        rows = [{**common, **_row_of(one)} for one in found]
        place = None if onward is None else dict(onward)
        state = "asked" if onward is None else "waiting"
        asked = {**common, **_row_of_query(section, url, state), "place": place, "visited_at": stamp(now)}
        with self._writing() as connection:
            before = connection.execute(select(func.count()).select_from(recoveries)).scalar_one()
            entry = insert_for(connection.dialect.name, recoveries)
            if rows:
                connection.execute(entry.on_conflict_do_nothing(), rows)
            after = connection.execute(select(func.count()).select_from(recoveries)).scalar_one()
            again = {name: entry.excluded[name] for name in ("place", "state", "visited_at")}
            keys = ["source", "site", "url", "timestamp"]
            connection.execute(entry.on_conflict_do_update(index_elements=keys, set_=again), asked)
        return int(after - before)

    def leave_alone(self, wanting: Wanting, until: dt.datetime, *, now: dt.datetime) -> None:
        """Enter that a web archive does not want to be asked before a moment."""
        row = {"site": wanting.site, "source": wanting.source, "found_at": stamp(now), "next_retry_at": stamp(until)}
        with self._writing() as connection:
            entry = insert_for(connection.dialect.name, recoveries)
            again = {"next_retry_at": entry.excluded.next_retry_at}
            keys = ["source", "site", "url", "timestamp"]
            entry = entry.on_conflict_do_update(index_elements=keys, set_=again)
            connection.execute(entry, {**row, **_row_of_query("", wanting.source, "asked")})

    def left_alone(self, wanting: Wanting, now: dt.datetime) -> str | None:
        """Until when a web archive does not want to be asked, UTC; None when it may be asked now."""
        c = recoveries.c
        wanted = select(func.max(c.next_retry_at).label("until"))
        wanted = wanted.where(c.source == wanting.source, c.url == storable(wanting.source), c.kind == "query")
        until = next(iter([row["until"] for row in self._rows(wanted)]))
        return str(until) if until and until > stamp(now) else None

    def known_holdings(self, wanting: Wanting) -> set[tuple[str, str]]:
        """Address and timestamp of all captures that were found before, whatever became of them."""
        c = recoveries.c
        wanted = select(c.url, c.timestamp).where(_of(wanting), c.kind != "query")
        return {(row["url"], row["timestamp"]) for row in self._rows(wanted)}

    def next_holding(self, wanting: Wanting, kinds: Collection[str], now: dt.datetime) -> Mapping[str, Any] | None:
        """The next capture that is to be fetched: the oldest first, so that the states of an article come in their
        order, and listings last. None when none is due."""
        c = recoveries.c
        due = or_(c.next_retry_at.is_(None), c.next_retry_at <= stamp(now))
        wanted = select(recoveries).where(_of(wanting), c.kind.in_(kinds), c.state == "waiting", due)
        order = (case((c.kind == "listing", 1), else_=0), c.timestamp, c.id)
        return next(iter(list(self._rows(wanted.order_by(*order).limit(1)))), None)

    def holding(self, wanting: Wanting, url: str, timestamp: str) -> Mapping[str, Any] | None:
        """The row of one capture; None when the index told of none."""
        c = recoveries.c
        same = (c.source == wanting.source, c.site == wanting.site, c.url == storable(url), c.timestamp == timestamp)
        return next(iter(list(self._rows(select(recoveries).where(*same)))), None)

    def settle_holding(self, number: int, *, now: dt.datetime, **values: Any) -> None:
        """Enter what became of a capture that was asked for: state, reason, capture_id, tries, next_retry_at."""
        changed = {**values, "visited_at": stamp(now)}
        with self._writing() as connection:
            connection.execute(update(recoveries).where(recoveries.c.id == number).values(changed))

    def kept_holdings(self, wanting: Wanting) -> list[int]:
        """The numbers of the captures that were fetched from a web archive and not read yet, the oldest first."""
        c = recoveries.c
        wanted = select(captures.c.id).join(recoveries, c.capture_id == captures.c.id)
        wanted = wanted.where(_of(wanting), c.state == "kept").order_by(captures.c.time, captures.c.id)
        return [row["id"] for row in self._rows(wanted)]

    def mark_read(self, numbers: Collection[int]) -> None:
        """Enter that captures that were fetched from a web archive have been read."""
        c = recoveries.c
        ordered = sorted(numbers)
        with self._writing() as connection:
            for at in range(0, len(ordered), _AT_ONCE):
                some = c.capture_id.in_(ordered[at : at + _AT_ONCE])
                connection.execute(update(recoveries).where(some, c.state == "kept").values(state="read"))

    def standing_holdings(self, wanting: Wanting) -> Counter[str]:
        """How many captures stand how."""
        c = recoveries.c
        counted = select(c.state, func.count().label("number")).where(_of(wanting), c.kind != "query")
        return Counter({row["state"]: row["number"] for row in self._rows(counted.group_by(c.state))})

    def next_holding_due(self, wanting: Wanting) -> str | None:
        """When the first of the captures that wait after a failure may be asked for again; None when none waits."""
        c = recoveries.c
        wanted: Select[Any] = select(func.min(c.next_retry_at).label("due"))
        wanted = wanted.where(_of(wanting), c.kind != "query", c.state == "waiting")
        due = [row["due"] for row in self._rows(wanted)]
        return str(due[0]) if due[0] else None


def _row_of(one: Holding) -> dict[str, Any]:
    """What the table has of a capture that the index told of."""
    return {
        "kind": one.kind,
        "section": one.section,
        "url": storable(one.url),
        "timestamp": one.timestamp,
        "digest": storable(one.digest),
        "place": None if one.place is None else dict(one.place),
        "state": "waiting",
    }


def _row_of_query(section: str, url: str, state: str) -> dict[str, Any]:
    """What the table has of a question, but for how far it came."""
    empty = {"timestamp": "", "digest": ""}
    return {"kind": "query", "section": section, "url": storable(url), "state": state, **empty}


def _of(wanting: Wanting, kind: str | None = None) -> ColumnElement[bool]:
    c = recoveries.c
    conditions = [c.source == wanting.source, c.site == wanting.site]
    if kind is not None:
        return and_(*conditions, c.kind == kind)
    conditions.append(c.section.in_(wanting.sections))
    if wanting.since is not None:
        conditions.append(or_(c.kind == "file", c.timestamp >= wanting.since))
    if wanting.until is not None:
        conditions.append(or_(c.kind == "file", c.timestamp <= wanting.until))
    return and_(*conditions)
