"""One part of a file: a range worked on, and written under a name of the part's own."""

from __future__ import annotations

import gzip
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import BinaryIO, cast

from zsparkcrawl.bulk.failures import failure_line
from zsparkcrawl.bulk.lines import json_line
from zsparkcrawl.bulk.planning import Plan, check_unchanged, read_note, state_of, write_note
from zsparkcrawl.bulk.sources import Job
from zsparkcrawl.bulk.working import Worker
from zsparkcrawl.extras import extra
from zsparkcrawl.whole_file import whole_file

__all__ = ["is_arrow", "make_part", "part_path"]

_PACKED = 6
"""The level of gzip: that of its command."""


def part_path(out: Path, plan: Plan, number: int, kind: str = "part") -> Path:
    """Where a part's output ("part"), failures ("failures") or note ("json") stands."""
    return state_of(out, plan.source) / f"{number:06}.{kind}"


def is_arrow(plan: Plan, job: Job) -> bool:
    """Whether the parts of a file are streams of Arrow, which keep the types of a table; else they are lines."""
    source = plan.source
    return source.form == "parquet" and source.written_as == "parquet" and job.work != "read"


def make_part(plan: Plan, job: Job, out: str, number: int) -> None:
    """Work on one range of a file, unless that is done. Its note is written last, so a part with a note is whole.

    Raises SourceError when the file cannot be read, and OSError when the output cannot be written."""
    path, failures, note = (part_path(Path(out), plan, number, kind) for kind in ("part", "failures", "json"))
    known = read_note(note)
    if known and path.exists() and path.stat().st_size == known.get("size"):
        return
    with _written_late(failures) as tell, whole_file(path) as stream:

        def fail(place: int, reason: str, raw: bytes | None) -> None:
            tell(failure_line(plan.source, place, reason, raw))

        worker = Worker(plan.source, job, plan.ranges[number], fail)
        if is_arrow(plan, job):
            _write_batches(worker, plan, job, stream)
        elif plan.source.written_as == "packed lines":
            # Without a name and a time in its head; what is packed in several pieces is one file to every reader.
            with gzip.GzipFile("", "wb", _PACKED, stream, mtime=0) as packed:
                _write_lines(worker, cast("BinaryIO", packed))
        else:
            _write_lines(worker, stream)
    check_unchanged(plan)
    write_note(note, {"size": path.stat().st_size, "counts": worker.tally.counts})


def _write_lines(worker: Worker, stream: BinaryIO) -> None:
    for record in worker.records():
        stream.write(json_line(record))


def _write_batches(worker: Worker, plan: Plan, job: Job, stream: BinaryIO) -> None:
    from zsparkcrawl.bulk.rows import mended_schema

    schema = mended_schema(Path(plan.source.path), job)
    with extra("pyarrow", "parquet").ipc.new_stream(stream, schema) as writer:
        for batch in worker.batches(schema):
            writer.write_batch(batch)


@contextmanager
def _written_late(path: Path) -> Iterator[Callable[[bytes], None]]:
    """Write to a file that is there afterwards only when something was written."""
    with ExitStack() as stack:
        streams: list[BinaryIO] = []

        def write(data: bytes) -> None:
            if not streams:
                streams.append(stack.enter_context(whole_file(path)))
            streams[0].write(data)

        yield write
    if not streams:
        path.unlink(missing_ok=True)
