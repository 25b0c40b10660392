"""Entering records that no row of the archive points to: a run was killed between the two, or the database is older
than the captures, as after a restore."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

from zsparkcrawl.archive import Archive
from zsparkcrawl.archive.articles.storable import stamp, storable
from zsparkcrawl.archive.warc.captures import Captured, read_capture
from zsparkcrawl.archive.warc.members import Record
from zsparkcrawl.charset import declared_charset

__all__ = ["Entered", "enter_record", "is_copy", "put_back"]

Entered = Literal["entered", "put back", "copy", "no body", "odd"]
"""What became of a record: it has a row now; the row of a capture that was lost points to it; another record of the
same answer has a row; it is a revisit of a body that is not there; it has no address, date or HTTP status."""


def is_copy(archive: Archive, record: Record) -> bool:
    """Whether the archive points to another record of the same answer, as after a salvage and a restore."""
    return any(row["lost"] is None for row in _same_answer(archive, record))


def put_back(archive: Archive, file: str, record: Record) -> int | None:
    """Let the row of a capture that was lost point to this record of the same answer; returns its number, None when
    none was lost."""
    for row in _same_answer(archive, record):
        if row["lost"] is not None:
            archive.put_back(row["id"], file=file, offset=record.start, length=record.end - record.start)
            return int(row["id"])
    return None


def enter_record(archive: Archive, folder: Path, file: str, record: Record) -> Entered:
    """Give a response or a revisit a row, as far as its own head knows: no run is entered.

    Raises CaptureError when the record cannot be read, ArchiveError when the database refuses.
    """
    said = record.headers
    url, time, status = said.get("warc-target-uri"), said.get("warc-date", ""), record.status
    if not url or not _second(time) or status is None:
        return "odd"
    if is_copy(archive, record):
        return "copy"
    if put_back(archive, file, record) is not None:
        return "put back"
    digest, original, declared = said.get("warc-payload-digest", ""), None, declared_charset(b"", record.content_type)
    if record.kind == "revisit":
        original = _original(archive, said)
        if original is None:
            return "no body"
        digest = original["digest"]
    else:
        declared = declared_charset(read_capture(folder, file, record.start)[2], record.content_type)
    captured = Captured(
        url=url,
        time=dt.datetime.fromisoformat(time),
        status=status,
        content_type=record.content_type,
        file=file,
        offset=record.start,
        length=record.end - record.start,
        digest=digest,
        revisit_of=None if original is None else original["id"],
    )
    partial = said.get("warc-truncated") == "disconnect"
    archive.add_capture(captured, declared_charset=declared, partial=partial)
    return "entered"


def _same_answer(archive: Archive, record: Record) -> list[Mapping[str, Any]]:
    """The rows of captures that are this answer: of its address, second, status and body."""
    said = record.headers
    digest = said.get("warc-payload-digest")
    there = archive.captures_at(storable(said.get("warc-target-uri", "")), _second(said.get("warc-date", "")))
    same = [row for row in there if row["status"] == record.status and digest in (None, row["digest"])]
    # Told by what the archive knows: a revisit of it is no answer with a body of its own.
    return [row for row in same if (row["revisit_of"] is None) == (record.kind == "response")]


def _original(archive: Archive, said: Mapping[str, str]) -> Mapping[str, Any] | None:
    """The capture that has the body of a revisit."""
    url, time = said.get("warc-refers-to-target-uri", ""), _second(said.get("warc-refers-to-date", ""))
    digest = said.get("warc-payload-digest")
    there = (row for row in archive.captures_at(storable(url), time) if row["revisit_of"] is None)
    return next((row for row in there if row["lost"] is None and digest in (None, row["digest"])), None)


def _second(date: str) -> str:
    """A date of WARC as the archive has it; "" when it is none."""
    try:
        return stamp(dt.datetime.fromisoformat(date))
    except ValueError:
        return ""
