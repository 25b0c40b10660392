"""The texts that can have left what several pages show, the likeliest first: also those that no repair came to.

Each copy's repair looks for the text behind that copy alone, and takes the likeliest. What is likely for each alone
need not be possible for all: where one page lost a byte that another shows, few texts are left, and often none of them
is what a repair chose. So the bytes of all pages are read at once, character by character, and a character that one of
them cannot have come of is none.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from functools import cache
from heapq import heappop, heappush
from typing import NamedTuple

from zsparkcrawl.chinese.script import simplified
from zsparkcrawl.witnesses.explaining import forms_of
from zsparkcrawl.witnesses.halves import behind_gap, between_gaps, common_between_gaps
from zsparkcrawl.witnesses.stream import HOLE, State, Stream
from zsparkcrawl.witnesses.wording import Wording

__all__ = ["LONGEST", "bits_against", "texts_of"]

LONGEST = 80
"""Characters shown above which nothing is searched; chosen."""
_MOST, _FAR = 50, 14.0
"""How many characters are tried at a time, and how many bits the likeliest may be ahead of the last of them."""
_WIDTH = 24
"""How many texts so far go on of those that leave as much to read. Chosen."""
_ALIKE = 3
"""How many texts so far go on of those that differ only in what is behind them."""
_BEHIND = 26.0
"""Bits by which a text so far may cost more than the likeliest that leaves as much to read. Chosen."""
_NEAR = 12.0
"""Bits by which a text may cost more than the likeliest."""

States = Mapping[State, float]
"""Where a page may be read to, each with the bits that speak against the way there."""


class _Table:
    """Where one page may be read to, and what may come next there."""

    def __init__(self, stream: Stream, states: States) -> None:
        self.stream = stream
        self.key = frozenset(states.items())
        self._steps = [(state, stream.steps(state), against) for state, against in states.items()]
        self.open = [state.wanted & 255 for state in states if stream.is_open(state)]

    @property
    def over(self) -> float | None:
        """Bits against the way on which the page is read to the end, None where none leads there."""
        return min((against for state, _, against in self._steps if self.stream.is_over(state)), default=None)

    @property
    def told(self) -> set[str]:
        """The characters of which something is shown."""
        return {char for _, steps, _ in self._steps for char in steps}

    def behind(self, char: str) -> dict[State, float]:
        """Where the page may be read to behind a character."""
        reached: dict[State, float] = {}
        for before, steps, against in self._steps:
            for state, more in (*steps.get(char, ()), *self.stream.unknown(before, char)):
                if against + more < reached.get(state, float("inf")):
                    reached[state] = against + more
        return reached

    def left_behind(self, char: str) -> int:
        """How many characters the page still shows behind a character."""
        left = self.stream.left
        return min(
            (left[state.place] for before, steps, _ in self._steps for state, _ in steps.get(char, ((before, 0.0),))),
        )

    @property
    def allowed(self) -> set[str]:
        """The characters that may come next."""
        chars = self.told
        for state, _, _ in self._steps:
            if self.stream.is_open(state):
                byte = state.wanted & 255
                chars |= behind_gap(byte) if self.stream.is_before_cut(state) else between_gaps(byte)
        return chars


class _Path(NamedTuple):
    """A text so far, its bits, its last two characters; where each page was read to before its last character, which is
    ``char`` as the pages show it. ``number`` tells apart what is equal."""

    bits: float
    number: int
    text: str
    context: str
    before: tuple[_Table, ...]
    char: str


def texts_of(streams: Sequence[Stream], before: str, behind: str, wording: Wording, most: int) -> dict[str, float]:
    """The likeliest texts, in Simplified, that all pages can have come of, at most so many, with the bits of each.

    >>> list(texts_of([Stream("?,F在")], "会议", "正在", Wording(""), 1))
    ['。现在']
    """
    return _Search(streams, wording).texts(simplified(before[-2:]), simplified(behind[:2]), most)


def bits_against(text: str, streams: Sequence[Stream]) -> float | None:
    """Bits that the pages speak against a text in Simplified; None where one of them cannot have come of it.

    >>> bits_against("。现在", [Stream("?,F在")]), bits_against("，现在", [Stream("?,F在")])
    (0.0, None)
    """
    total = 0.0
    for stream in streams:
        table = _Table(stream, {State(0): 0.0})
        for char in text:
            reached: dict[State, float] = {}
            for form in _forms(char):
                for state, against in table.behind(form).items():
                    reached[state] = min(against, reached.get(state, against))
            if not reached:
                return None
            table = _Table(stream, reached)
        if table.over is None:
            return None
        total += table.over
    return total


@cache
def _forms(char: str) -> tuple[str, ...]:
    """How a character in Simplified may stand on a page."""
    return tuple(form.decode("gbk") for form in forms_of(char)) or (char,)


class _Search:
    """The search among the texts of one place. Those so far that leave as much of the pages to read are compared, and
    the likeliest of them go on."""

    def __init__(self, streams: Sequence[Stream], wording: Wording) -> None:
        self._streams, self._wording, self._made = streams, wording, 0
        self._waiting: dict[int, list[_Path]] = {}
        self._known: dict[tuple[object, ...], list[str]] = {}
        self._ended: dict[str, float] = {}

    def texts(self, context: str, behind: str, most: int) -> dict[str, float]:
        """The likeliest texts."""
        first = tuple(_Table(each, {State(0): 0.0}) for each in self._streams)
        self._go_on("", 0.0, context, first)
        seen: Counter[tuple[object, ...]] = Counter()
        while self._waiting:
            level = max(self._waiting)
            least, turns = self._waiting[level][0].bits, _WIDTH
            while (waiting := self._waiting.get(level)) and turns and waiting[0].bits < least + _BEHIND:
                path = heappop(waiting)
                reached = [one.behind(path.char) for one in path.before]
                if not all(reached):
                    continue
                tables = tuple(_Table(one.stream, each) for one, each in zip(path.before, reached, strict=True))
                key = (path.context, *(table.key for table in tables))
                if seen[key] < _ALIKE:
                    seen[key] += 1
                    turns -= 1
                    self._end(path, tables, behind)
                    self._go_on(path.text, path.bits, path.context, tables, level)
            del self._waiting[level]
        best = min(self._ended.values(), default=0.0)
        ranked = sorted((bits, text) for text, bits in self._ended.items() if bits <= best + _NEAR)
        return {text: bits for bits, text in ranked[:most]}

    def _end(self, path: _Path, tables: tuple[_Table, ...], behind: str) -> None:
        """Take a text if all pages are read to the end."""
        over = [table.over for table in tables]
        if None not in over:
            bits, _ = self._wording.of(behind, path.context)
            self._ended[path.text] = path.bits + bits + sum(filter(None, over))

    def _go_on(self, text: str, bits: float, context: str, tables: tuple[_Table, ...], level: int = 1_000) -> None:
        """Think of each character more that all pages can have come of."""
        key = tuple(table.key for table in tables)
        chars = self._known.get(key)
        if chars is None:
            chars = self._known[key] = _told(tables)
        of = self._wording.of
        found = sorted(
            (*of("0" if plain == HOLE else plain, context), plain, char) for char in chars for plain in _plain(char)
        )
        for more, behind, plain, char in found[:_MOST]:
            if more > found[0][0] + _FAR:
                return
            self._made += 1
            left = min(tables[0].left_behind(char), level)
            heappush(
                self._waiting.setdefault(left, []), _Path(bits + more, self._made, text + plain, behind, tables, char)
            )


def _told(tables: Sequence[_Table]) -> list[str]:
    """The characters that may come next on all pages."""
    fitting = set.intersection(*(table.allowed for table in tables))
    if all(table.open for table in tables):
        told = set.union(*(table.told for table in tables))
        fitting &= told.union(*(common_between_gaps(byte) for byte in tables[0].open))
    if HOLE in fitting:
        return [char for char in fitting if char == HOLE or not char.isascii()]
    return list(fitting)


def _plain(char: str) -> tuple[str, ...]:
    """What a character may be in Simplified: the tools write 着 as 著, too."""
    return ("着", "著") if char == "著" else (simplified(char),)
