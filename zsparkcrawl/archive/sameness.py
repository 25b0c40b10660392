"""Whether two cleaned texts may be one text that was damaged in two ways: pure functions.

A repair puts in what is likeliest where bytes were lost, and says so: its edit is inferred, or the place stays marked
as damaged. Two copies of one text, damaged by two hosts, then differ at such places and nowhere else.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache
from itertools import islice, pairwise

from zsparkcrawl.archive.comparing import Difference, differences
from zsparkcrawl.chinese.counters import count_spans, is_count_line
from zsparkcrawl.chinese.likelihood import model
from zsparkcrawl.chinese.script import ANNOTATION, simplified, simplified_of, traditional_of
from zsparkcrawl.edits import Damage, Edit
from zsparkcrawl.repair.bytepairs import MARKS, split, widened
from zsparkcrawl.spam import is_spam

__all__ = ["Copy", "Span", "doubtful_spans", "unexplained"]

Span = tuple[int, int]
"""Where something begins and ends."""

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
_NARROWED = 2
"""ASCII marks between Chinese characters from which on a text without any wide one counts as narrowed; chosen."""
_WIDE = re.compile("[\uff01-\uff5e]")
_NARROW_MARK = re.compile("(?<=[\u4e00-\u9fff])[,;:!?](?=[\u4e00-\u9fff])")
_BLANK = re.compile(r"[^\S\n]+")
_WORD = re.compile("[A-Za-z0-9]")
_SPAM_SHORTEST, _SPAM_LONGEST = 4, 400
"""Characters of what is asked whether it is spam; chosen."""
_UNIT = re.compile("[年月日]")
_FIGURE = re.compile(r"\d{2}")


@dataclass(frozen=True, slots=True)
class Copy:
    """One cleaned text with the record of how it came about.

    ``damaged`` says whether its page is known to be damaged: turned, annotated, cut, or mended in any other way.
    """

    text: str
    edits: Sequence[Edit] = ()
    marks: Sequence[Damage] = ()
    damaged: bool = False
    """… or whether full-width marks of the text itself were narrowed."""
    doubts: tuple[Span, ...] = field(init=False, default=())
    """The places of the text that were inferred or stay damaged, in order."""

    def __post_init__(self) -> None:
        """Find the doubtful places once."""
        object.__setattr__(self, "damaged", self.damaged or _narrowed(self.text))
        object.__setattr__(self, "doubts", doubtful_spans(self.edits, self.marks))


def doubtful_spans(edits: Sequence[Edit], marks: Sequence[Damage] = ()) -> tuple[Span, ...]:
    """The places of the final text that are inferred or damaged, in order, those that meet joined. Where something was
    taken out by inference the place is empty.

    >>> doubtful_spans([Edit("gbk", 3, "?F", "。现", "inferred"), Edit("annotations", 0, "(fā)", "")])
    ((0, 1),)
    >>> doubtful_spans([Edit("units", 1, "", "月", "inferred")], [Damage(5, 6, "lost")])
    ((1, 2), (5, 6))
    """
    found: list[Span] = []
    for made in edits:
        end, grown = made.start + len(made.before), len(made.after) - len(made.before)
        found = [(_moved(a, made.start, end, grown), _moved(b, made.start, end, grown)) for a, b in found]
        if made.certainty == "inferred":
            found.append((made.start, made.start + len(made.after)))
    joined: list[Span] = []
    for start, end in sorted([*found, *((each.start, each.end) for each in marks)]):
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    return tuple(joined)


def _moved(place: int, start: int, end: int, grown: int) -> int:
    """Where a place stands after an edit; inside of what was edited it cannot be told more exactly than to its end."""
    if place >= end:
        return place + grown
    return min(place, end + grown) if place > start else place


def unexplained(old: Copy, new: Copy) -> tuple[list[Difference], bool]:
    """The differences of two texts that nothing explains, and whether the texts differ at places that damage explains:
    then the copy without damage is the better one.

    Explained are: counts of readers and clicks; blanks, but between Latin letters or figures; spam that cleaning left;
    where a copy is damaged also the width of a mark, the script, line ends, and what :func:`_is_damage` tells.

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
        if _is_count(each, left, right, counts) or _is_blank(each, left, right) or _is_other_spam(each, old, new):
            continue
        if damaged and (_is_damage(each, left, right, new) or _is_damage(_turned(each), right, left, old)):
            by_damage = True
        else:
            found.append(each)
    return found, by_damage


def _folded(text: str) -> str:
    """A text of the same length without what damage blurs: narrow marks, Simplified, 着 for 著."""
    return text.translate(_blurred())


@cache
def _blurred() -> dict[int, str]:
    narrow = {wide: chr(wide - 0xFEE0) for wide in range(0xFF01, 0xFF5F)}
    return {**{ord(sign): plain for sign, plain in simplified_of().items()}, **narrow, 0x3000: " ", ord("著"): "着"}


def _narrowed(text: str) -> bool:
    """Whether an archive keeps full-width marks of the text as ASCII: none is left, and several ASCII ones stand
    between Chinese characters.

    >>> _narrowed("昨日,园区召开会议,部署招商"), _narrowed("昨日，园区召开会议,部署招商")
    (True, False)
    """
    return not _WIDE.search(text) and sum(1 for _ in islice(_NARROW_MARK.finditer(text), _NARROWED)) == _NARROWED


def _is_count(each: Difference, old: str, new: str, counts: tuple[Sequence[Span], Sequence[Span]]) -> bool:
    """Whether the number of a count differs, or a line of counts came or went."""
    spans = (each.start, each.end), (each.new_start, each.new_end)
    if all(any(a <= start and end <= b for a, b in known) for (start, end), known in zip(spans, counts, strict=True)):
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


def _is_other_spam(each: Difference, old: Copy, new: Copy) -> bool:
    """Whether nothing but spam came, went, or took the place of spam."""
    stretches = old.text[each.start : each.end].strip(), new.text[each.new_start : each.new_end].strip()
    found = [text for text in stretches if text]
    return bool(found) and all(_SPAM_SHORTEST <= len(text) <= _SPAM_LONGEST and is_spam(text) for text in found)


def _is_damage(each: Difference, plain: str, shown: str, copy: Copy) -> bool:
    """Whether a difference is what damage did to ``copy``, which shows the text ``shown`` where the other has
    ``plain``: it lies at a place that the copy's own record marks as inferred or damaged; a mark stands where the bytes
    of the mark stand across two characters (the tools cut there); a unit of a date, or pinyin in brackets.
    """
    was, is_now = plain[each.start : each.end], shown[each.new_start : each.new_end]
    if not copy.damaged:
        return False
    if _is_marked(each, copy.doubts) and len(was) <= len(is_now) + _LOST_MOST:
        return True
    if was.split() == is_now.split():
        return True
    if not is_now and _UNIT.fullmatch(was) and _FIGURE.match(shown[each.new_start - 1 :]):
        return True
    if not was and ANNOTATION.fullmatch(is_now):
        return True
    begins = is_now[:1] if is_now[:1] in _CUT_MARKS else shown[max(each.new_start - 1, 0) : each.new_start]
    return _is_cut(begins, plain, each) and _is_short_or_garbled(was, is_now)


def _is_short_or_garbled(was: str, is_now: str) -> bool:
    """Whether no more was lost than a cut takes along, or what is shown instead is no text at all."""
    longest = max(len(was), len(is_now))
    if longest <= _LOST_MOST:
        return True
    return longest <= _GARBLED_MOST and model().per_character(simplified(is_now)) > _GIBBERISH


def _is_marked(each: Difference, doubts: Sequence[Span]) -> bool:
    """Whether a stretch of the new text lies inside doubtful places, or right beside one."""
    before = bisect_right(doubts, (each.new_end + _BESIDE, len(doubts)))
    return any(
        start - _BESIDE <= each.new_start and each.new_end <= end + _BESIDE
        for start, end in doubts[max(before - 3, 0) : before + 1]
    )


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
