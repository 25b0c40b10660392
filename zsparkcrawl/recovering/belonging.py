"""Which page of which site an address is that somebody else kept: pure functions."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal
from urllib.parse import urldefrag, urlsplit

from zsparkcrawl.extract.parts import is_part
from zsparkcrawl.sites import SiteProfile, site_for_url

__all__ = ["Place", "place_of", "plain_url", "prefixes"]

_LONGEST = 1000
"""Characters of an address, as URLLENGTH_LIMIT of a crawl."""
_PAGE = re.compile(r"(?:/|\.(?:s?html?|aspx?|php|jsp)|/[^/.]*)$", re.IGNORECASE)
_PART = re.compile(r"[_-]\d{1,2}(?=\.\w{2,5}$)")
_DEFAULT_PORT = {"http": ":80", "https": ":443"}

Kind = Literal["article", "part", "listing"]


@dataclass(frozen=True, slots=True)
class Place:
    """What an address is of: the site, the section, and whether an article, a further page of one, or a listing."""

    site: SiteProfile
    section: str
    kind: Kind


def plain_url(url: str) -> str | None:
    """An address without fragment and without a port that goes without saying, as old captures have one; None when it
    is no address of a page.

    >>> plain_url("http://www.nhtp.org:80/news/7.html#top"), plain_url("dns:www.nhtp.org")
    ('http://www.nhtp.org/news/7.html', None)
    """
    try:
        parts = urlsplit(urldefrag(url.strip()).url)
        good = parts.scheme in ("http", "https") and parts.hostname and parts.username is None and parts.port != 0
    except ValueError:
        return None
    if not good or len(url) > _LONGEST or any(sign.isspace() or not sign.isprintable() for sign in url.strip()):
        return None
    host = parts.netloc.removesuffix(_DEFAULT_PORT[parts.scheme]).lower()
    return parts._replace(netloc=host, path=parts.path or "/").geturl()


def place_of(url: str, of_site: SiteProfile | None = None) -> Place | None:
    """What an address is of, None when of nothing that is known. ``of_site`` is whose pages those are that stand on a
    host of no profile, as on a mirror.

    >>> place = place_of("http://www.nhtp.org/news/index_2.html")
    >>> place.section, place.kind
    ('news', 'listing')
    >>> place_of("http://mirror.example/news/7.html") is None
    True
    """
    site = site_for_url(url) or of_site
    if site is None:
        return None
    path = urlsplit(url).path
    if found := site.place(url):
        return Place(site, found[0], "part" if is_part(url) else "article")
    if is_part(url) and (found := site.place(_PART.sub("", path))):
        return Place(site, found[0], "part")
    listings = [
        (len(folder), section.name)
        for section in site.sections.values()
        for folder in (listing.rpartition("/")[0] + "/" for listing in section.listings)
        if path.startswith(folder)
    ]
    return Place(site, max(listings)[1], "listing") if listings and _PAGE.search(path) else None


def prefixes(site: SiteProfile, section: str) -> tuple[str, ...]:
    """The folders below which the pages of a section lie, none of them inside of another.

    >>> from zsparkcrawl.sites import site_named
    >>> prefixes(site_named("nhtp"), "notices")
    ('/tzzn/', '/zcgg/')
    """
    facts = site.sections[section]
    sources = [pattern.pattern.removeprefix("(?:") for pattern in facts.articles]
    plain = [match[0] for source in sources if (match := re.match(r"[\w/-]*", source, re.ASCII))]
    folders = {text.rpartition("/")[0] + "/" for text in (*plain, *facts.listings)}
    return tuple(sorted(one for one in folders if not any(one != two and one.startswith(two) for two in folders)))
