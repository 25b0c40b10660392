"""From an exchange with a server to the bytes of its WARC records: pure functions."""

from __future__ import annotations

import datetime as dt
import hashlib
import re
import string
from base64 import b32encode
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from io import BytesIO
from urllib.parse import quote, urlsplit

from warcio.recordloader import ArcWarcRecord
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

__all__ = [
    "NOT_MODIFIED",
    "Headers",
    "Original",
    "exchange_records",
    "info_record",
    "payload_digest",
    "recorded_address",
    "request_head",
    "response_head",
]

Headers = Iterable[tuple[str, str]]
"""Header names and values, in order; a name may come several times."""

NOT_MODIFIED = 304
"""The HTTP status that says: you have it already."""

_MOVED = {"content-encoding", "transfer-encoding", "content-length"}

_ASCII = string.printable

_PROFILE = "http://netpreserve.org/warc/1.1/revisit/"


@dataclass(frozen=True, slots=True)
class Original:
    """An earlier record that has the body of a revisit: its id, its address and date in the words of that record, the
    digest of the body, and where it lies."""

    record_id: str
    url: str
    date: str
    digest: str
    file: str
    offset: int


def payload_digest(body: bytes) -> str:
    """The WARC-Payload-Digest of a body.

    >>> payload_digest(b"")
    'sha1:3I42H3S6NNFQ2MSVX7XZKYAYSCX5QBYJ'
    """
    # SHA-1 is what replay tools look bodies up by; a revisit is not written for an equal digest, but for equal bytes.
    return "sha1:" + b32encode(hashlib.sha1(body, usedforsecurity=False).digest()).decode("ascii")


def response_head(status: int, headers: Headers, length: int) -> StatusAndHeaders:
    """The HTTP head that goes before the body.

    Scrapy hands a body over after it has undone Content-Encoding and Transfer-Encoding. Beside such a body
    these headers would lie, and every WARC tool would try to undo them again; so they keep their values under
    another name, as the Internet Archive does, and Content-Length tells the length that is there.
    """
    kept = [(f"X-Archive-Orig-{n}" if n.lower() in _MOVED else n, v) for n, v in map(_line_safe, headers)]
    try:
        phrase = HTTPStatus(status).phrase
    except ValueError:  # servers invent numbers
        phrase = "Unknown"
    kept.append(("Content-Length", str(length)))
    return StatusAndHeaders(f"{status} {phrase}", kept, protocol="HTTP/1.1")


def request_head(url: str, method: str, headers: Headers) -> StatusAndHeaders:
    """The HTTP head that was sent, with the Host that every request has."""
    parts = urlsplit(_safe(url))
    kept = [_line_safe(header) for header in headers]
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    if not any(name.lower() == "host" for name, _ in kept):
        kept.insert(0, ("Host", parts.netloc.rpartition("@")[2]))
    return StatusAndHeaders(f"{method} {target} HTTP/1.1", kept, is_http_request=True)


def exchange_records(  # noqa: PLR0913 - an exchange has these parts
    url: str,
    time: dt.datetime,
    head: StatusAndHeaders,
    body: bytes,
    request: StatusAndHeaders | None,
    *,
    info_id: str,
    partial: bool = False,
    original: Original | None = None,
) -> tuple[bytes, int, str]:
    """Both records as gzip members, the length of the response's, and the digest of the body. Without ``request`` there
    is one record: what somebody else asked is not known.

    ``info_id`` is the id of the record that the file begins with. With ``original`` the response becomes a revisit,
    which has the HTTP head and no body.
    """
    out = BytesIO()
    writer = WARCWriter(out, gzip=True, warc_version="1.1")
    url = _safe(url)
    about = {"WARC-Date": _warc_date(time), "WARC-Warcinfo-ID": info_id}
    truncated = {"WARC-Truncated": "disconnect"} if partial else {}
    if original is None:
        digest = payload_digest(body)
        named = {**about, **truncated, "WARC-Payload-Digest": digest}
        response = _record(writer, "response", url, named, head=head, body=body)
    else:
        digest = original.digest
        refers = _refers(original, not_modified=int(head.get_statuscode()) == NOT_MODIFIED)
        response = _record(writer, "revisit", url, {**about, **refers, **truncated}, head=head)
    length = out.tell()
    if request is not None:
        about["WARC-Concurrent-To"] = response.rec_headers.get_header("WARC-Record-ID")
        _record(writer, "request", url, about, head=request)
    return out.getvalue(), length, digest


def _record(  # noqa: PLR0913 - what a record is made of
    writer: WARCWriter, kind: str, url: str, about: Mapping[str, str], *, head: StatusAndHeaders, body: bytes = b""
) -> ArcWarcRecord:
    # With the length told, warcio does not copy the body into a temporary file first.
    record = writer.create_warc_record(
        url, kind, payload=BytesIO(body), length=len(body), http_headers=head, warc_headers_dict=dict(about)
    )
    writer.write_record(record)
    return record


def _refers(original: Original, *, not_modified: bool) -> dict[str, str]:
    """The headers by which a revisit finds its body: those of the standard, and Heritrix's for file and byte."""
    headers = {
        "WARC-Profile": _PROFILE + ("server-not-modified" if not_modified else "identical-payload-digest"),
        "WARC-Refers-To": original.record_id,
        "WARC-Refers-To-Target-URI": original.url,
        "WARC-Refers-To-Date": original.date,
        "WARC-Refers-To-Filename": original.file,
        "WARC-Refers-To-File-Offset": str(original.offset),
    }
    if not_modified:  # the server says so; there was no body to take a digest of
        return headers
    return {**headers, "WARC-Payload-Digest": original.digest, "WARC-Truncated": "length"}


def info_record(name: str, time: dt.datetime) -> tuple[bytes, str]:
    """The record that a file begins with, as a gzip member: what wrote it, and when. And its id, which every other
    record of the file names."""
    out = BytesIO()
    writer = WARCWriter(out, gzip=True, warc_version="1.1")
    about = {"software": "zsparkcrawl", "format": "WARC File Format 1.1"}
    record = writer.create_warcinfo_record(name, about)
    record.rec_headers.replace_header("WARC-Date", _warc_date(time))
    writer.write_record(record)
    return out.getvalue(), str(record.rec_headers.get_header("WARC-Record-ID"))


def recorded_address(url: str) -> str:
    """An address as records have it.

    >>> recorded_address("http://x.example/新")
    'http://x.example/%E6%96%B0'
    """
    return _safe(url)


def _warc_date(time: dt.datetime) -> str:
    return time.astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def _line_safe(header: tuple[str, str]) -> tuple[str, str]:
    """A header that cannot end its line, and so cannot forge another or begin the body; in ASCII.

    >>> _line_safe(("X", "a\\r\\nSet-Cookie: 新"))
    ('X', 'a Set-Cookie: %E6%96%B0')
    """
    return _safe(header[0]), _safe(header[1])


def _safe(text: str) -> str:
    return quote(re.sub(r"[\r\n\0]+", " ", text), safe=_ASCII, errors="replace")
