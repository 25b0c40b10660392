"""CSV that loses nothing: UTF-8 without a byte-order mark, quoted as in RFC 4180.

An unknown value (NULL) is an empty field without quotes, an empty text is a pair of quotes. Lists are JSON text.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, BinaryIO

from zsparkcrawl.export.as_json import to_json
from zsparkcrawl.export.choosing import Heading

__all__ = ["write"]

_QUOTED = re.compile(r'[",\r\n]')


def write(rows: Iterable[Mapping[str, Any]], out: BinaryIO, columns: Sequence[Heading]) -> int:
    """Write rows to a stream of bytes, and return how many."""
    names = [heading.column.name for heading in columns]
    out.write(_line([heading.label for heading in columns]))
    number = 0
    for row in rows:
        out.write(_line([row[name] for name in names]))
        number += 1
    return number


def _line(values: Iterable[object]) -> bytes:
    return (",".join(map(_field, values)) + "\r\n").encode()


def _field(value: object) -> str:
    """The csv module of Python 3.11 writes NULL and the empty text alike, so fields are quoted here."""
    if value is None:
        return ""
    text = value if isinstance(value, str) else to_json(value)
    if text == "" or _QUOTED.search(text):
        return '"' + text.replace('"', '""') + '"'
    return text
