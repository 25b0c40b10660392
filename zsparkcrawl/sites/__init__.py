"""The publishers that are known, described by facts: one TOML file a site; this folder is the registry."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from types import MappingProxyType
from typing import Any, Literal
from urllib.parse import urljoin, urlsplit

from zsparkcrawl.errors import ZsparkError

__all__ = ["Section", "SiteProfile", "UnknownSiteError", "site_for_url", "site_named", "site_names"]


class UnknownSiteError(ZsparkError):
    """No profile has this name."""

    exit_code = 2


@dataclass(frozen=True, slots=True)
class Section:
    """One section of a site: what links to it are called, where its listings begin, what its articles' paths look
    like (regular expressions for the end of the path, with a group ``id``)."""

    name: str
    labels: tuple[str, ...]
    listings: tuple[str, ...]
    articles: tuple[re.Pattern[str], ...]

    def native_id(self, url: str) -> str | None:
        """The site's number of the article at ``url``, None when that is not an article of this section.

        >>> site_named("nhtp").sections["news"].native_id("http://www.nhtp.org/news/1207.html")
        '1207'
        """
        path = urlsplit(url).path
        found = (match for pattern in self.articles if (match := pattern.search(path)))
        return next((match["id"] for match in found), None)

    def addresses(self, number: int) -> tuple[str, ...]:
        """The paths under which the article of a number may be found: the patterns with the number put in its place. A
        pattern that says more than a path and a number gives none.

        >>> site_named("nhtp").sections["notices"].addresses(412)
        ('/zcgg/412.html', '/tzzn/qnsq/412.html')
        """
        return tuple(path for pattern in self.articles if (path := _filled(pattern, number)))


def _filled(pattern: re.Pattern[str], number: int) -> str | None:
    """The path that a pattern describes with a number in it."""
    source = pattern.pattern.removeprefix("(?:").removesuffix(")$")
    path = re.sub(r"\(\?P<id>([^()]*)\)", r"\1", source).replace(r"\d+", str(number), 1)
    path = re.sub(r"\\([.\-_/])", r"\1", path)
    plain = re.fullmatch(r"[\w./-]+", path, re.ASCII)
    return path if plain and path.startswith("/") and pattern.search(path) else None


@dataclass(frozen=True, slots=True)
class SiteProfile:
    """The facts of a publisher. ``script`` is what it writes in; ``body_selectors`` name the place of the body, the
    first that matches counts, and may be empty."""

    name: str
    title: str
    hosts: tuple[str, ...]
    start: str
    script: Literal["simplified", "traditional"]
    time_zone: str
    sections: Mapping[str, Section]
    body_selectors: tuple[str, ...] = ()
    mirrors: tuple[str, ...] = ()
    """Where other hosts are known to serve the site under its own paths, as http://host or http://host:port; asked only
    when a crawl wants them."""

    def place(self, url: str) -> tuple[str, str] | None:
        """Section and native id of an article's URL, None when it is not an article of this site.

        >>> site_named("nhtp").place("http://mirror.example/zcgg/412.html")
        ('notices', '412')
        """
        for section in self.sections.values():
            if native_id := section.native_id(url):
                return section.name, native_id
        return None

    def listing_urls(self, section: str) -> list[str]:
        """Where a crawl of the section begins."""
        return [urljoin(self.start, path) for path in self.sections[section].listings]

    def mirror_urls(self, section: str) -> list[str]:
        """Where a crawl of the section begins on each known mirror: its first listing; none of an unknown section."""
        listings = self.sections[section].listings[:1] if section in self.sections else ()
        return [urljoin(mirror, path) for mirror in self.mirrors for path in listings]


def site_names() -> list[str]:
    """Names of all profiles, sorted.

    >>> "nhtp" in site_names()
    True
    """
    folder = resources.files(__name__)
    return sorted(entry.name.removesuffix(".toml") for entry in folder.iterdir() if entry.name.endswith(".toml"))


@cache
def site_named(name: str) -> SiteProfile:
    """The profile of that name. Raises UnknownSiteError, which names those there are.

    >>> site_named("nhtp").time_zone
    'Asia/Shanghai'
    """
    if name not in site_names():
        raise UnknownSiteError(f"unknown site {name!r}: known are {', '.join(site_names())}")
    facts = tomllib.loads(resources.files(__name__).joinpath(f"{name}.toml").read_text("utf-8"))
    return _profile(facts)


def site_for_url(url: str) -> SiteProfile | None:
    """The site whose host serves ``url``, None when no profile names it."""
    host = urlsplit(url).hostname or ""
    return next((site for site in _profiles() if host in site.hosts), None)


@cache
def _profiles() -> tuple[SiteProfile, ...]:
    """All profiles; the folder is looked through once, for each page asks."""
    return tuple(map(site_named, site_names()))


def _profile(facts: Mapping[str, Any]) -> SiteProfile:
    sections = {
        name: Section(
            name=name,
            labels=tuple(section["labels"]),
            listings=tuple(section["listings"]),
            articles=tuple(re.compile(f"(?:{pattern})$") for pattern in section["articles"]),
        )
        for name, section in facts["sections"].items()
    }
    return SiteProfile(
        name=facts["name"],
        title=facts["title"],
        hosts=tuple(facts["hosts"]),
        start=facts["start"],
        script=facts["script"],
        time_zone=facts["time_zone"],
        sections=MappingProxyType(sections),
        body_selectors=tuple(facts.get("body_selectors", ())),
        mirrors=tuple(facts.get("mirrors", ())),
    )
