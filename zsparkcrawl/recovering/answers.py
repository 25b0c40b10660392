"""From the block of a record to the answer of a server: pure functions.

Some tools keep the bytes of the wire, some what was left after chunks and compression were undone, with the same
headers; so it is the body that tells.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Mapping
from dataclasses import dataclass

import brotli

__all__ = ["LARGEST_BODY", "MOST_REDIRECTS", "REDIRECTS", "Answer", "OddAnswerError", "answer_of", "unpacked"]

LARGEST_BODY = 64 * 2**20
"""Bytes of a body: as ZSPARK_FILE_BYTES. Chosen."""
REDIRECTS = frozenset([301, 302, 303, 307, 308])
"""The statuses of answers that lead elsewhere."""
MOST_REDIRECTS = 5
"""In a row: as REDIRECT_MAX_TIMES of a crawl."""

_STATUS = re.compile(rb"HTTP/\d(?:\.\d)? +(\d{3})(?: .*)?", re.DOTALL)
_CHUNK = re.compile(rb"[ \t]*([0-9A-Fa-f]{1,8})[ \t]*(?:;[^\r\n]*)?\r?\n")
_PIECE = 1 << 20


class OddAnswerError(Exception):
    """It is no answer of a server, or one that cannot be unpacked; the message says which."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a server answered. ``body`` is without chunks and compression, ``partial`` when its end is missing."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes
    partial: bool = False

    def header(self, name: str) -> str:
        """The first header of that name (in small letters), "" when there is none.

        >>> Answer(200, (("Content-Type", "text/html"),), b"").header("content-type")
        'text/html'
        """
        return next((value for known, value in self.headers if known.lower() == name), "")


def answer_of(block: bytes) -> Answer:
    """The answer that a block of HTTP holds. Raises OddAnswerError.

    >>> answer_of(b"HTTP/1.1 200 OK\\r\\nTransfer-Encoding: chunked\\r\\n\\r\\n3\\r\\nabc\\r\\n0\\r\\n\\r\\n").body
    b'abc'
    """
    head, found, body = block.partition(b"\r\n\r\n")
    first, *lines = head.split(b"\r\n")
    status = _STATUS.fullmatch(first)
    if status is None or not found:
        raise OddAnswerError("no HTTP answer")
    pairs = (line.partition(b":") for line in lines if b":" in line)
    # Latin-1 loses nothing: what a header's bytes mean is for whoever needs it to find out.
    headers = tuple((name.strip().decode("latin-1"), value.strip().decode("latin-1")) for name, _, value in pairs)
    return unpacked(int(status[1]), headers, body)


def unpacked(status: int, headers: tuple[tuple[str, str], ...], body: bytes) -> Answer:
    """An answer whose body may still be chunked and compressed. Raises OddAnswerError."""
    said = {name.lower(): value for name, value in reversed(headers)}
    partial = False
    if "chunked" in said.get("transfer-encoding", "").lower():
        body, partial = _without_chunks(body)
    elif _is_short(said, body):
        partial = True
    for encoding in reversed([name.strip() for name in said.get("content-encoding", "").lower().split(",")]):
        body, torn = _unpack(body, encoding)
        partial = partial or torn
    return Answer(status, headers, body, partial)


def _is_short(said: Mapping[str, str], body: bytes) -> bool:
    told = said.get("content-length", "")
    return told.isascii() and told.isdigit() and len(told) < 19 and len(body) < int(told)


def _without_chunks(body: bytes) -> tuple[bytes, bool]:
    """The body that came in chunks, and whether its end is missing. One that does not begin with a chunk was put
    together before."""
    pieces: list[bytes] = []
    at = 0
    while size := _CHUNK.match(body, at):
        length, begin = int(size[1], 16), size.end()
        if not length:
            return b"".join(pieces), False
        pieces.append(body[begin : begin + length])
        at = begin + length
        if body[at : at + 2] == b"\r\n":
            at += 2
        elif at < len(body):
            break
    first = _CHUNK.match(body)
    is_chunked = first is not None and (len(pieces) > 1 or at >= len(body))
    return (b"".join(pieces), True) if is_chunked else (body, False)


def _unpack(body: bytes, encoding: str) -> tuple[bytes, bool]:
    """A body without one compression, and whether its end is missing. What does not unpack at all was unpacked
    before."""
    if encoding in ("", "identity") or not body:
        return body, False
    try:
        if encoding in ("gzip", "x-gzip"):
            return _inflated(body, 31) if body[:2] == b"\x1f\x8b" else (body, False)
        if encoding == "deflate":
            return _inflated(body, 15 if body[0] & 0x0F == 8 and int.from_bytes(body[:2]) % 31 == 0 else -15)
        if encoding == "br":
            return _from_brotli(body)
    except (zlib.error, brotli.error):
        if _is_text(body):
            return body, False
        raise OddAnswerError(f"its body does not unpack as {encoding}") from None
    if _is_text(body):
        return body, False
    raise OddAnswerError(f"its body is packed as {encoding!r}, which is not known here")


def _is_text(body: bytes) -> bool:
    return body.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] == b"<"


def _inflated(body: bytes, wbits: int) -> tuple[bytes, bool]:
    """What was deflated, all members of it, as far as it unpacks."""
    pieces: list[bytes] = []
    size = 0
    while body:
        member = zlib.decompressobj(wbits=wbits)
        rest = body
        while rest and not member.eof:
            try:
                pieces.append(member.decompress(rest, _PIECE))
            except zlib.error:
                if not any(pieces):
                    raise
                return b"".join(pieces), True
            size += len(pieces[-1])
            _check(size)
            rest = member.unconsumed_tail
        if not member.eof:
            return b"".join(pieces), True
        body = member.unused_data if wbits == 31 and member.unused_data[:2] == b"\x1f\x8b" else b""
    return b"".join(pieces), False


def _from_brotli(body: bytes) -> tuple[bytes, bool]:
    unpacker = brotli.Decompressor()
    pieces: list[bytes] = []
    size, given = 0, body
    while True:
        pieces.append(unpacker.process(given, output_buffer_limit=_PIECE))
        size += len(pieces[-1])
        _check(size)
        if unpacker.is_finished():
            return b"".join(pieces), False
        if unpacker.can_accept_more_data():
            return b"".join(pieces), True
        given = b""


def _check(size: int) -> None:
    if size > LARGEST_BODY:
        raise OddAnswerError(f"its body unpacks to more than {LARGEST_BODY} bytes")
