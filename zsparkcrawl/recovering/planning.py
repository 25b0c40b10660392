"""Finding out what a web archive has of a site: questions to its index, each of which goes on where it was left."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from w3lib.url import safe_url_string

from zsparkcrawl.archive.crawling.recovering import Holding, Wanting
from zsparkcrawl.errors import ZsparkError
from zsparkcrawl.recovering.asking import Patient
from zsparkcrawl.recovering.belonging import place_of, plain_url, prefixes
from zsparkcrawl.recovering.index import (
    Answered,
    Dialect,
    NoIndexError,
    Row,
    collapsed,
    dialect_of,
    page_count,
    parse_answer,
    question,
)
from zsparkcrawl.recovering.sources import Source, indexes_of
from zsparkcrawl.sites import SiteProfile

__all__ = ["Found", "IndexFaultError", "Planner"]

_PAGE_TYPES = ("text/html", "application/xhtml", "unk", "warc/revisit", "-", "")
"""Types that a listing may have by an index: some servers never told one."""
_MOST_ANSWERS = 20_000
"""Answers of the index to one question: more is a server that goes round in circles. Chosen."""


class IndexFaultError(ZsparkError):
    """The index of a web archive did not answer as one."""


@dataclass(frozen=True, slots=True)
class Found:
    """One answer to a question: what the archive has, and where the question goes on, None at its end."""

    section: str
    question: str
    holdings: tuple[Holding, ...]
    onward: Mapping[str, Any] | None


@dataclass
class Planner:
    """Asks the index of a web archive for the pages of a site on some hosts. ``state`` tells how far a question came
    before: {} at the beginning, None when it was answered lately."""

    source: Source
    patient: Patient
    site: SiteProfile
    hosts: tuple[str, ...]
    wanting: Wanting
    state: Callable[[str, str], Mapping[str, Any] | None]
    _list: bytes = field(default=b"", init=False)
    """The archive's list of indexes, once it was asked for."""

    def pages(self) -> Iterator[Found]:
        """What the archive has of the sections' articles and listings. Raises IndexFaultError, NotNowError."""
        for section in self.wanting.sections:
            folders = [host + folder for host in self.hosts for folder in prefixes(self.site, section)]
            yield from self._asked(section, folders, self._page)

    def files(self, lacking: Mapping[str, str]) -> Iterator[Found]:
        """What the archive has of some files: addresses, each with that of an article that offers it."""
        folders: dict[str, str] = {}
        for address, article in lacking.items():
            parts, place = urlsplit(address), place_of(article, self.site)
            if parts.netloc in self.hosts and place is not None and place.section in self.wanting.sections:
                folders.setdefault(parts.netloc + parts.path.rpartition("/")[0] + "/", place.section)
        for folder, section in sorted(folders.items()):
            yield from self._asked(section, [folder], lambda row, section: _file(row, section, lacking), timeless=True)

    def _asked(
        self,
        section: str,
        folders: Collection[str],
        meant: Callable[[Row, str], Holding | None],
        *,
        timeless: bool = False,
    ) -> Iterator[Found]:
        since, until = (None, None) if timeless else (self.wanting.since, self.wanting.until)
        for server in self._indexes(since, until):
            for folder in folders:
                asked = _Question(self.patient, server, folder, since, until)
                known = self.state(section, asked.name)
                if known is None:
                    continue
                for rows, onward in asked.answers(known, "pages" if self.source.listed else self._dialect):
                    holdings = (holding for row in rows if (holding := meant(row, section)) is not None)
                    yield Found(section, asked.name, tuple(holdings), onward)

    @property
    def _dialect(self) -> Dialect | None:
        return "keys" if self.source.public else None

    def _indexes(self, since: str | None, until: str | None) -> list[str]:
        if not self.source.listed:
            return [self.source.index]
        if not self._list:
            fetched = self.patient.get(self.source.index)
            if fetched.status != 200:
                raise IndexFaultError(f"{self.source.index}: HTTP status {fetched.status}")
            self._list = fetched.body
        return indexes_of(self.source, self._list, since, until)

    def _page(self, row: Row, section: str) -> Holding | None:
        url = plain_url(row.url)
        place = place_of(url, self.site) if url else None
        if url is None or place is None or place.section != section or urlsplit(url).netloc not in self.hosts:
            return None
        if place.kind == "listing" and not row.mime.lower().startswith(_PAGE_TYPES[:2]) and row.mime not in _PAGE_TYPES:
            return None
        return Holding(place.kind, section, url, row.timestamp, row.digest, row.place)


@dataclass(frozen=True, slots=True)
class _Question:
    """Asks one index for what lies below a folder in some time."""

    patient: Patient
    server: str
    folder: str
    since: str | None
    until: str | None

    @property
    def name(self) -> str:
        """By what the question is known from run to run."""
        return self._address("pages")

    def answers(
        self, state: Mapping[str, Any], dialect: Dialect | None
    ) -> Iterator[tuple[list[Row], Mapping[str, Any] | None]]:
        """The answers from a state on, each with the state behind it, None behind the last one."""
        state = {**state, "dialect": state.get("dialect") or dialect or self._tried()}
        for _ in range(_MOST_ANSWERS):
            answered, onward = self._by_key(state) if state["dialect"] == "keys" else self._by_page(state)
            before = state.get("before")
            rows = list(collapsed(answered.rows, (before[0], before[1]) if before else None))
            if onward is None:
                yield rows, None
                return
            last = [answered.rows[-1].url, answered.rows[-1].digest] if answered.rows else before
            state = {**onward, "dialect": state["dialect"], "before": last}
            yield rows, state
        raise IndexFaultError(f"{self.server} comes to no end")

    def _by_key(self, state: Mapping[str, Any]) -> tuple[Answered, dict[str, Any] | None]:
        answered = self._answer("keys", {"key": state["key"]} if "key" in state else {})
        if answered.key is not None and answered.key == state.get("key"):
            raise IndexFaultError(f"{self.server} goes round in a circle")
        return answered, {"key": answered.key} if answered.key else None

    def _by_page(self, state: Mapping[str, Any]) -> tuple[Answered, dict[str, Any] | None]:
        page, pages = state.get("page", 0), state.get("pages")
        if pages is None:
            pages = page_count(self._body(self._address("pages") + "&showNumPages=true") or b"0")
        answered = self._answer("pages", {"page": page}) if page < pages else Answered(())
        return answered, {"page": page + 1, "pages": pages} if page + 1 < pages else None

    def _answer(self, dialect: Dialect, resume: Mapping[str, Any]) -> Answered:
        body = self._body(self._address(dialect, resume=resume))
        try:
            return parse_answer(body, dialect)
        except NoIndexError as error:
            raise IndexFaultError(f"{self.server}: {error}") from error

    def _tried(self) -> Dialect:
        return dialect_of(self._body(self._address("keys", limit=1)))

    def _body(self, address: str) -> bytes:
        fetched = self.patient.get(address)
        if fetched.status == 404:  # pywb's word for: nothing is there
            return b""
        if fetched.status != 200:
            raise IndexFaultError(f"{self.server}: HTTP status {fetched.status}")
        return fetched.body

    def _address(self, dialect: Dialect, **more: Any) -> str:
        return question(self.server, self.folder, dialect=dialect, since=self.since, until=self.until, **more)


def _file(row: Row, section: str, lacking: Collection[str]) -> Holding | None:
    url = plain_url(row.url)
    if url is None or safe_url_string(url) not in lacking:
        return None
    return Holding("file", section, safe_url_string(url), row.timestamp, row.digest, row.place)
