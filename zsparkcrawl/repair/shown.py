"""The text as it is shown, damage and all: marks, quotations, and what is beyond help."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Collection

from zsparkcrawl.chinese.readings import readings_of
from zsparkcrawl.chinese.script import ANNOTATION
from zsparkcrawl.repair.bytepairs import MARKS, widened

__all__ = ["STRADDLE", "WIDE", "ShownText"]

_PINYIN = r"\s?([a-z]{0,4}[āáǎàēéěèīíǐìōóǒòūúǔùǖǘǚǜ][a-z]{0,3})\s?\)"
STRADDLE = re.compile(rf"(?:\?|\ufffd\(){_PINYIN}")
"""Pinyin behind half a character: the other half was lost with the bracket, or shows as U+FFFD before it."""

WIDE = "！，；？：（）"
"""Full-width marks that nearly every page has, unless an archive narrowed them."""
_HOPELESS = re.compile(r"[?\ufffd]{4,}")
_QUOTE = re.compile(r"[“”\n]")


class ShownText:
    """A damaged text and questions about its places. ``wide`` are the full-width marks of its page: an archive that
    narrows them leaves none, and then an ASCII character may stand for its full-width form (``narrowed``)."""

    def __init__(self, text: str, wide: Collection[str] = ()) -> None:
        self.text = text
        self.marks = {mark: trail for mark, trail in MARKS.items() if mark >= "\uff01" or widened(mark) not in wide}
        self.narrowed = not wide
        self._quotes = [match.start() for match in _QUOTE.finditer(text)]
        self.hopeless = [match.span() for match in _HOPELESS.finditer(text)]
        """Where four characters and more were lost in a row: they are anything at all."""

    def is_hopeless(self, position: int) -> bool:
        """Whether a place lies in a row of lost characters.

        >>> text = ShownText("园区?开????放")
        >>> text.is_hopeless(2), text.is_hopeless(5)
        (False, True)
        """
        before = bisect_right(self.hopeless, (position, len(self.text))) - 1
        return before >= 0 and position < self.hopeless[before][1]

    def closes(self, position: int) -> bool:
        """Whether the next quotation mark of the paragraph ends a quotation.

        >>> ShownText("他说，“好”").closes(1), ShownText("他说，“好”").closes(4)
        (False, True)
        """
        following = bisect_left(self._quotes, position)
        return following < len(self._quotes) and self.text[self._quotes[following]] == "”"

    def before_pinyin(self, position: int) -> int:
        """The place itself, or where the pinyin in brackets that ends there begins.

        >>> ShownText("發(fā)展").before_pinyin(5), ShownText("發(fā)展").before_pinyin(4)
        (1, 4)
        """
        for match in ANNOTATION.finditer(self.text, max(position - 12, 0), position):
            if match.end() == position and match.start() and match[1] in readings_of(self.text[match.start() - 1]):
                return self.before_pinyin(match.start())
        return position
