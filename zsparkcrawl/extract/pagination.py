"""Where a listing goes on: by the label of a link, by numbers that stand together, by the pattern of its
address."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from urllib.parse import parse_qsl, urlencode, urlsplit

from zsparkcrawl.chinese.script import fold

__all__ = ["PageLink", "is_same_listing", "leads_back", "next_pages", "page_of"]

_NEXT = frozenset(["下一页", "下页", "后一页", "后页", "下一", "next", "nextpage", "next_page"])
_PREVIOUS = frozenset(["上一页", "上页", "前一页", "前页", "首页", "第一页", "prev", "previous", "first", "返回", "1"])
_BACK = frozenset(["上一页", "上页", "前一页", "前页", "prev", "previous"])
_ARROWS = re.compile(r"[>»›→]{1,2}")
_NUMBER = re.compile(r"第?(\d{1,4})页?")
_PARAMETERS = frozenset(
    ["page", "p", "pg", "pn", "pageno", "pageindex", "page_no", "pagenum", "curpage", "currentpage", "cpage",
     "paged", "offset", "start", "pageid"]
)  # fmt: skip
_FILE = re.compile(
    r"(?P<stem>(?:index|list|lists|page|p|pg|default|more|news|articles?|[a-z]*list)?)[-_]?(?P<number>\d{1,4})?"
    r"(?P<kind>\.(?:s?html?|php|aspx?|jsp|do))?",
    re.IGNORECASE,
)
_DIRECTORY = re.compile(r"/(?:(?:page|p|pg)/)?(\d{1,4})/$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class PageLink:
    """A link as a candidate for the next page: ``group`` is the same for links that stand together,
    ``article`` the number of the article when its address looks like one."""

    url: str
    label: str
    group: object
    article: str | None = None


def next_pages(url: str, links: Sequence[PageLink]) -> tuple[str, ...]:
    """Where the listing at ``url`` goes on, each address once: pages called "next" first, then by page
    number.

    >>> next_pages("http://a.cn/news/", [PageLink("http://a.cn/news/list_2.html", "下一頁(yè)", 1)])
    ('http://a.cn/news/list_2.html',)
    """
    named = [link.url for link in links if _is_next(link, url)]
    grouped = [link for group in _numbered(links) for link in group if _stands_near(link.url, url)]
    alike = [link for link in links if not link.article and _same_listing(link.url, url)]
    numbers = {link.url: _page_number(link) for link in (*grouped, *alike)}
    ordered = sorted(numbers, key=lambda address: numbers[address])
    unwanted = {link.url for link in links if _bare(link.label) in _PREVIOUS and link.url not in named}
    here = page_of(url)
    return tuple(
        address
        for address in dict.fromkeys([*named, *ordered])
        if address not in unwanted and address != url and (here is None or page_of(address) != here)
    )


def leads_back(url: str, links: Iterable[PageLink]) -> bool:
    """Whether links lead from a page of a listing to the pages before it, by a label of the listing's own: then the
    site itself calls this a page of it, though it may show nothing.

    >>> leads_back("http://a.cn/news/list_3.html", [PageLink("http://a.cn/news/list_2.html", "上一页", 1)])
    True
    >>> leads_back("http://a.cn/news/list_3.html", [PageLink("http://a.cn/news/", "新闻中心", 1)])
    False
    """
    here = page_of(url)
    for link in links:
        there = page_of(link.url)
        if here is None or there is None or there[0] != here[0] or there[1] >= here[1]:
            continue
        if _bare(link.label) in _BACK or _number(link) == there[1]:
            return True
    return False


def is_same_listing(asked: str, came: str) -> bool:
    """Whether the address that an answer came from is of the listing that was asked for: any page of it, by any scheme
    or host, with or without index.html.

    >>> is_same_listing("http://a.cn/news", "https://www.a.cn/news/"), is_same_listing("http://a.cn/news/", "http://a.cn/")
    (True, False)
    """
    one, other = (urlsplit(url) for url in (asked, came))
    wanted, given = (set(parse_qsl(parts.query, keep_blank_values=True)) for parts in (one, other))
    if one.path.rstrip("/") == other.path.rstrip("/") and wanted <= given:
        return True
    if _is_home(other.path) and not _is_home(one.path):
        return False
    pages = (page_of(parts._replace(scheme="", netloc="").geturl()) for parts in (one, other))
    bases = [page[0] if page else None for page in pages]
    return bases[0] is not None and bases[0] == bases[1]


def _is_home(path: str) -> bool:
    return re.fullmatch(r"/?(?:(?:index|default)\.\w+)?", path, re.IGNORECASE) is not None


def page_of(url: str) -> tuple[str, int] | None:
    """The listing an address belongs to, and which page of it; None when no page number can stand there.

    >>> page_of("http://a.cn/news/"), page_of("http://a.cn/news/list_2.html")
    (('http://a.cn/news/', 1), ('http://a.cn/news/', 2))
    >>> page_of("http://a.cn/list.asp?cid=3&page=4"), page_of("http://a.cn/news/about.html")
    (('http://a.cn/list.asp?cid=3', 4), None)
    """
    parts = urlsplit(url)
    pairs = parse_qsl(parts.query, keep_blank_values=True)
    rest = [(name, value) for name, value in pairs if name.casefold() not in _PARAMETERS or not value.isdecimal()]
    asked = [int(value) for name, value in pairs if (name, value) not in rest]
    query = f"?{urlencode(rest)}" if rest else ""
    if asked:
        return f"{parts.scheme}://{parts.netloc}{_stem(parts.path)}{query}", asked[0]
    if found := _DIRECTORY.search(parts.path):
        return f"{parts.scheme}://{parts.netloc}{parts.path[: found.start()]}/{query}", int(found[1])
    folder, _, name = parts.path.rpartition("/")
    match = _FILE.fullmatch(name)
    if match is None:
        return None
    base = f"{parts.scheme}://{parts.netloc}{folder}/{query}"
    return base, int(match["number"]) if match["number"] else 1


def _stem(path: str) -> str:
    """A path whose page is told by the query: /news/index.php and /news/ are one listing."""
    folder, _, name = path.rpartition("/")
    return f"{folder}/" if re.fullmatch(r"(?:index|default)(?:\.\w+)?", name, re.IGNORECASE) else path


def _is_next(link: PageLink, url: str) -> bool:
    label = fold(link.label)
    word = _bare(label)
    if word in _NEXT:
        return True
    if word or link.article:
        return False
    # An arrow alone also turns picture shows: it counts only on an address that can be a page of this
    # listing.
    return bool(_ARROWS.fullmatch(label.strip("[]()【】 "))) and _stands_near(link.url, url)


def _bare(label: str) -> str:
    return fold(label).strip("[]()【】<>«»‹›→← .…|")


def _number(link: PageLink) -> int | None:
    match = _NUMBER.fullmatch(_bare(link.label))
    return int(match[1]) if match else None


def _page_number(link: PageLink) -> int:
    page = page_of(link.url)
    return _number(link) or (page[1] if page else 0)


def _numbered(links: Iterable[PageLink]) -> list[list[PageLink]]:
    """Links that stand together, are called 2, 3, 4 …, and whose addresses differ in nothing but a number
    that rises with the label."""
    groups: dict[tuple[object, str], list[tuple[int, int, PageLink]]] = defaultdict(list)
    for link in links:
        called = _number(link)
        if called is not None:
            for mask, number in _masks(link.url):
                groups[link.group, mask].append((called, number, link))
    return [[link for _, _, link in members] for members in groups.values() if _rises(members)]


def _rises(members: Sequence[tuple[int, int, PageLink]]) -> bool:
    steps = sorted({(called, number) for called, number, _ in members})
    # One number alone is enough when it is the address's own: the second page of two.
    if len(steps) == 1:
        called, number = steps[0]
        return called == number and members[0][2].article is None and page_of(members[0][2].url) is not None
    follows = any(b[0] - a[0] == 1 for a, b in pairwise(steps))
    slopes = {(b[1] - a[1]) / (b[0] - a[0]) for a, b in pairwise(steps) if b[0] != a[0]}
    return follows and len(slopes) == 1 and min(slopes) > 0


def _masks(url: str) -> list[tuple[str, int]]:
    """The address with each of its numbers in turn left out, and that number."""
    begin = len(url) - len(url.partition("://")[2].partition("/")[2])
    found = re.compile(r"\d+").finditer(url, begin)
    return [(f"{url[: m.start()]}#{url[m.end() :]}", int(m[0])) for m in found]


def _same_listing(address: str, url: str) -> bool:
    there, here = page_of(address), page_of(url)
    return there is not None and here is not None and there[0] == here[0] and there[1] != here[1]


def _stands_near(address: str, url: str) -> bool:
    """Whether one of the two folders holds the other, so that a calendar elsewhere on the site is no
    pagination."""
    there, here = (urlsplit(each).path.rpartition("/")[0] + "/" for each in (address, url))
    return there.startswith(here) or here.startswith(there)
