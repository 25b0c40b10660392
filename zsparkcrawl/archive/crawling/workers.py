"""Workers: the processes that share a run and its pages. Each function works in the transaction that it is given.

A worker gives a sign of life every few seconds. One whose last sign is older than the lapse counts as lost: what it had
taken to fetch is free, and others take it, while they run. Should it only have been asleep, each page that it brings
back is refused, for its lease is not its own any more. All moments are told by the database's clock, so that those of
the machines need not agree.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from sqlalchemy import ColumnElement, Connection, RowMapping, Select, and_, func, insert, select, update

from zsparkcrawl.archive.articles.storable import stamp, storable
from zsparkcrawl.archive.crawling.left_behind import take_over
from zsparkcrawl.archive.crawling.writing import bury_dead_runs, insert_run
from zsparkcrawl.archive.database.locking import LockedError
from zsparkcrawl.archive.database.running import has_ended
from zsparkcrawl.archive.database.sharing import moment
from zsparkcrawl.archive.tables.schema import frontier, host_slots, runs, workers
from zsparkcrawl.errors import ZsparkError

__all__ = [
    "Part",
    "Told",
    "WorkerLostError",
    "bury_lapsed",
    "bury_workers",
    "end_part",
    "is_lost",
    "join_run",
    "origin_of",
    "others_of",
    "select_workers",
    "sign",
]


class WorkerLostError(ZsparkError):
    """This worker gave no sign of life for too long, and others took over what it had."""


@dataclass(frozen=True, slots=True)
class Part:
    """The part that one process takes in one run: the number of its row, that of the run, for how many seconds the run
    was under way when it joined, and after how many without a sign of life it counts as lost."""

    worker_id: int
    run_id: int
    since: float
    lapse: float


@dataclass(frozen=True, slots=True)
class Told:
    """What a worker told of itself: its name, whether it is working, left or lost, why it left, and what it counted."""

    name: str
    state: str
    reason: str | None
    stats: Mapping[str, Any]


def origin_of(start_url: str | None) -> str:
    """Whose pages a crawl from a listing means: "" for the site's own.

    >>> origin_of(None), origin_of("http://Park.example:8080/news/")
    ('', 'park.example:8080')
    """
    return "" if start_url is None else urlsplit(start_url).netloc.casefold()


def join_run(connection: Connection, run: Mapping[str, Any], worker: Mapping[str, Any], lapse: float) -> Part:
    """Take part in the run of a section that is under way, or begin one when there is none. ``run`` and ``worker`` are
    columns of the tables. Raises LockedError when a run of the same pages is under way that does something else."""
    now = moment(connection)
    bury_lapsed(connection)
    bury_dead_runs(connection, alone=True)
    take_over(connection, now)
    found = _running(connection, run)
    if found is None:
        number, since = insert_run(connection, {**run, "started": stamp(now)}), 0.0
    else:
        number = int(found["id"])
        since = max(0.0, (now - dt.datetime.fromisoformat(found["started"])).total_seconds())
    row = {**worker, "run_id": number, "state": "working", "lapse": lapse, "stats": {}}
    row |= {"started": stamp(now), "alive_at": stamp(now)}
    made = connection.execute(insert(workers).values(row).returning(workers.c.id)).scalar_one()
    return Part(int(made), number, since, lapse)


def _running(connection: Connection, run: Mapping[str, Any]) -> RowMapping | None:
    """The run of the same pages that is under way."""
    c = runs.c
    same = select(runs).where(c.state == "running", c.site == run["site"], c.section == run["section"])
    for row in connection.execute(same.order_by(c.id)).mappings():
        if origin_of(row["start_url"]) != origin_of(run["start_url"]) or row["kind"] != "crawl":
            continue
        if (row["start_url"], row["arguments"]) != (run["start_url"], run["arguments"]):
            raise LockedError(
                f"run {row['id']} of the same pages is under way with other arguments: {row['arguments']}"
            )
        return row
    return None


def sign(connection: Connection, part: Part, stats: Mapping[str, Any]) -> None:
    """Enter a sign of life, and what was counted by now. Raises WorkerLostError when it comes too late."""
    values = {"alive_at": stamp(moment(connection)), "stats": stats}
    own = and_(workers.c.id == part.worker_id, workers.c.state == "working")
    if connection.execute(update(workers).where(own).values(values)).rowcount != 1:
        raise WorkerLostError(_too_late(part))


def others_of(connection: Connection, part: Part) -> list[Told]:
    """What the other workers of the run tell, those included that are not there any more."""
    c = workers.c
    others = select(c.name, c.state, c.reason, c.stats).where(c.run_id == part.run_id, c.id != part.worker_id)
    return [Told(*row) for row in connection.execute(others.order_by(c.id))]


def end_part(connection: Connection, part: Part, reason: str, stats: Mapping[str, Any]) -> bool:
    """Enter that a worker leaves, and free what it had; returns whether it is the last one, who has to end the run.
    Raises WorkerLostError when it was given up for lost before."""
    c = workers.c
    values = {"state": "left", "reason": storable(reason), "ended": stamp(moment(connection)), "stats": stats}
    left = update(workers).where(c.id == part.worker_id, c.state == "working").values(values)
    if connection.execute(left).rowcount != 1:
        raise WorkerLostError(_too_late(part))
    _free(connection, frontier.c.worker_id == part.worker_id)
    _end_turns(connection, [part.worker_id])
    bury_lapsed(connection)
    still = select(func.count()).where(c.run_id == part.run_id, c.state == "working")
    return not connection.execute(still).scalar_one()


def _too_late(part: Part) -> str:
    return f"no sign of life of this worker for {part.lapse:g} seconds: others have taken over its pages"


def bury_lapsed(connection: Connection) -> None:
    """Give up the workers that gave no sign of life for longer than they said they would, or whose process is certain
    to be gone; free what they had taken."""
    now = moment(connection)
    rows = connection.execute(select(workers).where(workers.c.state == "working")).mappings().all()
    bury_workers(connection, [row["id"] for row in rows if is_lost(row, now)])
    # One that only slept may have taken more, after it was given up and before it knew.
    _free(connection, frontier.c.worker_id.in_(select(workers.c.id).where(workers.c.state != "working")))


def is_lost(row: RowMapping, now: dt.datetime) -> bool:
    """Whether a worker that is entered as working gave no sign of life for too long, or its process is certain to be
    gone; ``now`` by the clock of the database."""
    return bool(row["alive_at"] < stamp(now - dt.timedelta(seconds=row["lapse"]))) or has_ended(dict(row))


def bury_workers(connection: Connection, numbers: Sequence[int] | None = None) -> None:
    """Give up these workers, or all that there are."""
    c = workers.c
    if numbers is None:
        numbers = connection.execute(select(c.id).where(c.state == "working")).scalars().all()
    if numbers:
        now = moment(connection)
        values = {"state": "lost", "reason": "no sign of life", "ended": stamp(now)}
        connection.execute(update(workers).where(c.id.in_(numbers)).values(values))
        _free(connection, frontier.c.worker_id.in_(numbers))
        _end_turns(connection, numbers)


def _free(connection: Connection, those: ColumnElement[bool]) -> None:
    """Free pages. That a worker is gone while others go on tells nothing against what it had: of twenty that were
    killed at random moments in one run, two pages had come under suspicion (measured)."""
    connection.execute(update(frontier).where(those).values(leased_by=None, worker_id=None))


def _end_turns(connection: Connection, numbers: Sequence[int]) -> None:
    connection.execute(update(host_slots).where(host_slots.c.worker_id.in_(numbers)).values(until=0))


def select_workers(*, ended_after: str) -> Select[Any]:
    """The workers of runs that are under way, and those that ended after a moment, with the site and section of the run
    and how many pages each has taken."""
    w = workers.c
    leased = select(func.count()).where(frontier.c.worker_id == w.id).scalar_subquery()
    shown = [column for column in w if column.name not in ("place", "process_mark")]
    found = select(*shown, runs.c.site, runs.c.section, leased.label("leases")).select_from(workers.join(runs))
    meant = (runs.c.state == "running") | (w.ended >= ended_after)
    return found.where(meant).order_by(w.id)
