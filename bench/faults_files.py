"""Files of articles that are hostile or broken: how a server answers for one, and the rows of
:mod:`bench.faults_hazards` in which that happens."""

from __future__ import annotations

import hashlib
import io
import zipfile
from collections.abc import Awaitable, Callable
from functools import cache

from bench.faults_answers import ANSWERS, ENDLESS, Exchange, Headers, head
from bench.faults_hazards import Check, Fault, Trial
from bench.faults_pages import article
from bench.faults_trial import End, rows

__all__ = ["ROWS", "file_is", "kept_as"]

FILE = "/uploads/1.pdf"
PDF = b"%PDF-1.4\n" + bytes(range(256)) * 200
_MOST = 400
"""MiB that the crawler may take."""
_NAMES = {
    "leads out": (b'attachment; filename="../../../etc/passwd.pdf"', "../../../etc/passwd.pdf"),
    "has control characters": (b'attachment; filename="a\x1b[31m\x07b.pdf"', "a[31mb.pdf"),
    "has 300 bytes": (b'attachment; filename="' + b"n" * 296 + b'.pdf"', "n" * 296 + ".pdf"),
    "is percent-coded GBK": (b"attachment; filename=%B8%BD%BC%FE.pdf", "附件.pdf"),
    "is an absolute path": (b'attachment; filename="/etc/cron.d/x.pdf"', "/etc/cron.d/x.pdf"),
    "is nothing but dots": (b'attachment; filename=".."', ".."),
}


async def _page(exchange: Exchange) -> None:
    link = f'<p><a href="{FILE}">附件：通知.pdf</a></p>'
    exchange.send(article(exchange.number, exchange.look, extra=link).encode())


def _send(exchange: Exchange, body: bytes, *headers: tuple[str, str], length: int | None = None) -> None:
    told: Headers = [("Content-Type", "application/pdf"), *headers]
    exchange.writer.write(head(200, [*told, ("Content-Length", str(len(body) if length is None else length))]) + body)


def _whole(make: Callable[[], bytes], *headers: tuple[str, str]) -> Callable[[Exchange], Awaitable[None]]:
    async def answer(exchange: Exchange) -> None:
        _send(exchange, make(), *headers)

    return answer


async def _torn(exchange: Exchange) -> None:
    _send(exchange, PDF[: len(PDF) // 2], length=len(PDF))
    exchange.leave()


async def _endless(exchange: Exchange) -> None:
    exchange.writer.write(head(200, [("Content-Type", "application/pdf"), ("Connection", "close")]))
    for _ in range(ENDLESS):
        exchange.writer.write(PDF * 20)
        await exchange.writer.drain()
    exchange.leave()


@cache
def _zip_bomb() -> bytes:
    """A document of which 300 MiB would come if anybody unpacked it."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made, made.open("word/document.xml", "w") as part:
        for _ in range(300):
            part.write(bytes(2**20))
    return out.getvalue()


ANSWERS |= {
    "one file": _page,
    "file": _whole(lambda: PDF),
    "file large": _whole(lambda: PDF * 60),
    "file torn": _torn,
    "file endless": _endless,
    "file of zip bomb": _whole(_zip_bomb),
    "file of nothing": _whole(bytes),
    **{
        f"file name {kind}": _whole(lambda: PDF, ("Content-Disposition", value.decode("utf-8", "surrogateescape")))
        for kind, (value, _) in _NAMES.items()
    },
}


def file_is(state: str, reason: str) -> Check:
    """The articles are there, the file is not; its row says how it stands and why."""

    def check(trial: Trial, end: End) -> str:
        found = rows(trial.data, "SELECT state, reason FROM frontier WHERE kind = 'file'")
        if len(found) != 1 or found[0][0] != state or reason not in (found[0][1] or ""):
            return f"the file stands as {found}"
        return _sound(trial, end, [])

    return check


def kept_as(name: str | None, body: Callable[[], bytes] = lambda: PDF) -> Check:
    """The articles are there, and the file, under its digest and with the server's name for it as data."""

    def check(trial: Trial, end: End) -> str:
        found = rows(trial.data, "SELECT server_name, sha256 FROM article_files")
        digest = hashlib.sha256(body()).hexdigest()
        return f"the file is kept as {found}" if found != [(name, digest)] else _sound(trial, end, [digest])

    return check


def _sound(trial: Trial, end: End, digests: list[str]) -> str:
    """What else must hold: all articles, no other file, nothing beside the data folder, memory within bounds."""
    there = sorted(path.name for path in (trial.data / "files").rglob("*") if path.is_file())
    beside = [path.name for path in trial.data.parent.iterdir() if not path.is_dir()]
    ours = ("captures", "files", "crawl.lock", "zspark.sqlite", "zspark.sqlite-shm", "zspark.sqlite-wal")
    strange = {path.name for path in trial.data.iterdir()} - {*ours}
    articles = len(rows(trial.data, "SELECT 1 FROM articles"))
    if there != digests or beside or strange:
        return f"on the disk: {there} {beside} {strange}"
    if articles != 20:
        return f"{articles} articles"
    return f"{end.peak:.0f} MiB" if end.peak > _MOST else ""


def _row(name: str, kind: str, check: Check, *words: str, slow: float = 30.0) -> Fault:
    answers = {"/news/20.html": "one file", FILE: kind}
    return Fault(f"file {name}", (0,), {"answers": answers}, words, check=check, slow=slow)


_BOUND = ("-s", "ZSPARK_FILE_BYTES=1000000")

ROWS: tuple[Fault, ...] = (
    _row("as it should be", "file", kept_as("1.pdf")),
    _row("too large", "file large", file_is("failed", "more than 1000000 bytes"), *_BOUND),
    _row("without an end", "file endless", file_is("failed", "more than 1000000 bytes"), *_BOUND),
    _row("that trickles", "slow", file_is("waiting", ""), "-s", "DOWNLOAD_TIMEOUT=1"),
    _row("torn", "file torn", file_is("waiting", "before it was whole")),
    _row("empty", "file of nothing", file_is("waiting", "nothing, not a pdf")),
    _row("is an error page", "soft 404", file_is("not an article", "a web page, not a pdf")),
    _row("is 500", "500", file_is("waiting", "500")),
    _row("leads to an internal host", "to inside", file_is("off-site", "no part of this crawl")),
    _row("leads to another port", "to another port", file_is("off-site", "no part of this crawl")),
    _row("leads to a file of ours", "to file", file_is("off-site", "only http and https are fetched")),
    _row("leads in a circle", "loop", file_is("failed", "max redirections reached")),
    _row("is a compressed bomb", "bomb gzip", file_is("failed", "exceeded")),
    _row("is a bomb of zip", "file of zip bomb", kept_as("1.pdf", _zip_bomb)),
    *(_row(f"whose name {kind}", f"file name {kind}", kept_as(name)) for kind, (_, name) in _NAMES.items()),
)
