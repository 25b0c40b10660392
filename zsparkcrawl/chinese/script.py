"""Simplified and Traditional characters, and the fold under which labels match whatever their damage.

Tables come from OpenCC's character dictionaries (Apache-2.0), asked one character at a time.
"""

from __future__ import annotations

import re
import unicodedata
from array import array
from collections.abc import Callable, Mapping
from functools import cache, lru_cache
from types import MappingProxyType

import opencc

__all__ = [
    "ANNOTATION",
    "Folded",
    "common_characters",
    "fold",
    "fold_with_positions",
    "has_simplified",
    "plain_numbers",
    "simplified",
    "simplified_in",
    "simplified_of",
    "simplify",
    "traditional_in",
    "traditional_of",
]

_LETTERS = "a-zāáǎàēéěèêīíǐìōóǒòūúǔùǖǘǚǜüńňǹḿ"
ANNOTATION = re.compile(rf"[(（]\s?([{_LETTERS}]{{1,6}})\s?[)）]")
"""Pinyin in brackets, as the rewriting tool puts it behind a character; some hosts leave a blank inside."""

_SURROGATES = re.compile("([\ud800-\udfff]+)")
_IDEOGRAPHS = "".join(map(chr, (*range(0x3400, 0x4DC0), *range(0x4E00, 0xA000), *range(0xF900, 0xFB00))))


@cache
def simplified_of() -> Mapping[str, str]:
    """Every Traditional or variant character that has another Simplified form, and that form.

    >>> simplified_of()["發"], "后" in simplified_of()
    ('发', False)
    """
    # 著 is left alone by OpenCC; whether it stands for 着 is a matter of the phrase (repair/simplified.py).
    return MappingProxyType(_converted("t2s") | _left_by_opencc())


@cache
def traditional_of() -> Mapping[str, str]:
    """Every Simplified character that cannot be written in Traditional text, and its commonest Traditional form.

    A character such as 后, 于 or 干 is at home in both scripts and is not in the table: Big5, the Traditional
    character set, has it.

    >>> traditional_of()["发"], "后" in traditional_of()
    ('發', False)
    """
    return MappingProxyType({s: t for s, t in _converted("s2t").items() if not _encodes(s, "big5")})


@cache
def common_characters() -> frozenset[str]:
    """The 3,755 characters of the first level of GB 2312, their Traditional forms, and Chinese punctuation."""
    pairs = (bytes((row, cell)) for row in range(0xB0, 0xD8) for cell in range(0xA1, 0xFF))
    level_one = {pair.decode("gb2312", "ignore") for pair in pairs}
    traditional = {old for old, new in simplified_of().items() if new in level_one}
    punctuation = set("　、。·—…‘’“”《》【】（）！，：；？％＋－０１２３４５６７８９")
    return frozenset((level_one | traditional | punctuation) - {""})


def traditional_in(text: str) -> str:
    """Those characters of a text that have another Simplified form.

    >>> traditional_in("產業园區，发展")
    '產業區'
    """
    return _all_but(simplified_of).sub("", text)


def simplified_in(text: str) -> str:
    """Those characters of a text that cannot be written in Traditional.

    >>> simplified_in("產業园區，发展")
    '园发'
    """
    return _all_but(traditional_of).sub("", text)


def has_simplified(text: str) -> bool:
    """Whether a text has a character that cannot be written in Traditional.

    >>> has_simplified("产业"), has_simplified("後來")
    (True, False)
    """
    return bool(text) and not _all_but(traditional_of).fullmatch(text)


def simplified(text: str) -> str:
    """Each Traditional character as its Simplified one, whatever stands beside it; the length stays.

    >>> simplified("乾燥")
    '干燥'
    """
    return text.translate(_by_number())


@cache
def plain_numbers() -> array[int]:
    """The same as a table of code points, for the first 65,536 of them.

    >>> chr(plain_numbers()[ord("乾")])
    '干'
    """
    table = array("I", range(0x10000))
    for old, new in _by_number().items():
        if old < 0x10000:
            table[old] = ord(new)
    return table


def simplify(text: str) -> str:
    """Traditional to Simplified by phrase, as OpenCC does it: for comparing and scoring, not for mending.

    >>> simplify("發展"), simplify("乾隆")
    ('发展', '乾隆')
    """
    # OpenCC works on UTF-8, which cannot hold a lone surrogate.
    return "".join(
        part if _SURROGATES.match(part) else str(_converter("t2s").convert(part)) for part in _SURROGATES.split(text)
    ).translate(_left_by_number())


class _Folds(dict[int, str]):
    """What each character folds to, found when it is first met: a page's text goes through `str.translate`.
    ``uneven`` are the characters met so far that fold to none or to several."""

    def __init__(self) -> None:
        super().__init__()
        self.uneven: set[str] = set()

    def __missing__(self, number: int) -> str:
        character = chr(number)
        if unicodedata.category(character) == "Cf":
            plain = ""
        else:
            plain = simplified_of().get(character) or unicodedata.normalize("NFKC", character).casefold()
        self[number] = plain
        if len(plain) != 1:
            self.uneven.add(character)
        return plain


_FOLDS = _Folds()


class Folded(str):
    """A folded text that remembers where its characters came from: ``positions[i]`` is the place of character i in
    the original; one more entry holds the original's length."""

    __slots__ = ("positions",)
    positions: tuple[int, ...]


def fold(text: str) -> str:
    """Text for matching: annotations out, Simplified, compatibility forms and case folded, blanks out.

    >>> fold("發(fā)布時(shí)間：")
    '发布时间:'
    """
    return _line_folded(text) if len(text) <= _LINE else _folded(text)


def _folded(text: str) -> str:
    plain = ANNOTATION.sub("", text) if _has_bracket(text) else text
    return "".join(plain.translate(_FOLDS).split())


_line_folded = lru_cache(maxsize=128)(_folded)
"""The same for a line, remembered: what reads a page asks for a line twice (measured), and most of the time goes into
looking up its characters."""
_LINE = 160


def fold_with_positions(text: str) -> Folded:
    """As :func:`fold`, but blanks stay and every character knows where it stood.

    >>> folded = fold_with_positions("來(lái)源：園區")
    >>> str(folded), folded.positions
    ('来源:园区', (0, 6, 7, 8, 9, 10))
    """
    plain = text.translate(_FOLDS)
    if _FOLDS.uneven.isdisjoint(text) and not (_has_bracket(text) and ANNOTATION.search(text)):
        folded = Folded(plain)
        folded.positions = tuple(range(len(text) + 1))
        return folded
    out: list[str] = []
    positions: list[int] = []
    skipped = {i for match in ANNOTATION.finditer(text) for i in range(*match.span())}
    for position, character in enumerate(text):
        if position in skipped:
            continue
        plain = _FOLDS[ord(character)]
        out.append(plain)
        positions += [position] * len(plain)
    folded = Folded("".join(out))
    folded.positions = (*positions, len(text))
    return folded


def _has_bracket(text: str) -> bool:
    """Whether an annotation may stand in a text."""
    return "(" in text or "（" in text


@cache
def _by_number() -> dict[int, str]:
    return {ord(old): new for old, new in simplified_of().items()}


@cache
def _left_by_opencc() -> dict[str, str]:
    """Traditional characters that OpenCC makes of Simplified ones and does not turn back: 暱 of 昵."""
    back = _converted("t2s")
    return {new: old for old, new in _converted("s2t").items() if new not in back and old not in back}


@cache
def _left_by_number() -> dict[int, str]:
    return {ord(old): new for old, new in _left_by_opencc().items()}


@cache
def _all_but(table: Callable[[], Mapping[str, str]]) -> re.Pattern[str]:
    # To delete the rest is the cheapest way to count: 3 ns a character where few are in the table, 27 ns where a third
    # are, against 55 ns for a Counter of the text.
    # Without the characters beyond the first plane, which no count depends on: with them `re` takes ten times as long.
    chars = "".join(char for char in table() if char <= "\uffff")
    return re.compile(f"[^{chars}]+")


def _encodes(character: str, charset: str) -> bool:
    try:
        character.encode(charset)
    except UnicodeEncodeError:
        return False
    return True


@cache
def _converter(name: str) -> opencc.OpenCC:
    return opencc.OpenCC(name)


def _converted(name: str) -> dict[str, str]:
    # A line end between the characters keeps OpenCC from seeing phrases.
    converted = _converter(name).convert("\n".join(_IDEOGRAPHS)).split("\n")
    return {old: new for old, new in zip(_IDEOGRAPHS, converted, strict=True) if old != new and len(new) == 1}
