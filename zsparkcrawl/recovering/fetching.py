"""Asking a web archive, politely: one connection, one question at a time, a pause before each, and no other host.

None of the client libraries that live today fits: `wayback` 0.5.1 and `cdx-toolkit` 0.9.39 (both of 2026) know the
public servers alone, so that neither another archive nor a test on loopback can be asked; the first knows no WARC
ranges, and the second waits by itself for as long as it likes, without regard to Retry-After. What is asked here is a
line of parameters. urllib3 comes with Scrapy's own dependencies.
"""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from email.utils import parsedate_to_datetime
from urllib.parse import urljoin, urlsplit

import urllib3
from urllib3.exceptions import HTTPError, IncompleteRead, ProtocolError

__all__ = ["Fetched", "Fetcher", "ForeignHostError", "LostAnswerError", "retry_after"]

_CONNECT, _READ, _WHOLE = 15.0, 60.0, 600.0
"""Seconds for a connection, for the next bytes, and for a whole answer. Chosen: public archives are slow, and a server
that sends a byte a minute must not hold a run."""
_LARGEST = 66 * 2**20
_PIECE = 1 << 16
_LONGEST_WAIT = 30 * 86_400.0


class LostAnswerError(Exception):
    """No whole answer came; the message says why. Another time may do better."""


class ForeignHostError(Exception):
    """An address leads to another host than the web archive's own."""


@dataclass(frozen=True, slots=True)
class Fetched:
    """An answer of the web archive, its body as it came over the wire, but without chunks. ``told_length`` is whether
    the server said where the body ends: by a length or by chunks."""

    url: str
    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes
    told_length: bool

    def header(self, name: str) -> str:
        """The first header of a name, "" when there is none."""
        return next((value for known, value in self.headers if known.lower() == name.lower()), "")


@dataclass
class Fetcher:
    """Asks the hosts of one web archive. ``hosts`` are those that may be asked, with their ports, as "127.0.0.1:8080";
    ``delay`` the seconds between two questions."""

    hosts: frozenset[str]
    delay: float
    agent: str
    sleep: Callable[[float], None] = time.sleep
    clock: Callable[[], float] = time.monotonic
    asked: int = 0
    _last: float | None = None
    _pool: urllib3.PoolManager = field(default_factory=lambda: urllib3.PoolManager(num_pools=2, maxsize=1))

    def get(self, url: str, headers: Mapping[str, str] | None = None) -> Fetched:
        """Ask for an address. Redirects are not followed. Raises LostAnswerError, ForeignHostError."""
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or parts.netloc.lower() not in self.hosts:
            raise ForeignHostError(f"{url} is on none of {', '.join(sorted(self.hosts))}")
        self._pause()
        self.asked += 1
        sent = {"User-Agent": self.agent, "Accept-Encoding": "identity", **(headers or {})}
        timeout = urllib3.Timeout(connect=_CONNECT, read=_READ)
        try:
            answer = self._pool.request(
                "GET", url, headers=sent, redirect=False, retries=False, timeout=timeout, preload_content=False,
                decode_content=False,
            )  # fmt: skip
            with answer:  # closes it, unless all was read: then the connection is used again
                body = self._body(answer)
                answer.release_conn()
        except HTTPError as error:
            raise LostAnswerError(_said(error)) from error
        finally:
            self._last = self.clock()
        pairs = tuple((name, value) for name, value in answer.headers.items())
        told = answer.headers.get("content-length") is not None or answer.chunked
        return Fetched(url, answer.status, pairs, body, bool(told))

    def close(self) -> None:
        """Close the connection."""
        self._pool.clear()

    def target(self, fetched: Fetched) -> str:
        """Where a redirect leads. Raises ForeignHostError."""
        target = fetched.header("location")
        try:
            target = urljoin(fetched.url, target)
            parts = urlsplit(target)
            if parts.scheme in ("http", "https") and parts.netloc.lower() in self.hosts:
                return target
        except ValueError:  # an address such as http://[broken
            pass
        raise ForeignHostError(f"it leads to {target[:200]}, which is not the web archive's")

    def _pause(self) -> None:
        if self._last is not None:
            waited = self.clock() - self._last
            if waited < self.delay:
                self.sleep(self.delay - waited)

    def _body(self, answer: urllib3.BaseHTTPResponse) -> bytes:
        pieces, size, until = [], 0, self.clock() + _WHOLE
        for piece in answer.stream(_PIECE, decode_content=False):
            pieces.append(piece)
            size += len(piece)
            if size > _LARGEST:
                raise LostAnswerError(f"the answer has more than {_LARGEST} bytes")
            if self.clock() > until:
                raise LostAnswerError(f"the answer took more than {_WHOLE:.0f} seconds")
        return b"".join(pieces)


def retry_after(value: str, now: dt.datetime) -> float | None:
    """The seconds that a Retry-After asks for, at most 30 days; None when it says nothing.

    >>> now = dt.datetime(2026, 11, 22, 8, 0, tzinfo=dt.UTC)
    >>> retry_after("120", now), retry_after("Sun, 22 Nov 2026 08:01:00 GMT", now), retry_after("soon", now)
    (120.0, 60.0, None)
    """
    value = value.strip()
    if value.isascii() and value.isdigit() and len(value) < 12:
        return min(float(value), _LONGEST_WAIT)
    try:
        moment = parsedate_to_datetime(value)
    except ValueError:
        return None
    moment = moment if moment.tzinfo else moment.replace(tzinfo=dt.UTC)
    return min(max(0.0, (moment - now).total_seconds()), _LONGEST_WAIT)


def _said(error: HTTPError) -> str:
    if isinstance(error, (IncompleteRead, ProtocolError)):
        return "the answer was cut short"
    return f"no answer: {type(error).__name__}"
