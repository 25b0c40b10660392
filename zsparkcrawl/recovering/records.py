"""The records of a WARC file of any make: WARC 1.0 and 1.1, packed or not, whole or damaged.

The archive's own files are walked by :mod:`zsparkcrawl.archive.warc.members`, which needs each record to be a gzip
member.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import BinaryIO

from zsparkcrawl.archive.warc.members import Digest, next_member
from zsparkcrawl.recovering.streams import DamagedError, MemberBytes, PlainBytes

__all__ = ["LARGEST", "Fault", "Head", "Record", "records"]

LARGEST = 65 * 2**20
"""Bytes of a record that is read: as ZSPARK_FILE_BYTES allows for a file, and an HTTP head. Chosen."""

_LONGEST_HEAD = 1 << 20
_BEGINNING = b"WARC/"
_VERSION = re.compile(r"WARC/(?:0\.1[78]|1\.[01])")
_GZIP = b"\x1f\x8b"


@dataclass(frozen=True, slots=True)
class Head:
    """What a record says of itself: its headers, their names in small letters. ``position`` is the byte of the file at
    which it begins, or the gzip member in which it stands."""

    headers: Mapping[str, str]
    position: int = 0

    @property
    def kind(self) -> str:
        """The type of the record: response, revisit, resource, request, warcinfo …"""
        return self.headers.get("warc-type", "").lower()

    @property
    def url(self) -> str:
        """What was asked for, "" when it does not say; some tools put the address in angle brackets."""
        return self.headers.get("warc-target-uri", "").strip("<>")

    @property
    def time(self) -> dt.datetime | None:
        """When it was captured, aware; None when it does not say so that it can be read."""
        try:
            told = dt.datetime.fromisoformat(self.headers.get("warc-date", ""))
            return (told if told.tzinfo else told.replace(tzinfo=dt.UTC)).astimezone(dt.UTC)
        except (ValueError, OverflowError):
            return None


@dataclass(frozen=True, slots=True)
class Record:
    """A record that was asked for, whole: its head and its block."""

    head: Head
    block: bytes


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong at a byte of the file, in a few words; what lies there was passed over."""

    position: int
    message: str


def records(
    file: BinaryIO, wanted: Callable[[Head], bool], start: int = 0, end: int | None = None
) -> Iterator[Record | Fault]:
    """The records of a file whose heads are wanted, in its order, and what could not be read. With ``start`` and
    ``end`` those that begin there and before: each must be the position of a head.

    A record is given out when all of its bytes are there, its packing tells the right checksum and its block the right
    digest. Behind damage the walk goes on with the next gzip member, or line, at which a record begins. Memory holds
    one or two records of at most :data:`LARGEST` bytes. Raises OSError.
    """
    file.seek(0)
    if file.read(2) == _GZIP:
        yield from _packed(file, wanted, start, end)
    else:
        yield from _plain(file, wanted, start, end)


def _packed(file: BinaryIO, wanted: Callable[[Head], bool], start: int, end: int | None) -> Iterator[Record | Fault]:
    position: int | None = start
    damaged = False
    while position is not None and (end is None or position < end):
        file.seek(position)
        if not file.read(1):
            return
        stream = MemberBytes(file, position)
        waiting: list[Record | Fault] = []
        try:
            while stream.skip_blank():
                # What came last is given out when what follows it unpacks: a checksum stands at the member's end.
                yield from waiting
                waiting = list(_one(stream, wanted, position))
            behind = stream.end
        except DamagedError as error:
            if not damaged:
                yield Fault(position, f"damaged: {error}")
            damaged, position = True, next_member(file, position + 1)
            continue
        yield from waiting
        damaged, position = False, behind


def _plain(file: BinaryIO, wanted: Callable[[Head], bool], start: int, end: int | None) -> Iterator[Record | Fault]:
    stream = PlainBytes(file, start)
    while stream.skip_blank() and (end is None or stream.position < end):
        position = stream.position
        try:
            yield from _followed(stream, list(_one(stream, wanted, position)))
        except DamagedError as error:
            yield Fault(position, f"damaged: {error}")
            # A record that tells too great a length hides those behind it: they are looked for from its own head on.
            stream = PlainBytes(file, position + 1)
            if not stream.seek_line(_BEGINNING):
                return


def _followed(stream: PlainBytes, found: list[Record | Fault]) -> list[Record | Fault]:
    """What was found, if the next record or nothing follows. Raises DamagedError."""
    if stream.skip_blank() and not stream.begins(_BEGINNING):
        raise DamagedError("its length is not the one it tells")
    return found


def _one(stream: PlainBytes, wanted: Callable[[Head], bool], position: int) -> Iterator[Record | Fault]:
    """The record that begins here: nothing when it is not wanted. Raises DamagedError."""
    if not stream.begins(_BEGINNING):
        raise DamagedError("no record begins here")
    version, *lines = stream.until(b"\r\n\r\n", _LONGEST_HEAD).decode("utf-8", "replace").split("\r\n")
    if not _VERSION.fullmatch(version.strip()):
        raise DamagedError("no record of a known version")
    pairs = (line.partition(":") for line in lines)
    head = Head({name.strip().lower(): value.strip() for name, _, value in pairs}, position)
    length = _length(head)
    if not wanted(head):
        for _ in stream.pieces(length):
            pass
    elif length > LARGEST:
        for _ in stream.pieces(length):
            pass
        yield Fault(position, f"{head.url}: {length} bytes, more than {LARGEST}")
    else:
        block = b"".join(stream.pieces(length))
        digest = Digest(head.headers.get("warc-block-digest", ""))
        digest.update(block)
        if digest.agrees():
            yield Record(head, block)
        else:
            yield Fault(position, f"{head.url}: damaged: its bytes are not those of its WARC-Block-Digest")


def _length(head: Head) -> int:
    told = head.headers.get("content-length", "")
    if not (told.isascii() and told.isdigit() and len(told) < 19):
        raise DamagedError("it tells no length")
    return int(told)
