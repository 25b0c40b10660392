"""When a host may be asked: the spacing of requests, over all workers. Only for PostgreSQL.

Each word with the database is one statement that commits by itself. So a worker that is stopped in the midst of it
leaves nobody waiting, and nobody goes ahead of the moment that another one took. A moment is taken only when it has
come, never in advance: when a host asks to be left alone, that holds for all who wait.
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection, text

__all__ = ["Answered", "Spacing", "Turn", "enter_host", "give_back", "take_turn", "until_turn"]


@dataclass(frozen=True, slots=True)
class Spacing:
    """How a host is to be asked: at least so many seconds apart, at most so many requests at once. ``adaptive`` when
    the seconds follow its answers, from ``first`` on and up to ``longest``."""

    least: float
    at_once: int
    adaptive: bool = False
    first: float = 0.0
    longest: float = 60.0


@dataclass(frozen=True, slots=True)
class Turn:
    """The leave to send one request to a host: which of those that may be on their way it is."""

    host: str
    number: int
    taken: int
    worker_id: int


@dataclass(frozen=True, slots=True)
class Answered:
    """What became of a request: ``target`` seconds between two would suit the host by the time that this one took, None
    when nothing was learnt; ``good`` whether the answer was one; ``rest`` for how many seconds the host asks, or needs,
    to be left alone."""

    target: float | None = None
    good: bool = False
    rest: float = 0.0


_NOW = "extract(epoch FROM clock_timestamp())"

_ENTER = text(
    "INSERT INTO hosts (host, next_at, rests_until, delay) VALUES (:host, 0, 0, :first) "
    "ON CONFLICT (host) DO UPDATE SET delay = CASE WHEN :adaptive THEN hosts.delay ELSE excluded.delay END"
)
_ENTER_SLOTS = text(
    "INSERT INTO host_slots (host, number, taken, until) "
    "SELECT :host, number, 0, 0 FROM generate_series(1, :at_once) AS number ON CONFLICT DO NOTHING"
)
_TAKE = text(
    f"""
    WITH slot AS (
        SELECT number FROM host_slots
        WHERE host = :host AND number <= :at_once AND until <= {_NOW}
        ORDER BY number LIMIT 1 FOR UPDATE SKIP LOCKED
    ), moment AS (
        UPDATE hosts SET next_at = {_NOW} + greatest(delay, :least)
        WHERE host = :host AND next_at <= {_NOW} AND rests_until <= {_NOW} AND EXISTS (SELECT 1 FROM slot)
        RETURNING host
    )
    UPDATE host_slots SET worker_id = :worker_id, taken = taken + 1, until = {_NOW} + :seconds
    FROM slot, moment
    WHERE host_slots.host = moment.host AND host_slots.number = slot.number
    RETURNING host_slots.number, host_slots.taken
    """  # noqa: S608 - a constant of this module
)
_UNTIL = text(f"SELECT next_at - {_NOW}, rests_until - {_NOW} FROM hosts WHERE host = :host")  # noqa: S608 - the same
_GIVE_BACK = text(
    f"""
    WITH freed AS (
        UPDATE host_slots SET until = 0
        WHERE host = :host AND number = :number AND taken = :taken AND worker_id = :worker_id
        RETURNING host
    )
    UPDATE hosts SET
        rests_until = CASE WHEN :rest > 0 THEN greatest(rests_until, {_NOW} + :rest) ELSE rests_until END,
        delay = CASE WHEN :learns AND (:good OR {{new}} > delay) THEN {{new}} ELSE delay END
    WHERE host = :host
    """.format(new="least(greatest(:target, (delay + :target) / 2, :least), :longest)")  # noqa: S608 - the same
)
"""The delay follows the answers as Scrapy's AutoThrottle has it: halfway to what would suit, at once when that is more;
and what is no good answer, which comes fast, makes it no shorter."""


def enter_host(connection: Connection, host: str, spacing: Spacing) -> None:
    """Have a host in the tables."""
    first = max(spacing.least, spacing.first) if spacing.adaptive else spacing.least
    connection.execute(_ENTER, {"host": host, "first": first, "adaptive": spacing.adaptive})
    connection.execute(_ENTER_SLOTS, {"host": host, "at_once": spacing.at_once})


def take_turn(connection: Connection, host: str, worker_id: int, spacing: Spacing, seconds: float) -> Turn | None:
    """Take the leave to send a request now; None when it is too early, or when too many are on their way. It lapses
    after so many seconds, by which the request has ended."""
    values = {"host": host, "worker_id": worker_id, "least": spacing.least, "at_once": spacing.at_once}
    taken = connection.execute(_TAKE, {**values, "seconds": seconds}).first()
    return None if taken is None else Turn(host, taken.number, taken.taken, worker_id)


def until_turn(connection: Connection, host: str) -> tuple[float, float]:
    """Seconds until the host may be asked by its spacing, and until its rest ends; negative when that is past."""
    next_at, rests = connection.execute(_UNTIL, {"host": host}).one()
    return float(next_at), float(rests)


def give_back(connection: Connection, turn: Turn, spacing: Spacing, answered: Answered) -> None:
    """Enter that a request has ended, and what was learnt of the host."""
    learns = spacing.adaptive and answered.target is not None
    values = {"learns": learns, "target": answered.target or 0.0, "good": answered.good, "rest": answered.rest}
    place = {"host": turn.host, "number": turn.number, "taken": turn.taken, "worker_id": turn.worker_id}
    connection.execute(_GIVE_BACK, {**place, **values, "least": spacing.least, "longest": spacing.longest})
