"""What an archive of many articles costs on SQLite and on PostgreSQL, side by side, and how that grows."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from pathlib import Path

from bench.faults_trial import FAST, End, Report, Server, command, fresh
from bench.scale_asking import Figures, ask
from bench.scale_filling import fill, settle
from zsparkcrawl.archive import Archive

__all__ = ["archive"]

NEW = 20
"""Articles that a night finds."""
FLAT, LINEAR = 1.5, 1.3
"""What ten times as many articles may cost: a lookup so many times as much, a whole reading ten times so many."""


def archive(server: Server, folder: Path, urls: dict[str, Callable[[], str]], *, sizes: Sequence[int]) -> Report:
    """Fill archives of each size on each kind of database, and measure. ``urls`` makes the address of an empty one."""
    report = Report()
    for kind, make in urls.items():
        found = []
        for number in sizes:
            found.append(_measured(server, fresh(folder), make(), number))
            _tell(report, kind, found)
    return report


def _tell(report: Report, kind: str, found: Sequence[Figures]) -> None:
    last = found[-1]
    report.say(f"{kind}, {last.articles:,} articles")
    more = {name: f"; {value}" for name, value in last.told.items()}
    for name, value in last.told.items():
        if name not in last.flat and name not in last.linear:
            report.say(f"  {name}: {value}")
    before = found[-2] if len(found) > 1 else None
    times = last.articles / before.articles if before else 1.0
    for name, value in last.flat.items():
        grown = value / before.flat[name] if before else 1.0
        line = f"  {name}: {value:.2f} ms" + (f", {grown:.2f} x" if before else "")
        report.say(line + more.get(name, ""), _if(before, grown <= FLAT))
    for name, value in last.linear.items():
        grown = value / before.linear[name] if before else 1.0
        line = f"  {name}: {value:.3g} s" + (f", {grown:.1f} x for {times:.0f} x the articles" if before else "")
        report.say(line + more.get(name, ""), _if(before, grown <= LINEAR * times))


def _if(asked: object, ok: bool) -> bool | None:
    return ok if asked else None


def _measured(server: Server, data: Path, url: str, number: int) -> Figures:
    figures = Figures(number)
    server.set(articles=number)
    origin = server.site.removeprefix("http://")
    with Archive.open(url) as opened:
        start = time.monotonic()
        fill(opened, number, server.site, origin)
        figures.told["filled"] = f"{number / (time.monotonic() - start):.0f} articles/s, past the index"
        start = time.monotonic()
        opened.rebuild_search()
        figures.linear["index of the search made anew"] = time.monotonic() - start
        settle(opened)
    with Archive.open(url) as opened:
        ask(opened, figures)
    _commands(server, data, url, figures)
    return figures


def _commands(server: Server, data: Path, url: str, figures: Figures) -> None:
    """What is run as a process of its own: status, export, and a night that finds some new articles."""
    environ = {"ZSPARK_DATABASE": url}
    end = _good(command(data, "status", longest=3600, **environ))
    figures.linear["status"] = end.seconds
    out = data / "out.jsonl"
    end = _good(command(data, "export", "jsonl", "-o", str(out), longest=3600, **environ))
    figures.linear["export"] = end.seconds
    figures.told["export"] = f"{out.stat().st_size / end.seconds / 1e6:.1f} MB/s, at most {end.peak:.0f} MiB"
    out.unlink()
    with Archive.open(url, readonly=True) as opened:
        before = opened.count()
    server.set(articles=figures.articles + NEW)
    words = ["crawl", "--section", "news", "--start-url", server.news, *FAST]
    end = _good(command(data, *words, longest=3600, **environ))
    asked = len(server.log())
    with Archive.open(url, readonly=True) as opened:
        new = opened.count() - before
    if new != NEW:
        raise AssertionError(f"{new} new articles, not {NEW}")
    figures.flat[f"a night with {NEW} new articles"] = end.seconds * 1000
    figures.told["night"] = f"{new} new, {asked} requests, at most {end.peak:.0f} MiB"


def _good(end: End) -> End:
    if end.code:
        raise RuntimeError(f"exit {end.code}: {end.last}")
    return end
