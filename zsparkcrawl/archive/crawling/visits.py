"""What becomes of a page in the frontier after a visit: pure decisions, no clock of their own, no SQL."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal

__all__ = [
    "BACK_OFF", "REVISITS", "SUSPECTED", "Ending", "Kind", "Lease", "Standing", "State", "Visited", "is_gone",
    "stand_after",
]  # fmt: skip

State = Literal["waiting", "read", "failed", "gone", "off-site", "spam", "not an article", "duplicate"]
"""How a page stands: to be fetched, read at least once, or why it was not."""

Kind = Literal["listing", "article", "file"]

Ending = Literal[
    "read", "not now", "gone", "off-site", "forbidden", "spam", "not an article", "duplicate", "outside"
]  # fmt: skip
"""How a visit ended. ``not now`` is a failure that another day may heal; ``gone`` the site's word that there is
nothing, by status or in a page; ``forbidden`` robots.txt; ``duplicate`` a way to another article; ``outside`` an
article of another time than this crawl was asked for."""

REVISITS = tuple(dt.timedelta(days=days) for days in (1, 3, 7, 30))
"""How long after the first, second … reading an article is looked at again. Then only by a full run."""

BACK_OFF = tuple(
    map(dt.timedelta, (0, 0, 0, 0, 1, 3, 7), (1, 5, 3600, 6 * 3600, 0, 0, 0))
)  # fmt: skip
"""How long after the first, second … failure in a row a page is asked for again. The first two are within the patience
of one run, so that one lost connection costs no article; then nights go by. Chosen."""

SUSPECTED = 2
"""Processes in a row that ended while a page was on its way: from so many on it is fetched alone. One proves nothing,
and each costs the rest of a night. Chosen."""

_LONGEST = dt.timedelta(days=30)
"""The longest Retry-After that is believed."""

_AGAIN = dt.timedelta(days=7)
_MISSES, _MISSED_FOR = 3, dt.timedelta(days=14)
"""A page is gone for good when three visits over 14 days found nothing."""


@dataclass(frozen=True, slots=True)
class Standing:
    """How a page stands in the frontier.

    ``due_at`` is when it is to be fetched next, None never by itself. ``visits`` counts readings, ``tries`` failures in
    a row, ``misses`` visits in a row that found it gone, the first of them at ``missed_since``. All moments are aware.
    """

    state: State = "waiting"
    due_at: dt.datetime | None = None
    visits: int = 0
    tries: int = 0
    misses: int = 0
    missed_since: dt.datetime | None = None
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Lease:
    """A page that was taken to be fetched. ``walk`` is the walk along a listing of which the page is the next, as
    JSON has it; ``etag`` and ``last_modified`` are what the server said when it was last read."""

    id: int
    kind: Kind
    url: str
    standing: Standing
    title: str | None = None
    etag: str | None = None
    last_modified: str | None = None
    walk: Mapping[str, Any] | None = None
    article_id: int | None = None
    again: bool = False
    """Whether this run has tried it before."""
    named: bool = True
    """Whether a listing, an article or the operator named it; False when only another address led to it."""
    taken: int = 0
    """How often the page was taken to be fetched, this time included: tells one lease of it from the next."""
    left_behind: int = 0
    """How many processes in a row ended while it was on its way."""

    @property
    def is_suspected(self) -> bool:
        """Whether it may be what ended them, and must be fetched alone."""
        return self.left_behind >= SUSPECTED


@dataclass(frozen=True, slots=True)
class Visited:
    """How a visit to a leased page ended: what is entered together with whatever was read from it.

    ``again`` when this run is to try it once more; ``keep_walk`` when the page is still the next of its walk;
    ``article_id`` and ``listed_date`` what is known now of the article that is expected there.
    """

    lease: Lease
    standing: Standing
    etag: str | None = None
    last_modified: str | None = None
    again: bool = False
    keep_walk: bool = False
    article_id: int | None = None
    listed_date: dt.date | None = None


def stand_after(
    before: Standing,
    ending: Ending,
    now: dt.datetime,
    *,
    reason: str | None = None,
    retry_after: dt.timedelta | None = None,
) -> Standing:
    """How a page stands after a visit that ended so. What was read once stays read until three visits over 14 days
    found it gone: a hijacked or broken answer of one night proves nothing.

    >>> now = dt.datetime(2026, 11, 22, tzinfo=dt.UTC)
    >>> stand_after(Standing(), "read", now).due_at.isoformat()
    '2026-11-23T00:00:00+00:00'
    >>> stand_after(Standing(), "not now", now, reason="HTTP status 503", retry_after=dt.timedelta(hours=2)).due_at.hour
    2
    >>> stand_after(Standing(), "off-site", now).state
    'off-site'
    """
    if ending == "read":
        return Standing("read", _in(now, REVISITS, before.visits), visits=before.visits + 1)
    if ending == "outside":
        return replace(before, tries=0, reason=reason)
    # Where an article stood that was read once, another one's page tells that it is gone; any other page that the site
    # is in trouble, or hijacked.
    if ending == "gone" or (before.visits and ending == "duplicate"):
        return _missed(before, now, reason)
    if ending == "not now" or before.visits:
        return _failed(before, now, reason, retry_after)
    # One night's redirect, robots.txt or spam is no last word either.
    tries = before.tries + 1
    again = now + _AGAIN if ending != "duplicate" and tries < _MISSES else None
    return replace(
        before, state="failed" if ending == "forbidden" else ending, due_at=again, tries=tries, reason=reason
    )


def is_gone(standing: Standing) -> bool:
    """Whether a page that was read once is confirmed to be gone."""
    return standing.state == "gone" and standing.visits > 0


def _failed(before: Standing, now: dt.datetime, reason: str | None, retry_after: dt.timedelta | None) -> Standing:
    due_at = _in(now, BACK_OFF, before.tries)
    if due_at is not None and retry_after is not None:
        due_at = max(due_at, now + min(retry_after, _LONGEST))
    state = before.state if due_at is not None else "failed"
    return replace(before, state=state, due_at=due_at, tries=before.tries + 1, reason=reason)


def _missed(before: Standing, now: dt.datetime, reason: str | None) -> Standing:
    since = before.missed_since or now
    confirmed = before.misses + 1 >= _MISSES and now - since >= _MISSED_FOR
    return replace(
        before,
        state="gone" if confirmed or not before.visits else before.state,
        due_at=None if confirmed else now + _AGAIN,
        tries=0,
        misses=before.misses + 1,
        missed_since=since,
        reason=reason,
    )


def _in(now: dt.datetime, delays: tuple[dt.timedelta, ...], number: int) -> dt.datetime | None:
    """The moment after the delay of that number; None when there are no more."""
    return now + delays[number] if number < len(delays) else None
