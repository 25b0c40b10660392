"""The article's date: read in any form, never that of a footer, None with a reason where it cannot be trusted."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.reading import TEXT, framed, read_html
from zsparkcrawl.extract.dates import find_date

DAY = dt.date(2019, 2, 19)


@pytest.mark.parametrize(
    "written",
    [
        "2019-02-19",
        "2019-2-19",
        "2019/02/19",
        "2019/2/19",
        "2019.02.19",
        "2019年02月19日",
        "2019年2月19日",
        "2019 年 2 月 19 日",
        "2019年2月19号",
        "20190219",
        "二〇一九年二月十九日",
        "二○一九年二月十九日",
        "二零一九年二月十九日",
        "２０１９年２月１９日",
        "２０１９－０２－１９",
        "[2019-02-19]",
        "（2019-02-19）",
        "2019-02-19 星期二",
        "2019－02－19",
        "2019—02—19",
    ],
)
def test_days(written: str) -> None:
    article = read_html(framed(f"<p>作者:    来源:    发布时间:{written}</p>"))
    assert (article.date, article.time, article.date_precision, article.date_missing) == (DAY, None, "day", None)


@pytest.mark.parametrize(
    ("written", "time", "precision"),
    [
        ("2019-02-19 08:30", dt.time(8, 30), "minute"),
        ("2019-02-19 8:30", dt.time(8, 30), "minute"),
        ("2019-02-19 23:59:58", dt.time(23, 59, 58), "second"),
        ("2019-02-19T08:30:05", dt.time(8, 30, 5), "second"),
        ("2019年2月19日 08时30分", dt.time(8, 30), "minute"),
        ("2019年2月19日08：30", dt.time(8, 30), "minute"),
        ("2019-02-19 00:00:00", dt.time(0, 0), "second"),
        ("2019/2/19 8:30:05", dt.time(8, 30, 5), "second"),
        ("20190219 08:30", dt.time(8, 30), "minute"),
    ],
)
def test_times(written: str, time: dt.time, precision: str) -> None:
    article = read_html(framed(f"<p>来源：中山日报 发布时间：{written} 浏览：12</p>"))
    assert (article.date, article.time, article.date_precision) == (DAY, time, precision)
    assert article.source == "中山日报"


def test_the_raw_string_is_kept() -> None:
    article = read_html(framed("<p>发布时间：2019年2月19日 08:30 浏览：3</p>"))
    assert article.date_raw == "2019年2月19日 08:30"


@pytest.mark.parametrize(
    ("numerals", "day"),
    [
        ("二〇〇八年一月一日", dt.date(2008, 1, 1)),
        ("二〇一〇年十月十日", dt.date(2010, 10, 10)),
        ("二〇二一年十二月三十一日", dt.date(2021, 12, 31)),
        ("二〇一九年十一月二十日", dt.date(2019, 11, 20)),
        ("二〇一九年三月三十日", dt.date(2019, 3, 30)),
        ("一九九八年五月二十二日", dt.date(1998, 5, 22)),
    ],
)
def test_chinese_numerals(numerals: str, day: dt.date) -> None:
    assert read_html(framed(f"<p>发布日期：{numerals}</p>")).date == day


@pytest.mark.parametrize(
    "foot",
    [
        "<p>版权所有 2008-2023 健康基地</p>",
        "<p>更新日期：2023-12-01</p>",
        "<p>最后更新：2023年12月1日</p>",
        "<p>Copyright &copy; 2023-12-01 健康基地</p>",
        "<p>今天是2023年12月1日 星期五</p>",
        "<p>本站自2008年1月1日起开通</p>",
        "<p>粤ICP备00000017号 2023-12-01</p>",
        "<p>时间：2023-12-01 版权所有</p>",
        "<p>发布时间：2023-12-01</p>",
        "<p>更新时间：2023-12-01</p>",
    ],
)
def test_a_date_in_the_foot_is_not_the_article_s(foot: str) -> None:
    article = read_html(framed(body=TEXT * 4, foot=foot))
    assert (article.date, article.date_missing) == (None, "absent")
    dated = read_html(framed("<p>作者： 来源： 发布时间：2019-02-19</p>", body=TEXT * 4, foot=foot))
    assert (dated.date, dated.date_missing) == (DAY, None)


@pytest.mark.parametrize(
    "line",
    [
        "<p>更新日期：2023-12-01</p>",
        "<p>更新时间：2023-12-01</p>",
        "<p>作者：陈小明 来源：中山日报 更新时间：2023-12-01</p>",
        "<p>最后更新：2023-12-01</p>",
    ],
)
def test_the_day_of_an_update_is_not_that_of_publication(line: str) -> None:
    article = read_html(framed(line))
    assert (article.date, article.date_missing) == (None, "absent")


@pytest.mark.parametrize(
    "sentence",
    ["2018年3月5日，园区与三家企业签约。", "会议时间：2018年3月5日上午九点。", "报名日期：2018-03-05至2018-03-20。"],
)
def test_a_date_in_the_text_is_not_the_article_s(sentence: str) -> None:
    undated = read_html(framed(body=f"{TEXT}<p>{sentence}</p>{TEXT}"))
    assert (undated.date, undated.date_missing) == (None, "absent")
    dated = read_html(framed("<p>作者： 来源： 发布时间：2019-02-19</p>", body=f"<p>{sentence}</p>{TEXT}"))
    assert dated.date == DAY
    assert sentence in dated.body


def test_no_date_at_all() -> None:
    article = read_html(framed("<p>作者：陈小明 来源：中山日报</p>"))
    assert (article.date, article.date_missing, article.date_raw) == (None, "absent", None)
    assert (article.author, article.source) == ("陈小明", "中山日报")


@pytest.mark.parametrize(
    "line",
    [
        "<p>作者：陈小明 发布时间：2019-02-19</p><p>来源：中山日报 发布时间：2019-03-20</p>",
        "<p>发布时间：2019-02-19 来源：中山日报 发布时间：2019-03-20</p>",
        "<p>发布时间：2019-02-19 发布日期：2019-03-20</p>",
    ],
)
def test_two_days_are_a_conflict(line: str) -> None:
    article = read_html(framed(line))
    assert (article.date, article.date_missing) == (None, "conflict")


def test_the_same_day_twice_is_none() -> None:
    article = read_html(framed("<p>发布时间：2019-02-19</p><p>来源：中山日报 日期：2019年2月19日</p>"))
    assert (article.date, article.date_missing) == (DAY, None)


@pytest.mark.parametrize(
    "written", ["2019-02-30", "2019-13-01", "昨天", "????-??-??", "2019年?月", "0000-00-00", "12:30", "9102-91-20"]
)
def test_what_is_no_day_is_illegible(written: str) -> None:
    article = read_html(framed(f"<p>作者：陈小明 来源：中山日报 发布时间：{written}</p>"))
    assert (article.date, article.date_missing, article.date_raw) == (None, "illegible", written)


def test_a_day_to_come_is_refused() -> None:
    page = framed("<p>来源：中山日报 发布时间：2019-02-19</p>")
    before = read_html(page, fetched_at=dt.datetime(2019, 2, 18, 12, tzinfo=dt.UTC))
    assert (before.date, before.date_missing, before.date_raw) == (None, "illegible", "2019-02-19")
    assert read_html(page, fetched_at=dt.datetime(2019, 2, 19, 12, tzinfo=dt.UTC)).date == DAY
    # In Zhongshan it is the next day eight hours earlier.
    assert read_html(page, fetched_at=dt.datetime(2019, 2, 18, 16, tzinfo=dt.UTC)).date == DAY
    assert read_html(page, fetched_at=dt.datetime(2019, 2, 18, 15, 59, tzinfo=dt.UTC)).date is None


@pytest.mark.parametrize(
    "text", ["1979-02-19", "2100-02-19", "第2019021900号", "120190219", "2019-02-190", "IP 19.2.19"]
)
def test_numbers_that_are_no_dates(text: str) -> None:
    assert find_date(text, dt.date(2024, 1, 1)) is None


def test_the_first_possible_day_counts() -> None:
    moment = find_date("2019-02-30 或 2019-02-19")
    assert moment is not None
    assert (moment.date, moment.start) == (DAY, 13)


def test_a_date_alone_below_the_heading() -> None:
    article = read_html(framed("<p class='time'>2019-02-19</p>"))
    assert (article.date, article.body.splitlines()[0][:4]) == (DAY, "园区昨日")


@given(st.dates(dt.date(1980, 1, 1), dt.date(2099, 12, 31)), st.sampled_from(["%Y-%m-%d", "%Y年%m月%d日", "%Y%m%d"]))
def test_every_day_is_read(day: dt.date, form: str) -> None:
    moment = find_date(f"发布时间：{day.strftime(form)} 来源：健康基地")
    assert moment is not None
    assert moment.date == day


@given(st.text("0123456789-/.年月日 :：时分二〇一九十零", max_size=40))
def test_no_text_makes_it_fail(text: str) -> None:
    moment = find_date(text)
    assert moment is None or moment.raw in text
