"""A database file for SQLite: the articles, their edits, what was kept out of them, and what the columns mean.

Columns keep their own names, for queries are written in them. Days and moments are ISO text, lists JSON text, as in the
archive itself.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from zsparkcrawl.archive.exports.extracting import write_database
from zsparkcrawl.export.choosing import Heading
from zsparkcrawl.export.faults import ExportError, FormError

__all__ = ["write"]


def write(rows: Iterable[Mapping[str, Any]], path: Path, columns: Sequence[Heading]) -> int:
    """Write rows, which carry their edits and injections, to a file, and return how many. Raises ExportError."""
    if any(heading.label != heading.column.name for heading in columns):
        raise FormError("a database keeps the names of its columns: its table columns has the Chinese ones")
    try:
        return write_database(rows, path, [heading.column for heading in columns])
    except sqlite3.Error as error:
        raise ExportError(f"cannot write the database: {error}") from error
