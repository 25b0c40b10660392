"""Characters that a search takes for the same: Traditional and Simplified, wide and narrow, capital and small."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from functools import cache

from zsparkcrawl.chinese.script import simplified_of

__all__ = ["LINE_END", "alike", "alike_to", "alike_version"]

LINE_END = "\u2028"
"""What a line end becomes: a search goes across none unless it asks for one."""

_RULES = "1"
"""To be counted up when the code below makes another text: what was kept by the old one is then made anew."""
_OTHER_CONTROL = "\ufffd"
_BLANK = "\u3000"
_TO_WIDE = 0xFF01 - 0x21
_STAY = "，。、：；！？（）“”《》％0-9a-z"
_MORE = {"著": "着"}
"""着 is written so in Traditional, by phrase, which is why the tables of single characters leave it alone."""


class _Alike(dict[int, str]):
    """What each character becomes, found when it is first met."""

    def __missing__(self, number: int) -> str:
        self[number] = found = _alike(chr(number))
        return found


_ALIKE = _Alike()


def alike(text: str) -> str:
    """The text as a search compares it, character for character, so that every place stays where it was, and a part of
    the text becomes the same part of the result.

    Traditional becomes Simplified whatever stands beside it (`simplify` goes by the phrase, and so would make one
    thing of a word and another of the text around it); capitals become small; compatibility forms become plain.
    Letters and digits become narrow, ASCII marks and blanks wide: so each character but those 36 is beyond ASCII.
    Lone surrogates, which no database takes, become U+FFFD like control characters.

    >>> alike("產業園區"), alike("ＡＩ＋Ｒ&D")
    ('产业园区', 'ai＋r＆d')
    >>> alike("3.5%\\n") == "3．5％" + LINE_END
    True
    """
    return _others().sub(_translated, text)


@cache
def alike_version() -> str:
    """By what :func:`alike` goes: its rules, the table of Traditional characters and the version of Unicode, as 16
    digits. What was kept by another version is to be made anew."""
    table = "".join(old + new for old, new in simplified_of().items())
    facts = f"{_RULES} {unicodedata.unidata_version} {table}"
    return hashlib.blake2b(facts.encode(), digest_size=8).hexdigest()


def alike_to(character: str) -> str:
    """All characters that :func:`alike` takes for this one, itself included; NUL and surrogates, which no database
    keeps, are left out. For one that it never gives, none.

    >>> alike_to("区"), "Ａ" in alike_to("a"), alike_to("A")
    ('区區', True, '')
    """
    if alike(character) != character:
        return ""
    return "".join(sorted({character, *_turned().get(character, "")}))


_SAME = ((0xAC00, 0xD7A4), (0xD800, 0xF900), (0x20000, 0x2F800), (0x2FA20, 0xE0000), (0xF0000, 0x110000))
"""Stretches of Unicode that stay as they are, but for Traditional characters: Hangul, surrogates, ideographs, private
use. Together with those from U+3400 to U+9FFF."""


@cache
def _turned() -> dict[str, list[str]]:
    """By what they become, the characters that become something else: 0.1 s, once (measured)."""
    found: dict[str, list[str]] = {}
    start = 1
    for same, end in ((0x3400, 0xA000), *_SAME):
        for character in map(chr, range(start, same)):
            if (made := alike(character)) != character:
                found.setdefault(made, []).append(character)
        start = end
    for character in {*simplified_of(), *_MORE}:
        if (made := alike(character)) != character:
            found.setdefault(made, []).append(character)
    return found


@cache
def _others() -> re.Pattern[str]:
    """Runs of all but the commonest characters that stay as they are. To look for these first takes a third of the time
    that it takes to look each character of a text up (15 ns against 48)."""
    changed = {*simplified_of(), *_MORE}
    stay = "".join(one for one in map(chr, range(0x4E00, 0xA000)) if one not in changed)
    return re.compile(f"[^{stay}{_STAY}]+")


def _translated(match: re.Match[str]) -> str:
    return match[0].translate(_ALIKE)


def _alike(character: str) -> str:
    plain = _single(unicodedata.normalize("NFKC", character), character)
    plain = simplified_of().get(plain, plain)
    plain = _single(_MORE.get(plain, plain).casefold(), plain)
    if plain == "\n":
        return LINE_END
    if plain in "\t\v\f\r ":
        return _BLANK
    if unicodedata.category(plain) in ("Cc", "Cs"):
        return _OTHER_CONTROL
    if plain < "\x80" and not plain.isalnum():
        return chr(ord(plain) + _TO_WIDE)
    return plain


def _single(made: str, before: str) -> str:
    """What was made of a character, if that is one."""
    return made if len(made) == 1 else before
