"""Which trail bytes pinyin inside a character can stand for, in tables by reading and lead byte.

Compiled where there is a C compiler (see `setup.py`); `readings.pxd` says which types it takes then.
"""

from __future__ import annotations

from array import array
from collections.abc import Callable, Mapping

from zsparkcrawl.chinese.slots import doubled

__all__ = ["Readings"]

Trails = Mapping[int, list[tuple[int, float]]]


class Readings:
    """The tables of a page: for a reading's number and a lead byte `trail` and `bits` from `begin` up to `end`.

    ``matched`` tells them for one reading; ``annotated`` which characters tools may have annotated with it.
    """

    def __init__(
        self,
        matched: Callable[[str], Trails],
        annotated: Callable[[str], tuple[str, ...]],
        third_of: Callable[[tuple[str, ...]], int],
    ) -> None:
        self._matched, self._annotated, self._third_of = matched, annotated, third_of
        self._numbers: dict[str, int] = {}
        self._used, self._rows = 0, 8
        self.begin, self.end = array("i", bytes(4 * 256 * 8)), array("i", bytes(4 * 256 * 8))
        self.trail, self.bits = array("i", bytes(4 * 256)), array("d", bytes(8 * 256))
        self._room = 256
        self.third = array("i", bytes(4 * 8))

    def number(self, reading: str) -> int:
        """The number of a reading, whose tables are filled."""
        known = self._numbers.get(reading)
        return self._fill(reading) if known is None else known

    def _fill(self, reading: str) -> int:
        number = self._numbers[reading] = len(self._numbers)
        if number >= self._rows:
            self._rows *= 2
            self.begin, self.end = doubled("i", self.begin), doubled("i", self.end)
            self.third = doubled("i", self.third)
        self.third[number] = self._third_of(self._annotated(reading))
        matched = self._matched(reading)
        for lead in range(256):
            self.begin[256 * number + lead] = self._used
            for trail, bits in matched.get(lead, ()):
                if self._used >= self._room:
                    self._room *= 2
                    self.trail, self.bits = doubled("i", self.trail), doubled("d", self.bits)
                self.trail[self._used], self.bits[self._used] = trail, bits
                self._used += 1
            self.end[256 * number + lead] = self._used
        return number
