"""Pages: the responses of a WARC file, or the pages that records hold, each read to its article."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from zsparkcrawl.bulk.faults import UnfitError
from zsparkcrawl.bulk.sources import Job
from zsparkcrawl.bulk.tallying import Tally
from zsparkcrawl.clean import read
from zsparkcrawl.extract import UnreadableError
from zsparkcrawl.items import Article, Diagnosis, Page, plain
from zsparkcrawl.recovering.answers import Answer, OddAnswerError, answer_of
from zsparkcrawl.recovering.records import Fault, Head, Record, records
from zsparkcrawl.sites import site_named

__all__ = ["Fault", "article_of_record", "article_of_response", "ranges_of", "responses_of"]

RANGE = 4 * 2**20
"""Bytes of a range, packed as they are: a minute of work for pages that are packed. Chosen."""

_HTML = ("text/html", "application/xhtml")
_OK = 200


def ranges_of(path: Path, size: int) -> list[tuple[int, int]]:
    """Ranges of a WARC file, each from the beginning of a record. All records are walked for that, as their heads tell,
    and none is read. Raises OSError."""
    starts = [0]

    def note(head: Head) -> bool:
        if head.position >= starts[-1] + RANGE:
            starts.append(head.position)
        return False

    with path.open("rb") as file:
        for _ in records(file, note):
            pass
    return list(zip(starts, [*starts[1:], size], strict=True))


def responses_of(path: Path, start: int, end: int, tally: Tally) -> Iterator[Record | Fault]:
    """The responses that begin in a range of a WARC file, and what could not be read of it. Other records are counted
    as skipped. Raises OSError."""

    def wanted(head: Head) -> bool:
        if head.kind in ("response", "resource"):
            return True
        if head.kind not in ("warcinfo", "request", "metadata"):
            tally.count("skipped")
        return False

    with path.open("rb") as file:
        yield from records(file, wanted, start, end)


def article_of_response(record: Record, job: Job, tally: Tally) -> dict[str, Any] | None:
    """The article of a response, as :func:`zsparkcrawl.read` gives it, with the moment and the number of its record;
    None for a response that is no page. Raises UnfitError."""
    head = record.head
    if head.kind == "response" and not head.url.lower().startswith(("http:", "https:")) and not _is_http(head):
        tally.count("skipped")  # as of asking for an address's number
        return None
    try:
        if head.kind == "resource":
            answer = Answer(_OK, (("Content-Type", head.headers.get("content-type", "")),), record.block)
        else:
            answer = answer_of(record.block)
    except OddAnswerError as error:
        raise UnfitError(str(error)) from error
    content_type = answer.header("content-type")
    if answer.status != _OK or not _is_html(content_type, answer.body):
        tally.count("skipped")
        return None
    if answer.partial or head.headers.get("warc-truncated"):
        raise UnfitError("the end of the page is missing")
    if not head.url:
        raise UnfitError("it tells no address")
    article = _read(Page(head.url, answer.body, content_type, fetched_at=head.time), job, tally)
    came = {"fetched": head.time.isoformat() if head.time else None, "record": head.headers.get("warc-record-id")}
    return {**plain(article), **came}


def _is_http(head: Head) -> bool:
    return head.headers.get("content-type", "").lower().startswith("application/http")


def _is_html(content_type: str, body: bytes) -> bool:
    told = content_type.strip().lower()
    return told.startswith(_HTML) if told else body.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] == b"<"


def article_of_record(record: Mapping[str, Any], job: Job, tally: Tally) -> dict[str, Any]:
    """The article of a record whose field holds the HTML of a page; what else the record has stands in "given".
    Raises UnfitError."""
    (field,) = job.fields
    html, url = record.get(field), record.get(job.url_field)
    if not isinstance(html, (str, bytes)):
        raise UnfitError(f'it has no page in "{field}"')
    if not isinstance(url, str):
        raise UnfitError(f'it has no address in "{job.url_field}"')
    fetched = record.get("fetched")
    # What is text already is no matter of charsets any more, whatever the page itself declares.
    page = (html, "") if isinstance(html, bytes) else (_encoded(html), "text/html; charset=utf-8")
    article = _read(Page(url, *page, fetched_at=_moment(fetched)), job, tally)
    return {**plain(article), "given": {name: value for name, value in record.items() if name != field}}


def _encoded(html: str) -> bytes:
    try:
        return html.encode()
    except UnicodeEncodeError as error:
        raise UnfitError("the page has half a surrogate pair, which is no character") from error


def _moment(told: object) -> dt.datetime | None:
    """A moment, as JSON or a table has it; None when it is none or tells no zone: that of this machine is no help."""
    try:
        moment = dt.datetime.fromisoformat(told) if isinstance(told, str) else told
    except ValueError:
        return None
    return moment if isinstance(moment, dt.datetime) and moment.tzinfo else None


def _read(page: Page, job: Job, tally: Tally) -> Article:
    try:
        urlsplit(page.url.encode().decode())  # half a surrogate pair is no part of an address either
    except ValueError as error:
        raise UnfitError(f"{page.url!r:.200} is no address: {error}") from error
    if page.fetched_at and page.fetched_at.year in (dt.MINYEAR, dt.MAXYEAR):  # in another zone it may be no year at all
        page = replace(page, fetched_at=None)
    try:
        article = read(page, site_named(job.site) if job.site else None)
    except UnreadableError as error:
        raise UnfitError(str(error)) from error
    edits = [each for made in article.edits.values() for each in made]
    marks = sum(map(len, article.damaged.values()))
    tally.add(edits, article.diagnosis or Diagnosis(), damaged=marks, injected=len(article.injections))
    return article
