"""The search: paths go on character by character, and of those that go on alike the likeliest is kept.

Two paths that stand at the same place, carry the same byte and end in the same two characters go on alike: the cost of
the search grows with the length of the run, not with the number of readings.

Compiled where there is a C compiler (see `setup.py`); `beam.pxd` says which types it takes then.
"""

from __future__ import annotations

from array import array

from zsparkcrawl.chinese.slots import doubled
from zsparkcrawl.repair.lattice.guesses import TRAIL
from zsparkcrawl.repair.lattice.nodes import Kept
from zsparkcrawl.repair.lattice.places import Places
from zsparkcrawl.repair.lattice.steps import Steps
from zsparkcrawl.repair.paths import NEAR, Path, doubted

__all__ = ["Beam"]

_WIDTH = 24
"""Paths kept alive at once."""
_DOUBTED = 6
"""Of how many paths at once it is asked whether a pair vanished: those that lead."""
_DOUBTED_WITHIN = 12.0
"""… by so many bits."""
_DOUBTED_MORE = 2.0
"""… and of which path: one that costs hardly more than the text as it stands."""
_MOST_STEPS = 40_000
"""Steps after which one search takes what it has. Chosen, far above what news takes."""
_STEPS_PER_TEXT, _STEPS_PER_CHARACTER = 300_000, 60
"""Steps for all searches of a text, a bound for text made to last. Chosen likewise."""
_LONGEST = 600
"""Characters after which a run is given up: a bound, far above what is met (the longest of 95 runs had 23)."""
_SLACK = 20.0
"""Bits by which a path may cost more than the text as it stands before it is given up: text read one byte off costs
some 12 bits a character more (19.5 against 7.2 in the median), so that a false alarm dies after a few characters."""
_ENDS = 12
"""Paths that are compared of those that fall into step at one place."""
_REACH = 1_024
"""Characters from its beginning that a search may reach: more than the longest run and what may stand behind it."""
_OPENING, _CLOSING, _TRAIL = 0x201C, 0x201D, TRAIL


class Beam:
    """The searches in one text. After `search` the paths that fell into step again are ``ended`` up to ``count``, the
    likeliest of each place.

    ``left_open``: bits against a quotation that the next one, or the end of the paragraph, finds open.
    """

    def __init__(self, places: Places, steps: Steps, left_open: float) -> None:
        self.places, self.steps, self.nodes, self._left_open = places, steps, steps.nodes, left_open
        self._going, self._fallen = Kept(self.nodes), Kept(self.nodes)
        self._steps_left = _STEPS_PER_TEXT + _STEPS_PER_CHARACTER * places.length
        self._standing = array("d", bytes(8 * _REACH))
        self._start = self._known = self._begun = 0
        self._paths, self._more = array("i", bytes(4 * _REACH)), array("d", bytes(8 * _REACH))
        self.count, self._room = 0, _REACH
        self.ended, self._weights = array("i", bytes(4 * _REACH)), array("d", bytes(8 * _REACH))
        self._sorted, self._sizes = array("i", bytes(4 * _REACH)), array("i", bytes(4 * _REACH))
        self._begins, self._order = array("i", bytes(4 * _REACH)), array("i", bytes(4 * _REACH))

    def clear(self) -> None:
        """Get ready for a search: what is known of the last one is forgotten."""
        self.nodes.clear()
        self.steps.guesses.trim()
        self._begun = 0

    def begin(self, place: int, carry: int, context: tuple[int, int], cost: float, is_open: bool) -> None:
        """A beginning of the next search; ``is_open``: whether a quotation is open there."""
        node = self.nodes.begin(place, carry, context[0], context[1], cost, cost > 0, is_open)
        self._paths[self._begun] = node
        self._begun += 1

    def begin_cut(self, place: int, context: tuple[int, int], cost: float, was_open: bool, is_open: bool) -> None:
        """Beginnings at a mark that is none: its first byte belongs to the character before, whose lead byte was lost.

        ``was_open``: whether a quotation was open where the last search began.
        """
        nodes, steps = self.nodes, self.steps
        carry = self.places.mark(place)
        first = nodes.begin(place + 1, carry, context[0], context[1], cost, True, was_open)
        steps.count = 0
        steps.guess(first, _TRAIL + 0xA3, carry, place + 1, 0.0, False)
        for at in range(steps.count):
            node = steps.out[at]
            if nodes.char[node] != _OPENING and nodes.char[node] != _CLOSING:
                nodes.open[node] = is_open
            self._paths[at] = node
        self._begun = steps.count

    def search(self, start: int) -> int:
        """Follow the beginnings from a place on; how many paths fell into step again."""
        self._start, self._known, self._standing[0] = start, 0, 0.0
        self._fallen.clear()
        most = self._steps_left - min(_MOST_STEPS, self._steps_left)
        count = self._begun
        for rank in range(count):
            self._more[rank] = self._above(self._paths[rank])
        while count and self._steps_left > most:
            self._advance(count)
            count = self._narrow()
        self._collect()
        return self.count

    def horizon(self) -> int:
        """The place where the endings of the last search are compared."""
        furthest = 0
        for at in range(self.count):
            furthest = max(furthest, self.nodes.place[self.ended[at]])
        return self.places.horizon(furthest)

    def weigh(self, horizon: int, closes: bool) -> int:
        """Which of the endings is the likeliest with what follows up to a place; ``closes``: whether the next quotation
        mark there ends a quotation."""
        nodes, best = self.nodes, 0
        for at in range(self.count):
            node = self.ended[at]
            bits = self.places.bits_behind(nodes.place[node], horizon, nodes.first[node], nodes.second[node])
            is_open = self.places.is_open(nodes.place[node], horizon, nodes.open[node] != 0)
            bits += self._left_open * (is_open != closes)
            self._weights[at] = nodes.cost[node] + bits
            if self._weights[at] < self._weights[best]:
                best = at
        return best

    def weight(self, at: int) -> float:
        """Bits of an ending that was weighed."""
        return self._weights[at]

    def chosen(self, best: int, horizon: int) -> Path:
        """An ending as a path, with the doubts that its rivals cast on it."""
        text = self.places.text
        path = self.nodes.path(self.ended[best])
        whole, doubts = path.text + text[path.position : horizon], path.doubts
        for at in range(self.count):
            bits = self._weights[at] - self._weights[best]
            if at != best and bits < NEAR:
                node = self.ended[at]
                rival = self.nodes.text(node) + text[self.nodes.place[node] : horizon]
                doubts = doubted(whole, doubts, bits, rival)
        return path._replace(doubts=doubts)

    def _advance(self, count: int) -> None:
        """Let the paths go on by one character each."""
        self._going.clear()
        ahead = self._more[0]
        for rank in range(count):
            ahead = min(ahead, self._more[rank])
        most = min(ahead + _DOUBTED_WITHIN, _DOUBTED_MORE)
        for rank in range(count):
            self._go_on(self._paths[rank], rank < _DOUBTED and self._more[rank] < most)

    def _go_on(self, path: int, doubt: bool) -> None:
        nodes, steps = self.nodes, self.steps
        steps.of(path, doubt)
        self._steps_left -= steps.count
        for at in range(steps.count):
            node = steps.out[at]
            if nodes.cost[node] > self._upto(nodes.place[node]) + _SLACK:
                continue
            if nodes.carry[node] < 0:
                self._close(node)
                self._fallen.keep(self._key(node, 0), node)
            elif nodes.place[node] - self._start < _LONGEST:
                self._going.keep(self._key(node, nodes.carry[node]), node)

    def _key(self, node: int, carry: int) -> int:
        place = self.nodes.place[node] - self._start
        return place << 50 | carry << 42 | self.nodes.context(node)

    def _close(self, node: int) -> None:
        """Take in the pinyin that the last character of a path back in step itself carries."""
        nodes, place, last = self.nodes, self.nodes.place[node], self.nodes.last[node]
        end = self.places.annotation(place)
        if end and last >= 0 and self.places.facts.plain[last] != last and self.places.reads(last, place):
            nodes.place[node] = end

    def _above(self, node: int) -> float:
        """Bits of a path above those of the text as it stands."""
        return self.nodes.cost[node] - self._upto(self.nodes.place[node])

    def _upto(self, place: int) -> float:
        """Bits of the text as it stands from the start of the search up to a place, pinyin and all."""
        while self._known < place - self._start:
            bits = self.places.bits(self._start + self._known)
            self._standing[self._known + 1] = self._standing[self._known] + bits
            self._known += 1
        return self._standing[place - self._start]

    def _narrow(self) -> int:
        """Keep the paths that lead; how many they are."""
        going, count = self._going, 0
        for place in range(going.count):
            node = going.node[place]
            more = self._above(node)
            at = count
            if count < _WIDTH:
                count += 1
            elif more < self._more[at - 1]:
                at -= 1
            else:
                continue
            while at and self._more[at - 1] > more:
                self._paths[at], self._more[at] = self._paths[at - 1], self._more[at - 1]
                at -= 1
            self._paths[at], self._more[at] = node, more
        return count

    def _collect(self) -> None:
        """Put the likeliest endings of each place into `ended`, the places in the order in which they were reached."""
        fallen, nodes = self._fallen, self.nodes
        while self._room < 2 * fallen.count:
            self._room *= 2
            self.ended, self._sorted = doubled("i", self.ended), doubled("i", self._sorted)
            self._weights = doubled("d", self._weights)
        sizes, begins, order = self._sizes, self._begins, self._order
        places = begin = 0
        for rank in range(fallen.count):
            place = nodes.place[fallen.node[rank]] - self._start
            if not sizes[place]:
                order[places] = place
                places += 1
            sizes[place] += 1
        for number in range(places):
            begins[order[number]] = begin
            begin += sizes[order[number]]
        for rank in range(fallen.count):
            place = nodes.place[fallen.node[rank]] - self._start
            self._sorted[begins[place]] = fallen.node[rank]
            begins[place] += 1
        self.count = 0
        for number in range(places):
            place = order[number]
            begin = begins[place] - sizes[place]
            for rank in range(begin, begin + self.steps.least(self._sorted, begin, begins[place], _ENDS)):
                self.ended[self.count] = self._sorted[rank]
                self.count += 1
            sizes[place] = 0
