"""Characters of which bytes were lost together with bytes of the next, and what may follow them.

Compiled where there is a C compiler (see `setup.py`); `halves.pxd` says which types it takes then.
"""

from __future__ import annotations

from zsparkcrawl.repair.lattice.facts import RESUMES
from zsparkcrawl.repair.lattice.guesses import TRAIL, Guesses
from zsparkcrawl.repair.lattice.making import Making
from zsparkcrawl.repair.lattice.nodes import Kept, Nodes
from zsparkcrawl.repair.lattice.places import Places
from zsparkcrawl.repair.lattice.readings import Readings

__all__ = ["LOST", "MOST_TWICE", "Halves"]

LOST = 0.5
"""Bits against a byte that shows as lost. What was there decides whether it was lost, so the bits of the characters
are nearly all there is to say; the rest is that not every decoder loses bytes in this way."""
_VANISHED = 0.0
"""Bits against a pair of bytes that was lost without a trace: what was there decides that, as above."""
_MOST_UNASSIGNED = 12
"""How many characters are tried for the first and for the second of two that lost a byte each."""
_MOST_UNKNOWN = 16
"""… and where three or more lost a byte each, of which only the last is told by what follows."""
MOST_TWICE = 24
"""How many readings with two lost pairs are gone on with."""
_DROPPED = 5.0
"""Bits against a byte that was dropped where neither a cut nor a "?" accounts for it."""
_LOST, _RESUMES, _TRAIL = LOST, RESUMES, TRAIL
_MOST_TWICE = MOST_TWICE
_REPLACED = 0xFFFD


class Halves(Making):
    """Makes nodes where a pair of bytes was lost: the first half of it ends one character, the second begins the next.

    ``orphan_gone``, ``pair_gone``: bits against a byte before a cut, or a pair of bytes, that left no trace.
    """

    def __init__(
        self,
        places: Places,
        guesses: Guesses,
        readings: Readings,
        wrong_quote: float,
        orphan_gone: float,
        pair_gone: float,
    ) -> None:
        super().__init__(places, guesses, Nodes(), wrong_quote)
        self._readings = readings
        self._orphan_gone, self._pair_vanished = LOST + orphan_gone, _VANISHED + pair_gone
        self.dropped = _DROPPED
        self._kept = Kept(self.nodes)

    def _any_below(self, begin: int, limit: float) -> bool:
        for at in range(begin, self.count):
            if self.nodes.cost[self.out[at]] < limit:
                return True
        return False

    def _halves(self, path: int, end: int, cost: float) -> None:
        """Push characters begun by the byte carried, whose second byte was lost with the first of the next."""
        guesses, bottom = self.guesses, self.top
        number = guesses.of(self.nodes.carry[path], self.nodes.first[path], self.nodes.second[path])
        for at in range(guesses.begin[number], guesses.end[number]):
            if self.top - bottom >= _MOST_UNASSIGNED:
                break
            if self.facts.may_vanish(guesses.char[at]):
                self.push(self.guessed(path, guesses.char[at], guesses.bits[at], -1, end, cost))

    def _second_halves(self, bottom: int, top: int, end: int, cost: float) -> None:
        """Push a second such character behind each first, of which no byte is known; where pinyin tells the third, that
        tells as well which are likely."""
        nodes, guesses, kept, third = self.nodes, self.guesses, self._kept, 0
        if self.places.straddle(end):
            third = self._readings.third[self._readings.number(self.places.reading(end))]
        kept.clear()
        for half_at in range(bottom, bottom + self.least(self.stack, bottom, top, _MOST_UNKNOWN)):
            half = self.stack[half_at]
            number = guesses.unknown(self._second_byte(half), nodes.first[half], nodes.second[half], third)
            for at in range(guesses.begin[number], guesses.end[number]):
                if self.facts.may_vanish(guesses.char[at]):
                    node = self.guessed(half, guesses.char[at], guesses.bits[at], -1, end, cost)
                    kept.keep(nodes.context(node), node)
        count = kept.count if third else self.least(kept.node, 0, kept.count, _MOST_TWICE)
        for at in range(count):
            self.push(kept.node[at])

    def _second_byte(self, half: int) -> int:
        return self.facts.gbk[self.nodes.last[half]] & 255

    def _is_ordinary(self, place: int) -> bool:
        """Whether a character of two bytes stands at a place that can only be read as such."""
        places = self.places
        if place >= places.length or places.hopeless[place] or places.own_annotation(place):
            return False
        code = places.codes[place]
        if code >= 0x10000 or self.facts.gbk[code] <= 0xFF or places.mark_of(code):
            return False
        return not self.facts.is_kind(code, _RESUMES)

    def _taken_up_by(self, half: int, end: int) -> None:
        """The same where such a character is shown: what it completes was guessed, so its bits are known."""
        nodes, facts, guesses, trail = self.nodes, self.facts, self.guesses, self._second_byte(half)
        both = facts.gbk[self.places.codes[end]]
        carry = both & 255
        number = guesses.of(_TRAIL + (both >> 8), nodes.first[half], nodes.second[half])
        left = _MOST_UNASSIGNED
        for at in range(guesses.begin[number], guesses.end[number]):
            char = guesses.char[at]
            if not left or nodes.cost[half] + guesses.bits[at] >= self.limit:
                break
            if not facts.gap(trail, facts.gbk[char] >> 8):
                continue
            left -= 1
            if 0x81 <= carry <= 0xFE:
                cost = nodes.cost[half] + guesses.bits[at]
                self.step(nodes.add(half, char, facts.plain[char], end + 1, carry, cost))
            elif carry < 0x7F:
                self.step(self.emit_two(half, char, carry, end + 1))

    def _push_leads(self, half: int, end: int, straddled: int) -> bool:
        """Push the lead bytes with which what is shown may go on; whether its first byte is known."""
        places, facts, trail, bottom = self.places, self.facts, self._second_byte(half), self.top
        if straddled:
            readings = self._readings
            row = 256 * readings.number(places.reading(end))
            for lead in range(0x81, 0xFF):
                if facts.gap(trail, lead) and readings.begin[row + lead] < readings.end[row + lead]:
                    self.push(lead)
            return False
        if end >= places.length or places.mark(end) or places.codes[end] == _REPLACED:
            return False
        code = places.codes[end]
        byte = facts.gbk[code] if code < 0x10000 else 0
        byte = byte >> 8 if byte > 0xFF else byte
        left = _MOST_UNASSIGNED
        if byte >= 0x40:
            left = self._push_fitting(half, trail, byte, left, bottom)
        if places.is_narrowed(end):
            self._push_fitting(half, trail, 0xA3, left, bottom)
            return True
        return byte >= 0x40

    def _push_fitting(self, half: int, trail: int, byte: int, left: int, bottom: int) -> int:
        guesses = self.guesses
        number = guesses.of(_TRAIL + byte, self.nodes.first[half], self.nodes.second[half])
        for at in range(guesses.begin[number], guesses.end[number]):
            lead = self.facts.gbk[guesses.char[at]] >> 8
            if left and self.facts.gap(trail, lead):
                left -= 1
                if not self._is_pushed(lead, bottom):
                    self.push(lead)
        return left

    def _is_pushed(self, lead: int, bottom: int) -> bool:
        for at in range(bottom, self.top):
            if self.stack[at] == lead:
                return True
        return False

    def _taken_up_lost(self, half: int, end: int) -> None:
        """… and its second byte was lost as well: the odd one before a cut or a line end, or one that shows as lost."""
        guesses, nodes = self.guesses, self.nodes
        shows = self.places.is_loss(end)
        cost = _LOST if shows else self._dropped(end)
        swallowed = shows and self.places.swallows(end)
        place = end + 1 if shows else end
        number = guesses.unknown(self._second_byte(half), nodes.first[half], nodes.second[half], 0)
        for at in range(guesses.begin[number], min(guesses.end[number], guesses.begin[number] + _MOST_UNASSIGNED)):
            node = self.guessed(half, guesses.char[at], guesses.bits[at], -1, place, cost)
            if swallowed:
                self.swallow(node)
            else:
                self.step(node)

    def _dropped(self, place: int) -> float:
        """Bits against an odd byte that was dropped without a trace before what is shown at a place."""
        return self._orphan_gone if self.places.mark(place) else _DROPPED
