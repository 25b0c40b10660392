"""Spam: what was injected into a page's text is cut, every cut on record; no character of the article goes with it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from functools import cache, lru_cache

from zsparkcrawl.edits import Change, Damage, Edited, edit, mark
from zsparkcrawl.items import Diagnosis
from zsparkcrawl.spam.clauses import Shape, Spam
from zsparkcrawl.spam.counties import is_county_list
from zsparkcrawl.spam.cutting import change_of, disjoint, line_change
from zsparkcrawl.spam.judging import is_spam_label, spam_in
from zsparkcrawl.spam.lexicon import Folded, fold, terms
from zsparkcrawl.spam.scripts import foreign_places

__all__ = ["RULES", "cut_all", "despam", "is_plain", "is_spam", "spam_among"]

_ROUNDS = 30
"""What a cut brings together may be spam in its turn. Chosen: text that is made to be cut again and again ends here."""
_JUDGED = 5000
"""Short texts of one page with listed words that are judged one by one: each takes some 0.1 ms (measured). Chosen."""
_LINE = re.compile(r"[^\n]+")
_BAR = re.compile("[|｜丨┊]")
_ENDS_OPEN = re.compile(r"^[^(（]{0,8}[)）]|[(（][^)）]{0,8}$")


def cut_lines(edited: Edited, diagnosis: Diagnosis) -> Edited:
    """Cut whole lines that are nothing but a list of spam terms, with the line end before them.

    Leaves alone: lines with a sentence in them, whatever words it uses.

    >>> cut_lines(Edited("园区新闻\\n亚洲国产日本一区二区,国产av无码专区,国产精品动漫在线一区"), Diagnosis()).text
    '园区新闻'
    """
    for _ in range(_ROUNDS):
        if not (cuts := _cuts(edited, diagnosis, {"line"})):
            break
        edited = edit(edited, "spam-line", cuts)
    return edited


def cut_lists(edited: Edited, diagnosis: Diagnosis) -> Edited:
    """Cut lists of spam terms that stand in a line with other text, whatever separates the terms.

    Leaves alone: lists of honest words (国产, 欧美市场, 一区多园), and lists that a sentence tells of.

    >>> cut_lists(Edited("会议圆满结束。国产av_欧美无码_日韩一区_久久精品"), Diagnosis()).text
    '会议圆满结束。'
    """
    for _ in range(_ROUNDS):
        if not (cuts := _cuts(edited, diagnosis, {"list"})):
            break
        edited = edit(edited, "spam-list", cuts)
    return edited


def cut_phrases(edited: Edited, diagnosis: Diagnosis) -> Edited:
    """Cut injected phrases inside a sentence or between paragraphs, with the brackets or the pause that set them off.
    Where a phrase begins or ends is what makes the rest of the sentence and the phrase likeliest together; letters at
    its ends that may be the article's stay and are marked.

    Leaves alone: words that an honest text may use (成人教育, 国产药, 彩票公益金), and sentences that tell of such
    things (警方查处…).

    >>> cut_phrases(Edited("项目进展顺利，澳门威尼斯人网上娱乐，预计年底完工。"), Diagnosis()).text
    '项目进展顺利，预计年底完工。'
    """
    for _ in range(_ROUNDS):
        if not (cuts := _cuts(edited, diagnosis, {"clause", "inside"})):
            break
        edited = edit(mark(edited, _doubtful(edited, diagnosis)), "spam-phrase", cuts)
    return edited


def cut_counties(edited: Edited, diagnosis: Diagnosis) -> Edited:
    """Cut the lists of counties from all over the country that link farms leave at the foot of a page.

    Leaves alone: counties that a sentence names, with 、 between.

    >>> line = "丹巴县| 德钦县| 安远县| 上栗县| 岳池县| 商洛市| 华池县| 泰顺县"
    >>> cut_counties(Edited("会议圆满结束。\\n" + line), Diagnosis()).text
    '会议圆满结束。'
    """
    lines = _LINE.finditer(edited.text) if _BAR.search(edited.text) else ()
    found = [match.span() for match in lines if is_county_list(match[0])]
    return edit(edited, "spam-counties", disjoint(line_change(edited.text, *span) for span in found))


def _cuts(edited: Edited, diagnosis: Diagnosis, shapes: set[Shape]) -> list[Change]:
    """The next cuts of spam of these shapes."""
    folded, spam = _found(edited, diagnosis)
    if not spam:
        return []
    return list(disjoint(change_of(edited.text, folded, found) for found in spam if found.shape in shapes))


def _doubtful(edited: Edited, diagnosis: Diagnosis) -> list[Damage]:
    """Letters beside the next cuts inside sentences that are spam, too, if that is likelier than sure."""
    folded, spam = _found(edited, diagnosis)
    ends = (
        ends
        for found in spam
        if found.likeliest
        for ends in ((found.likeliest[0], found.start), (found.end, found.likeliest[1]))
    )
    return [
        Damage(folded.origin(start), folded.origin(end - 1) + 1, "rest of what was cut beside it, or the article's")
        for start, end in ends
        if start < end
    ]


def _found(edited: Edited, diagnosis: Diagnosis) -> tuple[Folded, tuple[Spam, ...]]:
    """The text folded, and what is spam in it."""
    return _spam(edited.text) if diagnosis.script != "turned" else _spam_of_turned(edited.text, edited.original)


@lru_cache(maxsize=4)
def _spam(text: str) -> tuple[Folded, tuple[Spam, ...]]:
    """A text folded, and what is spam in it: remembered, for each rule asks anew."""
    folded = fold(text)
    return folded, tuple(spam_in(folded))


@lru_cache(maxsize=4)
def _spam_of_turned(text: str, original: str) -> tuple[Folded, tuple[Spam, ...]]:
    """The same of a text of a page that was turned, by what stood there before."""
    folded = fold(text)
    return folded, tuple(spam_in(folded, cache(lambda: foreign_places(original, folded))))


RULES: tuple[Callable[[Edited, Diagnosis], Edited], ...] = (cut_lines, cut_counties, cut_lists, cut_phrases)
"""The rules in the order in which they are applied."""


def despam(text: str, diagnosis: Diagnosis | None = None) -> Edited:
    """Cut what was injected into a text. A cut is an edit whose ``after`` is empty.

    >>> despam("园区一区二区的成人高考讲座").edits
    ()
    """
    return cut_all(Edited(text), diagnosis or Diagnosis())


def cut_all(edited: Edited, diagnosis: Diagnosis) -> Edited:
    """All rules in their order, again while they find something: what one cuts may leave a line to another.

    >>> cut_all(Edited("园区新闻"), Diagnosis()).edits
    ()
    """
    for _ in range(_ROUNDS):
        before = edited
        for rule in RULES:
            edited = rule(edited, diagnosis)
        if edited is before:
            break
    return edited


def is_spam(text: str) -> bool:
    """Whether a short text that is no prose (a title, keywords, the text of a link) is spam or holds some.

    >>> is_spam("国产av无码专区,亚洲精品"), is_spam("健康基地新闻")
    (True, False)
    """
    return is_spam_label(fold(text))


def is_plain(line: str) -> bool:
    """Whether a line with letters has nothing from which :func:`despam` would cut, whatever stands in the lines around
    it: no listed word, no bar of a list, and no bracket at its ends that pinyin may close in the next line.

    >>> is_plain("园区召开会议。"), is_plain("时时彩开奖。"), is_plain("会议圆满结束(")
    (True, False, False)
    """
    return not (_BAR.search(line) or _ENDS_OPEN.search(line)) and next(terms(fold(line)), None) is None


def spam_among(texts: Iterable[str]) -> frozenset[str]:
    """Those of many short texts from a page for which :func:`is_spam` says so. Their words are looked for in all of
    them at once, for on most pages none has any.

    >>> sorted(spam_among(["健康基地新闻", "国产av无码专区,亚洲精品"]))
    ['国产av无码专区,亚洲精品']
    """
    each = list(dict.fromkeys(texts))
    if not each:
        return frozenset()
    folded = fold("\0".join(each))  # which no page's text holds, no word spans and no pinyin
    listed: dict[int, str] = {}
    number = read = 0
    for term in terms(folded):
        number += folded.count("\0", read, term.start)
        read = term.start
        listed[number] = each[number]
    having = list(listed.values())
    spam = [text for text in having[:_JUDGED] if is_spam(text)]
    # Where so many were looked at, and most are spam, the page is made of it.
    return frozenset(spam + having[_JUDGED:] if 2 * len(spam) > _JUDGED else spam)
