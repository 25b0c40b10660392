"""Downloads of what is selected, written as they go out."""

from __future__ import annotations

import threading
import weakref
from collections.abc import Callable, Generator
from contextlib import closing
from io import BufferedIOBase
from queue import Full, Queue
from typing import BinaryIO, cast

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from zsparkcrawl.export import COLUMNS, Format, write_rows
from zsparkcrawl.serve.asking import wish_of
from zsparkcrawl.serve.rendering import archive_of

__all__ = ["download", "streamed"]

_TYPES = {"csv": "text/csv; charset=utf-8", "json": "application/json", "jsonl": "application/x-ndjson"}
_AT_ONCE = threading.BoundedSemaphore(4)
"""Downloads at a time: each holds a connection of the archive as long as it lasts. Chosen."""
_QUEUE_SECONDS = 10.0
"""How long a download waits for its turn; chosen."""
_CHUNK = 64 * 1024
_WAITING = 4
"""Chunks that may wait for a slow visitor."""
_PATIENCE = 0.5
"""Seconds after which the writer looks whether the visitor is still there."""


class _LeftError(Exception):
    """The visitor has gone."""


def download(request: Request) -> Response:
    """The articles that fit (as in /) with all columns of `zsparkcrawl export`, as csv, json or jsonl."""
    form = str(request.path_params["form"])
    if form not in _TYPES:
        raise HTTPException(404, f"there is no form {form[:20]!r}: csv, json or jsonl")
    wish, archive = wish_of(request.query_params), archive_of(request)
    if not _AT_ONCE.acquire(timeout=_QUEUE_SECONDS):
        raise HTTPException(503, "too many downloads at a time: try again when one has ended")

    def write(stream: BinaryIO) -> None:
        with closing(archive.selected(wish.selection, order=wish.order)) as articles:
            write_rows(articles, stream, cast(Format, form), COLUMNS)

    headers = {"Content-Disposition": f'attachment; filename="articles.{form}"'}
    answer = StreamingResponse(streamed(write), media_type=_TYPES[form], headers=headers)
    # With the answer and not with the stream, which never begins when the visitor has gone before.
    weakref.finalize(answer, _AT_ONCE.release)
    return answer


def streamed(write: Callable[[BinaryIO], None]) -> Generator[bytes]:
    """What a function writes to a stream, in chunks as it comes; the function runs in a thread of its own, and stops
    when the generator is closed. A fault of the function breaks the stream.

    >>> b"".join(streamed(lambda stream: print(stream.write(b"ab"), stream.write(b"c"))))
    2 1
    b'abc'
    """
    pipe = _Pipe()
    writer = threading.Thread(target=pipe.fill, args=(write,), name="download", daemon=True)
    try:
        writer.start()
        while (chunk := pipe.chunks.get()) is not None:
            yield chunk
        if pipe.fault is not None:
            raise pipe.fault
    finally:
        pipe.left.set()
        writer.join()


class _Pipe(BufferedIOBase):
    """A stream that is written in one thread and read, chunk by chunk, in another."""

    def __init__(self) -> None:
        self.chunks: Queue[bytes | None] = Queue(_WAITING)
        self.left = threading.Event()
        self.fault: BaseException | None = None
        self._buffer = bytearray()

    def fill(self, write: Callable[[BinaryIO], None]) -> None:
        """Let the function write, then tell that this was all."""
        try:
            write(cast(BinaryIO, self))
            self._hand_over()
        except _LeftError:
            return
        except Exception as fault:  # noqa: BLE001 - raised again where the chunks are read
            self.fault = fault
        self._put(None)

    def writable(self) -> bool:
        """It is."""
        return True

    def write(self, data: bytes) -> int:  # type: ignore[override]
        """Take bytes, and hand over what has come together."""
        self._buffer += data
        if len(self._buffer) >= _CHUNK:
            self._hand_over()
        return len(data)

    def flush(self) -> None:
        """What is written comes in chunks all the same."""

    def _hand_over(self) -> None:
        if self._buffer:
            self._put(bytes(self._buffer))
            self._buffer.clear()

    def _put(self, chunk: bytes | None) -> None:
        while not self.left.is_set():
            try:
                self.chunks.put(chunk, timeout=_PATIENCE)
            except Full:
                continue
            return
        raise _LeftError
