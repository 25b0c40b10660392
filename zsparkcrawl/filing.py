"""The files of one run: which of those that articles offer are fetched, and what an answer is worth."""

from __future__ import annotations

from dataclasses import dataclass

from zsparkcrawl.archive.crawling.offers import FileBytes, Offering
from zsparkcrawl.archive.files.store import FileStore, path_of
from zsparkcrawl.extract.filenames import name_in_address, name_in_header
from zsparkcrawl.extract.filetypes import file_type, objection_to, promised_type

__all__ = ["FileAnswer", "Files"]


@dataclass(frozen=True, slots=True)
class FileAnswer:
    """What a server sent for a file: the address asked for, the one it came from, the headers as they are on the
    wire. ``name`` is what the article calls it."""

    asked: str
    url: str
    body: bytes
    content_type: str = ""
    disposition: bytes = b""
    name: str = ""

    @property
    def server_name(self) -> str | None:
        """What the server calls the file, by its header or else its address; None when neither tells."""
        return name_in_header(self.disposition) or name_in_address(self.url)

    @property
    def objection(self) -> str | None:
        """Why it is not the file that was asked for; None when it may well be."""
        told = name_in_header(self.disposition) or ""
        return objection_to(self.body, promised_type(told, self.asked, self.name), told or self.name)

    @property
    def type(self) -> str:
        """What the file is."""
        names = (self.server_name or "", self.asked, self.name)
        name = next((name for name in names if promised_type(name)), "")
        return file_type(self.body, self.content_type, name)


@dataclass
class Files:
    """How a run deals with files: ``offering`` says where one is fetched and which must not be, ``bytes_left`` how many
    bytes the run may still fetch. ``closed`` tells why it fetches no more; they wait for a later run."""

    store: FileStore
    offering: Offering
    bytes_left: int
    closed: str | None = None

    @property
    def open(self) -> bool:
        """Whether more are fetched."""
        return self.closed is None

    def keep(self, answer: FileAnswer, capture_id: int | None) -> FileBytes:
        """Put a file on the disk. Raises FileError."""
        sha256 = self.store.put(answer.body)
        size = len(answer.body)
        return FileBytes(sha256, path_of(sha256), size, answer.type, answer.server_name, capture_id)

    def fetched(self, size: int) -> bool:
        """Count the bytes of an answer, whether it was a file or not; returns whether they were the last."""
        self.bytes_left -= size
        last = self.bytes_left <= 0 and self.closed is None
        if last:
            self.closed = "as many bytes of files were fetched as one run may (ZSPARK_FILES_BYTES)"
        return last
