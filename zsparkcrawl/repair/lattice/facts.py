"""What is the same wherever a character stands, in tables by code point that fill as they are asked.

Compiled where there is a C compiler (see `setup.py`); `facts.pxd` says which types it takes then.
"""

from __future__ import annotations

from array import array
from typing import Protocol

from zsparkcrawl.chinese.grams import Grams
from zsparkcrawl.chinese.script import plain_numbers, simplified_of
from zsparkcrawl.chinese.slots import Slots
from zsparkcrawl.repair.bytepairs import gbk_bytes, gbk_characters, unassigned_trails

__all__ = ["LOSS", "NEVER_BEHIND_A_PAUSE", "PAUSE", "RESUMES", "Facts", "Source"]

PAUSE, NEVER_BEHIND_A_PAUSE, LOSS, RESUMES = 1, 2, 4, 8
"""Kinds of characters: a pause; what never stands behind one; what shows a loss; where a text falls into step by
itself."""
_FAR = 0x10000
_MOST_FORMS = 16
_LISTS, _COSTS = 60_000, 3_000_000
"""How many lists of costs are kept at hand, and costs in them. Chosen."""


class Source(Protocol):
    """Who tells what the tables do not hold yet."""

    def number(self, char: str) -> int:
        """The number of a character in the tables of the model."""

    def against(self, char: str) -> tuple[float, float]:
        """Bits against a character because it is odd, and because it is in the wrong script."""

    def likely(self, byte: int, is_trail: bool) -> tuple[str, ...]:
        """The characters that begin or end with a byte and may be put in for a lost one."""

    def written(self, number: int) -> tuple[str, ...]:
        """How a character of the model can stand on a page."""


class Facts:
    """The tables, for pages in one script."""

    def __init__(self, source: Source, size: int, kinds: dict[int, str]) -> None:
        self.source = source
        self.plain = plain_numbers()
        self.own_number = array("i", [-1]) * _FAR
        self.number = array("i", [-1]) * _FAR  # of the Simplified form; -1 as long as nobody asked
        self.oddity = array("d", bytes(8 * _FAR))
        self.wrong = array("d", bytes(8 * _FAR))
        self.kinds = array("b", bytes(_FAR))
        for kind, chars in kinds.items():
            for char in chars:
                self.kinds[ord(char)] |= kind
        self.gbk = gbk_bytes()
        self.characters = gbk_characters()
        self.gappy = array("b", (bool(unassigned_trails(byte)) for byte in range(256)))
        self.likely = array("i", bytes(4 * 2 * _FAR))
        self.likely_number = array("i", bytes(4 * 2 * _FAR))
        self.likely_plain = array("i", bytes(4 * 2 * _FAR))
        self.likely_against = array("d", bytes(8 * 2 * _FAR))
        self.likely_at = array("i", [-1]) * 512
        self.likely_end = array("i", bytes(4 * 512))
        self._likely_used = 0
        self._behind = Slots(_LISTS)
        self._behind_at = array("i", bytes(4 * _LISTS))
        self.behind = array("h", bytes(2 * _COSTS))
        self._behind_used = 0
        self.written = array("i", bytes(4 * _MOST_FORMS * size))
        self.written_count = array("b", [-1]) * size

    def number_of(self, code: int) -> int:
        """The number in the tables of the model of a character as it stands."""
        number = self.own_number[code] if code < _FAR else -1
        return number if number >= 0 else self._ask_number(code)

    def plain_far(self, code: int) -> int:
        """The Simplified form of a character from 65,536 on."""
        char = chr(code)
        return ord(simplified_of().get(char, char))

    def ask(self, code: int) -> int:
        """Fill the tables for a character below 65,536, unless they are; the number of its Simplified form."""
        number = self.number[code]
        return number if number >= 0 else self._ask(code)

    def is_kind(self, code: int, kind: int) -> bool:
        """Whether a character is of a kind."""
        return 0 <= code < _FAR and self.kinds[code] & kind != 0

    def gap(self, lead: int, trail: int) -> bool:
        """Whether two bytes that could be lead bytes make no character."""
        return 0x81 <= lead <= 0xFE and 0x81 <= trail <= 0xFE and self.characters[lead << 8 | trail] == 0

    def may_vanish(self, code: int) -> bool:
        """Whether the second byte of a character begins pairs to which GBK gives no character."""
        return self.gappy[self.gbk[code] & 255] != 0

    def ask_likely(self, which: int) -> None:
        """Fill `likely` for a byte, as lead byte or, with 256 added, as trail byte; beside it what is needed of each:
        what lies in a row is read faster."""
        if self.likely_at[which] < 0:
            chars = self.source.likely(which & 255, which > 255)
            self.likely_at[which] = self._likely_used
            for char in chars:
                code, place = ord(char), self._likely_used
                self.likely[place], self.likely_number[place] = code, self.ask(code)
                self.likely_plain[place] = self.plain[code]
                self.likely_against[place] = self.oddity[code] + self.wrong[code]
                self._likely_used += 1
            self.likely_end[which] = self._likely_used

    def behind_at(self, which: int, second: int, grams: Grams) -> int:
        """Where in `behind` it stands what those of `likely` for a byte cost behind a character alone, in eighths."""
        key = which << 20 | second
        slot = self._behind.find(key)
        if slot >= 0:
            return self._behind_at[slot]
        begin, end = self.likely_at[which], self.likely_end[which]
        if self._behind.count >= _LISTS or self._behind_used + end - begin > _COSTS:
            self._behind.clear()
            self._behind_used = 0
        at = self._behind_used
        self._behind_at[self._behind.add(key)] = at
        for place in range(begin, end):
            self.behind[at + place - begin] = grams.behind_one(second, self.likely_number[place])
        self._behind_used += end - begin
        return at

    def ask_written(self, number: int) -> int:
        """Fill `written`, from 16 times the number on, for a character of the model; the count of its forms."""
        count = self.written_count[number]
        if count < 0:
            forms = self.source.written(number)
            count = min(len(forms), _MOST_FORMS)
            for place in range(count):
                self.written[_MOST_FORMS * number + place] = ord(forms[place])
                self.ask(ord(forms[place]))
            self.written_count[number] = count
        return count

    def _ask_number(self, code: int) -> int:
        number = self.source.number(chr(code))
        if code < _FAR:
            self.own_number[code] = number
        return number

    def _ask(self, code: int) -> int:
        char = chr(code)
        self.oddity[code], self.wrong[code] = self.source.against(char)
        number = self.number_of(self.plain[code])
        self.number[code] = number
        return number
