"""Handing out: the articles as CSV, JSON or JSON lines.

The columns stand in a fixed order, :data:`COLUMNS`. CSV is UTF-8 without a byte-order mark, quoted as in RFC
4180, and loses nothing: an unknown value (NULL) is an empty field without quotes, an empty text is a pair of
quotes. Attachments and images, which are lists, are JSON text in CSV; each item also tells ``sha256`` and ``path`` in
the data folder when its bytes are here. A file appears under its name only when
it is whole.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any, BinaryIO, Literal, get_args

from zsparkcrawl.archive import Archive, Filters
from zsparkcrawl.errors import ZsparkError
from zsparkcrawl.whole_file import whole_file

__all__ = [
    "COLUMNS",
    "FORMATS",
    "ColumnsError",
    "ExportError",
    "Format",
    "chosen_columns",
    "export_articles",
    "write_rows",
]

Format = Literal["csv", "json", "jsonl"]
FORMATS: tuple[Format, ...] = get_args(Format)

COLUMNS = (
    "section",
    "native_id",
    "date",
    "title",
    "author",
    "source",
    "body",
    "url",
    "site",
    "editor",
    "time",
    "date_raw",
    "date_precision",
    "date_missing",
    "version",
    "first_seen",
    "last_seen",
    "attachments",
    "images",
    "edit_count",
    "inferred_count",
    "damage_count",
    "date_basis",
    "photographer",
    "reviewers",
    "contributor",
    "gone_at",
)
"""The columns in their order; new ones are only ever added at the end. Their meaning: docs/schema.md."""

_FRAMES: Mapping[Format, tuple[bytes, bytes, bytes]] = {
    "csv": (b"", b"", b""),
    "json": (b"[\n", b",\n", b"\n]\n"),
    "jsonl": (b"", b"\n", b"\n"),
}
"""What stands before the first record, between two, and after the last."""

_QUOTED = re.compile(r'[",\r\n]')


class ExportError(ZsparkError):
    """The table could not be written."""


class ColumnsError(ExportError):
    """Columns were asked for that there are not."""

    exit_code = 2


def chosen_columns(names: str | None) -> tuple[str, ...]:
    """The columns named in a list with commas, in that order; all when there is no list. Raises ColumnsError.

    >>> chosen_columns("title, date")
    ('title', 'date')
    """
    if names is None:
        return COLUMNS
    chosen = tuple(name.strip() for name in names.split(","))
    for name in chosen:
        if name not in COLUMNS:
            raise ColumnsError(f"no column {name!r}: there are {', '.join(COLUMNS)}")
        if chosen.count(name) > 1:
            raise ColumnsError(f"column {name} is named twice")
    return chosen


def export_articles(
    archive: Archive,
    out: Path | BinaryIO,
    form: Format,
    *,
    filters: Filters | None = None,
    columns: Sequence[str] = COLUMNS,
) -> int:
    """Write the articles meant to a file or a stream of bytes, and return how many. Raises ExportError.

    A file is written under another name beside its own and takes its place when it is whole: on failure, what
    was there before is still there, and nothing else. Memory does not grow with the number of articles.
    """
    with closing(archive.articles(filters)) as articles:
        rows = map(archive.with_files, articles) if {"attachments", "images"} & set(columns) else articles
        if not isinstance(out, Path):
            return write_rows(rows, out, form, columns)
        try:
            with whole_file(out) as stream:
                return write_rows(rows, stream, form, columns)
        except OSError as error:
            raise ExportError(f"cannot write {out}: {error.strerror}") from error


def write_rows(
    rows: Iterable[Mapping[str, Any]], stream: BinaryIO, form: Format, columns: Sequence[str] = COLUMNS
) -> int:
    """Write rows to a stream of bytes in one of the formats, and return how many.

    >>> import io
    >>> rows = [{"title": None, "author": ""}, {"title": 'a"b', "author": "c"}]
    >>> out = io.BytesIO()
    >>> write_rows(rows, out, "csv", ("title", "author"))
    2
    >>> print(out.getvalue().decode().replace("\\r", ""), end="")
    title,author
    ,""
    "a""b",c
    """
    number = 0
    begin, between, end = _FRAMES[form]
    stream.write(_csv_line(columns) if form == "csv" else begin)
    for row in rows:
        values = [row[name] for name in columns]
        if form == "csv":
            stream.write(_csv_line(values))
        else:
            record = dict(zip(columns, values, strict=True))
            stream.write((between if number else b"") + json.dumps(record, ensure_ascii=False).encode())
        number += 1
    stream.write(end if number or form == "json" else b"")
    stream.flush()
    return number


def _csv_line(values: Iterable[object]) -> bytes:
    return (",".join(map(_csv_field, values)) + "\r\n").encode()


def _csv_field(value: object) -> str:
    """The csv module of Python 3.11 writes NULL and the empty text alike, so fields are quoted here."""
    if value is None:
        return ""
    text = json.dumps(value, ensure_ascii=False) if isinstance(value, list | dict) else str(value)
    if text == "" or _QUOTED.search(text):
        return '"' + text.replace('"', '""') + '"'
    return text
