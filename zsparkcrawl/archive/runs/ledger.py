"""What the archive tells of its runs and of its frontier: for judging a night, and for whoever looks in."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Generator, Mapping
from typing import Any

from sqlalchemy import and_, exists, or_, select

from zsparkcrawl.archive.articles.storable import stamp, storable
from zsparkcrawl.archive.crawling.workers import is_lost
from zsparkcrawl.archive.database.running import is_alive
from zsparkcrawl.archive.database.sharing import moment
from zsparkcrawl.archive.database.upkeep import Upkeep
from zsparkcrawl.archive.runs import overview
from zsparkcrawl.archive.runs.status import Status, read_status
from zsparkcrawl.archive.tables.schema import frontier, runs, seen, workers

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
            same = [c[name] == this[name] for name in ("site", "section", "kind")]
            same.append(c.start_url.is_not_distinct_from(this["start_url"]))
            before = select(runs).where(*same, c.id < run_id, c.started >= since, c.state.in_(["good", "suspicious"]))
            past = connection.execute(before.order_by(c.id)).mappings().all()
        return [*map(dict, past), dict(this)]

    def has_shown(self, listing_url: str) -> bool:
        """Whether a listing page ever showed an article of the site; links to other hosts are none."""
        own = and_(
            frontier.c.url == seen.c.url, or_(frontier.c.state != "off-site", frontier.c.visited_at.is_not(None))
        )
        shown = select(exists().where(seen.c.listing_url == storable(listing_url), own))
        with self._reading() as connection:
            return bool(connection.execute(shown).scalar())

    def latest_runs(self, last: int) -> list[Mapping[str, Any]]:
        """The latest runs, newest first. One that is entered as running and whose process is gone, or all of
        whose workers are lost, is shown as "died"."""
        with self._reading() as connection:
            latest = select(runs).order_by(runs.c.id.desc()).limit(last)
            found = [dict(row) for row in connection.execute(latest).mappings()]
            going = [run["id"] for run in found if run["state"] == "running"]
            w = workers.c
            parts = connection.execute(select(workers).where(w.run_id.in_(going))).mappings().all()
            now = moment(connection)
        shared = {part["run_id"] for part in parts}
        alive = {part["run_id"] for part in parts if part["state"] == "working" and not is_lost(part, now)}
        return [{**run, "state": "died"} if _is_dead(run, shared, alive) else run for run in found]

    def states(self, now: dt.datetime) -> list[Mapping[str, Any]]:
        """How many articles stand how in the frontier, and how many of them are due: site, section, state, pages,
        due."""
        return list(self._rows(overview.select_states(now)))

    def due(self, site: str, section: str, origin: str, now: dt.datetime, *, full: bool = False) -> dict[str, int]:
        """How many articles of a section are due: new, retries, revisits. With ``full`` those that a full run would
        ask for."""
        place = {"site": site, "section": section, "origin": origin}
        return {row["kind"]: row["pages"] for row in self._rows(overview.select_due(place, now, full=full))}

    def failures(self, last: int) -> list[Mapping[str, Any]]:
        """The pages that could not be read when they were last visited, the latest first, with the reason."""
        return list(self._rows(overview.select_failures(last)))

    def accounts(self, state: str | None = None) -> Generator[Mapping[str, Any]]:
        """Every row that listings showed, and what became of it: site, section, listing_url, url, title, date,
        account, reason, due_at. The account is stored, waiting, failed, gone, off-site, spam, not an article,
        duplicate, read (known from before, not stored yet) or unknown; ``state`` keeps to one."""
        return self._rows(overview.select_accounts(state))

    def status(self, *, last_runs: int = 10) -> Status:
        """How the archive stands."""
        with self._reading() as connection:
            return read_status(connection, self.name, last_runs)


def _is_dead(run: Mapping[str, Any], shared: Collection[int], alive: Collection[int]) -> bool:
    """Whether a run is over that is entered as running: none of the workers that share it is there, or its process."""
    return run["state"] == "running" and not (run["id"] in alive if run["id"] in shared else is_alive(run))
