"""Reading the kept captures anew: captures -> pages -> articles -> archive."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from zsparkcrawl.archive import Archive
from zsparkcrawl.archive.warc.captures import CaptureError
from zsparkcrawl.archive.witnesses.testimony import is_doubtful
from zsparkcrawl.clean import clean
from zsparkcrawl.extract import UnreadableError, extract
from zsparkcrawl.extract.parts import further_parts, is_part
from zsparkcrawl.items import Article
from zsparkcrawl.recovering.pages import Capture, LostError, page_of, whole_article
from zsparkcrawl.sites import SiteProfile, site_for_url, site_named, site_names

__all__ = ["reread_captures"]

_Key = tuple[str, str, str]
_OWN = ""


@dataclass(slots=True)
class _Progress:
    """What was read of one article so far: bodies by host and digest, whether the host that speaks for it was certain,
    and what became of each copy. ``ended``: nothing more of it is to be read."""

    bodies: set[tuple[str, str]] = field(default_factory=set)
    certain: bool = False
    ended: bool = False
    outcomes: list[str] = field(default_factory=list)

    def has_enough(self, capture: Capture, *, speaks: bool) -> bool:
        """Whether a capture has nothing to add; ``speaks`` says whether its host speaks for the article."""
        return self.ended or (speaks and self.certain) or _body(capture) in self.bodies

    def failed(self, capture: Capture, error: Exception, on_failure: Callable[[str], None]) -> list[str]:
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
    for key, site, capture in _of_articles(archive, of_site):
        hosts.setdefault(key, set()).add(_speaker(site, capture))
    known: dict[_Key, _Progress] = {}
    for key, site, capture in _of_articles(archive, of_site):
        progress = known.setdefault(key, _Progress())
        speaks = _speaker(site, capture) == _OWN or len(hosts[key]) == 1
        if progress.has_enough(capture, speaks=speaks):
            continue
        first = not progress.outcomes
        try:
            article = _believed(archive, clean(whole_article(archive, folder, capture, site), site), capture)
        except (UnreadableError, CaptureError, LostError) as error:
            counts.update(progress.failed(capture, error, on_failure))
            continue
        if first:
            progress.outcomes += _own_first(archive, folder, capture, site, key)
        progress.outcomes.append(_store(archive, article, capture))
        progress.bodies.add(_body(capture))
        progress.certain |= speaks and not article.edits and not is_doubtful(article)
    outcomes = (set(each.outcomes) for each in known.values() if each.outcomes)
    counts.update(next(name for name in ("new", "version", "unchanged") if name in found) for found in outcomes)
    return dict(counts)


def _speaker(site: SiteProfile, capture: Capture) -> str:
    """Who shows a capture: the site itself, or the host of a mirror."""
    host = urlsplit(capture["url"]).hostname or ""
    return _OWN if host in site.hosts else host


def _body(capture: Capture) -> tuple[str, str]:
    return urlsplit(capture["url"]).hostname or "", capture["digest"]


def _of_articles(archive: Archive, of_site: SiteProfile | None) -> Iterator[tuple[_Key, SiteProfile, Capture]]:
    """The whole captures of articles, the newest first, each with what it is the page of."""
    for capture in archive.captures():
        if capture["status"] != 200 or capture["partial"] or is_part(capture["url"]):
            continue
        site = _site(capture) or of_site
        place = site.place(capture["url"]) if site else None
        if site is not None and place is not None:
            yield (site.name, *place), site, capture


def _believed(archive: Archive, article: Article, capture: Capture) -> Article:
    """An article that is believed to be the one of its address. Raises UnreadableError when it is not."""
    archive.set_read(capture["id"], article)
    if doubt := archive.doubt_of(article, capture_id=capture["id"]):
        raise UnreadableError(doubt.reason)
    return article


def _store(archive: Archive, article: Article, capture: Capture) -> str:
    now = dt.datetime.now(dt.UTC)
    return archive.store(article, run_id=None, capture_id=capture["id"], now=now, origin="reading")


def _own_first(archive: Archive, folder: Path, capture: Capture, site: SiteProfile, key: _Key) -> Iterator[str]:
    """Read anew what the kept state was read from, when that is another capture, still whole, and one page."""
    own = archive.capture_of(*key)
    if own is None or own["digest"] == capture["digest"]:
        return
    try:
        page = page_of(folder, own)
        if not further_parts(page, site.hosts):
            yield _store(archive, clean(extract(page, site), site), own)
    except (CaptureError, UnreadableError, LostError):
        return  # the newest capture tells what there is


def _site(capture: Capture) -> SiteProfile | None:
    """The site that the run meant, for a mirror or a replica has other hosts than the site's own."""
    name = capture["site"]
    return site_named(name) if name in site_names() else site_for_url(capture["url"])
