"""Handing out: the articles as a table, in one of the formats of :data:`zsparkcrawl.export.forms.FORMATS`.

A file appears under its name only when it is whole, memory does not grow with the number of articles, and one selection
of one archive gives the same bytes each time.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable, Mapping, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any, BinaryIO

from zsparkcrawl.archive import Archive, Filters
from zsparkcrawl.archive.exports.dictionary import Headers
from zsparkcrawl.archive.views.loading import Beside
from zsparkcrawl.export.choosing import COLUMNS, chosen_columns, headings
from zsparkcrawl.export.faults import ColumnsError, ExportError, FormError
from zsparkcrawl.export.forms import FORMATS, Format, form_of, writer_of
from zsparkcrawl.export.raw import raw_columns, with_raw
from zsparkcrawl.whole_file import whole_file, whole_path

__all__ = [
    "COLUMNS",
    "FORMATS",
    "ColumnsError",
    "ExportError",
    "FormError",
    "Format",
    "Headers",
    "article_rows",
    "chosen_columns",
    "export_articles",
    "write_rows",
]


def export_articles(  # noqa: PLR0913 - all but the first three are said by name
    archive: Archive,
    out: Path | BinaryIO,
    form: Format,
    *,
    filters: Filters | None = None,
    columns: Sequence[str] = COLUMNS,
    headers: Headers = "en",
    on_row: Callable[[], object] | None = None,
) -> int:
    """Write the articles meant to a file or a stream of bytes, and return how many. ``on_row`` is called after each.

    A file is written under another name beside its own and takes its place when it is whole: on failure, what was there
    before is still there, and nothing else. Raises ExportError, FormError for a format that this file or a stream does
    not take, and ExtraMissingError when a library is missing.
    """
    meant = form_of(form, out)
    named = headings(columns, headers)
    write = writer_of(meant)
    with closing(article_rows(archive, filters, columns, meant.beside)) as found:
        rows = _told(found, on_row)
        if not isinstance(out, Path):
            return _flushed(write(rows, out, named), out)
        try:
            if meant.into == "path":
                with whole_path(out) as path:
                    return write(rows, path, named)
            with whole_file(out) as stream:
                return _flushed(write(rows, stream, named), stream)
        except OSError as error:
            raise ExportError(f"cannot write {out}: {error.strerror or error}") from error


def article_rows(
    archive: Archive,
    filters: Filters | None = None,
    columns: Sequence[str] = COLUMNS,
    beside: Iterable[Beside] = (),
) -> Generator[Mapping[str, Any]]:
    """The articles meant, one row at a time, each with the columns named at least: raw forms are made of the edits, and
    attachments and images tell ``sha256`` and ``path`` of their bytes, as far as these are here."""
    raw = raw_columns(columns)
    kept = {name.removesuffix("_raw") if name in raw else name for name in columns}
    carried: list[Beside] = ["files"] if {"attachments", "images"} & kept else []
    carried += ["edits"] if raw and "edits" not in beside else []
    with closing(archive.articles(filters, columns=kept, beside=[*carried, *beside])) as found:
        for row in found:
            yield with_raw(row, raw) if raw else row


def write_rows(
    rows: Iterable[Mapping[str, Any]],
    stream: BinaryIO,
    form: Format,
    columns: Sequence[str] = COLUMNS,
    headers: Headers = "en",
) -> int:
    """Write rows to a stream of bytes in one of the formats that take a stream, and return how many.

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
    return _flushed(writer_of(form_of(form, stream))(rows, stream, headings(columns, headers)), stream)


def _flushed(number: int, stream: BinaryIO) -> int:
    stream.flush()
    return number


def _told(rows: Iterable[Mapping[str, Any]], on_row: Callable[[], object] | None) -> Iterable[Mapping[str, Any]]:
    if on_row is None:
        yield from rows
        return
    for row in rows:
        yield row
        on_row()
