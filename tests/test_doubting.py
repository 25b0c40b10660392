"""A page that stands under several addresses is none of these articles; two articles may say the same all the same."""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from sqlalchemy import create_engine, text

from tests.raw import change
from tests.serving import End, Route, Site, article, crawl, listing, page
from zsparkcrawl.archive import Archive, Captured, Listed
from zsparkcrawl.archive.crawling.doubting import Doubt, Known, doubt, is_called
from zsparkcrawl.cli import main
from zsparkcrawl.edits import Edit
from zsparkcrawl.items import Article

NOW = dt.datetime(2026, 11, 22, 8, 30, tzinfo=dt.UTC)
DAY = dt.timedelta(days=1)
NOTICE = "关于开展园区消防设施年度检查的通知"
BODY = "请各企业在本月底以前完成自查，并将自查结果报送物业服务公司，检查人员随后到现场复核。"
PARKED = Article("nhtp", "news", "1", "http://www.nhtp.org/news/1.html", "域名转让", body="本域名由持有人对外转让。")

# -- what is decided ---------------------------------------------------------------------------------


def numbered(number: int, section: str = "news", **fields: Any) -> Article:
    folder = {"news": "news", "notices": "zcgg"}[section]
    told = {"title": NOTICE, "date": dt.date(2019, 2, 19), "body": BODY, **fields}
    return Article("nhtp", section, str(number), f"http://www.nhtp.org/{folder}/{number}.html", **told)


def kind(article: Article, **known: Any) -> str | None:
    found = doubt(article, Known(**known))
    return found.kind if found else None


def test_the_same_text_again_is_an_article_when_its_listing_calls_it_so() -> None:
    assert kind(numbered(2), listed=(NOTICE,), shared=True) is None
    assert kind(numbered(2), listed=("【通知】关于开展园区消防设施年度…2019-02-19",), shared=True) is None
    assert kind(numbered(2), listed=("園區新廠房奠基儀式順利舉行",), shared=True) == "shared"


def test_what_no_listing_names_is_an_article_when_it_is_dated() -> None:
    assert kind(numbered(2), shared=True) is None
    assert kind(numbered(2), shared=True, listed=("新闻2",)) is None
    assert kind(numbered(2), frame=True) == "shared", "the home page may be dated"
    assert kind(numbered(2, date=None), shared=True) == "shared"


def test_a_kept_article_that_has_a_twin_stays_one() -> None:
    assert kind(numbered(2, body=BODY + "请予配合。"), title=NOTICE, body=BODY, shared=True) is None
    assert kind(PARKED, title=NOTICE, body=BODY, shared=True) == "shared"
    whole = "健康基地召开会议，部署新一年的招商与建设工作，各部门负责人参加会议并作了发言。"
    assert kind(numbered(2), title=NOTICE, body=whole, shared=True) == "shared", "the title alone is a frame's"


def test_the_first_page_of_the_kind_is_strange_until_it_came_three_times() -> None:
    assert kind(PARKED, title=NOTICE, body=BODY) == "strange"
    assert kind(PARKED, title=NOTICE, body=BODY, visits=3) is None
    assert kind(PARKED, listed=(NOTICE,)) == "strange"
    assert kind(PARKED, title=NOTICE, body=BODY, firm=False) is None


@pytest.mark.parametrize(
    "changed",
    [{"title": "关于停水的通知"}, {"body": "会议改期，时间另行通知。"}, {"date": None, "body": BODY * 2}],
)
def test_an_article_may_change_its_title_or_its_text(changed: dict[str, Any]) -> None:
    assert kind(numbered(1, **changed), title=NOTICE, body=BODY) is None


def test_a_new_title_that_the_listing_shows_as_well_is_believed_with_another_text() -> None:
    other = numbered(1, title="园区新厂房奠基仪式顺利举行", body="新厂房占地二十亩。")
    assert kind(other, title=NOTICE, body=BODY) == "strange"
    assert kind(other, title=NOTICE, body=BODY, listed=(NOTICE, "园区新厂房奠基仪式顺利举行")) is None


def test_a_new_page_that_is_dated_or_signed_need_not_be_called_as_its_listing_has_it() -> None:
    assert kind(numbered(1, title="简讯"), listed=(NOTICE,)) is None
    assert kind(replace(PARKED, source="健康报"), listed=(NOTICE,)) is None
    assert kind(PARKED, listed=("查看详情",)) is None


def test_a_title_that_was_taken_from_the_listing_proves_nothing() -> None:
    taken = {"title": (Edit("spam-title", 0, "太阳城娱乐", NOTICE, "inferred"),)}
    assert kind(numbered(2, edits=taken), listed=(NOTICE,), shared=True) == "shared"


def test_damage_does_not_hide_what_a_listing_calls_an_article() -> None:
    assert is_called(NOTICE, "關(guān)于開(kāi)展園區(qū)消防設(shè)施年度檢查的通知")
    assert not is_called("健康基地", "健康基地召开消防安全会议")


# -- what the archive knows --------------------------------------------------------------------------


@pytest.fixture
def archive(database: str) -> Iterator[Archive]:
    with Archive.open(database) as opened:
        yield opened


def run_of(archive: Archive) -> int:
    return archive.start_run(site="nhtp", section="news", start_url=None, arguments={}, started=NOW)


def came(archive: Archive, article: Article, digest: str, *, days: int = 0, run: int | None = None) -> int:
    """The capture of an article's page, read."""
    captured = Captured(article.url, NOW + days * DAY, 200, "text/html", "a.warc.gz", days, 1, f"sha1:{digest}")
    number = archive.add_capture(captured, run_id=run)
    archive.set_read(number, article)
    return number


def asked(archive: Archive, article: Article, digest: str, **more: Any) -> str | None:
    copied = more.pop("copied", False)
    found = archive.doubt_of(article, capture_id=came(archive, article, digest, **more), copied=copied)
    return found.kind if found else None


def test_the_same_bytes_or_the_same_text_tell_a_page_under_another_number(archive: Archive) -> None:
    assert asked(archive, PARKED, "A") is None
    second = replace(PARKED, native_id="2", url="http://www.nhtp.org/news/2.html")
    assert asked(archive, second, "A") == "shared"
    counted = replace(second, body=f"{PARKED.body}\n访问次数：77")
    assert asked(archive, counted, "B") == "shared"
    assert asked(archive, replace(second, body="本域名已经售出。"), "C") is None
    home = replace(PARKED, section=None, native_id=None, url="http://www.nhtp.org/", title="首页", date=NOW.date())
    came(archive, home, "D")
    assert (
        asked(archive, replace(home, section="news", native_id="9", url="http://www.nhtp.org/news/9.html"), "E")
        == "shared"
    )


def test_one_article_under_several_addresses_is_no_shared_page(archive: Archive) -> None:
    bare = replace(numbered(1), date=None)
    for url in (
        "http://www.nhtp.org/news/1.html",
        "https://nhtp.org/news/1.html?from=app",
        "http://www.nhtp.org/news/1.html?v=2",
    ):
        assert asked(archive, replace(bare, url=url), "A") is None


def test_a_mirror_proves_nothing_about_the_site(archive: Archive) -> None:
    bare = replace(numbered(1), date=None)
    assert asked(archive, bare, "A") is None
    other = replace(bare, native_id="2", url="http://mirror.example/news/2.html")
    assert asked(archive, other, "A") is None, "another number, another host"
    assert asked(archive, replace(other, native_id="3", url="http://mirror.example/news/3.html"), "A") == "shared"


def test_a_notice_under_both_sections_is_kept_twice(archive: Archive) -> None:
    run = run_of(archive)
    for section in ("news", "notices"):
        one = numbered(7, section)
        archive.enter_shown(run, "http://www.nhtp.org/", [Listed(one.url, NOTICE)], "2026-11-22T08:30:00Z")
        assert asked(archive, one, "A") is None
        assert archive.store(one, run_id=None, capture_id=None, now=NOW) == "new"
    assert asked(archive, numbered(7, "notices", body=BODY + "（完）"), "B", days=1) is None


def test_another_story_waits_for_the_third_run_that_finds_it(archive: Archive) -> None:
    assert archive.store(numbered(1), run_id=None, capture_id=None, now=NOW) == "new"
    first = run_of(archive)
    assert asked(archive, PARKED, "A", run=first) == "strange"
    assert asked(archive, PARKED, "A", run=first) == "strange", "the same night"
    assert asked(archive, PARKED, "B", days=1, run=run_of(archive)) == "strange"
    assert asked(archive, PARKED, "A", days=2, run=run_of(archive)) is None


def test_what_somebody_else_kept_is_not_waited_for(archive: Archive) -> None:
    archive.store(numbered(1), run_id=None, capture_id=None, now=NOW)
    assert asked(archive, PARKED, "A", copied=True) is None


def test_a_kept_page_that_others_show_is_no_measure_of_the_article(archive: Archive) -> None:
    number = came(archive, PARKED, "A")
    archive.store(PARKED, run_id=None, capture_id=number, now=NOW)
    came(archive, replace(PARKED, native_id="2", url="http://www.nhtp.org/news/2.html"), "A")
    assert asked(archive, numbered(1, date=None), "C", days=1) is None


def test_pages_without_a_number_are_for_a_person_to_judge(archive: Archive) -> None:
    came(archive, numbered(1), "A")
    found = Article("nhtp", None, None, "http://www.nhtp.org/old/a.html", NOTICE, body=BODY)
    assert asked(archive, found, "A") is None


def test_the_look_for_the_same_text_goes_by_an_index(archive: Archive, database: str) -> None:
    came(archive, PARKED, "A")
    engine = create_engine(database)
    wanted = (
        "SELECT DISTINCT url FROM captures WHERE status = 200 AND (digest = 'sha1:A' OR text_digest = 'x') LIMIT 24"
    )
    with engine.connect() as connection:
        if engine.dialect.name == "postgresql":
            connection.execute(text("SET enable_seqscan = off"))
        explain = "EXPLAIN QUERY PLAN " if engine.dialect.name == "sqlite" else "EXPLAIN "
        plan = " ".join(str(row) for row in connection.execute(text(explain + wanted)))
    engine.dispose()
    assert "ix_captures_digest" in plan and "ix_captures_text_digest_url" in plan


# -- whole nights ------------------------------------------------------------------------------------

STORIES = (
    "今天上午园区召开座谈会，听取医疗器械企业对洁净车间改造的意见。",
    "月初启用的公共实验平台已为二十家企业提供检测，费用减半。",
    "物业服务公司完成三号楼电梯更新，住户反映等候时间明显缩短。",
    "招商办公室接待来访客商，介绍中药饮片生产基地的配套条件。",
)
LOGIN = (
    "<html><head><title>统一身份认证</title></head><body><h1>用户登录</h1><p>本系统仅供园区企业使用，首次使用的企业须先到"
    "服务大厅办理登记，领取账号以后方可办理业务。</p><p>今日访问：{}</p></body></html>"
)


def healthy(*more: int) -> dict[str, Route | Any]:
    numbers = [*range(1, 5), *more]
    return {
        "/robots.txt": (404, {}, b""),
        "/news/": listing(numbers),
        **{f"/news/{number}.html": article(number, text=STORIES[number % 4]) for number in numbers},
    }


def due(data: Path) -> None:
    change(data, "UPDATE frontier SET due_at = '2020-01-01T00:00:00Z' WHERE kind = 'article' AND due_at IS NOT NULL")


def states(end: End) -> list[tuple[Any, ...]]:
    return end.rows("SELECT native_id, version, body, gone_at FROM articles ORDER BY native_id")


def test_a_site_that_shows_one_page_for_all_articles_spoils_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    count = itertools.count()
    with Site(healthy()) as site:
        first = crawl(tmp_path, site)
        before = states(first)
        due(tmp_path)
        site.routes = {
            **healthy(5, 6),
            **{f"/news/{n}.html": lambda _: page(LOGIN.format(next(count))) for n in range(1, 7)},
        }
        night = crawl(tmp_path, site, "-O", str(tmp_path / "night.jsonl"))
        assert night.code == 1, "not one could be read"
        assert states(night) == before
        assert "other addresses show as well" in night.last or "tells another story" in night.last
        counts = night.rows(
            "SELECT json_extract(counts, '$.shared'), json_extract(counts, '$.strange') FROM runs WHERE id = 2"
        )
        assert sum(number or 0 for number in counts[0]) == 6
        assert (
            "统一身份认证" not in (tmp_path / "night.jsonl").read_text()
            and "座谈会" in (tmp_path / "night.jsonl").read_text()
        )
        monkeypatch.setenv("ZSPARK_DATA", str(tmp_path))
        told = CliRunner().invoke(main, ["reread"])
        assert told.exit_code == 0 and states(night) == before, "old bytes read anew are no more than they were"
        due(tmp_path)
        site.routes = healthy(5, 6)
        back = crawl(tmp_path, site)
        assert back.code == 0, back.err
        assert [row[:2] for row in states(back)] == [(str(number), 1) for number in range(1, 7)]


def test_the_home_page_in_the_place_of_new_articles_makes_none(tmp_path: Path) -> None:
    home = page(
        "<html><head><title>健康基地</title></head><body><h1>健康基地</h1><p>健康基地是一个以医疗器械和中药饮片为主的"
        "专业园区，占地三平方公里，现有企业二百余家，欢迎您来参观考察。</p></body></html>"
    )
    with Site({**healthy(), **{f"/news/{number}.html": home for number in range(1, 5)}}) as site:
        end = crawl(tmp_path, site)
    assert end.rows("SELECT count(*) FROM articles") == [(0,)]
    assert {row[0] for row in end.rows("SELECT state FROM frontier WHERE kind = 'article'")} <= {
        "not an article",
        "waiting",
    }


def test_one_strange_page_makes_the_night_suspicious_and_is_asked_for_again(tmp_path: Path) -> None:
    with Site(healthy()) as site:
        before = states(crawl(tmp_path, site))
        due(tmp_path)
        site.routes["/news/2.html"] = page(LOGIN.format(1))
        end = crawl(tmp_path, site)
    assert end.code == 2
    assert "1 article came as a page of another story" in end.last
    assert states(end) == before
    (row,) = end.rows("SELECT state, tries, reason, due_at > visited_at FROM frontier WHERE url LIKE '%/news/2.html'")
    assert row == ("read", 1, "the page tells another story under another title", 1)
    assert site.asked.count("/news/2.html") == 2


def test_articles_with_the_same_text_are_all_kept(tmp_path: Path) -> None:
    with Site({**healthy(), **{f"/news/{number}.html": article(number) for number in range(1, 5)}}) as site:
        end = crawl(tmp_path, site)
        assert end.code == 0, end.err
        assert crawl(tmp_path, site, "-a", "full=1").code == 0
    assert [row[:2] for row in states(end)] == [(str(number), 1) for number in range(1, 5)]


def test_a_doubt_says_why() -> None:
    found = doubt(PARKED, Known(shared=True))
    assert found == Doubt("shared", "the page is one that other addresses show as well")
