"""What a damaged WARC file still holds: its good records are copied, byte for byte, into a file of their own.

The damaged file is kept beside it, as ``NAME.warc.gz.damaged``. Whatever moment a power cut chooses, either the old
file or the new one is whole and the one that the archive points to, and salvage can simply be done again.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

from zsparkcrawl.archive import Archive
from zsparkcrawl.archive.salvage.entering import put_back
from zsparkcrawl.archive.warc.leftovers import CaptureError, open_existing
from zsparkcrawl.archive.warc.members import RESPONSES, Record, walk
from zsparkcrawl.archive.warc.verifying import check_file
from zsparkcrawl.whole_file import put_on_disk

__all__ = ["DAMAGED", "Salvaged", "salvage_file"]

DAMAGED = ".damaged"
_PART = ".part"
_CHUNK = 1 << 20


@dataclass(frozen=True, slots=True)
class Salvaged:
    """What came of a damaged file: the new one (None when no record could be read), the name that the damaged one has
    now, the number of records brought over, and the captures that were lost, as rows."""

    file: str | None
    damaged: str
    records: int
    lost: list[Mapping[str, Any]]


def salvage_file(archive: Archive, folder: Path, name: str) -> Salvaged:
    """Bring the good records of a file to safety, and let the archive's rows point to them.

    No run may be writing there meanwhile: hold the lock of the data folder. Raises CaptureError when the disk refuses,
    ArchiveError when the database does; nothing is lost then.
    """
    damaged = _free_name(folder, name + DAMAGED)
    new = _new_name(archive, folder, name)
    part = folder / (new + _PART)
    try:
        with open_existing(folder / name) as source, part.open("wb") as target:
            places, records = _copied(source, target)
            target.flush()
            os.fsync(target.fileno())
        _check(part, records)
        if records:
            part.rename(folder / new)
        else:
            part.unlink()
        put_on_disk(folder)
        lost = archive.move_captures(name, new, places, damaged=damaged)
        (folder / name).rename(folder / damaged)
        put_on_disk(folder)
    except OSError as error:
        raise CaptureError(f"capture {folder / name}: it cannot be salvaged: {error.strerror}") from error
    if lost and records:
        found = _shifted(archive, folder, new)
        lost = [row for row in lost if row["id"] not in found]
    return Salvaged(new if records else None, damaged, records, lost)


def _shifted(archive: Archive, folder: Path, new: str) -> set[int]:
    """Captures whose record is there, but no longer where their row says, for bytes came in or fell out before it:
    their rows are put right."""
    steps = check_file(folder, new, archive.captures_in(new))
    rowless = [step.record for step in steps if step.rowless and step.record is not None]
    return {found for record in rowless if (found := put_back(archive, new, record)) is not None}


def _copied(source: BinaryIO, target: BinaryIO) -> tuple[dict[int, int], int]:
    """Copy the good records; returns where each answer begins in source and target, and how many records there are."""
    places: dict[int, int] = {}
    records = 0
    for record in _good(walk(source)):
        if record.kind in RESPONSES:
            places[record.start] = target.tell()
        source.seek(record.start)
        left = record.end - record.start
        while left:
            left -= target.write(source.read(min(left, _CHUNK)))
        records += 1
    return places, records


def _good(parts: Iterator[object]) -> Iterator[Record]:
    return (part for part in parts if isinstance(part, Record) and not part.fault)


def _check(part: Path, records: int) -> None:
    """Read back what was written, before anything comes to depend on it."""
    with part.open("rb") as file:
        found = list(map(type, walk(file)))
    if found != [Record] * records:
        part.unlink()
        raise CaptureError(f"capture {part}: what was written cannot be read back")


def _new_name(archive: Archive, folder: Path, name: str) -> str:
    """A name for the good records. One that a salvage left which did not come to its end is taken again."""
    stem = re.sub(r"(-salvaged(-\d+)?)?\.warc\.gz$", "", name)
    number, new = 1, f"{stem}-salvaged.warc.gz"
    while new == name or ((folder / new).exists() and archive.has_captures_in(new)):
        number += 1
        new = f"{stem}-salvaged-{number}.warc.gz"
    return new


def _free_name(folder: Path, name: str) -> str:
    number, free = 1, name
    while (folder / free).exists():
        number += 1
        free = f"{name}-{number}"
    return free
