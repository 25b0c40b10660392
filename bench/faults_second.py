"""A second run over a site that did not change, over one whose rubbish did, and two runs at once."""

from __future__ import annotations

import json
import threading
import time
from pathlib import Path

from bench.faults_trial import End, Report, Server, crawl, exported, fresh, rows

__all__ = ["second"]

_SHARE = 0.15
_AT_ONCE = 2.0


def second(server: Server, folder: Path, *, articles: int) -> Report:
    """One archive: made, crawled again, with other advertisements and counters, with one word changed, and by two."""
    report, data = Report(), fresh(folder)
    server.set(articles=articles)
    first = crawl(data, server)
    asked = len(server.log())
    report.say(f"first run: {asked} requests, {_counts(first)}", ok=first.number("new") == articles)
    again = crawl(data, server)
    repeated = server.log()
    report.say(
        f"second run: {len(repeated)} requests ({len(repeated) / asked:.1%} of the first's), {_counts(again)}",
        ok=_versions(data) == articles and len(repeated) < _SHARE * asked and again.code == 0,
    )
    deep = crawl(data, server, "-a", "full=1")
    repeated = server.log()
    answered = sum(each.status == 304 for each in repeated)
    report.say(
        f"with full=1: {len(repeated)} requests, {answered} answered by 304, {_counts(deep)}",
        ok=_versions(data) == articles,
    )
    before = exported(data)
    server.set(articles=articles, epoch=7)
    rubbish = crawl(data, server, "-a", "full=1")
    # It may end with 2: that all pages are full of spam overnight is worth a look.
    report.say(
        f"counters and hidden spam of all pages changed, full=1: {len(server.log())} requests, {_counts(rubbish)}",
        ok=_versions(data) == articles and exported(data) == before and rubbish.code in (0, 2),
    )
    word = articles // 2
    server.set(articles=articles, epoch=8, word=word)
    changed = crawl(data, server, "-a", "full=1")
    report.say(
        f"one word changed as well, full=1: {_counts(changed)}; {_told(data, word)}",
        ok=_versions(data) == articles + 1 and _told(data, word).endswith("['body']"),
    )
    _two_at_once(server, folder, articles, report)
    return report


def _two_at_once(server: Server, folder: Path, articles: int, report: Report) -> None:
    data = fresh(folder)
    server.set(articles=articles, delay=max(0.02, 50 / articles))  # some six seconds for the first
    ends: list[End] = []
    one = threading.Thread(target=lambda: ends.append(crawl(data, server)))
    one.start()
    while not rows(data, "SELECT 1 FROM articles"):
        time.sleep(0.05)
    other = crawl(data, server)
    one.join()
    report.say(
        f"two at once: the second left with {other.code} after {other.seconds:.2f} s and {len(other.said)} line; the "
        f"first ended with {ends[0].code} and {ends[0].number('new')} articles",
        ok=(other.code, len(other.said), ends[0].code, ends[0].number("new")) == (3, 1, 0, articles)
        and other.seconds < _AT_ONCE,
    )


def _counts(end: End) -> str:
    return f"exit {end.code}, " + ", ".join(f"{end.number(word)} {word}" for word in ("new", "changed", "unchanged"))


def _versions(data: Path) -> int:
    return int(rows(data, "SELECT count(*) FROM versions")[0][0])


def _told(data: Path, number: int) -> str:
    """What the latest version of an article says of itself."""
    query = (
        "SELECT a.native_id, v.version, v.changed FROM versions v JOIN articles a ON a.id = v.article_id "
        "ORDER BY v.version DESC"
    )
    found = [row[1:] for row in rows(data, query) if row[0] == str(number)]
    return f"version {found[0][0]} changed {_names(found[0][1])}" if found else "no version"


def _names(changed: str) -> list[str]:
    """The fields, whether they are kept as a list or with more about each."""
    return [str(each.get("field")) if isinstance(each, dict) else str(each) for each in json.loads(changed or "[]")]
