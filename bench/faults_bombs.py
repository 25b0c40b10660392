"""Bombs, floods, slow and torn answers, redirects to where nothing must go, traps: among fifty good articles."""

from __future__ import annotations

from pathlib import Path

from bench.faults_trial import Asked, End, Report, Server, crawl, fresh, right, rows

__all__ = ["DAMAGED", "HOSTILE", "READ", "bombs"]

GOOD = 50
_MOST = 400
"""MiB that the crawler may take."""
_FIRST = 900_001

READ = (
    "deep inline", "deep", "links", "wrong charset", "wrong charset gbk", "zeros", "cookies",
    "line ends in head", "refresh", "hostile files", "no gzip",
)  # fmt: skip
"""Kinds behind which there is an article all the same."""
DAMAGED = ("hostile title", "too long", "surrogates", "copied")
"""Kinds behind which there is an article, but not as it should be."""
HOSTILE = (
    *READ, *DAMAGED,
    "bomb gzip", "bomb deflate", "bomb br", "bomb twice", "p gzip", "p deflate", "p br",
    "p 30 MB", "p 7 MB", "p x 7 MB", "p x gzip", "attributes", "one tag a letter", "entities", "comments", "one line",
    "question marks", "huge robots", "to file", "to inside", "to inside, no scheme", "to inside, with user",
    "to inside, as number", "to inside, back slash", "to another port", "to ftp", "to data", "chain", "loop",
    "to listing", "to nothing", "to line ends", "slow", "never", "endless", "endless head", "torn", "torn chunk",
    "no answer", "no HTTP", "challenge", "soft 404", "empty", "404", "410", "403", "500",
)  # fmt: skip


def bombs(server: Server, folder: Path, *, only: str = "") -> Report:
    """Crawl them all at once, with a listing that never ends behind them; ``only`` picks kinds by a part of their
    name."""
    report = Report()
    kinds = [kind for kind in HOSTILE if only in kind]
    numbers = [_FIRST + at for at in range(len(kinds))]
    answers = {f"/news/{number}.html": kind for number, kind in zip(numbers, kinds, strict=True)}
    server.set(articles=GOOD, extra=numbers, answers=answers, trap="same")
    data = fresh(folder)
    end = crawl(data, server, "-s", "DOWNLOAD_TIMEOUT=8", "-s", "RETRY_TIMES=1", "-s", "ZSPARK_FAILURES=1000")
    asked = server.log()
    good = right(data, range(1, GOOD + 1))
    report.say(f"{good} of {GOOD} good articles right, among {len(kinds)} hostile answers", ok=good == GOOD)
    want = [number for number, kind in zip(numbers, kinds, strict=True) if kind in READ]
    missed = [kinds[numbers.index(number)] for number in want if not right(data, [number])]
    report.say(
        f"{len(want) - len(missed)} of {len(want)} articles behind hostile answers right{_named(missed)}", ok=not missed
    )
    kept = {int(row[0]) for row in rows(data, "SELECT native_id FROM articles") if row[0]}
    may = {*range(1, GOOD + 1), *want, *(n for n, kind in zip(numbers, kinds, strict=True) if kind in DAMAGED)}
    wrong = [kinds[number - _FIRST] for number in sorted(kept - may)]
    report.say(f"{len(wrong)} pages stored that are no article{_named(wrong)}", ok=not wrong)
    _bounds(report, server, end, asked)
    return report


def _bounds(report: Report, server: Server, end: End, asked: list[Asked]) -> None:
    """What the crawl must not take, ask for or say."""
    report.say(f"largest memory of the crawler: {end.peak:.0f} MiB", ok=end.peak < _MOST)
    forbidden = [each.path for each in asked if each.listener != "site" or each.path.startswith("/admin")]
    report.say(f"{len(forbidden)} requests to the internal host", ok=not forbidden)
    other = [url for (url,) in rows(end.data, "SELECT url FROM captures") if not url.startswith(f"{server.site}/")]
    report.say(f"{len(other)} captures of other places", ok=not other)
    pages = sum(each.path.startswith("/news/index_") for each in asked)
    report.say(f"{pages} pages of an endless listing asked for, {len(asked)} requests in all", ok=pages < 10)
    report.say(
        f"{end.seconds:.0f} s, exit {end.code}, {len(end.said)} line outside the log, "
        f"{'a' if end.traceback else 'no'} traceback: {end.last}",
        ok=end.code in (0, 2) and len(end.said) == 1 and not end.traceback,
    )
    forged = [line for line in end.err.splitlines() if "forged" in line and "CRITICAL: forged" in line[:60]]
    report.say(
        f"{len(forged)} forged log lines, {end.err.count(chr(27))} escape codes",
        ok=not forged and "\x1b" not in end.err,
    )


def _named(kinds: list[str]) -> str:
    return f" (not: {', '.join(kinds)})" if kinds else ""
