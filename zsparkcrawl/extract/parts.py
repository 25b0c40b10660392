"""Articles in several pages (分页): where the further pages are, and the article that they make together."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from lxml.html import HtmlElement

from zsparkcrawl.charset import decode
from zsparkcrawl.chinese.script import fold
from zsparkcrawl.edits import Damage, Edited, mark
from zsparkcrawl.extract.links import links_of
from zsparkcrawl.extract.tree import parse
from zsparkcrawl.items import LACKS_PAGE, Article, Page

__all__ = ["MOST_PARTS", "further_parts", "is_part", "joined_parts"]

MOST_PARTS = 50
"""Pages of one article at most: more are no article; chosen."""
_LABEL = re.compile(r"[\[(【]?(?:第?\d{1,2}页?|下一?页|末页|尾页|next(?:page)?|余下全文|>{1,2}|›|»)[\])】]?")
_STEM = re.compile(r"(?P<stem>.*?[^/]?)(?:[_-](?P<number>\d{1,2}))?(?P<kind>\.\w{2,5})?")
_NAMES = ("author", "source", "editor", "photographer", "reviewers", "contributor")
_PAGE_WORDS = frozenset(["page", "p", "pg", "pageno", "pageindex", "pn", "curpage"])
_ASKED = re.compile(rf"[?&;](?:{'|'.join(sorted(_PAGE_WORDS))})=".encode(), re.IGNORECASE)
"""A number of a page in a query, as it stands in a page's source."""


def further_parts(page: Page, hosts: Sequence[str] = ()) -> tuple[str, ...]:
    """Addresses of the pages on which the article of this page goes on, in their order: links called 2, 3 or 下一页
    whose address is the page's own with a number (1207_2.html, 1207.html?page=2).

    >>> html = '<p>正文</p><a href="7_2.html">2</a> <a href="7_3.html">3</a> <a href="8.html">下一页</a>'
    >>> further_parts(Page("http://www.nhtp.org/news/7.html", html.encode()))
    ('http://www.nhtp.org/news/7_2.html', 'http://www.nhtp.org/news/7_3.html')
    """
    if not _may_go_on(page):
        return ()
    return _parts_in(parse(decode(page.body, page.content_type).text), page.url, hosts)


def _may_go_on(page: Page) -> bool:
    """Whether the page's bytes hold what an address of a further page has: the cheap question first, for few go on."""
    if _ASKED.search(page.body):
        return True
    match = _STEM.fullmatch(urlsplit(page.url).path.rpartition("/")[2])
    stem = match["stem"].encode(errors="replace") if match else b""
    return bool(stem) and any(stem + sign in page.body for sign in (b"_", b"-"))


def _parts_in(tree: HtmlElement, url: str, hosts: Sequence[str]) -> tuple[str, ...]:
    here = _numbered(url)
    found: dict[int, str] = {}
    for link in links_of(tree, url, hosts):
        there = _numbered(link.url)
        if there[0] == here[0] and there[1] > here[1] and _LABEL.fullmatch(fold(link.text)):
            found.setdefault(there[1], link.url)
    if len(found) > MOST_PARTS:
        return ()
    # Numbers that do not follow one another count something else.
    numbers = sorted(found)
    return tuple(found[number] for number in numbers) if numbers and numbers[0] - here[1] <= 2 else ()


def is_part(url: str) -> bool:
    """Whether an address is that of a second or later page.

    >>> is_part("http://a.example/news/7.html?page=2"), is_part("http://a.example/news/7.html")
    (True, False)
    """
    return _numbered(url)[1] > 1


def _numbered(url: str) -> tuple[tuple[str, str], int]:
    """An address without the number of its page, and that number; the first page often has none."""
    parts = urlsplit(url)
    pairs = parse_qsl(parts.query, keep_blank_values=True)
    asked = [
        int(value) for name, value in pairs if name.casefold() in _PAGE_WORDS and value.isdecimal() and len(value) < 4
    ]
    rest = str([(name, value) for name, value in pairs if name.casefold() not in _PAGE_WORDS])
    folder, _, name = parts.path.rpartition("/")
    match = _STEM.fullmatch(name)
    # A stem of letters alone (index_2.html) is a listing's.
    if match is None or not re.search(r"\d", match["stem"]):
        return (f"{parts.netloc}{parts.path}", rest), asked[0] if asked else 1
    if asked:
        return (f"{parts.netloc}{parts.path}", rest), asked[0]
    return (f"{parts.netloc}{folder}/{match['stem']}{match['kind'] or ''}", rest), int(match["number"] or 1)


def joined_parts(articles: Sequence[Article], missing: Sequence[tuple[int, str]] = ()) -> Article:
    """One article of the articles read from its pages, the first one first. What the first page says goes before what
    the others do; a name that stands only on the last page, as an editor's, is taken from there.

    ``missing`` are the pages that could not be had, each as how many pages stand before it and its address: the place
    is marked as damaged.

    >>> page = Article("nhtp", "news", "7", "http://www.nhtp.org/news/7.html", body="第一页。")
    >>> joined_parts([page], [(1, "http://www.nhtp.org/news/7_2.html")]).damaged["body"]
    (Damage(start=4, end=4, reason='a page of the article is missing: http://www.nhtp.org/news/7_2.html'),)
    """
    first = articles[0]
    names: dict[str, Any] = {
        name: next((value for article in articles if (value := getattr(article, name))), None) for name in _NAMES
    }
    body = _bodies(articles)
    marks = [_gap(body, _bodies(articles[:before]), url) for before, url in missing]
    return replace(
        first,
        body=body,
        damaged={"body": mark(Edited(body), marks).damaged} if marks else {},
        attachments=tuple(dict.fromkeys(item for article in articles for item in article.attachments)),
        images=tuple(dict.fromkeys(item for article in articles for item in article.images)),
        injections=tuple(found for article in articles for found in article.injections),
        **names,
    )


def _bodies(articles: Sequence[Article]) -> str:
    return "\n".join(article.body for article in articles if article.body)


def _gap(body: str, before: str, url: str) -> Damage:
    """The line end behind which a page is missing; at the end of the body there is none."""
    return Damage(len(before), min(len(before) + 1, len(body)), LACKS_PAGE + url)
