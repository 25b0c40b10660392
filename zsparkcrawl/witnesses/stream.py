"""What one page shows at a place, followed character by character of a text that may have stood there.

`zsparkcrawl.witnesses.explaining` asks whether what is shown can have come of a whole text, and is generous. Here a
text is made, and each next character must be one that the tools would have shown so: a pair of bytes is lost only where
GBK has no character for it, a single one only before a cut, and pinyin stands behind the bytes of a character that is
read so.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import lru_cache
from typing import NamedTuple

from zsparkcrawl.chinese.families import ANNOTATED_BY_TOOLS
from zsparkcrawl.chinese.readings import with_reading
from zsparkcrawl.chinese.script import ANNOTATION
from zsparkcrawl.repair.bytepairs import LEADS, MARKS, pair, split, widened
from zsparkcrawl.repair.shown import STRADDLE
from zsparkcrawl.witnesses.halves import NO_LEAD, any_behind, begins_gaps, ending_in, gone_behind, is_gone, read_as

__all__ = ["HOLE", "State", "Stream"]

_STRANGER = 8.0
"""Bits against pinyin behind a character that no tool was seen to annotate, as in a repair."""
_BARE = 12.0
"""Bits against a character without pinyin that carries it elsewhere on the page, as in a repair."""
_LOST_PAIR, _GONE_PAIR, _CUT, _END = 256, 512, 768, 769
_LOST = "?\ufffd"
HOLE = "?"
"""What stands for an ASCII character that was lost."""
_ASCII_LOST = tuple(map(chr, range(0x20, 0x40)))
"""What a decoder that swallows takes for the second byte of a pair, and loses."""


class State(NamedTuple):
    """How far a page is read: the place, what the next byte must be, and the last byte where pinyin may follow on it.

    ``wanted`` is 0 where the page begins a character, the byte itself where the first of two was shown, and else one of
    the kinds: the second byte of a pair that shows as lost or left no trace (added to the first), a cut behind a byte
    that left none, the end behind such a byte.
    """

    place: int
    wanted: int = 0
    last: int = 0


Step = tuple[State, float]
"""A state, and the bits that speak against it."""


class Stream:
    """What a page shows at a place. ``annotated``: the characters that carry pinyin on it.

    >>> page, states = Stream("?,F在"), {State(0)}
    >>> for char in "。現在":
    ...     states = {after for state in states for after, _ in page.steps(state).get(char, ())}
    >>> any(page.is_over(state) for state in states)
    True
    """

    def __init__(self, shown: str, annotated: Mapping[str, frozenset[str]] | None = None) -> None:
        self.shown, self._annotated = shown, annotated or {}
        self.left = _left(shown)
        """For each place how many characters stand from there on, pinyin left out."""
        self._known: dict[State, dict[str, tuple[Step, ...]]] = {}

    def is_over(self, state: State) -> bool:
        """Whether all that is shown was read."""
        return state.place == len(self.shown) and state.wanted in {0, _END}

    def is_open(self, state: State) -> bool:
        """Whether a character may come next of which nothing is shown."""
        return _LOST_PAIR <= state.wanted < _CUT

    def steps(self, state: State) -> dict[str, tuple[Step, ...]]:
        """The characters, as pages show them, that may come next, each with the states behind it."""
        known = self._known.get(state)
        if known is None:
            found: dict[str, tuple[Step, ...]] = {}
            for char, place, wanted, bits in self._next(state):
                found[char] = (*found.get(char, ()), *self._behind(char, state.place, place, wanted, bits))
            known = self._known[state] = found
        return known

    def unknown(self, state: State, char: str) -> tuple[Step, ...]:
        """The states behind a character of which nothing is shown: its first byte was lost with the one before, and the
        second with the one behind, or before a cut."""
        place, wanted, _ = state
        if not _LOST_PAIR <= wanted < _CUT or char.isascii() or not is_gone(wanted & 255, char):
            return ()
        second = split(char)[1]
        found = []
        if begins_gaps(second):
            found.append((State(place, _GONE_PAIR + second), 0.0))
        if self.shown[place : place + 1] in {"?", "\ufffd"}:
            found.append((State(place + 1, _LOST_PAIR + second if second in LEADS else 0), 0.0))
        found += [(State(at, kind), 0.0) for at, kind in self._cuts(place)]
        return tuple(found)

    def _cuts(self, place: int) -> Iterator[tuple[int, int]]:
        """Where a page goes on, and how, if a byte was left alone at a place."""
        if self._is_cut(place):
            yield place, _END if place == len(self.shown) else _CUT
        if self.shown[place : place + 1] in {"?", "\ufffd"} and self._is_cut(place + 1):
            yield place + 1, 0

    def is_before_cut(self, state: State) -> bool:
        """Whether a byte may be left alone where the page is read to."""
        return any(True for _ in self._cuts(state.place))

    def _behind(self, char: str, start: int, place: int, wanted: int, bits: float) -> Iterator[Step]:
        """The states behind a character: behind its pinyin, or before what may be an honest note; with what speaks
        against one that has none and should."""
        note = None if wanted else ANNOTATION.match(self.shown, place)
        against = self._against(char, note[1]) if note else None
        if note and against is not None:
            yield State(note.end()), bits + against
            if not against:
                return
        # The tool finds no character in whose midst it has put pinyin.
        bare = char in self._annotated and ")" not in self.shown[max(start, place - 2) : place]
        last = split(char)[-1:] if self._may_be_noted(place) else b""
        yield State(place, wanted, last[0] if last else 0), bits + _BARE * bare

    def _may_be_noted(self, place: int) -> bool:
        return bool(STRADDLE.match(self.shown, place) or ANNOTATION.match(self.shown, place))

    def _against(self, char: str, reading: str) -> float | None:
        """Bits against pinyin behind a character, None where it is not read so."""
        if not char or char not in with_reading(reading):
            return None
        return 0.0 if char in ANNOTATED_BY_TOOLS or reading in self._annotated.get(char, ()) else _STRANGER

    def _next(self, state: State) -> Iterator[tuple[str, int, int, float]]:
        """The characters that may come next: each, the place behind it, what is wanted there, bits against it."""
        place, wanted, last = state
        if 0 < wanted < _LOST_PAIR:
            bits = 0.0
            if last and (note := ANNOTATION.match(self.shown, place)):
                against = self._against(pair(last, wanted), note[1])
                place, bits = (note.end(), against) if against is not None else (place, bits)
            yield from self._led(wanted, place, bits)
        elif _LOST_PAIR <= wanted < _CUT:
            first = wanted & 255
            yield from self._unled(place, lambda char: is_gone(first, char))
            if wanted < _GONE_PAIR and self.shown[place - 1] == "?":
                for char in _ASCII_LOST:
                    yield char, place, 0, 0.0
        elif place < len(self.shown) and wanted != _END:
            yield from self._whole(place)
            if not wanted:
                yield from self._broken(place, last)

    def _whole(self, place: int) -> Iterator[tuple[str, int, int, float]]:
        """What is shown is what stood there."""
        char = self.shown[place]
        codes = _codes(char)
        if not codes and char != "\ufffd":
            yield char, place + 1, 0, 0.0
        for code in codes:
            yield code.decode("gbk"), place + 1, 0, 0.0

    def _broken(self, place: int, last: int) -> Iterator[tuple[str, int, int, float]]:
        """The first byte of what stood there is shown as lost, or not at all."""
        shown = self.shown
        if note := STRADDLE.match(shown, place):
            for char in read_as(note[1], last):
                against = self._against(char, note[1]) or 0.0
                yield from self._led(split(char)[1], note.end(), against)
        if shown[place] in _LOST and self._is_cut(place + 1):
            yield from self._unled(place + 1, None)
        elif self._is_cut(place):
            yield from self._unled(place, None)

    def _is_cut(self, place: int) -> bool:
        """Whether a byte may be left alone before a place."""
        shown = self.shown[place : place + 1]
        return not shown or shown in MARKS or shown in "。\n"

    def _led(self, lead: int, place: int, bits: float) -> Iterator[tuple[str, int, int, float]]:
        """The characters with a known first byte, whose second begins what is shown at a place."""
        shown = self.shown
        if lead < 0x80:
            yield chr(lead), place, 0, bits
            return
        for code in _codes(shown[place]) if place < len(shown) else ():
            if char := pair(lead, code[0]):
                yield char, place + 1, code[1] if len(code) > 1 else 0, bits
        if note := STRADDLE.match(shown, place):
            for char in read_as(note[1], lead):
                yield char, note.end(), 0, bits + (self._against(char, note[1]) or 0.0)
        is_lost = place < len(shown) and shown[place] in _LOST
        for char in gone_behind(lead):
            yield char, place, _GONE_PAIR + split(char)[1], bits
        if is_lost:
            if char := pair(lead, NO_LEAD):
                yield char, place + 1, 0, bits
            kept = shown[place] == "\ufffd" and shown[place + 1 : place + 2].isascii()
            for char in any_behind(lead):
                yield char, place + 1, _LOST_PAIR + split(char)[1], bits
                if kept:
                    yield char, place + 1, 0, bits
        for at, kind in self._cuts(place):
            for char in any_behind(lead):
                yield char, at, kind, bits

    def _unled(self, place: int, may_be: Callable[[str], bool] | None) -> Iterator[tuple[str, int, int, float]]:
        """The characters of which the first byte was lost, whose second begins what is shown at a place."""
        if place >= len(self.shown):
            return
        for code in _codes(self.shown[place]):
            for char in ending_in(code[0]):
                if may_be is None or may_be(char):
                    yield char, place + 1, code[1] if len(code) > 1 else 0, 0.0
        if may_be and (note := STRADDLE.match(self.shown, place)):
            for char in sorted(with_reading(note[1])):
                against = self._against(char, note[1])
                if against is not None and may_be(char):
                    yield char, note.end(), 0, against


@lru_cache(maxsize=4096)
def _codes(char: str) -> tuple[bytes, ...]:
    """The bytes that a shown character can be: its own, and of an ASCII one those of its full width."""
    if not (own := split(char)):
        return ()
    if char == " ":
        return own, b"\xa1\xa1"
    wide = split(widened(char)) if char.isascii() else own
    return (own, wide) if wide != own else (own,)


def _left(shown: str) -> list[int]:
    left = [0] * (len(shown) + 1)
    inside = {place for note in ANNOTATION.finditer(shown) for place in range(*note.span())}
    inside |= {place for note in STRADDLE.finditer(shown) for place in range(note.start() + 1, note.end())}
    for place in range(len(shown) - 1, -1, -1):
        left[place] = left[place + 1] + (place not in inside)
    return left
