"""Does the search find what stands there, how large is its index, and how fast are a query and a rebuild?

    python -m bench.search [--articles 100000]

Articles are made of the paragraphs of tools/likelihood/prose in random order, seeded, with a sentence of odd
characters (Latin, digits, marks, full-width forms, characters beyond the basic plane) in every eighth. A word is
looked for as it stands in a random place, 1 to 6 characters; every fifth as somebody types it who writes Traditional,
in capitals or in full-width forms. The truth is Python's `in` over the folded texts of every article. For comparison
FTS5's trigram table is made by SQLite alone of the same texts; it finds no word of one or two characters at all.
"""

from __future__ import annotations

import argparse
import datetime as dt
import random
import sqlite3
import statistics
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any, NamedTuple

import opencc
from sqlalchemy import insert

from bench.results import record
from zsparkcrawl.archive import Archive, Filters
from zsparkcrawl.archive.search.asking import ask_index
from zsparkcrawl.archive.search.queries import FIELDS, parse, quoted
from zsparkcrawl.archive.tables.schema import articles, versions
from zsparkcrawl.chinese.alike import alike
from zsparkcrawl.items import Article

PROSE = Path(__file__).parents[1] / "tools" / "likelihood" / "prose"
NOW = dt.datetime(2026, 11, 22, 8, 30, tzinfo=dt.UTC)
WORDS, STORED, AT_ONCE = 200, 200, 1000
ODD = (
    "“ＡＩ＋制造”专班（第３期）对接C++、R&D与5G/6G项目，占比12.5%。",
    "𠮷野家与㐂多屋两家门店开业，𣲘水河畔🎉人头攒动；",
    "详见https://park.example/a_b?id=7&x=%20，邮箱info@park.example。",
    "《条例》第十二条——“先行先试”……即日起施行！\t（注：*为必填）",
)
TO_TRADITIONAL = opencc.OpenCC("s2t")
WIDE = {number: number + 0xFEE0 for number in range(0x21, 0x7F)}

Row = Mapping[str, Any]


class Seconds(NamedTuple):
    """What something took: by the clock, and of a processor, which others at work on the machine do not lengthen."""

    clock: float
    work: float


class Watch:
    """Counts from when it is made."""

    def __init__(self) -> None:
        self._clock, self._work = time.perf_counter(), time.process_time()

    def read(self) -> Seconds:
        """What it took so far."""
        return Seconds(time.perf_counter() - self._clock, time.process_time() - self._work)


@dataclass(frozen=True)
class Figures:
    """What one size of archive showed."""

    articles: int
    text: int
    index: int
    equal: int
    hits: int
    rebuild: Seconds
    trigram: Seconds
    queries: list[Seconds]
    filtered: list[Seconds]
    kept: list[Seconds]
    unkept: list[Seconds]


def rows(number: int) -> Iterator[Row]:
    """Made-up articles."""
    rng = random.Random(number)
    files = sorted(PROSE.glob("*.txt"))
    prose = [line for file in files for line in file.read_text("utf-8").splitlines() if line.strip()]
    for native_id in range(1, number + 1):
        body = [rng.choice(prose) for _ in range(rng.randint(2, 10))]
        if native_id % 8 == 0:
            body.insert(rng.randint(0, len(body)), rng.choice(ODD))
        yield {
            "site": "nhtp",
            "section": rng.choice(("news", "notices")),
            "native_id": str(native_id),
            "url": f"http://www.nhtp.org/news/{native_id}.html",
            "title": rng.choice(prose)[: rng.randint(8, 28)],
            "date": (dt.date(2012, 1, 1) + dt.timedelta(rng.randrange(5000))).isoformat(),
            "author": rng.choice((None, "王小明", "李丽 赵强")),
            "source": rng.choice((None, "园区办公室", "健康报")),
            "body": "\n".join(body),
        }


def fill(archive: Archive, number: int) -> None:
    """Put made-up articles into an archive, past the index."""
    same = {"attachments": [], "images": [], "version": 1}
    facts = {"made_at": "2026-11-22T08:30:00Z", "made_by": "site", "package": "0", "changed": {}, "diagnosis": None}
    counts = dict.fromkeys(("edit_count", "inferred_count", "damage_count", "injection_count"), 0)
    seen = {"first_seen": "2026-11-22T08:30:00Z", "last_seen": "2026-11-22T08:30:00Z"}
    made = enumerate(rows(number), 1)
    with archive._writing() as connection:
        while some := list(islice(made, AT_ONCE)):
            connection.execute(insert(articles), [{**row, **same, **seen, "id": n} for n, row in some])
            kept = [{**row, **same, **facts, **counts, "article_id": n, "damaged": {}} for n, row in some]
            connection.execute(insert(versions), kept)


def words(texts: Sequence[Mapping[str, str]], rng: random.Random) -> list[str]:
    """Parts of random texts; every fifth typed otherwise."""
    odd = [body for row in texts if any(one in (body := row["body"]) for one in ODD)]
    chosen: list[str] = []
    while len(chosen) < WORDS:
        length = len(chosen) % 6 + 1
        if len(chosen) % 4 == 3:  # out of one of the odd sentences
            text = rng.choice([one for one in ODD if any(one in body for body in odd[:200])])
        else:
            text = rng.choice(texts)[rng.choice(("body", "body", "body", "title"))]
        if length > len(text):
            continue
        start = rng.randint(0, len(text) - length)
        word = text[start : start + length]
        if len(chosen) % 5 == 4:
            word = rng.choice((TO_TRADITIONAL.convert(word), word.upper(), word.translate(WIDE)))
        chosen.append(word)
    return chosen


def used(path: Path) -> int:
    """Bytes of a database that hold something."""
    with closing(sqlite3.connect(path)) as raw:
        pages, free, size = (
            raw.execute(f"PRAGMA {name}").fetchone()[0] for name in ("page_count", "freelist_count", "page_size")
        )
        return int((pages - free) * size)


def trigram(path: Path) -> Seconds:
    """The time in which SQLite makes its trigram table of an archive's texts."""
    target = path.with_name("trigram.sqlite")
    columns = ", ".join(FIELDS)
    with closing(sqlite3.connect(target, isolation_level=None)) as raw:
        raw.execute("PRAGMA journal_mode = WAL")
        raw.execute("ATTACH ? AS archive", [f"{path}"])
        raw.execute(f"CREATE VIRTUAL TABLE found USING fts5({columns}, content='', tokenize='trigram')")
        watch = Watch()
        raw.execute(f"INSERT INTO found(rowid, {columns}) SELECT id, {columns} FROM archive.articles")  # noqa: S608
        seconds = watch.read()
    target.unlink()
    return seconds


def timed(archive: Archive, chosen: Sequence[str], filters: Filters | None = None) -> list[Seconds]:
    """The time of each query."""
    taken = []
    for word in chosen:
        watch = Watch()
        archive.search(quoted(word), filters, limit=20)
        taken.append(watch.read())
    return taken


def equality(archive: Archive, chosen: Sequence[str], texts: Sequence[Mapping[str, str]]) -> tuple[int, int]:
    """How many words are found exactly where a scan finds them, and the hits of all words."""
    folded = ["\0".join(alike(text) for text in row.values()) for row in texts]
    equal = hits = 0
    for word in chosen:
        plain = alike(word)
        truth = {number for number, text in enumerate(folded, 1) if plain in text}
        with archive._reading() as connection:
            found = ask_index(connection, parse(quoted(word)), Filters(), len(texts), 0)
        equal += {number for _, number in found} == truth
        hits += len(truth)
    return equal, hits


def storing(archive: Archive, first: int) -> list[Seconds]:
    """The time in which each of some articles is stored."""
    given = list(islice(rows(STORED + 1), STORED))
    taken = []
    for number, row in enumerate(given, first):
        article = Article("nhtp", "news", f"s{number}", f"http://x.example/{number}", row["title"], body=row["body"])
        watch = Watch()
        archive.store(article, run_id=None, capture_id=None, now=NOW)
        taken.append(watch.read())
    return taken


def measure(folder: Path, number: int) -> Figures:
    """All figures of an archive of so many articles."""
    path = folder / f"{number}.sqlite"
    with Archive.open(f"sqlite:///{path}") as archive:
        fill(archive, number)
        with archive._reading() as connection:
            found = connection.execute(articles.select().order_by(articles.c.id)).mappings()
            texts = [{name: row[name] for name in FIELDS if row[name] is not None} for row in found]
        before = used(path)
        watch = Watch()
        archive.rebuild_search()
        rebuild = watch.read()
        index = used(path) - before
        chosen = words(texts, random.Random(7))
        taken = timed(archive, chosen)
        filtered = timed(archive, chosen, Filters(section="news", since=dt.date(2019, 1, 1)))
        equal, hits = equality(archive, chosen, texts)
        kept = storing(archive, 1)
        with archive._writing() as connection:
            connection.exec_driver_sql("DELETE FROM search_state")
        unkept = storing(archive, STORED + 1)
    size = sum(len(text.encode()) for row in texts for text in row.values())
    seconds = trigram(path)
    path.unlink()
    return Figures(number, size, index, equal, hits, rebuild, seconds, taken, filtered, kept, unkept)


def table(measured: Sequence[Figures]) -> str:
    """The figures as text."""

    def line(name: str, values: Iterable[str]) -> str:
        return f"{name:<56}" + "".join(f"{value:>14}" for value in values)

    def middle(taken: list[float]) -> str:
        return f"{statistics.median(taken) * 1000:.1f}, {statistics.quantiles(taken, n=20)[18] * 1000:.1f}"

    def both(name: str, of: Callable[[Figures], list[Seconds]]) -> Iterator[str]:
        yield line(f"{name}, ms: median, p95", (middle([each.clock for each in of(one)]) for one in measured))
        yield line("  of a processor", (middle([each.work for each in of(one)]) for one in measured))

    lines = [
        line("articles", (f"{one.articles:,}" for one in measured)),
        line("their text, MB of UTF-8", (f"{one.text / 1e6:.1f}" for one in measured)),
        line(f"of {WORDS} words, found exactly where a scan finds them", (str(one.equal) for one in measured)),
        line("  hits of all words", (f"{one.hits:,}" for one in measured)),
        line("index / text (asked: at most 1)", (f"{one.index / one.text:.2f}" for one in measured)),
        *both("query for 20 (asked: median below 50)", lambda one: one.queries),
    ]
    for length in range(1, 7):
        of_length = ([each.work for each in one.queries[length - 1 :: 6]] for one in measured)
        lines.append(line(f"    words of {length}", map(middle, of_length)))
    lines += both("query in one section since a year", lambda one: one.filtered)
    for name, taken in (
        ("rebuild", [one.rebuild for one in measured]),
        ("FTS5 trigram over the same texts", [one.trigram for one in measured]),
    ):
        lines.append(line(f"{name}, s; of a processor", (f"{each.clock:.1f}, {each.work:.1f}" for each in taken)))
    times = (
        f"{one.trigram.clock / one.rebuild.clock:.1f}, {one.trigram.work / one.rebuild.work:.1f}" for one in measured
    )
    lines.append(line("  times the rebuild (asked: at least 5), of a processor", times))
    lines += both("storing a new article", lambda one: one.kept)
    lines += both("  without the index", lambda one: one.unkept)
    return "\n".join(lines)


def main() -> None:
    """Measure both sizes, print them and keep them."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--articles", type=int, default=100_000)
    number = parser.parse_args().articles
    with tempfile.TemporaryDirectory() as folder:
        sizes = sorted({min(10_000, number), number})
        record("bench.search", table([measure(Path(folder), size) for size in sizes]))


if __name__ == "__main__":
    main()
