"""Pages that are no article though they came with status 200: challenges, error pages, maintenance, spam, empty forms,
lists of articles.

An article that speaks of such things has sentences of its own, or a date; a page of this kind has its message, links
and the site's frame.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import islice
from typing import Literal

from zsparkcrawl.chinese.script import fold
from zsparkcrawl.errors import ZsparkError
from zsparkcrawl.extract.blocks import Block
from zsparkcrawl.extract.dates import find_date
from zsparkcrawl.spam import despam, is_plain

__all__ = ["NoArticleError", "NoArticleKind", "UnreadableError", "is_listing", "kind_of_empty", "kind_of_page"]

NoArticleKind = Literal["challenge", "missing", "maintenance", "error", "spam", "empty"]


class UnreadableError(ZsparkError):
    """A page that holds no article: the bytes are kept, the run goes on."""


class NoArticleError(UnreadableError):
    """A page that was read and is no article but of a known ``kind``."""

    def __init__(self, kind: NoArticleKind) -> None:
        super().__init__(_SAID[kind])
        self.kind: NoArticleKind = kind


_SAID: dict[NoArticleKind, str] = {
    "challenge": "the page is a challenge for readers, no article",
    "missing": "the page says that there is no such page",
    "maintenance": "the page says that the site is being worked on",
    "error": "the page is an error message of the server",
    "spam": "the page holds nothing but spam",
    "empty": "the page shows no article text",
}
_THING = "(?:页面|网页|文章|内容|信息|资源|栏目|数据|文件|链接|地址|新闻|记录|url|page)"
_GONE = (
    "(?:不存在|没有找到|未找到|找不到|无法找到|被删除|已删除|被移除|已移除|丢失了?|已过期|已失效|已下线|"
    "无法访问|无法显示|无法打开|走丢)"
)
_MESSAGES: dict[NoArticleKind, re.Pattern[str]] = {
    "challenge": re.compile(
        "安全验证|人机验证|人机身份验证|访问验证|滑动验证|拖动滑块|滑块验证|请(?:先)?(?:完成|进行|输入|通过).{0,8}验证|"
        "请输入.{0,6}验证码|(?:开启|启用)javascript|enablejavascript|浏览器安全检查|正在检查您的浏览器|checkingyourbrowser|"
        "justamoment|ddosprotection|verifyyouarehuman|访问过于频繁|访问频率过|非法访问|访问被拒绝|accessdenied|请求.{0,6}拦截"
    ),
    "missing": re.compile(
        f"{_THING}.{{0,6}}{_GONE}|{_GONE}.{{0,8}}{_THING}|(?:^|[^0-9第])404(?:$|[^0-9\u4e00-\u9fff]|页|错)|notfound|"
        f"(?:访问|查看|浏览|请求|查找)的{_THING}.{{0,12}}(?:不|没|无|错|删)|页面(?:出错|错误|丢失)|"
        "^(?:不存在|已删除|错误|出错了|参数错误)!?$"
    ),
    "maintenance": re.compile(
        "(?:系统|网站|本站|平台|服务器|站点).{0,8}(?:维护|升级|改版|改造|建设|关闭|备案|整改|调整).{0,2}(?:中|[,!。]|$)|"
        "(?:维护|升级|改版|改造|建设)中|(?:暂停|暂时关闭|暂时停止).{0,4}(?:服务|访问|开放)|网站已?(?:关闭|暂停)|"
        "undermaintenance|underconstruction|暂时无法(?:访问|提供)|域名.{0,6}(?:过期|出售)"
    ),
    "error": re.compile(
        "服务器.{0,6}(?:错误|异常|繁忙|出错)|系统(?:错误|异常|繁忙|出错|发生错误)|数据库.{0,6}(?:错误|失败|异常)|"
        "程序.{0,4}(?:错误|异常)|(?:^|[^0-9第])50[0234](?:$|[^0-9\u4e00-\u9fff]|错)|internalservererror|badgateway|serviceunavailable|"
        "gatewaytime-?out|运行时错误|操作失败|未知错误|错误提示|错误信息|errorcode"
    ),
}
_SIGNED = re.compile(
    "应用程序中的服务器错误|servererrorin|^(?:php)?(?:warning|fatalerror|parseerror|notice):|oledb|adodb\\.|ora-\\d{5}|"
    "errorinyoursqlsyntax|^traceback\\(most|java\\.lang\\.|stacktrace:"
)
"""How programs sign their error messages, which may be long."""
_NARRATED = re.compile(
    "近日|日前|昨|定于|拟|自.{1,12}起|\\d月|\\d日|\\d年|据|表示|介绍|“|”|通知|公告|上线|如何|为什么|怎|来历|招标|意义|研究|认为|本周|下周|届时|[上下]午|\\d时"
)
"""Words of those who tell of such a page, and of notices."""
_TO_READERS = re.compile("您|你|对不起|抱歉|请|谅解|sorry|please|you")
_BLANKS = re.compile(
    "暂无(?:内容|数据|信息|记录)|内容(?:更新|建设|整理)中|^(?:null|undefined|none|nan)$|\\{\\{.*\\}\\}|\\$\\{.*\\}|<%.*%>"
)
_FRAME = re.compile(
    "版权所有|copyright|©|icp备|公网安备|技术支持|主办单位|联系我们|关于我们|网站地图|友情链接|返回首页|返回上|^首页|"
    "上一[篇页]|下一[篇页]|没有了|自动跳转|秒后|请输入|当前位置|您的位置|作者:|来源:|发布时间:|地址:|电话:|邮编:"
)
_SCRIPTED = re.compile(
    r"__jsl_clearance|acw_sc__v2|_cf_chl|challenge-platform|cf-browser-verification|geetest|aliyunwaf|yundunwaf|"
    r"document\.cookie\s*=[^;]{0,400};[\s\S]{0,600}location\.(?:reload|href|replace)|captcha|verify_?code",
    re.IGNORECASE,
)
_ALERT = re.compile(r"""alert\s*\(\s*(["'])([^"'\n]{1,60})\1""")
_SHORT, _LONG = 30, 80
"""Characters of a message, and of one that speaks to its reader. Chosen: what error pages say is short."""
_ASKED = 3
"""Sentences that are looked at before the whole body is. Chosen."""
_ROWS = 6
"""Rows from which on a page without a sentence is a list; chosen."""
_HEADLINE = 8
"""Characters from which on a link is a headline; chosen."""
_BESIDE = 20
"""Characters of a row beside its headline and its day: a number, a counter; chosen."""
_SENTENCE = 30
"""Characters from which on a line with a full stop, and no message in it, is an article's. Chosen."""


def kind_of_page(
    lines: Sequence[Block], paragraphs: Sequence[str], titles: Sequence[str], *, dated: bool
) -> NoArticleKind | None:
    """What a page is when it is no article; None for an article.

    ``lines`` are all lines of the page, ``paragraphs`` what was taken for the body, ``titles`` its title and its
    `<title>`. A ``dated`` page is an article unless its body is nothing but a message.
    """
    if is_listing(lines, paragraphs):
        return "empty"
    # Most pages have a line of their own, and that settles all but one question; it is asked of few lines.
    if dated and any(map(_is_own, map(fold, paragraphs))):
        return "spam" if _only_spam(paragraphs) else None
    said = [line for line in map(fold, paragraphs) if line and not _FRAME.search(line)]
    loose = [fold(block.text) for block in lines if 2 * block.linked < len(block.text)]
    own = [line for line in loose if not _FRAME.search(line)]
    heads = [fold(title) for title in titles if title]
    if not dated and any(map(_SIGNED.search, (*heads, *own[:2]))):
        return "error"
    if not dated or all(map(_message, said)):
        found = [kind for line in (*own, *heads) if (kind := _message(line))]
        if found and not any(map(_is_article_line, own)):
            return found[0]
    if _is_blank(said, [line for line in own if line not in heads]):
        return "empty"
    return "spam" if _only_spam(paragraphs) else None


def is_listing(lines: Sequence[Block], paragraphs: Sequence[str]) -> bool:
    """Whether what was taken for the body is rows of links to articles, each with its day: a column's page, or the
    site's first one. What stands below such a link is cut off (…), and no sentence."""
    if len(paragraphs) < _ROWS or any("。" in line and not line.endswith(("...", "…")) for line in paragraphs):
        return False
    rows = {block.text for block in lines if block.links and _is_row(block)}
    found = sum(line in rows for line in paragraphs)
    return found >= _ROWS and 2 * found >= len(paragraphs)


def _is_row(block: Block) -> bool:
    """Whether a line is a link to an article, its day and little else."""
    headline = max((link.text for link in block.links), key=len)
    moment = find_date(block.text) if len(headline) >= _HEADLINE else None
    return moment is not None and len(block.text) - len(headline) - len(moment.raw) <= _BESIDE


def kind_of_empty(page: str) -> NoArticleKind:
    """What a page without any text is: a challenge that a script poses, a message that a script shows, or an empty
    form.

    >>> kind_of_empty("<script>alert('信息不存在');history.back()</script>")
    'missing'
    """
    if _SCRIPTED.search(page):
        return "challenge"
    shown = (_message(fold(match[2])) for match in _ALERT.finditer(page))
    return next(filter(None, shown), "empty")


def _is_own(line: str) -> bool:
    """Whether a folded line is neither the site's frame, nor a message, nor a form's word for nothing."""
    return bool(line) and not (_FRAME.search(line) or _message(line) or _BLANKS.search(line))


def _message(line: str) -> NoArticleKind | None:
    """What kind of page has this folded line for its message.

    >>> _message("对不起,您访问的页面不存在!"), _message("404")
    ('missing', 'missing')
    >>> _message("近日,园区的404页面上线了寻人信息") is None
    True
    """
    longest = _LONG if _TO_READERS.search(line) else _SHORT
    if not line or len(line) > longest or _NARRATED.search(line):
        return None
    return next((kind for kind, pattern in _MESSAGES.items() if pattern.search(line)), None)


def _is_article_line(line: str) -> bool:
    """Whether a folded line is a sentence of an article: long enough, with a full stop, and no message by itself."""
    told = len(line) >= _SENTENCE or _NARRATED.search(line) is not None
    return told and "。" in line and not _message(line)


def _is_sentence(line: str) -> bool:
    return "。" in line and any(map(str.isalnum, line))


def _is_blank(said: Sequence[str], own: Sequence[str]) -> bool:
    """Whether the body is the site's frame alone, with no sentence anywhere, or a form's words for nothing."""
    if not said:
        return not any("。" in line for line in own)
    return all(map(_BLANKS.search, said)) and sum(map(len, said)) <= _LONG


def _only_spam(paragraphs: Sequence[str]) -> bool:
    # A sentence in which nothing is listed stays, and to look at one is cheaper than to look at all.
    sentences = (line for paragraph in paragraphs for line in paragraph.split("\n") if _is_sentence(line))
    if any(map(is_plain, islice(sentences, _ASKED))):
        return False
    body = "\n".join(paragraphs)
    left = despam(body).text
    letters = sum(map(str.isalnum, left))
    return left != body and (letters == 0 or ("。" not in left and 5 * letters < sum(map(str.isalnum, body))))
