"""JSON Lines: a file in ranges of bytes, and its lines as records."""

from __future__ import annotations

import gzip
import json
import math
import zlib
from codecs import BOM_UTF8
from collections.abc import Iterator
from decimal import Decimal
from itertools import chain
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple, cast

from zsparkcrawl.bulk.faults import UnfitError

__all__ = ["LONGEST", "Line", "is_blank", "json_line", "lines_of", "packed_lines_of", "ranges_of", "record_of"]

LONGEST = 32 * 2**20
"""Bytes of a line that is read: the longest text, each character escaped, and as much besides. Chosen."""

RANGE = 2 * 2**20
"""Bytes of a range: a few seconds of work, so that little is lost and two processes end together. Chosen."""

_DEEPEST = 200
"""Lists and objects within each other that a record may have. Chosen, below what any process can read and write: where
that ends depends on what else it is doing."""

_EXACT = 15
"""Digits that every number in Python keeps."""


class Line(NamedTuple):
    """A line, where it begins in the file (in the unpacked one), and what is wrong with it as a line."""

    position: int
    data: bytes
    fault: str = ""


def ranges_of(size: int) -> list[tuple[int, int]]:
    """Ranges of bytes that cover a file; a line belongs to the range in which it begins."""
    return [(start, min(start + RANGE, size)) for start in range(0, size, RANGE)]


def lines_of(path: Path, start: int, end: int) -> Iterator[Line]:
    """The lines that begin in a range of bytes. Raises OSError."""
    with path.open("rb") as stream:
        if start:
            stream.seek(start - 1)
        yield from _lines(stream, start, end)


def packed_lines_of(path: Path) -> Iterator[Line]:
    """The lines of a gzip file; one that is damaged gives those before the damage, and last of all what is wrong.
    Raises OSError."""
    position = 0
    with path.open("rb") as packed, gzip.GzipFile(fileobj=packed) as stream:
        try:
            for line in _lines(cast("BinaryIO", stream), 0, None):
                position = line.position + len(line.data)
                yield line
        except (EOFError, zlib.error, gzip.BadGzipFile) as error:
            yield Line(position, b"", f"what follows cannot be unpacked: {error}")


def _lines(stream: BinaryIO, start: int, end: int | None) -> Iterator[Line]:
    position = start
    if start:  # a line that begins before the range is passed over, as far as the range goes
        position = _passed(stream, start - 1, end)
    while end is None or position < end:
        data = stream.readline(LONGEST + 1)
        if not data:
            return
        if len(data) > LONGEST and not data.endswith(b"\n"):
            yield Line(position, data[:1000], f"it has more than {LONGEST} bytes, of which the first 1000 are kept")
            position = _passed(stream, position + len(data), end)
            continue
        yield Line(position, data)
        position += len(data)


def _passed(stream: BinaryIO, position: int, end: int | None) -> int:
    """Pass over the rest of a line, piece by piece; returns where the next one begins, or a place behind the range."""
    while end is None or position < end:
        piece = stream.readline(1 << 20)
        position += len(piece)
        if not piece or piece.endswith(b"\n"):
            break
    return position


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise UnfitError("a name comes twice in one of its objects, and one of both would be lost")
    return found


def _number(text: str) -> float:
    value = float(text)
    if len(text) > _EXACT and (math.isinf(value) or Decimal(text) != Decimal(repr(value))):
        raise UnfitError(f"the number {text[:50]} would lose digits")
    if math.isinf(value):
        raise UnfitError(f"the number {text[:50]} is too great")
    return value


def is_blank(line: Line) -> bool:
    r"""Whether there is nothing on a line, the mark at the beginning of a file aside.

    >>> is_blank(Line(0, b"\xef\xbb\xbf\r\n")), is_blank(Line(7, b"{}\n"))
    (True, False)
    """
    data = line.data.removeprefix(BOM_UTF8) if line.position == 0 else line.data
    return not data.strip()


_decode = json.JSONDecoder(object_pairs_hook=_object, parse_float=_number).decode
_encode = json.JSONEncoder(ensure_ascii=False).encode
"""Made once: json.loads and json.dumps make one at each call that asks for anything."""


def record_of(line: Line) -> dict[str, Any]:
    """The record of a line. Raises UnfitError when there is none, or one that would not come out again as it came in.

    >>> record_of(Line(0, b'{"id": 7, "text": "x"}'))
    {'id': 7, 'text': 'x'}
    >>> record_of(Line(0, b'{"id": 7, "id": 8}'))
    Traceback (most recent call last):
    zsparkcrawl.bulk.faults.UnfitError: a name comes twice in one of its objects, and one of both would be lost
    """
    if line.fault:
        raise UnfitError(line.fault)
    try:
        text = line.data.decode("utf-8-sig" if line.position == 0 else "utf-8")
    except UnicodeDecodeError as error:
        raise UnfitError(f"its byte {error.start} is no UTF-8") from error
    try:
        found = _decode(text)
    except RecursionError as error:
        raise UnfitError("it is nested too deeply") from error
    except ValueError as error:
        raise UnfitError(f"it is no JSON: {error}") from error
    if not isinstance(found, dict):
        raise UnfitError("it is no JSON object")
    if text.count("[") + text.count("{") > _DEEPEST and _is_deep(found):
        raise UnfitError("it is nested too deeply")
    return found


def _is_deep(record: dict[str, Any]) -> bool:
    """Whether lists and objects stand within each other more deeply than is read."""
    level: list[Any] = [record]
    for _ in range(_DEEPEST):
        every = chain.from_iterable(one.values() if isinstance(one, dict) else one for one in level)
        level = [one for one in every if isinstance(one, dict | list)]
        if not level:
            return False
    return True


def json_line(value: object) -> bytes:
    """A value as a line of JSON. Half a surrogate pair, which UTF-8 cannot hold, is escaped.

    >>> json_line({"text": "园区"}).decode(), json_line("\\ud83d")
    ('{"text": "园区"}\\n', b'"\\\\ud83d"\\n')
    """
    text = _encode(value)
    try:
        return f"{text}\n".encode()
    except UnicodeEncodeError:
        return f"{json.dumps(value)}\n".encode()
