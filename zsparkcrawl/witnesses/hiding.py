"""Characters that a page may have lost without a trace, inside of what it shows.

Of text that is read one byte off, two bytes to which GBK assigns nothing vanish. A character that is known by its lead
byte from one sign and by its trail byte from the next can therefore have been two: 着中 is D6F8 D6D0, F8D6 is nothing,
and what is left reads as 中.
"""

from __future__ import annotations

from functools import cache

from zsparkcrawl.chinese.likelihood import model
from zsparkcrawl.chinese.script import common_characters, simplified
from zsparkcrawl.repair.bytepairs import LEADS, pair
from zsparkcrawl.witnesses.explaining import forms_of

__all__ = ["hidden"]

_BEST = 6
"""How many characters are tried for the first of two; chosen."""
_NEAR = 9.0
"""Bits more that a text may cost with a character that vanished; chosen, near the 10 within which a repair doubts."""


def hidden(text: str, place: int, before: str, behind: str) -> str | None:
    """The likeliest text in which the character at a place is two, None when none is likely enough.

    >>> hidden("后随通知了当地局。警方", 7, "", "表示"), hidden("的产业园区", 3, "", "发展")
    ('后随通知了当地警局。警方', None)
    """
    left, right = simplified((before + text[:place])[-2:]), simplified((text[place + 1 :] + behind)[:2])
    likely = model()
    most = likely.text_cost(text[place] + right, left) + _NEAR
    found: tuple[float, str] | None = None
    for both in (form for form in forms_of(text[place]) if len(form) == 2):
        firsts = sorted(_firsts(both[0]), key=lambda one: likely.cost(one[1], left))[:_BEST]
        for trail, first in firsts:
            for second in _seconds(trail, both[1]):
                bits = likely.text_cost(first + second + right, left)
                if bits < most and (found is None or bits < found[0]):
                    found = bits, first + second
    return text[:place] + found[1] + text[place + 1 :] if found else None


@cache
def _firsts(lead: int) -> tuple[tuple[int, str], ...]:
    """The common characters with a lead byte whose trail byte can be half of nothing, each with that byte."""
    found = ((trail, pair(lead, trail)) for trail in sorted(LEADS) if _nothing(trail))
    return tuple((trail, simplified(char)) for trail, char in found if char in common_characters())


@cache
def _nothing(lead: int) -> tuple[int, ...]:
    """The bytes with which a lead byte is nothing, as far as they can begin a character."""
    return tuple(byte for byte in sorted(LEADS) if not pair(lead, byte))


@cache
def _seconds(trail: int, last: int) -> tuple[str, ...]:
    """The common characters which end with a byte and whose first byte is nothing behind another."""
    found = (pair(byte, last) for byte in _nothing(trail))
    return tuple(simplified(char) for char in found if char in common_characters())
