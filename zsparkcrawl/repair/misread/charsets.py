"""Which bytes may stand behind a misread character, which a decoder loses, and what they make when read rightly."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence
from functools import cache
from itertools import product
from typing import NamedTuple

from zsparkcrawl.chinese.likelihood import model
from zsparkcrawl.chinese.script import simplified_of

__all__ = [
    "LATIN_LOST",
    "Misreading",
    "bytes_behind",
    "completions",
    "decoded",
    "each_decoded",
    "length_of",
    "lost_between",
    "lost_byte",
    "lost_pair",
]

LATIN_LOST = bytes((0x81, 0x8D, 0x8F, 0x90, 0x9D))
"""The bytes that cp1252 does not define."""
_CONTINUING = bytes(range(0x80, 0xC0))
_LEADING = bytes((*range(0xE2, 0xEA), 0xEF))
"""First bytes in UTF-8 of Chinese characters and of their punctuation."""
# What decodes most first: the others add only where they show another character for the same pair.
_CODECS = {"gbk": ("gb18030", "gbk", "gb2312"), "big5": ("cp950", "big5hkscs", "big5")}
_PAIRS = [bytes((lead, trail)) for lead in range(0x81, 0xFF) for trail in (*range(0x40, 0x7F), *range(0x80, 0xFF))]
_MANY, _COMMON = 600, 14.5
"""Possible characters beyond which only the common ones are thought of, and how common these are."""


class Misreading(NamedTuple):
    """What the bytes were read as ("gbk", "big5", "cp1252") and what they are ("utf-8", "gb18030", "big5hkscs").

    ``mixed``: what was valid UTF-8 by chance was read as that. ``letter`` and ``ideograph``: bits, at most, of a letter
    and of a Chinese character as they stand; ``rarest``: of a character that its bytes give whole. ``lost``: the bytes
    that may be lost. ``swallows``: a "?" for a lost byte took an ASCII character behind it along. ``turn``: bits
    against a change from good text to misread text, or back.
    """

    was: str
    true: str
    letter: float
    ideograph: float = 22.0
    mixed: bool = False
    rarest: float = 26.0
    lost: bytes = b""
    swallows: bool = False
    turn: float = 6.0


@cache
def bytes_behind(was: str) -> Mapping[str, tuple[bytes, ...]]:
    """Character -> the bytes that a decoder for this charset ("gbk", "big5", "cp1252") shows so, the likeliest first.

    >>> [[data.hex() for data in bytes_behind("gbk")[char]] for char in "鏂€"]
    [['e696'], ['80', 'a2e3']]
    """
    table: dict[str, tuple[bytes, ...]] = {chr(byte): (bytes((byte,)),) for byte in range(0x80)}
    if was == "cp1252":
        table |= {chr(byte): (bytes((byte,)),) for byte in range(0x80, 0x100)}
        shown = ((byte, bytes((byte,)).decode("cp1252", "ignore")) for byte in range(0x80, 0xA0))
        return table | {char: (bytes((byte,)),) for byte, char in shown if char}
    for codec in _CODECS[was]:
        for char, pair in zip(each_decoded(_PAIRS, codec), _PAIRS, strict=True):
            if len(char) == 1 and char > "\x7f" and pair not in (known := table.get(char, ())):
                table[char] = (*known, pair)
    if was == "gbk":  # as Windows and browsers show the two bytes that begin no pair
        table |= {"€": (b"\x80", b"\xa2\xe3"), "\uf8f5": (b"\xff",)}
    return table


def each_decoded(pairs: Sequence[bytes], codec: str) -> list[str]:
    """What each of many pairs of bytes makes, "" or less than it has where it makes nothing: in one go, for each by
    itself takes ten times as long.

    >>> each_decoded([b"\\xb5\\xc4", b"\\xff\\xff"], "gbk")
    ['的', '']
    """
    return b"\n".join(pairs).decode(codec, "ignore").split("\n")


@cache
def _unassigned(was: str, first: int) -> bytes:
    """The second bytes with which this one makes no character, so that decoders lose one or both."""
    codec = "gbk" if was == "gbk" else "cp950"
    return bytes(second for second in range(0x40, 0x100) if not decoded(codec, bytes((first, second))))


@cache
def lost_byte(was: str, true: str, begun: bool, following: int | None) -> bytes:
    """What one lost byte may have been: the first of a character in the true charset or, when one is ``begun``, a
    further one. Before the byte ``following`` a decoder for pairs loses only what makes no character with it.

    >>> lost_byte("gbk", "utf-8", True, 0xE5).hex(), len(lost_byte("gbk", "utf-8", True, 0x32))
    ('80aaabacadaeaf', 64)
    """
    allowed = _allowed(true, begun)
    if was == "cp1252" or following is None or following < 0x40:
        return bytes(byte for byte in allowed if byte >= 0x80)
    return bytes(byte for byte in allowed if byte >= 0x80 and (byte == 0x80 or following in _unassigned(was, byte)))


@cache
def lost_pair(was: str, true: str, begun: tuple[bytes, ...]) -> tuple[str, ...]:
    """The characters that end with two bytes which make none in the wrong charset, so that a decoder loses both.

    >>> [char for char in lost_pair("gbk", "utf-8", (b"\\xe5",)) if char in "学习字子"]
    ['学']
    """
    both = (_allowed(true, bool(begun)), _allowed(true, True))
    if length_of(true, (*begun, both[0])) - len(begun) != 2:
        return ()
    made = ((char, char.encode(true)) for char in completions(true, (*begun, *both)))
    return tuple(char for char, data in made if data[-1] in _unassigned(was, data[-2]))


@cache
def lost_between(was: str) -> tuple[bytes, bytes]:
    """The last bytes of a character in UTF-8 which make no pair with some first byte of the next, and these.

    >>> [each.hex() for each in lost_between("gbk")]
    ['80a2a8aaabacadaeaf', 'e2e3e4e5e6e7e8e9ef']
    """
    last = bytes(byte for byte in _CONTINUING if set(_LEADING) & set(_unassigned(was, byte)))
    return last, bytes(lead for lead in _LEADING if any(lead in _unassigned(was, byte) for byte in last))


def _allowed(true: str, begun: bool) -> bytes:
    if true == "utf-8":
        return _CONTINUING if begun else _LEADING
    return bytes((*range(0x40, 0x7F), *range(0xA1, 0xFF))) if begun else bytes(range(0xA1, 0xFA))


def length_of(true: str, begun: tuple[bytes, ...]) -> int:
    """How many bytes a character has in its true charset that begins so; 0 when none does.

    >>> length_of("utf-8", (b"\\xe6",)), length_of("gb18030", (b"\\x81", b"9")), length_of("utf-8", (b"\\x96",))
    (3, 4, 0)
    """
    lead = begun[0][0]
    if true == "utf-8":
        return 2 if 0xC2 <= lead <= 0xDF else 3 if 0xE0 <= lead <= 0xEF else 4 if 0xF0 <= lead <= 0xF4 else 0
    if true == "gb18030" and len(begun) > 1 and b"0" <= begun[1] <= b"9":
        return 4
    return 2 if 0x81 <= lead <= 0xFE else 0


@cache
def completions(true: str, begun: tuple[bytes, ...]) -> tuple[str, ...]:
    """All characters with these bytes, of which each is one of several where it was lost; none where all were.

    >>> completions("utf-8", (b"\\xe4", b"\\xb8", b"\\xaa\\xab\\xac\\xad"))
    ('个', '丫', '丬', '中')
    """
    if all(len(one) > 1 for one in begun):
        return ()
    made = tuple(char for each in product(*begun) if (char := decoded(true, bytes(each))))
    if len(made) < _MANY:
        return made
    return tuple(char for char in made if model().commonness(simplified_of().get(char, char)) < _COMMON)


@cache
def decoded(true: str, data: bytes) -> str:
    """The character that these bytes make; "" when they make none, more than one, or one that no text has.

    >>> decoded("utf-8", b"\\xe4\\xb8\\xad"), decoded("utf-8", b"\\xe4\\xb8 ")
    ('中', '')
    """
    try:
        char = data.decode(true)
    except UnicodeDecodeError:
        return ""
    return char if len(char) == 1 and char != "\ufffd" and unicodedata.category(char)[0] != "C" else ""
