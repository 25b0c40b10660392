"""Texts that tell of what spam offers: reports of police and courts, warnings, criticism."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import islice

from zsparkcrawl.spam.clauses import Spam
from zsparkcrawl.spam.evidence import TOLD
from zsparkcrawl.spam.lexicon import Term, terms
from zsparkcrawl.spam.lines import AROUND, STOP
from zsparkcrawl.spam.standing import BRACKETS, SOFTLY_TOLD

__all__ = ["Telling", "is_told", "telling_of"]

_TELLERS = re.compile("赌博|涉赌|警方|民警|公安机关|嫌疑人|淫秽|卖淫|扫黄打非|诈骗|犯罪|被告人|反诈|网络赌|派出所|私彩")
_LEAST = 2
"""Such words of a text that tells. Chosen: one is met anywhere."""
_SUBJECTS = {family: re.compile(words) for family, words in {
    "porn": "淫|色情|黄色|低俗|裸|嫖|涉黄|扫黄|猥亵|强奸|不雅|偷拍",
    "gambling": "赌|彩票|博彩|棋牌|投注|庄家|彩民|诈骗|反诈",
    "lottery forum": "赌|彩",
    "surrogacy": "代孕|卵|试管|胎儿|生育|助孕",
    "invoice": "发票|税务|偷税|逃税|虚开",
    "server": "私服|外挂|著作权|侵犯|游戏",
    "loan": "贷|套现|信用卡|催收|征信|诈骗|反诈",
    "papers": "假证|伪造|证件|论文|学历|学术|代考|作弊|替考|办证|印章",
    "drugs": "药|毒",
    "escort": "卖淫|嫖|色情|招嫖|涉黄|会所|诈骗|反诈",
    "trade in goods": "假|枪|黑客|个人信息|窃听|窃取|监听|刷单|银行卡|走私|侦探|外挂|诈骗|反诈|侵犯",
    "vpn": "翻墙|境外|网络|vpn",
}.items()}  # fmt: skip
"""By family of words, of what such a text speaks. A report of a theft says nothing of lotteries. Chosen."""

_BLATANT = 5.0
"""What an offer inside a sentence weighs that needs no other sign. On 12,000 news texts nothing weighs so much but in
what tells of such things."""
_SOUGHT = re.compile("大全|排行|排名|推荐|下载|注册|登[录陆]|开户|官网|app|入口|送|代理|技巧|网站平台")
_LISTS = re.compile(r"[-_|/\\+~=>—–·;；]")


@dataclass(frozen=True, slots=True)
class Telling:
    """What the text around spam tells: ``families`` are those of words of which it does, of those that its police,
    courts and warnings may be about; ``anywhere`` is whether any sentence of it may tell."""

    families: frozenset[str]
    anywhere: bool


def is_told(text: str, found: Spam, telling: Telling) -> bool:
    """Whether a stretch is told of: in a text that speaks of such things, or a sentence. Lines are never, and lists
    only where nothing but pauses is between their items. ``telling`` is that of the rest of the text."""
    if found.shape == "line" or (found.shape == "list" and _LISTS.search(text, found.start, found.end)):
        return False
    if "赌博" in text[found.start : found.end] and not _SOUGHT.search(text, found.start, found.end):
        return True  # what sells it calls it a game
    if not telling.anywhere:
        return False
    offered = list(terms(text[found.start : found.end]))
    return not telling.families.isdisjoint(_sold_by(offered)) or _is_in_telling(text, found, offered)


def _is_in_telling(text: str, found: Spam, offered: Sequence[Term]) -> bool:
    """Whether the sentence around a phrase tells of such things."""
    begin, finish = max(found.start - AROUND, 0), min(found.end + AROUND, len(text))
    stops = [match.end() for match in STOP.finditer(text, begin, found.start)]
    behind = STOP.search(text, found.end, finish)
    begin, finish = stops[-1] if stops else begin, behind.start() if behind else finish
    listed = "、" in text[max(found.start - 1, 0) : found.start] + text[found.end : found.end + 1]
    around = text[max(found.start - 1, 0) : found.start] + text[found.end : found.end + 1]
    if found.shape == "clause" and not listed and not any(mark in BRACKETS for mark in around):
        return False  # an offer between two pauses is no part of the sentence
    softly = (found.shape != "clause" or listed) and found.weight < _BLATANT
    words = [TOLD, SOFTLY_TOLD] if softly else [TOLD]
    told = any(each.search(text, begin, found.start) or each.search(text, found.end, finish) for each in words)
    return told and not (found.torn and not _speaks_of(text[begin : found.start] + text[found.end : finish], offered))


def telling_of(text: str) -> Telling:
    """What a text without its spam tells.

    >>> telling = telling_of("民警提醒，这类赌局背后是犯罪团伙")
    >>> sorted(telling.families), telling_of("民警抓获盗窃嫌疑人").families, telling_of("园区开会").anywhere
    (['gambling', 'lottery forum'], frozenset(), False)
    """
    anywhere = bool(TOLD.search(text) or SOFTLY_TOLD.search(text))
    if sum(1 for _ in islice(_TELLERS.finditer(text), _LEAST)) < _LEAST:
        return Telling(frozenset(), anywhere)
    return Telling(frozenset(family for family, subject in _SUBJECTS.items() if subject.search(text)), anywhere)


def _speaks_of(text: str, offered: Iterable[Term]) -> bool:
    """Whether a text without the stretch that holds the offered terms speaks of what they offer, in the words of those
    who do not sell it.

    >>> from zsparkcrawl.spam.lexicon import terms
    >>> offer = list(terms("时时彩平台代理"))
    >>> _speaks_of("代理这类赌局", offer), _speaks_of("代理记账", offer)
    (True, False)
    """
    return any(_SUBJECTS[family].search(text) for family in _sold_by(offered))


def _sold_by(offered: Iterable[Term]) -> frozenset[str]:
    """The families of what is offered; all where none says so."""
    families = frozenset(term.family for term in offered if term.kind in {"topic", "brand"})
    return families & frozenset(_SUBJECTS) or frozenset(_SUBJECTS)
