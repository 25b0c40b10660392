"""What can go wrong in a crawl, and what it then says: many crawls in one process and one reactor."""

from __future__ import annotations

import json
import subprocess
import sys
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from tests.raw import change
from tests.serving import ORDINARY, ROOT, End, Route, Site, article, crawl, ended, listing, page, redirect

DRIVER = """
import asyncio, json, sys
from scrapy.crawler import AsyncCrawlerProcess, Crawler
from scrapy.settings import Settings
import zsparkcrawl.spiders.articles as articles
import zsparkcrawl.spiders.park as park
from zsparkcrawl.archive import Archive, ArchiveError
from zsparkcrawl.extensions import end_of
from zsparkcrawl.spiders.news import NewsSpider

store, extract, start = Archive.store, articles.extract, park.ParkSpider.start

def broken_store(self, article, **rest):
    if article.native_id == "666":
        raise ArchiveError("database x: disk full")
    return store(self, article, **rest)

def raising_extract(page, site):
    if page.url.endswith("/667.html"):
        raise RuntimeError("boom")
    return extract(page, site)

async def raising_start(self):
    if self.plan.limit == 668:
        raise RuntimeError("boom")
    async for request in start(self):
        yield request

Archive.store, articles.extract, park.ParkSpider.start = broken_store, raising_extract, raising_start

def settings(extra):
    made = Settings()
    made.setmodule("zsparkcrawl.settings", priority="project")
    made.setdict({"ZSPARK_KEEP": True, "LOG_LEVEL": "CRITICAL", **extra}, priority="cmdline")
    return made

process = AsyncCrawlerProcess(settings({}))
ends = {}

def begin(name, jobs):
    extra, arguments = jobs.pop(0)
    crawler = Crawler(NewsSpider, settings(extra))
    def done(task):
        end = end_of(crawler, task)
        ends.setdefault(name, []).append([end.exit_code, end.line(name)])
        if jobs:
            begin(name, jobs)
    process.crawl(crawler, **arguments).add_done_callback(done)

for name, jobs in json.loads(sys.argv[1]).items():
    begin(name, jobs)
process.start()
print(json.dumps(ends))
"""

Job = tuple[dict[str, str], dict[str, str]]


def served(kind: Any) -> dict[str, Route | Any]:
    """A site whose listing has no end: ``kind`` makes the page of each number."""

    def route(path: str) -> Route:
        if "html" in path:
            return article(int(path[6:-5]))
        number = int(path.partition("page=")[2] or 1)
        return listing(kind(number), f"/news/?page={number + 1}")

    return {"/robots.txt": (404, {}, b""), "*": route}


def ordinary(*numbers: int) -> dict[str, Route | Any]:
    return {**ORDINARY, "/news/": listing(list(numbers)), **{f"/news/{n}.html": article(n) for n in numbers}}


def walk(pages: int) -> dict[str, Route | Any]:
    """A site of that many listing pages with two articles each."""
    routes: dict[str, Route | Any] = {
        f"/news/list_{n}.html": listing([n * 10, n * 10 + 1], f"list_{n + 1}.html" if n < pages else "")
        for n in range(2, pages + 1)
    }
    routes["/news/"] = listing([1, 2], "list_2.html")
    routes["/robots.txt"] = (404, {}, b"")
    routes["*"] = lambda path: article(int(path.rpartition("/")[2].removesuffix(".html")))
    return routes


def turning(*states: dict[str, Route | Any]) -> dict[str, Route | Any]:
    """A site that is another one each time its listing is asked for."""
    left = list(states)

    def route(path: str) -> Route:
        if path == "/news/" and len(left) > 1:
            left.pop(0)
        return left[0].get(path) or (404, {}, b"")

    return {"*": route}


def undated(number: int) -> Route:
    return page(
        f"<html><body><div><h1>园区新闻{number}</h1><p>健康基地召开会议，部署新一年的工作。</p></div></body></html>"
    )


CHALLENGE = page(
    "<html><head><title>Just a moment...</title></head><body><noscript>Enable JavaScript and cookies to continue"
    '</noscript><script src="/cdn-cgi/challenge-platform/h/b/orchestrate/chl_page/v1"></script></body></html>'
)


TOGETHER: dict[str, tuple[dict[str, Route | Any], list[Job]]] = {
    "failing": (
        {"/robots.txt": (404, {}, b""), "/news/": listing([1, 2, 3]), "*": (500, {}, b"broken")},
        [({}, {})],
    ),
    "storm": (
        {"/robots.txt": (404, {}, b""), "/news/": listing(range(1, 200)), "*": (503, {}, b"")},
        [({}, {})],
    ),
    "raising": (ordinary(1, 667, 3), [({}, {})]),
    "no start": (ORDINARY, [({}, {"limit": "668"})]),
    "broken archive": (ordinary(1, 666, 3), [({"CONCURRENT_REQUESTS": "1"}, {})]),
    "walk": (walk(8), [({}, {"limit": "3"}), ({}, {}), ({}, {}), ({}, {"since": "2019-02-20", "limit": "3"})]),
    "same for ever": (served(lambda _: [1, 2]), [({}, {"full": "1"})]),
    "new for ever": (served(lambda number: [number * 2, number * 2 + 1]), [({"ZSPARK_LISTING_PAGES": "5"}, {})]),
    "forbidden": ({**ORDINARY, "/robots.txt": (200, {}, b"User-agent: zsparkcrawl\nDisallow: /")}, [({}, {})]),
    "unknown rules": ({**ORDINARY, "/robots.txt": redirect("http://127.0.0.2:1/robots.txt")}, [({}, {})]),
    "failing rules": ({**ORDINARY, "/robots.txt": (503, {}, b"")}, [({}, {})]),
    "challenged": ({**ordinary(1, 2, 3), "/news/2.html": CHALLENGE}, [({}, {})]),
    "emptied": (turning({}, ordinary(1, 2), {"/news/": page("<p>建设中</p>")}), [({}, {}), ({}, {})]),
    "turned": (
        turning(
            {},
            ordinary(*range(1, 31)),
            {**ordinary(*range(1, 31)), **{f"/news/{n}.html": undated(n) for n in range(1, 31)}},
        ),
        [({}, {}), ({}, {"full": "1"})],
    ),
    "many": (
        ordinary(*range(1, 41)),
        [
            ({"ZSPARK_PAGES": "12", "CONCURRENT_REQUESTS": "2"}, {}),
            ({}, {}),
            ({"ZSPARK_HOURS": "0"}, {"full": "1"}),
            ({"ZSPARK_PAGES": "many"}, {}),
        ],
    ),
    "nothing": ({"/robots.txt": (404, {}, b""), "/news/": page("<p>建设中</p>")}, [({}, {})]),
}


@pytest.fixture(scope="module")
def end(tmp_path_factory: pytest.TempPathFactory) -> End:
    """The crawls, each with a site and a data folder of its own, and how they ended."""
    data = tmp_path_factory.mktemp("crawls")
    with ExitStack() as stack:
        sites, jobs = {}, {}
        for name, (routes, wanted) in TOGETHER.items():
            site = sites[name] = stack.enter_context(Site(dict(routes)))
            own = {
                "ZSPARK_DATA": str(data / name),
                "DOWNLOAD_DELAY": "0",
                "AUTOTHROTTLE_ENABLED": "0",
                "ZSPARK_PATIENCE": "0",
            }
            start = {"start_url": f"{site.url}/news/"}
            jobs[name] = [({**own, **extra}, {**start, **arguments}) for extra, arguments in wanted]
        process = subprocess.Popen(
            [sys.executable, "-c", DRIVER, json.dumps(jobs)],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        end = ended(process, data)
        assert end.code == 0, end.err
        end.left = {"ends": json.loads(end.out), "asked": {name: site.asked for name, site in sites.items()}}
        return end


def test_a_known_listing_is_not_walked_to_its_end(end: End) -> None:
    limited, rest, again, later = [line for _, line in end.left["ends"]["walk"]]
    assert "3 articles (3 new" in limited
    assert "13 articles (13 new, 0 changed, 0 unchanged) from 8 listing pages" in rest, "the first saw not all"
    assert "0 articles (0 new, 0 changed, 0 unchanged) from 2 listing pages" in again
    assert "0 articles (0 new, 0 changed, 0 unchanged) from 2 listing pages" in later


@pytest.mark.parametrize(
    ("name", "code", "said"),
    [
        ("failing", 1, "failed: none of 3 articles could be read: "),
        ("storm", 1, "failed: 20 failures in a row, the last: http"),
        ("raising", 1, "failed: 1 page met an error of the program (RuntimeError): see the log; 2 articles (2 new"),
        ("no start", 1, "failed: the spider could not start (RuntimeError): see the log"),
        ("broken archive", 1, "failed: database x: disk full"),
        ("forbidden", 1, "Forbidden by robots.txt"),
        ("unknown rules", 1, "/robots.txt could not be had (RefusedError: "),
        ("failing rules", 1, "/robots.txt could not be had (HTTP status 503)"),
        ("nothing", 2, "suspicious: no article is linked on 1 listing page"),
        ("same for ever", 0, "good: all read; 2 articles (2 new, 0 changed, 0 unchanged) from 3 listing pages"),
        ("new for ever", 2, "suspicious: stopped at the bound on listing pages (ZSPARK_LISTING_PAGES); 10 articles"),
    ],
)
def test_every_end_has_its_word(end: End, name: str, code: int, said: str) -> None:
    ((got, line),) = end.left["ends"][name]
    assert (got, said in line) == (code, True), line
    state = End(0, "", "", end.data / name).rows("SELECT state FROM runs")
    assert state == [({0: "good", 1: "failed", 2: "suspicious"}[code],)]


@pytest.mark.parametrize(
    ("name", "said"),
    [
        (
            "challenged",
            "suspicious: 1 page of a challenge came instead of an article, 1 page held no article (1 challenge) (last: http",
        ),
        ("emptied", "suspicious: no article is linked on 1 listing page, no article any more on the listing http"),
        ("turned", "of 30 articles have a date, 30 of 30 used to; 30 articles"),
    ],
)
def test_what_is_unlike_the_nights_before_is_suspicious(end: End, name: str, said: str) -> None:
    *before, (code, line) = end.left["ends"][name]
    assert [code for code, _ in before] == [0] * len(before)
    assert (code, said in line) == (2, True), line


def test_a_run_is_bounded_and_the_next_goes_on(end: End) -> None:
    (code, bounded), (rest, line), (late, last), wrong = end.left["ends"]["many"]
    assert (code, "suspicious: stopped at the bound of 12 pages (ZSPARK_PAGES), the next run goes on; " in bounded) == (
        2,
        True,
    )
    assert (rest, "good: all read; " in line) == (0, True)
    assert (late, "the bound of 0 hours (ZSPARK_HOURS)" in last) == (2, True), last
    assert wrong == [1, "many: failed: ZSPARK_PAGES is 'many', which is no number"]
    data = End(0, "", "", end.data / "many")
    assert data.rows("SELECT count(*) FROM articles") == [(40,)]
    assert data.rows("SELECT count(*) FROM captures WHERE run_id = 1") < [(18,)]
    assert data.rows("SELECT count(*) FROM captures WHERE run_id <= 2 AND url LIKE '%.html'") == [(40,)], "each once"


def test_a_site_in_trouble_is_left_alone(end: End) -> None:
    assert len(end.left["asked"]["storm"]) < 60


def test_failures_lose_nothing(end: End) -> None:
    numbers = "SELECT native_id FROM articles ORDER BY 1"
    assert End(0, "", "", end.data / "raising").rows(numbers) == [("1",), ("3",)]
    assert End(0, "", "", end.data / "broken archive").rows("SELECT count(*) FROM captures")[0][0] >= 3
    for data in (end.data / "raising", end.data / "failing"):
        files = list((data / "captures").iterdir())
        assert files, "there are captures"
        assert {path.suffix for path in files} == {".gz"}, "and they are whole"


def test_what_robots_txt_leaves_open_is_not_asked_for(end: End) -> None:
    asked = end.left["asked"]
    assert {path for name in ("forbidden", "unknown rules", "failing rules") for path in asked[name]} == {"/robots.txt"}


def test_a_night_on_which_all_wait_for_a_long_retry_after_says_so(tmp_path: Path) -> None:
    busy = (503, {"Retry-After": "864000"}, b"busy")
    with Site({**ORDINARY, **{f"/news/{number}.html": busy for number in range(1, 4)}}) as site:
        assert crawl(tmp_path, site).code == 1
        end = crawl(tmp_path, site)
        assert end.code == 2
        assert "suspicious: no article could be asked for, 3 of 3 wait, until 20" in end.last
        assert sum(path.startswith("/news/1") for path in site.asked) == 1
        site.routes.update(ORDINARY)
        change(tmp_path, "UPDATE frontier SET due_at = '2020-01-01T00:00:00Z' WHERE kind = 'article'")
        assert crawl(tmp_path, site).code == 0
        assert crawl(tmp_path, site).code == 0, "that nothing is due is no fault"
