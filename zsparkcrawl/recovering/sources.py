"""The web archives that can be asked: where their indexes and their captures are. Facts, and no network."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from urllib.parse import quote, unquote, urljoin, urlsplit

from w3lib.url import safe_url_string

from zsparkcrawl.errors import ZsparkError

__all__ = ["Source", "SourceError", "indexes_of", "source_named"]

_WAYBACK = "https://web.archive.org/cdx/search/cdx"
_COMMON_CRAWL = "https://index.commoncrawl.org/collinfo.json"
_COMMON_CRAWL_DATA = "https://data.commoncrawl.org/"
_RAW = re.compile(r"(?P<timestamp>\d{4,14})(?:id_)?/(?P<url>https?:/.*)", re.DOTALL)


class SourceError(ZsparkError):
    """What was named is no web archive that can be asked."""

    exit_code = 2


@dataclass(frozen=True, slots=True)
class Source:
    """A web archive. ``index`` is its CDX server, or with ``listed`` the address of a list of several; ``captures`` is
    the address below which raw captures are (…/TIMESTAMPid_/URL), ``data`` that of the files which the index names; ""
    for none. ``public`` archives are asked once a second at most."""

    name: str
    index: str
    captures: str = ""
    data: str = ""
    listed: bool = False
    public: bool = False

    @property
    def hosts(self) -> frozenset[str]:
        """The hosts that may be asked, with their ports."""
        return frozenset(urlsplit(url).netloc.lower() for url in (self.index, self.captures, self.data) if url)

    def raw(self, url: str, timestamp: str) -> str:
        """Where the bytes of a capture are as they came.

        >>> source_named("wayback").raw("http://x.example/a?b=新", "20190219000000")
        'https://web.archive.org/web/20190219000000id_/http://x.example/a?b=%E6%96%B0'
        """
        return f"{self.captures}{timestamp}id_/{safe_url_string(url)}"

    def meant(self, address: str) -> tuple[str, str] | None:
        """Address and timestamp of the capture that an address of this archive is of; None when it is of none.

        >>> source_named("wayback").meant("https://web.archive.org/web/20180101000000/http://x.example/a")
        ('http://x.example/a', '20180101000000')
        """
        if not self.captures or not address.startswith(self.captures):
            return None
        found = _RAW.fullmatch(address[len(self.captures) :])
        if found is None:
            return None
        url = found["url"]
        # Some servers put two slashes that follow one another together.
        return (re.sub(r"^(https?:/)(?!/)", r"\1/", url), found["timestamp"])

    def record(self, filename: str) -> str:
        """Where a WARC file lies that the index names."""
        return urljoin(self.data, quote(unquote(filename).lstrip("/"), safe="/:@+=,-._~"))


def source_named(name: str, *, captures: str | None = None, warcs: str | None = None) -> Source:
    """The web archive of that name, or the one whose CDX server has that address. ``captures`` is the address below
    which its raw captures are, when that cannot be told from the server's; ``warcs`` that of the WARC files which its
    index names, when captures are to be had from there alone. Raises SourceError.

    >>> source_named("http://127.0.0.1:8080/park/cdx").captures
    'http://127.0.0.1:8080/park/'
    >>> source_named("http://a.example/cdx/search/cdx").captures
    'http://a.example/web/'
    """
    if name == "wayback":
        return Source(name, _WAYBACK, "https://web.archive.org/web/", public=True)
    if name == "commoncrawl":
        return Source(name, _COMMON_CRAWL, data=_COMMON_CRAWL_DATA, listed=True, public=True)
    for address in (name, captures, warcs):
        _check(address)
    parts = urlsplit(name)
    listed = parts.path.endswith("/collinfo.json")
    if warcs is not None:
        return Source(name, name, data=_folder(warcs), listed=listed)
    if captures is not None:
        return Source(name, name, _folder(captures), listed=listed)
    if parts.path.endswith("/cdx/search/cdx"):
        path = parts.path.removesuffix("cdx/search/cdx") + "web/"
    else:
        path = parts.path.rpartition("/")[0] + "/"
    base = parts._replace(path=path, query="").geturl()
    return Source(name, name, data=base, listed=True) if listed else Source(name, name, base)


def _folder(address: str) -> str:
    return address if address.endswith("/") else address + "/"


def indexes_of(source: Source, body: bytes, since: str | None, until: str | None) -> list[str]:
    """The CDX servers of a list such as Common Crawl has, those of a time (timestamps): the oldest first. Raises
    SourceError when it is no such list, or names another host."""
    try:
        listed = json.loads(body)
        found = [(str(one.get("from", "")), str(one.get("to", "")), str(one["cdx-api"])) for one in listed]
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        raise SourceError(f"{source.index} gave no list of indexes") from error
    if strange := [api for *_, api in found if urlsplit(api).netloc.lower() not in source.hosts]:
        raise SourceError(f"{source.index} names an index on another host: {strange[0][:200]}")
    meant = [one for one in found if _meets(one[0], one[1], since, until)]
    return [api for *_, api in sorted(meant)]


def _meets(first: str, last: str, since: str | None, until: str | None) -> bool:
    """Whether a crawl from one moment to another lies in a time; yes when the list does not tell."""
    begin, end = (re.sub(r"\D", "", moment) for moment in (first, last))
    return not ((since and end and end < since[: len(end)]) or (until and begin and begin > until[: len(begin)]))


def _check(address: str | None) -> None:
    if address is None:
        return
    try:
        parts = urlsplit(address)
        good = parts.scheme in ("http", "https") and parts.hostname and parts.username is None and parts.port != 0
    except ValueError:
        good = False
    if not good or any(sign.isspace() for sign in address):
        raise SourceError(f"--from takes wayback, commoncrawl or the address of a CDX server, not {address!r}")
