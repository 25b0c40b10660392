"""The single steps of paths: a character put in, and lists of those that were made.

Compiled where there is a C compiler (see `setup.py`); `making.pxd` says which types it takes then.
"""

from __future__ import annotations

import math
from array import array

from zsparkcrawl.chinese.slots import doubled
from zsparkcrawl.repair.lattice.guesses import Guesses
from zsparkcrawl.repair.lattice.nodes import Nodes
from zsparkcrawl.repair.lattice.places import Places

__all__ = ["Making"]

_OPENING, _CLOSING, _ZERO, _BLANK, _UNKNOWN = 0x201C, 0x201D, 0x30, 0x20, 0x3F
_ROOM = 1_024
_NONE = math.inf


class Making:
    """Makes nodes. ``out`` up to ``count`` are those that are steps; the stack holds what they are made from.

    ``wrong_quote``: bits against a quotation mark that closes none or opens a second.
    """

    def __init__(self, places: Places, guesses: Guesses, nodes: Nodes, wrong_quote: float) -> None:
        self.places, self.guesses, self.nodes = places, guesses, nodes
        self.costs, self.facts = guesses.costs, guesses.facts
        self.wrong_quote = wrong_quote
        self.out, self.count, self._room = array("i", bytes(4 * _ROOM)), 0, _ROOM
        self.limit, self._most, self._first = _NONE, 0, 0
        self.stack, self.top, self._stack_room = array("i", bytes(4 * _ROOM)), 0, _ROOM

    def step(self, node: int) -> None:
        """Take a node for a step."""
        if self.count >= self._room:
            self._room *= 2
            self.out = doubled("i", self.out)
        self.out[self.count] = node
        self.count += 1
        if self._most and self.count - self._first >= 2 * self._most:
            self.count = self._first + self.least(self.out, self._first, self.count, self._most)
            self.limit = self.nodes.cost[self.out[self.count - 1]]

    def bound(self, most: int) -> None:
        """Keep but so many of the steps from here on, the cheapest; ``limit`` is what another must cost less than."""
        self._most, self._first, self.limit = most, self.count, _NONE

    def unbound(self) -> None:
        """Keep all steps from here on."""
        self.count = self._first + self.least(self.out, self._first, self.count, self._most)
        self._most, self.limit = 0, _NONE

    def push(self, value: int) -> None:
        """Put a node or a byte on the stack."""
        if self.top >= self._stack_room:
            self._stack_room *= 2
            self.stack = doubled("i", self.stack)
        self.stack[self.top] = value
        self.top += 1

    def emit(self, path: int, char: int, carry: int, place: int, cost: float) -> int:
        """A path with a character added to what was there."""
        nodes = self.nodes
        bits = self.costs.of(char, nodes.first[path], nodes.second[path])
        return nodes.add(path, char, self.facts.plain[char], place, carry, nodes.cost[path] + cost + bits)

    def emit_two(self, path: int, char: int, behind: int, place: int) -> int:
        """A path with a character and an ASCII character behind it added."""
        nodes, plain = self.nodes, self.facts.plain[char]
        bits = self.costs.of(char, nodes.first[path], nodes.second[path])
        bits += self.costs.of(behind, nodes.second[path], plain)
        node = nodes.add(path, char, plain, place, -1, nodes.cost[path] + bits)
        nodes.behind[node], nodes.last[node] = behind, behind
        nodes.first[node], nodes.second[node] = plain, behind
        return node

    def guessed(self, path: int, char: int, bits: float, carry: int, place: int, cost: float) -> int:
        """A path with a character put in for a lost byte."""
        nodes = self.nodes
        cost = nodes.cost[path] + cost + bits
        if char == _OPENING or char == _CLOSING:
            cost += self.wrong_quote if (nodes.open[path] != 0) != (char == _CLOSING) else 0.0
        node = nodes.add(path, char, self.facts.plain[char], place, carry, cost)
        nodes.inferred[node] = 1
        return node

    def guess(self, path: int, which: int, carry: int, place: int, cost: float, swallowed: bool) -> None:
        """Steps with each of the characters that may be put in for a lost byte, the likeliest first."""
        guesses = self.guesses
        number = guesses.of(which, self.nodes.first[path], self.nodes.second[path])
        known = self.nodes.cost[path] + cost
        for at in range(guesses.begin[number], guesses.end[number]):
            if known + guesses.bits[at] >= self.limit:
                break
            node = self.guessed(path, guesses.char[at], guesses.bits[at], carry, place, cost)
            if swallowed:
                self.swallow(node)
            else:
                self.step(node)

    def swallow(self, path: int) -> None:
        """The ASCII character that was taken along: a blank, or unknown; it counts as a figure then, as most are."""
        # As likely as a figure, whatever stands before: blanks were taken out of much that the model was built from.
        nodes = self.nodes
        cost = nodes.cost[path] + self.costs.of(_ZERO, nodes.first[path], nodes.second[path])
        self.step(nodes.add(path, _BLANK, _BLANK, nodes.place[path], nodes.carry[path], cost))
        node = nodes.add(path, _UNKNOWN, _ZERO, nodes.place[path], nodes.carry[path], cost)
        nodes.hole[node] = 1
        self.step(node)

    def least(self, among: array[int], begin: int, end: int, most: int) -> int:
        """Put the cheapest nodes of a part of an array first, in order; how many they are, ``most`` at most."""
        cost, count = self.nodes.cost, 0
        for place in range(begin, end):
            node = among[place]
            at = begin + count
            if count < most:
                count += 1
            elif cost[node] < cost[among[at - 1]]:
                at -= 1
            else:
                continue
            while at > begin and cost[among[at - 1]] > cost[node]:
                among[at] = among[at - 1]
                at -= 1
            among[at] = node
        return count
