"""The pages of the made-up park site on which faults are tried: pure functions from a number to a page.

All words here are invented, and so are the hosts and houses in the advertisements.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from functools import lru_cache
from random import Random

__all__ = ["A_PAGE", "Look", "Truth", "article", "challenge", "listing", "listing_pages", "login", "truth"]

A_PAGE = 20
"""Articles on a page of a listing."""

_FIRST_DAY = dt.date(2010, 1, 4)
_WHO = "园区管委会 创业服务中心 健康产业协会 招商办公室 公共实验平台 生物医药企业 检测技术公司 物业服务公司".split()
_WHEN = "本周 日前 近期 月初 上午 下午 周末 年底".split()
_DID = "举办座谈会 开展安全检查 召开工作例会 组织技术培训 启用新的厂房 完成设备更新 接待来访客商 签署合作协议".split()
_ABOUT = "医疗器械 保健食品 中药饮片 临床检验 洁净车间 仓储物流 人才公寓 专利申报 消防设施 节能改造".split()
_THEN = (
    "与会人员就{}的具体安排交换了意见，并确定了各自的分工。",
    "负责人介绍说，{}的准备工作已经全部就绪，下一步将按计划推进。",
    "参加活动的企业代表认为，{}对提高产品质量很有帮助。",
    "据统计，今年以来园区在{}方面的投入比去年增加了一成多。",
    "工作人员还现场解答了大家关于{}的问题，并发放了资料。",
    "园区将继续做好{}的跟踪服务，及时帮助企业解决困难。",
)
_ORIGINS = "健康基地 园区办公室 创业服务中心 产业协会".split()
_HOUSES = "金澜国际娱乐城 星桥在线博彩 银帆网上赌场 鸿运彩票平台 海晏百家乐 天珑真人赌场".split()


@dataclass(frozen=True, slots=True)
class Truth:
    """What one article says."""

    number: int
    title: str
    date: dt.date
    source: str
    paragraphs: tuple[str, ...]

    @property
    def body(self) -> str:
        """The paragraphs, a line each."""
        return "\n".join(self.paragraphs)


@dataclass(frozen=True, slots=True)
class Look:
    """What changes on the site while its articles stay: ``epoch`` turns the click counters and the
    advertisements of all pages, ``word`` is the number of an article in which one word is another."""

    epoch: int = 0
    word: int = 0
    extra: tuple[int, ...] = field(default=())
    """Numbers that the listing shows among the others; their answers are somebody else's business."""


@lru_cache(maxsize=4096)
def truth(number: int, word: int = 0) -> Truth:
    """The article of that number, the same at each call.

    >>> truth(7).title == truth(7, word=8).title, truth(7).body == truth(7, word=7).body
    (True, False)
    """
    pick = Random(number)
    who, about, did = pick.choice(_WHO), pick.choice(_ABOUT), pick.choice(_DID)
    first = f"{pick.choice(_WHEN)}，{who}在{pick.randint(1, 40)}号楼{did}，共有{number}人次参加{about}的有关活动。"
    rest = [pick.choice(_THEN).format(pick.choice(_ABOUT)) for _ in range(pick.randint(6, 14))]
    paragraphs = (first, *("".join(rest[at : at + 3]) for at in range(0, len(rest), 3)))
    if number == word:
        paragraphs = (first.replace("参加", "报名"), *paragraphs[1:])
    day = _FIRST_DAY + dt.timedelta(days=number // 5 % 4000)  # none in the future, which nobody would believe
    return Truth(number, f"{who}{did}（第{number}期）", day, pick.choice(_ORIGINS), paragraphs)


def article(number: int, look: Look, *, title: str = "", extra: str = "") -> str:
    """The page of an article. ``title`` is put in place of its own, ``extra`` behind its text."""
    told = truth(number, look.word)
    clicks = Random(f"{number} {look.epoch}").randint(10, 99_999) if look.epoch else 100 + number
    text = "".join(f"<p>\u3000\u3000{line}</p>\n" for line in told.paragraphs)
    middle = (
        f'<div class="article">\n<h1>{title or told.title}</h1>\n<div class="info">来源：{told.source}&nbsp;&nbsp;'
        f'发布时间：{told.date}&nbsp;&nbsp;浏览次数：<span id="hits">{clicks}</span></div>\n'
        f'<div class="content">\n{text}{extra}</div>\n</div>\n'
    )
    return _page(title or told.title, middle, look.epoch)


def listing_pages(articles: int) -> int:
    """How many pages the listing of so many articles has."""
    return max(1, -(-articles // A_PAGE))


def listing(page: int, articles: int, look: Look) -> str:
    """One page of the listing, the newest articles first; pages are counted from 1."""
    last = listing_pages(articles)
    newest = articles - (page - 1) * A_PAGE
    numbers = list(range(newest, max(newest - A_PAGE, 0), -1))
    share = -(-len(look.extra) // last)
    numbers += look.extra[(page - 1) * share : page * share]
    return rows_page(numbers, f"/news/index_{page + 1}.html" if page < last else "", look)


def rows_page(numbers: list[int], following: str, look: Look) -> str:
    """A listing page with these articles, and a link to the page after it."""
    rows = "\n".join(
        f'<li><a href="/news/{each}.html">{truth(each).title}</a> <span>[{truth(each).date}]</span></li>'
        for each in numbers
    )
    more = f'<a href="{following}">下一页</a>' if following else "<span>下一页</span>"
    return _page("新闻中心", f'<ul class="list">\n{rows}\n</ul>\n<div class="turn">{more}</div>\n', look.epoch)


def challenge() -> str:
    """The page that asks a reader to prove that he is one."""
    return (
        "<html><head><title>安全验证</title></head><body><h1>安全验证</h1><p>请完成验证后继续访问本站。</p>"
        '<script>document.cookie="__jsl_clearance=1";location.reload()</script></body></html>'
    )


def login() -> str:
    """The page that a site shows to everybody who has not signed in."""
    return (
        "<html><head><title>统一身份认证</title></head><body><h1>用户登录</h1><p>本系统仅供园区企业使用，首次使用的企业须先到"
        "服务大厅办理登记，领取账号以后方可登录并办理业务。</p></body></html>"
    )


def _page(title: str, middle: str, epoch: int) -> str:
    return (
        f'<!DOCTYPE html>\n<html>\n<head>\n<meta charset="utf-8">\n<title>{title}-健康基地</title>\n</head>\n<body>\n'
        f'{_spam(epoch)}<div class="nav"><a href="/">首页</a> <a href="/news/">新闻中心</a> <a href="/about/">'
        f"走进基地</a></div>\n{middle}"
        '<div class="foot"><p>健康基地 版权所有 &copy; 2010-2024</p></div>\n</body>\n</html>\n'
    )


def _spam(epoch: int) -> str:
    """Advertisements that a hijacker hides on all pages, others each time; none at epoch 0."""
    if not epoch:
        return ""
    pick = Random(epoch)
    links = "".join(
        f'<a href="http://{pick.randbytes(4).hex()}.example/">{house}</a>' for house in pick.sample(_HOUSES, 3)
    )
    return f'<div style="display:none">{links}</div>\n<!-- {pick.randbytes(8).hex()} -->\n'
