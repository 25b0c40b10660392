"""Reading the captures that copies became: captures -> listings, articles -> archive."""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Callable, Collection
from dataclasses import dataclass, field, replace
from pathlib import Path

from zsparkcrawl.archive import Archive, Listed
from zsparkcrawl.archive.warc.captures import CaptureError
from zsparkcrawl.charset import decode
from zsparkcrawl.clean import clean
from zsparkcrawl.extract import UnreadableError
from zsparkcrawl.extract.links import read_listing
from zsparkcrawl.items import Article
from zsparkcrawl.recovering.belonging import Place, place_of
from zsparkcrawl.recovering.pages import Capture, LostError, page_of, whole_article
from zsparkcrawl.sites import SiteProfile

__all__ = ["CopyReader"]

_OK = 200


@dataclass
class CopyReader:
    """Reads captures of copies, the oldest first, so that the states of an article follow one another as they did.

    ``of_site`` is whose pages those are that stand on a host of no profile. ``on_failure`` is told of each capture that
    gives no article, in one line.
    """

    archive: Archive
    folder: Path
    on_failure: Callable[[str], None]
    now: Callable[[], dt.datetime]
    of_site: SiteProfile | None = None
    counts: dict[tuple[str, str], Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    """By site and section what came of the captures: read, and of these new, version, unchanged, older; listings, and
    their rows; unreadable, damaged."""

    def read(self, numbers: Collection[int], step: Callable[[], None] = lambda: None) -> None:
        """Read the captures of these numbers: listings first, for what they call an article is evidence of its title.
        ``step`` is called twice for each capture."""
        for listings in (True, False):
            for number in numbers:
                capture = self.archive.capture(number)
                place = place_of(capture["url"], self.of_site) if capture else None
                if capture is not None and place is not None and (place.kind == "listing") is listings:
                    self._read(capture, place)
                step()

    def total(self) -> Counter[str]:
        """The counts of all sections."""
        return sum(self.counts.values(), Counter())

    def _read(self, capture: Capture, place: Place) -> None:
        if capture["status"] != _OK or capture["partial"]:
            return
        counts = self.counts[place.site.name, place.section]
        try:
            if place.kind == "listing":
                self._listing(capture, place)
            elif place.kind == "article":
                self._article(capture, place)
        except UnreadableError as error:
            counts["unreadable"] += 1
            self.on_failure(f"{capture['url']} of {capture['time']}: {error}")
        except CaptureError as error:
            counts["damaged"] += 1
            self.on_failure(str(error))
        except LostError:
            counts["lost"] += 1

    def _article(self, capture: Capture, place: Place) -> None:
        article = whole_article(self.archive, self.folder, capture, place.site)
        listed = self.archive.listed_title(article.url)
        if listed:
            article = replace(article, title_evidence=(*article.title_evidence, listed))
        article = clean(article, place.site)
        counts = self.counts[place.site.name, place.section]
        with self.archive.together():
            self.archive.set_read(capture["id"], article)
            doubt = self.archive.doubt_of(article, capture_id=capture["id"], copied=True)
            if doubt is None:
                counts[self._store(article, capture)] += 1
        if doubt is not None:
            raise UnreadableError(doubt.reason)
        counts["read"] += 1

    def _store(self, article: Article, capture: Capture) -> str:
        """Keep an article as it was when it was captured. A capture from before the article was last seen is "older"
        unless it adds to what the copies tell together: it tells that the article was there then, and does not take the
        place of the later state."""
        moment, known = capture["time"], self.archive.presence(article)
        run, number = capture["run_id"], capture["id"]
        stored = self.archive.store(article, run_id=run, capture_id=number, now=self.now(), origin="import")
        if known is None:
            return stored
        self.archive.seen_at(known, moment)
        return "older" if moment < known.last_seen and stored == "unchanged" else stored

    def _listing(self, capture: Capture, place: Place) -> None:
        page, site = page_of(self.folder, capture), place.site
        text = decode(page.body, page.content_type).text
        found = read_listing(text, page.url, site.sections[place.section], site.hosts)
        rows = [Listed(row.url, row.title or None, row.date) for row in found.rows]
        if capture["run_id"] is not None:
            self.archive.enter_shown(capture["run_id"], page.url, rows, capture["time"])
        self.counts[site.name, place.section].update(listings=1, rows=len(rows))
