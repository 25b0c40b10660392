"""What do the pages of the viewer cost where there are many articles?

    python -m bench.viewer [--articles 100000]

Articles are those of bench.search, spread over 200 sources, three hosts and all states. Each page is asked of the app
itself, without a network: "first" is what it takes when it is asked for the first time, and its facets are counted;
"again" the median of five more times. The first page comes first, when nothing is known yet.
"""

from __future__ import annotations

import argparse
import asyncio
import statistics
import tempfile
import time
from pathlib import Path

import httpx
from sqlalchemy import text

from bench import search
from bench.results import record
from zsparkcrawl.archive import Archive
from zsparkcrawl.serve import make_app

TIMES = 5
PAGES = {
    "first page": "/",
    "a year": "/?year=2019",
    "a source": "/?source=来源7",
    "a state and a host": "/?state=damaged&host=mirror.example",
    "the last page": "/?page={last}",
    "a word that is rare": "/?q=𠮷野家",
    "a word that is common": "/?q=发展",
    "a word that is common, by day": "/?q=发展&order=newest",
    "an article": "/articles/77",
    "facets as JSON": "/api/facets",
}
SPREAD = (
    "UPDATE articles SET source = CASE WHEN id % 9 = 0 THEN NULL ELSE '来源' || (id * 7919 % 200) END",
    "UPDATE articles SET url = replace(url, 'www.nhtp.org', CASE id % 3 WHEN 0 THEN 'nhtp.org' "
    "ELSE 'mirror.example' END) WHERE id % 5 < 2",
    "UPDATE articles SET gone_at = '2026-11-22T08:30:00Z' WHERE id % 50 = 0",
    "UPDATE versions SET edit_count = article_id % 4, inferred_count = article_id % 4 / 2, "
    "damage_count = article_id % 4 / 3",
)


def fill(url: str, number: int) -> None:
    """Make the archive."""
    with Archive.open(url) as archive:
        search.fill(archive, number)
        archive.rebuild_search()
        with archive._writing() as connection:
            for statement in SPREAD:
                connection.execute(text(statement))


async def asked(client: httpx.AsyncClient, path: str) -> tuple[float, int]:
    """How many milliseconds a page takes, and how large it is."""
    began = time.perf_counter()
    answer = await client.get(path)
    answer.raise_for_status()
    return (time.perf_counter() - began) * 1000, len(answer.content)


async def measured(archive: Archive, number: int) -> list[str]:
    """The figures, a line each."""
    lines = [f"{'milliseconds':<32}{'first':>8}{'again':>8}{'bytes':>12}"]
    transport = httpx.ASGITransport(make_app(archive, Path()))
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1", timeout=60) as client:
        for name, path in PAGES.items():
            wanted = path.format(last=number // 20)
            first, size = await asked(client, wanted)
            again = statistics.median([(await asked(client, wanted))[0] for _ in range(TIMES)])
            lines.append(f"{name:<32}{first:>8.0f}{again:>8.0f}{size:>12,}")
    return lines


def main() -> None:
    """Measure and record."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--articles", type=int, default=100_000)
    number = parser.parse_args().articles
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{folder}/zspark.sqlite"
        fill(url, number)
        with Archive.open(url, readonly=True) as archive:
            record("bench.viewer", "\n".join([f"{number:,} articles", *asyncio.run(measured(archive, number))]))


if __name__ == "__main__":
    main()
