"""Where misread text may begin: signs that healthy text hardly has, each found in one pass over the text."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache, lru_cache
from itertools import product
from unicodedata import category

from zsparkcrawl.chinese.likelihood import model
from zsparkcrawl.chinese.script import simplified_of
from zsparkcrawl.repair.misread.charsets import bytes_behind, each_decoded

__all__ = [
    "HIGH_LETTER",
    "big5_in_latin",
    "gbk_in_latin",
    "gbk_in_utf8",
    "letters_in_chinese",
    "pairs_in",
    "stands_in",
    "utf8_in",
    "utf8_in_latin",
]

_LATIN = "".join(char for char in bytes_behind("cp1252") if char > "\xff")
_HIGH, _REST = "\x80-\xff" + _LATIN, "\x80-\xbf" + _LATIN
HIGH_LETTER = re.compile("[\x80-\xaf\xb2-\xb6\xb8-\xd6\xd8-\xf6\xf8-\u07ff]")
"""What any text misread as Latin-1 has; not the signs ° ± · × ÷, which Chinese has as well."""
_CHANCE = "\u0100-\u07ff"
_UNREAD = re.compile("[\u0370-\u07ff\u2100-\u2bff\u3100-\u33ff\ue000-\uf8ff\ufe30-\ufe6f]")
"""Letters and signs that stand alone in Chinese, if at all; kana stand in Japanese."""
_COMMON, _RARE = 14.5, 17.0
"""Bits below which a character is common, and from which on it is rare."""
_BY_CHANCE = "".join(char for char in map(chr, range(0x100, 0x800)) if char not in _LATIN)
"""What two bytes of GBK show when they are valid UTF-8 by chance."""


@lru_cache(maxsize=8)
def stands_in(sign: re.Pattern[str], text: str) -> bool:
    """Whether one of these signs stands in a text: several ask for the same one in turn, and hardly a text has it."""
    return sign.search(text) is not None


@cache
def utf8_in(was: str) -> re.Pattern[str]:
    """What begins a character in UTF-8, and what goes on with it."""
    begins = _by_bytes(was, range(0xE2, 0xF1), range(0x80, 0xC0))
    turns, goes_on = (_by_bytes(was, range(0x80, 0xC0), second) for second in (range(0xC2, 0xF5), range(0x80, 0xC0)))
    lost = "" if was == "big5" else "?\ufffd€"
    return re.compile(f"[{begins}](?:[{turns}][{goes_on}{lost}]" + (f"|[{lost}])" if lost else ")"))


def _by_bytes(was: str, first: range, second: range) -> str:
    """The characters of a charset whose bytes lie in these ranges, for a pattern."""
    within = frozenset(bytes(pair) for pair in product(first, second))
    behind = bytes_behind(was)
    return re.escape("".join(char for char, pairs in behind.items() if not within.isdisjoint(pairs)))


@cache
def utf8_in_latin() -> re.Pattern[str]:
    """Three letters that are the bytes of a character in UTF-8, or two of them and a loss."""
    turns = "\xe3-\xe9\xef"
    behind = f"[{_REST}][{_REST}?\ufffd ]|[?\ufffd ][{_REST}]|[{_REST}](?=[{turns}\u3000-\u9fff])"
    return re.compile(f"[{turns}\xf0](?:{behind}|[{_REST}?\ufffd]?[{turns}][{_REST}?\ufffd])")


@cache
def gbk_in_latin() -> re.Pattern[str]:
    """Four letters in a row, the first of which may begin a character of GBK."""
    return re.compile(f"[\xa1-\xfe][{_HIGH}]{{3}}")


@cache
def gbk_in_utf8() -> re.Pattern[str]:
    """A letter that two bytes of GBK show, in a run or beside Chinese."""
    both = f"[{_HIGH}{_CHANCE}]"
    # A letter between letters is of a word, as in pinyin, unless three stand together.
    alone = f"(?<![A-Za-z].)(?:{both}(?![A-Za-z{_HIGH}{_CHANCE}])|(?=[\\d\u3000-\u303f\u4e00-\u9fff\uff01-\uff5e]))"
    return re.compile(f"[{_BY_CHANCE}](?:{both}{{2}}|{alone})")


@cache
def letters_in_chinese() -> re.Pattern[str]:
    """Two letters that text misread as Latin-1 has, with no plain letter beside them."""
    both = f"[{_HIGH}{_CHANCE}]"
    return re.compile(f"(?<![A-Za-z]){both}{{2}}(?![A-Za-z])")


@cache
def big5_in_latin() -> re.Pattern[str]:
    """Two characters of Big5, whose second bytes may be ASCII."""
    return re.compile("[\xa1-\xf9][@-~\xa1-\xfe][0-9 ]{0,4}[\xa1-\xf9][@-~\xa1-\xfe]")


@cache
def pairs_in(was: str, true: str, loose: bool) -> re.Pattern[str]:
    """Two neighbours that are common when read again, and not as they stand; ``loose``: one of them is rare, or no
    Chinese character."""
    likeliest = {char: behind[0] for char, behind in bytes_behind(was).items() if len(behind[0]) == 2}
    read = zip(likeliest, each_decoded(list(likeliest.values()), true), strict=True)
    plain, bits = simplified_of(), model().commonness
    # A pair that makes nothing may leave an ASCII character behind.
    ones = ((char, said) for char, said in read if len(said) == 1 and said > "\x7f")
    common = [char for char, said in ones if bits(plain.get(said, said)) < _COMMON and category(said)[0] != "C"]
    chinese = {char: _commonness(char) for char in common if "\u4e00" <= char <= "\u9fff"}
    if loose:
        odd, second = _set(char for char in common if chinese.get(char, _RARE) >= _RARE), _set(common)
        return re.compile(f"{odd}{second}|{second}{odd}")
    signs = (char for char in common if _UNREAD.match(char))
    return re.compile(f"{_set((*signs, *(char for char, bits in chinese.items() if bits > _COMMON)))}{{2}}")


def _set(chars: Iterable[str]) -> str:
    return "[" + re.escape("".join(chars)) + "]"


def _commonness(char: str) -> float:
    return model().commonness(simplified_of().get(char, char))
