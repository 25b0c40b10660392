"""Parquet: row groups in ranges, their rows mended with all other columns as they were, or handed out as records."""

from __future__ import annotations

import base64
import datetime as dt
import decimal
import json
import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import accumulate
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

from zsparkcrawl.bulk.arrays import column_types, columns_of, is_text
from zsparkcrawl.bulk.faults import SourceError, UnfitError
from zsparkcrawl.bulk.sources import Job, shown
from zsparkcrawl.edits import Edited
from zsparkcrawl.extras import extra

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = ["batches_of", "mended_batch", "mended_schema", "plainly", "ranges_of", "raw_at", "record_at", "write_rows"]

RANGE = 2 * 2**20
"""Bytes of a range of row groups, unpacked. Chosen, as for lines."""

_BATCH = 4 * 2**20
"""Bytes of rows, unpacked, that are worked on at a time: memory follows it, and not the size of a row group."""
_MOST_ROWS = 1 << 16


def ranges_of(path: Path, job: Job) -> list[tuple[int, int]]:
    """Ranges of row groups. Raises SourceError when the file is none, or has not the columns that are asked for."""
    with _opened(path) as file:
        _check(path, file.schema_arrow, job)
        found: list[tuple[int, int]] = []
        first = size = 0
        for group in range(file.num_row_groups):
            size += file.metadata.row_group(group).total_byte_size
            if size >= RANGE or group + 1 == file.num_row_groups:
                found.append((first, group + 1))
                first, size = group + 1, 0
        return found


def mended_schema(path: Path, job: Job) -> pa.Schema:
    """The schema of the output: that of the file, all metadata with it, and the columns "edits" and "damaged"."""
    arrow = extra("pyarrow", "parquet")
    with _opened(path) as file:
        schema = file.schema_arrow
    for name, kind in zip(("edits", "damaged"), column_types(job.fields), strict=True):
        schema = schema.append(arrow.field(name, kind))
    return schema


def batches_of(path: Path, start: int, end: int) -> Iterator[tuple[int, pa.RecordBatch | str]]:
    """The rows of a range of row groups, some megabytes at a time, with the number of the first; where a group cannot
    be read, a word on it instead."""
    arrow = extra("pyarrow", "parquet")
    with _opened(path) as file:
        rows = [file.metadata.row_group(group).num_rows for group in range(file.num_row_groups)]
        begins = list(accumulate(rows, initial=0))
        for group in range(start, end):
            number, size = rows[group], file.metadata.row_group(group).total_byte_size
            at_once = max(1, min(_MOST_ROWS, _BATCH * number // max(size, 1)))
            row = begins[group]
            try:
                for batch in file.iter_batches(at_once, row_groups=[group], use_threads=False):
                    yield row, batch
                    row += len(batch)
            except (arrow.ArrowException, OSError) as error:
                last = begins[group + 1] - 1
                yield row, f"rows {row} to {last} cannot be read: {_first_line(error)}"


def record_at(batch: pa.RecordBatch, row: int) -> dict[str, Any]:
    """A row as a record. Raises UnfitError for a text that is no UTF-8."""
    try:
        return {name: column[row].as_py() for name, column in zip(batch.schema.names, batch.columns, strict=True)}
    except UnicodeDecodeError as error:
        raise UnfitError(f"its byte {error.start} is no UTF-8") from error


def mended_batch(
    batch: pa.RecordBatch,
    job: Job,
    schema: pa.Schema,
    mend: Callable[[Mapping[str, Any]], Mapping[str, Edited] | None],
    fail: Callable[[int, str, bytes], None],
) -> pa.RecordBatch:
    """Rows with their texts mended. What ``mend`` raises an UnfitError for is left out and told to ``fail``, by its
    number in the batch; rows for which it gives None have no text, and stay."""
    arrow = extra("pyarrow", "parquet")
    kept: list[int] = []
    rows: list[Mapping[str, Edited] | None] = []
    for row in range(len(batch)):
        try:
            texts = {name: _text_at(batch, name, row) for name in job.fields}
            rows.append(mend(texts))
            kept.append(row)
        except UnfitError as error:
            fail(row, str(error), raw_at(batch, row))
    columns = batch.columns if len(kept) == len(batch) else batch.take(arrow.array(kept, arrow.int64())).columns
    by_name = dict(zip(batch.schema.names, columns, strict=True))
    for name in job.fields:
        texts_of = [row[name].text if row and name in row else None for row in rows]
        by_name[name] = arrow.array(texts_of, schema.field(name).type)
    made = [by_name[name] for name in batch.schema.names]
    return arrow.RecordBatch.from_arrays([*made, *columns_of(rows, job.fields)], schema=schema)


def _text_at(batch: pa.RecordBatch, name: str, row: int) -> str | None:
    try:
        text: str | None = batch.column(name)[row].as_py()
    except UnicodeDecodeError as error:
        raise UnfitError(f'byte {error.start} of its "{name}" is no UTF-8') from error
    return text


def raw_at(batch: pa.RecordBatch, row: int) -> bytes:
    """A row as JSON, for the failures; texts that are no UTF-8 as the bytes that they are."""
    arrow = extra("pyarrow", "parquet")
    found = {}
    for name, column in zip(batch.schema.names, batch.columns, strict=True):
        try:
            found[name] = column[row].as_py()
        except UnicodeDecodeError:
            found[name] = column.slice(row, 1).cast(arrow.binary())[0].as_py()
    return json.dumps(plainly(found), ensure_ascii=False).encode("utf-8", "backslashreplace")


def plainly(value: Any) -> Any:
    """A value of Arrow as JSON has it: days and moments as ISO text, bytes as base64, decimals as text, and what is no
    number as null.

    >>> plainly({"day": dt.date(2019, 2, 19), "bytes": b"a", "list": [decimal.Decimal("1.50")]})
    {'day': '2019-02-19', 'bytes': 'YQ==', 'list': ['1.50']}
    """
    if isinstance(value, dict):
        return {str(name): plainly(inner) for name, inner in value.items()}
    if isinstance(value, (list, tuple)):
        return [plainly(inner) for inner in value]
    if isinstance(value, bytes):
        return base64.b64encode(value).decode("ascii")
    if isinstance(value, (dt.date, dt.time)):
        return value.isoformat()
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    return str(value) if isinstance(value, (decimal.Decimal, dt.timedelta)) else value


def write_rows(out: BinaryIO, schema: pa.Schema, batches: Iterable[pa.RecordBatch]) -> None:
    """Write batches as a Parquet file. It has no clock in it: the same rows give the same bytes with one pyarrow."""
    parquet = extra("pyarrow.parquet", "parquet")
    with parquet.ParquetWriter(out, schema, compression="zstd") as writer:
        for batch in batches:
            if len(batch):
                writer.write_batch(batch, row_group_size=_MOST_ROWS)


def _opened(path: Path) -> Any:
    arrow, parquet = extra("pyarrow", "parquet"), extra("pyarrow.parquet", "parquet")
    try:
        return parquet.ParquetFile(path)
    except (arrow.ArrowException, OSError) as error:
        raise SourceError(f"{shown(path)} is no Parquet file that can be read: {_first_line(error)}") from error


def _check(path: Path, schema: pa.Schema, job: Job) -> None:
    names: Sequence[str] = schema.names
    needed = (*job.fields, job.url_field) if job.work == "read" else job.fields
    if missing := [name for name in needed if names.count(name) != 1]:
        raise SourceError(f"{shown(path)} has no column {missing[0]!r}, or several: it has {', '.join(names)}")
    if job.work == "read":
        return
    for name in job.fields:
        if not is_text(schema.field(name).type):
            raise SourceError(f"{shown(path)}: the column {name!r} is of {schema.field(name).type}, not of texts")
    if taken := [name for name in ("edits", "damaged") if name in names]:
        raise SourceError(f"{shown(path)} has a column {taken[0]!r} already, as what is mended has")


def _first_line(error: Exception) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0]
