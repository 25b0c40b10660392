"""One capture of a web archive: how it is asked for, and what its answer is worth."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from io import BytesIO
from typing import Any

from zsparkcrawl.archive.warc.records import payload_digest
from zsparkcrawl.recovering.answers import MOST_REDIRECTS, REDIRECTS, OddAnswerError, unpacked
from zsparkcrawl.recovering.asking import NotNowError, Patient
from zsparkcrawl.recovering.belonging import plain_url
from zsparkcrawl.recovering.copies import Copy, NoCopyError, believable, copy_of
from zsparkcrawl.recovering.fetching import Fetched, ForeignHostError
from zsparkcrawl.recovering.records import LARGEST, Record, records
from zsparkcrawl.recovering.sources import Source

__all__ = ["AlreadyHereError", "NoneTakenError", "Taker", "moment_of"]

_ABSENT = frozenset([403, 404, 410, 451])
_OF_THE_PAGE = "x-archive-orig-"
"""Goes before the names of those headers that the page itself came with."""
_OF_THE_WIRE = frozenset(["transfer-encoding", "connection", "keep-alive"])


class NoneTakenError(Exception):
    """The archive has no such capture, or none that can be used: the state is "missing" or "failed"."""

    def __init__(self, state: str, reason: str) -> None:
        super().__init__(reason)
        self.state = state


class AlreadyHereError(Exception):
    """The archive would give a capture in place of the one that was asked for which was fetched before."""

    def __init__(self, capture_id: int) -> None:
        super().__init__(f"capture {capture_id} is the same")
        self.capture_id = capture_id


@dataclass(frozen=True, slots=True)
class Taker:
    """Asks a web archive for captures. ``known`` gives the number of the capture of an address and timestamp that was
    fetched before, None when none was."""

    source: Source
    patient: Patient
    known: Callable[[str, str], int | None]

    def take(self, row: Mapping[str, Any]) -> Copy:
        """The capture of a row of recoveries. When the archive gives another one of the same page in its place, as the
        Wayback Machine does, the copy has that one's moment. Raises NoneTakenError, AlreadyHereError, NotNowError."""
        try:
            place = row["place"] if self.source.data and not self.source.captures else None
            copy = self._record(row, place) if place else self._raw(row)
        except (ForeignHostError, OddAnswerError, NoCopyError) as error:
            raise NoneTakenError("failed", str(error)) from error
        if copy.answer.status != 200:
            raise NoneTakenError("failed", f"HTTP status {copy.answer.status} was captured")
        return copy

    def _raw(self, row: Mapping[str, Any]) -> Copy:
        url, timestamp = row["url"], row["timestamp"]
        for hops in range(MOST_REDIRECTS + 1):
            fetched = self.patient.get(self.source.raw(url, timestamp))
            if fetched.status not in REDIRECTS:
                return _copy(fetched, row["url"], timestamp, row["digest"] if not hops else "")
            target = self.patient.fetcher.target(fetched)
            meant = self.source.meant(target)
            if meant is None or plain_url(meant[0]) not in _same_page(row["url"]):
                raise NoneTakenError("missing", f"it leads to {target[:200]}")
            url, timestamp = meant
            if (number := self.known(row["url"], timestamp)) is not None:
                raise AlreadyHereError(number)
        raise NoneTakenError("failed", f"more than {MOST_REDIRECTS} redirects")

    def _record(self, row: Mapping[str, Any], place: Mapping[str, Any]) -> Copy:
        """The capture that lies in a WARC file of the archive."""
        first, length = place["offset"], place["length"]
        if not 0 < length <= LARGEST:
            raise NoneTakenError("failed", f"its record has {length} bytes, more than {LARGEST}")
        address = self.source.record(place["filename"])
        fetched = self.patient.get(address, {"Range": f"bytes={first}-{first + length - 1}"})
        _check(fetched, 206)
        if len(fetched.body) != length:
            raise NotNowError("the answer was cut short", 0.0, busy=False)
        found = list(records(BytesIO(fetched.body), lambda head: head.kind == "response"))
        if not found or not isinstance(found[0], Record):
            raise NoneTakenError("failed", "no whole record of an answer lies there")
        copy = copy_of(found[0], None, self.patient.now())
        if plain_url(row["url"]) != copy.url or f"{copy.time:%Y%m%d%H%M%S}" != row["timestamp"]:
            raise NoneTakenError("failed", f"the record of another capture lies there: {copy.url[:200]}")
        return copy


def moment_of(timestamp: str) -> dt.datetime | None:
    """The moment of a timestamp, of which the end may be missing; None when it is none.

    >>> moment_of("20190219083000").isoformat(), moment_of("2019").isoformat(), moment_of("20191399000000")
    ('2019-02-19T08:30:00+00:00', '2019-01-01T00:00:00+00:00', None)
    """
    filled = timestamp + "00000101000000"[len(timestamp) :]
    try:
        return dt.datetime.strptime(filled, "%Y%m%d%H%M%S").replace(tzinfo=dt.UTC)
    except ValueError:
        return None


def _copy(fetched: Fetched, url: str, timestamp: str, digest: str) -> Copy:
    """The copy that a raw capture is."""
    _check(fetched, 200)
    raw_digest = payload_digest(fetched.body).removeprefix("sha1:")
    # Where nothing else tells the end of a body, the digest of the index does.
    if not fetched.told_length and digest and raw_digest != digest:
        raise NotNowError("the answer was cut short", 0.0, busy=False)
    time = believable(moment_of(timestamp), dt.datetime.now(dt.UTC))
    if time is None:
        raise NoneTakenError("failed", f"{timestamp} is no moment that can be")
    answer = unpacked(200, _headers(fetched), fetched.body)
    # What the page told of its length is of the body as the index knows it.
    return Copy(url, time, replace(answer, partial=False) if raw_digest == digest else answer)


def _headers(fetched: Fetched) -> tuple[tuple[str, str], ...]:
    """The headers that the page itself came with, as far as the archive tells them."""
    own = [
        (name[len(_OF_THE_PAGE) :], value) for name, value in fetched.headers if name.lower().startswith(_OF_THE_PAGE)
    ]
    known = {name.lower() for name, _ in own}
    for name in ("Content-Type", "Content-Encoding"):
        if name.lower() not in known and (value := fetched.header(name)):
            own.append((name, value))
    return tuple((name, value) for name, value in own if name.lower() not in _OF_THE_WIRE)


def _check(fetched: Fetched, wanted: int) -> None:
    if fetched.status in _ABSENT:
        raise NoneTakenError("missing", f"HTTP status {fetched.status}")
    if fetched.status != wanted:
        raise NoneTakenError("failed", f"HTTP status {fetched.status}")


def _same_page(url: str) -> set[str]:
    """The addresses under which a web archive may have the same page: with www. and without, http and https."""
    plain = plain_url(url) or url
    bare = re.sub(r"^https?://(?:www\.)?", "", plain)
    return {f"{scheme}://{www}{bare}" for scheme in ("http", "https") for www in ("", "www.")}
