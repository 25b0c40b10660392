"""Walking over the records of a WARC file, damaged or not.

Each record is a gzip member of its own. A whole one proves itself: the checksum of gzip, the length and the digests
that its own head tells. Where something else lies, the walk goes on at the next member that is a record.
"""

from __future__ import annotations

import hashlib
import os
import zlib
from base64 import b32encode
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import BinaryIO

__all__ = ["RESPONSES", "Digest", "Gap", "Message", "Record", "message_at", "next_member", "walk"]

RESPONSES = ("response", "revisit")
"""Types of records that stand for an answer of a server."""

_CHUNK = 1 << 16
_INFLATED = 1 << 20
"""Bytes inflated at a time: a member that grows without end costs time, and no memory."""
_LONGEST_HEAD = 1 << 20
_MAGIC = b"\x1f\x8b\x08"
_VERSIONS = (b"WARC/1.1\r\n", b"WARC/1.0\r\n")
_END = b"\r\n\r\n"


@dataclass(frozen=True, slots=True)
class Record:
    """A record that can be read: it lies from byte ``start`` to before ``end``. ``headers`` are those of WARC, their
    names in small letters; ``status`` and ``content_type`` those of HTTP, None and "" when it has none. ``fault`` says
    what does not fit although it can be read: a length or a digest; None for a good one."""

    start: int
    end: int
    headers: Mapping[str, str]
    status: int | None
    content_type: str
    fault: str | None

    @property
    def kind(self) -> str:
        """The type of the record: response, revisit, request, warcinfo …"""
        return self.headers.get("warc-type", "")


@dataclass(frozen=True, slots=True)
class Gap:
    """A stretch of a file that holds no record that can be read."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Message:
    """A record with what it holds: the HTTP headers as they stand there, and the body."""

    record: Record
    headers: list[tuple[str, str]]
    body: bytes


def message_at(file: BinaryIO, start: int) -> Message | None:
    """The record that begins at a byte, with its body; None when no whole one does."""
    body: list[bytes] = []
    reader = _Reader(body.append)
    record = _read(file, start, reader)
    return None if record is None else Message(record, _pairs(reader.http), b"".join(body))


def walk(file: BinaryIO) -> Iterator[Record | Gap]:
    """The records of a file in order, and the gaps between them. Memory does not grow with the file or a record."""
    size = file.seek(0, os.SEEK_END)
    family = _Family()
    gap: int | None = None
    position = 0
    while position < size:
        record = _read(file, position, _Reader())
        if record is None or (gap is not None and not family.has(record)):
            gap = position if gap is None else gap
            found = next_member(file, position + 1)
            position = size if found is None else found
            continue
        if gap is not None:
            yield Gap(gap, position)
            gap = None
        family.met(record)
        yield record
        position = record.end
    if gap is not None:
        yield Gap(gap, size)


class _Family:
    """What tells the records of a file from those in a WARC file that lies inside one of its records, as a page may
    offer one: they name the record that the file begins with."""

    def __init__(self) -> None:
        self._info: str | None = None
        self._named = False

    def met(self, record: Record) -> None:
        if record.kind == "warcinfo" and record.start == 0:
            self._info = record.headers.get("warc-record-id")
        elif self._info is not None and record.headers.get("warc-warcinfo-id") == self._info:
            self._named = True

    def has(self, record: Record) -> bool:
        named = record.headers.get("warc-warcinfo-id")
        if self._info is None or named == self._info:
            return True
        # A file whose records name nothing is of another make, and tells nothing.
        return named is None and not self._named


def _read(file: BinaryIO, start: int, reader: _Reader) -> Record | None:
    """The record whose member begins at ``start``; None when no whole one with a right checksum does."""
    file.seek(start)
    member = zlib.decompressobj(wbits=31)
    try:
        while chunk := file.read(_CHUNK):
            rest = chunk
            while rest and not member.eof:
                if not reader.feed(member.decompress(rest, _INFLATED)):
                    return None
                rest = member.unconsumed_tail
            if member.eof:
                return reader.record(start, file.tell() - len(member.unused_data))
    except zlib.error:
        pass
    return None


class _Reader:
    """Takes the inflated bytes of one record, piece by piece, and hands those of the body on."""

    def __init__(self, body: Callable[[bytes], object] = len) -> None:
        self.http = b""
        """The head of HTTP, once it is whole."""
        self._body = body
        self._head = b""
        self._headers: dict[str, str] | None = None
        self._left = 0
        self._waits_for_http = True
        self._tail = b""
        self._block = Digest("")
        self._payload = Digest("")

    def feed(self, data: bytes) -> bool:
        """Whether it may still be a record."""
        if self._headers is None:
            self._head += data
            if not any(self._head.startswith(v[: len(self._head)]) for v in _VERSIONS):
                return False
            head, end, data = self._head.partition(_END)
            if not end:
                return len(self._head) < _LONGEST_HEAD
            self._begin(head)
        block, tail = data[: self._left], data[self._left :]
        self._left -= len(block)
        self._block.update(block)
        self._take(block)
        self._tail = (self._tail + tail)[: len(_END) + 1]
        return True

    def record(self, start: int, end: int) -> Record | None:
        """The record, when all of its bytes were fed. None when it has no head."""
        if self._headers is None:
            return None
        fault = None
        if self._left or self._tail != _END:
            fault = "its length is not the one it tells"
        elif not self._block.agrees():
            fault = "its bytes are not those of its WARC-Block-Digest"
        elif self._headers.get("warc-type") != "revisit" and not self._payload.agrees():
            fault = "its body is not that of its WARC-Payload-Digest"
        status, content_type = _http_facts(self.http)
        return Record(start, end, self._headers, status, content_type, fault)

    def _begin(self, head: bytes) -> None:
        self._headers = _parsed(head)
        length = self._headers.get("content-length", "")
        self._left = int(length) if length.isascii() and length.isdigit() and len(length) < 19 else 0
        self._block = Digest(self._headers.get("warc-block-digest", ""))
        self._payload = Digest(self._headers.get("warc-payload-digest", ""))
        self._head = b""
        if not self._headers.get("content-type", "").startswith("application/http"):
            self._waits_for_http = False

    def _take(self, block: bytes) -> None:
        """Tell the HTTP head from the body."""
        if self._waits_for_http:
            self._head += block
            head, end, block = self._head.partition(_END)
            if not end and len(self._head) < _LONGEST_HEAD:
                return
            self.http, self._waits_for_http = head, False
        self._payload.update(block)
        self._body(block)


class Digest:
    """A digest as WARC writes it, and the bytes that it should be of. One that is missing or of an unknown kind agrees
    with everything."""

    _KNOWN = ("sha1", "sha256", "sha512", "md5")

    def __init__(self, told: str) -> None:
        kind, _, self._told = told.partition(":")
        self._sum = hashlib.new(kind, usedforsecurity=False) if kind in self._KNOWN else None

    def update(self, data: bytes) -> None:
        """Take further bytes."""
        if self._sum is not None:
            self._sum.update(data)

    def agrees(self) -> bool:
        """Whether the bytes are those that the digest is of."""
        if self._sum is None:
            return True
        return self._told.rstrip("=") in (
            b32encode(self._sum.digest()).decode("ascii").rstrip("="),
            self._sum.hexdigest(),
        )


def _pairs(head: bytes) -> list[tuple[str, str]]:
    lines = head.decode("utf-8", "replace").split("\r\n")[1:]
    return [(name.strip(), value.strip()) for name, _, value in (line.partition(":") for line in lines)]


def _parsed(head: bytes) -> dict[str, str]:
    return {name.lower(): value for name, value in _pairs(head)}


def _http_facts(head: bytes) -> tuple[int | None, str]:
    version, _, rest = head.partition(b"\r\n")[0].partition(b" ")
    number = rest.partition(b" ")[0]
    status = int(number) if version.startswith(b"HTTP/") and number.isdigit() and len(number) < 5 else None
    return status, _parsed(head).get("content-type", "") if head else ""


def next_member(file: BinaryIO, start: int) -> int | None:
    """The first byte from ``start`` on at which a gzip member may begin; None when none may."""
    file.seek(start)
    kept = b""
    while chunk := file.read(_CHUNK):
        found = (kept + chunk).find(_MAGIC)
        if found >= 0:
            return file.tell() - len(kept + chunk) + found
        kept = (kept + chunk)[-2:]
    return None
