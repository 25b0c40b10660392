"""Spam: what must go, and what must stay to the last character."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import html

from zsparkcrawl import despam, revert
from zsparkcrawl.items import Diagnosis
from zsparkcrawl.spam import is_plain, is_spam, lexicon, spam_among
from zsparkcrawl.spam.markup import prune

CASES = Path(__file__).parent / "spam"
URL = "http://www.nhtp.org/news/7.html"


def cases(name: str) -> list[Any]:
    return [pytest.param(case, id=case["name"]) for case in json.loads((CASES / f"{name}.json").read_text("utf-8"))]


@pytest.mark.parametrize("case", cases("in_the_wild") + cases("synthetic"))
def test_spam_goes(case: dict[str, str]) -> None:
    edited = despam(case["text"])
    assert edited.text == case["kept"]
    assert edited.original == case["text"]
    assert all(e.after == "" for e in edited.edits)


NEGATIVES = [each for name in ("", "_by_topic", "_near", "_spoken") for each in cases(f"negative{name}")]


@pytest.mark.parametrize("case", NEGATIVES)
def test_innocent_text_stays(case: dict[str, str]) -> None:
    assert despam(case["text"]).edits == ()


PLACES = {
    "after a comma": ("本届大赛自5月启动，", "共征集到参赛项目286个，涵盖医药和器械。", 0.83),
    "behind a sentence": ("园区医院昨天正式开诊。", "首批来了六十位病人，秩序井然。", 0.83),
    "before a comma": ("会议要求加快实验室建设", "，年底前完成验收。", 0.82),
    "inside a word": ("会议要求各单位加快推进实验", "室建设，年底前完成验收。", 0.86),
    "a line": ("会议圆满结束。\n", "", 0.94),
    "behind the last sentence": ("会议圆满结束。", "", 0.92),
}


@pytest.mark.parametrize("place", PLACES)
def test_offers_go_wherever_they_stand(place: str) -> None:
    """A floor under the share that is gone with the article as it was: it only rises."""
    lines = (CASES / "offers.txt").read_text("utf-8").splitlines()
    offers = [line for line in lines if not line.startswith("#")]
    before, behind, floor = PLACES[place]
    kept = (before + behind).rstrip("\n")
    gone = sum(despam(before + offer + behind).text == kept for offer in offers)
    assert gone >= floor * len(offers)


def test_letters_that_may_be_the_article_s_stay_and_are_marked() -> None:
    edited = despam("后面是医生美女荷官在线发牌护士的命")
    (doubt,) = edited.damaged
    assert "美女荷官" not in edited.text
    assert edited.text.startswith("后面是医生") and edited.text.endswith("护士的命")
    assert edited.text[doubt.start : doubt.end] in "美女荷官在线发牌"
    assert revert(edited.text, edited.edits) == "后面是医生美女荷官在线发牌护士的命"


@pytest.mark.parametrize("before", ["", "会议指出，", "会议指出，" * 60])
def test_the_verdict_on_a_clause_does_not_hang_on_what_is_far_away(before: str) -> None:
    """Short surroundings are looked up, long ones are not."""
    text = before + "园区与高校签订时时彩平台代理合作协议，年内完成建设。"
    assert despam(text).text == before + "园区与高校签订合作协议，年内完成建设。"


PIECES = (
    "国产av无码专区 ， \n 园区 凤凰彩票论坛 。 久久精品 , 时时彩平台代理 （皇冠体育） （ ） … 一区二区 在线 观看 免费 app 下载 官网 代理 公司 "
    "北京赛车pk10 - | _ ★ 百家乐 代孕 多少钱 的 会议 棋牌 大发 澳门 38元 “ ” 国產 無碼 警方 成人高考 丹巴县| 、 ； :"
).split(" ")


@settings(max_examples=300, deadline=None)
@given(st.lists(st.sampled_from([*PIECES, " ", "\u3000"]), max_size=16))
def test_every_cut_can_be_undone(pieces: list[str]) -> None:
    text = "".join(pieces)
    edited = despam(text)
    assert revert(edited.text, edited.edits) == text
    assert despam(edited.text).text == edited.text


@settings(max_examples=300, deadline=None)
@given(st.lists(st.lists(st.sampled_from([*PIECES, "(", "（fā", "ā)", "）", "\u3000"]), max_size=6), max_size=4))
def test_of_a_plain_line_nothing_is_cut_whatever_stands_around_it(pieces: list[list[str]]) -> None:
    lines = ["".join(line).replace("\n", "") for line in pieces]
    left = despam("\n".join(lines)).text.split("\n")
    told = [line for line in lines if any(map(str.isalnum, line))]
    assert [line for line in told if is_plain(line) and line not in left] == []


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
        ("DISPLAY : none !important", "hidden"),
        ("opacity:.01", "hidden"),
        ("font-size:1px", "hidden"),
        ("max-height:0;overflow:hidden", "hidden"),
        ("transform:scale(0)", "hidden"),
        ("clip-path:inset(50%)", "hidden"),
        ("position:absolute;z-index:-9", "hidden"),
        ("position:absolute;left:-200vw", "hidden"),
        ("color:white;background-color:rgb(255, 255, 255)", "hidden"),
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
    [
        "z-index:-1",
        "letter-spacing:-1px",
        "max-width:100px",
        "border-width:0",
        "color:#fff;background:#000",
        "display:block",
        "font-size:0.9em",
        "opacity:0.8",
        "width:100px",
        "left:-2px",
    ],
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


def test_letters_of_a_size_inside_a_place_without_any_are_seen() -> None:
    line = '<body><p>很长的正文在这里，一直到最后。</p><div class="x" style="{}">{}</div></body>'
    seen = html.document_fromstring(line.format("font-size:0", '<i style="font-size:14px">市报</i>'))
    assert prune(seen, URL) == ()
    unseen = html.document_fromstring(line.format("font-size:0", "<i>彩票</i>"))
    assert [found.kind for found in prune(unseen, URL)] == ["hidden"]
    both = html.document_fromstring(line.format("font-size:0;display:none", '<i style="font-size:14px">彩票</i>'))
    assert [found.kind for found in prune(both, URL)] == ["hidden"]


def test_letters_of_a_size_by_a_style_sheet_are_seen() -> None:
    sheet = "<style>.x{margin:0;font-size:0}.y,.z{color:red;font-size:15px}.wow{visibility:hidden}</style>"
    body = '<p>很长的正文在这里，一直到最后。</p><div class="x"><i class="y">市报</i></div><b class="wow">二月</b>'
    page = f"<head>{sheet}</head><body>{body}</body>"
    assert prune(html.document_fromstring(page), URL) == ()
    other = html.document_fromstring(page.replace('class="y"', 'class="q"'))
    assert [found.phrase for found in prune(other, URL)] == ["市报"]


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
    page = "<body><a href='http://gov.example/'>政府网</a><a href='http://aid.example/'>上门服务平台</a><a href='http://bad.example/'>凤凰彩票论坛</a>会</body>"
    tree = html.document_fromstring(page)
    (found,) = prune(tree, URL)
    assert (found.kind, found.domain, tree.text_content()) == ("foreign-link", "bad.example", "政府网上门服务平台会")


@pytest.mark.parametrize("address", ["http://[broken", "http://", "//", "javascript:void(0)", "mailto:a@b", "\x00"])
def test_addresses_that_are_none_harm_nothing(address: str) -> None:
    tree = html.fromstring("<div><a>凤凰彩票论坛</a><p>正文</p></div>")
    tree[0].set("href", address.replace("\x00", ""))
    prune(tree, URL)
    assert "正文" in tree.text_content()


@pytest.mark.parametrize(
    "code",
    [
        "location.href='http://bad.example/'",
        "if(!/bot/.test(navigator.userAgent)){top.location.replace('//bad.example/x')}",
        "document.write(unescape('%3Cscript src=%22http://bad.example/a.js%22%3E%3C/script%3E'))",
        "eval(String.fromCharCode(" + ",".join(str(ord(c)) for c in "self.location='http://bad.example/'") + "))",
        "location['href']=1;window.location='\\x68\\x74\\x74\\x70://bad.example/'",
    ],
)
def test_scripts_that_send_readers_away(code: str) -> None:
    tree = html.document_fromstring(f"<body><script>{code}</script><p>正文</p></body>")
    assert [(found.kind, found.domain) for found in prune(tree, URL)] == [("script", "bad.example")]


@pytest.mark.parametrize(
    "code", ["var a=1", "location.href='/index.html'", "document.write(new Date().getFullYear())", "location.reload()"]
)
def test_scripts_that_stay_on_the_site_are_nothing_to_tell(code: str) -> None:
    tree = html.document_fromstring(f"<body><script>{code}</script><p>正文</p></body>")
    assert prune(tree, URL) == ()


@pytest.mark.parametrize(
    ("sheet", "hidden"),
    [
        (".x{display:none}", True),
        ("p.x , .y { COLOR : red; Display\n: None }", True),
        ("@media print{.x{height:0}}", True),
        (".x{opacity:.04}", True),
        (".x{transform:rotate(3deg) scale(0)}", True),
        (".x{margin-left:-999em}", True),
        (".x{color:transparent}", True),
        (".x{background-color:transparent}", False),
        (".y{width:1px}.x{color:red}", False),
        (".menu .x{display:none}", False),
        (".x:hover{display:none}", False),
        (".x{display:none", False),
        (".x{line-height:0;min-width:0;padding:0 10px;opacity:.5}", False),
    ],
)
def test_what_a_style_sheet_hides(sheet: str, hidden: bool) -> None:
    tree = html.document_fromstring(f"<style>{sheet}</style><body><p>正文正文</p><p class='x'>彩票</p></body>")
    assert [found.kind for found in prune(tree, URL)] == ["hidden"] * hidden


def test_a_farm_of_links_goes_with_those_whose_text_says_nothing() -> None:
    links = "".join(
        f"<a href='http://{n}.example/'>{text}</a>"
        for n, text in enumerate(("凤凰彩票论坛", "国产av无码", "时时彩平台代理", "丹江"))
    )
    tree = html.document_fromstring(
        f"<body><p>正文<a href='http://gov.example/'>政府网</a></p><div>{links}</div></body>"
    )
    assert [found.kind for found in prune(tree, URL)] == ["foreign-link"] * 4
    assert tree.text_content() == "正文政府网"


def test_what_is_left_of_a_title_that_was_taken_over_in_part() -> None:
    tree = html.document_fromstring("<head><title>国产av无码专区-园区召开会议</title></head><body>正文</body>")
    assert [found.kind for found in prune(tree, URL)] == ["title"]
    assert tree.findtext("head/title") == "园区召开会议"


def test_spam_in_another_script_than_its_page_weighs_more() -> None:
    text = "園區產業發展迅速，企業與學院合辦精品班，网贷平台，關于創新的會議召開了。"
    assert "网贷" not in despam(text, Diagnosis("turned")).text
    assert despam(text.replace("网贷", "網貸"), Diagnosis()).edits == ()
    assert "網貸" in despam(text.replace("网贷", "網貸"), Diagnosis("turned")).text


DRESSED = st.sampled_from(
    [*"园区新闻國產薴苧ＡａＢ①②，：；！？（）·★ \u200b\u3000\n😀𝐀𝑏ⅣⅤ囯асе", "(fā)", "( fa)", "（fa）"]
)


@given(st.lists(DRESSED, max_size=60))
def test_a_text_is_folded_alike_whichever_way_is_the_cheaper(pieces: list[str]) -> None:
    """Character by character, and then without what stands between: the plain way, which is slow."""
    text = "".join(pieces)
    table = lexicon._table()
    plain = lexicon._dropped().sub("", "".join(table.get(ord(character), character) for character in text))
    folded = lexicon.fold(text)
    assert folded == plain
    assert folded.origin(len(folded)) == len(text)


def test_words_are_found_as_one_after_the_other_finds_them() -> None:
    """All listed words, each alone: the pattern splits them by their letters, and must lose none."""
    for word in sorted(lexicon.listed_words()):
        if len(word) > 1:
            assert [found.end for found in lexicon.terms(f"，{word}，")][-1:] == [len(word) + 1], word


def test_many_texts_are_judged_as_one_by_one() -> None:
    texts = ["健康基地新闻", "国产av无码专区,亚洲精品", "", "成人教育", "澳门威尼斯人网上娱乐", "园区会议", "久久精品"]
    assert spam_among(texts) == {text for text in texts if is_spam(text)}
    assert spam_among([]) == frozenset()


def test_of_very_many_offers_not_each_is_looked_at() -> None:
    offers = {f"澳门赌场{number}" for number in range(6_000)}
    assert spam_among([*sorted(offers), "园区新闻"]) == offers
    honest = {f"成人教育{number}" for number in range(6_000)}
    assert spam_among(sorted(honest)) == frozenset()


@pytest.mark.parametrize(
    "label",
    [
        "南京六合区代表团来访", "调查人员进驻企业", "关于加强枪支弹药管理的通知", "园区召开公益服务推进会", "海口交警支队来访",
        "部门三公经费预算公开", "健全黄河流域生态保护机制", "关于做好安全工作的三点意见", "月球探测展览开幕", "虚假证明材料查处通报",
        "加勒比国家代表团来访", "东京热电厂参观记", "高清无人机航拍园区", "免费黄瓜种植培训", "星野光电发布新品", "赠送金银花茶",
    ],
)  # fmt: skip
def test_a_listed_word_that_stands_by_chance_makes_no_spam_of_a_label(label: str) -> None:
    assert not is_spam(label)
