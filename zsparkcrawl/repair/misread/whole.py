"""Lines that were misread from end to end and lost nothing: they need no search."""

from __future__ import annotations

import re
from collections.abc import Iterator

from zsparkcrawl.chinese.likelihood import model
from zsparkcrawl.chinese.script import common_characters, simplified
from zsparkcrawl.repair.misread.anchors import HIGH_LETTER, gbk_in_latin, stands_in, utf8_in, utf8_in_latin
from zsparkcrawl.repair.misread.charsets import Misreading

__all__ = ["whole_line", "whole_lines"]

_LEAST = 6
"""Chinese characters of a line below which chance, or a search, is to decide."""
_CLEARLY = 4.0
"""Bits a character by which a line must be likelier in the other charset of pairs. Chosen."""
_OF_PAIRS = frozenset(("gb18030", "big5hkscs", "cp950"))
_OTHER_PAIRS = {
    "gbk": (("gb18030", "cp950"), ("gb18030", "big5hkscs")),
    "big5": (("big5hkscs", "gb18030"), ("cp950", "gb18030")),
}
"""As what a line may have been read that a decoder for GBK or for Big5 shows, and what it is then."""
_WIDE = re.compile("[\u2e80-\uffef]")


def whole_lines(text: str) -> Iterator[tuple[int, int, str, Misreading]]:
    """Where each such line begins and ends, what it says, and how it was misread.

    Leaves alone: a line of which one byte does not fit, or in which more than one Chinese character in eight would be
    rare.

    >>> [line[:3] for line in whole_lines("园区\\n健康产业园区新闻中心".encode().decode("gbk", "replace"))]
    []
    >>> shown = "园区\\n" + "健康产业园区新闻中心".encode().decode("latin-1")
    >>> [line[:3] for line in whole_lines(shown)]
    [(3, 33, '健康产业园区新闻中心')]
    """
    ways: list[tuple[re.Pattern[str], tuple[str, ...], str]] = [(utf8_in("gbk"), ("gbk",), "utf-8")]
    if HIGH_LETTER.search(text):
        latin = ("latin-1", "cp1252")
        ways += [(utf8_in_latin(), latin, "utf-8"), (gbk_in_latin(), latin, "gb18030")]
    taken: set[int] = set()
    for sign, were, true in ways:
        done = 0 if stands_in(sign, text) else len(text) + 1
        while match := sign.search(text, done):
            start = text.rfind("\n", 0, match.start()) + 1
            done = text.find("\n", match.start()) + 1 or len(text) + 1
            line = text[start : done - 1]
            said = next((said for was in were if (said := _reread(line, was, true))), None)
            if said is not None and start not in taken:
                taken.add(start)
                yield start, done - 1, said, Misreading("gbk" if were == ("gbk",) else "cp1252", true, 10.0)


def whole_line(text: str, place: int, was: str) -> tuple[int, int, str] | None:
    """Where the line at a place begins and ends, and what it says when it was misread from end to end as the other
    charset of pairs, GBK for Big5 or Big5 for GBK.

    >>> shown = "健康產業園區新聞中心".encode("cp950").decode("gb18030")
    >>> whole_line(shown, 0, "gbk")
    (0, 10, '健康產業園區新聞中心')
    """
    start = text.rfind("\n", 0, place) + 1
    end = text.find("\n", place)
    line = text[start : end if end >= 0 else len(text)]
    said = next((said for shown, true in _OTHER_PAIRS[was] if (said := _reread(line, shown, true))), None)
    return (start, start + len(line), said) if said is not None and "\0" not in line else None


def _reread(line: str, was: str, true: str) -> str | None:
    """What a line says when it is read rightly; None when it cannot be read so, or is no Chinese then."""
    try:
        said = line.encode(was).decode(true)
    except UnicodeError:
        return None
    wide = _WIDE.findall(said)
    rare = sum(char not in common_characters() for char in wide)
    if len(wide) < _LEAST or 8 * rare > len(wide):
        return None
    # Any pair of bytes makes a character in both charsets, and common ones by chance: it must be likelier by far.
    by_chance = was in _OF_PAIRS and true in _OF_PAIRS
    return None if by_chance and _bits(said) > _bits(line) - _CLEARLY else said


def _bits(line: str) -> float:
    return model().per_character(simplified(line))
