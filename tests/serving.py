"""A small site on loopback, and the commands that crawl it: for the tests of whole crawls."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from tests.raw import environ_of, rows
from tests.warm import ROOT, Process

__all__ = [
    "FAST",
    "ORDINARY",
    "ROOT",
    "End",
    "Route",
    "Site",
    "article",
    "command",
    "crawl",
    "ended",
    "listing",
    "page",
    "redirect",
]

FAST = (
    "-s",
    "DOWNLOAD_DELAY=0",
    "-s",
    "AUTOTHROTTLE_ENABLED=0",
    "-s",
    "DOWNLOAD_TIMEOUT=10",
    "-s",
    "ZSPARK_PATIENCE=0",
)

Route = tuple[int, Mapping[str, str], bytes]


def page(html: str, **headers: str) -> Route:
    return 200, {"Content-Type": "text/html; charset=utf-8", **headers}, html.encode()


def article(number: int, day: str = "2019-02-19", text: str = "健康基地召开会议，部署新一年的工作。") -> Route:
    return page(
        f"<html><head><title>园区新闻{number}</title></head><body><div><h1>园区新闻{number}</h1>"
        f"<p>作者：  来源：中山日报  发布时间：{day}</p><div><p>{text}</p>"
        '<p>第二段,有"引号"。</p></div></div></body></html>'
    )


def listing(numbers: range | list[int], following: str = "", day: str = "2019-02-19", extra: str = "") -> Route:
    rows = "".join(f'<li><a href="/news/{n}.html">园区新闻{n}</a><span>{day}</span></li>' for n in numbers)
    more = f'<a href="{following}">下一頁(yè)</a>' if following else ""
    return page(f"<html><body><ul>{rows}</ul>{more}{extra}</body></html>")


def redirect(target: str) -> Route:
    return 302, {"Location": target}, b""


@dataclass
class Site:
    """A small site: routes by path (with the query), everything asked for is remembered."""

    routes: dict[str, Route | Any]
    host: str = "127.0.0.1"
    asked: list[str] = field(default_factory=list)
    agents: set[str] = field(default_factory=set)
    headers: dict[str, str] = field(default_factory=dict)
    """The headers of the latest request."""

    def __enter__(self) -> Site:
        site = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                site.asked.append(self.path)
                site.agents.add(self.headers["User-Agent"])
                site.headers = dict(self.headers)
                route = site.routes.get(self.path) or site.routes.get("*") or (404, {}, b"nothing here")
                status, headers, body = route(self.path) if callable(route) else route
                self.send_response(status)
                for name, value in {"Content-Length": str(len(body)), **headers}.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(body)
                self.close_connection = True

            def log_message(self, *_: object) -> None:
                pass

        self.server = ThreadingHTTPServer((self.host, 0), Handler)
        self.thread = threading.Thread(target=self.server.serve_forever, args=(0.02,), daemon=True)
        self.thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()

    @property
    def url(self) -> str:
        return f"http://{self.host}:{self.server.server_address[1]}"


@dataclass
class End:
    """How a command ended, and what it left."""

    code: int
    out: str
    err: str
    data: Path
    site: Site | None = None
    more: list[End] = field(default_factory=list)
    left: dict[str, Any] = field(default_factory=dict)

    @property
    def last(self) -> str:
        return self.err.strip().splitlines()[-1]

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        return rows(self.data, query)


def command(
    data: Path, *words: str, code: str = "", cold: bool = False, **environ: str
) -> Process | subprocess.Popen[str]:
    """Start `scrapy`, or the program that ends ``code``, with that environment, on the archive of a data folder.

    It starts with everything imported, see `tests.warm`; ``cold`` starts it as an operator does, which takes a second
    of CPU time more. That is for what concerns the start itself.
    """
    begin = f"{code}\nimport sys; from scrapy.cmdline import execute; execute(['scrapy', *sys.argv[1:]])"
    clean = {k: v for k, v in os.environ.items() if not k.startswith("ZSPARK") and not k.lower().endswith("_proxy")}
    whole = {**clean, **environ_of(data), "PYTHONUTF8": "1", **environ}
    if not cold:
        assert not any(name.startswith("PYTHON") for name in environ), "too late for a process that has started"
        return Process(begin, words, whole)
    start = [sys.executable, "-c", begin, *words]
    return subprocess.Popen(start, cwd=ROOT, env=whole, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def ended(process: Process | subprocess.Popen[str], data: Path, site: Site | None = None) -> End:
    out, err = process.communicate(timeout=60)
    return End(process.returncode, out, err, data, site)


def crawl(data: Path, site: Site, *words: str, code: str = "", cold: bool = False, **environ: str) -> End:
    whole = ("crawl", "news", "-a", f"start_url={site.url}/news/", *FAST, *words)
    return ended(command(data, *whole, code=code, cold=cold, **environ), data, site)


ORDINARY: dict[str, Route | Any] = {
    "/robots.txt": (404, {}, b""),
    "/news/": listing([1, 2, 3]),
    **{f"/news/{n}.html": article(n) for n in range(1, 4)},
}
