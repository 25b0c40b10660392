"""The bytes of a WARC file, whatever way it is packed: a gzip member for each record, one for all of them, or none."""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from typing import BinaryIO

__all__ = ["DamagedError", "MemberBytes", "PlainBytes"]

_CHUNK = 1 << 16
_INFLATED = 1 << 20
"""Bytes inflated at a time: a member that grows without end costs time, and no memory."""


class DamagedError(Exception):
    """The bytes end too early, cannot be inflated, or are not what they should be; the message says which."""


class PlainBytes:
    """The bytes of a file from ``start`` on, which are taken one after the other."""

    def __init__(self, file: BinaryIO, start: int = 0) -> None:
        self._file = file
        self._at = start
        self._waiting = b""

    @property
    def position(self) -> int:
        """The byte of the file up to which was read and taken; of packed bytes, only read."""
        return self._at - len(self._waiting)

    def until(self, end: bytes, most: int) -> bytes:
        """The bytes before ``end``, which is taken as well. Raises DamagedError when it does not come within ``most``
        bytes."""
        while (found := self._waiting.find(end)) < 0:
            if len(self._waiting) > most or not self._more():
                raise DamagedError("no whole head")
        before = self._waiting[:found]
        self._waiting = self._waiting[found + len(end) :]
        return before

    def pieces(self, length: int) -> Iterator[bytes]:
        """The next ``length`` bytes, piece by piece. Raises DamagedError when there are fewer."""
        while length:
            if not self._waiting and not self._more():
                raise DamagedError("it ends before its end")
            piece, self._waiting = self._waiting[:length], self._waiting[length:]
            length -= len(piece)
            yield piece

    def skip_blank(self) -> bool:
        """Pass over the line ends between two records; returns whether anything follows."""
        while not (waiting := self._waiting.lstrip(b"\r\n")):
            self._waiting = b""
            if not self._more():
                return False
        self._waiting = waiting
        return True

    def begins(self, beginning: bytes) -> bool:
        """Whether the next bytes are these."""
        while len(self._waiting) < len(beginning) and self._more():
            pass
        return self._waiting.startswith(beginning)

    def seek_line(self, beginning: bytes) -> bool:
        """Pass over everything before the next line that begins so; returns whether there is one."""
        sought = b"\n" + beginning
        while (found := self._waiting.find(sought)) < 0:
            self._waiting = self._waiting[-len(sought) :]
            if not self._more():
                return False
        self._waiting = self._waiting[found + 1 :]
        return True

    def _more(self) -> bool:
        """Put further bytes behind those that wait; returns whether there were any."""
        piece = self._next_piece()
        self._waiting += piece
        return bool(piece)

    def _next_piece(self) -> bytes:
        self._file.seek(self._at)
        piece = self._file.read(_CHUNK)
        self._at += len(piece)
        return piece


class MemberBytes(PlainBytes):
    """The bytes that are packed in the gzip member which begins at ``start``."""

    def __init__(self, file: BinaryIO, start: int) -> None:
        super().__init__(file, start)
        self._member = zlib.decompressobj(wbits=31)
        self._rest = b""

    @property
    def end(self) -> int:
        """The byte behind the member, once it came to its end with the checksum it tells. Raises DamagedError when it
        has not."""
        if not self._member.eof:
            raise DamagedError("it ends before its end")
        return self._at - len(self._member.unused_data)

    def _next_piece(self) -> bytes:
        while not self._member.eof:
            if not self._rest:
                self._rest = super()._next_piece()
                if not self._rest:
                    raise DamagedError("it ends before its end")
            try:
                piece = self._member.decompress(self._rest, _INFLATED)
            except zlib.error as error:
                raise DamagedError("it cannot be unpacked") from error
            self._rest = self._member.unconsumed_tail
            if piece:
                return piece
        return b""
