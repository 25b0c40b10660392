"""JSON: one array of objects, or JSON lines, an object on each line. UTF-8, NULL is null, lists are arrays."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, BinaryIO

from zsparkcrawl.export.choosing import Heading

__all__ = ["to_json", "write_array", "write_lines"]

_encode = json.JSONEncoder(ensure_ascii=False).encode
"""Made once: json.dumps makes an encoder at each call that asks for anything."""

_LINE_ENDS = ("\x85", "\u2028", "\u2029")
"""What JSON takes for a letter and many readers of lines take for the end of a line."""


def to_json(value: object) -> str:
    """A value as JSON on one line, also for readers that end a line where Unicode may.

    >>> to_json({"题": "a\\u2028b"})
    '{"题": "a\\\\u2028b"}'
    """
    text = _encode(value)
    for sign in _LINE_ENDS:
        if sign in text:
            text = text.replace(sign, f"\\u{ord(sign):04x}")
    return text


def write_array(rows: Iterable[Mapping[str, Any]], out: BinaryIO, columns: Sequence[Heading]) -> int:
    """Write rows to a stream of bytes as one array, and return how many."""
    out.write(b"[\n")
    number = _write(rows, out, columns, ",\n")
    out.write(b"\n]\n" if number else b"]\n")
    return number


def write_lines(rows: Iterable[Mapping[str, Any]], out: BinaryIO, columns: Sequence[Heading]) -> int:
    """Write rows to a stream of bytes, each on a line, and return how many."""
    number = _write(rows, out, columns, "\n")
    out.write(b"\n" if number else b"")
    return number


def _write(rows: Iterable[Mapping[str, Any]], out: BinaryIO, columns: Sequence[Heading], between: str) -> int:
    names = [(heading.label, heading.column.name) for heading in columns]
    number = 0
    for row in rows:
        text = to_json({label: row[name] for label, name in names})
        out.write((between + text if number else text).encode())
        number += 1
    return number
