"""From captures to the article that they hold: its page, and the further pages on which it goes on."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from zsparkcrawl.archive import Archive
from zsparkcrawl.archive.warc.captures import read_capture
from zsparkcrawl.archive.warc.keepers import keeper_of
from zsparkcrawl.extract import NoArticleError, UnreadableError, extract
from zsparkcrawl.extract.parts import MOST_PARTS, further_parts, joined_parts
from zsparkcrawl.items import Article, Page
from zsparkcrawl.sites import SiteProfile

__all__ = ["Capture", "LostError", "page_of", "whole_article"]

Capture = Mapping[str, Any]
"""A capture as :meth:`zsparkcrawl.archive.Archive.captures` has it."""


_GONE = frozenset([404, 410])
_PASSING = frozenset(["challenge", "maintenance", "error"])
"""Kinds of page that come in an article's place for a while."""


class LostError(Exception):
    """The capture was lost; salvage has told it."""


def page_of(folder: Path, capture: Capture) -> Page:
    """The page that a capture holds. Raises CaptureError, LostError."""
    if capture["lost"]:
        raise LostError
    body_at = (capture["body_file"], capture["body_offset"])
    keeper = keeper_of(capture, folder)
    _, status, body = read_capture(folder, capture["file"], capture["offset"], body_at=body_at, keeper=keeper)
    fetched_at = dt.datetime.strptime(capture["time"], "%Y-%m-%dT%H:%M:%S%z")
    return Page(capture["url"], body, capture["content_type"], status, fetched_at)


def whole_article(archive: Archive, folder: Path, capture: Capture, site: SiteProfile) -> Article:
    """The article of a capture with its further pages, of each the capture that is nearest in time; its text as the
    pages have it. Where the site has lost a page the place is marked.

    Raises CaptureError, LostError, and UnreadableError when the page holds no article, or when a further page was not
    captured: a part must not pass for the whole.
    """
    page = page_of(folder, capture)
    found = [extract(page, site)]
    waiting = list(further_parts(page, site.hosts))
    known = {page.url}
    missing: list[tuple[int, str]] = []
    while waiting and len(found) + len(missing) < MOST_PARTS:
        url = waiting.pop(0)
        if url in known:
            continue
        known.add(url)
        part = _nearest(archive, url, capture)
        if part["status"] in _GONE or (read := _part_of(page_of(folder, part), site)) is None:
            missing.append((len(found), url))
            continue
        found.append(read[0])
        waiting += read[1]
    return joined_parts(found, missing)


def _part_of(page: Page, site: SiteProfile) -> tuple[Article, Sequence[str]] | None:
    """What a further page holds, and where it goes on; None when it is no part of an article any more. Raises
    UnreadableError for a page that came in its place for a while."""
    try:
        return extract(page, site), further_parts(page, site.hosts)
    except NoArticleError as error:
        if error.kind in _PASSING:
            raise
    except UnreadableError:
        pass
    return None


def _nearest(archive: Archive, url: str, capture: Capture) -> Capture:
    """The whole capture of a further page that is nearest to that of the first; where it never came, the answer that it
    is gone."""
    there = [one for one in archive.answers([url]) if not one["partial"]]
    came = [one for one in there if one["status"] == 200] or [one for one in there if one["status"] in _GONE]
    if not came:
        raise UnreadableError(f"{url}, where it goes on, was not captured")
    moment = dt.datetime.fromisoformat(capture["time"])
    return min(reversed(came), key=lambda one: abs(dt.datetime.fromisoformat(one["time"]) - moment))
