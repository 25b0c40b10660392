"""Small park sites on several hosts of loopback, in one process, that note when each of them is asked.

    python -m bench.workers_server HOSTS ARTICLES

It prints its addresses as JSON, and answers each line on standard input with what was asked for since the last one: a
list of host, path and moment. It ends with standard input. Host k has articles of its own, from k * 100,000 + 1 on.
"""

from __future__ import annotations

import asyncio
import json
import re
import sys
import time
from contextlib import suppress
from functools import lru_cache

from bench.faults_answers import head
from bench.faults_pages import A_PAGE, Look, article, rows_page

_ARTICLE = re.compile(r"/news/(\d+)\.html")
_LISTING = re.compile(r"/news/(?:index_(\d+)\.html)?")
_LOOK = Look()
_OF_HOST = 100_000


class Host:
    """One host: its place among them, and how many articles it has."""

    def __init__(self, place: int, articles: int, log: list[tuple[str, str, float]]) -> None:
        self.first = place * _OF_HOST + 1
        self.articles = articles
        self.log = log
        self.name = f"127.0.0.{place + 1}"

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection."""
        with suppress(ConnectionError, asyncio.IncompleteReadError):
            while not writer.is_closing():
                request = await reader.readuntil(b"\r\n\r\n")
                path = request.split(b" ", 2)[1].decode("latin-1")
                self.log.append((self.name, path, time.time()))
                body = self._body(path)
                status = 404 if body is None else 200
                told = [("Content-Type", "text/html; charset=utf-8"), ("Content-Length", str(len(body or b"")))]
                writer.write(head(status, told) + (body or b""))
                await writer.drain()
        writer.close()

    def _body(self, path: str) -> bytes | None:
        if found := _ARTICLE.fullmatch(path):
            number = int(found[1])
            return _page(number) if 0 <= number - self.first < self.articles else None
        if found := _LISTING.fullmatch(path):
            page = int(found[1] or 1)
            begin = self.first + (page - 1) * A_PAGE
            end = min(begin + A_PAGE, self.first + self.articles)
            following = f"/news/index_{page + 1}.html" if end < self.first + self.articles else ""
            return rows_page(list(range(begin, end)), following, _LOOK).encode() if begin < end else None
        return None


@lru_cache(maxsize=8192)
def _page(number: int) -> bytes:
    return article(number, _LOOK).encode()


async def _main(hosts: int, articles: int) -> None:
    log: list[tuple[str, str, float]] = []
    urls = []
    for host in (Host(place, articles, log) for place in range(hosts)):
        server = await asyncio.start_server(host.serve, host.name, 0, limit=2**20, backlog=1024)
        urls.append(f"http://{host.name}:{server.sockets[0].getsockname()[1]}/news/")
    print(json.dumps(urls), flush=True)
    lines = asyncio.StreamReader()
    await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(lines), sys.stdin)
    while await lines.readline():
        print(json.dumps(log), flush=True)
        log.clear()


if __name__ == "__main__":
    asyncio.run(_main(*map(int, sys.argv[1:])))
