"""What a page says of its article outside the text: `<meta>`, JSON-LD, the script of a messenger's page.

Such facts are evidence and not answers: a CMS may name one author for all pages, a template repeat one date. The
fields that readers see go before them.
"""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from lxml.html import HtmlElement

from zsparkcrawl.extract.blocks import collapse
from zsparkcrawl.extract.dates import find_date

__all__ = ["Head", "read_head", "structured_data"]

_PUBLISHED = frozenset(
    ["pubdate", "publishdate", "publish_date", "publish-date", "publishtime", "publish_time", "pubtime", "pub_date",
     "firstpublishedtime", "article:published_time", "article:published", "og:published_time", "og:release_date",
     "og:pubdate", "og:time", "datepublished", "dc.date", "dc.date.issued", "weibo:article:create_at",
     "weibo: article:create_at", "bytedance:published_time", "apub:time", "date", "releasedate", "release_date",
     "_pubtime", "created_time", "article:create_at"]
)  # fmt: skip
_TITLES = frozenset(["articletitle", "og:title", "twitter:title", "headline", "irtitle", "weibo:article:title"])
_SOURCES = frozenset(["contentsource", "source", "mediaid", "irsource", "og:article:source"])
_LONGEST_SCRIPT = 200_000
_EPOCH = re.compile(r"\bvar\s+ct\s*=\s*[\"'](1\d{9})[\"']")
_NAIVE = re.compile(r"(\d{4}-\d\d-\d\d)[-T](\d\d:\d\d(?::\d\d)?)$")


@dataclass(frozen=True, slots=True)
class Head:
    """``titles``: the names that the page gives its article, the `<title>` last. ``published``: the days on which it
    says that it was published, each once, and ``moments`` the same with the time of day. ``sources``: where it says
    that it has it from."""

    titles: tuple[str, ...] = ()
    published: tuple[dt.datetime, ...] = ()
    sources: tuple[str, ...] = ()

    @property
    def days(self) -> tuple[dt.date, ...]:
        """The days of publication, each once."""
        return tuple(dict.fromkeys(moment.date() for moment in self.published))


def structured_data(tree: HtmlElement) -> tuple[dict[str, Any], ...]:
    """The JSON-LD objects of a page that describe an article, and the date of a messenger's page; scripts are read
    before they are taken out of the tree."""
    found: list[dict[str, Any]] = []
    for element in tree.iter("script"):
        code = element.text or ""
        if len(code) > _LONGEST_SCRIPT:
            continue
        if element.get("type", "").strip().casefold() == "application/ld+json":
            try:
                found += _articles(json.loads(code, strict=False))
            except (ValueError, RecursionError):  # no JSON, and so no fact
                continue
        elif "var ct" in code and (match := _EPOCH.search(code)) is not None:
            found.append({"epoch": int(match[1])})
    return tuple(found)


def read_head(tree: HtmlElement, data: tuple[dict[str, Any], ...], zone: str) -> Head:
    """The facts outside the text. ``data`` is what :func:`structured_data` found, ``zone`` the site's time zone.

    >>> from lxml.html import document_fromstring
    >>> page = '<head><meta name="PubDate" content="2021-03-05 08:30"><title>通知_江畔园区</title></head>'
    >>> read_head(document_fromstring(page), (), "Asia/Shanghai").days
    (datetime.date(2021, 3, 5),)
    """
    facts = list(_metas(tree))
    for each in data:
        facts += [(key.casefold(), value) for key, value in each.items() if isinstance(value, str)]
    titles = [collapse(value) for name, value in facts if name in _TITLES]
    titles += [collapse(element.text_content()) for element in tree.iterfind("head/title")]
    moments = [moment for name, value in facts if name in _PUBLISHED and (moment := _moment(value, zone))]
    moments += [
        dt.datetime.fromtimestamp(each["epoch"], ZoneInfo(zone)).replace(tzinfo=None)
        for each in data
        if "epoch" in each
    ]
    sources = [collapse(value) for name, value in facts if name in _SOURCES]
    return Head(_each(titles), tuple(dict.fromkeys(moments)), _each(sources))


def _each(values: list[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(value for value in values if value))


def _metas(tree: HtmlElement) -> Iterator[tuple[str, str]]:
    for element in tree.iter("meta"):
        name = element.get("name") or element.get("property") or element.get("itemprop") or ""
        content = element.get("content")
        if name and content and len(content) < 1000:
            yield name.strip().casefold(), content


def _articles(data: Any) -> Iterator[dict[str, Any]]:
    """The objects in JSON-LD that are articles, also those in a graph."""
    waiting = [data]
    for _ in range(200):  # no page names so many; a bound for one that was made to
        if not waiting:
            return
        each = waiting.pop()
        if isinstance(each, list):
            waiting += each[:50]
        elif isinstance(each, dict):
            kinds = each.get("@type", "")
            if "datePublished" in each or "pubDate" in each or "Article" in str(kinds):
                yield {
                    "datePublished": each.get("datePublished") or each.get("pubDate"),
                    "headline": each.get("headline"),
                }
            waiting += [value for value in each.values() if isinstance(value, list)]


def _moment(text: str, zone: str) -> dt.datetime | None:
    """A moment of the metadata on the site's clock: what carries an offset is moved there."""
    text = text.strip()
    try:
        moment = dt.datetime.fromisoformat(text)
        if moment.tzinfo is not None:
            moment = moment.astimezone(ZoneInfo(zone)).replace(tzinfo=None)
    except (ValueError, OverflowError):
        joined = _NAIVE.sub(r"\1 \2", text)
        found = find_date(joined)
        return dt.datetime.combine(found.date, found.time or dt.time()) if found else None
    return moment if 1980 <= moment.year < 2100 else None
