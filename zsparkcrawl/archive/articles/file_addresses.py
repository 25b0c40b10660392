"""Addresses of files and pictures, without what changes in them from visit to visit."""

from __future__ import annotations

import re
from collections.abc import Collection
from urllib.parse import urlsplit

from zsparkcrawl.items import FILE_TYPES

__all__ = ["plain_address"]

_PICTURES = frozenset("jpg jpeg jpe png gif bmp webp svg tif tiff ico avif".split())
_TOKEN = re.compile(
    r"v|ver|vers|version|t|ts|tm|time|timestamp|_|__|r|rnd|rand|random|nocache|cache|token|sign|signature|sig|auth|"
    r"auth_key|key|expires?|e|sid|session|sessionid|phpsessid|jsessionid|from|spm|wx_\w+|wxfrom|tp|"
    r"x-oss-\w+|x-amz-[\w-]+|x-image-\w+|utm_\w+|ossaccesskeyid",
    re.IGNORECASE,
)
"""Names of parameters that tell a moment, a visitor or a permission, and not which file is meant."""
_SESSION = re.compile(r";jsessionid=[^/?#]*", re.IGNORECASE)


def plain_address(url: str, pages: Collection[str]) -> str:
    """What of an address tells which file is meant, seen from the pages that may name it.

    The pages' own hosts are left out, for a mirror has another; so are the query of a file that is named by its path,
    and parameters such as ``?v=3`` and ``&token=…``.

    >>> plain_address("http://www.nhtp.org/a.doc?t=171", ["https://www.nhtp.org/news/7.html"])
    '/a.doc'
    >>> plain_address("http://files.example/get?id=7&v=3&token=ab", ["http://www.nhtp.org/news/7.html"])
    '//files.example/get?id=7'
    """
    try:
        parts, own = urlsplit(url), {urlsplit(page).netloc.lower() for page in pages}
    except ValueError:  # an address such as http://[broken
        return url
    host = parts.netloc.lower()
    place = ("" if host in own else f"//{host}") + _SESSION.sub("", parts.path)
    if place.rpartition(".")[2].lower() in _PICTURES | FILE_TYPES:
        return place
    kept = [each for each in parts.query.split("&") if each and not _TOKEN.fullmatch(each.partition("=")[0])]
    return place + ("?" + "&".join(kept) if kept else "")
