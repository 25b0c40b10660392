"""How a path goes on: the ways in which a character read one byte off, or a byte lost, can be what was there.

Compiled where there is a C compiler (see `setup.py`); `steps.pxd` says which types it takes then.
"""

from __future__ import annotations

from zsparkcrawl.repair.lattice.facts import RESUMES
from zsparkcrawl.repair.lattice.halves import LOST, MOST_TWICE, Halves

__all__ = ["Steps"]

_FLUENT = 6.0
"""Bits of one character above which bytes are thought of that vanished before it."""
_FLUENT_TWICE = 6.0
"""Bits of two characters with such a pair between them above which two pairs are thought of."""
_LOST, _MOST_TWICE, _RESUMES = LOST, MOST_TWICE, RESUMES


class Steps(Halves):
    """The steps of paths over one shown text: after `of` they are ``out`` up to ``count``."""

    def of(self, path: int, doubt: bool) -> None:
        """All ways in which a path goes on by one character shown. With ``doubt``, also those in which a pair vanished
        before it, unless what is shown goes on well enough; two pairs where one does not help."""
        self.count = 0
        self._plain(path)
        if doubt and not self._goes_on(self.nodes.cost[path] + _FLUENT):
            self._behind_lost(path)

    def _goes_on(self, limit: float) -> bool:
        """Whether one of the steps costs less than so many bits. One back in step beyond a byte that shows as lost
        counts with the character that follows, for with 40 characters to choose from one is always fluent: what follows
        tells whether it was that."""
        nodes, places = self.nodes, self.places
        for at in range(self.count):
            node = self.out[at]
            place, cost = nodes.place[node], nodes.cost[node]
            is_back = nodes.carry[node] < 0 and place < places.length
            if is_back and places.is_loss(place - 1) and not places.is_loss(place):
                cost += self.costs.of(places.codes[place], nodes.first[node], nodes.second[node])
            if cost < limit:
                return True
        return False

    def _plain(self, path: int) -> None:
        nodes, places = self.nodes, self.places
        place, carry = nodes.place[path], nodes.carry[path]
        if place >= places.length:
            self.guess(path, carry, -1, place, self.dropped, False)
            return
        if places.hopeless[place]:
            return
        end = places.own_annotation(place)
        if end:
            self.step(nodes.move(path, end, carry, nodes.cost[path], nodes.inferred[path] != 0))
            return
        end = places.straddle(place)
        if end:
            self._straddled(path, place, end)
            return
        code = places.codes[place]
        if places.is_loss(place):
            # A "?" that swallowed an ASCII byte, or stands for an orphan before a mark; a U+FFFD that swallowed none.
            self.guess(path, carry, -1, place + 1, _LOST, places.swallows(place))
            self._lone_byte(path, place + 1)
            self._replaced_pair(path, place + 1)
        if self.facts.is_kind(code, _RESUMES):
            self.guess(path, carry, -1, place, self._dropped(place), False)
        self._shown(path, place, code)

    def _straddled(self, path: int, place: int, end: int) -> None:
        """Pinyin inside a character; where more of it stands there at once, it goes on from that."""
        nodes, readings, carry = self.nodes, self._readings, self.nodes.carry[path]
        row = 256 * readings.number(self.places.reading(place)) + carry
        again = self.places.straddle(end)
        row_again = 256 * readings.number(self.places.reading(end)) if again else 0
        for at in range(readings.begin[row], readings.end[row]):
            trail, bits = readings.trail[at], readings.bits[at]
            char = self.facts.characters[carry << 8 | trail]
            node = self.emit(path, char, -1, end, bits - self.costs.bare(char))
            if bits > 0:
                nodes.inferred[node] = 1
            if not again:
                self.step(node)
                continue
            for one in range(readings.begin[row_again + trail], readings.end[row_again + trail]):
                more = readings.bits[one]
                inferred = nodes.inferred[node] != 0 or more > 0
                self.step(nodes.move(node, again, readings.trail[one], nodes.cost[node] + more, inferred))

    def _shown(self, path: int, place: int, code: int) -> None:
        """What is shown is a character read one byte off: the byte carried takes its first byte."""
        places, facts = self.places, self.facts
        mark = places.mark_of(code)
        both = (0xA3 << 8 | mark) if mark else facts.gbk[code] if code < 0x10000 else 0
        if both > 0xFF:
            self._shown_pair(path, place, both >> 8, both & 255)
        elif both >= 0x40:
            char = facts.characters[self.nodes.carry[path] << 8 | both]
            if char:
                annotated = places.annotation(place + 1) and places.reads(char, place + 1)
                self.step(self.emit(path, char, -1, place + 1, -self.costs.bare(char) if annotated else 0.0))
        elif both or code == 0:
            self.guess(path, self.nodes.carry[path], -1, place, self.dropped, False)
        if both <= 0xFF and places.is_narrowed(place):
            self._shown_pair(path, place, 0xA3, 0x80 | both)

    def _shown_pair(self, path: int, place: int, lead: int, trail: int) -> None:
        char = self.facts.characters[self.nodes.carry[path] << 8 | lead]
        if not char:
            return
        if 0x81 <= trail <= 0xFE:
            self.step(self.emit(path, char, trail, place + 1, 0.0))
        elif trail < 0x7F:
            self.step(self.emit_two(path, char, trail, place + 1))

    def _lone_byte(self, path: int, end: int) -> None:
        """A trail byte 80 left alone: no lead byte, so it swallows nothing. Its character's own pinyin may follow."""
        char = self.facts.characters[self.nodes.carry[path] << 8 | 0x80]
        if not char:
            return
        behind = self.places.annotation(end)
        if behind and self.places.reads(char, end):
            self.step(self.emit(path, char, -1, behind, -self.costs.bare(char)))
        else:
            node = self.emit(path, char, -1, end, _LOST)
            self.nodes.inferred[node] = 1
            self.step(node)

    def _replaced_pair(self, path: int, end: int) -> None:
        """A "?" or U+FFFD that stands for two bytes to which GBK gives no character, or two of them for four."""
        bottom = self.top
        self._halves(path, end, _LOST)
        top = self.top
        for at in range(bottom, top):
            self._taken_up(self.stack[at])
        if self.places.is_loss(end) and not self.places.straddle(end):
            self._second_halves(bottom, top, end + 1, _LOST)
            for at in range(top, self.top):
                self._taken_up(self.stack[at])
        self.top = bottom

    def _behind_lost(self, path: int) -> None:
        """What is shown follows two bytes that vanished because GBK gives them no character, or four of them."""
        bottom, begin, place = self.top, self.count, self.nodes.place[path]
        self.bound(_MOST_TWICE)
        self._halves(path, place, self._pair_vanished)
        top = self.top
        for at in range(bottom, top):
            self._taken_up(self.stack[at])
        if not self._any_below(begin, self.nodes.cost[path] + _FLUENT_TWICE):
            self._second_halves(bottom, top, place, self._pair_vanished)
            for at in range(top, self.top):
                self._taken_up(self.stack[at])
        self.top = bottom
        self.unbound()

    def _taken_up(self, half: int) -> None:
        """How a path goes on behind a character whose second byte was lost together with the first of the next: what
        is shown must go on from the second byte of that."""
        nodes, places, end, bottom = self.nodes, self.places, self.nodes.place[half], self.top
        if self._is_ordinary(end):
            self._taken_up_by(half, end)
            return
        straddled = places.straddle(end)
        has_first = self._push_leads(half, end, straddled)
        for at in range(bottom, self.top):
            nodes.carry[half] = self.stack[at]
            self._plain(half)
        self.top = bottom
        if places.is_loss(end) and not straddled:
            self._lone_bytes(half, end)
        nodes.carry[half] = -1
        if not straddled and (not has_first or self.facts.is_kind(places.codes[end], _RESUMES)):
            self._taken_up_lost(half, end)

    def _lone_bytes(self, half: int, end: int) -> None:
        """The same where a byte shows as lost: it may be a trail byte 80 behind any of the lead bytes."""
        trail = self._second_byte(half)
        for lead in range(0x81, 0xFF):
            if self.facts.gap(trail, lead):
                self.nodes.carry[half] = lead
                self._lone_byte(half, end + 1)
