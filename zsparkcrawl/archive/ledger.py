"""What the archive tells of its runs and of its frontier: for judging a night, and for whoever looks in."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from sqlalchemy import exists, select

from zsparkcrawl.archive.schema import runs, seen
from zsparkcrawl.archive.status import Status, read_status
from zsparkcrawl.archive.storable import stamp, storable
from zsparkcrawl.archive.upkeep import Upkeep

__all__ = ["Ledger"]

_REMEMBERED = dt.timedelta(days=400)
"""How far back the past of a night goes: a year, with its holidays."""


class Ledger(Upkeep):
    """The part of :class:`zsparkcrawl.archive.Archive` that tells how crawling went."""

    def runs_until(self, run_id: int) -> list[Mapping[str, Any]]:
        """A run and, before it, those of the same listings that have ended, up to 400 days back: the oldest first.
        Raises KeyError when there is no such run."""
        c = runs.c
        with self._reading() as connection:
            this = connection.execute(select(runs).where(c.id == run_id)).mappings().one_or_none()
            if this is None:
                raise KeyError(run_id)
            since = stamp(dt.datetime.fromisoformat(this["started"]) - _REMEMBERED)
            same = [c[name] == this[name] for name in ("site", "section")]
            same.append(c.start_url.is_not_distinct_from(this["start_url"]))
            before = select(runs).where(*same, c.id < run_id, c.started >= since, c.state.in_(["good", "suspicious"]))
            past = connection.execute(before.order_by(c.id)).mappings().all()
        return [*map(dict, past), dict(this)]

    def has_shown(self, listing_url: str) -> bool:
        """Whether a listing page ever showed an article."""
        shown = select(exists().where(seen.c.listing_url == storable(listing_url)))
        with self._reading() as connection:
            return bool(connection.execute(shown).scalar())

    def status(self, *, last_runs: int = 10) -> Status:
        """How the archive stands."""
        with self._reading() as connection:
            return read_status(connection, self.name, last_runs)
