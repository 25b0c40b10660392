"""Crawls that are cut off, and crawls that come again: the same result, and little asked for twice."""

from __future__ import annotations

import csv
import signal
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from email.utils import formatdate
from pathlib import Path
from typing import Any

import pytest

from bench import postgres_server as postgres
from tests.conftest import on_server
from tests.serving import FAST, End, Route, Site, article, command, crawl, listing, page

ARTICLES, PAGES = 60, 6


def routes(delay: float = 0.0) -> dict[str, Route | Any]:
    """A site of six listing pages with ten articles each."""

    def slow(path: str) -> Route:
        time.sleep(delay)
        return article(int(path.rpartition("/")[2].removesuffix(".html")))

    made: dict[str, Route | Any] = {"/robots.txt": (404, {}, b""), "*": slow}
    for number in range(PAGES):
        following = f"list_{number + 2}.html" if number + 1 < PAGES else ""
        rows = range(number * 10 + 1, number * 10 + 11)
        made[f"/news/list_{number + 1}.html" if number else "/news/"] = listing(rows, following)
    return made


def killed(data: Path) -> End:
    """kill -9 three times in a row, each time a little later; then to the end."""
    with Site(routes(0.02)) as site:
        start = f"start_url={site.url}/news/"
        for count in (8, 20, 45):
            process = command(data, "crawl", "news", "-a", start, *FAST)
            while len(site.asked) < count and process.poll() is None:
                time.sleep(0.01)
            process.send_signal(signal.SIGKILL)
            process.communicate()
        end = crawl(data, site)
        end.left["asked"] = Counter(site.asked)
        end.left["states"] = end.rows("SELECT kind, state, count(*) FROM frontier GROUP BY 1, 2")
        end.left["leased"] = end.rows("SELECT count(*) FROM frontier WHERE leased_by IS NOT NULL")
        end.left["runs"] = end.rows("SELECT state FROM runs ORDER BY id")
        end.more = [crawl(data, site)]
        end.left["second"] = len(site.asked) - sum(end.left["asked"].values())
        return end


def deadly(data: Path) -> End:
    """Article 5 ends each process that asks for it; crawls until one ends by itself."""
    running: list[Any] = []

    def kill(path: str) -> Route:
        running[-1].send_signal(signal.SIGKILL)
        return article(5)

    made: dict[str, Route | Any] = {"/robots.txt": (404, {}, b""), "/news/": listing(range(1, 13))}
    made |= {f"/news/{number}.html": article(number) for number in range(1, 13)} | {"/news/5.html": kill}
    end = End(-9, "", "", data)
    with Site(made) as site:
        end.left["articles"] = []
        while end.code == -signal.SIGKILL and len(running) < 6:
            running.append(command(data, "crawl", "news", "-a", f"start_url={site.url}/news/", *FAST))
            out, err = running[-1].communicate()
            end.code, end.out, end.err = running[-1].returncode, out, err
            end.left["articles"] += end.rows("SELECT count(*) FROM articles")[0]
        end.left["asked"] = Counter(site.asked)
        return end


def conditional(data: Path) -> End:
    """A site that knows 304: a full run costs it no bodies; a change still arrives."""
    asked: list[tuple[str, str | None, str | None]] = []
    day = formatdate(1_550_000_000, usegmt=True)
    texts = {1: "一", 2: "二"}

    def answer(path: str) -> Route:
        number = int(path[6:-5])
        status, headers, body = article(number, text=texts[number])
        tag = f'"{number}-{texts[number].encode().hex()}"'
        headers = {**headers, "ETag": tag, "Last-Modified": day}
        given = site.headers.get("If-None-Match")
        asked.append((path, given, site.headers.get("If-Modified-Since")))
        return (304, {"ETag": tag}, b"") if given == tag else (status, headers, body)

    with Site({"/robots.txt": (404, {}, b""), "/news/": listing([1, 2]), "*": answer}) as site:
        end = crawl(data, site, "-s", "CONCURRENT_REQUESTS=1")
        texts[2] = "二改"
        end.more = [crawl(data, site, "-a", "full=1", "-s", "CONCURRENT_REQUESTS=1", "-O", str(data / "all.csv"))]
        end.left = {"asked": asked, "day": day}
        return end


def hijacked(data: Path) -> End:
    """Nights on which a known article's page is something else leave the article as it was."""
    made: dict[str, Route | Any] = {"/robots.txt": (404, {}, b""), "/news/": listing([1, 2, 3])}
    made |= {f"/news/{n}.html": article(n) for n in (1, 2, 3)}
    with Site(made) as site:
        end = crawl(data, site)
        made["/news/1.html"] = page("<h1>提示</h1><p>您访问的页面不存在！</p>")
        made["/news/2.html"] = (404, {}, b"")
        made["/news/3.html"] = (503, {"Retry-After": "7200"}, b"")
        site.routes.update(made)
        end.more = [crawl(data, site, "-a", "full=1")]
        return end


@pytest.fixture(scope="module")
def crawls(
    tmp_path_factory: pytest.TempPathFactory, any_server: postgres.Server | None
) -> Iterator[dict[str, Future[End]]]:
    """All at once: each spends most of its time in starting up."""
    made = {each.__name__: each for each in (killed, deadly, conditional, hijacked)}
    made["conditional on a server"] = conditional
    folders = {name: tmp_path_factory.mktemp("crawl") for name in made}
    with on_server(any_server, folders["conditional on a server"]), ThreadPoolExecutor(3) as pool:
        yield {name: pool.submit(one, folders[name]) for name, one in made.items()}


Crawls = dict[str, "Future[End]"]


def test_a_killed_crawl_goes_on_where_it_was(crawls: Crawls) -> None:
    end = crawls["killed"].result()
    assert end.code == 0, end.err
    assert end.left["states"] == [("article", "read", ARTICLES), ("listing", "read", PAGES)]
    assert end.left["leased"] == [(0,)]
    assert end.left["runs"] == [("died",)] * 3 + [("good",)]
    assert end.rows("SELECT count(*), count(DISTINCT native_id) FROM articles") == [(ARTICLES, ARTICLES)]
    assert end.rows("SELECT count(*) FROM versions") == [(ARTICLES,)]
    assert end.rows("PRAGMA integrity_check") == [("ok",)]
    assert {path.suffix for path in (end.data / "captures").iterdir()} == {".gz"}


def test_a_killed_crawl_asks_for_little_twice(crawls: Crawls) -> None:
    asked = crawls["killed"].result().left["asked"]
    again = {path: count - 1 for path, count in asked.items() if path.endswith("html") and count > 1}
    articles = sum(count for path, count in again.items() if "list_" not in path)
    assert articles <= 3 * 16, "what was on its way, three times"
    assert sum(count for path, count in again.items() if "list_" in path) <= 3 * 2


def test_a_page_that_ends_the_process_costs_three_nights_and_no_article(crawls: Crawls) -> None:
    end = crawls["deadly"].result()
    assert end.code == 0, end.err
    assert len(end.left["articles"]) == 4, "the fourth night ends by itself"
    assert end.left["articles"][-1] == 11
    assert end.left["asked"]["/news/5.html"] == 3
    ((tries, reason, days),) = end.rows(
        "SELECT tries, reason, julianday(due_at) - julianday('now') FROM frontier WHERE url LIKE '%/5.html'"
    )
    assert (tries, days) == (1, pytest.approx(7, abs=0.1))
    assert reason == "3 processes in a row ended while it was on its way, the last with it alone"


def test_a_second_crawl_costs_little(crawls: Crawls) -> None:
    end = crawls["killed"].result()
    assert "0 articles (0 new, 0 changed, 0 unchanged) from 2 listing pages" in end.more[0].last
    assert end.left["second"] == 3, "robots.txt and two listing pages"


@pytest.mark.parametrize("name", ["conditional", "conditional on a server"])
def test_what_has_not_changed_is_not_sent_again(crawls: Crawls, name: str) -> None:
    end = crawls[name].result()
    asked = end.left["asked"]
    assert [entry[1:] for entry in asked[:2]] == [(None, None)] * 2
    assert [bool(entry[1]) and entry[2] == end.left["day"] for entry in asked[2:]] == [True] * 2
    again = end.more[0]
    assert again.code == 0, again.err
    assert "2 articles (0 new, 1 changed, 1 unchanged)" in again.last
    assert end.rows("SELECT native_id, version FROM articles ORDER BY 1") == [("1", 1), ("2", 2)]
    assert end.rows("SELECT count(*) FROM captures WHERE status = 304") == [(1,)]


def test_a_feed_is_the_whole_table(crawls: Crawls) -> None:
    end = crawls["conditional"].result()
    with (end.data / "all.csv").open(encoding="utf-8", newline="") as file:
        table = {row["native_id"]: row for row in csv.DictReader(file)}
    assert sorted(table) == ["1", "2"]
    assert table["2"]["body"].startswith("二改")
    assert table["1"]["date"] == "2019-02-19"


def test_a_bad_night_leaves_articles_as_they_were(crawls: Crawls) -> None:
    end = crawls["hijacked"].result()
    assert end.rows("SELECT count(*) FROM versions") == [(3,)]
    rows = dict(end.rows("SELECT substr(url, -6, 1), state || ' ' || reason FROM frontier WHERE kind = 'article'"))
    assert rows["1"].startswith("read ")
    assert rows["2"] == "read HTTP status 404"
    assert rows["3"] == "read HTTP status 503"
    waits = "SELECT (julianday(due_at) - julianday(visited_at)) * 24 FROM frontier WHERE url LIKE '%/3.html'"
    assert end.rows(waits)[0][0] == pytest.approx(2), "as Retry-After asks for"
