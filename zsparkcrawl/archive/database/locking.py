"""One writer at a time in a data folder."""

from __future__ import annotations

import fcntl
import os
import shutil
from pathlib import Path
from typing import BinaryIO

from zsparkcrawl.errors import ZsparkError

__all__ = ["DataFolderError", "LockedError", "locked"]

_LOCK = "crawl.lock"
_LEAST_FREE = 64 * 2**20
"""Bytes: a crawl of the whole park needs less, and a database on a full disk cannot even be tidied."""


class LockedError(ZsparkError):
    """Another crawl is at work in the same data folder."""

    exit_code = 3


class DataFolderError(ZsparkError):
    """The data folder cannot be used."""


def locked(folder: Path, *, shared: bool = False) -> BinaryIO:
    """The lock of a data folder, held until the file is closed; a killed process holds none. With ``shared`` others may
    hold it that share it as well."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        lock = (folder / _LOCK).open("a+b")
    except OSError as error:
        raise DataFolderError(f"data folder {folder}: {error.strerror}") from error
    try:
        fcntl.flock(lock, (fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | fcntl.LOCK_NB)
    except BlockingIOError as error:
        lock.seek(0)
        holder = lock.read(20).decode("ascii", "replace").strip()
        lock.close()
        raise LockedError(f"another process is at work in {folder} (process {holder or 'unknown'})") from error
    lock.truncate(0)
    lock.write(b"%d\n" % os.getpid())
    lock.flush()
    free = shutil.disk_usage(folder).free
    if free < _LEAST_FREE:
        lock.close()
        raise DataFolderError(
            f"data folder {folder}: only {free >> 20} MiB free on the disk, {_LEAST_FREE >> 20} needed"
        )
    return lock
