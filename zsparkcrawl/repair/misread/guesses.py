"""Which character stood where bytes were lost: of those that are possible, what is likely as Chinese."""

from __future__ import annotations

from collections.abc import Set
from functools import cache
from heapq import nsmallest
from typing import NamedTuple

from zsparkcrawl.chinese.script import simplified, simplified_in, simplified_of, traditional_in, traditional_of
from zsparkcrawl.items import Diagnosis
from zsparkcrawl.repair.costs import Costs

__all__ = ["Choice", "Known", "choice", "known_of"]

_OPEN_END = 6.0
"""Bits against a line that ends in the middle of a sentence: the model knows how lines begin, not how they end."""
_NEVER_LAST = frozenset("，、“‘《（【·")
_SEEN = 4.0
"""Bits for each run of three characters that stands elsewhere in the text: names come again. Chosen."""
_WRONG_SCRIPT = 9.0
"""Bits against a character of the other script. Chosen, as for pages that were turned Traditional."""
_CERTAIN = 99.0


class Choice(NamedTuple):
    """The likeliest character, the next one ("" when there is none), and how many bits that one costs more."""

    char: str
    rival: str
    lead: float


class Known(NamedTuple):
    """What is known of a text: its runs of three characters, and whether it is written in Traditional."""

    runs: Set[str] = frozenset()
    traditional: bool = False


def known_of(text: str) -> Known:
    """What is known of a text in which U+FFFD stands for what is not.

    >>> known_of("園區").traditional, known_of("园区新闻").runs == {"园区新", "区新闻"}
    (True, True)
    """
    runs = frozenset(text[place : place + 3] for place in range(len(text) - 2))
    return Known(runs, len(traditional_in(text)) > len(simplified_in(text)))


def choice(options: tuple[str, ...], before: str, behind: str, known: Known) -> Choice:
    """The likeliest of some characters between two texts.

    >>> choice(("中", "上", "下"), "新闻", "心", Known()).char
    '中'
    """
    costs = _costs()
    foreign = traditional_of() if known.traditional else simplified_of()
    context = simplified(before[-2:])
    ends = behind[:1] in {"", "\n"}

    def bits(char: str) -> float:
        runs = (before[-2:] + char, before[-1:] + char + behind[:1], char + behind[:2])
        seen = sum(len(run) == 3 and run in known.runs for run in runs)
        against = (_OPEN_END if ends and char in _NEVER_LAST else 0.0) + (_WRONG_SCRIPT if char in foreign else 0.0)
        return costs.of(char + behind[:2], context)[0] + against - _SEEN * seen

    best = nsmallest(2, ((bits(char), char) for char in costs.likely(options) or options))
    if len(best) == 1:
        return Choice(best[0][1], "", _CERTAIN)
    (least, char), (next_least, rival) = best
    return Choice(char, rival, next_least - least)


@cache
def _costs() -> Costs:
    return Costs(Diagnosis())
