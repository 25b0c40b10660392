"""Lists of characters that may be put in for lost bytes, with their bits, each worked out once for a page.

Compiled where there is a C compiler (see `setup.py`); `guesses.pxd` says which types it takes then.
"""

from __future__ import annotations

from array import array
from collections.abc import Callable

from zsparkcrawl.chinese.slots import Slots, doubled
from zsparkcrawl.repair.lattice.bits import Bits

__all__ = ["TRAIL", "Guesses"]

TRAIL = 256
"""Added to a byte where it is the trail byte that is known."""
_UNKNOWN = 512
"""Added to a byte where it is only known that it makes no character with the lead byte of the next."""
_FORMS, _FIRST = 16, 12
_ROOM = 512
_KEPT = 400_000
"""Characters in all lists beyond which they are forgotten before the next search. Chosen."""


class Guesses:
    """The lists of a page: list ``number`` is `char` and `bits` from ``begin[number]`` up to ``end[number]``.

    ``before`` tells the characters behind which one is likely. ``most`` and ``far``: how many characters a list has,
    and how many bits the likeliest may be ahead of the last of them; ``most_unknown`` where nothing of them is known.
    """

    def __init__(
        self,
        bits: Bits,
        before: Callable[[str], tuple[str, ...]],
        most: int,
        far: float,
        most_unknown: int,
    ) -> None:
        self.costs, self.facts = bits, bits.facts
        self._before = before
        self._most, self._far, self._most_unknown = most, far, most_unknown
        self._thirds: list[tuple[str, ...]] = [()]
        self._slots = Slots(_ROOM)
        self._used, self._room, self._char_room = 0, _ROOM, 8 * _ROOM
        self.begin, self.end = array("i", bytes(4 * _ROOM)), array("i", bytes(4 * _ROOM))
        self.char, self.bits = array("i", bytes(4 * 8 * _ROOM)), array("d", bytes(8 * 8 * _ROOM))
        self._found = array("i", bytes(4 * 256))
        self._found_bits = array("d", bytes(8 * 256))

    def trim(self) -> None:
        """Forget the lists when there are many."""
        if self._used > _KEPT:
            self._slots.clear()
            self._used = 0

    def of(self, which: int, first: int, second: int) -> int:
        """The list of those with a lead byte, or, `TRAIL` added, with a trail byte, the likeliest first."""
        key = (which << 42) | ((first + 1) << 21) | (second + 1)
        number = self._slots.find(key)
        if number < 0:
            number = self._begin(key)
            self._fill(which, first, second)
            self.end[number] = self._used
        return number

    def unknown(self, trail: int, first: int, second: int, third: int) -> int:
        """The list of those of which no byte is known, but that their first makes no character behind ``trail``: those
        likely there, or before one of what `third_of` gave the number ``third`` to. Behind the first twelve only those
        that may vanish, for no others are asked for."""
        key = ((_UNKNOWN + (third << 8) + trail) << 42) | ((first + 1) << 21) | (second + 1)
        number = self._slots.find(key)
        if number < 0:
            number = self._begin(key)
            self._fill_unknown(trail, first, second)
            if third:
                self._fill_before(trail, third, self.begin[number])
            self.end[number] = self._used
        return number

    def third_of(self, chars: tuple[str, ...]) -> int:
        """A number for some characters, 0 for none."""
        if chars not in self._thirds:
            self._thirds.append(chars)
        return self._thirds.index(chars)

    def _fill(self, which: int, first: int, second: int) -> None:
        facts, costs, found, found_bits = self.facts, self.costs, self._found, self._found_bits
        facts.ask_likely(which)
        costs.stand_behind(first, second)
        count, least = 0, 1e9
        behind = facts.behind_at(which, costs.second_number, costs.grams) - facts.likely_at[which]
        for place in range(facts.likely_at[which], facts.likely_end[which]):
            code = facts.likely[place]
            if costs.is_bare[code] or costs.is_pause:
                bits = costs.here_by_code(code, facts.behind[behind + place])
            else:
                number, plain = facts.likely_number[place], facts.likely_plain[place]
                bits = costs.here(number, plain, facts.likely_against[place], facts.behind[behind + place])
            if bits >= least + self._far:
                continue
            least = min(least, bits)
            at = count
            while at and found_bits[at - 1] > bits:
                found[at], found_bits[at] = found[at - 1], found_bits[at - 1]
                at -= 1
            found[at], found_bits[at] = code, bits
            count += 1
        for at in range(min(count, self._most)):
            if found_bits[at] < least + self._far:
                self._add(found[at], found_bits[at])

    def _fill_unknown(self, trail: int, first: int, second: int) -> None:
        facts, costs, grams = self.facts, self.costs, self.costs.grams
        costs.stand_behind(first, second)
        grams.rank(costs.first_number, costs.second_number)
        seen, number = 0, grams.next_ranked()
        while number >= 0 and seen < self._most_unknown:
            for form in range(facts.ask_written(number)):
                code = facts.written[_FORMS * number + form]
                if facts.gap(trail, facts.gbk[code] >> 8) and seen < self._most_unknown:
                    seen += 1
                    if seen <= _FIRST or facts.may_vanish(code):
                        self._add_unknown(code, number)
            number = grams.next_ranked()

    def _add_unknown(self, code: int, number: int) -> None:
        grams, eighths = self.costs.grams, self.costs.grams.ranked_cost
        if self.facts.number[code] != number:
            eighths = grams.behind_one(self.costs.second_number, self.facts.number[code])
        self._add(code, self.costs.here_by_code(code, eighths))

    def _fill_before(self, trail: int, third: int, begin: int) -> None:
        for one in self._thirds[third]:
            for char in self._before(one):
                code = ord(char)
                if self.facts.gap(trail, self.facts.gbk[code] >> 8) and not self._has(code, begin):
                    eighths = self.costs.grams.behind_one(self.costs.second_number, self.facts.ask(code))
                    self._add(code, self.costs.here_by_code(code, eighths))

    def _has(self, code: int, begin: int) -> bool:
        for place in range(begin, self._used):
            if self.char[place] == code:
                return True
        return False

    def _begin(self, key: int) -> int:
        number = self._slots.add(key)
        if number >= self._room:
            self._room *= 2
            self.begin, self.end = doubled("i", self.begin), doubled("i", self.end)
        self.begin[number] = self._used
        return number

    def _add(self, code: int, bits: float) -> None:
        if self._used >= self._char_room:
            self._char_room *= 2
            self.char, self.bits = doubled("i", self.char), doubled("d", self.bits)
        self.char[self._used], self.bits[self._used] = code, bits
        self._used += 1
