"""How a stretch stands in its line: whether what it has beside the listed words is text of the article."""

from __future__ import annotations

import re
from itertools import pairwise

from zsparkcrawl.spam.evidence import WARES, Evidence
from zsparkcrawl.spam.lines import STOP, Line
from zsparkcrawl.spam.runs import runs
from zsparkcrawl.spam.seams import CONTACT, bits, is_fluent, seam

__all__ = ["BRACKETS", "QUOTES", "SOFTLY_TOLD", "is_torn", "keeps_text", "set_apart", "shortens"]

SOFTLY_TOLD = re.compile(
    "涉嫌|查处|查获|整治|打击|违法|非法|禁止|不得|检察|案件|举报|曝光|受害|短信|假冒|侵权|隐私|小说|影片|电影节|导演|读者|书中|剧中|剧情|"
    "角色|主演|患者|治疗|条例|法规|纠纷|屡禁|维权|著作权|牟利|喜欢|爱好"
)
"""Words beside which a phrase is told too when it is a part of their own clause; elsewhere they are everywhere."""
_HEADLINED = re.compile(
    "停售|调查|揭秘|暗访|远离|抵制|拒绝|关停|整顿|治理|规范|管理|监管|改革|发展|举行|召开|什么|为何|如何|解读|提醒|防范|认识|危害|"
    "举办|建设|培训|比赛|大赛|活动|协会|产业|企业|可|能|会|做|有|到|用|去|来|这|那|不|要|想|在|前往|参观|进入|经营|从事|打造|推出|"
    "开发|提供|使用|通过|对|向|为|公告|公示|公布|发布|通知|启事|招标|指南|流程|须知|办法|规定|案例|搬迁|专场|上映|首映|影展|"
    "历史|起源|研究|问题|现象|乱象|展览|市场|文化|话题|专题|主题|规则|立法|之争"
)
"""Words of headings and of clauses."""
BRACKETS = "…（）()【】[]《》“”「」『』"
QUOTES = tuple('“「『‘"《')
_LETTERS = re.compile("[\u4e00-\u9fff]")
_DIGITS = re.compile(r"\d[\d-]{5,}")
"""A number too long for a house's name: a date, a telephone number."""
_PAUSED = re.compile("[，,；;：:…]")
_HEADED = re.compile(r"[。：:（(、]|\d年|\d月|\d日")
_PAIRS = frozenset(["…" * 2, *"（） () 【】 [] 《》 “” ‘’ 「」 『』 —— || ｜｜ __ ~~ ～～".split(), '""'])
_ASIDE = 12
"""Characters between parts of a list: more that read as text are the article's. Chosen."""
_HEADING = 4
"""Letters of a heading at whose end a list was put. Chosen: names have fewer."""
_NAME = 2
"""Letters of a name that is not listed, beside what it offers. Chosen."""
_FOLLOWS = 4.0
"""Bits by which letters must follow more easily on the mark before a stretch than on its listed words. Chosen."""
_WORD, _TORN = 2.0, 6.0
"""Bits of the rest of a word, and those by which they are fewer there than at the beginning of one. Chosen."""
_NAME_LONGEST = 30
"""Characters of a company's name before its short form in brackets. Chosen."""


def keeps_text(line: Line, start: int, end: int) -> bool:
    """Whether a stretch has text of the article before its first listed word or behind its last: a heading, a date, the
    two halves of a sentence into which the spam was put."""
    heavy = [run for run in runs(line.text, line.between(start, end)) if sum(term.weight for term in run) >= 2]
    if not heavy:
        return True
    before, behind = line.text[start : heavy[0][0].start], line.text[heavy[-1][-1].end : end]
    if line.evidence(start, end).goes_on:
        before, behind = _bare(line, start, heavy[0][0].start), _bare(line, heavy[-1][-1].end, end)
    between = (line.text[one[-1].end : other[0].start] for one, other in pairwise(heavy))
    # In a line of its own, or a list, what is between may be an item.
    listed = (start, end) == (line.start, line.end) or line.evidence(start, end).items > 2
    longest = _ASIDE if listed else _ASIDE // 3
    if any(STOP.search(each) or (len(each) > longest and is_fluent(each)) for each in between):
        return True
    if before[-1:] in BRACKETS and behind[:1] in BRACKETS and before and behind:
        return _LETTERS.search(before + behind) is not None
    mark = line.text[max(start - 1, line.start) : start]
    if (
        mark
        and not before
        and len(_LETTERS.findall(behind)) >= _NAME
        and seam(line.text, start, end - len(behind)) > _FOLLOWS
    ):
        return True
    return _ends_are_text(line.evidence(start, end), mark, before, behind)


def _bare(line: Line, start: int, end: int) -> str:
    """The text between two places, or nothing where it is but listed words and words of any offer."""
    rest, read = "", start
    for term in line.between(start, end):
        if term.kind != "innocent":
            rest, read = rest + line.text[read : term.start], term.end
    rest = WARES.sub("", rest + line.text[read:end])
    return line.text[start:end] if _LETTERS.search(rest) else ""


def _ends_are_text(said: Evidence, mark: str, before: str, behind: str) -> bool:
    """Whether what is not listed at either end of a stretch is text. ``mark`` stands before the stretch."""
    if contact := CONTACT.match(behind):
        behind = behind[contact.end() :]
    both = _LETTERS.search(before) and _LETTERS.search(behind)
    apart = any(_PAUSED.search(each) and len(_LETTERS.findall(each)) > 1 for each in (before, behind))
    # Before the third item a pause is one of the article's.
    split = said.items < 3 and (both or apart)
    if split or any(_DIGITS.search(each) or _HEADED.search(each) for each in (before, behind)):
        return True
    if (said.items >= 3 or said.massive) and not apart:
        return _is_text(before, _HEADING) or _long(behind)
    if mark and said.items < 3 and _is_text(behind, _NAME):
        return True
    if said.sells and mark not in QUOTES and len(_LETTERS.findall(before + behind)) <= _ASIDE // 3:
        return any(each.search(before + behind) for each in (SOFTLY_TOLD, _HEADLINED))
    return _HEADLINED.search(before + behind) is not None or any(map(is_fluent, (before, behind)))


def _is_text(text: str, least: int) -> bool:
    """Whether it has so many letters at least, and reads as text."""
    return len(_LETTERS.findall(text)) >= least and is_fluent(text)


def _long(text: str) -> bool:
    """Whether it is long enough for a heading, and reads as one."""
    return len(_LETTERS.findall(text)) > _ASIDE // 2 and is_fluent(text)


def set_apart(line: Line, start: int, end: int) -> bool:
    """Whether a pair of brackets, quotation marks, dots or dashes stands around a stretch."""
    before, behind = line.text[max(start - 1, line.start) : start], line.text[end : min(end + 1, line.end)]
    return before + behind in _PAIRS


def is_torn(line: Line, start: int, end: int) -> bool:
    """Whether a stretch, without the brackets or dots around it, stands inside a word: what is behind goes on so easily
    from what is before as only the rest of a word does.

    >>> from zsparkcrawl.spam.lexicon import fold
    >>> is_torn(Line(fold("研究人（时时彩）员"), 0, 9, (), frozenset()), 4, 7)
    True
    """
    if set_apart(line, start, end):
        start, end = start - 1, end + 1
    before, behind = line.text[max(start - 2, line.start) : start], line.text[end : min(end + 1, line.end)]
    if not (before[-1:].isalpha() and behind.isalpha()):
        return False
    follows = bits(behind, before)
    return follows < _WORD and bits(behind, line.text[max(end - 2, start) : end]) - follows > _TORN


def shortens(line: Line, start: int, end: int) -> bool:
    """Whether a stretch in brackets is the short form of a name right before them: 皇冠体育用品公司（皇冠体育）."""
    bracket = line.text[max(start - 1, line.start) : start]
    name = line.text[max(start - _NAME_LONGEST, line.start) : max(start - 1, 0)].rpartition(")")[2]
    return bracket == "(" and line.text[start : start + 2] in name
