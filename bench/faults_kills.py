"""Kill a crawl at random moments, start it again, and compare what it brings home with a quiet run."""

from __future__ import annotations

from pathlib import Path
from random import Random

from bench.faults_trial import End, Report, Server, crawl, exported, fresh, rows, unreadable

__all__ = ["kills"]

_ENOUGH = 12
"""Runs after which a crawl that never comes to its end is given up."""
_REFETCHED = 0.10


def kills(server: Server, folder: Path, *, rounds: int, articles: int, seed: int, in_a_row: int = 1) -> Report:
    """``rounds`` crawls of which each is killed ``in_a_row`` times at moments drawn evenly over the quiet run's time."""
    report, pick = Report(), Random(seed)
    server.set(articles=articles)
    quiet = crawl(fresh(folder), server)
    first = server.log()
    wanted = exported(quiet.data)
    report.say(
        f"quiet run: {quiet.seconds:.1f} s, {len(first)} requests, {len(wanted)} articles, exit {quiet.code}",
        ok=quiet.code == 0 and len(wanted) == articles,
    )
    tallies = [_round(server, fresh(folder), quiet, wanted, pick, in_a_row) for _ in range(rounds)]
    for name in ("equal", "whole", "readable", "nothing left leased", "last run good"):
        good = sum(bool(tally[name]) for tally in tallies)
        report.say(f"{name}: {good} of {rounds}", ok=good == rounds)
    again = sum(float(tally["again"]) for tally in tallies)
    report.say(
        f"re-fetches: {again / (rounds * articles):.1%} of the articles' requests, at most "
        f"{max(float(tally['again']) for tally in tallies) / articles:.1%} in one round",
        ok=again < _REFETCHED * rounds * articles,
    )
    runs = sum(float(tally["runs"]) for tally in tallies)
    report.say(f"runs to the end after the last kill: {runs / rounds:.1f}; kills in a row: {in_a_row}")
    return report


def _round(
    server: Server, data: Path, quiet: End, wanted: list[str], pick: Random, in_a_row: int
) -> dict[str, bool | float]:
    server.log()
    for _ in range(in_a_row):
        crawl(data, server, kill_after=pick.uniform(0, quiet.seconds))
    runs, found, last = 0, [""], quiet
    while runs < _ENOUGH and found != wanted:
        last = crawl(data, server)
        runs += 1
        found = exported(data)
    paths = [asked.path for asked in server.log() if asked.path.startswith("/news/") and asked.path[6:7].isdigit()]
    return {
        "equal": found == wanted and runs == 1,
        "whole": rows(data, "PRAGMA integrity_check") == [("ok",)],
        "readable": unreadable(data) == 0 and bool(found),
        "nothing left leased": not rows(data, "SELECT 1 FROM frontier WHERE leased_by IS NOT NULL"),
        "last run good": last.code == 0,
        "again": len(paths) - len(set(paths)),
        "runs": runs,
    }
