"""The archive in SQLite and on PostgreSQL, side by side: storing, searching, exporting, counting.

    python -m bench.postgresql [--articles 10000 100000]

A server of its own on this machine, as the tests have one; but it waits for the disk as an installed one does.
Articles are those of bench.search. "Stored" are articles that come one by one, each in a transaction: new ones, the
same again, and with another body. Searches are those of bench.search: 200 words of 1 to 6 characters out of texts.
"""

from __future__ import annotations

import argparse
import io
import random
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from itertools import islice
from pathlib import Path

from sqlalchemy import event

from bench import postgres_server as postgres
from bench import search
from bench.results import record
from zsparkcrawl.archive import Archive, Selection
from zsparkcrawl.archive.search.queries import FIELDS, quoted
from zsparkcrawl.export import export_articles
from zsparkcrawl.items import Article

STORED = 200
Figures = dict[str, str]


def given(number: int) -> list[Article]:
    """Articles that the archive does not have."""
    made = list(islice(search.rows(STORED + 1), number))
    return [
        Article("nhtp", "news", f"s{at}", f"http://x.example/{at}", row["title"], body=row["body"])
        for at, row in enumerate(made)
    ]


def timed(does: Callable[[], object]) -> float:
    """Milliseconds that something takes."""
    began = time.perf_counter()
    does()
    return (time.perf_counter() - began) * 1000


def middle(taken: list[float]) -> str:
    """Median and 95th percentile, in milliseconds."""
    return f"{statistics.median(taken):.1f}, {statistics.quantiles(taken, n=20)[18]:.1f}"


def storing(archive: Archive) -> Figures:
    """What storing an article takes, and how many statements it is."""
    statements = 0

    def count(*_: object) -> None:
        nonlocal statements
        statements += 1

    articles = given(STORED)
    changed = [replace(each, body=f"{each.body}\n又及。") for each in articles]
    event.listen(archive._engine, "before_cursor_execute", count)
    figures: Figures = {}
    for name, these in (("new", articles), ("the same again", articles), ("another body", changed)):
        statements = 0
        taken = [
            timed(lambda: archive.store(each, run_id=None, capture_id=None, now=search.NOW))  # noqa: B023 - at once
            for each in these
        ]
        figures[f"stored: {name}, ms: median, p95"] = middle(taken)
        figures[f"stored: {name}, statements"] = f"{statements / len(these):.1f}"
    event.remove(archive._engine, "before_cursor_execute", count)
    return figures


def sizes(archive: Archive) -> Figures:
    """Bytes of the database and of its index of the search, against the text."""
    with archive._reading() as connection:
        if connection.dialect.name != "postgresql":
            return {"database, MB": f"{Path(archive.name).stat().st_size / 1e6:.0f}"}
        text = connection.exec_driver_sql("SELECT sum(octet_length(body)) FROM articles").scalar_one()
        index = connection.exec_driver_sql("SELECT pg_relation_size('ix_articles_grams')").scalar_one()
        whole = connection.exec_driver_sql("SELECT pg_database_size(current_database())").scalar_one()
    return {"database, MB": f"{whole / 1e6:.0f}", "index / text": f"{index / text:.2f}"}


def reading(archive: Archive) -> Figures:
    """What searches, an export, counts and pages of the viewer take."""
    with archive._reading() as connection:
        rows = connection.exec_driver_sql(
            "SELECT body, title, author, source FROM articles WHERE id <= 10000"
        ).mappings()
        texts = [{name: row[name] for name in FIELDS if row[name] is not None} for row in rows]
    words = search.words(texts, random.Random(7))
    archive.search("园区")
    taken = [timed(lambda: archive.search(quoted(word))) for word in words]  # noqa: B023 - at once
    figures = {"search for 20, ms: median, p95": middle(taken)}
    for length in range(1, 7):
        figures[f"  words of {length}"] = middle(taken[length - 1 :: 6])
    figures["facets, ms: first"] = f"{timed(lambda: archive.facets(Selection())):.0f}"
    figures["facets, ms: again"] = f"{timed(lambda: archive.facets(Selection(year='2019'))):.0f}"
    figures["first page, ms"] = f"{timed(lambda: archive.browse(Selection())):.1f}"
    figures["status, ms"] = f"{timed(archive.status):.0f}"
    figures["export as jsonl, s"] = f"{timed(lambda: export_articles(archive, io.BytesIO(), 'jsonl')) / 1000:.1f}"
    return figures


def measured(url: str, number: int) -> Figures:
    """All figures of one database."""
    with Archive.open(url) as archive:
        search.fill(archive, number)
        with archive._writing() as connection:
            if connection.dialect.name == "postgresql":  # the articles came with their numbers
                connection.exec_driver_sql(f"ALTER SEQUENCE articles_id_seq RESTART WITH {number + 1}")
                connection.exec_driver_sql("ANALYZE")
        rebuild = timed(archive.rebuild_search)
        figures = {"rebuild of the index, s": f"{rebuild / 1000:.1f}", **sizes(archive), **storing(archive)}
    with Archive.open(url, readonly=True) as archive:
        return {**figures, **reading(archive)}


@contextmanager
def databases(folder: Path) -> Iterator[dict[str, Callable[[], str]]]:
    """How to get the URL of an empty database, by its kind."""
    where = postgres.programs()
    if where is None:
        raise SystemExit("no PostgreSQL server on this machine")
    with postgres.running(where, waits_for_disk=True) as server:
        count = iter(range(1_000_000))
        yield {"SQLite": lambda: f"sqlite:///{folder / str(next(count))}.sqlite", "PostgreSQL": server.create}


def main() -> None:
    """Measure, print and keep the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--articles", type=int, nargs="*", default=[10_000, 100_000])
    numbers = parser.parse_args().articles
    with tempfile.TemporaryDirectory() as folder, databases(Path(folder)) as kinds:
        found = {f"{kind} {number:,}": measured(make(), number) for number in numbers for kind, make in kinds.items()}
    names = dict.fromkeys(name for figures in found.values() for name in figures)
    lines = [f"{'articles':<40}" + "".join(f"{name:>20}" for name in found)]
    lines += [f"{name:<40}" + "".join(f"{each.get(name, ''):>20}" for each in found.values()) for name in names]
    record("bench.postgresql", "\n".join(lines))


if __name__ == "__main__":
    main()
