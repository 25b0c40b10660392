"""Where an article ends, and what of the lines around it is no text: buttons, notices of rights, other posts."""

import pytest

from tests.reading import TEXT, framed, read_html

FIRST = "昨日，园区召开半年工作会议，部署下一阶段的招商任务。"
SECOND = "会议要求各部门对照计划，逐项落实，年底前完成既定目标。"


def paragraphs(inner: str) -> list[str]:
    return read_html(framed("<p>来源：江畔日报 2019-02-19 08:30</p>", body=inner)).body.split("\n")


@pytest.mark.parametrize(
    "line",
    [
        "<div>分享到：<a href='#'>微博</a></div>",
        "<div>【打印】【关闭】</div>",
        "<div>关注我们</div>",
        "<p>用微信扫码二维码</p>",
        "<p>点击上方蓝字关注我们</p>",
    ],
)
def test_buttons_above_the_text_end_nothing_and_are_no_text(line: str) -> None:
    assert paragraphs(f"{line}<p>{FIRST}</p><p>{SECOND}</p>") == [FIRST, SECOND]


@pytest.mark.parametrize("line", ["关注民生实事", "打印产业升级", "分享经验 共谋发展", "返回故乡的人", "收藏记忆"])
def test_a_subtitle_that_begins_as_a_button_does_stays(line: str) -> None:
    assert paragraphs(f"<p>{line}</p><p>{FIRST}</p><p>{SECOND}</p>") == [line, FIRST, SECOND]


@pytest.mark.parametrize(
    "line",
    [
        "请支持本站，转发请注明本文链接：http://www.site1.example/7.html",
        "未经正式授权严禁转载本文，侵权必究。",
        "本文系江畔网独家稿件，未经授权，不得转载。",
        "该文观点仅代表作者本人，本平台仅提供信息存储空间服务。",
        "郑重声明：江畔网发布此信息的目的在于传播更多信息，与本网站立场无关。",
        "发表于 2019-02-20 08:02:33",
        "发表于 2019-02-20 08:02:33|只看该作者",
        "声明：转载此文是出于传递更多信息之目的，若有来源标注错误，请与本网联系。",
        "此内容为江畔财经原创，著作权归江畔财经所有。",
        "下载“江畔新闻”客户端，随时了解本地消息。",
        "部分内容来自网络，如有侵权请联系我们删除。",
    ],
)
def test_what_stands_below_the_text_is_none(line: str) -> None:
    assert paragraphs(f"<p>{FIRST}</p><p>{SECOND}</p><p>{line}</p>") == [FIRST, SECOND]


@pytest.mark.parametrize(
    "line",
    [
        "未经授权的单位不得转载、复制园区标识。",
        "上述意见仅代表与会专家个人观点。",
        "发布于2019年的规划提出，三年内建成两个平台。",
        "市民纷纷为志愿者点个赞",
    ],
)
def test_rules_about_rights_within_a_text_are_text(line: str) -> None:
    assert paragraphs(f"<p>{FIRST}</p><p>{line}</p><p>{SECOND}</p>") == [FIRST, line, SECOND]


def test_a_link_to_another_article_within_a_text_does_not_end_it() -> None:
    link = "<p>相关阅读：<a href='/news/3.html'>园区去年的收成</a></p>"
    assert paragraphs(f"<p>{FIRST}</p>{link}<p>{SECOND}</p>") == [FIRST, SECOND]
    assert paragraphs(f"<p>{FIRST}</p><p>{SECOND}</p>{link}") == [FIRST, SECOND]


@pytest.mark.parametrize("line", ["点击播报本文，约", "正在加载", "您的浏览器不支持播放", "展开全文"])
def test_what_players_and_buttons_say_is_no_text(line: str) -> None:
    assert paragraphs(f"<p>{FIRST}</p><div>{line}</div><p>{SECOND}</p>") == [FIRST, SECOND]


def test_a_step_of_a_guide_stays() -> None:
    step = "第三步：点击下载江畔政务客户端，完成认证。"
    assert paragraphs(f"<p>{FIRST}</p><p>{step}</p><p>{SECOND}</p>") == [FIRST, step, SECOND]


def test_tags_are_no_text() -> None:
    tags = '<p>关键词：<a href="/t/1">招商</a><a href="/t/2">园区</a></p>'
    assert paragraphs(f"{tags}<p>{FIRST}</p><p>{SECOND}</p>{tags}") == [FIRST, SECOND]
    assert paragraphs(f"<p>{FIRST}</p><p>关键词：招商、园区</p>") == [FIRST, "关键词：招商、园区"]


def test_credits_behind_a_notice_and_in_a_place_of_their_own_are_read() -> None:
    row = "<table><tr><td><p>{}</p></td></tr><tr><td align=right>文章录入：zhan01　责任编辑：林青</td></tr></table>"
    article = read_html(framed("<p>来源：江畔日报 2019-02-19</p>", body=row.format(f"{FIRST}</p><p>{SECOND}")))
    assert (article.editor, article.body) == ("林青", f"{FIRST}\n{SECOND}")
    below = f"<div><p>{FIRST}</p><p>{SECOND}</p></div><div>转载请注明出处</div><div>责任编辑：林青</div>"
    article = read_html(framed("<p>来源：江畔日报 2019-02-19</p>", body=below))
    assert (article.editor, article.body) == ("林青", f"{FIRST}\n{SECOND}")


def test_credits_within_the_text_s_own_place_stay_in_it() -> None:
    article = read_html(framed("<p>2019-02-19</p>", body=f"{TEXT}<p>编辑：林青</p>"))
    assert (article.editor, article.body.split("\n")[-1]) == ("林青", "编辑：林青")


def test_a_button_before_the_credits() -> None:
    article = read_html(framed("<p>2019-02-19</p>", body=f"{TEXT}<div>【纠错】 【责任编辑:林青】</div>"))
    assert article.editor == "林青"
