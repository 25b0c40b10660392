"""Why a page could not be fetched, as the frontier has it."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from typing import cast

from scrapy.exceptions import IgnoreRequest
from scrapy.http import Request, Response
from scrapy.spidermiddlewares.httperror import HttpError
from twisted.python.failure import Failure

from zsparkcrawl.archive.crawling.visits import Ending
from zsparkcrawl.middlewares import LeavingError, NotNowError, RefusedError

__all__ = ["Fault", "fault_of", "request_of", "retry_after"]

_GONE = frozenset([404, 410])


@dataclass(frozen=True, slots=True)
class Fault:
    """What a fetch ended with: the ending of the visit, the reason in a few words, and how long the server asks us
    to wait."""

    ending: Ending
    reason: str
    retry_after: dt.timedelta | None = None
    ours: bool = False
    """Whether it says nothing about the site."""


def fault_of(failure: Failure, now: dt.datetime) -> Fault:
    """What a failed request means for the page."""
    error = failure.value
    if isinstance(error, HttpError):
        status = error.response.status
        ending: Ending = "gone" if status in _GONE else "not now"
        return Fault(ending, f"HTTP status {status}", retry_after(error.response, now))
    if isinstance(error, RefusedError):
        return Fault("off-site", str(error))
    if isinstance(error, IgnoreRequest):
        ending = "not now" if isinstance(error, NotNowError) else "forbidden"
        return Fault(ending, str(error) or "refused", ours=isinstance(error, LeavingError))
    said = " ".join(str(error).split())[:200] or "no reason given"
    # What a server says may reach this text, and a control character in it the operator's terminal.
    return Fault("not now", f"{type(error).__name__}: {''.join(c if c.isprintable() else '?' for c in said)}")


def retry_after(response: Response, now: dt.datetime) -> dt.timedelta | None:
    """How long the server asks to be left alone: Retry-After in seconds or as a moment (RFC 9110, 10.2.3); None when
    it does not say, or says nonsense. Such a moment is one of the server's own clock, which its Date tells; ``now``
    counts where that is missing.

    >>> now = dt.datetime(2026, 11, 22, tzinfo=dt.UTC)
    >>> retry_after(Response("http://x.example/", headers={"Retry-After": "120"}), now).seconds
    120
    >>> said = {"Retry-After": "Sun, 01 Nov 2026 00:02:00 GMT", "Date": "Sun, 01 Nov 2026 00:00:00 GMT"}
    >>> retry_after(Response("http://x.example/", headers=said), now).seconds
    120
    """
    said = (response.headers.get("Retry-After") or b"").decode("latin-1").strip()
    if said.isascii() and said.isdigit() and len(said) < 10:
        return dt.timedelta(seconds=int(said))
    moment = _moment(said)
    if moment is None:
        return None
    sent = _moment((response.headers.get("Date") or b"").decode("latin-1"))
    return max(dt.timedelta(0), moment - (sent or now))


def _moment(said: str) -> dt.datetime | None:
    """What a header gives as a moment; None for nonsense."""
    try:
        moment = parsedate_to_datetime(said)
    except (ValueError, OverflowError):  # the latter for a year or a zone of too many digits
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=dt.UTC)


def request_of(failure: Failure) -> Request:
    """The request that failed."""
    return cast(Request, failure.request)  # type: ignore[attr-defined]  # Scrapy puts it there
