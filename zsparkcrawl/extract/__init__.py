"""Reading: from a page to an article, each field by a cascade of evidence. The page's text is not changed here."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from urllib.parse import urljoin
from zoneinfo import ZoneInfo

from lxml.cssselect import CSSSelector
from lxml.html import HtmlElement

from zsparkcrawl.charset import decode
from zsparkcrawl.extract.blocks import Block, blocks, collapse
from zsparkcrawl.extract.byline import read_byline
from zsparkcrawl.extract.content import find_content
from zsparkcrawl.extract.no_article import NoArticleError, UnreadableError, kind_of_empty, kind_of_page
from zsparkcrawl.extract.title import find_title
from zsparkcrawl.extract.title_evidence import title_evidence
from zsparkcrawl.extract.tree import parse
from zsparkcrawl.items import Article, Page
from zsparkcrawl.sites import SiteProfile, site_for_url
from zsparkcrawl.spam import is_spam
from zsparkcrawl.spam.markup import prune

__all__ = ["NoArticleError", "UnreadableError", "extract"]

_BINARY = (b"%PDF", b"PK\x03\x04", b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"\x1f\x8b", b"\xd0\xcf\x11\xe0", b"Rar!")
_HTML = re.compile(
    r"<(?:!doctype\s+html|html|body|div|p|br|table|td|li|h[1-6]|span|font|center|pre|article|section|b|strong|a|img)[\s/>]",
    re.IGNORECASE,
)
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
    if not page.body.strip():
        raise UnreadableError("the page is empty")
    if page.body.startswith(_BINARY) or b"\0\0\0\0" in page.body[:1024]:
        raise UnreadableError("the page is no HTML but a binary file")
    site = site or site_for_url(page.url)
    decoded = decode(page.body, page.content_type)
    if not _HTML.search(decoded.text) or _XML.match(decoded.text):
        raise UnreadableError("the page is no HTML")
    tree = parse(decoded.text)
    base = _base(tree, page.url)
    injections = prune(tree, page.url)
    head_title = collapse(tree.findtext("head/title") or "")
    lines = blocks(_body(tree))
    byline = read_byline(lines, _latest(page, site))
    heading = find_title(lines, byline.first, head_title) or _title_below(lines, byline.last)
    start = _start(byline.last, heading[1] if heading else None)
    content = find_content(lines, start, base, _places(tree, site))
    paragraphs = content.paragraphs or _last_resort(decoded.text, page.url, lines[:start])
    if not content.images and not content.attachments:
        titles = (heading[0] if heading else "", head_title)
        _check_article(decoded.text, lines, paragraphs, titles, dated=byline.moment is not None)
    section, native_id = (site.place(page.url) if site else None) or (None, None)
    moment = byline.moment
    return Article(
        site=site.name if site else "",
        section=section,
        native_id=native_id,
        url=page.url,
        title=heading[0] if heading else None,
        title_evidence=_title_evidence(tree, lines, head_title, heading),
        date=moment.date if moment else None,
        time=moment.time if moment else None,
        date_raw=byline.date_raw,
        date_precision=moment.precision if moment else None,
        date_missing=byline.date_missing,
        author=byline.author,
        source=byline.source,
        editor=byline.editor,
        body="\n".join(paragraphs),
        attachments=content.attachments,
        images=content.images,
        charset=decoded.charset,
        charset_reason=decoded.reason,
        injections=injections,
    )


def _check_article(
    text: str, lines: Sequence[Block], paragraphs: Sequence[str], titles: Sequence[str], *, dated: bool
) -> None:
    """Raise NoArticleError when a page that offers neither pictures nor files is no article."""
    if not paragraphs:
        raise NoArticleError(kind_of_empty(text))
    if kind := kind_of_page(lines, paragraphs, titles, dated=dated):
        raise NoArticleError(kind)


def _title_evidence(
    tree: HtmlElement, lines: Sequence[Block], head_title: str, heading: tuple[str, int] | None
) -> tuple[str, ...]:
    """What else may be the title, where the heading is spam."""
    return title_evidence(tree, lines, head_title, heading[0]) if heading and is_spam(heading[0]) else ()


def _title_below(lines: Sequence[Block], byline: int | None) -> tuple[str, int] | None:
    """The heading right below a byline that stands above it."""
    number = len(lines) if byline is None else byline + 1
    if number < len(lines) and lines[number].tag in {"h1", "h2"}:
        return lines[number].text, number
    return None


def _last_resort(text: str, url: str, above: Sequence[Block]) -> tuple[str, ...]:
    """The body as trafilatura sees it, for pages on which nothing stands where an article's text stands. Its other
    fields are not used: on Chinese pages it takes a footer's date and finds no author. What stands ``above`` the
    place of the body is none."""
    import trafilatura  # slow to load, and few pages need it

    found = trafilatura.extract(text, url=url, output_format="txt", include_comments=False, favor_recall=True)
    known = {block.text for block in above}
    return tuple(line for line in (found or "").splitlines() if line.strip() and collapse(line) not in known)


def _body(tree: HtmlElement) -> HtmlElement:
    body = tree.find("body")
    return tree if body is None else body


def _base(tree: HtmlElement, url: str) -> str:
    base = tree.find(".//base[@href]")
    try:
        return url if base is None else urljoin(url, base.get("href", ""))
    except ValueError:  # an address such as http://[broken
        return url


def _latest(page: Page, site: SiteProfile | None) -> dt.date | None:
    """The last day that an article on this page can be of: the day it was fetched, on the site's clock."""
    if page.fetched_at is None:
        return None
    return page.fetched_at.astimezone(ZoneInfo(site.time_zone if site else "Asia/Shanghai")).date()


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
