"""How often each run of one, two and three characters stands in a text.

Compiled where there is a C compiler (see `setup.py`); `runs.pxd` says which types it takes then.
"""

from __future__ import annotations

from array import array

from zsparkcrawl.chinese.script import plain_numbers, simplified_of
from zsparkcrawl.chinese.slots import Slots, code_points

__all__ = ["Runs"]


class Runs:
    """The runs of a text, in Simplified. ``room``: how many may be added. ``ones``: times by code point below 65,536.

    >>> runs = Runs("園區的园")
    >>> runs.times("园"), runs.times("园区"), runs.times("区的园"), runs.times("区园")
    (2, 1, 1, 0)
    """

    def __init__(self, text: str, room: int = 0) -> None:
        self.length = len(text)
        room += self.length
        self.ones = array("i", bytes(4 * 0x10000))
        self._far: dict[int, int] = {}
        self._pairs, self._triples = Slots(room // 2), Slots(room)
        self._pair_times, self._triple_times = array("i", bytes(4 * room)), array("i", bytes(4 * room))
        self._count(code_points(text), plain_numbers())

    def times(self, run: str) -> int:
        """How often a run of one to three characters stands there; 0 for another length."""
        if len(run) == 1:
            return self.one(ord(run))
        if len(run) == 2:
            return self.two(ord(run[0]), ord(run[1]))
        return self.three(ord(run[0]), ord(run[1]), ord(run[2])) if len(run) == 3 else 0

    def one(self, code: int) -> int:
        """How often a character stands there, by code point."""
        return self.ones[code] if code < 0x10000 else self._far.get(code, 0)

    def two(self, first: int, second: int) -> int:
        """How often a run of two stands there."""
        slot = self._pairs.find(first << 21 | second)
        return self._pair_times[slot] if slot >= 0 else 0

    def three(self, first: int, second: int, third: int) -> int:
        """How often a run of three stands there."""
        slot = self._triples.find(first << 42 | second << 21 | third)
        return self._triple_times[slot] if slot >= 0 else 0

    def add(self, run: str, times: int) -> None:
        """Count a run of one to three characters some times more."""
        codes = [ord(char) for char in run]
        if len(codes) == 1:
            self.length += times
            self._add_one(codes[0], times)
        elif len(codes) == 2:
            self._pair_times[self._pairs.add(codes[0] << 21 | codes[1])] += times
        elif len(codes) == 3:
            self._triple_times[self._triples.add(codes[0] << 42 | codes[1] << 21 | codes[2])] += times

    def _count(self, codes: array[int], plain: array[int]) -> None:
        first, second = -1, -1
        for place in range(self.length):
            third = codes[place]
            third = plain[third] if third < 0x10000 else self._plain_far(third)
            if third < 0x10000:
                self.ones[third] += 1
            else:
                self._add_one(third, 1)
            if second >= 0:
                self._pair_times[self._pairs.add(second << 21 | third)] += 1
                if first >= 0:
                    self._triple_times[self._triples.add(first << 42 | second << 21 | third)] += 1
            first, second = second, third

    def _add_one(self, code: int, times: int) -> None:
        if code < 0x10000:
            self.ones[code] += times
        else:
            self._far[code] = self._far.get(code, 0) + times

    def _plain_far(self, code: int) -> int:
        char = chr(code)
        return ord(simplified_of().get(char, char))
