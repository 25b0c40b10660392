"""Where two texts differ: pure functions, for deciding whether an article changed and for showing how."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

__all__ = ["Difference", "differences"]

_UNITS = (
    re.compile(r"[^\n]*\n|[^\n]+"),
    re.compile(r"[^。！？；;!?]*[。！？；;!?]+|[^。！？；;!?]+"),
    re.compile(r"(?s)."),
)
"""What is compared, from the coarse to the fine: lines with their end, sentences, characters."""
_MANY_PAIRS, _MOST_PAIRS = 100_000, 4_000_000
"""Pairs of units, each of the one text with each of the other: of more than many, units that come very often (more than
one in a hundred) are no place where the texts are taken to meet; more than most are not compared, and are one
difference. Chosen for the time it takes; lines and sentences of articles stay far below either."""


@dataclass(frozen=True, slots=True)
class Difference:
    """A place where two texts differ: ``old[start:end]`` of the one became ``new[new_start:new_end]`` of the other.
    One of the stretches is empty where text was put in or taken out."""

    start: int
    end: int
    new_start: int
    new_end: int


def differences(old: str, new: str) -> tuple[Difference, ...]:
    """The places where two texts differ, in order: by lines first, in these by sentences, in these by characters.

    >>> [(d.start, d.end, d.new_start, d.new_end) for d in differences("园区新闻\\n三月五日", "园区要闻\\n三月六日")]
    [(2, 3, 2, 3), (7, 8, 7, 8)]
    >>> differences("园区", "园区")
    ()
    """
    if old == new:
        return ()
    found: list[Difference] = []
    for each in _within(Difference(0, len(old), 0, len(new)), old, new, 0):
        last = found[-1] if found else None
        if last and (last.end, last.new_end) == (each.start, each.new_start):
            found[-1] = Difference(last.start, each.end, last.new_start, each.new_end)
        else:
            found.append(each)
    return tuple(found)


def _within(place: Difference, old: str, new: str, level: int) -> Iterator[Difference]:
    """The differences inside a pair of stretches, finer and finer."""
    if level == len(_UNITS) or place.start == place.end or place.new_start == place.new_end:
        yield place
        return
    before = _cut(old, place.start, place.end, level)
    after = _cut(new, place.new_start, place.new_end, level)
    head = _shared(before, after)
    tail = _shared(before[head:][::-1], after[head:][::-1])
    here, there = [place.start, *_ends(before, place.start)], [place.new_start, *_ends(after, place.new_start)]
    # Most of two versions is equal: the matcher is shown the rest.
    before, after = before[head : len(before) - tail], after[head : len(after) - tail]
    pairs = len(before) * len(after)
    if pairs > _MOST_PAIRS:
        yield Difference(here[head], here[head + len(before)], there[head], there[head + len(after)])
        return
    matcher = SequenceMatcher(None, before, after, autojunk=pairs > _MANY_PAIRS)
    for kind, a, b, c, d in matcher.get_opcodes():
        if kind != "equal":
            stretch = Difference(here[head + a], here[head + b], there[head + c], there[head + d])
            yield from _within(stretch, old, new, level + 1)


def _shared(old: Sequence[str], new: Sequence[str]) -> int:
    """How many units two stretches have in common from their beginning."""
    return next((n for n, (a, b) in enumerate(zip(old, new, strict=False)) if a != b), min(len(old), len(new)))


def _cut(text: str, start: int, end: int, level: int) -> Sequence[str]:
    return text[start:end] if level == len(_UNITS) - 1 else _UNITS[level].findall(text, start, end)


def _ends(units: Sequence[str], start: int) -> Iterator[int]:
    for unit in units:
        start += len(unit)
        yield start
