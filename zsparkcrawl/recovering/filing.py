"""Reading the files of articles from the kept captures: captures -> bytes -> disk and archive."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urldefrag, urljoin, urlsplit

from w3lib.url import safe_url_string

from zsparkcrawl.archive import Archive
from zsparkcrawl.archive.crawling.offers import FileBytes, Offer, offers_of_row
from zsparkcrawl.archive.files.store import FileStore, path_of
from zsparkcrawl.archive.warc.captures import CaptureError, read_capture
from zsparkcrawl.archive.warc.keepers import keeper_of
from zsparkcrawl.filing import FileAnswer
from zsparkcrawl.recovering.answers import MOST_REDIRECTS, REDIRECTS
from zsparkcrawl.sites import SiteProfile, site_named, site_names

__all__ = ["FileCounts", "addresses_of", "lacking_files", "reread_files", "target_of"]

_OK, _NOT_MODIFIED = 200, 304
_ESCAPED = re.compile(r"%([0-9A-Fa-f]{2})")
_LATIN = re.compile(r"%C2%([89AB][0-9A-F])|%C3%([89AB][0-9A-F])")

_Capture = Mapping[str, Any]


@dataclass
class FileCounts:
    """How many files are new, or have other bytes than before, and how many captures could not be read."""

    files: int = 0
    damaged: int = 0


def reread_files(
    archive: Archive,
    captures: Path,
    store: FileStore,
    *,
    on_failure: Callable[[str], None],
    only: Collection[str] | None = None,
) -> FileCounts:
    """Enter the files that articles offer as far as captures have them that the archive does not know, and return how
    many. Captures up to the moment at which a file was last entered are done with: so a second time nothing changes.

    ``on_failure`` is told of each capture that cannot be read, in one line. With ``only`` the articles are looked at
    that offer one of these addresses. Raises FileError, ArchiveError.
    """
    reading = _Reading(archive, captures, store, on_failure)
    for article, offers in _offering(archive):
        if only is None or any(address in only for _, found in offers for address in found):
            reading.article(article, offers)
    return reading.counts


def lacking_files(archive: Archive, site: str) -> dict[str, str]:
    """The files that articles of a site offer and whose bytes never came: each address that they may have been asked
    for, with the address of an article that offers it."""
    lacking: dict[str, str] = {}
    for article, offers in _offering(archive, site):
        addresses = {offer.url: found for offer, found in offers if found}
        if addresses:
            known = archive.known_files(article, [offer for offer, found in offers if found])
            for one in (one for one in known if one.last_seen is None):
                lacking.update(dict.fromkeys(addresses[one.offer.url], article["url"]))
    return lacking


_Offers = list[tuple[Offer, list[str]]]


def _offering(archive: Archive, of_site: str | None = None) -> Iterator[tuple[Mapping[str, Any], _Offers]]:
    """The articles with what they offer, and where each file may be asked for."""
    for article in archive.offering_articles():
        if article["site"] in site_names() and of_site in (None, article["site"]):
            site = site_named(article["site"])
            yield article, [(offer, addresses_of(offer.url, article["url"], site)) for offer in offers_of_row(article)]


@dataclass
class _Reading:
    archive: Archive
    captures: Path
    store: FileStore
    on_failure: Callable[[str], None]
    counts: FileCounts = field(default_factory=FileCounts)
    _read: dict[tuple[object, ...], FileBytes | None] = field(default_factory=dict)

    def article(self, article: Mapping[str, Any], offers: _Offers) -> None:
        """Enter the files of one article."""
        addresses = {offer.url: found for offer, found in offers if found}
        if not addresses:
            return
        for known in self.archive.known_files(article, [offer for offer, found in offers if found]):
            stands = known
            for capture in self.archive.answers(addresses[known.offer.url], since=known.last_seen):
                for came, moment in self._came(capture, known.offer):
                    stands, new = self.archive.enter_captured(stands, came, moment)
                    self.counts.files += new

    def _came(self, first: _Capture, offer: Offer) -> Iterator[tuple[FileBytes | None, str]]:
        """The bytes that an answer brought, None for the same as before, and when; nothing when it brought none."""
        try:
            last = self._behind_redirects(first)
            if last is None or last["partial"] or last["lost"]:
                return  # salvage has told of what is lost
            if last["status"] == _NOT_MODIFIED:
                yield None, last["time"]
            elif last["status"] == _OK and (came := self._bytes(first, last, offer)):
                yield came, last["time"]
        except CaptureError as error:
            self.on_failure(str(error))
            self.counts.damaged += 1

    def _behind_redirects(self, capture: _Capture) -> _Capture | None:
        """The answer that a crawl got in the end: the first one of where an answer leads that came after it."""
        for _ in range(MOST_REDIRECTS + 1):
            if capture["status"] not in REDIRECTS or capture["lost"]:
                return capture
            headers = _headers(self._read_capture(capture)[0])
            target = target_of(capture["url"], headers.get("location", b""))
            following = self.archive.answers([target], after=capture) if target else []
            if not following:
                return None
            capture = following[0]
        return None

    def _bytes(self, asked: _Capture, capture: _Capture, offer: Offer) -> FileBytes | None:
        """Put the body of an answer on the disk; None when it is something else in place of a file. Each body is read
        once for each name by which articles call it."""
        key = (capture["revisit_of"] or capture["id"], asked["url"], offer.name)
        if key not in self._read:
            head, _, body = self._read_capture(capture)
            disposition = _headers(head).get("content-disposition", b"")
            answer = FileAnswer(
                asked["url"], capture["url"], body, capture["content_type"], disposition, offer.name or ""
            )
            self._read[key] = None if answer.objection else self._kept(answer, capture["id"])
        return self._read[key]

    def _read_capture(self, capture: _Capture) -> tuple[list[tuple[str, str]], int, bytes]:
        place = (capture["body_file"], capture["body_offset"])
        keeper = keeper_of(capture, self.captures)
        return read_capture(self.captures, capture["file"], capture["offset"], body_at=place, keeper=keeper)

    def _kept(self, answer: FileAnswer, capture_id: int) -> FileBytes:
        sha256 = self.store.put(answer.body)
        return FileBytes(sha256, path_of(sha256), len(answer.body), answer.type, answer.server_name, capture_id)


def addresses_of(url: str, page_url: str, site: SiteProfile) -> list[str]:
    """What a crawl may have asked for to get a file: its address as the page has it, and that on the page's own host,
    for from a mirror files are fetched there. None for what is no file of its own."""
    try:
        parts = urlsplit(urldefrag(url).url)
        if parts.scheme not in ("http", "https") or site.place(parts.geturl()) is not None:
            return []
        found = [parts.geturl()]
        if parts.hostname in site.hosts:
            here = urlsplit(page_url)
            found.append(parts._replace(scheme=here.scheme, netloc=here.netloc).geturl())
        return list(dict.fromkeys(map(safe_url_string, found)))
    except ValueError:  # an address such as http://[broken
        return []


def target_of(url: str, location: bytes | str) -> str | None:
    """Where a redirect from ``url`` leads, as a crawl would ask for it; None when it leads nowhere.

    >>> target_of("http://a.example/up/1.pdf", "2.pdf"), target_of("http://a.example/", "http://[broken")
    ('http://a.example/up/2.pdf', None)
    """
    try:
        return urljoin(url, safe_url_string(location))
    except ValueError:
        return None


def _headers(kept: list[tuple[str, str]]) -> dict[str, bytes]:
    """The headers of a record by their names in small letters, the first of each, as they were on the wire."""
    return {name.lower(): _wire(value) for name, value in reversed(kept)}


def _wire(value: str) -> bytes:
    """A header's value as it came: what is not ASCII stands in a record as the escaped UTF-8 of its single bytes. What
    has other escapes was escaped by the server.

    >>> _wire("filename=%C2%B8%C2%BD.doc"), _wire("filename=%E9%99%84.doc")
    (b'filename=\\xb8\\xbd.doc', b'filename=%E9%99%84.doc')
    """
    if len(_ESCAPED.findall(value)) == 2 * len(_LATIN.findall(value)):
        value = _LATIN.sub(lambda found: chr(int(found[1], 16) if found[1] else int(found[2], 16) + 0x40), value)
    return value.encode("latin-1", "replace")
