"""The tables of a package, each as CSV and as Parquet from the same rows."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from zsparkcrawl.archive import Archive, Filters
from zsparkcrawl.archive.exports.packing import PACKED
from zsparkcrawl.export.choosing import Heading
from zsparkcrawl.export.forms import Format, form_of, writer_of
from zsparkcrawl.package.faults import PackageError
from zsparkcrawl.package.observing import Observed, watched
from zsparkcrawl.package.tables import TABLES, table_named, type_of, unit_of

__all__ = ["BY_ARTICLE", "DATA", "dictionary_rows", "write_packed", "write_table"]

Row = Mapping[str, Any]

DATA = "data"
"""The folder of the tables."""
BY_ARTICLE = 16
"""How often the archive goes through the articles: once for CSV and once for Parquet, in eight tables."""


def write_packed(
    archive: Archive,
    folder: Path,
    filters: Filters,
    step: Callable[[], object],
    data: Path | None = None,
) -> Observed:
    """Write the tables that the archive has, and return what was noticed about their rows. ``step`` is called after
    each article of a table, BY_ARTICLE times in all. With ``data``, the archive's data folder, the bytes of files are
    copied from there as well. The rows of both forms are the same when the archive stands still meanwhile, see
    :meth:`Archive.at_one_moment`. Raises PackageError for a file that is not as it came, and OSError."""
    observed = Observed()
    for name in PACKED:
        rows: Iterable[Row] = watched(name, archive.packed(name, filters, step), observed)
        if name == "files" and data is not None:
            rows = _copying(rows, data, folder)
        _write(folder, name, "csv", rows)
        _write(folder, name, "parquet", archive.packed(name, filters, step))
    return observed


def write_table(folder: Path, name: str, rows: Iterable[Row]) -> None:
    """Write a small table. Raises OSError."""
    found = list(rows)
    _write(folder, name, "csv", found)
    _write(folder, name, "parquet", found)


def dictionary_rows() -> Iterator[dict[str, Any]]:
    """What each column of each table is, in English and Chinese.

    >>> next(row for row in dictionary_rows() if row["column"] == "start")["unit"]
    'characters 字符'
    """
    for name in TABLES:
        for column in table_named(name).columns:
            yield {
                "table": name,
                "column": column.name,
                "type": type_of(column),
                "unit": unit_of(column),
                "nullable": column.nullable,
                "meaning": column.meaning,
                "name_chinese": column.chinese,
                "meaning_chinese": column.meaning_chinese,
            }


def _write(folder: Path, name: str, form: Format, rows: Iterable[Row]) -> None:
    path = folder / DATA / f"{name}.{form}"
    headings = [Heading(column, column.name) for column in table_named(name).columns]
    with path.open("xb") as stream:
        writer_of(form_of(form, path))(rows, stream, headings)


def _copying(rows: Iterable[Row], data: Path, folder: Path) -> Iterator[Row]:
    """The rows as they come, and the bytes of each file once."""
    for row in rows:
        if row["path"] is not None and not (folder / row["path"]).exists():
            _copy(data / row["path"], folder / row["path"], row["sha256"])
        yield row


def _copy(source: Path, target: Path, sha256: str) -> None:
    """Copy a file, and see that it is what it was when it came."""
    if not source.is_file():
        raise PackageError(f"file {source} is not there: zsparkcrawl verify tells what else is amiss")
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(source, target)
    with target.open("rb") as stream:
        found = hashlib.file_digest(stream, "sha256").hexdigest()
    if found != sha256:
        raise PackageError(f"file {source} holds other bytes than those that came: zsparkcrawl verify tells more")
