"""CSV that a spreadsheet opens by a double click: UTF-8 with a byte-order mark, every field quoted.

Texts are guarded as :mod:`zsparkcrawl.export.guarding` says. Numbers, days, times and moments stand unguarded. Lists
are JSON text.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, BinaryIO

from zsparkcrawl.export.as_json import to_json
from zsparkcrawl.export.choosing import Heading
from zsparkcrawl.export.faults import ExportError
from zsparkcrawl.export.guarding import CELL_LONGEST, cell_length, guard

__all__ = ["write"]

_UNGUARDED = frozenset(["integer", "day", "time", "moment"])


def write(rows: Iterable[Mapping[str, Any]], out: BinaryIO, columns: Sequence[Heading]) -> int:
    """Write rows to a stream of bytes, and return how many. Raises ExportError for a text that no cell can hold."""
    named = [(heading.column.name, heading.column.kind in _UNGUARDED) for heading in columns]
    out.write(b"\xef\xbb\xbf" + _line(heading.label for heading in columns))
    number = 0
    for row in rows:
        out.write(_line(_cell(row, name, unguarded) for name, unguarded in named))
        number += 1
    return number


def _cell(row: Mapping[str, Any], name: str, unguarded: bool) -> str:
    value = row[name]
    if unguarded:
        return "" if value is None else str(value)
    cell = guard(value if value is None or isinstance(value, str) else to_json(value))
    if len(cell) > CELL_LONGEST // 2 and cell_length(cell) > CELL_LONGEST:
        where = row.get("url") or f"article {row.get('id')}"
        raise ExportError(
            f"{where}: {name} has {len(cell)} characters, and a cell of a spreadsheet holds {CELL_LONGEST}: "
            "write a .xlsx, where the rest follows on a sheet of its own, or leave the column out"
        )
    return cell


def _line(cells: Iterable[str]) -> bytes:
    return (",".join('"' + cell.replace('"', '""') + '"' for cell in cells) + "\r\n").encode()
