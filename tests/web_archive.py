"""A web archive on loopback: a CDX server and raw captures as the Wayback Machine has them, and beside them an index of
JSON lines with WARC files, as Common Crawl has. Whatever is asked is remembered."""

from __future__ import annotations

import json
import re
import threading
from base64 import b32encode
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from hashlib import sha1
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from io import BytesIO
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from bench.sample_site import build

__all__ = ["Answer", "Snapshot", "WebArchive", "digest", "sample_snapshots"]

HOST = "www.nhtp.org"
TIMESTAMP = "20260901083000"
_TYPES = {
    ".html": "text/html",
    ".pdf": "application/pdf",
    ".jpg": "image/jpeg",
    ".png": "image/png",
    ".txt": "text/plain",
}

Answer = tuple[int, Mapping[str, str], bytes]


def digest(body: bytes) -> str:
    """A digest as an index has it."""
    return b32encode(sha1(body, usedforsecurity=False).digest()).decode()


@dataclass(frozen=True)
class Snapshot:
    """One capture that the archive has."""

    url: str
    timestamp: str
    body: bytes
    content_type: str = "text/html"
    status: int = 200

    @property
    def mime(self) -> str:
        return self.content_type.partition(";")[0]


def sample_snapshots(folder: Path, timestamp: str = TIMESTAMP) -> list[Snapshot]:
    """The sample site, captured page by page under the address of the real one."""
    pages = build(folder).pages
    found = []
    for path in sorted(folder.rglob("*")):
        if not path.is_file() or path.name in ("robots.txt", "style.css"):
            continue
        where = "/" + path.relative_to(folder).as_posix().removesuffix("index.html")
        recipe = pages.get(where)
        kind = _TYPES.get(path.suffix, "application/octet-stream")
        header = f"{kind}; charset={recipe.header}" if recipe and recipe.header else kind
        found.append(Snapshot(f"http://{HOST}{where}", timestamp, path.read_bytes(), header))
    return found


@dataclass
class WebArchive:
    """The archive. ``troubles`` holds by path what is answered first, in its order, before the truth is."""

    snapshots: list[Snapshot]
    troubles: dict[str, list[Answer | Callable[[BaseHTTPRequestHandler], None]]] = field(default_factory=dict)
    page_size: int = 5
    rows_at_once: int = 7
    asked: list[str] = field(default_factory=list)
    ranges: list[str] = field(default_factory=list)
    slow: float = 0.0

    def __enter__(self) -> WebArchive:
        self.snapshots.sort(key=lambda one: (one.url, one.timestamp))
        self.warc, self.places = _warc(self.snapshots)
        archive = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                archive.asked.append(self.path)
                if archive.slow:
                    threading.Event().wait(archive.slow)
                waiting = archive.troubles.get(self.path) or archive.troubles.get(urlsplit(self.path).path)
                answer = waiting.pop(0) if waiting else archive.answer(self.path, self.headers.get("Range"))
                if callable(answer):
                    answer(self)
                    self.close_connection = True
                    return
                status, headers, body = answer
                self.send_response(status)
                for name, value in {"Content-Length": str(len(body)), **headers}.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.thread = threading.Thread(target=self.server.serve_forever, args=(0.02,), daemon=True)
        self.thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server.server_address[1]}"

    @property
    def cdx(self) -> str:
        return f"{self.url}/cdx/search/cdx"

    @property
    def collections(self) -> str:
        return f"{self.url}/collinfo.json"

    def raw_path(self, one: Snapshot) -> str:
        return f"/web/{one.timestamp}id_/{one.url}"

    @property
    def fetched(self) -> list[str]:
        """The raw captures that were asked for."""
        return [path for path in self.asked if path.startswith("/web/")]

    def answer(self, path: str, ranged: str | None) -> Answer:
        parts = urlsplit(path)
        asked = parse_qs(parts.query)
        if parts.path == "/cdx/search/cdx":
            return self._by_key(asked)
        if parts.path == "/collinfo.json":
            listed = [{"id": "CC-1", "cdx-api": f"{self.url}/CC-1-index", "from": "2026-08-01", "to": "2026-09-30"}]
            return _json(listed)
        if parts.path == "/CC-1-index":
            return self._by_page(asked)
        if parts.path == "/crawl-data/CC-1/one.warc.gz" and ranged:
            self.ranges.append(ranged)
            first, last = map(int, re.findall(r"\d+", ranged))
            return 206, {"Content-Type": "application/octet-stream"}, self.warc[first : last + 1]
        return self._raw(path) if parts.path.startswith("/web/") else (404, {}, b"")

    def _matching(self, asked: Mapping[str, list[str]]) -> Iterator[Snapshot]:
        prefix = asked["url"][0].removeprefix("http://")
        since, until = asked.get("from", ["0"])[0], asked.get("to", ["9"])[0]
        for one in self.snapshots:
            if one.url.partition("://")[2].startswith(prefix) and since <= one.timestamp <= until + "9":
                yield one

    def _by_key(self, asked: Mapping[str, list[str]]) -> Answer:
        assert asked["matchType"] == ["prefix"]
        assert asked["output"] == ["json"]
        found, before = [], None
        for one in self._matching(asked):
            this = (one.url, digest(one.body))
            if "statuscode:200" in asked.get("filter", []) and one.status != 200:
                continue
            if "digest" in asked.get("collapse", []) and this == before:
                continue
            found.append(one)
            before = this
        begin = int(asked.get("resumeKey", ["at 0"])[0].partition(" ")[2])
        end = begin + min(int(asked["limit"][0]), self.rows_at_once)
        names = asked["fl"][0].split(",")
        rows = [[str(self._row(one)[name]) for name in names] for one in found[begin:end]]
        more = [[], [f"at {end}"]] if end < len(found) and "showResumeKey" in asked else []
        return _json([names, *rows, *more] if rows else [])

    def _row(self, one: Snapshot) -> dict[str, object]:
        return {
            "timestamp": one.timestamp, "original": one.url.replace("://www.nhtp.org/", "://www.nhtp.org:80/"),
            "mimetype": one.mime, "statuscode": one.status, "digest": digest(one.body), "length": len(one.body),
        }  # fmt: skip

    def _by_page(self, asked: Mapping[str, list[str]]) -> Answer:
        found = [one for one in self._matching(asked) if one.status == 200]
        if not found:
            return 404, {}, b'{"message": "No Captures found"}'
        pages = -(-len(found) // self.page_size)
        if "showNumPages" in asked:
            return _json({"pages": pages, "pageSize": self.page_size, "blocks": pages})
        begin = int(asked["page"][0]) * self.page_size
        lines = [json.dumps(self._line(one)) for one in found[begin : begin + self.page_size]]
        return 200, {"Content-Type": "text/x-ndjson"}, "\n".join(lines).encode() + b"\n"

    def _line(self, one: Snapshot) -> dict[str, str]:
        offset, length = self.places[one.url, one.timestamp]
        return {
            "urlkey": "x", "timestamp": one.timestamp, "url": one.url, "mime": one.mime, "status": str(one.status),
            "digest": digest(one.body), "length": str(length), "offset": str(offset),
            "filename": "crawl-data/CC-1/one.warc.gz",
        }  # fmt: skip

    def _raw(self, path: str) -> Answer:
        meant = re.fullmatch(r"/web/(\d{14})id_/(.+)", path)
        assert meant, path
        there = [one for one in self.snapshots if one.url == meant[2]]
        exact = next((one for one in there if one.timestamp == meant[1]), None)
        if exact is not None and exact.status == 200:
            own = {"X-Archive-Orig-Content-Type": exact.content_type, "X-Archive-Orig-Server": "nginx"}
            return 200, {"Content-Type": exact.content_type, "Memento-Datetime": "x", **own}, exact.body
        good = [one for one in there if one.status == 200]
        if not good:
            return 404, {"Content-Type": "text/html"}, b"<html><body>The archive does not have this page.</body></html>"
        nearest = min(good, key=lambda one: abs(int(one.timestamp) - int(meant[1])))
        return 302, {"Location": self.raw_path(nearest)}, b""


def _json(value: object) -> Answer:
    return 200, {"Content-Type": "application/json"}, json.dumps(value).encode()


def _warc(snapshots: list[Snapshot]) -> tuple[bytes, dict[tuple[str, str], tuple[int, int]]]:
    """A WARC file of all captures, and where each of its records lies."""
    out, places = BytesIO(), {}
    writer = WARCWriter(out, gzip=True)
    for one in snapshots:
        begin = out.tell()
        head = StatusAndHeaders(f"{one.status} OK", [("Content-Type", one.content_type)], protocol="HTTP/1.1")
        t = one.timestamp
        date = f"{t[:4]}-{t[4:6]}-{t[6:8]}T{t[8:10]}:{t[10:12]}:{t[12:]}Z"
        record = writer.create_warc_record(
            one.url,
            "response",
            payload=BytesIO(one.body),
            length=len(one.body),  # else warcio leaves a temporary file open
            http_headers=head,
            warc_headers_dict={"WARC-Date": date},
        )
        writer.write_record(record)
        places[one.url, one.timestamp] = (begin, out.tell() - begin)
    return out.getvalue(), places
