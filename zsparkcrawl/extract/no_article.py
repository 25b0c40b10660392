"""Pages that are no article though they came with status 200: challenges, error pages, maintenance, spam, empty forms.

An article that speaks of such things has sentences of its own, or a date; a page of this kind has its message, links
and the site's frame.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Literal

from zsparkcrawl.chinese.script import fold
from zsparkcrawl.errors import ZsparkError
from zsparkcrawl.extract.blocks import Block
from zsparkcrawl.spam import despam

__all__ = ["NoArticleError", "NoArticleKind", "UnreadableError", "kind_of_empty", "kind_of_page"]

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
_GONE = "(?:不存在|没有找到|未找到|找不到|无法找到|被删除|已删除|被移除|已移除|丢失了?|已过期|已失效|已下线|无法访问|无法显示|无法打开|走丢)"
_MESSAGES: dict[NoArticleKind, re.Pattern[str]] = {
    "challenge": re.compile(
        "安全验证|人机验证|人机身份验证|访问验证|滑动验证|拖动滑块|滑块验证|请(?:先)?(?:完成|进行|输入|通过).{0,8}验证|请输入.{0,6}验证码|"
        "开启javascript|启用javascript|enablejavascript|浏览器安全检查|正在检查您的浏览器|checkingyourbrowser|justamoment|"
        "ddosprotection|verifyyouarehuman|访问过于频繁|访问频率过|非法访问|访问被拒绝|accessdenied|waf|拦截"
    ),
    "missing": re.compile(
        f"{_THING}.{{0,6}}{_GONE}|{_GONE}.{{0,8}}{_THING}|(?:^|[^0-9])404(?:$|[^0-9])|notfound|"
        f"(?:访问|查看|浏览|请求|查找)的{_THING}.{{0,12}}(?:不|没|无|错|删)|页面(?:出错|错误|丢失)|^(?:不存在|已删除|错误|出错了|参数错误)!?$"
    ),
    "maintenance": re.compile(
        "(?:系统|网站|本站|平台|服务器|站点).{0,8}(?:维护|升级|改版|建设|关闭|备案|整改|调整).{0,2}(?:中|$)|(?:维护|升级|改版|建设)中|"
        "(?:暂停|暂时关闭|暂时停止).{0,4}(?:服务|访问|开放)|网站已?(?:关闭|暂停)|undermaintenance|underconstruction|暂时无法(?:访问|提供)|域名.{0,6}(?:过期|出售)"
    ),
    "error": re.compile(
        "服务器.{0,6}(?:错误|异常|繁忙|出错)|系统(?:错误|异常|繁忙|出错|发生错误)|数据库.{0,6}(?:错误|失败|异常)|程序.{0,4}(?:错误|异常)|(?:^|[^0-9])50[0234](?:$|[^0-9])|"
        "internalservererror|badgateway|serviceunavailable|gatewaytime-?out|servererrorin|fatalerror|mysql_?|oledb|odbc|nullpointer|"
        "stacktrace|exception:|hierror|运行时错误|操作失败|未知错误|错误提示|错误信息|errorcode"
    ),
}
_BLANKS = re.compile(
    "暂无(?:内容|数据|信息|记录)|内容(?:更新|建设|整理)中|^(?:null|undefined|none|nan)$|\\{\\{.*\\}\\}|\\$\\{.*\\}|<%.*%>"
)
_FRAME = re.compile(
    "版权所有|copyright|©|icp备|公网安备|技术支持|主办单位|联系我们|关于我们|网站地图|友情链接|返回首页|返回上|首页|上一[篇页]|下一[篇页]|没有了|"
    "自动跳转|秒后|请输入|当前位置|您的位置|作者:|来源:|发布时间:|地址:|电话:|邮编:"
)
_SCRIPTED = re.compile(
    rb"__jsl_clearance|acw_sc__v2|_cf_chl|challenge-platform|cf-browser-verification|geetest|aliyunwaf|yundunwaf|"
    rb"document\.cookie\s*=[^;]{0,400};[\s\S]{0,600}location\.(?:reload|href|replace)|captcha|verify_?code",
    re.IGNORECASE,
)
_MESSAGE_LONGEST = 60
"""Characters of a line that can be such a page's message. Chosen: what error pages say is short."""
_SENTENCE = 30
"""Characters from which on a line with a full stop, and no message in it, is an article's. Chosen."""


def kind_of_page(
    lines: Sequence[Block], paragraphs: Sequence[str], titles: Sequence[str], *, dated: bool
) -> NoArticleKind | None:
    """What a page is when it is no article; None for an article.

    ``lines`` are all lines of the page, ``paragraphs`` what was taken for the body, ``titles`` its title and its
    `<title>`. A ``dated`` page is an article unless its body is nothing but a message.
    """
    body = [fold(paragraph) for paragraph in paragraphs]
    said = [line for line in body if line and not _FRAME.search(line)]
    if not dated or all(map(_message, said)):
        loose = [fold(block.text) for block in lines if 2 * block.linked < len(block.text)]
        found = [kind for line in (*loose, *map(fold, titles)) if (kind := _message(line))]
        if found and not any(map(_is_article_line, (*body, *loose))):
            return found[0]
    if said and all(map(_BLANKS.search, said)) and sum(map(len, said)) <= _MESSAGE_LONGEST:
        return "empty"
    return "spam" if _only_spam("\n".join(paragraphs)) else None


def kind_of_empty(page: bytes) -> NoArticleKind:
    """What a page without any text is: a challenge that a script poses, or an empty form."""
    return "challenge" if _SCRIPTED.search(page) else "empty"


def _message(line: str) -> NoArticleKind | None:
    """What kind of page has this folded line for its message.

    >>> _message("对不起,您访问的页面不存在!"), _message("404页面上线了寻人信息")
    ('missing', 'missing')
    >>> _message("园区召开会议") is None
    True
    """
    if not line or len(line) > _MESSAGE_LONGEST:
        return None
    return next((kind for kind, pattern in _MESSAGES.items() if pattern.search(line)), None)


def _is_article_line(line: str) -> bool:
    """Whether a folded line is a sentence of an article: long enough, with a full stop, and no message by itself."""
    return len(line) >= _SENTENCE and "。" in line and not _FRAME.search(line) and not _message(line)


def _only_spam(body: str) -> bool:
    if not body:
        return False
    left = despam(body).text
    letters = sum(map(str.isalnum, left))
    return left != body and (letters == 0 or ("。" not in left and 5 * letters < sum(map(str.isalnum, body))))
