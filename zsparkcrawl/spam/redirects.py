"""Scripts and meta tags that send readers to another host."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple
from urllib.parse import unquote, urljoin, urlsplit

__all__ = ["foreign_host", "sends_to"]

_ADDRESS = re.compile(r"(?:https?:)?//([\w.-]+\.\w+)", re.IGNORECASE)
_HOST = re.compile(r"//([\w.-]+\.\w+)")
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
_ASKED = ("location", "window.open", "navigate", "unescape", "decodeuri", "fromcharcode")
"""What a script has at least that sends readers away or hides what it does, unless it has a backslash: the cheap
question before the dear ones."""


def sends_to(code: str, url: str) -> str | None:
    """The foreign host to which a script sends the readers of ``url``, or from which it loads more in disguise; ""
    when it sends those away who come from a search engine, and does not say where; None when it does neither.

    >>> sends_to("if(/baidu/.test(document.referrer))location.href='http://bad.example/'", "http://park.example/")
    'bad.example'
    >>> sends_to("if(a==1)location.href='/index.html'", "http://park.example/") is None
    True
    """
    script = _script(code[:_LONGEST])
    host = next((host for address in script.addresses if (host := foreign_host(address, url))), None)
    if script.sends and (host or script.knows_searchers):
        return host or ""
    return host if script.loads else None


class _Script(NamedTuple):
    """What a script does: the addresses that it names, whether it sends readers anywhere, whether it knows search
    engines, and whether it loads more in disguise."""

    addresses: tuple[str, ...] = ()
    sends: bool = False
    knows_searchers: bool = False
    loads: bool = False


@lru_cache(maxsize=64)
def _script(code: str) -> _Script:
    """Read a script; remembered, for the pages of a site have their scripts in common."""
    small = code.lower()
    if "\\" not in small and not any(word in small for word in _ASKED):
        return _Script()
    plain = "\n".join(_unfolded(code))
    sends = _LOCATION.search(plain) is not None
    loads = plain != code and _WRITES.search(code) is not None
    if not sends and not loads:
        return _Script()
    addresses = dict.fromkeys(match[0] for match in _ADDRESS.finditer(plain))
    return _Script(tuple(addresses), sends, sends and _SEARCHERS.search(plain) is not None, loads)


def foreign_host(address: str, url: str) -> str | None:
    """The host that an address names when it is another than the page's own; the own site's other hosts are not
    foreign.

    >>> foreign_host("//bad.example/x", "http://www.park.example/"), foreign_host("/x", "http://www.park.example/")
    ('bad.example', None)
    """
    if "//" not in address:  # a relative address stays on the page's own host
        return None
    match = _HOST.search(address)
    try:
        host = match[1].lower() if match else (urlsplit(urljoin(url, address)).hostname or "")
        own, bare, ending = _own_hosts(url)
    except ValueError:  # an address such as http://[broken
        return None
    return None if not host or host in {own, bare} or host.endswith(ending) else host


@lru_cache(maxsize=8)
def _own_hosts(url: str) -> tuple[str, str, str]:
    """The host of a page's own address, that without www, and how the site's other hosts end; asked for with each of
    its links."""
    own = (urlsplit(url).hostname or "").lower()
    bare = own.removeprefix("www.")
    return own, bare, f".{bare}"


def _unfolded(code: str) -> Iterator[str]:
    """A script, and what it holds in codes."""
    yield _ESCAPED.sub(lambda match: chr(int(match[1] or match[2], 16)), code)
    for match in _PERCENT.finditer(code):
        yield unquote(match[2], errors="replace")
    for match in _CODES.finditer(code):
        numbers = [int(number) for number in match[1].split(",") if number.strip().isdigit()]
        yield "".join(chr(number) for number in numbers if number < 0x110000)
