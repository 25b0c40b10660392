"""Author, source and editor: read from whatever line names them, never one for another, none where none is named."""

import itertools

import pytest

from tests.reading import TEXT, framed, read_html
from zsparkcrawl import Page, extract

Who = tuple[str | None, str | None, str | None]


def who(byline: str, **places: str) -> Who:
    article = read_html(framed(byline, **places))
    return article.author, article.source, article.editor


def day(byline: str) -> str | None:
    date = read_html(framed(byline)).date
    return date.isoformat() if date else None


VALUES = {"作者": "陈小明", "来源": "中山日报", "责任编辑": "林青", "发布时间": "2019-02-19"}


@pytest.mark.parametrize("order", list(itertools.permutations(VALUES)), ids="-".join)
def test_labels_in_any_order(order: tuple[str, ...]) -> None:
    line = "<p>" + "　".join(f"{label}：{VALUES[label]}" for label in order) + "</p>"
    assert who(line) == ("陈小明", "中山日报", "林青")
    assert day(line) == "2019-02-19"


@pytest.mark.parametrize(
    "between",
    [
        "    ",
        "  ",
        " ",
        "&nbsp;&nbsp;",
        "&nbsp;",
        "　",
        " | ",
        "|",
        "｜",
        " / ",
        "，",
        ",",
        "；",
        ";",
        "\t",
        " · ",
        "】【",
        " - ",
    ],
)
@pytest.mark.parametrize("colon", [":", "：", " : ", "：&nbsp;"])
def test_many_separators(between: str, colon: str) -> None:
    line = "<p>" + between.join(f"{label}{colon}{value}" for label, value in VALUES.items()) + "</p>"
    assert who(line) == ("陈小明", "中山日报", "林青")
    assert day(line) == "2019-02-19"


@pytest.mark.parametrize("wrap", ["[{}]", "【{}】", "({})", "（{}）"])
def test_each_label_in_brackets(wrap: str) -> None:
    line = "<p>" + " ".join(wrap.format(f"{label}：{value}") for label, value in VALUES.items()) + "</p>"
    assert who(line) == ("陈小明", "中山日报", "林青")
    assert day(line) == "2019-02-19"


@pytest.mark.parametrize(
    "line",
    [
        "作者:    来源:    发布时间:2019-02-19",
        "作者:&nbsp;&nbsp;&nbsp;&nbsp;来源:&nbsp;&nbsp;&nbsp;&nbsp;发布时间:2019-02-19",
        "作者：来源：发布时间：2019-02-19",
        "作者： | 来源： | 发布时间：2019-02-19",
        "发布时间：2019-02-19　来源：　作者：",
        "【作者：】【来源：】【发布时间：2019-02-19】",
        "作者：- 来源：- 发布时间：2019-02-19",
        "作者：无　来源：无　发布时间：2019-02-19",
        "<span>作者:</span><span>来源:</span><span>发布时间:2019-02-19</span>",
        "發(fā)布時(shí)間:2019-02-19 作者: 來(lái)源:",
        "发布时间：2019-02-19",
    ],
)
def test_empty_values_are_none(line: str) -> None:
    assert who(f"<p>{line}</p>") == (None, None, None)
    assert day(f"<p>{line}</p>") == "2019-02-19"


@pytest.mark.parametrize(
    "line",
    [
        "作者:陈小明    來(lái)源:中山日报    發(fā)布時(shí)間:2019-02-19",
        "作者:陈小明    來源:中山日报    發布時間:2019-02-19",
        "作者:陈小明    來(lái )源:中山日报    發(fā )布時(shí )間:2019-02-19",
        "作 者：陈小明    来 源：中山日报    发布时间：2019-02-19",
        "作&nbsp;&nbsp;者：陈小明    来&nbsp;&nbsp;源：中山日报    日&nbsp;&nbsp;期：2019-02-19",
        "撰稿：陈小明 稿件来源：中山日报 发表时间：2019-02-19",
        "作者&#65306;陈小明 來&#28304;&#65306;中山日报 时间：2019-02-19",
        "作者∶陈小明 来源∶中山日报 发布时间∶2019-02-19",
    ],
)
def test_damaged_and_other_labels(line: str) -> None:
    assert who(f"<p>{line}</p>") == ("陈小明", "中山日报", None)
    assert day(f"<p>{line}</p>") == "2019-02-19"


@pytest.mark.parametrize(
    "line",
    [
        "<div><span>作者：</span><span>陈小明</span> <span>来源：</span><span>中山日报</span>"
        " <span>发布时间：</span><em>2019-02-19</em></div>",
        "<table><tr><td>作者：陈小明</td><td>来源：中山日报</td><td>发布时间：2019-02-19</td></tr></table>",
        "<table><tr><td>作者：</td><td>陈小明</td><td>来源：</td><td>中山日报</td>"
        "<td>发布时间：</td><td>2019-02-19</td></tr></table>",
        "<p>作者：陈小明</p><p>来源：中山日报</p><p>发布时间：2019-02-19</p>",
        "<ul><li>作者：陈小明</li><li>来源：中山日报</li><li>发布时间：2019-02-19</li></ul>",
        "<p>作者：陈小明<br>来源：中山日报<br>发布时间：2019-02-19</p>",
        "<dl><dt>作者：陈小明</dt><dd>来源：中山日报</dd><dd>发布时间：2019-02-19</dd></dl>",
        '<p>作者：<a href="/author/3">陈小明</a> 来源：<a href="http://paper.example/">中山日报</a> 2019-02-19</p>',
        "<p>2019-02-19 作者：陈小明 来源：中山日报</p>",
        "<p>来源：中山日报 2019-02-19 08:30 作者：陈小明</p>",
        "<p>来源：中山日报 作者：陈小明 2019年2月19日</p>",
        "<p><font color=red>作者：</font>陈小明<b>来源：</b>中山日报 <i>时间：</i>2019/2/19</p>",
        "<p><span>作者：陈小明</span><span>来源：中山日报</span><span>时间：2019-02-19</span></p>",
        "<p>作者：陈小明来源：中山日报发布时间：2019-02-19</p>",
        "<p>2019-02-19</p><p>作者：陈小明　来源：中山日报</p>",
        "<p>作者：陈小明　来源：中山日报</p><p>2019-02-19 08:30</p>",
        "<p>作者：陈小明</p><p>浏览次数：12</p><p>来源：中山日报</p><p>发布时间：2019-02-19</p>",
    ],
)
def test_labels_and_values_in_different_elements(line: str) -> None:
    assert who(line) == ("陈小明", "中山日报", None)
    assert day(line) == "2019-02-19"


@pytest.mark.parametrize(
    "line",
    [
        "<dl><dt>作者：</dt><dd>陈小明</dd><dt>来源：</dt><dd>中山日报</dd><dt>发布时间：</dt><dd>2019-02-19</dd></dl>",
        "<div><div>作者：</div><div>陈小明</div></div><div><div>来源：</div><div>中山日报</div></div>"
        "<div><div>发布时间：</div><div>2019-02-19</div></div>",
        "<table><tr><td>作者：</td><td>陈小明</td></tr><tr><td>来源：</td><td>中山日报</td></tr>"
        "<tr><td>发布时间：</td><td>2019-02-19</td></tr></table>",
    ],
)
def test_values_in_the_block_below_the_label(line: str) -> None:
    assert who(line) == ("陈小明", "中山日报", None)
    assert day(line) == "2019-02-19"


@pytest.mark.parametrize(
    ("line", "author", "source", "editor"),
    [
        ("作者：陈小明 发布时间：2019-02-19", "陈小明", None, None),
        ("来源：中山日报 发布时间：2019-02-19", None, "中山日报", None),
        ("作者： 来源：中山日报 发布时间：2019-02-19", None, "中山日报", None),
        ("作者：陈小明 来源： 发布时间：2019-02-19", "陈小明", None, None),
        ("责任编辑：林青 发布时间：2019-02-19", None, None, "林青"),
        ("编辑：林青 来源：中山日报 发布时间：2019-02-19", None, "中山日报", "林青"),
        ("责编：林青 发布时间：2019-02-19", None, None, "林青"),
        ("录入：管理员 发布时间：2019-02-19", None, None, "管理员"),
        ("作者：陈小明、林青 发布时间：2019-02-19", "陈小明、林青", None, None),
        ("作者：陈小明 林青 发布时间：2019-02-19", "陈小明 林青", None, None),
        ("作者：中山日报记者 陈小明 发布时间：2019-02-19", "中山日报记者 陈小明", None, None),
        ("来源：中山日报社（电子版） 发布时间：2019-02-19", None, "中山日报社（电子版）", None),
        ("来源：健康基地 浏览次数：128 发布时间：2019-02-19", None, "健康基地", None),
        ("来源：健康基地 点击：[128] 字号：[大 中 小] 发布时间：2019-02-19", None, "健康基地", None),
        ("发布时间：2019-02-19 审核：周一 校对：吴二 来源：健康基地", None, "健康基地", None),
        ("摄影：周一 发布时间：2019-02-19", None, None, None),
        ("通讯员：周一 发布时间：2019-02-19", None, None, None),
        ("作者：陈小明 图片来源：林青 发布时间：2019-02-19", "陈小明", None, None),
        ("来源：健康基地 访客：12 发布时间：2019-02-19", None, "健康基地", None),
        ("来源：《健康周刊》 发布时间：2019-02-19", None, "《健康周刊》", None),
        ("來(lái)源:中山日報(bào) 發(fā)布時(shí)間:2019-02-19", None, "中山日報(bào)", None),
        ("來(lái)源:中山日?qǐng)蟆 發(fā)布時(shí)間:2019-02-19", None, "中山日?qǐng)蟆", None),
    ],
)
def test_nothing_is_taken_for_another(line: str, author: str | None, source: str | None, editor: str | None) -> None:
    assert who(f"<p>{line}</p>") == (author, source, editor)
    assert day(f"<p>{line}</p>") == "2019-02-19"


def test_an_editor_under_the_text_is_no_author() -> None:
    article = read_html(framed("<p>发布时间：2019-02-19</p>", body=TEXT + "<p>（责任编辑：林青）</p>"))
    assert (article.author, article.source) == (None, None)


@pytest.mark.parametrize(
    "sentence",
    [
        "据了解，作者：这一身份并不重要，重要的是作品。",
        "资金来源：市财政拨款三百万元，企业自筹二百万元。",
        "报名时间：2019年3月1日至3月15日，来源：各企业推荐。",
        "联系人及编辑：请以邮件提交稿件。",
    ],
)
def test_a_sentence_of_the_body_is_no_byline(sentence: str) -> None:
    article = read_html(framed("<p>作者:    来源:    发布时间:2019-02-19</p>", body=TEXT + f"<p>{sentence}</p>"))
    assert (article.author, article.source, article.editor) == (None, None, None)
    assert str(article.date) == "2019-02-19"
    assert sentence in article.body


def test_a_page_without_a_byline_says_nothing_of_anybody() -> None:
    assert who("") == (None, None, None)


def test_the_byline_is_no_part_of_the_body() -> None:
    article = read_html(framed("<p>作者：陈小明</p><p>来源：中山日报 发布时间：2019-02-19</p>"))
    assert article.body.splitlines()[0].startswith("园区昨日召开")
    assert "陈小明" not in article.body


def test_lines_right_below_the_byline_that_are_the_text_s_own() -> None:
    lines = "<p>时间：2018年3月5日上午九点</p><p>地点：二号会议室</p>"
    article = read_html(framed("<p>作者： 来源：健康基地 发布时间：2019-02-19</p>", body=lines + TEXT))
    assert (str(article.date), article.source) == ("2019-02-19", "健康基地")
    assert article.body.startswith("时间：2018年3月5日上午九点\n地点：二号会议室\n园区昨日")


@pytest.mark.parametrize("counter", ["浏览次数：128", "字号：[大 中 小]", "点击：128 打印：本页"])
def test_a_counter_below_the_byline_is_no_part_of_the_body(counter: str) -> None:
    article = read_html(framed(f"<p>作者： 来源：健康基地 发布时间：2019-02-19</p><p>{counter}</p>"))
    assert article.source == "健康基地"
    assert article.body.startswith("园区昨日")


def test_a_table_in_the_text_is_no_byline() -> None:
    head = "<tr><td>项目</td><td>来源</td><td>时间</td></tr>"
    table = f"<table>{head}<tr><td>甲</td><td>自筹</td><td>2018-03-05</td></tr></table>"
    article = read_html(framed("<p>作者： 来源： 发布时间：2019-02-19</p>", body=table + TEXT))
    assert (article.author, article.source, str(article.date)) == (None, None, "2019-02-19")
    assert article.body.startswith("项目\t来源\t时间\n甲\t自筹\t2018-03-05\n")


@pytest.mark.parametrize(
    "foot",
    ["<p>来源：互联网 作者：管理员</p>", "<p>本站信息来源：网络，版权所有 2008-2023</p>", "<p>作者：站长</p>"],
)
def test_what_the_foot_names_is_not_the_article_s(foot: str) -> None:
    assert who("<p>作者:    来源:    发布时间:2019-02-19</p>", foot=foot) == (None, None, None)


def test_what_a_box_names_is_not_the_article_s() -> None:
    box = "<div class='side'><h3>推荐</h3><p>作者：别人 来源：别处</p></div>"
    assert who("<p>作者：陈小明 来源：中山日报 发布时间：2019-02-19</p>", foot=box) == ("陈小明", "中山日报", None)


@pytest.mark.parametrize("raw", ["2019-02-30", "19-02-19", "2019年13月1日"])
def test_a_date_that_is_none_is_illegible_and_no_text(raw: str) -> None:
    html = f"<h1>园区召开会议</h1><p>发布时间：{raw}</p><p>园区昨日召开会议，部署全年工作。</p>"
    article = extract(Page("http://www.nhtp.org/news/7.html", html.encode()), None)
    assert (article.date, article.date_missing, article.date_raw) == (None, "illegible", raw)
    assert article.body == "园区昨日召开会议，部署全年工作。"


@pytest.mark.parametrize(
    ("line", "author", "source"),
    [
        ("<p>市报 2019-02-19</p>", None, "市报"),
        ("<p>江畔日报 2019年02月19日 星期二</p>", None, "江畔日报"),
        ("<p>来源：江畔日报 2019年02月19日 第A03版</p>", None, "江畔日报"),
        ("<p>发布于 2019-02-19 by 周一</p>", "周一", None),
        ("<p>2019-02-19 10:20 周一</p>", None, None),
        ("<p>2019-02-19 08:00 江畔发布 阅读 1.2万</p>", None, "江畔发布"),
        ("<p><em>2019-02-19</em><em>江畔晚报</em><em>评论(0)</em></p>", None, "江畔晚报"),
        ("<p><span class='source'>新河</span><span class='time'>2019-02-19</span></p>", None, "新河"),
        ("<p><b class='author'>陈小明</b> <i class='from'>新河</i> <i>2019-02-19</i></p>", "陈小明", "新河"),
        ("<div><a href='/x'>江畔日报</a> 2019-02-19</div>", None, "江畔日报"),
        ("<div>江畔日报</div><div>2019-02-19 08:00</div>", None, "江畔日报"),
        ("<div>2019-02-19 08:00</div><div>来自<a href='/x'>新河</a></div>", None, "新河"),
        ("<p>2019-02-19 | 来源：<a href='/x'>江畔网－江畔日报</a></p>", None, "江畔网－江畔日报"),
        ("<p>文/周一 图/吴二</p><p>2019-02-19</p>", "周一", None),
        ("<p>记者 周一 通讯员 吴二 郑三</p><p>2019-02-19</p>", "周一 吴二 郑三", None),
        ("<p>本报记者 周一 文/图</p><p>2019-02-19 江畔日报</p>", "周一", "江畔日报"),
        ("<p>□周一</p><p>2019-02-19</p>", "周一", None),
        ("<p>文 | 周一</p><p>来源 | 江畔日报</p><p>2019-02-19</p>", "周一", "江畔日报"),
        ("<p>撰文丨周一 编辑丨吴二</p><p>2019-02-19 08:11</p>", "周一", None),
        ("<p>作者：周一 / 吴二 2019-02-19</p>", "周一 吴二", None),
        ("<p>Author: Li Lei | Source: River Daily | Time: 2019-02-19</p>", "Li Lei", "River Daily"),
        ("<p>【字体：大 中 小】 2019-02-19 来源：江畔网 【打印】</p>", None, "江畔网"),
        ("<p>来源：江畔网　举报 2019-02-19</p>", None, "江畔网"),
        ("<p>发布者：周一 发布时间：2019-02-19</p>", None, None),
        ("<p>2019-02-19 作者：　选稿：周一</p>", None, None),
        ("<dl><dt>发布日期</dt><dd>2019-02-19</dd><dt>信息来源</dt><dd>市科技局</dd></dl>", None, "市科技局"),
        ("<p>江畔日报　沈小溪　2019-02-19</p>", "沈小溪", "江畔日报"),
        ("<p>江畔日报　金华市　2019-02-19</p>", None, "江畔日报"),
        ("<p>沈　溪</p><p>2019-02-19</p>", "沈　溪", None),
        ("<p>高新区</p><p>2019-02-19</p>", None, None),
        ("<p>文 / 沈小溪 2019-02-19</p>", "沈小溪", None),
        ("<p>江畔在线记者 沈小溪 编辑 林青 2019-02-19</p>", "沈小溪", None),
        ("<p>2019-02-19　来源：江畔网　文/沈小溪　图/林青</p>", "沈小溪", "江畔网"),
        ("<p><span>日期：2019-02-19</span><span>文：沈小溪</span><span>图：林青</span></p>", "沈小溪", None),
        ("<p><time>2019-02-19 15:20</time><b>江报／ 記者<a href='/r'>沈小溪</a>／台北報導</b></p>", "沈小溪", None),
        ("<p><i>2019-02-19</i><a href='/author/7'>沈小溪</a><a href='/category/3'>新闻</a></p>", "沈小溪", None),
        ("<p><i>2019-02-19</i><a href='/author/7'>江畔小编</a></p>", None, None),
        ("<a href='/news'>返回新闻中心</a><p>2019-02-19</p>", None, None),
        (
            "<p>2019-02-19</p><div><div>来源</div><div>江畔网</div></div><div><div>作者</div><div>沈小溪</div></div>",
            "沈小溪",
            "江畔网",
        ),
        ("<p>2019-02-19</p><div><label>发文机关</label><span>市政府办公室</span></div>", None, None),
        ("<ul><li>来源：<a href='/s'><img src='/s.png'>江畔网</a></li><li>时间：2019-02-19</li></ul>", None, "江畔网"),
        ("<p>2019-02-19 来源：<b>江畔网</b><i>浏览</i> 12</p>", None, "江畔网"),
        (
            "<table><tr><td>发布日期</td><td>2019-02-19</td><td>来源</td><td>市科技局</td></tr></table>",
            None,
            "市科技局",
        ),
    ],
)
def test_lines_of_many_makes(line: str, author: str | None, source: str | None) -> None:
    article = read_html(framed(line))
    assert (article.author, article.source, str(article.date)) == (author, source, "2019-02-19")
    assert article.body.startswith("园区昨日")


@pytest.mark.parametrize(
    "nobody", ["本站", "admin", "管理员", "来源于网络", "佚名", "網絡", "系统管理员", "小编", "未知", "xxgk01"]
)
def test_nobody_is_no_author(nobody: str) -> None:
    assert who(f"<p>作者：{nobody} 来源：江畔网 发布时间：2019-02-19</p>") == (None, "江畔网", None)


MADE = {"author": None, "source": None, "editor": None, "photographer": None, "reviewers": None, "contributor": None}


@pytest.mark.parametrize(
    ("below", "made"),
    [
        ("<p>（来源：江畔日报 作者：周一）</p>", {"source": "江畔日报", "author": "周一"}),
        ("<p>（记者 周一 通讯员 吴二）</p>", {"author": "周一 吴二"}),
        ("<p>（通讯员 吴二）</p>", {"contributor": "吴二"}),
        ("<p>【责任编辑:周一】</p>", {"editor": "周一"}),
        ("<p>责任编辑： 周一_NB123</p>", {"editor": "周一"}),
        (
            "<p>文字：周一 图片：吴二 编辑：郑三 审核：王四</p>",
            {"author": "周一", "photographer": "吴二", "editor": "郑三", "reviewers": "王四"},
        ),
        ("<p>（周一/文 吴二/图）</p>", {"author": "周一", "photographer": "吴二"}),
        ("<p>（周一 摄）</p>", {"photographer": "周一"}),
        ("<p>供稿：宣传部</p><p>校对：周一</p>", {"contributor": "宣传部", "reviewers": "周一"}),
        ("<p>一审：周一 二审：吴二 三审：郑三</p>", {"reviewers": "周一 吴二 郑三"}),
        ("<p>来源丨江畔日报</p><p>编辑丨周一</p>", {"source": "江畔日报", "editor": "周一"}),
        ("<p>项目建成后前景广阔。（江畔日报记者 周一）</p>", {"author": "周一"}),
        ("<p>（作者系江畔大学教授）</p>", {}),
        ("<p>项目建成后前景广阔。（来源：江畔日报）</p>", {"source": "江畔日报"}),
        ("<p>项目建成后前景广阔。（编辑：林青）1120308</p>", {"editor": "林青"}),
        ("<p>项目建成后前景广阔。（本报记者沈小溪采写）</p>", {"author": "沈小溪"}),
        ("<p>（记者沈小溪摄）</p>", {"photographer": "沈小溪"}),
        ("<p>图/本报记者 沈小溪</p>", {"photographer": "沈小溪"}),
        ("<p>（沈小溪 文/图 林青 审核）</p>", {"author": "沈小溪", "photographer": "沈小溪", "reviewers": "林青"}),
        ("<p>◆编辑：林青◆二审：周一◆三审：吴二</p>", {"editor": "林青", "reviewers": "周一 吴二"}),
        ("<p>编辑登录</p>", {}),
        ("<p>记者调查</p>", {}),
        ("<p>展开全文</p>", {}),
        ("<p>（资料审核中）</p>", {}),
        ("<p>（见图）</p>", {}),
        ("<p>联系人：周一　电话：12345</p>", {}),
    ],
)
def test_credits_below_the_text(below: str, made: dict[str, str]) -> None:
    article = read_html(framed("<p>2019-02-19</p>", body=TEXT + below))
    assert {name: getattr(article, name) for name in MADE} == MADE | made


@pytest.mark.parametrize(
    ("opening", "author", "source"),
    [
        ("商报讯（记者 周一 通讯员 吴二）", "周一 吴二", "商报"),
        ("江畔日报讯 记者周一报道：", "周一", "江畔日报"),
        ("本网讯 ", None, None),
        ("本报讯（记者周一）", "周一", None),
        ("本报石塘2月18日电 记者周一报道：", "周一", None),
        ("【江畔日报驻省城特约记者 周一】", "周一", None),
        ("【江畔网报道 记者 周一】", "周一", None),
        ("【文/江畔网专栏作者 周一】", "周一", None),
        ("【江畔财经网】（记者 周一）", "周一", "江畔财经网"),
        ("江畔网2月18日讯（记者周一 整合）", "周一", "江畔网"),
        ("【记者手记 走进园区】", None, None),
        ("【基本情况】", None, None),
        ("新华社江畔2月18日电（记者周一、吴二）", "周一、吴二", "新华社"),
        ("商报讯 记者昨日从园区获悉，", None, "商报"),
        ("通讯 ", None, None),
        ("〔記者陳小明／江畔報導〕", "陳小明", None),
        ("（中央社記者陳小明台北8日電）", "陳小明", "中央社"),
        ("江畔在线2月18日消息（记者周一 实习记者吴二）", "周一 吴二", "江畔在线"),
        ("【江畔日报讯】（全媒体记者 周一）", "周一", "江畔日报"),
        ("生活中心／陳小明報導 ", "陳小明", None),
    ],
)
def test_the_words_that_open_a_report(opening: str, author: str | None, source: str | None) -> None:
    body = f"<p>{opening}园区昨日召开工作会议，部署全年的重点项目。</p>{TEXT}"
    article = read_html(framed("<p>作者：  来源：  发布时间：2019-02-19</p>", body=body))
    assert (article.author, article.source) == (author, source)
    assert article.body.startswith(opening.strip())


def test_the_byline_goes_before_the_opening_and_the_credits() -> None:
    body = f"<p>商报讯（记者 吴二）园区昨日召开会议，部署全年的重点项目。</p>{TEXT}<p>来源：别处</p>"
    assert who("<p>作者：周一 来源：江畔日报 2019-02-19</p>", body=body) == ("周一", "江畔日报", None)


def test_metadata_name_a_source_and_never_an_author() -> None:
    head = '<meta name="ContentSource" content="江畔市科技局"><meta name="Author" content="jcms">'
    html = framed("<p>2019-02-19</p>").replace("<head>", f"<head>{head}")
    article = read_html(html)
    assert (article.author, article.source) == (None, "江畔市科技局")
    assert read_html(html.replace("<p>2019", "<p>来源：  2019")).source is None


@pytest.mark.parametrize(
    ("line", "source"),
    [
        ("2019-02-19 08:30 来源: <a href='/s'>江畔晚报</a>(临江)", "江畔晚报"),
        ("2019-02-19 08:30 来源: <a href='/s'>江畔晚报</a><span>河北</span>", "江畔晚报"),
        ("2019-02-19 08:30 来源：<a href='/s'>江畔网</a>-江畔日报", "江畔网-江畔日报"),
        ("2019-02-19 08:30 来源：<a href='/s'>江畔网</a><span>－江畔日报</span>", "江畔网－江畔日报"),
        ("2019-02-19 08:30 来源：江畔日报（海外版）", "江畔日报（海外版）"),
        ("2019-02-19 08:30 来源：江畔网<span class='r'><a href='#'>打印本页</a> <a href='#'>关闭</a></span>", "江畔网"),
        ("<a href='/'>http://www.site1.example/news</a>　2019-02-19 08:30　<a href='/s'>江畔日报</a> <a href='#'>微博</a>", "江畔日报"),
        ("<a href='/c'>体育新闻</a> <a href='/s'>江畔体育报</a> 2019-02-19 08:30", "江畔体育报"),
    ],
)  # fmt: skip
def test_a_source_and_what_stands_beside_it(line: str, source: str) -> None:
    assert who(f"<p>{line}</p>")[1] == source
    assert day(f"<p>{line}</p>") == "2019-02-19"


def test_labels_in_elements_of_their_own() -> None:
    line = "<small>时间:</small>2019-02-19 15:42<small>来源:</small>江畔日报<small>作者:</small>admin<small>点击:</small>次"
    assert who(f"<div>{line}</div>") == (None, "江畔日报", None)
    assert who(f"<div>{line.replace('admin', 'Tom')}</div>") == ("Tom", "江畔日报", None)


def test_credits_where_a_writer_is_expected() -> None:
    article = read_html(framed("<p>2019-02-19 作者：文/陈小明 图/林青 来源：材料学院</p>"))
    assert (article.author, article.photographer, article.source) == ("陈小明", "林青", "材料学院")


def test_a_writer_s_card_and_an_entry_of_a_list() -> None:
    card = '<div><a href="/u">江畔客</a><a>关注</a> 2019-02-19 08:30</div>'
    assert day(card) == "2019-02-19"
    assert day('<div><a href="/n/8.html">园区招商</a> 2019-02-18</div>') is None


def test_of_two_days_that_of_the_address_is_believed() -> None:
    top = "<p>首页 &gt; 新闻 2024年5月1日 星期三</p>"
    html = framed("<p>2019-02-19 07:49 江畔日报</p>").replace("<h1>", f"{top}<h1>")
    url = "http://www.site1.example/content/2019-02/19/c_7.htm"
    assert read_html(html, url).date_raw == "2019-02-19 07:49"
