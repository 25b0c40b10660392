"""What the listed words in a stretch of text say together: their weight, their kinds, and how much else there is."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from zsparkcrawl.spam.lexicon import Term

__all__ = ["SOLD_ALONE", "TOLD", "WARES", "Evidence", "evidence"]

_CAPS = {"region": 3.0, "quality": 4.0, "zone": 4.0, "tail": 4.0, "trade": 2.0, "place": 0.5}
"""What all words of a kind may weigh together: a menu has many words of one kind. Chosen."""
_LONG = 5
"""Letters of a listed word that is an offer in itself: 注册送彩金, 代写毕业论文. Chosen."""
SOLD_ALONE = 3.0
"""What a topic weighs that honest texts do not offer."""
_TITLE_LONGEST = 16
"""Letters of a title that names two things which honest texts do not, and tells of none. Chosen."""
_SHORT = 100
"""Characters of a stretch that may come again. Chosen."""
_LETTER = re.compile(r"[a-z0-9]+|[^\W_]")
_LISTED = re.compile(r"(?:[-_|\\/+~=—–·;；,，、>](?!\d))+")
_PROSE = re.compile("[的了是和与及将被把对从为而但并于由让]|[。！？：:]")
_WORDY = re.compile("[会能可要应该还又每其此已个位名年月这那我你他她它们您]")
"""Characters of a sentence that a name may have as well."""
TOLD = re.compile(
    "赌博|涉赌|骗子|诱导|被依法|封禁|约谈|赌资|聚赌|赌徒|嫖|卖淫|淫秽|色情信息|扫黄|警方|民警|公安|派出所|嫌疑|涉案|抓获|捣毁|破获|取缔|判处|拘留|诈骗|反诈|"
    "犯罪|严禁|谨防|警惕|骗局|被告|法院|起诉|罚款|上当|诱骗|网警|强奸|私彩|落网|团伙|窝点|走私|贩卖|彩民|利诱|传销|抽水"
)
"""Words of those who tell of such things: police, courts, critics. What stands among them is told, not offered."""
_STOP = re.compile("[。！？]")
_SHOWN = re.compile("videos?|综合|视频|观看|播放|电影|网站|影院|直播|看片|在线看")
_REGION = re.compile("国产|亚洲|欧美|日韩")
_GAMES = re.compile("彩票|竞彩|足彩|棋牌|赌场|博彩|电竞|真人|福彩|体彩|扑克|麻将|赛车")
_OFFICIAL = re.compile("福彩|体彩|双色球|大乐透|七星彩|排列[三五]")
_OFFERS = re.compile(
    "app|手机|下载|登[录陆]|注册|开户|入口|手机版|官网|官方|网址|平台|客户端|论坛|代理|投注|网页版|计划|开奖|首页|网站|备用|线路"
)
WARES = re.compile(
    "服务|版本|安装|联系|商家|推广|好用|搭建|辅助|价位|规律|开具|招聘|信息|网购|兼职|到账|专卖|商城|"
    "高薪|攻略|体验|释放|深夜|疯狂|视觉|电视剧|快手|抖音|盛宴|推荐|预测|资料|租用|租赁|制作|定制|"
    "定做|发布|发表|记录|查询|费用|优化|双击|粉丝|点赞|老板|工作室|公司|厂家|中介|机构|中心|团队|"
    "渠道|批发|求购|转让|收购|回收|购买|出售|销售|买卖|交易|配送|发货|包邮|到付|优惠|特价|低价|正规|"
    "靠谱|老牌|顶级|豪华|本地|附近|全国|男士|女士|女性|男性|女孩|女生|学生|模特|私人|个人|专业|快速|"
    "当天|长期|小时|会员|玩家|技巧|打法|玩法|教程|秘籍|结果|现场|最新|今日|今晚|每期|永久|无限|全部|"
    "精彩|热门|火爆|首选|神器|工具|程序|软件|源码|节点|答案|硕士|博士|留学生|职称|期刊|餐饮|住宿|"
    "酒店|宾馆|劳务|咨询|平台|网站|电话|微信|www|com|vip|女|网|站|版|厅"
)
"""Words of any offer, which honest texts have everywhere: they say nothing but that the offer goes on. Chosen."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """``weight`` of all words, each counted once; ``topic`` that of topics and brands; ``heaviest`` that of the
    heaviest topic. ``letters`` are the letters of the stretch (a Latin word is one), ``unknown`` those of ``rest``,
    which no listed word covers. ``items`` is how many parts its marks make. ``goes_on`` is whether words of any offer
    stand beside what honest texts do not offer."""

    weight: float
    topic: float
    heaviest: float
    kinds: frozenset[str]
    words: frozenset[str]
    letters: int
    unknown: int
    rest: str
    items: int
    goes_on: bool

    @property
    def prose(self) -> bool:
        """Whether words of a sentence are among what is not listed, or words that only honest texts have."""
        wordy = self.unknown > 4 and _WORDY.search(self.rest)
        return bool(_PROSE.search(self.rest) or wordy) or "innocent" in self.kinds

    @property
    def told(self) -> bool:
        """Whether what is not listed tells of such things."""
        return bool(TOLD.search(self.rest))

    @property
    def share(self) -> float:
        """The listed words' part of the letters."""
        return 1 - self.unknown / self.letters if self.letters else 0.0

    @property
    def porn_list(self) -> bool:
        """Whether it counts zones, of a region, with what a picture is praised for: the make of porn titles."""
        return {"zone", "quality"} <= self.kinds and ("region" in self.kinds or bool(_REGION.search(self.joined)))

    @property
    def massive(self) -> bool:
        """Whether there is so much of it that words of a sentence in between change nothing."""
        enough = (self.share >= 0.5 and self.weight >= 9) or (self.share >= 0.8 and self.weight >= 6)
        return enough and self.topic >= 5 and not _STOP.search(self.rest)

    @property
    def sells(self) -> bool:
        """Whether a topic comes with words of trade, or several topics do."""
        named = "brand" in self.kinds and self.topic >= 2 and self.offered >= 1
        return named or self.heaviest >= 4 or self.topic >= 5 or (self.heaviest >= 3 and "tail" in self.kinds)

    @property
    def porn_title(self) -> bool:
        """Whether it is nothing but what a free picture is praised for, which a whole line may be and no clause."""
        little_else = self.share >= 0.75 and self.unknown <= 3 and len(self.words) >= 4 and "tail" not in self.kinds
        praised = (
            (self.share >= 0.9 or little_else)
            and self.letters >= 9
            and len(self.words) >= 3
            and self.kinds <= {"region", "quality", "topic", "tail", "zone"}
        )
        return (
            praised
            and not self.prose
            and bool(_SHOWN.search(self.joined))
            and ("region" in self.kinds or "免费" in self.joined)
        )

    @property
    def joined(self) -> str:
        """Its words."""
        return " ".join(sorted(self.words))

    def offers(self, bonus: float = 0.0) -> bool:
        """Whether a stretch that stands alone is an offer: a topic with what belongs to it, and little else."""
        if self.told or self.massive:
            return not self.told
        if self.prose:
            return False
        if self.share >= 0.75 or self.unknown <= 1:
            return self._plain_offer(bonus)
        if self.share >= 0.5 or self.unknown <= 4:
            return self._named_offer(bonus)
        title = self.letters <= _TITLE_LONGEST and self.heaviest >= SOLD_ALONE and self.topic >= 5
        return title or (self.share >= 0.4 and self.items >= 2 and self.weight + bonus >= 7 and self.mixed)

    @property
    def number(self) -> int:
        """How many words it is made of; a long one says as much as two."""
        return sum(1 + (len(word) >= _LONG) for word in self.words) + self.goes_on

    def _plain_offer(self, bonus: float) -> bool:
        weight, words = self.weight + bonus, self.number
        if self.heaviest >= 3:
            return weight >= 4 and words >= 2
        if self.topic >= 2 and "topic" in self.kinds:
            return weight >= 4 and words >= 2
        if "brand" in self.kinds and self.offered >= 2:
            return True
        if "brand" in self.kinds and (self.kinds & {"trade", "topic"} or self.offered):
            games = bool(_GAMES.search(self.joined)) and self.offered >= 1
            return weight >= 3 and (self.topic >= 2 or games or ("trade" in self.kinds and self.offered >= 2))
        if {"region", "quality"} <= self.kinds and (self.porn_list or "精品" in self.joined):
            least = 3.5 if not self.unknown and "精品" in self.joined else 5.0 - ("topic" in self.kinds)
            return weight >= least and words >= (4 if self.unknown else 3)
        # A list of games without a house or a topic is a menu.
        return "trade" in self.kinds and bool(_GAMES.search(self.joined)) and self.offered >= 2 and self.items < 3

    def _named_offer(self, bonus: float) -> bool:
        """With a name that is not listed, or a word or two."""
        weight = self.weight + bonus
        if self.heaviest >= 3 or self.topic >= 4:
            return weight >= 4
        if (self.topic >= 2 and "topic" in self.kinds) or self.porn_list:
            return weight >= 5
        if self.unknown > 4:
            return False
        if "brand" in self.kinds and self.topic >= 2:
            return weight >= 3 and self.offered >= 1
        return "trade" in self.kinds and self.offered + bonus / 2 >= (1 if _GAMES.search(self.joined) else 1.5)

    @property
    def offered(self) -> int:
        """How many of its words say where to find what is offered: 官网, 注册, app …"""
        return len({found for word in self.words for found in _OFFERS.findall(word)})

    @property
    def blatant(self) -> bool:
        """Whether it names what is offered and says where, or is porn of several kinds of words."""
        if self.porn_title:
            return True
        if len(self.words) < 2 or self.topic < 2 or _OFFICIAL.search(self.joined):
            return False
        if self.heaviest >= 3:
            return bool(self.kinds & {"trade", "tail", "quality", "zone", "region", "brand"}) or self.topic >= 4
        if self.heaviest >= 2 and self.topic >= 3 and {"region", "quality"} & self.kinds:
            return True
        if self.heaviest >= 2 and self.offered and self.weight >= 4:
            return "trade" in self.kinds or self.topic >= 4
        return "brand" in self.kinds and (bool(self.offered) or (self.weight >= 4 and "trade" in self.kinds))

    @property
    def mixed(self) -> bool:
        """Whether words of several kinds stand together that only spam puts together."""
        around = {"region", "quality", "zone", "tail", "trade", "brand"} & self.kinds
        if self.heaviest >= 3 or self.topic >= 4:
            return bool(around) or self.topic >= 6
        if self.heaviest >= 2:
            return bool(around) and self.weight >= 5
        return self.porn_list or {"brand", "trade", "tail"} <= self.kinds


def evidence(text: str, start: int, end: int, terms: Sequence[Term]) -> Evidence:
    """What the terms between ``start`` and ``end`` of a folded text say; they must lie there, in order."""
    if end - start > _SHORT:
        return _said(text, start, end, terms)
    inner = tuple(Term(term[0] - start, term[1] - start, *term[2:]) for term in terms)
    return _remembered(text[start:end], 0, end - start, inner)


def _said(text: str, start: int, end: int, terms: Sequence[Term]) -> Evidence:
    loose, read = [], start
    for term in terms:
        if term.kind != "innocent":
            loose.append(text[read : term.start])
            read = term.end
    loose.append(text[read:end])
    rest = " ".join(loose)
    listed = [term for term in terms if term.kind != "innocent"]
    house = _names_house(text, listed)
    heaviest = max((term.weight for term in listed if term.kind == "topic"), default=0.0)
    goes_on = False
    if heaviest >= SOLD_ALONE and _LETTER.search(rest) and not _LETTER.search(bare := WARES.sub(" ", rest)):
        rest, goes_on = bare, True
    return Evidence(
        weight=_weigh(text, listed) + house + goes_on,
        topic=_weigh(text, (term for term in listed if term.kind in {"topic", "brand"})) + house,
        heaviest=heaviest,
        kinds=frozenset(term.kind for term in terms),
        words=frozenset(text[term.start : term.end] for term in listed),
        letters=len(_LETTER.findall(text, start, end)),
        unknown=len(_LETTER.findall(rest)),
        rest=rest,
        items=len(_LISTED.findall(text, start, end)) + 1,
        goes_on=goes_on,
    )


_remembered = lru_cache(maxsize=4096)(_said)
"""Spam repeats itself."""


def _names_house(text: str, listed: Sequence[Term]) -> bool:
    """Whether a brand stands right before its trade; a brand that may be anything, with a trade or an offer more."""
    for one, other in pairwise(listed):
        if one.kind == "brand" and other.kind == "trade" and one.end == other.start:
            more = sum(term.kind in {"trade", "tail"} for term in listed) > 1 or _OFFERS.search(
                text, one.start, listed[-1].end
            )
            if one.weight >= 2 or more:
                return True
    return False


def _weigh(text: str, terms: Iterable[Term]) -> float:
    kinds: dict[str, float] = {}
    words: set[str] = set()
    for term in terms:
        if (word := text[term.start : term.end]) not in words:
            words.add(word)
            long = term.weight >= 3 and len(word) >= _LONG
            kinds[term.kind] = kinds.get(term.kind, 0.0) + term.weight + long
    return sum(min(weight, _CAPS.get(kind, weight)) for kind, weight in kinds.items())
