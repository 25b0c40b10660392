"""How often each run of one, two and three characters stands in a text.

Compiled where there is a C compiler (see `setup.py`); `runs.pxd` says which types it takes then.
"""

from __future__ import annotations

from array import array

from zsparkcrawl.chinese.script import plain_numbers, simplified_of
from zsparkcrawl.chinese.slots import Slots, code_points

__all__ = ["Runs"]


class Runs:
    """The runs of a text, in Simplified. ``room``: how many may be added.

    >>> runs = Runs("園區的园")
    >>> runs.times("园"), runs.times("园区"), runs.times("区的园"), runs.times("区园")
    (2, 1, 1, 0)
    """

    def __init__(self, text: str, room: int = 0) -> None:
        self.length = len(text)
        self._slots = Slots(2 * self.length + room)
        self._times = array("i", bytes(4 * (3 * self.length + room)))
        self._count(code_points(text), plain_numbers())

    def times(self, run: str) -> int:
        """How often a run of one to three characters stands there; 0 for another length."""
        if not 0 < len(run) <= 3:
            return 0
        slot = self._slots.find(_key(run))
        return self._times[slot] if slot >= 0 else 0

    def add(self, run: str, times: int) -> None:
        """Count a run of one to three characters some times more."""
        self._times[self._slots.add(_key(run))] += times
        if len(run) == 1:
            self.length += times

    def of(self, first: int, second: int, third: int) -> int:
        """The same by code points; those that are missing are -1 and come first."""
        slot = self._slots.find(((first + 1) << 42) | ((second + 1) << 21) | (third + 1))
        return self._times[slot] if slot >= 0 else 0

    def _count(self, codes: array[int], plain: array[int]) -> None:
        first, second = -1, -1
        for place in range(self.length):
            third = codes[place]
            third = plain[third] if third < 0x10000 else self._far(third)
            self._count_one(third + 1)
            if second >= 0:
                self._count_one(((second + 1) << 21) | (third + 1))
                if first >= 0:
                    self._count_one(((first + 1) << 42) | ((second + 1) << 21) | (third + 1))
            first, second = second, third

    def _far(self, code: int) -> int:
        char = chr(code)
        return ord(simplified_of().get(char, char))

    def _count_one(self, key: int) -> None:
        self._times[self._slots.add(key)] += 1


def _key(run: str) -> int:
    key = 0
    for char in run:
        key = key << 21 | (ord(char) + 1)
    return key
