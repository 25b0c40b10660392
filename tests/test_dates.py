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
        ("2019-02-19 HKT 08:30", dt.time(8, 30), "minute"),
        ("08:30 2019-02-19", dt.time(8, 30), "minute"),
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


@pytest.mark.parametrize(
    "line",
    [
        "<p><b>19</b>/<i>2019.02</i></p>",
        "<p><span>02-19</span><span>2019</span></p>",
        "<p>19</p><p>2019.02</p>",
        "<p>发布日期：108-02-19</p>",
        "<p><i class='hour'>08:30</i><i class='date'>2019/02/19</i></p>",
        "<p>公告日期：2019-02-19</p>",
    ],
)
def test_a_day_in_parts(line: str) -> None:
    assert read_html(framed(line)).date == DAY


def test_the_day_behind_a_heading() -> None:
    article = read_html(framed(title="<h1>园区召开半年工作会议<small>2019-02-19</small></h1>"))
    assert (article.title, article.date) == ("园区召开半年工作会议", DAY)


def test_the_day_in_the_head_of_an_electronic_paper_counts_when_its_address_names_it() -> None:
    far = "<div>2019年02月19日 星期二</div>" + "<p>第一版</p>" * 9
    html = framed().replace("<body>", f"<body>{far}")
    assert read_html(html, "http://www.nhtp.org/paper/201902/19/content_3.html").date == DAY
    assert read_html(html, "http://www.nhtp.org/paper/201902/20/content_3.html").date is None


def test_the_time_of_a_meeting_is_no_day_of_publication() -> None:
    lines = "<p>时间：2019年2月19日上午九点</p><p>地点：三楼会议室</p>"
    article = read_html(framed(body=lines + TEXT))
    assert (article.date, article.body.split("\n")[0]) == (None, "时间：2019年2月19日上午九点")


def test_the_day_that_a_column_has_below_its_text() -> None:
    posted = "<div>{}于 2019-02-19 10:10・IP 属地广东</div>"
    assert read_html(framed(body=f"<div>{TEXT}</div>" + posted.format("发布"))).date == DAY
    assert read_html(framed(body=f"<div>{TEXT}</div>" + posted.format("编辑"))).date is None


def test_a_year_that_the_attribute_of_a_time_has() -> None:
    line = "<p>江畔日报 <time datetime='2019-02-19T08:30:00+08:00'>2月19日</time></p>"
    article = read_html(framed(line))
    assert (article.date, article.date_basis) == (DAY, "completed")


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


FETCHED = dt.datetime(2019, 2, 22, 12, tzinfo=dt.UTC)


@pytest.mark.parametrize(
    ("written", "day"),
    [
        ("3天前", DAY),
        ("三天前", DAY),
        ("2小时前", dt.date(2019, 2, 22)),
        ("21小时前", dt.date(2019, 2, 21)),
        ("昨天 08:30", dt.date(2019, 2, 21)),
        ("1周前", dt.date(2019, 2, 15)),
    ],
)
def test_days_counted_from_the_day_of_fetching(written: str, day: dt.date) -> None:
    page = framed(f"<p>{written} 来源：江畔网</p>")
    article = read_html(page, fetched_at=FETCHED)
    assert (article.date, article.date_basis, article.source) == (day, "relative", "江畔网")
    unknown = read_html(page)
    assert (unknown.date, unknown.date_missing) == (None, "illegible")


@pytest.mark.parametrize("written", ["2月19日", "02-19 08:30", "02月19日 08:30"])
@pytest.mark.parametrize(
    ("url", "day"),
    [
        ("http://a.example/2019/0219/c1-7.html", DAY),
        ("http://a.example/xw/201902/t20190219_7.html", DAY),
        ("http://a.example/2019-02/19/c_7.htm", DAY),
        ("http://a.example/2018/0305/c1-7.html", None),
        ("http://a.example/news/7.html", None),
    ],
)
def test_a_year_from_the_address(written: str, url: str, day: dt.date | None) -> None:
    article = read_html(framed(f"<p>{written} 来源：江畔网</p>"), url)
    assert article.date == day
    assert article.date_basis == ("completed" if day else None)
    assert article.date_missing == (None if day else "illegible")


@pytest.mark.parametrize("written", ["2019年2月", "2019年02月", "2019-02"])
def test_a_month_alone(written: str) -> None:
    article = read_html(framed(f"<p>发布时间：{written} 来源：江畔网</p>"))
    assert (article.date, article.date_precision) == (dt.date(2019, 2, 1), "month")


META = '<meta property="article:published_time" content="2019-02-18T16:30:00Z">'


def with_head(head: str, byline: str = "") -> str:
    return framed(byline).replace("<head>", f"<head>{head}")


@pytest.mark.parametrize(
    "head",
    [
        META,
        '<meta name="PubDate" content="2019-02-19 00:30">',
        '<meta name="publishdate" content="2019-02-19">',
        '<meta name="firstpublishedtime" content="2019-02-19-00:30:00">',
        '<script type="application/ld+json">{"@type":"NewsArticle","datePublished":"2019-02-19T00:30:00+08:00"}</script>',
        '<script>var ct = "1550507400";</script>',
    ],
)
def test_metadata_where_nothing_is_shown(head: str) -> None:
    article = read_html(with_head(head))
    assert (article.date, article.date_basis) == (DAY, "metadata")
    shown = read_html(with_head(head, "<p>发布时间：2019-02-20</p>"))
    assert (shown.date, shown.date_basis) == (dt.date(2019, 2, 20), "shown")


@pytest.mark.parametrize(
    "head",
    [
        '<meta property="article:modified_time" content="2019-02-19">',
        '<meta name="lastmodifiedtime" content="2019-02-19-00:30:00">',
        '<script type="application/ld+json">{"@type":"NewsArticle","dateModified":"2019-02-19"}</script>',
        '<script type="application/ld+json">{broken</script>',
        '<meta name="PubDate" content="2019-02-30">',
    ],
)
def test_metadata_that_tell_no_day_of_publication(head: str) -> None:
    assert read_html(with_head(head)).date_missing == "absent"


def test_metadata_settle_a_conflict_or_are_one() -> None:
    both = "<p>发布时间：2019-02-19 来源：江畔网 发布日期：2019-03-20</p>"
    assert read_html(with_head(META, both)).date == DAY
    other = META + '<meta name="PubDate" content="2019-03-20">'
    assert read_html(with_head(other)).date_missing == "conflict"


def test_the_day_of_signing_gives_way_to_that_of_publication() -> None:
    both = "<p>成文日期：2019-01-09　发布日期：2019-02-19</p>"
    assert read_html(framed(both)).date == DAY
    assert read_html(framed("<p>索引号：0001 成文日期：2019-02-19</p>")).date == DAY


@pytest.mark.parametrize(
    ("end", "title", "day"),
    [
        ("<p>江畔园区有限公司</p><p>2019年2月19日</p>", "关于停电的通知", DAY),
        ("<p>江畔市科技局</p><p>二〇一九年二月十九日</p>", "园区停电", DAY),
        ("<p>2019年2月19日</p>", "园区停电公告", DAY),
        ("<p>2019年2月19日</p>", "园区召开会议", None),
        ("<p>会议于2019年2月19日举行。</p>", "关于停电的通知", None),
    ],
)
def test_the_date_under_a_signature(end: str, title: str, day: dt.date | None) -> None:
    article = read_html(framed(body=TEXT + end, title=f"<h1>{title}</h1>"))
    assert (article.date, article.date_basis) == (day, "signature" if day else None)
    shown = read_html(framed("<p>发布时间：2019-02-20</p>", body=TEXT + end, title=f"<h1>{title}</h1>"))
    assert shown.date == dt.date(2019, 2, 20)


def test_a_labelled_date_right_below_the_text() -> None:
    html = framed(body=TEXT).replace('<div class="foot">', "<div>发布时间：2019-02-19</div><div class='foot'>")
    assert read_html(html).date == DAY
    assert read_html(html.replace("发布时间", "更新时间")).date is None


def test_a_labelled_date_in_the_last_line_of_the_text() -> None:
    end = "<p>发布日期：2019-02-19　责任编辑：张三</p>"
    article = read_html(framed("<p>来源：江畔网</p>", body=TEXT + end))
    assert (article.date, article.editor) == (DAY, "张三")
    assert read_html(framed("<p>来源：江畔网</p>", body=TEXT + end.replace("发布", "报名"))).date is None


def test_buttons_do_not_part_a_date_from_the_text_above_it() -> None:
    row = "<div><a href='/z'>点赞 3</a> <a href='/s'>分享</a></div><div>发布时间：2019-02-19</div>"
    html = framed(body=TEXT).replace('<div class="foot">', f'{row}<div class="foot">')
    assert read_html(html).date == DAY


def test_the_day_that_metadata_state_goes_before_one_counted_from_now() -> None:
    html = with_head('<meta name="PubDate" content="2019-02-19 09:30">', "<p>昨天 来源：江畔网</p>")
    article = read_html(html, fetched_at=FETCHED)
    assert (article.date, article.date_basis, article.source) == (DAY, "metadata", "江畔网")


def test_times_of_change_are_taken_out() -> None:
    line = "<p>发布于 <time class='published'>2019年2月19日</time> <time class='updated'>2024年2月2日</time></p>"
    assert read_html(framed(line)).date == DAY
