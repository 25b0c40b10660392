"""The search for the text behind what was read with the wrong charset, lost bytes included.

What is shown gives bytes, and the bytes characters in the true charset. Where a decoder lost bytes, what is left of the
character, what follows, and what that decoder loses at all leave few characters; of these the likelihood of Chinese
chooses. Each character shown may also be what it is. Paths that stand at the same place, have begun the same character
and end in the same two characters go on alike, so only the likelier is kept.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from heapq import nsmallest
from itertools import islice
from typing import NamedTuple

from zsparkcrawl.chinese.likelihood import model
from zsparkcrawl.chinese.script import simplified_of
from zsparkcrawl.repair.costs import Costs
from zsparkcrawl.repair.misread.charsets import (
    Misreading,
    bytes_behind,
    completions,
    decoded,
    length_of,
    lost_between,
    lost_byte,
    lost_pair,
)

__all__ = ["ENDS", "Node", "Search"]

ENDS = "\n\0"
"""What ends every stretch: a line end, and what stands for a stretch that was brought back already."""
_LOST, _SWALLOWED, _VANISHED = 1.0, 3.0, 4.0
"""Bits against a loss that shows, one that took an ASCII character with it, one that left no trace. Chosen."""
_LESS_LIKELY = 6.0
"""Bits against the rarer of two bytes behind a character."""
_UNKNOWN, _PRIVATE = 12.0, 25.0
"""Bits of a U+FFFD and of a character for private use as they stand."""
_MARK, _MARKS = 12.0, frozenset("，。、；：！？“”‘’《》（）【】—…·　")
"""Bits, at most, of a mark that the bytes give whole: they are evidence themselves."""
_NO_CHARACTER = 30.0
"""Bits against bytes that make no character."""
_WIDTH, _SLACK, _BRANCHES = 16, 22.0, 10
"""Paths kept alive at once, bits by which they may lie behind the best, guesses followed at one place."""
_ASKED, _COMMON = 1, 14.5
"""Of how many paths at once it is asked whether good text begins without a sign, and how common its first is."""
_IN_A_ROW = 8
"""Lost characters in a row that are anything at all."""
_GOOD_AGAIN = 24
"""Characters that are best left as they are after which a search ends."""
_STEPS, _STEPS_PER_CHARACTER = 400_000, 12
"""Steps of all searches in a text, a bound for texts made to last."""


class Node(NamedTuple):
    """Text that was completed at ``place``; ``options`` are the characters that it may be when bytes were lost, none of
    them when an ASCII character is unknown, None when nothing was lost. ``bits`` is what it costs so far, ``standing``
    whether it is what is shown."""

    before: Node | None
    place: int
    text: str
    bits: float
    standing: bool
    options: tuple[str, ...] | None = None


class _Path(NamedTuple):
    """One reading so far: bits, the last two characters in Simplified, the bytes of the character that is begun, the
    last node, whether it takes what is shown for good text, and how many lost characters it ends in."""

    cost: float
    context: str
    begun: tuple[bytes, ...] = ()
    node: Node | None = None
    standing: bool = True
    in_a_row: int = 0


class Search:
    """Readings of one text."""

    def __init__(self, text: str, how: Misreading, costs: Costs) -> None:
        self.text, self.how, self.costs = text, how, costs
        self._behind = bytes_behind(how.was)
        self._steps_left = _STEPS + _STEPS_PER_CHARACTER * len(text)

    def best(self, start: int, least: int) -> tuple[list[Node], int]:
        """The likeliest reading of what begins at a place, and where it ends: with the line, or in good text behind
        ``least``.

        >>> from zsparkcrawl.items import Diagnosis
        >>> nodes, _ = Search("园区鏂伴椈发布", Misreading("gbk", "utf-8", 14.0), Costs(Diagnosis())).best(0, 2)
        >>> "".join(node.text for node in nodes)
        '园区新闻发布'
        """
        context = self.costs.of(self.text[max(start - 2, 0) : start], "")[1]
        paths, place, good = [_Path(0.0, context)], start, 0
        while place < len(self.text) and self.text[place] not in ENDS and good < _GOOD_AGAIN and self._steps_left > 0:
            steps = [step for rank, path in enumerate(paths) for step in self._steps(path, place, rank)]
            self._steps_left -= len(steps)
            paths = _kept(steps)
            place += 1
            good = good + 1 if paths[0].standing and place > least else 0
        ended = [path for path in paths if not path.begun]
        for path in paths:
            if path.begun:
                ended += (step for step in self._dropped(path, place, None) if not step.begun)
                ended.append(self._given_up(path, place))
        return _nodes(min(ended, key=lambda path: path.cost).node), place

    @property
    def ended(self) -> bool:
        """Whether the text has had its share of work."""
        return self._steps_left <= 0

    def standing(self, shown: str, context: str) -> tuple[float, str]:
        """Bits of a character as it stands, and the last two characters then."""
        bits, context = self.costs.of(shown, context)
        if shown == "\ufffd":
            return _UNKNOWN, context
        if "\ue000" <= shown <= "\uf8ff":
            return _PRIVATE, context
        if "\u2e80" <= shown <= "\uffef":
            return min(bits, self.how.ideograph), context
        if self.how.mixed and "\u0100" <= shown <= "\u07ff" and shown not in self._behind:
            return 2 * self.how.letter, context
        return (min(bits, self.how.letter) if shown > "\x7f" else bits), context

    def _steps(self, path: _Path, place: int, rank: int) -> Iterator[_Path]:
        """The ways in which a reading goes on by the character shown at a place."""
        shown = self.text[place]
        if path.standing and shown <= "\x7f" and shown != "?":
            yield self._left(path, shown, place)
            return
        reads = list(self._read(path, place))
        if shown in "?\ufffd" and self.how.lost:
            reads += self._marked(path, place)
        if not path.begun and (path.standing or shown > "\x7f"):
            reads.append(self._left(path, shown, place))
        elif path.begun and self.how.lost and (not reads or (rank < _ASKED and self._may_be_good(shown))):
            reads += self._vanished(path, place, bool(reads))
        if not reads:
            step = self._given_up(path, place)
            reads += (self._left(step, shown, place), *self._read(step, place))
        yield from reads

    def _left(self, path: _Path, shown: str, place: int) -> _Path:
        """What is shown is good text."""
        bits, context = self.standing(shown, path.context)
        cost = path.cost + bits + (0.0 if path.standing else self.how.turn)
        return _Path(cost, context, (), Node(path.node, place, shown, cost, True))

    def _read(self, path: _Path, place: int) -> Iterator[_Path]:
        """What is shown is bytes of the true text."""
        shown = self.text[place]
        options = self._behind.get(shown, ())
        if self.how.mixed and shown > "\x7f":
            options = (*options, shown.encode("utf-8", "ignore"))
        elif self.how.was == "cp1252" and self.how.true == "utf-8" and shown == " ":  # for a no-break space
            options = (b" ", b"\xa0")
        for number, data in enumerate(options):
            cost = path.cost + (self.how.turn if path.standing else 0.0)
            cost += _LESS_LIKELY if number and not self.how.mixed and shown != " " else 0.0
            paths = [_Path(cost, path.context, path.begun, path.node, False, path.in_a_row)]
            for byte in data:
                paths = [step for one in paths for step in self._fed(one, bytes((byte,)), place)]
            yield from paths

    def _fed(self, path: _Path, options: bytes, place: int) -> Iterator[_Path]:
        """A reading with one byte more, which is one of several when it was lost."""
        begun = (*path.begun, options)
        if not path.begun and options < b"\x80":
            yield self._emitted(path, options.decode(), place)
            return
        length = length_of(self.how.true, begun)
        if path.begun and self.how.true == "utf-8" and not 0x80 <= options[0] < 0xC0:
            return
        if len(begun) < length:
            yield _Path(path.cost, path.context, begun, path.node, path.standing, path.in_a_row)
        elif length and all(len(one) == 1 for one in begun):
            if char := decoded(self.how.true, b"".join(begun)):
                yield self._emitted(path, char, place)
        elif length:
            yield from self._guessed(path, completions(self.how.true, begun), place)

    def _marked(self, path: _Path, place: int) -> Iterator[_Path]:
        """A "?" or U+FFFD holds the place of what was lost."""
        cost = path.cost + _LOST + (self.how.turn if path.standing else 0.0)
        path = _Path(cost, path.context, path.begun, path.node, False, path.in_a_row)
        following = self._first(place + 1)
        swallows = self.how.swallows and self.text[place] == "?" and bool(path.begun)
        if not swallows or following is None or following >= 0x40:
            yield from self._lost(path, place, following)
        if self.how.was == "cp1252" or not path.begun or following is None:
            return
        for step in self._lost_one(path, place, None):
            if step.begun:
                continue
            if following >= 0x40:  # what follows may be good text
                yield step._replace(cost=step.cost + self.how.turn, standing=True)
            if swallows:
                cost = step.cost + _SWALLOWED
                hole = Node(step.node, place, "?", cost, False, ())
                yield step._replace(cost=cost, context=step.context[-1:] + "0", node=hole)

    def _lost(self, path: _Path, place: int, following: int | None) -> Iterator[_Path]:
        """One byte was lost, or two that make no character in the wrong charset."""
        yield from self._lost_one(path, place, following)
        if self.how.was == "cp1252":
            return
        yield from self._guessed(path, lost_pair(self.how.was, self.how.true, path.begun), place)
        if path.begun and length_of(self.how.true, path.begun) - len(path.begun) == 1:
            last, leads = lost_between(self.how.was)
            for step in self._fed(path, last, place):
                yield step._replace(begun=(leads,))

    def _lost_one(self, path: _Path, place: int, following: int | None) -> Iterator[_Path]:
        options = lost_byte(self.how.was, self.how.true, bool(path.begun), following)
        if options := bytes(byte for byte in options if byte in self.how.lost):
            yield from self._fed(path, options, place)

    def _vanished(self, path: _Path, place: int, goes_on: bool) -> Iterator[_Path]:
        """What was lost before a place left no mark; what is shown there goes on, or is good text."""
        if not goes_on:
            for step in self._dropped(path, place, self._first(place)):
                yield from self._read(step, place)
        if self.text[place] > "\x7f":
            for step in self._dropped(path, place, None):
                if not step.begun:
                    yield self._left(step, self.text[place], place)

    def _dropped(self, path: _Path, place: int, following: int | None) -> Iterator[_Path]:
        """What was lost before a place left no mark."""
        path = path._replace(cost=path.cost + _VANISHED)
        yield from self._lost(path, place - 1, following)
        if self.how.was == "cp1252" and self.how.true == "utf-8":
            # The byte before the last may have been lost as well, or instead.
            options = completions("utf-8", (path.begun[0], self.how.lost, *(path.begun[1:] or (self.how.lost,))))
            yield from self._guessed(path, options, place - 1)

    def _given_up(self, path: _Path, place: int) -> _Path:
        """No character is begun so and goes on so: one is unknown."""
        cost = path.cost + _NO_CHARACTER
        return _Path(cost, path.context, (), Node(path.node, place - 1, "\ufffd", cost, False, ()), False)

    def _guessed(self, path: _Path, options: tuple[str, ...], place: int) -> Iterator[_Path]:
        if not options or path.in_a_row >= _IN_A_ROW:
            return
        for guess in islice(self.costs.guesses(options, path.context), _BRANCHES):
            cost = path.cost + guess.bits
            node = Node(path.node, place, guess.char, cost, False, options)
            yield _Path(cost, guess.context, (), node, False, path.in_a_row + 1)

    def _emitted(self, path: _Path, char: str, place: int) -> _Path:
        bits, context = self.costs.of(char, path.context)
        cost = path.cost + min(bits, _MARK if char in _MARKS else self.how.rarest)
        in_a_row = path.in_a_row if char <= "\x7f" else 0
        return _Path(cost, context, (), Node(path.node, place, char, cost, False), False, in_a_row)

    def _may_be_good(self, shown: str) -> bool:
        """Whether good text may begin with a character shown."""
        if self.how.was == "cp1252":
            return shown > "\u2e80"
        return shown > "\x7f" and model().commonness(simplified_of().get(shown, shown)) < _COMMON

    def _first(self, place: int) -> int | None:
        """The first byte of what is shown at a place."""
        behind = self._behind.get(self.text[place : place + 1])
        return behind[0][0] if behind else None


def _kept(steps: Iterable[_Path]) -> list[_Path]:
    """The likeliest of the paths, one of those that go on alike."""
    going: dict[tuple[str, tuple[bytes, ...], bool], _Path] = {}
    for step in steps:
        key = (step.context, step.begun, step.standing)
        if key not in going or step.cost < going[key].cost:
            going[key] = step
    paths = nsmallest(_WIDTH, going.values(), key=lambda path: path.cost)
    return [path for path in paths if path.cost < paths[0].cost + _SLACK]


def _nodes(node: Node | None) -> list[Node]:
    nodes = []
    while node:
        nodes.append(node)
        node = node.before
    return nodes[::-1]
