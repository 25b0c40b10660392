"""Names of WARC files, and those that killed runs left open.

A file is called ``NAME.warc.gz.open`` while it grows and loses the ``.open`` when it is whole.
"""

from __future__ import annotations

import fcntl
import os
from pathlib import Path
from typing import BinaryIO

from zsparkcrawl.archive.warc.members import Record, walk
from zsparkcrawl.errors import ZsparkError
from zsparkcrawl.whole_file import put_on_disk

__all__ = [
    "OPEN",
    "CaptureError",
    "capture_files",
    "finish_leftovers",
    "is_growing",
    "open_existing",
    "open_name",
]

OPEN = ".open"


class CaptureError(ZsparkError):
    """A response could not be kept, or a kept one could not be read; the message says which file and why."""


def open_name(path: Path) -> Path:
    """The name that a file has while it grows."""
    return path.with_name(path.name + OPEN)


def open_existing(path: Path) -> BinaryIO:
    """Open a file under its final name, or under the one it has while it grows. Raises OSError."""
    try:
        return path.open("rb")
    except FileNotFoundError:
        pass
    try:
        return open_name(path).open("rb")
    except FileNotFoundError:  # finished in this very moment, or not there at all
        return path.open("rb")


def capture_files(folder: Path) -> list[str]:
    """Final names of the WARC files in a folder, those that still grow included; the oldest first."""
    found = (path.name for pattern in ("*.warc.gz", f"*.warc.gz{OPEN}") for path in folder.glob(pattern))
    return sorted({name.removesuffix(OPEN) for name in found})


def is_growing(path: Path) -> bool:
    """Whether a living run writes the file of this final name."""
    try:
        with open_name(path).open("rb") as file:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    except FileNotFoundError:
        return False
    return False


def finish_leftovers(folder: Path) -> list[Path]:
    """Finish the files that killed runs left open: cut what comes after the last whole record, and give them
    their final names. Those of living runs are left alone. Returns the files finished."""
    finished = []
    for left in sorted(folder.glob(f"*.warc.gz{OPEN}")):
        try:
            with left.open("r+b") as file:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                path = _finish(left, file)
        except (BlockingIOError, FileNotFoundError):  # a living run's; or just finished by somebody else
            continue
        except OSError as error:
            raise CaptureError(f"capture {left}: {error.strerror}") from error
        if path is not None:
            finished.append(path)
    return finished


def _finish(left: Path, file: BinaryIO) -> Path | None:
    # Damage in the middle does not cost what lies behind it: only the end is cut.
    end = max((part.end for part in walk(file) if isinstance(part, Record)), default=0)
    if end == 0:
        left.unlink()
        return None
    file.truncate(end)
    os.fsync(file.fileno())
    path = left.with_name(left.name.removesuffix(OPEN))
    left.rename(path)
    put_on_disk(left.parent)
    return path
