"""How likely a text is in an article: by the model of the language, and by what the article says elsewhere."""

from __future__ import annotations

from functools import cached_property

from zsparkcrawl.chinese.diagnosis import runs_of
from zsparkcrawl.chinese.script import simplified
from zsparkcrawl.items import Diagnosis
from zsparkcrawl.repair.costs import LEFT_OPEN, WRONG_QUOTE, Costs

__all__ = ["Wording", "quotes_in"]


class Wording:
    """The words of an article. ``said`` is its text without the places where something must be chosen: a name that
    stands there once is likely where half of it was lost.

    >>> Wording("翟岩民到会。").bits("翟岩民", "”", "供述") < Wording("").bits("翟岩民", "”", "供述")
    True
    """

    def __init__(self, said: str) -> None:
        self._said = said

    @cached_property
    def _costs(self) -> Costs:
        return Costs(Diagnosis("simplified", runs=runs_of(self._said)))

    def of(self, char: str, context: str) -> tuple[float, str]:
        """Bits of characters in Simplified behind the last two, and the last two then."""
        return self._costs.of(char, context)

    def bits(self, text: str, before: str, behind: str) -> float:
        """Bits of a text in Simplified between what stands before and behind it in its paragraph, marks of quotation
        that are none and those that are left open counted."""
        bits, _ = self._costs.of(simplified(text) + behind[:2], simplified(before[-2:]))
        return bits + quotes_in(before + text + behind)


def quotes_in(text: str) -> float:
    """Bits against the marks of quotation in a text.

    >>> quotes_in("“好”"), quotes_in("好”"), quotes_in("“好")
    (0.0, 6.0, 9.0)
    """
    bits = 0.0
    for paragraph in text.split("\n"):
        is_open = False
        for char in paragraph:
            if char == "“":
                bits += WRONG_QUOTE * is_open
                is_open = True
            elif char == "”":
                bits += WRONG_QUOTE * (not is_open)
                is_open = False
        bits += LEFT_OPEN * is_open
    return bits
