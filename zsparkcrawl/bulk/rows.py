"""Parquet: row groups in ranges, their rows mended with all other columns as they were, or handed out as records."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import accumulate
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

from zsparkcrawl.bulk.arrays import column_types, columns_of, text_type
from zsparkcrawl.bulk.faults import SourceError, UnfitError
from zsparkcrawl.bulk.sources import Job, shown
from zsparkcrawl.bulk.values import kept_value, plainly, value_of
from zsparkcrawl.edits import Edited
from zsparkcrawl.extras import extra

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = ["batches_of", "mended_batch", "mended_schema", "ranges_of", "raw_at", "record_at", "write_rows"]

RANGE = 2 * 2**20
"""Bytes of a range of row groups, unpacked. Chosen, as for lines."""

_BATCH = 4 * 2**20
"""Bytes of rows, unpacked, that are worked on at a time: memory follows it, and not the size of a row group. Chosen."""
_MOST_ROWS = 256
"""Rows that are worked on at a time: where texts come again and again a table has each once, and tells only that size.
Chosen: of 20,000 rows with one text of 100 kB all at once took 4.3 GB."""
_READ = 1 << 20
"""Bytes of a column that are read at a time. Without it a row group of 258 MB was held whole."""
_GROUP = 16 * 2**20
_GROUP_ROWS = 1 << 16
"""Bytes, unpacked, or rows of a row group that is written. Chosen."""


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
    for name in job.fields:
        place = schema.get_field_index(name)
        schema = schema.set(place, schema.field(place).with_type(text_type(schema.field(place).type)))
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
        return {name: value_of(column[row]) for name, column in zip(batch.schema.names, batch.columns, strict=True)}
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
    columns = [_rows_of(column, kept) for column in batch.columns]
    for name in job.fields:
        place = batch.schema.get_field_index(name)
        texts_of = [row[name].text if row and name in row else None for row in rows]
        columns[place] = arrow.array(texts_of, schema.field(place).type)
    return arrow.RecordBatch.from_arrays([*columns, *columns_of(rows, job.fields)], schema=schema)


def _rows_of(column: pa.Array, kept: Sequence[int]) -> pa.Array:
    """Some rows of a column, in their order. `take` cannot do that with every type."""
    if len(kept) == len(column):
        return column
    runs: list[list[int]] = []
    for row in kept:
        if runs and row == runs[-1][1]:
            runs[-1][1] += 1
        else:
            runs.append([row, row + 1])
    pieces = [column.slice(begin, end - begin) for begin, end in runs] or [column.slice(0, 0)]
    return extra("pyarrow", "parquet").concat_arrays(pieces)


def _text_at(batch: pa.RecordBatch, name: str, row: int) -> str | None:
    try:
        text: str | None = batch.column(name)[row].as_py()
    except UnicodeDecodeError as error:
        raise UnfitError(f'byte {error.start} of its "{name}" is no UTF-8') from error
    return text


def raw_at(batch: pa.RecordBatch, row: int) -> bytes:
    """A row as JSON, for the failures; texts that are no UTF-8 as the bytes that they are."""
    found = {name: kept_value(column[row]) for name, column in zip(batch.schema.names, batch.columns, strict=True)}
    return json.dumps(plainly(found), ensure_ascii=False).encode("utf-8", "backslashreplace")


def write_rows(out: BinaryIO, schema: pa.Schema, batches: Iterable[pa.RecordBatch]) -> None:
    """Write batches as a Parquet file. It has no clock in it: the same rows give the same bytes with one pyarrow."""
    arrow, parquet = extra("pyarrow", "parquet"), extra("pyarrow.parquet", "parquet")
    with parquet.ParquetWriter(out, schema, compression="zstd") as writer:
        for group in _groups(batches):
            writer.write_table(arrow.Table.from_batches(group))


def _groups(batches: Iterable[pa.RecordBatch]) -> Iterator[list[pa.RecordBatch]]:
    """Batches that make a row group together."""
    group: list[pa.RecordBatch] = []
    rows = size = 0
    for batch in batches:
        group.append(batch)
        rows, size = rows + len(batch), size + batch.nbytes
        if rows >= _GROUP_ROWS or size >= _GROUP:
            yield group
            group, rows, size = [], 0, 0
    if rows:
        yield group


def _opened(path: Path) -> Any:
    arrow, parquet = extra("pyarrow", "parquet"), extra("pyarrow.parquet", "parquet")
    try:
        return parquet.ParquetFile(
            path,
            buffer_size=_READ,
            pre_buffer=False,
            page_checksum_verification=True,
            # Nanoseconds, as pyarrow has these moments of 96 bits, end in 2262, and Spark writes any.
            coerce_int96_timestamp_unit="us",
        )
    except (arrow.ArrowException, OSError) as error:
        raise SourceError(f"{shown(path)} is no Parquet file that can be read: {_first_line(error)}") from error


def _check(path: Path, schema: pa.Schema, job: Job) -> None:
    names: Sequence[str] = schema.names
    needed = (*job.fields, job.url_field) if job.work == "read" else job.fields
    if missing := [name for name in needed if name not in names]:
        has = ", ".join(names) or "none"
        raise SourceError(f"{shown(path)} has no column {missing[0]!r}; its columns: {shown(has):.500}")
    becomes_records = job.work == "read" or job.to == "jsonl"
    if twice := [name for name in (names if becomes_records else needed) if names.count(name) > 1]:
        raise SourceError(f"{shown(path)} has several columns {twice[0]!r}")
    if job.work == "read":
        return
    for name in job.fields:
        if text_type(schema.field(name).type) is None:
            raise SourceError(f"{shown(path)}: the column {name!r} is of {schema.field(name).type}, not of texts")
    if taken := [name for name in ("edits", "damaged") if name in names]:
        raise SourceError(f"{shown(path)} has a column {taken[0]!r} already, as what is mended has")


def _first_line(error: Exception) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0]
