"""The tables of the likelihood model as whole numbers, in eighths of a bit.

Compiled where there is a C compiler (see `setup.py`); `grams.pxd` says which types it takes then.
"""

from __future__ import annotations

from array import array

__all__ = ["BACKOFF_ZERO", "Grams"]

BACKOFF_ZERO = 64
"""A back-off can be below zero: the byte that means 0."""
_ZERO = BACKOFF_ZERO


class Grams:
    """What characters cost behind one or two others. Characters are known by their numbers in the tables; -1 is none.

    For each character: its cost alone and as a continuation, its back-off, where its pairs begin; for each pair: its
    second character, cost, back-off, where its triples begin; for each triple: its third character, cost.
    """

    def __init__(
        self, single: tuple[array[int], ...], pairs: tuple[array[int], ...], triples: tuple[array[int], ...]
    ) -> None:
        self.following, self.backoff, self.first = single
        self.second, self.pair_cost, self.pair_backoff, self.begin = pairs
        self.third, self.triple_cost = triples
        self.size = len(self.following)
        self._order = array("i", bytes(4 * self.size))
        self._sorted = array("i", bytes(4 * len(self.second)))
        self._is_sorted = array("b", bytes(self.size))
        self._starts = array("i", bytes(4 * 257))
        self._low = self._end = self.less = 0
        self._next_pair = self._end_pair = self._next_triple = self.ranked_cost = 0

    def pair(self, first: int, second: int) -> int:
        """The place of a pair in the tables, -1 when the model has not seen it."""
        low, end = self.first[first], self.first[first + 1]
        high = end
        while low < high:
            middle = (low + high) >> 1
            if self.second[middle] < second:
                low = middle + 1
            else:
                high = middle
        return low if low < end and self.second[low] == second else -1

    def eighths(self, first: int, second: int, third: int) -> int:
        """Eighths of a bit of the third character behind two others; the first may be -1."""
        less = 0
        if first >= 0:
            pair = self.pair(first, second)
            if pair >= 0:
                low, end = self.begin[pair], self.begin[pair + 1]
                if low < end:
                    known = self._triple(third, low, end)
                    if known >= 0:
                        return known
                    less = self.pair_backoff[pair] - _ZERO
        pair = self.pair(second, third)
        if pair >= 0:
            return less + self.pair_cost[pair]
        return less + self.backoff[second] - _ZERO + self.following[third]

    def total(self, numbers: list[int], known: int, start: int) -> int:
        """Eighths of a bit of all characters of a text from place ``known`` on; ``start`` stands for a line's start."""
        eighths, first, second = 0, -1, start
        for place in range(len(numbers)):
            third = numbers[place]
            if place >= known:
                eighths += self.eighths(first, second, third)
            first, second = second if place else -1, third
        return eighths

    def behind_one(self, second: int, third: int) -> int:
        """Eighths of a bit of a character behind one other, where nothing is known of what stands before that."""
        pair = self.pair(second, third)
        return self.pair_cost[pair] if pair >= 0 else self.backoff[second] - _ZERO + self.following[third]

    def stand_behind(self, first: int, second: int) -> None:
        """Get ready for many questions about what stands behind two characters: see `triple_here`."""
        self._low = self._end = self.less = 0
        pair = self.pair(first, second) if first >= 0 else -1
        if pair >= 0:
            self._low, self._end = self.begin[pair], self.begin[pair + 1]
            if self._low < self._end:
                self.less = self.pair_backoff[pair] - _ZERO

    def triple_here(self, third: int) -> int:
        """Eighths of a bit of a character that is known behind those two; -1 when it is known behind the second only,
        or not at all, and costs `less` more than behind the second alone."""
        return self._triple(third, self._low, self._end)

    def _triple(self, third: int, low: int, end: int) -> int:
        """What a character costs of those whose triples stand between two places; -1 when it is none of them."""
        high = end
        while low < high:
            middle = (low + high) >> 1
            if self.third[middle] < third:
                low = middle + 1
            else:
                high = middle
        return self.triple_cost[low] if low < end and self.third[low] == third else -1

    def rank(self, first: int, second: int) -> None:
        """Get ready to be asked for the characters seen behind two others, the likeliest first: see `next_ranked`."""
        if not self._is_sorted[second]:
            self._is_sorted[second] = 1
            begin = self.first[second]
            self._sort(self.pair_cost, begin, self.first[second + 1], self._sorted, begin)
        self.stand_behind(first, second)
        self._sort(self.triple_cost, self._low, self._end, self._order, 0)
        self._next_pair, self._end_pair = self.first[second], self.first[second + 1]
        self._next_triple = 0

    def next_ranked(self) -> int:
        """The next character by the last `rank`; -1 when there is none. `ranked_cost` is what it costs behind the
        second alone, in eighths, unless it is known behind both."""
        while self._next_pair < self._end_pair:
            pair = self._sorted[self._next_pair]
            if self._next_triple < self._end - self._low:
                triple = self._order[self._next_triple]
                if self.triple_cost[triple] <= self.less + self.pair_cost[pair]:
                    self._next_triple += 1
                    return self.third[triple]
            self._next_pair += 1
            if self.triple_here(self.second[pair]) < 0:
                self.ranked_cost = self.pair_cost[pair]
                return self.second[pair]
        if self._next_triple < self._end - self._low:
            self._next_triple += 1
            return self.third[self._order[self._next_triple - 1]]
        return -1

    def _sort(self, costs: array[int], begin: int, end: int, into: array[int], place: int) -> None:
        """Write places from ``begin`` to ``end`` into an array, from a place on, the least costs first."""
        starts = self._starts
        for cost in range(257):
            starts[cost] = 0
        for one in range(begin, end):
            starts[costs[one] + 1] += 1
        for cost in range(256):
            starts[cost + 1] += starts[cost]
        for one in range(begin, end):
            into[place + starts[costs[one]]] = one
            starts[costs[one]] += 1
