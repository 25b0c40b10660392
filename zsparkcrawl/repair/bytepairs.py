"""GBK as a table of byte pairs: which two bytes make which character."""

from __future__ import annotations

from array import array
from functools import cache

__all__ = [
    "LEADS",
    "MARKS",
    "gbk_bytes",
    "gbk_characters",
    "pair",
    "pairs_with_lead",
    "pairs_with_trail",
    "split",
    "unassigned_trails",
    "widened",
]

LEADS = frozenset(range(0x81, 0xFF))
MARKS = {"！": 0xA1, "!": 0xA1, "，": 0xAC, ",": 0xAC, "；": 0xBB, ";": 0xBB, "？": 0xBF, "?": 0xBF}
"""The marks at which a tool cuts, full-width or narrowed by an archive: the trail byte of each (its lead is A3)."""


@cache
def pair(lead: int, trail: int) -> str:
    """The character of two bytes, "" when GBK has none.

    >>> pair(0xB5, 0xC4), pair(0xAA, 0xA1)
    ('的', '')
    """
    if lead not in LEADS or trail < 0x40:
        return ""
    try:
        return bytes((lead, trail)).decode("gbk")
    except UnicodeDecodeError:
        return ""


@cache
def split(character: str) -> bytes:
    """The bytes of a character in GBK, none when it has no place there.

    >>> split("數").hex(), split("?").hex(), split("😀")
    ('94b5', '3f', b'')
    """
    return character.encode("gbk", "ignore")


@cache
def gbk_characters() -> array[int]:
    """The code point for each two bytes, as one number; 0 where there is none.

    >>> chr(gbk_characters()[0xB5C4]), gbk_characters()[0xAAA1]
    ('的', 0)
    """
    table = array("H", bytes(2 * 0x10000))
    for lead in sorted(LEADS):
        row = b"".join(bytes((lead, trail, 0x0A)) for trail in range(0x40, 0x100)).decode("gbk", "replace").split("\n")
        for trail, char in enumerate(row[:-1], 0x40):
            if len(char) == 1 and char != "\ufffd":
                table[lead << 8 | trail] = ord(char)
    return table


@cache
def gbk_bytes() -> array[int]:
    """The bytes of each code point below 65,536, as one number; 0 where GBK has none.

    >>> hex(gbk_bytes()[ord("的")]), hex(gbk_bytes()[ord("a")]), gbk_bytes()[ord("€")]
    ('0xb5c4', '0x61', 0)
    """
    table = array("H", range(0x80)) + array("H", bytes(2 * (0x10000 - 0x80)))
    for both, code in enumerate(gbk_characters()):
        if code:
            table[code] = both
    return table


@cache
def pairs_with_lead(lead: int) -> tuple[str, ...]:
    """All characters that begin with this byte."""
    return tuple(char for trail in range(0x40, 0xFF) if (char := pair(lead, trail)))


@cache
def pairs_with_trail(trail: int) -> tuple[str, ...]:
    """All characters that end with this byte."""
    return tuple(char for lead in range(0x81, 0xFF) if (char := pair(lead, trail)))


@cache
def unassigned_trails(lead: int) -> tuple[int, ...]:
    """The bytes that could be lead bytes themselves and with which this lead byte makes no character.

    >>> len(unassigned_trails(0xAA)), unassigned_trails(0xB5)
    (94, ())
    """
    return tuple(trail for trail in sorted(LEADS) if lead in LEADS and not pair(lead, trail))


def widened(character: str) -> str:
    """The full-width form of an ASCII character that has one, else the character itself.

    >>> widened("?"), widened(" ")
    ('？', ' ')
    """
    return chr(ord(character) + 0xFEE0) if "!" <= character <= "~" else character
