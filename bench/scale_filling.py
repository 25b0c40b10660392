"""An archive of many articles, as crawling would have left it, for `bench.scale`."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import Any

from sqlalchemy import Table, func, insert, select, text

from bench.search import rows
from zsparkcrawl.archive import Archive
from zsparkcrawl.archive.search import grams
from zsparkcrawl.archive.tables.schema import articles, captures, edits, frontier, runs, seen, versions

__all__ = ["fill", "settle"]

MOMENT, LONG_AFTER = "2026-11-22T08:30:00Z", "2028-11-22T08:30:00Z"
AT_ONCE = 1000
EDITS, EDITED = 20, 10
"""Every tenth article was damaged, and has twenty edits."""

_Rows = dict[Table, list[dict[str, Any]]]


def fill(opened: Archive, number: int, site: str, origin: str) -> None:
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


def settle(opened: Archive) -> None:
    """What PostgreSQL does by itself in a quiet hour; SQLite does it when a database is closed."""
    if opened._engine.dialect.name == "postgresql":
        with opened._engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text("VACUUM ANALYZE"))
