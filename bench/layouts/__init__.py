"""Article pages of many makes, each with its truth: the layouts beside this file, filled with the sample's articles.

A layout is an HTML file with facts in TOML above a line of three dashes: which fields its pages show, how it writes
a date, an author, a source and a paragraph. Fields that it does not show are unknown, and nothing else is right.
A file with a table `truth` among its facts is a whole page instead, see `bench.layouts.whole`. The folder `apart` holds
what reading was not tuned on: what is wrong there is left so. Figures are given for it alone, too.
"""

from __future__ import annotations

import datetime as dt
import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from html import escape
from pathlib import Path
from typing import Any

from bench.layouts.whole import whole_page
from bench.sample_truth import Truth, truths

__all__ = ["FOLDERS", "Layout", "Made", "layouts", "made_pages"]

FOLDERS = ("tuned", "apart")
PAGES_EACH = 3
"""Pages of each layout: one with all that it shows, one without the author, one without the source."""

_FIELDS = ("title", "date", "author", "source", "editor", "photographer", "reviewers")
_BLANK: tuple[frozenset[str], ...] = (frozenset(), frozenset(["author"]), frozenset(["source"]))
_AUTHORS = ("陆云舟", "沈若溪 何一鸣", "欧阳晓岚", "罗小帆", "方静宜", "马驰远")
_SOURCES = ("江畔日报", "河湾晚报", "南山新闻网", "青川市政府网", "湖东电视台", "云港商报")
_EDITORS = ("黎小满", "骆冬", "邵文博")
_OTHERS = ("苗青禾", "祝子安", "傅晓舟", "季明远")
_SITES = ("江畔在线", "河湾新闻网", "青川市人民政府", "云港科技园")
_HEAD = (
    "<style>" + ".list li{line-height:28px;color:#333;padding:0 10px}\n" * 120 + "</style><script>"
    + "var node=document.getElementById('box');node.className=node.className.replace('on','off');\n" * 120 + "</script>"
)  # fmt: skip
_MENU = '<div class="menu"><ul>' + "".join(f'<li><a href="/c{n}/">栏目{n}</a></li>' for n in range(60)) + "</ul></div>"
_LINKS = (
    '<div class="links">' + "".join(f'<a href="http://office{n}.example/">单位{n}</a> ' for n in range(60)) + "</div>"
)
_PLACE = re.compile(r"\{\{(\w+)\}\}")
_NOTICE = re.compile("通知|公告|通告|公示|启事")
_FORMAT = re.compile("%-?[a-zA-Z]")


@dataclass(frozen=True, slots=True)
class Layout:
    """One make of page: its name, its folder, its facts and its HTML."""

    name: str
    folder: str
    facts: dict[str, Any]
    html: str


@dataclass(frozen=True, slots=True)
class Made:
    """A page and what must be read from it. ``truth`` has the fields title, date, author, source, editor,
    photographer, reviewers and body, each None where the page does not show it. ``also`` has other values that are as
    right, and ``may_be`` the lines that may be counted to the body or not."""

    layout: str
    folder: str
    url: str
    body: bytes
    fetched_at: dt.datetime
    truth: dict[str, str | None]
    also: dict[str, tuple[str | None, ...]] = field(default_factory=dict)
    may_be: frozenset[str] = frozenset()


@cache
def layouts() -> tuple[Layout, ...]:
    """All layouts, by folder and name."""
    here = Path(__file__).parent
    return tuple(_layout(path) for folder in FOLDERS for path in sorted((here / folder).glob("*.html")))


def _layout(path: Path) -> Layout:
    facts, _, html = path.read_text("utf-8").partition("\n---\n")
    return Layout(path.stem, path.parent.name, tomllib.loads(facts), html)


def made_pages() -> Iterator[Made]:
    """Every layout filled with articles of its own, in the same way each time."""
    # Those with reviewers of their own would show two kinds.
    articles = [each for each in truths() if "一审" not in each.body]
    notices = [each for each in articles if _NOTICE.search(each.title)]
    # Whole pages are numbered apart, so that one more of them changes no layout's pages.
    whole, filled = ([each for each in layouts() if ("truth" in each.facts) is is_whole] for is_whole in (True, False))
    yield from (_whole(layout, number) for number, layout in enumerate(whole))
    for number, layout in enumerate(filled):
        pool = notices if layout.facts.get("kind") == "notice" else articles
        if "date" not in layout.facts["shows"]:  # nor may the text end with one, below a signature
            pool = [each for each in pool if not each.body.endswith("日")]
        for turn in range(PAGES_EACH):
            yield _made(layout, pool[(5 * number + 11 * turn) % len(pool)], 3 * number + turn, _BLANK[turn])


def _whole(layout: Layout, number: int) -> Made:
    """The one page of a file that is a whole page."""
    around = {"menu": _MENU, "links": _LINKS, "related": _related(number)}
    html, body, right, may_be, fetched = whole_page(layout.facts, layout.html, around)
    truth: dict[str, str | None] = {name: right.get(name, (None,))[0] for name in _FIELDS}
    page = _dressed(html).encode(layout.facts.get("encoding", "utf-8"))
    return Made(layout.name, layout.folder, layout.facts["url"], page, fetched, truth | {"body": body}, right, may_be)


def _made(layout: Layout, article: Truth, number: int, blank: frozenset[str]) -> Made:
    shown = {"title", "body", *layout.facts["shows"]} - blank
    moment = dt.datetime.combine(article.date, dt.time(8 + number % 10, 7 + number % 50, 31))
    said = _said(article, number)
    truth: dict[str, str | None] = {name: value if name in shown else None for name, value in said.items()}
    written = {name: value or "" for name, value in truth.items()}
    written["body"] = truth["body"] = "\n".join([said["body"], *_ending(layout, written, moment)])
    values = _values(layout, article, number, written, moment)
    html = _dressed(_PLACE.sub(lambda place: values[place[1]], layout.html))
    url = layout.facts["url"].format(site_host=values["site_host"], number=number + 1200, day=article.date)
    fetched = (moment + dt.timedelta(days=3)).replace(tzinfo=dt.timezone(dt.timedelta(hours=8)))
    return Made(layout.name, layout.folder, url, html.encode(), fetched, truth)


def _dressed(html: str) -> str:
    """The page with what surrounds an article on most: style sheets, scripts, a menu and a list of links."""
    html = re.sub(r"(?i)(?=</head>)", lambda _: _HEAD, html, count=1)
    if _MENU not in html:
        html = re.sub(r"(?i)<body[^>]*>", lambda body: body[0] + _MENU, html, count=1)
    return re.sub(r"(?i)(?=</body>)", lambda _: _LINKS, html, count=1)


def _said(article: Truth, number: int) -> dict[str, str]:
    """What an article's page could say."""
    reviewers = [_OTHERS[(number + each) % len(_OTHERS)] for each in range(3)]
    return {
        "title": article.title,
        "date": article.date.isoformat(),
        "author": _AUTHORS[number % len(_AUTHORS)],
        "source": _SOURCES[number % len(_SOURCES)],
        "editor": _EDITORS[number % len(_EDITORS)],
        "photographer": _OTHERS[number % len(_OTHERS)],
        "reviewers": " ".join(reviewers),
        # What a paper's page begins with would say where it comes from a second time.
        "body": re.sub(r"^(?:本网|商报)讯\s*", "", article.body),
    }


def _values(layout: Layout, article: Truth, number: int, shown: dict[str, str], moment: dt.datetime) -> dict[str, str]:
    host = f"site{number % 7}.example"
    forms = {name: layout.facts.get(name, "{}").replace("{site_host}", host) for name in ("author", "source")}
    reviewers = [*shown["reviewers"].split(), "", "", ""]
    filled = {name: forms[name].format(escape(shown[name])) if shown[name] else "" for name in forms}
    paragraphs = [layout.facts["paragraph"].format(escape(each)) for each in shown["body"].split("\n")]
    return {
        **{name: escape(value) for name, value in shown.items()},
        **filled,
        **{f"reviewer_{index + 1}": escape(name) for index, name in enumerate(reviewers[:3])},
        "plain_source": escape(shown["source"]),
        "date": _written(layout.facts.get("date", ""), moment) if shown["date"] else "",
        "day": article.date.isoformat(),
        "body": "".join(paragraphs),
        "summary": escape(article.body[:60]) + "...",
        "related": _related(number),
        "site": _SITES[number % len(_SITES)],
        "site_host": host,
        "number": str(number + 1200),
    }


def _ending(layout: Layout, shown: dict[str, str], moment: dt.datetime) -> list[str]:
    """Lines below the text in paragraphs of their own, which are part of it as a site has it: credits, a signature."""
    lines = (
        line.format(**shown | {"written": _written(layout.facts["date"], moment)}).strip()
        for line in layout.facts.get("ending", ())
    )
    return [line for line in lines if line]


def _written(form: str, moment: dt.datetime) -> str:
    return "3天前" if form == "relative" else _FORMAT.sub(lambda part: moment.strftime(part[0]), form)


def _related(number: int) -> str:
    """A list of other articles with their days, as stands beside most."""
    others = truths()[number % 40 : number % 40 + 8]
    rows = (f'<li><a href="{each.path}">{escape(each.title)}</a><span>{each.date}</span></li>' for each in others)
    return "\n".join(rows)
