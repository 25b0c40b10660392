"""Reading a listing by what its links look like: the path tells an article, the label and the date stand
beside it.

The site's own listing pages were never seen, so nothing here hangs on one guessed selector.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from urllib.parse import urldefrag, urljoin, urlsplit

from lxml.html import HtmlElement

from zsparkcrawl.chinese.script import fold
from zsparkcrawl.extract.addresses import base_of
from zsparkcrawl.extract.pagination import PageLink, leads_back, next_pages
from zsparkcrawl.extract.row_dates import (
    date_beside,
    date_between,
    date_inside,
    is_date,
    line,
    text_of,
    without_date,
)
from zsparkcrawl.extract.tree import parse
from zsparkcrawl.sites import Section

__all__ = ["ListedArticle", "Listing", "PlacedLink", "links_of", "read_listing", "section_listings"]

_CUT = re.compile(r"\s*(?:…+|\.{2,}|⋯+|·{3,}|。{3,})\s*$")
_MORE = frozenset(
    ["详细", "详情", "查看详情", "查看详细", "查看更多", "点击查看", "点击查看更多", "阅读全文", "阅读更多",
     "查看全文", "更多", "全文", "more", "readmore", "detail", "details", "查看", "阅读", "了解更多", "进入"]
)  # fmt: skip
_BRACKETS = "[]()【】<>«»›‹→·|-_ "
_ROW_ENDS = frozenset(["li", "tr", "dl", "article", "body", "html", "table", "ul", "ol"])
_ROW_DEPTH = 6
_MOST_FOREIGN = 20
"""Foreign links of one page that are told; chosen: a page of link spam has hundreds, each night others."""
_ROW_LENGTH = 1500
"""A row with a longer text is not a row but the page: on a listing with one article, climbing finds no
neighbour."""


@dataclass(frozen=True, slots=True)
class PlacedLink:
    """One link of a page: where it leads (absolute, no fragment), its text, its title attribute, its
    element."""

    url: str
    text: str
    title: str
    element: HtmlElement


@dataclass(frozen=True, slots=True)
class ListedArticle:
    """An article as a listing shows it: the text is the page's own, damage and all. ``date`` is None when
    no whole date stands beside it."""

    url: str
    title: str
    date: dt.date | None


@dataclass(frozen=True, slots=True)
class Listing:
    """What a listing page shows: articles in its order, each once, and where the listing goes on."""

    rows: tuple[ListedArticle, ...]
    next_pages: tuple[str, ...]
    foreign: tuple[ListedArticle, ...] = ()
    """What looks like an article of the section by its path, but stands on a host that is none of the site's."""
    leads_back: bool = False
    """Whether it links to the pages of the listing before it."""


def read_listing(
    page: str | HtmlElement, url: str, section: Section, hosts: Collection[str] = (), aliases: Collection[str] = ()
) -> Listing:
    """Articles of ``section`` and next pages on the listing at ``url``.

    Links to other hosts than the listing's own, or one of ``hosts``, are no rows; what looks like an article there
    stands in ``foreign``. Links to one of ``aliases`` are taken for links to the page's own host: a mirror may still
    name the original.

    >>> from zsparkcrawl.sites import site_named
    >>> news = site_named("nhtp").sections["news"]
    >>> page = '<li><a href="3.html">园区动态</a> <i>[2019-02-19]</i></li><a href="?page=2">下一页</a>'
    >>> read_listing(page, "http://www.nhtp.org/news/", news).rows
    (ListedArticle(url='http://www.nhtp.org/news/3.html', title='园区动态', date=datetime.date(2019, 2, 19)),)
    """
    tree = parse(page) if isinstance(page, str) else page
    links = list(links_of(tree, url, hosts, aliases))
    numbered = [(link, section.native_id(link.url)) for link in links]
    candidates = [
        PageLink(link.url, link.text or link.title, _group(link.element), number) for link, number in numbered
    ]
    pages = next_pages(url, candidates)
    found: dict[str, list[PlacedLink]] = {}
    for link, number in numbered:
        if number and link.url not in pages and link.element.tag in {"a", "area"}:
            found.setdefault(f"{_pattern(section, link.url)} {number}", []).append(link)
    articles = {link.element: key for key, group in found.items() for link in group}
    rows = [_row(group, key, articles) for key, group in found.items()]
    foreign = islice(_foreign(tree, url, section, (hosts, aliases)), _MOST_FOREIGN)
    return Listing(tuple(rows), pages, tuple(foreign), leads_back(url, candidates))


def section_listings(
    page: str | HtmlElement, url: str, section: Section, hosts: Collection[str] = ()
) -> tuple[str, ...]:
    """Links of any page that are called what the section is called, whatever the damage of the label.

    >>> from zsparkcrawl.sites import site_named
    >>> news = site_named("nhtp").sections["news"]
    >>> section_listings('<a href="/x/">新聞(wén)中心</a><a href="/y/">x</a>', "http://www.nhtp.org/", news)
    ('http://www.nhtp.org/x/',)
    """
    tree = parse(page) if isinstance(page, str) else page
    labels = {fold(label) for label in section.labels}
    links = (link for link in links_of(tree, url, hosts) if section.native_id(link.url) is None)
    return tuple(dict.fromkeys(link.url for link in links if fold(link.text).strip(_BRACKETS) in labels))


def links_of(
    tree: HtmlElement, url: str, hosts: Collection[str] = (), aliases: Collection[str] = ()
) -> Iterator[PlacedLink]:
    """All links of the page to its own host, or one of ``hosts``, in the order of the page. A choice in a
    select box counts as a link when its value is an address."""
    base = base_of(tree, url)
    for element in tree.iter("a", "area", "link", "option"):
        if element.tag == "link" and (element.get("rel") or "").casefold() != "next":
            continue
        target = element.get("value" if element.tag == "option" else "href") or ""
        if element.tag == "option" and not re.search(r"[/?.]", target):
            continue  # a bare value, such as the number of a page, is no address
        if address := _followed(target, base, url, hosts, aliases):
            text = "next" if element.tag == "link" else text_of(element)
            yield PlacedLink(address, text, line(element.get("title") or ""), element)


def _foreign(
    tree: HtmlElement, url: str, section: Section, ours: tuple[Collection[str], Collection[str]]
) -> Iterator[ListedArticle]:
    """Links to other hosts that look like articles, each address once."""
    base, met = base_of(tree, url), set()
    for element in tree.iter("a", "area"):
        target = re.sub(r"[\t\r\n]", "", element.get("href") or "").strip()
        if not target or _followed(target, base, url, *ours):
            continue
        try:
            there = urlsplit(urldefrag(urljoin(base, target)).url)
            address = there._replace(query="").geturl()
            article = there.scheme in {"http", "https"} and there.hostname and section.native_id(address)
        except ValueError:
            continue
        if article and there.username is None and address not in met:
            met.add(address)
            yield ListedArticle(address, without_date(text_of(element)).strip(), date_inside(element))


def _followed(target: str, base: str, url: str, hosts: Collection[str], aliases: Collection[str]) -> str | None:
    """The address a link leads to, None when it is not a page of the same site."""
    target = re.sub(r"[\t\r\n]", "", target).strip()
    if not target or target.startswith("#"):
        return None
    try:
        address = urldefrag(urljoin(base, target)).url
        there, here = urlsplit(address), urlsplit(url)
        if there.scheme not in {"http", "https"} or not there.hostname or there.username is not None:
            return None
        same = there.hostname == here.hostname and there.port == here.port
        if same or (there.hostname in hosts and there.port is None):
            return address
        if there.hostname in aliases and there.port is None:
            return there._replace(scheme=here.scheme, netloc=here.netloc).geturl()
    except ValueError:  # an address that cannot be taken apart leads nowhere
        return None
    return None


def _pattern(section: Section, url: str) -> int:
    """Which of the section's patterns an article has: two of one number under two paths are two articles."""
    path = urlsplit(url).path
    return next(index for index, pattern in enumerate(section.articles) if pattern.search(path))


def _group(element: HtmlElement) -> HtmlElement | None:
    """Where links stand together: their parent, or the parent of the cells that hold one link each."""
    parent = element.getparent()
    if parent is not None and parent.tag in {"li", "td", "span", "p"} and len(parent.findall(".//a")) == 1:
        parent = parent.getparent()
    return parent


def _row(group: Sequence[PlacedLink], key: str, articles: dict[HtmlElement, str]) -> ListedArticle:
    row = _row_element(group[0].element, key, articles)
    in_row = [link for link in group if link.element is row or row in link.element.iterancestors()]
    skip = {link.element for link in in_row or group}
    date = date_beside(row, skip) or next(filter(None, (date_inside(link.element) for link in group)), None)
    if date is None:
        date = date_between(row, key, articles)
    # The path tells the article; a query behind it only makes one article look like many.
    return ListedArticle(group[0].url.partition("?")[0], _title(group), date)


def _row_element(anchor: HtmlElement, key: str, articles: dict[HtmlElement, str]) -> HtmlElement:
    """The largest element around the link that holds no other article."""
    row = anchor
    for _ in range(_ROW_DEPTH):
        parent = row.getparent()
        if parent is None or row.tag in _ROW_ENDS or parent.tag in {"body", "html"}:
            break
        others = (articles.get(a) for a in parent.iter("a"))
        if any(other not in {None, key} for other in others) or len(text_of(parent)) > _ROW_LENGTH:
            break
        row = parent
    return row


def _title(group: Sequence[PlacedLink]) -> str:
    """The best name among the links to one article: its longest text; the title attribute when it goes on
    where the text was cut, and only then, for on a hijacked page it may be an advertisement."""
    texts = [text for link in group if (text := _headline(link)) and fold(text).strip(_BRACKETS) not in _MORE]
    attributes = [name for link in group for name in (link.title, *_alternatives(link)) if name]
    if not texts:
        return attributes[0] if attributes else ""
    text = max(texts, key=lambda t: (not _CUT.search(t), len(t)))
    begins = fold(_CUT.sub("", text))
    longer = [name for name in attributes if begins and fold(name).startswith(begins) and len(fold(name)) > len(begins)]
    return max(longer, key=len) if longer else text


def _headline(link: PlacedLink) -> str:
    """The text of the link without a date that stands in it."""
    parts = [line(link.element.text or "")]
    for child in link.element:
        parts += [part for part in (text_of(child),) if not is_date(part)]
        parts.append(line(child.tail or ""))
    text = line(" ".join(part for part in parts if part)) if len(link.element) else link.text
    return without_date(text).strip(" ·•-")


def _alternatives(link: PlacedLink) -> list[str]:
    return [line(image.get("alt") or "") for image in link.element.iter("img")]
