"""Why a page could not be fetched, as the frontier has it."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from typing import cast

from scrapy.exceptions import IgnoreRequest
from scrapy.http import Request, Response
from scrapy.spidermiddlewares.httperror import HttpError
from twisted.python.failure import Failure

from zsparkcrawl.archive.visits import Ending
from zsparkcrawl.middlewares import NotNowError, RefusedError

__all__ = ["Fault", "fault_of", "request_of", "retry_after"]

_GONE = frozenset([404, 410])
_REDIRECTS = frozenset([301, 302, 303, 307, 308])
_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*):")
"""RFC 3986, 3.1."""
_LONGEST_TARGET = 80
"""Characters of such an address that are told; a data: address holds a page."""


@dataclass(frozen=True, slots=True)
class Fault:
    """What a fetch ended with: the ending of the visit, the reason in a few words, and how long the server asks us
    to wait."""

    ending: Ending
    reason: str
    retry_after: dt.timedelta | None = None


def fault_of(failure: Failure, now: dt.datetime) -> Fault:
    """What a failed request means for the page."""
    error = failure.value
    if isinstance(error, HttpError):
        status = error.response.status
        if away := _leads_away(error.response):
            return Fault("off-site", f"HTTP status {status} leads to {away}: only http and https are fetched")
        ending: Ending = "gone" if status in _GONE else "not now"
        return Fault(ending, f"HTTP status {status}", retry_after(error.response, now))
    if isinstance(error, RefusedError):
        return Fault("off-site", str(error))
    if isinstance(error, IgnoreRequest):
        return Fault("not now" if isinstance(error, NotNowError) else "forbidden", str(error) or "refused")
    said = " ".join(str(error).split())[:200] or "no reason given"
    # What a server says may reach this text, and a control character in it the operator's terminal.
    return Fault("not now", f"{type(error).__name__}: {''.join(c if c.isprintable() else '?' for c in said)}")


def _leads_away(response: Response) -> str | None:
    """Where a redirect leads that no browser would fetch from a server: data:, file:, javascript: and the like; None
    when it does not. Scrapy hands such a redirect through as it came."""
    if response.status not in _REDIRECTS:
        return None
    target = (response.headers.get("Location") or b"").decode("latin-1").strip()
    found = _SCHEME.match(target)
    if found is None or found[1].casefold() in ("http", "https"):
        return None
    return "".join(c if c.isprintable() else "?" for c in target[:_LONGEST_TARGET])


def retry_after(response: Response, now: dt.datetime) -> dt.timedelta | None:
    """How long the server asks to be left alone: Retry-After in seconds or as a moment (RFC 9110, 10.2.3); None when
    it does not say, or says nonsense.

    >>> retry_after(Response("http://x.example/", headers={"Retry-After": "120"}), dt.datetime.now(dt.UTC)).seconds
    120
    """
    said = (response.headers.get("Retry-After") or b"").decode("latin-1").strip()
    if said.isascii() and said.isdigit() and len(said) < 10:
        return dt.timedelta(seconds=int(said))
    try:
        moment = parsedate_to_datetime(said)
    except ValueError:
        return None
    moment = moment if moment.tzinfo else moment.replace(tzinfo=dt.UTC)
    return max(dt.timedelta(0), moment - now)


def request_of(failure: Failure) -> Request:
    """The request that failed."""
    return cast(Request, failure.request)  # type: ignore[attr-defined]  # Scrapy puts it there
