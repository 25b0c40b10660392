"""Are the files there that articles offer? Each is held against its digest, and can be made anew from its capture."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from zsparkcrawl.archive.files.filing import Filing
from zsparkcrawl.archive.files.store import FileStore
from zsparkcrawl.archive.warc.captures import CaptureError, read_capture

__all__ = ["check_files", "make_anew"]


def check_files(archive: Filing, store: FileStore) -> Iterator[tuple[str, str]]:
    """The digest of each file that is not as it should be, and why."""
    for row in archive.stored_files():
        if fault := store.fault_of(row["sha256"]):
            yield row["sha256"], fault


def make_anew(archive: Filing, store: FileStore, captures: Path, sha256: str) -> bool:
    """Write a file anew from a capture that has its bytes; returns whether one could be read. Raises FileError."""
    for row in archive.captures_of_file(sha256):
        place = (row["body_file"], row["body_offset"])
        try:
            body = read_capture(captures, row["file"], row["offset"], body_at=place)[2]
        except CaptureError:  # the next one may be sound
            continue
        if store.put_back(sha256, body):
            return True
    return False
