"""How the crawling of each section goes, in words: from the ledger of runs, without clock or SQL."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Literal

from zsparkcrawl.habit import is_comparable

__all__ = ["Health", "ago", "check_code", "healths"]

State = Literal["good", "running", "suspicious", "failed", "died", "overdue", "never"]

_CODES: Mapping[State, int] = {"good": 0, "running": 0, "suspicious": 2}
"""What `status --check` leaves with; 1 for all others."""
_LATE, _HABIT = 2, 3
"""A section is overdue after twice its usual gap, when three gaps are known. Chosen."""
_PATIENCE = dt.timedelta(hours=12)
"""No crawl is overdue within half a day: machines sleep, and nights differ in length."""


@dataclass(frozen=True, slots=True)
class Health:
    """How a section fares: the state that counts, and a line that says it."""

    name: str
    state: State
    line: str


def healths(runs: Sequence[Mapping[str, Any]], now: dt.datetime) -> list[Health]:
    """Of each section how its last run ended, since when it is not good, and whether the next is overdue.

    ``runs`` are rows of the ledger, newest first; what took over copies is none. Crawls from a start_url are left out
    where there are others, and so are those for a look, with a limit or numbers.

    >>> run = {"site": "nhtp", "section": "news", "start_url": None, "arguments": {}, "state": "good", "reason": "",
    ...        "started": "2026-11-22T00:30:00Z", "ended": "2026-11-22T00:31:00Z"}
    >>> healths([run], dt.datetime(2026, 11, 22, 3, 31, tzinfo=dt.UTC))[0].line
    'news: good, 3 hours ago'
    """
    crawls = [run for run in runs if run.get("kind", "crawl") == "crawl"]
    shown = [run for run in crawls if is_comparable(run["arguments"])] or crawls
    shown = [run for run in shown if run["start_url"] is None] or shown
    groups: dict[tuple[str, str], list[Mapping[str, Any]]] = {}
    for run in shown:
        groups.setdefault((run["site"], run["section"]), []).append(run)
    several = len({site for site, _ in groups}) > 1
    return [
        _health(f"{site} {section}" if several else section, group, now)
        for (site, section), group in sorted(groups.items())
    ] or [Health("", "never", "nothing has run yet")]


def check_code(found: Iterable[Health]) -> int:
    """The exit code for monitoring: 0 all well, 2 something suspicious, 1 something worse."""
    codes = {_CODES.get(health.state, 1) for health in found}
    return next((code for code in (1, 2) if code in codes), 0)


def ago(span: dt.timedelta) -> str:
    """A span in words, by its largest unit.

    >>> ago(dt.timedelta(hours=50)), ago(dt.timedelta(minutes=1)), ago(dt.timedelta(0))
    ('2 days', '1 minute', 'a moment')
    """
    for seconds, unit in ((86_400, "day"), (3_600, "hour"), (60, "minute")):
        if number := int(span.total_seconds()) // seconds:
            return f"{number} {unit}" if number == 1 else f"{number} {unit}s"
    return "a moment"


def _health(name: str, runs: Sequence[Mapping[str, Any]], now: dt.datetime) -> Health:
    last = runs[0]
    began = _moment(last["started"])
    if last["state"] == "running":
        return Health(name, "running", f"{name}: running for {ago(max(now - began, dt.timedelta(0)))}")
    ended = _moment(last["ended"] or last["started"])
    state: State = last["state"]
    # A clock that was set back is behind what it once told.
    when = f"{ago(now - ended)} ago" if ended <= now else f"{ago(ended - now)} ahead of the clock"
    line = f"{name}: {state}, {when}"
    if state != "good":
        line += f"{_since(runs)}: {last['reason'] or 'its process ended without a word'}"
    if late := _late([_moment(run["started"]) for run in runs], now):
        return Health(name, state if state in ("failed", "died") else "overdue", f"{line}; {late}")
    return Health(name, state, line)


def _since(runs: Sequence[Mapping[str, Any]]) -> str:
    """For how many runs in a row it has not been good."""
    good = next((index for index, run in enumerate(runs) if run["state"] == "good"), len(runs))
    return f", not good for {good} runs since {runs[good - 1]['started'][:10]}" if good > 1 else ""


def _late(started: Sequence[dt.datetime], now: dt.datetime) -> str | None:
    """What to say when the next run should have been; ``started`` are the moments of the runs, newest first."""
    gaps = sorted(later - earlier for later, earlier in pairwise(started))
    if len(gaps) < _HABIT:
        return None
    usual, waited = gaps[len(gaps) // 2], now - started[0]
    if waited <= max(_LATE * usual, _PATIENCE):
        return None
    return f"nothing has run for {ago(waited)}, every {ago(usual)} used to be usual"


def _moment(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(text)
