"""Keeping what was read: articles, that they were seen again, that they are gone."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

from zsparkcrawl.archive.articles.storable import stamp, storable
from zsparkcrawl.archive.crawling import believing, writing
from zsparkcrawl.archive.crawling.doubting import Doubt
from zsparkcrawl.archive.crawling.fetching import Frontier
from zsparkcrawl.archive.crawling.offers import Offering, offers_of, offers_of_row
from zsparkcrawl.archive.crawling.visits import Visited
from zsparkcrawl.archive.crawling.writing import Origin, Stored
from zsparkcrawl.archive.database.connected import Connected
from zsparkcrawl.items import Article

__all__ = ["Storing"]


class Storing(Connected):
    """The part of :class:`zsparkcrawl.archive.Archive` that keeps articles."""

    def store(  # noqa: PLR0913 - all but the article are said by name
        self,
        article: Article,
        *,
        run_id: int | None,
        capture_id: int | None,
        now: dt.datetime,
        origin: Origin = "site",
        visited: tuple[Frontier, Visited] | None = None,
        offering: Offering | None = None,
    ) -> Stored:
        """Keep an article: "new", a new "version" when any content field changed, or "unchanged". All or nothing.

        What is a change, and of which kind, :mod:`zsparkcrawl.archive.articles.changes` says. With ``origin`` "site" an
        article that was marked as gone stands again.

        An article is that of the same site, section and number, or of the same URL when it has no number; what several
        copies of it tell, see :mod:`zsparkcrawl.archive.witnesses.telling`. With ``origin`` "site" it counts as seen
        now; "reading", old bytes read anew, and "import", a copy that somebody else kept, leave these times alone.
        ``visited`` is the visit of the frontier that read it: it ends in the same transaction, in which its files enter
        the frontier as well, if ``offering`` places them.
        """
        facts = {"run_id": run_id, "capture_id": capture_id, "made_at": stamp(now), "made_by": origin}
        with self._writing() as connection:
            stored, number = writing.store_article(connection, article, facts)
            if visited is not None:
                frontier, visit = visited
                frontier.conclude_in(connection, replace(visit, article_id=number), now)
                if offering is not None:
                    frontier.offer_in(connection, number, offers_of(article), offering, now)
            return stored

    def doubt_of(
        self, article: Article, *, capture_id: int | None, title: str | None = None, copied: bool = False
    ) -> Doubt | None:
        """Why a clean article is not believed to be the one of its address; None when it is. Ask before :meth:`store`,
        and enter before with :meth:`zsparkcrawl.archive.Archive.set_read` what its capture shows.

        ``title`` is what a listing calls it, besides those that the archive knows; ``copied`` whether somebody else
        kept the page. See :mod:`zsparkcrawl.archive.crawling.doubting`.
        """
        with self._writing() as connection:
            return believing.doubt_of(connection, article, capture_id=capture_id, title=title, copied=copied)

    def seen_again(
        self, visited: tuple[Frontier, Visited], *, now: dt.datetime, offering: Offering | None = None
    ) -> None:
        """Enter that the server says an article has not changed since it was last read, with what it offers."""
        frontier, visit = visited
        with self._writing() as connection:
            if (number := visit.lease.article_id) is not None:
                row = writing.touch_article(connection, number, stamp(now))
                if offering is not None:
                    frontier.offer_in(connection, number, offers_of_row(row), offering, now)
            frontier.conclude_in(connection, visit, now)

    def mark_gone(self, article_id: int, moment: dt.datetime, reason: str) -> None:
        """Enter that the site has removed an article; its copy is kept. When it was marked before, that moment stays.
        Raises KeyError when there is no such article."""
        with self._writing() as connection:
            writing.update_gone(connection, article_id, stamp(moment), storable(reason))
