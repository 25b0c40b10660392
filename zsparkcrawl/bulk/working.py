"""The records of one range of a file, each worked on: what becomes of it, what is counted, and what fails."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from zsparkcrawl.bulk.faults import SourceError, UnfitError
from zsparkcrawl.bulk.lines import is_blank, lines_of, packed_lines_of, record_of
from zsparkcrawl.bulk.mending import mend, on_record, texts_of
from zsparkcrawl.bulk.sources import Job, Source, shown
from zsparkcrawl.bulk.tallying import Tally
from zsparkcrawl.edits import Edited

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = ["Fail", "Worker"]

Fail = Callable[[int, str, bytes | None], None]
"""Takes the place of a record that failed, the reason, and the record as it came."""

_Read = TypeVar("_Read")


class Worker:
    """Works on the records of a range; ``fail`` is told of each that cannot be worked on, ``tally`` counts."""

    def __init__(self, source: Source, job: Job, bounds: tuple[int, int], fail: Fail) -> None:
        self._source, self._job, self._bounds = source, job, bounds
        self._path = Path(source.path)
        self._fail = fail
        self.tally = Tally()

    def records(self) -> Iterator[Mapping[str, Any]]:
        """What becomes of the records, in their order. Raises SourceError when the file cannot be read."""
        if self._source.form == "warc":
            return self._articles()
        return self._from_rows() if self._source.form == "parquet" else self._from_lines()

    def batches(self, schema: pa.Schema) -> Iterator[pa.RecordBatch]:
        """The rows of a range of a Parquet file, mended. Raises SourceError when the file cannot be read."""
        from zsparkcrawl.bulk.rows import mended_batch

        for first, batch in self._batches():

            def fail(row: int, reason: str, raw: bytes, first: int = first) -> None:
                self._failed(first + row, reason, raw)

            yield mended_batch(batch, self._job, schema, self._mended_row, fail)

    def _from_lines(self) -> Iterator[Mapping[str, Any]]:
        packed = self._source.form == "packed lines"
        for line in self._read(packed_lines_of(self._path) if packed else lines_of(self._path, *self._bounds)):
            if not line.fault and is_blank(line):
                continue
            try:
                record = self._worked_on(record_of(line))
            except UnfitError as error:
                self._failed(line.position, str(error), line.data or None)
            else:
                yield record

    def _from_rows(self) -> Iterator[Mapping[str, Any]]:
        from zsparkcrawl.bulk.rows import raw_at, record_at
        from zsparkcrawl.bulk.values import plainly

        for first, batch in self._batches():
            for row in range(len(batch)):
                try:
                    record = self._worked_on(record_at(batch, row))
                except UnfitError as error:
                    self._failed(first + row, str(error), raw_at(batch, row))
                else:
                    yield plainly(record)

    def _batches(self) -> Iterator[tuple[int, pa.RecordBatch]]:
        from zsparkcrawl.bulk.rows import batches_of

        for first, batch in self._read(batches_of(self._path, *self._bounds)):
            if isinstance(batch, str):
                self._failed(first, batch, None)
            else:
                yield first, batch

    def _articles(self) -> Iterator[Mapping[str, Any]]:
        from zsparkcrawl.bulk.pages import Fault, article_of_response, responses_of

        for found in self._read(responses_of(self._path, *self._bounds, self.tally)):
            if isinstance(found, Fault):
                self._failed(found.position, found.message, None)
                continue
            try:
                article = article_of_response(found, self._job, self.tally)
            except UnfitError as error:
                self._failed(found.head.position, f"{found.head.url}: {error}", found.block)
            else:
                if article is not None:
                    yield article

    def _worked_on(self, record: Mapping[str, Any]) -> Mapping[str, Any]:
        """What becomes of a record. Raises UnfitError."""
        if self._job.work == "read":
            from zsparkcrawl.bulk.pages import article_of_record

            return article_of_record(record, self._job, self.tally)
        if taken := [name for name in ("edits", "damaged") if name in record]:
            raise UnfitError(f'it has "{taken[0]}" already, as what is mended has')
        edited = self._mended(record) if self._source.form != "parquet" else self._mended_row(record) or {}
        texts = {name: each.text for name, each in edited.items()}
        return {**record, **texts, **on_record(edited, self._job.fields)}

    def _mended_row(self, row: Mapping[str, Any]) -> Mapping[str, Edited] | None:
        """The texts of a row, mended; None when all are null, which a row of a table may be. Raises UnfitError."""
        if all(row[name] is None for name in self._job.fields):
            self.tally.count("records")
            self.tally.count("healthy")
            return None
        return self._mended(row)

    def _mended(self, record: Mapping[str, Any]) -> dict[str, Edited]:
        assert self._job.work != "read"
        texts = texts_of(record, self._job.fields)
        for name, text in texts.items():
            if not _is_unicode(text):
                raise UnfitError(f'its "{name}" has half a surrogate pair, which is no character')
        edited, diagnosis = mend(texts, self._job.work)
        for name, each in edited.items():
            if "\0" in each.text:  # between Chinese characters a rule takes them out; elsewhere it is no text
                raise UnfitError(f'its "{name}" has a NUL')
        made = [edit for each in edited.values() for edit in each.edits]
        self.tally.add(made, diagnosis, damaged=sum(len(each.damaged) for each in edited.values()))
        return edited

    def _failed(self, place: int, reason: str, raw: bytes | None) -> None:
        self.tally.count("failures")
        self._fail(place, reason, raw)

    def _read(self, given: Iterator[_Read]) -> Iterator[_Read]:
        """What is read of the file, its own faults told apart from those of the output."""
        try:
            yield from given
        except OSError as error:
            raise SourceError(f"{shown(self._path)} cannot be read: {error.strerror or error}") from error


def _is_unicode(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True
