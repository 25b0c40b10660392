"""What a package says of itself: title, version, who made it, what it is a selection of."""

from __future__ import annotations

import datetime as dt
import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields

from zsparkcrawl.archive import Filters
from zsparkcrawl.archive.articles.storable import package, storable
from zsparkcrawl.package.folder import Digest
from zsparkcrawl.sites import site_named, site_names

__all__ = [
    "KNOWN_LICENCES",
    "Facts",
    "Said",
    "Source",
    "default_title",
    "one_line",
    "program",
    "selection_of",
    "sources_of",
    "version_of",
]

KNOWN_LICENCES = frozenset(
    """CC0-1.0 CC-BY-4.0 CC-BY-SA-4.0 CC-BY-NC-4.0 CC-BY-NC-SA-4.0 CC-BY-ND-4.0 CC-BY-NC-ND-4.0 CC-BY-3.0 CC-BY-SA-3.0
    ODbL-1.0 ODC-By-1.0 PDDL-1.0 CDLA-Permissive-1.0 CDLA-Permissive-2.0 CDLA-Sharing-1.0 Apache-2.0 MIT""".split()
)
"""Identifiers of SPDX that data are given under; others are taken as text. Chosen."""


@dataclass(frozen=True, slots=True)
class Said:
    """What whoever makes the package says of it; None and () leave a matter open. ``licence`` is an SPDX identifier or
    any text, of what the package adds to the publishers' texts."""

    title: str | None = None
    creators: tuple[str, ...] = ()
    licence: str | None = None


@dataclass(frozen=True, slots=True)
class Source:
    """A site that texts are from: its name, and the address where it begins, if it is known."""

    title: str
    path: str | None


@dataclass(frozen=True, slots=True)
class Facts:
    """What stands in the package's own files. ``created`` is the latest moment in the data (UTC), ``version`` that day
    and the beginning of a digest of the tables, ``program`` the version of the program that made the package,
    ``selection`` the filters by name, as text. ``files`` tells whether the bytes of attachments and images are
    there."""

    title: str
    creators: tuple[str, ...]
    licence: str | None
    created: str
    version: str
    program: str
    selection: Mapping[str, str]
    sources: tuple[Source, ...]
    sites: tuple[str, ...]
    files: bool = False

    @property
    def name(self) -> str:
        """A name for machines: small letters, figures and hyphens.

        >>> Facts("新闻", (), None, "", "", "", {}, (), ("nhtp", "Other_Park")).name
        'zsparkcrawl-nhtp-other-park'
        """
        return "-".join(re.findall("[a-z0-9]+", " ".join(("zsparkcrawl", *self.sites)).lower()))

    @property
    def known_licence(self) -> str | None:
        """The licence, if it is one of :data:`KNOWN_LICENCES`."""
        return self.licence if self.licence in KNOWN_LICENCES else None


def one_line(text: str) -> str:
    """A text without line ends and blanks at its ends.

    >>> one_line("  news\\n of 2019 ")
    'news of 2019'
    """
    return " ".join(storable(text).split())


def program() -> str:
    """The version of this program."""
    return package()


def version_of(created: str, found: Mapping[str, Digest]) -> str:
    """The version of a package: the day of the last change, and the beginning of the SHA-256 of its tables as CSV.

    >>> version_of("2026-01-05T08:30:00Z", {"data/articles.csv": Digest("ab" * 32, 1)})
    '2026.1.5+09e7d5b62ddb'
    """
    day = dt.date.fromisoformat(created[:10])
    lines = (f"{name} {digest.sha256}\n" for name, digest in sorted(found.items()))
    return f"{day.year}.{day.month}.{day.day}+{hashlib.sha256(''.join(lines).encode()).hexdigest()[:12]}"


def selection_of(filters: Filters) -> dict[str, str]:
    """The filters that leave anything out, as text.

    >>> selection_of(Filters(section="news", since=dt.date(2019, 1, 1), clean=True))
    {'section': 'news', 'since': '2019-01-01', 'clean': 'yes'}
    """
    given = {each.name: getattr(filters, each.name) for each in fields(filters)}
    words = {True: "yes", False: "no"}
    return {
        name: words[value] if isinstance(value, bool) else str(value)
        for name, value in given.items()
        if value is not None and (value is not False or name == "gone")
    }


def sources_of(sites: Sequence[str]) -> tuple[Source, ...]:
    """The sites by their profiles; one without a profile by its name alone.

    >>> sources_of(["nhtp", "elsewhere"])[1]
    Source(title='elsewhere', path=None)
    """
    known = site_names()
    profiles = [(name, site_named(name) if name in known else None) for name in sites]
    return tuple(Source(p.title, p.start) if p else Source(name, None) for name, p in profiles)


def default_title(sources: Sequence[Source]) -> str:
    """What a package is called when nobody says otherwise.

    >>> default_title([Source("某园区", None)])
    '某园区：文章与修复记录 (articles, with every repair on record)'
    """
    return f"{'、'.join(each.title for each in sources)}：文章与修复记录 (articles, with every repair on record)"
