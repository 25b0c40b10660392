"""A table from whole numbers to the order in which they came, and texts as whole numbers.

Compiled where there is a C compiler (see `setup.py`); `slots.pxd` says which types it takes then.
"""

from __future__ import annotations

import sys
from array import array
from typing import Any

__all__ = ["Slots", "code_points", "doubled"]

_UTF_32 = "utf-32-le" if sys.byteorder == "little" else "utf-32-be"


def code_points(text: str) -> array[int]:
    """The numbers of a text's characters.

    >>> code_points("园区").tolist() == [ord("园"), ord("区")]
    True
    """
    return array("I", text.encode(_UTF_32, "surrogatepass"))


def doubled(kind: str, numbers: array[int] | array[float]) -> array[Any]:
    """An array twice as long that begins as this one.

    >>> doubled("i", array("i", [1, 2]))[:2].tolist()
    [1, 2]
    """
    longer = array(kind)
    for _ in range(2):
        longer.frombytes(memoryview(numbers).cast("B"))
    return longer


class Slots:
    """Numbers each key from 0 in the order in which the keys come. A key is at least 0 and below 2**63.

    >>> slots = Slots(4)
    >>> slots.add(70), slots.add(90), slots.add(70), slots.find(90), slots.find(80), slots.count
    (0, 1, 0, 1, -1, 2)
    """

    def __init__(self, room: int) -> None:
        size = 16
        while size < 2 * room:
            size *= 2
        self.count = 0
        self._mask = size - 1
        self._keys = array("q", bytes(8 * size))
        self._places = array("i", bytes(4 * size))  # the slot and one; 0 where nothing is
        self._taken = array("i", bytes(2 * size + 4))  # the place of each slot

    def find(self, key: int) -> int:
        """The slot of a key; -1 when it has none."""
        place = self._place(key)
        while self._places[place]:
            if self._keys[place] == key:
                return self._places[place] - 1
            place = (place + 1) & self._mask
        return -1

    def add(self, key: int) -> int:
        """The slot of a key; the next one, which is `count` before, when the key is new."""
        place = self._place(key)
        while self._places[place]:
            if self._keys[place] == key:
                return self._places[place] - 1
            place = (place + 1) & self._mask
        self._keys[place] = key
        self._taken[self.count] = place
        self.count += 1
        self._places[place] = self.count
        if 2 * self.count > self._mask:
            self._grow()
        return self.count - 1

    def clear(self) -> None:
        """Forget all keys."""
        for slot in range(self.count):
            self._places[self._taken[slot]] = 0
        self.count = 0

    def _place(self, key: int) -> int:
        # Both factors are so small that no machine's product overflows.
        return (((key ^ (key >> 29)) & 0x7FFFFFFF) * 0x5E3779B1 >> 30) & self._mask

    def _grow(self) -> None:
        keys, taken = self._keys, self._taken
        size = 2 * (self._mask + 1)
        self._mask = size - 1
        self._keys = array("q", bytes(8 * size))
        self._places = array("i", bytes(4 * size))
        self._taken = array("i", bytes(2 * size + 4))
        for slot in range(self.count):
            key = keys[taken[slot]]
            place = self._place(key)
            while self._places[place]:
                place = (place + 1) & self._mask
            self._keys[place] = key
            self._places[place] = slot + 1
            self._taken[slot] = place
