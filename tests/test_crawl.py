"""Whole crawls over real HTTP on loopback, each in a process of its own, as an operator starts them."""

from __future__ import annotations

import csv
import datetime as dt
import json
import signal
import time
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from bench import postgres_server as postgres
from tests.conftest import on_server
from tests.raw import url_of
from tests.serving import FAST, ORDINARY, End, Route, Site, article, command, crawl, ended, listing, page, redirect
from zsparkcrawl.archive import Archive


def everything(inside: Site) -> dict[str, Route | Any]:
    """A site with everything on it, and ways to a server inside."""
    spam = '<a href="http://spam.example/news/99.html">x</a><a href="javascript:x()">下一页</a>'
    return {
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


def whole(data: Path) -> End:
    """That site crawled, crawled again, and crawled after a change."""
    with Site({"*": page("secret")}, host="127.0.0.2") as inside:
        routes = everything(inside)
        with Site(routes) as site:
            feeds = [word for kind in ("csv", "json", "jsonl") for word in ("-O", str(data / f"out.{kind}"))]
            end = crawl(
                data,
                site,
                *feeds,
                "-s",
                "ZSPARK_PATIENCE=2",
                cold=True,
                ZSPARK_CONTACT="mailto:park@example.org",
                PYTHONWARNINGS="always",
            )
            end.left = {"asked": list(site.asked), "rows": _contents(end)}
            end.more.append(crawl(data, site, "-a", "full=1"))
            end.left["again"] = _contents(end)
            routes["/news/10.html"] = article(10, text="会议改期。")
            end.more.append(crawl(data, site, "-a", "full=1", "-a", "since=2019-02-19", "-a", "until=2019-02-19"))
            end.left["inside"] = list(inside.asked)
            return end


def on_a_server(data: Path) -> End:
    """The first of these crawls, with the archive on PostgreSQL."""
    with Site({"*": page("secret")}, host="127.0.0.2") as inside, Site(everything(inside)) as site:
        end = crawl(data, site, "-s", "ZSPARK_PATIENCE=2")
        end.left["asked"] = list(site.asked)
        return end


def _contents(end: End) -> list[tuple[Any, ...]]:
    articles = end.rows("SELECT id, native_id, url, title, date, author, source, body, version FROM articles")
    return [*articles, *end.rows("SELECT count(*) FROM versions"), *end.rows("SELECT count(*) FROM edits")]


def refused(data: Path) -> End:
    with Site({}) as site:
        url = site.url
    secrets = ("-s", "HTTPAUTH_USER=park", "-s", "HTTPAUTH_PASS=hunter2", "-s", "HTTPAUTH_DOMAIN=127.0.0.1")
    return ended(command(data, "crawl", "news", "-a", f"start_url={url}/news/", *FAST, *secrets), data)


def full_disk(data: Path) -> End:
    with Site(ORDINARY) as site:
        return crawl(data, site, "-O", "/dev/full:csv")


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


def looking(data: Path) -> End:
    """shell, parse and fetch leave nothing behind, and are led nowhere."""
    with Site({"*": page("secret")}, host="127.0.0.2") as inside, Site({**ORDINARY}) as site:
        site.routes["/away"] = redirect(f"{inside.url}/")
        quiet = ("--nolog", "-s", "DOWNLOAD_DELAY=0", "-s", "AUTOTHROTTLE_ENABLED=0")
        url = f"{site.url}/news/1.html"
        parse = ended(command(data, "parse", "--nocolour", "--spider=news", "-c", "parse_article", url, *quiet), data)
        parse.more = [
            ended(command(data, "parse", "--nocolour", f"{site.url}/news/", "--spider=news", *quiet), data),
            ended(command(data, "shell", url, "-c", "response.css('h1::text').get()", *quiet), data),
            ended(command(data, "fetch", f"{site.url}/away", *quiet[1:]), data),
        ]
        parse.left["inside"] = list(inside.asked)
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
        return ended(command(data, "crawl", *FAST[:4], code=code, cold=True, **proxy), data, site)


CRAWLS = (stopped, whole, on_a_server, looking, refused, full_disk, nightly)


@pytest.fixture(scope="module")
def crawls(
    tmp_path_factory: pytest.TempPathFactory, any_server: postgres.Server | None
) -> Iterator[dict[str, Future[End]]]:
    """All at once: each spends most of its time in starting up, or in waiting."""
    folders = {one: tmp_path_factory.mktemp(one.__name__) for one in CRAWLS}
    with on_server(any_server, folders[on_a_server]), ThreadPoolExecutor(4) as pool:
        yield {one.__name__: pool.submit(one, folder) for one, folder in folders.items()}


Crawls = dict[str, "Future[End]"]
ON_BOTH = pytest.mark.parametrize("name", ["whole", "on_a_server"])


def test_a_whole_crawl(crawls: Crawls) -> None:
    end = crawls["whole"].result()
    assert end.code == 0, end.err
    assert "Traceback" not in end.err
    assert "Warning: " not in end.err, "nothing is left open"
    assert (
        "news: good: 5 articles could not be fetched, 1 page held no article (1 empty page), 1 page could not be read (last: "
        in end.last
    )
    assert "; 7 articles (7 new, 0 changed, 0 unchanged) from 4 listing pages" in end.last
    assert end.rows("SELECT native_id, date, author, source FROM articles WHERE native_id = '1'") == [
        ("1", "2019-02-19", None, "中山日报")
    ]
    assert [row[0] for row in end.rows("SELECT state FROM runs")] == ["good"] * 3
    assert end.site is not None
    assert {agent.partition("/")[0] for agent in end.site.agents} == {"zsparkcrawl"}
    assert any("mailto:park@example.org" in agent for agent in end.site.agents)


def test_nothing_leads_off_the_site(crawls: Crawls) -> None:
    end = crawls["whole"].result()
    assert end.left["inside"] == []
    assert "root:" not in end.err
    assert "/news/3.html" not in end.left["asked"], "robots.txt forbids it"
    assert end.rows("SELECT count(*) FROM captures WHERE url NOT LIKE 'http://127.0.0.1:%'") == [(0,)]
    foreign = "SELECT state, due_at, visited_at, reason FROM frontier WHERE url = 'http://spam.example/news/99.html'"
    assert end.rows(foreign) == [("off-site", None, None, "on a host that is none of the site's")]


@ON_BOTH
def test_each_row_of_a_listing_is_accounted_for(crawls: Crawls, name: str) -> None:
    end = crawls[name].result()
    with Archive.open(url_of(end.data), readonly=True) as archive:
        accounts = {row["url"].rpartition("/")[2]: row["account"] for row in archive.accounts()}
        states = {row["state"]: row["pages"] for row in archive.states(dt.datetime.now(dt.UTC))}
        gone = list(archive.accounts("gone"))
    assert accounts == {
        **{f"{number}.html": "stored" for number in (1, 9, 10, 11, 12, 13, 14)},
        "2.html": "gone",
        "3.html": "failed",
        "4.html": "not an article",
        "5.html": "off-site",
        "6.html": "off-site",
        "7.html": "waiting",
        "8.html": "gone",
        "99.html": "off-site",
    }
    assert states == {"read": 7, "gone": 2, "failed": 1, "not an article": 1, "off-site": 3, "waiting": 1}
    assert [row["reason"] == "HTTP status 404" for row in gone] == [True, False], "the other leads to the listing"


@ON_BOTH
def test_every_response_is_kept(crawls: Crawls, name: str) -> None:
    end = crawls[name].result()
    kept = end.rows("SELECT url, status, partial FROM captures WHERE run_id = 1")
    assert sorted(url.partition("/news")[2] for url, _, _ in kept if "/news" in url) == sorted(
        path.removeprefix("/news") for path in end.left["asked"] if path.startswith("/news")
    )
    assert {status for _, status, _ in kept} == {200, 302, 404}
    assert [partial for url, _, partial in kept if url.endswith("/7.html")] == [1, 1], "asked for twice"
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
    again, changed = end.more
    assert end.left["rows"] == end.left["again"]
    assert "7 articles (0 new, 0 changed, 7 unchanged)" in again.last
    assert "7 articles (0 new, 1 changed, 6 unchanged)" in changed.last
    assert end.rows("SELECT version FROM articles WHERE native_id = '10'") == [(2,)]
    assert (again.code, changed.code) == (0, 0)


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("refused", "no listing page could be read: "),
        ("full_disk", "the feed /dev/full has "),
        ("stopped", "stopped by a signal before it was done"),
    ],
)
def test_a_failed_command_says_so(crawls: Crawls, name: str, said: str) -> None:
    end = crawls[name].result()
    assert end.code == 1, end.err
    assert end.last.startswith("zsparkcrawl: news: failed: ")
    assert said in end.last
    assert end.rows("SELECT state FROM runs WHERE id = 1") == [("failed",)]
    assert {path.suffix for path in (end.data / "captures").iterdir()} <= {".gz"}, "whole files"


def test_no_traceback_and_no_secret_is_shown(crawls: Crawls) -> None:
    refused, full = (crawls[name].result().err for name in ("refused", "full_disk"))
    assert "'HTTPAUTH_PASS': '***'" in refused
    assert "hunter2" not in refused
    assert "No space left on device" in full
    assert "Traceback" not in full


def test_a_feed_that_fails_loses_nothing(crawls: Crawls) -> None:
    assert crawls["full_disk"].result().rows("SELECT count(*) FROM articles") == [(3,)]


def test_a_signal_and_the_lock(crawls: Crawls) -> None:
    end = crawls["stopped"].result()
    beside, after = end.more
    assert (beside.code, beside.err.count("\n")) == (3, 1)
    assert "another process is at work" in beside.err
    assert end.left["stored"] >= 3
    assert after.code == 0, after.err


def test_looking_leaves_nothing_behind(crawls: Crawls) -> None:
    end = crawls["looking"].result()
    parse, shell, fetch = end.more
    assert "'title': '园区新闻1'" in end.out
    assert parse.out.count("/news/") == 3
    assert shell.out.strip() == "园区新闻1"
    assert list(end.data.iterdir()) == []
    assert end.left["inside"] == []
    assert "refused 'http://127.0.0.2:" in fetch.err
    assert "secret" not in fetch.out


def test_the_nightly_crawl(crawls: Crawls) -> None:
    end = crawls["nightly"].result()
    assert (end.code, end.out) == (0, ""), end.err
    assert end.err == ""
    assert end.rows("SELECT section, native_id FROM articles ORDER BY 1") == [("news", "5"), ("notices", "7")]
    assert end.rows("SELECT section, state FROM runs") == [("news", "good"), ("notices", "good")]
    assert end.site is not None
    assert not any("/about/" in url for url in end.site.asked)
