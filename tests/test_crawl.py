"""Whole crawls over real HTTP on loopback, each in a process of its own, as an operator starts them."""

from __future__ import annotations

import csv
import json
import os
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[1]
FAST = ("-s", "DOWNLOAD_DELAY=0", "-s", "AUTOTHROTTLE_ENABLED=0", "-s", "DOWNLOAD_TIMEOUT=10")

Route = tuple[int, Mapping[str, str], bytes]


def page(html: str, **headers: str) -> Route:
    return 200, {"Content-Type": "text/html; charset=utf-8", **headers}, html.encode()


def article(number: int, day: str = "2019-02-19", text: str = "健康基地召开会议，部署新一年的工作。") -> Route:
    return page(
        f"<html><head><title>园区新闻{number}</title></head><body><div><h1>园区新闻{number}</h1>"
        f"<p>作者：  来源：中山日报  发布时间：{day}</p><div><p>{text}</p><p>第二段,有\"引号\"。</p></div></div></body></html>"
    )


def listing(numbers: range | list[int], following: str = "", day: str = "2019-02-19", extra: str = "") -> Route:
    rows = "".join(f'<li><a href="/news/{n}.html">园区新闻{n}</a><span>{day}</span></li>' for n in numbers)
    more = f'<a href="{following}">下一頁(yè)</a>' if following else ""
    return page(f"<html><body><ul>{rows}</ul>{more}{extra}</body></html>")


def redirect(target: str) -> Route:
    return 302, {"Location": target}, b""


@dataclass
class Site:
    """A small site: routes by path (with the query), everything asked for is remembered."""

    routes: dict[str, Route | Any]
    host: str = "127.0.0.1"
    asked: list[str] = field(default_factory=list)
    agents: set[str] = field(default_factory=set)

    def __enter__(self) -> Site:
        site = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:  # noqa: N802 - the name that http.server calls
                site.asked.append(self.path)
                site.agents.add(self.headers["User-Agent"])
                route = site.routes.get(self.path) or site.routes.get("*") or (404, {}, b"nothing here")
                status, headers, body = route(self.path) if callable(route) else route
                self.send_response(status)
                for name, value in {"Content-Length": str(len(body)), **headers}.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(body)
                self.close_connection = True

            def log_message(self, *_: object) -> None:
                pass

        self.server = ThreadingHTTPServer((self.host, 0), Handler)
        self.thread = threading.Thread(target=self.server.serve_forever, args=(0.02,), daemon=True)
        self.thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()

    @property
    def url(self) -> str:
        return f"http://{self.host}:{self.server.server_address[1]}"


@dataclass
class End:
    """How a command ended, and what it left."""

    code: int
    out: str
    err: str
    data: Path
    site: Site | None = None
    more: list[End] = field(default_factory=list)
    left: dict[str, Any] = field(default_factory=dict)

    @property
    def last(self) -> str:
        return self.err.strip().splitlines()[-1]

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        connection = sqlite3.connect(f"file:{self.data / 'zspark.sqlite'}?mode=ro", uri=True)
        try:
            return connection.execute(query).fetchall()
        finally:
            connection.close()


def command(data: Path, *words: str, code: str = "", **environ: str) -> subprocess.Popen[str]:
    begin = f"{code}\nimport sys; from scrapy.cmdline import execute; execute(['scrapy', *sys.argv[1:]])"
    clean = {k: v for k, v in os.environ.items() if not k.startswith("ZSPARK") and not k.lower().endswith("_proxy")}
    return subprocess.Popen(
        [sys.executable, "-c", begin, *words],
        cwd=ROOT,
        env={**clean, "ZSPARK_DATA": str(data), "PYTHONUTF8": "1", **environ},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def ended(process: subprocess.Popen[str], data: Path, site: Site | None = None) -> End:
    out, err = process.communicate(timeout=60)
    return End(process.returncode, out, err, data, site)


def crawl(data: Path, site: Site, *words: str, code: str = "", **environ: str) -> End:
    start = f"start_url={site.url}/news/"
    return ended(command(data, "crawl", "news", "-a", start, *FAST, *words, code=code, **environ), data, site)


# -- the crawls -----------------------------------------------------------------------------------------


def whole(data: Path) -> End:
    """A site with everything on it, crawled, crawled again, and crawled after a change."""
    with Site({"*": page("secret")}, host="127.0.0.2") as inside:
        home = "http://{}/news/16.html"
        spam = '<a href="http://spam.example/news/99.html">x</a><a href="javascript:x()">下一页</a>'
        routes: dict[str, Route | Any] = {
            "/robots.txt": (200, {}, b"User-agent: *\nDisallow: /news/3.html\n"),
            "/news/": listing([1, 2, 3, 4], "list_2.html", extra=spam),
            "/news/list_2.html": listing([5, 6, 7, 8], "list_3.html"),
            "/news/list_3.html": listing([9, 10, 11, 12], "list_4.html"),
            "/news/list_4.html": listing([13, 14], "list_4.html"),
            **{f"/news/{n}.html": article(n) for n in range(1, 15)},
            "/news/2.html": (404, {}, b"gone"),
            "/news/4.html": page("<html><body></body></html>"),
            "/news/5.html": redirect(f"{inside.url}/news/5.html"),
            "/news/6.html": redirect("file:///etc/hostname"),
            "/news/7.html": (*article(7)[:1], {"Content-Length": "100000"}, article(7)[2]),
            "/news/8.html": redirect("/news/"),
            "/news/9.html": redirect("/news/9.html?v=2"),
            "/news/9.html?v=2": article(9),
        }
        with Site(routes) as site:
            feeds = [word for kind in ("csv", "json", "jsonl") for word in ("-O", str(data / f"out.{kind}"))]
            end = crawl(data, site, *feeds, ZSPARK_CONTACT="mailto:park@example.org")
            end.left = {"asked": list(site.asked), "rows": _contents(end), "home": home}
            end.more.append(crawl(data, site, "-a", "full=1"))
            end.left["again"] = _contents(end)
            routes["/news/10.html"] = article(10, text="会议改期。")
            end.more.append(crawl(data, site, "-a", "full=1", "-a", "since=2019-02-19", "-a", "until=2019-02-19"))
            end.more.append(crawl(data, site, "-a", "since=2019-02-20", "-a", "limit=3"))
            end.left["inside"] = list(inside.asked)
            return end


def _contents(end: End) -> list[tuple[Any, ...]]:
    articles = end.rows("SELECT id, native_id, url, title, date, author, source, body, version FROM articles")
    return [*articles, *end.rows("SELECT count(*) FROM versions"), *end.rows("SELECT count(*) FROM edits")]


def incremental(data: Path) -> End:
    """Forty listing pages; the second crawl needs two of them."""
    routes: dict[str, Route | Any] = {
        f"/news/list_{n}.html": listing([n * 10, n * 10 + 1], f"list_{n + 1}.html" if n < 8 else "") for n in range(2, 9)
    }
    routes["/news/"] = listing([1, 2], "list_2.html")
    routes["*"] = lambda path: article(int(path.rpartition("/")[2].removesuffix(".html") or 0))
    routes["/robots.txt"] = (404, {}, b"")
    with Site(routes) as site:
        limited = crawl(data, site, "-a", "limit=3")
        end = crawl(data, site)
        before = len(site.asked)
        end.more = [limited, crawl(data, site)]
        end.left["again"] = site.asked[before:]
        return end


def refused(data: Path) -> End:
    with Site({}) as site:
        url = site.url
    return ended(command(data, "crawl", "news", "-a", f"start_url={url}/news/", *FAST), data)


def failing(data: Path) -> End:
    routes = {"/robots.txt": (404, {}, b""), "/news/": listing([1, 2, 3]), "*": (500, {}, b"broken")}
    with Site(routes) as site:
        return crawl(data, site, "-s", "RETRY_TIMES=1")


ORDINARY: dict[str, Route | Any] = {
    "/robots.txt": (404, {}, b""),
    "/news/": listing([1, 2, 3]),
    **{f"/news/{n}.html": article(n) for n in range(1, 4)},
}


def raising(data: Path) -> End:
    code = """
import zsparkcrawl.spiders.park as park
read = park.extract
def extract(page, site):
    if page.url.endswith("/2.html"):
        raise RuntimeError("boom")
    return read(page, site)
park.extract = extract
"""
    with Site(ORDINARY) as site:
        return crawl(data, site, code=code)


def no_start(data: Path) -> End:
    code = """
from zsparkcrawl.spiders.park import ParkSpider
async def start(self):
    raise RuntimeError("boom")
    yield
ParkSpider.start = start
"""
    with Site(ORDINARY) as site:
        return crawl(data, site, code=code)


def full_disk(data: Path) -> End:
    with Site(ORDINARY) as site:
        return crawl(data, site, "-O", "/dev/full:csv")


def broken_archive(data: Path) -> End:
    code = """
from zsparkcrawl.archive import Archive, ArchiveError
store = Archive.store
def failing(self, article, **rest):
    if article.native_id == "3":
        raise ArchiveError("database x: disk full")
    return store(self, article, **rest)
Archive.store = failing
"""
    with Site(ORDINARY) as site:
        return crawl(data, site, "-s", "CONCURRENT_REQUESTS=1", code=code)


def stopped(data: Path) -> End:
    """SIGTERM in the middle, a second crawl beside it, and one after it."""

    def slow(path: str) -> Route:
        number = int(path.rpartition("/")[2].removesuffix(".html"))
        time.sleep(0.3 if number > 3 else 0)
        return article(number)

    with Site({"/robots.txt": (404, {}, b""), "/news/": listing(range(1, 200)), "*": slow}) as site:
        process = command(data, "crawl", "news", "-a", f"start_url={site.url}/news/", *FAST)
        while len(site.asked) < 6 and process.poll() is None:
            time.sleep(0.05)
        beside = crawl(data, site)
        process.send_signal(signal.SIGTERM)
        end = ended(process, data, site)
        end.left["stored"] = end.rows("SELECT count(*) FROM articles")[0][0]
        end.more = [beside, crawl(data, site, "-a", "limit=1")]
        return end


def trapped(data: Path) -> End:
    """A listing without an end: the same articles for ever, and new ones for ever."""

    def same(path: str) -> Route:
        number = int(path.partition("page=")[2] or 1)
        return listing([1, 2], f"/news/?page={number + 1}")

    def fresh(path: str) -> Route:
        number = int(path.partition("page=")[2] or 1)
        return listing([number * 2, number * 2 + 1], f"/news/?page={number + 1}")

    def served(kind: Any) -> Any:
        return lambda path: kind(path) if "html" not in path else article(int(path[6:-5]))

    with Site({"/robots.txt": (404, {}, b""), "*": served(same)}) as site:
        end = crawl(data / "same", site, "-a", "full=1")
        end.left["pages"] = [path for path in site.asked if "html" not in path]
    with Site({"/robots.txt": (404, {}, b""), "*": served(fresh)}) as site:
        end.more = [crawl(data / "fresh", site, "-s", "ZSPARK_LISTING_PAGES=5")]
    return end


def robots(data: Path) -> End:
    """All forbidden; unknown because it leads elsewhere; a listing that shows nothing."""
    with Site({**ORDINARY, "/robots.txt": (200, {}, b"User-agent: zsparkcrawl\nDisallow: /")}) as site:
        end = crawl(data / "1", site)
    with Site({**ORDINARY, "/robots.txt": redirect("http://127.0.0.2:1/robots.txt")}) as site:
        end.more = [crawl(data / "2", site)]
    with Site({"/robots.txt": (404, {}, b""), "/news/": page("<p>建设中</p>")}) as site:
        end.more.append(crawl(data / "3", site))
    return end


def looking(data: Path) -> End:
    """shell, parse and fetch leave nothing behind."""
    with Site(ORDINARY) as site:
        quiet = ("--nolog", "-s", "DOWNLOAD_DELAY=0", "-s", "AUTOTHROTTLE_ENABLED=0")
        url = f"{site.url}/news/1.html"
        parse = ended(command(data, "parse", "--nocolour", "--spider=news", "-c", "parse_article", url, *quiet), data)
        parse.more = [
            ended(command(data, "parse", "--nocolour", f"{site.url}/news/", "--spider=news", *quiet), data),
            ended(command(data, "shell", url, "-c", "response.css('h1::text').get()", *quiet), data),
            ended(command(data, "fetch", url, *quiet), data),
        ]
        return parse


def nightly(data: Path) -> End:
    """`zsparkcrawl crawl` on the profile's own addresses, through a proxy that plays the site."""
    park = "http://www.nhtp.org"
    routes: dict[str, Route | Any] = {
        f"{park}/robots.txt": (404, {}, b""),
        f"{park}/": page('<a href="/xw/">新聞(wén)中心</a><a href="/about/">关于</a><a href="/zcgg/">政策公告</a>'),
        f"{park}/xw/": listing([5]),
        f"{park}/zcgg/": page('<li><a href="/zcgg/7.html">招租公告</a></li>'),
        f"{park}/zcgg/7.html": article(7),
        f"{park}/news/5.html": article(5),
    }
    code = "import sys; from zsparkcrawl.cli import main; main(sys.argv[1:])"
    with Site(routes) as site:
        proxy = {"http_proxy": site.url, "HTTP_PROXY": site.url}
        return ended(command(data, "crawl", *FAST[:4], code=code, **proxy), data, site)


CRAWLS = (
    stopped, whole, incremental, failing, refused, raising, no_start, full_disk, broken_archive, trapped, robots,
    looking, nightly,
)  # fmt: skip


@pytest.fixture(scope="module")
def crawls(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Future[End]]]:
    """All crawls at once: each spends most of its time in starting up."""
    with ThreadPoolExecutor(4) as pool:
        yield {one.__name__: pool.submit(one, tmp_path_factory.mktemp(one.__name__)) for one in CRAWLS}


Crawls = dict[str, "Future[End]"]


def test_a_whole_crawl(crawls: Crawls) -> None:
    end = crawls["whole"].result()
    assert end.code == 0, end.err
    assert "Traceback" not in end.err
    assert "news: good: 5 articles could not be fetched, 1 page could not be read, 1 article led to a page already seen" in end.last
    assert "; 7 articles (7 new, 0 changed, 0 unchanged) from 4 listing pages" in end.last
    assert end.rows("SELECT native_id, date, author, source FROM articles WHERE native_id = '1'") == [
        ("1", "2019-02-19", None, "中山日报")
    ]
    assert [row[0] for row in end.rows("SELECT state FROM runs")] == ["good"] * 4
    assert end.site is not None
    assert {agent.partition("/")[0] for agent in end.site.agents} == {"zsparkcrawl"}
    assert any("mailto:park@example.org" in agent for agent in end.site.agents)


def test_nothing_leads_off_the_site(crawls: Crawls) -> None:
    end = crawls["whole"].result()
    assert end.left["inside"] == []
    assert "root:" not in end.err
    assert "/news/3.html" not in end.left["asked"], "robots.txt forbids it"
    assert end.rows("SELECT count(*) FROM captures WHERE url NOT LIKE 'http://127.0.0.1:%'") == [(0,)]


def test_every_response_is_kept(crawls: Crawls) -> None:
    end = crawls["whole"].result()
    kept = end.rows("SELECT url, status, partial FROM captures WHERE run_id = 1")
    assert sorted(url.partition("/news")[2] for url, _, _ in kept if "/news" in url) == sorted(
        path.removeprefix("/news") for path in end.left["asked"] if path.startswith("/news")
    )
    assert {status for _, status, _ in kept} == {200, 302, 404}
    assert [partial for url, _, partial in kept if url.endswith("/7.html")] == [1, 1, 1], "asked for three times"
    assert any(url.endswith("robots.txt") for url, _, _ in kept)


def test_the_feeds(crawls: Crawls) -> None:
    end = crawls["whole"].result()
    with (end.data / "out.csv").open(encoding="utf-8", newline="") as file:
        table = list(csv.DictReader(file))
    whole = json.loads((end.data / "out.json").read_text("utf-8"))
    lines = [json.loads(line) for line in (end.data / "out.jsonl").read_text("utf-8").splitlines()]
    assert whole == lines
    assert len(table) == len(whole) == 7
    assert list(table[0])[:6] == list(whole[0])[:6] == ["section", "native_id", "date", "title", "author", "source"]
    assert table[0]["body"] == whole[0]["body"]
    assert '"引号"' in table[0]["body"]
    assert (whole[0]["date"], whole[0]["author"], whole[0]["attachments"]) == ("2019-02-19", None, [])
    assert (table[0]["date"], table[0]["author"], table[0]["attachments"]) == ("2019-02-19", "", "")


def test_a_second_crawl_changes_nothing_and_a_third_what_changed(crawls: Crawls) -> None:
    end = crawls["whole"].result()
    again, changed, later = end.more
    assert end.left["rows"] == end.left["again"]
    assert "7 articles (0 new, 0 changed, 7 unchanged)" in again.last
    assert "7 articles (0 new, 1 changed, 6 unchanged)" in changed.last
    assert end.rows("SELECT version FROM articles WHERE native_id = '10'") == [(2,)]
    assert "0 articles (0 new" in later.last
    assert [end.code for end in (again, changed, later)] == [0, 0, 0]


def test_a_known_listing_is_not_walked_to_its_end(crawls: Crawls) -> None:
    end = crawls["incremental"].result()
    limited, again = end.more
    assert "3 articles (3 new" in limited.last
    assert "16 articles (13 new, 0 changed, 3 unchanged) from 8 listing pages" in end.last, "the first was no whole one"
    assert "4 articles (0 new, 0 changed, 4 unchanged) from 2 listing pages" in again.last
    assert "/news/list_3.html" not in end.left["again"]


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("refused", "no listing page could be read: "),
        ("failing", "none of 3 articles could be read: "),
        ("raising", "1 page met an error of the program (RuntimeError): see the log; "),
        ("no_start", "the spider could not start (RuntimeError): see the log"),
        ("full_disk", "the feed "),
        ("broken_archive", "database x: disk full"),
        ("stopped", "stopped by a signal before it was done"),
        ("robots", "Forbidden by robots.txt"),
    ],
)
def test_failures_say_so(crawls: Crawls, name: str, said: str) -> None:
    end = crawls[name].result()
    assert end.code == 1, end.err
    assert end.last.startswith("zsparkcrawl: news: failed: ")
    assert said in end.last
    data = end.data / "1" if name == "robots" else end.data
    assert End(0, "", "", data).rows("SELECT state FROM runs WHERE id = 1") == [("failed",)]


def test_failures_lose_nothing(crawls: Crawls) -> None:
    numbers = "SELECT native_id FROM articles ORDER BY 1"
    assert crawls["raising"].result().rows(numbers) == [("1",), ("3",)]
    assert crawls["full_disk"].result().rows(numbers) == [("1",), ("2",), ("3",)]
    assert crawls["broken_archive"].result().rows("SELECT count(*) FROM captures")[0][0] >= 3
    for name in ("raising", "stopped", "failing"):
        captures = crawls[name].result().data / "captures"
        assert [path.suffix for path in captures.iterdir()] == [".gz"] * len(list(captures.iterdir()))


def test_a_signal_and_the_lock(crawls: Crawls) -> None:
    end = crawls["stopped"].result()
    beside, after = end.more
    assert (beside.code, beside.err.count("\n")) == (3, 1)
    assert "another crawl is at work" in beside.err
    assert end.left["stored"] >= 3
    assert after.code == 0, after.err


def test_traps_end(crawls: Crawls) -> None:
    end = crawls["trapped"].result()
    assert end.code == 0, end.err
    assert len(end.left["pages"]) == 3
    (bounded,) = end.more
    assert bounded.code == 2
    assert "10 articles (10 new" in bounded.last
    assert "stopped at the bound on listing pages" in bounded.last


def test_unknown_rules_and_empty_listings(crawls: Crawls) -> None:
    elsewhere, empty = crawls["robots"].result().more
    assert elsewhere.code == 1
    assert "/robots.txt could not be had" in elsewhere.last
    assert elsewhere.site is not None
    assert set(elsewhere.site.asked) == {"/robots.txt"}
    assert (empty.code, "news: suspicious: no article is linked on 1 listing page" in empty.last) == (2, True)


def test_looking_leaves_nothing_behind(crawls: Crawls) -> None:
    end = crawls["looking"].result()
    parse, shell, fetch = end.more
    assert "'title': '园区新闻1'" in end.out
    assert parse.out.count("/news/") == 3
    assert shell.out.strip() == "园区新闻1"
    assert "<h1>园区新闻1</h1>" in fetch.out
    assert list(end.data.iterdir()) == []


def test_the_nightly_crawl(crawls: Crawls) -> None:
    end = crawls["nightly"].result()
    assert (end.code, end.out) == (0, ""), end.err
    assert end.err == ""
    assert end.rows("SELECT section, native_id FROM articles ORDER BY 1") == [("news", "5"), ("notices", "7")]
    assert end.rows("SELECT section, state FROM runs") == [("news", "good"), ("notices", "good")]
    assert end.site is not None
    assert not any("/about/" in url for url in end.site.asked)
