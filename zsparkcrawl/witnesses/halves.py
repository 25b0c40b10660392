"""Which characters may have stood where one of their bytes is known: the common ones, in a form that tools write."""

from __future__ import annotations

from functools import cache

from zsparkcrawl.chinese.families import ANNOTATED_BY_TOOLS
from zsparkcrawl.chinese.likelihood import model
from zsparkcrawl.chinese.readings import with_reading
from zsparkcrawl.chinese.script import simplified
from zsparkcrawl.items import Diagnosis
from zsparkcrawl.repair.bytepairs import LEADS, pair, pairs_with_lead, pairs_with_trail, split, unassigned_trails
from zsparkcrawl.repair.costs import Costs

__all__ = [
    "NO_LEAD",
    "any_behind",
    "begins_gaps",
    "behind_gap",
    "between_gaps",
    "common_between_gaps",
    "ending_in",
    "gone_behind",
    "is_gone",
    "read_as",
]

NO_LEAD = 0x80
"""A second byte which no character begins with: it shows as lost by itself."""
_COMMON = 13.0
"""Bits below which a character is common enough to be thought of where no byte of it is known. Chosen."""


@cache
def any_behind(lead: int) -> tuple[str, ...]:
    """The characters with a first byte."""
    return _turned().likely(pairs_with_lead(lead))


@cache
def gone_behind(lead: int) -> tuple[str, ...]:
    """Those of them whose second byte begins pairs to which GBK gives no character, which show as lost or vanish."""
    return tuple(char for char in any_behind(lead) if begins_gaps(split(char)[1]))


@cache
def begins_gaps(byte: int) -> bool:
    """Whether a byte begins pairs to which GBK gives no character."""
    return bool(unassigned_trails(byte))


@cache
def behind_gap(byte: int) -> frozenset[str]:
    """The characters to whose first byte GBK gives no character behind a byte."""
    return frozenset(char for lead in LEADS if not pair(byte, lead) for char in any_behind(lead))


@cache
def between_gaps(byte: int) -> frozenset[str]:
    """Those of them whose second byte begins such pairs as well, or no character at all."""
    seconds = ((char, split(char)[1]) for char in behind_gap(byte))
    return frozenset(char for char, second in seconds if second == NO_LEAD or begins_gaps(second))


@cache
def common_between_gaps(byte: int) -> frozenset[str]:
    """The common ones of these."""
    return frozenset(
        char for char in between_gaps(byte) if char == "著" or model().commonness(simplified(char)) < _COMMON
    )


@cache
def ending_in(trail: int) -> tuple[str, ...]:
    """The characters with a second byte."""
    return _turned().likely(pairs_with_trail(trail))


@cache
def is_gone(byte: int, char: str) -> bool:
    """Whether GBK gives no character to a byte with the first one of a character."""
    return not pair(byte, split(char)[0])


@cache
def read_as(reading: str, lead: int) -> tuple[str, ...]:
    """The characters that are read so, with a first byte (any with 0), and a second that can begin another: of those
    that tools annotate, if there are any.

    >>> read_as("shù", 0x94)
    ('數',)
    """
    found = [char for char in sorted(with_reading(reading)) if split(char)[1] in LEADS]
    found = [char for char in found if not lead or split(char)[0] == lead]
    return tuple([char for char in found if char in ANNOTATED_BY_TOOLS] or found)


@cache
def _turned() -> Costs:
    return Costs(Diagnosis("turned"))
