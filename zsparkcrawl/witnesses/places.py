"""Where the copies differ, or none is certain: the places at which a reading must be chosen, and what each copy has."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from zsparkcrawl.witnesses.aligning import Block, gaps
from zsparkcrawl.witnesses.frame import Copy, Frame, is_addition, is_omission
from zsparkcrawl.witnesses.standing import Standing

__all__ = ["Held", "Place", "Told", "places_of"]

_TURNS = 40
"""How often a place may grow over the damage of one copy after another before it is taken as it is; chosen."""


@dataclass(frozen=True, slots=True)
class Told:
    """What one copy has at a place: its text there, ``[start, end)`` of the copy, and what its page shows for it (None
    where that is unknown)."""

    copy: Copy
    start: int
    end: int
    shown: str | None

    @property
    def text(self) -> str:
        """The characters."""
        return self.copy.text[self.start : self.end]


@dataclass(frozen=True, slots=True)
class Place:
    """A stretch of the frame, and what each copy has there that has anything."""

    start: int
    end: int
    told: tuple[Told, ...]


class Held:
    """A copy held against the frame."""

    def __init__(self, copy: Copy, blocks: Sequence[Block], length: int) -> None:
        self.copy, self.length = copy, length
        self.blocks = blocks
        self._starts = [block.start for block in blocks]
        self._by_other = sorted(blocks, key=lambda block: block.other)
        self._others = [block.other for block in self._by_other]
        found = list(gaps(blocks, length, len(copy.text)))
        self.absent = [gap for gap in found if is_omission(gap)]
        self.variants = [gap for gap in found if not is_omission(gap) and not is_addition(gap)]
        self._absent_starts = [gap.start for gap in self.absent]
        self._head = next((gap for gap in found if gap.start == 0), None)
        self._tail = next((gap for gap in reversed(found) if gap.end == length), None)

    def is_absent(self, start: int, end: int) -> bool:
        """Whether the copy lacks some of a stretch of the frame."""
        at = bisect_right(self._absent_starts, end - 1)
        return any(gap.start < end and start < gap.end for gap in self.absent[max(at - 1, 0) : at])

    def of(self, place: int) -> int | None:
        """Where the frame's character at a place stands in the copy, None where it has another one."""
        at = bisect_right(self._starts, place) - 1
        block = self.blocks[at] if at >= 0 else None
        return block.other + place - block.start if block and place < block.start + block.length else None

    def back(self, place: int) -> int | None:
        """Where the copy's character at a place stands in the frame."""
        at = bisect_right(self._others, place) - 1
        block = self._by_other[at] if at >= 0 else None
        return block.start + place - block.other if block and place < block.other + block.length else None

    def before(self, start: int) -> int:
        """The last place not behind ``start`` whose character the copy shares; 0 when there is none."""
        while start > 0 and self.of(start) is None:
            at = bisect_right(self._starts, start) - 1
            start = self.blocks[at].start + self.blocks[at].length - 1 if at >= 0 else 0
        return start

    def behind(self, end: int) -> int:
        """The first place not before ``end`` behind a character that the copy shares; the frame's end without one."""
        while end < self.length and self.of(end - 1) is None:
            at = bisect_right(self._starts, end - 1)
            end = self.blocks[at].start + 1 if at < len(self.blocks) else self.length
        return end

    def span(self, start: int, end: int) -> tuple[int, int] | None:
        """The copy's stretch for one of the frame that begins and ends with shared characters; None where the copy has
        it in another order."""
        first, last = self.of(start), self.of(end - 1) if end else None
        if start == 0 and not (self._head and is_addition(self._head)):
            first = 0
        if end == self.length and not (self._tail and is_addition(self._tail)):
            last = len(self.copy.text) - 1
        if first is None or last is None or first > last + 1:
            return None
        return first, last + 1

    def grown(self, start: int, end: int) -> tuple[int, int]:
        """A stretch of the frame made longer until it ends where the copy's can be cut off."""
        start, end = self.before(start), self.behind(end)
        span = self.span(start, end)
        if span is None or span[0] == span[1]:
            return start, end
        first, last = self.copy.transcript.bounds(*span)
        if first < span[0]:
            start = min(start, _first(self.back(place) for place in range(first, -1, -1)) or 0)
        if last > span[1]:
            behind = _first(self.back(place) for place in range(last - 1, len(self.copy.text)))
            end = max(end, self.length if behind is None else behind + 1)
        return start, end


def places_of(frame: Frame, held: Sequence[Held]) -> list[Place]:
    """The places of the frame at which a reading must be chosen, in order and apart from each other."""
    length = len(frame.text)
    wanted = [(max(a - 1, 0), min(b + 1, length)) for each in held for a, b in _differences(frame, each)]
    wanted += [(max(a - 1, 0), min(b + 1, length)) for a, b in _unsure(frame, held)]
    spans = _joined(wanted)
    for _ in range(_TURNS):
        grown = _joined([_grown(span, held) for span in spans])
        if grown == spans:
            break
        spans = grown
    return [Place(start, end, tuple(_told(start, end, held))) for start, end in spans]


def _differences(frame: Frame, held: Held) -> Iterator[tuple[int, int]]:
    for gap in held.variants:
        yield gap.start, gap.end
    if held.copy.blurred:
        return
    text, other = frame.text, held.copy.text
    for block in held.blocks:
        if text[block.start : block.start + block.length] != other[block.other : block.other + block.length]:
            for n in range(block.length):
                if text[block.start + n] != other[block.other + n]:
                    yield block.start + n, block.start + n + 1


def _unsure(frame: Frame, held: Sequence[Held]) -> Iterator[tuple[int, int]]:
    """The stretches which the copy that the frame is taken from has not for certain, nor any other."""
    place = 0
    for piece in frame.pieces:
        for start, end, _ in piece.copy.transcript.uncertain:
            a, b = max(start, piece.start), min(end, piece.end)
            if a < b:
                here = place + a - piece.start, place + b - piece.start
                if not any(_is_sure(each, *here) for each in held):
                    yield here
        place += piece.end - piece.start


def _is_sure(held: Held, start: int, end: int) -> bool:
    first, last = held.of(start), held.of(end - 1)
    if first is None or last is None or last - first != end - 1 - start:
        return False
    return held.copy.transcript.standing(first, last + 1) >= Standing.CERTAIN


def _grown(span: tuple[int, int], held: Sequence[Held]) -> tuple[int, int]:
    start, end = span
    for each in held:
        if not each.is_absent(start, end):
            grown = each.grown(start, end)
            start, end = min(start, grown[0]), max(end, grown[1])
    return start, end


def _told(start: int, end: int, held: Sequence[Held]) -> Iterator[Told]:
    for each in held:
        span = None if each.is_absent(start, end) else each.span(start, end)
        if span is not None:
            yield Told(each.copy, *span, each.copy.transcript.shown(*span) if span[0] < span[1] else "")


def _joined(spans: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Spans in order, those that overlap as one."""
    joined: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        if joined and start < joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    return joined


def _first(places: Iterator[int | None]) -> int | None:
    return next((place for place in places if place is not None), None)
