"""The bytes as they came, in WARC 1.1 files (ISO 28500) that any web archive can replay.

Each record is a gzip member of its own, so that one can be read by its offset. A body that is kept already is not kept
again: such a response becomes a revisit record, which has the HTTP head and says where the body lies.
"""

from __future__ import annotations

import datetime as dt
import fcntl
import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from io import FileIO
from pathlib import Path
from types import TracebackType
from typing import NamedTuple, Self

from zsparkcrawl.archive.warc.keepers import is_here
from zsparkcrawl.archive.warc.leftovers import CaptureError, finish_leftovers, open_existing, open_name
from zsparkcrawl.archive.warc.members import RESPONSES, Message, message_at
from zsparkcrawl.archive.warc.records import (
    NOT_MODIFIED,
    Headers,
    Original,
    exchange_records,
    info_record,
    payload_digest,
    request_head,
    response_head,
)
from zsparkcrawl.whole_file import put_on_disk

__all__ = [
    "MAX_BYTES",
    "CaptureError",
    "CaptureWriter",
    "Captured",
    "Headers",
    "KeptBody",
    "finish_leftovers",
    "read_capture",
]

MAX_BYTES = 1 << 30
"""A new file is begun after 1 GiB, the size that the WARC guidelines recommend."""


@dataclass(frozen=True, slots=True)
class KeptBody:
    """Where a body is kept already: the number of its capture, the file, and the byte at which the record begins."""

    capture_id: int
    file: str
    offset: int


@dataclass(frozen=True, slots=True)
class Captured:
    """A response that is kept: what it was, and where its record lies.

    ``file`` is the WARC file's name, ``offset`` the byte at which the record begins, ``length`` how many
    bytes it has there, ``digest`` the WARC-Payload-Digest of its body. ``revisit_of`` is the capture that has its
    body, None when it has one of its own.
    """

    url: str
    time: dt.datetime
    status: int
    content_type: str
    file: str
    offset: int
    length: int
    digest: str
    revisit_of: int | None = None


class _Open(NamedTuple):
    """The file that is written: under its final name, and with the id of the record that it begins with."""

    file: FileIO
    path: Path
    info_id: str


class CaptureWriter:
    """Writes exchanges into WARC files of one folder; a context manager. One writer belongs to one thread.

    The folder, and whatever file a killed run left open there, is seen to at once; a file is begun with the
    first exchange, and a new one when it has ``max_bytes``. Without ``sync_each`` an exchange outlives a kill as soon
    as it is written, but a power cut only after :meth:`sync`. Raises CaptureError when the folder cannot be used.
    """

    def __init__(self, folder: Path, *, max_bytes: int = MAX_BYTES, sync_each: bool = True) -> None:
        self.folder = folder
        self.max_bytes = max_bytes
        self.sync_each = sync_each
        self._waiting = False
        self._open: _Open | None = None
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
        request_headers: Headers | None,
        time: dt.datetime,
        method: str = "GET",
        partial: bool = False,
        kept: KeptBody | None = None,
        now: dt.datetime | None = None,
    ) -> Captured:
        """Keep one response and its request. When this returns, the bytes are in the file.

        Of a copy that somebody else kept, ``request_headers`` are None, for nobody here has asked, and ``now`` is when
        it is written, ``time`` being long ago.

        ``body`` is the body without any Content-Encoding, ``time`` when the response came (aware), ``partial`` that
        the connection ended before the whole body came. ``kept`` says where the same body may lie already, or the
        one that a 304 speaks of: when it is read back there and is the same, a revisit is written; otherwise the
        whole response. Raises CaptureError when the disk refuses; the file then ends with the exchange before.
        """
        headers = list(headers)
        original = None if kept is None else _original(self.folder, kept, status, body)
        head = response_head(status, headers, len(body))
        request = None if request_headers is None else request_head(url, method, request_headers)
        try:
            file, path, info_id = self._current(now or time)
            records, length, digest = exchange_records(
                url, time, head, body, request, info_id=info_id, partial=partial, original=original
            )
            offset = _append(file, records, sync=self.sync_each)
        except OSError as error:
            raise CaptureError(f"captures folder {self.folder}: {error.strerror}") from error
        self._waiting = not self.sync_each
        if offset + len(records) >= self.max_bytes:
            self.close()
        content_type = next((value for name, value in headers if name.lower() == "content-type"), "")
        of = kept.capture_id if kept and original else None
        return Captured(url, time, status, content_type, path.name, offset, length, digest, of)

    def sync(self) -> None:
        """Put on the disk what was written. Raises CaptureError when the disk refuses."""
        if self._open is not None:
            try:
                self._sync(self._open.file)
            except OSError as error:
                raise CaptureError(f"capture {self._open.path}: {error.strerror}") from error

    def _sync(self, file: FileIO) -> None:
        if self._waiting:
            os.fsync(file.fileno())
            self._waiting = False

    def close(self) -> None:
        """Finish the file that is open: it gets its final name. Another exchange would begin a new one."""
        current, self._open = self._open, None
        if current is None:
            return
        file, path, _ = current
        try:
            with file:
                self._sync(file)
                open_name(path).rename(path)  # while the lock is held: nobody else may finish it
                put_on_disk(self.folder)
        except OSError as error:
            raise CaptureError(f"capture {path}: {error.strerror}") from error

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _current(self, time: dt.datetime) -> _Open:
        if self._open is None:
            self._open = _begin_file(self.folder, time)
        return self._open


def read_capture(
    folder: Path, file: str, offset: int, *, body_at: tuple[str, int] | None = None, keeper: str | None = None
) -> tuple[list[tuple[str, str]], int, bytes]:
    """Headers, status and body of the response whose record begins at ``offset`` of ``file``.

    A file that is still open is found as well. The headers are those that were kept: see
    :func:`zsparkcrawl.archive.warc.records.response_head` for how they differ from those that came. The body of a
    revisit is read where its record says, or from the file and byte ``body_at`` that the archive knows. Raises
    CaptureError when a file is missing, or a record is damaged or not the one that is meant; of a file that is not here
    it names the ``keeper``, see
    :func:`zsparkcrawl.archive.warc.keepers.keeper_of`.
    """
    if keeper is not None and not is_here(folder, file):
        raise CaptureError(f"capture {folder / Path(file).name}: not here, but {keeper}")
    message = _read(folder, file, offset)
    about, body = message.record.headers, message.body
    if message.record.kind == "revisit":
        place = body_at or _told_place(about)
        original = _read(folder, *place)
        body = original.body
        if original.record.headers.get("warc-record-id") != about.get("warc-refers-to"):
            raise CaptureError(f"capture {folder / file} at {offset}: its body is not at {place[1]} of {place[0]}")
    return message.headers, message.record.status or 0, body


def _read(folder: Path, file: str, offset: int) -> Message:
    """The answer that lies at a byte of a file, whole and with right digests. Raises CaptureError."""
    path = folder / Path(file).name
    try:
        with open_existing(path) as stream:
            message = message_at(stream, offset)
    except OSError as error:
        raise CaptureError(f"capture {path}: {error.strerror}") from error
    if message is None or message.record.kind not in RESPONSES:
        raise CaptureError(f"capture {path}: damaged, or no answer begins at {offset}")
    if message.record.fault:
        raise CaptureError(f"capture {path} at {offset}: damaged: {message.record.fault}")
    return message


def _told_place(about: Mapping[str, str]) -> tuple[str, int]:
    offset = about.get("warc-refers-to-file-offset", "")
    return about.get("warc-refers-to-filename", ""), int(offset) if offset.isascii() and offset.isdigit() else 0


def _original(folder: Path, kept: KeptBody, status: int, body: bytes) -> Original | None:
    """The record that has this body, None when it cannot be read or has another: a body that is not certain to be
    there is kept again. Digests are not enough, for two bodies of one SHA-1 can be made."""
    try:
        known = _read(folder, kept.file, kept.offset)
    except CaptureError:
        return None
    said = known.record.headers
    same = known.body == body if body else status == NOT_MODIFIED
    if known.record.kind != "response" or not same:
        return None
    return Original(
        record_id=said["warc-record-id"],
        url=said["warc-target-uri"],
        date=said["warc-date"],
        digest=payload_digest(known.body),
        file=kept.file,
        offset=kept.offset,
    )


def _begin_file(folder: Path, time: dt.datetime) -> _Open:
    """Make a file, locked against others' :func:`finish_leftovers`, with the record that tells what it is."""
    while True:
        # The random part keeps two writers apart that begin in the same second.
        name = f"zspark-{time.astimezone(dt.UTC):%Y%m%dT%H%M%SZ}-{secrets.token_hex(4)}.warc.gz"
        path = folder / name
        # Unbuffered: after a full disk nothing is left in a buffer that would be written later.
        file = open_name(path).open("xb", buffering=0)
        fcntl.flock(file, fcntl.LOCK_EX)
        if open_name(path).exists():
            break
        file.close()  # between open and lock somebody took it for a leftover and removed it
    try:
        record, info_id = info_record(name, time)
        _append(file, record)
        put_on_disk(folder)
    except OSError:
        file.close()
        raise
    return _Open(file, path, info_id)


def _append(file: FileIO, data: bytes, *, sync: bool = True) -> int:
    """Put data into the file and on the disk, and return where it begins. When the disk refuses, half of it is taken
    back, so that the file stays readable and the next exchange can be tried."""
    offset = file.tell()
    rest = memoryview(data)
    try:
        while rest:
            rest = rest[file.write(rest) :]
        if sync:
            os.fsync(file.fileno())
    except OSError:
        file.truncate(offset)
        file.seek(offset)
        raise
    return offset
