"""Paths: readings of a byte stream so far, and the doubts that rival readings cast on them."""

from __future__ import annotations

from typing import NamedTuple

__all__ = ["DOUBTFUL", "NEAR", "Doubt", "Path", "doubted"]

DOUBTFUL = "doubtful, perhaps: "
"""How the reason begins where a reading is marked that another one nearly beat; the rival follows."""
NEAR = 10.0
"""Bits within which a rival reading casts doubt. Of 166 runs in news that nothing was built from whose nearest rival
was 8 bits or more behind all were right, of 81 at 5 to 8 bits nine in ten, of 45 at less than 2 bits one in four."""


class Doubt(NamedTuple):
    """A stretch of a path's text in whose place another reading is nearly as likely: by so many bits less."""

    bits: float
    start: int
    end: int
    rival: str


class Path(NamedTuple):
    """One reading of the stream so far. ``position`` is the place in the shown text, ``carry`` the byte that waits
    (None: in step), ``text`` what was there, ``context`` its last two characters in Simplified, ``cost`` in bits,
    ``holes`` where in ``text`` an ASCII character is unknown, ``doubts`` the rivals that came near."""

    position: int
    carry: int | None
    text: str
    context: str
    cost: float
    inferred: bool = False
    holes: tuple[int, ...] = ()
    doubts: tuple[Doubt, ...] = ()


def doubted(text: str, doubts: tuple[Doubt, ...], bits: float, rival: str) -> tuple[Doubt, ...]:
    """The doubts about a text, with the one that a rival reading of it casts, if that came near enough and no nearer
    one doubts the same place.

    >>> doubted("化品", (), 1.5, "机品")
    (Doubt(bits=1.5, start=0, end=1, rival='机'),)
    """
    if bits >= NEAR or text == rival:
        return doubts
    same = _alike(text, rival)
    tail = _alike(text[same:][::-1], rival[same:][::-1])
    doubt = Doubt(bits, same, len(text) - tail, rival[same : len(rival) - tail])
    others = [one for one in doubts if one.end <= doubt.start or doubt.end <= one.start]
    if any(one.bits <= bits for one in doubts if one not in others):
        return doubts
    return (*others, doubt)


def _alike(one: str, other: str) -> int:
    """How many characters two texts begin with in common.

    >>> _alike("危化品", "危机品")
    1
    """
    for place, (ours, theirs) in enumerate(zip(one, other, strict=False)):
        if ours != theirs:
            return place
    return min(len(one), len(other))
