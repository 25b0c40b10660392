"""A small, fast server on loopback for the made-up park site, in a process of its own.

    python -m bench.faults_server

It prints its two addresses, and then answers each line of JSON on standard input by one: {"set": {…}} turns
:class:`Switches`, {"log": true} hands over what was asked for since the last time. It ends with standard input.
The second listener stands for an internal host that nobody must ask.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import re
import sys
import time
from contextlib import suppress
from dataclasses import asdict, dataclass, field, replace
from functools import cache, lru_cache
from typing import Any

import bench.faults_files  # noqa: F401 - its answers are among ANSWERS from then on
from bench.faults_answers import ANSWERS, Exchange, head
from bench.faults_pages import Look, article, listing, listing_pages, rows_page
from bench.sample_files import made
from bench.sample_site import page, page_sources, recipes

__all__ = ["Switches"]

_ARTICLE = re.compile(r"/news/(\d+)\.html")
_LISTING = re.compile(r"/news/(?:index_(\d+)\.html)?")
_ROBOTS = b"User-agent: *\nDisallow: /admin/\n"
_SINCE = "Mon, 06 Nov 2023 08:00:00 GMT"


@dataclass(frozen=True, slots=True)
class Switches:
    """What the site is like. ``answers`` names a kind of :mod:`bench.faults_answers` for a path; ``*`` is for every
    article."""

    articles: int = 400
    epoch: int = 0
    word: int = 0
    extra: tuple[int, ...] = ()
    validators: bool = True
    delay: float = 0.0
    """Seconds before each answer."""
    sample: bool = False
    """The articles are pages of the sample site, one after the other."""
    trap: str = ""
    """What the listing has behind its last page: "same" rows for ever, or "new" ones."""
    sessions: bool = False
    """Every link to an article carries another session number."""
    answers: dict[str, str] = field(default_factory=dict)

    @property
    def look(self) -> Look:
        """What of it a page shows."""
        return Look(self.epoch, self.word, tuple(self.extra))


class Site:
    """The state of the server."""

    def __init__(self) -> None:
        self.switches = Switches()
        self.log: list[tuple[str, str, int, float, dict[str, str]]] = []
        self.count = 0
        self.site = self.inside = ""

    async def serve(self, listener: str, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection."""
        with suppress(ConnectionError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
            while not writer.is_closing():
                request = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
                first, *lines = request.rstrip().split("\r\n")
                path = first.split(" ")[1]
                headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in lines)}
                entry = (listener, path, 0, time.time(), headers)
                self.log.append(entry)
                at, self.count = len(self.log) - 1, self.count + 1
                if self.switches.delay:
                    await asyncio.sleep(self.switches.delay)
                status = await self._answer(path, headers, writer)
                if at < len(self.log) and self.log[at] is entry:
                    self.log[at] = (listener, path, status, *entry[3:])
                await writer.drain()
        writer.close()

    async def _answer(self, path: str, headers: dict[str, str], writer: asyncio.StreamWriter) -> int:
        """Answer one request; the status, 0 for the kinds that stand in another module."""
        now, plain = self.switches, path.partition("?")[0]
        found = _ARTICLE.fullmatch(plain)
        kind = now.answers.get(path) or now.answers.get(plain) or (now.answers.get("*") if found else None)
        if kind:
            number = int(found[1]) if found else 0
            await ANSWERS[kind](Exchange(path, number, now.look, writer, self.site, self.inside))
            return 0
        body = self._body(plain)
        if body is None:
            body = b"<html><body><p>404</p></body></html>"
            writer.write(head(404, [("Content-Type", "text/html"), ("Content-Length", str(len(body)))]) + body)
            return 404
        told = [("Content-Type", "text/html" if now.sample else "text/html; charset=utf-8")]
        if now.validators:
            tag = f'"{_digest(body)}"'
            told += [("ETag", tag), ("Last-Modified", _SINCE)]
            if headers.get("if-none-match") == tag:
                writer.write(head(304, told))
                return 304
        writer.write(head(200, [*told, ("Content-Length", str(len(body)))]) + body)
        return 200

    def _body(self, path: str) -> bytes | None:
        now = self.switches
        if path == "/robots.txt":
            return _ROBOTS
        if found := _ARTICLE.fullmatch(path):
            number = int(found[1])
            if not (0 < number <= now.articles or number in now.extra):
                return None
            return _sample(number) if now.sample else _article(number, now.look)
        if path.startswith("/uploads/") and now.sample:
            return made(path.rpartition("/")[2])
        if found := _LISTING.fullmatch(path):
            shown = self._listing(int(found[1] or 1))
            if shown and now.sessions:
                shown = re.sub(r"(/news/\d+\.html)", lambda m: f"{m[1]}?sid={time.time_ns()}", shown)
            return shown.encode() if shown else None
        return None

    def _listing(self, number: int) -> str | None:
        now, last = self.switches, listing_pages(self.switches.articles)
        if number < last or (number == last and not now.trap):
            return listing(number, now.articles, now.look)
        following = f"/news/index_{number + 1}.html"
        if now.trap == "new":
            return rows_page([1_000_000 + number * 20 + each for each in range(20)], following, now.look)
        return rows_page(list(range(min(20, now.articles), 0, -1)), following, now.look) if now.trap else None

    def told(self, line: bytes) -> dict[str, Any]:
        """Do what a line of standard input asks for."""
        asked = json.loads(line)
        if "set" in asked:
            self.switches = replace(Switches(), **asked["set"])
            return asdict(self.switches)
        if "log" in asked:
            log, self.log = self.log, []
            return {"log": log}
        return {"count": self.count, "asked": len(self.log)}


@lru_cache(maxsize=2048)
def _article(number: int, look: Look) -> bytes:
    return article(number, look).encode()


@lru_cache(maxsize=4096)
def _digest(body: bytes) -> str:
    return hashlib.sha256(body).hexdigest()[:16]


@cache
def _pages() -> tuple[bytes, ...]:
    known = recipes()
    return tuple(page(source, known.pages[path]) for path, source in page_sources().items() if _ARTICLE.fullmatch(path))


def _sample(number: int) -> bytes:
    pages = _pages()
    return pages[number % len(pages)]


async def _main() -> None:
    site = Site()
    servers = []
    for host, name in (("127.0.0.1", "site"), ("127.0.0.2", "inside")):
        server = await asyncio.start_server(
            lambda reader, writer, name=name: site.serve(name, reader, writer),  # type: ignore[misc]
            host,
            0,
            limit=2**20,
            backlog=1024,
        )
        port = server.sockets[0].getsockname()[1]
        setattr(site, name, f"http://{host}:{port}")
        servers.append(server)
    print(json.dumps({"site": site.site, "inside": site.inside}), flush=True)
    lines = asyncio.StreamReader(limit=2**24)
    loop = asyncio.get_running_loop()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(lines), sys.stdin)
    while line := await lines.readline():
        print(json.dumps(site.told(line)), flush=True)


if __name__ == "__main__":
    asyncio.run(_main())
