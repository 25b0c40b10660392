"""Reading the kept captures anew: captures -> pages -> articles -> archive."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

from zsparkcrawl.archive import Archive
from zsparkcrawl.archive.captures import CaptureError
from zsparkcrawl.clean import clean
from zsparkcrawl.extract import UnreadableError, extract
from zsparkcrawl.extract.parts import further_parts, is_part
from zsparkcrawl.items import Article
from zsparkcrawl.recovering.pages import Capture, LostError, page_of, whole_article
from zsparkcrawl.sites import SiteProfile, site_for_url, site_named, site_names

__all__ = ["reread_captures"]

_Key = tuple[str, str, str]


def reread_captures(
    archive: Archive, folder: Path, *, on_failure: Callable[[str], None], of_site: SiteProfile | None = None
) -> dict[str, int]:
    """Read the latest whole capture of each article anew, store the outcome, and return counts by outcome.

    ``on_failure`` is told of each capture that cannot be read, in one line; the others go on. Each article is
    read from its newest capture: so the outcome is the same however often this is done, even when an article was
    captured from several hosts. When the state that is kept was read from another capture (the newest was the same
    text, damaged), that one is read first: so the rules of today improve it as well. ``of_site`` is whose pages those
    are that came from a host of no profile, in a run that is not known.
    """
    counts = Counter({"new": 0, "version": 0, "unchanged": 0, "unreadable": 0, "damaged": 0})
    done: set[_Key] = set()
    for key, site, capture in _of_articles(archive, of_site):
        if key in done:
            continue
        try:
            article = clean(whole_article(archive, folder, capture, site), site)
        except UnreadableError as error:  # an error page, say: what the article was then, an older one tells
            on_failure(f"{capture['url']}: {error}")
            counts["unreadable"] += 1
            continue
        except (CaptureError, LostError) as error:
            done.add(key)  # an older capture must not take the place of a newer state
            if isinstance(error, CaptureError):
                on_failure(str(error))
            counts["damaged" if isinstance(error, CaptureError) else "lost"] += 1
            continue
        done.add(key)
        outcomes = [*_own_first(archive, folder, capture, site, key), _store(archive, article, capture)]
        counts["version" if "version" in outcomes else outcomes[-1]] += 1
        if article.charset != capture["charset"]:
            archive.set_charset(capture["id"], article.charset)
    return dict(counts)


def _of_articles(archive: Archive, of_site: SiteProfile | None) -> Iterator[tuple[_Key, SiteProfile, Capture]]:
    """The whole captures of articles, the newest first, each with what it is the page of."""
    for capture in archive.captures():
        if capture["status"] != 200 or capture["partial"] or is_part(capture["url"]):
            continue
        site = _site(capture) or of_site
        place = site.place(capture["url"]) if site else None
        if site is not None and place is not None:
            yield (site.name, *place), site, capture


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
