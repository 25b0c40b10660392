"""Scripts and meta tags that send readers to another host."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from urllib.parse import unquote, urljoin, urlsplit

__all__ = ["foreign_host", "sends_to"]

_ADDRESS = re.compile(r"(?:https?:)?//([\w.-]+\.\w+)", re.IGNORECASE)
_LOCATION = re.compile(
    r"location\s*(?:\.href)?\s*=(?!=)|location\.(?:replace|assign)\s*\(|window\.open\s*\(|"
    r"(?:top|self|parent|window)\.location\b|navigate\s*\(",
    re.IGNORECASE,
)
_SEARCHERS = re.compile(r"document\.referrer|baidu|sogou|\bso\\?\.com|sm\\?\.cn|google|bing|spider", re.IGNORECASE)
_PERCENT = re.compile(r"(?:unescape|decodeURI(?:Component)?)\s*\(\s*(['\"])([^'\"]{0,20000})\1", re.IGNORECASE)
_CODES = re.compile(r"fromCharCode\s*\(([\d,\s]{0,40000})\)", re.IGNORECASE)
_ESCAPED = re.compile(r"\\x([0-9a-f]{2})|\\u([0-9a-f]{4})", re.IGNORECASE)
_WRITES = re.compile(r"document\.write|appendChild|createElement", re.IGNORECASE)
_LONGEST = 65536
"""Characters of a script that are read. Chosen."""
_ASKED = ("location", "window.open", "navigate", "\\x", "\\u", "unescape", "decodeuri", "fromcharcode")
"""What a script has at least that sends readers away or hides what it does: the cheap question before the dear ones."""


def sends_to(code: str, url: str) -> str | None:
    """The foreign host to which a script sends the readers of ``url``, or from which it loads more in disguise; ""
    when it sends those away who come from a search engine, and does not say where; None when it does neither.

    >>> sends_to("if(/baidu/.test(document.referrer))location.href='http://bad.example/'", "http://park.example/")
    'bad.example'
    >>> sends_to("if(a==1)location.href='/index.html'", "http://park.example/") is None
    True
    """
    code = code[:_LONGEST]
    small = code.lower()
    if not any(word in small for word in _ASKED):
        return None
    plain = "\n".join(_unfolded(code))
    host = next((host for match in _ADDRESS.finditer(plain) if (host := foreign_host(match[0], url))), None)
    disguised = plain != code
    if _LOCATION.search(plain) and (host or _SEARCHERS.search(plain)):
        return host or ""
    if host and disguised and _WRITES.search(code):
        return host
    return None


def foreign_host(address: str, url: str) -> str | None:
    """The host that an address names when it is another than the page's own; the own site's other hosts are not
    foreign.

    >>> foreign_host("//bad.example/x", "http://www.park.example/"), foreign_host("/x", "http://www.park.example/")
    ('bad.example', None)
    """
    if "//" not in address:  # a relative address stays on the page's own host
        return None
    match = _ADDRESS.search(address)
    try:
        host = match[1].lower() if match else (urlsplit(urljoin(url, address)).hostname or "")
        own = _host_of(url)
    except ValueError:  # an address such as http://[broken
        return None
    bare = own.removeprefix("www.")
    return host if host and host not in {own, bare} and not host.endswith(f".{bare}") else None


@lru_cache(maxsize=8)
def _host_of(url: str) -> str:
    """The host of a page's own address, which is asked for with each of its links."""
    return (urlsplit(url).hostname or "").lower()


def _unfolded(code: str) -> Iterator[str]:
    """A script, and what it holds in codes."""
    yield _ESCAPED.sub(lambda match: chr(int(match[1] or match[2], 16)), code)
    for match in _PERCENT.finditer(code):
        yield unquote(match[2], errors="replace")
    for match in _CODES.finditer(code):
        numbers = [int(number) for number in match[1].split(",") if number.strip().isdigit()]
        yield "".join(chr(number) for number in numbers if number < 0x110000)
