"""Small pages as HTML strings, and what is read from them: for the tests of reading."""

from __future__ import annotations

import datetime as dt

from zsparkcrawl.extract import extract
from zsparkcrawl.items import Article, Page

__all__ = ["TEXT", "URL", "framed", "read_html"]

URL = "http://www.nhtp.org/news/1207.html"
TEXT = (
    "<p>园区昨日召开半年工作会议，总结上半年的招商情况，并部署下半年的重点项目。</p>"
    "<p>会后，与会人员参观了新落成的实验室，对设备和工艺表示满意。</p>"
)


def read_html(html: str, url: str = URL, fetched_at: dt.datetime | None = None) -> Article:
    """The article of a page in UTF-8, its text as it stands there."""
    return extract(Page(url, html.encode(), "text/html; charset=utf-8", fetched_at=fetched_at), None)


def framed(byline: str = "", body: str = TEXT, foot: str = "", title: str = "<h1>园区召开半年工作会议</h1>") -> str:
    """A page with its title, its byline, its body and its foot each in a place of its own."""
    return (
        "<html><head><title>园区召开半年工作会议-健康基地</title></head><body>"
        '<div class="nav"><a href="/">首页</a> <a href="/news/">新闻中心</a></div>'
        f'<div class="article">{title}{byline}<div class="content">{body}</div></div>'
        f'<div class="foot">{foot}</div></body></html>'
    )
