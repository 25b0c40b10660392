"""What a crawl is asked to do: the spider's arguments, checked once."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from urllib.parse import urldefrag, urljoin, urlsplit

from zsparkcrawl.errors import ZsparkError
from zsparkcrawl.sites import Section, SiteProfile, site_named

__all__ = ["ARGUMENTS", "ArgumentError", "Plan", "plan"]

ARGUMENTS = ("site", "start_url", "since", "until", "limit", "full", "ids", "files", "mirrors")
"""The names that `-a` takes."""

DEFAULT_SITE = "nhtp"

_MOST_IDS = 1_000_000
"""Numbers that one crawl may ask for; chosen: at one page a second they take eleven days."""

_TRUE = frozenset(["1", "true", "yes", "on"])
_FALSE = frozenset(["0", "false", "no", "off", ""])


class ArgumentError(ZsparkError):
    """An argument of the spider that makes no sense."""

    exit_code = 2


@dataclass(frozen=True, slots=True)
class Plan:
    """What one crawl of one section is to do.

    ``since`` and ``until`` are inclusive. ``limit`` bounds the articles asked for. ``full`` looks at every
    listing page, also where everything is known. ``ids`` are numbers to be asked for one by one, without any listing,
    where a site's listings are gone. ``files``: attachments and pictures are fetched too. ``mirrors``: the mirrors that
    the profile names are to be crawled behind the site, each by a plan of its own. ``given`` are the arguments as they
    were given."""

    site: SiteProfile
    section: Section
    start_url: str | None
    since: dt.date | None
    until: dt.date | None
    limit: int | None
    full: bool
    given: Mapping[str, str]
    ids: tuple[range, ...] = ()
    files: bool = True
    mirrors: bool = False

    @property
    def hosts(self) -> tuple[str, ...]:
        """Hosts that belong to this crawl: the profile's, or the one of ``start_url`` when that is
        another."""
        if self.start_url is None:
            return self.site.hosts
        host = urlsplit(self.start_url).hostname or ""
        return self.site.hosts if host in self.site.hosts else (host,)

    @property
    def aliases(self) -> tuple[str, ...]:
        """Hosts whose pages ``start_url``'s host serves under the same paths: a mirror may name the original."""
        return tuple(host for host in self.site.hosts if host not in self.hosts)

    @property
    def listings(self) -> tuple[str, ...]:
        """The listing pages at which the crawl begins; none when the numbers of the articles were given."""
        if self.ids:
            return ()
        return (self.start_url,) if self.start_url else tuple(self.site.listing_urls(self.section.name))

    @property
    def home(self) -> str | None:
        """The page on which further listings of the section may be found; None when a listing was named."""
        return None if self.start_url or self.ids else self.site.start

    @property
    def addresses(self) -> Iterator[str]:
        """The addresses of the articles whose numbers were given."""
        base = self.start_url or self.site.start
        for number in (number for numbers in self.ids for number in numbers):
            for path in self.section.addresses(number):
                yield urljoin(base, path)

    def covers(self, day: dt.date | None) -> bool:
        """Whether an article of that day is wanted. One whose day is unknown is."""
        return day is None or not (
            (self.since is not None and day < self.since) or (self.until is not None and day > self.until)
        )


def plan(section: str, arguments: Mapping[str, str | None]) -> Plan:
    """Check the arguments of a crawl. Raises ArgumentError, or UnknownSiteError, with one clear line.

    >>> plan("news", {"since": "2019-02-01", "limit": "5"}).limit
    5
    >>> plan("news", {"since": "1.2.2019"})
    Traceback (most recent call last):
    ...
    zsparkcrawl.spiders.plan.ArgumentError: since must be a day as 2019-02-19, not '1.2.2019'
    """
    given = {name: str(value) for name, value in arguments.items() if value is not None}
    if unknown := [name for name in given if name not in ARGUMENTS]:
        raise ArgumentError(f"unknown argument {unknown[0]!r}: known are {', '.join(ARGUMENTS)}")
    site = site_named(given.get("site", DEFAULT_SITE))
    if section not in site.sections:
        raise ArgumentError(f"site {site.name!r} has no section {section!r}: it has {', '.join(site.sections)}")
    since, until = _day("since", given), _day("until", given)
    if since and until and since > until:
        raise ArgumentError(f"since {since} is later than until {until}")
    return Plan(
        site=site,
        section=site.sections[section],
        start_url=_url(given),
        since=since,
        until=until,
        limit=_limit(given),
        full=_flag("full", given),
        given=given,
        ids=_ids(given, site.sections[section]),
        files=_flag("files", given, default="1"),
        mirrors=_mirrors(given),
    )


def _day(name: str, given: Mapping[str, str]) -> dt.date | None:
    if (value := given.get(name)) is None:
        return None
    try:
        # Python also reads 20190219 and 2019-W08-2, which are too easily something else.
        if re.fullmatch(r"\d{4}-\d\d-\d\d", value, re.ASCII):
            return dt.date.fromisoformat(value)
    except ValueError:
        pass
    raise ArgumentError(f"{name} must be a day as 2019-02-19, not {value!r}")


def _limit(given: Mapping[str, str]) -> int | None:
    if (value := given.get("limit")) is None:
        return None
    if not (value.isascii() and value.isdigit() and int(value) > 0):
        raise ArgumentError(f"limit must be a number of articles from 1, not {value!r}")
    return int(value)


def _ids(given: Mapping[str, str], section: Section) -> tuple[range, ...]:
    """The numbers that `-a ids=200-2900,3001` names."""
    if (value := given.get("ids")) is None:
        return ()
    found: list[range] = []
    for piece in value.split(","):
        match = re.fullmatch(r"\s*(\d{1,9})(?:-(\d{1,9}))?\s*", piece, re.ASCII)
        numbers = range(int(match[1]), int(match[2] or match[1]) + 1) if match else range(0)
        if not numbers:
            raise ArgumentError(f"ids must be numbers as 200-2900 or 7,9,20-30, not {value!r}")
        found.append(numbers)
    if sum(map(len, found)) > _MOST_IDS:
        raise ArgumentError(f"ids names {sum(map(len, found))} numbers, more than {_MOST_IDS}")
    if not section.addresses(found[0][0]):
        raise ArgumentError(f"the addresses of section {section.name!r} cannot be made from a number: see its profile")
    return tuple(found)


def _flag(name: str, given: Mapping[str, str], *, default: str = "0") -> bool:
    value = given.get(name, default).casefold()
    if value not in _TRUE | _FALSE:
        raise ArgumentError(f"{name} must be 1 or 0, not {given[name]!r}")
    return value in _TRUE


def _mirrors(given: Mapping[str, str]) -> bool:
    wanted = _flag("mirrors", given)
    if wanted and "start_url" in given:
        raise ArgumentError("mirrors=1 means those of the profile, behind the site itself: it goes without start_url")
    return wanted


def _url(given: Mapping[str, str]) -> str | None:
    if (value := given.get("start_url")) is None:
        return None
    try:
        parts = urlsplit(value)
        good = parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0
    except ValueError:
        good = False
    if not good or parts.username is not None or any(c.isspace() for c in value):
        raise ArgumentError(f"start_url must be an address as http://host/news/, not {value!r}")
    # Without a path an address is not the one that links back to it name.
    return urldefrag(parts._replace(path=parts.path or "/").geturl()).url
