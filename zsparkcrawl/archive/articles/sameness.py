"""Whether two cleaned texts may be one text that was damaged in two ways: pure functions.

A repair puts in what is likeliest where bytes were lost, and says so: its edit is inferred, or the place stays marked
as damaged. Two copies of one text, damaged by two hosts, then differ at such places and nowhere else.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from functools import cache
from itertools import pairwise

from zsparkcrawl.archive.articles.comparing import Difference, differences
from zsparkcrawl.archive.articles.copies import Copy, Span
from zsparkcrawl.chinese.counters import count_spans, is_count_line
from zsparkcrawl.chinese.likelihood import model
from zsparkcrawl.chinese.script import ANNOTATION, simplified, simplified_of, traditional_of
from zsparkcrawl.repair.bytepairs import MARKS, split, widened
from zsparkcrawl.spam import is_spam
from zsparkcrawl.spam.lexicon import fold, terms

__all__ = ["unexplained"]

_BESIDE = 1
"""Characters beside a doubtful place at which a difference still belongs to it: where one of two equal characters was
lost, the comparison may take it for the other."""
_LOST_MOST = 3
"""Characters that may have stood where fewer are shown: of 26 marked places in held-back news none had lost more
than three."""
_GARBLED_MOST = 40
"""Characters of text behind a cut that may have stayed garbled without a mark; chosen."""
_GIBBERISH = 12.5
"""Bits a character above which text is none, as where cuts are looked for."""
_CUT_MARKS = frozenset(MARKS)
_BLANK = re.compile(r"[^\S\n]+")
_WORD = re.compile("[A-Za-z0-9]")
_SPAM_SHORTEST, _SPAM_LONGEST = 4, 400
"""Characters of what is asked whether it is spam; chosen."""
_SPAM_LEAST = 2.0
"""Weight of listed words from which on a stretch that came or went is spam: that from which on a text is looked at for
spam at all."""
_CUT_ALONG_MOST = 4
"""Characters that may have stayed of spam that was cut, or gone with it; chosen."""
_SPAM_MOST = 50
"""Places that are asked whether they are spam: more than a page has, and no more time than a page takes. Chosen."""
_FAR = 1 << 62
_COMMON_MOST = 8
"""Characters that two phrases may have in common between two differences; chosen."""
_RESIDUE = re.compile(rf"{ANNOTATION.pattern}|\ufffd")
"""What stays of text that could not be mended."""
_UNIT = re.compile("[年月日]")
_FIGURE = re.compile(r"\d{2}")


def unexplained(old: Copy, new: Copy) -> tuple[list[Difference], bool]:
    """The differences of two texts that nothing explains, and whether the texts differ at places that damage explains:
    then the copy without damage is the better one.

    Explained are: counts of readers and clicks; blanks, but between Latin letters or figures; spam that cleaning left;
    where a copy is damaged also the width of a mark, the script, line ends, and what :func:`_is_damage` tells.

    >>> from zsparkcrawl.edits import Edit
    >>> unexplained(Copy("已有 5 人阅读"), Copy("已有 66 人阅读"))
    ([], False)
    >>> guessed = Copy("园区人事", (Edit("gbk", 3, "?", "事", "inferred"),), damaged=True)
    >>> unexplained(guessed, Copy("园区人才"))
    ([], True)
    >>> unexplained(guessed, Copy("校区人才"))[0]
    [Difference(start=0, end=1, new_start=0, new_end=1)]
    """
    damaged = old.damaged or new.damaged
    left, right = (_folded(old.text), _folded(new.text)) if damaged else (old.text, new.text)
    by_damage = any(a != b for a, b in ((old.text, left), (new.text, right))) and left == right
    counts = count_spans(left), count_spans(right)
    found = []
    for each in differences(left, right):
        if _is_count(each, left, right, counts) or _is_blank(each, left, right) or _is_cut_along(each, old, new):
            continue
        if damaged and (_is_damage(each, left, right, new) or _is_damage(_turned(each), right, left, old)):
            by_damage = True
        else:
            found.append(each)
    return _without_spam(found, old.text, new.text), by_damage


def _folded(text: str) -> str:
    """A text of the same length without what damage blurs: narrow marks, Simplified, 着 for 著, and 巨 for 钜, whose
    Traditional form comes back as that.

    >>> _folded("钜，著")
    '巨,着'
    """
    return text.translate(_blurred())


@cache
def _blurred() -> dict[int, str]:
    plain_of = simplified_of()
    there_and_back = {ord(sign): plain_of.get(form, sign) for sign, form in traditional_of().items()}
    narrow = {wide: chr(wide - 0xFEE0) for wide in range(0xFF01, 0xFF5F)}
    return {
        **there_and_back,
        **{ord(sign): plain for sign, plain in plain_of.items()},
        **narrow,
        0x3000: " ",
        ord("著"): "着",
    }


def _is_count(each: Difference, old: str, new: str, counts: tuple[Sequence[Span], Sequence[Span]]) -> bool:
    """Whether the number of a count differs, or a line of counts came or went."""
    spans = (each.start, each.end), (each.new_start, each.new_end)
    if all(_is_within(*span, known) for span, known in zip(spans, counts, strict=True)):
        return True
    was, became = old[each.start : each.end].strip("\n"), new[each.new_start : each.new_end].strip("\n")
    return bool(was) != bool(became) and all(map(is_count_line, (was or became).split("\n")))


def _is_blank(each: Difference, old: str, new: str) -> bool:
    """Whether only blanks differ, of which nothing hangs: between Latin letters or figures they part words. Line ends
    are no blanks here."""
    was, became = old[each.start : each.end], new[each.new_start : each.new_end]
    if _BLANK.sub("", was) != _BLANK.sub("", became):
        return False
    parts = old[each.start - 1 : each.start] if each.start else "", old[each.end : each.end + 1]
    return bool(was and became) or not all(_WORD.match(side) for side in parts)


def _is_cut_along(each: Difference, old: Copy, new: Copy) -> bool:
    """Whether few characters differ right where spam was cut out of one of the texts: some of it stayed, or some of the
    text went with it."""
    texts = old.text[each.start : each.end], new.text[each.new_start : each.new_end]
    if any(len(text) > _CUT_ALONG_MOST or "\n" in text for text in texts):
        return False
    return _holds_one(each.start, each.end, old.cuts) or _holds_one(each.new_start, each.new_end, new.cuts)


def _holds_one(start: int, end: int, spans: Sequence[Span]) -> bool:
    """Whether one of several spans in order begins in a stretch or at its end."""
    first = bisect_left(spans, (start, 0))
    return first < len(spans) and spans[first][0] <= end


def _is_within(start: int, end: int, spans: Sequence[Span], beside: int = 0) -> bool:
    """Whether a stretch lies in one of several spans in order, or so many characters beside one."""
    behind = bisect_right(spans, (start + beside, _FAR))
    return any(a - beside <= start and end <= b + beside for a, b in spans[max(behind - 2, 0) : behind])


def _end_of_doubt(start: int, end: int, spans: Sequence[Span]) -> int:
    """Where the one of several spans in order ends that covers the beginning of a stretch; there when none does.

    >>> _end_of_doubt(4, 9, [(1, 3), (4, 6)]), _end_of_doubt(4, 9, [(1, 4), (6, 7)])
    (6, 4)
    """
    behind = bisect_right(spans, (start, _FAR))
    return min(max(spans[behind - 1][1], start), end) if behind else start


def _without_spam(found: Sequence[Difference], old: str, new: str) -> list[Difference]:
    """The differences without those where nothing but spam came, went, or took the place of spam. Two phrases may have
    words in common; so differences that stand near to each other are looked at together.

    >>> old, new = "会议结束。太阳城娱乐在线开户", "会议结束。久久精品在线观看免费"
    >>> _without_spam(differences(old, new), old, new)
    []
    """
    groups: list[list[Difference]] = []
    for each in found:
        if groups and each.start - groups[-1][-1].end <= _COMMON_MOST:
            groups[-1].append(each)
        else:
            groups.append([each])
    if len(groups) > _SPAM_MOST:
        return list(found)
    return [each for group in groups if not _is_other_spam(group, old, new) for each in group]


def _is_other_spam(group: Sequence[Difference], old: str, new: str) -> bool:
    first, last = group[0], group[-1]
    stretches = old[first.start : last.end].strip(), new[first.new_start : last.new_end].strip()
    shown = [text for text in stretches if text]
    return bool(shown) and all(_SPAM_SHORTEST <= len(text) <= _SPAM_LONGEST and _is_spam(text) for text in shown)


def _is_spam(text: str) -> bool:
    """Whether a stretch is spam, or half of it words that spam is made of."""
    folded = fold(text)
    listed = [term for term in terms(folded) if term.kind != "innocent"]
    held = sum(term.end - term.start for term in listed)
    return is_spam(text) or (sum(term.weight for term in listed) >= _SPAM_LEAST and held * 2 >= len(folded))


def _is_damage(each: Difference, plain: str, shown: str, copy: Copy) -> bool:
    """Whether a difference is what damage did to ``copy``, which shows the text ``shown`` where the other has
    ``plain``: it lies at a place that the copy's own record marks as inferred or damaged; a mark stands where the bytes
    of the mark stand across two characters (the tools cut there); a unit of a date was lost; pinyin in
    brackets or a lost character (U+FFFD) stayed.
    """
    was, is_now = plain[each.start : each.end], shown[each.new_start : each.new_end]
    if not copy.damaged:
        return False
    if _is_within(each.new_start, each.new_end, copy.doubts, _BESIDE) and len(was) <= len(is_now) + _LOST_MOST:
        return True
    if was.split() == is_now.split():
        return True
    if not is_now and _UNIT.fullmatch(was) and _FIGURE.match(shown[each.new_start - 1 :]):
        return True
    if len(is_now) <= _GARBLED_MOST and len(was) <= len(is_now) and _RESIDUE.search(is_now):
        return True
    # The record may mark the first characters behind a cut, and not the garbled ones that follow.
    at = _end_of_doubt(each.new_start, each.new_end, copy.doubts)
    is_now = shown[at : each.new_end]
    begins = is_now[:1] if is_now[:1] in _CUT_MARKS else shown[max(at - 1, 0) : at]
    return _is_cut(begins, plain, each) and _is_short_or_garbled(was, is_now)


def _is_short_or_garbled(was: str, is_now: str) -> bool:
    """Whether no more was lost than a cut takes along, or what is shown instead is no text at all."""
    longest = max(len(was), len(is_now))
    if longest <= _LOST_MOST:
        return True
    return longest <= _GARBLED_MOST and model().per_character(simplified(is_now)) > _GIBBERISH


def _is_cut(mark: str, plain: str, each: Difference) -> bool:
    """Whether the bytes of a mark stand across two characters around here: 。” has those of ！, for it is A1A3 A1B1.

    >>> _is_cut("！", "说。”", Difference(1, 3, 1, 2)), _is_cut("！", "说话。", Difference(1, 2, 1, 2))
    (True, False)
    """
    if mark not in MARKS:
        return False
    around = plain[max(each.start - 1, 0) : each.end + 1]
    return any(
        a[1:] == b"\xa3" and b[:1] == bytes((MARKS[mark],))
        for first, second in pairwise(around)
        for a in _bytes(first)
        for b in _bytes(second)
    )


def _bytes(character: str) -> Iterator[bytes]:
    """The bytes of a character in GBK, as it is and turned into Traditional; of a narrowed mark those of the wide."""
    for form in (widened(character), traditional_of().get(character, "")):
        if len(known := split(form)) == 2:
            yield known


def _turned(each: Difference) -> Difference:
    return Difference(each.new_start, each.new_end, each.start, each.end)
