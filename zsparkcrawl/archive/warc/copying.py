"""A copy of the captures: finished files never change again, so each is copied once."""

from __future__ import annotations

import os
import shutil
from dataclasses import dataclass
from pathlib import Path

from zsparkcrawl.archive.warc.leftovers import OPEN, CaptureError, open_existing, open_name
from zsparkcrawl.whole_file import put_on_disk

__all__ = ["Copied", "copy_captures"]

_PART = ".part"


@dataclass(frozen=True, slots=True)
class Copied:
    """What came of copying: files copied, files that were there, and the names of those that are there with another
    size, and were left as they are: one of the two is damaged."""

    copied: int
    there: int
    differing: list[str]


def copy_captures(folder: Path, target: Path) -> Copied:
    """Copy the WARC files that are not there yet.

    A file that a crawl is writing is copied as far as it goes, under the name that it has while it grows; a later copy
    takes its place. Damaged files that salvage kept are copied too. Raises CaptureError when the disk refuses.
    """
    copied, there = 0, 0
    differing = []
    try:
        target.mkdir(parents=True, exist_ok=True)
        for name in sorted(path.name for path in folder.glob("*.warc.gz*")):
            if name.endswith(_PART):  # of a salvage that was cut short
                continue
            source, copy = folder / name.removesuffix(OPEN), target / name
            if copy.exists() and not name.endswith(OPEN):
                there += 1
                if copy.stat().st_size != source.stat().st_size:
                    differing.append(name)
                continue
            _copy(source, copy)
            copied += 1
            open_name(copy).unlink(missing_ok=True)  # of an earlier copy, when it was still growing
        put_on_disk(target)
    except OSError as error:
        raise CaptureError(f"captures {folder} to {target}: {error.strerror}") from error
    return Copied(copied, there, differing)


def _copy(source: Path, target: Path) -> None:
    part = target.with_name(target.name + _PART)
    with open_existing(source) as stream, part.open("wb") as copy:
        shutil.copyfileobj(stream, copy, 1 << 20)
        copy.flush()
        os.fsync(copy.fileno())
    part.rename(target)
