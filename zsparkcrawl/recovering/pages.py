"""From captures to the article that they hold: its page, and the further pages on which it goes on."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from zsparkcrawl.archive import Archive
from zsparkcrawl.archive.captures import read_capture
from zsparkcrawl.extract import UnreadableError, extract
from zsparkcrawl.extract.parts import MOST_PARTS, further_parts, joined_parts
from zsparkcrawl.items import Article, Page
from zsparkcrawl.sites import SiteProfile

__all__ = ["Capture", "LostError", "page_of", "whole_article"]

Capture = Mapping[str, Any]
"""A capture as :meth:`zsparkcrawl.archive.Archive.captures` has it."""


class LostError(Exception):
    """The capture was lost; salvage has told it."""


def page_of(folder: Path, capture: Capture) -> Page:
    """The page that a capture holds. Raises CaptureError, LostError."""
    if capture["lost"]:
        raise LostError
    body_at = (capture["body_file"], capture["body_offset"])
    _, status, body = read_capture(folder, capture["file"], capture["offset"], body_at=body_at)
    fetched_at = dt.datetime.strptime(capture["time"], "%Y-%m-%dT%H:%M:%S%z")
    return Page(capture["url"], body, capture["content_type"], status, fetched_at)


def whole_article(archive: Archive, folder: Path, capture: Capture, site: SiteProfile) -> Article:
    """The article of a capture with its further pages, of each the capture that is nearest in time; its text as the
    pages have it.

    Raises CaptureError, LostError, and UnreadableError when the page holds no article, or when a further page was not
    captured: a part must not pass for the whole.
    """
    page = page_of(folder, capture)
    found = [extract(page, site)]
    waiting = list(further_parts(page, site.hosts))
    known = {page.url}
    while waiting and len(found) < MOST_PARTS:
        url = waiting.pop(0)
        if url in known:
            continue
        known.add(url)
        page = page_of(folder, _nearest(archive, url, capture))
        found.append(extract(page, site))
        waiting += further_parts(page, site.hosts)
    return joined_parts(found)


def _nearest(archive: Archive, url: str, capture: Capture) -> Capture:
    """The whole capture of a further page that is nearest to that of the first."""
    there = [one for one in archive.answers([url]) if one["status"] == 200 and not one["partial"]]
    if not there:
        raise UnreadableError(f"{url}, where it goes on, was not captured")
    moment = dt.datetime.fromisoformat(capture["time"])
    return min(reversed(there), key=lambda one: abs(dt.datetime.fromisoformat(one["time"]) - moment))
