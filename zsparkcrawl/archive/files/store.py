"""Files on the disk, each under the SHA-256 of its bytes: ``files/ab/abcdef…``. Nothing of a page or a server is in a
name, nothing is opened or unpacked, and equal bytes are kept once."""

from __future__ import annotations

import hashlib
import os
import secrets
import time
from contextlib import suppress
from pathlib import Path

from zsparkcrawl.errors import ZsparkError
from zsparkcrawl.whole_file import put_on_disk

__all__ = ["FOLDER", "FileError", "FileStore", "path_of"]

FOLDER = "files"
_PART = ".part"
_DAY = 86_400


class FileError(ZsparkError):
    """A file could not be kept, or a kept one not be read; the message says which and why."""


def path_of(sha256: str) -> str:
    """Where a file lies in the data folder.

    >>> path_of("ab" * 32)[:14]
    'files/ab/ababa'
    """
    return f"{FOLDER}/{sha256[:2]}/{sha256}"


class FileStore:
    """The files of a data folder, which is made when the first one comes."""

    def __init__(self, data: Path) -> None:
        self.data = data

    def put(self, body: bytes) -> str:
        """Keep a file, and return its SHA-256. When the call returns it lies whole on the disk; a crash before leaves
        nothing under its name. Raises FileError."""
        sha256 = hashlib.sha256(body).hexdigest()
        path = self.data / path_of(sha256)
        try:
            # Under its name it is whole; another size tells of a fault of the disk, and of bytes to be written anew.
            if not path.is_file() or path.stat().st_size != len(body):
                self._write(path, body)
        except OSError as error:
            raise FileError(f"file {path}: {error.strerror}") from error
        return sha256

    def fault_of(self, sha256: str) -> str | None:
        """What is wrong with a file that is kept: missing, unreadable, other bytes; None when nothing is."""
        path = self.data / path_of(sha256)
        try:
            with path.open("rb") as file:
                found = hashlib.file_digest(file, "sha256").hexdigest()
        except OSError as error:
            return f"file {path}: {error.strerror}"
        return None if found == sha256 else f"file {path}: its bytes are not those that its name tells"

    def put_back(self, sha256: str, body: bytes) -> bool:
        """Write a file anew; returns False, and writes nothing, when these are not its bytes. Raises FileError."""
        if hashlib.sha256(body).hexdigest() != sha256:
            return False
        path = self.data / path_of(sha256)
        try:
            self._write(path, body)
        except OSError as error:
            raise FileError(f"file {path}: {error.strerror}") from error
        return True

    def tidy(self, *, shared: bool = False) -> None:
        """Remove what a killed run did not write to the end. Only for whoever holds the folder's lock; with ``shared``,
        when others hold it as well, only what nobody can be writing any more."""
        newest = time.time() - (_DAY if shared else 0)
        try:
            for part in (self.data / FOLDER).glob(f"??/*{_PART}"):
                if not shared or part.stat().st_mtime < newest:
                    part.unlink(missing_ok=shared)
        except OSError as error:
            raise FileError(f"files in {self.data / FOLDER}: {error.strerror}") from error

    def _write(self, path: Path, body: bytes) -> None:
        fresh = [folder for folder in (path.parent, path.parent.parent) if not folder.exists()]
        path.parent.mkdir(parents=True, exist_ok=True)
        part = path.with_name(f"{secrets.token_hex(8)}{_PART}")
        try:
            with part.open("xb") as file:
                file.write(body)
                file.flush()
                os.fsync(file.fileno())
            part.rename(path)
        finally:
            with suppress(OSError):  # it is gone when all went well
                part.unlink()
        for folder in (path.parent, *(each.parent for each in fresh)):
            put_on_disk(folder)
