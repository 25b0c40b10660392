"""What the archive shows of what it keeps."""

from __future__ import annotations

from collections.abc import Collection, Generator, Mapping
from typing import Any

from zsparkcrawl.archive.articles import reading
from zsparkcrawl.archive.articles.selecting import Filters, count_articles
from zsparkcrawl.archive.crawling.offers import with_bytes
from zsparkcrawl.archive.database.connected import Connected
from zsparkcrawl.archive.views import loading
from zsparkcrawl.archive.views.loading import AT_ONCE, Beside, load_articles

__all__ = ["Showing"]


class Showing(Connected):
    """The part of :class:`zsparkcrawl.archive.Archive` that is asked for articles, versions, captures and counts."""

    def articles(
        self,
        filters: Filters | None = None,
        *,
        columns: Collection[str] | None = None,
        beside: Collection[Beside] = (),
    ) -> Generator[Mapping[str, Any]]:
        """The articles meant, one row at a time: by section, date (unknown last) and number.

        A row has the columns of the table articles, and the counts of its version: edit_count, inferred_count,
        damage_count, injection_count. With ``columns`` it has id, version and these, and is read the sooner the shorter
        they are. ``beside`` names what a row carries besides: with "files" its attachments and images also tell
        ``sha256`` and ``path`` of their bytes, as far as these are here; "edits" and "injections" are lists under these
        names, as :meth:`edits_of` and :meth:`injections_of` have them. All comes from one state of the database.
        """
        with self._reading() as connection:
            yield from load_articles(connection, filters or Filters(), columns, beside)

    def count(self, filters: Filters | None = None) -> int:
        """How many articles are meant; without filters, how many there are."""
        with self._reading() as connection:
            return int(connection.execute(count_articles(filters or Filters())).scalar_one())

    def article(self, key: str) -> Mapping[str, Any] | None:
        """One article by its number here, its URL, or section/number as in news/1207; None when there is
        none."""
        for meant in reading.select_article(key):
            if rows := list(self._rows(meant.limit(1))):
                return rows[0]
        return None

    def versions_of(self, article_id: int) -> list[Mapping[str, Any]]:
        """All states of an article, the first first."""
        return list(self._rows(reading.select_versions(article_id)))

    def edits_of(self, article_id: int, version: int) -> list[Mapping[str, Any]]:
        """The edits of one version: by field, in the order in which they were made."""
        with self._reading() as connection:
            return [*loading.edits_of(connection, article_id, version)]

    def injections_of(self, article_id: int, version: int) -> list[Mapping[str, Any]]:
        """The foreign things that were kept out of an article up to one version, in the order of the page: kind,
        phrase, carrier, domain, the version and the time in which they were seen, and how many pages they hit."""
        with self._reading() as connection:
            return [*loading.injections_of(connection, article_id, version)]

    def files_of(self, article_id: int) -> list[Mapping[str, Any]]:
        """The files and pictures that an article offers or once offered, a row for each state of their bytes: the
        columns of article_files, size, type and path of files, and state, reason and due_at of the frontier. What is
        NULL is not known yet."""
        with self._reading() as connection:
            return [*loading.files_of(connection, article_id)]

    def with_files(self, article: Mapping[str, Any]) -> Mapping[str, Any]:
        """A row of articles whose attachments and images also tell ``sha256`` and ``path`` of their bytes, as far as
        these are here."""
        if not article["attachments"] and not article["images"]:
            return article
        return with_bytes(article, self.files_of(article["id"]))

    def captures(self) -> Generator[Mapping[str, Any]]:
        """All captures, the newest first, with the columns of the table, the site and section of their run, and
        body_file and body_offset, where their bodies lie.

        Read in stretches, so that no snapshot stays open while the caller writes.
        """
        before = None
        while stretch := list(self._rows(reading.select_captures(before, AT_ONCE))):
            yield from stretch
            before = stretch[-1]["time"], stretch[-1]["id"]

    def capture(self, number: int) -> Mapping[str, Any] | None:
        """One capture by its number, as :meth:`captures` has it; None when there is none."""
        return next(iter(list(self._rows(reading.select_capture(number)))), None)

    def capture_of(self, site: str, section: str, native_id: str) -> Mapping[str, Any] | None:
        """The capture that the latest state of an article was read from; None when there is no such article, or when it
        came from no capture."""
        return next(iter(list(self._rows(reading.select_capture_of(site, section, native_id)))), None)

    def _rows(self, wanted: Any) -> Generator[Mapping[str, Any]]:
        streamed = {"yield_per": AT_ONCE}
        with self._reading() as connection, connection.execute(wanted, execution_options=streamed) as found:
            for row in found:
                yield row._asdict()
