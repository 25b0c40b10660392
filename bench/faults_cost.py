"""What a crawl costs: against a spider that only parses titles, over many pages, and when nothing is new."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median

from bench.faults_pages import listing_pages
from bench.faults_trial import FAST, End, Report, Server, command, crawl, fresh, run

__all__ = ["cost", "many"]

_LEAST = 0.5
"""The share of the bare spider's speed that is to be reached."""
_AT = (0.25, 0.5, 1.0)
"""Shares of the pages at which memory is looked at."""
_GROWTH = 1.15
_FEW = 200
_LONG = 3600.0
_MANY_LISTINGS = ("-s", "ZSPARK_LISTING_PAGES=10000")
_EVERY = 0.25


def cost(server: Server, folder: Path, *, articles: int, rounds: int = 3) -> Report:
    """Pages a second over the sample site's pages, the bare spider and ours by turns: from the first request that the
    server sees to the last, so that the time to start Python is in neither."""
    report = Report()
    server.set(articles=articles, sample=True)
    bare, ours = [], []
    for _ in range(rounds):
        spider = ["runspider", "bench/faults_bare.py", "-a", f"start_url={server.news}"]
        end = run(["-m", "scrapy", *spider, *_BARE], folder, SCRAPY_SETTINGS_MODULE=_DEFAULTS)
        bare.append(_speed(server, articles, end))
        end = crawl(fresh(folder), server)
        ours.append(_speed(server, articles, end))
        report.say(
            f"bare {bare[-1]:.0f} pages/s, zsparkcrawl {ours[-1]:.0f} pages/s ({end.number('new')} articles, "
            f"{end.peak:.0f} MiB at most)",
            ok=end.code == 0 and end.number("new") == articles,
        )
    share = median(ours) / median(bare)
    report.say(
        f"median: bare {median(bare):.0f}, zsparkcrawl {median(ours):.0f} pages/s: {share:.0%}", ok=share >= _LEAST
    )
    return report


_DEFAULTS = "scrapy.settings.default_settings"
"""So that the bare spider has none of our middlewares, pipelines and delays: the folder's own settings would give it
all of them."""
_BARE = (*FAST, "-s", "CONCURRENT_REQUESTS_PER_DOMAIN=8", "-s", "LOG_LEVEL=WARNING", "-s", "TELNETCONSOLE_ENABLED=0",
         "-s", "REMOTE_CONTROL_ENABLED=0")  # fmt: skip


def _speed(server: Server, articles: int, end: End) -> float:
    """Pages a second by the server's clock."""
    asked = [each.time for each in server.log() if each.path.startswith("/news/")]
    if end.code or len(asked) < articles:
        return 0.0
    return (articles + listing_pages(articles)) / (max(asked) - min(asked))


def many(server: Server, folder: Path, *, articles: int) -> Report:
    """Memory while a large site is crawled, and a night over it when nothing is new, beside one over a small site."""
    report = Report()
    nights = {}
    for number in (_FEW, articles):
        server.set(articles=number)
        data = fresh(folder)
        seen: list[tuple[int, float]] = []
        end = crawl(data, server, *_MANY_LISTINGS, watch=_memory(server, seen), longest=_LONG)
        pages = number + listing_pages(number)
        report.say(
            f"{number} articles: {end.seconds:.0f} s ({pages / end.seconds:.0f} pages/s with the start), "
            f"exit {end.code}, {end.number('new')} new",
            ok=end.code == 0 and end.number("new") == number,
        )
        if number == articles:
            _flat(report, seen, pages)
        server.log()
        nights[number] = _night(server, data)
        asked = len(server.log())
        report.say(
            f"a night over {number} unchanged articles: {nights[number].seconds:.1f} s, {asked} requests, "
            f"{nights[number].peak:.0f} MiB, exit {nights[number].code}",
            ok=nights[number].code == 0,
        )
        nights[number].out = str(asked)
    few, large = nights[_FEW], nights[articles]
    same = large.out == few.out and large.seconds < 1.5 * few.seconds + 1 and large.peak < 1.2 * few.peak
    report.say(f"a night over {articles} costs what one over {_FEW} does", ok=same)
    return report


def _night(server: Server, data: Path) -> End:
    return command(data, "crawl", "--section", "news", "--start-url", server.news, *FAST, *_MANY_LISTINGS)


def _memory(server: Server, seen: list[tuple[int, float]]) -> Callable[[int], None]:
    last = [0.0]

    def watch(process: int) -> None:
        if time.monotonic() - last[0] >= _EVERY:
            last[0] = time.monotonic()
            try:
                status = Path(f"/proc/{process}/status").read_text("ascii")
            except OSError:
                return
            if found := re.search(r"VmRSS:\s+(\d+) kB", status):
                seen.append((server.asked(), int(found[1]) / 1024))

    return watch


def _flat(report: Report, seen: list[tuple[int, float]], pages: int) -> None:
    """Memory at a quarter, half and all of the pages."""
    sizes = [next((size for asked, size in seen if asked >= share * pages), seen[-1][1]) for share in _AT]
    told = ", ".join(f"{size:.0f} MiB at {share * pages:.0f}" for share, size in zip(_AT, sizes, strict=True))
    report.say(f"memory: {told} requests", ok=sizes[-1] <= _GROWTH * sizes[0])
