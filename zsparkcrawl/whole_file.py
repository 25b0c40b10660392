"""Files that appear under their name only when they are whole."""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

__all__ = ["put_on_disk", "whole_file", "whole_path"]


@contextmanager
def whole_file(path: Path) -> Iterator[BinaryIO]:
    """A stream whose bytes become the file when the block ends well, and leave no trace when it does not. What was
    there before stays until then. Raises OSError.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = Path(folder) / "report.html"
    ...     with whole_file(path) as stream:
    ...         _ = stream.write(b"whole")
    ...         there = path.exists()
    ...     there, path.read_bytes()
    (False, b'whole')
    """
    if path.exists() and not path.is_file():  # a pipe or a device must not be replaced by a file
        with path.open("wb") as stream:
            yield stream
        return
    with whole_path(path) as unfinished, unfinished.open("xb") as stream:
        yield stream


@contextmanager
def whole_path(path: Path) -> Iterator[Path]:
    """Another name beside a file's own. What is written there becomes the file when the block ends well; otherwise it
    is gone, and what was there before is still there. Raises OSError."""
    if path.exists() and not path.is_file():
        raise OSError(0, "it is no plain file")
    unfinished = path.with_name(f".{secrets.token_hex(8)}.part")
    try:
        yield unfinished
        put_on_disk(unfinished)
        unfinished.replace(path)
    finally:
        with suppress(OSError):  # it is gone when all went well, and was never there without its folder
            unfinished.unlink()
    put_on_disk(path.parent)  # the new name is kept in the folder, which has to be put on the disk as well


def put_on_disk(path: Path) -> None:
    """Wait until the bytes of a file, or the names in a folder, are on the disk: a name is kept in its folder. Raises
    OSError."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
