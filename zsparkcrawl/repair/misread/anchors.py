"""Where misread text may begin: signs that healthy text hardly has, each found in one pass over the text."""

from __future__ import annotations

import re
from functools import cache

from zsparkcrawl.chinese.likelihood import model
from zsparkcrawl.chinese.script import simplified_of
from zsparkcrawl.repair.misread.charsets import bytes_behind, decoded

__all__ = [
    "HIGH_LETTER",
    "big5_in_latin",
    "gbk_in_latin",
    "gbk_in_utf8",
    "pairs_in",
    "utf8_in",
    "utf8_in_latin",
]

_LATIN = "".join(char for char in bytes_behind("cp1252") if char > "\xff")
_HIGH, _REST = "\x80-\xff" + _LATIN, "\x80-\xbf" + _LATIN
HIGH_LETTER = re.compile("[\x80-\xaf\xb2-\xb6\xb8-\xd6\xd8-\xf6\xf8-\u07ff]")
"""What any text misread as Latin-1 has; not the signs ° ± · × ÷, which Chinese has as well."""
_CHANCE = "\u0100-\u07ff"
_BY_CHANCE = "".join(char for char in map(chr, range(0x100, 0x800)) if char not in _LATIN)
"""What two bytes of GBK show when they are valid UTF-8 by chance."""


@cache
def utf8_in(was: str) -> re.Pattern[str]:
    """What begins a character in UTF-8, and what goes on with it."""
    begins = _by_bytes(was, range(0xE2, 0xF1), range(0x80, 0xC0))
    turns, goes_on = (_by_bytes(was, range(0x80, 0xC0), second) for second in (range(0xC2, 0xF5), range(0x80, 0xC0)))
    lost = "" if was == "big5" else "?\ufffd€"
    return re.compile(f"[{begins}](?:[{turns}][{goes_on}{lost}]" + (f"|[{lost}])" if lost else ")"))


def _by_bytes(was: str, first: range, second: range) -> str:
    """The characters of a charset whose bytes lie in these ranges, for a pattern."""
    return re.escape(
        "".join(
            char
            for char, behind in bytes_behind(was).items()
            if any(len(data) == 2 and data[0] in first and data[1] in second for data in behind)
        )
    )


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
    alone = f"(?<![A-Za-z].)(?:{both}(?![A-Za-z{_HIGH}{_CHANCE}])|(?=[\\d\u4e00-\u9fff]))"
    return re.compile(f"[{_BY_CHANCE}](?:{both}{{2}}|{alone})")


@cache
def big5_in_latin() -> re.Pattern[str]:
    """Two characters of Big5, whose second bytes may be ASCII."""
    return re.compile("[\xa1-\xf9][@-~\xa1-\xfe][0-9 ]{0,4}[\xa1-\xf9][@-~\xa1-\xfe]")


@cache
def pairs_in(was: str, true: str, loose: bool) -> re.Pattern[str]:
    """Two neighbours that are common when read again and rare as they stand; ``loose``: one of them is."""
    rare, common = [], []
    for char, behind in bytes_behind(was).items():
        read = decoded(true, behind[0])
        if read and len(behind[0]) == 2 and _commonness(read) < 14.5:
            common.append(char)
            if ("\u4e00" <= char <= "\u9fff" and _commonness(char) > 17.0) or "\ue000" <= char <= "\uf8ff":
                rare.append(char)
    first, second = (re.escape("".join(chars)) for chars in (rare, common))
    return re.compile(f"[{first}][{second}]|[{second}][{first}]" if loose else f"[{first}]{{2}}")


def _commonness(char: str) -> float:
    return model().commonness(simplified_of().get(char, char))
