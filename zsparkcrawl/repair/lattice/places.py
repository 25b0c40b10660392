"""The places of a damaged text as numbers: what stands where, pinyin in brackets, what it costs as it stands.

Compiled where there is a C compiler (see `setup.py`); `places.pxd` says which types it takes then.
"""

from __future__ import annotations

from array import array
from collections.abc import Mapping

from zsparkcrawl.chinese.grams import Grams
from zsparkcrawl.chinese.readings import readings_of
from zsparkcrawl.chinese.script import ANNOTATION
from zsparkcrawl.chinese.slots import code_points
from zsparkcrawl.repair.lattice.facts import LOSS, Facts
from zsparkcrawl.repair.shown import STRADDLE

__all__ = ["Places"]

_LOSS = LOSS
_OPENING, _CLOSING, _LINE_END = 0x201C, 0x201D, 0x0A
_BRACKET, _WIDE_BRACKET, _QUESTION, _LOST = 0x28, 0xFF08, 0x3F, 0xFFFD
_BACK = 20
_AHEAD = 4
"""Characters before and behind a place that it is judged by."""
_NONE = -1


class Places:
    """The places of one text. ``marks``: the marks at which it may have been cut, with their trail bytes;
    ``narrowed``: whether an ASCII character may stand for its full-width form; ``hopeless``: where too much is lost."""

    def __init__(
        self,
        text: str,
        facts: Facts,
        grams: Grams,
        marks: Mapping[str, int],
        narrowed: bool,
        hopeless: list[tuple[int, int]],
    ) -> None:
        self.text, self.facts, self.grams = text, facts, grams
        self.length = len(text)
        self.codes = code_points(text)
        self.narrowed = narrowed
        self._marks = array("B", bytes(0x180))  # by code point below 80, by code point less FE80 for the wide ones
        for mark, trail in marks.items():
            self._marks[ord(mark) if mark < "\x80" else ord(mark) - 0xFE80] = trail
        is_hopeless = bytearray(self.length + 1)
        for start, end in hopeless:
            is_hopeless[start:end] = b"\x01" * (end - start)
        self.hopeless = array("b", is_hopeless)
        self._plain = array("i", bytes(4 * self.length))
        self._numbers = array("i", bytes(4 * self.length))
        self._line_end = facts.number_of(_LINE_END)
        self._count()
        self._ends = array("i", bytes(4 * self.length))  # of what begins in brackets; 0: not looked yet
        self._own = array("b", bytes(self.length))
        self._readings: dict[int, str] = {}

    def mark(self, place: int) -> int:
        """The trail byte of the mark that stands at a place; 0 when it is none."""
        return self.mark_of(self.codes[place]) if place < self.length else 0

    def mark_of(self, code: int) -> int:
        """The trail byte of a mark; 0 for another character."""
        if code < 0x80:
            return self._marks[code]
        return self._marks[code - 0xFE80] if 0xFF00 <= code < 0xFF80 else 0

    def is_loss(self, place: int) -> bool:
        """Whether a "?" or U+FFFD stands at a place."""
        return place < self.length and self.facts.is_kind(self.codes[place], _LOSS)

    def is_narrowed(self, place: int) -> bool:
        """Whether what stands at a place may stand for its full-width form."""
        return self.narrowed and place < self.length and 0x21 <= self.codes[place] <= 0x7E

    def swallows(self, place: int) -> bool:
        """Whether a lost byte shown at a place took an ASCII character along: a "?" does, unless a cut follows."""
        if self.codes[place] != _QUESTION or place + 1 >= self.length:
            return False
        return self.codes[place + 1] != _LINE_END and not self.mark(place + 1)

    def annotation(self, place: int) -> int:
        """Where pinyin in brackets ends that begins at a place; 0 when none does."""
        if place >= self.length:
            return 0
        code = self.codes[place]
        if code != _BRACKET and code != _WIDE_BRACKET:
            return 0
        end = self._ends[place] or self._look(place)
        return end if end > 0 else 0

    def own_annotation(self, place: int) -> int:
        """The same where it is a reading of the character before it."""
        end = self.annotation(place)
        return end if end and self._own[place] else 0

    def straddle(self, place: int) -> int:
        """Where pinyin behind half a character ends that begins at a place; 0 when none does."""
        if place >= self.length:
            return 0
        code = self.codes[place]
        if code != _QUESTION and code != _LOST:
            return 0
        end = self._ends[place] or self._look(place)
        return end if end > 0 else 0

    def reading(self, place: int) -> str:
        """The pinyin that begins at a place."""
        return self._readings[place]

    def reads(self, code: int, place: int) -> bool:
        """Whether the pinyin that begins at a place is a reading of a character."""
        return self._readings[place] in readings_of(chr(code))

    def bits(self, place: int) -> float:
        """What the character at a place costs as it stands."""
        if place >= self.length:
            return 0.0
        first = self._numbers[place - 2] if place > 1 else -1
        second = self._numbers[place - 1] if place else self._line_end
        return self.grams.eighths(first, second, self._numbers[place]) / 8.0

    def bits_behind(self, start: int, end: int, first: int, second: int) -> float:
        """What a stretch costs behind two characters, pinyin that fits its character left out; at the end of the text
        with the line end, for a text ends with 。 and not with 、."""
        one = self.facts.number_of(first) if first >= 0 else -1
        two = self.facts.number_of(second) if second >= 0 else self._line_end
        eighths, place, is_start = 0, start, second < 0
        while place < end:
            skip = self.own_annotation(place)
            if skip and skip <= end:
                place = skip
                continue
            three = self._numbers[place]
            eighths += self.grams.eighths(one, two, three)
            one, two, is_start = -1 if is_start else two, three, False
            place += 1
        if end == self.length:
            eighths += self.grams.eighths(one, two, self._line_end)
        return eighths / 8.0

    def is_open(self, start: int, end: int, is_open: bool) -> bool:
        """Whether a quotation is open behind a stretch, before which one is or is not. A line end closes it."""
        for place in range(end - 1, start - 1, -1):
            code = self.codes[place]
            if code == _OPENING:
                return True
            if code == _CLOSING or code == _LINE_END:
                return False
        return is_open

    def context(self, place: int) -> tuple[int, int]:
        """The last two characters before a place, in Simplified, pinyin left out; -1 for those that are missing."""
        first = second = -1
        at = max(place - _BACK, 0)
        while at < place:
            skip = self.own_annotation(at)
            if skip and skip <= place:
                at = skip
                continue
            first, second = second, self._plain[at]
            at += 1
        return first, second

    def horizon(self, place: int) -> int:
        """The place a few characters further on, pinyin not counted: where endings of a run are compared."""
        for _ in range(_AHEAD):
            end = self.annotation(place)
            while end:
                place = end
                end = self.annotation(place)
            place += 1
        return min(place, self.length)

    def per_character(self, start: int, end: int) -> float:
        """Bits a character of a stretch behind the character before it."""
        eighths, first, second = 0, -1, self._numbers[start - 1]
        for place in range(start, end):
            eighths += self.grams.eighths(first, second, self._numbers[place])
            first, second = second, self._numbers[place]
        return eighths / 8.0 / (end - start)

    def _count(self) -> None:
        facts = self.facts
        for place in range(self.length):
            code = self.codes[place]
            plain = facts.plain[code] if code < 0x10000 else facts.plain_far(code)
            self._plain[place] = plain
            self._numbers[place] = facts.number_of(plain)

    def _look(self, place: int) -> int:
        """Look for pinyin at a place, and remember what was found."""
        char = self.text[place]
        match = (ANNOTATION if char in "(（" else STRADDLE).match(self.text, place)
        self._ends[place] = match.end() if match else _NONE
        if match:
            self._readings[place] = match[1]
            self._own[place] = place > 0 and match[1] in readings_of(self.text[place - 1])
        return self._ends[place]
