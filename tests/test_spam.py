"""Spam: what must go, and what must stay to the last character."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import html

from zsparkcrawl import despam, revert
from zsparkcrawl.spam.markup import prune

CASES = Path(__file__).parent / "spam"
URL = "http://www.nhtp.org/news/7.html"


def cases(name: str) -> list[Any]:
    return [pytest.param(case, id=case["name"]) for case in json.loads((CASES / f"{name}.json").read_text("utf-8"))]


@pytest.mark.parametrize("case", cases("in_the_wild"))
def test_spam_goes(case: dict[str, str]) -> None:
    edited = despam(case["text"])
    assert edited.text == case["kept"]
    assert edited.original == case["text"]
    assert all(e.after == "" for e in edited.edits)


@pytest.mark.parametrize("case", cases("negative") + cases("negative_by_topic"))
def test_innocent_text_stays(case: dict[str, str]) -> None:
    assert despam(case["text"]).edits == ()


@given(
    st.lists(
        st.sampled_from(["国产av无码专区", "，", "\n", "园区", "凤凰彩票论坛", "。", "久久精品", ","]), max_size=14
    )
)
def test_every_cut_can_be_undone(pieces: list[str]) -> None:
    text = "".join(pieces)
    edited = despam(text)
    assert revert(edited.text, edited.edits) == text
    assert despam(edited.text).text == edited.text


@pytest.mark.parametrize(
    ("style", "kind"),
    [
        ("display:none", "hidden"),
        ("visibility: hidden", "hidden"),
        ("position:absolute;left:-9999px", "hidden"),
        ("font-size:0", "hidden"),
        ("height:0;overflow:hidden", "hidden"),
        ("color:#fff;background:#fff", "hidden"),
        ("text-indent: -9999px", "hidden"),
    ],
)
def test_hidden_blocks_go(style: str, kind: str) -> None:
    page = f'<body><p>园区新闻正文。</p><div style="{style}"><a href="http://bad.example/">彩票</a></div></body>'
    tree = html.document_fromstring(page)
    (found,) = prune(tree, URL)
    assert (found.kind, found.domain) == (kind, "bad.example")
    assert tree.text_content() == "园区新闻正文。"


@pytest.mark.parametrize(
    "style",
    ["color:#fff;background:#000", "display:block", "font-size:0.9em", "opacity:0.8", "width:100px", "left:-2px"],
)
def test_what_is_seen_stays(style: str) -> None:
    tree = html.document_fromstring(f'<body><p>园区新闻正文。</p><div style="{style}">会后参观</div></body>')
    assert prune(tree, URL) == ()
    assert tree.text_content() == "园区新闻正文。会后参观"


def test_a_hidden_element_that_holds_the_article_is_the_page_s_own() -> None:
    tree = html.document_fromstring(
        '<body><div style="display:none"><p>很长的正文在这里，一直到最后。</p></div>短</body>'
    )
    assert prune(tree, URL) == ()


def test_hidden_by_a_style_sheet() -> None:
    page = "<head><style>.x1{display:none} .y{color:red}</style></head><body><p>正文正文</p><p class='x1'>彩</p></body>"
    tree = html.document_fromstring(page)
    assert [found.kind for found in prune(tree, URL)] == ["hidden"]


def test_junk_tags_go_and_the_text_in_them_stays() -> None:
    page = (
        '<body>园<wbr id="hohxf">区<u id="hohxf"><strike id="hohxf">新</strike></u>闻<video id="hohxf"></video></body>'
    )
    tree = html.document_fromstring(page)
    assert [found.kind for found in prune(tree, URL)] == ["junk"]
    assert tree.text_content() == "园区新闻"
    assert not list(tree.iter("video", "u", "strike", "wbr"))


def test_a_head_that_was_taken_over() -> None:
    page = (
        "<head><title>国产av无码专区,亚洲精品</title><meta name=keywords content='&#22269;&#20135;av'>"
        "<meta name=description content='健康基地新闻'></head><body>正文<img alt='久久精品' src=a.png></body>"
    )
    tree = html.document_fromstring(page)
    assert [found.kind for found in prune(tree, URL)] == ["title", "meta", "attribute"]
    assert tree.findtext("head/title") == ""
    assert [meta.get("content") for meta in tree.iter("meta")] == ["健康基地新闻"]


def test_scripts_that_send_searchers_away_are_told() -> None:
    page = (
        "<body><script>if(/baidu|sogou/.test(document.referrer))location.href='http://bad.example/x'</script>"
        "<script>var a=1</script><p>正文</p></body>"
    )
    tree = html.document_fromstring(page)
    (found,) = prune(tree, URL)
    assert (found.kind, found.domain) == ("script", "bad.example")
    assert not list(tree.iter("script"))


def test_links_to_other_hosts_stay_unless_they_are_spam() -> None:
    page = "<body><a href='http://gov.example/'>政府网</a><a href='http://bad.example/'>凤凰彩票论坛</a>会</body>"
    tree = html.document_fromstring(page)
    (found,) = prune(tree, URL)
    assert (found.kind, found.domain, tree.text_content()) == ("foreign-link", "bad.example", "政府网会")


@pytest.mark.parametrize("address", ["http://[broken", "http://", "//", "javascript:void(0)", "mailto:a@b", "\x00"])
def test_addresses_that_are_none_harm_nothing(address: str) -> None:
    tree = html.fromstring("<div><a>凤凰彩票论坛</a><p>正文</p></div>")
    tree[0].set("href", address.replace("\x00", ""))
    prune(tree, URL)
    assert "正文" in tree.text_content()
