"""Kill a crawl at random moments, start it again, and compare what it brings home with a quiet run."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random

from bench.faults_trial import Report, Server, crawl, exported, fresh, rows, unreadable

__all__ = ["Killing", "kills"]

_ENOUGH = 12
"""Runs after which a crawl that never comes to its end is given up."""
_REFETCHED = 0.10


@dataclass(frozen=True, slots=True)
class Killing:
    """``rounds`` crawls of a site, of which each is killed ``in_a_row`` times, at moments drawn evenly over the time
    that the quiet run takes."""

    rounds: int
    articles: int
    seed: int
    in_a_row: int = 1


def kills(server: Server, folder: Path, asked: Killing) -> Report:
    """Try it, and report what came home."""
    report, pick = Report(), Random(asked.seed)
    server.set(articles=asked.articles)
    quiet = crawl(fresh(folder), server)
    first = server.log()
    wanted = exported(quiet.data)
    report.say(
        f"quiet run: {quiet.seconds:.1f} s, {len(first)} requests, {len(wanted)} articles, exit {quiet.code}",
        ok=quiet.code == 0 and len(wanted) == asked.articles,
    )
    tallies = []
    for _ in range(asked.rounds):
        moments = [pick.uniform(0, quiet.seconds) for _ in range(asked.in_a_row)]
        tallies.append(_round(server, fresh(folder), wanted, moments))
    for name in ("equal", "whole", "readable", "nothing left leased", "last run good"):
        good = sum(bool(tally[name]) for tally in tallies)
        report.say(f"{name}: {good} of {asked.rounds}", ok=good == asked.rounds)
    again = sum(float(tally["again"]) for tally in tallies)
    report.say(
        f"re-fetches: {again / (asked.rounds * asked.articles):.1%} of the articles' requests, at most "
        f"{max(float(tally['again']) for tally in tallies) / asked.articles:.1%} in one round",
        ok=again < _REFETCHED * asked.rounds * asked.articles,
    )
    runs = sum(float(tally["runs"]) for tally in tallies)
    report.say(f"runs to the end after the last kill: {runs / asked.rounds:.1f}; kills in a row: {asked.in_a_row}")
    return report


def _round(server: Server, data: Path, wanted: list[str], moments: Sequence[float]) -> dict[str, bool | float]:
    server.log()
    for moment in moments:
        crawl(data, server, kill_after=moment)
    runs, found, code = 0, [""], 0
    while runs < _ENOUGH and found != wanted:
        code = crawl(data, server).code
        runs += 1
        found = exported(data)
    paths = [asked.path for asked in server.log() if asked.path.startswith("/news/") and asked.path[6:7].isdigit()]
    return {
        "equal": found == wanted and runs == 1,
        "whole": rows(data, "PRAGMA integrity_check") == [("ok",)],
        "readable": unreadable(data) == 0 and bool(found),
        "nothing left leased": not rows(data, "SELECT 1 FROM frontier WHERE leased_by IS NOT NULL"),
        "last run good": code == 0,
        "again": len(paths) - len(set(paths)),
        "runs": runs,
    }
