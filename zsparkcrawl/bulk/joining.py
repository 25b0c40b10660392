"""The parts of a file, once all are there, become its output."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator, Sequence
from dataclasses import fields
from pathlib import Path
from typing import TYPE_CHECKING, Any

from zsparkcrawl.bulk.failures import ENDING
from zsparkcrawl.bulk.faults import BulkError
from zsparkcrawl.bulk.lines import json_line
from zsparkcrawl.bulk.parts import is_arrow, part_path
from zsparkcrawl.bulk.planning import Plan, check_unchanged, read_note, state_of, write_note
from zsparkcrawl.bulk.sources import Job, shown
from zsparkcrawl.bulk.tallying import Tally
from zsparkcrawl.extras import extra
from zsparkcrawl.items import Article
from zsparkcrawl.whole_file import whole_file

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = ["join"]

_PIECE = 1 << 20
_ROWS = 256
"""Rows of a batch that is made of lines. Chosen: a megabyte or two of articles."""


def join(plan: Plan, job: Job, out: str) -> dict[str, int]:
    """Write the output of a file from its parts, and its failures if there are any; note that it is done, take the
    parts away, and return the counts. Raises OSError, SourceError, BulkError."""
    folder = Path(out)
    tally = Tally()
    for number in range(len(plan.ranges)):
        note = read_note(part_path(folder, plan, number, "json"))
        if note is None:
            raise BulkError(
                f"a part of {shown(plan.source.output)} is gone: is another program at work in {shown(out)}?"
            )
        tally.plus(note["counts"])
    check_unchanged(plan)
    target = folder / plan.source.output
    target.parent.mkdir(parents=True, exist_ok=True)
    _join_failures(folder, plan)
    # First among the parts: what a killed process leaves half written is found there and taken away.
    whole = state_of(folder, plan.source) / "output"
    with whole_file(whole) as stream:
        if plan.source.written_as == "parquet":
            from zsparkcrawl.bulk.rows import mended_schema, write_rows

            arrow = is_arrow(plan, job)
            schema = mended_schema(Path(plan.source.path), job) if arrow else _schema_of_lines(job)
            batches = _arrow_batches(folder, plan) if arrow else _batches_of_lines(folder, plan, job, schema)
            write_rows(stream, schema, batches)
        else:
            for number in range(len(plan.ranges)):
                with part_path(folder, plan, number).open("rb") as part:
                    shutil.copyfileobj(part, stream, _PIECE)
    whole.replace(target)
    stat = target.stat()
    counts = dict(tally.counts)
    done = {"key": plan.key, "file": shown(plan.source.path), "output": [stat.st_size, stat.st_mtime_ns]}
    write_note(state_of(folder, plan.source) / "done.json", {**done, "counts": counts})
    for number in range(len(plan.ranges)):
        for kind in ("part", "failures", "json"):
            part_path(folder, plan, number, kind).unlink(missing_ok=True)
    return counts


def _join_failures(folder: Path, plan: Plan) -> None:
    target = folder / f"{plan.source.output}{ENDING}"
    found = [part_path(folder, plan, number, "failures") for number in range(len(plan.ranges))]
    found = [each for each in found if each.exists()]
    if not found:
        target.unlink(missing_ok=True)
        return
    whole = state_of(folder, plan.source) / "failures"
    with whole_file(whole) as stream:
        for path in found:
            with path.open("rb") as part:
                shutil.copyfileobj(part, stream, _PIECE)
    whole.replace(target)


def _arrow_batches(folder: Path, plan: Plan) -> Iterator[pa.RecordBatch]:
    arrow = extra("pyarrow", "parquet")
    for number in range(len(plan.ranges)):
        with part_path(folder, plan, number).open("rb") as part, arrow.ipc.open_stream(part) as reader:
            yield from reader


def _schema_of_lines(job: Job) -> pa.Schema:
    """The columns that lines have as a table. Of mended records: the texts, what is on record of them, and in "rest"
    the other names as JSON. Of articles: their texts and, as JSON, what is no text."""
    from zsparkcrawl.bulk.arrays import column_types

    arrow = extra("pyarrow", "parquet")
    if job.work == "read":
        shown_fields = [entry.name for entry in fields(Article) if entry.metadata.get("plain", True)]
        names = [*shown_fields, "fetched", "record", "given"]
        return arrow.schema([(name, arrow.string()) for name in names])
    columns = [(name, arrow.string()) for name in job.fields]
    made = list(zip(("edits", "damaged"), column_types(job.fields), strict=True))
    return arrow.schema([*columns, *made, ("rest", arrow.string())])


def _batches_of_lines(folder: Path, plan: Plan, job: Job, schema: pa.Schema) -> Iterator[pa.RecordBatch]:
    arrow = extra("pyarrow", "parquet")
    rows: list[dict[str, Any]] = []
    for number in range(len(plan.ranges)):
        with part_path(folder, plan, number).open("rb") as part:
            for line in part:
                record = json.loads(line)
                rows.append(_article_row(record) if job.work == "read" else _mended_row(record, job.fields))
                if len(rows) == _ROWS:
                    yield arrow.RecordBatch.from_pylist(rows, schema)
                    rows = []
    if rows:
        yield arrow.RecordBatch.from_pylist(rows, schema)


def _article_row(article: dict[str, Any]) -> dict[str, str | None]:
    return {name: value if isinstance(value, str | None) else _json(value) for name, value in article.items()}


def _mended_row(record: dict[str, Any], names: Sequence[str]) -> dict[str, Any]:
    row = {name: record.pop(name, None) for name in names}
    for what in ("edits", "damaged"):
        made = record.pop(what, None)
        if len(names) == 1:
            row[what] = made or []
        else:
            row[what] = {name: (made or {}).get(name, []) for name in names}
    row["rest"] = _json(record)
    return row


def _json(value: object) -> str:
    return json_line(value).decode().removesuffix("\n")
