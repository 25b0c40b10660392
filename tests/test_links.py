"""Listings of many makes: the site's own were never seen."""

from __future__ import annotations

import datetime as dt

import pytest

from zsparkcrawl.extract.links import Listing, read_listing, section_listings
from zsparkcrawl.extract.pagination import page_of
from zsparkcrawl.sites import site_named

SITE = site_named("nhtp")
NEWS, NOTICES = SITE.sections["news"], SITE.sections["notices"]
HOME = "http://www.nhtp.org"
DAYS = (dt.date(2019, 2, 19), dt.date(2018, 12, 3))


def news(html: str, url: str = f"{HOME}/news/") -> Listing:
    return read_listing(html, url, NEWS)


LAYOUTS = {
    "ul": """<ul><li><a href="/news/11.html">甲园区</a><span>2019-02-19</span></li>
        <li><a href="/news/12.html">乙园区</a><span>2018-12-03</span></li></ul>""",
    "ul, bracketed text": """<ul><li>· <a href="11.html">甲园区</a> [2019-02-19]</li>
        <li>· <a href="12.html">乙园区</a> [2018-12-3]</li></ul>""",
    "date in the link": """<ul><li><a href="11.html">甲园区<em>2019/2/19</em></a></li>
        <li><a href="12.html"><i>2018/12/3</i>乙园区</a></li></ul>""",
    "date at the end of the link": """<p><a href="11.html">甲园区 [2019-02-19]</a></p>
        <p><a href="12.html">乙园区 2018.12.03</a></p>""",
    "table": """<table><tr><th>标题</th><th>日期</th></tr>
        <tr><td><a href="/news/11.html">甲园区</a></td><td>2019年2月19日</td></tr>
        <tr><td><a href="/news/12.html">乙园区</a></td><td>2018年12月3日</td></tr></table>""",
    "two in a table row": """<table><tr><td><a href="/news/11.html">甲园区</a></td><td>2019-02-19</td>
        <td><a href="/news/12.html">乙园区</a></td><td>2018-12-03</td></tr></table>""",
    "dates first": """<div><span>2019-02-19</span><a href="/news/11.html">甲园区</a><br>
        <span>2018-12-03</span><a href="/news/12.html">乙园区</a></div>""",
    "dates behind": """<div><a href="/news/11.html">甲园区</a> 2019-02-19<br>
        <a href="/news/12.html">乙园区</a> 2018-12-03<br></div>""",
    "div soup": """<div class=a><div><div><a
        href="/news/11.html">甲园区</a></div></div><div><div>发布时间:2019-02-19 09:30</div></div></div><div
        class=a><div><div><a href="/news/12.html">乙园区</a></div></div><div>
        <b>日期：2018-12-03</b></div></div>""",
    "definition list": """<dl><dt><a href="/news/11.html">甲园区</a></dt><dd>2019-02-19</dd></dl>
        <dl><dt><a href="/news/12.html">乙园区</a></dt><dd>2018-12-03</dd></dl>""",
    "definition list, one": """<dl><dt><a href="/news/11.html">甲园区</a></dt><dd>2019-02-19</dd>
        <dt><a href="/news/12.html">乙园区</a></dt><dd>2018-12-03</dd></dl>""",
    "calendar leaf": """<ul><li><div><b>19</b><span>2019-02</span></div><a
        href="/news/11.html">甲园区</a></li> <li><div><b>03</b><span>2018-12</span></div><a
        href="/news/12.html">乙园区</a></li></ul>""",
    "picture and headline": """<ul><li><a href="/news/11.html"><img src="a.jpg" alt="亚洲国产"></a><h3>
        <a href="/news/11.html">甲园区</a></h3><span>2019-02-19</span><p>2月18日，自2019年1月1日起…</p>
        <a href="/news/11.html">[查看详情]</a></li>
        <li><a href="/news/12.html"><img src="b.jpg"></a><h3><a href="/news/12.html#top">乙园区</a></h3>
        <span>2018-12-03</span></li></ul>""",
    "spam between": """<ul><li><a href="/news/11.html">甲园区</a><span>2019-02-19</span></li>
        <li><a href="http://spam.example/news/99.html">彩票</a></li><li><a href="//spam.example/news/98.html">
        棋牌</a></li><li><a href="/news/12.html">乙园区</a><span>2018-12-03</span></li></ul>""",
    "base": """<base href="/news/x/"><li><a href="../11.html">甲园区</a> 2019-02-19</li>
        <li><a href="../12.html">乙园区</a> 2018-12-03</li>""",
    "unclosed": """<ul><li><a href=/news/11.html>甲园区</a><span>2019-02-19<li><a href=/news/12.html>乙园区
        </a><span>2018-12-03</ul>""",
}


@pytest.mark.parametrize("name", LAYOUTS)
def test_layouts(name: str) -> None:
    rows = news(f"<html><body>今天是2026年11月22日<hr>{LAYOUTS[name]}<p>© 2009-2020</p></body></html>").rows
    assert [(row.url.rpartition("/")[2], row.title, row.date) for row in rows] == [
        ("11.html", "甲园区", DAYS[0]),
        ("12.html", "乙园区", DAYS[1]),
    ]


@pytest.mark.parametrize(
    ("row", "title", "date"),
    [
        ('<a href="1.html" title="2022年度中德合作">2022年度中…</a>', "2022年度中德合作", None),
        ('<a href="1.html" title="2022年度中德合作">2022年度中</a>', "2022年度中德合作", None),
        ('<a href="1.html" title="亚洲国产一区二区">2022年度中德生物...</a>', "2022年度中德生物...", None),
        ('<a href="1.html" title="亚洲国产一区二区">园区动态</a>', "园区动态", None),
        ('<a href="1.html" title="產(chǎn)業(yè)大會(huì)">产业…</a>', "產(chǎn)業(yè)大會(huì)", None),
        ('<a href="1.html">园区动态</a> 02-19', "园区动态", None),
        ('<a href="1.html">园区动态</a> 2019-02-30', "园区动态", None),
        ('<a href="1.html">园区动态</a> 电话 0760-2019-0219', "园区动态", None),
        ('<a href="1.html">2019年2月19日会议</a> 2019-02-20', "2019年2月19日会议", dt.date(2019, 2, 20)),
        ('<a href="1.html">2019年2月19日会议</a>', "2019年2月19日会议", None),
        ('<a href="1.html">征集</a> 2019-02-19 至 2019-03-19', "征集", None),
        ('<a href="1.html"><img src="x.jpg" alt="园区动态"></a>', "园区动态", None),
        ('<a href="1.html"><img src="x.jpg"></a>', "", None),
    ],
)  # fmt: skip
def test_title_and_date(row: str, title: str, date: dt.date | None) -> None:
    (found,) = news(f"<ul><li>{row}</li></ul>").rows
    assert (found.title, found.date) == (title, date)


def test_one_article_alone_does_not_take_the_footers_date() -> None:
    page = f'<ul><li><a href="1.html">园区动态</a></li></ul>{"<p>文字</p>" * 3}<div>更新 2020-01-01</div>'
    assert news(page).rows[0].date is None


def test_only_articles_of_the_section_are_rows() -> None:
    page = """<a href="/zcgg/5.html">招租公告</a><a href="/tzzn/qnsq/5.html">申请</a><a
        href="/news/">新闻中心</a> <a href="/news/7.html?from=x">园区</a><a
        href="javascript:go('/news/8.html')">x</a> <a href="mailto:a@nhtp.org">x</a><a
        href="#/news/9.html">x</a><a href="http://u:p@www.nhtp.org/news/10.html">x</a> <a
        href="ftp://www.nhtp.org/news/10.html">x</a><a href="http://[bad/news/1.html">x</a>"""
    assert [row.title for row in read_listing(page, f"{HOME}/zcgg/", NOTICES).rows] == ["招租公告", "申请"]
    assert [row.url for row in news(page).rows] == [f"{HOME}/news/7.html"]
    assert read_listing(page, f"{HOME}/zcgg/", NOTICES).next_pages == ()


def test_other_hosts_only_when_named() -> None:
    page = '<a href="http://nhtp.org/news/1.html">甲</a><a href="http://127.0.0.1/news/2.html">乙</a>'
    assert news(page).rows == ()
    assert [row.title for row in read_listing(page, f"{HOME}/news/", NEWS, SITE.hosts).rows] == ["甲"]
    local = "http://127.0.0.1:8000/news/"
    page = '<base href="http://www.nhtp.org/news/"><a href="3.html">甲</a><a href="http://x.example/news/4.html">乙</a>'
    (row,) = read_listing(page, local, NEWS, ["127.0.0.1"], SITE.hosts).rows
    assert row.url == "http://127.0.0.1:8000/news/3.html"
    assert read_listing('<a href="http://127.0.0.1:9000/news/1.html">x</a>', local, NEWS).rows == ()


NEXT = {
    "word": ('<a href="list_2.html">下一页</a>', "list_2.html"),
    "word, short": ('<a href="list_2.html">下页</a>', "list_2.html"),
    "traditional": ('<a href="x.php?a=2">下一頁</a>', "x.php?a=2"),
    "annotated": ('<a href="x.php?a=2">下一頁(yè)</a>', "x.php?a=2"),
    "annotated, broken": ('<a href="x.php?a=2">下一頁(yè )&gt;</a>', "x.php?a=2"),
    "english": ('<a href="?page=2">Next »</a>', "?page=2"),
    "arrow": ('<a href="list_2.html">&gt;</a>', "list_2.html"),
    "arrows": ('<a href="list_2.html">&gt;&gt;</a>', "list_2.html"),
    "angle": ('<a href="list_2.html">›</a>', "list_2.html"),
    "guillemet": ('<a href="list_2.html">»</a>', "list_2.html"),
    "rel": ('<link rel="next" href="/news/?page=2">', "?page=2"),
    "title only": ('<a href="list_2.html" title="下一页"><img src="n.gif"></a>', "list_2.html"),
    "garbled label": ('<a href="list_2.html">涓嬩竴椤�</a>', "list_2.html"),
    "garbled, query": ('<a href="?page=2">?一?</a>', "?page=2"),
    "garbled, path": ('<a href="/news/p2.html">?</a>', "p2.html"),
    "folder": ('<a href="/news/page/2/">2</a>', "page/2/"),
    "folder, bare": ('<a href="/news/2/">2</a>', "2/"),
    "number": ('<a href="/news/p2.html">[2]</a>', "p2.html"),
    "number in words": ('<a href="/news/index_2.html">第2页</a>', "index_2.html"),
    "article-like": ('<a href="/news/2.html">下一页</a>', "2.html"),
    "select": ('<select><option value="/news/">1<option value="/news/list_2.html">2</select>', "list_2.html"),
}  # fmt: skip


@pytest.mark.parametrize("name", NEXT)
def test_next_page(name: str) -> None:
    html, target = NEXT[name]
    listing = news(f'<ul><li><a href="1207.html">甲</a></li></ul><div class=page>{html}</div>')
    assert listing.next_pages == (f"{HOME}/news/{target}",)
    assert len(listing.rows) == 1


def test_numbers_that_stand_together() -> None:
    inner = "".join(f'<li><a href="/list.asp?cid=3&pno={n}">{n}</a></li>' for n in range(1, 5))
    assert [url.rpartition("=")[2] for url in news(f"<ul>{inner}</ul>").next_pages] == ["2", "3", "4"]
    offsets = "".join(f'<a href="/list.asp?cid=3&o={n * 20}">{n + 1}</a>' for n in range(5))
    assert len(news(offsets).next_pages) == 4
    ids = "".join(f'<a href="/news/{n}.html">{n}</a>' for n in (2, 3, 4))
    assert len(news(ids + '<li><a href="/news/3000.html">甲</a></li>').next_pages) == 3


@pytest.mark.parametrize(
    "html",
    [
        '<a href="/calendar/2019/1">1</a><a href="/calendar/2019/2">2</a><a href="/calendar/2019/3">3</a>',
        '<a href="/news/2018.html">2018</a>',
        '<a href="http://spam.example/news/?page=2">下一页</a>',
        '<a href="javascript:next()">下一页</a><a href="#">下一页</a><a href="">2</a>',
        '<a href="/news/31.html">&gt;</a>',
        '<a href="/about/video/3.html">&gt;&gt;</a>',
        '<a href="/news/about.html">关于我们</a><a href="/news/?id=5">专题</a><a href="/news/?lang=en">EN</a>',
        '<a href="/news/">首页</a><a href="/news/index.html">上一页</a>',
        '<select><option value="2">2</option><option value="3">3</option></select>',
    ],
)
def test_no_next_page(html: str) -> None:
    assert news(html).next_pages == ()


def test_no_way_back() -> None:
    page = '<a href="list_1.html">首页</a><a href="list_2.html">上一页</a><a href="list_4.html">下一页</a>'
    assert news(page, f"{HOME}/news/list_3.html").next_pages == (f"{HOME}/news/list_4.html",)


def test_page_of() -> None:
    assert page_of(f"{HOME}/news/?page=3&cid=2") == (f"{HOME}/news/?cid=2", 3)
    assert page_of(f"{HOME}/news/index.php?p=2") == page_of(f"{HOME}/news/list_2.html")
    assert page_of(f"{HOME}/news/123456.html") is None


def test_sections_on_the_home_page() -> None:
    page = """<a href="/news/">新闻中心</a><a href="/xw/">新聞(wén)動(dòng)態(tài)</a><a
        href="/a/">[基地新闻]</a> <a href="/about/">关于我们</a><a
        href="http://spam.example/">新闻中心</a><a href="/news/5.html">新闻中心</a>"""
    assert section_listings(page, f"{HOME}/", NEWS) == (f"{HOME}/news/", f"{HOME}/xw/", f"{HOME}/a/")


def test_hostile_pages_end() -> None:
    deep = "<div>" * 3000 + '<a href="1.html">甲</a>'
    assert news(deep).rows in {(), news('<a href="1.html">甲</a>').rows}
    wide = "".join(f'<li><a href="{n}.html">{n}号</a> 2019-02-19</li>' for n in range(3000, 5000))
    assert len(news(wide).rows) == 2000
    assert news("").rows == ()


def test_articles_on_foreign_hosts_are_told_and_are_no_rows() -> None:
    page = (
        '<ul><li><a href="/news/1.html">甲</a></li><li><a href="http://other.example/news/7.html?from=x">乙</a></li>'
        '<li><a href="//other.example/news/7.html">乙</a></li><li><a href="http://other.example/about/">丙</a></li>'
        '<li><a href="http://u@other.example/news/8.html">丁</a></li><li><a href="javascript:x()">戊</a></li>'
        '<li><a href="http://[/news/9.html">己</a></li></ul>'
    )
    found = read_listing(page, f"{HOME}/news/", NEWS, SITE.hosts)
    assert [row.title for row in found.rows] == ["甲"]
    assert [(row.url, row.title) for row in found.foreign] == [("http://other.example/news/7.html", "乙")]
    many = "".join(f'<a href="http://x.example/news/{n}.html">x</a>' for n in range(500))
    assert len(read_listing(many, f"{HOME}/news/", NEWS, SITE.hosts).foreign) == 20
