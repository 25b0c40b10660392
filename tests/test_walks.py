"""Walks along listings over real HTTP: what ends one, what it waits for, and whose it is."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from bench import postgres_server as postgres
from tests.conftest import on_server
from tests.raw import change
from tests.serving import FAST, End, Route, Site, article, command, crawl, ended, listing, page, redirect

PAGES = 5
SAME_HOUR = "UPDATE frontier SET due_at = '2020-01-01T00:00:00Z' WHERE kind = 'listing' AND due_at IS NOT NULL"
LAST_TRY = "UPDATE frontier SET tries = 7 WHERE kind = 'listing' AND tries > 0"
OPEN = "SELECT url, CAST(walk AS text) FROM frontier WHERE walk IS NOT NULL"
WALKED = "SELECT walked_at IS NOT NULL FROM frontier WHERE url LIKE '%/news/'"
ARTICLES = "SELECT count(*) FROM articles"
LOST = {
    "maintenance": page("<h1>系统维护中</h1><p>网站正在维护，请您稍后再来。</p>"),
    "challenge": page("<title>Just a moment...</title><p>Enable JavaScript and cookies to continue</p>"),
    "bare": page('<html><body><a href="/">首页</a><a href="/news/">新闻中心</a><p>版权所有</p></body></html>'),
    "empty": page(""),
    "elsewhere": redirect("/"),
}


def any_article(path: str) -> Route:
    return article(int(path.rpartition("/")[2].removesuffix(".html")))


def site_of(pages: int = PAGES, **more: Route) -> dict[str, Route | Any]:
    """Listing pages with two articles each; only the next page is named."""
    made: dict[str, Route | Any] = {"/robots.txt": (404, {}, b""), "*": any_article, "/": page("<h1>园区</h1>")}
    for number in range(1, pages + 1):
        following = f"list_{number + 1}.html" if number < pages else ""
        path = f"/news/list_{number}.html" if number > 1 else "/news/"
        made[path] = listing([number * 10, number * 10 + 1], following)
    return {**made, **more}


def told(end: End) -> dict[str, Any]:
    """What is left in the tables after a run."""
    rows = [(url.rpartition("/")[2], json.loads(walk)) for url, walk in end.rows(OPEN)]
    return {
        "code": end.code,
        "last": end.last,
        "open": {name: walk["first"].rpartition("/news/")[2] or "first" for name, walk in rows},
        "walked": end.rows(WALKED) == [(1,)],
        "articles": end.rows(ARTICLES)[0][0],
        "leased": end.rows("SELECT count(*) FROM frontier WHERE leased_by IS NOT NULL")[0][0],
    }


def lost(kind: str) -> Callable[[Path], list[dict[str, Any]]]:
    """The third page is lost on one night, and there on the next."""

    def nights(data: Path) -> list[dict[str, Any]]:
        with Site(site_of()) as site:
            good = site.routes["/news/list_3.html"]
            site.routes["/news/list_3.html"] = LOST[kind]
            seen = [told(crawl(data, site))]
            site.routes["/news/list_3.html"] = good
            change(data, "UPDATE frontier SET due_at = '2099-01-01T00:00:00Z' WHERE walk IS NOT NULL")
            seen.append(told(crawl(data, site)))  # too early
            change(data, SAME_HOUR)
            seen.append(told(crawl(data, site)))
            return seen

    return nights


def shrunk(data: Path) -> list[dict[str, Any]]:
    """The last page names one that shows nothing, night after night."""
    with Site({**site_of(3), "/news/list_4.html": LOST["bare"]}) as site:
        site.routes["/news/list_3.html"] = listing([30, 31], "list_4.html")
        seen = [told(crawl(data, site))]
        change(data, LAST_TRY)
        change(data, SAME_HOUR)
        return [*seen, told(crawl(data, site)), told(crawl(data, site, "-a", "full=1"))]


def paged(data: Path) -> list[dict[str, Any]]:
    """The last page shows nothing, but the way back to the pages before it."""
    back = page('<ul></ul><p>暂无</p><a href="list_2.html">上一页</a><a href="/news/">首页</a>')
    with Site({**site_of(2), "/news/list_3.html": back}) as site:
        site.routes["/news/list_2.html"] = listing([20, 21], "list_3.html")
        return [told(crawl(data, site)), told(crawl(data, site, "-a", "full=1"))]


def partial(data: Path) -> list[dict[str, Any]]:
    """A walk that was cut off, then runs that see a part only, then a night."""
    with Site(site_of()) as site:
        seen = [told(crawl(data, site, "-s", "ZSPARK_PAGES=3", "-s", "CONCURRENT_REQUESTS=1"))]
        for words in (("limit=1",), ("since=2019-02-01",), ("full=1", "limit=1"), ("full=1", "ids=10"), ()):
            seen.append(told(crawl(data, site, *(word for each in words for word in ("-a", each)))))
        return seen


def killed_in_part(data: Path) -> list[dict[str, Any]]:
    """A walk that was cut off; a run of a part that was cut off at the same page; then a night."""
    with Site(site_of()) as site:
        cut = ("-s", "ZSPARK_PAGES=3", "-s", "CONCURRENT_REQUESTS=1")
        seen = [told(crawl(data, site, *cut)), told(crawl(data, site, *cut, "-a", "since=2019-02-01"))]
        return [*seen, told(crawl(data, site))]


def moved(data: Path) -> list[dict[str, Any]]:
    """The listing leads to the home page: first without an article on it, then with one."""
    with Site(site_of(1)) as site:
        seen = [told(crawl(data, site))]
        site.routes["/news/"] = redirect("/")
        for home in (page("<h1>园区</h1><p>欢迎来到园区。</p>"), listing([10])):
            site.routes["/"] = home
            seen.append(told(crawl(data, site)))
        site.routes |= {"/news/": redirect("/news/index.html"), "/news/index.html": listing([10, 11])}
        seen.append(told(crawl(data, site)))
        site.routes["/news/"] = (404, {}, b"")
        return [*seen, told(crawl(data, site))]


def repeating(data: Path) -> list[dict[str, Any]]:
    """A listing whose next pages are all the same."""
    with Site({**site_of(1), "*": any_article}) as site:
        site.routes["/news/"] = listing([1, 2], "?page=2")
        site.routes |= {f"/news/?page={number}": listing([1, 2], f"?page={number + 1}") for number in range(2, 9)}
        return [told(crawl(data, site)), told(crawl(data, site))]


def beside(data: Path) -> list[dict[str, Any]]:
    """Two listings of one section: the first pages of the second show what the first shows."""
    park = "http://www.nhtp.org"

    def notices(numbers: list[int], following: str = "") -> Route:
        rows = "".join(f'<li><a href="/zcgg/{n}.html">园区通知{n}</a> 2019-02-19</li>' for n in numbers)
        return page(f'<ul>{rows}</ul><a href="{following}">下一页</a>' if following else f"<ul>{rows}</ul>")

    routes: dict[str, Route | Any] = {f"{park}/robots.txt": (404, {}, b""), f"{park}/": page(""), "*": any_article}
    for folder, pages in (("/zcgg/", [[1, 2], [3, 4], [5, 6]]), ("/tzzn/qnsq/", [[1, 2], [3, 4], [5, 6], [7, 8]])):
        for number, rows in enumerate(pages, start=1):
            path = f"{folder}list_{number}.html" if number > 1 else folder
            routes[f"{park}{path}"] = notices(rows, f"list_{number + 1}.html" if number < len(pages) else "")
    with Site(routes) as site:
        proxy = {"http_proxy": site.url, "HTTP_PROXY": site.url}
        end = ended(command(data, "crawl", "notices", *FAST, "-s", "CONCURRENT_REQUESTS=1", **proxy), data, site)
        return [told(end)]


def schemes(data: Path) -> list[dict[str, Any]]:
    """Redirects to what is no address of a server, of articles, a listing page and robots.txt."""
    with Site(site_of(2)) as site:
        targets = ("file:///etc/hostname", "data:text/html,<h1>x</h1>", "javascript:alert(1)", "FTP://127.0.0.1/x")
        site.routes["/news/"] = listing([1, 2, 3, 4], "list_2.html")
        site.routes |= {f"/news/{n}.html": redirect(target) for n, target in enumerate(targets, start=1)}
        end = crawl(data, site)
        seen = told(end)
        seen["states"] = end.rows("SELECT state, reason FROM frontier WHERE state != 'read' ORDER BY url")
        site.routes["/robots.txt"] = redirect("data:text/plain,User-agent: *")
        return [seen, told(crawl(data, site, "-a", "full=1"))]


CRAWLS: dict[str, Callable[[Path], list[dict[str, Any]]]] = {
    **{kind: lost(kind) for kind in LOST},
    **{one.__name__: one for one in (shrunk, paged, partial, killed_in_part, moved, repeating, beside, schemes)},
}
ON_SERVER = ("maintenance", "shrunk", "partial", "moved")
"""Those whose archive is on PostgreSQL."""
Nights = dict[str, "Future[list[dict[str, Any]]]"]


@pytest.fixture(scope="module")
def nights(tmp_path_factory: pytest.TempPathFactory, any_server: postgres.Server | None) -> Iterator[Nights]:
    """All at once: each spends most of its time in starting up."""
    folders = {name: tmp_path_factory.mktemp(name) for name in CRAWLS}
    with ExitStack() as held, ThreadPoolExecutor(3) as pool:
        for name in ON_SERVER:
            held.enter_context(on_server(any_server, folders[name]))
        yield {name: pool.submit(one, folders[name]) for name, one in CRAWLS.items()}


@pytest.mark.parametrize(
    ("kind", "said"),
    [
        ("maintenance", "the page says that the site is being worked on"),
        ("challenge", "the page is a challenge for readers"),
        ("bare", "it shows no article"),
        ("empty", "the page is empty"),
        ("elsewhere", "leads to another page: http"),
    ],
)
def test_a_page_that_is_no_listing_is_waited_for(nights: Nights, kind: str, said: str) -> None:
    first, early, later = nights[kind].result()
    assert (first["code"], first["articles"], first["walked"]) == (2, 4, False), first["last"]
    assert "1 listing page could not be read (last: http" in first["last"]
    assert said in first["last"]
    assert first["open"] == {"list_3.html": "first"}
    assert (early["articles"], early["open"]) == (4, first["open"]), "back-off holds"
    assert (later["code"], later["articles"], later["walked"], later["open"]) == (0, 2 * PAGES, True, {}), later["last"]


def test_an_empty_last_page_is_no_fault_for_ever(nights: Nights) -> None:
    first, last, full = nights["shrunk"].result()
    assert (first["code"], first["walked"], first["articles"]) == (2, False, 6), first["last"]
    assert (last["code"], last["walked"], last["open"]) == (0, True, {}), last["last"]
    assert (full["code"], full["articles"]) == (0, 6), full["last"]


def test_an_empty_page_that_leads_back_is_the_end(nights: Nights) -> None:
    for night in nights["paged"].result():
        assert (night["code"], night["walked"], night["open"]) == (0, True, {}), night["last"]


def test_a_run_of_a_part_leaves_the_walks_of_others_alone(nights: Nights) -> None:
    cut, *parts, whole = nights["partial"].result()
    assert len(cut["open"]) == 1, cut
    assert [night["open"] for night in parts] == [cut["open"]] * len(parts)
    assert parts[1]["articles"] == 2 * PAGES, "it sees behind the page at which that walk stands"
    assert (whole["code"], whole["articles"], whole["walked"], whole["open"]) == (0, 2 * PAGES, True, {}), whole["last"]
    assert {night["leased"] for night in (cut, *parts, whole)} == {0}


def test_a_run_of_a_part_that_is_cut_off_costs_nothing(nights: Nights) -> None:
    cut, part, whole = nights["killed_in_part"].result()
    assert (len(cut["open"]), len(part["open"]) > 0) == (1, True)
    assert (whole["code"], whole["articles"], whole["walked"], whole["open"]) == (0, 2 * PAGES, True, {}), whole["last"]


def test_a_listing_that_leads_elsewhere_is_lost(nights: Nights) -> None:
    before, bare, home, index, gone = nights["moved"].result()
    assert (before["code"], index["code"]) == (0, 0), index["last"]
    for night, said in (
        (bare, "no article any more on the listing http"),
        (home, "suspicious: the listing http"),
        (gone, "no article any more on the listing http"),
    ):
        assert (night["code"], said in night["last"]) in [(2, True), (1, False)], night["last"]
    assert (bare["code"], home["code"]) == (2, 2)


def test_a_listing_that_repeats_itself_was_seen_whole(nights: Nights) -> None:
    first, again = nights["repeating"].result()
    assert (first["code"], first["walked"], first["articles"]) == (0, True, 2)
    assert "from 3 listing pages" in first["last"]
    assert "from 2 listing pages" in again["last"]


def test_each_walk_counts_what_it_has_met_itself(nights: Nights) -> None:
    (night,) = nights["beside"].result()
    assert (night["code"], night["articles"]) == (0, 8), night["last"]


def test_what_leads_to_another_scheme_ends_off_site(nights: Nights) -> None:
    first, unknown = nights["schemes"].result()
    assert [state for state, _ in first["states"]] == ["off-site"] * 4, first["states"]
    assert all("only http and https are fetched" in reason for _, reason in first["states"])
    assert first["articles"] == 2
    assert (unknown["code"], "/robots.txt could not be had" in unknown["last"]) == (1, True), "nor are its rules"
