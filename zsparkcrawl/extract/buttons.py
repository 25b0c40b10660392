"""Lines that are an article's buttons and counters and nothing else, wherever a site puts them: print, close, share,
sizes of letters, votes, calls to scan a code."""

from __future__ import annotations

import re

from zsparkcrawl.chinese.script import fold

__all__ = ["is_button_line"]

_LONGEST = 40
"""Characters of such a line; chosen."""
_WORDS = (
    "打印(?:本页|此页|本文|此文|文章|新闻|页面)?|我要(?:打印|收藏|分享)|关闭(?:窗口|本页|此页|页面|本窗口)?|返回(?:顶部|列表|首页|上页|上一页|上一级)?|"
    "回到顶部|top|(?:加入|添加)?收藏(?:本页|此页|本文|此文)?|(?:微信|一键|立即|我要)?分享(?:到|至|本页|本文)?|复制(?:链接|网址)|告诉好友|订阅|"
    "(?:qq|新浪|腾讯|搜狐|人民|网易)?(?:空间|微博|好友)|微信(?:好友|朋友圈|公众号)?|朋友圈|人人网|开心网|豆瓣网?|官方(?:微信|微博)|手机版|"
    "字体|字号|文字大小|字体大小|大字体|小字体|[大中小]号?|放大|缩小|默认|恢复|a[+-]|a|t|语音(?:播报|朗读)|听(?:全文|新闻)|朗读|视力保护色|"
    "(?:发表|网友|文章|我要|查看|暂无|全部|最新)?评论|我来说两句|昵称|验证码|匿名|登录|注册|点?赞|踩|顶|打赏|赞赏|举报|纠错|挑错|转发|推荐|"
    "阅读|浏览|点击|人气|次数?|人|好文章!?"
)
_BUTTONS = re.compile(rf"(?:(?:{_WORDS})|[\s\d|丨:·,/()\[\]〖〗『』「」{{}}<>【】…+↑↓-])+", re.IGNORECASE)
_WORD = re.compile(
    "[\u4e00-\u9fff]{2}|[a-z]{3}|[\u4e00-\u9fffa-z][^\u4e00-\u9fffa-z]+[\u4e00-\u9fffa-z]", re.IGNORECASE
)
"""What a line of buttons has at least, so that a single sign is none."""
_SCAN = re.compile(
    '(?:请|请用|打开|用)?(?:手机|微信)?["“]?(?:扫一扫|扫码|扫描|扫)["”]?[^。]{0,16}(?:二维码|手机|分享|关注|浏览|阅读|打开|查看|按钮)[^。]{0,10}|'
    "(?:打开)?微信扫一扫|您是(?:本[页文])?第\\d*位[^。]{0,8}|提示:点击上方[^。]{0,16}|"
    "[前后上下]一?[篇条页]:?(?:没有|暂无|无|已经?是)[^。]{0,8}|(?:原文|本文|文章)?(?:链接|网址|地址):https?://\\S+|"
    "(?:tag)?(?:标签|tags?):[^。,:]{0,30}|(?:最后)?(?:更新|录入|修改)(?:时间|日期):[\\d年月日:/. -]+|"
    "(?:发布[人者]|上传[人者]|录入[人者]?|(?:文章|信息)录入):[^。,:]{0,12}|如需转载[^。]{0,20}"
)
_MAY_BE = re.compile(
    "[印闭閉返回顶頂收藏分享微字号大小AaTt听聽评評赞讚踩赏賞举舉纠糾挑推扫掃第链鏈址览覽读讀点點语語播前后後机機签簽更录錄传傳如g]|TOP"
)
"""What such a line has at least, so that others need not be folded."""


def is_button_line(text: str) -> bool:
    """Whether a line says nothing of the article, and only what its readers may press.

    >>> [is_button_line(text) for text in ("【加入收藏】 【打印】", "大 中 小", "打印机市场回暖", "推进")]
    [True, True, False, False]
    """
    if not text or len(text) > _LONGEST or not _MAY_BE.search(text):
        return False
    line = fold(text)
    if _BUTTONS.fullmatch(line):
        return _WORD.search(line) is not None
    return _SCAN.fullmatch(line) is not None
