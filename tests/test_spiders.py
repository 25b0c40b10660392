"""What a crawl is asked for, how it walks, what it says."""

from __future__ import annotations

import asyncio
import datetime as dt
import logging
from pathlib import Path
from typing import Any

import pytest
from scrapy.cmdline import execute
from scrapy.exceptions import DropItem
from scrapy.http import HtmlResponse, Request, Response
from scrapy.logformatter import LogFormatter
from scrapy.settings import Settings
from scrapy.utils.log import logformatter_adapter
from scrapy.utils.test import get_crawler

from zsparkcrawl.clean import clean
from zsparkcrawl.edits import revert
from zsparkcrawl.errors import ZsparkError
from zsparkcrawl.items import Article
from zsparkcrawl.logformat import ArticleLogFormatter
from zsparkcrawl.pipelines import PeriodPipeline
from zsparkcrawl.spiders.news import NewsSpider
from zsparkcrawl.spiders.notices import NoticesSpider
from zsparkcrawl.spiders.plan import ArgumentError, Plan, plan
from zsparkcrawl.spiders.walk import Walk

HOME = "http://www.nhtp.org"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ({"since": "2019-2-1"}, "since must be a day as 2019-02-19, not '2019-2-1'"),
        ({"until": "2019-02-30"}, "until must be a day"),
        ({"since": "2019-W08-2"}, "since must be a day"),
        ({"since": "2019-02-02", "until": "2019-02-01"}, "since 2019-02-02 is later than until 2019-02-01"),
        ({"limit": "0"}, "limit must be a number of articles from 1, not '0'"),
        ({"limit": "-1"}, "limit must be"),
        ({"limit": "many"}, "limit must be"),
        ({"full": "maybe"}, "full must be 1 or 0, not 'maybe'"),
        ({"start_url": "nhtp.org/news/"}, "start_url must be an address"),
        ({"start_url": "file:///etc/passwd"}, "start_url must be an address"),
        ({"start_url": "http://[::1/news/"}, "start_url must be an address"),
        ({"start_url": "http://a:b@nhtp.org/"}, "start_url must be an address"),
        ({"start_url": "http://nhtp.org:99999/"}, "start_url must be an address"),
        ({"site": "nowhere"}, "unknown site 'nowhere': known are nhtp"),
        ({"sincce": "2019-02-01"}, "unknown argument 'sincce': known are site, start_url, since, until, limit, full"),
    ],
)
def test_bad_arguments(arguments: dict[str, str], said: str) -> None:
    with pytest.raises(ZsparkError) as error:
        plan("news", arguments)
    assert said in str(error.value)
    assert "\n" not in str(error.value)
    assert error.value.exit_code == 2


def test_good_arguments() -> None:
    made = plan(
        "news", {"start_url": "http://127.0.0.1:8000#top", "since": "2019-02-01", "full": "true", "until": None}
    )
    assert (made.listings, made.hosts, made.home, made.full) == (
        ("http://127.0.0.1:8000/",),
        ("127.0.0.1",),
        None,
        True,
    )
    assert made.covers(None)
    assert made.covers(dt.date(2019, 2, 1))
    assert not made.covers(dt.date(2019, 1, 31))
    own = plan("notices", {})
    assert (own.listings, own.home) == ((f"{HOME}/zcgg/", f"{HOME}/tzzn/qnsq/"), f"{HOME}/")
    with pytest.raises(ArgumentError):
        plan("weather", {})


def test_bad_usage_ends_at_once(capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: Any) -> None:
    monkeypatch.setenv("ZSPARK_DATA", str(tmp_path))
    file = tmp_path / "file"
    file.write_text("")
    for words, code, said in (
        (["nope"], 2, "no spider 'nope': there are news, notices"),
        (["news", "-a", "limit=x"], 2, "limit must be"),
        (["news", "-a", "site=x"], 2, "unknown site 'x'"),
        (["news", "-a", "x"], 2, "Invalid -a value"),
        (["news", "-O", f"{file}/x.csv"], 1, f"feed {file}/x.csv cannot be written: "),
        (["news", "-s", f"ZSPARK_DATABASE=sqlite:///{file}/x.db"], 1, "database "),
        (["news", "-s", f"ZSPARK_DATA={file}/x"], 1, "data folder "),
    ):
        settings = Settings()
        settings.setmodule("zsparkcrawl.settings", priority="project")
        with pytest.raises(SystemExit) as end:
            execute(["scrapy", "crawl", *words], settings=settings)
        said_all = capsys.readouterr()
        assert end.value.code == code
        assert (said_all.out, said_all.err.count("\n")) == ("", 1)
        assert said_all.err.startswith(f"zsparkcrawl: {said}")


# -- walking ----------------------------------------------------------------------------------------------


def test_a_walk_goes_on_behind_a_broken_page() -> None:
    pages = [f"{HOME}/news/list_{n}.html" for n in (4, 2, 3)]
    walk = Walk(bound=10)
    walk.visit(f"{HOME}/news/")
    walk.read(f"{HOME}/news/", pages, barren=False, stale=False)
    assert walk.following() == pages[1]
    walk.visit(pages[1])  # and it fails
    assert walk.following() == pages[2]


def test_a_walk_stops_after_two_pages_in_a_row() -> None:
    walk = Walk(bound=10)
    ends = []
    for number, stale in enumerate([True, False, True, True], start=1):
        walk.read(f"{HOME}/news/?page={number}", [f"{HOME}/news/?page={number + 1}"], barren=False, stale=stale)
        ends.append(walk.following())
    assert [bool(end) for end in ends] == [True, True, True, False]
    assert walk.ended == "known"


def spider(cls: type[NewsSpider | NoticesSpider] = NewsSpider, **arguments: str) -> NewsSpider | NoticesSpider:
    settings = Settings()
    settings.setmodule("zsparkcrawl.settings", priority="project")
    settings.set("TWISTED_REACTOR_ENABLED", False, priority="cmdline")
    crawler = get_crawler(cls, dict(settings))
    made = crawler._create_spider(**arguments)
    assert isinstance(made, NewsSpider | NoticesSpider)
    return made


def response(path: str, html: str) -> HtmlResponse:
    return HtmlResponse(HOME + path, body=html.encode(), request=Request(HOME + path))


LISTING = """<li><a href="/news/1.html">甲</a> 2019-02-19</li><li><a href="/news/2.html">乙</a> 2018-02-19</li>
    <li><a href="/news/3.html">丙</a></li><a href="?page=2">下一页</a>"""


@pytest.mark.parametrize(
    ("arguments", "paths"),
    [
        ({}, ["/news/1.html", "/news/2.html", "/news/3.html", "/news/?page=2"]),
        ({"since": "2019-01-01"}, ["/news/1.html", "/news/3.html", "/news/?page=2"]),
        ({"until": "2019-01-01"}, ["/news/2.html", "/news/3.html", "/news/?page=2"]),
        ({"limit": "2"}, ["/news/1.html", "/news/2.html"]),
    ],
)
def test_what_a_listing_leads_to(arguments: dict[str, str], paths: list[str]) -> None:
    found = list(spider(**arguments).parse(response("/news/", LISTING)))
    assert [one.url.removeprefix(HOME) for one in found if isinstance(one, Request)] == paths
    assert not any(one.dont_filter for one in found if isinstance(one, Request))


def test_starts_at_the_profile() -> None:
    async def urls() -> list[str]:
        return [request.url async for request in spider(NoticesSpider).start()]

    assert asyncio.run(urls()) == [f"{HOME}/zcgg/", f"{HOME}/tzzn/qnsq/"]


def test_the_home_page_names_listings() -> None:
    page = '<a href="/news/">新闻中心</a><a href="/xw/">新聞(wén)動(dòng)態(tài)</a><a href="/about/">关于我们</a>'
    assert [one.url for one in spider().parse(response("/", page))] == [f"{HOME}/news/", f"{HOME}/xw/"]


def test_pages_that_are_no_article(caplog: pytest.LogCaptureFixture) -> None:
    reader = spider()
    assert list(reader.parse_article(response("/news/5.html", "<body></body>"))) == []
    moved = response("/", "<h1>首页</h1><p>欢迎</p>")
    moved.meta["redirect_urls"] = [f"{HOME}/news/6.html"]
    assert list(reader.parse_article(moved)) == []
    gone = response("/news/7.html", "<h1>提示</h1><p>您访问的页面不存在！</p>")
    assert list(reader.parse_article(gone)) == []
    counts = {name: reader.crawler.stats.get_value(f"zspark/{name}") for name in ("unreadable", "empty", "missing")}
    assert counts == {"unreadable": 3, "empty": 1, "missing": 1}
    assert len(caplog.records) == 3


def test_what_the_listing_calls_an_article_is_evidence_of_its_title() -> None:
    page = "<h1>国产av_无码专区_亚洲精品一区</h1><div>发布时间：2019-02-19</div><p>园区召开会议，研究明年的工作。</p>"
    answer = response("/news/5.html", page)
    answer.meta["listed_title"] = "园区召开工作会议"
    (article,) = spider().parse_article(answer)
    cleaned = clean(article)
    assert cleaned.title == "园区召开工作会议"
    assert [(made.rule, made.certainty) for made in cleaned.edits["title"]] == [("spam-title", "inferred")]
    assert revert(cleaned.title, cleaned.edits["title"]) == "国产av_无码专区_亚洲精品一区"


def test_which_spider_takes_which_url() -> None:
    urls = [f"{HOME}/news/5.html", f"{HOME}/news/", f"{HOME}/zcgg/5.html", f"{HOME}/"]
    assert [NewsSpider.handles_request(Request(url)) for url in urls] == [True, True, False, False]
    assert [NoticesSpider.handles_request(Request(url)) for url in urls] == [False, False, True, False]


@pytest.mark.parametrize(
    ("given", "parallel"),
    [({}, 2), ({"DOWNLOAD_DELAY": "0"}, 2), ({"DOWNLOAD_DELAY": "0", "AUTOTHROTTLE_ENABLED": "0"}, 8)],
)
def test_the_delays_go_together_with_their_bound(given: dict[str, str], parallel: int) -> None:
    settings = Settings()
    settings.setmodule("zsparkcrawl.settings", priority="project")
    settings.setdict({**given, "ZSPARK_CONTACT": "mailto:a@example.org"}, priority="cmdline")
    NewsSpider.update_settings(settings)
    assert settings.getint("CONCURRENT_REQUESTS_PER_DOMAIN") == parallel
    assert settings["USER_AGENT"].endswith(" +mailto:a@example.org")


def test_an_article_outside_the_time() -> None:
    made: Plan = plan("news", {"since": "2019-01-01"})
    article = Article("nhtp", "news", "1", HOME, date=dt.date(2018, 1, 1))
    with pytest.raises(DropItem):
        PeriodPipeline(made).process_item(article)


def test_page_text_cannot_forge_a_line(caplog: pytest.LogCaptureFixture) -> None:
    evil = "x\n2026-11-22 [root] CRITICAL: \x1b[31mforged"
    article = Article("nhtp", "news", "1", f"{HOME}/news/1.html", title=evil, body=evil)
    formatter: LogFormatter = ArticleLogFormatter()
    reader, page = spider(), Response(HOME)
    for said in (
        formatter.scraped(article, page, reader),
        formatter.dropped(article, DropItem(evil), page, reader),
        formatter.item_error(article, ValueError(evil), page, reader),
    ):
        assert said is not None
        with caplog.at_level(logging.DEBUG):
            logging.getLogger("test").log(*logformatter_adapter(said))
    assert len(caplog.messages) == 3
    assert not any("\n" in line or "\x1b" in line for line in caplog.messages)
