"""How a hostile or broken server answers: each kind is one function that writes to a connection.

Everything is bounded: what is called endless ends after :data:`ENDLESS` bytes or seconds.
"""

from __future__ import annotations

import asyncio
import gzip
import zlib
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import cache
from html import escape

import brotli

from bench.faults_pages import Look, article, challenge, login, rows_page
from bench.sample_site import page, page_sources, recipes

__all__ = ["ANSWERS", "Exchange", "Headers", "head"]

Headers = list[tuple[str, str]]
ENDLESS = 60
"""Seconds, or MiB, after which even the endless ends."""
_HTML = ("Content-Type", "text/html; charset=utf-8")
_STEP = 2**20


@dataclass(frozen=True, slots=True)
class Exchange:
    """One request being answered. ``site`` and ``inside`` are the addresses of the two listeners."""

    path: str
    number: int
    look: Look
    writer: asyncio.StreamWriter
    site: str
    inside: str

    def send(self, body: bytes, *headers: tuple[str, str], status: int = 200) -> None:
        """A whole answer."""
        self.writer.write(head(status, [_HTML, *headers, ("Content-Length", str(len(body)))]) + body)

    def begin(self, *headers: tuple[str, str]) -> None:
        """The head alone, of an answer that ends with the connection."""
        self.writer.write(head(200, [_HTML, *headers, ("Connection", "close")]))

    def leave(self) -> None:
        """End the connection in the middle of what was promised."""
        self.writer.close()


Answer = Callable[[Exchange], Awaitable[None]]
ANSWERS: dict[str, Answer] = {}


def head(status: int, headers: Headers) -> bytes:
    """The head of an answer.

    >>> head(404, [("A", "b")])
    b'HTTP/1.1 404 Said\\r\\nA: b\\r\\n\\r\\n'
    """
    lines = "".join(f"{name}: {value}\r\n" for name, value in headers)
    return f"HTTP/1.1 {status} Said\r\n{lines}\r\n".encode("utf-8", "surrogateescape")


def _answer(name: str) -> Callable[[Answer], Answer]:
    def enter(answer: Answer) -> Answer:
        ANSWERS[name] = answer
        return answer

    return enter


def _whole(name: str, make: Callable[[Exchange], tuple[bytes, Headers]], status: int = 200) -> None:
    async def answer(exchange: Exchange) -> None:
        body, headers = make(exchange)
        exchange.send(body, *headers, status=status)

    ANSWERS[name] = answer


def _leads(name: str, target: Callable[[Exchange], str]) -> None:
    async def answer(exchange: Exchange) -> None:
        exchange.writer.write(head(302, [("Location", target(exchange)), ("Content-Length", "0")]))

    ANSWERS[name] = answer


def _own(exchange: Exchange, **changes: str) -> bytes:
    return article(exchange.number, exchange.look, **changes).encode()


@cache
def _packed(encoding: str, mebibytes: int, unit: bytes = b"\0") -> bytes:
    """So many MiB of one thing, compressed."""
    block = unit * (_STEP // len(unit))
    if encoding == "br":
        packer = brotli.Compressor(quality=5)
        return b"".join(packer.process(block) for _ in range(mebibytes)) + packer.finish()
    wbits = {"gzip": 31, "deflate": 15}[encoding]
    made = zlib.compressobj(9, zlib.DEFLATED, wbits)
    return b"".join(made.compress(block) for _ in range(mebibytes)) + made.flush()


# -- bombs -----------------------------------------------------------------------------------------
for _encoding in ("gzip", "deflate", "br"):
    _whole(f"bomb {_encoding}", lambda _, e=_encoding: (_packed(e, 512), [("Content-Encoding", e)]))  # type: ignore[misc]
    _whole(f"p {_encoding}", lambda _, e=_encoding: (_packed(e, 30, b"<p>"), [("Content-Encoding", e)]))  # type: ignore[misc]
_whole("bomb twice", lambda _: (gzip.compress(_packed("gzip", 512)), [("Content-Encoding", "gzip, gzip")]))
_whole("no gzip", lambda e: (_own(e), [("Content-Encoding", "gzip")]))
_whole("p 30 MB", lambda _: (b"<p>" * 10_000_000, []))
_whole("p 7 MB", lambda _: (b"<p>" * 2_400_000, []))
_whole("p x 7 MB", lambda _: (b"<p>x" * 1_900_000, []))
_whole("p x gzip", lambda _: (gzip.compress(b"<p>x</p>" * 1_000_000), [("Content-Encoding", "gzip")]))
_whole("attributes", lambda _: (b"<p " + b" ".join(b"a%d=1" % n for n in range(700_000)) + b">", []))
_whole("one tag a letter", lambda _: ("<b>园</b>".encode() * 700_000, []))
_whole("entities", lambda _: (b"<p>" + b"&amp;" * 1_500_000, []))
_whole("comments", lambda _: (b"<!---->" * 1_100_000, []))
_whole("one line", lambda _: ("园区".encode() * 1_300_000, []))
_whole("question marks", lambda _: (b"<p>" + b"?/p>" * 2_000_000, []))
_whole("deep", lambda e: (b"<div>" * 60_000 + _own(e) + b"</div>" * 60_000, []))
_whole("deep inline", lambda e: (b"<span><b>" * 60_000 + _own(e), []))
_whole("huge robots", lambda _: (b"User-agent: *\nDisallow: /admin/\n" + b"Disallow: /a*b*c*d*e\n" * 200_000, []))

# -- redirects -------------------------------------------------------------------------------------
_leads("to file", lambda _: "file:///etc/hostname")
_leads("to inside", lambda e: f"{e.inside}/news/1.html")
_leads("to inside, no scheme", lambda e: f"//{e.inside.partition('//')[2]}/news/1.html")
_leads("to inside, with user", lambda e: f"http://{e.site.partition('//')[2]}@{e.inside.partition('//')[2]}/")
_leads("to inside, as number", lambda e: f"http://2130706434:{e.inside.rpartition(':')[2]}/")
_leads("to inside, back slash", lambda e: f"{e.site}\\@{e.inside.partition('//')[2]}/")
_leads("to another port", lambda _: "http://127.0.0.1:1/")
_leads("to ftp", lambda _: "ftp://127.0.0.2/x")
_leads("to data", lambda _: "data:text/html,<h1>x</h1>")
_leads("chain", lambda e: f"{e.path.partition('?')[0]}?step={int(e.path.partition('step=')[2] or 0) + 1}")
_leads("loop", lambda e: e.path)
_leads("to listing", lambda _: "/news/")
_leads("to nothing", lambda _: "")
_leads("to line ends", lambda _: "/news/1.html%0d%0aSet-Cookie:%20a=b")


# -- time and length -------------------------------------------------------------------------------
@_answer("slow")
async def _slow(exchange: Exchange) -> None:
    body = _own(exchange)
    exchange.writer.write(head(200, [_HTML, ("Content-Length", str(len(body)))]))
    for at in range(min(ENDLESS, len(body))):
        exchange.writer.write(body[at : at + 1])
        await exchange.writer.drain()
        await asyncio.sleep(1)
    exchange.leave()


@_answer("never")
async def _never(exchange: Exchange) -> None:
    await asyncio.sleep(ENDLESS)
    exchange.leave()


@_answer("endless")
async def _endless(exchange: Exchange) -> None:
    exchange.begin()
    for _ in range(ENDLESS):
        exchange.writer.write("<p>园区</p>".encode() * 70_000)
        await exchange.writer.drain()
    exchange.leave()


@_answer("endless head")
async def _endless_head(exchange: Exchange) -> None:
    exchange.writer.write(b"HTTP/1.1 200 OK\r\n")
    for number in range(ENDLESS * 1000):
        exchange.writer.write(b"X-%d: %s\r\n" % (number, b"x" * 1000))
        await exchange.writer.drain()
    exchange.leave()


@_answer("torn")
async def _torn(exchange: Exchange) -> None:
    body = _own(exchange)
    exchange.writer.write(head(200, [_HTML, ("Content-Length", str(len(body)))]) + body[: len(body) // 2])
    exchange.leave()


@_answer("torn chunk")
async def _torn_chunk(exchange: Exchange) -> None:
    body = _own(exchange)
    exchange.writer.write(head(200, [_HTML, ("Transfer-Encoding", "chunked")]))
    exchange.writer.write(b"%x\r\n" % len(body) + body[: len(body) // 2])
    exchange.leave()


@_answer("too long")
async def _too_long(exchange: Exchange) -> None:
    body = _own(exchange)
    exchange.writer.write(head(200, [_HTML, ("Content-Length", str(len(body) // 2))]) + body)
    exchange.leave()


@_answer("no answer")
async def _no_answer(exchange: Exchange) -> None:
    exchange.leave()


@_answer("no HTTP")
async def _no_http(exchange: Exchange) -> None:
    exchange.writer.write("园区园区园区\r\n\r\n".encode())
    exchange.leave()


# -- what a page says ------------------------------------------------------------------------------
@cache
def _copied() -> bytes:
    """The longest page of the sample site that a hijacker's tool has damaged."""
    known = recipes().pages
    hijacked = {path: source for path, source in page_sources().items() if known[path].hijacker}
    path = max(hijacked, key=lambda path: len(hijacked[path]))
    return page(hijacked[path], known[path])


def _flood_of_links(exchange: Exchange) -> tuple[bytes, Headers]:
    links = "".join(f'<a href="/x/{number}">{number}</a>' for number in range(100_000))
    return _own(exchange).replace(b'<div class="foot">', f'<div class="foot">{links}'.encode()), []


def _hostile_title(exchange: Exchange) -> tuple[bytes, Headers]:
    forged = "2026-11-22 03:30:00 [zsparkcrawl] CRITICAL: forged"
    return _own(exchange, title=f"园区开放日\r\n{forged}\x1b[31m\x1b]0;x\x07&#10;{forged}"), []


def _hostile_files(exchange: Exchange) -> tuple[bytes, Headers]:
    names = ("../../etc/passwd", "/uploads/..%2f..%2fpasswd.doc", "file:///etc/passwd", "http://127.0.0.2:1/a.pdf")
    links = "".join(
        f'<p><a href="{escape(each)}" download="../../passwd">附件：{escape(each)}</a></p>' for each in names
    )
    return _own(exchange, extra=links), []


_whole("links", _flood_of_links)
_whole("hostile title", _hostile_title)
_whole("hostile files", _hostile_files)
_whole("wrong charset", lambda e: (_own(e), [("Content-Type", "text/html; charset=gb2312")]))
_whole("wrong charset gbk", lambda e: (article(e.number, e.look).encode("gb18030"), []))
_whole("zeros", lambda e: (_own(e).replace("。".encode(), "。\0".encode()), []))
_whole("surrogates", lambda e: (_own(e).replace("。".encode(), "。&#0;&#xD800;&#55296;".encode()), []))
_whole("copied", lambda _: (_copied(), [("Content-Type", "text/html")]))
_whole("cookies", lambda e: (_own(e), [("Set-Cookie", f"a{n}={'x' * 3000}") for n in range(100)]))
_whole("line ends in head", lambda e: (_own(e), [("X-A", "b\r\nX-Forged: \x1b[31m"), ("ETag", '"' + "x" * 5000 + '"')]))
_whole("refresh", lambda e: (_own(e).replace(b"<head>", _refresh(e)), []))
_whole("login page", lambda _: (login().encode(), []))
_whole("challenge", lambda _: (challenge().encode(), []))
_whole("soft 404", lambda _: ("<html><title>404</title><body><h1>您访问的页面不存在</h1></body></html>".encode(), []))
_whole("empty", lambda _: (b"", []))
_whole("nothing on it", lambda e: (rows_page([], "", e.look).encode(), []))
_whole("404", lambda _: ("<p>没有这个页面</p>".encode(), []), 404)
_whole("410", lambda _: (b"", []), 410)
_whole("403", lambda _: (b"", []), 403)
_whole("500", lambda _: (b"broken", []), 500)
_whole("storm", lambda _: (b"busy", [("Retry-After", "3600")]), 503)
_whole("too many", lambda _: (b"slow down", [("Retry-After", "3600")]), 429)
_whole("forbids", lambda _: (b"User-agent: *\nDisallow: /\n", []))


def _refresh(exchange: Exchange) -> bytes:
    place = exchange.inside
    return f'<head><meta http-equiv="refresh" content="0;url={place}/"><base href="{place}/">'.encode()
