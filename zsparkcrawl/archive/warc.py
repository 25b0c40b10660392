"""From an exchange with a server to the bytes of its WARC records: pure functions."""

from __future__ import annotations

import datetime as dt
import re
import string
from collections.abc import Iterable
from http import HTTPStatus
from io import BytesIO
from urllib.parse import quote, urlsplit

from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

__all__ = ["Headers", "exchange_records", "info_record", "request_head", "response_head"]

Headers = Iterable[tuple[str, str]]
"""Header names and values, in order; a name may come several times."""

_MOVED = {"content-encoding", "transfer-encoding", "content-length"}

_ASCII = string.printable


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


def exchange_records(
    url: str, time: dt.datetime, head: StatusAndHeaders, body: bytes, request: StatusAndHeaders
) -> tuple[bytes, int, str]:
    """Both records as gzip members, the length of the response's, and the digest of the body."""
    out = BytesIO()
    writer = WARCWriter(out, gzip=True, warc_version="1.1")
    url = _safe(url)
    date = {"WARC-Date": _warc_date(time)}
    response = writer.create_warc_record(
        url,
        "response",
        payload=BytesIO(body),
        length=len(body),  # without it warcio copies the body into a temporary file
        http_headers=head,
        warc_headers_dict=date,
    )
    writer.write_record(response)
    length = out.tell()
    about = {**date, "WARC-Concurrent-To": response.rec_headers.get_header("WARC-Record-ID")}
    asked = writer.create_warc_record(url, "request", http_headers=request, warc_headers_dict=about)
    writer.write_record(asked)
    return out.getvalue(), length, response.rec_headers.get_header("WARC-Payload-Digest")


def info_record(name: str, time: dt.datetime) -> bytes:
    """The record that a file begins with, as a gzip member: what wrote it, and when."""
    out = BytesIO()
    writer = WARCWriter(out, gzip=True, warc_version="1.1")
    about = {"software": "zsparkcrawl", "format": "WARC File Format 1.1"}
    record = writer.create_warcinfo_record(name, about)
    record.rec_headers.replace_header("WARC-Date", _warc_date(time))
    writer.write_record(record)
    return out.getvalue()


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
