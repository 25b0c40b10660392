"""Where an article ends: lists of other articles, rows of buttons, notices of rights, the foot of the page."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import islice

from zsparkcrawl.chinese.script import fold
from zsparkcrawl.extract.blocks import Block
from zsparkcrawl.extract.dates import POSTED
from zsparkcrawl.extract.title import is_breadcrumb

__all__ = ["good", "is_call_or_tags", "region_of"]

_END = re.compile(
    "^(?:上一[篇条个页则]|下一[篇条个页则]|没有了|相关(?:新闻|文章|阅读|链接|推荐|报道|文件|稿件|信息|内容|附件下载|解读)|推荐(?:阅读|文章|新闻)|"
    "热门(?:文章|新闻|推荐)|延伸阅读|猜你喜欢|更多(?:文章|新闻|精彩|阅读|推荐|资讯)|大家都在看|(?:顶|踩)一下$|分享到|分享至|分享让更多|阅读下一篇|"
    "(?:热点|今日热榜|热点(?:新闻|推荐|内容|排行)|本站热点|点击排行|热门排行|一周排行|新闻排行|排行榜|最新(?:资讯|新闻|文章|发布|动态|推荐)|图片新闻|"
    "精彩推荐|编辑推荐|新闻推荐|为您推荐|友情链接|责任声明)$|特别声明|免责声明|版权声明|【?我要纠错|扫码|长按(?:识别|二维码)|【?纠错】?$|小编最近文章|您对(?:这|本)篇(?:文章|新闻|报道)|对(?:此|该|本)(?:文章?|新闻)(?:发表|进行)评论|用户名:|我要评论$|文章评论$|我来说两句$|[您你]可能还?(?:感兴趣|喜欢)|看[过了]本文的|相关文档|(?:政策解读|解读链接):?$|.{0,6}公安.{0,4}备案|(?:网友|发表|最新|最热|热门|精彩|全部)评论|往期(?:推荐|回顾|精彩)|本文仅代表作者|.{0,16}(?:转载|转发)(?:时|本文)?请(?:务必)?注明|举报/反馈|"
    "[\\[【(]?(?:(?:打印|关闭|返回|收藏|字体|字号|分享)(?:[本此][页文]|窗口|顶部|列表页?|首页|上一页|大小|到)?[】\\])|/,\\s【\\[(]*)+(?![\u4e00-\u9fff])|扫一扫|举报$|.{0,20}版权所有(?!人)|"
    ".{0,20}copyright|©|粤icp|.{0,40}icp备|.{0,8}公网安备)"
)
_MAY_END = re.compile(
    "^(?:主办单位|承办单位|技术支持|友情链接|网站地图|联系我们|关于我们|最后更新|更新日期|关键词\\s*>>)"
)
"""What a foot begins with, and a paragraph can: it ends the article only where no text follows."""
_BUTTONS = re.compile(
    "(?:分享(?:到|至|:)|扫一扫|用?微信扫|举报/反馈|(?:发表|我要)评论).{0,30}|[+]?关注(?:我们|公众号)?|听新闻|"
    "[\\[【(]?(?:打印|关闭|收藏|字体|字号|返回)(?:(?:本|此|该)[页文]|窗口|列表|顶部|上一页|大小|[^\u4e00-\u9fff]|$).{0,30}"
)
"""What stands beside an article's buttons: above the text it ends nothing."""
_NOTICE = re.compile(
    "^.{0,40}未经.{0,8}(?:授权|许可|允许).{0,14}(?:转载|复制|摘编)|^.{0,24}[仅只]代表.{0,10}(?:观点|立场|意见|看法)"
    "|^.{0,10}观点[仅只]代表(?:作者|网友)|^郑重声明:"
    "|^.{0,4}声明:.{0,40}(?:转载|版权|来源|观点|传递更多)|^.{0,30}(?:侵权|侵犯).{0,16}联系.{0,12}(?:删除|处理)"
    "|^.{0,30}(?:著作权|版权)归.{0,20}所有|^.{0,40}转载请(?:附上|保留|标明|联系)|^(?:欢迎)?(?:下载|关注).{0,24}(?:app|客户端|公众号|小程序)"
    "|^.{0,40}(?:不保证|不构成).{0,16}(?:真实|准确|客观|投资建议)"
    "|^.{0,16}(?:app|客户端).{0,16}(?:更新|下载|体验)[。!]?$"
)
"""What a site says of its rights below an article; it ends the article only where no text follows, for rules speak so,
too."""
_TAGS = re.compile("(?:文章|本文)?(?:热词|标签|关键[词字]|tags?)[:：]", re.IGNORECASE)
_CALL = re.compile(
    "[↑▲↓▼]?点击[上下]?[方面]?.{0,12}(?:蓝字|关注).{0,12}|.{0,14}点(?:个|一下)[^\\w]{0,2}在看.{0,6}|"
    "(?:打开|请?用)?(?:手机|微信).{0,4}扫.{0,6}二维码.{0,10}|.{0,16}尽在.{2,12}(?:app|客户端)|"
    "手机.{0,4}看新闻|赞 ?\\(?\\d*\\)?|点击播报本文.{0,4}|(?:正在|视频)加载中?[.…]*|展开全文|"
    ".{0,12}浏览器(?:暂时|版本)?(?:不支持|过低|无法播放).{0,24}|图集|[+]1|加载更多"
)
"""What messengers' pages and sites ask their readers to do, and what players and votes say."""
_APP = re.compile(".{0,30}点(?:我|击|此)?(?:下载|打开).{0,8}(?:app|客户端).{0,8}|打开.{0,12}(?:app|客户端).{0,16}")
"""A link to a site's own program."""
_MAY_CALL = re.compile("[+图圖点點赞贊讚扫掃尽儘盡看载載开開览覽]")
"""What such a line has at least, so that others need not be folded."""
_MAY_BE_END = re.compile("[版cC©iI安侵]|注明|转载|不保证|不构成|^欢?迎?[下关]|未经|[仅只]代|[声聲]明|^[发發]|^.{0,24}$")
"""What one of the lines above has at least, or how short it is, so that others need not be folded."""
_RIGHTS = 5
"""Characters at the begin of a line among which 声明 stands where it speaks of rights; chosen."""
_BEYOND = 3
"""Lines behind a row of buttons among which credits are looked for; chosen."""
_TEXT = 25
"""Characters that are no link from which on a line with a full stop is text of an article."""
_CALL_LONGEST = 40
_RELATED = re.compile("(?:相关|推荐|延伸|更多|深度)(?:阅读|新闻|报道|文章|链接|内容|推荐)[:|]")
_INSERTED = 4
"""Lines among which a text goes on behind a link to another article that stands in it; chosen."""


def region_of(blocks: Sequence[Block], start: int) -> tuple[list[Block], Sequence[Block]]:
    """The blocks from the byline to what follows the article; and where it is a row of buttons or a notice that ends
    it, the few behind that, among which credits may be."""
    region: list[Block] = []
    feet: list[int] = []
    held = 0
    beyond: Sequence[Block] = ()
    for number, block in enumerate(islice(blocks, start, None), start):
        text = good(block)
        line = fold(block.text) if block.text and len(block.text) < 200 and _MAY_BE_END.search(block.text) else ""
        # 分享到： right below the byline, as newspapers have it.
        if line and held < _TEXT and _BUTTONS.fullmatch(line) and not any("。" in each.text for each in region):
            continue
        if line and _RELATED.match(line) and _goes_on(blocks, number):
            continue
        if line and held >= text and (_END.search(line) or (held and POSTED.fullmatch(line))):
            if "纠错" in line:
                beyond = blocks[number : number + _BEYOND]
            elif _BUTTONS.fullmatch(line) or "注明" in line or "声明" in line[:_RIGHTS]:
                beyond = blocks[number + 1 : number + 1 + _BEYOND]
            break
        if line and held >= text and (_NOTICE.search(line) or (_MAY_END.search(line) and not line.endswith("。"))):
            feet.append(len(region))
        elif text >= _TEXT and "。" in block.text:
            feet.clear()
        held += text
        region.append(block)
    return (region[: feet[0]], [*region[feet[0] :], *beyond]) if feet else (region, beyond)


def _goes_on(blocks: Sequence[Block], number: int) -> bool:
    """Whether sentences stand behind a line with links in the same place as the line: the text goes on."""
    here = blocks[number]
    place = here.element.getparent()
    following = blocks[number + 1 : number + 1 + _INSERTED]
    sentences = (
        at
        for at, block in enumerate(following)
        if block.element.getparent() is place and block.tag == here.tag and good(block) >= _TEXT and "。" in block.text
    )
    first = next(sentences, None)
    if first is None:
        return False
    # Without a link of its own the line is a heading, and links stand below it.
    return bool(here.links) or (first > 0 and all(block.links and not good(block) for block in following[:first]))


def good(block: Block) -> int:
    """Characters of text that is neither link nor breadcrumb."""
    plain = len(block.text) - 2 * block.linked if block.links else len(block.text)
    return 0 if plain <= 0 or (plain < 60 and is_breadcrumb(block.text)) else plain


def is_call_or_tags(block: Block) -> bool:
    """Whether a line asks the reader to follow, to like or to scan, or links to the article's tags."""
    text = block.text
    if len(text) <= _CALL_LONGEST and _MAY_CALL.search(text):
        folded = fold(text)
        if _CALL.fullmatch(folded) or (block.links and _APP.fullmatch(folded)):
            return True
    return bool(block.links) and bool(_TAGS.match(text))
