"""Paths as numbers: each node adds a character to the text of the node before it.

Compiled where there is a C compiler (see `setup.py`); `nodes.pxd` says which types it takes then.
"""

from __future__ import annotations

from array import array

from zsparkcrawl.chinese.slots import Slots, doubled
from zsparkcrawl.repair.paths import NEAR, Doubt, Path, doubted

__all__ = ["Kept", "Nodes"]

_ROOM = 1_024
_OPENING, _CLOSING = 0x201C, 0x201D
_NEAR = NEAR


class Nodes:
    """The paths of one search. What a node has: see `paths.Path`; besides

    ``parent``, and ``char``: what it adds (-1 nothing), with an ASCII character ``behind`` it (0 for none); ``first``,
    ``second``: its last two characters in Simplified; ``last``: the last as it is; ``open``: whether its text leaves a
    quotation open; ``rival``: the last event in which another node came near it.
    """

    def __init__(self) -> None:
        self.count, self.events, self._room, self._event_room = 0, 0, _ROOM, _ROOM
        whole = array("i", bytes(4 * _ROOM))
        flags = array("b", bytes(_ROOM))
        self.parent, self.char, self.behind, self.last = whole[:], whole[:], whole[:], whole[:]
        self.place, self.carry, self.first, self.second, self.rival = whole[:], whole[:], whole[:], whole[:], whole[:]
        self.cost = array("d", bytes(8 * _ROOM))
        self.inferred, self.hole, self.open = flags[:], flags[:], flags[:]
        self.event_node, self.event_before = whole[:], whole[:]
        self.event_bits = array("d", bytes(8 * _ROOM))

    def clear(self) -> None:
        """Forget all nodes."""
        self.count = self.events = 0

    def begin(self, place: int, carry: int, first: int, second: int, cost: float, inferred: bool, is_open: bool) -> int:
        """A path without text."""
        node = self._next()
        self.parent[node], self.char[node], self.behind[node], self.last[node] = -1, -1, 0, -1
        self.place[node], self.carry[node], self.cost[node] = place, carry, cost
        self.first[node], self.second[node], self.rival[node] = first, second, -1
        self.inferred[node], self.hole[node], self.open[node] = inferred, 0, is_open
        return node

    def add(self, parent: int, char: int, plain: int, place: int, carry: int, cost: float) -> int:
        """A path with one more character, whose Simplified form is ``plain``."""
        node = self._next()
        self.parent[node], self.char[node], self.behind[node], self.last[node] = parent, char, 0, char
        self.place[node], self.carry[node], self.cost[node] = place, carry, cost
        self.first[node], self.second[node], self.rival[node] = self.second[parent], plain, -1
        self.inferred[node], self.hole[node] = self.inferred[parent], 0
        is_open = self.open[parent]
        if char == _OPENING or char == _CLOSING:
            is_open = char == _OPENING
        self.open[node] = is_open
        return node

    def move(self, parent: int, place: int, carry: int, cost: float, inferred: bool) -> int:
        """The same text, further on in what is shown."""
        node = self._next()
        self.parent[node], self.char[node], self.behind[node], self.last[node] = parent, -1, 0, self.last[parent]
        self.place[node], self.carry[node], self.cost[node] = place, carry, cost
        self.first[node], self.second[node], self.rival[node] = self.first[parent], self.second[parent], -1
        self.inferred[node], self.hole[node], self.open[node] = inferred, 0, self.open[parent]
        return node

    def context(self, node: int) -> int:
        """The last two characters of a path as one number."""
        first, second = self.first[node] + 1, self.second[node] + 1
        return first << 21 | second

    def doubt(self, node: int, bits: float, rival: int) -> None:
        """Remember that another path came near this one."""
        if bits >= _NEAR:
            return
        event = self.events
        if event >= self._event_room:
            self._event_room *= 2
            self.event_node, self.event_before = doubled("i", self.event_node), doubled("i", self.event_before)
            self.event_bits = doubled("d", self.event_bits)
        self.events += 1
        self.event_node[event], self.event_bits[event] = rival, bits
        self.event_before[event] = self.rival[node]
        self.rival[node] = event

    def text(self, node: int) -> str:
        """What was there by this path."""
        pieces: list[str] = []
        while node >= 0:
            pieces.append(self._added(node))
            node = self.parent[node]
        return "".join(pieces[::-1])

    def path(self, node: int) -> Path:
        """The path as it leaves the search, with the doubts that its rivals cast on it."""
        way: list[int] = []
        one = node
        while one >= 0:
            way.append(one)
            one = self.parent[one]
        text = ""
        holes: tuple[int, ...] = ()
        doubts: tuple[Doubt, ...] = ()
        for one in way[::-1]:
            text += self._added(one)
            if self.hole[one]:
                holes = (*holes, len(text) - 1)
            for bits, rival in self._rivals(one):
                doubts = doubted(text, doubts, bits, self.text(rival))
        context = "".join(chr(code) for code in (self.first[node], self.second[node]) if code >= 0)
        carry = self.carry[node] if self.carry[node] >= 0 else None
        return Path(self.place[node], carry, text, context, self.cost[node], bool(self.inferred[node]), holes, doubts)

    def _added(self, node: int) -> str:
        added = chr(self.char[node]) if self.char[node] >= 0 else ""
        return added + chr(self.behind[node]) if self.behind[node] else added

    def _rivals(self, node: int) -> list[tuple[float, int]]:
        found: list[tuple[float, int]] = []
        event = self.rival[node]
        while event >= 0:
            found.append((self.event_bits[event], self.event_node[event]))
            event = self.event_before[event]
        return found[::-1]

    def _next(self) -> int:
        if self.count >= self._room:
            self._grow()
        self.count += 1
        return self.count - 1

    def _grow(self) -> None:
        self._room *= 2
        self.parent, self.char = doubled("i", self.parent), doubled("i", self.char)
        self.behind, self.last = doubled("i", self.behind), doubled("i", self.last)
        self.place, self.carry = doubled("i", self.place), doubled("i", self.carry)
        self.first, self.second = doubled("i", self.first), doubled("i", self.second)
        self.rival, self.cost = doubled("i", self.rival), doubled("d", self.cost)
        self.inferred, self.hole = doubled("b", self.inferred), doubled("b", self.hole)
        self.open = doubled("b", self.open)


class Kept:
    """Of paths that go on alike, which have one key, the likeliest, in the order in which the keys came."""

    def __init__(self, nodes: Nodes) -> None:
        self._nodes = nodes
        self._slots = Slots(512)
        self._room = 512
        self.node = array("i", bytes(4 * self._room))
        self.count = 0

    def clear(self) -> None:
        """Forget all of them."""
        self._slots.clear()
        self.count = 0

    def keep(self, key: int, node: int) -> None:
        """Keep the likelier of two paths that go on alike; it remembers a rival that came near."""
        nodes = self._nodes
        slot = self._slots.add(key)
        if slot == self.count:
            if slot >= self._room:
                self._room *= 2
                self.node = doubled("i", self.node)
            self.count += 1
            self.node[slot] = node
            return
        known = self.node[slot]
        if nodes.cost[node] < nodes.cost[known]:
            self.node[slot] = node
            nodes.doubt(node, nodes.cost[known] - nodes.cost[node], known)
        else:
            nodes.doubt(known, nodes.cost[node] - nodes.cost[known], node)
