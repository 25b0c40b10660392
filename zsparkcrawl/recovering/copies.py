"""From a record that somebody else wrote to the copy of a page that it holds."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from zsparkcrawl.archive import Archive
from zsparkcrawl.archive.articles.storable import stamp
from zsparkcrawl.archive.warc.captures import CaptureError, read_capture
from zsparkcrawl.recovering.answers import Answer, OddAnswerError, answer_of
from zsparkcrawl.recovering.belonging import plain_url
from zsparkcrawl.recovering.records import Head, Record

__all__ = ["Bodies", "Copy", "NoCopyError", "believable", "copy_of"]

_EARLIEST = dt.datetime(1991, 1, 1, tzinfo=dt.UTC)
"""No page is older than the web."""
_AHEAD = dt.timedelta(days=1)
"""By how much another's clock may be ahead; chosen. A capture from the future would hide all later ones."""


class NoCopyError(Exception):
    """A record holds no copy of a page; the message says why."""


@dataclass(frozen=True, slots=True)
class Copy:
    """A page as somebody else kept it: its address, when it was captured (aware), and what the server answered."""

    url: str
    time: dt.datetime
    answer: Answer


@dataclass
class Bodies:
    """Where the bodies lie of which revisits speak."""

    archive: Archive
    folder: Path
    _by_digest: dict[str, int] = field(default_factory=dict)

    def met(self, head: Head, capture_id: int) -> None:
        """Remember the capture that a record became."""
        if digest := head.headers.get("warc-payload-digest"):
            self._by_digest.setdefault(digest, capture_id)

    def body(self, head: Head) -> tuple[bytes, str] | None:
        """The body that a revisit speaks of, and its Content-Type; None when it is not here."""
        capture = self._capture(head.headers)
        if capture is None or capture["lost"]:
            return None
        try:
            place = (capture["body_file"], capture["body_offset"])
            body = read_capture(self.folder, capture["file"], capture["offset"], body_at=place)[2]
        except CaptureError:
            return None  # verify tells of it
        return body, capture["content_type"]

    def _capture(self, said: Mapping[str, str]) -> Mapping[str, Any] | None:
        number = self._by_digest.get(said.get("warc-payload-digest", ""))
        if number is None:
            url = plain_url(said.get("warc-refers-to-target-uri", "").strip("<>"))
            time = Head({"warc-date": said.get("warc-refers-to-date", "")}).time
            there = self.archive.captures_at(url, stamp(time)) if url and time else []
            number = next((row["id"] for row in there if row["lost"] is None), None)
        return None if number is None else self.archive.capture(number)


def believable(time: dt.datetime | None, now: dt.datetime) -> dt.datetime | None:
    """A moment of capture; None when it can be none."""
    return time if time is not None and _EARLIEST <= time <= now + _AHEAD else None


def copy_of(record: Record, bodies: Bodies | None, now: dt.datetime) -> Copy:
    """The copy that a record holds. Raises NoCopyError, OddAnswerError."""
    head = record.head
    url, time = plain_url(head.url), believable(head.time, now)
    if url is None or time is None:
        raise NoCopyError("it tells no address" if url is None else "it tells no moment that can be")
    if head.kind == "resource":
        content_type = head.headers.get("content-type", "")
        answer = Answer(200, (("Content-Type", content_type),) if content_type else (), record.block)
    elif head.kind == "revisit":
        answer = _revisited(record, bodies)
    else:
        answer = answer_of(record.block)
    if head.headers.get("warc-truncated") and head.kind != "revisit":
        answer = replace(answer, partial=True)
    return Copy(url, time, answer)


def _revisited(record: Record, bodies: Bodies | None) -> Answer:
    """The answer of which a revisit says that its body was one that came before."""
    try:
        said = answer_of(record.block)
    except OddAnswerError:  # it may have no HTTP head at all
        said = Answer(200, (), b"")
    if said.status == 304:
        return said
    found = bodies.body(record.head) if bodies is not None else None
    if found is None:
        raise NoCopyError("the body that it says it had before is not here")
    body, content_type = found
    headers = said.headers or ((("Content-Type", content_type),) if content_type else ())
    return Answer(said.status, headers, body)
