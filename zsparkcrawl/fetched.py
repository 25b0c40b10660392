"""What was fetched and what is made of it, in plain values: between the rim that fetches and the run that keeps."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from zsparkcrawl.archive import Lease

__all__ = ["Exchange", "Kept", "Reading", "Readings"]


@dataclass(frozen=True, slots=True)
class Exchange:
    """A request and its response, in plain values. ``body`` is the body without any content encoding."""

    url: str
    method: str
    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes
    request_headers: tuple[tuple[str, str], ...]
    content_type: str
    partial: bool


@dataclass(frozen=True, slots=True)
class Kept:
    """Under what number and moment a response was kept."""

    capture_id: int
    time: dt.datetime


@dataclass(frozen=True, slots=True)
class Reading:
    """An article on its way from its page to the archive: the lease it was fetched under, the capture it was read
    from, and the validators that the server sent with it. ``lacks`` tells which of its pages could not be had."""

    lease: Lease
    capture_id: int | None = None
    etag: str | None = None
    last_modified: str | None = None
    lacks: str | None = None


class Readings:
    """What is on its way, by the address of its page; of one address what came first is the first."""

    def __init__(self) -> None:
        self._waiting: dict[str, list[Reading]] = {}

    def add(self, url: str, reading: Reading) -> None:
        """Announce the article that is read from the page at ``url``."""
        self._waiting.setdefault(url, []).append(reading)

    def take(self, url: str) -> Reading | None:
        """The reading whose article has come; None when none was announced."""
        waiting = self._waiting.get(url)
        if not waiting:
            return None
        reading = waiting.pop(0)
        if not waiting:
            del self._waiting[url]
        return reading
