"""The bytes as they came, in WARC 1.1 files (ISO 28500) that any web archive can replay.

A file is called ``NAME.warc.gz.open`` while it grows and loses the ``.open`` when it is whole. Each record is
a gzip member of its own, so that one can be read by its offset. What a killed run left open is finished by
the next.
"""

from __future__ import annotations

import datetime as dt
import fcntl
import os
import secrets
import zlib
from dataclasses import dataclass
from io import FileIO
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Self

from warcio.archiveiterator import ArchiveIterator
from warcio.exceptions import ArchiveLoadFailed

from zsparkcrawl.archive.warc import Headers, exchange_records, info_record, request_head, response_head
from zsparkcrawl.errors import ZsparkError

__all__ = ["CaptureError", "CaptureWriter", "Captured", "Headers", "finish_leftovers", "read_capture"]

_OPEN = ".open"
_CHUNK = 1 << 16
_MAX_BYTES = 1 << 30
"""A new file is begun after 1 GiB, the size that the WARC guidelines recommend."""

_MAGIC = b"\x1f\x8b\x08"
_FIRST = b"WARC/1.1"


class CaptureError(ZsparkError):
    """A response could not be kept, or a kept one could not be read; the message says which file and why."""


@dataclass(frozen=True, slots=True)
class Captured:
    """A response that is kept: what it was, and where its record lies.

    ``file`` is the WARC file's name, ``offset`` the byte at which the record begins, ``length`` how many
    bytes it has there, ``digest`` the WARC-Payload-Digest of its body.
    """

    url: str
    time: dt.datetime
    status: int
    content_type: str
    file: str
    offset: int
    length: int
    digest: str


class CaptureWriter:
    """Writes exchanges into WARC files of one folder; a context manager. One writer belongs to one thread.

    The folder, and whatever file a killed run left open there, is seen to at once; a file is begun with the
    first exchange. Raises CaptureError when the folder cannot be used.
    """

    def __init__(self, folder: Path, *, max_bytes: int = _MAX_BYTES) -> None:
        self.folder = folder
        self.max_bytes = max_bytes
        self._open: tuple[FileIO, Path] | None = None
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise CaptureError(f"captures folder {folder}: {error.strerror}") from error
        finish_leftovers(folder)

    def write(  # noqa: PLR0913 - an exchange has these parts, and all are said by name
        self,
        *,
        url: str,
        status: int,
        headers: Headers,
        body: bytes,
        request_headers: Headers,
        time: dt.datetime,
        method: str = "GET",
    ) -> Captured:
        """Keep one response and its request. When this returns, the bytes are on the disk.

        ``body`` is the body without any Content-Encoding, ``time`` when the response came (aware). Raises
        CaptureError when the disk refuses; the file then ends with the exchange before this one.
        """
        headers = list(headers)
        head = response_head(status, headers, len(body))
        request = request_head(url, method, request_headers)
        records, length, digest = exchange_records(url, time, head, body, request)
        try:
            file, path = self._current(time)
            offset = _append(file, records)
        except OSError as error:
            raise CaptureError(f"captures folder {self.folder}: {error.strerror}") from error
        if offset + len(records) >= self.max_bytes:
            self.close()
        content_type = next((value for name, value in headers if name.lower() == "content-type"), "")
        return Captured(url, time, status, content_type, path.name, offset, length, digest)

    def close(self) -> None:
        """Finish the file that is open: it gets its final name. Another exchange would begin a new one."""
        current, self._open = self._open, None
        if current is None:
            return
        file, path = current
        try:
            with file:
                _open_name(path).rename(path)  # while the lock is held: nobody else may finish it
                _sync_folder(self.folder)
        except OSError as error:
            raise CaptureError(f"capture {path}: {error.strerror}") from error

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _current(self, time: dt.datetime) -> tuple[FileIO, Path]:
        if self._open is None:
            self._open = _begin_file(self.folder, time)
        return self._open


def read_capture(folder: Path, file: str, offset: int) -> tuple[list[tuple[str, str]], int, bytes]:
    """Headers, status and body of the response whose record begins at ``offset`` of ``file``.

    A file that is still open is found as well. The headers are those that were kept: see
    :func:`zsparkcrawl.archive.warc.response_head` for how they differ from those that came. Raises
    CaptureError when the file is missing, or the record is damaged.
    """
    path = folder / Path(file).name
    try:
        with _open_existing(path) as stream:
            stream.seek(offset)
            record = next(ArchiveIterator(stream, check_digests="raise"))
            body = record.content_stream().read()
            headers = [(str(name), str(value)) for name, value in record.http_headers.headers]
            return headers, int(record.http_headers.get_statuscode()), body
    except OSError as error:
        raise CaptureError(f"capture {path}: {error.strerror}") from error
    except (ArchiveLoadFailed, StopIteration, EOFError, zlib.error, AttributeError, ValueError) as error:
        # AttributeError: a record without HTTP headers, which is none of ours.
        raise CaptureError(f"capture {path} at {offset}: damaged ({type(error).__name__})") from error


def finish_leftovers(folder: Path) -> list[Path]:
    """Finish the files that killed runs left open: cut what comes after the last whole record, and give them
    their final names. Those of living runs are left alone. Returns the files finished."""
    finished = []
    for left in sorted(folder.glob(f"*.warc.gz{_OPEN}")):
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
    end = _whole_end(file)
    if end == 0:
        left.unlink()
        return None
    file.truncate(end)
    os.fsync(file.fileno())
    path = left.with_name(left.name.removesuffix(_OPEN))
    left.rename(path)
    _sync_folder(left.parent)
    return path


def _whole_end(file: BinaryIO) -> int:
    """Where the last whole gzip member ends. A damaged one in the middle does not cost those behind it."""
    end = 0
    position: int | None = 0
    while position is not None:
        after = _member_end(file, position)
        if after is None:
            position = _next_magic(file, position + 1)
        else:
            position = end = after
    return end


def _member_end(file: BinaryIO, start: int) -> int | None:
    """Where the record ends that begins at ``start``, None when no whole one with a right checksum does."""
    file.seek(start)
    member = zlib.decompressobj(wbits=31)
    begin = b""
    try:
        while chunk := file.read(_CHUNK):
            text = member.decompress(chunk)
            begin = begin if len(begin) == len(_FIRST) else (begin + text)[: len(_FIRST)]
            if not _FIRST.startswith(begin):  # a gzip file that lies inside a record
                return None
            if member.eof:
                return file.tell() - len(member.unused_data)
    except zlib.error:
        pass
    return None


def _next_magic(file: BinaryIO, start: int) -> int | None:
    file.seek(start)
    kept = b""
    while chunk := file.read(_CHUNK):
        found = (kept + chunk).find(_MAGIC)
        if found >= 0:
            return file.tell() - len(kept + chunk) + found
        kept = (kept + chunk)[-2:]
    return None


def _begin_file(folder: Path, time: dt.datetime) -> tuple[FileIO, Path]:
    """Make a file, locked against others' :func:`finish_leftovers`, with the record that tells what it is."""
    while True:
        # The random part keeps two writers apart that begin in the same second.
        name = f"zspark-{time.astimezone(dt.UTC):%Y%m%dT%H%M%SZ}-{secrets.token_hex(4)}.warc.gz"
        path = folder / name
        # Unbuffered: after a full disk nothing is left in a buffer that would be written later.
        file = _open_name(path).open("xb", buffering=0)
        fcntl.flock(file, fcntl.LOCK_EX)
        if _open_name(path).exists():
            break
        file.close()  # between open and lock somebody took it for a leftover and removed it
    try:
        _append(file, info_record(name, time))
        _sync_folder(folder)
    except OSError:
        file.close()
        raise
    return file, path


def _append(file: FileIO, data: bytes) -> int:
    """Put data on the disk, and return where it begins. When the disk refuses, half of it is taken back, so
    that the file stays readable and the next exchange can be tried."""
    offset = file.tell()
    rest = memoryview(data)
    try:
        while rest:
            rest = rest[file.write(rest) :]
        os.fsync(file.fileno())
    except OSError:
        file.truncate(offset)
        file.seek(offset)
        raise
    return offset


def _open_name(path: Path) -> Path:
    return path.with_name(path.name + _OPEN)


def _open_existing(path: Path) -> BinaryIO:
    """Open a file under its final name, or under the one it has while it grows."""
    try:
        return path.open("rb")
    except FileNotFoundError:
        pass
    try:
        return _open_name(path).open("rb")
    except FileNotFoundError:  # finished in this very moment, or not there at all
        return path.open("rb")


def _sync_folder(folder: Path) -> None:
    """Put a new or changed name on the disk as well, for that is kept in the folder."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
