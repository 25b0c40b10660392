"""Crawls without listings: article after article by its number, and articles in several pages."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from bench import postgres_server as postgres
from tests.conftest import on_server
from tests.raw import change
from tests.serving import FAST, End, Site, article, command, crawl, ended, page
from zsparkcrawl.errors import ZsparkError
from zsparkcrawl.extract.parts import further_parts, is_part, joined_parts
from zsparkcrawl.items import Article, Attachment, Page
from zsparkcrawl.sites import site_named
from zsparkcrawl.spiders.plan import plan

BEGIN = "<html><body><div><h1>园区纪事</h1><p>作者：  来源：中山日报  发布时间：2019-02-19</p><div>"
HOST = "http://www.nhtp.org"


def part(text: str, links: str = "") -> str:
    return f"{BEGIN}<p>{text}</p></div><div class='page'>{links}</div></div></body></html>"


FIRST = part(
    "第一页讲园区的由来，文字不多，事情不少。",
    '<a href="5_2.html">2</a> <a href="5_3.html">3</a> <a href="5_2.html">下一页</a>',
)
SECOND = part("第二页讲园区的建设，工程一期接着一期。", '<a href="5.html">1</a> <a href="5_3.html">下一页</a>')
THIRD = part("第三页讲园区的今天，企业越来越多。<br>（责任编辑：林青）", '<a href="5_2.html">上一页</a>')
ROUTES = {
    "/robots.txt": (404, {}, b""),
    "/news/3.html": article(3),
    "/news/5.html": page(FIRST),
    "/news/5_2.html": page(SECOND),
    "/news/5_3.html": page(THIRD),
    "/news/6.html": article(6),
}


@pytest.fixture(scope="module")
def sweep(tmp_path_factory: pytest.TempPathFactory) -> End:
    """The numbers 3 to 6, of which 4 is vacant and 5 has three pages; then the captures read anew."""
    data = tmp_path_factory.mktemp("sweep")
    with Site(dict(ROUTES)) as site:
        end = crawl(data, site, "-a", "ids=3-5,6")
        again = "import sys; from zsparkcrawl.cli import main; main(['reread'])"
        end.more = [ended(command(data, code=again), data)]
        site.routes.clear()
        end.more.append(
            ended(command(data, "crawl", "news", "-a", f"start_url={site.url}/", "-a", "ids=8-9", *FAST), data)
        )
        return end


def test_a_sweep_asks_for_every_number_and_no_listing(sweep: End) -> None:
    assert sweep.code == 0, sweep.err
    assert sweep.site is not None
    asked = [path for path in sweep.site.asked if path.startswith("/news/")]
    assert sorted(set(asked[:6])) == [
        "/news/3.html",
        "/news/4.html",
        "/news/5.html",
        "/news/5_2.html",
        "/news/5_3.html",
        "/news/6.html",
    ]
    assert "news: good: 1 number without an article" in sweep.last
    assert "3 articles (3 new" in sweep.last


def test_an_article_in_pages_is_one(sweep: End) -> None:
    ((body, editor),) = sweep.rows("SELECT body, editor FROM articles WHERE native_id = '5'")
    assert [line[:3] for line in body.split("\n")][:3] == ["第一页", "第二页", "第三页"]
    assert editor == "林青"
    assert sweep.rows("SELECT count(*) FROM captures WHERE status = 200") == [(5,)]


def test_captures_read_anew_give_the_same(sweep: End) -> None:
    assert sweep.more[0].code == 0, sweep.more[0].err
    assert sweep.rows("SELECT count(*) FROM versions") == [(3,)]


def test_a_sweep_that_finds_nothing_is_suspicious(sweep: End) -> None:
    assert sweep.more[1].code == 2
    assert "none of 2 numbers has an article" in sweep.more[1].last


@pytest.fixture(scope="module")
def gap(tmp_path_factory: pytest.TempPathFactory, any_server: postgres.Server | None) -> Iterator[End]:
    """An article whose second page of three is lost, read anew, then there again, and lost again."""
    data = tmp_path_factory.mktemp("gap")
    with on_server(any_server, data), Site({**ROUTES, "/news/5_2.html": (404, {}, b"")}) as site:
        end = crawl(data, site, "-a", "ids=5")
        end.left = {"first": contents(end)}
        again = "import sys; from zsparkcrawl.cli import main; main(['reread'])"
        end.more = [ended(command(data, code=again), data)]
        for status, _, body in (ROUTES["/news/5_2.html"], (410, {}, b"")):
            site.routes["/news/5_2.html"] = (status, {"Content-Type": "text/html; charset=utf-8"}, body)
            end.more.append(crawl(data, site, "-a", "ids=5"))
        end.left["last"] = contents(end)
        yield end


def contents(end: End, number: str = "5") -> tuple[int, str, list[dict[str, Any]]]:
    """The latest version of an article: its number, body and marks."""
    found = "SELECT v.version, v.body, CAST(v.damaged AS text) FROM versions v JOIN articles a ON (a.id, a.version) = (article_id, v.version)"
    ((version, body, damaged),) = end.rows(f"{found} WHERE native_id = '{number}'")
    return version, body, json.loads(damaged).get("body", [])


def test_an_article_that_lacks_a_page_says_so(gap: End) -> None:
    assert gap.code == 0, gap.err
    assert "good: 1 article without all of its pages (last: http" in gap.last
    assert "5_2.html: HTTP status 404); 1 article (1 new" in gap.last
    version, body, (mark,) = gap.left["first"]
    assert [line[:3] for line in body.split("\n")][:2] == ["第一页", "第三页"]
    assert (version, body[mark["start"] : mark["end"]]) == (1, "\n")
    assert body[: mark["start"]].startswith("第一页")
    assert mark["reason"].startswith("a page of the article is missing: http")
    ((state, reason),) = gap.rows("SELECT state, reason FROM frontier WHERE kind = 'article'")
    assert (state, "5_2.html: HTTP status 410" in reason) == ("read", True)


def test_the_missing_page_is_added_and_never_taken_away(gap: End) -> None:
    reread, whole, lost = gap.more
    assert (reread.code, whole.code, lost.code) == (0, 0, 0), reread.err
    assert "(0 new, 1 changed, 0 unchanged)" in whole.last
    assert "(0 new, 0 changed, 1 unchanged)" in lost.last
    version, body, marks = gap.left["last"]
    assert [line[:3] for line in body.split("\n")][:3] == ["第一页", "第二页", "第三页"]
    assert (version, marks) == (2, [])
    assert gap.rows("SELECT CAST(changed AS text) FROM versions WHERE version = 2") == [('{"body": "hijack undone"}',)]


def test_a_page_that_may_come_yet_is_waited_for(tmp_path: Path) -> None:
    with Site({**ROUTES, "/news/5_3.html": (503, {}, b"")}) as site:
        end = crawl(tmp_path, site, "-a", "ids=3,5")
        assert end.rows("SELECT native_id FROM articles") == [("3",)]
        assert end.rows("SELECT state FROM frontier WHERE url LIKE '%/5.html'") == [("waiting",)]
        assert "1 article could not be fetched" in end.last
        change(tmp_path, "UPDATE frontier SET tries = 7 WHERE tries")  # all but the last of the back-off
        last = crawl(tmp_path, site, "-a", "ids=5")
    assert "1 article without all of its pages" in last.last
    _, body, (mark,) = contents(last)
    assert mark["start"] == len(body), "at the end"


def test_a_number_that_is_named_is_fetched_now(tmp_path: Path) -> None:
    with Site(dict(ROUTES)) as site:
        crawl(tmp_path, site, "-a", "ids=3")
        again = crawl(tmp_path, site, "-a", "ids=3")
        assert (again.code, site.asked.count("/news/3.html")) == (0, 2), again.err
    assert "1 article (0 new, 0 changed, 1 unchanged)" in again.last


@pytest.mark.parametrize(
    ("ids", "said"),
    [
        ("", "ids must be numbers as 200-2900"),
        ("a-b", "ids must be numbers as"),
        ("9-3", "ids must be numbers as"),
        ("1-5000000", "more than 1000000"),
    ],
)
def test_bad_numbers(ids: str, said: str) -> None:
    with pytest.raises(ZsparkError, match=said) as error:
        plan("news", {"ids": ids})
    assert "\n" not in str(error.value)


def test_the_addresses_of_numbers() -> None:
    made = plan("notices", {"ids": "412, 7-8"})
    assert list(made.addresses)[:2] == [f"{HOST}/zcgg/412.html", f"{HOST}/tzzn/qnsq/412.html"]
    assert len(list(made.addresses)) == 6
    assert (made.listings, made.home) == ((), None)
    assert site_named("nhtp").sections["news"].addresses(7) == ("/news/7.html",)


@pytest.mark.parametrize(
    ("url", "links", "parts"),
    [
        ("7.html", '<a href="7_2.html">2</a><a href="7_3.html">3</a>', ["7_2.html", "7_3.html"]),
        ("7.html", '<a href="?page=2">下一页</a>', ["7.html?page=2"]),
        ("7.html", '<a href="7-2.html">[2]</a>', ["7-2.html"]),
        ("7_2.html", '<a href="7.html">1</a><a href="7_3.html">下一頁(yè)</a>', ["7_3.html"]),
        ("t20190219_1207.html", '<a href="t20190219_1207_2.html">下一页</a>', ["t20190219_1207_2.html"]),
        ("7.html", '<a href="8.html">下一页</a><a href="8.html">2</a>', []),
        ("7.html", '<a href="7_2.html">园区新闻</a>', []),
        ("7.html", '<a href="http://spam.example/news/7_2.html">2</a>', []),
        ("index.html", '<a href="index_2.html">2</a>', []),
        ("7.html", '<a href="7_40.html">40</a>', []),
        ("7", '<a href="7_2">2</a>', ["7_2"]),
        ("show.html?id=7", '<a href="show.html?id=7&amp;curPage=2">2</a>', ["show.html?id=7&curPage=2"]),
        ("7.html", "", []),
    ],
)
def test_where_an_article_goes_on(url: str, links: str, parts: list[str]) -> None:
    found = further_parts(Page(f"{HOST}/news/{url}", part("文字", links).encode()))
    assert found == tuple(f"{HOST}/news/{each}" for each in parts)


def test_a_part_is_told_by_its_address() -> None:
    assert is_part(f"{HOST}/news/7_2.html")
    assert is_part(f"{HOST}/news/7.html?page=2")
    assert not is_part(f"{HOST}/news/7.html")
    assert not is_part(f"{HOST}/news/")


def test_parts_are_joined() -> None:
    file = Attachment("表.doc", f"{HOST}/a.doc")
    one = Article("nhtp", "news", "7", f"{HOST}/news/7.html", title="甲", author="张三", body="一", attachments=(file,))
    two = Article(
        "nhtp",
        None,
        None,
        f"{HOST}/news/7_2.html",
        title="乙",
        author="李四",
        editor="王五",
        body="二",
        attachments=(file,),
    )
    joined = joined_parts([one, two])
    assert (joined.title, joined.author, joined.editor, joined.body) == ("甲", "张三", "王五", "一\n二")
    assert (joined.url, joined.attachments) == (one.url, (file,))
