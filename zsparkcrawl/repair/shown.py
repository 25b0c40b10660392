"""The text as it is shown, damage and all: what stands where, pinyin left out, and what it costs as Chinese."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Collection

from zsparkcrawl.chinese.likelihood import model
from zsparkcrawl.chinese.readings import readings_of
from zsparkcrawl.chinese.script import ANNOTATION, simplified
from zsparkcrawl.repair.bytepairs import MARKS, split, widened

__all__ = ["STRADDLE", "WIDE", "ShownText", "Standing"]

_PINYIN = r"\s?([a-z]{0,4}[āáǎàēéěèīíǐìōóǒòūúǔùǖǘǚǜ][a-z]{0,3})\s?\)"
STRADDLE = re.compile(rf"(?:\?|\ufffd\(){_PINYIN}")
"""Pinyin behind half a character: the other half was lost with the bracket, or shows as U+FFFD before it."""

WIDE = "！，；？：（）"
"""Full-width marks that nearly every page has, unless an archive narrowed them."""
_HOPELESS = re.compile(r"[?\ufffd]{4,}")
_QUOTE = re.compile(r"[“”\n]")
_LOOKAHEAD = 4
"""Characters behind a run that its end is judged by."""


class ShownText:
    """A damaged text and questions about its places. ``wide`` are the full-width marks of its page: an archive that
    narrows them leaves none."""

    def __init__(self, text: str, wide: Collection[str] = ()) -> None:
        self.text = text
        self.marks = {mark: trail for mark, trail in MARKS.items() if mark >= "\uff01" or widened(mark) not in wide}
        self._narrowed = not wide
        self._quotes = [match.start() for match in _QUOTE.finditer(text)]
        self._hopeless = [match.span() for match in _HOPELESS.finditer(text)]

    def is_hopeless(self, position: int) -> bool:
        """Whether a place lies in a row of lost characters: four unknown ones in a row are anything at all.

        >>> text = ShownText("园区?开????放")
        >>> text.is_hopeless(2), text.is_hopeless(5)
        (False, True)
        """
        before = bisect_right(self._hopeless, (position, len(self.text))) - 1
        return before >= 0 and position < self._hopeless[before][1]

    def closes(self, position: int) -> bool:
        """Whether the next quotation mark of the paragraph ends a quotation.

        >>> ShownText("他说，“好”").closes(1), ShownText("他说，“好”").closes(4)
        (False, True)
        """
        following = bisect_left(self._quotes, position)
        return following < len(self._quotes) and self.text[self._quotes[following]] == "”"

    def cost(self, start: int, end: int, context: str) -> float:
        """Bits of a stretch as it stands, pinyin that fits its character left out; at the end of the text with the
        line end, for a text ends with 。 and not with 、."""
        ending = "\n" if end == len(self.text) else ""
        return model().text_cost(simplified(self._unannotated(start, end)) + ending, context)

    def context(self, position: int) -> str:
        """The last two characters before a place, in Simplified, pinyin left out."""
        return simplified(self._unannotated(max(position - 20, 0), position))[-2:]

    def horizon(self, position: int) -> int:
        """The place a few characters further on, pinyin not counted: where endings of a run are compared."""
        for _ in range(_LOOKAHEAD):
            while match := ANNOTATION.match(self.text, position):
                position = match.end()
            position += 1
        return min(position, len(self.text))

    def before_pinyin(self, position: int) -> int:
        """The place itself, or where the pinyin in brackets that ends there begins."""
        for match in ANNOTATION.finditer(self.text, max(position - 12, 0), position):
            if match.end() == position and self._is_own(match):
                return self.before_pinyin(match.start())
        return position

    def first_bytes(self, position: int) -> tuple[int, ...]:
        """The byte with which the character shown at a place begins, two where it may have been full-width; none when
        it is not known."""
        shown = self.text[position : position + 1]
        if shown in self.marks or shown == "\ufffd":
            return ()
        shown_bytes = split(shown)
        own = (shown_bytes[0],) if shown_bytes and shown_bytes[0] >= 0x40 else ()
        return (*own, 0xA3) if self.is_narrowed(shown) else own

    def is_narrowed(self, shown: str) -> bool:
        """Whether a character may stand for its full-width form: an archive that narrows marks narrows letters too."""
        return self._narrowed and "!" <= shown <= "~"

    def swallows(self, position: int) -> bool:
        """Whether a lost byte shown at a place took an ASCII character along: a "?" does, unless a cut follows."""
        return self.text[position] == "?" and self.text[position + 1 : position + 2] not in {"", "\n", *self.marks}

    def pinyin_at(self, position: int) -> re.Match[str] | None:
        """Pinyin in brackets at a place, when it is a reading of the character shown before it."""
        match = ANNOTATION.match(self.text, position)
        return match if match and self._is_own(match) else None

    def _unannotated(self, start: int, end: int) -> str:
        pieces, read = [], start
        for match in ANNOTATION.finditer(self.text, start, end):
            if self._is_own(match):
                pieces.append(self.text[read : match.start()])
                read = match.end()
        return "".join((*pieces, self.text[read:end]))

    def _is_own(self, match: re.Match[str]) -> bool:
        return match.start() > 0 and match[1] in readings_of(self.text[match.start() - 1])


class Standing:
    """What a text costs as it stands, from one place on: bits up to each further place."""

    def __init__(self, text: str, start: int) -> None:
        self.text, self.start = text, start
        self.bits = [0.0]

    def upto(self, position: int) -> float:
        """Bits from the start up to ``position``, pinyin and all."""
        while len(self.bits) <= position - self.start:
            at = self.start + len(self.bits) - 1
            shown = simplified(self.text[max(at - 2, 0) : at + 1])
            self.bits.append(self.bits[-1] + (model().cost(shown[-1], shown[:-1]) if at < len(self.text) else 0.0))
        return self.bits[position - self.start]
