"""A page of the same make as the real ones, through the real spider, in the three ways that its bytes come along:
it comes home to the last character, and the database says what was inferred."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.serving import FAST, End, Route, Site, command, ended
from tools.golden import SITES, page_of

CASE = SITES / "nhtp/shifted"
WAYS = {1: ("utf-8", "utf-8"), 2: ("gbk", "gb2312"), 3: ("gbk", "utf-8")}
"""Number of the article: what its bytes are, and what the header and the page declare."""


def served(number: int) -> Route:
    charset, declared = WAYS[number]
    meta = f'<head>\n<meta http-equiv="Content-Type" content="text/html; charset={declared}">'
    text = page_of(CASE).body.decode().replace("<head>", meta, 1)
    # What GBK cannot hold (the spam has some of it) stands in the page as an entity.
    return 200, {"Content-Type": f"text/html; charset={declared}"}, text.encode(charset, "xmlcharrefreplace")


@pytest.fixture(scope="module")
def end(tmp_path_factory: pytest.TempPathFactory) -> End:
    data = tmp_path_factory.mktemp("seed-like")
    rows = "".join(f'<li><a href="/news/{number}.html">新聞{number}</a></li>' for number in WAYS)
    listing: Route = (200, {"Content-Type": "text/html; charset=utf-8"}, f"<ul>{rows}</ul>".encode())
    routes: dict[str, Route | Any] = {"/robots.txt": (404, {}, b""), "/news/": listing}
    with Site(routes | {f"/news/{number}.html": served(number) for number in WAYS}) as site:
        words = ("crawl", "news", "-a", f"start_url={site.url}/news/", *FAST)
        return ended(command(data, *words), data, site)


@pytest.fixture(scope="module")
def truth() -> dict[str, Any]:
    article: dict[str, Any] = json.loads((CASE / "article.json").read_text("utf-8"))["article"]
    return article


def test_the_crawl_is_good(end: End) -> None:
    assert end.code == 0, end.err
    assert "3 articles (3 new, 0 changed, 0 unchanged)" in end.last


@pytest.mark.parametrize("number", WAYS)
def test_the_page_comes_home(number: int, end: End, truth: dict[str, Any]) -> None:
    columns = "section, native_id, title, date, author, source, body"
    (row,) = end.rows(f"SELECT {columns} FROM articles WHERE native_id = '{number}'")  # noqa: S608
    assert row == ("news", str(number), truth["title"], "2019-02-19", None, None, "\n".join(truth["body"]))
    body = row[-1]
    assert body.startswith("2月18日,")
    assert body.count("忠诚干净担当的干部队伍") == 2
    assert "合同定制(CMO)" in body
    assert "国产" not in body


@pytest.mark.parametrize("number", WAYS)
def test_what_is_inferred_is_marked(number: int, end: End) -> None:
    edits = end.rows(
        "SELECT edits.field, edits.rule, edits.start, edits.before, edits.after FROM edits JOIN articles "  # noqa: S608
        f"ON articles.id = edits.article_id WHERE native_id = '{number}' AND certainty = 'inferred'"
    )
    assert edits == [("body", "units", 1, "", "月")]


@pytest.mark.parametrize("number", WAYS)
def test_everything_else_is_certain(number: int, end: End) -> None:
    edits = end.rows(
        "SELECT edits.rule, edits.certainty, count(*) FROM edits JOIN articles ON articles.id = edits.article_id "  # noqa: S608
        f"WHERE native_id = '{number}' AND rule != 'units' GROUP BY 1, 2"
    )
    assert {certainty for _, certainty, _ in edits} == {"certain"}
    assert {rule for rule, _, _ in edits} >= {"gbk", "annotations", "simplified", "spam-line"}


@pytest.mark.parametrize("number", WAYS)
def test_the_charset_is_what_the_bytes_are(number: int, end: End) -> None:
    expected = {"utf-8": "utf-8", "gbk": "gb18030"}[WAYS[number][0]]
    found = end.rows(f"SELECT charset FROM captures WHERE url LIKE '%/news/{number}.html'")  # noqa: S608
    assert found == [(expected,)]


def test_nothing_stays_damaged(end: End) -> None:
    assert end.rows("SELECT damage_count, inferred_count FROM versions") == [(0, 1)] * 3
