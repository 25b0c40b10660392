"""Is everything there? Each record of the WARC files is held against itself and against its row in the archive."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from zsparkcrawl.archive.warc.leftovers import CaptureError, open_existing
from zsparkcrawl.archive.warc.members import RESPONSES, Gap, Record, walk
from zsparkcrawl.archive.warc.records import recorded_address

__all__ = ["Finding", "Step", "check_file"]

_Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Finding:
    """A fault, told in one line. ``offset`` is where it lies in the file, ``capture_id`` the capture that it hits; None
    when neither is known. ``salvage`` says that the file's other records should be brought to safety."""

    file: str
    offset: int | None
    capture_id: int | None
    message: str
    salvage: bool = True


@dataclass(frozen=True, slots=True)
class Step:
    """How far a file was checked (``end``, in bytes), the record that lay there, if any, whether it is an answer that
    no row of the archive points to, and what was found."""

    end: int
    record: Record | None
    rowless: bool
    findings: tuple[Finding, ...]


def check_file(folder: Path, name: str, rows: Iterator[_Row]) -> Iterator[Step]:
    """Check all records of a file against the captures that lie in it, which come in the order of their offsets.

    Raises CaptureError when the file cannot be read.
    """
    path = folder / name
    try:
        with open_existing(path) as file:
            yield from _steps(name, walk(file), _Waiting(rows))
    except OSError as error:
        raise CaptureError(f"capture {path}: {error.strerror}") from error


class _Waiting:
    """Rows in the order of their offsets, of which the first ones can be taken."""

    def __init__(self, rows: Iterator[_Row]) -> None:
        self._rows = rows
        self._next = next(rows, None)

    def before(self, offset: int | None) -> Iterator[_Row]:
        """Take those that lie before a byte; all of them for None."""
        while self._next is not None and (offset is None or self._next["offset"] < offset):
            yield self._next
            self._next = next(self._rows, None)


def _steps(name: str, parts: Iterator[Record | Gap], waiting: _Waiting) -> Iterator[Step]:
    end = 0
    for part in parts:
        found = [_absent(name, row) for row in waiting.before(part.start)]
        end = part.end
        if isinstance(part, Gap):
            size = part.end - part.start
            found.append(Finding(name, part.start, None, f"{size} bytes at {part.start} hold no whole record"))
            found += [_lost(name, row) for row in waiting.before(part.end)]
            yield Step(end, None, False, tuple(found))
            continue
        rows = list(waiting.before(part.start + 1))
        if part.fault:
            found.append(Finding(name, part.start, None, f"the {part.kind} at {part.start}: {part.fault}"))
        found += [finding for row in rows for finding in _compared(name, row, part)]
        yield Step(end, part, part.kind in RESPONSES and not rows and not part.fault, tuple(found))
    if left := tuple(_absent(name, row) for row in waiting.before(None)):
        yield Step(end, None, False, left)


def _absent(name: str, row: _Row) -> Finding:
    return Finding(name, row["offset"], row["id"], f"{_named(row)}: no record begins at {row['offset']}")


def _lost(name: str, row: _Row) -> Finding:
    return Finding(name, row["offset"], row["id"], f"{_named(row)}: its record at {row['offset']} cannot be read")


def _named(row: _Row) -> str:
    return f"capture {row['id']} of {row['url']!r}"


def _compared(name: str, row: _Row, record: Record) -> Iterator[Finding]:
    """Where a row and the record that it points to do not say the same. The bytes are good: nothing is to salvage."""
    said = record.headers
    if record.kind not in RESPONSES:
        yield Finding(name, record.start, row["id"], f"{_named(row)}: at {record.start} lies a {record.kind}", False)
        return
    pairs = {
        "address": (recorded_address(row["url"]), said.get("warc-target-uri")),
        "status": (row["status"], record.status),
        "length": (row["length"], record.end - record.start),
        # The revisit that a 304 makes tells no digest: there was no body.
        "digest": (row["digest"], said.get("warc-payload-digest", row["digest"])),
        "kind": ("response" if row["revisit_of"] is None else "revisit", record.kind),
    }
    for what, (entered, there) in pairs.items():
        if entered != there:
            message = f"{_named(row)}: the {what} is entered as {entered!r}, its record has {there!r}"
            yield Finding(name, record.start, row["id"], message, False)
