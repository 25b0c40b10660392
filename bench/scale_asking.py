"""What a process asks of an archive of many articles, and how long each question takes, for `bench.scale`."""

from __future__ import annotations

import datetime as dt
import random
import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any

from sqlalchemy import event, func, select, text

from bench.search import rows, words
from zsparkcrawl.archive import Archive, Scope, Selection, Wanted
from zsparkcrawl.archive.crawling.visits import Standing, Visited
from zsparkcrawl.archive.search.queries import quoted
from zsparkcrawl.archive.tables.schema import articles
from zsparkcrawl.items import Article

__all__ = ["Figures", "ask"]

NOW = dt.datetime(2026, 11, 22, 8, 30, tzinfo=dt.UTC)
EACH = 200
"""Times that one article is stored, looked up, leased, and words that are looked for: of 1 to 6 characters by turns."""


@dataclass
class Figures:
    """What one size showed. ``flat`` is what should not grow, in milliseconds; ``linear`` what may grow with the
    archive, in seconds; ``told`` says the rest, and under the same names more of these."""

    articles: int
    flat: dict[str, float] = field(default_factory=dict)
    linear: dict[str, float] = field(default_factory=dict)
    told: dict[str, str] = field(default_factory=dict)


def ask(opened: Archive, figures: Figures) -> None:
    """Look articles up, store some, lease pages, search, and leaf through the list, one after the other."""
    _sizes(opened, figures)
    _rows_one_by_one(opened, figures)
    _search(opened, figures)
    _leaf_through(opened, figures)


def _sizes(opened: Archive, figures: Figures) -> None:
    number, index = figures.articles, ""
    with opened._reading() as connection:
        length = select(func.sum(func.length(articles.c.body)), func.sum(func.length(articles.c.title)))
        characters = sum(connection.execute(length).one())
        if connection.dialect.name == "postgresql":
            size = connection.execute(text("SELECT pg_database_size(current_database())")).scalar_one()
            bytes_of = "SELECT pg_relation_size('ix_articles_grams') * 1.0 / sum(octet_length(body)) FROM articles"
            index = f"; the index of the search {connection.execute(text(bytes_of)).scalar_one():.2f} times the text"
        else:
            size = Path(opened.name).stat().st_size
    figures.told["size"] = (
        f"{size / 1e6:,.0f} MB: {size / number:,.0f} bytes and {characters / number:.0f} characters each{index}"
    )


def _rows_one_by_one(opened: Archive, figures: Figures) -> None:
    number = figures.articles
    rng = random.Random(number)
    chosen = rng.sample(range(1, number + 1), EACH)
    known = {n: dict(opened.article(f"news/{n}") or {}) for n in chosen}
    urls = [row["url"] for row in known.values()]
    host = urls[0].rpartition("/")[0]
    made = enumerate(islice(rows(EACH + 1), EACH), number + 1000)
    new = [_article(f"{n}", {**row, "url": f"{host}/{n}.html"}, "") for n, row in made]
    same = [_article(str(n), row, "") for n, row in known.items()]
    changed = [_article(str(n), row, "会议改在北楼举行") for n, row in known.items()]
    _each(opened, figures, "an article by its number", chosen, lambda n: opened.article(f"news/{n}"))
    _each(opened, figures, "an article by its address", urls, opened.article)
    _each(opened, figures, "a new article stored", new, lambda one: _store(opened, one, "new"))
    _each(opened, figures, "an unchanged one stored", same, lambda one: _store(opened, one, "unchanged"))
    _each(opened, figures, "a changed one stored", changed, lambda one: _store(opened, one, "version"))
    _each(opened, figures, "a page leased and given back", range(EACH), _turn(opened, number))


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


def _each(
    opened: Archive, figures: Figures, name: str, given: Sequence[Any] | range, call: Callable[[Any], object]
) -> None:
    """Time the calls: the median is to be flat; told are how slow the slowest of twenty is, and the statements."""
    statements = 0

    def count(*_: object) -> None:
        nonlocal statements
        statements += 1

    event.listen(opened._engine, "before_cursor_execute", count)
    taken = [_milliseconds(lambda: call(one)) for one in given]  # noqa: B023 - at once
    event.remove(opened._engine, "before_cursor_execute", count)
    figures.flat[name] = statistics.median(taken)
    figures.told[name] = f"at most {_late(taken):.1f} ms in 19 of 20, {statements / len(taken):.1f} statements"


def _search(opened: Archive, figures: Figures) -> None:
    texts = [{"title": row["title"], "body": row["body"]} for row in rows(2000)]
    sought = words(texts, random.Random(7))[:EACH]
    taken = [_milliseconds(lambda: opened.search(quoted(word), limit=20)) for word in sought]  # noqa: B023 - at once
    figures.linear["a search, median"] = statistics.median(taken) / 1000
    figures.linear["a search, the slowest"] = max(taken) / 1000
    lengths = ", ".join(f"{statistics.median(taken[at::6]):.1f}" for at in range(6))
    figures.told["a search, median"] = (
        f"at most {_late(taken):.1f} ms in 19 of 20; words of 1 to 6 characters: {lengths} ms"
    )


def _leaf_through(opened: Archive, figures: Figures) -> None:
    """What the viewer asks: counts, first and again, and a page of the list."""
    figures.linear["counts of the facets"] = _milliseconds(lambda: opened.facets(Selection())) / 1000
    again = _milliseconds(lambda: opened.facets(Selection(year="2019")))
    page = _milliseconds(lambda: opened.browse(Selection()))
    status = _milliseconds(opened.status)
    figures.told["in the viewer"] = (
        f"facets again {again:.0f} ms, a page of the list {page:.1f} ms, status {status:.0f} ms"
    )


def _milliseconds(call: Callable[[], object]) -> float:
    start = time.perf_counter()
    call()
    return (time.perf_counter() - start) * 1000


def _late(taken: Sequence[float]) -> float:
    """The 95th percentile."""
    return statistics.quantiles(taken, n=20)[18]
