"""Pages with status 200 that are no article, and articles that speak of such pages."""

import json
from pathlib import Path
from typing import Any

import pytest

from zsparkcrawl import Page, read
from zsparkcrawl.extract import NoArticleError
from zsparkcrawl.outcome import judge

URL = "http://www.nhtp.org/news/7.html"
FRAME = (
    '<html><head><title>{title}</title></head><body><div class="nav"><a href="/">首页</a> <a href="/news/">新闻中心</a></div>'
    '<div class="box"><ul><li><a href="/zcgg/1.html">关于厂房招租的公告</a></li></ul></div>{body}<div class="foot">'
    "<p>健康基地 版权所有 &copy; 2008 粤ICP备00000017号</p><p>地址：康乐大道1号 电话：0760-88000000</p></div></body></html>"
)
CASES = json.loads((Path(__file__).parent / "spam" / "pages.json").read_text("utf-8"))


def page(case: dict[str, str]) -> Page:
    html = case["html"] if "html" in case else FRAME.format(title=case.get("title", "健康基地"), body=case["body"])
    return Page(URL, html.encode())


def cases(*, article: bool) -> list[Any]:
    return [pytest.param(case, id=case["name"]) for case in CASES if ("kind" not in case) == article]


@pytest.mark.parametrize("case", cases(article=False))
def test_a_page_that_is_no_article_is_told_by_its_kind(case: dict[str, str]) -> None:
    with pytest.raises(NoArticleError) as caught:
        read(page(case))
    assert caught.value.kind == case["kind"]


@pytest.mark.parametrize("case", cases(article=True))
def test_an_article_is_an_article_whatever_it_speaks_of(case: dict[str, str]) -> None:
    assert case["text"] in read(page(case)).body


def test_one_sentence_makes_an_article_of_a_page_of_spam() -> None:
    offers = ["国产av无码专区,亚洲精品,欧美日韩一区,久久综合"] * 5
    sentence = "园区召开工作会议，部署下一阶段的重点任务。"
    for lines, kind in ((offers, "spam"), ([*offers, sentence], None)):
        body = "".join(f"<p>{line}</p>" for line in lines)
        case = page({"title": "园区召开工作会议", "body": f"<p>发布时间：2019-02-19</p>{body}"})
        if kind is None:
            assert read(case).body.strip() == sentence
        else:
            with pytest.raises(NoArticleError) as caught:
                read(case)
            assert caught.value.kind == kind


ROWS = "".join(
    f'<li><a href="/news/{day}.html">园区第{day}次招商工作会议在一号楼召开</a><span>2019-02-{day:02d}</span>{{}}</li>'
    for day in range(1, 9)
)
PICTURE = '<p><img src="/1.jpg" width="600"></p>'


@pytest.mark.parametrize("below", ["", "<p>园区召开招商工作会议，部署全年的重点项目，并介绍了新的政策...</p>"])
@pytest.mark.parametrize("above", ["<h2>园区新闻</h2>", "<p>今天是2019年2月19日</p><h2>园区新闻</h2>", PICTURE])
def test_a_list_of_articles_is_none(above: str, below: str) -> None:
    case = page({"title": "园区新闻", "body": f"{above}<ul>{ROWS.format(*8 * [below])}</ul>"})
    with pytest.raises(NoArticleError) as caught:
        read(case)
    assert caught.value.kind == "empty"


@pytest.mark.parametrize("word", ["<p>现将各次会议的纪要公布如下。</p>", '<p><a href="/up/1.doc">纪要汇编.doc</a></p>'])
def test_a_paper_that_lists_others_is_an_article(word: str) -> None:
    head = "<h1>关于公布会议纪要的通知</h1><p>发布时间：2019-02-19</p>"
    article = read(
        page({"title": "关于公布会议纪要的通知", "body": f"{head}<div>{word}<ul>{ROWS.format(*8 * [''])}</ul></div>"})
    )
    assert article.date is not None and article.date.isoformat() == "2019-02-19"


def test_the_kinds_are_told_in_the_outcome() -> None:
    stats = {"zspark/listings": 1, "zspark/rows": 9, "zspark/asked": 9, "zspark/read": 6, "zspark/unreadable": 3}
    outcome = judge({**stats, "zspark/challenge": 1, "zspark/missing": 1}, "finished")
    assert "2 pages held no article (1 challenge, 1 missing page), 1 page could not be read" in outcome.reason
    assert outcome.state == "suspicious", "a challenge is no ordinary loss"
    assert (outcome.counts["challenge"], outcome.counts["missing"]) == (1, 1)
