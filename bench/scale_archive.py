"""What an archive of many articles costs on SQLite and on PostgreSQL, side by side, and how that grows."""

from __future__ import annotations

import datetime as dt
import random
import statistics
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any

from sqlalchemy import Table, func, insert, select, text

from bench.faults_trial import FAST, End, Report, Server, command, fresh
from bench.search import rows, words
from zsparkcrawl.archive import Archive, Scope, Wanted
from zsparkcrawl.archive.crawling.visits import Standing, Visited
from zsparkcrawl.archive.search import grams
from zsparkcrawl.archive.search.queries import quoted
from zsparkcrawl.archive.tables.schema import articles, captures, edits, frontier, runs, seen, versions
from zsparkcrawl.items import Article

__all__ = ["archive"]

NOW = dt.datetime(2026, 11, 22, 8, 30, tzinfo=dt.UTC)
MOMENT, LONG_AFTER = "2026-11-22T08:30:00Z", "2028-11-22T08:30:00Z"
AT_ONCE = 1000
EACH = 200
"""Times that one article is stored, looked up, leased."""
WORDS = 60
NEW = 20
"""Articles that a night finds."""
EDITS, EDITED = 20, 10
"""Every tenth article was damaged, and has twenty edits."""
FLAT, LINEAR = 1.5, 1.3
"""What ten times as many articles may cost: a lookup so many times as much, a whole reading ten times so many."""

_Rows = dict[Table, list[dict[str, Any]]]


@dataclass
class Figures:
    """What one size showed. ``flat`` is what should not grow, in milliseconds; ``linear`` what may grow with the
    archive, in seconds; ``told`` says the rest."""

    articles: int
    flat: dict[str, float] = field(default_factory=dict)
    linear: dict[str, float] = field(default_factory=dict)
    told: dict[str, str] = field(default_factory=dict)


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
    for name, value in last.told.items():
        report.say(f"  {name}: {value}")
    before = found[-2] if len(found) > 1 else None
    times = last.articles / before.articles if before else 1.0
    for name, value in last.flat.items():
        grown = value / before.flat[name] if before else 1.0
        report.say(f"  {name}: {value:.2f} ms" + (f", {grown:.2f} x" if before else ""), _if(before, grown <= FLAT))
    for name, value in last.linear.items():
        grown = value / before.linear[name] if before else 1.0
        line = f"  {name}: {value:.2f} s" + (f", {grown:.1f} x for {times:.0f} x the articles" if before else "")
        report.say(line, _if(before, grown <= LINEAR * times))


def _if(asked: object, ok: bool) -> bool | None:
    return ok if asked else None


def _measured(server: Server, data: Path, url: str, number: int) -> Figures:
    figures = Figures(number)
    server.set(articles=number)
    origin = server.site.removeprefix("http://")
    with Archive.open(url) as opened:
        start = time.monotonic()
        _fill(opened, number, server.site, origin)
        figures.told["filled"] = f"{number / (time.monotonic() - start):.0f} articles/s, past the index"
        start = time.monotonic()
        opened.rebuild_search()
        figures.linear["index of the search made anew"] = time.monotonic() - start
        _settle(opened)
    with Archive.open(url) as opened:
        _sizes(opened, url, figures)
        _rows_one_by_one(opened, number, figures)
        _search(opened, figures)
    _commands(server, data, url, figures)
    return figures


def _fill(opened: Archive, number: int, site: str, origin: str) -> None:
    """Rows as crawling leaves them: a capture, an article with its version, what the listing showed, the frontier."""
    with opened._writing() as connection:
        if connection.dialect.name == "postgresql":
            grams.drop(connection)
        run = {
            "site": "nhtp", "section": "news", "start_url": f"{site}/news/", "arguments": {}, "state": "good",
            "counts": {}, "started": MOMENT, "ended": MOMENT, "host": "here", "pid": 0, "package": "0",
        }  # fmt: skip
        run_id = connection.execute(insert(runs).values(run)).inserted_primary_key[0]
        walked = {**_page(origin, run_id), "kind": "listing", "url": f"{site}/news/", "due_at": None}
        connection.execute(insert(frontier).values({**walked, "walked_at": MOMENT}))
    made = enumerate(rows(number), 1)
    while some := list(islice(made, AT_ONCE)):
        gathered: _Rows = {table: [] for table in (captures, articles, versions, edits, seen, frontier)}
        for article, row in some:
            for table, values in _rows_of(article, {**row, "section": "news"}, site, origin, run_id):
                gathered[table].append(values)
        with opened._writing() as connection:
            for table, values in gathered.items():
                if values:
                    connection.execute(insert(table), values)
    _count_on(opened)


def _page(origin: str, run_id: int) -> dict[str, Any]:
    return {
        "site": "nhtp", "section": "news", "origin": origin, "state": "read", "visits": 1, "first_seen": MOMENT,
        "visited_at": MOMENT, "visited_by": run_id, "listed_by": run_id,
    }  # fmt: skip


def _rows_of(
    number: int, row: dict[str, Any], site: str, origin: str, run_id: int
) -> Iterator[tuple[Table, dict[str, Any]]]:
    url = row["url"] = f"{site}/news/{number}.html"
    capture = {"run_id": run_id, "url": url, "time": MOMENT, "status": 200, "content_type": "text/html"}
    kept = {"partial": False, "digest": f"sha1:{number:032d}", "file": "park.warc.gz", "offset": number, "length": 1}
    yield captures, {**capture, **kept, "id": number}
    same = {**row, "attachments": [], "images": [], "version": 1, "capture_id": number}
    yield articles, {**same, "id": number, "first_seen": MOMENT, "last_seen": MOMENT}
    made = EDITS if number % EDITED == 0 else 0
    facts = {"made_at": MOMENT, "made_by": "site", "package": "0", "changed": {}, "diagnosis": None, "damaged": {}}
    counts = {"edit_count": made, "inferred_count": 0, "damage_count": 0, "injection_count": 0}
    state = {name: value for name, value in same.items() if name in versions.c}
    yield versions, {**state, **facts, **counts, "article_id": number, "run_id": run_id}
    for position in range(made):
        place = {"article_id": number, "version": 1, "field": "body", "position": position, "start": position * 5}
        yield edits, {**place, "rule": "annotations", "before": "(fā)", "after": "", "certainty": "certain"}
    shown = {"run_id": run_id, "listing_url": f"{site}/news/", "url": url, "title": row["title"], "date": row["date"]}
    yield seen, {**shown, "first_seen": MOMENT, "last_seen": MOMENT}
    waits = {**_page(origin, run_id), "kind": "article", "url": url, "due_at": LONG_AFTER, "article_id": number}
    yield frontier, {**waits, "listed_title": row["title"], "listed_date": row["date"]}


def _count_on(opened: Archive) -> None:
    """Rows came with their numbers; PostgreSQL is told where to go on."""
    with opened._writing() as connection:
        if connection.dialect.name != "postgresql":
            return
        for table in (captures, articles):
            last = connection.execute(select(func.max(table.c.id))).scalar_one()
            connection.execute(select(func.setval(func.pg_get_serial_sequence(table.name, "id"), last)))


def _settle(opened: Archive) -> None:
    """What PostgreSQL does by itself in a quiet hour; SQLite does it when a database is closed."""
    if opened._engine.dialect.name == "postgresql":
        with opened._engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text("VACUUM ANALYZE"))


def _sizes(opened: Archive, url: str, figures: Figures) -> None:
    with opened._reading() as connection:
        length = select(func.sum(func.length(articles.c.body)), func.sum(func.length(articles.c.title)))
        characters = sum(connection.execute(length).one())
        if connection.dialect.name == "postgresql":
            size = connection.execute(text("SELECT pg_database_size(current_database())")).scalar_one()
        else:
            size = Path(url.removeprefix("sqlite:///")).stat().st_size
    number = figures.articles
    figures.told["size"] = (
        f"{size / 1e6:,.0f} MB: {size / number:,.0f} bytes and {characters / number:.0f} characters each"
    )


def _rows_one_by_one(opened: Archive, number: int, figures: Figures) -> None:
    rng = random.Random(number)
    chosen = rng.sample(range(1, number + 1), EACH)
    known = {n: dict(opened.article(f"news/{n}") or {}) for n in chosen}
    urls = [row["url"] for row in known.values()]
    figures.flat["an article by its number"] = _each(chosen, lambda n: opened.article(f"news/{n}"))
    figures.flat["an article by its address"] = _each(urls, opened.article)
    host = urls[0].rpartition("/")[0]
    made = enumerate(islice(rows(EACH + 1), EACH), number + 1000)
    new = [_article(f"{n}", {**row, "url": f"{host}/{n}.html"}, "") for n, row in made]
    figures.flat["a new article stored"] = _each(new, lambda one: _store(opened, one, "new"))
    same = [_article(str(n), row, "") for n, row in known.items()]
    figures.flat["an unchanged one stored"] = _each(same, lambda one: _store(opened, one, "unchanged"))
    changed = [_article(str(n), row, "会议改在北楼举行") for n, row in known.items()]
    figures.flat["a changed one stored"] = _each(changed, lambda one: _store(opened, one, "version"))
    figures.flat["a page leased and given back"] = _each(range(EACH), _turn(opened, number))


def _turn(opened: Archive, number: int) -> Callable[[int], None]:
    """Lease one of the pages that are due, and conclude its visit."""
    origin, site = "", "nhtp"
    begun = {"site": site, "section": "news", "start_url": None, "arguments": {}, "started": NOW}
    run_id = opened.start_run(**begun)
    pages = opened.frontier(Scope(run_id, site, "news", origin), Wanted())
    pages.name((f"http://www.nhtp.org/news/{n}.html" for n in range(number, number + EACH)), NOW)

    def turn(_: int) -> None:
        (lease,) = pages.lease(NOW, 1)
        pages.conclude(Visited(lease, Standing("failed", None)), NOW)

    return turn


def _article(native_id: str, row: dict[str, Any], more: str) -> Article:
    day = dt.date.fromisoformat(row["date"])
    return Article(
        "nhtp", "news", native_id, row["url"], row["title"], day,
        author=row["author"], source=row["source"], body=row["body"][:-1] + more + row["body"][-1:],
    )  # fmt: skip


def _store(opened: Archive, article: Article, expected: str) -> None:
    got = opened.store(article, run_id=None, capture_id=None, now=NOW)
    if got != expected:
        raise AssertionError(f"{article.native_id} is {got}, not {expected}")


def _each(given: Sequence[Any] | range, call: Callable[[Any], object]) -> float:
    """The median of the calls, in milliseconds."""
    taken = []
    for one in given:
        start = time.perf_counter()
        call(one)
        taken.append((time.perf_counter() - start) * 1000)
    return statistics.median(taken)


def _search(opened: Archive, figures: Figures) -> None:
    texts = [{"title": row["title"], "body": row["body"]} for row in rows(2000)]
    taken = []
    for word in words(texts, random.Random(7))[:WORDS]:
        start = time.perf_counter()
        opened.search(quoted(word), limit=20)
        taken.append(time.perf_counter() - start)
    figures.linear["a search, median"] = statistics.median(taken)
    figures.linear["a search, the slowest"] = max(taken)


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
