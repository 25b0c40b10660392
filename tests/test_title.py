"""The title: the heading over the byline, whatever the head of the page claims."""

import pytest

from tests.reading import TEXT, framed, read_html
from zsparkcrawl.clean import read
from zsparkcrawl.items import Page

TITLE = "园区召开半年工作会议"
BYLINE = "<p>作者:    来源:    发布时间:2019-02-19</p>"
SPAM = "国产av无码专区,亚洲精品一区二区,久久综合"


def page(heading: str, head: str = "", above: str = "", byline: str = BYLINE, body: str = TEXT) -> str:
    return f"<html><head>{head}</head><body>{above}{heading}{byline}<div>{body}</div></body></html>"


def title(html: str) -> str | None:
    return read_html(html).title


@pytest.mark.parametrize(
    "heading",
    [
        f"<h1>{TITLE}</h1>",
        f"<h2>{TITLE}</h2>",
        f"<h3 align=center>{TITLE}</h3>",
        f'<div class="title">{TITLE}</div>',
        f'<div class="tit">{TITLE}</div>',
        f'<td class="bt"><strong>{TITLE}</strong></td>',
        f'<div id="ArticleTitle">{TITLE}</div>',
        f"<center><font size=5><b>{TITLE}</b></font></center>",
        f'<p style="text-align:center"><strong>{TITLE}</strong></p>',
        f"<div><span>{TITLE}</span></div>",
        f"<h1>\n  {TITLE}\n</h1>",
        "<h1>园区召开\n    半年工作会议</h1>",
        "<h1><span>园区召开</span>半年工作会议</h1>",
        f"<table><tr><td align=center>{TITLE}</td></tr></table>",
        f"{TITLE}<br>",
    ],
)
@pytest.mark.parametrize("head", [f"<title>{TITLE}-健康基地</title>", f"<title>{SPAM}</title>", "<title></title>", ""])
def test_headings_of_all_kinds(heading: str, head: str) -> None:
    assert title(page(heading, head)) == TITLE


@pytest.mark.parametrize("spam", [SPAM, "凤凰彩票网上开户-澳门新葡京娱乐城", "".join(f"&#{ord(c)};" for c in SPAM)])
def test_a_hijacked_head_is_never_the_title(spam: str) -> None:
    article = read_html(page(f"<p>{TITLE}</p>", f"<title>{spam}</title>"))
    assert article.title == TITLE
    assert [found.kind for found in article.injections] == ["title"]


@pytest.mark.parametrize(
    "head",
    [
        f"<title>{TITLE}</title>",
        f"<title>{TITLE}-健康基地</title>",
        f"<title>{TITLE} - 新闻中心 - 健康基地</title>",
        f"<title>健康基地_{TITLE}</title>",
        f"<title>{TITLE}|健康基地</title>",
        f"<title>{TITLE}——健康基地</title>",
    ],
)
def test_the_head_helps_to_tell_the_title_from_its_neighbours(head: str) -> None:
    """None of the three lines has any mark of a title."""
    heading = f"<p>健康基地欢迎您</p><p>{TITLE}</p><p>聚焦产业发展</p>"
    assert title(page(heading, head)) == TITLE


@pytest.mark.parametrize(
    "above",
    [
        '<div>当前位置：<a href="/">首页</a> &gt; <a href="/news/">新闻中心</a></div>',
        "<div>當(dāng)前位置:首頁 &gt; 新聞中心</div>",
        '<div>您的位置：<a href="/">首页</a> » 新闻中心 » 正文</div>',
        f"<div>当前位置：首页 &gt; 新闻中心 &gt; {TITLE}</div>",
        "<div><a href='/'>首页</a>&gt;<a href='/news/'>新闻中心</a></div>",
        "<form><label>请输入关键字</label><input></form>",
        "<ul><li><a href='/zcgg/1.html'>迁址公告</a></li><li><a href='/zcgg/2.html'>招租公告</a></li></ul>",
        "<h2>新闻中心</h2>",
        '<div class="title">新闻中心</div>',
        '<h1><a href="/">健康基地</a></h1>',
    ],
)
@pytest.mark.parametrize("heading", [f"<h1>{TITLE}</h1>", f'<div class="title">{TITLE}</div>', f"<div>{TITLE}</div>"])
def test_what_stands_above_is_not_the_title(above: str, heading: str) -> None:
    assert title(page(heading, f"<title>{TITLE}-健康基地</title>", above)) == TITLE


@pytest.mark.parametrize(
    "written",
    [
        "園區(qū)召開半年工作會(huì)議",
        "園區召開半年工作會議",
        "關(guān)于“十四五”規(guī)劃：第一批（2019年）",
        "2019-2020年度计划",
        "A&amp;B",
    ],
)
def test_the_title_is_given_as_it_stands(written: str) -> None:
    assert title(page(f"<h1>{written}</h1>")) == written.replace("&amp;", "&")


def test_a_damaged_title_and_a_clean_head() -> None:
    heading = "<p>首頁新聞</p><p>園區(qū)召開半年工作會(huì)議</p>"
    assert title(page(heading, f"<title>{TITLE}-健康基地</title>")) == "園區(qū)召開半年工作會(huì)議"


def test_a_dash_in_the_title_is_kept() -> None:
    name = "健康基地—中山大学签约仪式"
    assert title(page(f"<h1>{name}</h1>", f"<title>{name}-健康基地</title>")) == name


def test_the_kind_of_post_is_no_part_of_the_title() -> None:
    heading = f"<h1><a href='/b'>[通知]</a> <span id=subject>{TITLE}</span></h1>"
    assert title(page(heading, f"<title>{TITLE}_论坛</title>")) == TITLE


def test_a_column_s_name_gives_way_to_the_line_that_the_text_speaks_of() -> None:
    heading = f"<h2>新闻资讯</h2><p>News</p><p>2019-02-19</p><p>{TITLE}</p>"
    assert title(page(heading, "<title>健康基地</title>", byline="")) == TITLE


def test_a_notice_without_any_mark_of_a_title() -> None:
    name = "关于调整园区班车时间的通知"
    assert title(f"<html><head><title>公告栏</title></head><body><div>{name}</div>{TEXT}</body></html>") == name


def test_a_page_without_any_heading() -> None:
    article = read_html(f"<html><body>{TEXT}</body></html>")
    assert article.title is None
    assert article.body.startswith("园区昨日")


def test_no_heading_but_a_byline() -> None:
    article = read_html(page("", body=TEXT))
    assert article.title is None
    assert article.body.startswith("园区昨日")


def test_a_heading_without_a_byline() -> None:
    article = read_html(page(f"<h1>{TITLE}</h1>", byline=""))
    assert article.title == TITLE
    assert article.body.startswith("园区昨日")


def test_headings_in_the_text_are_the_text_s() -> None:
    article = read_html(framed(BYLINE, body=f"<h2>一、招商</h2>{TEXT}<h2>二、服务</h2>{TEXT}"))
    assert article.title == TITLE
    assert article.body.startswith("一、招商\n园区昨日")


def test_a_title_below_the_byline() -> None:
    article = read_html(page(BYLINE, byline="", body=f"<h1>{TITLE}</h1>{TEXT}"))
    assert article.title == TITLE
    assert article.body.startswith("园区昨日")


def test_spam_in_the_title_is_cut() -> None:
    html = page(f"<h1>{TITLE}，凤凰彩票网上开户</h1>", f"<title>{TITLE}</title>")
    assert read(Page("http://www.nhtp.org/news/7.html", html.encode())).title == TITLE
