"""Reading the kept captures anew: captures -> pages -> articles -> archive."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from zsparkcrawl.archive import Archive
from zsparkcrawl.archive.captures import CaptureError, read_capture
from zsparkcrawl.archive.testimony import is_doubtful
from zsparkcrawl.clean import clean
from zsparkcrawl.extract import NoArticleError, UnreadableError, extract
from zsparkcrawl.extract.parts import MOST_PARTS, further_parts, is_part, joined_parts
from zsparkcrawl.items import Article, Page
from zsparkcrawl.sites import SiteProfile, site_for_url, site_named, site_names

__all__ = ["reread_captures"]

_Key = tuple[str, str, str]
_OWN = ""
_Capture = Mapping[str, Any]
_Parts = Mapping[str, _Capture | None]
_GONE = frozenset([404, 410])
_PASSING = frozenset(["challenge", "maintenance", "error"])
"""Kinds of page that come in an article's place for a while."""


class _LostError(Exception):
    """The capture was lost; salvage has told it."""


@dataclass(slots=True)
class _Progress:
    """What was read of one article so far: bodies by host and digest, whether the host that speaks for it was certain,
    and what became of each copy. ``ended``: nothing more of it is to be read."""

    bodies: set[tuple[str, str]] = field(default_factory=set)
    certain: bool = False
    ended: bool = False
    outcomes: list[str] = field(default_factory=list)

    def has_enough(self, capture: _Capture, *, speaks: bool) -> bool:
        """Whether a capture has nothing to add; ``speaks`` says whether its host speaks for the article."""
        return self.ended or (speaks and self.certain) or _body(capture) in self.bodies

    def failed(self, capture: _Capture, error: Exception, on_failure: Callable[[str], None]) -> list[str]:
        """Tell of a capture that cannot be read; returns what it counts as. Of an older one only that it is damaged is
        worth a word: that a page was no article once was told when it came."""
        first = not self.outcomes
        if isinstance(error, UnreadableError):  # an error page, say: what the article was then, an older one tells
            if first:
                on_failure(f"{capture['url']}: {error}")
            return ["unreadable"] * first
        self.ended |= first  # an older capture must not take the place of a newer state
        if isinstance(error, CaptureError):
            on_failure(str(error))
            return ["damaged"]
        return ["lost"] * first


def reread_captures(
    archive: Archive, folder: Path, *, on_failure: Callable[[str], None], of_site: SiteProfile | None = None
) -> dict[str, int]:
    """Read the captures of each article anew, store the outcome, and return counts by outcome.

    ``on_failure`` is told of each capture that cannot be read, in one line; the others go on. Of each article the
    newest capture is read, and behind it every other body that may be a witness: those of mirrors, and those of the
    host that speaks for the article down to one that is whole. So the outcome is the same however often this is
    done, and whatever was crawled first. When the state that is kept was read from another capture than the newest,
    that one is read first: so the rules of today improve it as well. ``of_site`` is whose pages those are that came
    from a host of no profile, in a run that is not known.
    """
    counts = Counter({"new": 0, "version": 0, "unchanged": 0, "unreadable": 0, "damaged": 0})
    hosts: dict[_Key, set[str]] = {}
    for key, site, capture, _ in _of_articles(archive, of_site):
        hosts.setdefault(key, set()).add(_speaker(site, capture))
    known: dict[_Key, _Progress] = {}
    for key, site, capture, parts in _of_articles(archive, of_site):
        progress = known.setdefault(key, _Progress())
        speaks = _speaker(site, capture) == _OWN or len(hosts[key]) == 1
        if progress.has_enough(capture, speaks=speaks):
            continue
        first = not progress.outcomes
        try:
            article = clean(_whole(folder, capture, site, parts, alone=not first), site)
        except (UnreadableError, CaptureError, _LostError) as error:
            counts.update(progress.failed(capture, error, on_failure))
            continue
        if first:
            progress.outcomes += _own_first(archive, folder, capture, site, key)
        progress.outcomes.append(_store(archive, article, capture))
        progress.bodies.add(_body(capture))
        progress.certain |= speaks and not article.edits and not is_doubtful(article)
        if article.charset != capture["charset"]:
            archive.set_charset(capture["id"], article.charset)
    outcomes = (set(each.outcomes) for each in known.values() if each.outcomes)
    counts.update(next(name for name in ("new", "version", "unchanged") if name in found) for found in outcomes)
    return dict(counts)


def _speaker(site: SiteProfile, capture: _Capture) -> str:
    """Who shows a capture: the site itself, or the host of a mirror."""
    host = urlsplit(capture["url"]).hostname or ""
    return _OWN if host in site.hosts else host


def _body(capture: _Capture) -> tuple[str, str]:
    return urlsplit(capture["url"]).hostname or "", capture["digest"]


def _of_articles(archive: Archive, of_site: SiteProfile | None) -> Iterator[tuple[_Key, SiteProfile, _Capture, _Parts]]:
    """The whole captures of articles, the newest first, each with what it is the page of, and the further pages of
    articles that were met so far, by address; None for one that the site has lost, and that never came."""
    parts: dict[str, _Capture | None] = {}
    for capture in archive.captures():
        if capture["status"] in _GONE and is_part(capture["url"]):
            parts.setdefault(capture["url"], None)
        if capture["status"] != 200 or capture["partial"]:
            continue
        if is_part(capture["url"]):  # met before the first page of its article, for the newest come first
            parts[capture["url"]] = parts.get(capture["url"]) or capture
            continue
        site = _site(capture) or of_site
        place = site.place(capture["url"]) if site else None
        if site is not None and place is not None:
            yield (site.name, *place), site, capture, parts


def _store(archive: Archive, article: Article, capture: _Capture) -> str:
    now = dt.datetime.now(dt.UTC)
    return archive.store(article, run_id=None, capture_id=capture["id"], now=now, origin="reading")


def _own_first(archive: Archive, folder: Path, capture: _Capture, site: SiteProfile, key: _Key) -> Iterator[str]:
    """Read anew what the kept state was read from, when that is another capture, still whole, and one page."""
    own = archive.capture_of(*key)
    if own is None or own["digest"] == capture["digest"]:
        return
    try:
        page = _page(folder, own)
        if not further_parts(page, site.hosts):
            yield _store(archive, clean(extract(page, site), site), own)
    except (CaptureError, UnreadableError, _LostError):
        return  # the newest capture tells what there is


def _whole(folder: Path, capture: _Capture, site: SiteProfile, parts: _Parts, *, alone: bool = False) -> Article:
    """The article of a capture with its further pages; where the site has lost one, the place is marked. Raises
    UnreadableError when one of them was not captured: a part must not pass for the whole; and when there is any though
    it should stand ``alone``, for of an older page the further ones may be newer."""
    page = _page(folder, capture)
    found = [extract(page, site)]
    waiting = list(further_parts(page, site.hosts))
    if waiting and alone:
        raise UnreadableError("it goes on elsewhere")
    known = {page.url}
    missing: list[tuple[int, str]] = []
    while waiting and len(found) + len(missing) < MOST_PARTS:
        url = waiting.pop(0)
        if url in known:
            continue
        known.add(url)
        if url not in parts:
            raise UnreadableError(f"{url}, where it goes on, was not captured")
        if (part := parts[url]) is None:
            missing.append((len(found), url))
            continue
        page = _page(folder, part)
        try:
            found.append(extract(page, site))
        except UnreadableError as error:
            if isinstance(error, NoArticleError) and error.kind in _PASSING:
                raise
            missing.append((len(found), url))
            continue
        waiting += further_parts(page, site.hosts)
    return joined_parts(found, missing)


def _site(capture: _Capture) -> SiteProfile | None:
    """The site that the run meant, for a mirror or a replica has other hosts than the site's own."""
    name = capture["site"]
    return site_named(name) if name in site_names() else site_for_url(capture["url"])


def _page(folder: Path, capture: _Capture) -> Page:
    if capture["lost"]:
        raise _LostError
    body_at = (capture["body_file"], capture["body_offset"])
    _, status, body = read_capture(folder, capture["file"], capture["offset"], body_at=body_at)
    fetched_at = dt.datetime.strptime(capture["time"], "%Y-%m-%dT%H:%M:%S%z")
    return Page(capture["url"], body, capture["content_type"], status, fetched_at)
