"""Reading: from a page to an article, each field by a cascade of evidence. The page's text is not changed here."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any
from zoneinfo import ZoneInfo

from lxml.cssselect import CSSSelector
from lxml.html import HtmlElement

from zsparkcrawl.charset import Decoded, decode
from zsparkcrawl.chinese.script import fold
from zsparkcrawl.extract.addresses import base_of
from zsparkcrawl.extract.around import PEOPLE, read_around, settled_date
from zsparkcrawl.extract.attachments import shown_files
from zsparkcrawl.extract.blocks import Block, blocks, collapse
from zsparkcrawl.extract.byline import find_byline, masthead_day
from zsparkcrawl.extract.candidates import lengths_of, text_begin
from zsparkcrawl.extract.clock import Clock
from zsparkcrawl.extract.content import Content, find_content
from zsparkcrawl.extract.dates import Moment, find_date
from zsparkcrawl.extract.head import Head, read_head, structured_data
from zsparkcrawl.extract.names import joined
from zsparkcrawl.extract.no_article import NoArticleError, UnreadableError, is_listing, kind_of_empty, kind_of_page
from zsparkcrawl.extract.title import find_title, likely_titles, pieces_of, stated_title
from zsparkcrawl.extract.title_evidence import title_evidence
from zsparkcrawl.extract.tree import MOST_TAGS, bounded, parse, unveil
from zsparkcrawl.items import Article, Attachment, Injection, MissingReason, Page
from zsparkcrawl.sites import SiteProfile, site_for_url
from zsparkcrawl.spam import is_spam
from zsparkcrawl.spam.markup import prune

__all__ = ["NoArticleError", "UnreadableError", "extract"]

_BINARY = (b"%PDF", b"PK\x03\x04", b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"\x1f\x8b", b"\xd0\xcf\x11\xe0", b"Rar!")
_HTML = re.compile(
    r"<(?:!doctype\s+html|html|body|div|p|br|table|td|li|h[1-6]|span|font|center|pre|article|section|b|strong|a|img)[\s/>]",
    re.IGNORECASE,
)
_LAST_RESORT_LONGEST = 500_000
"""Characters of a page above which the last resort is not asked: it takes 8 s for 4 MB of links (measured)."""
_MOST_TEXT = 2_000_000
"""Characters of text above which a page is no article's: 8 million take 700 MB while they are read and cleaned
(measured). Chosen: a novel has half a million."""
_XML = re.compile(r"\s*<\?xml\s(?!.{0,2000}?<(?:!doctype\s+)?html)", re.IGNORECASE | re.DOTALL)


def extract(page: Page, site: SiteProfile | None) -> Article:
    """Read an article's fields from a page, their text as it stands there.

    Without a profile the site is known by the page's host, or stays unknown. Raises UnreadableError when the page
    is no HTML, and NoArticleError when it shows no text or is a page of another kind: a challenge, an error.

    >>> html = "<h1>园区新闻</h1><p>作者：  来源：中山日报 发布时间：2019-02-19</p><p>健康基地召开会议。</p>"
    >>> article = extract(Page("http://www.nhtp.org/news/7.html", html.encode()), None)
    >>> article.title, article.author, article.source, article.date.isoformat(), article.body
    ('园区新闻', None, '中山日报', '2019-02-19', '健康基地召开会议。')
    """
    site = site or site_for_url(page.url)
    decoded, text = _html(page)
    tree = parse(text)
    held = list(tree.iter())  # lxml makes a Python object of an element whenever it is asked for, unless one is held
    base = base_of(tree, page.url)
    zone = site.time_zone if site else "Asia/Shanghai"
    data = structured_data(tree)
    unveil(tree)
    injections = prune(tree, page.url)
    head = read_head(tree, data, zone)
    timed = _times(tree)
    lines = blocks(_body(tree))
    if (length := sum(len(line.text) for line in lines)) > _MOST_TEXT:
        raise UnreadableError(f"the page has {length} characters of text, more than {_MOST_TEXT}")
    now = page.fetched_at.astimezone(ZoneInfo(zone)) if page.fetched_at else None
    clock = Clock(now, page.url, head.days, timed)
    found = _with_shown(_read_blocks(lines, head, clock, base, _places(tree, site)), shown_files(tree, base))
    if not found.paragraphs and not found.content.images:
        found = replace(found, paragraphs=_last_resort(text, page.url, lines, found.start))
    head_title = collapse(tree.findtext("head/title") or "")
    if not found.content.attachments:
        _check_article(text, lines, found, head_title)
    article = _article(page, site, decoded, found, (head, injections))
    # What else may be the title, where the heading is spam.
    hijacked = article.title if article.title and is_spam(article.title) else None
    del held
    return replace(article, title_evidence=title_evidence(tree, lines, head_title, hijacked)) if hijacked else article


def _article(
    page: Page, site: SiteProfile | None, decoded: Decoded, found: _Reading, around: tuple[Head, tuple[Injection, ...]]
) -> Article:
    """The article of what was read."""
    head, injections = around
    section, native_id = (site.place(page.url) if site else None) or (None, None)
    body = "\n".join(found.paragraphs)
    moment = found.moment
    names: dict[str, Any] = {name: joined(found.people.get(name, [])) for name in PEOPLE}
    return Article(
        site=site.name if site else "",
        section=section,
        native_id=native_id,
        url=page.url,
        title=found.title or stated_title(head.titles, body),
        date=moment.date if moment else None,
        time=moment.time if moment else None,
        date_raw=found.date_raw,
        date_precision=moment.precision if moment else None,
        date_missing=None if moment else found.date_missing,
        date_basis=moment.basis if moment else None,
        body=body,
        attachments=found.content.attachments,
        images=found.content.images,
        charset=decoded.charset,
        charset_reason=decoded.reason,
        injections=injections,
        **names,
    )


def _check_article(text: str, lines: Sequence[Block], found: _Reading, head_title: str) -> None:
    """Raise NoArticleError when a page that offers no files is no article: one with pictures may be nothing else."""
    if found.content.images:
        if is_listing(lines, found.paragraphs):
            raise NoArticleError("empty")
        return
    if not found.paragraphs:
        raise NoArticleError(kind_of_empty(text))
    titles = (found.title or "", head_title)
    if not any(titles) and not found.moment and not any(map(str.isalpha, "".join(found.paragraphs))):
        raise NoArticleError("empty")
    if kind := kind_of_page(lines, found.paragraphs, titles, dated=found.moment is not None):
        raise NoArticleError(kind)


def _html(page: Page) -> tuple[Decoded, str]:
    """The page as text, and its HTML. Raises UnreadableError when it is none, or has more tags than an article."""
    if not page.body.strip():
        raise UnreadableError("the page is empty")
    if page.body.startswith(_BINARY) or b"\0\0\0\0" in page.body[:1024]:
        raise UnreadableError("the page is no HTML but a binary file")
    decoded = decode(page.body, page.content_type)
    if not _HTML.search(decoded.text) or _XML.match(decoded.text):
        raise UnreadableError("the page is no HTML")
    if len(decoded.text) <= MOST_TAGS:
        return decoded, decoded.text
    text, tags = bounded(decoded.text)
    if tags > MOST_TAGS:
        raise UnreadableError(f"the page has {tags} tags, more than {MOST_TAGS}")
    return decoded, text


@dataclass(frozen=True, slots=True)
class _Reading:
    """What was read from a page's blocks."""

    title: str | None
    moment: Moment | None
    date_raw: str | None
    date_missing: MissingReason | None
    people: dict[str, list[str]]
    paragraphs: tuple[str, ...]
    content: Content
    start: int


def _read_blocks(
    lines: Sequence[Block], head: Head, clock: Clock, base: str, places: Sequence[HtmlElement]
) -> _Reading:
    """Title, byline and body, and what the lines around the body add to them."""
    end = text_begin(lengths_of(lines))
    stated = pieces_of(head.titles)
    byline = find_byline(lines, clock, likely_titles(lines, stated, end))
    labelled = byline.people.get("title", [])
    named = pieces_of([*head.titles, *labelled]) if labelled else stated
    around = None if byline.first is None or byline.last is None else (byline.first, byline.last)
    heading = find_title(lines, around, named, max(end, byline.last + 2 if byline.last is not None else 0))
    start = _start(byline.last, heading[1] if heading else None)
    content = find_content(lines, start, base, places)
    called = next(iter(labelled), None)
    title = called if called and (heading is None or fold(heading[0]) not in named) else heading[0] if heading else None
    credited = read_around(content, byline.people, head.sources)
    if byline.moment is None and not credited.dates and (masthead := masthead_day(lines[:end], clock)):
        credited = replace(credited, dates=(masthead.raw,))
    moment, raw, missing = settled_date(byline, head, clock, credited, title or "")
    return _Reading(title, moment, raw, missing, credited.people, credited.paragraphs, content, start)


def _with_shown(found: _Reading, shown: Iterable[Attachment]) -> _Reading:
    """What was read, with the files that viewers show in the page."""
    known = {file.url for file in found.content.attachments}
    more = tuple(file for file in shown if file.url not in known)
    if not more:
        return found
    return replace(found, content=replace(found.content, attachments=(*found.content.attachments, *more)))


def _times(tree: HtmlElement) -> tuple[dt.date, ...]:
    """The days that a page's times have in their attributes. The times of the last change, which stand beside the time
    of publication as elements of their own, are taken out."""
    days: list[dt.date] = []
    for element in list(tree.iter("time")):
        names = f"{element.get('class', '')} {element.get('itemprop', '')}".casefold()
        if ("updated" in names or "modified" in names) and "published" not in names:
            element.drop_tree()
        elif moment := find_date(element.get("datetime", "")):
            days.append(moment.date)
    return tuple(dict.fromkeys(days))


def _last_resort(text: str, url: str, lines: Sequence[Block], start: int) -> tuple[str, ...]:
    """The body as trafilatura sees it, for pages on which nothing stands where an article's text stands. Its other
    fields are not used: on Chinese pages it takes a footer's date and finds no author. What stands above ``start``
    is none."""
    if len(text) > _LAST_RESORT_LONGEST or not any(block.text for block in lines):
        return ()
    import trafilatura  # slow to load, and few pages need it

    found = trafilatura.extract(text, url=url, output_format="txt", include_comments=False, favor_recall=True)
    known = {block.text for block in lines[:start]}
    return tuple(line for line in (found or "").splitlines() if line.strip() and collapse(line) not in known)


def _body(tree: HtmlElement) -> HtmlElement:
    body = tree.find("body")
    return tree if body is None else body


def _start(byline_end: int | None, title: int | None) -> int:
    """The number of the first block that can be body: behind the byline, else behind the title."""
    if byline_end is not None:
        return max(byline_end, title if title is not None else 0) + 1
    return title + 1 if title is not None else 0


def _places(tree: HtmlElement, site: SiteProfile | None) -> list[HtmlElement]:
    for selector in site.body_selectors if site else ():
        found = CSSSelector(selector)(tree)
        if isinstance(found, list) and found:
            return [element for element in found if isinstance(element, HtmlElement)]
    return []
